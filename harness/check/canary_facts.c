// SPDX-License-Identifier: MIT
/*
 * Canaries that are there before anything is planted: facts about the host, which a container may
 * see by design, and how the creator itself is placed, which a container must differ from.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "kernel/ns.h"

enum { FACT_MAX = 1 << 20 };

static int plant_release(struct scene *s, struct err *err)
{
	struct utsname uts;

	if (uname(&uts) < 0)
		return err_sys(err, "uname");
	snprintf(s->token, sizeof(s->token), "%.*s", (int)sizeof(s->token) - 1, uts.release);
	return 0;
}

const struct canary canary_release = {
	.about = "the release of the host's kernel",
	.dies_with_us = true,
	.plant = plant_release,
};

/* FNV-1a, 64 bits: the probe does the same (probes/open.c). */
static uint64_t hash(const char *str, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)str[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* The token is the hash of a file of the kernel's, or of its first line that begins with `key`. */
static int plant_text(struct scene *s, const char *path, const char *key, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	int r = file_read(AT_FDCWD, path, FACT_MAX, &text);
	const char *fact;

	if (r < 0)
		return err_set(err, -r, "%s: cannot be read", path);
	fact = key ? strstr(text.str, key) : text.str;
	if (!fact)
		return err_set(err, ENOENT, "%s: a line is missing", path);
	snprintf(s->token, sizeof(s->token), "%016" PRIx64,
		 hash(fact, key ? strcspn(fact, "\n") : strlen(fact)));
	return 0;
}

static int plant_command_line(struct scene *s, struct err *err)
{
	return plant_text(s, "/proc/cmdline", NULL, err);
}

const struct canary canary_command_line = {
	.about = "the command line of the host's kernel",
	.dies_with_us = true,
	.plant = plant_command_line,
};

static int plant_memory(struct scene *s, struct err *err)
{
	return plant_text(s, "/proc/meminfo", "MemTotal:", err);
}

const struct canary canary_memory = {
	.about = "how much memory the host has",
	.dies_with_us = true,
	.plant = plant_memory,
};

static int plant_drivers(struct scene *s, struct err *err)
{
	return plant_text(s, "/proc/devices", NULL, err);
}

const struct canary canary_drivers = {
	.about = "the drivers of the host's kernel",
	.dies_with_us = true,
	.plant = plant_drivers,
};

static int plant_partitions(struct scene *s, struct err *err)
{
	return plant_text(s, "/proc/partitions", NULL, err);
}

const struct canary canary_partitions = {
	.about = "the disks of the host and their partitions",
	.dies_with_us = true,
	.plant = plant_partitions,
};

static int plant_filesystems(struct scene *s, struct err *err)
{
	return plant_text(s, "/proc/filesystems", NULL, err);
}

const struct canary canary_filesystems = {
	.about = "the file systems that the host's kernel knows",
	.dies_with_us = true,
	.plant = plant_filesystems,
};

static int plant_namespaces(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text ids = { 0 };
	struct stat st;

	for (int ns = 0; ns < NS_COUNT; ns++) {
		char path[32];

		snprintf(path, sizeof(path), "/proc/self/ns/%s", ns_table[ns].name);
		if (stat(path, &st) < 0)
			return err_sys(err, "%s", path);
		text_addf(&ids, "%s%" PRIu64, ns ? "," : "", (uint64_t)st.st_ino);
	}
	scene_arg(s, "ids", "%s", ids.str);
	return 0;
}

const struct canary canary_namespaces = {
	.about = "the namespaces that the creator itself is in",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_namespaces,
};

static int add_place(struct scene *s, const char *key, const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(err, "%s", path);
	scene_arg(s, key, "%" PRIu64 ":%" PRIu64, (uint64_t)st.st_dev, (uint64_t)st.st_ino);
	return 0;
}

static int plant_places(struct scene *s, struct err *err)
{
	int r = add_place(s, "root", "/", err);

	return r < 0 ? r : add_place(s, "dev", "/dev", err);
}

const struct canary canary_places = {
	.about = "the creator's own root directory and /dev",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_places,
};

static int plant_given_name(struct scene *s, struct err *err)
{
	(void)err;
	scene_arg(s, "name", "%s", CONTAINER_HOSTNAME);
	return 0;
}

const struct canary canary_given_name = {
	.about = "the hostname that the container is given",
	.dies_with_us = true,
	.plant = plant_given_name,
};
