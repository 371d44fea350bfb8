// SPDX-License-Identifier: MIT
/* nsproof run: one command in a sealed container, with any guard switched off on request. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "container/cgroup.h"
#include "container/network.h"
#include "rootfs.h"
#include "run_network.h"
#include "terminal.h"

enum { START_MS = 30000, TIME_OFFSET_S = 10000000 };
enum { NET_NONE, NET_VETH };

struct values {
	guard_set guards;
	int net;
	bool init;
	struct image_choice choice;
};

static const struct values defaults = {
	.guards = GUARDS_SEALED | PROVIDE(HOSTNAME) | PROVIDE(LO),
};

static const struct opt own_rows[] = {
	{ .type = OPT_CHOICE,
	  .name = "net",
	  .arg = "none|veth",
	  .offset = offsetof(struct values, net),
	  .help = "veth: a link to a private router, never to the host (default: none)" },
	{ .type = OPT_FLAG,
	  .name = "init",
	  .offset = offsetof(struct values, init),
	  .help = "PID 1 reaps orphans and forwards signals; the command is its child" },
	IMAGE_CHOICE_ROWS(struct values),
};

/* As snprintf(3) would, but every run makes some 60 of them before it starts. */
static const char *join(char *out, size_t room, const char *first, const char *second)
{
	size_t len = strlen(first), more = strnlen(second, room - len - 1);

	memcpy(out, first, len);
	memcpy(out + len, second, more);
	out[len + more] = '\0';
	return out;
}

/* A switch for every guard that is on, and the rows above. */
static struct opt_table options(void)
{
	static struct opt rows[ARRAY_SIZE(own_rows) + GUARD_COUNT];
	static char names[GUARD_COUNT][24], helps[GUARD_COUNT][80];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(own_rows); i++)
		rows[count++] = own_rows[i];
	for (int g = 0; g < GUARD_COUNT; g++) {
		guard_set bit = UINT64_C(1) << g;

		if (!(defaults.guards & bit))
			continue;
		rows[count++] = (struct opt){
			.type = OPT_BITS,
			.name = join(names[g], sizeof(names[g]), "no-", guard_table[g].name),
			.offset = offsetof(struct values, guards),
			.help = join(helps[g], sizeof(helps[g]), "without: ", guard_table[g].about),
			.clear = bit,
		};
	}
	return (struct opt_table){ rows, count };
}

/* Everything that a run holds. */
struct run {
	struct container_spec spec;
	struct rootfs rootfs;
	struct cgroup_tree cgroups;
	struct arena_network network;
	struct link_spec link;
	struct terminal terminal;
	struct container container;
	bool asked; /* to end, by a signal */
};

static void run_done(struct run *r)
{
	container_done(&r->container);
	terminal_done(&r->terminal);
	fd_close(&r->spec.cgroup_fd);
	cgroup_tree_close(&r->cgroups);
	run_network_close(&r->network);
	rootfs_done(&r->rootfs);
}

/* Guards that this machine can't do for anybody like us are left out: see nsproof doctor. */
static void leave_out(struct run *r)
{
	struct err ignored;

	if (!r->rootfs.spawner.has_ids)
		r->spec.guards &= ~GUARD(IDS);
	if (r->spec.guards & GUARD(LEAF)) {
		if (cgroup_tree_open(&r->cgroups, &ignored) == 0)
			r->spec.cgroup_fd = cgroup_leaf(r->cgroups.dir_fd, "run", &ignored);
		if (r->spec.cgroup_fd < 0)
			r->spec.guards &= ~GUARD(LEAF);
	}
	r->spec.guards = guard_effective(r->spec.guards);
}

static int open_network(struct run *r, struct err *err)
{
	int result = run_network_open(&r->network, &r->link, err);

	if (result < 0)
		return result;
	r->spec.link = &r->link;
	r->spec.guards |= PROVIDE(VETH);
	return 0;
}

static int prepare(struct run *r, const struct values *v, const char *path, struct err *err)
{
	guard_set guards = guard_effective(v->guards);
	const struct rootfs_choice choice = {
		.path = path,
		.image = v->choice,
		.unmapped = !(guards & GUARD(IDS)),
		.no_ids = !(guards & GUARD(USER)),
	};
	int result;

	if (!strcmp(path, "-"))
		return err_set(err, EINVAL,
			       "run: standard input is for the command; give the "
			       "image as a file");
	result = rootfs_open(&r->rootfs, &choice, err);
	if (result < 0)
		return result;
	r->spec.guards = guards;
	r->spec.init = v->init;
	if (v->net == NET_VETH && r->spec.guards & GUARD(NET)) {
		result = open_network(r, err);
		if (result < 0)
			return result;
	}
	leave_out(r);
	r->spec.rootfs = r->spec.guards & GUARD(ROOT) ? r->rootfs.path : NULL;
	r->spec.rootfs_shifted = r->rootfs.shifted;
	r->spec.uids = r->spec.gids = spawner_map(&r->rootfs.spawner, r->spec.guards);
	r->spec.hostname = CONTAINER_HOSTNAME;
	r->spec.time_offset_s = TIME_OFFSET_S;
	r->spec.workdir = r->rootfs.workdir;
	return 0;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * The signals that end a command pass on to it. PID 1 gets only those that it handles, as for the
 * kernel's own init (pid_namespaces(7)): who asks twice to end it means it.
 */
static void pass_signal(struct run *r, int signals)
{
	struct signalfd_siginfo info;
	bool ends;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	ends = info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM;
	if (info.ssi_signo == SIGWINCH)
		terminal_resize(&r->terminal);
	else
		pidfd_send_signal(r->container.pidfd,
				  ends && r->asked ? SIGKILL : (int)info.ssi_signo, NULL, 0);
	r->asked |= ends;
}

/* Passes on what goes in and out, until the command ends. */
static int wait_for_end(struct run *r, int signals, struct err *err)
{
	struct terminal *t = &r->terminal;
	struct pollfd pfds[] = {
		{ r->container.pidfd, POLLIN, 0 },
		{ signals, POLLIN, 0 },
		{ t->master < 0 ? -1 : STDIN_FILENO, POLLIN, 0 },
		{ t->master, POLLIN, 0 },
	};
	int status, result;

	terminal_start(t);
	while (!pfds[0].revents) {
		if (poll(pfds, ARRAY_SIZE(pfds), -1) < 0 && errno != EINTR)
			return err_sys(err, "poll");
		if (pfds[1].revents)
			pass_signal(r, signals);
		if (pfds[2].revents && !terminal_pass_in(t))
			pfds[2].fd = -1;
		if (pfds[3].revents && !terminal_pass_out(t))
			pfds[3].fd = -1;
	}
	result = container_wait(&r->container, -1, &status, err);
	return result < 0 ? result : exit_status(status);
}

static int block_signals(struct err *err)
{
	static const int forwarded[] = { SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
					 SIGUSR1, SIGUSR2, SIGWINCH };
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		sigaddset(&set, forwarded[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? err_sys(err, "signalfd") : fd;
}

static int start(struct run *r, const struct values *v, int count, char **words, struct err *err)
{
	int result = prepare(r, v, words[0], err);

	if (result < 0)
		return result;
	r->spec.argv = count > 1 ? (const char *const *)&words[1] : r->rootfs.command;
	r->spec.envp = r->rootfs.env;
	result = terminal_open(&r->terminal, err);
	if (result < 0)
		return result;
	for (int fd = 0; fd < 3; fd++)
		r->spec.stdio[fd] = r->terminal.slave;
	result = container_start(&r->container, &r->spec, START_MS, err);
	fd_close(&r->terminal.slave);
	return result;
}

static int run(void *values, int count, char **words, struct err *err)
{
	__attribute__((cleanup(run_done))) struct run r = {
		.spec = CONTAINER_SPEC_INIT,
		.rootfs = ROOTFS_INIT,
		.cgroups = CGROUP_TREE_INIT,
		.terminal = TERMINAL_INIT,
		.container = CONTAINER_INIT,
	};
	AUTO_CLOSE int signals = -1;
	int result = start(&r, values, count, words, err);

	if (result < 0)
		return result == -EINTR ? STATUS_INTERRUPTED : result;
	signals = block_signals(err);
	return signals < 0 ? signals : wait_for_end(&r, signals, err);
}

const struct command cmd_run = {
	.name = "run",
	.args = "IMAGE|ROOTFS [-- CMD...]",
	.about = "Run a command in a sealed container",
	.details =
		"The container is made from an image, unpacked for the run, or from a root\n"
		"directory, used in place. Without CMD the image's own command runs, or a shell. All\n"
		"guards are on; one that is switched off takes along those that build on it. Guards that\n"
		"the machine can't do (see 'nsproof doctor') are left out: leaf for an ordinary user, and\n"
		"ids without a range of subordinate ones. The exit status is the command's, or 128 and the\n"
		"number of the signal that ended it. A second SIGINT or SIGTERM kills it.",
	.options = options,
	.values_size = sizeof(struct values),
	.defaults = &defaults,
	.min_words = 1,
	.max_words = -1,
	.run = run,
};
