// SPDX-License-Identifier: MIT
/* See numbers.h. */
#include "numbers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int parse_positive(const char *str, const char *option, const char *unit, double max, double *ret,
		   struct err *err)
{
	char *end;
	double value;

	if (!str)
		return 0;
	value = strtod(str, &end);
	if (end == str || (*end && strcmp(end, unit) != 0) || !(value > 0) || value > max)
		return err_set(err, EINVAL, "%s: '%s' is not a number above 0 and up to %g", option,
			       str, max);
	*ret = value;
	return 0;
}
