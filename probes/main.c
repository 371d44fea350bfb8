// SPDX-License-Identifier: MIT
/*
 * nsprobe: every probe in one small static program, so that any root file system can run it and it
 * starts in a fraction of a millisecond. Also the canary process (sleep), a program that only ends
 * (idle), a look around for a guided tour (look), a server of many questions (serve), and what
 * benchmarks need (floor, namespaces).
 */
#include <stdio.h>

#include "probe.h"

static const struct {
	const char *id;
	const struct probe *probe;
} probes[] = {
#define ROW(id, name) { id, &probe_##name },
	PROBE_LIST(ROW)
#undef ROW
};

static int list(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		if (dprintf(STDOUT_FILENO, "%-30s %s\n", probes[i].id, probes[i].probe->about) < 0)
			return 1;
	return 0;
}

const struct probe *probe_find(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(id, probes[i].id))
			return probes[i].probe;
	return NULL;
}

/* The canary process: its command line carries the token, whoever kills it ends it. */
static int sleep_forever(const char *token)
{
	if (!token)
		return 2;
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	const struct probe *probe;

	if (!strcmp(word, "--list"))
		return list();
	if (!strcmp(word, "sleep"))
		return sleep_forever(argv[2]);
	if (!strcmp(word, "idle"))
		return 0;
	if (!strcmp(word, "look"))
		return look();
	if (!strcmp(word, "floor"))
		return floor_run(argv + 2);
	if (!strcmp(word, "namespaces"))
		return namespaces_print();
	if (!strcmp(word, "serve"))
		return serve();
	probe = probe_find(word);
	if (probe) {
		args_set(argv + 2);
		return answer_write(probe->run());
	}
	if (*word)
		dprintf(STDERR_FILENO, "nsprobe: no probe \"%s\"; see nsprobe --list\n", word);
	else
		dprintf(STDERR_FILENO, "usage: nsprobe --list | ID [key=value...] | look | serve | "
				       "idle | sleep TOKEN | namespaces | "
				       "floor ROOT PROGRAM [ARG...]\n");
	return 2;
}
