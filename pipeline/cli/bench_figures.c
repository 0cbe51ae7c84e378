/* SPDX-License-Identifier: MIT
 * From runs to medians with their spread: of each number of threads, and of each stage. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "machine.h"

static int by_number(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

struct bench_spread bench_spread_of(double *numbers, size_t count)
{
    if (count == 0) {
        return (struct bench_spread){0};
    }
    qsort(numbers, count, sizeof(*numbers), by_number);
    return (struct bench_spread){.median = (numbers[(count - 1) / 2] + numbers[count / 2]) / 2,
                                 .low = numbers[0],
                                 .high = numbers[count - 1]};
}

/* ---- Stages --------------------------------------------------------------------------------- */

struct sums { /* of one stage: CPU seconds of each run */
    const char *what;
    double *cpu;
    size_t count;
    bool apart;
};

struct sum_list {
    struct sums *items;
    size_t count, capacity;
};

static struct sums *sums_of(struct bench *bench, struct sum_list *list, const char *what)
{
    struct arena *arena = bench->cli->arena;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].what, what) == 0) {
            return &list->items[i];
        }
    }
    struct sums *sums =
        arena_push(arena, &list->items, &list->count, &list->capacity, sizeof(*sums));
    if (sums) {
        sums->what = what;
        sums->cpu = arena_array(arena, (size_t)bench->options->repeat, sizeof(*sums->cpu));
    }
    return sums && sums->cpu ? sums : NULL;
}

static int by_cpu(const void *left, const void *right)
{
    const struct bench_stage *a = left, *b = right;
    return (a->cpu.median < b->cpu.median) - (a->cpu.median > b->cpu.median);
}

static bool stages_make(struct bench *bench, struct bench_level *level)
{
    struct sum_list list = {0};
    const size_t repeat = (size_t)bench->options->repeat;
    for (size_t r = 0; r < repeat; r++) {
        const struct bench_run *run = &level->runs[r];
        for (size_t i = 0; i < run->task_count; i++) {
            for (int p = 0; p < run->tasks[i].part_count; p++) {
                const struct batch_part *part = &run->tasks[i].parts[p];
                struct sums *sums = sums_of(bench, &list, part->what);
                if (!sums) {
                    return false;
                }
                sums->cpu[r] += part->cpu;
                sums->count += r == 0;
                sums->apart = sums->apart || part->apart;
            }
        }
    }
    level->stages = arena_array(bench->cli->arena, list.count + 1, sizeof(*level->stages));
    if (!level->stages) {
        return false;
    }
    for (size_t i = 0; i < list.count; i++) {
        level->stages[level->stage_count++] =
            (struct bench_stage){.what = list.items[i].what,
                                 .cpu = bench_spread_of(list.items[i].cpu, repeat),
                                 .count = list.items[i].count,
                                 .apart = list.items[i].apart};
    }
    qsort(level->stages, level->stage_count, sizeof(*level->stages), by_cpu);
    return true;
}

/* ---- Numbers of threads --------------------------------------------------------------------- */

static double seconds_of(const struct bench_run *run)
{
    return run->seconds;
}

static double cpu_of(const struct bench_run *run)
{
    return run->cpu;
}

static double waiting_of(const struct bench_run *run)
{
    return run->waiting;
}

static double idle_of(const struct bench_run *run)
{
    return run->idle;
}

static double peak_of(const struct bench_run *run)
{
    return run->peak;
}

static double unattributed_of(const struct bench_run *run)
{
    return run->unattributed;
}

static double lost_of(const struct bench_run *run)
{
    return run->lost;
}

static struct bench_spread spread(const struct bench *bench, const struct bench_level *level,
                                  double (*figure)(const struct bench_run *run))
{
    double numbers[1000];
    const size_t count = (size_t)bench->options->repeat;
    for (size_t i = 0; i < count; i++) {
        numbers[i] = figure(&level->runs[i]);
    }
    return bench_spread_of(numbers, count);
}

/* More threads than cores wait for each other: only as many say what others took. */
static double lost_to_others(const struct bench *bench)
{
    double most = 0;
    for (size_t i = 0; i < bench->level_count; i++) {
        const struct bench_level *level = &bench->levels[i];
        most = level->threads <= machine_cores() ? fmax(most, level->lost.median) : most;
    }
    return most;
}

/* The fewest threads that are as fast as the fastest, as far as the runs can tell. */
static int suggest_threads(const struct bench *bench)
{
    const struct bench_level *best = &bench->levels[0];
    for (size_t i = 1; i < bench->level_count; i++) {
        best = bench->levels[i].seconds.median < best->seconds.median ? &bench->levels[i] : best;
    }
    for (size_t i = 0; i < bench->level_count; i++) {
        if (bench->levels[i].seconds.low <= best->seconds.high) {
            return bench->levels[i].threads;
        }
    }
    return best->threads;
}

enum status bench_figure(struct bench *bench, struct error *error)
{
    for (size_t i = 0; i < bench->level_count; i++) {
        struct bench_level *level = &bench->levels[i];
        const struct bench_level *first = &bench->levels[0];
        level->seconds = spread(bench, level, seconds_of);
        level->cpu = spread(bench, level, cpu_of);
        level->waiting = spread(bench, level, waiting_of);
        level->idle = spread(bench, level, idle_of);
        level->peak = spread(bench, level, peak_of);
        level->unattributed = spread(bench, level, unattributed_of);
        level->lost = spread(bench, level, lost_of);
        level->tasks = level->runs[0].task_count;
        if (!stages_make(bench, level)) {
            return error_memory(error);
        }
        level->speedup = first->seconds.median / level->seconds.median;
        level->efficiency = level->speedup * first->threads / level->threads;
        level->busy = level->cpu.median / (level->seconds.median * level->threads);
    }
    bench->lost = lost_to_others(bench);
    bench->suggested = bench->lost > BENCH_BUSY ? 0 : suggest_threads(bench);
    return STATUS_OK;
}
