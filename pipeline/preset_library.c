/* SPDX-License-Identifier: MIT
 * Where presets are found: the project's folder, then those built into the program. Knows files;
 * knows nothing of what a preset says. */
#include "preset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preset_embedded.h"
#include "suggest.h"
#include "text.h"

enum { FILE_LIMIT = 256 * 1024 }; /* bytes of one preset file */

static enum status file_failed(const char *path, struct error *error)
{
    enum status status = errno == ENOENT ? STATUS_MISSING : STATUS_FAILED;
    error_set(error, status, "cannot read the preset: %s", strerror(errno));
    return error_at(error, "%s", path);
}

static enum status descriptor_read(int descriptor, const char *path, struct buffer *text,
                                   struct error *error)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0) {
        return file_failed(path, error);
    }
    if (!S_ISREG(facts.st_mode)) {
        error_set(error, STATUS_USAGE, "is no plain file and so no preset");
        return error_at(error, "%s", path);
    }
    for (;;) {
        char *place = buffer_reserve(text, 16 * 1024);
        if (!place) {
            return error_memory(error);
        }
        ssize_t got = read(descriptor, place, 16 * 1024);
        if (got < 0 && errno != EINTR) {
            return file_failed(path, error);
        }
        if (got == 0) {
            return STATUS_OK;
        }
        text->size += got > 0 ? (size_t)got : 0;
        if (text->size > FILE_LIMIT) {
            error_set(error, STATUS_REFUSED, "a preset has at most %d bytes", (int)FILE_LIMIT);
            return error_at(error, "%s", path);
        }
    }
}

/* O_NONBLOCK: a named pipe is refused, not waited for. */
static enum status file_parse(const char *path, struct arena *arena, const struct preset **out,
                              struct error *error)
{
    struct buffer text = {.limit = FILE_LIMIT + 64 * 1024};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return file_failed(path, error);
    }
    enum status status = descriptor_read(descriptor, path, &text, error);
    if (status == STATUS_OK) {
        status = preset_parse(path, buffer_string(&text), text.size, arena, out, error);
    }
    close(descriptor);
    buffer_free(&text);
    return status;
}

/* "presets/web.json" for the project's folder "presets"; NULL when there is none such. */
static const char *folder_file(const struct preset_library *library, const char *name,
                               struct arena *arena)
{
    struct stat facts;
    if (!library || !library->folder) {
        return NULL;
    }
    const char *slash = text_ends(library->folder, "/") ? "" : "/";
    const char *path = arena_format(arena, "%s%s%s.json", library->folder, slash, name);
    return path && stat(path, &facts) == 0 ? path : NULL;
}

static enum status name_unknown(const struct preset_library *library, const char *name,
                                struct arena *arena, struct error *error)
{
    const char *const *names = NULL;
    struct buffer tail = {.limit = 4096}, shown = {.limit = 1024};
    struct error ignored = {0};
    if (preset_names(library, arena, &names, &ignored) == STATUS_OK) {
        suggest(&tail, name, suggest_listed, names);
    }
    text_printable(&shown, name);
    error_set(error, STATUS_USAGE, "unknown preset '%s'%s", buffer_string(&shown),
              buffer_string(&tail));
    buffer_free(&tail);
    buffer_free(&shown);
    return error->status;
}

enum status preset_read(const struct preset_library *library, const char *name_or_path,
                        struct arena *arena, const struct preset **out, struct error *error)
{
    if (strchr(name_or_path, '/') || text_ends(name_or_path, ".json")) {
        return file_parse(name_or_path, arena, out, error);
    }
    const char *path = folder_file(library, name_or_path, arena);
    if (path) {
        return file_parse(path, arena, out, error);
    }
    for (const struct preset_embedded *preset = preset_embedded; preset->name; preset++) {
        if (strcmp(preset->name, name_or_path) == 0) {
            const char *label = arena_format(arena, "built-in %s", preset->name);
            return label ? preset_parse(label, preset->text, preset->size, arena, out, error)
                         : error_memory(error);
        }
    }
    return name_unknown(library, name_or_path, arena, error);
}

static bool list_holds(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

struct name_list {
    const char **names;
    size_t count, capacity;
};

static bool list_add(struct name_list *list, struct arena *arena, const char *name, size_t size)
{
    const char *copy = arena_slice(arena, name, size);
    if (!copy || list_holds(list->names, list->count, copy)) {
        return copy != NULL;
    }
    const char **slot =
        arena_push(arena, &list->names, &list->count, &list->capacity, sizeof *slot);
    if (slot) {
        *slot = copy;
    }
    return slot != NULL;
}

static enum status folder_list(const char *folder, struct arena *arena, struct name_list *list,
                               struct error *error)
{
    DIR *directory = opendir(folder);
    if (!directory) {
        if (errno == ENOENT) {
            return STATUS_OK;
        }
        error_set(error, STATUS_FAILED, "cannot read the folder: %s", strerror(errno));
        return error_at(error, "%s", folder);
    }
    enum status status = STATUS_OK;
    for (struct dirent *entry; status == STATUS_OK && (entry = readdir(directory));) {
        const char *name = entry->d_name;
        bool preset = name[0] != '.' && text_ends(name, ".json") && !text_ends(name, "schema.json");
        if (preset && !list_add(list, arena, name, strlen(name) - strlen(".json"))) {
            status = error_memory(error);
        }
    }
    closedir(directory);
    return status;
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum status preset_names(const struct preset_library *library, struct arena *arena,
                         const char *const **out, struct error *error)
{
    struct name_list list = {0};
    if (library && library->folder) {
        enum status status = folder_list(library->folder, arena, &list, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (const struct preset_embedded *preset = preset_embedded; preset->name; preset++) {
        if (!list_add(&list, arena, preset->name, strlen(preset->name))) {
            return error_memory(error);
        }
    }
    if (list.count > 1) {
        qsort(list.names, list.count, sizeof *list.names, name_compare);
    }
    if (!arena_push(arena, &list.names, &list.count, &list.capacity, sizeof *list.names)) {
        return error_memory(error);
    }
    *out = list.names;
    return STATUS_OK;
}
