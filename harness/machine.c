// SPDX-License-Identifier: MIT
/* The machine, read from /proc and os-release: see machine.h. */
#include "machine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

/* PRETTY_NAME without its quotes; a terminal shows it, so its bytes are escaped. */
static void read_distribution(char *out, size_t room)
{
	static const char *const places[] = { "/etc/os-release", "/usr/lib/os-release" };
	static const char key[] = "PRETTY_NAME=";

	snprintf(out, room, "unknown");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		AUTO_TEXT struct text text = { 0 };
		const char *name;

		if (file_read(AT_FDCWD, places[i], 65536, &text) < 0 || !text.str)
			continue;
		name = strstr(text.str, key);
		if (!name)
			return;
		name += strlen(key);
		name += strspn(name, "\"'");
		text_escape(out, room, name, strcspn(name, "\"'\n"));
		return;
	}
}

/* The value behind "model name\t: "; other architectures say it otherwise, or not at all. */
static void read_cpu(char *out, size_t room)
{
	AUTO_TEXT struct text text = { 0 };
	const char *model = NULL;

	snprintf(out, room, "unknown");
	if (file_read(AT_FDCWD, "/proc/cpuinfo", 1 << 22, &text) == 0 && text.str)
		model = strstr(text.str, "model name");
	if (model)
		model = strchr(model, ':');
	if (model)
		text_escape(out, room, model + 2, strcspn(model + 2, "\n"));
}

static void read_governor(char *out, size_t room)
{
	AUTO_TEXT struct text text = { 0 };

	snprintf(out, room, "none");
	if (file_read(AT_FDCWD, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", 64,
		      &text) == 0)
		text_escape(out, room, text.str, strcspn(text.str, "\n"));
}

void machine_read(struct machine *ret)
{
	struct utsname uts = { 0 };
	cpu_set_t cpus;

	uname(&uts);
	snprintf(ret->kernel, sizeof(ret->kernel), "%s", uts.release);
	snprintf(ret->architecture, sizeof(ret->architecture), "%s", uts.machine);
	read_distribution(ret->distribution, sizeof(ret->distribution));
	read_cpu(ret->cpu, sizeof(ret->cpu));
	read_governor(ret->governor, sizeof(ret->governor));
	ret->cpus = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (size_t)CPU_COUNT(&cpus) : 1;
}
