/* SPDX-License-Identifier: MIT
 * See found.h. */
#include "found.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "decode.h"
#include "image.h"
#include "memory.h"
#include "pool.h"

enum { FOUND_DEPTH = 32, FOUND_FILES = 200000 };

/* ---- Names ------------------------------------------------------------------------------------
 */

static enum status file_add(struct found *found, const char *path, int64_t bytes,
                            struct error *error)
{
    if (found->count == FOUND_FILES) {
        return error_set(error, STATUS_REFUSED, "holds more than %d files", (int)FOUND_FILES);
    }
    struct found_file *file =
        arena_push(found->arena, &found->files, &found->count, &found->capacity, sizeof(*file));
    if (!file || !path) {
        return error_memory(error);
    }
    *file = (struct found_file){.path = path, .bytes = bytes};
    return STATUS_OK;
}

static enum status folder_walk(struct found *found, const char *folder, int depth,
                               struct error *error);

static enum status entry_take(struct found *found, const char *folder, const char *name, int depth,
                              struct error *error)
{
    const char *path = arena_format(found->arena, "%s%s", folder, name);
    const char *whole = path ? found_path(found, path) : NULL;
    struct stat facts;
    if (!whole) {
        return error_memory(error);
    }
    if (lstat(whole, &facts) != 0) {
        return STATUS_OK; /* gone meanwhile */
    }
    if (S_ISDIR(facts.st_mode)) {
        path = arena_format(found->arena, "%s/", path);
        return path ? folder_walk(found, path, depth + 1, error) : error_memory(error);
    }
    if (S_ISLNK(facts.st_mode) && stat(whole, &facts) != 0) {
        return STATUS_OK;
    }
    return S_ISREG(facts.st_mode) ? file_add(found, path, facts.st_size, error) : STATUS_OK;
}

static enum status folder_walk(struct found *found, const char *folder, int depth,
                               struct error *error)
{
    const char *whole = found_path(found, folder);
    enum status status = STATUS_OK;
    struct dirent *entry;
    if (depth > FOUND_DEPTH) {
        return error_set(error, STATUS_REFUSED, "holds folders nested deeper than %d",
                         (int)FOUND_DEPTH);
    }
    DIR *directory = whole ? opendir(whole) : NULL;
    if (!directory) {
        return whole ? error_set(error, STATUS_FAILED, "cannot read the folder '%s': %s", whole,
                                 strerror(errno))
                     : error_memory(error);
    }
    while (status == STATUS_OK && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "node_modules") != 0) {
            status = entry_take(found, folder, entry->d_name, depth, error);
        }
    }
    (void)closedir(directory);
    return status;
}

static int paths_compare(const void *left, const void *right)
{
    const struct found_file *a = left, *b = right;
    return strcmp(a->path, b->path);
}

static enum status found_start(const char *path, const struct limits *limits, struct arena *arena,
                               struct found *out, struct error *error)
{
    char *whole = realpath(path, NULL);
    if (!whole) {
        return error_set(error,
                         errno == ENOENT || errno == ENOTDIR ? STATUS_MISSING : STATUS_FAILED, "%s",
                         errno == ENOENT ? "is not there" : strerror(errno));
    }
    *out = (struct found){.root = arena_text(arena, path),
                          .whole = arena_text(arena, whole),
                          .arena = arena,
                          .limits = limits};
    free(whole);
    return out->root && out->whole ? STATUS_OK : error_memory(error);
}

enum status found_folder(const char *path, const struct limits *limits, struct arena *arena,
                         struct found *out, struct error *error)
{
    struct found found;
    enum status status = found_start(path, limits, arena, &found, error);
    if (status == STATUS_OK) {
        status = folder_walk(&found, "", 0, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (found.count > 0) {
        qsort(found.files, found.count, sizeof(*found.files), paths_compare);
    }
    *out = found;
    return STATUS_OK;
}

enum status found_alone(const char *path, const struct limits *limits, struct arena *arena,
                        struct found *out, struct error *error)
{
    struct found found;
    struct stat facts;
    const char *slash = strrchr(path, '/');
    const char *folder = !slash          ? "."
                         : slash == path ? "/"
                                         : arena_slice(arena, path, (size_t)(slash - path));
    enum status status =
        folder ? found_start(folder, limits, arena, &found, error) : error_memory(error);
    if (status != STATUS_OK) {
        return status;
    }
    if (stat(path, &facts) != 0) {
        return error_set(error, errno == ENOENT ? STATUS_MISSING : STATUS_FAILED, "%s",
                         errno == ENOENT ? "is not there" : strerror(errno));
    }
    found.root = slash ? found.root : "";
    status = file_add(&found, arena_text(arena, slash ? slash + 1 : path), facts.st_size, error);
    if (status == STATUS_OK) {
        *out = found;
    }
    return status;
}

struct found_file *found_find(const struct found *found, const char *path)
{
    const struct found_file key = {.path = path};
    return found->count
               ? bsearch(&key, found->files, found->count, sizeof(*found->files), paths_compare)
               : NULL;
}

/* What stands before a path in the folder: "" for the one that we work in. */
static const char *root_before(const struct found *found, const char **slash)
{
    const char *root = strcmp(found->root, ".") == 0 ? "" : found->root;
    size_t length = strlen(root);
    *slash = length == 0 || root[length - 1] == '/' ? "" : "/";
    return root;
}

const char *found_path(const struct found *found, const char *path)
{
    const char *slash, *root = root_before(found, &slash);
    const char *whole = arena_format(found->arena, "%s%s%s", root, slash, path);
    return whole && !*whole ? "." : whole;
}

/* ---- What they hold ---------------------------------------------------------------------------
 */

static const struct stage *load_stage(void)
{
    const struct stage *const *stage = stage_list();
    while ((*stage)->kind != STAGE_LOAD) {
        stage++;
    }
    return *stage;
}

static bool span_holds(struct span span, const char *text)
{
    return span.size && memmem(span.bytes, span.size, text, strlen(text)) != NULL;
}

/* IPTC's newscodes: trainedAlgorithmicMedia, compositeWithTrainedAlgorithmicMedia and the like. */
static bool says_generated(struct span xmp)
{
    return span_holds(xmp, "DigitalSourceType") && span_holds(xmp, "lgorithmicMedia");
}

static unsigned metadata_of(const struct container *container)
{
    return (container->icc.size ? KEEP_ICC : 0u) | (container->exif.size ? KEEP_EXIF : 0u) |
           (container->xmp.size ? KEEP_XMP : 0u) | (container->iptc.size ? KEEP_IPTC : 0u) |
           (says_generated(container->xmp) ? KEEP_PROVENANCE : 0u);
}

static void upright(struct facts *facts)
{
    if (facts->orientation >= 5) {
        int width = facts->width;
        facts->width = facts->height;
        facts->height = width;
    }
}

static void broken_say(struct found_file *file, struct error *error)
{
    error->where[0] = '\0';
    (void)error_format(error, file->broken, sizeof(file->broken));
}

static enum status pixels_decode(struct found_file *file, const struct limits *limits,
                                 struct source *source, bool alone, struct error *error)
{
    const struct subject_input input = {.name = "main", .source = source, .facts = file->facts};
    VipsImage *image = NULL;
    image_work_begin(alone);
    enum status status = input_decode(&input, limits, false, 0, &image, error);
    if (status == STATUS_OK && file->facts.alpha) {
        status = image_alpha_used(image, &file->facts.alpha_used, error);
    }
    image_release(&image);
    image_work_end();
    return status;
}

static void pixels_look(struct found_file *file, const struct limits *limits, struct source *source,
                        bool *failed)
{
    struct error error = {0};
    enum status status = pixels_decode(file, limits, source, false, &error);
    if (status != STATUS_OK && !error_is_memory(&error)) { /* once more alone, for the words */
        error_clear(&error);
        status = pixels_decode(file, limits, source, true, &error);
    }
    *failed = error_is_memory(&error);
    file->decoded = status == STATUS_OK;
    file->facts.alpha_measured = file->decoded;
    if (status == STATUS_REFUSED || status == STATUS_FAILED) {
        broken_say(file, &error);
    }
}

/* False when memory was short, which is no fault of the file. */
static bool file_look_into(const struct found *found, struct found_file *file)
{
    struct source source = {0};
    struct error error = {0};
    bool failed = false;
    enum status status = found_read(found, file, &source, &error);
    if (status == STATUS_OK) {
        status = load_stage()->probe(&source, found->limits, &file->facts, &error);
        file->format = source.container.format;
        file->has = metadata_of(&source.container);
        file->known = file->facts.width > 0;
    }
    if (status == STATUS_OK) {
        pixels_look(file, found->limits, &source, &failed);
    } else if (status == STATUS_UNSUPPORTED) {
        snprintf(file->holds, sizeof(file->holds), "%.*s", (int)strcspn(error.message, ";"),
                 error.message);
    } else {
        broken_say(file, &error);
    }
    if (file->known) {
        upright(&file->facts);
    }
    source_release(&source);
    return !failed && !error_is_memory(&error);
}

struct look_task {
    struct pool_task task;
    const struct found *found;
    struct found_file *file;
    bool failed; /* memory was short: nothing is known of the file */
};

static void look_run(struct pool_task *task)
{
    struct look_task *look = (struct look_task *)task;
    look->failed = !file_look_into(look->found, look->file);
}

enum status found_look(const struct found *found, struct found_file *const *files, size_t count,
                       int threads, struct error *error)
{
    struct look_task *tasks = arena_array(found->arena, count + 1, sizeof(*tasks));
    struct pool *pool = NULL;
    if (!tasks) {
        return error_memory(error);
    }
    enum status status = pool_new(threads, image_thread_end, &pool, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!files[i]->looked) {
            files[i]->looked = true; /* twice in the list is looked at once */
            tasks[i] =
                (struct look_task){.task = {.run = look_run}, .found = found, .file = files[i]};
            pool_submit(pool, &tasks[i].task);
        }
    }
    pool_free(pool);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = tasks[i].failed ? error_memory(error) : STATUS_OK;
    }
    return status;
}

enum status found_read(const struct found *found, const struct found_file *file, struct source *out,
                       struct error *error)
{
    char path[4096];
    const char *slash, *root = root_before(found, &slash);
    int size = snprintf(path, sizeof(path), "%s%s%s", root, slash, file->path);
    if (size < 0 || (size_t)size >= sizeof(path)) {
        return error_set(error, STATUS_REFUSED, "has a path of more than %zu bytes", sizeof(path));
    }
    return source_read(out, path, found->limits, error);
}
