/* SPDX-License-Identifier: MIT
 * The pool: the most urgent first, tasks that submit tasks, and an end that waits for all. */
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support.h"

enum { TASKS = 2000 };

struct job {
    struct pool_task task;
    int number;
    atomic_int *gate; /* waits until it is open; NULL: runs at once */
    struct log *log;
};

struct log {
    pthread_mutex_t lock;
    int numbers[TASKS];
    size_t count;
    struct pool *pool;
};

static void log_job(struct pool_task *task)
{
    struct job *job = (struct job *)task;
    while (job->gate && !atomic_load(job->gate)) {
    }
    pthread_mutex_lock(&job->log->lock);
    job->log->numbers[job->log->count++] = job->number;
    pthread_mutex_unlock(&job->log->lock);
}

static struct pool *pool_of(int threads)
{
    struct pool *pool = NULL;
    struct error error = {0};
    assert_int_equal(pool_new(threads, NULL, &pool, &error), STATUS_OK);
    return pool;
}

/* One thread is held at the gate while the others are submitted in a shuffled order. */
static void the_most_urgent_goes_first(void **state)
{
    (void)state;
    static struct job jobs[TASKS];
    static struct log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    atomic_int gate = 0;
    struct pool *pool = pool_of(1);
    jobs[0] = (struct job){{.run = log_job, .urgency = 1e9}, TASKS, &gate, &log};
    pool_submit(pool, &jobs[0].task);
    while (pool_load(pool) != 1) {
    }
    for (int i = 1; i < TASKS; i++) {
        int number = (int)((unsigned)i * 7919u % (TASKS - 1)); /* each once */
        jobs[i] = (struct job){{.run = log_job, .urgency = number / 2.0 - 300}, number, NULL, &log};
    }
    for (int i = 1; i < TASKS; i++) {
        pool_submit(pool, &jobs[i].task);
    }
    assert_true(pool_load(pool) >= TASKS - 1);
    atomic_store(&gate, 1);
    pool_free(pool);
    assert_int_equal(log.count, TASKS);
    assert_int_equal(log.numbers[0], TASKS);
    for (size_t i = 1; i < TASKS; i++) {
        if (log.numbers[i] != TASKS - 1 - (int)i) {
            fail_msg("%d came as number %zu", log.numbers[i], i);
        }
    }
}

struct split {
    struct pool_task task;
    struct pool *pool;
    struct split *children; /* two, side by side */
    atomic_int *count;
};

static void run_split(struct pool_task *task)
{
    struct split *split = (struct split *)task;
    for (int i = 0; split->children && i < 2; i++) {
        pool_submit(split->pool, &split->children[i].task);
    }
    atomic_fetch_add(split->count, 1);
}

/* A tree of tasks, each made by the one above it: closing waits for the last. */
static void tasks_submit_tasks(void **state)
{
    (void)state;
    static struct split tree[1023];
    for (int threads = 1; threads <= 4; threads++) {
        atomic_int count = 0;
        struct pool *pool = pool_of(threads);
        for (size_t i = 0; i < 1023; i++) {
            tree[i] = (struct split){{.run = run_split, .urgency = (double)(i % 13)},
                                     pool,
                                     2 * i + 2 < 1023 ? &tree[2 * i + 1] : NULL,
                                     &count};
        }
        pool_submit(pool, &tree[0].task);
        pool_free(pool);
        assert_int_equal(atomic_load(&count), 1023);
    }
}

static atomic_int ended;

static void thread_ends(void)
{
    atomic_fetch_add(&ended, 1);
}

static void each_thread_says_goodbye(void **state)
{
    (void)state;
    struct pool *pool = NULL;
    struct error error = {0};
    atomic_store(&ended, 0);
    assert_int_equal(pool_new(5, thread_ends, &pool, &error), STATUS_OK);
    pool_free(pool);
    assert_int_equal(atomic_load(&ended), 5);
    pool_free(NULL);
}

struct meeting {
    struct pool_task task;
    pthread_barrier_t *barrier;
};

static void meet(struct pool_task *task)
{
    pthread_barrier_wait(((struct meeting *)task)->barrier);
}

/* As many tasks at once as threads: none would end alone. */
static void all_threads_work(void **state)
{
    (void)state;
    struct meeting meetings[4];
    pthread_barrier_t barrier;
    struct pool *pool = pool_of(4);
    assert_int_equal(pthread_barrier_init(&barrier, NULL, 4), 0);
    for (int i = 0; i < 4; i++) {
        meetings[i] = (struct meeting){{.run = meet}, &barrier};
        pool_submit(pool, &meetings[i].task);
    }
    pool_free(pool);
    pthread_barrier_destroy(&barrier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_urgent_goes_first),
        cmocka_unit_test(tasks_submit_tasks),
        cmocka_unit_test(each_thread_says_goodbye),
        cmocka_unit_test(all_threads_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
