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
    struct value *files, *notes;
    int64_t bytes;
    double seconds;
};

struct report {
    struct cli *cli;
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
/* batch_request.event; data is the report. */
void report_event(void *data, const struct batch_event *event);
/* Takes the bar away; then the summary, and the document with --json. `failure` is batch_run's. */
PICSET_NODISCARD enum status report_end(struct report *report, const struct batch *batch,
                                        const struct batch_summary *summary,
                                        const struct error *failure, struct error *error);

#endif
