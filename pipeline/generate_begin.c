/* SPDX-License-Identifier: MIT
 * From an image that is wanted to its job in the journal, wherever an earlier run, or another
 * process, has left that. Sends nothing. */
#include "generate_state.h"

#include <math.h>

#include "machine.h"

static const double look_again = 0.2; /* seconds, while another process holds a job */

static struct work *work_alike(const struct generate *generate, const struct work *work)
{
    for (size_t i = 0; i < work->index && i < generate->work_count; i++) {
        struct work *other = generate->works[i];
        if (other != work && !other->shares && hash_equal(other->job.request, work->job.request)) {
            return other;
        }
    }
    return NULL;
}

/* True when an earlier image has the job: this one ends with it. */
static bool work_share(struct generate *generate, struct work *work)
{
    work->shares = work_alike(generate, work);
    if (!work->shares) {
        return false;
    }
    work->phase = PHASE_OTHER;
    work->due = INFINITY;
    if (work->shares->phase == PHASE_ENDED) {
        const char *message = work->shares->job.message;
        work->job = work->shares->job;
        work->reused = true;
        work_end(generate, work, message);
    }
    return true;
}

static void fault_end(struct generate *generate, struct work *work, const struct error *error)
{
    generate_fault(generate, error);
    work_end(generate, work, error->message);
}

void work_begin(struct generate *generate, struct work *work)
{
    const struct generate_request *request = &generate->request;
    struct error error = {0};
    bool added;
    work->job = (struct job){.name = work->name,
                             .request = generate_request_hash(request->provider, &work->ask),
                             .provider = request->provider->name,
                             .model = work->ask.model->name,
                             .base_url = request->endpoint.base_url,
                             .asked = asked_value(&work->ask, work->arena),
                             .cost = -1};
    if (work_share(generate, work)) {
        return;
    }
    enum status status = work->job.asked ? journal_want(request->journal, &work->job, work->arena,
                                                        &work->job, &added, &error)
                                         : error_memory(&error);
    if (status != STATUS_OK) {
        fault_end(generate, work, &error);
        return;
    }
    work->phase = PHASE_OTHER;
    work_look_again(generate, work);
}

/* ---- From the state that was found ---- */

static void begin_create(struct work *work)
{
    work->phase = PHASE_UPLOAD;
    work->due = 0;
    work->tries = 0;
}

static void begin_sending(struct generate *generate, struct work *work)
{
    /* The process that sent it is dead, or we would not hold the job. */
    work->job.message = "an earlier run ended before the answer came";
    work->job.code = NULL;
    if (!work_write(generate, work, JOB_UNKNOWN)) {
        work_end(generate, work, NULL);
    } else if (generate->request.repeat_unknown) {
        begin_create(work);
    } else {
        work_end_unknown(generate, work);
    }
}

static void work_resume(struct generate *generate, struct work *work);

static void begin_done(struct generate *generate, struct work *work)
{
    struct error error = {0};
    bool has = false;
    if (journal_has_image(generate->request.journal, &work->job, &has, &error) != STATUS_OK) {
        fault_end(generate, work, &error);
        return;
    }
    if (has) {
        work->reused = true;
        work_end(generate, work, NULL);
        return;
    }
    generate_note(generate, work, "its file '%s' is gone or changed: it is fetched again",
                  work->job.image ? work->job.image : "");
    work->job.state = work->job.urls ? JOB_READY : work->job.task ? JOB_RUNNING : JOB_PENDING;
    if (!work_write(generate, work, work->job.state)) {
        work_end(generate, work, generate->stopped);
        return;
    }
    work_resume(generate, work);
}

static void work_resume(struct generate *generate, struct work *work)
{
    double now = machine_seconds();
    work->due = now;
    work->running_since = now;
    switch (work->job.state) {
    case JOB_PENDING:
        begin_create(work);
        break;
    case JOB_SENDING:
        begin_sending(generate, work);
        break;
    case JOB_RUNNING:
    case JOB_READY:
        work->phase = work->job.state == JOB_READY && work->job.urls ? PHASE_FETCH : PHASE_POLL;
        if (work->phase == PHASE_POLL && !work->job.task) {
            begin_sending(generate, work); /* a damaged row */
        }
        break;
    case JOB_DONE:
        begin_done(generate, work);
        break;
    case JOB_UNKNOWN:
        if (generate->request.repeat_unknown) {
            begin_create(work);
        } else {
            work_end_unknown(generate, work);
        }
        break;
    default: /* REFUSED, FAILED */
        if (work->job.attempts == 0) {
            begin_create(work); /* nothing has ever been sent */
        } else {
            work_end(generate, work, NULL);
        }
    }
}

void work_look_again(struct generate *generate, struct work *work)
{
    struct journal *journal = generate->request.journal;
    struct error error = {0};
    if (work->shares) {
        return;
    }
    if (journal_claim(journal, work->job.id, &work->claimed, &error) != STATUS_OK) {
        fault_end(generate, work, &error);
        return;
    }
    if (!work->claimed) {
        work->due = machine_seconds() + look_again;
        if (!work->waits_told) {
            generate_note(generate, work, "another process is at work on it: waiting");
        }
        work->waits_told = true;
        return;
    }
    enum status status = journal_read(journal, work->job.id, work->arena, &work->job, &error);
    if (status == STATUS_MISSING) { /* forgotten meanwhile: wanted anew */
        struct error ignored = {0};
        work->claimed = journal_release(journal, work->job.id, &ignored) != STATUS_OK;
        work->phase = PHASE_NEW;
        work->due = 0;
    } else if (status != STATUS_OK) {
        fault_end(generate, work, &error);
    } else {
        work_resume(generate, work);
    }
}
