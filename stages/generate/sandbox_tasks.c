/* SPDX-License-Identifier: MIT
 * The sandbox's tasks: made and paid once, alive by the clock, drawn when somebody wants to see.
 * Files that were uploaded, too. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kernels/noise.h"
#include "load/sniff.h"
#include "memory.h"
#include "generate/sandbox_parts.h"
#include "generate/sandbox_picture.h"

double sandbox_now(const struct sandbox *sandbox)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9 + sandbox->advanced;
}

int64_t sandbox_epoch_ms(const struct sandbox *sandbox)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + (int64_t)(sandbox->advanced * 1000);
}

const char *task_keep_text(struct sandbox *sandbox, const char *text)
{
    pthread_mutex_lock(&sandbox->lock);
    const char *kept = text ? arena_text(sandbox->arena, text) : NULL;
    pthread_mutex_unlock(&sandbox->lock);
    return kept;
}

const char *const *task_keep_list(struct sandbox *sandbox, const char *const *texts, size_t count)
{
    pthread_mutex_lock(&sandbox->lock);
    const char **kept = arena_array(sandbox->arena, count + 1, sizeof *kept);
    for (size_t i = 0; kept && i < count; i++) {
        kept[i] = arena_text(sandbox->arena, texts[i]);
        kept = kept[i] ? kept : NULL;
    }
    pthread_mutex_unlock(&sandbox->lock);
    return kept;
}

/* Under the lock. NULL with what stands in the way. */
static struct sandbox_task *task_add(struct sandbox *sandbox, const struct sandbox_task *made,
                                     int *code)
{
    *code = 500;
    if (sandbox->task_count == SANDBOX_TASKS_MAX) {
        return NULL;
    }
    if (made->protocol == PROTOCOL_KIE && made->cost / 0.005 > sandbox->credit + 1e-9) {
        *code = 402;
        return NULL;
    }
    struct sandbox_task *task = arena_alloc(sandbox->arena, sizeof *task);
    struct sandbox_task **slot =
        task ? arena_push(sandbox->arena, &sandbox->tasks, &sandbox->task_count,
                          &sandbox->task_capacity, sizeof *slot)
             : NULL;
    if (!slot) {
        return NULL;
    }
    *task = *made;
    snprintf(task->id, sizeof task->id, "%016" PRIx64 "%016" PRIx64, noise_next(&sandbox->random),
             noise_next(&sandbox->random));
    task->created = sandbox_now(sandbox);
    task->ends = task->created + sandbox->settings.seconds;
    task->created_ms = sandbox_epoch_ms(sandbox);
    sandbox->credit -= made->protocol == PROTOCOL_KIE ? made->cost / 0.005 : 0;
    sandbox->spent += made->cost;
    sandbox->counts.created++;
    *slot = task;
    pthread_cond_broadcast(&sandbox->changed);
    return task;
}

struct sandbox_task *task_make(struct sandbox_call *call, const struct sandbox_task *made)
{
    struct sandbox *sandbox = call->sandbox;
    struct sandbox_task copy = *made;
    int code;
    copy.fate = sandbox_strike(sandbox, AT_TASK);
    copy.protocol = call->protocol;
    pthread_mutex_lock(&sandbox->lock);
    struct sandbox_task *task = task_add(sandbox, &copy, &code);
    pthread_mutex_unlock(&sandbox->lock);
    if (!task) {
        call_refuse(call, code == 402 ? 200 : 503, code,
                    code == 402 ? "Insufficient credits" : "the sandbox is full", NULL);
    }
    return task;
}

struct sandbox_task *task_find(struct sandbox *sandbox, const char *id)
{
    for (size_t i = sandbox->task_count; i-- > 0;) {
        if (strcmp(sandbox->tasks[i]->id, id) == 0) {
            return sandbox->tasks[i];
        }
    }
    return NULL;
}

static bool fails(const struct sandbox_task *task)
{
    return task->fate && (task->fate->effect == EFFECT_FAIL || task->fate->effect == EFFECT_REFUSE);
}

const char *task_state(const struct sandbox *sandbox, const struct sandbox_task *task)
{
    const double now = sandbox_now(sandbox), whole = task->ends - task->created;
    const double done = whole > 0 ? (now - task->created) / whole : 1;
    return done >= 1      ? (fails(task) ? "fail" : "success")
           : done >= 0.3  ? "generating"
           : done >= 0.15 ? "queuing"
                          : "waiting";
}

bool sandbox_pixels(const struct model_size *pixels, const char *aspect, const char *size,
                    int *width, int *height)
{
    for (const struct model_size *row = pixels; row->width; row++) {
        if (strcmp(row->aspect, aspect) == 0 && strcmp(row->size, size) == 0) {
            *width = row->width;
            *height = row->height;
            return true;
        }
    }
    return false;
}

bool task_picture(struct sandbox_call *call, const struct sandbox_task *task, enum format format,
                  int smaller, struct buffer *out)
{
    struct error error = {0};
    const int width = task->width / smaller, height = task->height / smaller;
    if (sandbox_picture(task->prompt, task->seed, width > 0 ? width : 1, height > 0 ? height : 1,
                        format, &call->sandbox->stopping, out, &error) == STATUS_OK) {
        return true;
    }
    buffer_free(out);
    call_text(call, 500, "text/plain", arena_text(call->arena, error.message));
    return false;
}

/* ---- Links to results
 * ------------------------------------------------------------------------------ */

struct delivery {
    struct sandbox *sandbox;
    struct sandbox_task *task;
};

static void count_delivery(void *data)
{
    struct delivery *delivery = data;
    pthread_mutex_lock(&delivery->sandbox->lock);
    delivery->task->delivered++;
    pthread_mutex_unlock(&delivery->sandbox->lock);
}

void task_delivers(struct sandbox_call *call, struct sandbox_task *task)
{
    struct delivery *delivery = arena_alloc(call->arena, sizeof *delivery);
    if (delivery) {
        *delivery = (struct delivery){call->sandbox, task};
        call->response->delivered = count_delivery;
        call->response->sent_data = delivery;
    }
}

/* "ID.png", and ?ticket=N for a link that was made anew. */
static struct sandbox_task *task_of_link(struct sandbox_call *call, bool *expired)
{
    struct sandbox *sandbox = call->sandbox;
    const char *ticket = server_query(call->request, "ticket");
    const char *id = arena_slice(call->arena, call->rest, strcspn(call->rest, "."));
    pthread_mutex_lock(&sandbox->lock);
    struct sandbox_task *task = id ? task_find(sandbox, id) : NULL;
    if (task && strcmp(task_state(sandbox, task), "success") != 0) {
        task = NULL;
    }
    sandbox->counts.fetches++;
    *expired = task && task->expired && !ticket;
    if (task) {
        task->fetches++;
    }
    pthread_mutex_unlock(&sandbox->lock);
    return task;
}

static void send_picture(struct sandbox_call *call, struct sandbox_task *task,
                         const struct sandbox_fault *fault)
{
    struct buffer bytes = {0};
    const bool other = fault && fault->effect == EFFECT_TYPE;
    const enum format turned = task->format == FORMAT_PNG ? FORMAT_JPEG : FORMAT_PNG;
    if (!task_picture(call, task, other ? turned : task->format,
                      fault && fault->effect == EFFECT_SIZE ? 2 : 1, &bytes)) {
        return;
    }
    *call->response = (struct server_response){.type = format_info(task->format)->mime,
                                               .body = bytes.data,
                                               .size = bytes.size,
                                               .release = memory_free};
    sandbox_spoil(call, fault);
    task_delivers(call, task);
}

static bool replaces(enum sandbox_effect effect)
{
    return effect != EFFECT_CUT && effect != EFFECT_DRIP && effect != EFFECT_TYPE &&
           effect != EFFECT_SIZE;
}

void serve_image(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    bool expired;
    struct sandbox_task *task = task_of_link(call, &expired);
    if (!task) {
        call_text(call, 404, "text/plain", "Not Found\n");
        return;
    }
    const struct sandbox_fault *fault = expired ? NULL : sandbox_strike(sandbox, AT_FETCH);
    if (fault && fault->effect == EFFECT_EXPIRED) {
        pthread_mutex_lock(&sandbox->lock);
        task->expired = expired = true;
        pthread_mutex_unlock(&sandbox->lock);
    }
    if (expired) {
        call_text(call, 403, "application/xml", "<Error><Code>AccessDenied</Code></Error>");
    } else if (fault && replaces(fault->effect)) {
        sandbox_spoil(call, fault);
    } else {
        send_picture(call, task, fault);
    }
}

void call_deliver(struct sandbox_call *call, struct sandbox_task *task,
                  void (*say)(struct sandbox_call *call, const struct sandbox_task *task,
                              const struct sandbox_fault *fault))
{
    const struct sandbox_fault *made = sandbox_strike(call->sandbox, AT_MADE);
    const struct sandbox_fault *fetch = sandbox_strike(call->sandbox, AT_FETCH);
    if (task->fate && task->fate->effect == EFFECT_FAIL) {
        call_refuse(call, task->fate->code, task->fate->code, task->fate->words, NULL);
    } else {
        pthread_mutex_lock(&call->sandbox->lock);
        task->fetches++;
        pthread_mutex_unlock(&call->sandbox->lock);
        say(call, task, fetch);
        task_delivers(call, task);
    }
    if (!sandbox_spoil(call, made)) {
        sandbox_spoil(call, fetch);
    }
    call->response->delay = task->ends - task->created;
}

/* ---- Uploads
 * ------------------------------------------------------------------------------------------ */

bool file_keep(struct sandbox_call *call, const char *folder, const char *name, const void *bytes,
               size_t size, struct sandbox_file *out)
{
    struct sandbox *sandbox = call->sandbox;
    const char *words;
    struct sandbox_file *file = NULL;
    void *copy = memory_copy(bytes, size);
    pthread_mutex_lock(&sandbox->lock);
    char *path = copy ? arena_format(sandbox->arena, "%s/%s", folder, name) : NULL;
    if (path && sandbox->file_bytes + size <= SANDBOX_UPLOADS_MAX) {
        file = arena_push(sandbox->arena, &sandbox->files, &sandbox->file_count,
                          &sandbox->file_capacity, sizeof *file);
    }
    if (file) {
        *file = (struct sandbox_file){.path = path,
                                      .bytes = copy,
                                      .size = size,
                                      .format = sniff((struct span){copy, size}, &words),
                                      .uploaded_ms = sandbox_epoch_ms(sandbox)};
        *out = *file;
        sandbox->file_bytes += size;
        sandbox->counts.uploads++;
    }
    pthread_mutex_unlock(&sandbox->lock);
    if (!file) {
        memory_free(copy);
    }
    return file != NULL;
}

void serve_upload(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    call_text(call, 404, "text/plain", "Not Found\n");
    pthread_mutex_lock(&sandbox->lock);
    for (size_t i = 0; i < sandbox->file_count; i++) { /* the last one of a name counts */
        if (strcmp(sandbox->files[i].path, call->rest) == 0) {
            *call->response =
                (struct server_response){.type = format_info(sandbox->files[i].format)->mime,
                                         .body = sandbox->files[i].bytes,
                                         .size = sandbox->files[i].size};
        }
    }
    pthread_mutex_unlock(&sandbox->lock);
}

bool file_known(struct sandbox *sandbox, const char *path)
{
    bool known = false;
    pthread_mutex_lock(&sandbox->lock);
    for (size_t i = 0; i < sandbox->file_count; i++) {
        known = known || strcmp(sandbox->files[i].path, path) == 0;
    }
    pthread_mutex_unlock(&sandbox->lock);
    return known;
}
