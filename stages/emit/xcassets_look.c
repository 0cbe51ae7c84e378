/* SPDX-License-Identifier: MIT
 * A Contents.json that lies there: does it name just the files beside it, and say of them what is
 * so? */
#include "xcassets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "text.h"

/* Points times density, where an entry says both: "83.5x83.5" and "2x". */
static bool entry_pixels(const struct value *entry, int *width, int *height)
{
    const char *size = look_text(entry, "size"), *scale = look_text(entry, "scale");
    const char *times = size ? strchr(size, 'x') : NULL;
    struct buffer first = {0};
    double across = 0, down = 0, density = scale ? strtod(scale, NULL) : 1;
    if (times) {
        buffer_bytes(&first, size, (size_t)(times - size));
    }
    bool known = times && text_to_double(buffer_string(&first), &across) &&
                 text_to_double(times + 1, &down) && density > 0;
    buffer_free(&first);
    *width = (int)lround(across * density);
    *height = (int)lround(down * density);
    return known;
}

static void image_inspect(const struct emit_inspection *inspection, const char *folder,
                          const struct value *entry)
{
    struct arena *arena = inspection->arena;
    const char *name = look_text(entry, "filename");
    const char *path = name ? arena_format(arena, "%s%s", folder, name) : NULL;
    const struct emit_found *found = path ? look_file(inspection, path, name) : NULL;
    int width = 0, height = 0;
    if (found && found->width > 0 && entry_pixels(entry, &width, &height) &&
        (found->width != width || found->height != height)) {
        const char *stated = arena_format(arena, "%dx%d px", width, height);
        const char *is = arena_format(arena, "%dx%d", found->width, found->height);
        if (stated && is) {
            look_stated(inspection, found, stated, is);
        }
    }
}

/* Layers and assets are folders, and each has a Contents.json of its own. */
static void child_inspect(const struct emit_inspection *inspection, const char *folder,
                          const struct value *entry)
{
    const char *name = look_text(entry, "filename");
    const char *path =
        name ? arena_format(inspection->arena, "%s%s/" CATALOGUE_CONTENTS, folder, name) : NULL;
    if (path) {
        (void)look_file(inspection, path, name);
    }
}

static bool list_names(const struct value *list, const char *name)
{
    for (size_t i = 0; list && list->type == VALUE_LIST && i < list->list.count; i++) {
        const char *other = look_text(list->list.items[i], "filename");
        if (other && strcmp(other, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Xcode warns of each as an unassigned child. */
static void unnamed_inspect(const struct emit_inspection *inspection, const char *folder,
                            const struct value *images)
{
    for (const char *const *path = inspection->list(inspection, folder); *path; path++) {
        const char *name = *path + strlen(folder);
        if (strcmp(name, CATALOGUE_CONTENTS) != 0 && !list_names(images, name)) {
            const char *wrong = arena_format(inspection->arena, "does not name '%s'", name);
            if (wrong) {
                inspection->fault(inspection, EMIT_UNNAMED, *path, wrong,
                                  "must name each file beside it");
            }
        }
    }
}

/* The first member of `wanted` that an entry has otherwise or not at all. What size and scale say
 * together is held against the pixels. */
static const struct member *entry_lacks(const struct value *entry, const struct value *wanted)
{
    int width, height;
    bool sized = entry_pixels(wanted, &width, &height);
    for (size_t i = 0; i < wanted->object.count; i++) {
        const struct member *member = &wanted->object.members[i];
        const struct value *other = value_get(entry, member->key);
        bool pixels =
            sized && (strcmp(member->key, "size") == 0 || strcmp(member->key, "scale") == 0);
        if (!pixels && !(other && value_equal(other, member->value))) {
            return member;
        }
    }
    return NULL;
}

/* Of the entries that name the file one must say all that is wanted; else the first one is told. */
static void entry_inspect(const struct emit_inspection *inspection, const char *folder,
                          const struct value *images, const struct value *wanted)
{
    const char *name = look_text(wanted, "filename");
    const struct member *lack = NULL;
    const struct value *told = NULL;
    for (size_t i = 0; i < images->list.count; i++) {
        const struct value *entry = images->list.items[i];
        const char *other = look_text(entry, "filename");
        const struct member *found =
            other && strcmp(other, name) == 0 ? entry_lacks(entry, wanted) : NULL;
        if (other && strcmp(other, name) == 0 && !found) {
            return;
        }
        told = lack || !found ? told : value_get(entry, found->key);
        lack = lack ? lack : found;
    }
    struct buffer wrong = {0}, allowed = {0};
    if (lack) {
        buffer_format(&wrong, told ? "says that '%s' has %s " : "says of '%s' no %s", name,
                      lack->key);
        if (told) {
            value_brief(&wrong, told);
        }
        buffer_text(&allowed, "must be ");
        value_brief(&allowed, lack->value);
        const char *path = arena_format(inspection->arena, "%s%s", folder, name);
        if (path && !buffer_failed(&wrong) && !buffer_failed(&allowed)) {
            inspection->fault(inspection, EMIT_STATED, path, wrong.data, allowed.data);
        }
    }
    buffer_free(&wrong);
    buffer_free(&allowed);
}

/* Idiom, appearance, gamut and the like cannot be read off a picture: they are as we would say. */
static void entries_inspect(const struct emit_inspection *inspection, const char *folder,
                            const struct value *images)
{
    const struct value *expected = look_expected(inspection);
    const struct value *wanted = expected ? value_get(expected, "images") : NULL;
    bool lists = images && images->type == VALUE_LIST && wanted;
    for (size_t i = 0; lists && i < wanted->list.count; i++) {
        entry_inspect(inspection, folder, images, wanted->list.items[i]);
    }
}

/* Layers and assets that lie beside it and that we would name. */
static void children_inspect(const struct emit_inspection *inspection, const char *folder,
                             const struct value *list, const struct value *wanted)
{
    for (size_t i = 0; wanted && i < wanted->list.count; i++) {
        const char *name = look_text(wanted->list.items[i], "filename");
        const char *path =
            name ? arena_format(inspection->arena, "%s%s/" CATALOGUE_CONTENTS, folder, name) : NULL;
        if (path && inspection->look(inspection, path) && !list_names(list, name)) {
            inspection->fault(inspection, EMIT_UNNAMED, NULL,
                              arena_format(inspection->arena, "does not name '%s'", name),
                              "must name it");
        }
    }
}

/* Xcode knows one version of the format. */
static void version_inspect(const struct emit_inspection *inspection, const struct value *info)
{
    const struct value *version = info ? value_get(info, "version") : NULL;
    if (!version || version->type != VALUE_INT || version->integer != 1) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "has no 'info' of version 1",
                          "must have it");
    }
}

enum status catalogue_inspect(const struct emit_inspection *inspection, struct error *error)
{
    static const struct {
        const char *key;
        void (*inspect)(const struct emit_inspection *inspection, const char *folder,
                        const struct value *entry);
    } lists[] = {{"images", image_inspect}, {"layers", child_inspect}, {"assets", child_inspect}};
    const struct value *document = look_json(inspection);
    const char *folder =
        arena_slice(inspection->arena, inspection->path, catalogue_folder_length(inspection->path));
    if (!folder) {
        return error_memory(error);
    }
    for (size_t i = 0; document && i < sizeof lists / sizeof *lists; i++) {
        const struct value *list = value_get(document, lists[i].key);
        for (size_t j = 0; list && list->type == VALUE_LIST && j < list->list.count; j++) {
            lists[i].inspect(inspection, folder, list->list.items[j]);
        }
    }
    const struct value *expected = document ? look_expected(inspection) : NULL;
    for (size_t i = 1; expected && i < sizeof lists / sizeof *lists; i++) {
        children_inspect(inspection, folder, value_get(document, lists[i].key),
                         value_get(expected, lists[i].key));
    }
    if (document) {
        version_inspect(inspection, value_get(document, "info"));
    }
    if (document && catalogue_holds_images(folder)) {
        unnamed_inspect(inspection, folder, value_get(document, "images"));
        entries_inspect(inspection, folder, value_get(document, "images"));
    }
    return STATUS_OK;
}
