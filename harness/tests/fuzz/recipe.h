// SPDX-License-Identifier: MIT
/*
 * Layers as text, which people can read and a fuzzer can change:
 *
 *	layer                    begins the next one
 *	dir NAME
 *	file NAME [CONTENT]
 *	link NAME TARGET         symbolic
 *	hard NAME TARGET
 *	fifo NAME
 *	char NAME
 *
 * %XX stands for any byte but NUL. Lines that are none of these are left out.
 */
#ifndef NSPROOF_FUZZ_RECIPE_H
#define NSPROOF_FUZZ_RECIPE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RECIPE_LAYERS  8
#define RECIPE_ENTRIES 64
#define RECIPE_TEXT    600

struct recipe_entry {
	int layer; /* from 0 on */
	mode_t type;
	char name[RECIPE_TEXT];
	char target[RECIPE_TEXT]; /* or content */
	int hard;
};

struct recipe {
	struct recipe_entry entries[RECIPE_ENTRIES];
	size_t count;
	int layers; /* at least one */
};

void recipe_parse(const uint8_t *data, size_t size, struct recipe *ret);

#endif
