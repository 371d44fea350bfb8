// SPDX-License-Identifier: MIT
/*
 * The tree that an image's layers come to, in memory: which entry of which layer becomes which
 * file. Pure: it makes no system call, and symbolic links are resolved here and not by the kernel,
 * so that what is written to disk has one canonical place below the root, reached through
 * directories alone.
 *
 * Layers are taken in one of two orders. Upwards, lowest first, is what the specification says, and
 * exact for any image; but what a later layer replaces is written and then removed. Downwards, the
 * uppermost first, each path is written once: what is known to be hidden is skipped. That needs
 * layers to list the directories that they have files in, as all engines write them. Where one does
 * not, and a lower layer turns out to have something else there, MERGE_AGAIN asks to begin anew,
 * upwards.
 */
#ifndef NSPROOF_IMAGE_MERGE_H
#define NSPROOF_IMAGE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/plan.h"

/* deeper than any real tree; links between layers could make deeper ones than a path has room for */
#define MERGE_DEPTH_MAX 256

enum node_kind {
	NODE_NONE, /* nothing is known to be there */
	NODE_DIR,
	NODE_LINK, /* symbolic link */
	NODE_FILE, /* anything else */
	NODE_GONE, /* a whiteout: whatever lower layers have there is hidden */
};

/* A place in the tree. Ids are indexes; a parent's is always lower than its children's. */
struct node {
	uint32_t parent, child, sibling, chain; /* 0: none */
	uint32_t name;                          /* offset of the text, see merge_name() */
	uint32_t extra;  /* NODE_LINK: offset of the target; NODE_DIR: the writer's note */
	uint16_t layer;  /* that decided what is here; layers count from 1 */
	uint16_t dir;    /* the last layer that listed it as a directory, hidden or not */
	uint16_t nondir; /* ... as anything else */
	uint16_t opaque; /* what layers below this one have in the directory is hidden */
	uint16_t depth;
	uint16_t slot; /* the writer's: where its descriptor is kept */
	uint8_t kind;
	bool announced : 1; /* a directory that a layer has listed, with owner, mode and time */
	bool assumed : 1;   /* a layer relied on its being a directory without listing it */
	bool made : 1;      /* the writer's: it is on disk, or will be in a moment */
	bool dropped : 1;   /* removed; the id is never used again */
};

#define NODE_ROOT 1

struct merge;

enum merge_order { MERGE_UPWARDS, MERGE_DOWNWARDS, MERGE_OVERLAY };

enum merge_act {
	MERGE_SKIP,     /* hidden, or nothing to do */
	MERGE_WRITE,    /* make `node`, or set a directory's metadata */
	MERGE_LINK,     /* make `node` as a hard link to `target` */
	MERGE_WHITEOUT, /* MERGE_OVERLAY: make `node` as a whiteout */
	MERGE_AGAIN,    /* downwards can't decide it: begin anew, upwards */
};

/* What was on disk and has to go before the act. */
struct merge_removal {
	uint32_t node; /* the id, which may be in use for its successor */
	bool is_dir;
};

struct merge_step {
	enum merge_act act;
	uint32_t node, target;
	const struct merge_removal *removals; /* children first; valid until the next call */
	size_t removal_count;
};

/*
 * MERGE_OVERLAY is for one layer alone, whose whiteouts stay. NULL: out of memory.
 */
struct merge *merge_new(enum merge_order order);
void merge_free(struct merge **m);

/* Begins a layer; numbers from 1, rising or falling according to the order. */
void merge_layer(struct merge *m, uint16_t layer);

/*
 * Decides about an entry whose plan is not to reject it. -EBADMSG: it does not fit the tree (a
 * parent that is a file, a hard link to nothing); -ENOMEM.
 */
int merge_entry(struct merge *m, const struct plan *plan, const struct entry *entry,
		struct merge_step *ret, struct err *err);

/* Ids run from NODE_ROOT to merge_count() - 1. Pointers live until the next merge_entry(). */
struct node *merge_node(struct merge *m, uint32_t id);
uint32_t merge_count(const struct merge *m);
const char *merge_name(const struct merge *m, uint32_t id);

#define AUTO_MERGE __attribute__((cleanup(merge_free)))

#endif
