// SPDX-License-Identifier: MIT
/*
 * Opens, feeds and closes a reporter: see reporter.h. Whatever the format, each result is on its
 * way out before the next check starts, and the first write error is kept for the end.
 */
#include "report/reporter.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/internal.h"

const struct reporter_ops *const reporter_formats[] = {
	[REPORTER_TEXT] = &reporter_text,
	[REPORTER_JSON] = &reporter_json,
	[REPORTER_KTAP] = &reporter_ktap,
	[REPORTER_FORMATS] = NULL,
};

void reporter_fail(struct reporter *r, int num)
{
	if (!r->failed)
		r->failed = num;
}

/*
 * Hands over to the kernel what the hook wrote; a regular file also goes to the disk, because the
 * page cache dies with the kernel under test (a quarter of a millisecond on ext4, nothing on
 * tmpfs). Some file systems know no fdatasync() and say EINVAL.
 */
static void flush(struct reporter *r)
{
	if (fflush(r->out) != 0 || ferror(r->out))
		reporter_fail(r, errno ? errno : EIO);
	else if (r->is_file && fdatasync(fileno(r->out)) < 0 && errno != EINVAL)
		reporter_fail(r, errno);
}

struct reporter *reporter_open(int format, FILE *out, const struct reporter_opts *opts)
{
	struct reporter *r = calloc(1, sizeof(*r));
	struct stat st;

	if (!r)
		return NULL;
	r->ops = reporter_formats[format];
	r->out = out;
	r->opts = *opts;
	r->is_file = fstat(fileno(out), &st) == 0 && S_ISREG(st.st_mode);
	return r;
}

void reporter_begin(struct reporter *r, const struct run_info *run)
{
	r->planned = run->planned;
	errno = 0;
	r->ops->begin(r, run);
	flush(r);
}

void reporter_check(struct reporter *r, const struct check_result *result)
{
	errno = 0;
	r->ops->check(r, result);
	r->reported++;
	flush(r);
}

void reporter_end(struct reporter *r, const struct totals *totals)
{
	errno = 0;
	r->ops->end(r, totals);
	flush(r);
}

int reporter_close(struct reporter *r, struct err *err)
{
	int ret = 0;

	if (!r)
		return 0;
	if (r->failed) {
		errno = r->failed;
		ret = err_sys(err, "the %s report is incomplete, cannot write it", r->ops->name);
	}
	for (size_t i = 0; i < r->need_count; i++)
		free(r->needs[i].need);
	free(r->needs);
	free(r);
	return ret;
}

void report_timing(FILE *out, const struct totals *totals)
{
	size_t checks = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		checks += totals->verdicts[i];
	fprintf(out, "%zu check%s, %zu container%s in %.2f s\n", checks, checks == 1 ? "" : "s",
		totals->containers, totals->containers == 1 ? "" : "s", totals->seconds);
}

void put_clean(FILE *out, const char *str, const char *avoid)
{
	for (const char *c = str; *c; c++) {
		bool plain = *c >= ' ' && *c <= '~';

		for (const char *a = avoid; *a; a++)
			plain = plain && *a != *c;
		if (plain)
			putc(*c, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)*c);
	}
}

void put_changes(FILE *out, const struct comparison *comparison)
{
	const char *before = "";

	fputs("against the baseline: ", out);
	for (int i = TREND_SAME + 1; i < TREND_COUNT; i++) {
		fprintf(out, "%s%zu %s", before, comparison->trends[i], trend_names[i]);
		before = ", ";
	}
	fprintf(out, "; %zu the same\n", comparison->trends[TREND_SAME]);
}

void put_changed(FILE *out, const struct changed_check *check)
{
	put_clean(out, check->id, "");
	if (check->trend == TREND_NEW)
		fprintf(out, ": %s", verdict_names[check->is]);
	else if (check->trend == TREND_GONE)
		fprintf(out, ": was %s", verdict_names[check->was]);
	else
		fprintf(out, ": %s -> %s", verdict_names[check->was], verdict_names[check->is]);
}
