/* SPDX-License-Identifier: MIT
 * A server on loopback that misbehaves as its path says, and the HTTP layer that asks it:
 * "/plain", "/gzip", "/chunked", "/bomb", "/long", "/cut", "/cut-chunked", "/drip", "/hang",
 * "/drop",
 * "/limited", "/dated", "/echo", "/hop/N", "/forever", "/to?url=URL". */
#ifndef PICSET_TEST_SERVING_H
#define PICSET_TEST_SERVING_H

#include <pthread.h>
#include <stdatomic.h>

#include "generate/http_limits.h"
#include "generate/server.h"

#define KEY "not-a-key-but-long-enough"

struct place {
    struct server *server;
    struct http *http; /* connect 2 s, answer and fetch 5 s, stall 1 s */
    struct arena *arena;
    struct error error;
    struct http_answer answer; /* of the last ask_url or get */
    atomic_int requests;       /* that reached the handler */
    atomic_int creates;        /* POST of those */
    pthread_mutex_t lock;      /* of what follows: the last request */
    char authorization[128], agent[64], type[64];
    size_t body_size;
};

int serving_set_up(void **state); /* a struct place */
int serving_tear_down(void **state);

/* "http://127.0.0.1:PORT" + path, in the place's arena. */
const char *serving_url(struct place *place, const char *path);
void ask_url(struct place *place, const char *method, const char *url, const struct secret *key,
             int64_t most);
void get(struct place *place, const char *path); /* at most 1 MiB */

struct fetched {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool over;
    enum http_failure failure;
    long status;
    size_t size;
    char words[400];
};

struct fetched fetch(struct place *place, const char *url, bool local);
double serving_seconds(void); /* monotonic */

#endif
