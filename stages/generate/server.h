/* SPDX-License-Identifier: MIT
 * A small HTTP/1.1 server: the sandbox and the receiver of callbacks stand on it. Every connection
 * has its own thread, so that a handler may draw for seconds; and an answer may misbehave in every
 * way that a service on the internet does. Knows nothing of what is served. */
#ifndef PICSET_SERVER_H
#define PICSET_SERVER_H

#include "arena.h"
#include "error.h"

#include <stdint.h>

struct server;

struct server_request {
    const char *method;
    const char *path; /* decoded, without the query; "/" at least */
    const char *body; /* whole, with a NUL after it that is not counted */
    size_t size;
    struct arena *arena; /* lives until the answer is out */
    void *connection;    /* for server_header and server_query */
};

const char *server_header(const struct server_request *request, const char *name); /* or NULL */
const char *server_query(const struct server_request *request, const char *name);  /* or NULL */

/* All zero is a plain 200 without a body. Text and body live until `sent`: in the arena, or
 * `release` (memory_free and the like) is called with the body. */
struct server_response {
    int status;                 /* 0 is 200 */
    const char *type;           /* content type; NULL: none is said */
    const char *const *headers; /* "Name: value", ended by NULL; NULL: none */
    const void *body;
    size_t size;
    void (*release)(void *body);
    bool chunked; /* its length is not said */
    bool gzip;    /* packed and chunked, whatever the client accepts */

    int64_t zeros;       /* so many bytes of 0 follow the body: a bomb, with gzip */
    double delay;        /* seconds before the first byte */
    size_t drip_bytes;   /* at most so many bytes at once (0: as it comes), */
    double drip_seconds; /* and so long between them */
    int64_t cut;         /* the connection is closed after so many bytes of the body; 0: not */
    bool hang;           /* nothing is answered until the client leaves */
    bool drop;           /* the connection is closed without an answer */

    /* Called when the answer is out, or when nobody wants it any more; on the same thread.
     * `delivered`, when there is one, is called before, if all of it went out. */
    void (*sent)(void *data);
    void (*delivered)(void *data);
    void *sent_data;
};

struct server_settings {
    const char *address; /* "127.0.0.1", "::1", "0.0.0.0"; NULL: 127.0.0.1 */
    int port;            /* 0: any that is free */
    size_t body_max;     /* bytes of a request's body; 0: 64 MiB. What is larger gets 413 */
    int connections_max; /* at once; 0: 256 */
    /* On the connection's thread, many at once; `response` is all zero before. */
    void (*handle)(void *data, const struct server_request *request,
                   struct server_response *response);
    void (*too_large)(void *data); /* a request got 413; NULL: nobody cares */
    void *data;
};

PICSET_NODISCARD enum status server_start(const struct server_settings *settings,
                                          struct server **out, struct error *error);
int server_port(const struct server *server);
const char *server_url(const struct server *server); /* "http://127.0.0.1:8080" */
/* Ends answers under way and waits for their handlers. NULL is fine. */
void server_stop(struct server *server);

/* "ADDRESS:PORT", "[::1]:PORT", "localhost:PORT" or ":PORT" (127.0.0.1). The address lives in the
 * arena. STATUS_USAGE. */
PICSET_NODISCARD enum status server_place(const char *text, struct arena *arena,
                                          const char **address, int *port, struct error *error);

#endif
