/* SPDX-License-Identifier: MIT
 * Parameters of a preset changed from outside: the default's type is the parameter's.
 * `--set PRESET.NAME=VALUE` becomes the same object that a project file holds. */
#include "recipe_build.h"

#include <string.h>

#include "json.h"
#include "suggest.h"
#include "text.h"

static enum status param_unknown(const struct value *defaults, const char *name, const char *owner,
                                 struct error *error)
{
    struct buffer tail = {.limit = 4096}, shown = {.limit = 1024};
    text_printable(&shown, name);
    suggest(&tail, name, suggest_member, defaults);
    error_set(error, STATUS_USAGE, "unknown parameter '%s' of %s%s", buffer_string(&shown), owner,
              defaults->object.count ? buffer_string(&tail) : ", which has none");
    buffer_free(&tail);
    buffer_free(&shown);
    return error->status;
}

static bool is_number(const struct value *value)
{
    return value->type == VALUE_INT || value->type == VALUE_NUMBER;
}

static enum status value_fits(const char *name, const struct value *base, const struct value *value,
                              const struct pointer *at, struct error *error)
{
    if (base->type != value->type && !(is_number(base) && is_number(value))) {
        struct buffer wanted = {.limit = 256};
        buffer_format(&wanted, "%s as its default is", value_type_name(base->type));
        suggest_wrong(error, name, value, buffer_string(&wanted));
        buffer_free(&wanted);
        return error_at_pointer(error, at);
    }
    if (base->type != VALUE_OBJECT || base->object.count == 0) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < value->object.count; i++) {
        const struct member *member = &value->object.members[i];
        const struct value *inner = value_get(base, member->key);
        const struct pointer *here = POINTER_KEY(at, member->key);
        if (!inner) {
            struct buffer owner = {.limit = 256};
            buffer_format(&owner, "'%s'", name);
            param_unknown(base, member->key, buffer_string(&owner), error);
            buffer_free(&owner);
            return error_at_pointer(error, here);
        }
        enum status status = value_fits(member->key, inner, member->value, here, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status params_apply(const struct preset *preset, const struct value *set,
                         const struct pointer *at, struct arena *arena, const struct value **out,
                         struct error *error)
{
    for (size_t i = 0; set && i < set->object.count; i++) {
        const struct member *member = &set->object.members[i];
        const struct value *base = value_get(preset->params, member->key);
        const struct pointer *here = POINTER_KEY(at, member->key);
        if (!base) {
            struct buffer owner = {.limit = 256};
            buffer_format(&owner, "preset '%s'", preset->name);
            param_unknown(preset->params, member->key, buffer_string(&owner), error);
            buffer_free(&owner);
            return error_at_pointer(error, here);
        }
        enum status status = value_fits(member->key, base, member->value, here, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    *out = value_merge(arena, preset->params, set);
    return *out ? STATUS_OK : error_memory(error);
}

/* ---- From the command line ---------------------------------------------------------------------
 */

static const struct value *json_or_null(struct arena *arena, const char *text)
{
    const struct value *value = NULL;
    struct error ignored = {0};
    return json_parse(arena, text, strlen(text), &value, &ignored) == STATUS_OK ? value : NULL;
}

/* "avif,[\"jpeg\",\"png\"]": commas outside brackets separate; a piece is JSON when it parses. */
static const struct value *list_from_words(struct arena *arena, const char *text)
{
    struct value *list = value_list(arena);
    int depth = 0;
    const char *start = text;
    for (const char *at = text; list && *text; at++) {
        depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
        if (*at == '\0' || (*at == ',' && depth <= 0)) {
            const char *piece = arena_slice(arena, start, (size_t)(at - start));
            const struct value *item = piece ? json_or_null(arena, piece) : NULL;
            list = value_append(arena, list, item || !piece ? item : value_text(arena, piece));
            start = at + 1;
        }
        if (*at == '\0') {
            break;
        }
    }
    return list;
}

static const struct value *list_from_text(struct arena *arena, const char *text)
{
    const struct value *whole = json_or_null(arena, text);
    if (whole && whole->type == VALUE_LIST) {
        return whole;
    }
    const char *bracketed = arena_format(arena, "[%s]", text);
    whole = bracketed ? json_or_null(arena, bracketed) : NULL;
    return whole ? whole : list_from_words(arena, text);
}

/* What does not fit the default's type becomes text, and value_fits says so. */
static const struct value *value_from_text(struct arena *arena, const struct value *base,
                                           const char *text)
{
    const struct value *value = NULL;
    if (base->type == VALUE_LIST) {
        return list_from_text(arena, text);
    }
    if (base->type != VALUE_TEXT) {
        value = json_or_null(arena, text);
    }
    return value ? value : value_text(arena, text);
}

/* PARAM(.KEY)* into nested objects; *base is the default that it stands for. */
static enum status value_nest(const struct preset *preset, char *names, const char *text,
                              struct arena *arena, const struct value **out, struct error *error)
{
    char *key = strchr(names, '.');
    if (key) {
        *key++ = '\0';
    }
    const struct value *base = value_get(preset->params, names);
    if (!base) {
        return param_unknown(preset->params, names,
                             arena_format(arena, "preset '%s'", preset->name), error);
    }
    const char *path[16] = {names};
    size_t depth = 1;
    while (key) {
        char *next = strchr(key, '.');
        if (next) {
            *next++ = '\0';
        }
        const struct value *inner = value_get(base, key);
        if (base->type != VALUE_OBJECT || depth == sizeof path / sizeof *path) {
            return error_set(error, STATUS_USAGE, "'%s' is %s and has no key '%s'", path[depth - 1],
                             value_type_name(base->type), key);
        }
        if (!inner) {
            return param_unknown(base, key, arena_format(arena, "'%s'", path[depth - 1]), error);
        }
        path[depth++] = key;
        base = inner;
        key = next;
    }
    const struct value *value = value_from_text(arena, base, text);
    if (!value) {
        return error_memory(error);
    }
    enum status status = value_fits(path[depth - 1], base, value, NULL, error);
    while (status == STATUS_OK && value && depth > 0) {
        value = value_set(arena, value_object(arena), path[--depth], value);
    }
    *out = value;
    return status == STATUS_OK && !value ? error_memory(error) : status;
}

enum status preset_set_option(const struct preset *preset, const char *assignment,
                              struct arena *arena, const struct value **changes,
                              struct error *error)
{
    const char *equals = strchr(assignment, '=');
    const char *dot = strchr(assignment, '.');
    if (!equals || !dot || dot > equals || dot + 1 == equals) {
        return error_set(error, STATUS_USAGE,
                         "'%s' is no assignment: PRESET.PARAM=VALUE is expected", assignment);
    }
    size_t size = (size_t)(dot - assignment);
    if (strlen(preset->name) != size || strncmp(preset->name, assignment, size) != 0) {
        return error_set(error, STATUS_USAGE, "'%.*s' is not the preset '%s'", (int)size,
                         assignment, preset->name);
    }
    char *names = arena_slice(arena, dot + 1, (size_t)(equals - dot - 1));
    const struct value *set = NULL;
    enum status status =
        names ? value_nest(preset, names, equals + 1, arena, &set, error) : error_memory(error);
    if (status != STATUS_OK) {
        return error_at(error, "%s", assignment);
    }
    struct value *entry = value_set(arena, value_object(arena), "set", set);
    struct value *all = value_set(arena, value_object(arena), preset->name, entry);
    const struct value *merged = all ? value_merge(arena, *changes, all) : NULL;
    if (!merged) {
        return error_memory(error);
    }
    *changes = merged;
    return STATUS_OK;
}
