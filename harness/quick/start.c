// SPDX-License-Identifier: MIT
/* The entry point of the program, the kernel's side: see quick.h. System V ABI, AMD64, 3.4.1 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/opt.h"
#include "command.h"
#include "inherit.h"
#include "quick.h"

/* Arguments, and bytes of options: no heap for them, and who wants more is left to main.c. */
enum { WORDS_MAX = 255, VALUES_MAX = 128 };

extern const struct command cmd_run;

/* musl's own: environment, auxiliary vector, thread pointer, stack protector. Not the constructors,
 * for those in this program belong to the other C library. */
void __init_libc(char **envp, char *name); /* NOLINT(bugprone-reserved-identifier) */

void quick_main(long *stack);

__asm__(".pushsection .text.quick_start,\"ax\",@progbits\n"
	".globl quick_start, quick_leave\n"
	".type quick_start,@function\n"
	"quick_start:\n"
	"	mov %rsp,quick_stack(%rip)\n"
	"	xor %ebp,%ebp\n"
	"	mov %rsp,%rdi\n"
	"	and $-16,%rsp\n"
	"	call quick_main\n"
	".type quick_leave,@function\n"
	"quick_leave:\n"
	"	mov quick_stack(%rip),%rsp\n"
	"	xor %ebp,%ebp\n"
	"	xor %edx,%edx\n" /* no function for exit() to call */
	"	jmp _start\n"
	".popsection\n"
	".local quick_stack\n"
	".comm quick_stack,8,8\n");

/* As main.c does it, but what is wrong is left to that, and with it argv as it was. */
static int run(int argc, char **argv)
{
	uint64_t values[VALUES_MAX / sizeof(uint64_t)];
	char *words[WORDS_MAX + 1] = { NULL };
	struct err err = { 0 };
	int count, status;

	if (argc > WORDS_MAX || cmd_run.values_size > sizeof(values))
		quick_leave();
	inherit_reset();
	memcpy(words, argv, (size_t)argc * sizeof(*words));
	memcpy(values, cmd_run.defaults, cmd_run.values_size);
	if (opt_parse(cmd_run.options(), argc, words, cmd_run.stop_at_word, values, &count, &err) <
		    0 ||
	    count < cmd_run.min_words)
		quick_leave();
	status = cmd_run.run(values, count, words, &err);
	if (err.num)
		fprintf(stderr, "nsproof: %s\n", err.text);
	return status < 0 ? STATUS_USAGE : status;
}

/* Before musl has started there is no stack protector. Returns to leave. */
__attribute__((optimize("no-stack-protector"))) void quick_main(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);

	if (argc < 3 || strcmp(argv[1], "run") != 0)
		return;
	__init_libc(argv + argc + 1, argv[0]);
	_exit(run(argc - 1, argv + 1));
}
