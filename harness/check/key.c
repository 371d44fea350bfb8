// SPDX-License-Identifier: MIT
/*
 * Suite key: the kernel's key retention service. No namespace holds keys: a process has those of
 * the keyrings that it possesses, and of others what their permissions allow to its host user id.
 */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "key/session-inherited",
		.question =
			"Can the container read a key in the session keyring that it was started with?",
		.canary = &canary_key,
		.walls = { WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { ENOKEY, EPERM },
		.needs = NEED(KEYS),
		.reference = "keyrings(7), session-keyring(7)",
	},
	{
		.id = "key/request-key",
		.question = "Does request_key(2) find a key of the session that started it?",
		.canary = &canary_key,
		.walls = { WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { ENOKEY, EPERM },
		.needs = NEED(KEYS),
		.reference = "request_key(2), session-keyring(7)",
	},
	{
		.id = "key/read-by-id",
		.question = "Can the container read a host key by its number?",
		.canary = &canary_key,
		.walls = { WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { EACCES, EPERM },
		.needs = NEED(KEYS),
		.reference = "keyctl(2) KEYCTL_READ, keyrings(7)",
	},
	{
		.id = "key/link-by-id",
		.question = "Can the container put a host key into a keyring of its own?",
		.canary = &canary_key,
		.walls = { WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { EACCES, EPERM },
		.needs = NEED(KEYS),
		.reference = "keyctl(2) KEYCTL_LINK, keyrings(7)",
	},
	{
		/* the same user may view it; it takes another user, who does not possess it either */
		.id = "key/describe-by-id",
		.question = "Can the container ask for a host key's description by its number?",
		.canary = &canary_key_view,
		.walls = { WALL(IDS) | WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { EACCES, EPERM },
		.needs = NEED(KEYS),
		.reference = "keyctl(2) KEYCTL_DESCRIBE, keyrings(7)",
	},
	{
		.id = "key/keyring-by-id",
		.question = "Can the container list a session keyring of the host by its number?",
		.canary = &canary_key,
		.walls = { WALL(IDS) | WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { EACCES, EPERM },
		.effect = "the keyring holds the number of the canary's key",
		.needs = NEED(KEYS),
		.reference = "keyctl(2) KEYCTL_READ, session-keyring(7)",
	},
	{
		/* names of keyrings belong to a user namespace; a session of one's own is no wall */
		.id = "key/join-by-name",
		.question = "Can the container join a session keyring of the host by its name?",
		.canary = &canary_key_named,
		.walls = { WALL(USER), WALL(SECCOMP) },
		.blocked_as = { ENOKEY, EPERM },
		.needs = NEED(KEYS),
		.reference = "keyctl(2) KEYCTL_JOIN_SESSION_KEYRING, user_namespaces(7)",
	},
	{
		/* the file leaves out the keys of users that the reader's namespace has no id for */
		.id = "key/proc-keys",
		.question = "Does /proc/keys show a host key?",
		.canary = &canary_key_view,
		.walls = { WALL(MASK), WALL(IDS) },
		.blocked_as = { ABSENT },
		.needs = NEED(KEYS),
		.reference = "proc(5), keyrings(7)",
	},
	{
		.id = "key/logon-unreadable",
		.question = "Can the container read back a key of type logon?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EOPNOTSUPP, EPERM },
		.effect = "a key of type user is read back",
		.needs = NEED(KEYS),
		.reference = "keyrings(7)",
	},
};

CHECK_SUITE(key, checks);
