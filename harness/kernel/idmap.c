// SPDX-License-Identifier: MIT
/*
 * Id maps as data: see idmap.h. The rules are those of the kernel's map_write(): an extent has at
 * least one id, does not reach the id -1, and overlaps no other one on either side.
 */
#include "kernel/idmap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * 0x70000000: above everything that others hand out (people, /etc/subuid, and the range up to
 * 1879048191 that systemd keeps for its containers), and below 2^31, which some programs take for
 * negative: systemd's UIDS-GIDS document.
 */
enum { FAR_ID = 1879048192 };

static bool ranges_meet(uint32_t a, uint32_t b, uint32_t count_a, uint32_t count_b)
{
	return a < b ? b - a < count_a : a - b < count_b;
}

static bool extent_fits(const struct idmap *map, const struct idmap_extent *e)
{
	if (e->count == 0 || e->inside > UINT32_MAX - e->count ||
	    e->outside > UINT32_MAX - e->count)
		return false;
	for (size_t i = 0; i < map->count; i++) {
		const struct idmap_extent *o = &map->extents[i];

		if (ranges_meet(o->inside, e->inside, o->count, e->count) ||
		    ranges_meet(o->outside, e->outside, o->count, e->count))
			return false;
	}
	return true;
}

/* Reads a decimal number after blanks; false if there is none or it does not fit. */
static bool read_id(const char **text, uint32_t *ret)
{
	const char *p = *text + strspn(*text, " \t");
	uint64_t value = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (uint64_t)(*p - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*text = p;
	*ret = (uint32_t)value;
	return true;
}

int idmap_parse(const char *text, struct idmap *ret)
{
	struct idmap map = { 0 };

	while (*text) {
		struct idmap_extent e;

		if (!read_id(&text, &e.inside) || !read_id(&text, &e.outside) ||
		    !read_id(&text, &e.count))
			return -EINVAL;
		text += strspn(text, " \t");
		if ((*text && *text != '\n') || !extent_fits(&map, &e))
			return -EINVAL;
		if (map.count == IDMAP_EXTENTS_MAX)
			return -E2BIG;
		map.extents[map.count++] = e;
		text += *text == '\n';
	}
	*ret = map;
	return 0;
}

int idmap_format(const struct idmap *map, char *out, size_t room)
{
	/* three ids of ten digits, two blanks, a newline */
	char text[IDMAP_EXTENTS_MAX * 33 + 1] = "";
	size_t used = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct idmap_extent *e = &map->extents[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u %u %u\n", e->inside,
					 e->outside, e->count);
	}
	if (used >= room)
		return -ENOSPC;
	memcpy(out, text, used + 1);
	return (int)used;
}

uint32_t idmap_count(const struct idmap *map)
{
	uint32_t count = 0;

	/* the extents come in any order */
	for (size_t round = 0; round < map->count; round++)
		for (size_t i = 0; i < map->count; i++)
			if (map->extents[i].inside == count)
				count += map->extents[i].count;
	return count;
}

/* Takes `count` ids from `outside` on into the map, after those that it has. */
static void append(struct idmap *map, uint32_t outside, uint32_t count)
{
	uint32_t inside = 0;

	for (size_t i = 0; i < map->count; i++)
		inside += map->extents[i].count;
	map->extents[map->count++] = (struct idmap_extent){ inside, outside, count };
}

static bool covers(const struct idmap_extent *e, uint32_t first, uint32_t count)
{
	return first >= e->inside && count <= e->count && first - e->inside <= e->count - count;
}

/* The caller's extents without its id 0. */
static struct idmap without_root(const struct idmap *own)
{
	struct idmap map = { 0 };

	for (size_t i = 0; i < own->count; i++) {
		struct idmap_extent e = own->extents[i];

		if (e.inside == 0) {
			e.inside++;
			e.outside++;
			e.count--;
		}
		if (e.count > 0)
			map.extents[map.count++] = e;
	}
	return map;
}

/* Takes the largest extent out of the map; the map must not be empty. */
static struct idmap_extent take_largest(struct idmap *map)
{
	struct idmap_extent *largest = map->extents, got;

	for (size_t i = 1; i < map->count; i++)
		if (map->extents[i].count > largest->count)
			largest = &map->extents[i];
	got = *largest;
	*largest = map->extents[--map->count];
	return got;
}

int idmap_choose(const struct idmap *own, uint32_t want, struct idmap *ret)
{
	struct idmap left = without_root(own), map = { 0 };

	for (size_t i = 0; i < left.count && map.count == 0; i++)
		if (want > 0 && covers(&left.extents[i], FAR_ID, want))
			append(&map, FAR_ID, want);
	if (map.count > 0)
		want = 0;
	/*
	 * Else the highest ids of the largest extents. Each stays an extent of its own, although
	 * neighbours could be joined: the kernel wants a range within one line of the parent's map.
	 */
	while (want > 0 && left.count > 0) {
		struct idmap_extent e = take_largest(&left);
		uint32_t count = e.count < want ? e.count : want;

		append(&map, e.inside + (e.count - count), count);
		want -= count;
	}
	if (map.count == 0)
		return -ENOSPC;
	*ret = map;
	return 0;
}
