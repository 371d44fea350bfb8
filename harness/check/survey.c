// SPDX-License-Identifier: MIT
/* Many rows asked in one container: see survey.h. */
#include "check/survey.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "check/dialog.h"
#include "check/scene.h"
#include "container/cgroup.h"

/* A canary that lasts, and serves all rows that name it. */
struct planted {
	struct scene scene;
	struct err err; /* num: it could not be planted */
};

/* The container that answers. */
struct desk {
	struct ground *ground;
	guard_set guards;
	int timeout_ms;
	bool open;
	struct container container;
	struct dialog dialog;
	char leaf[24];
};

bool survey_takes(const struct check *check)
{
	/* links are the arena's, one container at a time */
	guard_set network = PROVIDE(VETH) | PROVIDE(NAT);

	return check->shares && !(check_sealed(check, GUARDS_EVERYTHING) & network);
}

/* ---- the canaries ---- */

static struct planted *find_planted(const struct survey *sv, const struct check *check)
{
	for (size_t i = 0; i < sv->count; i++)
		if (sv->planted[i].scene.check->canary == check->canary)
			return &sv->planted[i];
	return NULL;
}

void survey_end(struct survey *sv)
{
	/* the last first: one may lie on top of another */
	while (sv->count > 0)
		scene_remove(&sv->planted[--sv->count].scene);
	free(sv->planted);
	*sv = (struct survey){ 0 };
}

static int plant(struct scene *s, struct err *err)
{
	int r = scene_plant(s, err);

	if (r == 0 && scene_shapes_container(s))
		r = err_set(err, EPROTO, "it shapes its container, which the row shares");
	return r;
}

static void plant_batch(struct survey *sv, struct ground *ground, const struct run_spec *spec,
			unsigned int batch)
{
	sv->batch = batch;
	/* a scene must not move: there is room for all from the beginning */
	sv->planted = calloc(spec->count, sizeof(*sv->planted));
	for (size_t i = 0; sv->planted && i < spec->count; i++) {
		const struct check *check = spec->checks[i];
		struct planted *p = &sv->planted[sv->count];

		if (spec->batches[i] != batch || !check->canary || !check->canary->lasts ||
		    find_planted(sv, check))
			continue;
		scene_init(&p->scene, ground, check, 0);
		plant(&p->scene, &p->err);
		sv->count++;
	}
}

/* ---- the container ---- */

static void close_desk(struct desk *d)
{
	container_done(&d->container);
	dialog_close(&d->dialog);
	if (d->open && d->leaf[0])
		cgroup_leaf_remove(d->ground->cgroup_dir, d->leaf);
	d->open = false;
}

static int start_desk(struct desk *d, struct container_spec *spec, struct err *err)
{
	static const char *const argv[] = { "nsprobe", "serve", NULL };
	int r = dialog_open(&d->dialog, spec->stdio, err);

	if (r == 0 && spec->guards & GUARD(LEAF)) {
		spec->cgroup_fd = cgroup_leaf(d->ground->cgroup_dir, d->leaf, err);
		r = spec->cgroup_fd < 0 ? spec->cgroup_fd : 0;
	}
	if (r < 0)
		return r;
	spec->argv = argv;
	scene_fill_spec(spec, d->ground);
	return container_start(&d->container, spec, d->timeout_ms, err);
}

static int open_desk(struct desk *d, struct err *err)
{
	struct container_spec spec = CONTAINER_SPEC_INIT;
	char random[9];
	int r;

	random_hex(4, random);
	spec.guards = d->guards;
	snprintf(d->leaf, sizeof(d->leaf), "%s%s", d->guards & GUARD(LEAF) ? "desk-" : "",
		 d->guards & GUARD(LEAF) ? random : "");
	d->open = true;
	r = start_desk(d, &spec, err);
	for (int i = 0; i < 3; i++)
		fd_close(&spec.stdio[i]);
	fd_close(&spec.cgroup_fd);
	if (r < 0)
		close_desk(d);
	return r;
}

/* ---- the questions ---- */

/* "ID\tkey=value\t...\n" */
static int send_question(struct desk *d, const struct scene *s, struct err *err)
{
	AUTO_TEXT struct text line = { 0 };

	text_add(&line, s->check->id);
	for (size_t i = 0; i < s->arg_count; i++) {
		if (strpbrk(s->args[i], "\t\n"))
			return err_set(err, EPROTO, "an argument does not fit on a line");
		text_addf(&line, "\t%s", s->args[i]);
	}
	text_add(&line, "\n");
	if (line.failed)
		return err_set(err, ENOMEM, "out of memory");
	if (fd_write_full(d->dialog.to_probe, line.str, line.len) < 0)
		return err_set(err, EPIPE, "the container has ended");
	return 0;
}

static void ask_in(struct desk *d, struct scene *s, struct arm_answer *ret)
{
	struct err err;

	if (!d->open && open_desk(d, &err) < 0)
		return dialog_set_broken(ret, "container", err.text);
	d->dialog.deadline_ms = clock_ms() + d->timeout_ms;
	if (send_question(d, s, &err) < 0)
		dialog_set_broken(ret, "probe", err.text);
	else
		dialog_judge(&d->dialog, s, ret);
	/* whoever did not answer in order may still be at it: the next row gets a new container */
	if (ret->kind == ANSWER_BROKEN)
		return close_desk(d);
	if (dialog_read(&d->dialog, &err) < 0 || strcmp(d->dialog.line, "done") != 0) {
		dialog_set_broken(ret, "probe", "it answered, but did not end");
		close_desk(d);
	}
}

/* A canary that an answer uses up, or that changes with it, is planted for this one question. */
static void ask_afresh(struct desk *d, const struct check *check, struct arm_answer *ret)
{
	struct scene s;
	struct err err;

	scene_init(&s, d->ground, check, 0);
	if (plant(&s, &err) < 0)
		dialog_set_broken(ret, "canary", err.text);
	else
		ask_in(d, &s, ret);
	scene_remove(&s);
}

static void ask_row(const struct survey *sv, struct desk *d, const struct check *check,
		    struct arm_answer *ret)
{
	struct planted *p;

	if (!check->canary || !check->canary->lasts)
		return ask_afresh(d, check, ret);
	p = find_planted(sv, check);
	if (!p || p->err.num)
		return dialog_set_broken(ret, "canary", p ? p->err.text : "out of memory");
	p->scene.check = check;
	ask_in(d, &p->scene, ret);
}

void survey_ask(struct survey *sv, struct ground *ground, const struct run_spec *spec,
		unsigned int batch, guard_set guards, survey_take_fn *take, void *arg)
{
	struct desk desk = { .ground = ground,
			     .guards = guards,
			     .timeout_ms = spec->timeout_ms,
			     .container = CONTAINER_INIT,
			     .dialog = DIALOG_INIT };

	if (sv->batch != batch) {
		survey_end(sv);
		plant_batch(sv, ground, spec, batch);
	}
	for (size_t i = 0; i < spec->count; i++) {
		struct survey_answer answer = { .row = i };

		for (size_t j = 0; spec->batches[i] == batch && j < spec->plans[i].count; j++) {
			if (spec->plans[i].arms[j].guards != guards)
				continue;
			answer.arm = j;
			ask_row(sv, &desk, spec->checks[i], &answer.answer);
			take(arg, &answer);
		}
	}
	close_desk(&desk);
}
