// SPDX-License-Identifier: MIT
/* Which ids a process that starts containers can give them: see spawner.h. user_namespaces(7) */
#include <errno.h>
#include <fcntl.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "container/rootless.h"
#include "container/spawner.h"

enum { IDS_WANTED = ROOTLESS_IDS };

int spawner_ids(struct spawner *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	struct idmap own;
	int r = file_read(AT_FDCWD, "/proc/self/uid_map", 4096, &text);

	r = r < 0 ? r : idmap_parse(text.str, &own);
	if (r < 0)
		return err_set(err, -r, "/proc/self/uid_map: cannot be understood");
	s->same = own;
	for (size_t i = 0; i < own.count; i++)
		s->same.extents[i].outside = own.extents[i].inside;
	s->has_ids = idmap_choose(&own, IDS_WANTED, &s->ids) == 0;
	if (!s->has_ids && !s->ids_why.num)
		err_set(&s->ids_why, EPERM, "there is no id to map to but our own");
	return 0;
}

const struct idmap *spawner_map(const struct spawner *s, guard_set guards)
{
	if (!(guards & GUARD(USER)))
		return NULL;
	return guards & GUARD(IDS) ? &s->ids : &s->same;
}
