// SPDX-License-Identifier: MIT
/* What an entry of a layer means for the tree: see plan.h. */
#include "image/plan.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define WHITEOUT      ".wh."
#define WHITEOUT_META ".wh..wh."
#define OPAQUE        ".wh..wh..opq"

/* deeper than any real tree, shallow enough to walk with a descriptor a level */
#define DEPTH_MAX 256

static bool is_name(const char *at, size_t len, const char *name)
{
	return len == strlen(name) && !memcmp(at, name, len);
}

/* Returns NULL and fills ret (name is "" for the root itself), or says what is wrong. */
static const char *clean_path(const char *name, struct plan_path *ret)
{
	size_t used = 0, depth = 0;

	ret->dir[0] = ret->name[0] = '\0';
	for (;;) {
		size_t len, last = strlen(ret->name);

		name += strspn(name, "/");
		len = strcspn(name, "/");
		if (!len)
			return NULL;
		if (is_name(name, len, "..")) {
			return "its name holds '..'";
		} else if (!is_name(name, len, ".")) {
			if (len > NAME_MAX || ++depth > DEPTH_MAX ||
			    used + last + 2 + len >= sizeof(ret->dir))
				return "its name is too long";
			if (last) {
				if (used)
					ret->dir[used++] = '/';
				memcpy(ret->dir + used, ret->name, last + 1);
				used += last;
			}
			memcpy(ret->name, name, len);
			ret->name[len] = '\0';
		}
		name += len;
	}
}

/* Whether a component of the directory begins with `prefix`. */
static bool dir_has(const char *dir, const char *prefix)
{
	for (; dir; dir = strchr(dir, '/')) {
		dir += *dir == '/';
		if (text_starts(dir, prefix))
			return true;
	}
	return false;
}

/* Names that begin with ".wh." never become files. */
static void plan_whiteout(struct plan *p)
{
	char *name = p->at.name;

	if (dir_has(p->at.dir, WHITEOUT_META)) {
		p->act = PLAN_IGNORE;
	} else if (dir_has(p->at.dir, WHITEOUT)) {
		p->act = PLAN_REJECT;
		p->why = "it lies below a whiteout";
	} else if (!text_starts(name, WHITEOUT)) {
		p->act = PLAN_WRITE;
	} else if (!strcmp(name, OPAQUE)) {
		p->act = PLAN_OPAQUE;
	} else if (text_starts(name, WHITEOUT_META)) {
		p->act = PLAN_IGNORE;
	} else {
		memmove(name, name + strlen(WHITEOUT), strlen(name + strlen(WHITEOUT)) + 1);
		p->act = PLAN_WHITEOUT;
		if (!*name || !strcmp(name, ".") || !strcmp(name, "..")) {
			p->act = PLAN_REJECT;
			p->why = "the whiteout names nothing that can be removed";
		}
	}
}

static const char *check_hardlink(const struct entry *e, struct plan *p)
{
	const char *why = clean_path(e->hardlink, &p->target);

	if (why)
		return "the name that it links to is too long or holds '..'";
	if (!p->target.name[0])
		return "it is a hard link to the root directory";
	if (!strcmp(p->target.dir, p->at.dir) && !strcmp(p->target.name, p->at.name))
		return "it is a hard link to itself";
	return NULL;
}

static const char *check_type(const struct entry *e, struct plan *p)
{
	if (e->hardlink)
		return check_hardlink(e, p);
	switch (e->mode & S_IFMT) {
	case S_IFLNK:
		if (!e->symlink || !*e->symlink)
			return "it is a symbolic link to nowhere";
		return strlen(e->symlink) < PATH_MAX ? NULL : "its symbolic link is too long";
	case S_IFREG:
	case S_IFDIR:
	case S_IFIFO:
	case S_IFCHR:
	case S_IFBLK:
		return NULL;
	default:
		return "its type is unknown";
	}
}

void plan_entry(const struct entry *e, struct plan *ret)
{
	ret->act = PLAN_REJECT;
	ret->why = clean_path(e->name, &ret->at);
	if (ret->why)
		return;
	if (!ret->at.name[0]) {
		if (!e->hardlink && S_ISDIR(e->mode))
			ret->act = PLAN_ROOT;
		else
			ret->why = "it would replace the root directory";
		return;
	}
	plan_whiteout(ret);
	if (ret->act != PLAN_WRITE)
		return;
	ret->why = check_type(e, ret);
	if (ret->why)
		ret->act = PLAN_REJECT;
}

int plan_owner(int64_t id, uint32_t shift, uint32_t count, uint32_t *ret)
{
	/* (uid_t)-1 means "leave as it is" to chown(2) */
	const int64_t last = (int64_t)UINT32_MAX - 1;

	if (id < 0 || id > last)
		return -ERANGE;
	if (count && id >= count)
		id = 0;
	if (id + shift > last)
		return -ERANGE;
	*ret = (uint32_t)id + shift;
	return 0;
}

/* Appends one component of a path to ret, or takes one away for "..". */
static int resolve_step(const char *at, size_t len, char ret[PATH_MAX], size_t *used)
{
	if (!len || is_name(at, len, "."))
		return 0;
	if (is_name(at, len, "..")) {
		if (!*used)
			return -EINVAL;
		while (*used && ret[--*used] != '/')
			;
		return 0;
	}
	if (*used + len + 2 > PATH_MAX)
		return -EINVAL;
	if (*used)
		ret[(*used)++] = '/';
	memcpy(ret + *used, at, len);
	*used += len;
	return 0;
}

int plan_resolve(const char *name, const char *target, char ret[PATH_MAX])
{
	const char *slash = strrchr(name, '/');
	const char *parts[] = { name, target };
	const char *ends[] = { slash ? slash : name, target + strlen(target) };
	size_t used = 0;

	if (*target == '/')
		return -EINVAL;
	for (int i = 0; i < 2; i++) {
		const char *at = parts[i];

		while (at < ends[i]) {
			size_t len = strcspn(at, "/");

			if (resolve_step(at, len, ret, &used) < 0)
				return -EINVAL;
			at += len + (at[len] == '/');
		}
	}
	ret[used] = '\0';
	return 0;
}
