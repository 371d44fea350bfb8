// SPDX-License-Identifier: MIT
/*
 * nsproof doctor: what this machine can do, tried out, and which checks it will skip. The needs are
 * tried as `check` tries them; only the root directory is an empty one.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/judge.h"
#include "check/plan.h"
#include "command.h"
#include "machine.h"
#include "print.h"
#include "session.h"

struct values {
	bool json;
};

static const struct opt rows[] = {
	{ .type = OPT_FLAG,
	  .name = "json",
	  .offset = offsetof(struct values, json),
	  .help = "print JSON" },
};

COMMAND_OPTIONS(options, rows)

/* These come with needs (bridge, masquerade) and are not tried alone. */
#define GUARDS_UNTRIED (PROVIDE(VETH) | PROVIDE(NAT))

struct findings {
	struct machine machine;
	bool user;                /* an ordinary user's */
	const char *switched_off; /* what keeps user namespaces away, or NULL */
	const struct spawner *spawner;
	const struct abilities *abilities;
};

static bool has_guard(const struct findings *f, int guard)
{
	return f->abilities->guards & (UINT64_C(1) << guard);
}

static bool has_need(const struct findings *f, int need)
{
	return f->abilities->needs & NEED_BIT(need);
}

/* As the engine decides it before a run. */
static bool can_run(const struct findings *f, const struct check *check, struct judged *ret)
{
	struct check_plan plan;
	enum guard missing = GUARD_COUNT;

	if (!need_missing(check, f->abilities) &&
	    check_plan(check, f->abilities->guards, false, &plan, &missing))
		return true;
	judge_skipped(check, f->abilities, missing, ret);
	return false;
}

static size_t count_runnable(const struct findings *f)
{
	struct judged skipped;
	size_t count = 0;

	for (size_t i = 0; i < check_count(); i++)
		count += can_run(f, check_at(i), &skipped);
	return count;
}

/* The ids that an ordinary user has here: the own one is the 0 of a user namespace. */
static void user_ids(const struct findings *f, struct text *out)
{
	if (f->spawner->has_ids)
		text_addf(out, "our own and %u subordinate ones",
			  idmap_count(&f->spawner->same) - 1);
	else
		text_addf(out, "our own alone: %s", f->spawner->ids_why.text);
}

static const char *owners(const struct findings *f)
{
	if (!f->spawner->has_ids)
		return "left as they are";
	return f->spawner->idmap_mounts ? "mapped by id-mapped mounts"
					: "shifted while unpacking: tmpfs has no id-mapped mounts";
}

/* ---- text ---- */

static void add_item(struct text *out, bool works, const char *name, const char *about,
		     const char *why)
{
	text_addf(out, "  %c %-12s %s\n", works ? '+' : '-', name, about);
	if (!works && *why)
		text_addf(out, "%17s%s\n", "", why);
}

static void add_guards(struct text *out, const struct findings *f, int from, int to)
{
	for (int g = from; g < to; g++)
		if (!(GUARDS_UNTRIED & (UINT64_C(1) << g)))
			add_item(out, has_guard(f, g), guard_table[g].name, guard_table[g].about,
				 f->abilities->guard_why[g].text);
}

static void add_skips(struct text *out, const struct findings *f)
{
	struct judged skipped;

	for (size_t i = 0; i < check_count(); i++)
		if (!can_run(f, check_at(i), &skipped))
			text_addf(out, "  - %-30s needs %s: %s\n", skipped.result.id,
				  skipped.result.need, skipped.result.reason);
}

static void add_head(struct text *out, const struct findings *f)
{
	text_addf(out, "nsproof " NSPROOF_VERSION "\n\n");
	text_addf(out, "  kernel        %s %s\n", f->machine.kernel, f->machine.architecture);
	text_addf(out, "  distribution  %s\n", f->machine.distribution);
	text_addf(out, "  mode          %s\n", f->user ? "user" : "root");
	if (f->spawner && f->spawner->user) {
		text_add(out, "  ids           ");
		user_ids(f, out);
		text_add(out, "\n");
	}
	if (f->spawner)
		text_addf(out, "  file owners   %s\n", owners(f));
	if (f->abilities && f->abilities->host_why.num)
		text_addf(out, "  real host     no sealed container, all arms run in arenas: %s\n",
			  f->abilities->host_why.text);
	if (f->switched_off)
		text_addf(out, "  switched off  user namespaces: %s\n", f->switched_off);
}

static void add_findings(struct text *out, const struct findings *f)
{
	size_t runnable = count_runnable(f), skipped = check_count() - runnable;

	text_add(out, "\nnamespaces\n");
	add_guards(out, f, 0, NS_COUNT);
	text_add(out, "\nother guards\n");
	add_guards(out, f, NS_COUNT, GUARD_COUNT);
	text_add(out, "\nneeds\n");
	for (int need = 0; need < NEED_COUNT; need++)
		add_item(out, has_need(f, need), need_table[need].name, need_table[need].about,
			 f->abilities->need_why[need].text);
	text_addf(out, "\n%zu checks can run, %zu are skipped%s\n", runnable, skipped,
		  skipped && f->user ? "; more can run as root" : "");
	add_skips(out, f);
}

/* ---- JSON ---- */

static json_t *item(const char *name, const char *about, bool works, const char *why)
{
	return json_pack("{s:s, s:s, s:b, s:s}", "name", name, "about", about, "works", works,
			 "why", works ? "" : why);
}

static json_t *guards_value(const struct findings *f)
{
	json_t *list = json_array();

	for (int g = 0; g < GUARD_COUNT; g++)
		if (!(GUARDS_UNTRIED & (UINT64_C(1) << g)))
			json_array_append_new(list, item(guard_table[g].name, guard_table[g].about,
							 has_guard(f, g),
							 f->abilities->guard_why[g].text));
	return list;
}

static json_t *needs_value(const struct findings *f)
{
	json_t *list = json_array();

	for (int n = 0; n < NEED_COUNT; n++)
		json_array_append_new(list, item(need_table[n].name, need_table[n].about,
						 has_need(f, n), f->abilities->need_why[n].text));
	return list;
}

static json_t *skips_value(const struct findings *f)
{
	json_t *list = json_array();
	struct judged skipped;

	for (size_t i = 0; i < check_count(); i++)
		if (!can_run(f, check_at(i), &skipped))
			json_array_append_new(list,
					      json_pack("{s:s, s:s, s:s}", "id", skipped.result.id,
							"need", skipped.result.need, "reason",
							skipped.result.reason));
	return list;
}

/* `why`: why nothing can run; NULL when `f` has abilities. */
static json_t *findings_value(const struct findings *f, const char *why)
{
	AUTO_TEXT struct text ids = { 0 };
	json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:I}", "version",
				 NSPROOF_VERSION, "kernel", f->machine.kernel, "machine",
				 f->machine.architecture, "distribution", f->machine.distribution,
				 "mode", f->user ? "user" : "root", "user_namespaces_switched_off",
				 f->switched_off, "nothing_runs", why, "runnable",
				 (json_int_t)(why ? 0 : count_runnable(f)));

	if (!root || why)
		return root;
	if (f->spawner->user) {
		user_ids(f, &ids);
		json_object_set_new(root, "ids", json_string(ids.str));
	}
	json_object_set_new(root, "file_owners", json_string(owners(f)));
	json_object_set_new(root, "guards", guards_value(f));
	json_object_set_new(root, "needs", needs_value(f));
	json_object_set_new(root, "skipped", skips_value(f));
	return root;
}

static int doctor(void *values, int count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_TEXT struct text out = { 0 };
	struct findings f = { .user = geteuid() != 0 };
	struct err failure;
	bool works;
	int r;

	(void)count;
	(void)words;
	machine_read(&f.machine);
	works = session_try(&s, &failure) == 0;
	if (works) {
		f.spawner = &s.rootfs.spawner;
		f.abilities = &s.abilities;
		if (!has_guard(&f, GUARD_USER))
			f.switched_off = s.abilities.guard_why[GUARD_USER].text;
		if (!has_need(&f, NEED_ARENA))
			failure = s.abilities.need_why[NEED_ARENA];
	} else if (s.rootfs.spawner.user) {
		f.switched_off = failure.text;
	}
	if (v->json) {
		r = print_json(findings_value(&f, works ? NULL : failure.text), err);
	} else {
		add_head(&out, &f);
		if (works)
			add_findings(&out, &f);
		r = print_text(&out, err);
	}
	if (r < 0)
		return r;
	if (works && count_runnable(&f) > 0)
		return STATUS_OK;
	err_set(err, failure.num, "nothing can run: %s", failure.text);
	return STATUS_NOTHING;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.about = "Try out what this machine can do, and say which checks it will skip",
	.details =
		"Every namespace, every other guard and every need is tried in throw-away containers,\n"
		"with the rights of whoever asks. What does not work comes with the kernel's reason.\n"
		"The exit status is 0 when checks can run, though some may be skipped, and 4 when none\n"
		"can.",
	.options = options,
	.values_size = sizeof(struct values),
	.run = doctor,
};
