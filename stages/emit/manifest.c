/* SPDX-License-Identifier: MIT
 * The emitter `manifest`: everything known of the sets as one JSON file, for programs. The same
 * records give the same bytes: no times, no absolute paths. */
#include <stdio.h>
#include <string.h>

#include "emitter.h"
#include "json.h"
#include "text.h"
#include "value.h"

#define SCHEMA "picset/manifest/1"

struct manifest_options {
    const char *path;
    const char *base;
    bool compact;
};

static const struct option manifest_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct manifest_options, path),
     .def = "",
     .help =
         "where the file is written, below the output folder; the same path gathers presets and "
         "images"},
    {.name = "base",
     OPT_TEXT(struct manifest_options, base),
     .def = "",
     .help = "what stands for the output folder in URLs; with it every rendition has a 'url'"},
    {.name = "compact",
     OPT_BOOL(struct manifest_options, compact),
     .def = "false",
     .help = "one line, without blanks"},
    {0},
};

/* Adds a member; NULL in gives NULL out, and so does short memory. */
static struct value *put_text(struct arena *arena, struct value *object, const char *key,
                              const char *text)
{
    if (!object || !text) {
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
    return value_set(arena, object, key, value_int(arena, number));
}

static struct value *put_true(struct arena *arena, struct value *object, const char *key,
                              bool present)
{
    return present ? value_set(arena, object, key, value_bool(arena, true)) : object;
}

static struct value *put_hash(struct arena *arena, struct value *object, struct hash hash)
{
    char text[33];
    hash_text(hash, text);
    return put_text(arena, object, "hash", text);
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

/* A source outside of the folder we work in is shown by what its set is called, not by where it is.
 */
static struct value *put_source_path(struct arena *arena, struct value *object,
                                     const struct record_source *source)
{
    if (source->path[0] != '/') {
        return put_text(arena, object, "path", source->path[0] ? source->path : source->name);
    }
    const char *name = arena_format(arena, "%s%s", source->dir, strrchr(source->path, '/') + 1);
    return name ? put_text(arena, object, "path", name) : NULL;
}

static const struct value *source_value(struct arena *arena, const struct record_source *source)
{
    struct value *object = put_source_path(arena, value_object(arena), source);
    object = put_hash(arena, object, source->hash);
    object = put_int(arena, object, "bytes", source->bytes);
    object = put_text(arena, object, "format", format_info(source->format)->name);
    object = put_int(arena, object, "width", source->width);
    object = put_int(arena, object, "height", source->height);
    if (source->frames > 1) {
        object = put_int(arena, object, "frames", source->frames);
    }
    object = put_true(arena, object, "alpha", source->alpha);
    object = put_true(arena, object, "c2pa", source->c2pa);
    return source->generation ? value_set(arena, object, "generation", source->generation) : object;
}

static struct value *put_place(struct arena *arena, struct value *object, const char *base,
                               const struct record_rendition *rendition)
{
    if (!rendition->path) {
        return put_text(arena, object, "data-uri", rendition->data_uri);
    }
    object = put_text(arena, object, "path", rendition->path);
    if (!base[0]) {
        return object;
    }
    struct buffer url = {0};
    buffer_text(&url, base);
    if (!text_ends(base, "/")) {
        buffer_char(&url, '/');
    }
    text_url(&url, rendition->path);
    object = buffer_failed(&url) ? NULL : put_text(arena, object, "url", buffer_string(&url));
    buffer_free(&url);
    return object;
}

static const struct value *rendition_value(struct arena *arena, const char *base,
                                           const struct record_rendition *rendition)
{
    struct value *object = put_place(arena, value_object(arena), base, rendition);
    object = put_text(arena, object, "format", format_info(rendition->format)->name);
    object = put_text(arena, object, "mime", rendition->mime);
    object = put_int(arena, object, "width", rendition->width);
    object = put_int(arena, object, "height", rendition->height);
    if (rendition->frames > 1) {
        object = put_int(arena, object, "frames", rendition->frames);
    }
    object = put_true(arena, object, "alpha", rendition->alpha);
    object = put_int(arena, object, "bytes", rendition->bytes);
    object = put_hash(arena, object, rendition->hash);
    if (rendition->quality >= 0) {
        object = value_set(arena, object, "quality", value_real(arena, rendition->quality));
    }
    object = put_true(arena, object, "lossless",
                      rendition->quality < 0 && rendition->format != FORMAT_SVG);
    object = put_text(arena, object, "chosen", rendition->chosen);
    object = put_text(arena, object, "input", rendition->input);
    object = put_text(arena, object, "preset", rendition->preset);
    object = put_text(arena, object, "output", rendition->output);
    object = put_texts(arena, object, "reasons", rendition->reasons, rendition->reason_count);
    return put_texts(arena, object, "warnings", rendition->warnings, rendition->warning_count);
}

static const struct value *dropped_value(struct arena *arena, const struct record_dropped *dropped)
{
    struct value *object = put_text(arena, value_object(arena), "output", dropped->output);
    if (dropped->what[0]) {
        object = put_text(arena, object, "what", dropped->what);
    }
    return put_text(arena, object, "reason", dropped->reason);
}

static const struct value *set_value(struct arena *arena, const char *base,
                                     const struct record_set *set)
{
    struct value *object = put_text(arena, value_object(arena), "preset", set->preset);
    object = value_set(arena, object, "source", source_value(arena, &set->source));
    object = put_text(arena, object, "alt", set->source.alt);
    if (set->colour_known) {
        char colour[8];
        snprintf(colour, sizeof colour, "#%02x%02x%02x", set->colour[0], set->colour[1],
                 set->colour[2]);
        object = put_text(arena, object, "colour", colour);
    }
    object = put_text(arena, object, "thumbhash", set->thumbhash);
    object = put_text(arena, object, "blurhash", set->blurhash);
    struct value *renditions = value_list(arena), *dropped = value_list(arena);
    for (size_t i = 0; i < set->rendition_count; i++) {
        renditions =
            value_append(arena, renditions, rendition_value(arena, base, &set->renditions[i]));
    }
    for (size_t i = 0; i < set->dropped_count; i++) {
        dropped = value_append(arena, dropped, dropped_value(arena, &set->dropped[i]));
    }
    object = value_set(arena, object, "renditions", renditions);
    return set->dropped_count ? value_set(arena, object, "dropped", dropped) : object;
}

static enum status manifest_emit(const struct emit_job *job, struct buffer *out,
                                 struct error *error)
{
    const struct manifest_options *options = job->options;
    struct arena *arena = arena_new();
    if (!arena) {
        return error_memory(error);
    }
    struct value *document = put_text(arena, value_object(arena), "schema", SCHEMA);
    document = put_text(arena, document, "generator", "picset " PICSET_VERSION);
    struct value *sets = value_list(arena);
    for (size_t i = 0; i < job->set_count; i++) {
        sets = value_append(arena, sets, set_value(arena, options->base, job->sets[i]));
    }
    document = value_set(arena, document, "sets", sets);
    if (document && options->compact) {
        value_print(out, document);
        buffer_char(out, '\n');
    } else if (document) {
        json_write(out, document);
    }
    arena_free(arena);
    return !document || buffer_failed(out) ? error_memory(error) : STATUS_OK;
}

const struct emitter emitter_manifest = {
    .name = "manifest",
    .summary = "everything known of the sets, as JSON for programs",
    .version = 1,
    .gathers = true,
    .takes_all = true,
    .default_path = "manifest.json",
    .file_options = manifest_file_options,
    .file_size = sizeof(struct manifest_options),
    .emit = manifest_emit,
};
