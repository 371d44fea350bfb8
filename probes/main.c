// SPDX-License-Identifier: MIT
/*
 * nsprobe: every probe in one small static program, so that any root file system can run it and it
 * starts in a fraction of a millisecond. Also the canary process (sleep), a program that only ends
 * (idle), a look around for a guided tour (look), and what benchmarks need (floor, namespaces).
=======
 * (idle), a look around for a guided tour (look), and a server of many questions (serve).
>>>>>>> main
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
				       "floor ROOT PROGRAM [ARG...]
");
	return 2;
}
