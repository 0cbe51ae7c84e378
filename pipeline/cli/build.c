/* SPDX-License-Identifier: MIT
 * `picset build`: everything that picset.json declares; only what changed. */
#include <unistd.h>

#include "limit.h"
#include "work.h"

static enum status build(struct work *work, const struct make_options *options,
                         const struct words *words, struct error *error)
{
    struct cli *cli = work->cli;
    if (work_select(work, words, error) != STATUS_OK) {
        return error->status;
    }
    if (work->asked_count > 0 && (service_choose(cli, &options->generation, work->project,
                                                 &work->service, error) != STATUS_OK ||
                                  work_ask(work, error) != STATUS_OK)) {
        return error->status;
    }
    return cli->globals.dry_run ? work_plan(work, error) : work_run(work, error);
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    const struct make_options *make = options;
    struct work work;
    enum status status = work_open(cli, make, &work, error);
    if (status == STATUS_MISSING && access(make->project, F_OK) != 0) {
        error_clear(error);
        error_set(error, STATUS_MISSING,
                  "no such file; 'picset help build' shows what a project file holds, and "
                  "--project names another");
        error_at(error, "%s", make->project);
    }
    if (status == STATUS_OK) {
        status = build(&work, make, words, error);
    }
    work_close(&work);
    return status;
}

static const struct example examples[] = {
    {"picset build", "everything that picset.json in this folder declares"},
    {"picset build lighthouse-en 'market-*'", "these images only, and those that they refer to"},
    {"picset build --max-cost 5", "stop before more than five dollars are spent"},
    {"picset plan", "what it would make, ask for and cost, without doing so"},
    {NULL, NULL}};

const struct command command_build = {
    .name = "build",
    .summary = "make everything that picset.json declares; only what changed",
    .usage = "[ID ...] [options]",
    .text = "A project file says which images, from files or from prompts, get which presets, and "
            "where to. Prompts go to the service that the file or the options name, or to the "
            "built-in sandbox when neither names one and there is no key. What was asked for is "
            "remembered in .picset "
            "beside the project file from before it is sent: an interrupted build goes on where "
            "it stopped, and nothing is paid for twice.\n\n"
            "The sets of images that have come are made while others are still being generated. "
            "What is unchanged is not made again. Without a key and at no cost a whole project "
            "can be tried on the sandbox.\n\n"
            "  {\n"
            "    \"version\": 1, \"out\": \"public/img/\",\n"
            "    \"images\": [\n"
            "      { \"source\": \"photos/**/*.jpg\", \"presets\": [ \"web\", \"thumbnails\" ] },\n"
            "      { \"id\": \"hero\", \"prompt\": \"a lighthouse at dusk\", \"presets\": [ "
            "\"web\" ] }\n"
            "    ]\n"
            "  }\n\n"
            "presets/project.schema.json describes it all; an editor that knows JSON schemas "
            "completes it.",
    .examples = examples,
    .sets = build_sets,
    .size = sizeof(struct make_options),
    .words = WORDS_FILES,
    .limits = limit_options,
    .makes = true,
    .run = run,
};
