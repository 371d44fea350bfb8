// SPDX-License-Identifier: MIT
/*
 * Canaries that are keys. Each is in a session keyring that the creator has for itself and leaves
 * again; what nobody holds any more, the kernel forgets. keyrings(7)
 */
#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check/canary.h"
#include "kernel/sys.h"

/* A new key with the token, and its keyring, by their numbers. */
static int add_key(struct scene *s, const char *description, struct err *err)
{
	long ring, key;

	ring = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	if (ring < 0)
		return err_sys(err, "session keyring");
	key = syscall(SYS_add_key, "user", description, s->token, strlen(s->token), ring);
	if (key < 0)
		return err_sys(err, "add_key");
	scene_arg(s, "key", "%ld", key);
	scene_arg(s, "ring", "%ld", ring);
	scene_arg(s, "name", "%s", s->name);
	return 0;
}

static int plant_key(struct scene *s, struct err *err)
{
	if (sys_join_session_keyring() < 0)
		return err_sys(err, "session keyring");
	return add_key(s, s->name, err);
}

static void remove_key(struct scene *s)
{
	(void)s;
	sys_join_session_keyring();
}

const struct canary canary_key = {
	.about = "a key with the token in the creator's session keyring",
	.dies_with_us = true,
	.plant = plant_key,
	.remove = remove_key,
};

static int plant_key_view(struct scene *s, struct err *err)
{
	if (sys_join_session_keyring() < 0)
		return err_sys(err, "session keyring");
	return add_key(s, s->token, err);
}

const struct canary canary_key_view = {
	.about = "a key in the creator's session keyring with the token as its description",
	.dies_with_us = true,
	.plant = plant_key_view,
	.remove = remove_key,
};

/* By name only whoever may search a keyring joins it. */
static int plant_key_named(struct scene *s, struct err *err)
{
	const long everything = 0x3f3f0000; /* possessor and user */

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, s->name) < 0 ||
	    syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, everything) < 0)
		return err_sys(err, "session keyring");
	return add_key(s, s->name, err);
}

const struct canary canary_key_named = {
	.about = "a key with the token in a session keyring whose name may be joined",
	.dies_with_us = true,
	.plant = plant_key_named,
	.remove = remove_key,
};
