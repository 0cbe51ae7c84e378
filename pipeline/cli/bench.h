/* SPDX-License-Identifier: MIT
 * What `picset bench` measures: the same request run again and again with several numbers of
 * threads, its tasks, and what follows from them. */
#ifndef PICSET_CLI_BENCH_H
#define PICSET_CLI_BENCH_H

#include "request.h"

struct bench_options {
    struct request_options request;
    struct texts threads;
    int repeat;
    const char *save, *compare, *page;
};

struct bench_spread {
    double median, low, high;
};

struct bench_run {
    double seconds;       /* from the first header to the last file */
    double cpu;           /* CPU seconds of the process */
    double waiting, idle; /* seconds that tasks waited for a thread, and threads for a task */
    double serial;        /* seconds in which no task ran */
    double peak;          /* bytes of the process */
    struct batch_task *tasks;
    size_t task_count, task_capacity;
};

struct bench_stage {
    const char *what;
    struct bench_spread cpu; /* seconds of a run */
    size_t count;
};

struct bench_level {
    int threads;
    struct bench_run *runs;
    struct bench_spread seconds, cpu, waiting, idle, peak;
    struct bench_stage *stages; /* the longest first */
    size_t stage_count;
    double speedup, efficiency, busy; /* of medians, against the fewest threads */
};

enum { BENCH_MODELS = 16 };

struct bench_schedule {
    int cores;
    double seconds, speedup, efficiency;
    double measured; /* seconds with as many threads; 0: not measured */
    double moving;   /* bytes of pixels a second that the tasks would read and write */
};

struct bench_model { /* a schedule of the measured tasks on other numbers of cores */
    double serial;   /* seconds that no core shortens: start, between plan and run, the end */
    double tasks;    /* CPU seconds of all tasks */
    double longest;  /* seconds of the longest chain of tasks of one image */
    double copying_alone, copying; /* bytes a second that one core, and all of this machine's cores
                                      together, read and write */
    struct bench_schedule schedules[BENCH_MODELS]; /* by cores */
    int count;
};

struct bench {
    struct cli *cli;
    struct request request;
    const struct bench_options *options;
    struct bench_level *levels;
    size_t level_count;
    struct batch_summary work; /* of one run */
    int suggested;             /* threads */
    struct bench_model model;
};

/* bench_run.c: warms up, then takes the runs in turns. */
PICSET_NODISCARD enum status bench_measure(struct bench *bench, struct error *error);
/* bench_figures.c: medians and what follows. */
struct bench_spread bench_spread_of(double *numbers, size_t count);
PICSET_NODISCARD enum status bench_figure(struct bench *bench, struct error *error);
/* bench_model.c: how long these tasks of so many images take on so many cores; negative: memory is
 * short. Then all of the model, from the measured tasks. */
double bench_makespan(const struct batch_task *tasks, size_t count, size_t images, int cores,
                      struct arena *arena);
PICSET_NODISCARD enum status bench_model_make(struct bench *bench, struct error *error);
/* bench_document.c: one file, whole or not there. */
PICSET_NODISCARD enum status bench_write(const char *folder, const char *name,
                                         const struct buffer *text, struct error *error);
/* bench_compare.c: reads an earlier document; what changed beyond the noise, as a list of objects
 * with "what" and "words". NULL when memory is short. */
PICSET_NODISCARD enum status bench_compare(struct bench *bench, const char *path,
                                           const struct value **out, struct error *error);
/* bench_document.c: {"schema": "picset/bench/1", …}; changes may be NULL. */
struct value *bench_document(struct bench *bench, const struct value *changes);
/* bench_say.c: the tables, for people. */
void bench_say(struct bench *bench, const struct value *changes, struct buffer *out);
/* bench_page.c: bench.html, scaling.svg and stages.svg in a folder. */
PICSET_NODISCARD enum status bench_page(struct bench *bench, const struct value *changes,
                                        const char *folder, struct error *error);

#endif
