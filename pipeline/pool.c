/* SPDX-License-Identifier: MIT
 * The pool: one lock, one pairing heap by urgency, threads that sleep when it is empty. Tasks take
 * milliseconds to seconds, so one lock is no bottleneck (bench/ shows waiting time). */
#include "pool.h"

#include <pthread.h>
#include <stdbool.h>

#include "memory.h"

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct pool_task *heap; /* most urgent first */
    size_t waiting, running, sleeping;
    bool closing;
    void (*thread_end)(void);
    int thread_count;
    pthread_t threads[];
};

static struct pool_task *heap_meld(struct pool_task *a, struct pool_task *b)
{
    if (!a || !b) {
        return a ? a : b;
    }
    if (b->urgency > a->urgency) {
        struct pool_task *swap = a;
        a = b;
        b = swap;
    }
    b->sibling = a->child;
    a->child = b;
    return a;
}

/* The usual two passes: children are melded in pairs from the left, the pairs from the right. */
static struct pool_task *heap_pop(struct pool_task **heap)
{
    struct pool_task *top = *heap, *pairs = NULL, *next = top->child;
    while (next) {
        struct pool_task *a = next, *b = a->sibling;
        next = b ? b->sibling : NULL;
        a->sibling = NULL;
        if (b) {
            b->sibling = NULL;
        }
        struct pool_task *pair = heap_meld(a, b);
        pair->sibling = pairs;
        pairs = pair;
    }
    *heap = NULL;
    while (pairs) {
        struct pool_task *rest = pairs->sibling;
        pairs->sibling = NULL;
        *heap = heap_meld(*heap, pairs);
        pairs = rest;
    }
    return top;
}

static void *pool_thread(void *data)
{
    struct pool *pool = data;
    pthread_mutex_lock(&pool->lock);
    while (true) {
        while (!pool->heap && !(pool->closing && pool->running == 0)) {
            pool->sleeping++;
            pthread_cond_wait(&pool->changed, &pool->lock);
            pool->sleeping--;
        }
        if (!pool->heap) {
            break;
        }
        struct pool_task *task = heap_pop(&pool->heap);
        pool->waiting--;
        pool->running++;
        pthread_mutex_unlock(&pool->lock);
        task->run(task);
        pthread_mutex_lock(&pool->lock);
        pool->running--;
        if (pool->closing && pool->running == 0) {
            pthread_cond_broadcast(&pool->changed);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    if (pool->thread_end) {
        pool->thread_end();
    }
    return NULL;
}

enum status pool_new(int threads, void (*thread_end)(void), struct pool **out, struct error *error)
{
    struct pool *pool = memory_zero(1, sizeof(*pool) + (size_t)threads * sizeof(pthread_t));
    if (!pool) {
        return error_memory(error);
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pool->thread_end = thread_end;
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&pool->threads[i], NULL, pool_thread, pool) != 0) {
            pool_free(pool);
            return error_set(error, STATUS_FAILED, "cannot start thread %d of %d", i + 1, threads);
        }
        pool->thread_count++;
    }
    *out = pool;
    return STATUS_OK;
}

void pool_submit(struct pool *pool, struct pool_task *task)
{
    task->child = NULL;
    task->sibling = NULL;
    pthread_mutex_lock(&pool->lock);
    pool->heap = heap_meld(pool->heap, task);
    pool->waiting++;
    bool wake = pool->sleeping > 0; /* else nobody listens, and a thousand tasks come at once */
    pthread_mutex_unlock(&pool->lock);
    if (wake) {
        pthread_cond_signal(&pool->changed);
    }
}

size_t pool_load(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t load = pool->waiting + pool->running;
    pthread_mutex_unlock(&pool->lock);
    return load;
}

void pool_free(struct pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    memory_free(pool);
}
