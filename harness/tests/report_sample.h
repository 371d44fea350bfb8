// SPDX-License-Identifier: MIT
/* A run made up for the tests of the reporters: all five verdicts, all four kinds of check. */
#ifndef NSPROOF_TESTS_REPORT_SAMPLE_H
#define NSPROOF_TESTS_REPORT_SAMPLE_H

#include <stdio.h>

#include "report/reporter.h"

extern const struct run_info sample_run;
extern const struct totals sample_totals;

/* Reports the whole sample to `out`; returns what reporter_close() does. */
int sample_write(int format, FILE *out, const struct reporter_opts *opts, struct err *err);

#endif
