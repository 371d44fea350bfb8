// SPDX-License-Identifier: MIT
/* Any bytes as an image, through the whole of the unpacker. */
#include <stdint.h>

#include "sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sandbox_unpack(data, size);
	return 0;
}
