// SPDX-License-Identifier: MIT
/*
 * The quick start: the first code of the program, which does `nsproof run` of a root directory by
 * itself and leaves everything else to the whole program.
 *
 * Before main() a C library and its neighbours look at the processor: some 50 CPUID instructions,
 * each of which leaves a virtual machine (1 to 10 us), and then their pages come in. That is more than
 * the container takes. So the files of a run are compiled a second time, with musl, whose start does
 * nothing of the kind, and linked into one object of which only the entry point shows. It is the
 * entry point of the program. As long as it has changed nothing that lasts it can leave: the stack is
 * as the kernel made it, and the start of the whole program follows as if nothing had been.
 */
#ifndef NSPROOF_QUICK_QUICK_H
#define NSPROOF_QUICK_QUICK_H

/* Starts the whole program. What is allocated stays; no descriptor may have been opened. */
_Noreturn void quick_leave(void);

#endif
