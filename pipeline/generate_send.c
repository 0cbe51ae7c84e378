/* SPDX-License-Identifier: MIT
 * What goes out, when rates, pauses and bounds let it. A create is in the journal before it is
 * sent; nothing here decides that one is sent again. */
#include "generate_state.h"

#include <math.h>
#include <stdio.h>

#include "machine.h"
#include "text.h"

enum { FETCHES_MOST = 8, UPLOADS_MOST = 4 };

static const int64_t image_bytes_most = (int64_t)96 << 20;
static const double turn = 0.02;          /* seconds */
static const double wait_usual = 15 * 60; /* seconds for one task */

static void work_sent(struct work *work, const struct call *call)
{
    work->in_flight = true;
    work->sent = call->sent;
}

/* Not even begun: our own side is at fault, and the job stays as the journal has it. */
static void send_failed(struct generate *generate, struct work *work, struct call *call,
                        const struct error *error)
{
    if (call) {
        call_free(call);
    }
    generate_fault(generate, error);
    work_end(generate, work, error->message);
}

/* ---- Bounds ---- */

static double work_price(const struct work *work)
{
    return model_price(work->ask.model, work->ask.size);
}

/* Would one more pass a bound? Then why. What is under way may yet turn out not to cost anything.
 */
static bool bound_passed(struct generate *generate, const struct work *work, char *why, size_t size)
{
    const struct generate_request *request = &generate->request;
    double price = work_price(work);
    if (request->images_max >= 0 && generate->summary.creates >= (size_t)request->images_max) {
        snprintf(why, size, "the bound of %d image%s is reached", request->images_max,
                 request->images_max == 1 ? "" : "s");
        return true;
    }
    /* a millionth of a dollar: sums of prices are not exact */
    bool known = price >= 0;
    if (request->cost_max < 0 ||
        (known && generate->summary.spent + price <= request->cost_max + 1e-6)) {
        return false;
    }
    struct buffer words = {.limit = size};
    if (known) {
        buffer_text(&words, "at ");
        text_dollars(&words, price);
        buffer_text(&words, " it would pass the bound of ");
        text_dollars(&words, request->cost_max);
        buffer_text(&words, ": ");
        text_dollars(&words, generate->summary.spent);
        buffer_text(&words, " are spent");
    } else {
        buffer_format(&words, "the price of model '%s' is not known, so the bound of ",
                      work->ask.model->name);
        text_dollars(&words, request->cost_max);
        buffer_text(&words, " cannot be kept");
    }
    snprintf(why, size, "%s", buffer_string(&words));
    buffer_free(&words);
    return true;
}

/* ---- References ---- */

static struct upload *upload_find(struct generate *generate, const struct reference *reference)
{
    struct hash content = hash_bytes(reference->bytes, reference->size);
    for (struct upload *upload = generate->uploads; upload; upload = upload->next) {
        if (hash_equal(upload->content, content)) {
            return upload;
        }
    }
    struct upload *fresh = arena_alloc(generate->arena, sizeof *fresh);
    if (fresh) {
        *fresh =
            (struct upload){.next = generate->uploads, .content = content, .reference = reference};
        generate->uploads = fresh;
    }
    return fresh;
}

/* The links of all references put in where the service wants links. False: not all are there yet,
 * or the work has ended. */
static bool references_ready(struct generate *generate, struct work *work)
{
    size_t count = work->ask.reference_count;
    if (!generate->request.provider->upload || count == 0) {
        return true;
    }
    struct reference *references = arena_array(work->arena, count, sizeof *references);
    struct error error = {0};
    for (size_t i = 0; i < count; i++) {
        const struct reference *reference = &work->ask.references[i];
        struct upload *upload = NULL;
        if (references && !reference->url) {
            upload = upload_find(generate, reference);
        }
        if (!references || (!reference->url && !upload)) {
            error_memory(&error);
            send_failed(generate, work, NULL, &error);
            return false;
        }
        references[i] = *reference;
        if (upload && upload->failed) {
            work->job.message = upload->failed;
            work_write(generate, work, JOB_FAILED);
            work_end(generate, work, NULL);
            return false;
        }
        if (upload && !upload->url) {
            work->due = machine_seconds() + 0.05;
            return false;
        }
        references[i].url = upload ? upload->url : reference->url;
    }
    work->ask.references = references;
    return true;
}

static void upload_send(struct generate *generate, struct upload *upload, double now)
{
    const struct generate_request *request = &generate->request;
    struct error error = {0};
    struct http_ask ask = {0};
    struct call *call = call_new(generate->box, CALL_UPLOAD, NULL, upload, now);
    enum status status = call ? request->provider->upload(&request->endpoint, upload->reference,
                                                          call->arena, &ask, &error)
                              : error_memory(&error);
    if (status == STATUS_OK) {
        status = http_send(request->http, &ask, request->secret, call_done, call, &error);
    }
    if (status == STATUS_OK) {
        upload->in_flight = true;
        generate->uploading++;
        return;
    }
    if (call) {
        call_free(call);
    }
    upload->failed =
        arena_format(generate->arena, "reference '%s': %s", upload->reference->name, error.message);
    upload->failed = upload->failed ? upload->failed : "out of memory";
}

void uploads_step(struct generate *generate, double now)
{
    for (struct upload *upload = generate->uploads; upload; upload = upload->next) {
        if (!upload->url && !upload->failed && !upload->in_flight && upload->due <= now &&
            generate->paused_until <= now && !generate->stopping &&
            generate->uploading < UPLOADS_MOST) {
            upload_send(generate, upload, now);
        }
    }
}

/* ---- Creates ---- */

/* Written, then sent; `call` is used up. */
static void create_go(struct generate *generate, struct work *work, const struct http_ask *ask,
                      struct call *call)
{
    const struct generate_request *request = &generate->request;
    struct error error = {0};
    work->job.attempts++;
    work->job.code = work->job.message = work->job.task = NULL;
    work->job.urls = NULL;
    work->job.base_url = request->endpoint.base_url;
    if (!work_write(generate, work, JOB_SENDING)) {
        call_free(call);
        work->job.state = JOB_PENDING;
        work_end(generate, work, generate->stopped);
        return;
    }
    double now = machine_seconds();
    call->sent = now;
    work->slot = rate_limit_take(&generate->creates, now);
    work_sent(work, call);
    if (http_send(request->http, ask, request->secret, call_done, call, &error) != STATUS_OK) {
        work->in_flight = false;
        work->job.attempts--;
        work_write(generate, work, JOB_PENDING);
        send_failed(generate, work, call, &error);
        return;
    }
    generate->creating++;
    generate->at_service++;
    generate->summary.creates++;
    work->counted = true;
    work->asked_since = work->asked_since > 0 ? work->asked_since : now;
    double price = work_price(work);
    work_charge(generate, work, price > 0 ? price : 0);
    generate_log(generate, work, "sent", NULL, NULL, -1);
    work_tell(generate, work, GENERATE_SENT, -1, "");
}

static void create_send(struct generate *generate, struct work *work, double now)
{
    const struct generate_request *request = &generate->request;
    struct error error = {0};
    struct http_ask ask = {0};
    struct call *call = call_new(generate->box, CALL_CREATE, work, NULL, now);
    if (!call) {
        error_memory(&error);
        send_failed(generate, work, NULL, &error);
        return;
    }
    enum status status =
        request->provider->submit(&request->endpoint, &work->ask, call->arena, &ask, &error);
    if (status == STATUS_OK) {
        create_go(generate, work, &ask, call);
        return;
    }
    if (status != STATUS_USAGE) {
        send_failed(generate, work, call, &error);
        return;
    }
    call_free(call);
    work->job.message = arena_text(work->arena, error.message);
    work_write(generate, work, JOB_FAILED);
    work_end(generate, work, error.message);
}

static void create_step(struct generate *generate, struct work *work, double now)
{
    const struct generate_request *request = &generate->request;
    int most = request->concurrency > 0 ? request->concurrency : request->provider->concurrency;
    char why[256];
    if (generate->stopping) {
        work_end(generate, work, generate->stopped);
        return;
    }
    if (now < generate->paused_until || (most > 0 && generate->at_service >= most) ||
        rate_limit_wait(&generate->creates, now) > 0) {
        return;
    }
    if (!bound_passed(generate, work, why, sizeof why)) {
        create_send(generate, work, now);
    } else if (generate->at_service == 0) {
        work_end(generate, work, why);
    }
}

/* ---- Questions ---- */

static void question_send(struct generate *generate, struct work *work, enum call_kind kind,
                          double now)
{
    const struct generate_request *request = &generate->request;
    const struct provider *provider = request->provider;
    struct error error = {0};
    struct http_ask ask = {0};
    struct call *call = call_new(generate->box, kind, work, NULL, now);
    enum status status = call ? STATUS_OK : error_memory(&error);
    if (status == STATUS_OK && kind == CALL_POLL) {
        status = provider->poll(&request->endpoint, work->job.task, call->arena, &ask, &error);
    } else if (status == STATUS_OK && kind == CALL_REFRESH) {
        status =
            provider->refresh(&request->endpoint, work->job.urls[0], call->arena, &ask, &error);
    }
    if (status == STATUS_OK && kind == CALL_FETCH) {
        status = http_fetch(request->http, work->job.urls[0], image_bytes_most,
                            http_local(request->endpoint.base_url), call_done, call, &error);
    } else if (status == STATUS_OK) {
        status = http_send(request->http, &ask, request->secret, call_done, call, &error);
    }
    if (status != STATUS_OK) {
        send_failed(generate, work, call, &error);
        return;
    }
    work->in_flight = true;
    work->sent = now;
    generate->fetching += kind == CALL_FETCH;
}

static void poll_step(struct generate *generate, struct work *work, double now)
{
    double wait = generate->request.wait_seconds > 0 ? generate->request.wait_seconds : wait_usual;
    if (now - work->running_since > wait) {
        char why[256];
        snprintf(why, sizeof why,
                 "the service is still at work on task '%s' after %.0f s; the next start goes on",
                 work->job.task, wait);
        work_end(generate, work, why);
        return;
    }
    if (now >= generate->paused_until && rate_limit_wait(&generate->polls, now) == 0) {
        work->slot = rate_limit_take(&generate->polls, now);
        question_send(generate, work, CALL_POLL, now);
    }
}

/* ---- One step ---- */

static bool asks_service(enum work_phase phase)
{
    return phase == PHASE_UPLOAD || phase == PHASE_CREATE || phase == PHASE_POLL ||
           phase == PHASE_REFRESH;
}

void work_step(struct generate *generate, struct work *work, double now)
{
    if (work->in_flight || now < work->due) {
        return;
    }
    if (generate->request.keyless && asks_service(work->phase)) {
        generate_stop(generate, "%s", generate->request.keyless);
        work_end(generate, work, generate->stopped);
        return;
    }
    switch (work->phase) {
    case PHASE_NEW:
        work_begin(generate, work);
        break;
    case PHASE_OTHER:
        work_look_again(generate, work);
        break;
    case PHASE_UPLOAD:
        if (generate->stopping) {
            work_end(generate, work, generate->stopped);
        } else if (references_ready(generate, work)) {
            work->phase = PHASE_CREATE;
            create_step(generate, work, now);
        }
        break;
    case PHASE_CREATE:
        create_step(generate, work, now);
        break;
    case PHASE_POLL:
        poll_step(generate, work, now);
        break;
    case PHASE_FETCH:
        if (generate->fetching < FETCHES_MOST) {
            question_send(generate, work, CALL_FETCH, now);
        }
        break;
    case PHASE_REFRESH:
        question_send(generate, work, CALL_REFRESH, now);
        break;
    case PHASE_ENDED:
        break;
    }
}

double work_wait(const struct generate *generate, const struct work *work, double now)
{
    if (work->in_flight || work->phase == PHASE_ENDED) {
        return INFINITY;
    }
    double wait = work->due - now;
    if (work->phase == PHASE_CREATE || work->phase == PHASE_POLL) {
        const struct rate_limit *limit =
            work->phase == PHASE_POLL ? &generate->polls : &generate->creates;
        wait = fmax(wait, fmax(rate_limit_wait(limit, now), generate->paused_until - now));
    }
    /* what could go now waits for something else to end, whose answer ends the wait, too */
    return wait > 0 ? wait : turn;
}
