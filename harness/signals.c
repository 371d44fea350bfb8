// SPDX-License-Identifier: MIT
/* Signals as a flag: see signals.h. */
#include "signals.h"

#include <stddef.h>

#include "base/cleanup.h"

/* a signal handler has no other way to say anything */
static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

/* SIGXFSZ is ignored, the others are caught */
static const int numbers[] = { SIGXFSZ, SIGINT, SIGTERM, SIGHUP };
static struct sigaction before[ARRAY_SIZE(numbers)];

const volatile sig_atomic_t *signals_catch(void)
{
	caught = 0;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct sigaction action = {
			.sa_handler = numbers[i] == SIGXFSZ ? SIG_IGN : on_signal,
		};

		if (sigaction(numbers[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
	return &caught;
}

void signals_release(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaction(numbers[i], &before[i], NULL);
}
