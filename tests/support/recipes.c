/* SPDX-License-Identifier: MIT
 * For tests of presets: a document as text through parse and expand, and a recipe as text to
 * compare. Knows no stage by name. */
#include "recipes.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

const struct recipe *recipe_of_text(const struct preset_library *library, const char *file,
                                    const char *text, const char *changes, struct arena *arena,
                                    struct error *error)
{
    const struct preset *preset = NULL;
    const struct value *value = NULL;
    const struct recipe *recipe = NULL;
    enum status status = preset_parse(file, text, strlen(text), arena, &preset, error);
    if (status == STATUS_OK && changes) {
        status = json_parse(arena, changes, strlen(changes), &value, error);
    }
    if (status == STATUS_OK) {
        status = recipe_expand(library, preset, value, arena, &recipe, error);
    }
    return status == STATUS_OK ? recipe : NULL;
}

static void line_print(struct buffer *out, const struct stage_line *line, struct arena *arena)
{
    for (size_t i = 0; i < line->count; i++) {
        const struct stage *stage = line->items[i].stage;
        buffer_format(out, " %s", stage->name);
        if (stage->options) {
            const struct value *options =
                options_value(stage->options, line->items[i].options, true, arena);
            if (options && options->object.count > 0) {
                value_print(out, options);
            }
        }
    }
}

static void from_print(struct buffer *out, const struct from_choice *from, struct arena *arena)
{
    if (from->input) {
        buffer_format(out, " <%s", from->input);
    } else {
        buffer_format(out, " <#%02x%02x%02x", from->colour.red, from->colour.green,
                      from->colour.blue);
    }
    line_print(out, &from->before, arena);
    buffer_text(out, ">");
}

static void when_print(struct buffer *out, const struct when *when)
{
    if (when->alpha >= 0) {
        buffer_format(out, " alpha=%d", when->alpha);
    }
    if (when->animated >= 0) {
        buffer_format(out, " animated=%d", when->animated);
    }
    if (when->orientation >= 0) {
        buffer_format(out, " orientation=%d", when->orientation);
    }
    for (int i = 0; when->formats && i < FORMAT_COUNT; i++) {
        if (when->formats & 1u << i) {
            buffer_format(out, " format=%s", format_info((enum format)i)->name);
        }
    }
}

static void rendition_print(struct buffer *out, const struct output_line *line, struct arena *arena)
{
    buffer_format(out, "%s/%s", line->preset, line->output);
    buffer_format(out, *line->cell ? " [%s]" : "%s", line->cell);
    for (size_t i = 0; i < line->from_count; i++) {
        from_print(out, &line->from[i], arena);
    }
    when_print(out, &line->when);
    line_print(out, &line->line, arena);
    for (size_t i = 0; i < line->fallback_count; i++) {
        buffer_text(out, " or");
        line_print(out, &line->fallbacks[i], arena);
    }
    buffer_format(out, " -> %s", line->inlined ? "inline" : line->path->text);
    for (size_t i = 0; i < line->emit_count; i++) {
        buffer_format(out, " +%s", line->emits[i].emitter->name);
        if (line->emits[i].options->object.count > 0) {
            value_print(out, line->emits[i].options);
        }
    }
    if (line->require.given) {
        buffer_text(out, " require");
        value_print(out, line->require.value);
    }
    buffer_text(out, "\n");
}

const char *recipe_words(const struct recipe *recipe, struct arena *arena)
{
    struct buffer out = {0};
    for (size_t i = 0; i < recipe->line_count; i++) {
        rendition_print(&out, &recipe->lines[i], arena);
    }
    for (size_t i = 0; i < recipe->emit_count; i++) {
        const struct emit_line *emit = &recipe->emits[i];
        buffer_format(&out, "%s emits %s", emit->preset, emit->emitter->name);
        value_print(&out, emit->options);
        buffer_format(&out, " of %zu..%zu\n", emit->first, emit->first + emit->count);
    }
    const char *words = arena_text(arena, buffer_string(&out));
    buffer_free(&out);
    return words;
}

char *recipe_file(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    struct buffer text = {0};
    if (!file) {
        return NULL;
    }
    for (int c = getc(file); c != EOF; c = getc(file)) {
        buffer_char(&text, (char)c);
    }
    fclose(file);
    char *copy = arena_text(arena, buffer_string(&text));
    buffer_free(&text);
    return copy;
}
