/* SPDX-License-Identifier: MIT
 * Bytes or text that grow, up to a limit said at the start. A failure is remembered: append
 * freely, ask buffer_failed() once at the end. Text is always ended by a NUL that is not counted.
 * { .limit = N } initialises; limit 0 is 1 GiB. */
#ifndef PICSET_BUFFER_H
#define PICSET_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include "error.h"

struct buffer {
    char *data; /* NULL while empty */
    size_t size, capacity, limit;
    bool failed;
    bool full; /* it failed at its limit, not for lack of memory */
};

void buffer_free(struct buffer *buffer);  /* empties it, limit kept, ready again */
void buffer_clear(struct buffer *buffer); /* size 0, memory and failure kept */
void buffer_bytes(struct buffer *buffer, const void *bytes, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_char(struct buffer *buffer, char c);
void buffer_format(struct buffer *buffer, const char *format, ...) PICSET_PRINTF(2, 3);
/* Makes room for size more bytes and returns the place, NULL when failed; then add to size. */
char *buffer_reserve(struct buffer *buffer, size_t size);
/* "" while empty: never NULL. */
const char *buffer_string(const struct buffer *buffer);
bool buffer_failed(const struct buffer *buffer);

#endif
