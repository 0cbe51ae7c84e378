/* SPDX-License-Identifier: MIT
 * What emitters have in common: the entries that name them, URLs, members of JSON objects. Knows no
 * emitter. */
#include "emit.h"

#include <string.h>

#include "json.h"
#include "text.h"

/* ---- Entries ---- */

enum status emit_next(struct emit_walk *walk, void *fields, const struct record_rendition **out,
                      struct error *error)
{
    const struct emitter *emitter = walk->emitter;
    for (; walk->rendition < walk->set->rendition_count; walk->rendition++, walk->entry = 0) {
        const struct record_rendition *rendition = &walk->set->renditions[walk->rendition];
        while (walk->entry < rendition->entry_count) {
            const struct record_entry *entry = &rendition->entries[walk->entry++];
            if (strcmp(entry->emitter, emitter->name) != 0) {
                continue;
            }
            *out = rendition;
            enum status status =
                options_default(emitter->entry_options, walk->arena, fields, error);
            return status == STATUS_OK
                       ? options_parse(emitter->entry_options, emitter->name, entry->options, NULL,
                                       walk->arena, fields, error)
                       : status;
        }
    }
    *out = NULL;
    return STATUS_OK;
}

const void *emit_options(const struct emit_job *job, size_t set)
{
    return job->set_options ? job->set_options[set] : job->options;
}

/* ---- URLs ---- */

/* The way from the emitted file's folder to a path: "../" for every folder that they do not share.
 */
static void url_relative(struct buffer *out, const char *from, const char *path)
{
    size_t shared = 0;
    for (size_t i = 0; from[i] && from[i] == path[i]; i++) {
        if (from[i] == '/') {
            shared = i + 1;
        }
    }
    for (const char *at = from + shared; *at; at++) {
        if (*at == '/') {
            buffer_text(out, "../");
        }
    }
    text_url(out, path + shared);
}

void emit_url_path(struct buffer *out, const char *from, const char *base, const char *path)
{
    if (!base[0]) {
        url_relative(out, from, path);
        return;
    }
    buffer_text(out, base);
    if (!text_ends(base, "/")) {
        buffer_char(out, '/');
    }
    text_url(out, path);
}

void emit_url(struct buffer *out, const char *from, const char *base,
              const struct record_rendition *rendition)
{
    if (rendition->path) {
        emit_url_path(out, from, base, rendition->path);
    } else {
        buffer_text(out, rendition->data_uri);
    }
}

void emit_url_html(struct buffer *out, const char *from, const char *base,
                   const struct record_rendition *rendition)
{
    struct buffer url = {0};
    emit_url(&url, from, base, rendition);
    text_html(out, buffer_string(&url));
    out->failed = out->failed || buffer_failed(&url);
    buffer_free(&url);
}

enum status emit_check_url(const char *name, const char *url, struct error *error)
{
    for (const char *at = url; *at; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f) {
            return error_set(error, STATUS_USAGE,
                             "'%s' is '%s': blanks and control characters are not allowed in a "
                             "URL",
                             name, url);
        }
    }
    return STATUS_OK;
}

/* ---- Text ---- */

void emit_attribute(struct buffer *out, const char *name, const char *value)
{
    buffer_format(out, " %s=\"", name);
    text_html(out, value);
    buffer_char(out, '"');
}

void emit_css_text(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f || strchr("\"'\\<>()", *c)) {
            buffer_format(out, "\\%x ", (unsigned char)*c);
        } else {
            buffer_char(out, *c);
        }
    }
}

void emit_colour(struct buffer *out, const struct colour *colour)
{
    if (colour->kind == COLOUR_TRANSPARENT) {
        buffer_text(out, "transparent");
    } else if (colour->kind == COLOUR_PLAIN) {
        buffer_format(out, "#%02x%02x%02x", colour->red, colour->green, colour->blue);
        if (colour->alpha != 255) {
            buffer_format(out, "%02x", colour->alpha);
        }
    }
}

const char *emit_kept(struct arena *arena, struct buffer *buffer)
{
    const char *text = buffer_failed(buffer) ? NULL : arena_text(arena, buffer_string(buffer));
    buffer_free(buffer);
    return text;
}

/* ---- JSON ---- */

struct value *emit_put_text(struct arena *arena, struct value *object, const char *key,
                            const char *text)
{
    if (!object || !text) {
        return object;
    }
    struct buffer shown = {0};
    bool plain = text_is_utf8(text, strlen(text));
    if (!plain) {
        text_printable(&shown, text);
    }
    const char *kept = plain ? text : emit_kept(arena, &shown);
    return kept ? value_set(arena, object, key, value_text(arena, kept)) : NULL;
}

struct value *emit_put_given(struct arena *arena, struct value *object, const char *key,
                             const char *text)
{
    return text && *text ? emit_put_text(arena, object, key, text) : object;
}

struct value *emit_put_int(struct arena *arena, struct value *object, const char *key,
                           int64_t number)
{
    return value_set(arena, object, key, value_int(arena, number));
}

struct value *emit_put_true(struct arena *arena, struct value *object, const char *key,
                            bool present)
{
    return present ? value_set(arena, object, key, value_bool(arena, true)) : object;
}

enum status emit_json(struct buffer *out, const struct value *document, struct error *error)
{
    if (document) {
        json_write(out, document);
    }
    return !document || buffer_failed(out) ? error_memory(error) : STATUS_OK;
}
