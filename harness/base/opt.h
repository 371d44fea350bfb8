// SPDX-License-Identifier: MIT
/*
 * The option table: one row an option. Parsing, --help, the man page and the shell completion all
 * read the same rows. Values land in a struct that the caller passes down, never in globals.
 */
#ifndef NSPROOF_BASE_OPT_H
#define NSPROOF_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum opt_type {
	OPT_FLAG,   /* bool: set to true */
	OPT_INT,    /* int: between min and max */
	OPT_SIZE,   /* uint64_t: from 1 on; k, M, G and T are powers of 1024 */
	OPT_STRING, /* const char *: points into argv */
	OPT_CHOICE, /* int: index of the value in `arg`, which reads "text|json|ktap" */
	OPT_BITS,   /* uint64_t: the bits of `clear` are taken out */
};

struct opt {
	char letter; /* 0: only a long name */
	enum opt_type type;
	const char *name; /* without the dashes */
	const char *arg;  /* how the value is called in the help; NULL for OPT_FLAG and OPT_BITS */
	size_t offset;    /* of the value in the options struct */
	const char *help; /* one line, no full stop */
	int min, max;     /* OPT_INT */
	uint64_t clear;   /* OPT_BITS */
};

/* A table of rows; commands may have two (their own, and one made from another table). */
struct opt_table {
	const struct opt *rows;
	size_t count;
};

/*
 * Parses argv[1..] into the struct at `values` (which holds the defaults). Options end at "--";
 * with `stop_at_word` also at the first word that is no option, otherwise words and options mix.
 * Words are moved to the front of argv, from argv[0] on, and *ret_words is their number; argv is
 * NULL-terminated after them. A word after "--" is always a word.
 * -EINVAL: an unknown option, a missing or a wrong value; the text names it and says what to do.
 */
int opt_parse(struct opt_table table, int argc, char **argv, bool stop_at_word, void *values,
	      int *ret_words, struct err *err);

/* Appends one aligned line an option, for --help. */
void opt_help(struct opt_table table, struct text *out);

/* The `index`-th value of an OPT_CHOICE row's `arg`; its length in *ret_len; NULL past the last. */
const char *opt_choice(const char *arg, int index, size_t *ret_len);

#endif
