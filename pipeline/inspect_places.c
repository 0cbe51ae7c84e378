/* SPDX-License-Identifier: MIT
 * Which path of the preset each found file lies at: its own, but where an emitted file beside it
 * may call its files as it likes, that of the output for which it names them. Knows no emitter by
 * name. */
#include <string.h>

#include "inspect_state.h"
#include "memory.h"
#include "text.h"

static bool place_add(struct inspection *inspection, struct found_file *file, const char *path)
{
    struct place *slot =
        path ? arena_push(inspection->arena, &inspection->places, &inspection->place_count,
                          &inspection->place_capacity, sizeof(*slot))
             : NULL;
    if (slot) {
        *slot = (struct place){file, path};
    }
    return slot;
}

static const char *after_slash(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "Logo" of ".../Assets.xcassets/Logo.imageset/", the folder of a found file. */
static const char *folder_stem(const struct inspection *inspection, const char *folder)
{
    const char *whole = arena_format(inspection->arena, "%s/%s", inspection->found->whole, folder);
    size_t length = whole ? strlen(whole) : 0;
    while (length > 0 && whole[length - 1] == '/') {
        length--;
    }
    const char *name = whole ? arena_slice(inspection->arena, whole, length) : NULL;
    name = name ? after_slash(name) : NULL;
    const char *dot = name ? strrchr(name, '.') : NULL;
    return dot && dot > name ? arena_slice(inspection->arena, name, (size_t)(dot - name)) : name;
}

/* The preset's own name for a file of the line in this folder, NULL where it holds what only pixels
 * or plans tell. */
static const char *usual_name(struct inspection *inspection, const struct expectation *line,
                              const char *folder, const char *called)
{
    static const char name_word[] = "${name}", extension_word[] = "${ext}";
    const char *at = after_slash(line->line->path->text), *dot = strrchr(called, '.');
    const char *stem = folder_stem(inspection, folder), *whole = NULL;
    struct buffer name = {0};
    while (stem && *at && !buffer_failed(&name)) {
        if (text_starts(at, name_word)) {
            buffer_text(&name, stem);
            at += strlen(name_word);
        } else if (text_starts(at, extension_word) && dot) {
            buffer_text(&name, dot + 1);
            at += strlen(extension_word);
        } else if (text_starts(at, "${")) {
            break;
        } else {
            buffer_char(&name, *at++);
        }
    }
    if (stem && !*at) {
        whole = arena_format(inspection->arena, "%s%s", folder, buffer_string(&name));
        inspection->failed = inspection->failed || !whole;
    }
    inspection->failed = inspection->failed || !stem || buffer_failed(&name);
    buffer_free(&name);
    return whole;
}

/* Is it called as the preset itself would call some file here? Then it is that one. */
static bool name_is_usual(struct inspection *inspection, const char *folder, const char *called,
                          const char *path)
{
    for (size_t i = 0; i < inspection->expected.recipe->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[i];
        const char *usual = line->pattern ? usual_name(inspection, line, folder, called) : NULL;
        if (usual && strcmp(usual, path) == 0) {
            return true;
        }
    }
    return false;
}

struct naming {         /* one emitted file that names those beside it */
    const char *folder; /* "" or ending in '/' */
    const char *text;
    size_t size;
};

static void entry_named(struct inspection *inspection, const struct naming *naming,
                        const struct expectation *line, const struct emit_entry *entry)
{
    struct arena *arena = inspection->arena;
    struct error error = {0};
    const char *called = NULL;
    if (entry->emitter->called(naming->text, naming->size, entry->options, arena, &called,
                               &error) != STATUS_OK) {
        inspection->failed = true;
        return;
    }
    const char *path = called ? arena_format(arena, "%s%s", naming->folder, called) : NULL;
    struct found_file *file = path ? found_find(inspection->found, path) : NULL;
    inspection->failed = inspection->failed || (called && !path);
    if (!file || name_is_usual(inspection, naming->folder, called, path)) {
        return;
    }
    const char *usual = usual_name(inspection, line, naming->folder, called);
    if (usual && !place_add(inspection, file, usual)) {
        inspection->failed = true;
    }
}

static void file_names(struct inspection *inspection, const struct found_file *file,
                       const struct emit_line *emit)
{
    struct source source = {0};
    struct error error = {0};
    size_t length = (size_t)(after_slash(file->path) - file->path);
    struct naming naming = {.folder = arena_slice(inspection->arena, file->path, length)};
    if (found_read(inspection->found, file, &source, &error) != STATUS_OK) {
        inspection->failed = inspection->failed || error_is_memory(&error);
        return; /* told when it is looked at */
    }
    naming.text = arena_slice(inspection->arena, (const char *)source.bytes, source.size);
    naming.size = source.size;
    source_release(&source);
    if (!naming.folder || !naming.text) {
        inspection->failed = true;
        return;
    }
    const struct recipe *recipe = inspection->expected.recipe;
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[i];
        bool takes = line->pattern && emit_line_takes(emit, recipe, line->line);
        for (size_t j = 0; takes && j < line->line->emit_count; j++) {
            if (line->line->emits[j].emitter == emit->emitter) {
                entry_named(inspection, &naming, line, &line->line->emits[j]);
            }
        }
    }
}

static bool place_there(const struct inspection *inspection, const struct found_file *file)
{
    for (size_t i = 0; i < inspection->place_count; i++) {
        if (inspection->places[i].file == file) {
            return true;
        }
    }
    return false;
}

enum status places_find(struct inspection *inspection, struct error *error)
{
    const struct recipe *recipe = inspection->expected.recipe;
    const struct found *found = inspection->found;
    inspection->places = NULL;
    inspection->place_count = inspection->place_capacity = 0;
    for (size_t i = 0; i < found->count; i++) {
        const char *name = after_slash(found->files[i].path);
        for (size_t j = 0; j < recipe->emit_count; j++) {
            const char *names_in = recipe->emits[j].emitter->names_in;
            if (names_in && strcmp(names_in, name) == 0) {
                file_names(inspection, &found->files[i], &recipe->emits[j]);
            }
        }
    }
    const size_t renamed = inspection->place_count;
    for (size_t i = 0; i < found->count; i++) {
        struct found_file *file = &found->files[i];
        if ((renamed == 0 || !place_there(inspection, file)) &&
            !place_add(inspection, file, file->path)) {
            inspection->failed = true;
        }
    }
    return inspection->failed ? error_memory(error) : STATUS_OK;
}
