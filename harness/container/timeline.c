// SPDX-License-Identifier: MIT
/* Marks on a shared page: see timeline.h. */
#include "container/timeline.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

const char *const phase_names[PHASE_COUNT + 1] = {
	"clone",   "maps",       "mounts", "pivot", "proc",     "dev",
	"network", "privileges", "exec",   "exit",  "teardown", NULL,
};

struct timeline *timeline_new(int64_t (*now)(void), struct err *err)
{
	struct timeline *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (t == MAP_FAILED) {
		err_sys(err, "a page for the time line");
		return NULL;
	}
	t->now = now;
	return t;
}

void timeline_free(struct timeline *t)
{
	if (t)
		munmap(t, sizeof(*t));
}

void timeline_start(struct timeline *t)
{
	memset(t->ns, 0, sizeof(t->ns));
	t->last = t->now();
}

void timeline_mark(struct timeline *t, enum phase phase, int64_t ahead)
{
	int64_t at;

	if (!t)
		return;
	at = t->now() - ahead;
	t->ns[phase] += at - t->last;
	t->last = at;
}
