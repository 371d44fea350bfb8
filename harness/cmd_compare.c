// SPDX-License-Identifier: MIT
/* nsproof compare: what has become slower or faster from one benchmark run to another. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/compare.h"
#include "bench_file.h"
#include "command.h"
#include "numbers.h"
#include "report/bench_reporter.h"

enum { FILES_MAX = 8 };

struct values {
	const char *threshold;
};

static const struct opt rows[] = {
	{ 't', OPT_STRING, "threshold", "PERCENT", offsetof(struct values, threshold),
	  "changes up to this are none (default: 5)" },
};

COMMAND_OPTIONS(options, rows)

struct files {
	struct bench_file at[FILES_MAX];
	size_t count;
};

static void files_done(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		bench_file_done(&files->at[i]);
}

/* What differs between the machines comes first: it may be the whole explanation. */
static void print_machines(const struct files *files)
{
	bool differ = false;

	for (size_t key = 0; key < ARRAY_SIZE(bench_head_keys); key++) {
		bool same = true;

		for (size_t i = 1; i < files->count; i++)
			same &= !strcmp(files->at[i].head[key], files->at[0].head[key]);
		if (same)
			continue;
		differ = true;
		printf("  %-12s", bench_head_keys[key]);
		for (size_t i = 0; i < files->count; i++)
			printf("  %s%s", i ? "-> " : "", files->at[i].head[key]);
		putchar('\n');
	}
	for (size_t i = 1; i < files->count; i++) {
		if (files->at[i].cpus == files->at[0].cpus)
			continue;
		differ = true;
		printf("  %-12s  %ld -> %ld\n", "processors", files->at[0].cpus, files->at[i].cpus);
	}
	puts(differ ? "" : "  the same machine, kernel and nsproof\n");
}

static void print_change(const struct bench_entry *old, const struct bench_entry *now,
			 const struct bench_comparison *c)
{
	char was[32], is[32];

	bench_format(old->median, old->unit, was, sizeof(was));
	bench_format(now->median, now->unit, is, sizeof(is));
	printf("  %-28s  %10s  %10s  %6.3f  %6.3f to %6.3f  %s%s%s\n", now->name, was, is, c->ratio,
	       c->likely.low, c->likely.high, change_names[c->change], *c->reason ? ": " : "",
	       c->reason);
}

/* A scenario that only one of the runs has measured; NULL: both have. */
static const char *only_one(const struct bench_entry *old, const struct bench_entry *now)
{
	if (!old)
		return "new";
	if (!old->pair.count)
		return "was not measured before";
	return now->pair.count ? NULL : "is not measured any more";
}

static int compare_two(const struct bench_file *base, const struct bench_file *now,
		       double threshold, struct err *err)
{
	size_t counts[CHANGE_COUNT] = { 0 };

	printf("  %-28s  %10s  %10s  %6s  %-16s  %s\n", "", "base", "new", "ratio", "95 %",
	       "verdict");
	for (size_t i = 0; i < now->count; i++) {
		const struct bench_entry *is = &now->entries[i];
		const struct bench_entry *was = bench_file_find(base, is->name);
		const char *one = only_one(was, is);
		struct bench_comparison c;

		if (one) {
			printf("  %-28s  %s\n", is->name, one);
			continue;
		}
		if ((strcmp(is->unit, "bytes") != 0
			     ? compare_stored
			     : compare_steady)(&was->pair, &is->pair, threshold, &c, err) < 0)
			return err_wrap(err, "%s", is->name);
		counts[c.change]++;
		print_change(was, is, &c);
	}
	for (size_t i = 0; i < base->count; i++)
		if (!bench_file_find(now, base->entries[i].name))
			printf("  %-28s  gone\n", base->entries[i].name);
	printf("\n%zu slower, %zu faster, %zu same, %zu too noisy to say; threshold %g %%\n",
	       counts[CHANGE_SLOWER], counts[CHANGE_FASTER], counts[CHANGE_SAME],
	       counts[CHANGE_NOISY], threshold * 100);
	return counts[CHANGE_SLOWER] ? STATUS_LEAK : STATUS_OK;
}

/* Medians, and beside each its ratio to the floor, which is what can be compared. */
static int print_table(const struct files *files)
{
	for (size_t i = 0; i < files->at[0].count; i++) {
		const char *name = files->at[0].entries[i].name;

		printf("  %-28s", name);
		for (size_t f = 0; f < files->count; f++) {
			const struct bench_entry *e = bench_file_find(&files->at[f], name);
			char median[32] = "-", ratio[32] = "";

			if (e && e->pair.count)
				bench_format(e->median, e->unit, median, sizeof(median));
			if (e && e->floor_median > 0)
				snprintf(ratio, sizeof(ratio), "%.2f x",
					 e->median / e->floor_median);
			printf("  %10s %8s", median, ratio);
		}
		putchar('\n');
	}
	return STATUS_OK;
}

static int compare(void *values, int count, char **words, struct err *err)
{
	const struct values *v = values;
	__attribute__((cleanup(files_done))) struct files files = { 0 };
	double threshold = 5;
	int r = parse_positive(v->threshold, "--threshold", "%", 1000, &threshold, err);

	for (int i = 0; i < count && r == 0; i++) {
		r = bench_file_read(words[i], &files.at[i], err);
		files.count += r == 0;
	}
	if (r < 0)
		return r;
	print_machines(&files);
	return count == 2 ? compare_two(&files.at[0], &files.at[1], threshold / 100, err)
			  : print_table(&files);
}

const struct command cmd_compare = {
	.name = "compare",
	.args = "BASE NEW [MORE...]",
	.about = "Compare benchmark runs: slower, faster, same or too noisy to say",
	.details =
		"Reads what 'nsproof bench --format json' wrote. Machines drift, so what is compared is\n"
		"each scenario's ratio to the floor that ran interleaved with it; when the floors\n"
		"themselves lie apart, the verdict is \"too noisy\". Exit status 1: something is slower\n"
		"than BASE by more than the threshold, with confidence. More than two runs make a table.",
	.options = options,
	.values_size = sizeof(struct values),
	.min_words = 2,
	.max_words = FILES_MAX,
	.run = compare,
};
