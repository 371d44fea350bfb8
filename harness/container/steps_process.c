// SPDX-License-Identifier: MIT
/* Set-up steps: what belongs to the process itself. credentials(7), capabilities(7), prctl(2). */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/filter.h"
#include "container/setup.h"
#include "container/stage.h"
#include "kernel/netlink.h"
#include "kernel/sys.h"

int step_session(struct setup *s, struct err *err)
{
	(void)s;
	return setsid() < 0 ? err_sys(err, "setsid") : 0;
}

/*
 * Root of the new user namespace. Before this the process has ids that are not mapped, and can make
 * nothing on its own tmpfs. Where setgroups is denied (an ordinary user without sub-ids) the groups
 * can't be dropped: user_namespaces(7).
 */
int step_ids(struct setup *s, struct err *err)
{
	(void)s;
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return err_sys(err, "setgroups");
	if (setresgid(0, 0, 0) < 0)
		return err_sys(err, "setresgid");
	if (setresuid(0, 0, 0) < 0)
		return err_sys(err, "setresuid");
	return 0;
}

/*
 * After step_ids: setresuid clears both attributes. getppid() says nothing in a new pid namespace,
 * so the socket tells whether the creator died before the signal was armed.
 */
int step_parent_death(struct setup *s, struct err *err)
{
	char byte;

	if (prctl(PR_SET_DUMPABLE, 1) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(err, "prctl");
	if (recv(s->sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		_exit(1);
	return 0;
}

int step_creator(struct setup *s, struct err *err)
{
	struct stage_message message;
	int r;

	if (!s->waits)
		return 0;
	r = stage_await(s->sock, -1, &message);
	if (r == 0)
		_exit(1); /* the creator gave up or died: nobody is there to hear an error */
	if (r < 0 || message.stage != STAGE_GO)
		return err_set(err, r < 0 ? -r : EPROTO, "no word from the creator");
	return 0;
}

int step_hostname(struct setup *s, struct err *err)
{
	if (sethostname(s->spec->hostname, strlen(s->spec->hostname)) < 0)
		return err_sys(err, "sethostname");
	return 0;
}

int step_loopback(struct setup *s, struct err *err)
{
	(void)s;
	return loopback_up(err);
}

int step_link(struct setup *s, struct err *err)
{
	return link_configure(s->spec->link, err);
}

int step_keyring(struct setup *s, struct err *err)
{
	(void)s;
	return sys_join_session_keyring() < 0 ? err_sys(err, "keyctl") : 0;
}

int step_stdio(struct setup *s, struct err *err)
{
	for (int fd = 0; fd < 3; fd++)
		if (s->spec->stdio[fd] >= 0 && dup2(s->spec->stdio[fd], fd) < 0)
			return err_sys(err, "dup2");
	/* a terminal that was made for this session; one that has a session already refuses */
	if (s->spec->guards & GUARD(SESSION) && s->spec->stdio[0] >= 0)
		ioctl(0, TIOCSCTTY, 0);
	return 0;
}

int step_nnp(struct setup *s, struct err *err)
{
	(void)s;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? err_sys(err, "prctl") : 0;
}

/* Before the capabilities go: without no_new_privs it takes CAP_SYS_ADMIN. seccomp(2) */
int step_seccomp(struct setup *s, struct err *err)
{
	const struct sock_fprog *filter = s->spec->filter ? s->spec->filter : container_filter();

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter) < 0)
		return err_sys(err, "seccomp");
	return 0;
}

/*
 * The bounding set first (it takes CAP_SETPCAP): root would get the rest back by exec. It ends where
 * the kernel knows no capability of that number. libcap asks about each one before, twice.
 */
int step_caps(struct setup *s, struct err *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	static const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
	int cap = 0;

	(void)s;
	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	if (cap == 0 || errno != EINVAL)
		return err_sys(err, "bounding set");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0)
		return err_sys(err, "capset");
	return 0;
}

/* Marked, not closed: exec closes them, and until then an error can still be told. Descriptors do
 * leak: whatever the creator's other libraries left open is in here. close_range(2), Linux 5.11 */
int step_fds(struct setup *s, struct err *err)
{
	(void)s;
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return err_sys(err, "close_range");
	return 0;
}
