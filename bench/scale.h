// SPDX-License-Identifier: MIT
/* Inside bench/: the larger scenarios of scale/, see scale.c; row->number is the point of the curve. */
#ifndef NSPROOF_BENCH_SCALE_H
#define NSPROOF_BENCH_SCALE_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"

/* Several processes start containers at once: scale_parallel.c. */
int parallel_open(const struct bench_env *env, const struct scenario *row, void **ret,
		  struct err *err);
int parallel_sample(void *state, struct bench_sample *ret, struct err *err);
int parallel_floor(void *state, struct bench_sample *ret, struct err *err);
void parallel_work(void *state, double *ret_bytes, double *ret_files, double *ret_items);
void parallel_close(void *state);

/* A root directory put together from layers, and a container on it: scale_layers.c. */
int layers_bench_open(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err);
int layers_bench_sample(void *state, struct bench_sample *ret, struct err *err);
int layers_bench_floor(void *state, struct bench_sample *ret, struct err *err);
void layers_bench_close(void *state);

#endif
