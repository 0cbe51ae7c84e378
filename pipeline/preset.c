/* SPDX-License-Identifier: MIT
 * A preset document from text: read, its shape checked, its facts taken out. Knows no stage and no
 * emitter; what a `${…}` stands for is checked when the preset is expanded. */
#include "preset.h"

#include <string.h>

#include "json.h"
#include "memory.h"
#include "preset_shape.h"
#include "suggest.h"
#include "text.h"

static enum status name_check(const char *file, const struct value *root, struct error *error)
{
    const char *name = value_get(root, "name")->text;
    const struct pointer *at = POINTER_KEY(NULL, "name");
    enum status status = shape_name(name, "a preset", at, error);
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    if (status != STATUS_OK || !text_ends(base, ".json")) {
        return status;
    }
    size_t size = strlen(base) - strlen(".json");
    if (strlen(name) == size && strncmp(name, base, size) == 0) {
        return STATUS_OK;
    }
    error_set(error, STATUS_USAGE,
              "the name is '%s', but the file is called '%s': it must be '%.*s'", name, base,
              (int)size, base);
    return error_at_pointer(error, at);
}

static enum status version_check(const struct value *root, struct error *error)
{
    const struct value *version = value_get(root, "version");
    double number = 0;
    if (value_number(version, &number) && number == 1) {
        return STATUS_OK;
    }
    struct buffer is = {.limit = 512};
    value_brief(&is, version);
    error_set(error, STATUS_USAGE, "'version' is %s, and only 1 is known", buffer_string(&is));
    buffer_free(&is);
    return error_at_pointer(error, POINTER_KEY(NULL, "version"));
}

static enum status param_check(const struct member *param, const struct pointer *at,
                               struct error *error)
{
    enum status status = shape_variable(param->key, "a parameter", at, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (param->value->type == VALUE_NULL) {
        error_set(error, STATUS_USAGE,
                  "the default of '%s' is null: a default's type is the parameter's", param->key);
        return error_at_pointer(error, at);
    }
    if (shape_has_placeholder(param->value)) {
        error_set(error, STATUS_USAGE,
                  "the default of '%s' holds '${': parameters do not know one another", param->key);
        return error_at_pointer(error, at);
    }
    return STATUS_OK;
}

static enum status params_check(const struct value *params, struct error *error)
{
    const struct pointer *at = POINTER_KEY(NULL, "params");
    for (size_t i = 0; params && i < params->object.count; i++) {
        const struct member *param = &params->object.members[i];
        enum status status = param_check(param, POINTER_KEY(at, param->key), error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status inputs_check(const struct value *inputs, struct error *error)
{
    const struct pointer *at = POINTER_KEY(NULL, "inputs");
    for (size_t i = 0; inputs && i < inputs->object.count; i++) {
        const struct member *input = &inputs->object.members[i];
        const struct pointer *here = POINTER_KEY(at, input->key);
        enum status status = shape_name(input->key, "an input", here, error);
        if (status == STATUS_OK && input->value->type != VALUE_TEXT) {
            suggest_wrong(error, input->key, input->value, "a text that says what it is");
            status = error_at_pointer(error, here);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status names_rule_read(const struct value *root, enum names_rule *rule,
                                   struct error *error)
{
    const struct value *names = value_get(root, "names");
    *rule = NAMES_ANY;
    for (int i = 0; names && shape_names_rules[i]; i++) {
        if (strcmp(names->text, shape_names_rules[i]) == 0) {
            *rule = (enum names_rule)i;
            return STATUS_OK;
        }
    }
    if (!names) {
        return STATUS_OK;
    }
    struct buffer tail = {.limit = 1024};
    suggest(&tail, names->text, suggest_listed, shape_names_rules);
    error_set(error, STATUS_USAGE, "unknown rule for names '%s'%s", names->text,
              buffer_string(&tail));
    buffer_free(&tail);
    return error_at_pointer(error, POINTER_KEY(NULL, "names"));
}

/* Ids are what changes from outside name, so no two outputs may share one. */
static enum status id_unique(const struct value *outputs, size_t index, const struct pointer *at,
                             struct error *error)
{
    const struct value *id = value_get(outputs->list.items[index], "id");
    for (size_t i = 0; id && i < index; i++) {
        const struct value *earlier = value_get(outputs->list.items[i], "id");
        if (earlier && strcmp(earlier->text, id->text) == 0) {
            error_set(error, STATUS_USAGE, "the id '%s' is that of output %zu already", id->text,
                      i);
            return error_at_pointer(error, POINTER_KEY(at, "id"));
        }
    }
    return STATUS_OK;
}

static enum status include_check(const struct value *include, const struct pointer *at,
                                 struct error *error)
{
    enum status status = shape_changes(include, "an included preset", at, error);
    if (status == STATUS_OK) {
        status = shape_name(value_get(include, "preset")->text, "a preset",
                            POINTER_KEY(at, "preset"), error);
    }
    return status;
}

static enum status outputs_check(const struct value *outputs, struct error *error)
{
    const struct pointer *list = POINTER_KEY(NULL, "outputs");
    if (outputs->list.count == 0) {
        error_set(error, STATUS_USAGE, "the list of outputs is empty");
        return error_at_pointer(error, list);
    }
    for (size_t i = 0; i < outputs->list.count; i++) {
        const struct value *output = outputs->list.items[i];
        const struct pointer *at = POINTER_INDEX(list, i);
        enum status status = value_get(output, "preset") ? include_check(output, at, error)
                                                         : shape_output_check(output, at, error);
        if (status == STATUS_OK && !value_get(output, "preset")) {
            status = id_unique(outputs, i, at, error);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status root_check(const char *file, const struct value *root, enum names_rule *rule,
                              struct error *error)
{
    const struct value *prepare = NULL, *emit = NULL;
    enum status status = shape_check(root, shape_preset, "a preset", NULL, error);
    if (status == STATUS_OK) {
        prepare = value_get(root, "prepare");
        emit = value_get(root, "emit");
        status = version_check(root, error);
    }
    if (status == STATUS_OK) {
        status = name_check(file, root, error);
    }
    if (status == STATUS_OK) {
        status = params_check(value_get(root, "params"), error);
    }
    if (status == STATUS_OK) {
        status = inputs_check(value_get(root, "inputs"), error);
    }
    if (status == STATUS_OK) {
        status = names_rule_read(root, rule, error);
    }
    if (status == STATUS_OK && prepare) {
        status = shape_items(prepare, "a stage", false, POINTER_KEY(NULL, "prepare"), error);
    }
    if (status == STATUS_OK && emit) {
        status = shape_items(emit, "an emitter", false, POINTER_KEY(NULL, "emit"), error);
    }
    return status == STATUS_OK ? outputs_check(value_get(root, "outputs"), error) : status;
}

static const char *text_of(const struct value *root, const char *key)
{
    const struct value *value = value_get(root, key);
    return value ? value->text : "";
}

enum status preset_parse(const char *file, const char *text, size_t size, struct arena *arena,
                         const struct preset **out, struct error *error)
{
    const struct value *root = NULL;
    enum names_rule rule = NAMES_ANY;
    long refusals = memory_refusals();
    enum status status = json_parse(arena, text, size, &root, error);
    if (status == STATUS_OK) {
        status = root_check(file, root, &rule, error);
    }
    if (memory_refusals() != refusals) { /* a message, too, can be cut by it */
        error_clear(error);
        return error_memory(error);
    }
    if (status != STATUS_OK) {
        error_at(error, "%s", file);
        suggest_printable(error);
        return status;
    }
    struct preset *preset = arena_alloc(arena, sizeof *preset);
    const struct value *params = value_get(root, "params"), *inputs = value_get(root, "inputs");
    params = params ? params : value_object(arena);
    inputs = inputs ? inputs : value_object(arena);
    const char *label = arena_text(arena, file);
    if (!preset || !params || !inputs || !label) {
        return error_memory(error);
    }
    *preset = (struct preset){
        .file = label,
        .name = text_of(root, "name"),
        .summary = text_of(root, "summary"),
        .source = text_of(root, "source"),
        .checked = text_of(root, "checked"),
        .note = text_of(root, "note"),
        .names = rule,
        .params = params,
        .inputs = inputs,
        .root = root,
        .hash = hash_bytes(text, size),
    };
    *out = preset;
    return STATUS_OK;
}
