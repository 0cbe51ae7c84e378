/* SPDX-License-Identifier: MIT
 * What a run says while it runs and when it is done: a bar on a terminal, a line per image
 * otherwise, a document for a machine. */
#ifndef PICSET_CLI_REPORT_H
#define PICSET_CLI_REPORT_H

#include <pthread.h>
#include <time.h>

#include "batch.h"
#include "cli.h"

/* What is known of one image; in the order of the request. */
struct report_image {
    const char *source;
    bool finished, unchanged;
    enum status status;
    struct error *error; /* NULL: none */
    struct value *files, *notes, *warnings;
    int64_t bytes;
    double seconds;
};

/* Images that are made from prompts; all 0 where there are none. */
struct report_generation {
    size_t done, failed, total;
    double spent; /* US dollars */
};

struct report {
    struct cli *cli;
    const char *document; /* its name in the schema string: "render" */
    struct report_generation generation;
    struct batch_event last; /* of the sets, for the bar */
    struct report_image *images;
    struct report_image **by_source;
    size_t count;
    struct timespec start, drawn;
    bool bar;    /* one stands on the terminal now */
    bool failed; /* memory was short for the document */
    pthread_mutex_t lock;
    bool closed; /* the end was reported: what an interrupted run still finishes is not heard */
};

PICSET_NODISCARD enum status report_start(struct report *report, struct cli *cli,
                                          const struct batch_request *request, struct error *error);
/* The same for images by the names that they are told by. */
PICSET_NODISCARD enum status report_start_names(struct report *report, struct cli *cli,
                                                const char *document, const char *const *names,
                                                size_t count, struct error *error);
/* batch_request.event; data is the report. */
void report_event(void *data, const struct batch_event *event);
/* The same for the i-th image, whatever source the event names. */
void report_image_event(struct report *report, size_t i, const struct batch_event *event);
/* How far the images from prompts are: draws the bar. */
void report_generation(struct report *report, const struct report_generation *generation);
/* Takes the bar away before a line is said. */
void report_pause(struct report *report);
/* Before a batch goes: keeps what its unchanged images have. indexes[i] is the i-th image's; NULL:
 * the same. */
void report_batch(struct report *report, const struct batch *batch, const size_t *indexes);
/* The images of the document, for one that is put together elsewhere. */
const struct value *report_sources(struct report *report);
const struct value *report_summary(struct arena *arena, const struct batch_summary *summary);
/* Takes the bar away; then the summary, and the document with --json. `failure` is batch_run's. */
PICSET_NODISCARD enum status report_end(struct report *report, const struct batch_summary *summary,
                                        const struct error *failure, struct error *error);
/* The lines of the summary alone. */
void report_say_end(struct report *report, const struct batch_summary *summary, bool interrupted);

#endif
