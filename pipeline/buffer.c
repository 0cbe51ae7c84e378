/* SPDX-License-Identifier: MIT
 * One growing array of bytes with a remembered failure. */
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"

#define LIMIT_DEFAULT ((size_t)1 << 30)
#define CAPACITY_FIRST 64

void buffer_free(struct buffer *buffer)
{
    memory_free(buffer->data);
    *buffer = (struct buffer){.limit = buffer->limit};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data) {
        buffer->data[0] = '\0';
    }
}

char *buffer_reserve(struct buffer *buffer, size_t size)
{
    size_t limit = buffer->limit ? buffer->limit : LIMIT_DEFAULT;
    if (!buffer->failed && (buffer->size > limit || size > limit - buffer->size)) {
        buffer->full = true;
        buffer->failed = true;
    }
    if (buffer->failed) {
        return NULL;
    }
    size_t needed = buffer->size + size + 1; /* one for the NUL */
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : CAPACITY_FIRST;
        while (capacity < needed) {
            capacity = capacity > limit / 2 ? limit + 1 : capacity * 2;
        }
        char *data = memory_resize(buffer->data, capacity);
        if (!data) {
            buffer->failed = true;
            return NULL;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    buffer->data[buffer->size] = '\0';
    buffer->data[buffer->size + size] = '\0';
    return buffer->data + buffer->size;
}

void buffer_bytes(struct buffer *buffer, const void *bytes, size_t size)
{
    char *place = buffer_reserve(buffer, size);
    if (place && size) {
        memcpy(place, bytes, size);
        buffer->size += size;
    }
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_bytes(buffer, text, strlen(text));
}

void buffer_char(struct buffer *buffer, char c)
{
    buffer_bytes(buffer, &c, 1);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *place = size < 0 ? NULL : buffer_reserve(buffer, (size_t)size);
    if (place) {
        vsnprintf(place, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    } else {
        buffer->failed = true;
    }
    va_end(again);
}

const char *buffer_string(const struct buffer *buffer)
{
    if (!buffer->data) {
        return "";
    }
    /* A writer that reserved more than it used has left the NUL farther on. */
    if (buffer->data[buffer->size] != '\0') {
        buffer->data[buffer->size] = '\0';
    }
    return buffer->data;
}

bool buffer_failed(const struct buffer *buffer)
{
    return buffer->failed;
}
