// SPDX-License-Identifier: MIT
/*
 * A ring of buffers: see ring.h. No wait here has a deadline: each is for a thread of ours that is
 * at work on one buffer, and ring_stop() ends them all.
 */
#include "image/ring.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	uint8_t *buf;
	size_t len;
};

struct ring {
	struct ring_work work;
	struct slot slots[RING_SLOTS];
	pthread_t filler, looker;
	bool running;

	pthread_mutex_t lock; /* of all that follows, and of who may touch which slot */
	pthread_cond_t can_fill, can_look, can_take;
	/* slots ever filled, looked at, given out, and given back by the caller's thread */
	uint64_t filled, looked, taken, released;
	bool stop;  /* asked to end */
	bool ended; /* no slot will be filled any more */
	struct err failure;
};

static bool is_full(const struct ring *r)
{
	uint64_t done = r->looked < r->released ? r->looked : r->released;

	return r->filled - done == RING_SLOTS;
}

/* Waits for a slot that may be filled; NULL: to be ended. */
static struct slot *slot_to_fill(struct ring *r)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&r->lock);
	while (!r->stop && is_full(r))
		pthread_cond_wait(&r->can_fill, &r->lock);
	if (!r->stop)
		slot = &r->slots[r->filled % RING_SLOTS];
	pthread_mutex_unlock(&r->lock);
	return slot;
}

static ssize_t fill_slot(struct ring *r, struct slot *slot, struct err *err)
{
	ssize_t got;

	if (!slot->buf)
		slot->buf = malloc(r->work.room);
	if (!slot->buf)
		return err_set(err, ENOMEM, "out of memory");
	got = r->work.fill(r->work.data, slot->buf, r->work.room, err);
	if (got > 0)
		slot->len = (size_t)got;
	return got;
}

static void *fill_all(void *data)
{
	struct err err = { 0 };
	struct ring *r = data;
	struct slot *slot;
	ssize_t got = 0;

	do {
		slot = slot_to_fill(r);
		got = slot ? fill_slot(r, slot, &err) : 0;
		pthread_mutex_lock(&r->lock);
		if (got > 0)
			r->filled++;
		else
			r->ended = true;
		if (got < 0)
			r->failure = err;
		pthread_mutex_unlock(&r->lock);
		/* only now, or who is woken would wait for the lock first */
		pthread_cond_signal(&r->can_look);
		pthread_cond_signal(&r->can_take);
	} while (got > 0);
	return NULL;
}

/* Waits for a slot that has been filled; NULL: there will be none. */
static const struct slot *slot_to_look_at(struct ring *r)
{
	const struct slot *slot = NULL;

	pthread_mutex_lock(&r->lock);
	while (r->looked == r->filled && !r->ended)
		pthread_cond_wait(&r->can_look, &r->lock);
	if (r->looked < r->filled)
		slot = &r->slots[r->looked % RING_SLOTS];
	pthread_mutex_unlock(&r->lock);
	return slot;
}

static void *look_at_all(void *data)
{
	struct ring *r = data;
	const struct slot *slot;

	while ((slot = slot_to_look_at(r))) {
		r->work.look(r->work.data, slot->buf, slot->len);
		pthread_mutex_lock(&r->lock);
		r->looked++;
		pthread_mutex_unlock(&r->lock);
		pthread_cond_signal(&r->can_fill);
	}
	return NULL;
}

/* Both threads, or none. */
static int start_threads(struct ring *r)
{
	int e = pthread_create(&r->looker, NULL, look_at_all, r);

	if (e)
		return e;
	e = pthread_create(&r->filler, NULL, fill_all, r);
	if (e) {
		pthread_mutex_lock(&r->lock);
		r->ended = true;
		pthread_cond_signal(&r->can_look);
		pthread_mutex_unlock(&r->lock);
		pthread_join(r->looker, NULL);
		return e;
	}
	r->running = true;
	return 0;
}

int ring_start(const struct ring_work *work, struct ring **ret, struct err *err)
{
	struct ring *r = calloc(1, sizeof(*r));
	sigset_t all, before;
	int e;

	if (!r)
		return err_set(err, ENOMEM, "out of memory");
	r->work = *work;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->can_fill, NULL);
	pthread_cond_init(&r->can_look, NULL);
	pthread_cond_init(&r->can_take, NULL);
	/* a signal is for the threads that know what to do about it */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	e = start_threads(r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e) {
		ring_free(r);
		return err_set(err, e, "no thread can be started: %s", strerror(e));
	}
	*ret = r;
	return 0;
}

ssize_t ring_next(struct ring *r, const void **ret, struct err *err)
{
	ssize_t got = 0;

	pthread_mutex_lock(&r->lock);
	if (r->released < r->taken) {
		r->released = r->taken;
		pthread_cond_signal(&r->can_fill);
	}
	while (r->taken == r->filled && !r->ended)
		pthread_cond_wait(&r->can_take, &r->lock);
	if (r->taken < r->filled) {
		const struct slot *slot = &r->slots[r->taken++ % RING_SLOTS];

		*ret = slot->buf;
		got = (ssize_t)slot->len;
	} else if (r->failure.num) {
		*err = r->failure;
		got = -r->failure.num;
	}
	pthread_mutex_unlock(&r->lock);
	return got;
}

void ring_stop(struct ring *r)
{
	if (!r->running)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->can_fill);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->filler, NULL);
	pthread_join(r->looker, NULL);
	r->running = false;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	ring_stop(r);
	for (size_t i = 0; i < RING_SLOTS; i++)
		free(r->slots[i].buf);
	pthread_cond_destroy(&r->can_fill);
	pthread_cond_destroy(&r->can_look);
	pthread_cond_destroy(&r->can_take);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
