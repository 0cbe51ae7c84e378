/* SPDX-License-Identifier: MIT
 * How the same tasks would fare on more cores than this machine has: the engine's own rules (most
 * urgent first, so many images admitted) over the CPU seconds that each task took. Names what the
 * schedule cannot see: the part that nothing shortens, and how much memory would be moved. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "machine.h"
#include "memory.h"

enum { CORES_MAX = 64, SETS_PER_CORE = 2, SETS_EXTRA = 2 };

struct job {
    const struct batch_task *task;
    double seconds, urgency;
    bool ready, done;
};

struct schedule {
    struct job *jobs; /* by image; in an image its start first */
    size_t job_count;
    size_t *first; /* of each image: the index of its first job; one more at the end */
    size_t *left;  /* of each image: jobs that are not done */
    size_t image_count, admitted, open;
    struct {
        size_t job;
        double end;
    } running[CORES_MAX];
    size_t running_count, ready_count;
    int cores;
    double now;
    double planning; /* seconds of headers, before the first set begins: shared evenly */
};

static double task_seconds(const struct batch_task *task)
{
    double seconds = 0;
    for (int i = 0; i < task->part_count; i++) {
        seconds += task->parts[i].cpu;
    }
    return seconds;
}

static bool is_plan(const struct batch_task *task)
{
    return task->node == BATCH_NO_TASK && task->part_count > 0 &&
           strcmp(task->parts[0].what, "plan") == 0;
}

static void make_ready(struct schedule *schedule, size_t job)
{
    schedule->jobs[job].ready = true;
    schedule->ready_count++;
}

static void admit(struct schedule *schedule)
{
    const size_t most = (size_t)(SETS_PER_CORE * schedule->cores + SETS_EXTRA);
    while (schedule->open < most && schedule->admitted < schedule->image_count) {
        const size_t image = schedule->admitted++;
        if (schedule->left[image] > 0) {
            make_ready(schedule, schedule->first[image]);
            schedule->open++;
        }
    }
}

static void start_most_urgent(struct schedule *schedule)
{
    size_t best = schedule->job_count;
    for (size_t i = 0; i < schedule->first[schedule->admitted]; i++) {
        const struct job *job = &schedule->jobs[i];
        if (job->ready &&
            (best == schedule->job_count || job->urgency > schedule->jobs[best].urgency)) {
            best = i;
        }
    }
    schedule->jobs[best].ready = false;
    schedule->ready_count--;
    schedule->running[schedule->running_count].job = best;
    schedule->running[schedule->running_count++].end = schedule->now + schedule->jobs[best].seconds;
}

/* The first that ends, and what waited for it. */
static void end_one(struct schedule *schedule)
{
    size_t next = 0;
    for (size_t i = 1; i < schedule->running_count; i++) {
        next = schedule->running[i].end < schedule->running[next].end ? i : next;
    }
    const size_t done = schedule->running[next].job;
    const struct batch_task *task = schedule->jobs[done].task;
    const size_t image = task->image;
    schedule->now = schedule->running[next].end;
    schedule->running[next] = schedule->running[--schedule->running_count];
    schedule->jobs[done].done = true;
    schedule->open -= --schedule->left[image] == 0;
    for (size_t i = schedule->first[image]; i < schedule->first[image + 1]; i++) {
        const struct job *job = &schedule->jobs[i];
        const bool root = task->node == BATCH_NO_TASK && job->task->after == BATCH_NO_TASK;
        const bool waited = task->node != BATCH_NO_TASK && job->task->after == task->node;
        if (i != done && !job->done && (root || waited)) {
            make_ready(schedule, i);
        }
    }
}

static double makespan(struct schedule *schedule, int cores)
{
    schedule->cores = cores;
    schedule->now = 0;
    schedule->admitted = schedule->open = schedule->running_count = schedule->ready_count = 0;
    for (size_t i = 0; i < schedule->job_count; i++) {
        schedule->jobs[i].done = schedule->jobs[i].ready = false;
        schedule->jobs[i].urgency = batch_urgency(schedule->jobs[i].task, cores);
    }
    for (size_t i = 0; i < schedule->image_count; i++) {
        schedule->left[i] = schedule->first[i + 1] - schedule->first[i];
    }
    do {
        admit(schedule);
        while (schedule->ready_count > 0 && schedule->running_count < (size_t)cores) {
            start_most_urgent(schedule);
        }
        if (schedule->running_count > 0) {
            end_one(schedule);
        }
    } while (schedule->running_count > 0 || schedule->ready_count > 0 ||
             schedule->admitted < schedule->image_count);
    return schedule->now + schedule->planning / cores;
}

/* By image; the start, which opens the source, before the steps. */
static int by_image(const void *left, const void *right)
{
    const struct batch_task *a = ((const struct job *)left)->task;
    const struct batch_task *b = ((const struct job *)right)->task;
    return a->image != b->image ? (a->image > b->image) - (a->image < b->image)
                                : (a->node > b->node) - (a->node < b->node);
}

static bool schedule_make(const struct batch_task *tasks, size_t count, size_t images,
                          struct arena *arena, struct schedule *out)
{
    *out = (struct schedule){.image_count = images};
    out->jobs = arena_array(arena, count + 1, sizeof(*out->jobs));
    out->first = arena_array(arena, images + 1, sizeof(*out->first));
    out->left = arena_array(arena, images + 1, sizeof(*out->left));
    if (!out->jobs || !out->first || !out->left) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_plan(&tasks[i])) {
            out->planning += task_seconds(&tasks[i]);
        } else {
            out->jobs[out->job_count++] =
                (struct job){.task = &tasks[i], .seconds = task_seconds(&tasks[i])};
        }
    }
    qsort(out->jobs, out->job_count, sizeof(*out->jobs), by_image);
    for (size_t i = 0, job = 0; i <= images; i++) {
        while (job < out->job_count && out->jobs[job].task->image < i) {
            job++;
        }
        out->first[i] = job;
    }
    return true;
}

/* The longest chain of one image: its tasks after each other, however many cores there are. */
static double longest_chain(const struct schedule *schedule)
{
    double longest = 0;
    for (size_t i = 0; i < schedule->job_count; i++) {
        const struct job *job = &schedule->jobs[i];
        double sum = job->seconds;
        const size_t image = job->task->image;
        int after = job->task->after;
        for (size_t k = schedule->first[image + 1]; k-- > schedule->first[image];) {
            if (after != BATCH_NO_TASK && schedule->jobs[k].task->node == after) {
                sum += schedule->jobs[k].seconds;
                after = schedule->jobs[k].task->after;
            }
        }
        longest = sum > longest ? sum : longest;
    }
    return longest;
}

/* ---- Memory --------------------------------------------------------------------------------- */

enum { COPY_BYTES = 32 << 20, COPY_TIMES = 6 };

static void *copy_thread(void *data)
{
    char *from = data, *to = from + COPY_BYTES;
    for (int i = 0; i < COPY_TIMES; i++) {
        memcpy(to, from, COPY_BYTES);
        memcpy(from, to, COPY_BYTES);
    }
    return NULL;
}

/* Bytes read and written in a second by so many cores at once; 0 when there is no memory for it. */
static double copy_rate(int cores)
{
    pthread_t threads[CORES_MAX];
    char *blocks[CORES_MAX] = {0};
    int ready = 0, started = 0;
    for (; ready < cores; ready++) {
        blocks[ready] = memory_alloc(2 * (size_t)COPY_BYTES);
        if (!blocks[ready]) {
            break;
        }
        memset(blocks[ready], ready, 2 * (size_t)COPY_BYTES);
    }
    const double start = machine_seconds();
    while (started < ready &&
           pthread_create(&threads[started], NULL, copy_thread, blocks[started]) == 0) {
        started++;
    }
    for (int i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    const double seconds = machine_seconds() - start;
    for (int i = 0; i < ready; i++) {
        memory_free(blocks[i]);
    }
    return seconds > 0 ? 4.0 * COPY_BYTES * COPY_TIMES * started / seconds : 0;
}

/* ---- All of it ------------------------------------------------------------------------------ */

double bench_makespan(const struct batch_task *tasks, size_t count, size_t images, int cores,
                      struct arena *arena)
{
    struct schedule schedule;
    return schedule_make(tasks, count, images, arena, &schedule) ? makespan(&schedule, cores) : -1;
}

static void add_cores(struct bench_model *model, int cores, double measured)
{
    int place = model->count;
    while (place > 0 && model->schedules[place - 1].cores >= cores) {
        place--;
    }
    if ((place < model->count && model->schedules[place].cores == cores) ||
        model->count == BENCH_MODELS) {
        return;
    }
    memmove(&model->schedules[place + 1], &model->schedules[place],
            (size_t)(model->count - place) * sizeof(model->schedules[0]));
    model->schedules[place] = (struct bench_schedule){.cores = cores, .measured = measured};
    model->count++;
}

/* What was measured first, so that the model can be held against it, as far as there are cores. */
static void choose_cores(struct bench *bench)
{
    const int cores = machine_cores() < CORES_MAX ? machine_cores() : CORES_MAX;
    for (size_t i = 1; i < bench->level_count && i <= BENCH_MODELS - 3; i++) {
        if (bench->levels[i].threads <= cores) {
            add_cores(&bench->model, bench->levels[i].threads, bench->levels[i].seconds.median);
        }
    }
    add_cores(&bench->model, 4, 0);
    add_cores(&bench->model, 16, 0);
    add_cores(&bench->model, 64, 0);
}

enum status bench_model_make(struct bench *bench, struct error *error)
{
    const struct bench_level *level = &bench->levels[0];
    const struct bench_run *run = &level->runs[0]; /* of the least CPU: the least disturbed */
    for (int i = 1; i < bench->options->repeat; i++) {
        run = level->runs[i].cpu < run->cpu ? &level->runs[i] : run;
    }
    struct bench_model *model = &bench->model;
    struct schedule schedule;
    double bytes = 0;
    if (!schedule_make(run->tasks, run->task_count, bench->work.sources, bench->cli->arena,
                       &schedule)) {
        return error_memory(error);
    }
    for (size_t i = 0; i < run->task_count; i++) {
        bytes += (double)run->tasks[i].bytes;
        model->tasks += task_seconds(&run->tasks[i]);
    }
    model->serial = run->serial;
    model->longest = longest_chain(&schedule);
    model->copying_alone = copy_rate(1);
    model->copying = copy_rate(machine_cores() < CORES_MAX ? machine_cores() : CORES_MAX);
    choose_cores(bench);
    for (int i = 0; i < model->count; i++) {
        struct bench_schedule *on = &model->schedules[i];
        on->seconds = model->serial + makespan(&schedule, on->cores);
        on->speedup = on->seconds > 0 ? (model->serial + model->tasks) / on->seconds : 0;
        on->efficiency = on->speedup / on->cores;
        on->moving = on->seconds > 0 ? bytes / on->seconds : 0;
    }
    return STATUS_OK;
}
