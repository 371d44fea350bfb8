// SPDX-License-Identifier: MIT
/* The hostname: does a change pass through the wall, in either direction? uts_namespaces(7) */
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
