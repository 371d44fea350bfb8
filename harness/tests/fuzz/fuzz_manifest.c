// SPDX-License-Identifier: MIT
/* Any text through the readers of descriptions; its first byte chooses the reader. */
#include <stddef.h>
#include <stdint.h>

#include "image/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct image_wish wish = { .platform = { "linux", "amd64", "" } };
	const char *json = (const char *)data + 1;
	struct manifest manifest = { 0 };
	struct manifest_pick pick = { 0 };
	struct manifest_config config = { 0 };
	struct err err;

	if (!size--)
		return 0;
	switch (data[0]) {
	case 'd':
		manifest_parse_docker(json, size, NULL, &manifest, &err);
		break;
	case 'r':
		manifest_parse_docker(json, size, "a:b", &manifest, &err);
		break;
	case 'm':
		manifest_parse_oci(json, size, &manifest, &err);
		break;
	case 'i':
		manifest_parse_index(json, size, &wish, &pick, &err);
		break;
	default:
		manifest_parse_config(json, size, &config, &err);
	}
	manifest_done(&manifest);
	manifest_pick_done(&pick);
	manifest_config_done(&config);
	return 0;
}
