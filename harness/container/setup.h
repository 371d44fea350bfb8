// SPDX-License-Identifier: MIT
/* Inside the container core: what the stages of a start share. Not for other layers. */
#ifndef NSPROOF_CONTAINER_SETUP_H
#define NSPROOF_CONTAINER_SETUP_H

#include "container/container.h"

/* The set-up of one container, in the child. */
struct setup {
	const struct container_spec *spec;
	int sock;    /* to the creator; closed by exec */
	bool waits;  /* the creator says when it has done its part */
	int tree_fd; /* detached clone of the root file system, -1 without GUARD_ROOT */
	int root_fd; /* the root that is being built, or "/" */
	int old_cwd; /* where the creator was, kept without GUARD_CWD */
};

/* Runs the table of steps; on failure the text starts with the step's name. */
int setup_run(struct setup *s, struct err *err);

/* Steps, one group a file. */
int step_session(struct setup *s, struct err *err);
int step_ids(struct setup *s, struct err *err);
int step_parent_death(struct setup *s, struct err *err);
int step_creator(struct setup *s, struct err *err);
int step_keyring(struct setup *s, struct err *err);
int step_nnp(struct setup *s, struct err *err);
int step_seccomp(struct setup *s, struct err *err);
int step_caps(struct setup *s, struct err *err);
int step_hostname(struct setup *s, struct err *err);
int step_loopback(struct setup *s, struct err *err);
int step_link(struct setup *s, struct err *err);
int step_stdio(struct setup *s, struct err *err);
int step_fds(struct setup *s, struct err *err);

int step_private(struct setup *s, struct err *err);
int step_bind_root(struct setup *s, struct err *err);
int step_open_root(struct setup *s, struct err *err);
int step_pivot(struct setup *s, struct err *err);
int step_detach(struct setup *s, struct err *err);
int step_chroot(struct setup *s, struct err *err);
int step_cwd(struct setup *s, struct err *err);
int step_old_cwd(struct setup *s, struct err *err);

int step_tmp(struct setup *s, struct err *err);
int step_sys(struct setup *s, struct err *err);
int step_old_sys(struct setup *s, struct err *err);
int step_cgroup2(struct setup *s, struct err *err);
int step_proc(struct setup *s, struct err *err);
int step_old_proc(struct setup *s, struct err *err);
int step_dev(struct setup *s, struct err *err);
int step_old_dev(struct setup *s, struct err *err);
int step_mqueue(struct setup *s, struct err *err);
int step_binds(struct setup *s, struct err *err);
int step_resolver(struct setup *s, struct err *err);
int step_ro_proc(struct setup *s, struct err *err);
int step_mask(struct setup *s, struct err *err);

/* The init of container_spec.init: runs `start` in a child, forwards signals, reaps. Never returns.
 */
_Noreturn void init_run(int (*start)(void *arg), void *arg);

#endif
