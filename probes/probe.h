// SPDX-License-Identifier: MIT
/*
 * What a probe is made of. A probe is one attempt to reach one thing of the host, from inside the
 * container; it runs once and ends with one answer line. It shares no code with the harness that
 * judges it, and it may stop at the first failed call: MUST(), die().
 *
 * The protocol, lines of text on standard input and output so that a person can speak it too:
 *
 *   ready                      only from a probe that waits for a stimulus; answered by "go"
 *   reached TOKEN EVIDENCE     TOKEN was read from the canary; "-" where an effect is the proof
 *   acted EVIDENCE             the act succeeded; a witness outside decides whether it arrived
 *   blocked OUTCOME EVIDENCE   the name of an errno, or absent, unchanged, silent
 *   error TEXT                 the probe could not do its work, so this proves nothing
 *
 * EVIDENCE is one line and holds nothing that differs between two runs (no token, pid, port, name
 * of a canary), so that two reports can be compared.
 */
#ifndef NSPROBE_PROBE_H
#define NSPROBE_PROBE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "list.h"

/* Made only by the functions below: a probe cannot return without an answer. */
struct answer {
	const char *line;
};

struct probe {
	const char *about; /* what it does, one line */
	struct answer (*run)(void);
};

#define PROBE(name, text)                                                                          \
	static struct answer run_##name(void);                                                     \
	const struct probe probe_##name = { text, run_##name };                                    \
	static struct answer run_##name(void)

#define PROBE_EXTERN(id, name) extern const struct probe probe_##name;
PROBE_LIST(PROBE_EXTERN)
#undef PROBE_EXTERN

#define NO_TOKEN "-" /* reached() by effect */

/* The answers. An empty token is an error: something was opened, but it was not the canary. */
struct answer reached(const char *token, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct answer acted(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
struct answer blocked(const char *outcome, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct answer failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Blocked by this errno. An errno that says "no resources", "interrupted" or "no answer in time"
 * does not mean that the host is out of reach: it makes an error instead.
 */
struct answer blocked_errno(int num, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Writes the answer in one go; the exit status to leave with. */
int answer_write(struct answer answer);

/* Ends the probe with an error answer. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The value of a call that has to work (it returns a negative number and sets errno if not). */
#define MUST(call)                                                                                 \
	__extension__({                                                                            \
		long must_ = (long)(call);                                                         \
		if (must_ < 0)                                                                     \
			die("%s: %s", #call, strerror(errno));                                     \
		must_;                                                                             \
	})

/* Arguments are words "key=value". args_set() dies on a word that is none. */
void args_set(char **words);
bool arg_given(const char *key);
/* These die when the argument is missing, empty, no number or out of range. */
const char *arg_str(const char *key);
long long arg_int(const char *key, long long min, long long max);

/* Says "ready" and waits for "go". Exits with 1 when the other side has gone. */
void wait_for_go(void);

/*
 * The first line that comes out of a descriptor, without surrounding space. NULL and errno when
 * reading fails. The next call overwrites it.
 */
const char *read_token(int fd);
/* The same from bytes that are already here: trims in place, ends with NUL within `size`. */
const char *first_line(char *buf, size_t len, size_t size);

/* Opens a file (below `dirfd`, or AT_FDCWD) and answers with its token, or with the errno. */
struct answer token_of_file(int dirfd, const char *path);

/*
 * A whole file as text with a NUL behind it; the caller frees it. NULL and errno on failure.
 * `ret_len` may be NULL.
 */
char *read_all(const char *path, size_t *ret_len);

static inline void probe_close(int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	errno = keep;
}

static inline void probe_free(void *ptr)
{
	int keep = errno;

	free(*(void **)ptr);
	errno = keep;
}

#define AUTO_CLOSE __attribute__((cleanup(probe_close)))
#define AUTO_FREE  __attribute__((cleanup(probe_free)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The probe of that id; NULL: there is none. */
const struct probe *probe_find(const char *id);

/* Answers the questions on standard input until it ends (nsprobe serve); the exit status. */
int serve(void);

/* Prints what the container sees, for a guided tour (nsprobe look). */
int look(void);

/* For benchmarks: see floor.c. Both return the exit status. */
int floor_run(char **words); /* the root directory, the program as seen from there, its arguments */
int namespaces_print(void);  /* the own pid, and a line "mnt:[NUMBER]" for each of the six */

#endif
