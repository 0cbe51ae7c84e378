/* SPDX-License-Identifier: MIT
 * `picset plan`: every file that render would make, and why; makes nothing. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan_show.h"
#include "signals.h"
#include "work.h"

static bool add_path(struct arena *arena, struct plan_totals *totals, const char *path)
{
    const char **slot = arena_push(arena, &totals->paths, &totals->path_count,
                                   &totals->path_capacity, sizeof(*slot));
    if (slot) {
        *slot = path;
    }
    return slot != NULL;
}

static bool count_plan(struct arena *arena, struct plan_totals *totals, const struct plan *plan)
{
    bool added = true;
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        totals->dropped += rendition->state == RENDITION_DROPPED;
        if (rendition->state != RENDITION_PLANNED) {
            continue;
        }
        totals->inlined += !rendition->path;
        added = added && (!rendition->path || add_path(arena, totals, rendition->path));
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        added = added && add_path(arena, totals, plan->emitted[i].path);
    }
    return added;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Members of a packed file and gathered files share a path: each is one file. */
static void drop_repeated(struct plan_totals *totals)
{
    size_t kept = 0;
    if (totals->path_count > 0) {
        qsort(totals->paths, totals->path_count, sizeof(*totals->paths), compare_paths);
    }
    for (size_t i = 0; i < totals->path_count; i++) {
        if (kept == 0 || strcmp(totals->paths[kept - 1], totals->paths[i]) != 0) {
            totals->paths[kept++] = totals->paths[i];
        }
    }
    totals->path_count = kept;
}

static void print_summary(struct cli *cli, const struct plan_totals *totals)
{
    struct buffer *out = &cli->out;
    size_t made = totals->images - totals->failed;
    buffer_format(out, "%zu file%s from %zu image%s", totals->path_count,
                  totals->path_count == 1 ? "" : "s", made, made == 1 ? "" : "s");
    if (totals->inlined > 0) {
        buffer_format(out, ", %zu inlined", totals->inlined);
    }
    if (totals->dropped > 0) {
        buffer_format(out, ", %zu dropped", totals->dropped);
    }
    if (totals->failed > 0) {
        buffer_format(out, ", %zu image%s refused", totals->failed, totals->failed == 1 ? "" : "s");
    }
    buffer_char(out, '\n');
}

static const struct value *failed_value(struct cli *cli, const char *source,
                                        const struct error *error)
{
    struct arena *arena = cli->arena;
    struct value *path = value_set(arena, value_object(arena), "path", value_text(arena, source));
    struct value *value = value_set(arena, value_object(arena), "source", path);
    return value_set(arena, value, "error", cli_error_value(cli, error));
}

const struct value *plan_totals_value(struct arena *arena, struct plan_totals *totals)
{
    drop_repeated(totals);
    struct value *value = value_object(arena);
    value = value_set(arena, value, "sources", value_int(arena, (int64_t)totals->images));
    value = value_set(arena, value, "refused", value_int(arena, (int64_t)totals->failed));
    value = value_set(arena, value, "files", value_int(arena, (int64_t)totals->path_count));
    value = value_set(arena, value, "inlined", value_int(arena, (int64_t)totals->inlined));
    return value_set(arena, value, "dropped", value_int(arena, (int64_t)totals->dropped));
}

static enum status show(struct cli *cli, const struct plan *plan, const struct value *failed,
                        struct value **list, struct plan_totals *totals, struct error *error)
{
    if (plan && !failed && !count_plan(cli->arena, totals, plan)) {
        return error_memory(error);
    }
    if (cli->globals.json) {
        *list = value_append(cli->arena, *list, plan ? plan_value(plan, cli->arena) : failed);
    } else if (plan && !cli->globals.quiet) {
        plan_explain(plan, &cli->out);
        buffer_char(&cli->out, '\n');
    }
    return STATUS_OK;
}

enum status plan_show_one(struct cli *cli, const struct plan *plan, struct value **list,
                          struct plan_totals *totals, struct error *error)
{
    totals->images++;
    return show(cli, plan, NULL, list, totals, error);
}

enum status plan_show_image(struct cli *cli, const struct batch *batch, size_t i,
                            const char *source, struct value **list, struct plan_totals *totals,
                            struct error *error)
{
    const struct error *wrong = NULL;
    const struct plan *plan = batch_plan_at(batch, i, &wrong);
    bool refused = plan && plan->refused.status != STATUS_OK;
    if (refused) {
        wrong = &plan->refused;
    }
    totals->images++;
    if (plan && !refused) {
        return show(cli, plan, NULL, list, totals, error);
    }
    struct error named = *wrong;
    if (strncmp(named.where, source, strlen(source)) != 0) {
        (void)error_at(&named, "%s", source);
    }
    totals->failed++;
    totals->failure = totals->failure == STATUS_OK ? named.status : totals->failure;
    cli_error(cli, &named);
    const struct value *failed = failed_value(cli, source, wrong);
    return failed ? show(cli, plan, failed, list, totals, error) : error_memory(error);
}

void plan_show_totals(struct cli *cli, struct plan_totals *totals)
{
    drop_repeated(totals);
    if (!cli->globals.quiet) {
        print_summary(cli, totals);
        return;
    }
    for (size_t i = 0; i < totals->path_count; i++) {
        buffer_format(&cli->out, "%s\n", totals->paths[i]);
    }
}

enum status plan_totals_status(const struct plan_totals *totals)
{
    return totals->failed == 0                ? STATUS_OK
           : totals->failed == totals->images ? totals->failure
                                              : STATUS_PARTIAL;
}

static enum status show_all(struct cli *cli, const struct batch *batch,
                            const struct batch_request *request, struct error *error)
{
    struct plan_totals totals = {0};
    struct arena *arena = cli->arena;
    struct value *list = value_list(arena);
    for (size_t i = 0; i < batch_plan_count(batch); i++) {
        if (plan_show_image(cli, batch, i, request->images[i].path, &list, &totals, error) !=
            STATUS_OK) {
            return error->status;
        }
    }
    if (cli->globals.json) {
        struct value *document = value_set(arena, cli_document(cli, "plan"), "plans", list);
        document = value_set(arena, document, "summary", plan_totals_value(arena, &totals));
        if (cli_json(cli, document, error) != STATUS_OK) {
            return error->status;
        }
    } else {
        plan_show_totals(cli, &totals);
    }
    return plan_totals_status(&totals);
}

enum status plan_show(struct cli *cli, struct request *request, struct error *error)
{
    struct batch *batch = NULL;
    struct signals signals;
    if (signals_start(&signals, cli, error) != STATUS_OK) {
        return error->status;
    }
    request->batch.interrupted = &signals.interrupted;
    request->batch.plan_only = true;
    enum status status = batch_plan(&request->batch, &batch, error);
    if (status == STATUS_OK) {
        status = show_all(cli, batch, &request->batch, error);
    }
    batch_free(batch);
    signals_stop(&signals);
    return status;
}

/* Words that are all files, or a preset, are for render; else they are ids of a project. */
static bool is_for_project(const struct make_options *options, const struct words *words)
{
    return options->request.preset.count == 0 && !*options->request.files_from &&
           access(options->project, F_OK) == 0 &&
           !(words->count > 0 && access(words->list[0], F_OK) == 0);
}

static enum status plan_project(struct cli *cli, const struct make_options *options,
                                const struct words *words, struct error *error)
{
    struct work work;
    enum status status = work_open(cli, options, &work, error);
    if (status == STATUS_OK) {
        status = work_select(&work, words, error);
    }
    if (status == STATUS_OK && work.asked_count > 0) {
        status = service_choose(cli, &options->generation, work.project, &work.service, error);
        status = status == STATUS_OK ? work_ask(&work, error) : status;
    }
    if (status == STATUS_OK) {
        status = work_plan(&work, error);
    }
    work_close(&work);
    return status;
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    const struct make_options *make = options;
    struct request request;
    cli->globals.dry_run = true;
    if (is_for_project(make, words)) {
        return plan_project(cli, make, words, error);
    }
    if (request_make(cli, &make->request, words, &request, error) != STATUS_OK) {
        return error->status;
    }
    return plan_show(cli, &request, error);
}

static const struct example examples[] = {
    {"picset plan photo.jpg --preset web", "every file of the set, with its size and its reasons"},
    {"picset plan photos/ -r --preset web --quiet", "the names of the files alone"},
    {"picset plan photo.jpg --preset web --json", "the same for a machine"},
    {"picset plan", "everything that 'picset build' would make of picset.json, and what it costs"},
    {"picset plan 'lighthouse-*'", "the images of a project with such ids"},
    {NULL, NULL}};

const struct command command_plan = {
    .name = "plan",
    .summary = "show what render or build would make, and why, without making it",
    .usage = "[IMAGE ... --preset PRESET | ID ...] [options]",
    .text = "With images and presets: takes the arguments of 'picset render'. Reads the header of "
            "each image only and decides every size, name and reason: which steps are shared, "
            "which sizes start from which, what is left out because the image is too small. What "
            "the plan lists is exactly what render makes.\n\n"
            "Without a preset, where picset.json is: the plan of that project, or of the images "
            "with these ids. Says for each prompt what would be asked for, what it costs, whether "
            "it is there already, and which presets would like more pixels than can be had.",
    .examples = examples,
    .sets = plan_sets,
    .size = sizeof(struct make_options),
    .words = WORDS_FILES,
    .limits = limit_options,
    .makes = true,
    .run = run,
};
