/* SPDX-License-Identifier: MIT
 * Values as text: canonical, short for messages, and bare for templates. */
#include "value.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

#define BRIEF_CHARACTERS 60
#define BRIEF_BYTES (BRIEF_CHARACTERS * 4) /* a character has at most four */

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Only the beginning of a long text, when no more than `room` bytes will be shown. */
static void print_text(struct buffer *out, const char *text, size_t room)
{
    char start[BRIEF_BYTES + 4];
    size_t size = 0;
    if (room > BRIEF_BYTES || strlen(text) <= room) {
        text_json(out, text);
        return;
    }
    memcpy(start, text, room + 4 < strlen(text) ? room + 4 : strlen(text));
    for (size = room; size > 0 && continues(start[size]); size--) {
    }
    start[size] = '\0';
    text_json(out, start);
}

/* Stops early once out has grown beyond `end`. */
static void print(struct buffer *out, const struct value *value, size_t end)
{
    if (out->size > end || out->failed) {
        return;
    }
    switch (value->type) {
    case VALUE_NULL:
        buffer_text(out, "null");
        break;
    case VALUE_TEXT:
        print_text(out, value->text, end - out->size);
        break;
    case VALUE_LIST:
        buffer_char(out, '[');
        for (size_t i = 0; i < value->list.count && out->size <= end; i++) {
            buffer_text(out, i ? "," : "");
            print(out, value->list.items[i], end);
        }
        buffer_char(out, ']');
        break;
    case VALUE_OBJECT:
        buffer_char(out, '{');
        for (size_t i = 0; i < value->object.count && out->size <= end; i++) {
            buffer_text(out, i ? "," : "");
            print_text(out, value->object.members[i].key, end - out->size);
            buffer_char(out, ':');
            print(out, value->object.members[i].value, end);
        }
        buffer_char(out, '}');
        break;
    default:
        value_words(out, value);
    }
}

void value_print(struct buffer *out, const struct value *value)
{
    print(out, value, SIZE_MAX);
}

void value_brief(struct buffer *out, const struct value *value)
{
    struct buffer json = {0}, whole = {0};
    print(&json, value, BRIEF_BYTES);
    text_printable(&whole, buffer_string(&json)); /* JSON escapes C0 controls only */
    const char *text = buffer_string(&whole);
    size_t characters = 0, cut = 0, i;
    for (i = 0; i < whole.size; i++) {
        if (!continues(text[i])) {
            if (characters == BRIEF_CHARACTERS - 1) {
                cut = i;
            }
            characters++;
        }
    }
    if (characters > BRIEF_CHARACTERS) {
        buffer_bytes(out, text, cut);
        buffer_text(out, "…");
    } else {
        buffer_text(out, text);
    }
    out->failed = out->failed || json.failed || whole.failed;
    buffer_free(&json);
    buffer_free(&whole);
}

bool value_words(struct buffer *out, const struct value *value)
{
    switch (value->type) {
    case VALUE_BOOL:
        buffer_text(out, value->boolean ? "true" : "false");
        return true;
    case VALUE_INT:
        buffer_format(out, "%" PRId64, value->integer);
        return true;
    case VALUE_NUMBER:
        text_number(out, value->number);
        return true;
    case VALUE_TEXT:
        buffer_text(out, value->text);
        return true;
    default:
        return false;
    }
}
