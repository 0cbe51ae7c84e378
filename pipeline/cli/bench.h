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
    double unattributed;  /* those of them that no task took */
    double lost;          /* 0..1 of the seconds of tasks in which no core was to be had */
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
    bool apart; /* with those of a library's own threads */
};

struct bench_level {
    int threads;
    struct bench_run *runs;
    struct bench_spread seconds, cpu, waiting, idle, peak, unattributed, lost;
    size_t tasks;               /* of a run */
    struct bench_stage *stages; /* the longest first */
    size_t stage_count;
    double speedup, efficiency, busy; /* of medians, against the fewest threads */
};

#define BENCH_SCHEMA "picset/bench/1"
#define BENCH_TITLE "picset bench" /* how the titles of the page and its drawings begin */

/* Share of the tasks' seconds without a core from which on other work explains any difference. */
#define BENCH_BUSY 0.15

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
    int suggested;             /* threads; 0: nothing can be said, the machine was busy */
    double lost;               /* the most of any level's median that tells of it */
    struct batch_image *images;
    size_t image_count, left_out; /* images, and those that failed */
    struct source standard_input; /* read once, for all runs */
    const struct value *saved;    /* --compare; NULL: none */
    struct bench_model model;
};

/* bench_run.c: gives the CPU that no thread of ours saw to the parts whose libraries have threads
 * of their own, by how long each waited for them; `seen` is what the calling thread took. */
void bench_attribute(struct bench_run *run, double seen);
/* Warms up, then takes the runs in turns. Images that fail are named and left out. */
PICSET_NODISCARD enum status bench_measure(struct bench *bench, struct error *error);
/* bench_figures.c: medians and what follows. */
struct bench_spread bench_spread_of(double *numbers, size_t count);
PICSET_NODISCARD enum status bench_figure(struct bench *bench, struct error *error);
/* bench_model.c: how long these tasks of so many images take on so many cores; negative: memory is
 * short. Then all of the model, from the measured tasks. */
double bench_makespan(const struct batch_task *tasks, size_t count, size_t images, int cores,
                      struct arena *arena);
PICSET_NODISCARD enum status bench_model_make(struct bench *bench, struct error *error);
/* bench_places.c: before anything is measured, whether all can be written, and --compare is a
 * measurement of this work, as far as that is known. */
PICSET_NODISCARD enum status bench_places_check(struct bench *bench, struct error *error);
PICSET_NODISCARD enum status bench_save(struct bench *bench, const struct value *document,
                                        struct error *error);
/* One file, whole or not there. */
PICSET_NODISCARD enum status bench_write(const char *folder, const char *name,
                                         const struct buffer *text, struct error *error);
/* bench_saved.c: a measurement that --save wrote, its shape checked. */
PICSET_NODISCARD enum status bench_saved_read(struct arena *arena, const char *path,
                                              const struct value **out, struct error *error);
bool bench_is_saved(struct arena *arena, const char *path);
bool bench_spread_read(const struct value *value, struct bench_spread *out);
/* bench_compare.c: is bench->saved of these presets and as many images; and, after a run, of the
 * same work altogether? */
PICSET_NODISCARD enum status bench_same_request(struct bench *bench, struct error *error);
PICSET_NODISCARD enum status bench_same_work(struct bench *bench, struct error *error);
/* What changed beyond the noise, as a list of objects with "what" and "words"; NULL when memory is
 * short. */
const struct value *bench_compare(struct bench *bench);
/* bench_document.c: {"schema": BENCH_SCHEMA, …}; changes may be NULL. The work alone. */
struct value *bench_document(struct bench *bench, const struct value *changes);
struct value *bench_work_value(struct bench *bench);
/* bench_say.c: the tables, for people. */
void bench_say(struct bench *bench, const struct value *changes, struct buffer *out);
/* bench_page.c: the files of a page, ended by NULL, in a folder. */
extern const char *const bench_files[];
PICSET_NODISCARD enum status bench_page(struct bench *bench, const struct value *document,
                                        const struct value *changes, const char *folder,
                                        struct error *error);

#endif
