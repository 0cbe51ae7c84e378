/* SPDX-License-Identifier: MIT
 * What the files of the generation engine share. Not for anybody else. All of it belongs to the
 * thread of generate_run, but for what stands in the mailbox. */
#ifndef PICSET_GENERATE_STATE_H
#define PICSET_GENERATE_STATE_H

#include <pthread.h>

#include "generate.h"
#include "rate.h"

/* ---- Answers on their way from the HTTP thread ---- */

enum call_kind { CALL_CREATE, CALL_POLL, CALL_FETCH, CALL_REFRESH, CALL_UPLOAD };

struct call { /* one request and its answer */
    struct mailbox *box;
    struct call *next;
    enum call_kind kind;
    struct work *work;     /* NULL: an upload's */
    struct upload *upload; /* UPLOAD */
    double sent, arrived;
    struct arena *arena;
    struct http_answer answer; /* its text in the arena, its body in `body` */
    void *body;
};

struct hint {
    struct hint *next;
    char task[];
};

struct mailbox { /* outlives the engine until the last answer is there */
    pthread_mutex_t lock;
    pthread_cond_t more;
    int references;
    bool closed;
    struct call *first, **last;
    struct hint *hints;
    struct work *added, **added_last;
    size_t added_count;
};

PICSET_NODISCARD enum status mailbox_new(struct mailbox **out, struct error *error);
void mailbox_close(struct mailbox *box); /* drops the engine's reference and what is in it */
/* Waits until something is there or `seconds` have gone. */
void mailbox_wait(struct mailbox *box, double seconds);
struct call *mailbox_take(struct mailbox *box); /* NULL: empty */

struct call *call_new(struct mailbox *box, enum call_kind kind, struct work *work,
                      struct upload *upload, double sent);    /* NULL: no memory */
void call_done(void *call, const struct http_answer *answer); /* for http_send and http_fetch */
void call_free(struct call *call);

/* ---- Images ---- */

enum work_phase {
    PHASE_NEW,
    PHASE_OTHER, /* another process holds the job: looked at again at `due` */
    PHASE_UPLOAD,
    PHASE_CREATE,
    PHASE_POLL,
    PHASE_FETCH,
    PHASE_REFRESH,
    PHASE_ENDED
};

struct work {
    struct work *next_added;
    size_t index;
    const char *name;
    struct ask ask;
    struct arena *arena; /* what the job points to */
    struct job job;
    struct work *shares; /* an earlier image that asks for the same; NULL: none */
    enum work_phase phase;
    bool in_flight, claimed, reused;
    bool waits_told; /* that another process holds the job */
    double due, sent;
    double asked_since; /* when the first create of this run went out, or polling began */
    double running_since;
    int slot;       /* of the rate, of the request under way */
    int tries;      /* failures in a row of what is being tried */
    int misses;     /* polls that did not know the task */
    int refreshes;  /* of the link */
    double charged; /* US dollars of it in summary.spent or summary.before */
    bool counted;   /* in summary.creates */
};

struct upload { /* of one content */
    struct upload *next;
    struct hash content;
    const struct reference *reference;
    const char *url;    /* NULL: not there yet */
    const char *failed; /* why it never will be; NULL: it may */
    bool in_flight;
    int tries;
    double due;
};

struct generate {
    struct generate_request request;
    struct mailbox *box;
    struct arena *arena;
    struct work **works;
    size_t work_count, work_capacity;
    struct upload *uploads;
    struct rate_limit creates, polls;
    struct breaker breaker;
    bool reached;  /* the service has answered once */
    bool stopping; /* nothing new is sent; `stopped` says why */
    char stopped[512];
    uint64_t random;
    double paused_until;
    int creating, fetching, uploading; /* requests under way */
    int at_service;                    /* jobs at the service */
    struct generate_summary summary;
    struct error first; /* why the first image could not be had */
    struct error fault; /* of our own side */
};

/* generate.c */
/* Nothing more is done for it in this run; NULL: the job's own message says why. */
void work_end(struct generate *generate, struct work *work, const char *message);
void generate_stop(struct generate *generate, const char *format, ...) PICSET_PRINTF(2, 3);
/* Our own side has failed: nothing new is sent, and the run ends with this. */
void generate_fault(struct generate *generate, const struct error *error);
void generate_pause(struct generate *generate, double seconds);
/* The state is written; a failure is the engine's fault, and nothing new is sent then. */
bool work_write(struct generate *generate, struct work *work, enum job_state state);
/* Between two questions after a task that has been asked about for `age` seconds. */
double generate_poll_seconds(const struct generate *generate, double age);
double generate_backoff(struct generate *generate, int tries, double retry_after);

/* generate_begin.c: from an image to its job, wherever an earlier run has left that. */
void work_begin(struct generate *generate, struct work *work);
void work_look_again(struct generate *generate, struct work *work);

/* generate_send.c: what goes out, when it may. */
void work_step(struct generate *generate, struct work *work, double now);
void uploads_step(struct generate *generate, double now);
/* Seconds after which work_step may have something to do. */
double work_wait(const struct generate *generate, const struct work *work, double now);

/* generate_answer.c: what came back. */
void call_answered(struct generate *generate, struct call *call);
void work_charge(struct generate *generate, struct work *work, double cost);
void work_end_unknown(struct generate *generate, struct work *work);

/* generate_image.c: bytes → an image on disk; its size and format by content. */
PICSET_NODISCARD enum status work_keep_image(struct generate *generate, struct work *work,
                                             const void *bytes, size_t size, struct error *error);

/* generate_asked.c: the ask as a value and as a hash. NULL: no memory. */
const struct value *asked_value(const struct ask *ask, struct arena *arena);

/* generate_tell.c: events and log lines. */
void work_tell(struct generate *generate, struct work *work, enum generate_event_type type,
               int progress, const char *message);
void retry_tell(struct generate *generate, struct work *work, const char *message, double seconds);
void stop_tell(struct generate *generate);
void pause_tell(struct generate *generate, double seconds);
void generate_note(struct generate *generate, struct work *work, const char *format, ...)
    PICSET_PRINTF(3, 4);
void generate_log(struct generate *generate, const struct work *work, const char *event,
                  const char *code, const char *message, double seconds);

#endif
