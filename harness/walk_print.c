// SPDX-License-Identifier: MIT
/* How the guided tour looks on paper: see walk_print.h. */
#include "walk_print.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { WIDTH = 96, INDENT = 4, VALUE_AT = 18 };

static const char bold[] = "1", dim[] = "2";
static const struct {
	const char *word, *colour;
} changes[CHANGE_COUNT] = {
	[CHANGE_CLOSES] = { "closes", "32" },         [CHANGE_OPENS] = { "opens", "33" },
	[CHANGE_WORKS] = { "works", "32" },           [CHANGE_FAILS] = { "fails", "1;31" },
	[CHANGE_UNCLEAR] = { "unclear", "1;35" },     [CHANGE_OPEN] = { "open", "33" },
	[CHANGE_STILL_OPEN] = { "still open", "33" }, [CHANGE_WRONG] = { "WRONG", "1;31" },
};

static void paint(struct page *p, const char *colour)
{
	if (p->colour)
		fprintf(p->out, "\033[%sm", colour);
}

void page_heading(struct page *p, const char *title, guard_set adds)
{
	p->number++;
	fputc('\n', p->out);
	paint(p, bold);
	fprintf(p->out, "%2d  %s", p->number, title);
	paint(p, "");
	for (int g = 0; g < GUARD_COUNT; g++)
		if (adds & (UINT64_C(1) << g))
			fprintf(p->out, "  +%s", guard_table[g].name);
	fputs("\n\n", p->out);
}

/* Words from column `at` on, the cursor being there; ends the line. */
static void wrap(struct page *p, const char *text, size_t at)
{
	size_t column = at;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > at && column + 1 + len > WIDTH) {
			fprintf(p->out, "\n%*s", (int)at, "");
			column = at;
		} else if (column > at) {
			fputc(' ', p->out);
			column++;
		}
		fprintf(p->out, "%.*s", (int)len, text);
		column += len;
		text += len + strspn(text + len, " ");
	}
	fputc('\n', p->out);
}

void page_paragraph(struct page *p, const char *text)
{
	fprintf(p->out, "%*s", INDENT, "");
	wrap(p, text, INDENT);
}

static void labelled(struct page *p, char mark, const char *label, const char *value)
{
	fprintf(p->out, "%*c %-*s", INDENT + 1, mark, VALUE_AT - INDENT - 2, label);
	wrap(p, value, VALUE_AT);
}

void page_line(struct page *p, const char *label, const char *value)
{
	labelled(p, ' ', label, value);
}

/* The image chose the bytes. */
static void image_line(struct page *p, const char *label, const char *value)
{
	char shown[512];

	text_escape(shown, sizeof(shown), value, strlen(value));
	page_line(p, label, *shown ? shown : "none");
}

void page_archive(struct page *p, const struct image_info *info)
{
	AUTO_TEXT struct text command = { 0 };
	char value[160];

	fputc('\n', p->out);
	page_line(p, "format", info->format);
	for (size_t i = 0; i < info->tag_count; i++)
		image_line(p, i ? "" : "tags", info->tags[i]);
	snprintf(value, sizeof(value), "%s%s%s", info->os, *info->os ? " " : "",
		 info->architecture);
	image_line(p, "made for", value);
	for (size_t i = 0; info->entrypoint[i]; i++)
		text_addf(&command, "%s ", info->entrypoint[i]);
	for (size_t i = 0; info->cmd[i]; i++)
		text_addf(&command, "%s ", info->cmd[i]);
	image_line(p, "command", command.str ? command.str : "");
	for (size_t i = 0; i < info->layer_count; i++) {
		const struct image_layer *l = &info->layers[i];
		const char *digest = *l->digest ? l->digest : l->diff_id;

		snprintf(value, sizeof(value), "%zu: %" PRIu64 " bytes, compression %s%s%.19s%s",
			 i + 1, l->size, image_codec_names[l->codec], *digest ? ", " : "", digest,
			 *digest ? "..." : "");
		page_line(p, i ? "" : "layers", value);
	}
}

void page_unpacked(struct page *p, const struct image_unpack_stats *stats)
{
	char value[160];

	fputc('\n', p->out);
	snprintf(value, sizeof(value), "%" PRIu64 " entries, %" PRIu64 " bytes of files",
		 stats->files, stats->bytes);
	page_line(p, "unpacked", value);
	if (stats->nodes_skipped) {
		snprintf(value, sizeof(value),
			 "device nodes, %" PRIu64 ": an image must not bring any",
			 stats->nodes_skipped);
		page_line(p, "left out", value);
	}
}

/* Lines that are shown even when nothing has changed. */
static bool is_always_shown(int line)
{
	return line == VIEW_PROCESSES || line == VIEW_FILES || line == VIEW_LINKS;
}

void page_view(struct page *p, const struct view *before, const struct view *now, const char *watch)
{
	fputc('\n', p->out);
	for (int i = 0; i < VIEW_LINES; i++) {
		bool changed = before && strcmp(before->lines[i], now->lines[i]) != 0;

		changed |= watch && !strcmp(watch, view_labels[i]);
		if (before && !changed && !is_always_shown(i))
			continue;
		paint(p, changed ? bold : dim);
		labelled(p, changed ? '*' : ' ', view_labels[i], now->lines[i]);
		paint(p, "");
	}
}

void page_check(struct page *p, enum change change, const struct check *check, const char *outcome)
{
	char value[512];

	snprintf(value, sizeof(value), "%s%s%s%s: %s", check->id, *outcome ? " (" : "", outcome,
		 *outcome ? ")" : "", check->question);
	fprintf(p->out, "%*s", INDENT + 2, "");
	paint(p, changes[change].colour);
	fprintf(p->out, "%-*s", VALUE_AT - INDENT - 2, changes[change].word);
	paint(p, "");
	wrap(p, value, VALUE_AT);
}
