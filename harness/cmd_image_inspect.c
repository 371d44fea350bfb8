// SPDX-License-Identifier: MIT
/* nsproof image inspect: what an image holds. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cmd_image.h"
#include "command.h"
#include "print.h"

struct values {
	struct image_choice choice;
	bool json;
};

static const struct opt rows[] = {
	IMAGE_CHOICE_ROWS(struct values),
	{ .type = OPT_FLAG,
	  .name = "json",
	  .offset = offsetof(struct values, json),
	  .help = "print JSON" },
};

COMMAND_OPTIONS(options, rows)

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
	for (size_t i = 0; i < info->tag_count; i++)
		add_line(out, i ? "" : "tags", info->tags[i]);
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

/* "" is what an image does not say. */
static json_t *said(const char *value)
{
	return *value ? json_string(value) : json_null();
}

static json_t *string_array(const char *const *values, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_string(values[i]));
	return array;
}

/* of values that end with NULL */
static json_t *words_array(const char *const *values)
{
	size_t count = 0;

	while (values[count])
		count++;
	return string_array(values, count);
}

static json_t *layer_object(const struct image_layer *l)
{
	return json_pack("{s:o, s:o, s:I, s:s}", "digest", said(l->digest), "diff_id",
			 said(l->diff_id), "size", (json_int_t)l->size, "codec",
			 image_codec_names[l->codec]);
}

static json_t *info_object(const struct image_info *info)
{
	json_t *layers = json_array();

	for (size_t i = 0; i < info->layer_count; i++)
		json_array_append_new(layers, layer_object(&info->layers[i]));
	return json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "format",
			 info->format, "tags", string_array(info->tags, info->tag_count), "config",
			 said(info->config_digest), "os", info->os, "architecture",
			 info->architecture, "user", info->user, "workdir", info->workdir,
			 "entrypoint", words_array(info->entrypoint), "cmd", words_array(info->cmd),
			 "env", words_array(info->env), "layers", layers);
}

static int inspect(void *values, int count, char **words, struct err *err)
{
	const struct values *v = values;
	const struct image_open_opts opts = {
		.ref = v->choice.ref,
		.platform = v->choice.platform,
		.limits = IMAGE_LIMITS_DEFAULT,
	};
	AUTO_CLOSE int fd = -1;
	AUTO_IMAGE struct image *image = NULL;
	AUTO_TEXT struct text out = { 0 };
	int r = cmd_image_open(words[0], &opts, &fd, &image, err);

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
	.args = "IMAGE",
	.about = "Show what an image holds",
	.details = IMAGE_HELP "\nNothing is unpacked, and digests of layers are not verified.",
	.options = options,
	.values_size = sizeof(struct values),
	.min_words = 1,
	.max_words = 1,
	.run = inspect,
};
