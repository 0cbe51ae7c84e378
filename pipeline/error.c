/* SPDX-License-Identifier: MIT
 * Recording and showing one failure. Allocates nothing, so that it works when memory is short. */
#include "error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Cuts a UTF-8 character that the end of a fixed array has split. */
static void text_trim_split(char *text)
{
    size_t size = strlen(text), tail = 0;
    while (tail < size && tail < 3 && ((unsigned char)text[size - 1 - tail] & 0xC0) == 0x80) {
        tail++;
    }
    if (tail == size) {
        return;
    }
    unsigned char lead = (unsigned char)text[size - 1 - tail];
    size_t wanted = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (tail < wanted) {
        text[size - 1 - tail] = '\0';
    }
}

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
    if (error->status == STATUS_OK) {
        va_list arguments;
        va_start(arguments, format);
        int size = vsnprintf(error->message, sizeof(error->message), format, arguments);
        va_end(arguments);
        if (size >= (int)sizeof(error->message)) {
            text_trim_split(error->message);
        }
        error->status = status;
    }
    return error->status;
}

enum status error_at(struct error *error, const char *format, ...)
{
    char place[sizeof(error->where)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place, sizeof(place), format, arguments);
    va_end(arguments);
    size_t size = strlen(place);
    if (size == 0) {
        return error->status;
    }
    text_trim_split(place);
    size = strlen(place);
    if (error->where[0] == '\0') {
        memcpy(error->where, place, size + 1);
    } else if (size + 2 < sizeof(error->where)) {
        size_t room = sizeof(error->where) - size - 3, old = strlen(error->where);
        size_t kept = old < room ? old : room;
        memmove(error->where + size + 2, error->where, kept);
        memcpy(error->where, place, size);
        memcpy(error->where + size, ": ", 2);
        error->where[size + 2 + kept] = '\0';
        text_trim_split(error->where);
    }
    return error->status;
}

void error_cause(struct error *error, const char *text)
{
    if (error->cause[0] != '\0' || !text) {
        return;
    }
    size_t size = strlen(text), kept = 0;
    for (size_t i = 0; i < size && kept + 1 < sizeof(error->cause); i++) {
        unsigned char c = (unsigned char)text[i];
        bool blank = c < 0x20 || c == 0x7F || c == ' ';
        if (blank && kept == 0) {
            continue;
        }
        error->cause[kept++] = blank ? ' ' : (char)c;
    }
    while (kept > 0 && error->cause[kept - 1] == ' ') {
        kept--;
    }
    error->cause[kept] = '\0';
    text_trim_split(error->cause);
}

enum status error_memory(struct error *error)
{
    return error_set(error, STATUS_FAILED, "out of memory");
}

bool error_is_memory(const struct error *error)
{
    struct error memory = {0};
    (void)error_memory(&memory);
    return error->status == memory.status && strcmp(error->message, memory.message) == 0;
}

void error_clear(struct error *error)
{
    *error = (struct error){0};
}

size_t error_format(const struct error *error, char *text, size_t size)
{
    bool where = error->where[0] != '\0', cause = error->cause[0] != '\0';
    int length = snprintf(text, size, "%s%s%s%s%s%s", error->where, where ? ": " : "",
                          error->message, cause ? " (" : "", error->cause, cause ? ")" : "");
    if (size > 0 && (size_t)length >= size) {
        text_trim_split(text);
    }
    return (size_t)length;
}

const char *status_name(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return "ok";
    case STATUS_FAILED:
        return "failed";
    case STATUS_USAGE:
        return "usage";
    case STATUS_MISSING:
        return "missing";
    case STATUS_UNSUPPORTED:
        return "unsupported";
    case STATUS_REFUSED:
        return "refused";
    case STATUS_PARTIAL:
        return "partial";
    case STATUS_CHECK:
        return "check";
    case STATUS_GENERATION:
        return "generation";
    case STATUS_BUG:
        return "bug";
    case STATUS_INTERRUPTED:
        return "interrupted";
    }
    return "unknown";
}
