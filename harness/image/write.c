// SPDX-License-Identifier: MIT
/* Carries out what merge.h has decided: see write.h. */
#include "image/write.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/dirs.h"
#include "image/links.h"
#include "image/meta.h"
#include "image/notes.h"
#include "image/overlay.h"
#include "image/pool.h"

/* more writers than this wait for each other in the file system */
#define WRITERS_MAX 2

struct writer {
	int root;
	enum merge_order order;
	struct merge *merge;
	struct dirs dirs;
	struct pool *pool;
	struct meta_rules rules;
	struct image_unpack_stats stats;
	uint64_t entries; /* of all layers, hidden ones too */
	struct notes notes;
	struct links links;
};

static mode_t current_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

/* On a single processor the reader does all the writing. */
static int writer_threads(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : CPU_COUNT(&set);

	return count < 2 ? 0 : WRITERS_MAX;
}

int writer_open(int root, enum merge_order order, const struct image_unpack_opts *opts,
		struct writer **ret, struct err *err)
{
	AUTO_WRITER struct writer *w = calloc(1, sizeof(*w));
	struct stat st;

	if (!w)
		return err_set(err, ENOMEM, "out of memory");
	if (fstat(root, &st) < 0)
		return err_sys(err, "the target directory");
	w->root = root;
	w->order = order;
	w->rules = (struct meta_rules){
		.opts = *opts,
		.uid = geteuid(),
		.gid = getegid(),
		.gid_inherited = st.st_mode & S_ISGID,
		.umask = current_umask(),
	};
	w->merge = merge_new(order);
	dirs_init(&w->dirs, w->merge, root);
	w->pool = pool_new(&w->rules, writer_threads());
	if (!w->merge || !w->pool)
		return err_set(err, ENOMEM, "out of memory");
	*ret = STEAL_PTR(w);
	return 0;
}

void writer_close(struct writer **writer)
{
	struct writer *w = *writer;

	if (!w)
		return;
	pool_free(&w->pool);
	if (w->merge)
		dirs_done(&w->dirs);
	merge_free(&w->merge);
	notes_done(&w->notes);
	links_done(&w->links);
	free(w);
	*writer = NULL;
}

void writer_begin_layer(struct writer *w, uint16_t layer)
{
	merge_layer(w->merge, layer);
}

/* dirs_open(), after waiting for jobs when all directories are in use: which is no failure. */
static int open_dir(struct writer *w, uint32_t node, bool make, struct dir **ret, struct err *err)
{
	struct err first;
	int r = dirs_open(&w->dirs, node, make, ret, &first);

	if (r == -EBUSY) {
		r = pool_drain(w->pool, err);
		return r < 0 ? r : dirs_open(&w->dirs, node, make, ret, err);
	}
	if (r < 0)
		*err = first;
	return r;
}

static int add_link(struct writer *w, uint32_t node, uint32_t target, struct err *err)
{
	struct dir *dir;
	int r;

	/* a device node that was left out */
	if (!merge_node(w->merge, target)->made) {
		w->stats.nodes_skipped++;
		return 0;
	}
	r = open_dir(w, merge_node(w->merge, node)->parent, true, &dir, err);
	if (r < 0 || (r = links_add(&w->links, node, target, err)) < 0)
		return r;
	merge_node(w->merge, node)->made = true;
	w->stats.files++;
	return 0;
}

int writer_end_layer(struct writer *w, struct err *err)
{
	int r = pool_drain(w->pool, err);

	return r < 0 ? r : links_make(&w->links, &w->dirs, err);
}

/* What is in the way of an entry, or was hidden by a whiteout. */
static int remove_all(struct writer *w, const struct merge_step *step, struct err *err)
{
	/* what is to be removed may still be in the making */
	int r = step->removal_count ? writer_end_layer(w, err) : 0;

	for (size_t i = 0; i < step->removal_count && r == 0; i++) {
		const struct merge_removal *old = &step->removals[i];
		const char *name = merge_name(w->merge, old->node);
		struct dir *parent;
		char shown[160];

		dirs_forget(&w->dirs, old->node);
		r = open_dir(w, merge_node(w->merge, old->node)->parent, false, &parent, err);
		if (r == 0 && unlinkat(parent->fd, name, old->is_dir ? AT_REMOVEDIR : 0) < 0) {
			r = errno;
			text_escape(shown, sizeof(shown), name, strlen(name));
			r = err_set(err, r, "removing '%s': %s", shown, strerror(r));
		}
	}
	return r;
}

static int make_dir(struct writer *w, uint32_t node, const struct entry *e, struct err *err)
{
	struct dir *dir;
	struct meta meta;
	uint32_t note;
	int r = meta_plan(e, &w->rules, &meta, err);

	if (r < 0 || (r = open_dir(w, node, true, &dir, err)) < 0 ||
	    (r = notes_add(&w->notes, &meta, e, &note, err)) < 0)
		return r;
	merge_node(w->merge, node)->extra = note;
	w->stats.files++;
	return 0;
}

static bool is_device(mode_t mode)
{
	return S_ISCHR(mode) || S_ISBLK(mode);
}

/* A file that is too large for a batch, or a job that is: done here and now. */
static int make_alone(struct writer *w, const struct job *job, const struct entry *e,
		      struct writer_file *ret, struct err *err)
{
	int fd;

	if (!S_ISREG(e->mode))
		return pool_run(w->pool, job, err);
	fd = openat(job->dir->fd, job->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    job->meta.mode & 0777);
	if (fd < 0)
		return pool_making_failed(err);
	ret->fd = fd;
	return 0;
}

static int make_file(struct writer *w, uint32_t node, const struct entry *e,
		     struct writer_file *ret, struct err *err)
{
	struct job *made, job = {
		.type = e->mode & S_IFMT,
		.name = merge_name(w->merge, node),
		.symlink = S_ISLNK(e->mode) ? e->symlink : NULL,
		.device = e->device,
		.xattrs = (struct entry_xattr *)e->xattrs,
		.xattr_count = e->xattr_count,
	};
	size_t size = S_ISREG(e->mode) ? (size_t)e->size : 0;
	int r = meta_plan(e, &w->rules, &job.meta, err);

	if (r < 0)
		return r;
	r = open_dir(w, merge_node(w->merge, node)->parent, true, &job.dir, err);
	if (r < 0)
		return r;
	merge_node(w->merge, node)->made = true;
	w->stats.files++;
	r = size > POOL_FILE_MAX || e->sparse ? -E2BIG : pool_add(w->pool, &job, size, &made, err);
	if (r == -E2BIG)
		return make_alone(w, &job, e, ret, err);
	if (r == 0 && size)
		ret->buffer = made->content;
	return r;
}

/*
 * Made by us and at once, for it may turn out that we may not: root in a container, or on a file
 * system of another user namespace, can't.
 */
static int make_device(struct writer *w, uint32_t node, const struct entry *e, struct err *err)
{
	struct job job = {
		.type = e->mode & S_IFMT,
		.name = merge_name(w->merge, node),
		.device = e->device,
		.xattrs = (struct entry_xattr *)e->xattrs,
		.xattr_count = e->xattr_count,
	};
	int r = meta_plan(e, &w->rules, &job.meta, err);

	if (r == 0)
		r = open_dir(w, merge_node(w->merge, node)->parent, true, &job.dir, err);
	if (r == 0)
		r = w->rules.opts.nodes_allowed ? pool_run(w->pool, &job, err) : -EPERM;
	if (r == -EPERM) {
		w->stats.nodes_skipped++;
		return 0;
	}
	if (r < 0)
		return r;
	merge_node(w->merge, node)->made = true;
	w->stats.files++;
	return 0;
}

/* overlayfs.rst: "A whiteout is created as a character device with 0/0 device number" */
static int make_whiteout(struct writer *w, uint32_t node, struct err *err)
{
	const struct entry whiteout = { .mode = S_IFCHR, .atime.tv_nsec = UTIME_OMIT };
	struct writer_file none;

	return make_file(w, node, &whiteout, &none, err);
}

static int make(struct writer *w, const struct merge_step *step, const struct entry *e,
		struct writer_file *ret, struct err *err)
{
	if (S_ISDIR(e->mode))
		return make_dir(w, step->node, e, err);
	if (w->order == MERGE_OVERLAY && S_ISCHR(e->mode) && !e->device)
		return err_set(err, EBADMSG, "a device 0:0, which overlayfs takes for a whiteout");
	if (is_device(e->mode))
		return make_device(w, step->node, e, err);
	return make_file(w, step->node, e, ret, err);
}

int writer_entry(struct writer *w, const struct entry *e, const struct plan *plan,
		 struct writer_file *ret, struct err *err)
{
	uint64_t limit = w->rules.opts.limits.files;
	struct merge_step step;
	int r;

	*ret = (struct writer_file){ .fd = -1 };
	if (limit && ++w->entries > limit)
		return err_set(err, EFBIG, "more than %llu entries; --max-files raises the limit",
			       (unsigned long long)limit);
	r = merge_entry(w->merge, plan, e, &step, err);
	if (r < 0 || (r = remove_all(w, &step, err)) < 0)
		return r;
	switch (step.act) {
	case MERGE_WRITE:
		return make(w, &step, e, ret, err);
	case MERGE_LINK:
		return add_link(w, step.node, step.target, err);
	case MERGE_WHITEOUT:
		return make_whiteout(w, step.node, err);
	default:
		return step.act == MERGE_AGAIN;
	}
}

int writer_file_done(struct writer *w, struct writer_file *file, const struct entry *e,
		     uint64_t bytes, struct err *err)
{
	struct meta_xattrs xattrs = { e->xattrs, e->xattr_count, 0 };
	AUTO_CLOSE int fd = STEAL_FD(file->fd);
	struct meta meta;
	int r = 0;

	w->stats.bytes += bytes;
	if (fd < 0 || (r = meta_plan(e, &w->rules, &meta, err)) < 0)
		return r;
	r = meta_set_fd(fd, &meta, &w->rules, &xattrs, err);
	w->stats.xattrs_skipped += xattrs.refused;
	return r;
}

/* A directory that no layer lists is plain, root's, and of no time. */
static int set_dir(struct writer *w, uint32_t id, const struct dir *dir, struct err *err)
{
	const struct node *n = merge_node(w->merge, id);
	const struct entry plain = {
		.mode = S_IFDIR | 0755,
		.mtime.tv_sec = id == NODE_ROOT ? OVERLAY_UNLISTED_TIME : 0,
		.atime.tv_nsec = UTIME_OMIT,
	};
	const struct note *note = n->announced ? notes_get(&w->notes, n->extra) : NULL;
	AUTO_CLOSE int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct meta_xattrs xattrs = { 0 };
	struct meta meta;
	int r;

	if (fd < 0)
		return err_sys(err, "opening it");
	if (w->order == MERGE_OVERLAY &&
	    overlay_mark_dir(w->merge, id, fd, &w->rules.opts, err) < 0)
		return -err->num;
	if (note) {
		meta = note->meta;
		xattrs = (struct meta_xattrs){ note->xattrs, note->xattr_count, 0 };
	} else if (meta_plan(&plain, &w->rules, &meta, err) < 0) {
		return -err->num;
	}
	r = meta_set_dir(fd, &meta, &w->rules, &xattrs, err);
	w->stats.xattrs_skipped += xattrs.refused;
	if (r == 0 && w->order == MERGE_OVERLAY)
		r = overlay_inherit(w->merge, id, fd, &w->rules.opts, err);
	return r;
}

static int finish_dir(struct writer *w, uint32_t id, struct err *err)
{
	const char *name = merge_name(w->merge, id);
	struct dir *dir;
	char shown[160];
	int r = open_dir(w, id, false, &dir, err);

	if (r == 0)
		r = set_dir(w, id, dir, err);
	if (r == 0)
		return 0;
	text_escape(shown, sizeof(shown), name, strlen(name));
	return err_wrap(err, "the directory '%s'", shown);
}

int writer_finish(struct writer *w, struct image_unpack_stats *ret, struct err *err)
{
	int r = writer_end_layer(w, err);

	if (r == 0)
		r = dirs_make_missing(&w->dirs, err);

	/* children come before their parents, which might not let them be opened any more */
	for (uint32_t id = merge_count(w->merge) - 1; id >= NODE_ROOT && r == 0; id--) {
		const struct node *n = merge_node(w->merge, id);

		if (n->kind == NODE_DIR && n->made &&
		    (id != NODE_ROOT || n->announced || w->order == MERGE_OVERLAY))
			r = finish_dir(w, id, err);
	}
	if (r < 0)
		return r;
	*ret = w->stats;
	ret->xattrs_skipped += pool_xattrs_skipped(w->pool);
	return 0;
}
