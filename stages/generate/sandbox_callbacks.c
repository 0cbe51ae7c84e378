/* SPDX-License-Identifier: MIT
 * Calls to those who asked to be told when a task ends: one thread that waits for the next end, and
 * the HTTP layer that everybody uses. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "generate/hmac.h"
#include "memory.h"
#include "generate/sandbox_parts.h"

static void done(void *data, const struct http_answer *answer)
{
    (void)data;
    (void)answer; /* who is not there learns by asking */
}

/* "X-Webhook-Timestamp" and "X-Webhook-Signature", as the service sends them once it has a key. */
static const char **sign(struct sandbox *sandbox, const struct sandbox_task *task,
                         const struct sandbox_fault *fault, struct arena *arena)
{
    const enum sandbox_effect effect = fault ? fault->effect : EFFECT_SAY;
    const int64_t now = sandbox_epoch_ms(sandbox) / 1000 - (effect == EFFECT_STALE ? 3600 : 0);
    const char *message = arena_format(arena, "%s.%" PRId64, task->id, now);
    const char **headers = arena_array(arena, 3, sizeof *headers);
    char signature[HMAC_TEXT_SIZE];
    if (!message || !headers || !sandbox->settings.webhook_key ||
        !hmac_sign(sandbox->settings.webhook_key, message, strlen(message), signature)) {
        return headers;
    }
    if (effect == EFFECT_SIGNATURE) {
        signature[3] = signature[3] == 'A' ? 'B' : 'A';
    }
    headers[0] = arena_format(arena, "X-Webhook-Timestamp: %" PRId64, now);
    headers[1] = headers[0] ? arena_format(arena, "X-Webhook-Signature: %s", signature) : NULL;
    return headers;
}

static const char *body_of(struct sandbox *sandbox, const struct sandbox_task *task,
                           struct arena *arena)
{
    const bool good = strcmp(task_state(sandbox, task), "success") == 0;
    struct value *data =
        object_text(arena, kie_record(sandbox, task, NULL, arena), "task_id", task->id);
    data = object_text(arena, data, "callbackType", "task_completed");
    struct value *body = object_text(arena, value_object(arena), "taskId", task->id);
    body = value_set(arena, body, "code", value_int(arena, good ? 200 : 501));
    body = object_text(arena, body, "msg", good ? "Success" : "Generation Failed");
    body = value_set(arena, body, "data", data);
    struct buffer text = {0};
    if (body) {
        value_print(&text, body);
    }
    const char *copy =
        !body || buffer_failed(&text) ? NULL : arena_text(arena, buffer_string(&text));
    buffer_free(&text);
    return copy;
}

/* Under the lock, which is let go while it sends. */
static void call_back(struct sandbox *sandbox, struct sandbox_task *task)
{
    struct arena *arena = arena_new();
    task->called = true;
    pthread_mutex_unlock(&sandbox->lock);
    const struct sandbox_fault *fault = sandbox_strike(sandbox, AT_CALLBACK);
    pthread_mutex_lock(&sandbox->lock);
    const char **headers = arena ? sign(sandbox, task, fault, arena) : NULL;
    const char *body = headers ? body_of(sandbox, task, arena) : NULL;
    const int times = !body || (fault && fault->effect == EFFECT_DROP) ? 0
                      : fault && fault->effect == EFFECT_TWICE         ? 2
                                                                       : 1;
    sandbox->counts.callbacks += times;
    pthread_mutex_unlock(&sandbox->lock);
    for (int i = 0; i < times; i++) {
        const struct http_ask ask = {.method = "POST",
                                     .url = task->callback,
                                     .headers = headers,
                                     .content_type = "application/json",
                                     .body = body,
                                     .body_size = strlen(body),
                                     .answer_max = 65536,
                                     .seconds = 10};
        struct error error = {0};
        if (http_send(sandbox->http, &ask, NULL, done, NULL, &error) != STATUS_OK) {
            break;
        }
    }
    arena_free(arena);
    pthread_mutex_lock(&sandbox->lock);
}

static void *run(void *data)
{
    struct sandbox *sandbox = data;
    pthread_mutex_lock(&sandbox->lock);
    while (!sandbox->stopping) {
        double next = HUGE_VAL;
        struct sandbox_task *due = NULL;
        const double now = sandbox_now(sandbox);
        for (size_t i = 0; i < sandbox->task_count; i++) {
            struct sandbox_task *task = sandbox->tasks[i];
            if (task->callback && !task->called) {
                due = task->ends <= now ? task : due;
                next = fmin(next, task->ends);
            }
        }
        if (due) {
            call_back(sandbox, due);
        } else if (next == HUGE_VAL) {
            pthread_cond_wait(&sandbox->changed, &sandbox->lock);
        } else {
            const double until = next - sandbox->advanced;
            struct timespec end = {.tv_sec = (time_t)until,
                                   .tv_nsec = (long)((until - floor(until)) * 1e9)};
            pthread_cond_timedwait(&sandbox->changed, &sandbox->lock, &end);
        }
    }
    pthread_mutex_unlock(&sandbox->lock);
    return NULL;
}

enum status callbacks_start(struct sandbox *sandbox, struct error *error)
{
    if (http_new(&sandbox->http, error) != STATUS_OK) {
        return error->status;
    }
    sandbox->calling = pthread_create(&sandbox->caller, NULL, run, sandbox) == 0;
    return sandbox->calling
               ? STATUS_OK
               : error_set(error, STATUS_FAILED, "cannot start the thread of callbacks");
}

void callbacks_stop(struct sandbox *sandbox)
{
    if (sandbox->calling) {
        pthread_mutex_lock(&sandbox->lock);
        sandbox->stopping = true;
        pthread_cond_broadcast(&sandbox->changed);
        pthread_mutex_unlock(&sandbox->lock);
        pthread_join(sandbox->caller, NULL);
    }
    http_free(sandbox->http);
}
