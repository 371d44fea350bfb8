// SPDX-License-Identifier: MIT
/* How far long work has come: see progress.h. */
#include "progress.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum {
	FIRST_MS = 500, /* what is done by then needs no bar */
	EVERY_MS = 100, /* faster than anybody reads */
	BAR_MIN = 10,   /* columns; a shorter one shows nothing */
	COLUMNS = 80,   /* of a terminal that does not know */
	COLUMNS_MAX = 400,
};

/* ---- pure ---- */

static void format_bytes(double bytes, char *out, size_t room)
{
	static const char units[] = "KMGTPE";
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(out, room, "%.0f B", bytes);
		return;
	}
	for (bytes /= 1024; bytes >= 999.95 && units[unit + 1]; unit++)
		bytes /= 1024;
	snprintf(out, room, "%.1f %ciB", bytes, units[unit]);
}

/* What is left at the rate so far; "" when that says nothing. */
static void format_left(const struct progress_state *s, char *out, size_t room)
{
	double seconds = 0;

	*out = '\0';
	if (s->done && s->done < s->total)
		seconds = (double)(s->total - s->done) / (double)s->done * (double)s->ms / 1000;
	if (!s->done || !s->total || seconds >= 100 * 3600)
		return;
	if (seconds >= 3600)
		snprintf(out, room, "  %d:%02d:%02d left", (int)seconds / 3600,
			 (int)seconds / 60 % 60, (int)seconds % 60);
	else
		snprintf(out, room, "  %d:%02d left", (int)seconds / 60, (int)seconds % 60);
}

static void add_bar(char *out, size_t width, double share)
{
	size_t full = (size_t)(share * (double)(width - 2));

	out += strlen(out);
	*out++ = '[';
	memset(out, '#', full);
	memset(out + full, ' ', width - 2 - full);
	strcpy(out + width - 2, "]");
}

void progress_format(const struct progress_state *s, size_t columns, char *out, size_t room)
{
	uint64_t done = s->total && s->done > s->total ? s->total : s->done;
	const struct progress_state sane = { s->what, done, s->total, s->ms };
	double share = s->total ? (double)done / (double)s->total : 0;
	char percent[16] = "", bytes[32], rate[32], left[32], most[160];
	size_t used;

	/* the last column would wrap */
	if (columns > room)
		columns = room;
	if (!columns)
		return;
	if (s->total)
		snprintf(percent, sizeof(percent), " %3d %%", (int)(share * 100));
	format_bytes((double)done, bytes, sizeof(bytes));
	format_bytes(s->ms > 0 ? (double)done * 1000 / (double)s->ms : 0, rate, sizeof(rate));
	format_left(&sane, left, sizeof(left));
	snprintf(most, sizeof(most), "%s  %9s  %9s/s%s", percent, bytes, rate, left);
	used = strlen(s->what) + 1 + strlen(most);
	snprintf(out, columns, "%s ", s->what);
	if (s->total && used + BAR_MIN < columns)
		add_bar(out, columns - 1 - used, share);
	if (used < columns)
		strcat(out, most);
	else
		snprintf(out, columns, "%s%s", s->what, percent);
}

/* ---- thin ---- */

void progress_begin(struct progress *p, const char *what)
{
	const char *term = getenv("TERM");

	*p = (struct progress)PROGRESS_INIT;
	if (!isatty(STDERR_FILENO) || !term || !*term || !strcmp(term, "dumb"))
		return;
	p->what = what;
	p->start_ms = clock_ms();
}

/* A job in the background leaves the terminal alone, and a stopped one (^S) holds nobody up. */
static bool may_draw(void)
{
	struct pollfd pfd = { STDERR_FILENO, POLLOUT, 0 };

	return tcgetpgrp(STDERR_FILENO) == getpgrp() && poll(&pfd, 1, 0) == 1 &&
	       pfd.revents == POLLOUT;
}

static size_t terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : COLUMNS;
}

void progress_update(void *data, uint64_t done, uint64_t total)
{
	struct progress *p = data;
	int64_t now;
	char line[COLUMNS_MAX], text[COLUMNS_MAX + 8];

	if (!p->what)
		return;
	now = clock_ms();
	if (now - p->start_ms < FIRST_MS || now - p->drawn_ms < EVERY_MS || !may_draw())
		return;
	p->drawn_ms = now;
	p->drawn = true;
	progress_format(&(struct progress_state){ p->what, done, total, now - p->start_ms },
			terminal_columns(), line, sizeof(line));
	fd_write_full(STDERR_FILENO, text,
		      (size_t)snprintf(text, sizeof(text), "\r%s\033[K", line));
}

void progress_end(struct progress *p)
{
	static const char clear[] = "\r\033[K";

	if (p->drawn && may_draw())
		fd_write_full(STDERR_FILENO, clear, strlen(clear));
	p->drawn = false;
	p->what = NULL;
}
