// SPDX-License-Identifier: MIT
/* Inside the catalogue: the suites in order, one file each. A suite file ends with CHECK_SUITE().
 */
#ifndef NSPROOF_CHECK_SUITES_H
#define NSPROOF_CHECK_SUITES_H

#include "base/cleanup.h"
#include "check/check.h"

/* the formatter finds no form for this list that it would keep */
/* clang-format off */
#define SUITE_LIST(SUITE) \
	SUITE(pid) SUITE(proc) SUITE(sys) SUITE(mount) SUITE(mount_leaks) SUITE(propagation) \
	SUITE(net) SUITE(net_lists) SUITE(net_traffic) SUITE(net_links) \
	SUITE(uts) SUITE(ipc) SUITE(dev) SUITE(fd) SUITE(fd_handle) SUITE(key) \
	SUITE(user) SUITE(cap) SUITE(cgroup) SUITE(time) SUITE(open) \
	SUITE(escape) SUITE(nested) SUITE(life) SUITE(works) SUITE(cve)
/* clang-format on */

#define SUITE_EXTERN(suite) extern const struct check_suite suite_##suite;
SUITE_LIST(SUITE_EXTERN)
#undef SUITE_EXTERN

#define CHECK_SUITE(suite, checks)                                                                 \
	const struct check_suite suite_##suite = { #suite, checks, ARRAY_SIZE(checks) }
/* A further file of a suite that has more rows than fit into one. */
#define CHECK_SUITE_PART(suite, part, checks)                                                      \
	const struct check_suite suite_##part = { #suite, checks, ARRAY_SIZE(checks) }

#endif
