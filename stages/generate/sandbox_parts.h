/* SPDX-License-Identifier: MIT
 * What the files of the sandbox share: its state, one request being answered, and the verbs of its
 * protocols. Everything in struct sandbox that can change is under its lock. */
#ifndef PICSET_SANDBOX_PARTS_H
#define PICSET_SANDBOX_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "format.h"
#include "generate/server.h"
#include "hash.h"
#include "http.h"
#include "sandbox.h"
#include "value.h"

/* ---- Faults -------------------------------------------------------------------------------------
 */

enum sandbox_place {
    AT_CREATE,   /* a create, before anything is made */
    AT_MADE,     /* a create's answer, after the task is made and paid */
    AT_TASK,     /* a task's fate, settled when it is made */
    AT_POLL,     /* a question after a task */
    AT_FETCH,    /* the download; the image inside an answer, where it comes there */
    AT_REFRESH,  /* a new link for an old one */
    AT_UPLOAD,   /* a reference image */
    AT_CALLBACK, /* the call when a task has ended */
    PLACE_COUNT
};

enum sandbox_effect {
    EFFECT_SAY,  /* status, code and words, in the protocol's own shape */
    EFFECT_HTML, /* status and a page */
    EFFECT_TEXT, /* what is no JSON */
    EFFECT_HANG,
    EFFECT_DROP,
    EFFECT_DRIP,
    EFFECT_CUT,
    EFFECT_BOMB,
    EFFECT_LOOP,      /* redirects without end */
    EFFECT_INSIDE,    /* redirects into the machine's own network */
    EFFECT_WITH_TASK, /* code and words, and the task all the same */
    EFFECT_NO_DATA,
    EFFECT_LOST,   /* the task is not known any more */
    EFFECT_STATE,  /* a state nobody knows */
    EFFECT_OBJECT, /* resultJson is no text */
    EFFECT_EXPIRED,
    EFFECT_TYPE, /* another format under the asked one's name */
    EFFECT_SIZE,
    EFFECT_PAGE, /* HTML in the image's place */
    EFFECT_EMPTY,
    EFFECT_FAIL,   /* the task fails with this code */
    EFFECT_REFUSE, /* the prompt is refused */
    EFFECT_NO_IMAGE,
    EFFECT_THOUGHT, /* a draft, marked as a thought, comes before the image */
    EFFECT_DRAFT,   /* a smaller image, not marked, comes before it */
    EFFECT_WRAPPED, /* the error stands in a list */
    EFFECT_TWICE,
    EFFECT_SIGNATURE,
    EFFECT_STALE
};

struct sandbox_fault {
    const char *name;
    enum sandbox_place place;
    enum sandbox_effect effect;
    int status, code;   /* HTTP's; the envelope's or the task's; 0: the same as status */
    double retry_after; /* seconds; 0: not said */
    const char *words;  /* of the service */
    const char *help;
};

extern const struct sandbox_fault sandbox_faults[]; /* name NULL ends */
extern const char *const sandbox_places[PLACE_COUNT];

struct armed {
    const struct sandbox_fault *fault;
    int64_t count, after; /* count < 0: always */
    int64_t struck;
};

/* ---- State
 * ---------------------------------------------------------------------------------------- */

enum sandbox_protocol { PROTOCOL_KIE, PROTOCOL_GEMINI, PROTOCOL_OPENAI };

struct sandbox_task {
    char id[33];
    enum sandbox_protocol protocol;
    const char *model, *prompt, *aspect, *size;
    const char *param;             /* kie: the request as JSON text */
    const char *callback;          /* NULL: none */
    const char *const *references; /* URLs, or "inline:HASH" */
    size_t reference_count;
    int64_t seed;
    int width, height; /* px */
    enum format format;
    struct hash request;              /* equal for equal requests */
    double cost;                      /* US dollars */
    double created, ends;             /* seconds of the sandbox's clock */
    int64_t created_ms;               /* since 1970 */
    const struct sandbox_fault *fate; /* NULL: a picture */
    bool lost, expired, called;
    int tickets; /* links that were made anew */
    int polls, fetches, delivered;
};

struct sandbox_file { /* an uploaded one */
    const char *path; /* "images/x.png" */
    void *bytes;
    size_t size;
    enum format format;
    int64_t uploaded_ms;
};

struct sandbox_counts {
    int64_t requests, creates, created, limited, refused, polls, fetches, uploads, callbacks;
};

enum { SANDBOX_TASKS_MAX = 100000, SANDBOX_RATE_MAX = 1000 };
#define SANDBOX_UPLOADS_MAX ((size_t)1 << 30) /* bytes, of all uploads */

struct sandbox {
    struct sandbox_settings settings; /* its text lives in the arena */
    struct server *server;
    struct http *http; /* for callbacks */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a task was made, or the clock moved */
    pthread_t caller;
    bool calling; /* the thread of callbacks runs */
    atomic_bool stopping;
    struct arena *arena;
    struct sandbox_task **tasks;
    size_t task_count, task_capacity;
    struct sandbox_file *files;
    size_t file_count, file_capacity, file_bytes;
    struct armed *armed;
    size_t armed_count, armed_capacity;
    double creates[SANDBOX_RATE_MAX]; /* when the latest were, as a ring */
    size_t create_index;
    double credit;   /* Kie's */
    double spent;    /* US dollars */
    double advanced; /* seconds that the clock was put forward */
    uint64_t random;
    struct sandbox_counts counts;
};

/* ---- One request
 * ----------------------------------------------------------------------------------- */

struct sandbox_call {
    struct sandbox *sandbox;
    const struct server_request *request;
    struct server_response *response;
    struct arena *arena;
    const char *rest; /* of the path, after the route's own part */
    enum sandbox_protocol protocol;
    const struct sandbox_fault *fault; /* that struck; NULL: none */
};

double sandbox_now(const struct sandbox *sandbox); /* seconds; under the lock */
int64_t sandbox_epoch_ms(const struct sandbox *sandbox);

/* The first armed fault of this place, counted down; NULL: none. Takes the lock. */
const struct sandbox_fault *sandbox_strike(struct sandbox *sandbox, enum sandbox_place place);
/* Arms "NAME[:COUNT][@AFTER]". Takes the lock. */
enum status sandbox_arm(struct sandbox *sandbox, const char *text, struct error *error);
/* What a fault does to an answer that is ready, or in its place; true: nothing more is to be done.
 */
bool sandbox_spoil(struct sandbox_call *call, const struct sandbox_fault *fault);

void call_json(struct sandbox_call *call, int status, const struct value *value);
void call_text(struct sandbox_call *call, int status, const char *type, const char *text);
/* In the protocol's own shape. `fault` (may be NULL) for what else it says. */
void call_refuse(struct sandbox_call *call, int status, int code, const char *words,
                 const struct sandbox_fault *fault);
struct value *object_text(struct arena *arena, struct value *object, const char *key,
                          const char *text); /* null for NULL */

/* The body as JSON object; NULL, and answered, when it is none. */
const struct value *call_body(struct sandbox_call *call);
const char *member_text(const struct value *object, const char *key); /* NULL when it is none */
/* The member under either spelling. */
const struct value *member_either(const struct value *object, const char *key, const char *other);

/* User agent, key, rate, faults: false, and answered, when a create goes no further. */
bool call_may_create(struct sandbox_call *call);
bool call_has_key(struct sandbox_call *call); /* false: answered */

/* Fills in what is common, pays, and keeps it. NULL, and answered, when there is no credit or
 * memory. What `made` points to must live in the sandbox's arena or for ever: task_keep_text. */
struct sandbox_task *task_make(struct sandbox_call *call, const struct sandbox_task *made);
const char *task_keep_text(struct sandbox *sandbox, const char *text);
const char *const *task_keep_list(struct sandbox *sandbox, const char *const *texts, size_t count);
struct sandbox_task *task_find(struct sandbox *sandbox, const char *id); /* under the lock */
/* "waiting", "queuing", "generating", "success", "fail"; under the lock. */
const char *task_state(const struct sandbox *sandbox, const struct sandbox_task *task);
/* The image, `smaller` times smaller; false, and answered, when it cannot be had. */
bool task_picture(struct sandbox_call *call, const struct sandbox_task *task, enum format format,
                  int smaller, struct buffer *out);
/* For protocols with the image in the answer: waits, and lets `say` answer; faults of tasks,
 * answers and downloads strike here. */
void call_deliver(struct sandbox_call *call, struct sandbox_task *task,
                  void (*say)(struct sandbox_call *call, const struct sandbox_task *task,
                              const struct sandbox_fault *fault));
/* Counts what goes out with this answer as fetched, once all of it is out. */
void task_delivers(struct sandbox_call *call, struct sandbox_task *task);
bool sandbox_pixels(const struct model_size *pixels, const char *aspect, const char *size,
                    int *width, int *height);

/* False when there is no room; `out` stays valid while the sandbox lives. */
bool file_keep(struct sandbox_call *call, const char *folder, const char *name, const void *bytes,
               size_t size, struct sandbox_file *out);
bool file_known(struct sandbox *sandbox, const char *path);

struct form_part {
    const char *name, *file; /* file NULL: a plain field */
    const char *bytes;       /* in the request's body */
    size_t size;
};
/* The next part of a multipart body; `at` starts at 0. */
bool form_next(const struct sandbox_call *call, size_t *at, struct form_part *part);

/* ---- Routes
 * ------------------------------------------------------------------------------------------ */

typedef void sandbox_route(struct sandbox_call *call);
sandbox_route serve_kie_create, serve_kie_record, serve_kie_url, serve_kie_credit, serve_kie_base64,
    serve_kie_stream;
sandbox_route serve_gemini, serve_openai_create, serve_openai_edit;
sandbox_route serve_image, serve_upload, serve_loop;
sandbox_route serve_state, serve_ledger, serve_faults, serve_arm, serve_settings;

void refuse_kie(struct sandbox_call *call, int status, int code, const char *words);
void refuse_gemini(struct sandbox_call *call, int status, const char *words,
                   const struct sandbox_fault *fault);
void refuse_openai(struct sandbox_call *call, int status, const char *code, const char *words);

/* A task's record as recordInfo and callbacks tell it; under the lock. */
struct value *kie_record(struct sandbox *sandbox, const struct sandbox_task *task,
                         const struct sandbox_fault *fault, struct arena *arena);

PICSET_NODISCARD enum status callbacks_start(struct sandbox *sandbox, struct error *error);
void callbacks_stop(struct sandbox *sandbox);

#endif
