// SPDX-License-Identifier: MIT
/*
 * What the layers below a layer have, as overlayfs would show it: for directories that a layer has
 * files in without listing them. Left plain they would hide the owner, mode and time that a layer
 * below gives them.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/layers_dir.h"
#include "image/overlay.h"
#include "kernel/dirmeta.h"

/* How far one layer decides about a path. */
enum answer {
	GO_ON,   /* it says nothing: the next one below is asked */
	NOTHING, /* it hides what is below, and has nothing there itself */
	DIRECTORY,
	NO_DIRECTORY,
	FAILED, /* errno says why */
};

/* One step from the directory *fd to the next name of the path. */
static enum answer step(int *fd, const char *name, bool opaque)
{
	int next = openat(*fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (next < 0 && errno == ENOENT)
		return opaque ? NOTHING : GO_ON;
	if (next < 0)
		return FAILED;
	fd_close(fd);
	*fd = next;
	if (fstat(next, &st) < 0)
		return FAILED;
	if (S_ISDIR(st.st_mode))
		return DIRECTORY;
	return S_ISCHR(st.st_mode) && !st.st_rdev ? NOTHING : NO_DIRECTORY;
}

/* `fd` can't be asked for attributes when it was opened with O_PATH. */
static bool is_opaque(int fd, bool user)
{
	AUTO_CLOSE int dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return dir >= 0 && overlay_is_opaque(dir, user);
}

/* What the tree `fd` says about the path; then *fd is what has been reached. */
static enum answer ask(int *fd, const char *path, bool user)
{
	enum answer answer = DIRECTORY;
	bool opaque = false;
	char name[PATH_MAX];

	while (answer == DIRECTORY && *path) {
		size_t len = strcspn(path, "/");

		memcpy(name, path, len);
		name[len] = '\0';
		path += len + (path[len] == '/');
		opaque |= is_opaque(*fd, user);
		answer = step(fd, name, opaque);
	}
	return answer;
}

int layers_inherit(const struct layer_stack *below, const char *path, int fd, struct err *err)
{
	for (size_t i = below->count; i > 0; i--) {
		AUTO_CLOSE int at = openat(below->trees, below->names[i - 1],
					   O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (at < 0)
			return err_sys(err, "the layer %.12s below", below->names[i - 1]);
		switch (ask(&at, path, below->user)) {
		case GO_ON:
			break;
		case FAILED:
			return err_sys(err, "looking for it in the layer %.12s below",
				       below->names[i - 1]);
		case NOTHING:
			return 0;
		case DIRECTORY:
			return dir_copy_meta(at, fd, err);
		case NO_DIRECTORY:
			return err_set(err, EINVAL,
				       "its layer has files in it without listing it, and a layer "
				       "below has a link or file there; unpack without --overlay");
		}
	}
	return 0;
}
