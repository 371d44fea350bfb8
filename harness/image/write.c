// SPDX-License-Identifier: MIT
/* Carries out what plan.h has decided: see write.h. */
#include "image/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/meta.h"
#include "image/parents.h"
#include "image/tree.h"

/* A directory whose metadata is set at the end. */
struct dir_note {
	char *path;
	ino_t ino; /* whether it is still the same one */
	struct meta meta;
};

struct writer {
	int root;
	struct parents parents;
	struct name_set written; /* by this layer */
	struct meta_rules rules;
	struct image_unpack_stats stats;
	struct dir_note *notes;
	size_t note_count, note_room;
};

static int note_dir(struct writer *w, const char *path, ino_t ino, const struct meta *meta,
		    struct err *err)
{
	struct dir_note note = { NULL, ino, *meta };

	if (w->note_count == w->note_room) {
		size_t room = w->note_room ? w->note_room * 2 : 64;
		void *grown = reallocarray(w->notes, room, sizeof(note));

		if (!grown)
			return err_set(err, ENOMEM, "out of memory");
		w->notes = grown;
		w->note_room = room;
	}
	note.path = strdup(path);
	if (!note.path)
		return err_set(err, ENOMEM, "out of memory");
	w->notes[w->note_count++] = note;
	return 0;
}

/* A directory that the archive does not list: plain, root's, with no time of its own. */
static int note_unlisted(void *data, const char *path, ino_t ino, struct err *err)
{
	struct writer *w = data;
	const struct entry plain = { .mode = S_IFDIR | 0755 };
	struct meta meta;
	int r = meta_plan(&plain, &w->rules, &meta, err);

	return r < 0 ? r : note_dir(w, path, ino, &meta, err);
}

int writer_open(int root, const struct image_unpack_opts *opts, struct writer **ret,
		struct err *err)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct stat st;

	if (!w)
		return err_set(err, ENOMEM, "out of memory");
	if (fstat(root, &st) < 0) {
		free(w);
		return err_sys(err, "the target directory");
	}
	w->root = root;
	parents_init(&w->parents, root);
	w->parents.made = note_unlisted;
	w->parents.data = w;
	w->rules = (struct meta_rules){
		.opts = *opts,
		.uid = geteuid(),
		.gid = getegid(),
		.gid_inherited = st.st_mode & S_ISGID,
	};
	*ret = w;
	return 0;
}

void writer_close(struct writer **writer)
{
	struct writer *w = *writer;

	if (!w)
		return;
	parents_flush(&w->parents);
	name_set_done(&w->written);
	for (size_t i = 0; i < w->note_count; i++)
		free(w->notes[i].path);
	free(w->notes);
	free(w);
	*writer = NULL;
}

void writer_next_layer(struct writer *w)
{
	name_set_clear(&w->written);
}

static int make_dir(const struct parent *at, const char *name)
{
	struct stat st;

	if (mkdirat(at->fd, name, 0700) == 0)
		return 0;
	if (errno == EEXIST && fstatat(at->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = EEXIST;
	}
	return -1;
}

/* Returns 1 when something is in the way. */
static int make_hardlink(struct writer *w, const struct parent *at, const struct plan *plan,
			 struct err *err)
{
	const struct parent *from;
	char shown[160];
	int r = parents_open(&w->parents, plan->target.dir, false, &from, err);

	if (r < 0)
		return err_wrap(err, "it is a hard link to a file that is not there");
	if (linkat(from->fd, plan->target.name, at->fd, plan->at.name, 0) == 0)
		return 0;
	if (errno == EEXIST)
		return 1;
	text_escape(shown, sizeof(shown), plan->target.name, strlen(plan->target.name));
	if (errno == ENOENT || errno == EPERM)
		return err_set(err, EBADMSG, "it is a hard link to '%s', which is %s", shown,
			       errno == ENOENT ? "not there" : "no file");
	return err_sys(err, "hard link to '%s'", shown);
}

/* Makes the entry, a regular file empty. Returns 1 when something is in the way. */
static int make(struct writer *w, const struct parent *at, const struct entry *e,
		const struct plan *plan, int *ret_fd, struct err *err)
{
	const char *name = plan->at.name;
	int r;

	if (e->hardlink)
		return make_hardlink(w, at, plan, err);
	switch (e->mode & S_IFMT) {
	case S_IFREG:
		r = openat(at->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			   0600);
		if (r >= 0)
			*ret_fd = r;
		break;
	case S_IFDIR:
		r = make_dir(at, name);
		break;
	case S_IFLNK:
		r = symlinkat(e->symlink, at->fd, name);
		break;
	default:
		r = mknodat(at->fd, name, (e->mode & S_IFMT) | 0600, e->device);
	}
	if (r >= 0)
		return 0;
	return errno == EEXIST ? 1 : err_sys(err, "making it");
}

/* Removes what is at the entry's place; the parent is opened again, for it may have been a way
 * there. */
static int clear_place(struct writer *w, const struct plan *plan, const struct parent **at,
		       struct err *err)
{
	struct stat st;
	int r;

	if (fstatat((*at)->fd, plan->at.name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "stat");
	r = tree_remove((*at)->fd, (*at)->ino, plan->at.name, NULL, err);
	if (r < 0)
		return r;
	if (!S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode))
		return 0;
	parents_flush(&w->parents);
	return parents_open(&w->parents, plan->at.dir, true, at, err);
}

static void join(const struct plan_path *path, char ret[PATH_MAX + NAME_MAX + 2])
{
	size_t len = strlen(path->dir);

	memcpy(ret, path->dir, len);
	if (len)
		ret[len++] = '/';
	strcpy(ret + len, path->name);
}

/* Metadata of what has no content: now, or at the end for a directory. */
static int finish_made(struct writer *w, const struct parent *at, const struct entry *e,
		       const struct plan *plan, const struct meta *meta, struct err *err)
{
	const char *name = plan->at.name;
	char path[PATH_MAX + NAME_MAX + 2];
	struct stat st;
	int r;

	if (!S_ISDIR(e->mode)) {
		r = meta_set_at(at->fd, name, meta, &w->rules, S_ISLNK(e->mode));
		return r < 0 ? err_set(err, -r, "its owner, mode or time: %s", strerror(-r)) : 0;
	}
	if (e->xattr_count) {
		AUTO_CLOSE int fd = openat(at->fd, name,
					   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		r = fd < 0 ? -errno : meta_set_xattrs(fd, &w->rules, e);
		if (r < 0)
			return err_set(err, -r, "its extended attributes: %s", strerror(-r));
	}
	if (fstatat(at->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, "stat");
	join(&plan->at, path);
	return note_dir(w, path, st.st_ino, meta, err);
}

static bool is_node(const struct entry *e)
{
	return !e->hardlink && (S_ISCHR(e->mode) || S_ISBLK(e->mode));
}

static int write_entry(struct writer *w, const struct entry *e, const struct plan *plan,
		       int *ret_fd, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	const struct parent *at;
	struct meta meta;
	int r = meta_plan(e, &w->rules, &meta, err);

	if (r < 0 || (r = parents_open(&w->parents, plan->at.dir, true, &at, err)) < 0)
		return r;
	if (is_node(e) && !w->rules.opts.nodes_allowed) {
		w->stats.nodes_skipped++;
		return clear_place(w, plan, &at, err);
	}
	r = make(w, at, e, plan, &fd, err);
	if (r == 1) {
		r = clear_place(w, plan, &at, err);
		if (r == 0)
			r = make(w, at, e, plan, &fd, err);
		if (r == 1)
			r = err_set(err, EEXIST, "something else writes into the directory");
	}
	if (r < 0 || (r = name_set_add(&w->written, at->ino, plan->at.name, err)) < 0)
		return r;
	w->stats.files++;
	if (fd < 0 && !e->hardlink)
		r = finish_made(w, at, e, plan, &meta, err);
	if (r == 0)
		*ret_fd = STEAL_FD(fd);
	return r;
}

static int write_root(struct writer *w, const struct entry *e, struct err *err)
{
	struct meta meta;
	struct stat st;
	int r = meta_plan(e, &w->rules, &meta, err);

	if (r < 0)
		return r;
	if (fstat(w->root, &st) < 0)
		return err_sys(err, "stat");
	w->stats.files++;
	return note_dir(w, "", st.st_ino, &meta, err);
}

static int whiteout(struct writer *w, const struct plan *plan, struct err *err)
{
	const struct parent *at;
	int r = parents_open(&w->parents, plan->at.dir, false, &at, err);

	if (r == -ENOENT) {
		err->num = 0;
		return 0; /* no lower layer has it */
	}
	if (r < 0)
		return r;
	if (plan->act == PLAN_OPAQUE)
		r = tree_remove_below(at->fd, &w->written, err);
	else
		r = tree_remove(at->fd, at->ino, plan->at.name, &w->written, err);
	parents_flush(&w->parents);
	return r;
}

int writer_entry(struct writer *w, const struct entry *e, const struct plan *plan, int *ret_fd,
		 struct err *err)
{
	*ret_fd = -1;
	switch (plan->act) {
	case PLAN_WRITE:
		return write_entry(w, e, plan, ret_fd, err);
	case PLAN_ROOT:
		return write_root(w, e, err);
	case PLAN_WHITEOUT:
	case PLAN_OPAQUE:
		return whiteout(w, plan, err);
	default:
		return 0;
	}
}

int writer_file_done(struct writer *w, int fd, const struct entry *e, uint64_t bytes,
		     struct err *err)
{
	struct meta meta;
	int r = meta_plan(e, &w->rules, &meta, err);

	if (r < 0)
		return r;
	r = meta_set_fd(fd, &meta, &w->rules, e);
	if (r < 0)
		return err_set(err, -r, "its owner, mode or time: %s", strerror(-r));
	w->stats.bytes += bytes;
	return 0;
}

static int apply_note(struct writer *w, const struct dir_note *note, struct name_set *done,
		      struct err *err)
{
	AUTO_CLOSE int fd = parents_openat2(w->root, note->path, O_RDONLY | O_NOFOLLOW);
	char shown[160];
	struct stat st;
	int r;

	/* removed or replaced since: nothing to do */
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
	if (r == 0) {
		if (st.st_ino != note->ino || name_set_has(done, note->ino, ""))
			return 0;
		r = meta_set_fd(fd, &note->meta, &w->rules, NULL);
	}
	if (r == 0)
		return name_set_add(done, note->ino, "", err);
	text_escape(shown, sizeof(shown), note->path, strlen(note->path));
	return err_set(err, -r, "the directory '%s': its owner, mode or time: %s", shown,
		       strerror(-r));
}

int writer_finish(struct writer *w, struct image_unpack_stats *ret, struct err *err)
{
	struct name_set done = { 0 };
	int r = 0;

	/* last first: the last word about a directory counts, and children come before parents */
	for (size_t i = w->note_count; i > 0 && r == 0; i--)
		r = apply_note(w, &w->notes[i - 1], &done, err);
	name_set_done(&done);
	if (r == 0)
		*ret = w->stats;
	return r;
}
