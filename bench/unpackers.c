// SPDX-License-Identifier: MIT
/*
 * Unpackers as whole commands, from exec to exit: the same image (this machine's own files, one gzip
 * layer, an OCI layout in memory), each time into a new tmpfs. Each must first give the tree that was
 * packed, to the last byte, and later as many files and bytes. There is no shortest program that does
 * the same; in place of a floor stands GNU tar with the same files in a plain archive: it has nothing
 * to decompress or to hash, and does not change when nsproof does.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/cleanup.h"
#include "bench/contest.h"
#include "bench/image_make.h"
#include "bench/process.h"
#include "bench/sandbox.h"
#include "bench/themes.h"

enum { TRY_MS = 60000 };

/* %D is the sandbox's directory, %L the layout, %B its layer, %P the plain archive, %T the target. */
struct unpacker {
	const char *name, *template;
	const char *tree; /* glob(7) below the target: where the tree is; NULL: the target itself */
	const char *with; /* another program that it needs; NULL: none */
	bool ours;        /* then it must work */
};

static const struct unpacker unpackers[] = {
	{ "unpackers/tar-plain", "tar --extract --file=%P --directory=%T" },
	{ "unpackers/nsproof", "%D/nsproof image unpack %L %T/out", "out", .ours = true },
	{ "unpackers/tar", "tar --extract --gzip --file=%B --directory=%T" },
	{ "unpackers/tar-pigz",
	  "tar --extract --use-compress-program=pigz --file=%B --directory=%T", .with = "pigz" },
	{ "unpackers/bsdtar", "bsdtar -x -f %B -C %T" },
	{ "unpackers/umoci", "umoci raw unpack --image %L:bench %T/out", "out" },
	{ "unpackers/skopeo",
	  "skopeo --insecure-policy copy --quiet oci:%L:bench "
	  "containers-storage:[vfs@%T/root+%T/run]localhost/bench:latest",
	  "root/vfs/dir/*" },
	{ "unpackers/podman",
	  "podman --root %T/root --runroot %T/run --tmpdir %T/tmp --storage-driver vfs "
	  "--cgroup-manager cgroupfs --events-backend none pull --quiet oci:%L:bench",
	  "root/vfs/dir/*" },
};

struct place {
	const char *dir;
	char target[64];
	struct made_image image;
	char layer[256], plain[256];
};

/* The path of the only layer. */
static int find_layer(const struct made_image *made, char *ret, size_t room, struct err *err)
{
	const struct image_open_opts opts = { .limits = IMAGE_LIMITS_DEFAULT };
	AUTO_CLOSE int fd = open(made->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct image *image;
	char blob[128];
	int r = fd < 0 ? err_sys(err, "%s", made->path)
		       : image_open(fd, made->path, &opts, &image, err);

	if (r < 0)
		return r;
	image_blob_path(image_info(image)->layers[0].digest, blob, sizeof(blob));
	image_close(image);
	snprintf(ret, room, "%s/%s", made->path, blob);
	return 0;
}

static int make_images(const struct bench_env *env, struct place *p, struct err *err)
{
	struct made_image plain;
	int r = image_make(env->spawner->dir, SHAPE_ROOT, CODEC_GZIP, &p->image, err);

	r = r < 0 ? r : image_make(env->spawner->dir, SHAPE_ROOT, CODEC_NONE, &plain, err);
	r = r < 0 ? r : find_layer(&p->image, p->layer, sizeof(p->layer), err);
	return r < 0 ? r : find_layer(&plain, p->plain, sizeof(p->plain), err);
}

/* A new file system; the old one goes with all that was unpacked. */
static int renew(void *arg, struct err *err)
{
	const struct place *p = arg;

	umount2(p->target, MNT_DETACH);
	if (mount("tmpfs", p->target, "tmpfs", 0, "mode=755") < 0)
		return err_sys(err, "%s", p->target);
	return 0;
}

/* Cheap enough for each run: the file system holds all of it. */
static int verify(void *arg, struct err *err)
{
	const struct place *p = arg;
	const struct tree_facts *want = &p->image.facts;
	struct statfs fs;

	if (statfs(p->target, &fs) < 0)
		return err_sys(err, "%s", p->target);
	if (fs.f_files - fs.f_ffree < want->entries ||
	    (fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize < want->bytes)
		return err_set(err, EBADMSG, "it has not unpacked all of the image");
	return 0;
}

static int open_tree_of(const struct unpacker *u, const struct place *p, struct err *err)
{
	char pattern[128];
	glob_t found = { 0 };
	int fd = -1;

	snprintf(pattern, sizeof(pattern), "%s/%s", p->target, u->tree ? u->tree : ".");
	if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc == 1)
		fd = open(found.gl_pathv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	globfree(&found);
	return fd < 0 ? err_set(err, ENOENT, "no tree at %s", pattern) : fd;
}

/* Every name, type and content. */
static int verify_tree(const struct unpacker *u, const struct place *p, struct err *err)
{
	AUTO_CLOSE int fd = open_tree_of(u, p, err);
	const struct tree_facts *want = &p->image.facts;
	struct tree_list list = { 0 };
	struct tree_facts got;
	int r = fd < 0 ? fd : tree_read(fd, &list, &got, err);

	tree_list_done(&list);
	if (r < 0)
		return r;
	if (got.entries != want->entries || got.bytes != want->bytes || got.sum != want->sum)
		return err_set(err, EBADMSG, "it has not unpacked what was packed");
	return 0;
}

static int try(const struct unpacker *u, struct place *p, const char *command, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };
	int r = renew(p, err);

	r = r < 0 ? r : process_run(command, TRY_MS, &out, err);
	r = r < 0 ? r : verify(p, err);
	return r < 0 ? r : verify_tree(u, p, err);
}

/* What does not work here is skipped, with what it said; unless it is ours. */
static int enlist(const struct unpacker *u, struct place *p, struct contender *ret)
{
	const struct process_word words[] = {
		{ 'D', p->dir },   { 'L', p->image.path }, { 'B', p->layer },
		{ 'P', p->plain }, { 'T', p->target },     { 0, NULL },
	};
	char path[256];
	int r = 0;

	ret->name = u->name;
	if (u->with)
		r = process_find(u->with, path, sizeof(path), &ret->err);
	r = r < 0 ? r : process_command(u->template, words, &ret->command, &ret->err);
	r = r < 0 ? r : try(u, p, ret->command.str, &ret->err);
	if (r < 0 && !u->ours)
		ret->err.num = EOPNOTSUPP;
	return r;
}

static int open_contest(struct contest *c, struct place *p, struct err *err)
{
	int r = contest_open(c, p->dir, err);

	if (r < 0)
		return r;
	snprintf(p->target, sizeof(p->target), "%s/target", p->dir);
	if (mkdir(p->target, 0755) < 0)
		return err_sys(err, "%s", p->target);
	for (size_t i = 0; i < c->count; i++)
		enlist(&unpackers[i], p, &c->contenders[i]);
	c->bytes = (double)p->image.facts.bytes;
	c->files = (double)p->image.facts.entries;
	return 0;
}

static int run_together(const struct bench_env *env, const struct scenario *const *rows,
			size_t count, const struct sampling *how, struct harvest *ret,
			struct err *err)
{
	AUTO_SANDBOX struct sandbox s = SANDBOX_INIT;
	struct contender contenders[ARRAY_SIZE(unpackers)] = { { 0 } };
	struct place place = { .dir = s.dir };
	AUTO_CONTEST struct contest c = {
		.hyperfine = { .runs = 1 },
		.saved_as = "unpackers.json",
		.prepare = renew,
		.verify = verify,
		.arg = &place,
		.contenders = contenders,
		.count = ARRAY_SIZE(unpackers),
	};
	int r = make_images(env, &place, err);

	r = r < 0 ? r : sandbox_enter(&s, env, err);
	r = r < 0 ? r : open_contest(&c, &place, err);
	r = r < 0 ? r : contest_run(&c, env, rows, count, how, ret, err);
	return r;
}

#define ROW(name_, text, ...)                                                                      \
	{                                                                                          \
		.name = "unpackers/" name_, .about = text, .together = run_together, __VA_ARGS__   \
	}

static const struct scenario rows[] = {
	ROW("tar-plain",
	    "GNU tar, the files in a plain archive: what the others are compared with"),
	ROW("nsproof", "nsproof image unpack: verifies the digests of image and layer"),
	ROW("tar", "GNU tar with gzip, the layer alone: hashes nothing"),
	ROW("tar-pigz", "GNU tar with pigz, the layer alone: hashes nothing"),
	ROW("bsdtar", "bsdtar, the layer alone: hashes nothing"),
	ROW("umoci", "umoci raw unpack", .slow = true),
	ROW("skopeo", "skopeo copy into containers-storage with the driver vfs", .slow = true),
	ROW("podman", "podman pull from the layout, into storage with the driver vfs",
	    .slow = true),
};

SCENARIO_THEME(unpackers, rows);
