/* SPDX-License-Identifier: MIT
 * `picset check`: is a preset right, in every cell? And a project, in every image? */
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "folder.h"
#include "library.h"
#include "text.h"
#include "work.h"

struct checked {
    const char *name, *file;
    size_t lines, emits; /* of a preset */
    bool project;
    size_t files, prompts; /* of a project */
};

/* Everything that can be known without an image: options of every stage in every cell. */
static enum status check_one(struct cli *cli, const struct preset_library *library,
                             const char *name, struct checked *out, struct error *error)
{
    const struct preset *preset = NULL;
    const struct recipe *recipe = NULL;
    *out = (struct checked){.name = name, .file = name};
    if (preset_read(library, name, cli->arena, &preset, error) != STATUS_OK ||
        recipe_expand(library, preset, NULL, cli->arena, &recipe, error) != STATUS_OK) {
        return error->status;
    }
    *out = (struct checked){.name = preset->name,
                            .file = preset->file,
                            .lines = recipe->line_count,
                            .emits = recipe->emit_count};
    return STATUS_OK;
}

/* By its name: "picset.json", "site.picset.json". */
static bool is_project(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    return strcmp(base, "picset.json") == 0 || text_ends(base, ".picset.json");
}

/* Everything that can be known without asking a service: entries, files, presets, and each prompt
 * against the model's table. */
static enum status check_project(struct cli *cli, const char *name, struct checked *out,
                                 struct error *error)
{
    struct make_options options = {.project = name};
    const struct option_set sets[] = {{"", generation_options}, {"", request_work_options}, {0}};
    const struct option_target target = {sets, &options};
    const struct words all = {0};
    struct work work = {0};
    *out = (struct checked){.name = name, .file = name, .project = true};
    enum status status = option_target_default(&target, cli->arena, error);
    if (status == STATUS_OK) {
        status = work_open(cli, &options, &work, error);
    }
    if (status == STATUS_OK) {
        status = work_select(&work, &all, error);
    }
    if (status == STATUS_OK && work.asked_count > 0) {
        status = service_choose(cli, &options.generation, work.project, &work.service, error);
        status = status == STATUS_OK ? work_ask(&work, error) : status;
    }
    if (status == STATUS_OK) {
        out->prompts = work.asked_count;
        for (size_t i = 0; i < work.project->image_count; i++) {
            out->files += work.project->images[i].source != NULL;
        }
    }
    work_close(&work);
    return status;
}

static const struct value *checked_value(struct cli *cli, const struct checked *checked,
                                         const struct error *error)
{
    struct arena *arena = cli->arena;
    struct value *value = value_object(arena);
    value = value_set(arena, value, "name", value_text(arena, checked->name));
    value = value_set(arena, value, "file", value_text(arena, checked->file));
    value = value_set(arena, value, "ok", value_bool(arena, error->status == STATUS_OK));
    if (error->status != STATUS_OK) {
        return value_set(arena, value, "error", cli_error_value(cli, error));
    }
    if (checked->project) {
        value = value_set(arena, value, "files", value_int(arena, (int64_t)checked->files));
        return value_set(arena, value, "prompts", value_int(arena, (int64_t)checked->prompts));
    }
    value = value_set(arena, value, "outputs", value_int(arena, (int64_t)checked->lines));
    return value_set(arena, value, "emitted", value_int(arena, (int64_t)checked->emits));
}

static void print_checked(struct cli *cli, const struct checked *checked)
{
    if (checked->project) {
        buffer_format(&cli->out, "%s: right: %zu image%s of files, %zu from prompts\n",
                      checked->file, checked->files, checked->files == 1 ? "" : "s",
                      checked->prompts);
        return;
    }
    buffer_format(&cli->out, "%s: right: %zu output%s, %zu emitted file%s\n", checked->file,
                  checked->lines, checked->lines == 1 ? "" : "s", checked->emits,
                  checked->emits == 1 ? "" : "s");
}

static enum status check_documents(struct cli *cli, const struct words *words, struct error *error)
{
    struct preset_library library = {0};
    const char *const *names = words->list;
    struct value *list = value_list(cli->arena);
    enum status worst = STATUS_OK;
    if (library_open(cli, &library, error) != STATUS_OK) {
        return error->status;
    }
    if (words->count == 0 && preset_names(&library, cli->arena, &names, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; words->count ? i < words->count : names[i] != NULL; i++) {
        struct checked checked;
        struct error wrong = {0};
        struct stat facts;
        if (words->count > 0 && stat(names[i], &facts) == 0 && S_ISDIR(facts.st_mode)) {
            return error_set(error, STATUS_USAGE,
                             "%s: is a folder and so no preset; to check the files in it, say what "
                             "they are: --for PRESET",
                             names[i]);
        }
        if (words->count > 1 && text_ends(path_base(names[i]), "schema.json")) {
            cli_say(cli, "%s: a schema, left out", names[i]);
            continue;
        }
        enum status status = is_project(names[i])
                                 ? check_project(cli, names[i], &checked, &wrong)
                                 : check_one(cli, &library, names[i], &checked, &wrong);
        /* Of several different failures a wrong preset is the one that the reader can mend. */
        if (worst == STATUS_OK || status == STATUS_USAGE) {
            worst = status;
        }
        if (cli->globals.json) {
            list = value_append(cli->arena, list, checked_value(cli, &checked, &wrong));
        } else if (status != STATUS_OK) {
            cli_error(cli, &wrong);
        } else if (!cli->globals.quiet) {
            print_checked(cli, &checked);
        }
    }
    if (cli->globals.json &&
        cli_json(cli, value_set(cli->arena, cli_document(cli, "check"), "presets", list), error) !=
            STATUS_OK) {
        return error->status;
    }
    return worst;
}

static enum status run(struct cli *cli, const void *options_, const struct words *words,
                       struct error *error)
{
    const struct check_options *options = options_;
    if (options->rules) {
        return check_rules(cli, error);
    }
    if (options->targets.count > 0) {
        return check_files(cli, options, words, error);
    }
    if (*options->name || options->set.count > 0 || options->generated) {
        cli->hint = "check";
        return error_set(error, STATUS_USAGE,
                         "'--%s' is of files, and no preset is given: --for PRESET",
                         *options->name           ? "name"
                         : options->set.count > 0 ? "set"
                                                  : "generated");
    }
    return check_documents(cli, words, error);
}

static const struct option check_table[] = {
    {.name = "for",
     OPT_TEXTS(struct check_options, targets),
     .value_name = "PRESET[/OUTPUT]",
     .help = "check files and folders against what this preset's platform requires, or one output "
             "of it: ios-appicon, ios-appicon/any; several with commas or by giving the option "
             "again"},
    {.name = "set",
     OPT_TEXTS(struct check_options, set),
     .value_name = "PRESET.PARAM=VALUE",
     .help = "the parameter with which the files were made; the preset's name may be left out when "
             "there is only one"},
    {.name = "name",
     OPT_TEXT(struct check_options, name),
     .def = "",
     .value_name = "NAME",
     .help = "only the files of the image of this name, where a folder holds those of several"},
    {.name = "generated",
     OPT_BOOL(struct check_options, generated),
     .def = "false",
     .help = "the images come from a generator: where a platform wants them labelled, all must be"},
    {.name = "rules",
     OPT_BOOL(struct check_options, rules),
     .def = "false",
     .help = "list the rules for files, and check nothing"},
    {.name = NULL}};

static const struct option_set check_sets[] = {{"Files", check_table}, {NULL, NULL}};

static const struct example examples[] = {
    {"picset check presets/*.json", "your own presets, for instance before a commit"},
    {"picset check picset.json", "a project: entries, tables, presets, prompts against the model"},
    {"picset check", "every preset in sight"},
    {"picset check public/img --for web", "is every size of every image there, and right?"},
    {"picset check banner.jpg --for opengraph", "one file, whoever made it"},
    {NULL, NULL}};

const struct command command_check = {
    .name = "check",
    .summary = "check presets, projects, and finished images",
    .usage = "[FILE or NAME ...] [--for PRESET]",
    .text = "Reads each preset, puts its parameters in, works out every cell of its matrices and "
            "checks the options of every stage and emitter, so that nothing can be wrong later "
            "but for the image. A file called picset.json, or ending in .picset.json, is a "
            "project: its matrices are multiplied, its tables and prompt files read, its presets "
            "checked with their changes, its prompts held against the model's table. Each mistake "
            "is named by file, place, value and what is allowed. "
            "Exit code 0 when all are right, 2 when one is wrong.\n"
            "\n"
            "With --for, the words are files and folders, made by picset or not, and each is held "
            "against what the preset's platform requires: what an output's 'require' says, and for "
            "the rest what the output makes. In a folder every image's set must be whole. A file "
            "alone is taken for the output that its name or its size fits. One line for each thing "
            "that is wrong: file, rule, what is found, what is allowed, and where that is written. "
            "Exit code 0 when all is right, 7 when something is wrong, 3 when a path is missing.",
    .examples = examples,
    .sets = check_sets,
    .size = sizeof(struct check_options),
    .words = WORDS_FILES,
    .run = run,
};
