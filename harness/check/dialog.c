// SPDX-License-Identifier: MIT
/* Speaking with a probe: see dialog.h. */
#include "check/dialog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"

int dialog_left_ms(const struct dialog *d)
{
	int64_t left = d->deadline_ms - clock_ms();

	return left > 0 ? (int)left : 0;
}

void dialog_set_broken(struct arm_answer *ret, const char *doing, const char *why)
{
	*ret = (struct arm_answer){ .kind = ANSWER_BROKEN };
	snprintf(ret->evidence, sizeof(ret->evidence), "%s: %s", doing, why);
}

int dialog_open(struct dialog *d, int ret_theirs[3], struct err *err)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	ret_theirs[0] = in[0];
	d->to_probe = in[1];
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	ret_theirs[1] = out[1];
	d->from_probe = out[0];
	/* standard error goes nowhere */
	ret_theirs[2] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return ret_theirs[2] < 0 ? err_sys(err, "/dev/null") : 0;
}

void dialog_close(struct dialog *d)
{
	fd_close(&d->to_probe);
	fd_close(&d->from_probe);
}

int dialog_read(struct dialog *d, struct err *err)
{
	struct pollfd pfd = { d->from_probe, POLLIN, 0 };
	size_t len = 0;

	while (len < sizeof(d->line) - 1) {
		ssize_t got;
		int n = poll(&pfd, 1, dialog_left_ms(d));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(err, ETIMEDOUT, "no answer within the time limit");
		/* byte by byte: what follows a line stays in the pipe for the next one */
		got = read(d->from_probe, d->line + len, 1);
		if (got <= 0)
			return err_set(err, EPROTO, "it ended without an answer");
		if (d->line[len] == '\n') {
			d->line[len] = '\0';
			return 0;
		}
		len++;
	}
	return err_set(err, EPROTO, "its answer is too long");
}

static int converse(struct dialog *d, struct scene *s, struct err *err)
{
	int result = dialog_read(d, err);

	if (result < 0 || strcmp(d->line, "ready") != 0)
		return result;
	if (!s->check->canary || !s->check->canary->stimulus)
		return err_set(err, EPROTO, "it waits, but the check has no stimulus");
	result = s->check->canary->stimulus(s, err);
	if (result == 0 && fd_write_full(d->to_probe, "go\n", 3) < 0)
		return err_set(err, EPIPE, "it ended before the stimulus");
	return result < 0 ? result : dialog_read(d, err);
}

/* What the probe did, seen from outside. */
static void ask_witness(struct scene *s, struct arm_answer *ret)
{
	struct err err;
	int seen;

	if (!s->check->canary || !s->check->canary->witness) {
		dialog_set_broken(ret, "the probe acted", "the check has no witness");
		return;
	}
	seen = s->check->canary->witness(s, &err);
	if (seen < 0) {
		dialog_set_broken(ret, "witness", err.text);
		return;
	}
	ret->kind = seen ? ANSWER_REACHED : ANSWER_BLOCKED;
	ret->outcome = seen ? 0 : UNCHANGED;
	ret->proven = seen;
}

void dialog_judge(struct dialog *d, struct scene *s, struct arm_answer *ret)
{
	struct err err = { 0 };
	bool acted;

	if (converse(d, s, &err) < 0) {
		dialog_set_broken(ret, "probe", err.text);
		return;
	}
	answer_parse(d->line, s->token, s->check->effect, ret, &acted);
	if (acted)
		ask_witness(s, ret);
}
