/* SPDX-License-Identifier: MIT
 * Making everything: this thread asks for images, another one makes the sets of those that have
 * come, both until nothing is left. What they share is under one lock. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "gallery.h"
#include "text.h"
#include "work_state.h"

/* ---- What can be made ----------------------------------------------------------------------- */

static bool needs_are_met(const struct run *run, const struct work_image *image, bool *failed)
{
    const struct project_image *said = image->image;
    bool met = said->source || image->made;
    *failed = image->failed;
    for (size_t i = 0; i < said->made_input_count; i++) {
        const struct work_image *input = &run->work->images[said->made_inputs[i].image];
        met = met && input->made;
        *failed = *failed || input->failed;
    }
    return met;
}

static void set_lost(struct run *run, size_t i)
{
    struct report_image *reported = &run->report.images[run->reported[i]];
    run->work->images[i].state = WORK_LOST;
    run->lost++;
    reported->finished = true;
    reported->status = STATUS_GENERATION;
}

/* After an image has come or cannot come: which sets can be made now, and which never. */
static void look_for_ready(struct run *run)
{
    struct work *work = run->work;
    for (size_t i = 0; i < work->project->image_count; i++) {
        struct work_image *image = &work->images[i];
        bool failed = false;
        if (!image->wanted || image->state != WORK_WAITING) {
            continue;
        }
        bool met = needs_are_met(run, image, &failed);
        if (failed) {
            set_lost(run, i);
        } else if (met) {
            image->state = WORK_READY;
        }
    }
    (void)pthread_cond_signal(&run->more);
}

/* ---- Images from prompts -------------------------------------------------------------------- */

void work_halt(struct run *run)
{
    if (run->work->request.batch.fail_fast) {
        __atomic_store_n(&run->halted, 1, __ATOMIC_RELEASE);
    }
}

/* Told of with all others, when `quiet`. */
static void image_lost(struct run *run, size_t i, const struct error *error, bool quiet)
{
    struct work_image *image = &run->work->images[i];
    struct arena *arena = run->work->cli->arena;
    struct error named = *error;
    struct value *value = value_object(arena);
    image->failed = true;
    work_halt(run);
    (void)error_at(&named, "%s", image->image->id);
    run->made_error = named;
    if (!quiet) {
        report_pause(&run->report);
        cli_error(run->work->cli, &named);
    }
    value = value_set(arena, value, "id", value_text(arena, image->image->id));
    value = value_set(arena, value, "error", cli_error_value(run->work->cli, error));
    run->failures = value_append(arena, run->failures, value);
}

static void image_failed(struct run *run, size_t i, const struct error *error)
{
    image_lost(run, i, error, false);
}

/* True when every image that it refers to is there; *failed when one cannot come. */
static bool references_are_there(const struct run *run, const struct work_image *image,
                                 bool *failed)
{
    bool there = true;
    *failed = false;
    for (size_t i = 0; i < image->image->reference_count; i++) {
        const struct project_reference *reference = &image->image->references[i];
        const struct work_image *other =
            reference->id ? &run->work->images[reference->image] : NULL;
        there = there && (!other || other->made);
        *failed = *failed || (other && other->failed);
    }
    return there;
}

static enum status add_image(struct run *run, size_t i, struct error *error)
{
    struct work *work = run->work;
    struct work_image *image = &work->images[i];
    size_t index;
    image->added = true;
    if (work_references(work, image, error) != STATUS_OK) {
        return error->status;
    }
    const struct generate_image wanted = {.name = image->image->id, .ask = image->ask};
    if (generate_add(run->generate, &wanted, &index, error) != STATUS_OK) {
        return error->status;
    }
    if (index >= run->index_capacity) {
        return error_set(error, STATUS_BUG, "more images than were asked for");
    }
    run->indexes[index] = i;
    return STATUS_OK;
}

/* Asks for each image that waits for none any more. */
static void add_images(struct run *run)
{
    struct work *work = run->work;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < work->project->image_count; i++) {
            struct work_image *image = &work->images[i];
            struct error error = {0};
            bool failed = false;
            if (!image->asked || image->added || image->failed) {
                continue;
            }
            if (references_are_there(run, image, &failed)) {
                if (add_image(run, i, &error) != STATUS_OK) {
                    image_failed(run, i, &error);
                    changed = true;
                }
            } else if (failed) {
                error_set(&error, STATUS_GENERATION, "an image that it refers to could not be had");
                image_failed(run, i, &error);
                changed = true;
            }
        }
    }
}

static void count_generation(struct run *run, const struct generate_event *event)
{
    struct report_generation generation = {
        .done = event->done, .total = run->work->asked_count, .spent = event->spent};
    for (size_t i = 0; i < run->work->project->image_count; i++) {
        generation.failed += run->work->images[i].failed;
    }
    report_generation(&run->report, &generation);
}

static void say_made(struct run *run, const struct work_image *image,
                     const struct generate_event *event)
{
    const struct cli *cli = run->work->cli;
    const struct job *job = event->job;
    if (cli->globals.quiet || (cli->error_terminal && !cli->globals.verbose)) {
        return;
    }
    report_pause(&run->report);
    if (event->reused) {
        cli_say(cli, "%s: there already, %dx%d %s", image->image->id, job->width, job->height,
                job->format ? job->format : "");
        return;
    }
    struct buffer cost = {0};
    if (job->cost > 0) {
        buffer_text(&cost, ", ");
        text_dollars(&cost, job->cost);
    }
    cli_say(cli, "%s: generated, %dx%d %s%s", image->image->id, job->width, job->height,
            job->format ? job->format : "", buffer_string(&cost));
    buffer_free(&cost);
}

/* What the log has of it, for a person who asked. */
static void say_step(struct run *run, struct work_image *image, const struct generate_event *event)
{
    const struct cli *cli = run->work->cli;
    const char *id = image->image->id;
    int progress = event->progress > 0 ? event->progress : 0;
    if (!cli->globals.verbose || cli->globals.quiet) {
        return;
    }
    if (event->type == GENERATE_SENT) {
        report_pause(&run->report);
        cli_say(cli, "%s: sent to %s%s", id, run->work->service.provider->name,
                event->job->attempts > 1 ? " again" : "");
        image->progress = -1;
    } else if (progress != image->progress && event->job->task) {
        report_pause(&run->report);
        if (progress > 0) {
            cli_say(cli, "%s: task %s, %d %%", id, event->job->task, progress);
        } else {
            cli_say(cli, "%s: task %s", id, event->job->task);
        }
        image->progress = progress;
    }
}

static void image_came(struct run *run, struct work_image *image,
                       const struct generate_event *event)
{
    struct error error = {0};
    if (!work_take_job(run->work, image, event->job)) {
        (void)error_memory(&error);
        image_failed(run, (size_t)(image - run->work->images), &error);
        return;
    }
    say_made(run, image, event);
}

static void generate_happened(void *data, const struct generate_event *event)
{
    struct run *run = data;
    const struct cli *cli = run->work->cli;
    struct error error = {0};
    (void)pthread_mutex_lock(&run->lock);
    size_t i = event->job ? run->indexes[event->index] : 0;
    struct work_image *image = &run->work->images[i];
    switch (event->type) {
    case GENERATE_DONE:
        image_came(run, image, event);
        add_images(run);
        look_for_ready(run);
        break;
    case GENERATE_FAILED:
        if (!run->signals.interrupted) {
            const char *code = event->job && event->job->code ? event->job->code : "";
            error_set(&error, STATUS_GENERATION, "%s%s%s", event->message, *code ? ", code " : "",
                      code);
            image_lost(run, i, &error, event->stopped);
            add_images(run);
            look_for_ready(run);
        }
        break;
    case GENERATE_RETRY:
        if (!cli->globals.quiet && (cli->globals.verbose || !run->retry_told)) {
            report_pause(&run->report);
            cli_say(cli, "%s: %s; trying again in %.0f s", image->image->id, event->message,
                    ceil(event->seconds));
        }
        run->retry_told = true;
        break;
    case GENERATE_PAUSED:
    case GENERATE_NOTE:
        report_pause(&run->report);
        if (event->stopped) {
            error_set(&error, STATUS_GENERATION, "%s", event->message);
            cli_error(cli, &error);
        } else if (*event->message) {
            cli_warn(cli, "%s%s%s", event->job ? image->image->id : "", event->job ? ": " : "",
                     event->message);
        } else if (cli->globals.verbose) {
            cli_say(cli, "the service is given %.1f s of rest", event->seconds);
        }
        break;
    case GENERATE_SENT:
    case GENERATE_RUNNING:
        say_step(run, image, event);
        break;
    }
    count_generation(run, event);
    (void)pthread_mutex_unlock(&run->lock);
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void hint(void *data, const char *task)
{
    struct run *run = data;
    struct generate *generate = __atomic_load_n(&run->generate, __ATOMIC_ACQUIRE);
    if (generate) {
        generate_hint(generate, task);
    }
}

/* Better to know before the first image than in the middle. */
static void credit_check(const struct run *run)
{
    const struct work *work = run->work;
    const struct cli *cli = work->cli;
    struct buffer left = {0}, wanted = {0};
    double price = 0;
    double credit = service_credit(&work->service, cli->arena);
    for (size_t i = 0; i < work->project->image_count; i++) {
        const struct work_image *image = &work->images[i];
        price += image->asked && image->price > 0 ? image->price : 0;
    }
    text_dollars(&left, credit);
    text_dollars(&wanted, price);
    if (credit >= 0 && credit < price) {
        cli_warn(cli, "%s has %s left, and all images together may cost %s",
                 work->service.provider->name, buffer_string(&left), buffer_string(&wanted));
    } else if (credit >= 0 && cli->globals.verbose) {
        cli_say(cli, "%s has %s left", work->service.provider->name, buffer_string(&left));
    }
    buffer_free(&left);
    buffer_free(&wanted);
}

static enum status generation_open(struct run *run, struct error *error)
{
    struct work *work = run->work;
    const struct generation_options *options = &work->options->generation;
    struct service *service = &work->service;
    struct generate *generate = NULL;
    if (service_journal(work->cli, work->project, true, service, error) != STATUS_OK ||
        service_open(work->cli, options, hint, run, service, error) != STATUS_OK) {
        return error->status;
    }
    credit_check(run);
    const struct generate_request request = {
        .provider = service->provider,
        .endpoint = service->endpoint,
        .secret = service->secret,
        .keyless = service->keyless,
        .journal = service->journal,
        .http = service->http,
        .cost_max = work_least(options->max_cost, work->project->cost_max),
        .images_max = (int)work_least(options->max_images, work->project->images_max),
        .repeat_unknown = options->repeat_unknown,
        .concurrency = options->concurrency,
        .poll_seconds = service->built_in ? 0.2 : 0,
        .retry_seconds = service->built_in ? 0.2 : 0,
        .pace = service->pace,
        .callback_url = *options->callback_url ? options->callback_url : NULL,
        .log = service->log,
        .log_prompts = options->log_prompts,
        .event = generate_happened,
        .data = run,
        .interrupted = &run->signals.interrupted,
        .halted = &run->halted,
    };
    if (generate_new(&request, &generate, error) != STATUS_OK) {
        return error->status;
    }
    __atomic_store_n(&run->generate, generate, __ATOMIC_RELEASE);
    return STATUS_OK;
}

static enum status run_begin(struct run *run, struct error *error)
{
    struct work *work = run->work;
    struct arena *arena = work->cli->arena;
    size_t count = work->project->image_count, named = 0;
    const char **names = arena_array(arena, count + 1, sizeof(*names));
    run->indexes = arena_array(arena, work->asked_count + 1, sizeof(*run->indexes));
    run->reported = arena_array(arena, count + 1, sizeof(*run->reported));
    run->failures = value_list(arena);
    run->index_capacity = work->asked_count;
    if (!names || !run->indexes || !run->reported || !run->failures) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        if (work->images[i].wanted) {
            run->reported[i] = named;
            names[named++] = work->images[i].image->id;
        }
    }
    return report_start_names(&run->report, work->cli, "build", names, named, error);
}

/* Nothing that a busy worker uses may go away. */
static void leave(struct cli *cli)
{
    struct error late = {0};
    if (cli_flush(cli, &late) != STATUS_OK) {
        cli_error(cli, &late);
    }
    _exit(STATUS_INTERRUPTED);
}

static enum status run_both(struct run *run, struct error *error)
{
    struct error failure = {0};
    enum status generation = STATUS_OK;
    pthread_t thread;
    (void)pthread_mutex_lock(&run->lock);
    if (run->generate) {
        add_images(run);
    }
    look_for_ready(run);
    (void)pthread_mutex_unlock(&run->lock);
    int code = pthread_create(&thread, NULL, work_make_sets, run);
    if (code != 0) {
        return error_set(error, STATUS_FAILED, "could not start a thread: %s", strerror(code));
    }
    if (run->generate) {
        generation = generate_run(run->generate, &run->made, &failure);
    }
    (void)pthread_mutex_lock(&run->lock);
    run->all_came = true;
    (void)pthread_cond_signal(&run->more);
    (void)pthread_mutex_unlock(&run->lock);
    (void)pthread_join(thread, NULL);
    if (run->made_error.message[0] && generation == STATUS_OK) {
        generation = STATUS_GENERATION; /* what was never sent */
    }
    return work_run_end(run, generation, &failure, error);
}

/* A page for each folder that sets were made in; a run that failed in part has them, too. */
static enum status show(struct work *work, enum status made, struct error *error)
{
    bool whole = made == STATUS_OK || made == STATUS_PARTIAL || made == STATUS_GENERATION;
    for (size_t i = 0; i < work->group_count && whole && work->options->request.report; i++) {
        const char *root = work->groups[i].root;
        struct error late = {0};
        bool before = false;
        for (size_t j = 0; root && j < i; j++) {
            before = before || (work->groups[j].root && strcmp(work->groups[j].root, root) == 0);
        }
        if (root && !before &&
            gallery_after(work->cli, work->request.batch.state, root, &late) != STATUS_OK) {
            *error = late;
            return late.status;
        }
    }
    return made;
}

enum status work_run(struct work *work, struct error *error)
{
    struct run run = {.work = work};
    (void)pthread_mutex_init(&run.lock, NULL);
    (void)pthread_cond_init(&run.more, NULL);
    if (signals_start(&run.signals, work->cli, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = run_begin(&run, error);
    if (status == STATUS_OK && work->asked_count > 0) {
        status = generation_open(&run, error);
    }
    if (status == STATUS_OK) {
        status = run_both(&run, error);
    }
    if (status == STATUS_INTERRUPTED) {
        leave(work->cli);
    }
    status = show(work, status, error);
    service_deafen(&work->service); /* no hint comes any more */
    generate_free(run.generate);
    service_close(&work->service);
    signals_stop(&run.signals);
    (void)pthread_cond_destroy(&run.more);
    (void)pthread_mutex_destroy(&run.lock);
    return status;
}
