// SPDX-License-Identifier: MIT
/*
 * Where the unpacker is fuzzed: a tmpfs in a private mount namespace that is the whole world of the
 * process, with a directory to unpack into and one that must stay as it is. Needs root.
 */
#ifndef NSPROOF_FUZZ_SANDBOX_H
#define NSPROOF_FUZZ_SANDBOX_H

#include <stddef.h>

/* Unpacks these bytes there, whatever they are; aborts when anything outside has changed. */
void sandbox_unpack(const void *bytes, size_t size);

#endif
