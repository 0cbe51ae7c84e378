/* SPDX-License-Identifier: MIT
 * JSON text to values and back; the only file that knows jansson. */
#ifndef PICSET_JSON_H
#define PICSET_JSON_H

#include "value.h"

/* Strict: duplicate keys, NUL in strings, nesting over 64, anything after the document and
 * invalid UTF-8 are errors with line and column: "line 3, column 7: …" in error->where. */
PICSET_NODISCARD enum status json_parse(struct arena *arena, const char *text, size_t size,
                                        const struct value **out, struct error *error);
/* Indented by two blanks, members in their order, numbers as text_number writes them, a final
 * newline; short lists of plain values stay on one line (up to 100 columns). */
void json_write(struct buffer *out, const struct value *value);

#endif
