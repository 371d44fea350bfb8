// SPDX-License-Identifier: MIT
/*
 * A probe that does nothing: it says always the same (ANSWER, built in), or nothing, and ends. As a
 * canary process it sleeps like the real one, so that nothing but the probing is missing.
 */
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char answer[] = ANSWER;

	if (argc > 1 && !strcmp(argv[1], "sleep"))
		for (;;)
			pause();
	return write(STDOUT_FILENO, answer, sizeof(answer) - 1) != sizeof(answer) - 1;
}
