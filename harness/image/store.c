// SPDX-License-Identifier: MIT
/* Where the files of an image lie: see store.h. */
#include "image/store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/sys.h"

/* what registries take at most (OCI distribution specification) */
#define SMALL_MAX (4 << 20)

void store_done(struct store *store)
{
	archive_map_done(&store->map);
}

bool store_has(const struct store *store, const char *path)
{
	bool twice;

	if (store->is_dir)
		return faccessat(store->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	return archive_map_find(&store->map, path, &twice) != NULL;
}

static int open_below(int dirfd, const char *path)
{
	/* not blocking: a FIFO is refused, not waited for */
	return sys_openat2(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
			   RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

static int find_below(const struct store *store, const char *path, struct store_file *ret,
		      struct err *err)
{
	AUTO_CLOSE int fd = open_below(store->fd, path);
	char shown[128];
	struct stat st;

	text_escape(shown, sizeof(shown), path, strlen(path));
	if (fd < 0 && errno == ENOENT)
		return err_set(err, EBADMSG, "'%s' is missing in the layout", shown);
	if (fd < 0 && (errno == ELOOP || errno == EXDEV))
		return err_set(err, EBADMSG, "'%s' is a symbolic link, or leads out of the layout",
			       shown);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "'%s'", shown);
	if (!S_ISREG(st.st_mode))
		return err_set(err, EBADMSG, "'%s' is not a regular file", shown);
	*ret = (struct store_file){ STEAL_FD(fd), 0, (uint64_t)st.st_size, false };
	return 0;
}

int store_find(const struct store *store, const char *path, struct store_file *ret, struct err *err)
{
	const struct archive_file *file;
	char shown[128];
	bool twice;

	if (store->is_dir)
		return find_below(store, path, ret, err);
	file = archive_map_find(&store->map, path, &twice);
	text_escape(shown, sizeof(shown), path, strlen(path));
	if (!file)
		return err_set(err, EBADMSG, "'%s' is missing in the archive", shown);
	*ret = (struct store_file){ store->fd, file->offset, file->size, twice };
	return 0;
}

void store_file_done(const struct store *store, struct store_file *file)
{
	if (store->is_dir)
		fd_close(&file->fd);
}

int store_read(const struct store_file *file, const char *path, struct text *ret, struct err *err)
{
	AUTO_TEXT struct text t = { 0 };
	uint64_t done = 0;
	char buf[4096], shown[128];

	text_escape(shown, sizeof(shown), path, strlen(path));
	if (file->size > SMALL_MAX)
		return err_set(err, EFBIG, "'%s' has %llu bytes, more than a description needs",
			       shown, (unsigned long long)file->size);
	text_add(&t, "");
	while (done < file->size) {
		uint64_t left = file->size - done;
		ssize_t got = pread(file->fd, buf, left < sizeof(buf) ? left : sizeof(buf),
				    (off_t)(file->offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, "reading '%s'", shown);
		if (got == 0)
			return err_set(err, EBADMSG, "'%s' is cut off", shown);
		text_addn(&t, buf, (size_t)got);
		done += (uint64_t)got;
	}
	if (t.failed)
		return err_set(err, ENOMEM, "out of memory");
	*ret = t;
	t = (struct text){ 0 };
	return 0;
}
