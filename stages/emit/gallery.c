/* SPDX-License-Identifier: MIT
 * The gallery: every set as one HTML page for people. The page's text, style and program stand in
 * gallery.html, gallery.css and gallery.js; here the records become the JSON that they show. Knows
 * no pixels, no files, no clock. */
#include <stdio.h>
#include <string.h>

#include "emit/gallery_part.h"
#include "emitter.h"
#include "text.h"
#include "value.h"

#define SCHEMA "picset/gallery/1"

static const char mark[] = "<meta name=\"generator\" content=\"picset";

/* ---- Records as JSON: a member that is nothing is left out; NULL in gives NULL out --------------
 */

static struct value *put_text(struct arena *arena, struct value *object, const char *key,
                              const char *text)
{
    if (!object || !text || !*text) {
        return object;
    }
    struct buffer shown = {0};
    text_printable(&shown, text);
    bool plain = text_is_utf8(text, strlen(text));
    const struct value *value =
        buffer_failed(&shown) ? NULL : value_text(arena, plain ? text : buffer_string(&shown));
    buffer_free(&shown);
    return value ? value_set(arena, object, key, value) : NULL;
}

static struct value *put_int(struct arena *arena, struct value *object, const char *key,
                             int64_t number)
{
    return number ? value_set(arena, object, key, value_int(arena, number)) : object;
}

static struct value *put_true(struct arena *arena, struct value *object, const char *key,
                              bool present)
{
    return present ? value_set(arena, object, key, value_bool(arena, true)) : object;
}

static struct value *put_texts(struct arena *arena, struct value *object, const char *key,
                               const char *const *texts, size_t count)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        list = value_append(arena, list, value_text(arena, texts[i]));
    }
    return count ? value_set(arena, object, key, list) : object;
}

static struct value *put_url(struct arena *arena, struct value *object, const char *folder,
                             const char *path)
{
    struct buffer url = {0};
    text_url(&url, folder);
    text_url(&url, path);
    object = buffer_failed(&url) ? NULL : put_text(arena, object, "url", buffer_string(&url));
    buffer_free(&url);
    return object;
}

static const struct value *rendition_value(struct arena *arena, const char *folder,
                                           const struct record_rendition *rendition)
{
    struct value *object = value_object(arena);
    if (rendition->path) {
        object = put_url(arena, object, folder, rendition->path);
        object = put_text(arena, object, "path", rendition->path);
    } else {
        object = put_text(arena, object, "data", rendition->data_uri);
    }
    object = put_text(arena, object, "format", format_info(rendition->format)->name);
    object = put_text(arena, object, "mime", rendition->mime);
    object = put_int(arena, object, "width", rendition->width);
    object = put_int(arena, object, "height", rendition->height);
    object = put_int(arena, object, "frames", rendition->frames > 1 ? rendition->frames : 0);
    object = put_text(arena, object, "sizes", rendition->sizes);
    object = put_true(arena, object, "alpha", rendition->alpha);
    object = put_int(arena, object, "bytes", rendition->bytes);
    if (rendition->quality >= 0) {
        object = value_set(arena, object, "quality", value_real(arena, rendition->quality));
    }
    if (rendition->seconds > 0) {
        object = value_set(arena, object, "seconds", value_real(arena, rendition->seconds));
    }
    object = put_text(arena, object, "preset", rendition->preset);
    object = put_text(arena, object, "output", rendition->output);
    object = put_text(arena, object, "input", rendition->input);
    object = put_texts(arena, object, "steps", rendition->reasons, rendition->reason_count);
    return put_texts(arena, object, "warnings", rendition->warnings, rendition->warning_count);
}

/* A source outside of the folder we work in is shown by what its set is called. */
static struct value *put_source_path(struct arena *arena, struct value *object,
                                     const struct record_source *source)
{
    if (source->path[0] != '/') {
        return put_text(arena, object, "path", source->path);
    }
    const char *name = arena_format(arena, "%s%s", source->dir, strrchr(source->path, '/') + 1);
    return name ? put_text(arena, object, "path", name) : NULL;
}

static const struct value *source_value(struct arena *arena, const struct record_source *source)
{
    char hash[33];
    hash_text(source->hash, hash);
    struct value *object = put_text(arena, value_object(arena), "name", source->name);
    object = put_text(arena, object, "dir", source->dir);
    object = put_source_path(arena, object, source);
    object = put_text(arena, object, "hash", hash);
    object = put_int(arena, object, "bytes", source->bytes);
    object = put_text(arena, object, "format", format_info(source->format)->name);
    object = put_int(arena, object, "width", source->width);
    object = put_int(arena, object, "height", source->height);
    object = put_int(arena, object, "frames", source->frames > 1 ? source->frames : 0);
    object = put_true(arena, object, "alpha", source->alpha);
    object = put_true(arena, object, "c2pa", source->c2pa);
    object = put_text(arena, object, "alt", source->alt);
    return source->generation ? value_set(arena, object, "generation", source->generation) : object;
}

static const struct value *dropped_value(struct arena *arena, const struct record_dropped *dropped)
{
    struct value *object = put_text(arena, value_object(arena), "output", dropped->output);
    object = put_text(arena, object, "what", dropped->what);
    return put_text(arena, object, "reason", dropped->reason);
}

static struct value *put_emitted(struct arena *arena, struct value *object,
                                 const struct gallery_set *shown)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < shown->set->emitted_count; i++) {
        const struct record_emitted *emitted = &shown->set->emitted[i];
        struct value *file = put_text(arena, value_object(arena), "emitter", emitted->emitter);
        file = put_url(arena, file, shown->folder, emitted->path);
        list = value_append(arena, list, put_text(arena, file, "path", emitted->path));
    }
    return shown->set->emitted_count ? value_set(arena, object, "emitted", list) : object;
}

static struct value *put_times(struct arena *arena, struct value *object,
                               const struct record_set *set)
{
    struct value *times = value_list(arena);
    for (size_t i = 0; i < set->time_count; i++) {
        struct value *time = put_text(arena, value_object(arena), "what", set->times[i].what);
        time = value_set(arena, time, "seconds", value_real(arena, set->times[i].seconds));
        times = value_append(arena, times, time);
    }
    return set->time_count ? value_set(arena, object, "times", times) : object;
}

static const struct value *set_value(struct arena *arena, const struct gallery_set *shown)
{
    const struct record_set *set = shown->set;
    struct value *object = put_text(arena, value_object(arena), "preset", set->preset);
    object = value_set(arena, object, "source", source_value(arena, &set->source));
    if (set->colour_known) {
        char colour[8];
        snprintf(colour, sizeof colour, "#%02x%02x%02x", set->colour[0], set->colour[1],
                 set->colour[2]);
        object = put_text(arena, object, "colour", colour);
    }
    object = put_text(arena, object, "thumbhash", set->thumbhash);
    struct value *renditions = value_list(arena), *dropped = value_list(arena);
    for (size_t i = 0; i < set->rendition_count; i++) {
        renditions = value_append(arena, renditions,
                                  rendition_value(arena, shown->folder, &set->renditions[i]));
    }
    for (size_t i = 0; i < set->dropped_count; i++) {
        dropped = value_append(arena, dropped, dropped_value(arena, &set->dropped[i]));
    }
    object = value_set(arena, object, "renditions", renditions);
    object = put_emitted(arena, object, shown);
    object = put_times(arena, object, set);
    return set->dropped_count ? value_set(arena, object, "dropped", dropped) : object;
}

static const struct value *gallery_value(struct arena *arena, const struct gallery *gallery)
{
    struct value *document = put_text(arena, value_object(arena), "schema", SCHEMA);
    document = put_text(arena, document, "generator", "picset " PICSET_VERSION);
    document = put_text(arena, document, "title", gallery->title);
    struct value *sets = value_list(arena);
    for (size_t i = 0; i < gallery->set_count; i++) {
        sets = value_append(arena, sets, set_value(arena, &gallery->sets[i]));
    }
    return value_set(arena, document, "sets", sets);
}

/* ---- The page ----------------------------------------------------------------------------------
 */

/* No text inside can end the element that it stands in: '<' occurs in strings only. */
static void json_embed(const char *json, struct buffer *out)
{
    for (const char *next; *json; json = next) {
        size_t length = strcspn(json, "<");
        buffer_bytes(out, json, length);
        next = json + length;
        if (*next == '<') {
            buffer_text(out, "\\u003c");
            next++;
        }
    }
}

static void title_embed(const char *title, struct buffer *out)
{
    struct buffer shown = {0};
    text_printable(&shown, title);
    text_html(out, buffer_string(&shown));
    out->failed = out->failed || buffer_failed(&shown);
    buffer_free(&shown);
}

static const char *part_text(const char *name, size_t length)
{
    for (const struct gallery_part *part = gallery_part; part->name; part++) {
        if (strlen(part->name) == length && strncmp(part->name, name, length) == 0) {
            return part->text;
        }
    }
    return "";
}

/* gallery.html with its {{marks}} filled in: the title, the version, the data, or another part. */
static void page_print(const struct gallery *gallery, const char *json, struct buffer *out)
{
    static const char first[] = "gallery.html";
    const char *at = part_text(first, sizeof first - 1);
    for (const char *open; (open = strstr(at, "{{"));) {
        const char *name = open + 2;
        size_t length = strcspn(name, "}");
        buffer_bytes(out, at, (size_t)(open - at));
        if (text_starts(name, "title}")) {
            title_embed(gallery->title, out);
        } else if (text_starts(name, "version}")) {
            buffer_text(out, PICSET_VERSION);
        } else if (text_starts(name, "data}")) {
            json_embed(json, out);
        } else {
            buffer_text(out, part_text(name, length));
        }
        at = name + length + 2;
    }
    buffer_text(out, at);
}

enum status gallery_page(const struct gallery *gallery, struct buffer *out, struct error *error)
{
    struct arena *arena = arena_new();
    struct buffer json = {0};
    const struct value *document = arena ? gallery_value(arena, gallery) : NULL;
    if (document) {
        value_print(&json, document);
        page_print(gallery, buffer_string(&json), out);
    }
    bool failed = !document || buffer_failed(&json) || buffer_failed(out);
    buffer_free(&json);
    arena_free(arena);
    return failed ? error_memory(error) : STATUS_OK;
}

bool gallery_is_ours(const char *bytes, size_t size)
{
    return memmem(bytes, size, mark, sizeof mark - 1) != NULL;
}
