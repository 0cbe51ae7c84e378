/* SPDX-License-Identifier: MIT
 * Where a measurement goes, looked at before anything is measured: nothing is replaced that bench
 * did not make, and hours of runs do not end in a folder that cannot be written. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "file.h"
#include "json.h"

/* The folder and the name in it. */
struct place {
    const char *folder, *name;
};

static enum status place_of(struct bench *bench, const char *path, struct place *out,
                            struct error *error)
{
    const char *slash = strrchr(path, '/');
    *out = (struct place){".", slash ? slash + 1 : path};
    if (slash) {
        out->folder = arena_slice(bench->cli->arena, path, (size_t)(slash - path) + 1);
    }
    return out->folder ? STATUS_OK : error_memory(error);
}

static enum status place_write(const struct place *place, const struct buffer *text, bool keep,
                               struct error *error)
{
    struct folder *opened = NULL;
    struct pending_file *pending = NULL;
    if (buffer_failed(text)) {
        return error_memory(error);
    }
    enum status status = folder_open(place->folder, &opened, error);
    if (status == STATUS_OK) {
        status = file_write(opened, place->name, text->data, text->size, &pending, error);
    }
    if (status == STATUS_OK && keep) {
        status = files_place(&pending, 1, NULL, error);
    } else if (status == STATUS_OK) {
        files_abandon(&pending, 1);
    }
    folder_close(opened);
    return status;
}

enum status bench_write(const char *folder, const char *name, const struct buffer *text,
                        struct error *error)
{
    const struct place place = {folder, name};
    return place_write(&place, text, true, error);
}

/* A file is written under its temporary name and goes again. */
static enum status can_write(const struct place *place, struct error *error)
{
    const struct buffer nothing = {0};
    return place_write(place, &nothing, false, error);
}

enum status bench_save(struct bench *bench, const struct value *document, struct error *error)
{
    struct place place;
    struct buffer text = {0};
    enum status status = place_of(bench, bench->options->save, &place, error);
    json_write(&text, document);
    if (status == STATUS_OK) {
        status = place_write(&place, &text, true, error);
    }
    buffer_free(&text);
    return status;
}

/* ---- Before the first run ------------------------------------------------------------------- */

static enum status check_save(struct bench *bench, const char *path, struct error *error)
{
    struct place place;
    struct stat facts;
    if (place_of(bench, path, &place, error) != STATUS_OK) {
        return error->status;
    }
    if (stat(place.folder, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        return error_set(error, STATUS_USAGE, "'--save %s': there is no folder '%s'", path,
                         place.folder);
    }
    const bool there = stat(path, &facts) == 0;
    if (!*place.name || (there && S_ISDIR(facts.st_mode))) {
        return error_set(error, STATUS_USAGE, "'--save %s' is a folder, must be a file", path);
    }
    if (there && (!S_ISREG(facts.st_mode) ||
                  (facts.st_size > 0 && !bench_is_saved(bench->cli->arena, path)))) {
        return error_set(error, STATUS_REFUSED,
                         "'--save %s' would replace a file that is no measurement of bench", path);
    }
    return can_write(&place, error);
}

/* Ours begin with their title. */
static bool is_ours(const char *path)
{
    char head[4096];
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (descriptor < 0) {
        return errno == ENOENT;
    }
    const ssize_t got = read(descriptor, head, sizeof head - 1);
    close(descriptor);
    head[got > 0 ? got : 0] = '\0';
    return got == 0 || strstr(head, "<title>" BENCH_TITLE);
}

static enum status check_page(struct bench *bench, const char *folder, struct error *error)
{
    struct stat facts;
    if (stat(folder, &facts) == 0 && !S_ISDIR(facts.st_mode)) {
        return error_set(error, STATUS_USAGE, "'--out %s' is no folder", folder);
    }
    for (size_t i = 0; bench_files[i]; i++) {
        const char *path = arena_joined(bench->cli->arena, folder, "/", bench_files[i]);
        if (!path) {
            return error_memory(error);
        }
        if (!is_ours(path)) {
            return error_set(error, STATUS_REFUSED,
                             "'--out %s' would replace '%s', which is not made by bench", folder,
                             path);
        }
    }
    const struct place place = {folder, bench_files[0]};
    return can_write(&place, error);
}

enum status bench_places_check(struct bench *bench, struct error *error)
{
    const struct bench_options *options = bench->options;
    enum status status = STATUS_OK;
    if (*options->compare) {
        status = bench_saved_read(bench->cli->arena, options->compare, &bench->saved, error);
    }
    if (status == STATUS_OK && bench->saved) {
        status = bench_same_request(bench, error);
    }
    if (status == STATUS_OK && *options->page) {
        status = check_page(bench, options->page, error);
    }
    if (status == STATUS_OK && *options->save) {
        status = check_save(bench, options->save, error);
    }
    return status;
}
