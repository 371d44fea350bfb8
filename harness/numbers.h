// SPDX-License-Identifier: MIT
/* Numbers of the command line that need not be whole. */
#ifndef NSPROOF_NUMBERS_H
#define NSPROOF_NUMBERS_H

#include "base/err.h"

/*
 * A number above 0 and up to `max`, with or without `unit` behind it. `str` NULL: *ret stays as it
 * is. -EINVAL names the option.
 */
int parse_positive(const char *str, const char *option, const char *unit, double max, double *ret,
		   struct err *err);

#endif
