// SPDX-License-Identifier: MIT
/*
 * A terminal of the container's own: when a person runs a command from a terminal, it gets a new
 * pseudo-terminal, and what goes in and out is passed on. The host's terminal itself never gets
 * into the container, where it could be typed into (TIOCSTI). pty(7)
 */
#ifndef NSPROOF_TERMINAL_H
#define NSPROOF_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "base/err.h"

struct terminal {
	int master; /* -1: none, standard input and output are passed on as they are */
	int slave;  /* for the container; closed by the caller once it has started */
	bool raw;   /* the host's terminal is to be put back */
	struct termios saved;
};

#define TERMINAL_INIT                                                                              \
	{                                                                                          \
		.master = -1, .slave = -1                                                          \
	}

/* Makes the pair if standard input and output are a terminal; otherwise it does nothing. */
int terminal_open(struct terminal *t, struct err *err);

/* Puts the host's terminal into raw mode, so that every key reaches the container. */
void terminal_start(struct terminal *t);

void terminal_resize(const struct terminal *t); /* to the size of the host's terminal */

/* One direction each, as far as it goes without waiting. false: that side has ended. */
bool terminal_pass_in(const struct terminal *t);
bool terminal_pass_out(const struct terminal *t);

/* Passes on what is left, puts the host's terminal back and closes; safe twice. */
void terminal_done(struct terminal *t);

#endif
