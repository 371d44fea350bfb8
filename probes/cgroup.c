// SPDX-License-Identifier: MIT
/* Control groups: does the container see where in the host's tree it sits? cgroup_namespaces(7) */
#include "probe.h"

PROBE(cgroup_path_leak, "looks for the canary's directory in its own cgroup path")
{
	const char *name = arg_str("name");
	AUTO_FREE char *text = read_all("/proc/self/cgroup", NULL);
	char *rest = text, *line, *part;

	if (!text)
		return failed("/proc/self/cgroup: %s", strerror(errno));
	while ((line = strsep(&rest, "\n")) && strncmp(line, "0::", 3) != 0)
		;
	if (!line)
		return failed("/proc/self/cgroup has no line for cgroup2");
	line += 3;
	while ((part = strsep(&line, "/")))
		if (!strncmp(part, name, strlen(name)) && part[strlen(name)] == '-')
			return reached(part + strlen(name) + 1,
				       "its directory stands in /proc/self/cgroup");
	return blocked("absent", "its directory does not stand in /proc/self/cgroup");
}
