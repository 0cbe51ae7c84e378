/* SPDX-License-Identifier: MIT
 * Between work_run.c and work_sets.c only: what the two threads of a run share. */
#ifndef PICSET_CLI_WORK_STATE_H
#define PICSET_CLI_WORK_STATE_H

#include <pthread.h>

#include "signals.h"
#include "work.h"

struct run {
    struct work *work;
    struct report report;
    struct signals signals;
    struct generate *generate;
    pthread_mutex_t lock;
    pthread_cond_t more; /* an image is ready, or the last one has come */
    bool all_came;       /* nothing more becomes ready */
    int halted;          /* something failed, and that is enough: read and written atomically */
    size_t *indexes;     /* of the engine's images: which of the work's */
    size_t index_capacity;
    size_t *reported;             /* of the work's images: which of the report's */
    struct batch_summary summary; /* of all batches */
    struct generate_summary made;
    size_t base_sources, base_renditions; /* of the batches before */
    enum status sets;                     /* the first failure of a batch as a whole, or PARTIAL */
    struct error sets_error, made_error;
    bool retry_told;        /* that a request failed for now: once is enough */
    size_t lost;            /* sets that could not be made for lack of an image */
    struct value *failures; /* of images that could not be had, for the document */
};

/* Something failed: with --fail-fast nothing new is begun. */
void work_halt(struct run *run);
/* Says how it ended, and with which status: `generation` is of the images, with its `failure`. */
PICSET_NODISCARD enum status work_run_end(struct run *run, enum status generation,
                                          const struct error *failure, struct error *error);
/* The second thread, for pthread_create: makes sets as their images come. */
void *work_make_sets(void *run);

#endif
