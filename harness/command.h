// SPDX-License-Identifier: MIT
/*
 * The table of subcommands. Dispatch, usage, --help, the man page and the shell completion all read
 * it. One file a subcommand: cmd_<name>.c.
 */
#ifndef NSPROOF_COMMAND_H
#define NSPROOF_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/opt.h"

/* Exit statuses, the same for every command; by precedence 2, 1, 3, 4, 0. */
enum status {
	STATUS_OK = 0,           /* as expected */
	STATUS_LEAK = 1,         /* a leak, or a regression */
	STATUS_USAGE = 2,        /* usage or input */
	STATUS_UNPROVEN = 3,     /* blind or broken */
	STATUS_NOTHING = 4,      /* nothing was selected, or everything was skipped */
	STATUS_INTERRUPTED = 130 /* SIGINT */
};

struct command {
	const char *name;    /* one word, or two: "image unpack" */
	const char *args;    /* what follows the options in the usage line, "" for none */
	const char *about;   /* one line, no full stop */
	const char *details; /* paragraphs for --help and the man page, or NULL */
	/* Returns the option rows; they live as long as the program. NULL: no options. */
	struct opt_table (*options)(void);
	size_t values_size;       /* of the struct that the options fill */
	const void *defaults;     /* its start value, or NULL for all zero */
	bool stop_at_word;        /* options end at the first word (the rest is a command line) */
	int min_words, max_words; /* how many words it takes; max < 0: any number */
	/*
	 * Returns an exit status, or a negative errno with `err` filled, which main prints; then the
	 * exit status is STATUS_USAGE. With a positive status a filled `err` is printed too.
	 */
	int (*run)(void *values, int count, char **words, struct err *err);
};

/* NULL-terminated, in the order of the help. */
extern const struct command *const commands[];

#define COMMAND_OPTIONS(name, rows)                                                                \
	static struct opt_table name(void)                                                         \
	{                                                                                          \
		return (struct opt_table){ rows, sizeof(rows) / sizeof((rows)[0]) };               \
	}

#endif
