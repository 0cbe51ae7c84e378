/* SPDX-License-Identifier: MIT
 * See files_from.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "files_from.h"

enum { list_limit = 256 * 1024 * 1024, read_size = 64 * 1024 };

static enum status read_all(int file, struct buffer *text, struct error *error)
{
    for (;;) {
        char *room = buffer_reserve(text, read_size);
        if (!room) {
            return error_set(error, STATUS_REFUSED, "list of files is larger than %d MiB",
                             list_limit / (1024 * 1024));
        }
        ssize_t count = read(file, room, read_size);
        if (count == 0) {
            return STATUS_OK;
        }
        if (count < 0 && errno != EINTR) {
            return error_set(error, STATUS_FAILED, "could not read the list of files: %s",
                             strerror(errno));
        }
        text->size += count > 0 ? (size_t)count : 0;
    }
}

static enum status split(const struct buffer *text, char end, struct arena *arena,
                         const char *const **out, size_t *count, struct error *error)
{
    const char **names = NULL;
    size_t capacity = 0;
    *count = 0;
    for (size_t i = 0; i < text->size;) {
        const char *start = text->data + i, *stop = memchr(start, end, text->size - i);
        size_t length = stop ? (size_t)(stop - start) : text->size - i;
        i += length + 1;
        if (end == '\n' && length > 0 && start[length - 1] == '\r') {
            length--;
        }
        if (length == 0) {
            continue;
        }
        if (memchr(start, '\0', length)) {
            return error_set(error, STATUS_USAGE,
                             "list of files holds a NUL; add -0 when its names end in NUL");
        }
        const char **slot = arena_push(arena, &names, count, &capacity, sizeof(*slot));
        const char *name = arena_slice(arena, start, length);
        if (!slot || !name) {
            return error_memory(error);
        }
        *slot = name;
    }
    *out = names;
    return STATUS_OK;
}

enum status files_from_read(const char *path, bool nul, struct arena *arena,
                            const char *const **out, size_t *count, struct error *error)
{
    struct buffer text = {.limit = list_limit};
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return error_set(error, errno == ENOENT ? STATUS_MISSING : STATUS_FAILED,
                         "could not open the list of files '%s': %s", path, strerror(errno));
    }
    enum status status = read_all(file, &text, error);
    if (status == STATUS_OK) {
        status = split(&text, nul ? '\0' : '\n', arena, out, count, error);
    }
    if (status != STATUS_OK) {
        (void)error_at(error, "--files-from %s", path);
    }
    if (!standard) {
        (void)close(file);
    }
    buffer_free(&text);
    return status;
}
