// SPDX-License-Identifier: MIT
/* Reading JSON with strict types: see json.h. */
#include "image/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"

int json_parse(const char *str, size_t len, json_t **ret, struct err *err)
{
	json_error_t why;
	json_t *root = json_loadb(str, len, JSON_REJECT_DUPLICATES, &why);
	char shown[sizeof(why.text)];

	if (!root) {
		/* the parser quotes what it found */
		text_escape(shown, sizeof(shown), why.text, strlen(why.text));
		return err_set(err, EINVAL, "not valid JSON, line %d: %s", why.line, shown);
	}
	*ret = root;
	return 0;
}

/*
 * The member into *ret, or NULL when absent or null. Other readers take names in any case (Go's
 * do), so a second one in other letters would give them another image.
 */
static int member(json_t *object, const char *key, json_t **ret, struct err *err)
{
	json_t *value = json_object_get(object, key), *other_value;
	const char *other;

	*ret = json_is_null(value) ? NULL : value;
	if (!value)
		return 0;
	json_object_foreach(object, other, other_value) if (
		other_value != value &&
		!strcasecmp(other, key)) return err_set(err, EINVAL,
							"'%s' stands there twice, in other letters",
							key);
	return 0;
}

int json_get_object(json_t *object, const char *key, json_t **ret, struct err *err)
{
	json_t *value;
	int r = member(object, key, &value, err);

	if (r == 0 && value && !json_is_object(value))
		return err_set(err, EINVAL, "'%s' is not an object", key);
	if (r == 0 && value)
		*ret = value;
	return r;
}

int json_get_array(json_t *object, const char *key, json_t **ret, struct err *err)
{
	json_t *value;
	int r = member(object, key, &value, err);

	if (r == 0 && value && !json_is_array(value))
		return err_set(err, EINVAL, "'%s' is not a list", key);
	if (r == 0 && value)
		*ret = value;
	return r;
}

int json_get_string(json_t *object, const char *key, const char **ret, struct err *err)
{
	json_t *value;
	int r = member(object, key, &value, err);

	if (r == 0 && value && !json_is_string(value))
		return err_set(err, EINVAL, "'%s' is not a text", key);
	if (r == 0 && value)
		*ret = json_string_value(value);
	return r;
}

int json_get_size(json_t *object, const char *key, uint64_t *ret, struct err *err)
{
	json_t *value;
	int r = member(object, key, &value, err);

	if (r == 0 && value && (!json_is_integer(value) || json_integer_value(value) < 0))
		return err_set(err, EINVAL, "'%s' is not a size", key);
	if (r == 0 && value)
		*ret = (uint64_t)json_integer_value(value);
	return r;
}

int json_get_strings(json_t *object, const char *key, const char ***ret, size_t *ret_count,
		     struct err *err)
{
	AUTO_FREE const char **list = NULL;
	json_t *array = NULL, *value;
	size_t i;
	int r = json_get_array(object, key, &array, err);

	if (r < 0)
		return r;
	list = calloc(json_array_size(array) + 1, sizeof(*list));
	if (!list)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(array, i, value)
	{
		if (!json_is_string(value))
			return err_set(err, EINVAL, "'%s' holds something that is not a text", key);
		list[i] = json_string_value(value);
	}
	*ret = STEAL_PTR(list);
	*ret_count = json_array_size(array);
	return 0;
}
