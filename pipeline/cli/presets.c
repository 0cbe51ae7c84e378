/* SPDX-License-Identifier: MIT
 * `picset presets`: which presets there are, and what one of them makes. */
#include <string.h>

#include "docs.h"
#include "help.h"
#include "library.h"

/* ---- The list ------------------------------------------------------------------------------- */

static bool is_builtin(const struct preset *preset)
{
    return strncmp(preset->file, "built-in", strlen("built-in")) == 0;
}

static const struct value *preset_brief(struct arena *arena, const struct preset *preset)
{
    struct value *value = value_object(arena);
    value = value_set(arena, value, "name", value_text(arena, preset->name));
    value = value_set(arena, value, "summary",
                      value_text(arena, preset->summary ? preset->summary : ""));
    value = value_set(arena, value, "file", value_text(arena, preset->file));
    return value_set(arena, value, "builtin", value_bool(arena, is_builtin(preset)));
}

static enum status list_presets(struct cli *cli, const struct preset_library *library,
                                struct error *error)
{
    const char *const *names = NULL;
    struct value *list = value_list(cli->arena);
    if (preset_names(library, cli->arena, &names, error) != STATUS_OK) {
        return error->status;
    }
    for (; *names; names++) {
        const struct preset *preset = NULL;
        struct error wrong = {0};
        if (preset_read(library, *names, cli->arena, &preset, &wrong) != STATUS_OK) {
            cli_error(cli, &wrong);
            continue;
        }
        list = value_append(cli->arena, list, preset_brief(cli->arena, preset));
        if (cli->globals.json) {
            continue;
        }
        if (cli->globals.quiet) {
            buffer_format(&cli->out, "%s\n", preset->name);
            continue;
        }
        const char *text =
            arena_format(cli->arena, "%s%s%s%s", preset->summary ? preset->summary : "",
                         is_builtin(preset) ? "" : " (", is_builtin(preset) ? "" : preset->file,
                         is_builtin(preset) ? "" : ")");
        if (!text) {
            return error_memory(error);
        }
        help_row(&cli->out, preset->name, text, 24);
    }
    if (!cli->globals.json) {
        return STATUS_OK;
    }
    return cli_json(cli, value_set(cli->arena, cli_document(cli, "presets"), "presets", list),
                    error);
}

/* ---- One preset ----------------------------------------------------------------------------- */

static const struct value *outputs_value(struct arena *arena, const struct docs_output *outputs,
                                         size_t count)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *value = value_object(arena);
        value = value_set(arena, value, "preset", value_text(arena, outputs[i].preset));
        value = value_set(arena, value, "output", value_text(arena, outputs[i].output));
        value = value_set(arena, value, "cells", value_int(arena, (int64_t)outputs[i].cells));
        value = value_set(arena, value, "stages", value_text(arena, outputs[i].stages));
        value = value_set(arena, value, "path",
                          outputs[i].path ? value_text(arena, outputs[i].path) : value_null(arena));
        list = value_append(arena, list, value);
    }
    return list;
}

static const struct value *emits_value(struct arena *arena, const struct recipe *recipe)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < recipe->emit_count; i++) {
        struct value *value = value_object(arena);
        value =
            value_set(arena, value, "emitter", value_text(arena, recipe->emits[i].emitter->name));
        value =
            value_set(arena, value, "path", value_text(arena, docs_emit_path(&recipe->emits[i])));
        list = value_append(arena, list, value);
    }
    return list;
}

static enum status preset_json(struct cli *cli, const struct preset *preset,
                               const struct recipe *recipe, const struct docs_output *outputs,
                               size_t count, struct error *error)
{
    struct arena *arena = cli->arena;
    const char *const texts[][2] = {{"name", preset->name},       {"summary", preset->summary},
                                    {"file", preset->file},       {"source", preset->source},
                                    {"checked", preset->checked}, {"note", preset->note}};
    struct value *document = cli_document(cli, "preset");
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i][1]) {
            document = value_set(arena, document, texts[i][0], value_text(arena, texts[i][1]));
        }
    }
    if (preset->params) {
        document = value_set(arena, document, "params", preset->params);
    }
    if (preset->inputs) {
        document = value_set(arena, document, "inputs", preset->inputs);
    }
    document = value_set(arena, document, "outputs", outputs_value(arena, outputs, count));
    document = value_set(arena, document, "emit", emits_value(arena, recipe));
    return cli_json(cli, document, error);
}

/* The members of an object as rows: parameters with their defaults, inputs with their meaning. */
static void print_members(struct cli *cli, const char *title, const struct value *object)
{
    if (!object || object->object.count == 0) {
        return;
    }
    cli_heading(cli, title);
    for (size_t i = 0; i < object->object.count; i++) {
        struct buffer text = {0};
        docs_value(&text, object->object.members[i].value);
        help_row(&cli->out, object->object.members[i].key, buffer_string(&text), 16);
        buffer_free(&text);
    }
    buffer_char(&cli->out, '\n');
}

static void print_outputs(struct cli *cli, const struct preset *preset,
                          const struct docs_output *outputs, size_t count)
{
    cli_heading(cli, "Outputs of one image, when it is large enough for all");
    for (size_t i = 0; i < count; i++) {
        struct buffer text = {0};
        bool own = strcmp(outputs[i].preset, preset->name) == 0;
        buffer_format(&cli->out, "  %s%s%s  %s\n", own ? "" : outputs[i].preset, own ? "" : "/",
                      outputs[i].output, outputs[i].path ? outputs[i].path : "(in the record)");
        docs_cells(&text, &outputs[i]);
        help_wrap(&cli->out, buffer_string(&text), 0, 6);
        help_wrap(&cli->out, outputs[i].stages, 0, 6);
        buffer_free(&text);
    }
    buffer_char(&cli->out, '\n');
}

static void print_preset(struct cli *cli, const char *asked, const struct preset *preset,
                         const struct recipe *recipe, const struct docs_output *outputs,
                         size_t count)
{
    struct buffer *out = &cli->out;
    const char *title = arena_format(cli->arena, "%s%s%s", preset->name,
                                     *preset->summary ? ": " : "", preset->summary);
    help_wrap(out, title ? title : preset->name, 0, 0);
    buffer_format(out, "%s\n", preset->file);
    if (preset->source && *preset->source) {
        buffer_format(out, "numbers from %s%s%s\n", preset->source,
                      *preset->checked ? ", checked " : "", preset->checked);
    }
    if (preset->note && *preset->note) {
        help_wrap(out, preset->note, 0, 0);
    }
    buffer_char(out, '\n');
    const char *parameters = arena_format(
        cli->arena, "Parameters and their defaults: --set %s.NAME=VALUE", preset->name);
    print_members(cli, parameters ? parameters : "Parameters", preset->params);
    print_members(cli, "Inputs besides the image: --input NAME=FILE", preset->inputs);
    print_outputs(cli, preset, outputs, count);
    if (recipe->emit_count > 0) {
        cli_heading(cli, "Written from the set");
        for (size_t i = 0; i < recipe->emit_count; i++) {
            help_row(out, recipe->emits[i].emitter->name, docs_emit_path(&recipe->emits[i]), 16);
        }
        buffer_char(out, '\n');
    }
    cli_heading(cli, "Example");
    docs_example(out, asked, preset, recipe, cli->arena, "  ");
}

static enum status show_preset(struct cli *cli, const struct preset_library *library,
                               const char *name, struct error *error)
{
    const struct preset *preset = NULL;
    const struct recipe *recipe = NULL;
    struct docs_output *outputs = NULL;
    size_t count = 0;
    if (preset_read(library, name, cli->arena, &preset, error) != STATUS_OK ||
        recipe_expand(library, preset, NULL, cli->arena, &recipe, error) != STATUS_OK ||
        docs_outputs(recipe, cli->arena, &outputs, &count, error) != STATUS_OK) {
        return error->status;
    }
    if (cli->globals.json) {
        return preset_json(cli, preset, recipe, outputs, count, error);
    }
    if (cli->globals.quiet) {
        /* What --set may name: for completion. */
        for (size_t i = 0; preset->params && i < preset->params->object.count; i++) {
            buffer_format(&cli->out, "%s.%s\n", preset->name,
                          preset->params->object.members[i].key);
        }
        return STATUS_OK;
    }
    print_preset(cli, name, preset, recipe, outputs, count);
    return STATUS_OK;
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    (void)options;
    struct preset_library library = {0};
    if (library_open(cli, &library, error) != STATUS_OK) {
        return error->status;
    }
    if (words->count == 0) {
        return list_presets(cli, &library, error);
    }
    if (words->count > 1 && cli->globals.json) {
        return error_set(error, STATUS_USAGE, "--json explains one preset at a time, got %zu",
                         words->count);
    }
    for (size_t i = 0; i < words->count; i++) {
        if (i > 0 && !cli->globals.quiet) {
            buffer_char(&cli->out, '\n');
        }
        if (show_preset(cli, &library, words->list[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

static const struct example examples[] = {
    {"picset presets", "names and summaries"},
    {"picset presets web", "its parameters, inputs and files"},
    {"picset presets ./mine.json", "the same for a file of your own"},
    {NULL, NULL}};

const struct command command_presets = {
    .name = "presets",
    .summary = "list the presets, or explain one",
    .usage = "[NAME or FILE ...]",
    .text = "Without a name: every preset in sight, your own ones with their file. With a name: "
            "the parameters that --set changes, the further inputs that --input gives, and the "
            "files that come out.\n\n"
            "A preset of your own is a JSON file, given by its path (with a '/' in it or ending "
            "in .json) or lying in the preset folder under the name that it is called by. With "
            "\"$schema\" set to presets/schema.json an editor completes and checks it.",
    .examples = examples,
    .words = WORDS_PRESETS,
    .run = run,
};
