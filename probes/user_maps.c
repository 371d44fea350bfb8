// SPDX-License-Identifier: MIT
/*
 * The kernel's rules about id maps. Where root may not map itself (it lacks CAP_SETFCAP), the group
 * map still can be written: so it is the one that most of these ask about. user_namespaces(7)
 */
#include <grp.h>
#include <stdio.h>

#include "probe.h"
#include "userns.h"

static struct answer was_written(const char *what, int result)
{
	if (result < 0)
		return blocked_errno(errno, "%s", what);
	return reached(NO_TOKEN, "%s is taken", what);
}

PROBE(user_map_root_without_setfcap, "maps its user in a new user namespace")
{
	char map[32];

	userns_map(map, geteuid());
	userns_enter(0);
	return was_written("a map of one's own user", userns_write(0, "uid_map", map));
}

PROBE(user_uid_map_widen, "maps every user of the host in a new user namespace")
{
	char map[32];

	/* the legal twin: only its own */
	userns_map(map, geteuid());
	if (!is_twin())
		snprintf(map, sizeof(map), "0 0 4294967295");
	userns_enter(0);
	return was_written("the map of users", userns_write(0, "uid_map", map));
}

PROBE(user_gid_map_once, "writes its map of groups a second time")
{
	char map[32];

	userns_map(map, getegid());
	userns_enter(0);
	MUST(userns_write(0, "setgroups", "deny"));
	/* the legal twin: the first time */
	if (!is_twin())
		MUST(userns_write(0, "gid_map", map));
	return was_written("the map of groups", userns_write(0, "gid_map", map));
}

PROBE(user_gid_map_needs_deny, "writes its map of groups, and does not give up setgroups()")
{
	char map[32];

	userns_map(map, getegid());
	userns_enter(0);
	if (is_twin())
		MUST(userns_write(0, "setgroups", "deny"));
	return was_written("the map of groups", userns_write(0, "gid_map", map));
}

PROBE(user_map_of_sibling, "writes the map of a user namespace beside its own")
{
	pid_t child = userns_child(0);
	char map[32];

	userns_map(map, geteuid());
	/* the legal twin: from the namespace above */
	if (!is_twin())
		userns_enter(0);
	return was_written("the map of users", userns_write(child, "uid_map", map));
}

PROBE(user_setgroups_denied, "drops its groups where setgroups() was denied")
{
	char map[32];

	MUST(getgroups(0, NULL));
	userns_map(map, getegid());
	/* the legal twin: where nothing was denied */
	if (!is_twin()) {
		userns_enter(0);
		MUST(userns_write(0, "setgroups", "deny"));
		MUST(userns_write(0, "gid_map", map));
	}
	return was_written("setgroups()", setgroups(0, NULL));
}

PROBE(user_setgroups_relax, "allows setgroups() after it was denied")
{
	userns_enter(0);
	MUST(userns_write(0, "setgroups", "deny"));
	return was_written("the new word",
			   userns_write(0, "setgroups", is_twin() ? "deny" : "allow"));
}
