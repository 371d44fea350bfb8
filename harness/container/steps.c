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
	enum phase phase; /* who its time is charged to */
	bool mistake;
} steps[] = {
	{ "new session", GUARD(SESSION), 0, step_session, PHASE_PRIVILEGES },
	{ "private mounts", GUARD(PRIVATE), 0, step_private, PHASE_MOUNTS },
	{ "wait for the creator", 0, 0, step_creator, PHASE_MAPS },
	{ "ids", GUARD(USER), 0, step_ids, PHASE_MAPS },
	{ "die with the parent", 0, 0, step_parent_death, PHASE_MAPS },
	{ "bind the root", GUARD(ROOT), 0, step_bind_root, PHASE_MOUNTS },
	{ "open the root", GUARD(MNT), GUARD(ROOT), step_open_root, PHASE_MOUNTS },
	{ "tmpfs on /tmp and /run", GUARD(TMP), 0, step_tmp, PHASE_MOUNTS },
	{ "fresh /sys", GUARD(SYS), 0, step_sys, PHASE_MOUNTS },
	{ "old /sys", GUARD(ROOT), GUARD(SYS), step_old_sys, PHASE_MOUNTS, .mistake = true },
	{ "fresh /sys/fs/cgroup", GUARD(CGROUP2), 0, step_cgroup2, PHASE_MOUNTS },
	{ "fresh /proc", GUARD(PROC), 0, step_proc, PHASE_PROC },
	{ "old /proc", GUARD(ROOT), GUARD(PROC), step_old_proc, PHASE_PROC, .mistake = true },
	{ "minimal /dev", GUARD(DEV), 0, step_dev, PHASE_DEV },
	{ "old /dev", GUARD(ROOT), GUARD(DEV), step_old_dev, PHASE_DEV, .mistake = true },
	{ "fresh /dev/mqueue", GUARD(MQUEUE), 0, step_mqueue, PHASE_DEV },
	{ "binds", GUARD(ROOT), 0, step_binds, PHASE_MOUNTS },
	{ "resolver", GUARD(ROOT) | PROVIDE(VETH), 0, step_resolver, PHASE_NETWORK },
	{ "read-only /proc paths", GUARD(RO_PROC), 0, step_ro_proc, PHASE_PROC },
	{ "masked paths", GUARD(MASK), 0, step_mask, PHASE_PROC },
	{ "pivot_root", GUARD(PIVOT), 0, step_pivot, PHASE_PIVOT },
	{ "detach the old root", GUARD(DETACH), 0, step_detach, PHASE_PIVOT },
	{ "chroot", GUARD(ROOT), GUARD(PIVOT), step_chroot, PHASE_PIVOT },
	{ "working directory", GUARD(CWD), 0, step_cwd, PHASE_PIVOT },
	{ "old working directory", GUARD(ROOT), GUARD(CWD), step_old_cwd, PHASE_PIVOT },
	{ "hostname", PROVIDE(HOSTNAME), 0, step_hostname, PHASE_PRIVILEGES },
	{ "loopback up", PROVIDE(LO), 0, step_loopback, PHASE_NETWORK },
	{ "link", PROVIDE(VETH), 0, step_link, PHASE_NETWORK },
	{ "new session keyring", GUARD(KEYRING), 0, step_keyring, PHASE_PRIVILEGES },
	{ "standard input and output", 0, 0, step_stdio, PHASE_PRIVILEGES },
	{ "no_new_privs", GUARD(NNP), 0, step_nnp, PHASE_PRIVILEGES },
	{ "seccomp filter", GUARD(SECCOMP), 0, step_seccomp, PHASE_PRIVILEGES },
	{ "drop capabilities", GUARD(CAPS), 0, step_caps, PHASE_PRIVILEGES },
	{ "close descriptors", GUARD(FDS), 0, step_fds, PHASE_PRIVILEGES },
};

int setup_run(struct setup *s, struct err *err)
{
	guard_set on = s->spec->guards;
	int64_t ahead = on & GUARD(TIME) ? s->spec->time_offset_s * 1000000000 : 0;

	timeline_mark(s->spec->timeline, PHASE_CLONE, ahead);
	for (const struct step *step = steps; step < steps + ARRAY_SIZE(steps); step++) {
		if ((on & step->with) != step->with || (on & step->without))
			continue;
		if (step->mistake && !s->spec->old_mounts)
			continue;
		if (step->run(s, err) < 0)
			return err_wrap(err, "%s", step->name);
		timeline_mark(s->spec->timeline, step->phase, ahead);
	}
	return 0;
}
