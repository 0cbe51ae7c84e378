/* SPDX-License-Identifier: MIT
 * The runs: into memory, so that no disk is measured, with the numbers of threads taking turns, so
 * that what disturbs the machine disturbs all of them. */
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#include "bench.h"
#include "machine.h"

/* What one run hears of its tasks. */
struct listener {
    pthread_mutex_t lock;
    struct arena *arena;
    struct bench_run *run;
    bool failed;
};

static void on_task(void *data, const struct batch_task *task)
{
    struct listener *listener = data;
    struct bench_run *run = listener->run;
    (void)pthread_mutex_lock(&listener->lock);
    struct batch_task *slot = arena_push(listener->arena, &run->tasks, &run->task_count,
                                         &run->task_capacity, sizeof(*slot));
    if (slot) {
        *slot = *task;
    }
    listener->failed = listener->failed || !slot;
    (void)pthread_mutex_unlock(&listener->lock);
}

static enum status on_file(void *data, const char *image, const struct record_rendition *rendition,
                           const char *path, const void *bytes, size_t size, struct error *error)
{
    (void)data, (void)image, (void)rendition, (void)path, (void)bytes, (void)size, (void)error;
    return STATUS_OK;
}

static enum status run_once(struct bench *bench, int threads, struct listener *listener,
                            struct batch_summary *summary, struct error *error)
{
    struct batch_request request = bench->request.batch;
    struct batch *batch = NULL;
    request.jobs = threads;
    request.out = NULL;
    request.state = "";
    request.overwrite = OVERWRITE_ALWAYS;
    request.fail_fast = true;
    request.deliver = on_file;
    request.task = on_task;
    request.data = listener;
    enum status status = batch_plan(&request, &batch, error);
    if (status == STATUS_OK) {
        status = batch_run(batch, summary, error);
    }
    batch_free(batch);
    if (status == STATUS_PARTIAL) {
        status = error->status;
    }
    return status == STATUS_OK && listener->failed ? error_memory(error) : status;
}

/* Seconds in which at least one task ran; the tasks are in the order in which they ended. */
static int by_start(const void *left, const void *right)
{
    const struct batch_task *a = left, *b = right;
    return (a->started > b->started) - (a->started < b->started);
}

static double covered(struct bench_run *run)
{
    double end = 0, sum = 0;
    qsort(run->tasks, run->task_count, sizeof(*run->tasks), by_start);
    for (size_t i = 0; i < run->task_count; i++) {
        const struct batch_task *task = &run->tasks[i];
        const double from = task->started > end ? task->started : end;
        sum += task->ended > from ? task->ended - from : 0;
        end = task->ended > end ? task->ended : end;
    }
    return sum;
}

static enum status measure_run(struct bench *bench, int threads, struct bench_run *run,
                               struct error *error)
{
    struct listener listener = {.arena = bench->cli->arena, .run = run};
    (void)pthread_mutex_init(&listener.lock, NULL);
    (void)malloc_trim(0); /* what an earlier run left is not this one's */
    machine_peak_forget();
    const double start = machine_seconds(), cpu = machine_process_seconds();
    enum status status = run_once(bench, threads, &listener, &bench->work, error);
    run->seconds = machine_seconds() - start;
    run->cpu = machine_process_seconds() - cpu;
    run->peak = (double)machine_peak();
    (void)pthread_mutex_destroy(&listener.lock);
    run->idle = threads * run->seconds;
    for (size_t i = 0; i < run->task_count; i++) {
        run->waiting += run->tasks[i].started - run->tasks[i].submitted;
        run->idle -= run->tasks[i].ended - run->tasks[i].started;
    }
    run->serial = run->seconds - covered(run);
    return status;
}

enum status bench_measure(struct bench *bench, struct error *error)
{
    struct bench_run warm_up = {0};
    const int most = bench->levels[bench->level_count - 1].threads;
    enum status status = measure_run(bench, most, &warm_up, error);
    for (int round = 0; round < bench->options->repeat && status == STATUS_OK; round++) {
        for (size_t i = 0; i < bench->level_count && status == STATUS_OK; i++) {
            struct bench_level *level =
                &bench->levels[(i + (size_t)round) % bench->level_count]; /* each begins once */
            status = measure_run(bench, level->threads, &level->runs[round], error);
            if (status == STATUS_OK && !bench->cli->globals.quiet) {
                cli_say(bench->cli, "run %d of %d, %d thread%s: %.2f s", round + 1,
                        bench->options->repeat, level->threads, level->threads == 1 ? "" : "s",
                        level->runs[round].seconds);
            }
        }
    }
    return status;
}
