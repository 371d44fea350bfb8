// SPDX-License-Identifier: MIT
/* Files in the making: see pool.h. */
#include "image/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

#define BATCH_SIZE  ((size_t)256 << 10)
#define BATCHES     8
#define THREADS_MAX 4

struct batch {
	struct batch *next;
	struct job *first, **last;
	size_t used;
	_Alignas(max_align_t) char data[];
};

struct pool {
	const struct meta_rules *rules;
	struct batch *current; /* being filled */
	size_t made;           /* batches in all */
	int wanted, threads;   /* threads are started with the first full batch */
	pthread_t ids[THREADS_MAX];
	pthread_mutex_t lock;
	pthread_cond_t work, idle; /* there is a batch to take; one has been given back */
	struct batch *queue, **queue_end, *free;
	int busy; /* batches taken */
	bool ending;
	struct err failure; /* the first one */
	atomic_bool failed;
	atomic_uint_fast64_t skipped;
};

struct pool *pool_new(const struct meta_rules *rules, int threads)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->rules = rules;
	p->wanted = threads < THREADS_MAX ? threads : THREADS_MAX;
	p->queue_end = &p->queue;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->idle, NULL);
	return p;
}

static int make_regular(const struct job *j, const struct meta_rules *rules,
			struct meta_xattrs *xattrs, struct err *err)
{
	AUTO_CLOSE int fd = openat(j->dir->fd, j->name,
				   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				   j->meta.mode & 0777);
	int r;

	if (fd < 0)
		return pool_making_failed(err);
	r = j->size > 0 ? fd_write_full(fd, j->content, j->size) : 0;
	if (r < 0)
		return err_set(err, -r, "writing: %s", strerror(-r));
	return meta_set_fd(fd, &j->meta, rules, xattrs, err);
}

static int make(const struct job *j, const struct meta_rules *rules, struct meta_xattrs *xattrs,
		struct err *err)
{
	int r;

	if (S_ISREG(j->type))
		return make_regular(j, rules, xattrs, err);
	if (S_ISLNK(j->type))
		r = symlinkat(j->symlink, j->dir->fd, j->name);
	else
		r = mknodat(j->dir->fd, j->name, j->type | (j->meta.mode & 0777), j->device);
	if (r < 0)
		return pool_making_failed(err);
	return meta_set_at(j->dir->fd, j->name, &j->meta, rules, S_ISLNK(j->type), xattrs, err);
}

int pool_making_failed(struct err *err)
{
	if (errno == EEXIST)
		return err_set(err, EBADMSG,
			       "to this file system it has the same name as another entry");
	return err_sys(err, "making it");
}

int pool_run(struct pool *p, const struct job *j, struct err *err)
{
	struct meta_xattrs xattrs = { j->xattrs, j->xattr_count, 0 };
	char shown[160];
	int r = make(j, p->rules, &xattrs, err);

	if (xattrs.refused)
		atomic_fetch_add(&p->skipped, xattrs.refused);
	if (r == 0)
		return 0;
	text_escape(shown, sizeof(shown), j->name, strlen(j->name));
	return err_wrap(err, "'%s'", shown);
}

/* After a failure the rest is only let go. */
static void run_batch(struct pool *p, struct batch *b)
{
	struct err err;

	for (struct job *j = b->first; j; j = j->next) {
		if (!atomic_load(&p->failed) && pool_run(p, j, &err) < 0) {
			pthread_mutex_lock(&p->lock);
			if (!p->failure.num)
				p->failure = err;
			atomic_store(&p->failed, true);
			pthread_mutex_unlock(&p->lock);
		}
		atomic_fetch_sub(&j->dir->pins, 1);
	}
}

static void *work(void *data)
{
	struct pool *p = data;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct batch *b = p->queue;

		if (!b && p->ending)
			break;
		if (!b) {
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		p->queue = b->next;
		if (!p->queue)
			p->queue_end = &p->queue;
		p->busy++;
		pthread_mutex_unlock(&p->lock);
		run_batch(p, b);
		pthread_mutex_lock(&p->lock);
		p->busy--;
		b->next = p->free;
		p->free = b;
		pthread_cond_signal(&p->idle);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Fewer threads than wanted, or none, is no failure. */
static void start_threads(struct pool *p)
{
	sigset_t all, before;

	/* signals are for the thread that looks for them */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	while (p->threads < p->wanted && pthread_create(&p->ids[p->threads], NULL, work, p) == 0)
		p->threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	p->wanted = p->threads;
}

static int failure(struct pool *p, struct err *err)
{
	pthread_mutex_lock(&p->lock);
	*err = p->failure;
	pthread_mutex_unlock(&p->lock);
	return -err->num;
}

/* Hands in the current batch; threads begin with the first that is full. */
static int submit(struct pool *p, bool full, struct err *err)
{
	struct batch *b = p->current;

	if (!b)
		return 0;
	if (full && p->threads < p->wanted)
		start_threads(p);
	p->current = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->threads) {
		b->next = NULL;
		*p->queue_end = b;
		p->queue_end = &b->next;
		pthread_cond_signal(&p->work);
		pthread_mutex_unlock(&p->lock);
	} else {
		pthread_mutex_unlock(&p->lock);
		run_batch(p, b);
		b->next = p->free;
		p->free = b;
	}
	return atomic_load(&p->failed) ? failure(p, err) : 0;
}

/* An empty batch: a new one while there are few, else one that comes back. */
static int take_empty(struct pool *p, struct err *err)
{
	struct batch *b;

	pthread_mutex_lock(&p->lock);
	while (!p->free && p->made >= BATCHES)
		pthread_cond_wait(&p->idle, &p->lock);
	b = p->free;
	if (b)
		p->free = b->next;
	pthread_mutex_unlock(&p->lock);
	if (!b) {
		b = malloc(sizeof(*b) + BATCH_SIZE);
		if (!b)
			return err_set(err, ENOMEM, "out of memory");
		p->made++;
	}
	b->first = NULL;
	b->last = &b->first;
	b->used = 0;
	p->current = b;
	return 0;
}

static void *carve(struct batch *b, size_t size)
{
	void *at = b->data + b->used;

	b->used += (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	return at;
}

static char *carve_copy(struct batch *b, const void *bytes, size_t size)
{
	return memcpy(carve(b, size), bytes, size);
}

/* An upper bound of what a job takes. */
static size_t weight(const struct job *j, size_t size)
{
	size_t sum = sizeof(*j) + strlen(j->name) + 1 + size + j->xattr_count * sizeof(*j->xattrs) +
		     (j->symlink ? strlen(j->symlink) : 0);

	for (size_t i = 0; i < j->xattr_count; i++)
		sum += strlen(j->xattrs[i].name) + 1 + j->xattrs[i].size + 2 * sizeof(max_align_t);
	return sum + 6 * sizeof(max_align_t);
}

static struct job *copy_job(struct batch *b, const struct job *job, size_t size)
{
	struct job *j = carve(b, sizeof(*j));

	*j = *job;
	j->next = NULL;
	j->name = carve_copy(b, job->name, strlen(job->name) + 1);
	if (job->symlink)
		j->symlink = carve_copy(b, job->symlink, strlen(job->symlink) + 1);
	j->content = carve(b, size);
	j->size = size;
	j->xattrs = carve(b, job->xattr_count * sizeof(*j->xattrs));
	for (size_t i = 0; i < job->xattr_count; i++) {
		const struct entry_xattr *x = &job->xattrs[i];

		j->xattrs[i].name = carve_copy(b, x->name, strlen(x->name) + 1);
		j->xattrs[i].value = carve_copy(b, x->value, x->size);
		j->xattrs[i].size = x->size;
	}
	*b->last = j;
	b->last = &j->next;
	return j;
}

int pool_add(struct pool *p, const struct job *job, size_t size, struct job **ret, struct err *err)
{
	size_t need = weight(job, size);
	int r;

	if (need > BATCH_SIZE)
		return -E2BIG;
	r = p->current && p->current->used + need > BATCH_SIZE ? submit(p, true, err) : 0;
	if (r == 0 && !p->current)
		r = take_empty(p, err);
	if (r < 0)
		return r;
	atomic_fetch_add(&job->dir->pins, 1);
	*ret = copy_job(p->current, job, size);
	return 0;
}

int pool_drain(struct pool *p, struct err *err)
{
	int r = submit(p, false, err);

	pthread_mutex_lock(&p->lock);
	while (p->queue || p->busy)
		pthread_cond_wait(&p->idle, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return r < 0 ? r : atomic_load(&p->failed) ? failure(p, err) : 0;
}

uint64_t pool_xattrs_skipped(const struct pool *p)
{
	return atomic_load(&p->skipped);
}

static void free_list(struct batch *b)
{
	while (b) {
		struct batch *next = b->next;

		free(b);
		b = next;
	}
}

void pool_free(struct pool **pool)
{
	struct pool *p = *pool;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	atomic_store(&p->failed, true);
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads; i++)
		pthread_join(p->ids[i], NULL);
	free_list(p->queue);
	free_list(p->free);
	free(p->current);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->idle);
	free(p);
	*pool = NULL;
}
