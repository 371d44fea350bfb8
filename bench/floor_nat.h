// SPDX-License-Identifier: MIT
/*
 * The floor of address translation: the same table, chain and rule as container/network.h asks
 * nftables for, as the bytes that the kernel takes, in one transaction.
 */
#ifndef NSPROOF_BENCH_FLOOR_NAT_H
#define NSPROOF_BENCH_FLOOR_NAT_H

#include "base/err.h"

/* A socket to netfilter in the caller's network namespace. Returns its descriptor. */
int floor_nat_open(struct err *err);

int floor_nat_start(int sock, struct err *err);
int floor_nat_stop(int sock, struct err *err);

#endif
