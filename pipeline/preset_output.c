/* SPDX-License-Identifier: MIT
 * The shape of one output and of the changes to an included preset. Knows no stage. */
#include "preset_shape.h"

#include <string.h>

#include "suggest.h"
#include "template.h"

enum status shape_variable(const char *name, const char *noun, const struct pointer *at,
                           struct error *error)
{
    for (size_t i = 0; template_words[i]; i++) {
        if (strcmp(name, template_words[i]) == 0) {
            error_set(error, STATUS_USAGE,
                      "'%s' cannot be the name of %s: name, dir, preset, width, height, format, "
                      "ext and hash are known from the plan",
                      name, noun);
            return error_at_pointer(error, at);
        }
    }
    return shape_name(name, noun, at, error);
}

static enum status matrix_check(const struct value *matrix, const struct pointer *at,
                                struct error *error)
{
    for (size_t i = 0; i < matrix->object.count; i++) {
        const struct member *member = &matrix->object.members[i];
        const struct pointer *here = POINTER_KEY(at, member->key);
        enum status status = shape_variable(member->key, "a matrix variable", here, error);
        if (status != STATUS_OK) {
            return status;
        }
        bool list = member->value->type == VALUE_LIST;
        if (list && member->value->list.count == 0) {
            error_set(error, STATUS_USAGE, "the list of '%s' is empty", member->key);
            return error_at_pointer(error, here);
        }
        if (!list && !shape_has_placeholder(member->value)) {
            suggest_wrong(error, member->key, member->value, "a list, or \"${…}\" of one");
            return error_at_pointer(error, here);
        }
    }
    return STATUS_OK;
}

static enum status from_item_check(const struct value *item, const struct pointer *at,
                                   struct error *error)
{
    if (item->type == VALUE_TEXT) {
        return STATUS_OK;
    }
    if (item->type == VALUE_OBJECT && item->object.count == 1 &&
        item->object.members[0].value->type == VALUE_LIST) {
        const struct member *member = &item->object.members[0];
        return shape_items(member->value, "a stage", false, POINTER_KEY(at, member->key), error);
    }
    struct buffer brief = {.limit = 512};
    value_brief(&brief, item);
    error_set(error, STATUS_USAGE,
              "%s is no input: \"main\", \"#0b3d5c\" or { \"main\": [ stages ] } is expected",
              buffer_string(&brief));
    buffer_free(&brief);
    return error_at_pointer(error, at);
}

static enum status from_check(const struct value *from, const struct pointer *at,
                              struct error *error)
{
    if (from->type != VALUE_LIST) {
        return from_item_check(from, at, error);
    }
    if (from->list.count == 0) {
        error_set(error, STATUS_USAGE, "the list of 'from' is empty");
        return error_at_pointer(error, at);
    }
    for (size_t i = 0; i < from->list.count; i++) {
        enum status status = from_item_check(from->list.items[i], POINTER_INDEX(at, i), error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status place_check(const struct value *output, const struct pointer *at,
                               struct error *error)
{
    const struct value *inlined = value_get(output, "inline");
    bool path = value_get(output, "path") != NULL;
    bool in_record = inlined && inlined->boolean;
    if (path != in_record) {
        return STATUS_OK;
    }
    error_set(error, STATUS_USAGE,
              path ? "an output has 'path' or '\"inline\": true', and this has both"
                   : "an output needs a 'path' (or '\"inline\": true')");
    return error_at_pointer(error, at);
}

enum status shape_output_check(const struct value *output, const struct pointer *at,
                               struct error *error)
{
    enum status status = shape_check(output, shape_output, "an output", at, error);
    const struct value *id = NULL, *stages = NULL, *part = NULL;
    if (status == STATUS_OK && (id = value_get(output, "id"))) {
        status = shape_name(id->text, "an output", POINTER_KEY(at, "id"), error);
    }
    if (status == STATUS_OK) {
        status = place_check(output, at, error);
    }
    if (status == STATUS_OK && (part = value_get(output, "from"))) {
        status = from_check(part, POINTER_KEY(at, "from"), error);
    }
    if (status == STATUS_OK && (part = value_get(output, "when"))) {
        status = shape_check(part, shape_when, "'when'", POINTER_KEY(at, "when"), error);
    }
    if (status == STATUS_OK && (part = value_get(output, "matrix"))) {
        status = matrix_check(part, POINTER_KEY(at, "matrix"), error);
    }
    if (status == STATUS_OK) {
        stages = value_get(output, "stages");
        if (stages->list.count == 0) {
            error_set(error, STATUS_USAGE, "the list of stages is empty");
            status = error_at_pointer(error, POINTER_KEY(at, "stages"));
        } else {
            status = shape_items(stages, "a stage", false, POINTER_KEY(at, "stages"), error);
        }
    }
    if (status == STATUS_OK && (part = value_get(output, "emit"))) {
        status = shape_items(part, "an emitter", false, POINTER_KEY(at, "emit"), error);
    }
    if (status == STATUS_OK && (part = value_get(output, "fallback"))) {
        status = shape_items(part, "a change", true, POINTER_KEY(at, "fallback"), error);
    }
    return status;
}

static enum status stage_options_check(const struct value *stages, const struct pointer *at,
                                       struct error *error)
{
    for (size_t i = 0; i < stages->object.count; i++) {
        const struct member *member = &stages->object.members[i];
        if (member->value->type != VALUE_OBJECT) {
            suggest_wrong(error, member->key, member->value, "an object of options");
            return error_at_pointer(error, POINTER_KEY(at, member->key));
        }
    }
    return STATUS_OK;
}

static enum status output_changes_check(const struct value *outputs, const struct pointer *at,
                                        struct error *error)
{
    for (size_t i = 0; i < outputs->object.count; i++) {
        const struct member *member = &outputs->object.members[i];
        const struct pointer *here = POINTER_KEY(at, member->key);
        bool left_out = member->value->type == VALUE_BOOL && !member->value->boolean;
        if (!left_out && member->value->type != VALUE_OBJECT) {
            suggest_wrong(error, member->key, member->value,
                          "false (leaves the output out) or an object (changes its stages)");
            return error_at_pointer(error, here);
        }
        if (!left_out) {
            enum status status = stage_options_check(member->value, here, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    return STATUS_OK;
}

enum status shape_changes(const struct value *changes, const char *owner, const struct pointer *at,
                          struct error *error)
{
    const struct value *part = NULL;
    enum status status = shape_check(changes, shape_include, owner, at, error);
    if (status == STATUS_OK && (part = value_get(changes, "stages"))) {
        status = stage_options_check(part, POINTER_KEY(at, "stages"), error);
    }
    if (status == STATUS_OK && (part = value_get(changes, "outputs"))) {
        status = output_changes_check(part, POINTER_KEY(at, "outputs"), error);
    }
    return status;
}
