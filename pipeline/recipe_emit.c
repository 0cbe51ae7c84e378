/* SPDX-License-Identifier: MIT
 * Emitters: the entries of outputs and the files of presets, their options checked with sample
 * values where the plan's words stand. Knows no emitter by name. */
#include "recipe_build.h"

#include <string.h>

#include "file.h"
#include "preset_shape.h"
#include "suggest.h"

static const char *emitter_name_at(const void *data, size_t i)
{
    (void)data;
    const struct emitter *const *list = emitter_list();
    return list[i] ? list[i]->name : NULL;
}

static const struct emitter *emitter_read(const char *name, const struct pointer *at,
                                          struct error *error)
{
    const struct emitter *emitter = emitter_find(name);
    if (!emitter) {
        struct buffer tail = {.limit = 4096};
        suggest(&tail, name, emitter_name_at, NULL);
        error_set(error, STATUS_USAGE, "unknown emitter '%s'%s", name, buffer_string(&tail));
        buffer_free(&tail);
        error_at_pointer(error, at);
    }
    return emitter;
}

/* The plan's words with values of the right type; an emitted file is of a whole set, so it knows
 * neither sizes nor formats. */
static const struct value *sample_words(const char *asked, bool of_rendition, struct arena *arena)
{
    struct value *words = value_object(arena);
    words = value_set(arena, words, "name", value_text(arena, "x"));
    words = value_set(arena, words, "dir", value_text(arena, ""));
    words = value_set(arena, words, "preset", value_text(arena, asked));
    if (of_rendition) {
        words = value_set(arena, words, "width", value_int(arena, 640));
        words = value_set(arena, words, "height", value_int(arena, 480));
        words = value_set(arena, words, "format", value_text(arena, "png"));
        words = value_set(arena, words, "ext", value_text(arena, "png"));
        words =
            value_set(arena, words, "hash", value_text(arena, "00000000000000000000000000000000"));
    }
    return words;
}

enum status path_sample_check(const struct value *path, const char *asked, bool of_rendition,
                              const struct pointer *at, struct arena *arena, struct error *error)
{
    const struct value *words = sample_words(asked, of_rendition, arena), *filled = NULL;
    struct scope scope = {.object = words};
    struct buffer text = {.limit = 1 << 20};
    if (!words) {
        return error_memory(error);
    }
    if (strstr(path->text, "${dir}/")) {
        error_set(error, STATUS_USAGE,
                  "'${dir}' is empty or ends in '/' itself: no '/' can follow it");
        return error_at_pointer(error, at);
    }
    enum status status = template_finish(path, &scope, at, arena, &filled, error);
    if (status != STATUS_OK) {
        return status;
    }
    value_words(&text, filled);
    status = buffer_failed(&text) && !text.full ? error_memory(error)
                                                : file_path_check(buffer_string(&text), error);
    buffer_free(&text);
    return status == STATUS_OK ? status : error_at_pointer(error, at);
}

/* Parses `options` (plan words left) once with samples, so that a wrong one is found here. */
static enum status options_sample(const struct option *table, size_t size, const char *owner,
                                  const struct value *options, bool of_rendition,
                                  const struct pointer *at, struct growth *growth, void **fields)
{
    struct error *error = growth->error;
    const struct value *words = sample_words(growth->asked, of_rendition, growth->arena);
    const struct value *filled = NULL;
    struct scope scope = {.object = words};
    *fields = arena_alloc(growth->arena, size ? size : 1);
    if (!*fields || !words) {
        return error_memory(error);
    }
    enum status status = template_finish(options, &scope, at, growth->arena, &filled, error);
    if (status == STATUS_OK) {
        status = options_default(table, growth->arena, *fields, error);
    }
    return status == STATUS_OK
               ? options_parse(table, owner, filled, at, growth->arena, *fields, error)
               : status;
}

/* ---- Entries of an output -----------------------------------------------------------------------
 */

static enum status entry_read(const struct cell *cell, const struct value *item,
                              const struct pointer *at, struct emit_entry *entry)
{
    struct growth *growth = cell->frame->growth;
    const struct value *written = NULL, *options = NULL;
    const char *name = shape_item(item, &written);
    const struct pointer *here = written ? POINTER_KEY(at, name) : at;
    void *fields = NULL;
    entry->emitter = emitter_read(name, here, growth->error);
    if (!entry->emitter) {
        growth->general = true;
        return growth->error->status;
    }
    written = written ? written : value_object(growth->arena);
    if (!written) {
        return error_memory(growth->error);
    }
    enum status status = template_fill(written, cell->scope, TEMPLATE_LATE_KEPT, here,
                                       growth->arena, &options, growth->error);
    if (status != STATUS_OK) {
        return status;
    }
    entry->options = options;
    if (!entry->emitter->entry_options) {
        if (options->object.count == 0) {
            return STATUS_OK;
        }
        const char *key = options->object.members[0].key;
        error_set(growth->error, STATUS_USAGE,
                  "unknown option '%s': an output's entry in '%s' has none", key, name);
        return error_at_pointer(growth->error, POINTER_KEY(here, key));
    }
    return options_sample(entry->emitter->entry_options, entry->emitter->entry_size, name, options,
                          true, here, growth, &fields);
}

enum status entries_read(const struct cell *cell, struct output_line *line)
{
    struct growth *growth = cell->frame->growth;
    const struct value *list = value_get(cell->output, "emit");
    const struct pointer *at = POINTER_KEY(cell->at, "emit");
    size_t count = list ? list->list.count : 0;
    struct emit_entry *entries = arena_array(growth->arena, count + 1, sizeof *entries);
    if (!entries) {
        return error_memory(growth->error);
    }
    for (size_t i = 0; i < count; i++) {
        enum status status =
            entry_read(cell, list->list.items[i], POINTER_INDEX(at, i), &entries[i]);
        if (status != STATUS_OK) {
            return status;
        }
    }
    line->emits = entries;
    line->emit_count = count;
    return STATUS_OK;
}

/* ---- Files of a preset --------------------------------------------------------------------------
 */

static enum status path_complete(struct frame *frame, const struct emitter *emitter,
                                 const struct value *filled, const struct pointer *at,
                                 const struct value **out)
{
    struct growth *growth = frame->growth;
    const struct value *given = value_get(filled, "path");
    if (emitter->places || (given && given->type != VALUE_TEXT)) {
        *out = filled; /* the option table says what is wrong with it */
        return STATUS_OK;
    }
    const char *path = given ? given->text : emitter->default_path;
    if (!path) {
        error_set(growth->error, STATUS_USAGE, "'path' is missing: '%s' has no usual one",
                  emitter->name);
        return error_at_pointer(growth->error, at);
    }
    const char *folder = template_literal(growth->arena, frame->folder);
    const char *whole = folder ? arena_format(growth->arena, "%s%s", folder, path) : NULL;
    struct value *options = value_object(growth->arena);
    options =
        value_set(growth->arena, options, "path", whole ? value_text(growth->arena, whole) : NULL);
    for (size_t i = 0; options && i < filled->object.count; i++) {
        const struct member *member = &filled->object.members[i];
        if (strcmp(member->key, "path") != 0) {
            options = value_set(growth->arena, options, member->key, member->value);
        }
    }
    *out = options;
    if (!options) {
        return error_memory(growth->error);
    }
    return path_sample_check(value_get(options, "path"), growth->asked, false,
                             given ? POINTER_KEY(at, "path") : at, growth->arena, growth->error);
}

static enum status file_read(struct frame *frame, const struct emitter *emitter,
                             const struct value *written, const struct pointer *at,
                             const struct value **out)
{
    struct growth *growth = frame->growth;
    const struct value *filled = NULL;
    void *fields = NULL;
    written = written ? written : value_object(growth->arena);
    if (!written) {
        return error_memory(growth->error);
    }
    enum status status = template_fill(written, &frame->scope, TEMPLATE_LATE_KEPT, at,
                                       growth->arena, &filled, growth->error);
    if (status == STATUS_OK) {
        status = path_complete(frame, emitter, filled, at, out);
    }
    if (status == STATUS_OK) {
        status = options_sample(emitter->file_options, emitter->file_size, emitter->name, *out,
                                false, at, growth, &fields);
    }
    if (status == STATUS_OK && emitter->check) {
        status = emitter->check(fields, growth->error);
        status = status == STATUS_OK ? status : error_at_pointer(growth->error, at);
    }
    return status;
}

static bool line_names(const struct output_line *line, const struct emitter *emitter)
{
    bool named = emitter->takes_all;
    for (size_t i = 0; i < line->emit_count && !named; i++) {
        named = line->emits[i].emitter == emitter;
    }
    return named;
}

/* The same file asked for by an included preset, too, is one file: of the including one. */
static void same_remove(struct frame *frame, const struct emit_line *line)
{
    struct growth *growth = frame->growth;
    size_t kept = frame->first_emit;
    for (size_t i = frame->first_emit; i < growth->emit_count; i++) {
        const struct emit_line *earlier = &growth->emits[i];
        if (earlier->emitter != line->emitter || !value_equal(earlier->options, line->options)) {
            growth->emits[kept++] = *earlier;
        }
    }
    growth->emit_count = kept;
}

/* What takes every output says all that an included preset's file of the kind would say: that one
 * is left out, unless the included preset itself gives it a path and so wants it. */
static void covered_remove(struct frame *frame, const struct emitter *emitter)
{
    struct growth *growth = frame->growth;
    size_t kept = frame->first_emit;
    for (size_t i = frame->first_emit; i < growth->emit_count; i++) {
        const struct emit_line *earlier = &growth->emits[i];
        if (earlier->emitter != emitter || !earlier->usual ||
            earlier->preset == frame->preset->name) {
            growth->emits[kept++] = *earlier;
        }
    }
    growth->emit_count = kept;
}

static enum status emit_add(struct frame *frame, struct emit_line line)
{
    struct growth *growth = frame->growth;
    line.preset = frame->preset->name;
    line.first = frame->first_line;
    line.count = growth->line_count - frame->first_line;
    same_remove(frame, &line);
    struct emit_line *slot = arena_push(growth->arena, &growth->emits, &growth->emit_count,
                                        &growth->emit_capacity, sizeof *slot);
    if (!slot) {
        return error_memory(growth->error);
    }
    *slot = line;
    return STATUS_OK;
}

static enum status emit_expand(struct frame *frame, const struct value *item,
                               const struct pointer *at)
{
    struct growth *growth = frame->growth;
    const struct value *written = NULL, *options = NULL;
    const char *name = shape_item(item, &written);
    const struct pointer *here = written ? POINTER_KEY(at, name) : at;
    const struct emitter *emitter = emitter_read(name, here, growth->error);
    if (!emitter) {
        return growth->error->status;
    }
    enum status status = file_read(frame, emitter, written, here, &options);
    if (status != STATUS_OK) {
        return status;
    }
    bool named = false;
    for (size_t i = frame->first_line; i < growth->line_count && !named; i++) {
        named = line_names(&growth->lines[i], emitter);
    }
    if (!named && growth->left_out) {
        return STATUS_OK;
    }
    if (!named) {
        error_set(growth->error, STATUS_USAGE,
                  "no output is in '%s': an output takes part by its own \"emit\": [\"%s\"]", name,
                  name);
        return error_at_pointer(growth->error, here);
    }
    struct buffer where = {.limit = 4096};
    buffer_format(&where, "%s: ", frame->place);
    pointer_print(&where, here);
    const char *place = buffer_failed(&where) && !where.full
                            ? NULL
                            : arena_text(growth->arena, buffer_string(&where));
    buffer_free(&where);
    if (emitter->takes_all) {
        covered_remove(frame, emitter);
    }
    return place ? emit_add(frame, (struct emit_line){.emitter = emitter,
                                                      .usual = !value_get(written, "path"),
                                                      .names = frame->names,
                                                      .options = options,
                                                      .where = place})
                 : error_memory(growth->error);
}

/* A preset without `emit` takes over what the presets that it includes emit, for all its outputs.
 */
static enum status emits_take_over(struct frame *frame)
{
    struct growth *growth = frame->growth;
    size_t count = growth->emit_count - frame->first_emit;
    struct emit_line *lines = arena_array(growth->arena, count + 1, sizeof *lines);
    if (!lines) {
        return error_memory(growth->error);
    }
    for (size_t i = 0; i < count; i++) {
        lines[i] = growth->emits[frame->first_emit + i];
    }
    growth->emit_count = frame->first_emit;
    for (size_t i = 0; i < count; i++) {
        enum status status = emit_add(frame, lines[i]);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status emits_expand(struct frame *frame)
{
    const struct value *list = value_get(frame->preset->root, "emit");
    const struct pointer *at = POINTER_KEY(NULL, "emit");
    if (!list) {
        return emits_take_over(frame);
    }
    for (size_t i = 0; i < list->list.count; i++) {
        enum status status = emit_expand(frame, list->list.items[i], POINTER_INDEX(at, i));
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static bool line_taken(const struct growth *growth, size_t line, const struct emitter *emitter)
{
    for (size_t i = 0; i < growth->emit_count; i++) {
        const struct emit_line *emit = &growth->emits[i];
        if (emit->emitter == emitter && line >= emit->first && line - emit->first < emit->count) {
            return true;
        }
    }
    return false;
}

bool emit_line_takes(const struct emit_line *emit, const struct recipe *recipe,
                     const struct output_line *line)
{
    size_t index = (size_t)(line - recipe->lines);
    return index >= emit->first && index - emit->first < emit->count;
}

/* Does the entry go with the options of every file that takes its output? */
static enum status entry_check(struct growth *growth, size_t line, const struct emit_entry *entry)
{
    const struct emitter *emitter = entry->emitter;
    void *options = NULL, *file_options = NULL;
    if (!emitter->check_entry) {
        return STATUS_OK;
    }
    enum status status = options_sample(emitter->entry_options, emitter->entry_size, emitter->name,
                                        entry->options, true, NULL, growth, &options);
    for (size_t i = 0; i < growth->emit_count && status == STATUS_OK; i++) {
        const struct emit_line *emit = &growth->emits[i];
        if (emit->emitter == emitter && line >= emit->first && line - emit->first < emit->count) {
            status = options_sample(emitter->file_options, emitter->file_size, emitter->name,
                                    emit->options, false, NULL, growth, &file_options);
            status = status == STATUS_OK
                         ? emitter->check_entry(file_options, options, growth->error)
                         : status;
        }
    }
    return status;
}

enum status emits_check(struct growth *growth)
{
    for (size_t i = 0; i < growth->line_count; i++) {
        const struct output_line *line = &growth->lines[i];
        for (size_t j = 0; j < line->emit_count; j++) {
            enum status status = STATUS_OK;
            if (!line_taken(growth, i, line->emits[j].emitter)) {
                const char *name = line->emits[j].emitter->name;
                status = error_set(
                    growth->error, STATUS_USAGE,
                    "'%s' writes no file: it does not stand in the preset's own \"emit\"", name);
            } else {
                status = entry_check(growth, i, &line->emits[j]);
            }
            if (status != STATUS_OK) {
                return error_at(growth->error, "%s/emit/%zu", line->where, j);
            }
        }
    }
    return STATUS_OK;
}
