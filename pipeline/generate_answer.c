/* SPDX-License-Identifier: MIT
 * What came back, and what it makes of a job. The one rule above all: after a create whose outcome
 * is not known nothing is sent again by itself. */
#include "generate_state.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"

enum {
    REACH_TRIES_MOST = 4, /* creates in a row, while the service has never answered in this run */
    TRIES_MOST = 8,       /* failures in a row of one job's create or poll: then it waits */
    FETCH_TRIES_MOST = 5, /* the same of a download: then the next start tries again */
    MISSES_MOST = 5,      /* polls that do not know the task: it may not be everywhere yet */
    REFRESHES_MOST = 3
};

static const double wait_most = 15 * 60; /* seconds that a service may ask us to wait */

/* ---- Money ---- */

void work_charge(struct generate *generate, struct work *work, double cost)
{
    double *spent = work->counted ? &generate->summary.spent : &generate->summary.before;
    *spent += cost - work->charged;
    *spent = *spent < 1e-9 ? 0 : *spent; /* sums and differences of prices are not exact */
    work->charged = cost;
}

static void work_uncount(struct generate *generate, struct work *work)
{
    if (work->counted) {
        work_charge(generate, work, 0);
        generate->summary.creates--;
        work->counted = false;
    }
}

/* What the service says that it cost, or counts; without a word, of what has come, the table's
 * price. */
static void cost_settle(struct generate *generate, struct work *work, const struct answer *answer,
                        bool came)
{
    const struct model *model = work->ask.model;
    double unit = generate->request.provider->cost_unit;
    double cost = -1;
    if (answer->cost >= 0) {
        cost = answer->cost * (unit > 0 ? unit : 1);
    } else if (answer->tokens_out > 0 && model->token_prices.out > 0) {
        cost = (answer->tokens_in * model->token_prices.in +
                answer->tokens_out * model->token_prices.out) /
               1e6;
    } else if (came) {
        cost = model_price(model, work->ask.size);
    }
    work->job.cost = cost < 0 ? -1 : cost;
    work_charge(generate, work, cost > 0 ? cost : 0);
}

/* ---- Words ---- */

/* A service that repeats the key does not bring it into the journal or the log. */
static const char *words_keep(struct generate *generate, struct work *work, const char *words)
{
    const char *key = generate->request.secret ? secret_text(generate->request.secret) : "";
    if (!words || !*words) {
        return NULL;
    }
    if (*key && strstr(words, key)) {
        return "the service's words are withheld: they repeat the key";
    }
    return arena_text(work->arena, words);
}

static void answer_note(struct generate *generate, struct work *work, const struct answer *answer)
{
    work->job.code = words_keep(generate, work, answer->code);
    work->job.message = words_keep(generate, work, answer->message);
    if (!work->job.message) {
        work->job.message =
            work->job.code ? arena_format(work->arena, "the service answered '%s'", work->job.code)
                           : "the service gave no reason";
    }
}

void work_end_unknown(struct generate *generate, struct work *work)
{
    char text[768];
    snprintf(
        text, sizeof text,
        "it is not known whether the service made it (%s), so it is not sent again by itself; "
        "--repeat-unknown or 'picset jobs retry %lld' asks again, and it may be paid for twice",
        work->job.message ? work->job.message : "no answer came", (long long)work->job.id);
    work_end(generate, work, text);
}

/* ---- Answers as one kind of thing ---- */

typedef void parser(const struct http_answer *answer, struct arena *arena, struct answer *out);

/* `create`: whether the request may have cost something. */
static struct answer answer_read(const struct call *call, parser *parse, bool create)
{
    struct answer answer = {.message = call->answer.words,
                            .retry_after = call->answer.retry_after,
                            .cost = -1,
                            .progress = -1};
    switch (call->answer.failure) {
    case HTTP_OK:
        answer = (struct answer){.retry_after = -1, .cost = -1, .progress = -1};
        parse(&call->answer, call->arena, &answer);
        break;
    case HTTP_NOT_SENT:
        answer.kind = ANSWER_RETRY;
        break;
    case HTTP_FORBIDDEN:
        answer.kind = ANSWER_STOP;
        break;
    default:
        answer.kind = create ? ANSWER_UNKNOWN : ANSWER_RETRY;
    }
    if (!create && (answer.kind == ANSWER_UNKNOWN || answer.kind == ANSWER_TASK)) {
        answer.kind = ANSWER_RETRY;
    }
    return answer;
}

static const char *const *urls_keep(struct work *work, const char *const *urls)
{
    size_t count = 0;
    while (urls && urls[count]) {
        count++;
    }
    const char **copy = count > 0 ? arena_array(work->arena, count + 1, sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = arena_text(work->arena, urls[i]);
        if (!copy[i]) {
            return NULL;
        }
    }
    return copy;
}

/* ---- Again, later ---- */

static void worked(struct generate *generate, struct work *work)
{
    breaker_worked(&generate->breaker);
    work->tries = 0;
}

/* True: the same again at work->due. False: it has ended for this run. */
static bool work_again(struct generate *generate, struct work *work, const struct answer *answer,
                       int tries_most)
{
    double now = machine_seconds();
    double wait = generate_backoff(generate, work->tries, answer->retry_after);
    const char *reason = work->job.message ? work->job.message : "no answer";
    breaker_failed(&generate->breaker, work->sent, now);
    generate_log(generate, work, "retry", work->job.code, reason, now - work->sent);
    if (answer->retry_after > wait_most) {
        generate_stop(generate, "the service asks to wait %.0f s: %s", answer->retry_after, reason);
    } else if (generate->breaker.open) {
        generate_stop(generate, "%d requests in a row have failed: %s", BREAKER_FAILURES, reason);
    } else if (answer->pause_all) {
        double window = generate->request.provider->creates.seconds * generate->request.pace;
        generate_pause(generate, wait > window ? wait : window);
    }
    if (!generate->reached && work->phase == PHASE_CREATE && work->tries + 1 >= REACH_TRIES_MOST) {
        generate_stop(generate, "the service cannot be reached: %s", reason);
        work_end(generate, work, generate->stopped);
        return false;
    }
    work->due = now + wait;
    if (++work->tries <= tries_most && answer->retry_after <= wait_most) {
        retry_tell(generate, work, reason, wait);
        return true;
    }
    work_end(generate, work, reason);
    return false;
}

/* ---- Images and links ---- */

static void image_came(struct generate *generate, struct work *work, const void *bytes, size_t size,
                       struct error *error)
{
    if (work_keep_image(generate, work, bytes, size, error) != STATUS_OK) {
        return;
    }
    work->job.code = work->job.message = NULL;
    if (work_write(generate, work, JOB_DONE)) {
        work_end(generate, work, NULL);
    } else {
        work->job.state = JOB_RUNNING; /* the journal does not know better */
        work_end(generate, work, generate->stopped);
    }
}

static void image_inline(struct generate *generate, struct work *work, const struct answer *answer)
{
    struct error error = {0};
    cost_settle(generate, work, answer, true);
    image_came(generate, work, answer->bytes, answer->size, &error);
    if (error.status == STATUS_OK) {
        return;
    }
    if (error.status ==
        STATUS_FAILED) { /* our disk, our memory: the image is lost with the answer */
        generate_fault(generate, &error);
        work->job.message =
            arena_format(work->arena, "its image could not be kept: %s", error.message);
        work_write(generate, work, JOB_UNKNOWN);
        work_end_unknown(generate, work);
        return;
    }
    work->job.code = "image";
    work->job.message = arena_format(
        work->arena, "the service's answer holds no image that can be read: %s", error.message);
    work_write(generate, work, JOB_FAILED);
    work_end(generate, work, NULL);
}

static void links_came(struct generate *generate, struct work *work, const struct answer *answer)
{
    const char *const *urls = urls_keep(work, answer->urls);
    if (!urls) {
        struct error error = {0};
        error_memory(&error);
        generate_fault(generate, &error);
        work_end(generate, work, error.message);
        return;
    }
    work->job.urls = urls;
    cost_settle(generate, work, answer, true);
    work_write(generate, work, JOB_READY);
    generate_log(generate, work, "ready", NULL, NULL, machine_seconds() - work->sent);
    work->phase = PHASE_FETCH;
    work->tries = work->refreshes = 0;
    work->due = 0;
}

static void final(struct generate *generate, struct work *work, const struct answer *answer)
{
    cost_settle(generate, work, answer, false);
    answer_note(generate, work, answer);
    work_write(generate, work, answer->kind == ANSWER_REFUSED ? JOB_REFUSED : JOB_FAILED);
    work_end(generate, work, NULL);
}

static void stopped(struct generate *generate, struct work *work, const struct answer *answer)
{
    answer_note(generate, work, answer);
    generate_stop(generate, "%s", work->job.message ? work->job.message : "stopped");
}

/* ---- Creates ---- */

static void task_came(struct generate *generate, struct work *work, const struct answer *answer)
{
    work->job.task = arena_text(work->arena, answer->task);
    if (!work->job.task) {
        struct error error = {0};
        error_memory(&error);
        generate_fault(generate, &error);
        work_end(generate, work, error.message);
        return;
    }
    work->job.code = work->job.message = NULL;
    work_write(generate, work, JOB_RUNNING);
    double now = machine_seconds();
    generate_log(generate, work, "accepted", answer->code, NULL, now - work->sent);
    work_tell(generate, work, GENERATE_RUNNING, 0, "");
    work->phase = PHASE_POLL;
    work->running_since = now;
    work->misses = 0;
    work->due = now + generate_poll_seconds(generate, 0);
}

/* Surely not made: it may be sent again, by this run or a later one. */
static void create_refused(struct generate *generate, struct work *work,
                           const struct answer *answer)
{
    work_uncount(generate, work);
    answer_note(generate, work, answer);
    if (!work_write(generate, work, JOB_PENDING)) {
        work_end(generate, work, generate->stopped);
    } else if (answer->kind == ANSWER_STOP) {
        stopped(generate, work, answer);
        work_end(generate, work, generate->stopped);
    } else {
        work_again(generate, work, answer, TRIES_MOST);
    }
}

static void create_unknown(struct generate *generate, struct work *work,
                           const struct answer *answer)
{
    answer_note(generate, work, answer);
    breaker_failed(&generate->breaker, work->sent, machine_seconds());
    work_write(generate, work, JOB_UNKNOWN);
    work_end_unknown(generate, work);
    if (generate->breaker.open) {
        generate_stop(generate, "%d requests in a row have failed", BREAKER_FAILURES);
    }
}

static bool has_links(const struct answer *answer)
{
    return answer->urls && answer->urls[0];
}

static void image_told(struct generate *generate, struct work *work, const struct answer *answer)
{
    worked(generate, work);
    if (answer->bytes) {
        image_inline(generate, work, answer);
    } else {
        links_came(generate, work, answer);
    }
}

static void created(struct generate *generate, struct work *work, const struct call *call)
{
    const struct provider *provider = generate->request.provider;
    struct answer answer = answer_read(call, provider->submitted, true);
    bool image = answer.kind == ANSWER_IMAGE && (answer.bytes || has_links(&answer));
    generate->creating--;
    rate_limit_answered(&generate->creates, work->slot, work->sent, call->arrived);
    /* A create that failed in words and names a task all the same was seen in the wild. */
    if (answer.task && *answer.task && provider->poll && !image) {
        answer.kind = ANSWER_TASK;
    }
    switch (answer.kind) {
    case ANSWER_TASK:
        worked(generate, work);
        task_came(generate, work, &answer);
        break;
    case ANSWER_IMAGE:
        if (image) {
            image_told(generate, work, &answer);
        } else {
            worked(generate, work);
            create_unknown(generate, work, &answer);
        }
        break;
    case ANSWER_REFUSED:
    case ANSWER_FAILED:
        worked(generate, work);
        final(generate, work, &answer);
        break;
    case ANSWER_RETRY:
    case ANSWER_STOP:
        create_refused(generate, work, &answer);
        break;
    default:
        create_unknown(generate, work, &answer);
    }
}

/* ---- Polls ---- */

static void still_running(struct generate *generate, struct work *work, const struct answer *answer)
{
    double now = machine_seconds();
    work->due = now + generate_poll_seconds(generate, now - work->running_since);
    work_tell(generate, work, GENERATE_RUNNING, answer->progress, "");
}

static void polled(struct generate *generate, struct work *work, const struct call *call)
{
    const struct provider *provider = generate->request.provider;
    struct answer answer = answer_read(call, provider->polled, false);
    rate_limit_answered(&generate->polls, work->slot, work->sent, call->arrived);
    if (answer.kind == ANSWER_MISSING) { /* right after its create it may not be known yet */
        answer.kind = ++work->misses < MISSES_MOST ? ANSWER_RETRY : ANSWER_FAILED;
    }
    if (answer.kind == ANSWER_IMAGE && !answer.bytes && !has_links(&answer)) {
        answer.kind = ANSWER_RETRY;
    }
    switch (answer.kind) {
    case ANSWER_RUNNING:
        worked(generate, work);
        still_running(generate, work, &answer);
        break;
    case ANSWER_IMAGE:
        image_told(generate, work, &answer);
        break;
    case ANSWER_REFUSED:
    case ANSWER_FAILED:
        worked(generate, work);
        final(generate, work, &answer);
        break;
    case ANSWER_STOP:
        stopped(generate, work, &answer);
        work_end(generate, work, NULL);
        break;
    default:
        answer_note(generate, work, &answer);
        work_again(generate, work, &answer, TRIES_MOST);
    }
}

/* ---- Downloads ---- */

static void fetch_again(struct generate *generate, struct work *work, const char *why)
{
    struct answer answer = {.retry_after = -1};
    work->job.message = words_keep(generate, work, why);
    if (work->tries + 1 > FETCH_TRIES_MOST) {
        char text[768];
        snprintf(text, sizeof text,
                 "it is made, but could not be fetched (%s); the next start tries again", why);
        work_end(generate, work, text);
        return;
    }
    work_again(generate, work, &answer, FETCH_TRIES_MOST);
}

static void fetched(struct generate *generate, struct work *work, const struct call *call)
{
    const struct http_answer *answer = &call->answer;
    struct error error = {0};
    bool expired = answer->status == 403 || answer->status == 404 || answer->status == 410;
    generate->fetching--;
    if (answer->failure == HTTP_OK && answer->status == 200) {
        image_came(generate, work, answer->body, answer->size, &error);
        if (error.status == STATUS_FAILED) {
            generate_fault(generate, &error);
            work_end(generate, work, error.message);
        } else if (error.status != STATUS_OK) {
            fetch_again(generate, work, error.message);
        }
        return;
    }
    if (answer->failure == HTTP_OK && expired && generate->request.provider->refresh &&
        work->refreshes < REFRESHES_MOST) {
        work->refreshes++;
        work->phase = PHASE_REFRESH;
        work->due = 0;
        return;
    }
    char why[256];
    if (answer->failure == HTTP_OK) {
        snprintf(why, sizeof why, "the download was answered with HTTP status %ld", answer->status);
    } else {
        snprintf(why, sizeof why, "%s", *answer->words ? answer->words : "no answer came");
    }
    if (answer->failure == HTTP_FORBIDDEN || answer->failure == HTTP_TOO_LARGE) {
        work->tries = FETCH_TRIES_MOST; /* it would be the same again */
    }
    fetch_again(generate, work, why);
}

static void refreshed(struct generate *generate, struct work *work, const struct call *call)
{
    struct answer answer = answer_read(call, generate->request.provider->refreshed, false);
    if ((answer.kind == ANSWER_URL || answer.kind == ANSWER_IMAGE) && has_links(&answer)) {
        const char *const *urls = urls_keep(work, answer.urls);
        work->job.urls = urls ? urls : work->job.urls;
        work_write(generate, work, JOB_READY);
        work->phase = PHASE_FETCH;
        work->due = 0;
        return;
    }
    work->phase = PHASE_FETCH; /* the old link once more, after a while */
    fetch_again(generate, work,
                answer.message && *answer.message ? answer.message : "its link has expired");
}

/* ---- Uploads ---- */

static void uploaded(struct generate *generate, struct upload *upload, const struct call *call)
{
    struct answer answer = answer_read(call, generate->request.provider->uploaded, false);
    const char *words = answer.message && *answer.message ? answer.message : "no answer";
    double now = machine_seconds();
    upload->in_flight = false;
    generate->uploading--;
    if ((answer.kind == ANSWER_URL || answer.kind == ANSWER_IMAGE) && has_links(&answer)) {
        breaker_worked(&generate->breaker);
        upload->url = arena_text(generate->arena, answer.urls[0]);
        return;
    }
    if (answer.kind == ANSWER_STOP) {
        generate_stop(generate, "reference '%s': %s", upload->reference->name, words);
    } else if (answer.kind == ANSWER_RETRY && upload->tries < TRIES_MOST) {
        upload->due = now + generate_backoff(generate, upload->tries++, answer.retry_after);
        breaker_failed(&generate->breaker, call->sent, now);
        if (generate->breaker.open) {
            generate_stop(generate, "%d requests in a row have failed: %s", BREAKER_FAILURES,
                          words);
        }
    } else {
        upload->failed = arena_format(generate->arena, "reference '%s' was not taken: %s",
                                      upload->reference->name, words);
        upload->failed = upload->failed ? upload->failed : "out of memory";
    }
}

void call_answered(struct generate *generate, struct call *call)
{
    struct work *work = call->work;
    generate->reached = generate->reached || call->answer.failure == HTTP_OK;
    if (!work) {
        uploaded(generate, call->upload, call);
        return;
    }
    work->in_flight = false;
    if (work->phase == PHASE_ENDED) {
        return; /* after an interrupt */
    }
    switch (call->kind) {
    case CALL_CREATE:
        created(generate, work, call);
        break;
    case CALL_POLL:
        polled(generate, work, call);
        break;
    case CALL_FETCH:
        fetched(generate, work, call);
        break;
    case CALL_REFRESH:
        refreshed(generate, work, call);
        break;
    case CALL_UPLOAD:
        break;
    }
}
