// SPDX-License-Identifier: MIT
/* How one part of an image names another: see descriptor.h. */
#include "image/descriptor.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "image/json.h"

bool is_hex64(const char *str)
{
	return strspn(str, "0123456789abcdef") == 64;
}

bool digest_valid(const char *digest)
{
	return text_starts(digest, "sha256:") && is_hex64(digest + 7) && !digest[71];
}

int digest_check(const char *digest, const char *what, struct err *err)
{
	if (digest_valid(digest))
		return 0;
	if (text_starts(digest, "sha512:"))
		return err_set(err, EINVAL, "%s is by sha512; only sha256 is supported", what);
	return err_set(err, EINVAL, "%s is not 'sha256:' and 64 hexadecimal digits", what);
}

void digest_from_name(const char *name, char ret[DIGEST_SIZE])
{
	ret[0] = '\0';
	if (text_starts(name, BLOBS))
		name += strlen(BLOBS);
	else if (text_starts(name, "sha256:"))
		name += strlen("sha256:");
	if (!is_hex64(name) || (name[64] && strcmp(name + 64, ".json") != 0))
		return;
	memcpy(ret, "sha256:", 7);
	memcpy(ret + 7, name, 64);
	ret[71] = '\0';
}

int descriptor_parse(json_t *json, struct manifest_ref *ret, const char **ret_type, struct err *err)
{
	const char *digest = "";
	uint64_t size = UINT64_MAX;
	int r;

	*ret_type = "";
	if (!json_is_object(json))
		return err_set(err, EINVAL, "a descriptor is missing or not an object");
	if ((r = json_get_string(json, "digest", &digest, err)) < 0 ||
	    (r = json_get_string(json, "mediaType", ret_type, err)) < 0 ||
	    (r = json_get_size(json, "size", &size, err)) < 0 ||
	    (r = digest_check(digest, "a digest", err)) < 0)
		return r;
	*ret = (struct manifest_ref){ .sized = size != UINT64_MAX, .size = size };
	memcpy(ret->digest, digest, DIGEST_SIZE);
	return 0;
}
