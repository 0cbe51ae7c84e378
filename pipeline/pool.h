/* SPDX-License-Identifier: MIT
 * Threads that run tasks, the most urgent first. Tasks are the caller's structs, linked in
 * place: submitting never fails. Knows nothing of images. */
#ifndef PICSET_POOL_H
#define PICSET_POOL_H

#include "error.h"

struct pool;

struct pool_task { /* part of the caller's struct; alive until run has returned */
    void (*run)(struct pool_task *task);
    double urgency; /* larger goes first; set before submitting */
    struct pool_task *child, *sibling;
};

/* Starts `threads` (1..1024) threads; `thread_end` (may be NULL) is called on each before it ends.
 */
PICSET_NODISCARD enum status pool_new(int threads, void (*thread_end)(void), struct pool **out,
                                      struct error *error);
/* From any thread, also from a task. */
void pool_submit(struct pool *pool, struct pool_task *task);
/* Tasks that wait or run; for idle questions only, it may change at once. */
size_t pool_load(struct pool *pool);
/* Waits for all submitted tasks, then ends the threads. NULL is fine. */
void pool_free(struct pool *pool);

#endif
