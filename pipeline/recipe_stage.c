/* SPDX-License-Identifier: MIT
 * Stages as written into checked options; what may stand where in a line; the fallbacks of a line.
 * Knows the kinds of stages, none by name. */
#include "recipe_build.h"

#include <string.h>

#include "preset_shape.h"
#include "suggest.h"

static const char *stage_name_at(const void *data, size_t i)
{
    (void)data;
    const struct stage *const *list = stage_list();
    return list[i] ? list[i]->name : NULL;
}

static enum status stage_unknown(const char *name, const struct pointer *at, struct error *error)
{
    struct buffer tail = {.limit = 4096};
    suggest(&tail, name, stage_name_at, NULL);
    error_set(error, STATUS_USAGE, "unknown stage '%s'%s", name, buffer_string(&tail));
    buffer_free(&tail);
    return error_at_pointer(error, at);
}

static bool ends_line(const struct stage *stage)
{
    return stage->kind == STAGE_ENCODE || stage->kind == STAGE_PACK || stage->kind == STAGE_COPY;
}

/* "'encode', 'pack' or 'copy'" */
static void endings_append(struct buffer *out)
{
    size_t left = 0;
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        left += ends_line(*stage) ? 1 : 0;
    }
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        if (ends_line(*stage)) {
            buffer_format(out, "'%s'%s", (*stage)->name, left > 2 ? ", " : left == 2 ? " or " : "");
            left--;
        }
    }
}

static enum status ending_missing(const char *name, const struct pointer *at, struct error *error)
{
    struct buffer endings = {.limit = 1024};
    endings_append(&endings);
    error_set(error, STATUS_USAGE, "the last stage is '%s', and must be %s", name,
              buffer_string(&endings));
    buffer_free(&endings);
    return error_at_pointer(error, at);
}

static enum status kind_check(const struct stage *stage, size_t i, size_t count,
                              enum line_part part, const struct pointer *at, struct error *error)
{
    static const char *const places[] = {"'prepare'", "'from'"};
    bool last = i + 1 == count;
    if (stage->kind == STAGE_LOAD && i > 0) {
        error_set(error, STATUS_USAGE, "'%s' can only be the first stage", stage->name);
        return error_at_pointer(error, at);
    }
    if (ends_line(stage) && part != PART_STAGES) {
        error_set(error, STATUS_USAGE, "'%s' ends a line and cannot stand in %s", stage->name,
                  places[part]);
        return error_at_pointer(error, at);
    }
    if (stage->kind == STAGE_COPY && count > 1) {
        error_set(error, STATUS_USAGE,
                  "'%s' passes the bytes on as they are: no other stage can stand beside it",
                  stage->name);
        return error_at_pointer(error, at);
    }
    if (ends_line(stage) && !last) {
        error_set(error, STATUS_USAGE, "'%s' ends a line: no stage can follow it", stage->name);
        return error_at_pointer(error, at);
    }
    return part == PART_STAGES && last && !ends_line(stage) ? ending_missing(stage->name, at, error)
                                                            : STATUS_OK;
}

static enum status options_refused(const struct stage *stage, const struct value *options,
                                   const struct pointer *at, struct error *error)
{
    if (!options || options->object.count == 0) {
        return STATUS_OK;
    }
    error_set(error, STATUS_USAGE, "unknown option '%s' of '%s', which has none",
              options->object.members[0].key, stage->name);
    return error_at_pointer(error, POINTER_KEY(at, options->object.members[0].key));
}

static enum status stage_read(const struct cell *cell, const struct stage *stage,
                              const struct value *written, const struct pointer *at,
                              const void **out)
{
    struct growth *growth = cell->frame->growth;
    struct error *error = growth->error;
    const struct value *filled = NULL;
    enum status status = STATUS_OK;
    if (written) {
        status = template_fill(written, cell->scope, TEMPLATE_LATE_REFUSED, at, growth->arena,
                               &filled, error);
    }
    void *options =
        arena_alloc(growth->arena, stage->options_size ? stage->options_size : sizeof(int));
    if (status == STATUS_OK && !options) {
        return error_memory(error);
    }
    if (status == STATUS_OK && !stage->options) {
        status = options_refused(stage, filled, at, error);
    } else if (status == STATUS_OK) {
        status = options_default(stage->options, growth->arena, options, error);
        if (status == STATUS_OK) {
            status = options_parse(stage->options, stage->name, filled, at, growth->arena, options,
                                   error);
        }
    }
    if (status == STATUS_OK && stage->check) {
        status = stage->check(options, error);
        status = status == STATUS_OK ? status : error_at_pointer(error, at);
    }
    if (status == STATUS_OK) {
        status = layers_apply(cell->frame, cell->id, stage, options);
    }
    if (status == STATUS_OK && stage->input) {
        status = input_check(cell, stage->input(options), POINTER_KEY(at, "input"));
    }
    *out = options;
    return status;
}

enum status stages_read(const struct cell *cell, const struct value *list, const struct pointer *at,
                        enum line_part part, struct stage_line *out)
{
    struct growth *growth = cell->frame->growth;
    size_t count = list ? list->list.count : 0;
    struct stage_item *items = arena_array(growth->arena, count + 1, sizeof *items);
    if (!items) {
        return error_memory(growth->error);
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *written = NULL;
        const char *name = shape_item(list->list.items[i], &written);
        const struct pointer *here = POINTER_INDEX(at, i);
        const struct pointer *inner = written ? POINTER_KEY(here, name) : here;
        const struct stage *stage = stage_find(name);
        enum status status = stage ? kind_check(stage, i, count, part, inner, growth->error)
                                   : stage_unknown(name, inner, growth->error);
        growth->general = status != STATUS_OK;
        if (status == STATUS_OK) {
            items[i].stage = stage;
            status = stage_read(cell, stage, written, inner, &items[i].options);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    *out = (struct stage_line){items, count};
    return STATUS_OK;
}

/* ---- The line of an output: prepare, then its stages --------------------------------------------
 */

static bool begins_with(const struct stage_line *line, enum stage_kind kind)
{
    return line->count > 0 && line->items[0].stage->kind == kind;
}

static enum status lines_join(const struct cell *cell, const struct stage_item *load,
                              const struct stage_line *first, const struct stage_line *second,
                              struct stage_line *out)
{
    struct growth *growth = cell->frame->growth;
    const struct stage_line *parts[] = {first, second};
    size_t count = 0;
    struct stage_item *items =
        arena_array(growth->arena, first->count + second->count + 1, sizeof *items);
    if (!items) {
        return error_memory(growth->error);
    }
    if (load) {
        items[count++] = *load;
    }
    for (size_t part = 0; part < 2; part++) {
        for (size_t i = 0; i < parts[part]->count; i++) {
            if (parts[part]->items[i].stage->kind != STAGE_LOAD) {
                items[count++] = parts[part]->items[i];
            }
        }
    }
    *out = (struct stage_line){items, count};
    return STATUS_OK;
}

/* How the image is loaded stands at the very beginning: in front of the stages of `from`, too. */
static enum status load_place(const struct cell *cell, const struct stage_item *load,
                              struct output_line *line)
{
    bool before = false;
    struct from_choice *choices =
        arena_array(cell->frame->growth->arena, line->from_count + 1, sizeof *choices);
    if (!choices) {
        return error_memory(cell->frame->growth->error);
    }
    for (size_t i = 0; i < line->from_count; i++) {
        choices[i] = line->from[i];
        before = before || choices[i].before.count > 0;
    }
    if (!before) {
        return lines_join(cell, load, &line->line, &(struct stage_line){0}, &line->line);
    }
    for (size_t i = 0; i < line->from_count; i++) {
        if (choices[i].input && !begins_with(&choices[i].before, STAGE_LOAD)) {
            enum status status = lines_join(cell, load, &choices[i].before, &(struct stage_line){0},
                                            &choices[i].before);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    line->from = choices;
    return STATUS_OK;
}

enum status line_read(const struct cell *cell, struct output_line *line)
{
    const struct value *root = cell->frame->preset->root;
    struct stage_line prepare = {0}, stages = {0};
    enum status status = stages_read(cell, value_get(cell->output, "stages"),
                                     POINTER_KEY(cell->at, "stages"), PART_STAGES, &stages);
    if (status != STATUS_OK || begins_with(&stages, STAGE_COPY)) {
        line->line = stages;
        return status;
    }
    status = stages_read(cell, value_get(root, "prepare"), POINTER_KEY(NULL, "prepare"),
                         PART_PREPARE, &prepare);
    if (status == STATUS_OK) {
        status = lines_join(cell, NULL, &prepare, &stages, &line->line);
    }
    const struct stage_item *load = begins_with(&stages, STAGE_LOAD)    ? &stages.items[0]
                                    : begins_with(&prepare, STAGE_LOAD) ? &prepare.items[0]
                                                                        : NULL;
    return status == STATUS_OK && load ? load_place(cell, load, line) : status;
}

/* ---- Fallbacks ----------------------------------------------------------------------------------
 */

static const char *line_name_at(const void *data, size_t i)
{
    const struct stage_line *line = data;
    return i < line->count ? line->items[i].stage->name : NULL;
}

/* The format is part of the path: what is tried when bytes are too many must keep it. */
static enum status format_kept(const struct stage *stage, const void *before, const void *after,
                               const struct pointer *at, struct growth *growth)
{
    const struct value *old = options_value(stage->options, before, false, growth->arena);
    const struct value *new = options_value(stage->options, after, false, growth->arena);
    if (!old || !new) {
        return error_memory(growth->error);
    }
    const struct value *was = value_get(old, "format"), *is = value_get(new, "format");
    if (!was || !is || value_equal(was, is)) {
        return STATUS_OK;
    }
    struct buffer from = {.limit = 512}, to = {.limit = 512};
    value_brief(&from, was);
    value_brief(&to, is);
    error_set(growth->error, STATUS_USAGE,
              "a change may not change the path, and so not the format from %s to %s",
              buffer_string(&from), buffer_string(&to));
    buffer_free(&from);
    buffer_free(&to);
    return error_at_pointer(growth->error, at);
}

static enum status item_change(const struct cell *cell, struct stage_item *item,
                               const struct value *change, const struct pointer *at)
{
    struct growth *growth = cell->frame->growth;
    struct error *error = growth->error;
    const struct stage *stage = item->stage;
    if (!stage->options) {
        return options_refused(stage, change, at, error);
    }
    void *options = arena_alloc(growth->arena, stage->options_size);
    if (!options) {
        return error_memory(error);
    }
    memcpy(options, item->options, stage->options_size);
    enum status status =
        options_parse(stage->options, stage->name, change, at, growth->arena, options, error);
    if (status == STATUS_OK && stage->check) {
        status = stage->check(options, error);
        status = status == STATUS_OK ? status : error_at_pointer(error, at);
    }
    if (status == STATUS_OK) {
        status = format_kept(stage, item->options, options, at, growth);
    }
    item->options = options;
    return status;
}

static enum status fallback_read(const struct cell *cell, const struct value *written,
                                 const struct pointer *at, const struct stage_line *base,
                                 struct stage_line *out)
{
    struct growth *growth = cell->frame->growth;
    const struct value *filled = NULL, *change = NULL;
    enum status status = template_fill(written, cell->scope, TEMPLATE_LATE_REFUSED, at,
                                       growth->arena, &filled, growth->error);
    if (status != STATUS_OK) {
        return status;
    }
    const char *name = shape_item(filled, &change);
    struct stage_item *items = arena_array(growth->arena, base->count, sizeof *items);
    if (!items) {
        return error_memory(growth->error);
    }
    bool found = false;
    for (size_t i = 0; i < base->count && status == STATUS_OK; i++) {
        items[i] = base->items[i];
        if (strcmp(items[i].stage->name, name) == 0) {
            found = true;
            status = item_change(cell, &items[i], change, POINTER_KEY(at, name));
        }
    }
    if (status == STATUS_OK && !found) {
        struct buffer tail = {.limit = 4096};
        suggest(&tail, name, line_name_at, base);
        error_set(growth->error, STATUS_USAGE, "no stage '%s' in this output%s", name,
                  buffer_string(&tail));
        buffer_free(&tail);
        status = error_at_pointer(growth->error, POINTER_KEY(at, name));
    }
    *out = (struct stage_line){items, base->count};
    return status;
}

enum status fallbacks_read(const struct cell *cell, struct output_line *line)
{
    const struct value *list = value_get(cell->output, "fallback");
    struct growth *growth = cell->frame->growth;
    const struct pointer *at = POINTER_KEY(cell->at, "fallback");
    if (!list) {
        return STATUS_OK;
    }
    struct stage_line *fallbacks =
        arena_array(growth->arena, list->list.count + 1, sizeof *fallbacks);
    if (!fallbacks) {
        return error_memory(growth->error);
    }
    const struct stage_line *base = &line->line;
    for (size_t i = 0; i < list->list.count; i++) {
        enum status status =
            fallback_read(cell, list->list.items[i], POINTER_INDEX(at, i), base, &fallbacks[i]);
        if (status != STATUS_OK) {
            return status;
        }
        base = &fallbacks[i];
    }
    line->fallbacks = fallbacks;
    line->fallback_count = list->list.count;
    return STATUS_OK;
}
