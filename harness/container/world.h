// SPDX-License-Identifier: MIT
/* The far end of the arena's network: a process in a network namespace of its own. */
#ifndef NSPROOF_CONTAINER_WORLD_H
#define NSPROOF_CONTAINER_WORLD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

#define WORLD_LINK "out1"

/* What the world's process has to know, and how to talk to it while it starts. */
struct world {
	pid_t pid; /* 0: none */
	int sock;  /* to the process; messages are a struct err each */
	int netns; /* its network namespace */
	bool ipv6;
	char token[33];
};

#define WORLD_INIT                                                                                 \
	{                                                                                          \
		.sock = -1, .netns = -1                                                            \
	}

/* Starts the process and returns at once; ipv6 and token must be set. */
int world_start(struct world *w, struct err *err);

/* Returns when its network namespace exists, with w->netns open. */
int world_open_netns(struct world *w, struct err *err);

/* Tells it that WORLD_LINK is there; returns when its servers listen. */
int world_serve(struct world *w, struct err *err);

/* Kills and reaps the process and closes all; safe twice. */
void world_done(struct world *w);

#define AUTO_WORLD __attribute__((cleanup(world_done)))

#endif
