/* SPDX-License-Identifier: MIT
 * The receiver of callbacks: a service says that a task has ended. A callback is a hint, never the
 * truth: what is right only makes the task be asked for at once; what is wrong changes nothing and
 * is counted. Replays are remembered in memory: after a restart one costs an early question. */
#ifndef PICSET_LISTEN_H
#define PICSET_LISTEN_H

#include "http.h"

struct listener;

struct listener_settings { /* what it points to outlives the listener */
    const char *address;   /* as server_settings */
    int port;
    const struct provider *provider; /* has `callback` */
    const struct secret *key;        /* of webhooks; needed: without one anybody could call */
    void (*hint)(void *data, const char *task); /* on any thread, after the answer is out */
    void *data;
    int64_t (*now)(void); /* seconds since 1970; NULL: the system's clock. For tests */
};

struct listener_counts {  /* since the start */
    int64_t received;     /* right: a hint was given */
    int64_t repeated;     /* right, but seen before: answered, no hint */
    int64_t forged;       /* 401: signature missing or wrong */
    int64_t stale;        /* 401: older than 300 s, or as far in the future */
    int64_t malformed;    /* 400 */
    int64_t too_large;    /* 413: more than 1 MiB */
    int64_t wrong_method; /* 405 */
    int64_t busy;         /* 503: no memory, or more in ten minutes than can be remembered */
};

PICSET_NODISCARD enum status listener_start(const struct listener_settings *settings,
                                            struct listener **out, struct error *error);
int listener_port(const struct listener *listener);
const char *listener_url(const struct listener *listener);
void listener_counts(struct listener *listener, struct listener_counts *out);
void listener_stop(struct listener *listener); /* NULL is fine */

#endif
