/* SPDX-License-Identifier: MIT
 * Small questions about text that several files ask. Knows nothing of images. */
#ifndef PICSET_TEXT_H
#define PICSET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buffer.h"

/* The shortest decimal that reads back as the same double: 2, 83.5, 0.1. */
void text_number(struct buffer *out, double number);

/* The candidate nearest to word by edit distance (with transpositions), or NULL when none is
 * within a third of the word's length, at least 1. next(data, i) gives the i-th name, NULL ends. */
const char *text_nearest(const char *word, const char *(*next)(const void *data, size_t i),
                         const void *data);

bool text_is_utf8(const char *text, size_t size);
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* A JSON string with its quotes; all that is not printable ASCII but valid UTF-8 is kept as it is.
 */
void text_json(struct buffer *out, const char *text);
/* Text for HTML or XML, in elements and in double-quoted attributes. */
void text_html(struct buffer *out, const char *text);
/* A URL path: everything but unreserved characters and '/' becomes %XX (RFC 3986, 2.3). */
void text_url(struct buffer *out, const char *path);
/* For a terminal or a log: control characters become \xNN, invalid UTF-8 bytes too. */
void text_printable(struct buffer *out, const char *text);
void text_base64(struct buffer *out, const void *bytes, size_t size);
void text_hex(struct buffer *out, const void *bytes, size_t size);

/* "1.2 MB", "340 kB", "87 B": decimal units, for people. */
void text_bytes(struct buffer *out, double bytes);
/* "$0.04", "$0.0336", "$5.00": two to four decimals, as prices of images need them. */
/* "2.5", "1200": a factor in three digits, or all of a large one's. */
void text_times(struct buffer *out, double times);
void text_dollars(struct buffer *out, double dollars);

/* Strict numbers: the whole text, no blanks, in range; false otherwise. */
bool text_to_int64(const char *text, int64_t *number);
bool text_to_double(const char *text,
                    double *number); /* decimal point only, no inf, no nan, no hex */
/* "150000", "150KB", "150KiB", "2MB", "1.5GiB", "512M" (= MiB for K, M, G alone), "600B". */
bool text_to_bytes(const char *text, int64_t *bytes);

/* Is it such a number, but beyond 2^63 bytes? */
bool text_is_many_bytes(const char *text);

/* "0.5,0.3" or "50%,30%": two fractions 0..1, from the top left. */
bool text_to_point(const char *text, double *x, double *y);

#endif
