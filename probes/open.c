// SPDX-License-Identifier: MIT
/* What no namespace hides: reached even from a sealed container. A change is news. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "probe.h"

PROBE(open_boot_id, "reads the kernel's boot id")
{
	return token_of_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id");
}

PROBE(open_kernel_release, "asks uname(2) for the kernel's release")
{
	struct utsname uts;

	MUST(uname(&uts));
	return reached(uts.release, "uname(2) tells the release");
}

/*
 * Answers with a hash (FNV-1a, 64 bits) of the file, or of its line that begins with `key`: the
 * token is that of what the host reads.
 */
static struct answer hash_of(const char *path, const char *key)
{
	AUTO_FREE char *text = read_all(path, NULL);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char token[17];
	char *fact;

	if (!text)
		return blocked_errno(errno, "reading the file");
	fact = key ? strstr(text, key) : text;
	if (!fact)
		return blocked("absent", "the file has no such line");
	if (key)
		fact[strcspn(fact, "\n")] = '\0';
	for (const char *c = fact; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	snprintf(token, sizeof(token), "%016" PRIx64, hash);
	return reached(token, "read it");
}

PROBE(open_kernel_command_line, "reads /proc/cmdline")
{
	return hash_of("/proc/cmdline", NULL);
}

PROBE(open_memory_size, "reads the total in /proc/meminfo")
{
	return hash_of("/proc/meminfo", "MemTotal:");
}

PROBE(open_partitions, "reads /proc/partitions")
{
	return hash_of("/proc/partitions", NULL);
}

PROBE(open_filesystems, "reads /proc/filesystems")
{
	return hash_of("/proc/filesystems", NULL);
}

PROBE(open_drivers, "reads /proc/devices")
{
	return hash_of("/proc/devices", NULL);
}
