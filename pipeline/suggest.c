/* SPDX-License-Identifier: MIT
 * What a message says of a wrong value, and after an unknown name: the nearest, or all known.
 * Knows nothing of presets. */
#include "suggest.h"

#include <stdio.h>

#include "text.h"

enum { NAMES_SHOWN = 16 };

void suggest(struct buffer *out, const char *word, suggest_name *name, const void *data)
{
    const char *nearest = text_nearest(word, name, data);
    if (nearest) {
        buffer_format(out, "; did you mean '%s'?", nearest);
        return;
    }
    if (!name(data, 0)) {
        return;
    }
    buffer_text(out, name(data, 1) ? "; known are " : "; known is ");
    for (size_t i = 0; name(data, i); i++) {
        if (i == NAMES_SHOWN) {
            buffer_text(out, ", …");
            return;
        }
        buffer_format(out, "%s%s", i ? ", " : "", name(data, i));
    }
}

const char *suggest_member(const void *object, size_t i)
{
    const struct value *value = object;
    return value->type == VALUE_OBJECT && i < value->object.count ? value->object.members[i].key
                                                                  : NULL;
}

const char *suggest_listed(const void *names, size_t i)
{
    const char *const *list = names;
    return list[i];
}

void suggest_value(struct buffer *out, const struct value *value)
{
    bool plain = value->type == VALUE_NULL || value->type == VALUE_BOOL;
    if (plain) {
        value_brief(out, value);
        return;
    }
    buffer_format(out, "%s (", value_type_name(value->type));
    value_brief(out, value);
    buffer_char(out, ')');
}

enum status suggest_wrong(struct error *error, const char *name, const struct value *value,
                          const char *wanted)
{
    struct buffer is = {.limit = 1024};
    suggest_value(&is, value);
    error_set(error, STATUS_USAGE, "'%s' is %s, and must be %s", name, buffer_string(&is), wanted);
    buffer_free(&is);
    return error->status;
}

static void field_printable(char *field, size_t size)
{
    struct buffer shown = {.limit = 8192};
    text_printable(&shown, field);
    snprintf(field, size, "%s", buffer_string(&shown));
    buffer_free(&shown);
}

void suggest_printable(struct error *error)
{
    field_printable(error->where, sizeof error->where);
    field_printable(error->message, sizeof error->message);
}
