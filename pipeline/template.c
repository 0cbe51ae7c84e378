/* SPDX-License-Identifier: MIT
 * `${…}` in texts, lists and objects: put in once and never looked at again.
 * Between the two passes a '$' that came from a variable is written `${$}`, which only the final
 * pass knows: whatever stands beside it cannot become a placeholder. */
#include "template.h"

#include <string.h>

#include "template_expression.h"

enum { TEXT_LIMIT = 1 << 16, DEPTH_LIMIT = 64 };

static const char *text_guarded(struct arena *arena, const char *text)
{
    if (!text || !strchr(text, '$')) {
        return text;
    }
    struct buffer out = {.limit = TEXT_LIMIT};
    for (; *text; text++) {
        if (*text == '$') {
            buffer_text(&out, "${$}");
        } else {
            buffer_char(&out, *text);
        }
    }
    const char *guarded = buffer_failed(&out) ? NULL : arena_text(arena, buffer_string(&out));
    buffer_free(&out);
    return guarded;
}

const char *template_literal(struct arena *arena, const char *text)
{
    return text_guarded(arena, text);
}

/* The value of a variable, made safe for the final pass. NULL when memory is short. */
static const struct value *value_guarded(struct arena *arena, const struct value *value)
{
    struct value *out = NULL;
    switch (value->type) {
    case VALUE_TEXT: {
        const char *text = text_guarded(arena, value->text);
        return text == value->text ? value : value_text(arena, text);
    }
    case VALUE_LIST:
        out = value_list(arena);
        for (size_t i = 0; out && i < value->list.count; i++) {
            out = value_append(arena, out, value_guarded(arena, value->list.items[i]));
        }
        return out;
    case VALUE_OBJECT:
        out = value_object(arena);
        for (size_t i = 0; out && i < value->object.count; i++) {
            const struct member *member = &value->object.members[i];
            out = value_set(arena, out, member->key, value_guarded(arena, member->value));
        }
        return out;
    default:
        return value;
    }
}

static enum status placeholder_append(const struct filling *filling, const char *text, size_t size,
                                      struct buffer *out)
{
    const struct value *value = NULL;
    const char *kept = NULL;
    enum status status = expression_evaluate(filling, text, size, &value, &kept);
    if (status != STATUS_OK) {
        return status;
    }
    if (kept) {
        buffer_text(out, kept);
        return STATUS_OK;
    }
    if (filling->pass == PASS_KEPT) {
        value = value_guarded(filling->arena, value);
        if (!value) {
            return error_memory(filling->error);
        }
    }
    if (!value_words(out, value)) {
        return error_set(filling->error, STATUS_USAGE,
                         "'${%.*s}' is %s, which cannot stand inside a text", (int)size, text,
                         value_type_name(value->type));
    }
    return STATUS_OK;
}

/* A text that holds more than one `${…}`: everything becomes text. */
static enum status text_join(const struct filling *filling, const char *text,
                             const struct value **out)
{
    struct buffer joined = {.limit = TEXT_LIMIT};
    enum status status = STATUS_OK;
    const char *at = text;
    while (*at && status == STATUS_OK) {
        if (strncmp(at, "$${", 3) == 0) {
            buffer_text(&joined, filling->pass == PASS_KEPT ? "$${" : "${");
            at += 3;
        } else if (strncmp(at, "${$}", 4) == 0 && filling->pass == PASS_FINAL) {
            buffer_char(&joined, '$');
            at += 4;
        } else if (strncmp(at, "${", 2) == 0) {
            const char *end = strchr(at, '}');
            if (!end) {
                status = error_set(filling->error, STATUS_USAGE,
                                   "'%s' has no '}' (a plain '${' is written '$${')", at);
                break;
            }
            status = placeholder_append(filling, at + 2, (size_t)(end - at) - 2, &joined);
            at = end + 1;
        } else {
            buffer_char(&joined, *at++);
        }
    }
    if (status == STATUS_OK && buffer_failed(&joined)) {
        status = joined.full ? error_set(filling->error, STATUS_USAGE,
                                         "the text grows over %d bytes when its '${…}' are put in",
                                         (int)TEXT_LIMIT)
                             : error_memory(filling->error);
    } else if (status == STATUS_OK) {
        *out = value_text(filling->arena, buffer_string(&joined));
        status = *out ? STATUS_OK : error_memory(filling->error);
    }
    buffer_free(&joined);
    return status;
}

static enum status text_fill(const struct filling *filling, const struct value *value,
                             const struct value **out)
{
    const char *text = value->text;
    if (!strstr(text, "${")) {
        *out = value;
        return STATUS_OK;
    }
    size_t size = strlen(text);
    bool one = size >= 3 && strncmp(text, "${", 2) == 0 && strchr(text, '}') == text + size - 1 &&
               strcmp(text, "${$}") != 0;
    if (!one) {
        return text_join(filling, text, out);
    }
    const struct value *found = NULL;
    const char *kept = NULL;
    enum status status = expression_evaluate(filling, text + 2, size - 3, &found, &kept);
    if (status != STATUS_OK) {
        return status;
    }
    if (kept) {
        found = value_text(filling->arena, kept);
    } else if (filling->pass == PASS_KEPT) {
        found = value_guarded(filling->arena, found);
    }
    if (!found) {
        return error_memory(filling->error);
    }
    *out = found;
    return STATUS_OK;
}

static enum status value_fill(const struct filling *filling, const struct value *value,
                              const struct pointer *at, int depth, const struct value **out);

static enum status list_fill(const struct filling *filling, const struct value *value,
                             const struct pointer *at, int depth, const struct value **out)
{
    struct value *list = value_list(filling->arena);
    for (size_t i = 0; i < value->list.count; i++) {
        const struct value *item = NULL;
        enum status status =
            value_fill(filling, value->list.items[i], POINTER_INDEX(at, i), depth + 1, &item);
        if (status != STATUS_OK) {
            return status;
        }
        list = value_append(filling->arena, list, item);
    }
    *out = list;
    return list ? STATUS_OK : error_memory(filling->error);
}

static enum status object_fill(const struct filling *filling, const struct value *value,
                               const struct pointer *at, int depth, const struct value **out)
{
    struct value *object = value_object(filling->arena);
    for (size_t i = 0; i < value->object.count; i++) {
        const struct member *member = &value->object.members[i];
        const struct value *item = NULL;
        enum status status =
            value_fill(filling, member->value, POINTER_KEY(at, member->key), depth + 1, &item);
        if (status != STATUS_OK) {
            return status;
        }
        object = value_set(filling->arena, object, member->key, item);
    }
    *out = object;
    return object ? STATUS_OK : error_memory(filling->error);
}

static enum status value_fill(const struct filling *filling, const struct value *value,
                              const struct pointer *at, int depth, const struct value **out)
{
    if (depth > DEPTH_LIMIT) {
        error_set(filling->error, STATUS_USAGE, "lists and objects nest deeper than %d",
                  (int)DEPTH_LIMIT);
        return error_at_pointer(filling->error, at);
    }
    switch (value->type) {
    case VALUE_TEXT: {
        enum status status = text_fill(filling, value, out);
        return status == STATUS_OK ? status : error_at_pointer(filling->error, at);
    }
    case VALUE_LIST:
        return list_fill(filling, value, at, depth, out);
    case VALUE_OBJECT:
        return object_fill(filling, value, at, depth, out);
    default:
        *out = value;
        return STATUS_OK;
    }
}

static enum status start(const struct filling *filling, const struct value *value,
                         const struct pointer *at, const struct value **out)
{
    const struct value *filled = NULL;
    enum status status = value_fill(filling, value, at, 0, &filled);
    if (status == STATUS_OK) {
        *out = filled;
    }
    return status;
}

enum status template_fill(const struct value *value, const struct scope *scope,
                          enum template_late late, const struct pointer *at, struct arena *arena,
                          const struct value **out, struct error *error)
{
    struct filling filling = {scope, late == TEMPLATE_LATE_KEPT ? PASS_KEPT : PASS_REFUSED, arena,
                              error};
    return start(&filling, value, at, out);
}

enum status template_finish(const struct value *value, const struct scope *scope,
                            const struct pointer *at, struct arena *arena, const struct value **out,
                            struct error *error)
{
    struct filling filling = {scope, PASS_FINAL, arena, error};
    return start(&filling, value, at, out);
}
