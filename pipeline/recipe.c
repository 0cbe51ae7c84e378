/* SPDX-License-Identifier: MIT
 * A preset with its parameters put in becomes a recipe: its outputs in order, included presets in
 * their place, then what it emits. Whoever finds an error gives the pointer; the document's name is
 * put before it here, once. */
#include "recipe_build.h"

#include <string.h>

#include "memory.h"
#include "preset_shape.h"
#include "suggest.h"

static enum status placed(struct frame *frame, enum status status)
{
    struct growth *growth = frame->growth;
    if (status != STATUS_OK && !growth->placed) {
        growth->placed = true;
        error_at(growth->error, "%s", frame->place);
    }
    return status;
}

static enum status output_expand(struct frame *frame, const struct value *output, size_t index,
                                 const struct pointer *at)
{
    struct growth *growth = frame->growth;
    if (value_get(output, "preset")) {
        return include_expand(frame, output, at);
    }
    const struct value *given = value_get(output, "id");
    const char *id = given ? given->text : arena_format(growth->arena, "%zu", index);
    if (!id) {
        return error_memory(growth->error);
    }
    if (given) {
        layers_see_id(frame, id);
    }
    if (given && layers_leave_out(frame, id)) {
        growth->left_out = true;
        return STATUS_OK;
    }
    return matrix_expand(frame, output, at, id);
}

static enum status inputs_add(struct growth *growth, const struct value *inputs)
{
    for (size_t i = 0; i < inputs->object.count; i++) {
        const struct member *input = &inputs->object.members[i];
        if (!value_get(growth->inputs, input->key)) {
            growth->inputs = value_set(growth->arena, growth->inputs, input->key, input->value);
        }
    }
    return growth->inputs ? STATUS_OK : error_memory(growth->error);
}

/* What stands in the preset, in order; `frame` is complete. */
static enum status frame_expand(struct frame *frame)
{
    const struct value *outputs = value_get(frame->preset->root, "outputs");
    const struct pointer *list = POINTER_KEY(NULL, "outputs");
    enum status status = inputs_add(frame->growth, frame->preset->inputs);
    for (size_t i = 0; status == STATUS_OK && i < outputs->list.count; i++) {
        status = output_expand(frame, outputs->list.items[i], i, POINTER_INDEX(list, i));
    }
    return placed(frame, status == STATUS_OK ? emits_expand(frame) : status);
}

static const char *frame_place(struct growth *growth, const struct frame *outer,
                               const struct preset *preset, const struct pointer *at)
{
    if (!outer) {
        return preset->file;
    }
    struct buffer pointer = {.limit = 4096};
    pointer_print(&pointer, at);
    const char *place = buffer_failed(&pointer) && !pointer.full
                            ? NULL
                            : arena_format(growth->arena, "%s: %s: %s", outer->place,
                                           buffer_string(&pointer), preset->file);
    buffer_free(&pointer);
    return place;
}

enum status preset_expand(struct growth *growth, const struct frame *outer,
                          const struct preset *preset, const struct value *changes,
                          const struct pointer *at, const char *place, const char *folder)
{
    struct layer layer = {
        .outer = outer ? outer->layers : NULL,
        .stages = value_get(changes, "stages"),
        .outputs = value_get(changes, "outputs"),
        .at = at,
        .place = place,
        .seen_stages = value_object(growth->arena),
        .seen_ids = value_object(growth->arena),
    };
    struct frame frame = {
        .growth = growth,
        .outer = outer,
        .preset = preset,
        .place = frame_place(growth, outer, preset, at),
        .folder = folder,
        .names = preset->names != NAMES_ANY || !outer ? preset->names : outer->names,
        .layers = &layer,
        .first_line = growth->line_count,
        .first_emit = growth->emit_count,
    };
    const struct value *params = NULL;
    if (!frame.place) {
        return error_memory(growth->error);
    }
    enum status status = params_apply(preset, value_get(changes, "set"), POINTER_KEY(at, "set"),
                                      growth->arena, &params, growth->error);
    if (status != STATUS_OK) {
        if (*place) {
            error_at(growth->error, "%s", place);
        }
        growth->placed = true;
        return status;
    }
    frame.scope.object = params;
    growth->hash = hash_mix_hash(growth->hash, preset->hash);
    growth->hash = value_mix(growth->hash, params);
    growth->hash = value_mix(growth->hash, layer.stages);
    growth->hash = value_mix(growth->hash, layer.outputs);
    status = frame_expand(&frame);
    if (status == STATUS_OK) {
        status = layer_check_used(&layer, growth);
    }
    return status;
}

static enum status recipe_finish(struct growth *growth, const struct preset *preset,
                                 const char *folder, const struct recipe **out)
{
    struct error *error = growth->error;
    if (growth->line_count == 0) {
        error_set(error, STATUS_USAGE, "every output is left out");
        return error_at(error, "%s", preset->file);
    }
    enum status status = emits_check(growth);
    if (status != STATUS_OK) {
        return status;
    }
    struct recipe *recipe = arena_alloc(growth->arena, sizeof *recipe);
    if (!recipe) {
        return error_memory(error);
    }
    growth->hash = hash_mix_text(growth->hash, folder);
    *recipe = (struct recipe){
        .name = preset->name,
        .out = folder,
        .inputs = growth->inputs,
        .lines = growth->lines,
        .line_count = growth->line_count,
        .emits = growth->emits,
        .emit_count = growth->emit_count,
        .hash = hash_mix_text(growth->hash, PICSET_VERSION),
    };
    *out = recipe;
    return STATUS_OK;
}

enum status recipe_expand(const struct preset_library *library, const struct preset *preset,
                          const struct value *changes, struct arena *arena,
                          const struct recipe **out, struct error *error)
{
    struct growth growth = {
        .library = library,
        .arena = arena,
        .error = error,
        .asked = preset->name,
        .inputs = value_object(arena),
    };
    const char *folder = "";
    const struct recipe *recipe = NULL;
    long refusals = memory_refusals();
    enum status status = STATUS_OK;
    if (changes) {
        status = shape_changes(changes, "the changes to a preset", NULL, error);
    }
    if (status == STATUS_OK && changes) {
        status =
            folder_read(value_get(changes, "out"), POINTER_KEY(NULL, "out"), arena, &folder, error);
    }
    if (status == STATUS_OK) {
        status = preset_expand(&growth, NULL, preset, changes, NULL, "", "");
    }
    if (status == STATUS_OK) {
        status = recipe_finish(&growth, preset, folder, &recipe);
    }
    if (memory_refusals() != refusals) { /* places and messages, too, can be cut by it */
        error_clear(error);
        return error_memory(error);
    }
    if (status == STATUS_OK) {
        *out = recipe;
    } else {
        suggest_printable(error);
    }
    return status;
}
