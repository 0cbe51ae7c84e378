/* SPDX-License-Identifier: MIT
 * What a message says after an unknown name: the nearest known one, or all of them.
 * Knows nothing of presets. */
#include "suggest.h"

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
