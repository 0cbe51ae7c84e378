/* SPDX-License-Identifier: MIT
 * `picset check`: is a preset right, in every cell? */
#include <string.h>

#include "cli.h"
#include "folder.h"
#include "library.h"

struct checked {
    const char *name, *file;
    size_t lines, emits;
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
    *out = (struct checked){preset->name, preset->file, recipe->line_count, recipe->emit_count};
    return STATUS_OK;
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
    value = value_set(arena, value, "outputs", value_int(arena, (int64_t)checked->lines));
    return value_set(arena, value, "emitted", value_int(arena, (int64_t)checked->emits));
}

static void print_checked(struct cli *cli, const struct checked *checked)
{
    buffer_format(&cli->out, "%s: right: %zu output%s, %zu emitted file%s\n", checked->file,
                  checked->lines, checked->lines == 1 ? "" : "s", checked->emits,
                  checked->emits == 1 ? "" : "s");
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    (void)options;
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
        if (words->count > 1 && strcmp(path_base(names[i]), "schema.json") == 0) {
            cli_say(cli, "%s: the presets' schema, left out", names[i]);
            continue;
        }
        enum status status = check_one(cli, &library, names[i], &checked, &wrong);
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

static const struct example examples[] = {
    {"picset check presets/*.json", "your own presets, for instance before a commit"},
    {"picset check", "every preset in sight"},
    {NULL, NULL}};

const struct command command_check = {
    .name = "check",
    .summary = "check presets: names, types, ranges, every cell of every matrix",
    .usage = "[FILE or NAME ...]",
    .text = "Reads each preset, puts its parameters in, works out every cell of its matrices and "
            "checks the options of every stage and emitter, so that nothing can be wrong later "
            "but for the image. Each mistake is named by file, place, value and what is allowed. "
            "Exit code 0 when all are right, 2 when one is wrong.",
    .examples = examples,
    .words = WORDS_PRESETS,
    .run = run,
};
