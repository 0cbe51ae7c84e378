/* SPDX-License-Identifier: MIT
 * For authors of providers: what a generation service is. One `const struct provider` per service,
 * in one file of stages/generate/, and one line of stages/providers.def: tables of its models, and
 * pure functions that write requests and read answers. They send nothing, wait for nothing, keep
 * nothing; the engine (generate.c) does. All functions may be called from any thread. */
#ifndef PICSET_PROVIDER_H
#define PICSET_PROVIDER_H

#include "arena.h"
#include "buffer.h"
#include "error.h"
#include "format.h"
#include "hash.h"

/* ---- Models: data, every field of which a project file may override
 * ------------------------------ */

struct model_size { /* what one aspect and size give, px; width 0 ends a list */
    const char *aspect, *size;
    int width, height;
};

struct model_price { /* US dollars for one image; size NULL: for any; price < 0 ends a list */
    const char *size;
    double price;
};

struct model {
    const char *name; /* the service's own id */
    const char *summary;
    const char *retired; /* since when, and what takes its place; NULL: alive */
    int prompt_max;      /* characters; 0: no bound known */
    int references_max;  /* images; 0: none */
    int64_t reference_bytes;
    bool references_needed;     /* an editing model */
    const char *const *aspects; /* ended by NULL; "auto" may be among them */
    const char *const *sizes;   /* "512", "1K", "2K", "4K"; NULL: one size only */
    const char *const *formats; /* as the service spells them: "png", "jpg"; NULL: it chooses */
    const char *aspect_default, *size_default, *format_default;
    /* names of fields in the request; NULL: not sent */
    const char *field_references, *field_aspect, *field_size, *field_format;
    bool grounding, seed;        /* can be asked for */
    const char *const *thinking; /* levels that can be asked for; NULL: none */
    const struct model_size *pixels;
    const struct model_price *prices; /* the most that an image costs; NULL: not known */
    struct token_prices {
        double in,
            out; /* US dollars for a million tokens, where answers count them; 0: not known */
    } token_prices;
};

/* ---- One request
 * ----------------------------------------------------------------------------------- */

struct reference {    /* an image to keep to */
    const char *name; /* for messages */
    const void *bytes;
    size_t size;
    enum format format;
    const char *url; /* where the service can fetch it; set after an upload, or given */
};

struct ask {
    const struct model *model;
    const char *prompt;
    const char *aspect, *size, *format; /* as the model spells them; NULL: its default */
    const struct reference *references;
    size_t reference_count;
    bool grounding, seed_given;
    int64_t seed;
    const char *thinking;     /* "low", "high", …; NULL: the service's default */
    const char *callback_url; /* NULL: none */
};

/* What the HTTP layer is to do. Text and bytes live in the arena that was given. The key is put in
 * by the HTTP layer, from `key_header` ("Authorization: Bearer ", "x-goog-api-key: "), never by a
 * provider. */
struct http_ask {
    const char *method; /* "GET", "POST" */
    const char *url;
    const char *key_header;     /* NULL: no credential goes with it */
    const char *const *headers; /* "Name: value", ended by NULL; NULL: none */
    const char *content_type;   /* of the body; NULL: no body */
    const void *body;
    size_t body_size;
    int64_t answer_max; /* bytes, counted after decompression */
    double seconds;     /* in all; 0: the layer's default */
};

/* What came back, whole. status 0: nothing did, and `failure` says why. */
enum http_failure {
    HTTP_OK,        /* an answer came, of whatever status */
    HTTP_NOT_SENT,  /* surely nothing reached the service: name, connection, TLS */
    HTTP_UNKNOWN,   /* sent, and no whole answer: the service may have acted */
    HTTP_TOO_LARGE, /* more than answer_max */
    HTTP_FORBIDDEN, /* an address or a scheme that is not allowed */
    HTTP_STOPPED    /* by us */
};

struct http_answer {
    enum http_failure failure;
    long status;
    const char *content_type; /* "" when none */
    double retry_after;       /* seconds; < 0 when not said */
    const char *request_id;   /* of the service, for support; "" when none */
    const void *body;
    size_t size;
    const char *words; /* HTTP layer's own, for a message */
};

/* ---- What an answer means
 * ----------------------------------------------------------------------------- */

enum answer_kind {
    ANSWER_IMAGE,   /* the image is in it: bytes, or urls to fetch */
    ANSWER_TASK,    /* accepted: task is its id */
    ANSWER_RUNNING, /* not finished; ask again */
    ANSWER_MISSING, /* to a poll: the service knows no such task; not yet, or no more */
    ANSWER_URL,     /* of refresh and upload: urls[0] */
    ANSWER_CREDIT,  /* of credit: cost is what is left */
    ANSWER_REFUSED, /* the prompt or the result was refused: never again as it is */
    ANSWER_FAILED,  /* this request failed for good: invalid, not found, generation failed */
    ANSWER_RETRY,   /* for now: after retry_after seconds (< 0: back-off), nothing was charged */
    ANSWER_STOP,    /* key, credit or quota: nothing more can be had by anybody, the rest waits */
    ANSWER_UNKNOWN  /* cannot be told whether the service acted: never sent again by itself */
};

struct answer {
    enum answer_kind kind;
    const char *task;        /* TASK, and whenever an answer names one */
    const char *const *urls; /* IMAGE, URL: ended by NULL */
    const void *bytes;       /* IMAGE: inline, decoded from base64 */
    size_t size;
    const char *mime;             /* as declared, never believed; "" when none */
    const char *code;             /* the service's own: "422", "RESOURCE_EXHAUSTED"; "" when none */
    const char *message;          /* one sentence for the person; "" when none */
    double retry_after;           /* RETRY: seconds, < 0 unknown */
    bool pause_all;               /* RETRY: every worker waits (429) */
    double cost;                  /* credits or dollars as the service says; < 0 unknown */
    double tokens_in, tokens_out; /* that it was paid for; 0 unknown */
    int progress;                 /* RUNNING: 0..100, < 0 unknown */
};

/* ---- A provider
 * ----------------------------------------------------------------------------------------- */

struct rate { /* at most `count` in any `seconds` */
    int count;
    double seconds;
};

struct endpoint { /* where and as whom; from the project file, the environment, or the defaults */
    const char *base_url;   /* no '/' at its end */
    const char *upload_url; /* kie only */
};

struct provider {
    const char *name, *summary;
    const char *base_url, *upload_url; /* defaults */
    const char *key_variable;          /* "KIE_API_KEY"; NULL: needs none */
    const struct model *models;        /* the first is the default; name NULL ends */
    bool jobs; /* submit gives a task to poll; else the image is in the answer */
    struct rate creates, polls;
    int concurrency;  /* requests under way at most */
    double cost_unit; /* US dollars per unit of answer.cost; 0: it is dollars */

    /* Requests. STATUS_USAGE where the ask cannot be said in this protocol. */
    enum status (*submit)(const struct endpoint *endpoint, const struct ask *ask,
                          struct arena *arena, struct http_ask *out, struct error *error);
    enum status (*poll)(const struct endpoint *endpoint, const char *task, struct arena *arena,
                        struct http_ask *out, struct error *error); /* jobs only */
    /* A result link that has expired; NULL: cannot be renewed. */
    enum status (*refresh)(const struct endpoint *endpoint, const char *url, struct arena *arena,
                           struct http_ask *out, struct error *error);
    /* Brings a reference to where the service can fetch it; NULL: references go inline. */
    enum status (*upload)(const struct endpoint *endpoint, const struct reference *reference,
                          struct arena *arena, struct http_ask *out, struct error *error);
    enum status (*credit)(const struct endpoint *endpoint, struct arena *arena,
                          struct http_ask *out, struct error *error); /* NULL: not to be had */

    /* Answers: never fail; what makes no sense is RETRY for a question and UNKNOWN for a submit. */
    void (*submitted)(const struct http_answer *answer, struct arena *arena, struct answer *out);
    void (*polled)(const struct http_answer *answer, struct arena *arena, struct answer *out);
    void (*refreshed)(const struct http_answer *answer, struct arena *arena, struct answer *out);
    void (*uploaded)(const struct http_answer *answer, struct arena *arena, struct answer *out);
    void (*credited)(const struct http_answer *answer, struct arena *arena, struct answer *out);

    /* A callback's body and headers (NULL where absent) → the task it speaks of. STATUS_USAGE:
     * malformed; REFUSED: not signed, or wrongly (compared in constant time); CHECK: rightly
     * signed, but |now - timestamp| > 300 s. NULL function: none. */
    enum status (*callback)(const char *key, int64_t now, const char *timestamp,
                            const char *signature, const void *body, size_t size,
                            struct arena *arena, const char **task, struct error *error);
};

/* The registered providers in the order of providers.def, ended by NULL. */
const struct provider *const *provider_list(void);
const struct provider *provider_find(const char *name);
const struct model *model_find(const struct provider *provider,
                               const char *name); /* NULL: default */
/* As the two above; an unknown name is STATUS_USAGE, with the nearest known one. */
PICSET_NODISCARD enum status provider_choose(const char *name, const struct provider **out,
                                             struct error *error);
PICSET_NODISCARD enum status model_choose(const struct provider *provider, const char *name,
                                          const struct model **out, struct error *error);
/* The model's own spelling of a format ("jpg" or "jpeg"); NULL when it has none such. */
const char *model_format(const struct model *model, const char *name);

/* Checks an ask against its model's table before anything is sent: message, field, value, what is
 * allowed. */
PICSET_NODISCARD enum status ask_check(const struct provider *provider, const struct ask *ask,
                                       struct error *error);
/* The pixels that a model promises for aspect and size (NULL: its defaults); false when unknown. */
bool model_pixels(const struct model *model, const char *aspect, const char *size, int *width,
                  int *height);
double model_price(const struct model *model, const char *size); /* US dollars; < 0 unknown */

#endif
