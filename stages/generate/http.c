/* SPDX-License-Identifier: MIT
 * One curl multi handle on a thread of its own, and the queue that leads to it. curl is known to
 * the files http*.c of this folder and to nobody else. */
#include "http.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "generate/http_transfer.h"
#include "memory.h"

#define CONNECTIONS_KEPT 32L

/* Connection: as curl's documents advise for a mobile network. Answer: a service may think for
 * minutes without a byte, so until the first one only the whole counts. Stall: bytes that do flow,
 * flow faster than that on any line worth waiting for; 100 bytes/s would need a week for a 4K PNG.
 */
const struct http_limits http_limits_default = {
    .connect = 15,
    .answer = 300,
    .fetch = 900,
    .stall = 30,
    .stall_rate = 100,
    .redirects = 5,
};

struct http {
    CURLM *multi;
    struct http_limits limits;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    struct transfer *first, *last;
    bool stopping;
    struct transfer *active; /* the HTTP thread's own */
};

static void active_end(struct http *http, struct transfer *transfer, CURLcode code)
{
    if (transfer->previous) {
        transfer->previous->next = transfer->next;
    } else {
        http->active = transfer->next;
    }
    if (transfer->next) {
        transfer->next->previous = transfer->previous;
    }
    curl()->multi_remove_handle(http->multi, transfer->easy);
    transfer_end(transfer, code);
}

static void active_begin(struct http *http, struct transfer *transfer, bool stopping)
{
    transfer->previous = NULL;
    transfer->next = NULL;
    if (stopping) {
        transfer_fail(transfer, HTTP_STOPPED, "stopped");
    }
    if (transfer->failure == HTTP_OK &&
        curl()->multi_add_handle(http->multi, transfer->easy) != CURLM_OK) {
        transfer_fail(transfer, HTTP_NOT_SENT, "out of memory");
    }
    if (transfer->failure != HTTP_OK) {
        transfer_end(transfer, CURLE_ABORTED_BY_CALLBACK);
        return;
    }
    transfer->next = http->active;
    if (http->active) {
        http->active->previous = transfer;
    }
    http->active = transfer;
}

static void active_end_all(struct http *http, enum http_failure failure, const char *words)
{
    while (http->active) {
        struct transfer *transfer = http->active;
        if (failure != HTTP_OK) {
            transfer_fail(transfer, failure, "%s", words);
        }
        active_end(http, transfer, CURLE_ABORTED_BY_CALLBACK);
    }
}

/* Takes what has been asked for since; true when the end has come. */
static bool queue_take(struct http *http)
{
    pthread_mutex_lock(&http->lock);
    struct transfer *transfer = http->first;
    bool stopping = http->stopping;
    http->first = NULL;
    http->last = NULL;
    pthread_mutex_unlock(&http->lock);
    while (transfer) {
        struct transfer *next = transfer->next;
        active_begin(http, transfer, stopping);
        transfer = next;
    }
    return stopping;
}

static void *http_thread(void *data)
{
    struct http *http = data;
    int running, left;
    while (!queue_take(http)) {
        if (curl()->multi_perform(http->multi, &running) != CURLM_OK) {
            active_end_all(http, HTTP_OK, "");
        }
        for (CURLMsg *message; (message = curl()->multi_info_read(http->multi, &left));) {
            struct transfer *transfer = NULL;
            CURLcode code = message->data.result;
            curl()->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            active_end(http, transfer, code);
        }
        /* At least once a second for answer_watch; a wake-up since queue_take ends it at once. */
        if (curl()->multi_poll(http->multi, NULL, 0, http->active ? 1000 : 60000, NULL) !=
            CURLM_OK) {
            poll(NULL, 0, 10);
        }
    }
    active_end_all(http, HTTP_STOPPED, "stopped");
    return NULL;
}

enum status http_new_with(const struct http_limits *limits, struct http **out, struct error *error)
{
    if (!curl_ready()) {
        return error_set(error, STATUS_FAILED, "cannot load or start libcurl");
    }
    struct http *http = memory_zero(1, sizeof *http);
    if (!http) {
        return error_memory(error);
    }
    http->limits = *limits;
    http->multi = curl()->multi_init();
    if (!http->multi ||
        curl()->multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT) != CURLM_OK) {
        curl()->multi_cleanup(http->multi);
        memory_free(http);
        return error_memory(error);
    }
    pthread_mutex_init(&http->lock, NULL);
    /* Signals are for the program's own threads; SIGPIPE, which OpenSSL may raise, for nobody. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&http->thread, NULL, http_thread, http);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        pthread_mutex_destroy(&http->lock);
        curl()->multi_cleanup(http->multi);
        memory_free(http);
        return error_set(error, STATUS_FAILED, "cannot start a thread");
    }
    *out = http;
    return STATUS_OK;
}

enum status http_new(struct http **out, struct error *error)
{
    return http_new_with(&http_limits_default, out, error);
}

void http_free(struct http *http)
{
    if (!http) {
        return;
    }
    pthread_mutex_lock(&http->lock);
    http->stopping = true;
    pthread_mutex_unlock(&http->lock);
    curl()->multi_wakeup(http->multi);
    pthread_join(http->thread, NULL);
    curl()->multi_cleanup(http->multi);
    pthread_mutex_destroy(&http->lock);
    memory_free(http);
}

static enum status enqueue(struct http *http, struct transfer *transfer)
{
    pthread_mutex_lock(&http->lock);
    if (http->last) {
        http->last->next = transfer;
    } else {
        http->first = transfer;
    }
    http->last = transfer;
    pthread_mutex_unlock(&http->lock);
    curl()->multi_wakeup(http->multi);
    return STATUS_OK;
}

enum status http_send(struct http *http, const struct http_ask *ask, const struct secret *secret,
                      void (*done)(void *data, const struct http_answer *answer), void *data,
                      struct error *error)
{
    struct transfer *transfer;
    enum status status = transfer_make(&http->limits, ask, secret, false, false, &transfer, error);
    if (status != STATUS_OK) {
        return status;
    }
    transfer->done = done;
    transfer->data = data;
    return enqueue(http, transfer);
}

enum status http_fetch(struct http *http, const char *url, int64_t answer_max, bool local,
                       void (*done)(void *data, const struct http_answer *answer), void *data,
                       struct error *error)
{
    const struct http_ask ask = {.method = "GET", .url = url, .answer_max = answer_max};
    struct transfer *transfer;
    enum status status = transfer_make(&http->limits, &ask, NULL, true, local, &transfer, error);
    if (status != STATUS_OK) {
        return status;
    }
    transfer->done = done;
    transfer->data = data;
    return enqueue(http, transfer);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool over, failed;
    struct arena *arena;
    struct http_answer *out;
};

static void wait_done(void *data, const struct http_answer *answer)
{
    struct waiting *waiting = data;
    struct http_answer copy = *answer;
    copy.content_type = arena_text(waiting->arena, answer->content_type);
    copy.request_id = arena_text(waiting->arena, answer->request_id);
    copy.words = arena_text(waiting->arena, answer->words);
    copy.body = arena_slice(waiting->arena, answer->body, answer->size);
    pthread_mutex_lock(&waiting->lock);
    waiting->failed = !copy.content_type || !copy.request_id || !copy.words || !copy.body;
    if (!waiting->failed) {
        *waiting->out = copy;
    }
    waiting->over = true;
    pthread_cond_signal(&waiting->changed);
    pthread_mutex_unlock(&waiting->lock);
}

enum status http_wait(struct http *http, const struct http_ask *ask, const struct secret *secret,
                      struct arena *arena, struct http_answer *out, struct error *error)
{
    struct waiting waiting = {.arena = arena, .out = out};
    pthread_mutex_init(&waiting.lock, NULL);
    pthread_cond_init(&waiting.changed, NULL);
    enum status status = http_send(http, ask, secret, wait_done, &waiting, error);
    pthread_mutex_lock(&waiting.lock);
    while (status == STATUS_OK && !waiting.over) {
        pthread_cond_wait(&waiting.changed, &waiting.lock);
    }
    pthread_mutex_unlock(&waiting.lock);
    pthread_cond_destroy(&waiting.changed);
    pthread_mutex_destroy(&waiting.lock);
    return status == STATUS_OK && waiting.failed ? error_memory(error) : status;
}
