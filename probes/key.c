// SPDX-License-Identifier: MIT
/* Keys of the host: no namespace holds them, only the keyrings that a process has. keyrings(7) */
#include <limits.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "probe.h"

static long arg_number(const char *name)
{
	return (long)arg_int(name, 1, INT_MAX);
}

static struct answer read_key(long key, const char *found)
{
	static char text[256];
	long len = syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text));

	if (len < 0)
		return blocked_errno(errno, "%s, reading it", found);
	return reached(first_line(text, (size_t)len, sizeof(text)), "%s and is read", found);
}

static long search(long ring)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, ring, "user", arg_str("name"), 0);
}

PROBE(key_session_inherited, "searches the session keyring for the canary key and reads it")
{
	long key = search(KEY_SPEC_SESSION_KEYRING);

	if (key < 0)
		return blocked_errno(errno, "searching the session keyring");
	return read_key(key, "the key is found in the session keyring");
}

/* Without anything to call out with, no helper is started on the host. */
PROBE(key_request_key, "asks for the canary key by its name")
{
	long key = syscall(SYS_request_key, "user", arg_str("name"), NULL, 0);

	if (key < 0)
		return blocked_errno(errno, "request_key()");
	return read_key(key, "request_key() finds the key");
}

PROBE(key_read_by_id, "reads the canary key by its number")
{
	return read_key(arg_number("key"), "the key is there");
}

PROBE(key_link_by_id, "links the canary key into its own process keyring and reads it there")
{
	long key = arg_number("key");

	if (syscall(SYS_keyctl, KEYCTL_LINK, key, KEY_SPEC_PROCESS_KEYRING) < 0)
		return blocked_errno(errno, "linking the key");
	key = MUST(search(KEY_SPEC_PROCESS_KEYRING));
	return read_key(key, "the key is linked into the process keyring");
}

PROBE(key_describe_by_id, "asks for the description of the canary key by its number")
{
	char text[256];
	const char *last;
	long len = syscall(SYS_keyctl, KEYCTL_DESCRIBE, arg_number("key"), text, sizeof(text));

	if (len < 0)
		return blocked_errno(errno, "describing the key");
	text[sizeof(text) - 1] = '\0';
	last = strrchr(text, ';'); /* type;uid;gid;permissions;description */
	return reached(last ? last + 1 : "", "the key is described");
}

PROBE(key_keyring_by_id, "lists the canary's session keyring by its number")
{
	long wanted = arg_number("key");
	int keys[32];
	long len = syscall(SYS_keyctl, KEYCTL_READ, arg_number("ring"), keys, sizeof(keys));

	if (len < 0)
		return blocked_errno(errno, "reading the keyring");
	for (size_t i = 0; i < ARRAY_SIZE(keys) && i < (size_t)len / sizeof(keys[0]); i++)
		if (keys[i] == wanted)
			return reached(NO_TOKEN, "the keyring holds the key");
	return failed("another keyring has the number");
}

/* Where nobody has a keyring of this name, joining makes one, which is empty. */
PROBE(key_join_by_name, "joins the canary's session keyring by its name and reads the key")
{
	long key;

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, arg_str("name")) < 0)
		return blocked_errno(errno, "joining the keyring");
	key = search(KEY_SPEC_SESSION_KEYRING);
	if (key < 0)
		return blocked_errno(errno, "searching a keyring of this name");
	return read_key(key, "the keyring is joined, the key in it");
}

/* A line is: ID FLAGS USAGE EXPIRY PERMISSIONS UID GID TYPE DESCRIPTION: SUMMARY. proc(5) */
PROBE(key_proc_keys, "looks for the number of the canary key in /proc/keys")
{
	AUTO_FREE char *text = read_all("/proc/keys", NULL);
	char *rest = text, *line, description[128];
	unsigned int wanted = (unsigned int)arg_number("key"), key;

	if (!text)
		return failed("/proc/keys: %s", strerror(errno));
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "%x %*s %*s %*s %*s %*s %*s user %127[^:]", &key, description) !=
		    2)
			continue;
		if (key == wanted)
			return reached(description, "/proc/keys shows the key");
	}
	return blocked("absent", "/proc/keys does not show the key");
}

PROBE(key_logon_unreadable, "reads back a key of type logon; the legal twin one of type user")
{
	const char *type = arg_given("twin") ? "user" : "logon";
	static const char secret[] = "secret";
	char text[16];
	long key = syscall(SYS_add_key, type, "nsproof:own", secret, sizeof(secret),
			   KEY_SPEC_PROCESS_KEYRING);

	if (key < 0)
		return blocked_errno(errno, "add_key()");
	if (syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) < 0)
		return blocked_errno(errno, "reading the key back");
	return reached(NO_TOKEN, "the key is read back");
}
