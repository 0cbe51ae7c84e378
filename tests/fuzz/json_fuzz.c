/* SPDX-License-Identifier: MIT
 * JSON: what is read is written and read again as the same; what is refused has a place and a
 * sentence that can be shown on a terminal. */
#include "fuzz.h"

#include <string.h>

#include "json.h"
#include "text.h"

static void shows(const struct error *error)
{
    char whole[sizeof(struct error)];
    struct buffer printable = {0};
    error_format(error, whole, sizeof(whole));
    text_printable(&printable, whole);
    HOLDS(strcmp(buffer_string(&printable), whole) == 0);
    buffer_free(&printable);
}

static void reads_again(struct arena *arena, const struct value *value,
                        void (*write)(struct buffer *out, const struct value *value))
{
    struct buffer text = {0};
    const struct value *again;
    struct error error = {0};
    write(&text, value);
    HOLDS(!buffer_failed(&text));
    HOLDS(json_parse(arena, text.data, text.size, &again, &error) == STATUS_OK);
    HOLDS(value_equal(value, again));
    buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct value *value = NULL;
    if (json_parse(arena, (const char *)data, size, &value, &error) == STATUS_OK) {
        struct buffer brief = {0};
        reads_again(arena, value, value_print);
        reads_again(arena, value, json_write);
        value_brief(&brief, value);
        HOLDS(text_is_utf8(brief.data, brief.size) && brief.size <= 4 * 61);
        buffer_free(&brief);
    } else {
        HOLDS(!value && error.status == STATUS_USAGE && error.message[0] != '\0');
        HOLDS(text_starts(error.where, "line "));
        shows(&error);
    }
    arena_free(arena);
    return 0;
}
