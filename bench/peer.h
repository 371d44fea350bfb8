// SPDX-License-Identifier: MIT
/*
 * A server of samples (serve.h) as its client sees it: a program in a process group of its own, with
 * a deadline for each answer, which is killed when it misses one or when we die.
 */
#ifndef NSPROOF_BENCH_PEER_H
#define NSPROOF_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "bench/sample.h"

struct peer_spec {
	const char *name;        /* how errors call it */
	const char *const *argv; /* NULL-terminated; the first is the path of the program */
	int ready_ms, answer_ms; /* deadlines */
};

struct peer {
	const struct peer_spec *spec; /* the caller's */
	pid_t pid;                    /* 0: none */
	int pidfd, talk;              /* its standard input and output: a socket */
	int complaints;               /* its standard error: a memory file */
	bool lost;                    /* it missed a deadline or talks nonsense: it is killed */
	char unit[16];                /* that it measures in */
	char line[512];               /* what has come of its next line */
	size_t len;
};

#define PEER_INIT                                                                                  \
	{                                                                                          \
		.pidfd = -1, .talk = -1, .complaints = -1                                          \
	}

/*
 * Starts it and waits until it is ready. -EOPNOTSUPP: it says that the scenario can't
 * run or is not known, and why; -EPROTO: it is no program that serves; others: it failed. The text
 * begins with its name.
 */
int peer_start(struct peer *p, const struct peer_spec *spec, struct err *err);

/* A bench_sample_fn, whose state is the peer. */
int peer_sample(void *peer, struct bench_sample *ret, struct err *err);

/* Ends its input, waits for it, kills it if need be. Safe twice. */
void peer_stop(struct peer *p);

#define AUTO_PEER __attribute__((cleanup(peer_stop)))

/* Pure: what the first line says: 0, with the unit in ret[16], or a failure as above. */
int peer_greeting(const char *line, char *ret, struct err *err);

/* Pure: what an answer says. -EPROTO: neither a value nor an error; -ECANCELED: the error it tells. */
int peer_answer(const char *line, double *ret, struct err *err);

#endif
