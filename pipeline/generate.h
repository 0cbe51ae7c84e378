/* SPDX-License-Identifier: MIT
 * From prompts to images on disk: jobs through one provider, durably, within its rates, never paid for
 * twice. Knows providers by their tables and HTTP by http.h. */
#ifndef PICSET_GENERATE_H
#define PICSET_GENERATE_H

#include <stdio.h>

#include "http.h"
#include "journal.h"

struct generate_image { /* one image that is wanted */
    const char *name;
    struct ask ask;          /* checked */
    struct hash request;     /* filled in by generate_request_hash */
};

enum generate_event_type {
    GENERATE_SENT, GENERATE_RUNNING, GENERATE_DONE, GENERATE_FAILED, GENERATE_PAUSED, GENERATE_NOTE
};

struct generate_event {
    enum generate_event_type type;
    size_t index;            /* of the image */
    const struct job *job;
    const char *message;
    double seconds;          /* PAUSED: for how long */
    size_t done, failed, total;
    double spent;            /* US dollars so far in this run */
};

struct generate_request {
    const struct provider *provider;
    struct endpoint endpoint;
    const struct secret *secret;    /* NULL: none */
    struct journal *journal;
    struct http *http;
    const struct generate_image *images;
    size_t image_count;
    double cost_max;                /* US dollars; < 0: no bound. Stops before it is passed */
    int images_max;                 /* creates at most; < 0: no bound */
    bool repeat_unknown;            /* the user says: send jobs of unknown outcome again */
    int concurrency;                /* 0: the provider's */
    double poll_seconds;            /* 0: the recommended pace; tests: quicker */
    const char *callback_url;       /* NULL: none */
    FILE *log;                      /* JSON lines; NULL: none */
    /* Called from any thread, one at a time. */
    void (*event)(void *data, const struct generate_event *event);
    void *data;
    const volatile int *interrupted;
};

struct generate_summary {
    size_t done, reused, failed, refused, unknown, pending;
    double spent;        /* US dollars; a price of the table where the service said none */
    double seconds;
};

/* Runs until every image is done or cannot be had now. STATUS_OK; GENERATION when some could not be
 * had; INTERRUPTED with all that is under way safe in the journal. */
PICSET_NODISCARD enum status generate_run(const struct generate_request *request,
                                          struct generate_summary *summary, struct error *error);
struct hash generate_request_hash(const struct provider *provider, const struct ask *ask);
/* A callback named this task: it is polled at once. From any thread while generate_run runs. */
void generate_hint(const char *task);

#endif
