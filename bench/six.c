// SPDX-License-Identifier: MIT
/* What "nsprobe namespaces" says: see six.h. */
#include "bench/six.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* The rest of the line that begins so; its length, 0 when there is no such line. */
static size_t find_line(const char *str, const char *prefix, const char **ret)
{
	for (; str; str = strchr(str, '\n')) {
		str += *str == '\n';
		if (!text_starts(str, prefix))
			continue;
		*ret = str + strlen(prefix);
		return strcspn(*ret, "\r\n");
	}
	return 0;
}

int six_check(const char *outside, const char *inside, struct err *err)
{
	static const char *const names[] = { "mnt:", "pid:", "net:", "ipc:", "uts:", "cgroup:" };
	const char *ours, *theirs;
	size_t len = find_line(inside, "pid=", &theirs);

	if (len == 0)
		return err_set(err, EPROTO, "the program inside says nothing");
	if (len != 1 || *theirs != '1')
		return err_set(err, EOPNOTSUPP, "the program is not PID 1 but %.*s", (int)len,
			       theirs);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		len = find_line(outside, names[i], &ours);
		if (len == 0 || find_line(inside, names[i], &theirs) == 0)
			return err_set(err, EPROTO, "the program does not say which %s", names[i]);
		if (len == find_line(inside, names[i], &theirs) && !strncmp(ours, theirs, len))
			return err_set(err, EOPNOTSUPP, "no %.*s namespace of its own",
				       (int)strlen(names[i]) - 1, names[i]);
	}
	return 0;
}
