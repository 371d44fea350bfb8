// SPDX-License-Identifier: MIT
/* Benchmarks made up for the tests of their reports: every state, both kinds of document. */
#ifndef NSPROOF_TESTS_BENCH_SAMPLE_REPORT_H
#define NSPROOF_TESTS_BENCH_SAMPLE_REPORT_H

#include "base/err.h"
#include "report/bench_reporter.h"

/* Report the whole sample, a run or a comparison of two builds; return what bench_report_end() does. */
int bench_sample_run(struct bench_reporter *r, struct err *err);
int bench_sample_against(struct bench_reporter *r, struct err *err);

#endif
