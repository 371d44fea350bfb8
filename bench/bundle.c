// SPDX-License-Identifier: MIT
/* Bundles for other runtimes: see bundle.h. OCI runtime-spec, config.md. */
#include "bench/bundle.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static json_t *namespaces_value(void)
{
	static const char *const types[] = { "mount", "pid", "network", "ipc", "uts", "cgroup" };
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		json_array_append_new(list, json_pack("{s:s}", "type", types[i]));
	return list;
}

int bundle_write(const char *dir, const char *root, const char *program, const char *arg,
		 struct err *err)
{
	json_t *process = json_pack("{s:b, s:{s:i, s:i}, s:[s, s], s:[s], s:s}", "terminal", 0,
				    "user", "uid", 0, "gid", 0, "args", program, arg, "env",
				    "PATH=/", "cwd", "/");
	json_t *config = json_pack("{s:s, s:o, s:{s:s}, s:s, s:[{s:s, s:s, s:s}], s:{s:o}}",
				   "ociVersion", "1.0.0", "process", process, "root", "path", root,
				   "hostname", "container", "mounts", "destination", "/proc",
				   "type", "proc", "source", "proc", "linux", "namespaces",
				   namespaces_value());
	char path[256];
	int r = -1;

	snprintf(path, sizeof(path), "%s/config.json", dir);
	if (config && mkdir(dir, 0755) == 0)
		r = json_dump_file(config, path, 0);
	json_decref(config);
	return r < 0 ? err_sys(err, "%s", path) : 0;
}
