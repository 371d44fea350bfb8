// SPDX-License-Identifier: MIT
/* How every test program ends: the suite runs, and its failures are the exit status. */
#ifndef NSPROOF_TESTS_RUNNER_H
#define NSPROOF_TESTS_RUNNER_H

#include <check.h>
#include <stdlib.h>

/* Runs the suite, which it takes over; in this process, so that debuggers and valgrind see it all. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
