/* SPDX-License-Identifier: MIT
 * An output root: its folders as descriptors, reached component by component without following a
 * link. Knows no images. */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "memory.h"
#include "temporary.h"
#include "text.h"

enum {
    COMPONENT_MAX = 255, /* bytes, NAME_MAX of every file system in use */
    PATH_BYTES_MAX = 4000,
    IDLE_DESCRIPTORS = 64 /* folders kept open without users */
};

struct directory {
    char *path;     /* below the root, "" for the root itself */
    int descriptor; /* -1: not open */
    unsigned users;
    bool swept;
};

struct folder {
    char *path, *whole;
    int root; /* -1 until it is there */
    pthread_mutex_t lock;
    struct directory **directories; /* sorted by path */
    size_t directory_count, directory_capacity, open_count;
    struct temporaries temporaries;
};

/* ---- Errors ---- */

enum status file_error(struct error *error, const struct folder *folder, const char *verb,
                       const char *path, int number)
{
    char words[128];
    snprintf(words, sizeof words, "%s", strerror(number));
    if (words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'a' && words[1] <= 'z') {
        words[0] = (char)(words[0] - 'A' + 'a');
    }
    const char *root = folder ? folder->path : "";
    const char *between = *root && *path && root[strlen(root) - 1] != '/' ? "/" : "";
    return error_set(error, STATUS_FAILED, "cannot %s '%s%s%s': %s", verb, root, between, path,
                     words);
}

/* ---- Paths ---- */

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *component_fault(const char *component, size_t size)
{
    char name[COMPONENT_MAX + 1];
    if (size == 0) {
        return "has an empty component";
    }
    if (size > COMPONENT_MAX) {
        return "has a component of more than 255 bytes";
    }
    memcpy(name, component, size);
    name[size] = '\0';
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return "holds '.' or '..' as a component";
    }
    return is_temporary(name) ? "looks like a temporary file of ours" : NULL;
}

static const char *path_fault(const char *path)
{
    size_t size = strlen(path);
    if (size == 0) {
        return "is empty";
    }
    if (size > PATH_BYTES_MAX) {
        return "is longer than 4000 bytes";
    }
    if (path[0] == '/') {
        return "is absolute";
    }
    if (!text_is_utf8(path, size)) {
        return "is not valid UTF-8";
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f) {
            return "holds a control character";
        }
    }
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, "/");
        const char *fault = component_fault(at, length);
        if (fault || at[length] == '\0') {
            return fault;
        }
        at += length;
    }
}

enum status file_path_check(const char *path, struct error *error)
{
    const char *fault = path_fault(path);
    if (!fault) {
        return STATUS_OK;
    }
    struct buffer shown = {0};
    text_printable(&shown, path);
    error_set(error, STATUS_USAGE, "path '%.300s' %s", buffer_string(&shown), fault);
    buffer_free(&shown);
    return STATUS_USAGE;
}

/* ---- The root ---- */

enum status folder_make(const char *path, struct error *error)
{
    struct stat facts;
    char *copy = memory_text(path);
    if (!copy) {
        return error_memory(error);
    }
    enum status status = STATUS_OK;
    for (char *at = copy;; at++) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        char end = *at;
        *at = '\0';
        int fault = 0;
        if (*copy && stat(copy, &facts) < 0 && errno == ENOENT &&
            ((fault = file_fault()) || (mkdir(copy, 0777) < 0 && errno != EEXIST))) {
            status = file_error(error, NULL, "make the folder", copy, fault ? fault : errno);
            break;
        }
        *at = end;
        if (!end) {
            break;
        }
    }
    if (status == STATUS_OK && (stat(path, &facts) < 0 || !S_ISDIR(facts.st_mode))) {
        status = file_error(error, NULL, "make the folder", path, ENOTDIR);
    }
    memory_free(copy);
    return status;
}

/* The absolute path, with links resolved as far as it exists; "." and ".." taken out of the rest.
 */
static char *path_whole(const char *path)
{
    struct buffer whole = {.limit = 4 * PATH_BYTES_MAX};
    char resolved[4096];
    if (path[0] != '/') {
        if (!getcwd(resolved, sizeof resolved)) {
            return NULL;
        }
        buffer_text(&whole, resolved);
    }
    for (const char *at = path; *at;) {
        at += strspn(at, "/");
        size_t size = strcspn(at, "/");
        bool up = size == 2 && at[0] == '.' && at[1] == '.';
        if (up && whole.size > 0) {
            const char *slash = memrchr(whole.data, '/', whole.size);
            whole.size = slash ? (size_t)(slash - whole.data) : 0;
            whole.data[whole.size] = '\0';
        } else if (size > 0 && !up && !(size == 1 && at[0] == '.')) {
            buffer_char(&whole, '/');
            buffer_bytes(&whole, at, size);
        }
        if (whole.size > 0 && realpath(buffer_string(&whole), resolved)) {
            buffer_clear(&whole);
            buffer_text(&whole, strcmp(resolved, "/") == 0 ? "" : resolved);
        }
        at += size;
    }
    char *result =
        buffer_failed(&whole) ? NULL : memory_text(whole.size ? buffer_string(&whole) : "/");
    buffer_free(&whole);
    return result;
}

enum status folder_open(const char *path, struct folder **out, struct error *error)
{
    struct folder *folder = memory_zero(1, sizeof *folder);
    if (!folder) {
        return error_memory(error);
    }
    pthread_mutex_init(&folder->lock, NULL);
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') {
        size--;
    }
    folder->root = -1;
    folder->path = memory_copy(path, size + 1);
    enum status status = folder->path ? STATUS_OK : error_memory(error);
    if (folder->path) {
        folder->path[size] = '\0';
        folder->root = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder->root < 0 && errno != ENOENT) {
            status = file_error(error, folder, "open the folder", "", errno);
        } else if (!(folder->whole = path_whole(folder->path))) {
            status = error_memory(error);
        }
    }
    if (status != STATUS_OK) {
        folder_close(folder);
        return status;
    }
    temporaries_begin(&folder->temporaries);
    *out = folder;
    return STATUS_OK;
}

void folder_close(struct folder *folder)
{
    if (!folder) {
        return;
    }
    for (size_t i = 0; i < folder->directory_count; i++) {
        if (folder->directories[i]->descriptor >= 0) {
            close(folder->directories[i]->descriptor);
        }
        memory_free(folder->directories[i]->path);
        memory_free(folder->directories[i]);
    }
    memory_free(folder->directories);
    temporaries_end(&folder->temporaries);
    if (folder->root >= 0) {
        close(folder->root);
    }
    pthread_mutex_destroy(&folder->lock);
    memory_free(folder->path);
    memory_free(folder->whole);
    memory_free(folder);
}

const char *folder_path(const struct folder *folder)
{
    return folder->path;
}

const char *folder_whole(const struct folder *folder)
{
    return folder->whole;
}

/* ---- Folders below the root ---- */

static enum status root_make(struct folder *folder, struct error *error)
{
    enum status status = folder_make(folder->path, error);
    if (status != STATUS_OK) {
        return status;
    }
    folder->root = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder->root < 0 ? file_error(error, folder, "open the folder", "", errno) : STATUS_OK;
}

static enum status step_refuse(const struct folder *folder, int parent, const char *name,
                               const char *path, int number, struct error *error)
{
    struct stat facts;
    if (fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(facts.st_mode)) {
        return error_set(error, STATUS_REFUSED, "cannot use the folder '%s/%s': '%s' is %s",
                         folder->path, path, name,
                         S_ISLNK(facts.st_mode) ? "a symbolic link" : "not a folder");
    }
    return file_error(error, folder, "open the folder", path, number);
}

/* Opens `path` below the root; *descriptor -1 when it is not there and not to be made. */
static enum status directory_walk(struct folder *folder, const char *path, bool make,
                                  int *descriptor, struct error *error)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    enum status status = STATUS_OK;
    *descriptor = -1;
    if (folder->root < 0 && make && (status = root_make(folder, error)) != STATUS_OK) {
        return status;
    }
    int here = folder->root < 0 ? -1 : openat(folder->root, ".", flags);
    if (here < 0) {
        return folder->root < 0 ? STATUS_OK
                                : file_error(error, folder, "open the folder", "", errno);
    }
    char name[COMPONENT_MAX + 1];
    for (const char *at = path; *at;) {
        size_t size = strcspn(at, "/");
        memcpy(name, at, size);
        name[size] = '\0';
        int next = openat(here, name, flags);
        if (next < 0 && errno == ENOENT && make) {
            int fault = file_fault();
            if (fault || (mkdirat(here, name, 0777) < 0 && errno != EEXIST)) {
                status = file_error(error, folder, "make the folder", path, fault ? fault : errno);
                break;
            }
            next = openat(here, name, flags);
        }
        if (next < 0 && (errno != ENOENT || make)) {
            status = step_refuse(folder, here, name, path, errno, error);
        }
        close(here);
        here = next;
        if (here < 0) {
            return status;
        }
        at += size;
        at += *at == '/';
    }
    if (status != STATUS_OK) {
        close(here);
        return status;
    }
    *descriptor = here;
    return STATUS_OK;
}

/* The place of `path` in the sorted list, or where it would stand. */
static size_t directory_index(const struct folder *folder, const char *path, bool *found)
{
    size_t low = 0, high = folder->directory_count;
    *found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(folder->directories[middle]->path, path);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A new entry for `path`, which the list takes over; NULL when memory is short. */
static struct directory *directory_add(struct folder *folder, size_t index, char *path)
{
    if (folder->directory_count == folder->directory_capacity) {
        size_t capacity = folder->directory_capacity ? 2 * folder->directory_capacity : 16;
        void *grown = memory_resize(folder->directories, capacity * sizeof *folder->directories);
        if (!grown) {
            return NULL;
        }
        folder->directories = grown;
        folder->directory_capacity = capacity;
    }
    struct directory *directory = memory_zero(1, sizeof *directory);
    if (!directory) {
        return NULL;
    }
    directory->path = path;
    directory->descriptor = -1;
    memmove(&folder->directories[index + 1], &folder->directories[index],
            (folder->directory_count - index) * sizeof *folder->directories);
    folder->directories[index] = directory;
    folder->directory_count++;
    return directory;
}

enum status directory_acquire(struct folder *folder, const char *path, bool make,
                              struct directory **out, struct error *error)
{
    size_t size = (size_t)(path_base(path) - path);
    char *name = memory_copy(path, size + 1);
    if (!name) {
        return error_memory(error);
    }
    name[size ? size - 1 : 0] = '\0';
    pthread_mutex_lock(&folder->lock);
    bool found;
    size_t index = directory_index(folder, name, &found);
    struct directory *directory = found ? folder->directories[index] : NULL;
    enum status status = STATUS_OK;
    int descriptor = -1;
    if (!directory || directory->descriptor < 0) {
        status = directory_walk(folder, name, make, &descriptor, error);
        if (status == STATUS_OK && descriptor >= 0 && !directory) {
            directory = directory_add(folder, index, name);
            name = directory ? NULL : name;
        }
        if (descriptor >= 0 && directory) {
            directory->descriptor = descriptor;
            folder->open_count++;
        } else if (descriptor >= 0) {
            close(descriptor);
            status = error_memory(error);
        } else {
            directory = NULL;
        }
    }
    if (status == STATUS_OK) {
        if (directory && make && !directory->swept) {
            directory->swept = true;
            temporaries_sweep(&folder->temporaries, directory->descriptor);
        }
        if (directory) {
            directory->users++;
        }
        *out = directory;
    }
    pthread_mutex_unlock(&folder->lock);
    memory_free(name);
    return status;
}

void directory_release(struct folder *folder, struct directory *directory)
{
    if (!directory) {
        return;
    }
    pthread_mutex_lock(&folder->lock);
    directory->users--;
    if (directory->users == 0 && folder->open_count > IDLE_DESCRIPTORS) {
        close(directory->descriptor);
        directory->descriptor = -1;
        folder->open_count--;
    }
    pthread_mutex_unlock(&folder->lock);
}

int directory_descriptor(const struct directory *directory)
{
    return directory->descriptor;
}

/* ---- Temporary files ---- */

struct slot *folder_slot(struct folder *folder, const struct directory *directory)
{
    return slot_take(&folder->temporaries, directory->descriptor);
}

bool folder_is_abandoned(const struct folder *folder)
{
    return temporaries_abandoned(&folder->temporaries);
}

void folder_abandon(struct folder *folder)
{
    if (folder) {
        temporaries_abandon(&folder->temporaries);
    }
}
