/* SPDX-License-Identifier: MIT
 * What a message says of a wrong value, and after an unknown name: the nearest, or all known.
 * Knows nothing of presets. */
#ifndef PICSET_SUGGEST_H
#define PICSET_SUGGEST_H

#include "buffer.h"
#include "value.h"

/* The i-th known name, NULL ends. */
typedef const char *suggest_name(const void *data, size_t i);

/* Appends "a number (600)", "a text (\"wide\")", "true": what a wrong value is. */
void suggest_value(struct buffer *out, const struct value *value);

/* "'px' is a text (\"wide\"), and must be a number": STATUS_USAGE. */
enum status suggest_wrong(struct error *error, const char *name, const struct value *value,
                          const char *wanted);

/* Appends "; did you mean 'width'?" or, when none is near, "; known are dir, x" (16 at most). */
void suggest(struct buffer *out, const char *word, suggest_name *name, const void *data);
const char *suggest_member(const void *object, size_t i); /* data: struct value, an object */
const char *suggest_listed(const void *names, size_t i);  /* data: const char *const[], NULL ends */

/* Keys and names of a document stand in place and message: what could move a terminal is escaped.
 */
void suggest_printable(struct error *error);

#endif
