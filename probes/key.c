// SPDX-License-Identifier: MIT
/* Keys of the host: no namespace holds them, only the keyrings that a process has. keyrings(7) */
#include <linux/keyctl.h>
#include <sys/syscall.h>

#include "probe.h"

PROBE(key_session_inherited, "searches the session keyring for the canary key and reads it")
{
	const char *name = arg_str("name");
	char text[256];
	long key, len;

	key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0);
	if (key < 0)
		return blocked_errno(errno, "searching the session keyring");
	len = syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text));
	if (len < 0)
		return blocked_errno(errno, "the key is found, reading it");
	return reached(first_line(text, (size_t)len, sizeof(text)),
		       "found the key in the session keyring");
}
