/* SPDX-License-Identifier: MIT
 * Requests: JSON and forms, written once, straight into the arena. Knows no service. */
#include <string.h>

#include "generate/wire.h"
#include "text.h"

/* Its limit lies below its capacity, so that it never grows, and never is released. */
struct buffer wire_buffer(struct arena *arena, size_t size)
{
    return (struct buffer){
        .data = arena_alloc(arena, size + 1), .capacity = size + 1, .limit = size ? size : 1};
}

struct value *wire_set(struct arena *arena, struct value *object, const char *key, const char *text)
{
    return text ? value_set(arena, object, key, value_text(arena, text)) : object;
}

const char *wire_escape(struct arena *arena, const char *text)
{
    struct buffer escaped = {0};
    text_url(&escaped, text);
    const char *copy = buffer_failed(&escaped) ? NULL : arena_text(arena, buffer_string(&escaped));
    buffer_free(&escaped);
    return copy;
}

enum status wire_json(struct http_ask *out, const struct value *value, struct arena *arena,
                      struct error *error)
{
    struct buffer text = {0};
    if (value) {
        value_print(&text, value);
    }
    char *body =
        value && !buffer_failed(&text) ? arena_slice(arena, buffer_string(&text), text.size) : NULL;
    if (body) {
        out->content_type = "application/json";
        out->body = body;
        out->body_size = text.size;
    }
    buffer_free(&text);
    return body ? STATUS_OK : error_memory(error);
}

/* A line that stands in no part: of their hash, and of another one when it does. */
static void boundary_find(const struct part *parts, size_t count, char text[33])
{
    struct hash hash = {0};
    for (size_t i = 0; i < count; i++) {
        hash = hash_mix(hash, parts[i].bytes, parts[i].size);
    }
    for (bool found = true; found;) {
        found = false;
        hash = hash_mix_text(hash, "boundary");
        hash_text(hash, text);
        for (size_t i = 0; i < count && !found; i++) {
            found = parts[i].size && memmem(parts[i].bytes, parts[i].size, text, 32);
        }
    }
}

static void part_write(struct buffer *body, const struct part *part, const char *boundary)
{
    buffer_format(body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary,
                  part->name);
    if (part->file) {
        buffer_format(body, "; filename=\"%s\"\r\nContent-Type: %s", part->file, part->mime);
    }
    buffer_text(body, "\r\n\r\n");
    buffer_bytes(body, part->bytes, part->size);
    buffer_text(body, "\r\n");
}

enum status wire_form(struct http_ask *out, const struct part *parts, size_t count,
                      struct arena *arena, struct error *error)
{
    char boundary[33];
    size_t room = 64;
    for (size_t i = 0; i < count; i++) {
        room += parts[i].size + strlen(parts[i].name) + 192;
        room += parts[i].file ? strlen(parts[i].file) + strlen(parts[i].mime) : 0;
    }
    struct buffer body = wire_buffer(arena, room);
    char *type = arena_alloc(arena, 128);
    if (!body.data || !type) {
        return error_memory(error);
    }
    boundary_find(parts, count, boundary);
    for (size_t i = 0; i < count; i++) {
        part_write(&body, &parts[i], boundary);
    }
    buffer_format(&body, "--%s--\r\n", boundary);
    if (buffer_failed(&body)) {
        return error_set(error, STATUS_BUG, "a form of %zu parts does not fit %zu bytes", count,
                         room);
    }
    struct buffer typed = {.data = type, .capacity = 128, .limit = 127};
    buffer_format(&typed, "multipart/form-data; boundary=%s", boundary);
    out->content_type = type;
    out->body = body.data;
    out->body_size = body.size;
    return STATUS_OK;
}
