// SPDX-License-Identifier: MIT
/* What no namespace hides: reached even from a sealed container. A change is news. */
#include <fcntl.h>

#include "probe.h"

PROBE(open_boot_id, "reads the kernel's boot id")
{
	return token_of_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id");
}
