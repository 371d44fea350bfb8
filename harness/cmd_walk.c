// SPDX-License-Identifier: MIT
/*
 * nsproof walk: containers from first principles, told by running them. Each step of the tour
 * starts real containers in an arena with what has been switched on so far: one that looks around,
 * and one for every check of the catalogue that can be asked by then.
 */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "check/ground.h"
#include "command.h"
#include "machine.h"
#include "session.h"
#include "walk_print.h"

enum { TIMEOUT_MS = 5000, HOST_SERVICE_NAME = 16 };

struct values {
	struct image_choice choice;
};

static const struct opt rows[] = { IMAGE_CHOICE_ROWS(struct values) };

COMMAND_OPTIONS(options, rows)

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* A process of the host that every list of processes shows under the same name. */
static int start_service(struct scene *s, struct err *err)
{
	char own[HOST_SERVICE_NAME];
	pid_t creator = getpid();

	/* the name goes from parent to child: set afterwards, a look could come in between */
	prctl(PR_GET_NAME, own);
	prctl(PR_SET_NAME, "host-service");
	s->pid = fork();
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == creator)
			pause();
		_exit(0);
	}
	prctl(PR_SET_NAME, own);
	return s->pid < 0 ? err_sys(err, "fork") : 0;
}

static const struct canary host_service = {
	.about = "a process of the host, for a look around",
	.plant = start_service,
	.remove = canary_kill,
};

/* Not in the catalogue: `look` is a word that the probe knows besides the checks. */
static const struct check look_alone = { .id = "look", .canary = &host_service };
/* ... on a host with the network that containers get their wire from */
static const struct check look_with_network = {
	.id = "look",
	.canary = &host_service,
	.base = PROVIDE(VETH),
};

struct walk {
	struct page page;
	const struct session *session;
	/* one to look around in and one for the checks, which change what is seen */
	struct arena_ground look_ground, check_ground;
	guard_set available, guards;
	struct view view;
	bool has_view;
	enum standing *standings; /* one a check, in catalogue order */
	bool wrong, unclear;
};

static guard_set bit(int guard)
{
	return UINT64_C(1) << guard;
}

static bool needs_met(const struct walk *w, const struct check *check)
{
	return !need_missing(check, &w->session->abilities);
}

/* Provisions of the network are needs, not guards, when the machine is tried out. */
static void find_available(struct walk *w)
{
	need_set needs = w->session->abilities.needs;

	w->available = w->session->abilities.guards;
	if (!(needs & NEED(BRIDGE)))
		w->available &= ~PROVIDE(VETH);
	if (!(needs & NEED(MASQUERADE)))
		w->available &= ~PROVIDE(NAT);
	w->available = guard_effective(w->available);
}

static const char *why_missing(const struct walk *w, int guard)
{
	const struct abilities *a = &w->session->abilities;

	if (guard == PROVIDE_VETH && !(a->needs & NEED(BRIDGE)))
		return a->need_why[NEED_BRIDGE].text;
	if (guard == PROVIDE_NAT && !(a->needs & NEED(MASQUERADE)))
		return a->need_why[NEED_MASQUERADE].text;
	if (a->guard_why[guard].num)
		return a->guard_why[guard].text;
	return "what it requires is missing";
}

/* Says what of the step this machine can't do; returns whether anything is left of it. */
static bool tell_missing(struct walk *w, const struct walk_step *step)
{
	guard_set missing = step->adds & ~w->available;
	char value[480];

	if (missing)
		fputc('\n', w->page.out);
	for (int g = 0; g < GUARD_COUNT; g++) {
		if (!(missing & bit(g)))
			continue;
		snprintf(value, sizeof(value), "%s: %s", guard_table[g].about, why_missing(w, g));
		page_line(&w->page, "not here", value);
	}
	return !step->adds || missing != step->adds;
}

static void look_around(struct walk *w, const char *watch)
{
	bool network = w->available & PROVIDE(VETH);
	struct arm arm = { .check = network ? &look_with_network : &look_alone,
			   .guards = w->guards };
	struct arm_view found;
	struct view now;

	arena_ground_look(&w->look_ground, &arm, &found);
	if (found.answer.kind == ANSWER_BROKEN) {
		page_line(&w->page, "unclear", found.answer.evidence);
		w->unclear = true;
		return;
	}
	view_parse(found.text, &now);
	page_view(&w->page, w->has_view ? &w->view : NULL, &now, watch);
	w->view = now;
	w->has_view = true;
}

/*
 * As in the catalogue, only rows that speak of the wire get one, as it costs more than all the rest;
 * but when it comes, every row is asked with it.
 */
static guard_set guards_for(const struct walk *w, const struct walk_step *step,
			    const struct check *check)
{
	bool wired = step->adds & (PROVIDE(VETH) | PROVIDE(NAT));

	return wired ? w->guards : check_sealed(check, w->guards);
}

/* Runs the check and tells what has changed since the last step. */
static void ask(struct walk *w, size_t index, const struct walk_step *step)
{
	const struct check *check = check_at(index);
	struct arm arm = { .check = check, .guards = guards_for(w, step, check) };
	enum standing before = w->standings[index], now;
	struct arm_answer answer;
	enum change change;

	arena_ground_run(&w->check_ground, &arm, &answer);
	if (interrupted)
		return;
	now = standing_of(check, &answer);
	change = change_of(check, before, now);
	w->standings[index] = now;
	w->unclear |= now == STANDING_UNCLEAR;
	if (now == STANDING_UNCLEAR) {
		page_check(&w->page, CHANGE_UNCLEAR, check, answer.evidence);
	} else if (standing_wrong(check, arm.guards, now)) {
		w->wrong = true;
		page_check(&w->page, CHANGE_WRONG, check, "what decides it is switched on");
	} else if (change != CHANGE_NONE) {
		page_check(&w->page, w->guards ? change : CHANGE_OPEN, check,
			   now == STANDING_BLOCKED ? outcome_name(answer.outcome) : "");
	}
}

/* Names what still reaches, where a step wants to look closer. */
static void look_closer(struct walk *w, const struct walk_step *step)
{
	for (size_t i = 0; step->closer && i < check_count(); i++)
		if (w->standings[i] == STANDING_REACHED && check_at(i)->kind == KIND_KEEPS_OUT &&
		    fnmatch(step->closer, check_at(i)->id, FNM_EXTMATCH) == 0)
			page_check(&w->page, CHANGE_STILL_OPEN, check_at(i), "");
}

static void tell_count(struct walk *w)
{
	size_t asked = 0, open = 0;
	char value[120];

	for (size_t i = 0; i < check_count(); i++) {
		if (check_at(i)->kind != KIND_KEEPS_OUT || w->standings[i] == STANDING_UNASKED)
			continue;
		asked++;
		open += w->standings[i] == STANDING_REACHED;
	}
	snprintf(value, sizeof(value), "%zu of the %zu ways to the host that were tried", open,
		 asked);
	page_line(&w->page, "open now", value);
}

static void take_step(struct walk *w, const struct walk_step *step)
{
	page_heading(&w->page, step->title, step->adds & w->available);
	page_paragraph(&w->page, step->text);
	if (!tell_missing(w, step))
		return;
	w->guards = guard_effective(w->guards | (step->adds & w->available));
	look_around(w, step->watch);
	fputc('\n', w->page.out);
	/* where nothing new is switched on, the answers are those of the step before */
	for (size_t i = 0; i < check_count() && !interrupted; i++)
		if ((step->adds || !w->guards) && walk_asks(check_at(i)->id) &&
		    needs_met(w, check_at(i)) && standing_asked(check_at(i), w->guards))
			ask(w, i, step);
	if (interrupted)
		return;
	look_closer(w, step);
	tell_count(w);
	fflush(w->page.out);
}

static void introduce(struct walk *w)
{
	const struct rootfs *rootfs = &w->session->rootfs;
	struct page *p = &w->page;
	struct machine machine;
	char kernel[160];

	machine_read(&machine);
	snprintf(kernel, sizeof(kernel), "%s %s", machine.kernel, machine.architecture);
	fputs("A container from first principles\n\n", p->out);
	page_line(p, "kernel", kernel);
	page_line(p, "image", rootfs->name);
	page_line(p, "mode", rootfs->spawner.user ? "user" : "root");
	fputc('\n', p->out);
	page_paragraph(
		p, "The host of this tour is an arena, a disposable copy of one; nothing of the "
		   "real host is touched. After each step a container is started anew with all "
		   "that has been switched on (+name) so far. It looks around (* what has "
		   "changed), and every check of the catalogue tries it.");
	if (!rootfs->image)
		return;
	page_heading(p, "Look into the archive", 0);
	page_paragraph(p,
		       "An image is files and nothing else: a list of layers, each a tar archive "
		       "with some of a root directory's files in it, and a configuration in JSON "
		       "that says what to start.");
	page_archive(p, image_info(rootfs->image));
	page_heading(p, "Unpack it", 0);
	page_paragraph(p,
		       "Layers are laid over one another, the lowest first; a file called .wh.NAME "
		       "takes away what a lower layer brought. What comes out is a plain directory "
		       "with /bin, /etc and so on. It isolates nothing.");
	page_unpacked(p, &rootfs->unpacked);
}

static void conclude(struct walk *w)
{
	fputc('\n', w->page.out);
	page_paragraph(
		&w->page,
		"That is all a container is: a process on the host's own kernel, which looks "
		"things up in other tables. 'nsproof check' proves each of these walls alone, "
		"'nsproof explain ID' tells how one check does it, and 'nsproof run' starts "
		"such a container for you.");
}

static int finish(struct walk *w, int *status, struct err *err)
{
	if (fflush(w->page.out) != 0 || ferror(w->page.out))
		return err_sys(err, "standard output");
	*status = w->wrong ? STATUS_LEAK : w->unclear ? STATUS_UNPROVEN : STATUS_OK;
	if (interrupted) {
		*status = STATUS_INTERRUPTED;
		err_set(err, EINTR, "interrupted in step %d", w->page.number);
	}
	return 0;
}

static int tour(const struct session *s, struct err *err)
{
	struct run_spec spec = session_run_spec(s, TIMEOUT_MS);
	AUTO_FREE enum standing *standings = calloc(check_count(), sizeof(*standings));
	struct walk w = {
		.page = { .out = stdout, .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") },
		.session = s,
		.look_ground = ARENA_GROUND_INIT(&spec, 0),
		.check_ground = ARENA_GROUND_INIT(&spec, 1),
		.standings = standings,
	};
	struct sigaction action = { .sa_handler = on_interrupt };
	int r, status;

	if (!standings)
		return err_set(err, ENOMEM, "out of memory");
	/* not restarted: whoever waits for an arm notices */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	find_available(&w);
	introduce(&w);
	for (size_t i = 0; i < walk_step_count && !interrupted; i++)
		take_step(&w, &walk_steps[i]);
	if (!interrupted)
		conclude(&w);
	arena_ground_drop(&w.look_ground);
	arena_ground_drop(&w.check_ground);
	r = finish(&w, &status, err);
	return r < 0 ? r : status;
}

static int walk(void *values, int word_count, char **words, struct err *err)
{
	AUTO_SESSION struct session s = SESSION_INIT;
	const struct values *v = values;
	const struct rootfs_choice choice = { word_count ? words[0] : NULL, v->choice };
	int status, r;

	r = session_open(&s, &choice, session_all_needs(), &status, err);
	return r < 0 ? status : tour(&s, err);
}

const struct command cmd_walk = {
	.name = "walk",
	.args = "[IMAGE]",
	.about = "Show how a container comes about, step by step, by running it",
	.details =
		"Switches on one mechanism after the other, and after each of them shows what the\n"
		"container sees of processes, files and links, and which checks it has closed. IMAGE\n"
		"is an image, a root directory or - for standard input (default: the built fixture).",
	.options = options,
	.values_size = sizeof(struct values),
	.max_words = 1,
	.run = walk,
};
