/* SPDX-License-Identifier: MIT
 * Answers: JSON with its large texts cut out before it is parsed, so that an image of 40 MB of
 * base64 is held once as it came and once decoded. Knows no service. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "generate/base64.h"
#include "generate/wire.h"
#include "json.h"
#include "text.h"

enum {
    TEXT_LONGEST = 16 << 10, /* bytes; longer ones are no words */
    REST_LARGEST = 2 << 20,  /* bytes of JSON without them: bounds what parsing takes */
    MARK = '\x01'            /* begins the text that stands for a blob; its number follows */
};

/* ---- JSON
 * ------------------------------------------------------------------------------------------ */

/* The quote that ends the string whose first character is at `start`; size when there is none. */
static size_t string_end(const char *text, size_t size, size_t start)
{
    for (size_t at = start; at < size;) {
        const char *quote = memchr(text + at, '"', size - at);
        if (!quote) {
            return size;
        }
        size_t end = (size_t)(quote - text), slashes = 0;
        while (end - slashes > at && text[end - slashes - 1] == '\\') {
            slashes++;
        }
        if (slashes % 2 == 0) {
            return end;
        }
        at = end + 1;
    }
    return size;
}

/* The text with a mark for each long string; false when memory is short or the rest too large. */
static bool cut(const char *text, size_t size, struct arena *arena, struct body *body,
                struct buffer *rest)
{
    size_t capacity = 0, copied = 0;
    for (size_t at = 0; at < size;) {
        const char *quote = memchr(text + at, '"', size - at);
        size_t start = quote ? (size_t)(quote - text) + 1 : size;
        size_t end = string_end(text, size, start);
        if (end < size && end - start > TEXT_LONGEST) {
            struct blob *blob =
                arena_push(arena, &body->blobs, &body->blob_count, &capacity, sizeof *blob);
            if (!blob) {
                return false;
            }
            *blob = (struct blob){text + start, end - start};
            buffer_bytes(rest, text + copied, start - copied);
            buffer_format(rest, "\\u0001%zu", body->blob_count - 1);
            copied = end;
        }
        at = end + 1;
    }
    buffer_bytes(rest, text + copied, size - copied);
    return !buffer_failed(rest);
}

struct body body_read(const struct http_answer *answer, struct arena *arena)
{
    struct body body = {0};
    struct buffer rest = {.limit = REST_LARGEST};
    struct error error = {0};
    if (answer->size > 0 && cut(answer->body, answer->size, arena, &body, &rest) &&
        json_parse(arena, buffer_string(&rest), rest.size, &body.root, &error) != STATUS_OK) {
        body.root = NULL;
    }
    buffer_free(&rest);
    return body;
}

static const char *plain_text(const struct value *value)
{
    return value && value->type == VALUE_TEXT && value->text[0] != MARK ? value->text : "";
}

const char *body_text(const struct value *object, const char *key)
{
    return plain_text(object ? value_get(object, key) : NULL);
}

bool body_number(const struct value *object, const char *key, double *number)
{
    const struct value *value = object ? value_get(object, key) : NULL;
    return value && (value_number(value, number) || text_to_double(plain_text(value), number));
}

/* ---- Images
 * ---------------------------------------------------------------------------------------- */

static struct blob blob_of(const struct body *body, const struct value *text)
{
    if (!text || text->type != VALUE_TEXT) {
        return (struct blob){0};
    }
    int64_t index;
    if (text->text[0] == MARK && text_to_int64(text->text + 1, &index) && index >= 0 &&
        (uint64_t)index < body->blob_count) {
        return body->blobs[index];
    }
    return (struct blob){text->text, strlen(text->text)};
}

bool body_is_data_url(const struct body *body, const struct value *text)
{
    struct blob blob = blob_of(body, text);
    return blob.size >= 5 && strncasecmp(blob.text, "data:", 5) == 0;
}

/* "data:image/png;base64," off the front; the type into the answer. JSON may have escaped the
 * slash. */
static bool data_url_head(struct blob *blob, struct arena *arena, struct answer *out)
{
    static const char base64[] = ";base64";
    size_t most = blob->size < 256 ? blob->size : 256;
    const char *comma = memchr(blob->text, ',', most);
    const char *type = blob->text + 5;
    size_t tail = sizeof base64 - 1;
    if (!comma || (size_t)(comma - type) < tail || strncasecmp(comma - tail, base64, tail) != 0) {
        return false;
    }
    struct buffer mime = {.limit = 256};
    for (const char *c = type; c < comma && *c != ';'; c++) {
        if (*c != '\\') {
            buffer_char(&mime, *c);
        }
    }
    const char *copy = arena_text(arena, buffer_string(&mime));
    out->mime = answer_code(copy);
    buffer_free(&mime);
    blob->size -= (size_t)(comma + 1 - blob->text);
    blob->text = comma + 1;
    return true;
}

bool body_image(const struct body *body, const struct value *text, struct arena *arena,
                struct answer *out)
{
    struct blob blob = blob_of(body, text);
    if (body_is_data_url(body, text) && !data_url_head(&blob, arena, out)) {
        return false;
    }
    size_t size = 0;
    void *bytes = blob.size ? arena_alloc(arena, base64_room(blob.size)) : NULL;
    if (!bytes || !base64_decode(blob.text, blob.size, bytes, &size) || size == 0) {
        return false;
    }
    out->bytes = bytes;
    out->size = size;
    return true;
}
