// SPDX-License-Identifier: MIT
/* What the formats of benchmarks share: see bench_reporter.h. */
#include "report/bench_reporter.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"

const char *const bench_state_names[BENCH_STATES] = {
	[BENCH_MEASURED] = "measured",
	[BENCH_NOISY] = "noisy",
	[BENCH_SKIPPED] = "skipped",
	[BENCH_FAILED] = "failed",
};

int bench_totals_status(const struct bench_totals *totals)
{
	if (totals->interrupted)
		return 130;
	if (totals->slower)
		return 1;
	if (totals->states[BENCH_FAILED])
		return 3;
	return totals->states[BENCH_MEASURED] + totals->states[BENCH_NOISY] ? 0 : 4;
}

static void flush(struct bench_reporter *r)
{
	if (fflush(r->out) != 0 && !r->failed)
		r->failed = errno ? errno : EIO;
}

void bench_report_begin(struct bench_reporter *r, const struct bench_info *info)
{
	r->ops->begin(r, info);
	flush(r);
}

void bench_report_result(struct bench_reporter *r, const struct bench_result *result)
{
	r->ops->result(r, result);
	r->reported++;
	flush(r);
}

void bench_report_duel(struct bench_reporter *r, const struct bench_duel *duel)
{
	r->ops->duel(r, duel);
	r->reported++;
	flush(r);
}

void bench_report_curve(struct bench_reporter *r, const struct bench_curve *curve)
{
	r->ops->curve(r, curve);
	flush(r);
}

int bench_report_end(struct bench_reporter *r, const struct bench_totals *totals, struct err *err)
{
	r->ops->end(r, totals);
	flush(r);
	errno = r->failed;
	return r->failed ? err_sys(err, "the report cannot be written") : 0;
}

void bench_format(double value, const char *unit, char *ret, size_t room)
{
	static const char *const times[] = { "ns", "us", "ms", "s" };
	static const char *const sizes[] = { "B", "kB", "MB", "GB" };
	const char *const *units = !strcmp(unit, "ns") ? times : sizes;
	size_t step = 0;

	while (step + 1 < ARRAY_SIZE(times) && fabs(value) >= 999.5) {
		value /= 1000;
		step++;
	}
	snprintf(ret, room, "%.*f %s",
		 fabs(value) < 9.995   ? 2
		 : fabs(value) < 99.95 ? 1
				       : 0,
		 value, units[step]);
}
