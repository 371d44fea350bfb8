// SPDX-License-Identifier: MIT
/*
 * One arm: plant the canary, start the container with the arm's guards, let the probe try, look
 * from outside, clean up. Runs on the ground that it is given: the real host or an arena.
 */
#ifndef NSPROOF_CHECK_ARM_H
#define NSPROOF_CHECK_ARM_H

#include <stdbool.h>
#include <sys/types.h>

#include "check/check.h"
#include "container/container.h"
#include "container/network.h"
#include "container/spawner.h"

/* Where arms run; one a process. */
struct ground {
	bool arena;
	const struct spawner *spawner;
	const char *rootfs; /* the unpacked image, as this process sees it */
	int probe_fd;       /* the sealed probe */
	int cgroup_dir;     /* where leaves are made; -1: nowhere */
	struct arena_network network;
	bool network_up;
	char link[16]; /* canary_borrow_link()'s; "": nobody has asked yet */
};

enum { ARM_ARGS_MAX = 8, SCENE_FDS_MAX = 4, ARM_VIEW_MAX = 4096 };

/* What an arm's canary and probe share. */
struct scene {
	struct ground *ground;
	const struct check *check;
	guard_set guards;
	char token[40];               /* random; a canary may set another */
	char name[24];                /* random, for things that need a name */
	char path[128];               /* of the canary, as the creator sees it */
	char leaf[72];                /* name of the container's cgroup */
	char args[ARM_ARGS_MAX][160]; /* for the probe: key=value */
	size_t arg_count;
	struct container_spec spec; /* the canary may add binds, links ... before the start */
	struct bind_spec bind;
	pid_t pid;              /* of a canary process */
	int fds[SCENE_FDS_MAX]; /* of the canary's; closed after the arm */
	long number;            /* of the canary's: key, port ... */
	char saved[72];         /* of the canary's: what to put back */
};

/* Adds an argument for the probe. */
void scene_arg(struct scene *s, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The thing of the host. Hooks may be NULL. plant() is called before the container starts; what it
 * planted is taken away by remove(), which is called also when plant() failed half-way.
 */
struct canary {
	const char *about; /* what it is, for `explain` */
	bool dies_with_us; /* or was there before: may be planted on the real host */
	bool lasts;        /* planted once, it serves any number of probes unchanged */
	int (*plant)(struct scene *s, struct err *err);
	/* the probe is ready and waits: do what it waits for */
	int (*stimulus)(struct scene *s, struct err *err);
	/* the probe has acted: returns 1 if it arrived (by its token), 0 if not, or a negative
	 * errno */
	int (*witness)(struct scene *s, struct err *err);
	void (*remove)(struct scene *s);
};

/* What an arm found; fixed size, so that it crosses a socket in one message. */
struct arm_answer {
	enum answer_kind kind;
	int outcome;        /* ANSWER_BLOCKED: errno or enum outcome */
	bool proven;        /* ANSWER_REACHED: with the token, or the row's effect */
	char evidence[200]; /* one line */
};

/* Which arm to run. */
struct arm {
	const struct check *check;
	guard_set guards;
	bool twin;          /* KERNEL_RULE: the legal twin of the act */
	bool look;          /* arenas: arm_look() is meant */
	unsigned int batch; /* arenas: survey_ask() is meant, if not 0 */
};

/* What a program that only looks around wrote. */
struct arm_view {
	struct arm_answer answer; /* ANSWER_BROKEN: why there is no text */
	char text[ARM_VIEW_MAX];
};

/* Runs one arm. Every failure is an answer: ANSWER_BROKEN with the reason as evidence. */
void arm_run(struct ground *ground, const struct arm *arm, int timeout_ms, struct arm_answer *ret);

/* The same with a program that answers nothing but writes text until it ends: the probe's `look`.
 */
void arm_look(struct ground *ground, const struct arm *arm, int timeout_ms, struct arm_view *ret);

/*
 * Pure: what a line of the probe protocol means (probes/probe.h); `token` is what was planted,
 * *ret_acted is set for `acted`, which a witness turns into an answer.
 */
void answer_parse(const char *line, const char *token, const char *effect, struct arm_answer *ret,
		  bool *ret_acted);

#endif
