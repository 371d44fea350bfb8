// SPDX-License-Identifier: MIT
/* The seccomp filter, compiled while nsproof was built: see filter.h and filter_compile.c. */
#include "container/filter.h"

#include "base/cleanup.h"

static struct sock_filter code[] = {
#include <filter_code.inc>
};

const struct sock_fprog *container_filter(void)
{
	static const struct sock_fprog filter = { ARRAY_SIZE(code), code };

	return &filter;
}
