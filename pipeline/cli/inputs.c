/* SPDX-License-Identifier: MIT
 * See inputs.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "files_from.h"
#include "glob.h"
#include "inputs.h"
#include "memory.h"

/* Formats that cannot be read are here too: better refused by name than left out in silence. */
static const char *const image_extensions[] = {"jpg", "jpeg", "jpe",  "jfif", "png",  "apng",
                                               "gif", "webp", "avif", "heic", "heif", "jxl",
                                               "tif", "tiff", "bmp",  "svg",  NULL};

enum { depth_max = 128 };

struct walk {
    const struct inputs_request *request;
    struct arena *arena;
    struct inputs *inputs;
    const char *out; /* real path of the output folder; NULL: none yet */
    bool filter;     /* only what looks like an image */
};

bool input_looks_like_image(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (const char *const *extension = image_extensions; dot && *extension; extension++) {
        if (strcasecmp(dot + 1, *extension) == 0) {
            return true;
        }
    }
    return false;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *join(struct arena *arena, const char *folder, const char *name)
{
    if (strcmp(folder, ".") == 0) {
        return arena_text(arena, name);
    }
    bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
    return arena_joined(arena, folder, slash ? "" : "/", name);
}

/* realpath into the arena; NULL with errno set. */
static const char *real_path(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    const char *copy = real ? arena_text(arena, real) : NULL;
    int code = real ? ENOMEM : errno;
    free(real);
    errno = code;
    return copy;
}

/* The folder's real path and the name as it stands, so that a link keeps a name of its own. */
static const char *real_name(struct arena *arena, const char *path)
{
    const char *name = base_name(path);
    const char *folder = name == path       ? "."
                         : name == path + 1 ? "/"
                                            : arena_slice(arena, path, (size_t)(name - path) - 1);
    const char *real = folder ? real_path(arena, folder) : NULL;
    return real ? join(arena, real, name) : NULL;
}

static enum status add(struct walk *walk, const char *path, const char *dir, const char *real,
                       bool found, struct error *error)
{
    struct inputs *inputs = walk->inputs;
    const char *name = base_name(path), *dot = strrchr(name, '.');
    struct input *input =
        arena_push(walk->arena, &inputs->list, &inputs->count, &inputs->capacity, sizeof(*input));
    const char *stem = dot && dot != name ? arena_slice(walk->arena, name, (size_t)(dot - name))
                                          : arena_text(walk->arena, name);
    if (!input || !stem || !path || !dir || !real) {
        return error_memory(error);
    }
    *input = (struct input){path, stem, dir, real, found};
    return STATUS_OK;
}

/* ---- Folders -------------------------------------------------------------------------------- */

enum entry { ENTRY_OTHER, ENTRY_FILE, ENTRY_FOLDER, ENTRY_LINKED_FOLDER };

struct named {
    const char *name;
    unsigned char type; /* as the folder tells; DT_UNKNOWN: it does not */
};

struct listing {
    struct named *list;
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* The names in a folder, sorted bytewise: the same on every machine. */
static enum status read_folder(struct arena *arena, const char *path, struct listing *out,
                               struct error *error)
{
    struct listing listing = {0};
    struct dirent *entry;
    DIR *folder = opendir(path);
    if (!folder) {
        return error_set(error, STATUS_FAILED, "could not read the folder '%s': %s", path,
                         strerror(errno));
    }
    enum status status = STATUS_OK;
    while ((errno = 0, entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        struct named *slot =
            arena_push(arena, &listing.list, &listing.count, &listing.capacity, sizeof(*slot));
        const char *name = arena_text(arena, entry->d_name);
        if (!slot || !name) {
            status = error_memory(error);
            goto out;
        }
        *slot = (struct named){name, entry->d_type};
    }
    if (errno) {
        status = error_set(error, STATUS_FAILED, "could not read the folder '%s': %s", path,
                           strerror(errno));
        goto out;
    }
    if (listing.count > 0) {
        qsort(listing.list, listing.count, sizeof(*listing.list), compare_names);
    }
    *out = listing;
out:
    (void)closedir(folder);
    return status;
}

/* One folder of a walk: as written, as it really is, and as ${dir}. */
struct place {
    const char *path, *real, *dir;
};

static bool place_into(struct arena *arena, const struct place *place, const char *name,
                       struct place *out)
{
    out->path = join(arena, place->path, name);
    out->real = join(arena, place->real, name);
    out->dir = arena_joined(arena, place->dir, name, "/");
    return out->path && out->real && out->dir;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static enum status take_found(struct walk *walk, const struct place *place, const char *name,
                              struct error *error)
{
    const char *real = join(walk->arena, place->real, name);
    if (!real) {
        return error_memory(error);
    }
    if (walk->filter && !input_looks_like_image(name)) {
        walk->inputs->others++;
        return STATUS_OK;
    }
    if (walk->request->made && walk->request->made(walk->request->data, real)) {
        walk->inputs->ours++;
        return STATUS_OK;
    }
    return add(walk, join(walk->arena, place->path, name), place->dir, real, true, error);
}

static enum entry look(const char *path)
{
    struct stat facts, target;
    if (lstat(path, &facts) != 0) {
        return ENTRY_OTHER;
    }
    target = facts;
    if (S_ISLNK(facts.st_mode) && stat(path, &target) != 0) {
        return ENTRY_OTHER;
    }
    if (S_ISDIR(target.st_mode)) {
        return S_ISLNK(facts.st_mode) ? ENTRY_LINKED_FOLDER : ENTRY_FOLDER;
    }
    return S_ISREG(target.st_mode) ? ENTRY_FILE : ENTRY_OTHER;
}

/* The output folder is no place for sources, unless the user walks right there. */
static bool skip_folder(struct walk *walk, const struct place *place)
{
    if (walk->out && is_below(place->real, walk->out)) {
        walk->inputs->ours++;
        return true;
    }
    return false;
}

/* What a name stands for, and its place when it is a folder. */
static enum status look_at(struct walk *walk, const struct place *place, const struct named *named,
                           enum entry *entry, struct place *inner, struct error *error)
{
    *entry = named->type == DT_REG ? ENTRY_FILE : ENTRY_OTHER;
    if (named->type == DT_REG) {
        return STATUS_OK;
    }
    if (!place_into(walk->arena, place, named->name, inner)) {
        return error_memory(error);
    }
    *entry = named->type == DT_DIR ? ENTRY_FOLDER : look(inner->path);
    return STATUS_OK;
}

static enum status walk_folder(struct walk *walk, const struct place *place,
                               const char *const *segments, size_t count, int depth,
                               struct error *error);

/* Matches `segments` against the names in a folder and what lies below. A folder given by name is
 * the segments "**" and "*". Links to folders are followed where a segment names them, not by a
 * pattern: they may lead in a circle. */
static enum status walk_names(struct walk *walk, const struct place *place,
                              const struct listing *names, const char *const *segments,
                              size_t count, int depth, struct error *error)
{
    bool any = glob_any_folders(segments[0]);
    if (any && count > 1 &&
        walk_names(walk, place, names, segments + 1, count - 1, depth, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->list[i].name;
        struct place inner;
        enum entry entry;
        if (any ? name[0] == '.' : !glob_matches(segments[0], name)) {
            continue;
        }
        if (look_at(walk, place, &names->list[i], &entry, &inner, error) != STATUS_OK) {
            return error->status;
        }
        bool follow = entry == ENTRY_LINKED_FOLDER && !glob_is_pattern(segments[0]);
        if (follow && !(inner.real = real_path(walk->arena, inner.path))) {
            return error_memory(error);
        }
        enum status status = STATUS_OK;
        if (entry == ENTRY_FILE && count == 1) {
            status = take_found(walk, place, name, error);
        } else if (entry == ENTRY_FOLDER || follow) {
            size_t used = any ? 0 : 1;
            if (count > used && !skip_folder(walk, &inner)) {
                status = walk_folder(walk, &inner, segments + used, count - used, depth + 1, error);
            }
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status walk_folder(struct walk *walk, const struct place *place,
                               const char *const *segments, size_t count, int depth,
                               struct error *error)
{
    struct listing names = {0};
    if (depth > depth_max) {
        return error_set(error, STATUS_REFUSED, "folders lie deeper than %d in each other: '%s'",
                         depth_max, place->path);
    }
    return read_folder(walk->arena, place->path, &names, error) == STATUS_OK
               ? walk_names(walk, place, &names, segments, count, depth, error)
               : error->status;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->path, ((const struct input *)b)->path);
}

static enum status walk_from(struct walk *walk, const char *folder, const char *const *segments,
                             size_t count, struct error *error)
{
    size_t first = walk->inputs->count;
    struct place place = {folder, real_path(walk->arena, folder), ""};
    if (!place.real) {
        return errno == ENOENT || errno == ENOTDIR
                   ? STATUS_OK
                   : error_set(error, STATUS_FAILED, "could not read the folder '%s': %s", folder,
                               strerror(errno));
    }
    const char *out = walk->out;
    walk->out = out && is_below(place.real, out) ? NULL : out;
    enum status status = walk_folder(walk, &place, segments, count, 0, error);
    walk->out = out;
    if (status == STATUS_OK && walk->inputs->count > first) {
        qsort(walk->inputs->list + first, walk->inputs->count - first, sizeof(struct input),
              compare_paths);
    }
    return status;
}

/* ---- Words ---------------------------------------------------------------------------------- */

/* Says what was there instead, when a walk found no image. */
static enum status nothing_found(const struct inputs *before, const struct walk *walk,
                                 const char *what, const char *word, struct error *error)
{
    size_t others = walk->inputs->others - before->others;
    size_t ours = walk->inputs->ours - before->ours;
    return error_set(error, STATUS_MISSING, "%s '%s'%s%s", what, word,
                     others ? "; other files were left out" : "",
                     ours ? "; what picset made itself was left out" : "");
}

static enum status take_folder(struct walk *walk, const char *word, struct error *error)
{
    static const char *const all[] = {"**", "*", NULL};
    struct inputs before = *walk->inputs;
    size_t length = strlen(word);
    while (length > 1 && word[length - 1] == '/') {
        length--;
    }
    const char *folder = arena_slice(walk->arena, word, length);
    if (!folder) {
        return error_memory(error);
    }
    if (!walk->request->recursive) {
        return error_set(error, STATUS_USAGE, "'%s' is a folder; add -r to take the images in it",
                         word);
    }
    walk->filter = true;
    if (walk_from(walk, folder, all, 2, error) != STATUS_OK) {
        return error->status;
    }
    return walk->inputs->count > before.count
               ? STATUS_OK
               : nothing_found(&before, walk, "no image in folder", word, error);
}

static enum status take_pattern(struct walk *walk, const char *word, struct error *error)
{
    const char *const *patterns = NULL;
    size_t count = 0;
    struct inputs before = *walk->inputs;
    if (glob_expand(word, walk->arena, &patterns, &count, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < count; i++) {
        struct glob glob;
        if (glob_split(patterns[i], walk->arena, &glob, error) != STATUS_OK) {
            return error->status;
        }
        if (glob.count == 0) {
            continue;
        }
        const char *last = glob.segments[glob.count - 1];
        walk->filter = last[strlen(last) - 1] == '*';
        if (walk_from(walk, glob.base, glob.segments, glob.count, error) != STATUS_OK) {
            return error->status;
        }
    }
    return walk->inputs->count > before.count
               ? STATUS_OK
               : nothing_found(&before, walk, "no file matches", word, error);
}

static enum status take_word(struct walk *walk, const char *word, struct error *error)
{
    struct stat facts;
    if (!*word) {
        return error_set(error, STATUS_USAGE, "empty file name");
    }
    if (strcmp(word, "-") == 0) {
        /* ${name} of what has none. */
        return add(walk, "-", "", "-", false, error) == STATUS_OK
                   ? (walk->inputs->list[walk->inputs->count - 1].name = "stdin", STATUS_OK)
                   : error->status;
    }
    if (stat(word, &facts) != 0) {
        if (errno == ENOENT && glob_is_pattern(word)) {
            return take_pattern(walk, word, error);
        }
        struct stat link;
        if (errno == ENOENT && lstat(word, &link) == 0) { /* a link into nothing fails alone */
            return add(walk, word, "", word, false, error);
        }
        return errno == ENOENT || errno == ENOTDIR
                   ? error_set(error, STATUS_MISSING, "no such file or folder '%s'", word)
                   : error_set(error, STATUS_FAILED, "could not look at '%s': %s", word,
                               strerror(errno));
    }
    return S_ISDIR(facts.st_mode) ? take_folder(walk, word, error)
                                  : add(walk, word, "", real_name(walk->arena, word), false, error);
}

/* A relative name keeps its folder, as it would below a folder given by name. */
static enum status take_listed(struct walk *walk, const char *path, struct error *error)
{
    const char *name = base_name(path), *real = real_name(walk->arena, path);
    bool keeps = path[0] != '/' && name != path;
    while (keeps && strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    const char *dir = keeps && name > path && !strstr(path, "..")
                          ? arena_slice(walk->arena, path, (size_t)(name - path))
                          : "";
    return add(walk, path, dir, real ? real : path, false, error);
}

/* ---- Each file once ------------------------------------------------------------------------- */

static int compare_real(const void *a, const void *b)
{
    const struct input *one = *(struct input *const *)a, *other = *(struct input *const *)b;
    int order = strcmp(one->real, other->real);
    return order ? order : (one > other) - (one < other);
}

static enum status drop_repeated(struct walk *walk, struct error *error)
{
    struct inputs *inputs = walk->inputs;
    struct input **sorted = memory_alloc(inputs->count * sizeof(struct input *));
    size_t kept = 0;
    if (!sorted) {
        return error_memory(error);
    }
    for (size_t i = 0; i < inputs->count; i++) {
        sorted[i] = &inputs->list[i];
    }
    if (inputs->count > 0) {
        qsort(sorted, inputs->count, sizeof(struct input *), compare_real);
    }
    for (size_t i = 0, first = 0; i < inputs->count; i++) {
        if (i > 0 && strcmp(sorted[i]->real, sorted[first]->real) == 0) {
            sorted[i]->path = NULL;
        } else {
            first = i;
        }
    }
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->list[i].path) {
            inputs->list[kept++] = inputs->list[i];
        }
    }
    inputs->repeated = inputs->count - kept;
    inputs->count = kept;
    memory_free(sorted);
    return STATUS_OK;
}

/* The part of the output folder before any ${…}, as it really is; NULL when it is not there yet. */
static const char *real_out(struct arena *arena, const char *out)
{
    const char *variable = strstr(out, "${");
    size_t length = variable ? (size_t)(variable - out) : strlen(out);
    while (variable && length > 0 && out[length - 1] != '/') {
        length--;
    }
    const char *folder = length > 0 ? arena_slice(arena, out, length) : NULL;
    return folder ? real_path(arena, folder) : NULL;
}

enum status inputs_collect(const struct inputs_request *request, struct arena *arena,
                           struct inputs *out, struct error *error)
{
    struct inputs inputs = {0};
    struct walk walk = {.request = request, .arena = arena, .inputs = &inputs};
    walk.out = request->out ? real_out(arena, request->out) : NULL;
    for (size_t i = 0; i < request->count; i++) {
        if (take_word(&walk, request->words[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    if (request->files_from && *request->files_from) {
        const char *const *names = NULL;
        size_t count = 0;
        if (files_from_read(request->files_from, request->nul, arena, &names, &count, error) !=
            STATUS_OK) {
            return error->status;
        }
        for (size_t i = 0; i < count; i++) {
            if (take_listed(&walk, names[i], error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    if (drop_repeated(&walk, error) != STATUS_OK) {
        return error->status;
    }
    *out = inputs;
    return STATUS_OK;
}
