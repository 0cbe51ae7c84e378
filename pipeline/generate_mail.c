/* SPDX-License-Identifier: MIT
 * Answers from the HTTP thread to the engine's. The box outlives the engine while requests are
 * under way: what comes then is dropped. */
#include "generate_state.h"

#include <string.h>
#include <time.h>

#include "machine.h"
#include "memory.h"

enum status mailbox_new(struct mailbox **out, struct error *error)
{
    struct mailbox *box = memory_zero(1, sizeof *box);
    pthread_condattr_t attributes;
    if (!box) {
        return error_memory(error);
    }
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&box->more, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&box->lock, NULL);
    box->references = 1;
    box->last = &box->first;
    box->added_last = &box->added;
    *out = box;
    return STATUS_OK;
}

/* The lock is held, and is not any more afterwards. */
static void mailbox_drop(struct mailbox *box)
{
    bool last = --box->references == 0;
    pthread_mutex_unlock(&box->lock);
    if (last) {
        pthread_mutex_destroy(&box->lock);
        pthread_cond_destroy(&box->more);
        memory_free(box);
    }
}

static void call_release(struct call *call)
{
    memory_free(call->body);
    arena_free(call->arena);
    memory_free(call);
}

void mailbox_close(struct mailbox *box)
{
    if (!box) {
        return;
    }
    pthread_mutex_lock(&box->lock);
    box->closed = true;
    while (box->first) {
        struct call *call = box->first;
        box->first = call->next;
        box->references--;
        call_release(call);
    }
    while (box->hints) {
        struct hint *hint = box->hints;
        box->hints = hint->next;
        memory_free(hint);
    }
    mailbox_drop(box);
}

void mailbox_wait(struct mailbox *box, double seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long nanoseconds = until.tv_nsec + (long)((seconds - (double)(time_t)seconds) * 1e9);
    until.tv_sec += (time_t)seconds + nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_mutex_lock(&box->lock);
    while (!box->first && !box->hints && !box->added &&
           pthread_cond_timedwait(&box->more, &box->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&box->lock);
}

struct call *mailbox_take(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    struct call *call = box->first;
    if (call) {
        box->first = call->next;
        box->last = box->first ? box->last : &box->first;
    }
    pthread_mutex_unlock(&box->lock);
    return call;
}

struct call *call_new(struct mailbox *box, enum call_kind kind, struct work *work,
                      struct upload *upload, double sent)
{
    struct call *call = memory_zero(1, sizeof *call);
    if (!call || !(call->arena = arena_new())) {
        memory_free(call);
        return NULL;
    }
    call->box = box;
    call->kind = kind;
    call->work = work;
    call->upload = upload;
    call->sent = sent;
    pthread_mutex_lock(&box->lock);
    box->references++;
    pthread_mutex_unlock(&box->lock);
    return call;
}

void call_free(struct call *call)
{
    struct mailbox *box = call->box;
    call_release(call);
    pthread_mutex_lock(&box->lock);
    mailbox_drop(box);
}

static const char *text_keep(struct call *call, const char *text)
{
    const char *copy = text ? arena_text(call->arena, text) : NULL;
    return copy ? copy : "";
}

/* An answer that there is no memory for may have been anything. */
static void answer_keep(struct call *call, const struct http_answer *answer)
{
    call->answer = *answer;
    call->answer.content_type = text_keep(call, answer->content_type);
    call->answer.request_id = text_keep(call, answer->request_id);
    call->answer.words = text_keep(call, answer->words);
    call->answer.body = NULL;
    if (answer->size > 0) {
        call->body = memory_copy(answer->body, answer->size);
        call->answer.body = call->body;
        if (!call->body) {
            call->answer = (struct http_answer){.failure = HTTP_UNKNOWN,
                                                .content_type = "",
                                                .request_id = "",
                                                .retry_after = -1,
                                                .words = "out of memory"};
        }
    }
}

void call_done(void *data, const struct http_answer *answer)
{
    struct call *call = data;
    struct mailbox *box = call->box;
    call->arrived = machine_seconds();
    answer_keep(call, answer);
    pthread_mutex_lock(&box->lock);
    if (!box->closed) {
        *box->last = call;
        box->last = &call->next;
        pthread_cond_signal(&box->more);
        pthread_mutex_unlock(&box->lock);
        return;
    }
    call_release(call);
    mailbox_drop(box);
}
