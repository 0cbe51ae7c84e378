/* SPDX-License-Identifier: MIT
 * From prompts to images on disk: jobs through one provider, durably, within its rates, never paid
 * for twice. Knows providers by their tables and HTTP by http.h. */
#ifndef PICSET_GENERATE_H
#define PICSET_GENERATE_H

#include <stdio.h>

#include "http.h"
#include "journal.h"

struct generate_image { /* one image that is wanted; its text is borrowed until generate_free */
    const char *name;
    struct ask ask; /* checked */
};

enum generate_event_type {
    GENERATE_SENT,    /* a create went out */
    GENERATE_RUNNING, /* the service is at work; `progress` may say how far */
    GENERATE_DONE,    /* job->image is on disk; `reused`: it was there already */
    GENERATE_FAILED,  /* of this run nothing more comes for it: job->state and message say why */
    GENERATE_PAUSED,  /* nothing is sent for `seconds`, as the service wished */
    GENERATE_NOTE,    /* a warning about one image, or about all: job NULL */
    GENERATE_RETRY    /* a request failed for now: `message` says why, `seconds` until the next */
};

struct generate_event {
    enum generate_event_type type;
    size_t index;          /* of the image, as generate_add gave it */
    const struct job *job; /* borrowed for the call */
    const char *message;   /* "" when there is nothing to say */
    int progress;          /* RUNNING: 0..100, < 0 unknown */
    bool reused;
    bool stopped; /* NOTE: nothing more is sent, and why; FAILED: for that reason alone */
    double seconds;
    size_t done, failed, total;
    double spent; /* US dollars so far */
};

struct generate_request {
    const struct provider *provider;
    struct endpoint endpoint;
    const struct secret *secret; /* NULL: none */
    const char *keyless;         /* nothing can be sent, and why; NULL: it can */
    struct journal *journal;
    struct http *http;
    double cost_max;      /* US dollars; < 0: no bound. Stops before it is passed */
    int images_max;       /* creates at most; < 0: no bound */
    bool repeat_unknown;  /* the user says: send jobs of unknown outcome again */
    int concurrency;      /* jobs at the service at most; 0: the provider's */
    double poll_seconds;  /* 0: the recommended pace */
    double retry_seconds; /* the first back-off; 0: 1 s */
    double pace;         /* 0: 1; less, for tests: all waits for the service shrink to this share */
    double wait_seconds; /* for one task, then it stays RUNNING for the next start; 0: 15 min */
    const char *callback_url; /* NULL: none */
    FILE *log;                /* JSON lines; NULL: none */
    bool log_prompts;         /* else their hashes only */
    /* Called on the thread of generate_run; may call generate_add. */
    void (*event)(void *data, const struct generate_event *event);
    void *data;
    const volatile int *interrupted;
    const volatile int *halted; /* non-zero: nothing new is sent, what is under way goes on; NULL:
                                   never */
};

struct generate_summary {
    size_t done, reused; /* images on disk: made in this run, there before */
    size_t failed, refused, unknown;
    size_t pending; /* can still be had: nothing is lost, the next start goes on */
    size_t creates; /* requests that the service accepted */
    double
        spent; /* US dollars for jobs of this run; the table's price where the service said none */
    double before; /* the same for what an earlier run had sent, and this one finished */
    double seconds;
};

struct generate;

/* What `request` points to is borrowed until generate_free; the struct itself is copied. */
PICSET_NODISCARD enum status generate_new(const struct generate_request *request,
                                          struct generate **out, struct error *error);
/* Wants one more image. From any thread, also while generate_run is at work, which then goes on
 * until this one, too, is finished. An image that asks for exactly what an earlier one asks for
 * shares its job. `index` may be NULL. */
PICSET_NODISCARD enum status generate_add(struct generate *generate,
                                          const struct generate_image *image, size_t *index,
                                          struct error *error);
/* Runs until every image is done or cannot be had now. STATUS_OK; GENERATION when some could not be
 * had: *error says why the first could not; INTERRUPTED with all that is under way safe in the
 * journal; another status when our own side failed. May be called again after more was added:
 * rates, bounds and the summary go on. */
PICSET_NODISCARD enum status generate_run(struct generate *generate,
                                          struct generate_summary *summary, struct error *error);
/* A callback named this task: it is polled at once. From any thread. */
void generate_hint(struct generate *generate, const char *task);
/* Answers that come later are dropped. NULL is fine. */
void generate_free(struct generate *generate);

/* Equal for asks that would be answered alike: of the provider's and the model's name and all that
 * is asked; references by content. Equal request, same job. */
struct hash generate_request_hash(const struct provider *provider, const struct ask *ask);

/* A line of the log for a set that was made of an image of this prompt; on any thread. */
void generate_log_set(FILE *log, const char *prompt, size_t files, double seconds);

#endif
