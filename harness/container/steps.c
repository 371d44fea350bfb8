// SPDX-License-Identifier: MIT
/*
 * Child set-up as a table of named steps: it reads like the story of a container. A step runs when
 * all of `with` and none of `without` is switched on; the one that fails names itself. The mistakes
 * are steps too, and only made on request: container_spec.old_mounts.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "container/setup.h"

static const struct step {
	const char *name;
	guard_set with, without;
	int (*run)(struct setup *s, struct err *err);
	bool mistake;
} steps[] = {
	{ "new session", GUARD(SESSION), 0, step_session },
	{ "private mounts", GUARD(PRIVATE), 0, step_private },
	{ "receive the root", 0, 0, step_receive_root },
	{ "ids", GUARD(USER), 0, step_ids },
	{ "die with the parent", 0, 0, step_parent_death },
	{ "bind the root", GUARD(ROOT), 0, step_bind_root },
	{ "open the root", GUARD(MNT), GUARD(ROOT), step_open_root },
	{ "tmpfs on /tmp and /run", GUARD(TMP), 0, step_tmp },
	{ "fresh /sys", GUARD(SYS), 0, step_sys },
	{ "old /sys", GUARD(ROOT), GUARD(SYS), step_old_sys, .mistake = true },
	{ "fresh /sys/fs/cgroup", GUARD(CGROUP2), 0, step_cgroup2 },
	{ "fresh /proc", GUARD(PROC), 0, step_proc },
	{ "old /proc", GUARD(ROOT), GUARD(PROC), step_old_proc, .mistake = true },
	{ "minimal /dev", GUARD(DEV), 0, step_dev },
	{ "old /dev", GUARD(ROOT), GUARD(DEV), step_old_dev, .mistake = true },
	{ "fresh /dev/mqueue", GUARD(MQUEUE), 0, step_mqueue },
	{ "binds", GUARD(ROOT), 0, step_binds },
	{ "resolver", GUARD(ROOT) | PROVIDE(VETH), 0, step_resolver },
	{ "read-only /proc paths", GUARD(RO_PROC), 0, step_ro_proc },
	{ "masked paths", GUARD(MASK), 0, step_mask },
	{ "pivot_root", GUARD(PIVOT), 0, step_pivot },
	{ "detach the old root", GUARD(DETACH), 0, step_detach },
	{ "chroot", GUARD(ROOT), GUARD(PIVOT), step_chroot },
	{ "working directory", GUARD(CWD), 0, step_cwd },
	{ "old working directory", GUARD(ROOT), GUARD(CWD), step_old_cwd },
	{ "hostname", PROVIDE(HOSTNAME), 0, step_hostname },
	{ "loopback up", PROVIDE(LO), 0, step_loopback },
	{ "link", PROVIDE(VETH), 0, step_link },
	{ "new session keyring", GUARD(KEYRING), 0, step_keyring },
	{ "standard input and output", 0, 0, step_stdio },
	{ "no_new_privs", GUARD(NNP), 0, step_nnp },
	{ "seccomp filter", GUARD(SECCOMP), 0, step_seccomp },
	{ "drop capabilities", GUARD(CAPS), 0, step_caps },
	{ "close descriptors", GUARD(FDS), 0, step_fds },
};

int setup_run(struct setup *s, struct err *err)
{
	guard_set on = s->spec->guards;

	for (const struct step *step = steps; step < steps + ARRAY_SIZE(steps); step++) {
		if ((on & step->with) != step->with || (on & step->without))
			continue;
		if (step->mistake && !s->spec->old_mounts)
			continue;
		if (step->run(s, err) < 0)
			return err_wrap(err, "%s", step->name);
	}
	return 0;
}
