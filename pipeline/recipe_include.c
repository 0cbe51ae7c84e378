/* SPDX-License-Identifier: MIT
 * Included presets, and the changes that an includer or a project file lays over one: options of
 * stages by name, outputs by id, a folder before the paths. */
#include "recipe_build.h"

#include <string.h>

#include "file.h"
#include "preset_shape.h"
#include "suggest.h"
#include "text.h"

static enum status layer_error(struct growth *growth, const struct layer *layer)
{
    growth->placed = true;
    return error_at(growth->error, "%s", layer->place);
}

bool layers_leave_out(struct frame *frame, const char *id)
{
    bool out = false;
    for (const struct layer *layer = frame->layers; layer; layer = layer->outer) {
        const struct value *change = value_get(layer->outputs, id);
        out = out || (change && change->type == VALUE_BOOL);
    }
    return out;
}

void layers_see_id(struct frame *frame, const char *id)
{
    struct arena *arena = frame->growth->arena;
    for (struct layer *layer = frame->layers; layer; layer = layer->outer) {
        layer->seen_ids = value_set(arena, layer->seen_ids, id, value_null(arena));
    }
}

static enum status options_lay(struct growth *growth, const struct layer *layer,
                               const struct stage *stage, const struct value *over,
                               const struct pointer *at, void *options)
{
    if (!over) {
        return STATUS_OK;
    }
    struct error *error = growth->error;
    enum status status = STATUS_OK;
    if (!stage->options) {
        if (over->object.count > 0) {
            status = error_set(error, STATUS_USAGE, "'%s' has no options", stage->name);
            error_at_pointer(error, at);
        }
    } else {
        status =
            options_parse(stage->options, stage->name, over, at, growth->arena, options, error);
        if (status == STATUS_OK && stage->check) {
            status = stage->check(options, error);
            status = status == STATUS_OK ? status : error_at_pointer(error, at);
        }
    }
    return status == STATUS_OK ? status : layer_error(growth, layer);
}

enum status layers_apply(struct frame *frame, const char *id, const struct stage *stage,
                         void *options)
{
    struct growth *growth = frame->growth;
    for (struct layer *layer = frame->layers; layer; layer = layer->outer) {
        const struct pointer *stages = POINTER_KEY(layer->at, "stages");
        const struct pointer *outputs = POINTER_KEY(layer->at, "outputs");
        layer->seen_stages =
            value_set(growth->arena, layer->seen_stages, stage->name, value_null(growth->arena));
        enum status status =
            options_lay(growth, layer, stage, value_get(layer->stages, stage->name),
                        POINTER_KEY(stages, stage->name), options);
        if (status == STATUS_OK) {
            const struct value *output = value_get(layer->outputs, id);
            status = options_lay(growth, layer, stage, value_get(output, stage->name),
                                 POINTER_KEY(POINTER_KEY(outputs, id), stage->name), options);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static const char *line_stage_at(const void *data, size_t i)
{
    const struct output_line *line = data;
    if (i < line->line.count) {
        return line->line.items[i].stage->name;
    }
    i -= line->line.count;
    for (size_t j = 0; j < line->from_count; j++) {
        if (i < line->from[j].before.count) {
            return line->from[j].before.items[i].stage->name;
        }
        i -= line->from[j].before.count;
    }
    return NULL;
}

static bool line_has_stage(const struct output_line *line, const char *name)
{
    const char *candidate = NULL;
    for (size_t i = 0; (candidate = line_stage_at(line, i)); i++) {
        if (strcmp(candidate, name) == 0) {
            return true;
        }
    }
    return false;
}

enum status layers_check_line(struct frame *frame, const char *id, const struct output_line *line)
{
    struct growth *growth = frame->growth;
    for (const struct layer *layer = frame->layers; layer; layer = layer->outer) {
        const struct value *changes = value_get(layer->outputs, id);
        size_t count = changes && changes->type == VALUE_OBJECT ? changes->object.count : 0;
        for (size_t i = 0; i < count; i++) {
            const char *name = changes->object.members[i].key;
            if (line_has_stage(line, name)) {
                continue;
            }
            struct buffer tail = {.limit = 4096};
            suggest(&tail, name, line_stage_at, line);
            error_set(growth->error, STATUS_USAGE, "no stage '%s' in the output '%s'%s", name, id,
                      buffer_string(&tail));
            buffer_free(&tail);
            const struct pointer *outputs = POINTER_KEY(layer->at, "outputs");
            error_at_pointer(growth->error, POINTER_KEY(POINTER_KEY(outputs, id), name));
            return layer_error(growth, layer);
        }
    }
    return STATUS_OK;
}

static enum status unused_check(const struct layer *layer, struct growth *growth,
                                const struct value *changes, const char *key,
                                const struct value *seen, const char *noun)
{
    for (size_t i = 0; changes && i < changes->object.count; i++) {
        const char *name = changes->object.members[i].key;
        if (value_get(seen, name)) {
            continue;
        }
        struct buffer tail = {.limit = 4096};
        suggest(&tail, name, suggest_member, seen);
        error_set(growth->error, STATUS_USAGE, "%s '%s'%s", noun, name, buffer_string(&tail));
        buffer_free(&tail);
        error_at_pointer(growth->error, POINTER_KEY(POINTER_KEY(layer->at, key), name));
        return layer_error(growth, layer);
    }
    return STATUS_OK;
}

enum status layer_check_used(const struct layer *layer, struct growth *growth)
{
    if (!layer->seen_stages || !layer->seen_ids) {
        return error_memory(growth->error);
    }
    enum status status = unused_check(layer, growth, layer->outputs, "outputs", layer->seen_ids,
                                      "no output has the id");
    return status == STATUS_OK ? unused_check(layer, growth, layer->stages, "stages",
                                              layer->seen_stages, "no output uses a stage")
                               : status;
}

enum status folder_read(const struct value *out, const struct pointer *at, struct arena *arena,
                        const char **folder, struct error *error)
{
    *folder = "";
    if (!out || (out->type == VALUE_TEXT && out->text[0] == '\0')) {
        return STATUS_OK;
    }
    if (out->type != VALUE_TEXT) {
        suggest_wrong(error, "out", out, "a text");
        return error_at_pointer(error, at);
    }
    size_t size = strlen(out->text) - (text_ends(out->text, "/") ? 1 : 0);
    const char *bare = arena_slice(arena, out->text, size);
    enum status status = bare ? file_path_check(bare, error) : error_memory(error);
    if (status != STATUS_OK) {
        return error_at_pointer(error, at);
    }
    *folder = arena_format(arena, "%s/", bare);
    return *folder ? STATUS_OK : error_memory(error);
}

/* "web → web-small → web": the way back to itself. */
static enum status recursion_check(const struct frame *frame, const char *name,
                                   const struct pointer *at)
{
    struct growth *growth = frame->growth;
    const struct frame *start = frame;
    while (start && strcmp(start->preset->name, name) != 0) {
        start = start->outer;
    }
    if (!start) {
        return STATUS_OK;
    }
    const char *way = name;
    for (const struct frame *at_frame = frame;; at_frame = at_frame->outer) {
        way = arena_format(growth->arena, "%s → %s", at_frame->preset->name, way);
        if (!way) {
            return error_memory(growth->error);
        }
        if (at_frame == start) {
            break;
        }
    }
    error_set(growth->error, STATUS_USAGE, "the preset '%s' includes itself: %s", name, way);
    return error_at_pointer(growth->error, at);
}

/* The includer's parameters in everything that it says; `preset` is a plain name. */
static enum status include_fill(struct frame *frame, const struct value *include,
                                const struct pointer *at, const struct value **changes,
                                const char **folder)
{
    struct growth *growth = frame->growth;
    enum status status = template_fill(include, &frame->scope, TEMPLATE_LATE_REFUSED, at,
                                       growth->arena, changes, growth->error);
    const char *inner = "";
    if (status == STATUS_OK) {
        status = shape_changes(*changes, "an included preset", at, growth->error);
    }
    if (status == STATUS_OK) {
        status = folder_read(value_get(*changes, "out"), POINTER_KEY(at, "out"), growth->arena,
                             &inner, growth->error);
    }
    if (status == STATUS_OK) {
        *folder = arena_format(growth->arena, "%s%s", frame->folder, inner);
        status = *folder ? STATUS_OK : error_memory(growth->error);
    }
    return status;
}

enum status include_expand(struct frame *frame, const struct value *include,
                           const struct pointer *at)
{
    struct growth *growth = frame->growth;
    const char *name = value_get(include, "preset")->text, *folder = NULL;
    const struct pointer *name_at = POINTER_KEY(at, "preset");
    const struct preset *preset = NULL;
    const struct value *changes = NULL;
    enum status status = recursion_check(frame, name, name_at);
    if (status == STATUS_OK && ++growth->include_count > RECIPE_INCLUDES) {
        error_set(growth->error, STATUS_REFUSED, "the preset includes more than %d presets",
                  (int)RECIPE_INCLUDES);
        status = error_at_pointer(growth->error, name_at);
    }
    if (status == STATUS_OK) {
        status = include_fill(frame, include, at, &changes, &folder);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = preset_read(growth->library, name, growth->arena, &preset, growth->error);
    if (status != STATUS_OK) {
        return error_at_pointer(growth->error, name_at);
    }
    return preset_expand(growth, frame, preset, changes, at, frame->place, folder);
}
