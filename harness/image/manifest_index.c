// SPDX-License-Identifier: MIT
/* An image index, and which of its entries is wanted: see manifest.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/json.h"
#include "image/manifest.h"
#include "image/media.h"

/* One entry of an index, as far as choosing needs it. */
struct candidate {
	struct manifest_ref ref;
	const char *type, *tag; /* tag: NULL for none */
	struct platform platform;
	int name_fit, platform_fit; /* 0: not this one */
};

struct candidates {
	struct candidate *list;
	size_t count;
};

static int parse_candidate(json_t *json, struct candidate *ret, struct err *err)
{
	json_t *platform = NULL, *notes = NULL;
	struct platform *p = &ret->platform;
	int r;

	*ret = (struct candidate){ .platform = { "", "", "" } };
	if ((r = descriptor_parse(json, &ret->ref, &ret->type, err)) < 0 ||
	    (r = json_get_object(json, "platform", &platform, err)) < 0 ||
	    (r = json_get_object(json, "annotations", &notes, err)) < 0 ||
	    (r = json_get_string(platform, "os", &p->os, err)) < 0 ||
	    (r = json_get_string(platform, "architecture", &p->arch, err)) < 0 ||
	    (r = json_get_string(platform, "variant", &p->variant, err)) < 0 ||
	    (r = json_get_string(notes, "org.opencontainers.image.ref.name", &ret->tag, err)) < 0)
		return r;
	/* containerd puts the whole name here and only the tag there */
	return json_get_string(notes, "io.containerd.image.name", &ret->tag, err);
}

/* What is neither image nor index, and what builders say about their image, is no choice. */
static bool is_image(const struct candidate *c)
{
	enum media media = media_of(c->type);

	return (media == MEDIA_UNSTATED || media == MEDIA_MANIFEST || media == MEDIA_INDEX) &&
	       strcmp(c->platform.os, "unknown") != 0;
}

static const char *name_of(const struct candidate *c)
{
	return c->tag ? c->tag : c->ref.digest;
}

static bool same_image(const struct candidate *a, const struct candidate *b)
{
	return !strcmp(a->ref.digest, b->ref.digest);
}

/* Leaves those in that are called `ref`, as well as any is. */
static int choose_name(struct candidates *all, const char *ref, struct err *err)
{
	AUTO_NAMES struct name_list names = { 0 };
	int best = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct candidate *c = &all->list[i];

		if (!is_image(c))
			continue;
		name_list_add(&names, name_of(c));
		c->name_fit = ref ? reference_fit(ref, name_of(c)) : 1;
		best = c->name_fit > best ? c->name_fit : best;
	}
	for (size_t i = 0; i < all->count; i++)
		all->list[i].name_fit = best && all->list[i].name_fit == best;
	if (best)
		return 0;
	if (names.count)
		return err_set(err, EINVAL, "no image '%s' in it; it lists %s", ref,
			       name_list_str(&names));
	for (size_t i = 0; i < all->count; i++)
		if (media_of(all->list[i].type) != MEDIA_MANIFEST)
			name_list_add(&names, all->list[i].type);
	return err_set(err, EINVAL, "it lists no image but %s", name_list_str(&names));
}

static int no_platform(const struct candidates *all, const struct platform *want, struct err *err)
{
	AUTO_NAMES struct name_list names = { 0 };
	AUTO_TEXT struct text wanted = { 0 };

	platform_format(want, &wanted);
	for (size_t i = 0; i < all->count; i++) {
		AUTO_TEXT struct text one = { 0 };

		if (!all->list[i].name_fit)
			continue;
		platform_format(&all->list[i].platform, &one);
		name_list_add(&names, one.str ? one.str : "?");
	}
	return err_set(err, EINVAL, "no image for %s in it; choose with --platform: %s",
		       wanted.str ? wanted.str : "?", name_list_str(&names));
}

static int unsure(const struct candidates *all, struct err *err)
{
	AUTO_NAMES struct name_list names = { 0 };

	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].name_fit)
			name_list_add(&names, name_of(&all->list[i]));
	return err_set(err, EINVAL, "several images; choose one with --ref: %s",
		       name_list_str(&names));
}

/* Whether `c` could be meant as well as `best`. */
static bool rivals(const struct candidate *c, const struct candidate *best)
{
	if (!c->name_fit || same_image(c, best))
		return false;
	if (c->platform_fit == best->platform_fit)
		return true;
	/* of another name, and perhaps for this platform */
	return c->platform_fit == PLATFORM_UNSTATED && c->tag &&
	       (!best->tag || strcmp(c->tag, best->tag) != 0);
}

static int choose(struct candidates *all, const struct image_wish *wish,
		  const struct candidate **ret, struct err *err)
{
	const struct candidate *best = NULL;
	int r = choose_name(all, wish->ref, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < all->count; i++) {
		struct candidate *c = &all->list[i];

		if (c->name_fit)
			c->platform_fit = platform_fit(&wish->platform, &c->platform);
		if (c->platform_fit > (best ? best->platform_fit : 0))
			best = c;
	}
	if (!best)
		return no_platform(all, &wish->platform, err);
	for (size_t i = 0; i < all->count; i++)
		if (rivals(&all->list[i], best))
			return unsure(all, err);
	*ret = best;
	return 0;
}

static int fill_pick(struct manifest_pick *p, const struct image_wish *wish, struct err *err)
{
	AUTO_FREE struct candidate *list = NULL;
	const struct candidate *best = NULL;
	json_t *array = NULL, *value;
	size_t i, count;
	int r = media_check_document(p->root, MEDIA_INDEX, err);

	if (r < 0 || (r = json_get_array(p->root, "manifests", &array, err)) < 0)
		return r;
	count = json_array_size(array);
	list = calloc(count + 1, sizeof(*list));
	p->tags = calloc(count + 1, sizeof(*p->tags));
	if (!list || !p->tags)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(array, i, value)
	{
		r = parse_candidate(value, &list[i], err);
		if (r < 0)
			return err_wrap(err, "entry %zu", i + 1);
	}
	r = choose(&(struct candidates){ list, count }, wish, &best, err);
	if (r < 0)
		return r;
	p->ref = best->ref;
	p->is_index = media_of(best->type) == MEDIA_INDEX;
	for (i = 0; i < count; i++)
		if (list[i].tag && same_image(&list[i], best))
			p->tags[p->tag_count++] = list[i].tag;
	return 0;
}

int manifest_parse_index(const char *json, size_t len, const struct image_wish *wish,
			 struct manifest_pick *ret, struct err *err)
{
	struct manifest_pick p = { 0 };
	int r = json_parse(json, len, &p.root, err);

	if (r == 0)
		r = fill_pick(&p, wish, err);
	if (r < 0) {
		manifest_pick_done(&p);
		return r;
	}
	*ret = p;
	return 0;
}

void manifest_pick_done(struct manifest_pick *p)
{
	json_decref(p->root);
	free(p->tags);
	*p = (struct manifest_pick){ 0 };
}
