// SPDX-License-Identifier: MIT
/* nsproof image inspect, nsproof image unpack: what an image archive holds, and its tree. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "command.h"
#include "image/image.h"
#include "image/tree.h"
#include "kernel/idmap.h"
#include "print.h"

static void image_closep(struct image **image)
{
	image_close(*image);
}

#define AUTO_IMAGE __attribute__((cleanup(image_closep)))

/* Opens the archive; the descriptor must live as long as the image. */
static int open_archive(const char *path, int *ret_fd, struct image **ret, struct err *err)
{
	/* not blocking: a FIFO is refused, not waited for */
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (fd < 0)
		return err_sys(err, "%s", path);
	r = image_open(fd, path, &(struct image_open_opts){ .limits = IMAGE_LIMITS_DEFAULT }, ret,
		       err);
	if (r == 0)
		*ret_fd = STEAL_FD(fd);
	return r;
}

/* ---- inspect ---- */

struct inspect_values {
	bool json;
};

static const struct opt inspect_rows[] = {
	{ .type = OPT_FLAG,
	  .name = "json",
	  .offset = offsetof(struct inspect_values, json),
	  .help = "print JSON" },
};

COMMAND_OPTIONS(inspect_options, inspect_rows)

/* One line "label  value", nothing when there is no value; the image chose the bytes. */
static void add_line(struct text *out, const char *label, const char *value)
{
	char shown[1024];

	if (!*value)
		return;
	text_escape(shown, sizeof(shown), value, strlen(value));
	text_addf(out, "%-14s%s\n", label, shown);
}

/* A list, one value a line, the label only before the first. */
static void add_lines(struct text *out, const char *label, const char *const *values)
{
	for (; *values; values++, label = "")
		add_line(out, label, *values);
}

static void inspect_text(const struct image_info *info, struct text *out)
{
	text_addf(out, "%-14s%s\n", "format", info->format);
	add_lines(out, "tags", info->tags);
	add_line(out, "config", info->config_digest);
	add_line(out, "os", info->os);
	add_line(out, "architecture", info->architecture);
	add_line(out, "user", info->user);
	add_line(out, "workdir", info->workdir);
	add_lines(out, "entrypoint", info->entrypoint);
	add_lines(out, "cmd", info->cmd);
	add_lines(out, "env", info->env);
	text_addf(out, "%-14s%zu\n", "layers", info->layer_count);
	if (info->layer_count)
		text_addf(out, "\n%3s %12s  %-5s %s\n", "", "bytes", "codec", "digest");
	for (size_t i = 0; i < info->layer_count; i++) {
		const struct image_layer *l = &info->layers[i];

		text_addf(out, "%3zu %12llu  %-5s %s\n", i + 1, (unsigned long long)l->size,
			  image_codec_names[l->codec], *l->digest ? l->digest : l->diff_id);
	}
}

static json_t *string_array(const char *const *values)
{
	json_t *array = json_array();

	for (; *values; values++)
		json_array_append_new(array, json_string(*values));
	return array;
}

static json_t *layer_object(const struct image_layer *l)
{
	json_t *digest = *l->digest ? json_string(l->digest) : json_null();

	return json_pack("{s:o, s:s, s:I, s:s}", "digest", digest, "diff_id", l->diff_id, "size",
			 (json_int_t)l->size, "codec", image_codec_names[l->codec]);
}

static json_t *info_object(const struct image_info *info)
{
	json_t *layers = json_array();

	for (size_t i = 0; i < info->layer_count; i++)
		json_array_append_new(layers, layer_object(&info->layers[i]));
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "format",
			 info->format, "tags", string_array(info->tags), "config",
			 info->config_digest, "os", info->os, "architecture", info->architecture,
			 "user", info->user, "workdir", info->workdir, "entrypoint",
			 string_array(info->entrypoint), "cmd", string_array(info->cmd), "env",
			 string_array(info->env), "layers", layers);
}

static int inspect(void *values, int count, char **words, struct err *err)
{
	const struct inspect_values *v = values;
	AUTO_CLOSE int fd = -1;
	AUTO_IMAGE struct image *image = NULL;
	AUTO_TEXT struct text out = { 0 };
	int r = open_archive(words[0], &fd, &image, err);

	(void)count;
	if (r < 0)
		return r;
	if (v->json)
		return print_json(info_object(image_info(image)), err);
	inspect_text(image_info(image), &out);
	return print_text(&out, err);
}

const struct command cmd_image_inspect = {
	.name = "image inspect",
	.args = "FILE",
	.about = "Show what an image archive holds",
	.details = "FILE is what 'docker save' writes, in its old or its new form, or an OCI "
		   "layout as\n"
		   "one tar file. Nothing is unpacked, and digests of layers are not verified.",
	.options = inspect_options,
	.values_size = sizeof(struct inspect_values),
	.min_words = 1,
	.max_words = 1,
	.run = inspect,
};

/* ---- unpack ---- */

/* the one global: a signal handler has no other way to say anything */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* A half-written tree is removed before we go. */
static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct sigaction before;

		/* what nohup(1) and shells ignore stays ignored */
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

/* The directory that is to be made, seen from its parent. */
struct target {
	int parent;
	char name[NAME_MAX + 1];
	char temp[NAME_MAX + 1]; /* a sibling, on the same file system */
};

/* The last component and its parent's descriptor; DIR itself need not exist. */
static int open_parent(const char *dir, struct target *ret, struct err *err)
{
	AUTO_FREE char *copy = strdup(dir);
	size_t len = strlen(dir);
	char *slash;

	if (!copy)
		return err_set(err, ENOMEM, "out of memory");
	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	slash = strrchr(copy, '/');
	snprintf(ret->name, sizeof(ret->name), "%s", slash ? slash + 1 : copy);
	if (!*ret->name || !strcmp(ret->name, ".") || !strcmp(ret->name, ".."))
		return err_set(err, EINVAL, "%s: give the directory by its own name", dir);
	if (slash)
		slash[slash == copy] = '\0';
	ret->parent = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->parent < 0)
		return err_sys(err, "%s: its parent directory", dir);
	return 0;
}

/* DIR may be missing or an empty directory; a symbolic link is neither. */
static int check_vacant(const struct target *t, const char *dir, struct err *err)
{
	AUTO_DIR DIR *list = NULL;
	struct stat above, here;
	struct dirent *e;
	int fd = openat(t->parent, t->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list) {
		err_sys(err, "%s", dir);
		fd_close(&fd);
		return -err->num;
	}
	/* a whole tree is renamed into its place, which a mount point does not allow */
	if (fstat(t->parent, &above) == 0 && fstat(fd, &here) == 0 && above.st_dev != here.st_dev)
		return err_set(err, EBUSY, "%s: a mount point; give a new directory in it", dir);
	while ((e = readdir(list)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return err_set(err, ENOTEMPTY,
				       "%s: not empty; give a new or empty directory", dir);
	return 0;
}

static int make_temp(struct target *t, const char *dir, int *ret_fd, struct err *err)
{
	char random[13];
	int fd;

	random_hex(6, random);
	/* a name that is almost as long as may be loses its end */
	snprintf(t->temp, sizeof(t->temp), "%.*s.nsproof-%s", NAME_MAX - 22, t->name, random);
	if (mkdirat(t->parent, t->temp, 0700) < 0)
		return err_sys(err, "%s", dir);
	fd = openat(t->parent, t->temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* an image that says nothing about its root means a plain directory, whatever the umask */
	if (fd < 0 || fchmod(fd, 0755) < 0) {
		err_sys(err, "%s", dir);
		fd_close(&fd);
		unlinkat(t->parent, t->temp, AT_REMOVEDIR);
		return -err->num;
	}
	*ret_fd = fd;
	return 0;
}

/* Ids from 0 on that this user namespace has; the image's others can't be given to files. */
static uint32_t mapped_ids(const char *path)
{
	AUTO_TEXT struct text t = { 0 };
	struct idmap map;
	uint32_t count = 0;

	if (file_read(AT_FDCWD, path, 4096, &t) < 0 || idmap_parse(t.str, &map) < 0)
		return 0;
	for (size_t i = 0; i < map.count; i++)
		if (map.extents[i].inside == count)
			count += map.extents[i].count;
	return count;
}

static struct image_unpack_opts unpack_opts(void)
{
	struct image_unpack_opts opts = { .owners_dropped = geteuid() != 0, .stop = &stop };
	uint32_t uids = mapped_ids("/proc/self/uid_map"), gids = mapped_ids("/proc/self/gid_map");

	opts.id_count = uids < gids ? uids : gids;
	return opts;
}

/* Unpacks beside DIR and puts the tree in place only when it is whole. */
static int unpack_aside(struct image *image, const char *dir, struct image_unpack_stats *ret,
			struct err *err)
{
	const struct image_unpack_opts opts = unpack_opts();
	AUTO_CLOSE int fd = -1;
	struct target t = { .parent = -1 };
	struct err ignored;
	int r = open_parent(dir, &t, err);

	if (r == 0)
		r = check_vacant(&t, dir, err);
	if (r == 0)
		r = make_temp(&t, dir, &fd, err);
	if (r == 0) {
		r = image_unpack(image, fd, &opts, ret, err);
		if (r == 0 && renameat(t.parent, t.temp, t.parent, t.name) < 0)
			r = err_sys(err, "%s", dir);
		if (r < 0)
			tree_remove(t.parent, 0, t.temp, NULL, &ignored);
	}
	fd_close(&t.parent);
	return r;
}

static int unpack(void *values, int count, char **words, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	AUTO_IMAGE struct image *image = NULL;
	AUTO_TEXT struct text out = { 0 };
	struct image_unpack_stats stats;
	int r = open_archive(words[0], &fd, &image, err);

	(void)values;
	(void)count;
	if (r < 0)
		return r;
	catch_signals();
	r = unpack_aside(image, words[1], &stats, err);
	if (r == -EINTR && stop) {
		err_set(err, EINTR, "interrupted; nothing of %s stays", words[1]);
		return STATUS_INTERRUPTED;
	}
	if (r < 0)
		return r;
	text_addf(&out, "%llu entries, %llu bytes", (unsigned long long)stats.files,
		  (unsigned long long)stats.bytes);
	if (stats.nodes_skipped)
		text_addf(&out, ", device nodes left out: %llu",
			  (unsigned long long)stats.nodes_skipped);
	text_add(&out, "\n");
	return print_text(&out, err);
}

const struct command cmd_image_unpack = {
	.name = "image unpack",
	.args = "FILE DIR",
	.about = "Unpack an image archive into a directory",
	.details =
		"DIR must be missing or empty. All layers are applied and all digests verified; "
		"when\n"
		"anything fails, nothing of it stays. Device nodes are left out. An ordinary user\n"
		"becomes the owner of everything, and no file is setuid or setgid then.",
	.min_words = 2,
	.max_words = 2,
	.run = unpack,
};
