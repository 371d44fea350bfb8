// SPDX-License-Identifier: MIT
/* The machine, read from /proc and os-release: see machine.h. */
#include "machine.h"

#include <fcntl.h>
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

void machine_read(struct machine *ret)
{
	struct utsname uts = { 0 };

	uname(&uts);
	snprintf(ret->kernel, sizeof(ret->kernel), "%s", uts.release);
	snprintf(ret->architecture, sizeof(ret->architecture), "%s", uts.machine);
	read_distribution(ret->distribution, sizeof(ret->distribution));
}
