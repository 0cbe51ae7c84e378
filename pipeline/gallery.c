/* SPDX-License-Identifier: MIT
 * See gallery.h. From records or a manifest alone: no rendition is opened. */
#include "gallery.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emitter.h"
#include "json.h"
#include "lost.h"
#include "memory.h"
#include "project.h"
#include "text.h"

enum { MANIFEST_BYTES_MAX = 64 * 1024 * 1024 };

struct shown {
    struct arena *arena;
    const char *from; /* the root, seen from the page's folder: "" or ending in '/' */
    struct folder *root;
    struct store_sets stored;
    struct gallery_set *sets;
    size_t count, capacity;
};

/* ---- The sets ------------------------------------------------------------------------------- */

/* Below the root, the folder of a set's preset: the record's paths begin there, the store's at the
 * root. */
static const char *folder_of(const struct shown *shown, const struct store_set *stored,
                             const struct record_set *set)
{
    for (size_t i = 0; stored && i < set->rendition_count; i++) {
        const char *path = set->renditions[i].path;
        for (size_t j = 0; path && j < stored->file_count; j++) {
            const char *whole = stored->files[j].path;
            if (!stored->files[j].emitted && text_ends(whole, path)) {
                const char *below = arena_slice(shown->arena, whole, strlen(whole) - strlen(path));
                return below ? arena_format(shown->arena, "%s%s", shown->from, below) : NULL;
            }
        }
    }
    return shown->from;
}

static enum status take_record(void *data, const char *source, const char *recipe,
                               const char *record, struct error *error)
{
    struct shown *shown = data;
    const struct value *value = NULL;
    const struct store_set *stored = store_find(&shown->stored, source, recipe);
    bool shared = !*source; /* what several images share */
    if (shared || (stored && lost_find(shown->root, stored).rendition)) {
        return STATUS_OK;
    }
    struct record_set *set = arena_alloc(shown->arena, sizeof(*set));
    struct gallery_set *slot =
        arena_push(shown->arena, &shown->sets, &shown->count, &shown->capacity, sizeof(*slot));
    if (!set || !slot) {
        return error_memory(error);
    }
    enum status status = json_parse(shown->arena, record, strlen(record), &value, error);
    if (status == STATUS_OK) {
        status = record_from_value(value, shown->arena, set, error);
    }
    if (status == STATUS_OK) {
        slot->set = set;
        slot->folder = folder_of(shown, stored, set);
        status = slot->folder ? STATUS_OK : error_memory(error);
    }
    return status;
}

static int set_compare(const void *left, const void *right)
{
    const struct record_set *a = ((const struct gallery_set *)left)->set;
    const struct record_set *b = ((const struct gallery_set *)right)->set;
    int order = strcmp(a->source.path, b->source.path);
    order = order ? order : strcmp(a->source.name, b->source.name);
    return order ? order : strcmp(a->preset, b->preset);
}

static void summarize(const struct shown *shown, struct gallery_summary *summary)
{
    *summary = (struct gallery_summary){.sets = shown->count};
    for (size_t i = 0; i < shown->count; i++) {
        const struct record_set *set = shown->sets[i].set;
        const struct record_set *before = i > 0 ? shown->sets[i - 1].set : NULL;
        summary->images += !before || strcmp(before->source.path, set->source.path) != 0 ||
                           strcmp(before->source.name, set->source.name) != 0;
        summary->renditions += set->rendition_count;
        for (size_t r = 0; r < set->rendition_count; r++) {
            summary->bytes += set->renditions[r].bytes;
        }
    }
}

/* ---- The sets of a manifest ---------------------------------------------------------------------
 */

static const struct value *member_of(const struct value *object, const char *key,
                                     enum value_type type)
{
    const struct value *value = object ? value_get(object, key) : NULL;
    return value && value->type == type ? value : NULL;
}

/* What the page reads without asking. */
static bool told_well(const struct value *set)
{
    static const char *const numbers[] = {"width", "height", "bytes"};
    static const char *const texts[] = {"format", "preset", "output", "input"};
    static const char *const lists[] = {"reasons", "warnings"};
    const struct value *source = member_of(set, "source", VALUE_OBJECT);
    const struct value *renditions = member_of(set, "renditions", VALUE_LIST);
    bool well = member_of(set, "preset", VALUE_TEXT) && member_of(source, "path", VALUE_TEXT) &&
                member_of(source, "hash", VALUE_TEXT) && renditions;
    for (size_t i = 0; well && i < renditions->list.count; i++) {
        const struct value *rendition = renditions->list.items[i];
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {
            well = well && member_of(rendition, numbers[j], VALUE_INT);
        }
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            well = well && member_of(rendition, texts[j], VALUE_TEXT);
        }
        for (size_t j = 0; j < sizeof lists / sizeof *lists; j++) {
            well = well &&
                   (!value_get(rendition, lists[j]) || member_of(rendition, lists[j], VALUE_LIST));
        }
    }
    return well;
}

/* Does every file lie there that the set names? */
static bool told_is_whole(const struct shown *shown, const struct value *set)
{
    const struct value *renditions = value_get(set, "renditions");
    for (size_t i = 0; i < renditions->list.count; i++) {
        const struct value *path = member_of(renditions->list.items[i], "path", VALUE_TEXT);
        struct file_facts facts = {0};
        struct error ignored = {0};
        if (path && file_look(shown->root, path->text, &facts, &ignored) == STATUS_OK &&
            !facts.exists) {
            return false;
        }
    }
    return true;
}

static void summarize_told(const struct value *set, const char **before,
                           struct gallery_summary *summary)
{
    const struct value *renditions = value_get(set, "renditions");
    const char *path = value_get(value_get(set, "source"), "path")->text;
    summary->sets++;
    summary->images += !*before || strcmp(*before, path) != 0;
    *before = path;
    for (size_t i = 0; i < renditions->list.count; i++) {
        summary->renditions++;
        summary->bytes += value_get(renditions->list.items[i], "bytes")->integer;
    }
}

static enum status take_manifest(struct shown *shown, const char *file,
                                 struct gallery_summary *summary, struct error *error)
{
    struct buffer text = {.limit = MANIFEST_BYTES_MAX + 1};
    const struct value *document = NULL;
    const char *before = NULL;
    enum status status = project_file_read(file, MANIFEST_BYTES_MAX, &text, error);
    if (status == STATUS_OK) {
        status = json_parse(shown->arena, buffer_string(&text), text.size, &document, error);
    }
    buffer_free(&text);
    const struct value *sets = member_of(document, "sets", VALUE_LIST);
    bool ours = member_of(document, "schema", VALUE_TEXT) &&
                text_starts(value_get(document, "schema")->text, "picset/manifest/");
    if (status == STATUS_OK && (!ours || !sets)) {
        return error_set(error, STATUS_REFUSED, "is no manifest of picset's");
    }
    for (size_t i = 0; status == STATUS_OK && i < sets->list.count; i++) {
        if (!told_well(sets->list.items[i])) {
            return error_set(error, STATUS_REFUSED, "/sets/%zu is not as picset writes it", i);
        }
        if (!told_is_whole(shown, sets->list.items[i])) {
            continue;
        }
        struct gallery_set *slot =
            arena_push(shown->arena, &shown->sets, &shown->count, &shown->capacity, sizeof(*slot));
        if (!slot) {
            return error_memory(error);
        }
        *slot = (struct gallery_set){.told = sets->list.items[i], .folder = shown->from};
        summarize_told(slot->told, &before, summary);
    }
    return status;
}

/* ---- The page's place -------------------------------------------------------------------------
 */

/* From one absolute folder to another: "", "web/", "../img/". */
static const char *path_between(const char *from, const char *to, struct arena *arena)
{
    size_t common = 0; /* both with a '/' at their end, up to one of them */
    const char *a = arena_format(arena, "%s/", strcmp(from, "/") == 0 ? "" : from);
    const char *b = arena_format(arena, "%s/", strcmp(to, "/") == 0 ? "" : to);
    struct buffer path = {0};
    if (!a || !b) {
        return NULL;
    }
    for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
        common = a[i] == '/' ? i + 1 : common;
    }
    for (const char *rest = a + common; (rest = strchr(rest, '/')); rest++) {
        buffer_text(&path, "../");
    }
    buffer_text(&path, b + common);
    const char *text = buffer_failed(&path) ? NULL : arena_text(arena, buffer_string(&path));
    buffer_free(&path);
    return text;
}

/* The folder and the name of a file's path. */
static bool page_split(const char *page, struct arena *arena, const char **folder,
                       const char **name)
{
    const char *slash = strrchr(page, '/');
    *folder = slash ? arena_slice(arena, page, slash == page ? 1 : (size_t)(slash - page)) : ".";
    *name = slash ? slash + 1 : page;
    return *folder != NULL;
}

/* Whoever wrote index.html by hand keeps it. */
static enum status page_may_be_replaced(const char *page, struct error *error)
{
    char start[2048];
    int file = open(page, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0 && errno == ENOENT) {
        return STATUS_OK;
    }
    ssize_t size = file < 0 ? -1 : read(file, start, sizeof start);
    if (file >= 0) {
        close(file);
    }
    return size >= 0 && gallery_is_ours(start, (size_t)size)
               ? STATUS_OK
               : error_set(error, STATUS_REFUSED,
                           "'%s' is there and no report of picset's: it is not replaced; choose "
                           "another name with --out, or remove it",
                           page);
}

static enum status page_write(const char *folder_path, const char *name, const struct buffer *text,
                              struct error *error)
{
    struct folder *folder = NULL;
    struct pending_file *pending = NULL;
    enum status status = folder_open(folder_path, &folder, error);
    if (status == STATUS_OK) {
        status = file_write(folder, name, buffer_string(text), text->size, &pending, error);
    }
    if (status == STATUS_OK) {
        status = files_place(&pending, 1, NULL, error);
    }
    folder_close(folder);
    return status;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static enum status shown_write(struct shown *shown, const char *root, const char *page,
                               struct error *error)
{
    const char *folder = NULL, *name = NULL;
    struct buffer text = {0};
    const struct gallery gallery = {
        .title = strrchr(root, '/') + 1, .sets = shown->sets, .set_count = shown->count};
    if (!page) {
        return STATUS_OK;
    }
    if (!page_split(page, shown->arena, &folder, &name)) {
        return error_memory(error);
    }
    enum status status = page_may_be_replaced(page, error);
    if (status == STATUS_OK) {
        status = gallery_page(&gallery, &text, error);
    }
    if (status == STATUS_OK) {
        status = page_write(folder, name, &text, error);
    }
    buffer_free(&text);
    return status;
}

static enum status shown_from(struct shown *shown, const char *root, const char *page,
                              struct error *error)
{
    const char *folder = NULL, *name = NULL;
    char whole[PATH_MAX];
    if (!page) {
        shown->from = "";
        return STATUS_OK;
    }
    if (!page_split(page, shown->arena, &folder, &name)) {
        return error_memory(error);
    }
    if (!*name || folder_make(folder, error) != STATUS_OK) {
        return *name ? error->status
                     : error_set(error, STATUS_USAGE, "'%s' names a folder, not a file", page);
    }
    if (!realpath(folder, whole)) {
        return error_set(error, STATUS_FAILED, "cannot find '%s': %s", folder, strerror(errno));
    }
    shown->from = path_between(whole, root, shown->arena);
    return shown->from ? STATUS_OK : error_memory(error);
}

enum status gallery_write(struct store *store, const char *root, const char *page,
                          struct gallery_summary *summary, struct error *error)
{
    struct shown shown = {.arena = arena_new()};
    char whole[PATH_MAX];
    if (!shown.arena) {
        return error_memory(error);
    }
    if (!realpath(root, whole)) {
        arena_free(shown.arena);
        return error_set(error, STATUS_MISSING, "no such folder '%s'", root);
    }
    enum status status = folder_open(whole, &shown.root, error);
    if (status == STATUS_OK) {
        status = store_load(store, whole, shown.arena, &shown.stored, error);
    }
    if (status == STATUS_OK && shown.stored.count > 0) {
        status = shown_from(&shown, whole, page, error);
    }
    if (status == STATUS_OK && shown.stored.count > 0) {
        status = store_records(store, whole, take_record, &shown, error);
    }
    if (status == STATUS_OK && shown.count > 0) {
        qsort(shown.sets, shown.count, sizeof(*shown.sets), set_compare);
        status = shown_write(&shown, whole, page, error);
    }
    if (status == STATUS_OK) {
        summarize(&shown, summary);
    }
    folder_close(shown.root);
    arena_free(shown.arena);
    return status;
}

enum status gallery_write_manifest(const char *root, const char *page,
                                   struct gallery_summary *summary, struct error *error)
{
    struct shown shown = {.arena = arena_new()};
    struct gallery_summary told = {0};
    char whole[PATH_MAX];
    const char *file = shown.arena ? arena_format(shown.arena, "%s/manifest.json", root) : NULL;
    enum status status = file ? STATUS_OK : error_memory(error);
    bool there = file && access(file, F_OK) == 0 && realpath(root, whole);
    if (there) {
        status = folder_open(whole, &shown.root, error);
        if (status == STATUS_OK) {
            status = shown_from(&shown, whole, page, error);
        }
        if (status == STATUS_OK && take_manifest(&shown, file, &told, error) != STATUS_OK) {
            status = error_at(error, "%s", file);
        }
        if (status == STATUS_OK && shown.count > 0) {
            status = shown_write(&shown, whole, page, error);
        }
    }
    if (status == STATUS_OK) {
        *summary = told;
    }
    folder_close(shown.root);
    arena_free(shown.arena);
    return status;
}
