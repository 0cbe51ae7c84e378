/* SPDX-License-Identifier: MIT
 * `picset stages`: what a preset can be made of. */
#include <string.h>

#include "docs.h"
#include "emitter.h"
#include "help.h"
#include "stage.h"

static const char *kind_words(enum stage_kind kind)
{
    switch (kind) {
    case STAGE_LOAD:
        return "reads the source; put first by itself, and may be written to give it options";
    case STAGE_PIXELS:
        return "changes the image";
    case STAGE_ENCODE:
        return "ends a line: makes a file of the image";
    case STAGE_PACK:
        return "ends a line: joins several images in one file";
    case STAGE_COPY:
        return "ends a line and stands alone in it: passes the source's bytes on";
    }
    return "";
}

/* ---- The list ------------------------------------------------------------------------------- */

static struct value *brief(struct arena *arena, const char *name, const char *summary)
{
    struct value *value = value_set(arena, value_object(arena), "name", value_text(arena, name));
    return value_set(arena, value, "summary", value_text(arena, summary));
}

static enum status list_json(struct cli *cli, struct error *error)
{
    struct arena *arena = cli->arena;
    struct value *stages = value_list(arena), *emitters = value_list(arena);
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        stages = value_append(arena, stages, brief(arena, (*stage)->name, (*stage)->summary));
    }
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        emitters =
            value_append(arena, emitters, brief(arena, (*emitter)->name, (*emitter)->summary));
    }
    struct value *document = value_set(arena, cli_document(cli, "stages"), "stages", stages);
    return cli_json(cli, value_set(arena, document, "emitters", emitters), error);
}

static void list_row(struct cli *cli, const char *name, const char *summary)
{
    if (cli->globals.quiet) {
        buffer_format(&cli->out, "%s\n", name);
    } else {
        help_row(&cli->out, name, summary, 16);
    }
}

static enum status list_all(struct cli *cli, struct error *error)
{
    if (cli->globals.json) {
        return list_json(cli, error);
    }
    if (!cli->globals.quiet) {
        cli_heading(cli, "Stages: what is done to an image");
    }
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        list_row(cli, (*stage)->name, (*stage)->summary);
    }
    if (!cli->globals.quiet) {
        buffer_char(&cli->out, '\n');
        cli_heading(cli, "Emitters: what is written from a finished set");
    }
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        list_row(cli, (*emitter)->name, (*emitter)->summary);
    }
    if (!cli->globals.quiet) {
        buffer_text(&cli->out, "\n'picset stages NAME' explains the options of one.\n");
    }
    return STATUS_OK;
}

/* ---- One page ------------------------------------------------------------------------------- */

static void print_table(struct cli *cli, const struct option *table, const char *prefix)
{
    for (const struct option *option = table; option && option->name; option++) {
        if (option->type == OPTION_GROUP) {
            const char *inner = arena_format(cli->arena, "%s%s.", prefix, option->name);
            buffer_format(&cli->out, "  %s%s: an object%s%s\n", prefix, option->name,
                          option->help ? ", " : "", option->help ? option->help : "");
            print_table(cli, option->group, inner ? inner : prefix);
            continue;
        }
        struct buffer words = {0};
        option_type_words(&words, option);
        if (option->def && *option->def) {
            buffer_format(&words, " (default: %s)", option->def);
        }
        buffer_format(&cli->out, "  %s%s: ", prefix, option->name);
        help_wrap(&cli->out, buffer_string(&words),
                  (int)(4 + strlen(prefix) + strlen(option->name)), 6);
        help_wrap(&cli->out, option->help ? option->help : "", 0, 6);
        buffer_free(&words);
    }
}

static void print_options(struct cli *cli, const char *title, const struct option *table)
{
    buffer_char(&cli->out, '\n');
    if (!table || !table->name) {
        buffer_text(&cli->out, "No options.\n");
        return;
    }
    cli_heading(cli, title);
    print_table(cli, table, "");
}

static enum status show_stage(struct cli *cli, const struct stage *stage, struct error *error)
{
    struct arena *arena = cli->arena;
    if (cli->globals.json) {
        struct value *document = cli_document(cli, "stage");
        document = value_set(arena, document, "name", value_text(arena, stage->name));
        document = value_set(arena, document, "summary", value_text(arena, stage->summary));
        document = value_set(arena, document, "kind", value_text(arena, kind_words(stage->kind)));
        if (stage->options) {
            document = value_set(arena, document, "options", options_schema(stage->options, arena));
            document = value_set(arena, document, "$defs", docs_definitions(arena));
        }
        return cli_json(cli, document, error);
    }
    buffer_format(&cli->out, "%s: %s\n%s\n", stage->name, stage->summary, kind_words(stage->kind));
    print_options(cli, "Options", stage->options);
    return STATUS_OK;
}

static enum status show_emitter(struct cli *cli, const struct emitter *emitter, struct error *error)
{
    struct arena *arena = cli->arena;
    if (cli->globals.json) {
        struct value *document = cli_document(cli, "emitter");
        document = value_set(arena, document, "name", value_text(arena, emitter->name));
        document = value_set(arena, document, "summary", value_text(arena, emitter->summary));
        document = value_set(arena, document, "file", options_schema(emitter->file_options, arena));
        if (emitter->entry_options) {
            document =
                value_set(arena, document, "entry", options_schema(emitter->entry_options, arena));
        }
        document = value_set(arena, document, "$defs", docs_definitions(arena));
        return cli_json(cli, document, error);
    }
    buffer_format(&cli->out, "%s: %s\n%s%s\n", emitter->name, emitter->summary,
                  emitter->takes_all ? "an emitter: takes every output"
                                     : "an emitter: takes the outputs that name it in \"emit\"",
                  emitter->one_image ? "; several presets of an image may share its file"
                  : emitter->gathers ? "; several images and presets may share its file"
                                     : "");
    if (emitter->default_path) {
        buffer_format(&cli->out, "path when none is given: %s\n", emitter->default_path);
    }
    print_options(cli, "Options of the file, in a preset's \"emit\"", emitter->file_options);
    if (emitter->entry_options) {
        print_options(cli, "Options of an entry, in an output's \"emit\"", emitter->entry_options);
    }
    return STATUS_OK;
}

static const char *any_name(const void *data, size_t i)
{
    (void)data;
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        if (i-- == 0) {
            return (*stage)->name;
        }
    }
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        if (i-- == 0) {
            return (*emitter)->name;
        }
    }
    return NULL;
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    (void)options;
    if (words->count == 0) {
        return list_all(cli, error);
    }
    if (words->count > 1 && cli->globals.json) {
        return error_set(error, STATUS_USAGE, "--json explains one stage at a time, got %zu",
                         words->count);
    }
    for (size_t i = 0; i < words->count; i++) {
        const char *name = words->list[i];
        const struct stage *stage = stage_find(name);
        const struct emitter *emitter = emitter_find(name);
        if (!stage && !emitter) {
            return unknown_name(error, "stage or emitter", name, any_name, NULL);
        }
        if (i > 0) {
            buffer_char(&cli->out, '\n');
        }
        if ((stage ? show_stage(cli, stage, error) : show_emitter(cli, emitter, error)) !=
            STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

static const struct example examples[] = {
    {"picset stages", "what there is"},
    {"picset stages resize", "what its options are, with ranges and defaults"},
    {"picset stages resize --json", "its options as a JSON Schema"},
    {NULL, NULL}};

const struct command command_stages = {
    .name = "stages",
    .summary = "list the stages and emitters of presets, or explain one",
    .usage = "[NAME ...]",
    .text = "Stages are the steps of an output, in the order in which a preset writes them: "
            "\"orient\", { \"resize\": { \"width\": 640 } }, { \"encode\": { \"format\": "
            "\"webp\" } }. Emitters write markup and manifests from the finished set.",
    .examples = examples,
    .words = WORDS_STAGES,
    .run = run,
};
