/* SPDX-License-Identifier: MIT
 * A project's plan in words or as a document: what each prompt would be asked for and cost, what is
 * missing for its presets, and every file of every set. Sends nothing, makes nothing. */
#include <string.h>

#include "limit.h"
#include "plan_show.h"
#include "signals.h"
#include "text.h"
#include "work.h"

struct totals {
    size_t requests, there, short_of; /* images to ask for; of which there are; too small */
    double price;
    bool unknown; /* a price is */
    struct plan_totals files;
    struct value *requests_list, *plans;
    struct plan **hoped; /* names and values point into these until all is printed */
    struct batch **batches;
    size_t hoped_count, batch_count;
};

/* ---- What is there already ------------------------------------------------------------------ */

static const struct job *job_of(const struct work_image *image, const struct provider *provider,
                                const struct job *jobs, size_t count)
{
    struct hash hash = generate_request_hash(provider, &image->ask);
    for (size_t i = 0; i < count; i++) {
        if (hash_equal(jobs[i].request, hash)) {
            return &jobs[i];
        }
    }
    return NULL;
}

/* The same id was asked for otherwise before: another prompt, size, reference … */
static bool asked_otherwise(const struct work_image *image, const struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(jobs[i].name, image->image->id) == 0) {
            return true;
        }
    }
    return false;
}

/* Images of earlier runs, in the order in which they could be referred to. */
static enum status find_made(struct work *work, const struct job **found, struct error *error)
{
    struct job *jobs = NULL;
    size_t count = 0, level_max = 0;
    if (!work->service.journal) {
        return STATUS_OK;
    }
    if (journal_list(work->service.journal, work->cli->arena, &jobs, &count, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < work->project->image_count; i++) {
        size_t level = work->project->images[i].level;
        level_max = level > level_max ? level : level_max;
    }
    for (size_t level = 0; level <= level_max; level++) {
        for (size_t i = 0; i < work->project->image_count; i++) {
            struct work_image *image = &work->images[i];
            struct error ignored = {0};
            bool there = image->asked && image->image->level == level, has = false;
            for (size_t r = 0; there && r < image->image->reference_count; r++) {
                const struct project_reference *reference = &image->image->references[r];
                there = reference->path || (reference->url && work->service.provider->upload) ||
                        (reference->id && work->images[reference->image].path);
            }
            if (!there || work_references(work, image, &ignored) != STATUS_OK) {
                continue;
            }
            const struct job *job = job_of(image, work->service.provider, jobs, count);
            found[i] = job;
            image->changed = !job && asked_otherwise(image, jobs, count);
            if (job && job->state == JOB_DONE &&
                journal_has_image(work->service.journal, job, &has, &ignored) == STATUS_OK && has) {
                if (!work_take_job(work, image, job)) {
                    return error_memory(error);
                }
            }
        }
    }
    return STATUS_OK;
}

/* ---- One request ---------------------------------------------------------------------------- */

static void say_request(struct work *work, const struct work_image *image, const struct job *job)
{
    struct buffer *out = &work->cli->out;
    const struct ask_choice *choice = &image->choice;
    buffer_format(out, "%s  %s %s", image->image->id, work->service.provider->name,
                  work->service.model->name);
    if (image->ask.aspect) {
        buffer_format(out, "  %s", image->ask.aspect);
    }
    if (image->ask.size) {
        buffer_format(out, " %s", image->ask.size);
    }
    if (choice->width > 0) {
        buffer_format(out, "  %dx%d", choice->width, choice->height);
    }
    if (image->ask.reference_count > 0 || image->image->reference_count > 0) {
        buffer_format(out, "  %zu reference%s", image->image->reference_count,
                      image->image->reference_count == 1 ? "" : "s");
    }
    if (image->made) {
        buffer_text(out, "  there already");
    } else if (image->price >= 0) {
        buffer_text(out, "  ");
        text_dollars(out, image->price);
    } else {
        buffer_text(out, "  price unknown");
    }
    if (!image->made && job) {
        buffer_format(out, "  (job %lld: %s)", (long long)job->id, job_state_name(job->state));
    }
    if (image->changed) {
        buffer_text(out, "  (asked for otherwise before: a new job)");
    }
    buffer_char(out, '\n');
    if (choice->wanted_width > 0) {
        buffer_format(out,
                      " too small: %zu of %zu renditions get their size; the largest other would "
                      "be %dx%d\n",
                      choice->met, choice->wanted, choice->wanted_width, choice->wanted_height);
    }
}

static const struct value *request_value(struct work *work, const struct work_image *image,
                                         const struct job *job)
{
    struct arena *arena = work->cli->arena;
    const struct ask_choice *choice = &image->choice;
    struct value *value = value_object(arena);
    value = value_set(arena, value, "id", value_text(arena, image->image->id));
    value = value_set(arena, value, "provider", value_text(arena, work->service.provider->name));
    value = value_set(arena, value, "model", value_text(arena, work->service.model->name));
    value = value_set(arena, value, "prompt", value_text(arena, image->ask.prompt));
    if (image->ask.aspect) {
        value = value_set(arena, value, "aspect", value_text(arena, image->ask.aspect));
    }
    if (image->ask.size) {
        value = value_set(arena, value, "size", value_text(arena, image->ask.size));
    }
    if (choice->width > 0) {
        value = value_set(arena, value, "width", value_int(arena, choice->width));
        value = value_set(arena, value, "height", value_int(arena, choice->height));
    }
    if (image->price >= 0) {
        value = value_set(arena, value, "price", value_real(arena, image->price));
    }
    value = value_set(arena, value, "there", value_bool(arena, image->made));
    if (image->changed) {
        value = value_set(arena, value, "changed", value_bool(arena, true));
    }
    if (job) {
        value = value_set(arena, value, "job", value_int(arena, job->id));
        value = value_set(arena, value, "state", value_text(arena, job_state_name(job->state)));
    }
    if (choice->wanted_width > 0) {
        struct value *lacks = value_object(arena);
        lacks = value_set(arena, lacks, "width", value_int(arena, choice->wanted_width));
        lacks = value_set(arena, lacks, "height", value_int(arena, choice->wanted_height));
        lacks = value_set(arena, lacks, "met", value_int(arena, (int64_t)choice->met));
        lacks = value_set(arena, lacks, "of", value_int(arena, (int64_t)choice->wanted));
        value = value_set(arena, value, "wants", lacks);
    }
    return value;
}

static void show_request(struct work *work, const struct work_image *image, const struct job *job,
                         struct totals *totals)
{
    struct cli *cli = work->cli;
    totals->requests++;
    totals->there += image->made;
    totals->short_of += image->choice.wanted_width > 0;
    if (!image->made) {
        totals->price += image->price > 0 ? image->price : 0;
        totals->unknown = totals->unknown || image->price < 0;
    }
    if (cli->globals.json) {
        totals->requests_list =
            value_append(cli->arena, totals->requests_list, request_value(work, image, job));
    } else if (!cli->globals.quiet) {
        say_request(work, image, job);
    }
}

/* ---- Sets of images that are not there yet -------------------------------------------------- */

static enum status show_hoped(struct work *work, const struct work_image *image,
                              struct totals *totals, struct error *error)
{
    struct cli *cli = work->cli;
    const struct work_group *group = &work->groups[image->group];
    const struct ask_choice *choice = &image->choice;
    struct plan *plan = NULL;
    if (choice->width == 0) {
        return STATUS_OK;
    }
    if (ask_plan(image->image->name, image->image->dir, image->image->alt, choice->width,
                 choice->height, group->recipes, group->preset_count, &work->request.batch.limits,
                 &plan, error) != STATUS_OK) {
        return error->status;
    }
    totals->hoped[totals->hoped_count++] = plan;
    return plan_show_one(cli, plan, &totals->plans, &totals->files, error);
}

/* ---- Everything ----------------------------------------------------------------------------- */

static void say_totals(struct work *work, const struct totals *totals)
{
    struct buffer *out = &work->cli->out;
    if (totals->requests == 0) {
        return;
    }
    size_t left = totals->requests - totals->there;
    buffer_format(out, "%zu image%s from prompts", totals->requests,
                  totals->requests == 1 ? "" : "s");
    if (totals->there > 0) {
        buffer_format(out, ", %zu there already", totals->there);
    }
    if (left > 0) {
        buffer_format(out, "; %zu to ask for, ", left);
        text_dollars(out, totals->price);
        buffer_text(out, totals->unknown ? " and what is unknown" : "");
    }
    if (totals->short_of > 0) {
        buffer_format(out, "; %zu too small for %s presets", totals->short_of,
                      totals->short_of == 1 ? "its" : "their");
    }
    buffer_char(out, '\n');
}

static enum status print_totals(struct work *work, struct totals *totals, struct error *error)
{
    struct cli *cli = work->cli;
    struct arena *arena = cli->arena;
    if (!cli->globals.json) {
        plan_show_totals(cli, &totals->files);
        if (!cli->globals.quiet) {
            say_totals(work, totals);
        }
        return STATUS_OK;
    }
    struct value *document = cli_document(cli, "plan");
    if (totals->requests > 0) {
        document = value_set(arena, document, "requests", totals->requests_list);
        struct value *cost = value_object(arena);
        cost = value_set(arena, cost, "price", value_real(arena, totals->price));
        cost = value_set(arena, cost, "complete", value_bool(arena, !totals->unknown));
        document = value_set(arena, document, "cost", cost);
    }
    document = value_set(arena, document, "plans", totals->plans);
    document = value_set(arena, document, "summary", plan_totals_value(arena, &totals->files));
    return cli_json(cli, document, error);
}

/* The sets of one group's images that are there: planned as they are. */
static enum status show_group(struct work *work, int group, struct signals *signals,
                              struct totals *totals, struct error *error)
{
    struct cli *cli = work->cli;
    struct batch_request request = work->request.batch;
    struct batch_image *images =
        arena_array(cli->arena, work->project->image_count + 1, sizeof(*images));
    struct batch *batch = NULL;
    if (!images) {
        return error_memory(error);
    }
    for (size_t i = 0; i < work->project->image_count; i++) {
        const struct work_image *image = &work->images[i];
        if (image->wanted && image->group == group && image->path) {
            images[request.image_count++] = work_batch_image(work, image, cli->arena);
        }
    }
    if (request.image_count == 0) {
        return STATUS_OK;
    }
    request.images = images;
    request.presets = work->groups[group].presets;
    request.preset_count = work->groups[group].preset_count;
    request.out = work->groups[group].out;
    request.plan_only = true;
    request.interrupted = &signals->interrupted;
    enum status status = batch_plan(&request, &batch, error);
    for (size_t i = 0; status == STATUS_OK && i < batch_plan_count(batch); i++) {
        status =
            plan_show_image(cli, batch, i, images[i].path, &totals->plans, &totals->files, error);
    }
    totals->batches[totals->batch_count++] = batch;
    return status;
}

static enum status show_sets(struct work *work, const struct job **jobs, struct signals *signals,
                             struct totals *totals, struct error *error)
{
    for (size_t i = 0; i < work->project->image_count; i++) {
        const struct work_image *image = &work->images[i];
        if (image->asked) {
            show_request(work, image, jobs[i], totals);
        }
        if (image->wanted && !image->path && show_hoped(work, image, totals, error) != STATUS_OK) {
            return error->status;
        }
    }
    for (size_t group = 0; group < work->group_count; group++) {
        if (show_group(work, (int)group, signals, totals, error) != STATUS_OK) {
            return error->status;
        }
    }
    return print_totals(work, totals, error);
}

static enum status show_all(struct work *work, struct signals *signals, struct error *error)
{
    struct arena *arena = work->cli->arena;
    size_t count = work->project->image_count;
    const struct job **jobs = arena_array(arena, count + 1, sizeof(*jobs));
    struct totals totals = {.requests_list = value_list(arena),
                            .plans = value_list(arena),
                            .hoped = arena_array(arena, count + 1, sizeof(*totals.hoped)),
                            .batches =
                                arena_array(arena, work->group_count + 1, sizeof(*totals.batches))};
    if (!jobs || !totals.requests_list || !totals.plans || !totals.hoped || !totals.batches) {
        return error_memory(error);
    }
    enum status status = find_made(work, jobs, error);
    if (status == STATUS_OK) {
        status = show_sets(work, jobs, signals, &totals, error);
    }
    for (size_t i = 0; i < totals.hoped_count; i++) {
        plan_free(totals.hoped[i]);
    }
    for (size_t i = 0; i < totals.batch_count; i++) {
        batch_free(totals.batches[i]);
    }
    return status == STATUS_OK ? plan_totals_status(&totals.files) : status;
}

enum status work_plan(struct work *work, struct error *error)
{
    struct signals signals;
    if (signals_start(&signals, work->cli, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = STATUS_OK;
    if (work->asked_count > 0) {
        status = service_journal(work->cli, work->project, false, &work->service, error);
    }
    if (status == STATUS_OK) {
        status = show_all(work, &signals, error);
    }
    signals_stop(&signals);
    return status;
}
