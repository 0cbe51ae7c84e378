/* SPDX-License-Identifier: MIT
 * The gallery: every set as one HTML page for people. The page's text, style and program stand in
 * gallery.html, gallery.css and gallery.js; here the records become the JSON that they show. Knows
 * no pixels, no files, no clock. */
#include <string.h>

#include "emit/emit.h"
#include "emit/gallery_part.h"
#include "text.h"

#define SCHEMA "picset/gallery/1"

static const char mark[] = "<meta name=\"generator\" content=\"picset";

/* ---- Records as JSON: a member that is nothing is left out; NULL in gives NULL out --------------
 */

static struct value *put_count(struct arena *arena, struct value *object, const char *key,
                               int64_t number)
{
    return number ? value_set(arena, object, key, value_int(arena, number)) : object;
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
    const char *kept = emit_kept(arena, &url);
    return kept ? emit_put_text(arena, object, "url", kept) : NULL;
}

static const struct value *rendition_value(struct arena *arena, const char *folder,
                                           const struct record_rendition *rendition)
{
    struct value *object = value_object(arena);
    if (rendition->path) {
        object = put_url(arena, object, folder, rendition->path);
        object = emit_put_given(arena, object, "path", rendition->path);
    } else {
        object = emit_put_given(arena, object, "data", rendition->data_uri);
    }
    object = emit_put_given(arena, object, "format", format_info(rendition->format)->name);
    object = put_count(arena, object, "width", rendition->width);
    object = put_count(arena, object, "height", rendition->height);
    object = put_count(arena, object, "frames", rendition->frames > 1 ? rendition->frames : 0);
    object = emit_put_given(arena, object, "sizes", rendition->sizes);
    object = emit_put_true(arena, object, "alpha", rendition->alpha);
    object = put_count(arena, object, "bytes", rendition->bytes);
    if (rendition->quality >= 0) {
        object = value_set(arena, object, "quality", value_real(arena, rendition->quality));
    }
    if (rendition->seconds > 0) {
        object = value_set(arena, object, "seconds", value_real(arena, rendition->seconds));
    }
    object = emit_put_given(arena, object, "preset", rendition->preset);
    object = emit_put_given(arena, object, "output", rendition->output);
    object = emit_put_given(arena, object, "input", rendition->input);
    object = put_texts(arena, object, "steps", rendition->reasons, rendition->reason_count);
    object = emit_put_given(arena, object, "chosen", rendition->chosen);
    return put_texts(arena, object, "warnings", rendition->warnings, rendition->warning_count);
}

/* A source outside of the folder we work in is shown by what its set is called. */
static struct value *put_source_path(struct arena *arena, struct value *object,
                                     const struct record_source *source)
{
    if (source->path[0] != '/') {
        return emit_put_given(arena, object, "path", source->path);
    }
    const char *name = arena_format(arena, "%s%s", source->dir, strrchr(source->path, '/') + 1);
    return name ? emit_put_given(arena, object, "path", name) : NULL;
}

static const struct value *source_value(struct arena *arena, const struct record_source *source)
{
    char hash[33];
    hash_text(source->hash, hash);
    struct value *object = emit_put_given(arena, value_object(arena), "name", source->name);
    object = emit_put_given(arena, object, "dir", source->dir);
    object = put_source_path(arena, object, source);
    object = emit_put_given(arena, object, "hash", hash);
    object = put_count(arena, object, "bytes", source->bytes);
    object = emit_put_given(arena, object, "format", format_info(source->format)->name);
    object = put_count(arena, object, "width", source->width);
    object = put_count(arena, object, "height", source->height);
    object = put_count(arena, object, "frames", source->frames > 1 ? source->frames : 0);
    object = emit_put_true(arena, object, "alpha", source->alpha);
    object = emit_put_true(arena, object, "c2pa", source->c2pa);
    object = emit_put_given(arena, object, "alt", source->alt);
    return source->generation ? value_set(arena, object, "generation", source->generation) : object;
}

static const struct value *dropped_value(struct arena *arena, const struct record_dropped *dropped)
{
    struct value *object = emit_put_given(arena, value_object(arena), "output", dropped->output);
    object = emit_put_given(arena, object, "what", dropped->what);
    return emit_put_given(arena, object, "reason", dropped->reason);
}

static struct value *put_emitted(struct arena *arena, struct value *object,
                                 const struct gallery_set *shown)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < shown->set->emitted_count; i++) {
        const struct record_emitted *emitted = &shown->set->emitted[i];
        struct value *file =
            emit_put_given(arena, value_object(arena), "emitter", emitted->emitter);
        file = put_url(arena, file, shown->folder, emitted->path);
        list = value_append(arena, list, emit_put_given(arena, file, "path", emitted->path));
    }
    return shown->set->emitted_count ? value_set(arena, object, "emitted", list) : object;
}

static struct value *put_times(struct arena *arena, struct value *object,
                               const struct record_set *set)
{
    struct value *times = value_list(arena);
    for (size_t i = 0; i < set->time_count; i++) {
        struct value *time = emit_put_given(arena, value_object(arena), "what", set->times[i].what);
        time = value_set(arena, time, "seconds", value_real(arena, set->times[i].seconds));
        times = value_append(arena, times, time);
    }
    return set->time_count ? value_set(arena, object, "times", times) : object;
}

static const struct value *set_value(struct arena *arena, const struct gallery_set *shown)
{
    const struct record_set *set = shown->set;
    struct value *object = emit_put_given(arena, value_object(arena), "preset", set->preset);
    object = value_set(arena, object, "source", source_value(arena, &set->source));
    if (set->colour_known) {
        const char *colour =
            arena_format(arena, "#%02x%02x%02x", set->colour[0], set->colour[1], set->colour[2]);
        object = colour ? emit_put_text(arena, object, "colour", colour) : NULL;
    }
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

/* ---- A manifest's set, which says nearly the same under nearly the same names -------------------
 */

static const char *text_of(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    return value && value->type == VALUE_TEXT ? value->text : NULL;
}

/* "16x16 32x32" of a list. */
static const char *sizes_of(const struct value *rendition, struct arena *arena)
{
    const struct value *sizes = value_get(rendition, "sizes");
    struct buffer text = {0};
    for (size_t i = 0; sizes && sizes->type == VALUE_LIST && i < sizes->list.count; i++) {
        const struct value *size = sizes->list.items[i];
        buffer_format(&text, "%s%s", i ? " " : "", size->type == VALUE_TEXT ? size->text : "");
    }
    return emit_kept(arena, &text);
}

static const struct value *told_rendition(struct arena *arena, const char *folder,
                                          const struct value *told)
{
    struct value *object = value_object(arena);
    const char *path = text_of(told, "path"), *data = text_of(told, "data-uri");
    const char *sizes = sizes_of(told, arena);
    for (size_t i = 0; told->type == VALUE_OBJECT && i < told->object.count; i++) {
        const struct member *member = &told->object.members[i];
        bool renamed = strcmp(member->key, "reasons") == 0;
        if (strcmp(member->key, "url") != 0 && strcmp(member->key, "sizes") != 0) {
            object = value_set(arena, object, renamed ? "steps" : member->key, member->value);
        }
    }
    object = path ? put_url(arena, object, folder, path) : object;
    object = data && text_starts(data, "data:image/") ? emit_put_text(arena, object, "data", data)
                                                      : object;
    return sizes ? emit_put_given(arena, object, "sizes", sizes) : NULL;
}

static const struct value *told_list(struct arena *arena, const char *folder,
                                     const struct value *set, const char *key)
{
    const struct value *told = value_get(set, key);
    struct value *list = value_list(arena);
    for (size_t i = 0; told && told->type == VALUE_LIST && i < told->list.count; i++) {
        list = value_append(arena, list, told_rendition(arena, folder, told->list.items[i]));
    }
    return list;
}

/* A manifest names the source by its path alone. */
static const struct value *told_source(struct arena *arena, const struct value *set)
{
    const struct value *told = value_get(set, "source");
    const char *path = told ? text_of(told, "path") : NULL;
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *base = slash ? slash + 1 : path ? path : "";
    size_t length = strrchr(base, '.') ? (size_t)(strrchr(base, '.') - base) : strlen(base);
    struct value *names =
        emit_put_given(arena, value_object(arena), "name", arena_slice(arena, base, length));
    if (slash) {
        names =
            emit_put_given(arena, names, "dir", arena_slice(arena, path, (size_t)(base - path)));
    }
    names = emit_put_given(arena, names, "alt", text_of(set, "alt"));
    return names && told ? value_merge(arena, told, names) : names;
}

static const struct value *told_set(struct arena *arena, const struct gallery_set *shown)
{
    const struct value *told = shown->told;
    const char *const kept[] = {"preset", "colour", "dropped"};
    struct value *object = value_object(arena);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct value *value = value_get(told, kept[i]);
        object = value ? value_set(arena, object, kept[i], value) : object;
    }
    object = value_set(arena, object, "source", told_source(arena, told));
    object =
        value_set(arena, object, "renditions", told_list(arena, shown->folder, told, "renditions"));
    return value_set(arena, object, "emitted", told_list(arena, shown->folder, told, "emitted"));
}

static const struct value *gallery_value(struct arena *arena, const struct gallery *gallery)
{
    struct value *document = emit_put_given(arena, value_object(arena), "schema", SCHEMA);
    document = emit_put_given(arena, document, "generator", "picset " PICSET_VERSION);
    document = emit_put_given(arena, document, "title", gallery->title);
    struct value *sets = value_list(arena);
    for (size_t i = 0; i < gallery->set_count; i++) {
        const struct gallery_set *set = &gallery->sets[i];
        sets = value_append(arena, sets, set->set ? set_value(arena, set) : told_set(arena, set));
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
