/* SPDX-License-Identifier: MIT
 * A whole request: many images, several presets, one output folder. What the commands `render` and
 * `plan` and the library call: read headers, skip the unchanged, plan, settle paths, run, record.
 */
#ifndef PICSET_BATCH_H
#define PICSET_BATCH_H

#include "plan.h"

enum overwrite { OVERWRITE_NEVER, OVERWRITE_CHANGED, OVERWRITE_ALWAYS };

/* Which files the batches of one run make. */
struct batch_claims;
PICSET_NODISCARD enum status batch_claims_new(struct batch_claims **out, struct error *error);
void batch_claims_free(struct batch_claims *claims); /* NULL is fine */

struct batch_image {
    const char *path;  /* file, or "-"; NULL: bytes in memory */
    const char *id;    /* what events and the store call it, where many images share a file or one
                          changes its file; NULL: its path */
    const void *bytes; /* memory; borrowed until batch_free */
    size_t size;
    const char *name, *dir;     /* ${name}, ${dir} */
    const struct value *inputs; /* object: name → path or "#colour"; may be NULL */
    const char *alt;
    bool focus_given;
    double focus_x, focus_y;
    /* Of a generated image (generated.h), borrowed until batch_free; NULL: none. */
    const char *xmp;                /* packet that each rendition carries */
    const struct value *generation; /* for the record: an object */
};

struct batch_preset {
    const struct preset *preset;
    const struct value *changes; /* as for recipe_expand; NULL: none */
};

enum batch_event_type {
    BATCH_PLANNED,   /* one source's header was read: done of total sources */
    BATCH_RENDITION, /* one file is written (in place when its set is complete) */
    BATCH_SET,       /* one source is finished: status says how */
    BATCH_NOTE,      /* something else than the set, about one source or all */
    BATCH_WARNING    /* what the plan of one source's set warns of; a line for each preset */
};

struct batch_event {
    enum batch_event_type type;
    const char *source;        /* display name */
    enum status status;        /* SET: OK, or why not */
    const struct error *error; /* SET with status != OK; NOTE and WARNING use message only */
    bool unchanged;            /* SET: nothing was to be done */
    size_t files;              /* SET: files written */
    int64_t bytes;             /* SET, RENDITION: bytes written */
    const char *path;          /* RENDITION */
    size_t sources_done, sources_total, renditions_done, renditions_total;
    double seconds; /* SET: from admission to rename */
};

/* For measurements: a task of the pool that has ended, and what it consisted of. */
struct batch_part {
    char what[64];    /* "plan", "open", "load", "colour, resize", "encode webp", "finish" */
    double wall, cpu; /* of the thread */
    bool apart;       /* a library worked on threads of its own meanwhile */
};

enum { BATCH_NO_TASK = -1, BATCH_PARTS = 4 };

struct batch_task {
    size_t image;    /* of the request */
    int node, after; /* step of its plan that it computes, and whose image it begins with;
                        BATCH_NO_TASK: none */
    double submitted, started, ended; /* machine_seconds */
    double expected;                  /* seconds by the model that orders tasks */
    double way;                       /* expected seconds of the longest way to an end of its set */
    double before;                    /* expected seconds of the sets that came before */
    int64_t bytes;                    /* of pixels, read and written once */
    struct batch_part parts[BATCH_PARTS];
    int part_count;
};

/* Which task of the pool goes first with so many threads: the greatest. */
double batch_urgency(const struct batch_task *task, int threads);

struct batch_request {
    const struct batch_image *images;
    size_t image_count;
    const struct batch_preset *presets;
    size_t preset_count;
    const struct preset_library *library;
    const char *out;   /* folder; may hold ${preset}; NULL: to memory through `deliver` */
    const char *state; /* folder of the store; NULL: the default place; "" : none */
    enum overwrite overwrite;
    struct batch_claims *claims; /* of the run's other batches; NULL: there are none */
    bool fail_fast;
    bool prune; /* remove files that our record lists and no preset makes any more */
    /* Is this id, of a set that another run made, still one of the project's? With `prune` the sets
     * of those that are not go; NULL: all are. On one thread. */
    bool (*knows)(void *data, const char *id);
    bool plan_only; /* batch_run will not be called: plan the unchanged, too */
    int jobs;       /* 0: one per usable core */
    int64_t memory; /* bytes; 0: half of what the machine or cgroup has */
    struct limits limits;
    /* Called from any thread, one at a time. */
    void (*event)(void *data, const struct batch_event *event);
    /* out == NULL: takes each finished file; bytes are borrowed for the call. rendition is NULL for
     * an emitted file, image NULL for one that several images share. */
    enum status (*deliver)(void *data, const char *image, const struct record_rendition *rendition,
                           const char *path, const void *bytes, size_t size, struct error *error);
    /* For measurements, from any thread, several at a time; NULL: none. */
    void (*task)(void *data, const struct batch_task *task);
    void *data;
    const volatile int *interrupted; /* non-zero: stop; NULL: never */
};

struct batch_summary {
    size_t sources, made, unchanged, failed, refused;
    size_t files, renditions, emitted, pruned;
    int64_t bytes_in, bytes_out, pixels_in, pixels_out;
    size_t decodes;      /* sources whose pixels were decoded */
    int64_t peak_memory; /* bytes the budget had admitted at most */
    int64_t memory;      /* the budget */
    int jobs;
    double seconds;
};

/* Of an image that is yet to be generated: what it will be called, and what it shows. */
struct batch_named {
    const char *name, *prompt;
};
/* Refuses when the set of another prompt has one of these names (as its id) at the request's
 * folder. */
PICSET_NODISCARD enum status batch_names_free(const struct batch_request *request,
                                              const struct batch_named *names, size_t count,
                                              struct error *error);

struct batch;

/* Reads headers and plans everything. Sources that fail are remembered and reported by batch_run
 * (or batch_failure); STATUS_OK with some failed is normal. */
PICSET_NODISCARD enum status batch_plan(const struct batch_request *request, struct batch **out,
                                        struct error *error);
/* The folder that every file of it lies below; NULL: in memory. Lives as long as the batch. */
const char *batch_root(const struct batch *batch);
size_t batch_plan_count(const struct batch *batch);
/* One plan per image in the order given; NULL where the source failed: then *error says why. */
const struct plan *batch_plan_at(const struct batch *batch, size_t i, const struct error **error);
/* STATUS_INTERRUPTED: workers may still be busy; the caller is to _exit without batch_free.
 * Makes everything. OK, PARTIAL (some sources failed), or the one failure when nothing could be
 * made. */
PICSET_NODISCARD enum status batch_run(struct batch *batch, struct batch_summary *summary,
                                       struct error *error);
/* From another thread, while batch_run is at work: no temporary file is left. The process is to
 * _exit afterwards. */
void batch_abandon(struct batch *batch);
void batch_free(struct batch *batch);
/* For a second interrupt: drops temporaries. Async-signal-safe; the process is to _exit afterwards.
 */
void batch_abandon(struct batch *batch);

#endif
