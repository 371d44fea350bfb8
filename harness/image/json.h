// SPDX-License-Identifier: MIT
/* Reading JSON with strict types; every failure names the key. Pure. */
#ifndef NSPROOF_IMAGE_JSON_H
#define NSPROOF_IMAGE_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Parses a whole text; twice the same key and NUL in a text are refused. -EINVAL. */
int json_parse(const char *str, size_t len, json_t **ret, struct err *err);

/*
 * Members of an object. Absent and null are the same; then *ret stays as it is (its default).
 * -EINVAL: another type, or the key twice in letters of another case. The results belong to the
 * object.
 */
int json_get_object(json_t *object, const char *key, json_t **ret, struct err *err);
int json_get_array(json_t *object, const char *key, json_t **ret, struct err *err);
int json_get_string(json_t *object, const char *key, const char **ret, struct err *err);
int json_get_size(json_t *object, const char *key, uint64_t *ret, struct err *err);

/* A list of texts, as a NULL-terminated array that the caller frees; absent: an empty one. */
int json_get_strings(json_t *object, const char *key, const char ***ret, size_t *ret_count,
		     struct err *err);

static inline void json_donep(json_t **json)
{
	json_decref(*json);
}

#define AUTO_JSON __attribute__((cleanup(json_donep)))

#endif
