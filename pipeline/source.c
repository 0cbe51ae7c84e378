/* SPDX-License-Identifier: MIT
 * Reading a source once into memory. Never maps: a file that is cut short while it is mapped would
 * kill the process. Knows files; knows no image. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

#define FIRST_BLOCK ((size_t)64 * 1024)

static enum status set_errno(struct error *error, enum status status, const char *message, int code)
{
    error_set(error, status, "%s", message);
    error_cause(error, strerror(code));
    return status;
}

static enum status too_large(struct error *error, const struct limits *limits)
{
    return error_set(error, STATUS_REFUSED,
                     "has more than %lld bytes, the limit (--limit source-bytes)",
                     (long long)limits->source_bytes);
}

/* Reads to the end of the file; `expected` bytes are only a guess. */
static enum status read_all(struct source *source, int file, size_t expected,
                            const struct limits *limits, struct error *error)
{
    size_t limit = limits->source_bytes > 0 ? (size_t)limits->source_bytes : 0;
    size_t capacity = (expected < limit ? expected : limit) + 1;
    source->bytes = memory_alloc(capacity);
    if (!source->bytes) {
        return error_memory(error);
    }
    for (;;) {
        ssize_t got = read(file, source->bytes + source->size, capacity - source->size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return set_errno(error, STATUS_FAILED, "cannot be read", errno);
        }
        if (got == 0) {
            return STATUS_OK;
        }
        source->size += (size_t)got;
        if (source->size > limit) {
            return too_large(error, limits);
        }
        if (source->size == capacity) {
            size_t more = capacity > limit / 2 ? limit + 1 : capacity * 2;
            uint8_t *bytes = memory_resize(source->bytes, more);
            if (!bytes) {
                return error_memory(error);
            }
            source->bytes = bytes;
            capacity = more;
        }
    }
}

/* A pipe that nobody writes to would hang an open without O_NONBLOCK, and any other special file
 * may do something when it is read. */
static enum status check_kind(const struct stat *status, struct error *error)
{
    if (S_ISREG(status->st_mode)) {
        return STATUS_OK;
    }
    const char *kind = S_ISDIR(status->st_mode)    ? "directory"
                       : S_ISFIFO(status->st_mode) ? "pipe"
                       : S_ISSOCK(status->st_mode) ? "socket"
                                                   : "device";
    return error_set(error, STATUS_REFUSED, "is a %s, not a file", kind);
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static enum status read_regular(struct source *source, int file, const struct limits *limits,
                                struct error *error)
{
    struct stat status;
    if (fstat(file, &status) != 0) {
        return set_errno(error, STATUS_FAILED, "cannot be read", errno);
    }
    if (check_kind(&status, error) != STATUS_OK) {
        return error->status;
    }
    if (status.st_size > limits->source_bytes) {
        return error_set(error, STATUS_REFUSED,
                         "has %lld bytes, limit is %lld (--limit source-bytes)",
                         (long long)status.st_size, (long long)limits->source_bytes);
    }
    source->device = (uint64_t)status.st_dev;
    source->inode = (uint64_t)status.st_ino;
    source->modified_ns = nanoseconds(status.st_mtim);
    source->changed_ns = nanoseconds(status.st_ctim);
    return read_all(source, file, (size_t)status.st_size, limits, error);
}

static enum status open_and_read(struct source *source, const char *path,
                                 const struct limits *limits, struct error *error)
{
    if (strcmp(path, "-") == 0) {
        return read_all(source, STDIN_FILENO, FIRST_BLOCK, limits, error);
    }
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return error_set(error, STATUS_MISSING, "is not there");
    }
    if (file < 0) {
        return set_errno(error, STATUS_FAILED, "cannot be opened", errno);
    }
    enum status status = read_regular(source, file, limits, error);
    close(file);
    return status;
}

static enum status read_named(struct source *source, const char *path, const struct limits *limits,
                              struct error *error)
{
    source->path = memory_text(path);
    source->name = memory_text(strcmp(path, "-") == 0 ? "standard input" : path);
    if (!source->path || !source->name) {
        return error_memory(error);
    }
    return open_and_read(source, path, limits, error);
}

enum status source_read(struct source *source, const char *path, const struct limits *limits,
                        struct error *error)
{
    *source = (struct source){0};
    enum status status = read_named(source, path, limits, error);
    if (status != STATUS_OK) {
        source_release(source);
        return status;
    }
    source->hash = hash_bytes(source->bytes, source->size);
    return STATUS_OK;
}

enum status source_from_memory(struct source *source, const char *name, const void *bytes,
                               size_t size, const struct limits *limits, struct error *error)
{
    *source = (struct source){0};
    if ((uint64_t)size > (uint64_t)limits->source_bytes) {
        return error_set(error, STATUS_REFUSED,
                         "has %zu bytes, limit is %lld (--limit source-bytes)", size,
                         (long long)limits->source_bytes);
    }
    source->name = memory_text(name ? name : "memory");
    source->bytes = memory_alloc(size);
    if (!source->name || !source->bytes) {
        source_release(source);
        return error_memory(error);
    }
    if (size > 0) {
        memcpy(source->bytes, bytes, size);
    }
    source->size = size;
    source->hash = hash_bytes(bytes, size);
    return STATUS_OK;
}

enum status source_patch(struct source *source, size_t at, const void *bytes, size_t size,
                         struct error *error)
{
    struct container *container = &source->container;
    if (size == 0 || size > sizeof container->patches->before || at > source->size ||
        size > source->size - at) {
        return error_set(error, STATUS_BUG, "patch of %zu bytes at %zu lies outside the source",
                         size, at);
    }
    if (container->patch_count == container->patch_capacity) {
        size_t more = container->patch_capacity ? container->patch_capacity * 2 : 8;
        struct patch *patches = memory_resize(container->patches, more * sizeof *patches);
        if (!patches) {
            return error_memory(error);
        }
        container->patches = patches;
        container->patch_capacity = more;
    }
    struct patch *patch = &container->patches[container->patch_count++];
    *patch = (struct patch){.at = at, .size = (uint8_t)size};
    memcpy(patch->before, source->bytes + at, size);
    memcpy(source->bytes + at, bytes, size);
    return STATUS_OK;
}

static void undo_patches(const struct container *container, uint8_t *bytes)
{
    for (size_t i = container->patch_count; i > 0; i--) {
        const struct patch *patch = &container->patches[i - 1];
        memcpy(bytes + patch->at, patch->before, patch->size);
    }
}

void source_original(const struct source *source, uint8_t *copy)
{
    if (source->size > 0) {
        memcpy(copy, source->bytes, source->size);
        undo_patches(&source->container, copy);
    }
}

bool source_own(struct source *source, void *block)
{
    struct container *container = &source->container;
    for (size_t i = 0; i < sizeof container->owned / sizeof container->owned[0]; i++) {
        if (!container->owned[i]) {
            container->owned[i] = block;
            return true;
        }
    }
    memory_free(block);
    return false;
}

static bool within_bytes(const struct source *source, struct span span)
{
    return source->bytes && span.size > 0 && span.bytes >= source->bytes &&
           span.bytes < source->bytes + source->size;
}

void source_shed(struct source *source)
{
    struct container *container = &source->container;
    struct span *const spans[] = {&container->icc, &container->exif, &container->xmp,
                                  &container->iptc};
    enum { SPANS = sizeof spans / sizeof *spans };
    size_t size = 0;
    for (size_t i = 0; i < SPANS; i++) {
        size += within_bytes(source, *spans[i]) ? spans[i]->size : 0;
    }
    uint8_t *kept = size > 0 && !source->borrowed ? memory_alloc(size) : NULL;
    if (!source->bytes || source->borrowed || (size > 0 && (!kept || !source_own(source, kept)))) {
        return;
    }
    for (size_t i = 0; i < SPANS; i++) {
        if (within_bytes(source, *spans[i])) {
            memcpy(kept, spans[i]->bytes, spans[i]->size);
            spans[i]->bytes = kept;
            kept += spans[i]->size;
        }
    }
    memory_free(source->bytes);
    source->bytes = NULL;
}

static void release_container(struct container *container)
{
    for (size_t i = 0; i < sizeof container->owned / sizeof container->owned[0]; i++) {
        memory_free(container->owned[i]);
    }
    memory_free(container->patches);
    *container = (struct container){0};
}

void source_forget(struct source *source)
{
    if (source->bytes) {
        undo_patches(&source->container, source->bytes);
    }
    release_container(&source->container);
}

void source_release(struct source *source)
{
    release_container(&source->container);
    if (!source->borrowed) {
        memory_free(source->bytes);
    }
    memory_free(source->path);
    memory_free(source->name);
    *source = (struct source){0};
}
