// SPDX-License-Identifier: MIT
/*
 * A scenario as a server: one sample for each line that it is sent. So two builds of nsproof can be
 * measured in turns, each in processes of its own (peer.h). Lines of text, so that a person can ask
 * too. First it says
 *
 *     ready UNIT           it has opened the scenario
 *     skipped TEXT         this machine can't do it, and why
 *     error TEXT
 *
 * and then answers each line with "VALUE" or "error TEXT". After an error it ends, and so it does at
 * the end of its input.
 */
#ifndef NSPROOF_BENCH_SERVE_H
#define NSPROOF_BENCH_SERVE_H

#include "base/err.h"
#include "bench/scenario.h"

#define SERVE_READY   "ready "
#define SERVE_SKIPPED "skipped "
#define SERVE_ERROR   "error "

/*
 * Serves until the input ends; the calling process gets a mount namespace of its own. 0, or the
 * failure that it has told. A failure to tell is -EPIPE and others.
 */
int bench_serve(const struct bench_env *env, const struct scenario *s, int in, int out,
		struct err *err);

#endif
