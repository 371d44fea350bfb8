// SPDX-License-Identifier: MIT
/*
 * Any layers, given as a recipe, as a sound image through the whole of the unpacker: deeper than
 * bytes get, which mostly fail at a checksum.
 */
#include <sys/stat.h>

#include "assemble.h"
#include "base/cleanup.h"
#include "recipe.h"
#include "sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pack_node node_of(const struct recipe_entry *e)
{
	return (struct pack_node){
		.path = e->name,
		.mode = e->type | 0755,
		.content = S_ISREG(e->type) && !e->hard ? e->target : NULL,
		.link = S_ISLNK(e->type) ? e->target : NULL,
		.hardlink = e->hard ? e->target : NULL,
		.major = 1,
		.minor = 3,
	};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct recipe recipe;
	static struct file_list list;
	struct image_spec spec = { .tag = "a:b" };
	AUTO_TEXT struct text tar = { 0 };

	recipe_parse(data, size, &recipe);
	for (int i = 0; i < recipe.layers; i++) {
		struct archive *a = tarball_begin(&spec.layers[i]);

		for (size_t k = 0; k < recipe.count; k++) {
			const struct pack_node node = node_of(&recipe.entries[k]);

			/* the writer would refuse an entry without a name */
			if (recipe.entries[k].layer == i && node.path[0])
				tarball_add(a, &node);
		}
		tarball_end(a);
	}
	spec.layer_count = (size_t)recipe.layers;
	assemble_classic(&spec, &list);
	file_list_tar(&list, &tar);
	sandbox_unpack(tar.str, tar.len);
	file_list_done(&list);
	for (size_t i = 0; i < spec.layer_count; i++)
		text_done(&spec.layers[i]);
	return 0;
}
