// SPDX-License-Identifier: MIT
/* Inside the engine: speaking with a probe over its standard input and output (probes/probe.h). */
#ifndef NSPROOF_CHECK_DIALOG_H
#define NSPROOF_CHECK_DIALOG_H

#include "check/arm.h"

enum { DIALOG_LINE_MAX = 512 };

struct dialog {
	int to_probe, from_probe; /* our ends; -1: none */
	int64_t deadline_ms;      /* as clock_ms() */
	char line[DIALOG_LINE_MAX];
};

#define DIALOG_INIT                                                                                \
	{                                                                                          \
		.to_probe = -1, .from_probe = -1                                                   \
	}

/* What is left until the deadline, in milliseconds. */
int dialog_left_ms(const struct dialog *d);

/* Makes the probe's standard input, output and error; close-on-exec, the caller's to close. */
int dialog_open(struct dialog *d, int ret_theirs[3], struct err *err);
void dialog_close(struct dialog *d); /* safe twice */

/* Takes one line of the probe's, without its newline, into d->line. -ETIMEDOUT, -EPROTO. */
int dialog_read(struct dialog *d, struct err *err);

/* Takes the probe's answer: stimulus and witness of the scene's canary are called as it asks. */
void dialog_judge(struct dialog *d, struct scene *s, struct arm_answer *ret);

/* An answer that is none, with the reason. */
void dialog_set_broken(struct arm_answer *ret, const char *doing, const char *why);

#endif
