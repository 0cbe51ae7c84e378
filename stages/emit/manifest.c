/* SPDX-License-Identifier: MIT
 * The emitter `manifest`: everything known of the sets as one JSON file, for programs. The same
 * records give the same bytes: no times, no absolute paths. */
#include <stdio.h>
#include <string.h>

#include "emit.h"
#include "look.h"
#include "json.h"
#include "manifest.h"
#include "preview.h"
#include "text.h"

enum preview { PREVIEW_NONE, PREVIEW_THUMBHASH, PREVIEW_COLOUR };
static const char *const preview_names[] = {"none", "thumbhash", "colour", NULL};

struct manifest_options {
    const char *path;
    const char *base;
    int placeholder;
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
    {.name = "placeholder",
     OPT_ENUM(struct manifest_options, placeholder),
     .def = "none",
     .names = preview_names,
     .help = "a small picture of each image as a data URI: what its ThumbHash shows, or one pixel "
             "of its dominant colour"},
    {.name = "compact",
     OPT_BOOL(struct manifest_options, compact),
     .def = "false",
     .help = "one line, without blanks"},
    {0},
};

static struct value *put_hash(struct arena *arena, struct value *object, struct hash hash)
{
    char text[33];
    hash_text(hash, text);
    return emit_put_text(arena, object, "hash", text);
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
        return emit_put_text(arena, object, "path", source->path[0] ? source->path : source->name);
    }
    const char *name = arena_format(arena, "%s%s", source->dir, strrchr(source->path, '/') + 1);
    return name ? emit_put_text(arena, object, "path", name) : NULL;
}

static const struct value *source_value(struct arena *arena, const struct record_source *source)
{
    struct value *object = put_source_path(arena, value_object(arena), source);
    object = put_hash(arena, object, source->hash);
    object = emit_put_int(arena, object, "bytes", source->bytes);
    object = emit_put_text(arena, object, "format", format_info(source->format)->name);
    object = emit_put_int(arena, object, "width", source->width);
    object = emit_put_int(arena, object, "height", source->height);
    if (source->frames > 1) {
        object = emit_put_int(arena, object, "frames", source->frames);
    }
    object = emit_put_true(arena, object, "alpha", source->alpha);
    object = emit_put_true(arena, object, "c2pa", source->c2pa);
    return source->generation ? value_set(arena, object, "generation", source->generation) : object;
}

static struct value *put_url(struct arena *arena, struct value *object, const char *base,
                             const char *path)
{
    struct buffer url = {0};
    if (!base[0]) {
        return object;
    }
    emit_url_path(&url, "", base, path);
    const char *kept = emit_kept(arena, &url);
    return kept ? emit_put_text(arena, object, "url", kept) : NULL;
}

static struct value *put_place(struct arena *arena, struct value *object, const char *base,
                               const struct record_rendition *rendition)
{
    if (!rendition->path) {
        return emit_put_text(arena, object, "data-uri", rendition->data_uri);
    }
    object = emit_put_text(arena, object, "path", rendition->path);
    return put_url(arena, object, base, rendition->path);
}

/* "16x16 32x32" as a list. */
static struct value *put_sizes(struct arena *arena, struct value *object, const char *sizes)
{
    struct value *list = value_list(arena);
    if (!sizes) {
        return object;
    }
    while (*sizes) {
        size_t length = strcspn(sizes, " ");
        const char *size = arena_slice(arena, sizes, length);
        list = value_append(arena, list, size ? value_text(arena, size) : NULL);
        sizes += length + strspn(sizes + length, " ");
    }
    return value_set(arena, object, "sizes", list);
}

/* What the platforms' own files say of it: idiom, scale, purpose, media query … */
static struct value *put_entries(struct arena *arena, struct value *object,
                                 const struct record_rendition *rendition)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < rendition->entry_count; i++) {
        const struct record_entry *entry = &rendition->entries[i];
        struct value *item = emit_put_text(arena, value_object(arena), "emitter", entry->emitter);
        if (entry->options && entry->options->object.count) {
            item = value_set(arena, item, "options", entry->options);
        }
        list = value_append(arena, list, item);
    }
    return rendition->entry_count ? value_set(arena, object, "entries", list) : object;
}

static const struct value *rendition_value(struct arena *arena, const char *base,
                                           const struct record_rendition *rendition)
{
    struct value *object = put_place(arena, value_object(arena), base, rendition);
    object = emit_put_text(arena, object, "format", format_info(rendition->format)->name);
    object = emit_put_text(arena, object, "mime", rendition->mime);
    object = emit_put_int(arena, object, "width", rendition->width);
    object = emit_put_int(arena, object, "height", rendition->height);
    if (rendition->frames > 1) {
        object = emit_put_int(arena, object, "frames", rendition->frames);
    }
    object = put_sizes(arena, object, rendition->sizes);
    object = emit_put_true(arena, object, "alpha", rendition->alpha);
    object = emit_put_int(arena, object, "bytes", rendition->bytes);
    object = put_hash(arena, object, rendition->hash);
    if (rendition->quality >= 0) {
        object = value_set(arena, object, "quality", value_real(arena, rendition->quality));
    }
    object = emit_put_true(arena, object, "lossless",
                           rendition->quality < 0 && rendition->format != FORMAT_SVG);
    object = emit_put_text(arena, object, "chosen", rendition->chosen);
    object = emit_put_text(arena, object, "input", rendition->input);
    object = emit_put_text(arena, object, "preset", rendition->preset);
    object = emit_put_text(arena, object, "output", rendition->output);
    object = put_texts(arena, object, "reasons", rendition->reasons, rendition->reason_count);
    object = put_texts(arena, object, "warnings", rendition->warnings, rendition->warning_count);
    return put_entries(arena, object, rendition);
}

static const struct value *dropped_value(struct arena *arena, const struct record_dropped *dropped)
{
    struct value *object = emit_put_text(arena, value_object(arena), "output", dropped->output);
    if (dropped->what[0]) {
        object = emit_put_text(arena, object, "what", dropped->what);
    }
    return emit_put_text(arena, object, "reason", dropped->reason);
}

static struct value *put_placeholders(struct arena *arena, struct value *object,
                                      const struct manifest_options *options,
                                      const struct record_set *set)
{
    const char *preview = "";
    if (set->colour_known) {
        object = emit_put_text(
            arena, object, "colour",
            arena_format(arena, "#%02x%02x%02x", set->colour[0], set->colour[1], set->colour[2]));
    }
    object = emit_put_text(arena, object, "thumbhash", set->thumbhash);
    object = emit_put_text(arena, object, "blurhash", set->blurhash);
    if (options->placeholder == PREVIEW_THUMBHASH && set->thumbhash) {
        preview = preview_thumbhash(set->thumbhash, arena);
    } else if (options->placeholder == PREVIEW_COLOUR && set->colour_known) {
        preview = preview_colour(set->colour, arena);
    }
    return preview ? emit_put_given(arena, object, "placeholder", preview) : NULL;
}

static const struct value *emitted_value(struct arena *arena, const char *base,
                                         const struct record_emitted *emitted)
{
    struct value *object = emit_put_text(arena, value_object(arena), "path", emitted->path);
    object = put_url(arena, object, base, emitted->path);
    return emit_put_text(arena, object, "emitter", emitted->emitter);
}

static const struct value *set_value(struct arena *arena, const struct manifest_options *options,
                                     const struct record_set *set)
{
    const char *base = options->base;
    struct value *object = emit_put_text(arena, value_object(arena), "preset", set->preset);
    object = value_set(arena, object, "source", source_value(arena, &set->source));
    object = emit_put_text(arena, object, "alt", set->source.alt);
    object = put_placeholders(arena, object, options, set);
    struct value *renditions = value_list(arena), *dropped = value_list(arena);
    struct value *emitted = value_list(arena);
    for (size_t i = 0; i < set->rendition_count; i++) {
        renditions =
            value_append(arena, renditions, rendition_value(arena, base, &set->renditions[i]));
    }
    for (size_t i = 0; i < set->dropped_count; i++) {
        dropped = value_append(arena, dropped, dropped_value(arena, &set->dropped[i]));
    }
    for (size_t i = 0; i < set->emitted_count; i++) {
        emitted = value_append(arena, emitted, emitted_value(arena, base, &set->emitted[i]));
    }
    object = value_set(arena, object, "renditions", renditions);
    object = set->dropped_count ? value_set(arena, object, "dropped", dropped) : object;
    return set->emitted_count ? value_set(arena, object, "emitted", emitted) : object;
}

static enum status manifest_emit(const struct emit_job *job, struct buffer *out,
                                 struct error *error)
{
    const struct manifest_options *options = job->options;
    struct arena *arena = arena_new();
    if (!arena) {
        return error_memory(error);
    }
    struct value *document = emit_put_text(arena, value_object(arena), "schema", MANIFEST_SCHEMA);
    document = emit_put_text(arena, document, "generator", "picset " PICSET_VERSION);
    struct value *sets = value_list(arena);
    for (size_t i = 0; i < job->set_count; i++) {
        sets = value_append(arena, sets, set_value(arena, emit_options(job, i), job->sets[i]));
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

/* ---- A manifest that lies there ---------------------------------------------------------------
 */

static void rendition_inspect(const struct emit_inspection *inspection,
                              const struct value *rendition, bool generated)
{
    const char *path = look_text(rendition, "path");
    const struct emit_found *found = path ? look_file(inspection, path, path) : NULL;
    double width = 0, height = 0;
    bool sized = value_number(value_get(rendition, "width"), &width) &&
                 value_number(value_get(rendition, "height"), &height);
    if (found && generated) {
        inspection->generated(inspection, path);
    }
    if (found && sized && found->width > 0 &&
        (found->width != (int)width || found->height != (int)height)) {
        struct arena *arena = inspection->arena;
        const char *stated = arena_format(arena, "%.0fx%.0f px", width, height);
        const char *is = arena_format(arena, "%dx%d", found->width, found->height);
        if (stated && is) {
            look_stated(inspection, found, stated, is);
        }
    }
}

/* Sets of other presets are the affair of their own check. */
static enum status manifest_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct value *document = look_json(inspection);
    const struct value *sets = document ? value_get(document, "sets") : NULL;
    (void)error;
    if (document && document->object.count == 0) { /* with other members it may be another's */
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "is empty", "must hold sets");
    }
    for (size_t i = 0; sets && sets->type == VALUE_LIST && i < sets->list.count; i++) {
        const struct value *set = sets->list.items[i];
        const struct value *source = value_get(set, "source"), *list = value_get(set, "renditions");
        const char *preset = look_text(set, "preset");
        bool generated = source && value_get(source, "generation");
        bool asked = preset && strcmp(preset, inspection->preset) == 0;
        for (size_t j = 0; asked && list && list->type == VALUE_LIST && j < list->list.count; j++) {
            rendition_inspect(inspection, list->list.items[j], generated);
        }
    }
    return STATUS_OK;
}

const struct emitter emitter_manifest = {
    .name = "manifest",
    .summary = "everything known of the sets, as JSON for programs",
    .version = 2,
    .gathers = true,
    .takes_all = true,
    .default_path = "manifest.json",
    .file_options = manifest_file_options,
    .file_size = sizeof(struct manifest_options),
    .emit = manifest_emit,
    .inspect = manifest_inspect,
    .schema = manifest_schema,
};
