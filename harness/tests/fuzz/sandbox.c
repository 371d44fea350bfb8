// SPDX-License-Identifier: MIT
/* Where the unpacker is fuzzed: see sandbox.h. */
#include "sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "image/image.h"
#include "image/tree.h"

#define WORLD "/run"
#define PREY  "/outside/prey"

static struct stat prey;

static void must(int holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	abort();
}

/*
 * The working directory stays outside, so that the fuzzer finds its corpus by relative names; the
 * leak detector wants /proc.
 */
static void enter(void)
{
	int fd;

	must(unshare(CLONE_NEWNS) == 0, "a mount namespace");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private mounts");
	must(mount("tmpfs", WORLD, "tmpfs", 0, "size=64m,mode=755") == 0, "a tmpfs");
	must(mkdir(WORLD "/proc", 0755) == 0, "a directory");
	must(mount("proc", WORLD "/proc", "proc", MS_RDONLY, NULL) == 0, "a /proc");
	must(chroot(WORLD) == 0, "its root");
	must(mkdir("/root", 0755) == 0 && mkdir("/outside", 0755) == 0, "directories");
	fd = open(PREY, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, "alive", 5) == 5 && close(fd) == 0, PREY);
	must(stat(PREY, &prey) == 0, PREY);
}

static int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	must(dir != NULL, path);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void check_outside(void)
{
	struct stat st;

	must(stat(PREY, &st) == 0, PREY);
	must(st.st_ino == prey.st_ino && st.st_mode == prey.st_mode && st.st_size == prey.st_size &&
		     st.st_nlink == prey.st_nlink && st.st_uid == prey.st_uid &&
		     !memcmp(&st.st_mtim, &prey.st_mtim, sizeof(st.st_mtim)),
	     PREY);
	must(count_entries("/outside") == 3 && count_entries("/") == 5, "something outside");
}

void sandbox_unpack(const void *bytes, size_t size)
{
	const struct image_open_opts open_opts = {
		.limits = { .size = 4 << 20, .files = 500, .ratio = 100 },
	};
	const struct image_unpack_opts opts = { .limits = open_opts.limits, .nodes_allowed = true };
	struct image_unpack_stats stats;
	struct image *image = NULL;
	struct err err;
	int fd, root;

	if (!prey.st_ino)
		enter();
	fd = memfd_create("image", MFD_CLOEXEC);
	root = open("/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(fd >= 0 && root >= 0 && fd_write_full(fd, bytes, size) == 0, "the input");
	if (image_open(fd, "fuzz", &open_opts, &image, &err) == 0) {
		image_unpack(image, root, &opts, &stats, &err);
		image_close(image);
	}
	must(tree_remove_below(root, &err) == 0, "what was unpacked");
	close(root);
	close(fd);
	check_outside();
}
