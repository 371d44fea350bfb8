// SPDX-License-Identifier: MIT
/* nftables by library: libnftables(3), loaded at first use because few commands need it. */
#ifndef NSPROOF_KERNEL_NFT_H
#define NSPROOF_KERNEL_NFT_H

#include "base/err.h"

/*
 * Loads the library, for a process that is about to enter a root where it can't be found. Once is
 * enough; children inherit it. -ENOSYS: it is missing.
 */
int nft_load(struct err *err);

/*
 * Runs commands in the syntax of nft(8), one a line, in the caller's network namespace, as one
 * transaction: all or none. -ENOSYS: the library is missing; -EIO: the first line of what it says.
 * The library stays loaded: the first call takes about 5 ms, later ones 1 ms.
 */
int nft_run(const char *commands, struct err *err);

#endif
