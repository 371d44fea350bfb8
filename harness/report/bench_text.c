// SPDX-License-Identifier: MIT
/* Benchmarks for a person: one line a scenario, its phases below it, a curve after its points. */
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/bench_reporter.h"
#include "report/internal.h"

static void paint(struct bench_reporter *r, const char *colour)
{
	if (r->colour)
		fprintf(r->out, "\033[%sm", colour);
}

static void text_begin(struct bench_reporter *r, const struct bench_info *info)
{
	paint(r, "1");
	fprintf(r->out, "nsproof %s bench", info->version);
	paint(r, "");
	fprintf(r->out, "\n\n  %-12s  %s %s\n", "kernel", info->kernel, info->machine);
	fprintf(r->out, "  %-12s  %s\n", "distribution", info->distribution);
	fprintf(r->out, "  %-12s  %zu x %s%s\n", "processors", info->cpus, info->cpu,
		info->pinned ? ", pinned" : "");
	fprintf(r->out, "  %-12s  %s\n", "mode", info->mode);
	if (info->base)
		fprintf(r->out, "  %-12s  each until the verdict is clear or for %.3g s\n",
			"sampling", info->time_s);
	else
		fprintf(r->out, "  %-12s  each to +-%.3g %% of the median or %.3g s\n", "sampling",
			info->precision * 100, info->time_s);
	fprintf(r->out, "  %-12s  %zu\n", "scenarios", info->planned);
	if (!info->base)
		return;
	r->against = true;
	fprintf(r->out, "  %-12s  ", "base");
	put_clean(r->out, info->base, "");
	fprintf(r->out, ", the threshold %g %%\n", info->threshold * 100);
}

static void put_theme(struct bench_reporter *r, const char *name)
{
	size_t len = strcspn(name, "/");

	if (!strncmp(r->theme, name, len) && r->theme[len] == '\0')
		return;
	snprintf(r->theme, sizeof(r->theme), "%.*s", (int)len, name);
	putc('\n', r->out);
	paint(r, "1");
	if (r->against)
		fprintf(r->out, "%-28s  %10s  %10s  %7s  %6s  %-16s  %s\n", r->theme, "base",
			"this", "samples", "ratio", "95 %", "this build is");
	else
		fprintf(r->out, "%-28s  %10s  %8s  %7s  %s\n", r->theme, "median", "+-", "samples",
			"");
	paint(r, "");
}

/* Half the interval, in parts of the median. */
static double spread(const struct stats *s)
{
	return s->median > 0 ? (s->likely.high - s->likely.low) / 2 / s->median : 0;
}

static void put_rate(struct bench_reporter *r, double amount, double ns, double scale,
		     const char *unit)
{
	if (amount > 0 && ns > 0)
		fprintf(r->out, "  %.4g %s", amount / scale / (ns / 1e9), unit);
}

static void put_figures(struct bench_reporter *r, const struct bench_result *b)
{
	char median[32];

	bench_format(b->stats.median, b->unit, median, sizeof(median));
	fprintf(r->out, "  %10s  %6.1f %%  %7zu", median, spread(&b->stats) * 100, b->stats.count);
	put_rate(r, b->bytes, b->stats.median, 1e6, "MB/s");
	put_rate(r, b->files, b->stats.median, 1, "files/s");
	put_rate(r, b->items, b->stats.median, 1, "/s");
	if (b->floor.count)
		fprintf(r->out, "  %.3f of the floor (%.3f to %.3f)", b->ratio, b->ratio_likely.low,
			b->ratio_likely.high);
}

static void put_parts(struct bench_reporter *r, const struct bench_result *b)
{
	char value[32];
	double sum = 0;

	for (size_t i = 0; i < b->part_count; i++) {
		if (b->parts[i].mean <= 0)
			continue;
		bench_format(b->parts[i].mean, b->unit, value, sizeof(value));
		fprintf(r->out, "      %-22s  %10s  %6.1f %%\n", b->parts[i].name, value,
			b->parts[i].mean / b->whole * 100);
		sum += b->parts[i].mean;
	}
	bench_format(sum, b->unit, value, sizeof(value));
	if (b->part_count)
		fprintf(r->out, "      %-22s  %10s  %6.1f %% of the whole\n", "sum", value,
			sum / b->whole * 100);
}

static void put_reason(struct bench_reporter *r, enum bench_state state, const char *reason)
{
	if (state == BENCH_MEASURED)
		return;
	paint(r, state == BENCH_FAILED ? "1;31" : "33");
	fprintf(r->out, "  %s: ", bench_state_names[state]);
	put_clean(r->out, reason, "");
	paint(r, "");
}

static void text_result(struct bench_reporter *r, const struct bench_result *b)
{
	put_theme(r, b->name);
	fprintf(r->out, "  %-26s", b->name);
	if (b->stats.count)
		put_figures(r, b);
	put_reason(r, b->state, b->reason);
	putc('\n', r->out);
	if (r->parts && b->stats.count)
		put_parts(r, b);
}

static void put_verdict(struct bench_reporter *r, const struct bench_duel *c)
{
	char base[32], now[32];

	bench_format(c->base.median, c->unit, base, sizeof(base));
	bench_format(c->stats.median, c->unit, now, sizeof(now));
	fprintf(r->out, "  %10s  %10s  %7zu  %6.3f  %6.3f to %6.3f  ", base, now, c->stats.count,
		c->ratio, c->likely.low, c->likely.high);
	if (!strcmp(c->change, "slower"))
		paint(r, "1;31");
	fprintf(r->out, "%s%s%s", c->change, *c->doubt ? ": " : "", c->doubt);
	paint(r, "");
}

static void text_duel(struct bench_reporter *r, const struct bench_duel *c)
{
	put_theme(r, c->name);
	fprintf(r->out, "  %-26s", c->name);
	if (c->stats.count)
		put_verdict(r, c);
	put_reason(r, c->state, c->reason);
	putc('\n', r->out);
}

static void text_curve(struct bench_reporter *r, const struct bench_curve *c)
{
	char slope[32], low[32], high[32], start[32];

	bench_format(c->line.slope, "ns", slope, sizeof(slope));
	bench_format(c->line.slope_likely.low, "ns", low, sizeof(low));
	bench_format(c->line.slope_likely.high, "ns", high, sizeof(high));
	bench_format(c->line.intercept, "ns", start, sizeof(start));
	fprintf(r->out, "  %-26s  %s and %s for each of %s", c->name, start, slope, c->per);
	if (c->points > 2)
		fprintf(r->out, " (%s to %s)", low, high);
	fprintf(r->out, ", R2 %.3f\n", c->line.r2);
}

static void text_end(struct bench_reporter *r, const struct bench_totals *totals)
{
	fputc('\n', r->out);
	for (int i = 0; i < BENCH_STATES; i++)
		fprintf(r->out, "%s%zu %s", i ? ", " : "", totals->states[i], bench_state_names[i]);
	if (r->against)
		fprintf(r->out,
			"; %zu slower than the base, %zu faster, %zu same, %zu too noisy to say",
			totals->slower, totals->faster, totals->same, totals->unclear);
	fprintf(r->out, "%s\n", totals->interrupted ? "; interrupted" : "");
}

const struct bench_reporter_ops bench_reporter_text = { "text",    text_begin, text_result,
							text_duel, text_curve, text_end };
