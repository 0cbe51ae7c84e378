/* SPDX-License-Identifier: MIT
 * The receiver of callbacks over server.c. What a callback says is the provider's to judge; here it
 * is counted, remembered and answered. */
#include "generate/listen.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "generate/server.h"
#include "memory.h"

#define BODY_MAX ((size_t)1 << 20)
#define CONNECTIONS_MAX 64
/* A callback is fresh for 300 s before and after its time: what was seen so long ago is stale. */
#define REMEMBERED_SECONDS 600
/* Kie starts at most 1200 tasks in that time; there are retries, and room to spare. */
#define REMEMBERED_MAX 16384

struct seen {
    struct hash id;
    int64_t at; /* s since 1970 */
};

struct listener {
    struct listener_settings settings;
    struct server *server;
    pthread_mutex_t lock; /* of what follows */
    struct listener_counts counts;
    size_t first, count; /* of the ring `seen` */
    struct seen seen[REMEMBERED_MAX];
};

struct hint {
    struct listener *listener;
    const char *task;
};

static void hint_give(void *data)
{
    struct hint *hint = data;
    hint->listener->settings.hint(hint->listener->settings.data, hint->task);
}

static int64_t clock_now(void)
{
    return (int64_t)time(NULL);
}

enum memory { MEMORY_NEW, MEMORY_SEEN, MEMORY_FULL };

/* Under the lock. */
static enum memory remember(struct listener *listener, struct hash id, int64_t now)
{
    while (listener->count && now - listener->seen[listener->first].at > REMEMBERED_SECONDS) {
        listener->first = (listener->first + 1) % REMEMBERED_MAX;
        listener->count--;
    }
    for (size_t i = 0; i < listener->count; i++) {
        if (hash_equal(listener->seen[(listener->first + i) % REMEMBERED_MAX].id, id)) {
            return MEMORY_SEEN;
        }
    }
    if (listener->count == REMEMBERED_MAX) {
        return MEMORY_FULL;
    }
    size_t last = (listener->first + listener->count++) % REMEMBERED_MAX;
    listener->seen[last] = (struct seen){.id = id, .at = now};
    return MEMORY_NEW;
}

static void say(struct server_response *response, int status, const char *body)
{
    response->status = status;
    response->type = "application/json";
    response->body = body;
    response->size = strlen(body);
}

static void count(struct listener *listener, int64_t *counter)
{
    pthread_mutex_lock(&listener->lock);
    ++*counter;
    pthread_mutex_unlock(&listener->lock);
}

static void refuse(struct listener *listener, enum status status, struct server_response *response)
{
    struct listener_counts *counts = &listener->counts;
    switch (status) {
    case STATUS_REFUSED:
        count(listener, &counts->forged);
        say(response, 401, "{\"status\":\"wrong signature\"}");
        break;
    case STATUS_CHECK:
        count(listener, &counts->stale);
        say(response, 401, "{\"status\":\"too old or too early\"}");
        break;
    case STATUS_USAGE:
        count(listener, &counts->malformed);
        say(response, 400, "{\"status\":\"malformed\"}");
        break;
    default:
        count(listener, &counts->busy);
        say(response, 503, "{\"status\":\"busy\"}");
        break;
    }
}

/* The signature covers the task and the time: both together are what is seen only once. */
static void accept_callback(struct listener *listener, const struct server_request *request,
                            const char *task, const char *timestamp, int64_t now,
                            struct server_response *response)
{
    char *id = arena_format(request->arena, "%s.%s", task, timestamp);
    struct hint *hint = arena_alloc(request->arena, sizeof *hint);
    if (!id || !hint) {
        refuse(listener, STATUS_FAILED, response);
        return;
    }
    pthread_mutex_lock(&listener->lock);
    enum memory memory = remember(listener, hash_bytes(id, strlen(id)), now);
    listener->counts.received += memory == MEMORY_NEW;
    listener->counts.repeated += memory == MEMORY_SEEN;
    pthread_mutex_unlock(&listener->lock);
    if (memory == MEMORY_FULL) {
        refuse(listener, STATUS_FAILED, response);
        return;
    }
    say(response, 200, "{\"status\":\"received\"}");
    if (memory == MEMORY_NEW) {
        *hint = (struct hint){.listener = listener, .task = task};
        response->sent = hint_give;
        response->sent_data = hint;
    }
}

static void handle(void *data, const struct server_request *request,
                   struct server_response *response)
{
    static const char *const post_only[] = {"Allow: POST", NULL};
    struct listener *listener = data;
    const struct listener_settings *settings = &listener->settings;
    if (strcmp(request->method, "POST") != 0) {
        count(listener, &listener->counts.wrong_method);
        say(response, 405, "{\"status\":\"POST only\"}");
        response->headers = post_only;
        return;
    }
    const char *timestamp = server_header(request, "X-Webhook-Timestamp");
    const char *signature = server_header(request, "X-Webhook-Signature");
    const char *task = NULL;
    struct error error = {0};
    int64_t now = settings->now();
    enum status status =
        settings->provider->callback(secret_text(settings->key), now, timestamp, signature,
                                     request->body, request->size, request->arena, &task, &error);
    if (status == STATUS_OK) {
        accept_callback(listener, request, task, timestamp, now, response);
    } else {
        refuse(listener, status, response);
    }
}

static void too_large(void *data)
{
    struct listener *listener = data;
    count(listener, &listener->counts.too_large);
}

enum status listener_start(const struct listener_settings *settings, struct listener **out,
                           struct error *error)
{
    if (!settings->provider->callback) {
        return error_set(error, STATUS_USAGE, "provider '%s' sends no callbacks",
                         settings->provider->name);
    }
    if (!*secret_text(settings->key)) {
        return error_set(error, STATUS_GENERATION,
                         "callbacks need the webhook key, or anybody could send them");
    }
    struct listener *listener = memory_zero(1, sizeof *listener);
    if (!listener) {
        return error_memory(error);
    }
    listener->settings = *settings;
    listener->settings.now = settings->now ? settings->now : clock_now;
    pthread_mutex_init(&listener->lock, NULL);
    const struct server_settings serve = {.address = settings->address,
                                          .port = settings->port,
                                          .body_max = BODY_MAX,
                                          .connections_max = CONNECTIONS_MAX,
                                          .handle = handle,
                                          .too_large = too_large,
                                          .data = listener};
    enum status status = server_start(&serve, &listener->server, error);
    if (status != STATUS_OK) {
        pthread_mutex_destroy(&listener->lock);
        memory_free(listener);
        return status;
    }
    *out = listener;
    return STATUS_OK;
}

int listener_port(const struct listener *listener)
{
    return server_port(listener->server);
}

const char *listener_url(const struct listener *listener)
{
    return server_url(listener->server);
}

void listener_counts(struct listener *listener, struct listener_counts *out)
{
    pthread_mutex_lock(&listener->lock);
    *out = listener->counts;
    pthread_mutex_unlock(&listener->lock);
}

void listener_stop(struct listener *listener)
{
    if (listener) {
        server_stop(listener->server);
        pthread_mutex_destroy(&listener->lock);
        memory_free(listener);
    }
}
