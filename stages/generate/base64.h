/* SPDX-License-Identifier: MIT
 * Base64 as services send it: both alphabets, padding or none, blanks in between, JSON's escapes
 * still in it. Knows nothing of JSON documents. */
#ifndef PICSET_BASE64_H
#define PICSET_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that are enough for what `size` characters can say. */
size_t base64_room(size_t size);

/* False when a character does not belong, or the end is cut in a way that shows. */
bool base64_decode(const char *text, size_t size, void *out, size_t *out_size);

#endif
