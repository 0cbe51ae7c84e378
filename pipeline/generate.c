/* SPDX-License-Identifier: MIT
 * The generation engine's life: one thread that sends what may be sent, waits for answers and goes
 * on with each job, until every image is there or cannot be had. What a crash must not lose is in
 * the journal before the next step is taken. Knows no provider by name. */
#include "generate_state.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "image.h"
#include "machine.h"
#include "memory.h"
#include "store.h"

enum { IMAGE_BYTES_LEAST = 64 * 1024 }; /* an answer with less takes no time */

static const double beat = 0.1;       /* seconds: how soon an interrupt is seen */
static const double grace_job = 10;   /* seconds after an interrupt, for answers with a task … */
static const double grace_image = 90; /* … and for answers with the image itself */

/* ---- New, add, free ---- */

enum status generate_new(const struct generate_request *request, struct generate **out,
                         struct error *error)
{
    const struct provider *provider = request->provider;
    enum status status = image_library_start(error);
    if (status != STATUS_OK) {
        return status;
    }
    struct generate *generate = memory_zero(1, sizeof *generate);
    if (!generate || !(generate->arena = arena_new())) {
        memory_free(generate);
        return error_memory(error);
    }
    generate->request = *request;
    generate->request.pace = request->pace > 0 ? request->pace : 1;
    generate->random = (uint64_t)time(NULL) * 1000003 + (uint64_t)getpid();
    status = mailbox_new(&generate->box, error);
    if (status == STATUS_OK) {
        status = rate_limit_begin(&generate->creates, provider->creates.count,
                                  provider->creates.seconds, error);
    }
    if (status == STATUS_OK) {
        status = rate_limit_begin(&generate->polls, provider->polls.count, provider->polls.seconds,
                                  error);
    }
    if (status != STATUS_OK) {
        generate_free(generate);
        return status;
    }
    *out = generate;
    return STATUS_OK;
}

enum status generate_add(struct generate *generate, const struct generate_image *image,
                         size_t *index, struct error *error)
{
    struct mailbox *box = generate->box;
    struct work *work = memory_zero(1, sizeof *work);
    if (!work || !(work->arena = arena_new())) {
        memory_free(work);
        return error_memory(error);
    }
    work->name = image->name;
    work->ask = image->ask;
    if (!work->ask.callback_url) {
        work->ask.callback_url = generate->request.callback_url;
    }
    pthread_mutex_lock(&box->lock);
    work->index = box->added_count++;
    *box->added_last = work;
    box->added_last = &work->next_added;
    if (index) {
        *index = work->index;
    }
    pthread_cond_signal(&box->more);
    pthread_mutex_unlock(&box->lock);
    return STATUS_OK;
}

void generate_hint(struct generate *generate, const char *task)
{
    struct mailbox *box = generate->box;
    size_t size = strlen(task) + 1;
    struct hint *hint = memory_alloc(sizeof *hint + size);
    if (!hint) {
        return; /* it is polled all the same, only later */
    }
    memcpy(hint->task, task, size);
    pthread_mutex_lock(&box->lock);
    hint->next = box->hints;
    box->hints = hint;
    pthread_cond_signal(&box->more);
    pthread_mutex_unlock(&box->lock);
}

static void work_release(struct generate *generate, struct work *work)
{
    struct error ignored = {0};
    if (work->claimed &&
        journal_release(generate->request.journal, work->job.id, &ignored) == STATUS_OK) {
        work->claimed = false;
    }
}

static void work_free(struct generate *generate, struct work *work)
{
    work_release(generate, work);
    arena_free(work->arena);
    memory_free(work);
}

void generate_free(struct generate *generate)
{
    if (!generate) {
        return;
    }
    for (struct work *work = generate->box ? generate->box->added : NULL, *next; work;
         work = next) {
        next = work->next_added;
        work_free(generate, work);
    }
    for (size_t i = 0; i < generate->work_count; i++) {
        work_free(generate, generate->works[i]);
    }
    mailbox_close(generate->box);
    rate_limit_end(&generate->creates);
    rate_limit_end(&generate->polls);
    arena_free(generate->arena);
    memory_free(generate);
}

/* ---- Together ---- */

double generate_backoff(struct generate *generate, int tries, double retry_after)
{
    double first = generate->request.retry_seconds > 0 ? generate->request.retry_seconds : 1;
    return backoff_seconds(first, tries, retry_after, &generate->random) * generate->request.pace;
}

double generate_poll_seconds(const struct generate *generate, double age)
{
    const struct generate_request *request = &generate->request;
    double pace = request->poll_seconds;
    return request->pace * (pace > 0 ? pace : poll_seconds(age / request->pace));
}

void generate_pause(struct generate *generate, double seconds)
{
    double until = machine_seconds() + seconds;
    if (until <= generate->paused_until) {
        return;
    }
    generate->paused_until = until;
    pause_tell(generate, seconds);
}

void generate_stop(struct generate *generate, const char *format, ...)
{
    va_list arguments;
    if (generate->stopping) {
        return;
    }
    generate->stopping = true;
    va_start(arguments, format);
    vsnprintf(generate->stopped, sizeof generate->stopped, format, arguments);
    va_end(arguments);
    stop_tell(generate);
}

void generate_fault(struct generate *generate, const struct error *error)
{
    char text[sizeof *error];
    if (generate->fault.status == STATUS_OK) {
        generate->fault = *error;
    }
    error_format(error, text, sizeof text);
    generate_stop(generate, "%s", text);
}

bool work_write(struct generate *generate, struct work *work, enum job_state state)
{
    struct error error = {0};
    work->job.state = state;
    if (state == JOB_DONE && work->job.finished_ms == 0) {
        work->job.finished_ms = store_clock() / 1000000; /* as a later run will read it */
    }
    if (journal_write(generate->request.journal, &work->job, &error) == STATUS_OK) {
        return true;
    }
    if (work->job.task) {
        generate_note(generate, work, "the journal could not be written: the task is '%s'",
                      work->job.task);
    }
    generate_fault(generate, &error);
    return false;
}

/* ---- The end of one image ---- */

static void work_count_end(struct generate *generate, const struct work *work)
{
    struct generate_summary *summary = &generate->summary;
    switch (work->job.state) {
    case JOB_DONE:
        *(work->reused ? &summary->reused : &summary->done) += 1;
        break;
    case JOB_FAILED:
        summary->failed++;
        break;
    case JOB_REFUSED:
        summary->refused++;
        break;
    case JOB_UNKNOWN:
        summary->unknown++;
        break;
    default:
        summary->pending++;
    }
}

static void work_close(struct generate *generate, struct work *work, const char *message)
{
    bool done = work->job.state == JOB_DONE;
    work->phase = PHASE_ENDED;
    work_release(generate, work);
    work_count_end(generate, work);
    if (!done) {
        error_set(&generate->first, STATUS_GENERATION, "image '%s': %s", work->name, message);
    }
    generate_log(generate, work, done && work->reused ? "reused" : job_state_name(work->job.state),
                 work->job.code, done ? NULL : message,
                 work->asked_since > 0 ? machine_seconds() - work->asked_since : -1);
    work_tell(generate, work, done ? GENERATE_DONE : GENERATE_FAILED, -1, done ? "" : message);
}

void work_end(struct generate *generate, struct work *work, const char *message)
{
    if (!message) {
        message = work->job.message ? work->job.message : "it could not be had";
    }
    work_close(generate, work, message);
    for (size_t i = 0; i < generate->work_count; i++) {
        struct work *other = generate->works[i];
        if (other->shares == work && other->phase != PHASE_ENDED) {
            other->job = work->job;
            other->reused = true;
            work_close(generate, other, message);
        }
    }
}

/* ---- The run ---- */

static bool is_raised(const volatile int *flag)
{
    return flag && __atomic_load_n(flag, __ATOMIC_RELAXED);
}

static bool added_collect(struct generate *generate, struct error *error)
{
    struct mailbox *box = generate->box;
    for (;;) {
        pthread_mutex_lock(&box->lock);
        struct work *work = box->added;
        if (work) {
            struct work **slot =
                arena_push(generate->arena, &generate->works, &generate->work_count,
                           &generate->work_capacity, sizeof *generate->works);
            if (!slot) {
                pthread_mutex_unlock(&box->lock);
                error_memory(error);
                return false;
            }
            *slot = work;
            box->added = work->next_added;
            box->added_last = box->added ? box->added_last : &box->added;
        }
        pthread_mutex_unlock(&box->lock);
        if (!work) {
            return true;
        }
    }
}

static void hints_collect(struct generate *generate)
{
    struct mailbox *box = generate->box;
    pthread_mutex_lock(&box->lock);
    struct hint *hints = box->hints;
    box->hints = NULL;
    pthread_mutex_unlock(&box->lock);
    for (struct hint *hint = hints, *next; hint; hint = next) {
        next = hint->next;
        for (size_t i = 0; i < generate->work_count; i++) {
            struct work *work = generate->works[i];
            if (work->phase == PHASE_POLL && strcmp(work->job.task, hint->task) == 0) {
                work->due = 0;
            }
        }
        memory_free(hint);
    }
}

/* One image at most: decoding and syncing it takes a while, and requests shall not wait for more.
 */
static void answers_collect(struct generate *generate)
{
    bool image = false;
    for (struct call *call; !image && (call = mailbox_take(generate->box));) {
        image = call->answer.size > IMAGE_BYTES_LEAST;
        call_answered(generate, call);
        call_free(call);
    }
}

static size_t steps_take(struct generate *generate)
{
    size_t open = 0;
    generate->at_service = 0;
    for (size_t i = 0; i < generate->work_count; i++) {
        const struct work *work = generate->works[i];
        generate->at_service +=
            work->phase == PHASE_POLL || (work->phase == PHASE_CREATE && work->in_flight);
    }
    for (size_t i = 0; i < generate->work_count; i++) {
        if (generate->works[i]->phase != PHASE_ENDED) {
            work_step(generate, generate->works[i], machine_seconds());
            open += generate->works[i]->phase != PHASE_ENDED;
        }
    }
    uploads_step(generate, machine_seconds());
    return open;
}

static void run_wait(const struct generate *generate)
{
    double now = machine_seconds(), seconds = beat;
    for (size_t i = 0; i < generate->work_count; i++) {
        seconds = fmin(seconds, work_wait(generate, generate->works[i], now));
    }
    mailbox_wait(generate->box, fmax(seconds, 0.001));
}

/* A create under way is waited for: its answer is worth money. All else can be asked for again. */
static void run_drain(struct generate *generate)
{
    struct error ignored = {0};
    double until = machine_seconds() + (generate->request.provider->jobs ? grace_job : grace_image);
    if (generate->creating > 0) {
        generate_note(generate, NULL, "waiting for %d request%s under way", generate->creating,
                      generate->creating == 1 ? "" : "s");
    }
    while (generate->creating > 0 && machine_seconds() < until) {
        mailbox_wait(generate->box, beat);
        answers_collect(generate);
        hints_collect(generate); /* or else the wait would not wait */
        if (!added_collect(generate, &ignored)) {
            break;
        }
    }
    for (size_t i = 0; i < generate->work_count; i++) {
        struct work *work = generate->works[i];
        if (work->phase != PHASE_ENDED) {
            work->phase = PHASE_ENDED;
            work_release(generate, work);
            generate->summary.pending++;
        }
    }
}

static enum status run_verdict(const struct generate *generate, struct error *error)
{
    const struct generate_summary *summary = &generate->summary;
    size_t missing = summary->failed + summary->refused + summary->unknown + summary->pending;
    if (generate->fault.status != STATUS_OK) {
        *error = generate->fault;
        return error->status;
    }
    if (missing > 1) {
        return error_set(error, STATUS_GENERATION, "%s (and %zu more could not be had)",
                         generate->first.message, missing - 1);
    }
    return missing == 0 ? STATUS_OK
                        : error_set(error, STATUS_GENERATION, "%s", generate->first.message);
}

enum status generate_run(struct generate *generate, struct generate_summary *summary,
                         struct error *error)
{
    double started = machine_seconds();
    enum status status = STATUS_OK;
    size_t open = 1;
    while (open > 0 && status == STATUS_OK) {
        if (!added_collect(generate, error)) {
            status = error->status;
            break;
        }
        answers_collect(generate);
        hints_collect(generate);
        if (is_raised(generate->request.interrupted)) {
            run_drain(generate);
            status = error_set(error, STATUS_INTERRUPTED, "interrupted");
            break;
        }
        if (is_raised(generate->request.halted)) {
            generate_stop(generate, "one image failed");
        }
        open = steps_take(generate);
        if (open > 0) {
            run_wait(generate);
        }
        pthread_mutex_lock(&generate->box->lock);
        open += generate->box->added != NULL;
        pthread_mutex_unlock(&generate->box->lock);
    }
    generate->summary.seconds += machine_seconds() - started;
    *summary = generate->summary;
    return status == STATUS_OK ? run_verdict(generate, error) : status;
}
