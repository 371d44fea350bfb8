// SPDX-License-Identifier: MIT
/* The host's names: does a change pass through the wall, in either direction? uts_namespaces(7) */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "probe.h"

PROBE(uts_sethostname_leaks, "sets the hostname")
{
	const char *name = arg_str("name");
	struct utsname uts;

	if (sethostname(name, strlen(name)))
		return blocked_errno(errno, "sethostname()");
	MUST(uname(&uts));
	if (strcmp(uts.nodename, name) != 0)
		return failed("sethostname() succeeded, but uname() does not show the name");
	return acted("sethostname() succeeded");
}

PROBE(uts_setdomainname_leaks, "sets the NIS domain name")
{
	const char *name = arg_str("name");
	struct utsname uts;

	if (setdomainname(name, strlen(name)))
		return blocked_errno(errno, "setdomainname()");
	MUST(uname(&uts));
	if (strcmp(uts.domainname, name) != 0)
		return failed("setdomainname() succeeded, but uname() does not show the name");
	return acted("setdomainname() succeeded");
}

static struct answer write_name(const char *path)
{
	const char *name = arg_str("name");
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return blocked_errno(errno, "opening %s for writing", path);
	if (write(fd, name, strlen(name)) != (ssize_t)strlen(name))
		return blocked_errno(errno, "%s opens, writing", path);
	return acted("wrote %s", path);
}

PROBE(uts_sysctl_hostname_leaks, "writes the hostname to /proc/sys")
{
	return write_name("/proc/sys/kernel/hostname");
}

PROBE(uts_sysctl_domainname_leaks, "writes the NIS domain name to /proc/sys")
{
	return write_name("/proc/sys/kernel/domainname");
}

PROBE(uts_host_rename_enters, "watches its own hostname while the host's is changed")
{
	struct utsname before, after;

	MUST(uname(&before));
	wait_for_go();
	MUST(uname(&after));
	if (!strcmp(before.nodename, after.nodename))
		return blocked("unchanged", "uname() shows the same name before and after");
	return reached(after.nodename, "uname() shows the new name");
}

PROBE(uts_host_domain_enters, "watches its own NIS domain name while the host's is changed")
{
	struct utsname before, after;

	MUST(uname(&before));
	wait_for_go();
	MUST(uname(&after));
	if (!strcmp(before.domainname, after.domainname))
		return blocked("unchanged", "uname() shows the same domain before and after");
	return reached(after.domainname, "uname() shows the new domain");
}

PROBE(uts_sysctl_rename_enters, "watches /proc/sys/kernel/hostname while the host's is changed")
{
	static const char path[] = "/proc/sys/kernel/hostname";
	AUTO_FREE char *before = read_all(path, NULL), *after = NULL;
	size_t len;

	if (!before)
		return failed("%s: %s", path, strerror(errno));
	wait_for_go();
	after = read_all(path, &len);
	if (!after)
		return failed("%s: %s", path, strerror(errno));
	if (!strcmp(before, after))
		return blocked("unchanged", "%s shows the same name before and after", path);
	return reached(first_line(after, len, len + 1), "%s shows the new name", path);
}

/* The host is called NAME-TOKEN. */
static struct answer token_of_name(const char *name, const char *what)
{
	const char *host = arg_str("name");
	size_t len = strlen(host);

	if (!strncmp(name, host, len) && name[len] == '-')
		return reached(name + len + 1, "uname() shows the host's %s", what);
	return blocked("absent", "uname() does not show the host's %s", what);
}

PROBE(uts_hostname_inherited, "looks for the host's name in its own")
{
	struct utsname uts;

	MUST(uname(&uts));
	return token_of_name(uts.nodename, "name");
}

PROBE(uts_domainname_inherited, "looks for the host's NIS domain name in its own")
{
	struct utsname uts;

	MUST(uname(&uts));
	return token_of_name(uts.domainname, "domain name");
}

PROBE(uts_setns_leaked_fd, "enters the namespace left open and reads the hostname")
{
	struct utsname uts;

	if (setns((int)arg_int("fd", 3, INT_MAX), CLONE_NEWUTS))
		return blocked_errno(errno, "setns()");
	MUST(uname(&uts));
	return reached(uts.nodename, "entered it, uname() shows its name");
}
