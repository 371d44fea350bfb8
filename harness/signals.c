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

const volatile sig_atomic_t *signals_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = on_signal };

	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct sigaction before;

		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
	return &caught;
}
