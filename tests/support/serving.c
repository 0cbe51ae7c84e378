/* SPDX-License-Identifier: MIT */
#include "serving.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "memory.h"
#include "support.h"
#include "text.h"

static const struct http_limits quick = {
    .connect = 2, .answer = 5, .fetch = 5, .stall = 1, .stall_rate = 100, .redirects = 5};

static void note(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "-");
}

static void redirect(struct server_response *response, struct arena *arena, int status,
                     const char *where)
{
    const char **headers = arena_array(arena, 2, sizeof *headers);
    headers[0] = arena_format(arena, "Location: %s", where);
    response->status = status;
    response->headers = headers;
}

static void misbehave(const char *fault, struct server_response *response)
{
    if (strcmp(fault, "bomb") == 0) {
        response->gzip = true;
        response->zeros = (int64_t)20 << 30;
    } else if (strcmp(fault, "long") == 0) {
        response->zeros = (int64_t)1 << 30;
    } else if (strcmp(fault, "cut") == 0) {
        response->cut = 5;
    } else if (strcmp(fault, "cut-chunked") == 0) {
        response->cut = 5;
        response->chunked = true;
    } else if (strcmp(fault, "drip") == 0) {
        response->zeros = 100000;
        response->drip_bytes = 1;
        response->drip_seconds = 0.1;
    } else if (strcmp(fault, "slow-but-fine") == 0) {
        response->delay = 1.5; /* longer than a stall may be */
    } else if (strcmp(fault, "hang") == 0) {
        response->hang = true;
    } else if (strcmp(fault, "drop") == 0) {
        response->drop = true;
    } else if (strcmp(fault, "gzip") == 0) {
        response->gzip = true;
    } else if (strcmp(fault, "chunked") == 0) {
        response->chunked = true;
    }
}

static void handle_special(const struct server_request *request, struct server_response *response)
{
    static const char *const limited[] = {"Retry-After: 7.5", "x-request-id: req_1", NULL};
    static const char *const dated[] = {"Retry-After: Fri, 01 Jan 2038 00:01:30 GMT",
                                        "Date: Fri, 01 Jan 2038 00:00:00 GMT", NULL};
    static const char *const echoed[] = {"x-request-id: " KEY, NULL};
    if (strcmp(request->path, "/limited") == 0) {
        response->status = 429;
        response->headers = limited;
    } else if (strcmp(request->path, "/dated") == 0) {
        response->status = 503;
        response->headers = dated;
    } else if (strcmp(request->path, "/echo") == 0) {
        static const char text[] = "{\"msg\":\"wrong key: " KEY "; " KEY "\"}";
        response->headers = echoed;
        response->body = text;
        response->size = sizeof text - 1;
    } else if (strcmp(request->path, "/to") == 0) {
        redirect(response, request->arena, 302, server_query(request, "url"));
    } else if (text_starts(request->path, "/hop/")) {
        int64_t left = 0;
        assert_true(text_to_int64(request->path + 5, &left));
        redirect(response, request->arena, left % 2 ? 301 : 307,
                 left ? arena_format(request->arena, "/hop/%d", (int)left - 1) : "/plain");
    } else if (strcmp(request->path, "/forever") == 0) {
        redirect(response, request->arena, 302, "/forever");
    }
}

static void handle(void *data, const struct server_request *request,
                   struct server_response *response)
{
    struct place *place = data;
    atomic_fetch_add(&place->requests, 1);
    if (strcmp(request->method, "POST") == 0) {
        atomic_fetch_add(&place->creates, 1);
    }
    pthread_mutex_lock(&place->lock);
    note(place->authorization, sizeof place->authorization,
         server_header(request, "Authorization"));
    note(place->agent, sizeof place->agent, server_header(request, "User-Agent"));
    note(place->type, sizeof place->type, server_header(request, "Content-Type"));
    place->body_size = request->size;
    pthread_mutex_unlock(&place->lock);
    response->type = "application/json";
    response->body = "{\"answer\":42}";
    response->size = 13;
    handle_special(request, response);
    misbehave(request->path + 1, response);
}

int serving_set_up(void **state)
{
    struct place *place = memory_zero(1, sizeof *place);
    assert_non_null(place);
    place->arena = arena_new();
    pthread_mutex_init(&place->lock, NULL);
    const struct server_settings settings = {.handle = handle, .data = place, .body_max = 1 << 20};
    assert_int_equal(server_start(&settings, &place->server, &place->error), STATUS_OK);
    assert_int_equal(http_new_with(&quick, &place->http, &place->error), STATUS_OK);
    *state = place;
    return 0;
}

int serving_tear_down(void **state)
{
    struct place *place = *state;
    http_free(place->http);
    server_stop(place->server);
    pthread_mutex_destroy(&place->lock);
    arena_free(place->arena);
    memory_free(place);
    return 0;
}

const char *serving_url(struct place *place, const char *path)
{
    return arena_format(place->arena, "%s%s", server_url(place->server), path);
}

void ask_url(struct place *place, const char *method, const char *where, const struct secret *key,
             int64_t most)
{
    const struct http_ask ask = {.method = method,
                                 .url = where,
                                 .key_header = "Authorization: Bearer ",
                                 .content_type = strcmp(method, "POST") == 0 ? "text/x" : NULL,
                                 .body = "hello",
                                 .body_size = 5,
                                 .answer_max = most};
    place->answer = (struct http_answer){.failure = HTTP_STOPPED};
    assert_int_equal(http_wait(place->http, &ask, key, place->arena, &place->answer, &place->error),
                     STATUS_OK);
}

void get(struct place *place, const char *path)
{
    ask_url(place, "GET", serving_url(place, path), NULL, 1 << 20);
}

static void fetch_done(void *data, const struct http_answer *answer)
{
    struct fetched *fetched = data;
    pthread_mutex_lock(&fetched->lock);
    fetched->failure = answer->failure;
    fetched->status = answer->status;
    fetched->size = answer->size;
    snprintf(fetched->words, sizeof fetched->words, "%s", answer->words);
    fetched->over = true;
    pthread_cond_signal(&fetched->changed);
    pthread_mutex_unlock(&fetched->lock);
}

struct fetched fetch(struct place *place, const char *where, bool local)
{
    struct fetched fetched = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .changed = PTHREAD_COND_INITIALIZER};
    assert_int_equal(
        http_fetch(place->http, where, 1 << 20, local, fetch_done, &fetched, &place->error),
        STATUS_OK);
    pthread_mutex_lock(&fetched.lock);
    while (!fetched.over) {
        pthread_cond_wait(&fetched.changed, &fetched.lock);
    }
    pthread_mutex_unlock(&fetched.lock);
    return fetched;
}

double serving_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
