/* SPDX-License-Identifier: MIT
 * See docs.h: what a preset makes in few words, and presets/README.md. */
#include <string.h>

#include "docs.h"
#include "preset_shape.h"

/* ---- A recipe in few words ------------------------------------------------------------------ */

static const char *stage_words(struct arena *arena, const struct stage_line *line)
{
    const char *text = "";
    for (size_t i = 0; text && i < line->count; i++) {
        text = arena_format(arena, "%s%s%s", text, i ? ", " : "", line->items[i].stage->name);
    }
    return text;
}

enum status docs_outputs(const struct recipe *recipe, struct arena *arena, struct docs_output **out,
                         size_t *count, struct error *error)
{
    struct docs_output *list = NULL, *last = NULL;
    size_t capacity = 0, index = 0;
    *count = 0;
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct output_line *line = &recipe->lines[i];
        if (!last || line->output_index != index) {
            last = arena_push(arena, &list, count, &capacity, sizeof(*last));
            const char *stages = stage_words(arena, &line->line);
            if (!last || !stages) {
                return error_memory(error);
            }
            *last = (struct docs_output){
                .preset = line->preset,
                .output = line->output,
                .first = line->cell,
                .stages = stages,
                .path = line->inlined ? NULL : line->path->text,
            };
            index = line->output_index;
        }
        last->cells++;
        last->last = line->cell;
    }
    *out = list;
    return STATUS_OK;
}

void docs_value(struct buffer *out, const struct value *value)
{
    struct buffer text = {0};
    bool inside = false; /* a text */
    if (value->type == VALUE_TEXT && *value->text) {
        buffer_text(out, value->text);
        return;
    }
    value_print(&text, value);
    for (const char *c = buffer_string(&text); *c; c++) {
        inside = inside != (*c == '"' && (c == text.data || c[-1] != '\\'));
        buffer_char(out, *c);
        if (!inside && (*c == ',' || *c == ':')) {
            buffer_char(out, ' ');
        }
    }
    out->failed = out->failed || buffer_failed(&text);
    buffer_free(&text);
}

void docs_cells(struct buffer *out, const struct docs_output *output)
{
    const char *what = output->path ? "file" : "data URI";
    buffer_format(out, "%zu %s%s", output->cells, what, output->cells == 1 ? "" : "s");
    if (output->cells > 1 && *output->first) {
        buffer_format(out, ": %s to %s", output->first, output->last);
    }
}

const char *docs_emit_path(const struct emit_line *emit)
{
    const struct value *path = value_get(emit->options, "path");
    const char *usual = emit->emitter->default_path ? emit->emitter->default_path : "";
    return path && path->type == VALUE_TEXT ? path->text : usual;
}

/* ---- An example ----------------------------------------------------------------------------- */

static bool names_jpeg(const struct value *format)
{
    if (format->type == VALUE_LIST) {
        for (size_t i = 0; i < format->list.count; i++) {
            if (names_jpeg(format->list.items[i])) {
                return true;
            }
        }
    }
    return format->type == VALUE_TEXT && format_by_name(format->text) == FORMAT_JPEG;
}

static bool writes_jpeg(const struct recipe *recipe, struct arena *arena)
{
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct stage_line *line = &recipe->lines[i].line;
        const struct stage_item *last = &line->items[line->count - 1];
        const struct value *options =
            last->stage->kind == STAGE_ENCODE
                ? options_value(last->stage->options, last->options, false, arena)
                : NULL;
        const struct value *format = options ? value_get(options, "format") : NULL;
        if (format && names_jpeg(format)) {
            return true;
        }
    }
    return false;
}

/* An input is a file like the image itself, unless its words name another format. */
static const char *input_extension(const struct value *words, const char *usual)
{
    const char *text = words->type == VALUE_TEXT ? words->text : "";
    return strstr(text, "SVG") ? "svg" : strstr(text, "PNG") ? "png" : usual;
}

void docs_example(struct buffer *out, const char *asked, const struct preset *preset,
                  const struct recipe *recipe, struct arena *arena, const char *indent)
{
    const bool photo = writes_jpeg(recipe, arena);
    const char *image = photo ? "photo.jpg" : "icon.png";
    const struct value *inputs = preset->inputs;
    buffer_format(out, "%spicset render %s --preset %s -o out\n", indent, image, asked);
    if (!inputs || inputs->object.count == 0) {
        return;
    }
    buffer_format(out, "%spicset render %s --preset %s", indent, image, asked);
    for (size_t i = 0; i < inputs->object.count; i++) {
        const struct member *input = &inputs->object.members[i];
        buffer_format(out, " --input %s=%s.%s", input->key, input->key,
                      input_extension(input->value, photo ? "jpg" : "png"));
    }
    buffer_text(out, " -o out\n");
}

/* ---- Markdown ------------------------------------------------------------------------------- */

/* Text in a cell of a table: '|' would end it, '<' would be HTML. */
static void cell(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|') {
            buffer_text(out, "\\|");
        } else if (*text == '<') {
            buffer_text(out, "&lt;");
        } else {
            buffer_char(out, *text);
        }
    }
}

static void members_table(struct buffer *out, const char *head, const struct value *object,
                          bool as_code)
{
    if (!object || object->object.count == 0) {
        return;
    }
    buffer_text(out, head);
    for (size_t i = 0; i < object->object.count; i++) {
        struct buffer text = {0};
        docs_value(&text, object->object.members[i].value);
        buffer_format(out, "| `%s` | %s", object->object.members[i].key, as_code ? "`" : "");
        cell(out, buffer_string(&text));
        buffer_format(out, "%s |\n", as_code ? "`" : "");
        buffer_free(&text);
    }
    buffer_char(out, '\n');
}

static void outputs_table(struct buffer *out, const struct preset *preset,
                          const struct recipe *recipe, const struct docs_output *outputs,
                          size_t count)
{
    buffer_text(out, "| output | files | stages | path |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        bool own = strcmp(outputs[i].preset, preset->name) == 0;
        buffer_format(out, "| %s%s%s | ", own ? "" : outputs[i].preset, own ? "" : "/",
                      outputs[i].output);
        struct buffer cells = {0};
        docs_cells(&cells, &outputs[i]);
        cell(out, buffer_string(&cells));
        buffer_free(&cells);
        buffer_format(out, " | %s | `%s` |\n", outputs[i].stages,
                      outputs[i].path ? outputs[i].path : "inline");
    }
    for (size_t i = 0; i < recipe->emit_count; i++) {
        buffer_format(out, "| %s | 1 file | written from the set | `%s` |\n",
                      recipe->emits[i].emitter->name, docs_emit_path(&recipe->emits[i]));
    }
    buffer_char(out, '\n');
}

static enum status preset_page(const struct preset_library *library, const char *name,
                               struct arena *arena, struct buffer *out, struct error *error)
{
    const struct preset *preset = NULL;
    const struct recipe *recipe = NULL;
    struct docs_output *outputs = NULL;
    size_t count = 0;
    if (preset_read(library, name, arena, &preset, error) != STATUS_OK ||
        recipe_expand(library, preset, NULL, arena, &recipe, error) != STATUS_OK ||
        docs_outputs(recipe, arena, &outputs, &count, error) != STATUS_OK) {
        return error->status;
    }
    buffer_format(out, "## %s\n\n", preset->name);
    if (preset->summary && *preset->summary) {
        cell(out, preset->summary);
        buffer_text(out, "\n\n");
    }
    buffer_text(out, "```\n");
    docs_example(out, preset->name, preset, recipe, arena, "");
    buffer_text(out, "```\n\n");
    if (preset->note && *preset->note) {
        buffer_format(out, "%s\n\n", preset->note);
    }
    if (preset->source && *preset->source) {
        buffer_format(out, "Numbers from: %s%s%s\n\n", preset->source,
                      *preset->checked ? ", checked " : "", preset->checked);
    }
    const char *head = arena_format(
        arena, "| parameter | default; change it with `--set %s.NAME=VALUE` |\n| --- | --- |\n",
        preset->name);
    if (!head) {
        return error_memory(error);
    }
    members_table(out, head, preset->params, true);
    members_table(out, "| input | give it with `--input NAME=FILE` |\n| --- | --- |\n",
                  preset->inputs, false);
    outputs_table(out, preset, recipe, outputs, count);
    return STATUS_OK;
}

/* ---- Reference ------------------------------------------------------------------------------ */

static void keys_table(struct buffer *out, const char *title, const struct shape_key *keys)
{
    buffer_format(out, "### %s\n\n| key | meaning |\n| --- | --- |\n", title);
    for (; keys->name; keys++) {
        buffer_format(out, "| `%s`%s | ", keys->name, keys->required ? ", required" : "");
        cell(out, keys->help);
        buffer_text(out, " |\n");
    }
    buffer_char(out, '\n');
}

static void option_rows(struct buffer *out, struct arena *arena, const struct option *table,
                        const char *prefix)
{
    for (const struct option *option = table; option->name; option++) {
        if (option->type == OPTION_GROUP) {
            const char *inner = arena_format(arena, "%s%s.", prefix, option->name);
            option_rows(out, arena, option->group, inner ? inner : prefix);
            continue;
        }
        struct buffer words = {0};
        option_type_words(&words, option);
        buffer_format(out, "| `%s%s` | ", prefix, option->name);
        cell(out, buffer_string(&words));
        buffer_text(out, option->def && *option->def ? " | `" : " | ");
        cell(out, option->def ? option->def : "");
        buffer_text(out, option->def && *option->def ? "` | " : " | ");
        cell(out, option->help ? option->help : "");
        buffer_text(out, " |\n");
        buffer_free(&words);
    }
}

static void option_table(struct buffer *out, struct arena *arena, const char *title,
                         const struct option *table)
{
    if (table && table->name) {
        buffer_format(out,
                      "%s\n\n| option | value | default | meaning |\n"
                      "| --- | --- | --- | --- |\n",
                      title);
        option_rows(out, arena, table, "");
        buffer_char(out, '\n');
    }
}

static void reference(struct buffer *out, struct arena *arena)
{
    buffer_text(out, "# Keys\n\n");
    keys_table(out, "Preset", shape_preset);
    keys_table(out, "Output", shape_output);
    keys_table(out, "Included preset", shape_include);
    keys_table(out, "`when`", shape_when);
    buffer_text(out, "# Stages\n\n");
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        buffer_format(out, "### %s\n\n%s\n\n", (*stage)->name, (*stage)->summary);
        option_table(out, arena, "Options:", (*stage)->options);
    }
    buffer_text(out, "# Emitters\n\n");
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        buffer_format(out, "### %s\n\n%s\n\n", (*emitter)->name, (*emitter)->summary);
        option_table(out, arena, "Of the file, in a preset's `emit`:", (*emitter)->file_options);
        option_table(out, arena, "Of an entry, in an output's `emit`:", (*emitter)->entry_options);
    }
}

static const char head[] =
    "<!-- Generated by `picset docs presets`; a test compares it with the tables. -->\n"
    "# Presets\n\n"
    "A preset is a JSON file: which outputs, by which stages, under which names. The presets here "
    "are built into picset; `picset presets NAME` explains one, and a file of the same name in the "
    "folder `presets` of your project takes its place.\n\n"
    "To write one of your own, copy the nearest, put `\"$schema\": \"schema.json\"` (the path of "
    "[schema.json](schema.json)) at its head so that your editor completes and checks it, and try "
    "it with `picset plan photo.jpg --preset ./mine.json`. An item of `prepare`, `stages` and "
    "`emit` is a name, or an object with exactly one key: `\"orient\"`, "
    "`{ \"resize\": { \"width\": 640 } }`. `${name}` puts a parameter, a variable of `matrix`, or "
    "in a path one of `name dir preset width height format ext hash` in; `${px*2}` multiplies.\n\n";

enum status docs_presets(struct arena *arena, struct buffer *out, struct error *error)
{
    const struct preset_library library = {0};
    const char *const *names = NULL;
    if (preset_names(&library, arena, &names, error) != STATUS_OK) {
        return error->status;
    }
    buffer_text(out, head);
    for (; *names; names++) {
        if (preset_page(&library, *names, arena, out, error) != STATUS_OK) {
            return error->status;
        }
    }
    reference(out, arena);
    /* The last empty line. */
    if (!buffer_failed(out)) {
        out->data[--out->size] = '\0';
    }
    return buffer_failed(out) ? error_memory(error) : STATUS_OK;
}
