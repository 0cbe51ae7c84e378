/* SPDX-License-Identifier: MIT
 * The runs: into memory, so that no disk is measured, with the numbers of threads taking turns, so
 * that what disturbs the machine disturbs all of them. */
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "machine.h"
#include "text.h"

struct failure {
    const char *source;
    struct error error;
};

/* What one run hears of its tasks. */
struct listener {
    pthread_mutex_t lock;
    struct arena *arena;
    struct bench_run *run;
    bool first, failed; /* the first one tells of what fails; memory was short */
    struct failure *failures;
    size_t failure_count, failure_capacity;
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

/* Tasks are told of meanwhile, and the arena is theirs, too. */
static void on_event(void *data, const struct batch_event *event)
{
    struct listener *listener = data;
    if (event->type != BATCH_SET || event->status == STATUS_OK || !event->error) {
        return;
    }
    (void)pthread_mutex_lock(&listener->lock);
    struct failure *slot =
        arena_push(listener->arena, &listener->failures, &listener->failure_count,
                   &listener->failure_capacity, sizeof(*slot));
    const char *source = arena_text(listener->arena, event->source);
    if (slot && source) {
        *slot = (struct failure){source, *event->error};
    } else if (slot) {
        listener->failure_count--;
    }
    listener->failed = listener->failed || !slot || !source;
    (void)pthread_mutex_unlock(&listener->lock);
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
    request.fail_fast = !listener->first;
    request.event = listener->first ? on_event : NULL;
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

static double waited(const struct batch_part *part)
{
    return part->apart && part->wall > part->cpu ? part->wall - part->cpu : 0;
}

void bench_attribute(struct bench_run *run, double seen)
{
    double took = 0, wall = 0, room = 0;
    for (size_t i = 0; i < run->task_count; i++) {
        wall += run->tasks[i].ended - run->tasks[i].started;
        for (int p = 0; p < run->tasks[i].part_count; p++) {
            took += run->tasks[i].parts[p].cpu;
            room += waited(&run->tasks[i].parts[p]);
        }
    }
    const double unseen = run->cpu - took - seen;
    const double given = unseen < 0 ? 0 : unseen < room ? unseen : room;
    for (size_t i = 0; i < run->task_count && room > 0; i++) {
        for (int p = 0; p < run->tasks[i].part_count; p++) {
            struct batch_part *part = &run->tasks[i].parts[p];
            part->cpu += given * waited(part) / room;
        }
    }
    run->unattributed = run->cpu - took - given > 0 ? run->cpu - took - given : 0;
    run->lost = wall > took + given ? 1 - (took + given) / wall : 0;
}

static enum status measure_run(struct bench *bench, int threads, struct bench_run *run,
                               struct listener *into, struct error *error)
{
    struct listener own_listener = {0}, *listener = into ? into : &own_listener;
    listener->arena = bench->cli->arena;
    listener->run = run;
    (void)pthread_mutex_init(&listener->lock, NULL);
    (void)malloc_trim(0); /* what an earlier run left is not this one's */
    machine_peak_forget();
    const double start = machine_seconds(), cpu = machine_process_seconds(),
                 own = machine_thread_seconds();
    enum status status = run_once(bench, threads, listener, &bench->work, error);
    run->seconds = machine_seconds() - start;
    run->cpu = machine_process_seconds() - cpu;
    run->peak = (double)machine_peak();
    (void)pthread_mutex_destroy(&listener->lock);
    run->idle = threads * run->seconds;
    for (size_t i = 0; i < run->task_count; i++) {
        run->waiting += run->tasks[i].started - run->tasks[i].submitted;
        run->idle -= run->tasks[i].ended - run->tasks[i].started;
    }
    run->serial = run->seconds - covered(run);
    bench_attribute(run, machine_thread_seconds() - own);
    return status;
}

static const char *called(const struct batch_image *image)
{
    return image->id ? image->id : image->path;
}

/* Names what failed, as render does, and goes on without. */
static enum status leave_out(struct bench *bench, const struct listener *listener,
                             struct error *error)
{
    const size_t all = bench->image_count;
    for (size_t f = 0; f < listener->failure_count; f++) {
        struct error named = listener->failures[f].error;
        const char *source = listener->failures[f].source;
        if (!text_starts(named.where, source)) {
            (void)error_at(&named, "%s", source);
        }
        cli_error(bench->cli, &named);
        size_t kept = 0;
        for (size_t i = 0; i < bench->image_count; i++) {
            if (strcmp(called(&bench->images[i]), source) != 0) {
                bench->images[kept++] = bench->images[i];
            }
        }
        bench->image_count = kept;
    }
    bench->left_out = all - bench->image_count;
    bench->request.batch.image_count = bench->image_count;
    return bench->image_count > 0
               ? STATUS_OK
               : error_set(error, listener->failures[0].error.status,
                           "none of %zu images could be made: nothing was measured", all);
}

static enum status warm_up(struct bench *bench, int threads, struct error *error)
{
    struct bench_run run = {0};
    struct listener listener = {.first = true};
    enum status status = measure_run(bench, threads, &run, &listener, error);
    if (status != STATUS_OK && listener.failure_count > 0 && bench->image_count > 1) {
        error_clear(error);
        run = (struct bench_run){0};
        status = leave_out(bench, &listener, error);
        if (status == STATUS_OK) {
            status = measure_run(bench, threads, &run, NULL, error);
        }
    }
    return status == STATUS_OK && bench->saved ? bench_same_work(bench, error) : status;
}

enum status bench_measure(struct bench *bench, struct error *error)
{
    const int most = bench->levels[bench->level_count - 1].threads;
    enum status status = warm_up(bench, most, error);
    for (int round = 0; round < bench->options->repeat && status == STATUS_OK; round++) {
        for (size_t i = 0; i < bench->level_count && status == STATUS_OK; i++) {
            struct bench_level *level =
                &bench->levels[(i + (size_t)round) % bench->level_count]; /* each begins once */
            status = measure_run(bench, level->threads, &level->runs[round], NULL, error);
            if (status == STATUS_OK && !bench->cli->globals.quiet) {
                cli_say(bench->cli, "run %d of %d, %d thread%s: %.2f s", round + 1,
                        bench->options->repeat, level->threads, level->threads == 1 ? "" : "s",
                        level->runs[round].seconds);
            }
        }
    }
    return status;
}
