/* SPDX-License-Identifier: MIT
 * CSV as RFC 4180 has it: a header, then rows, fields between commas, quoted where they hold
 * commas, quotes or line breaks. UTF-8 only, a byte order mark is passed over. Knows nothing of
 * images. */
#ifndef PICSET_CSV_H
#define PICSET_CSV_H

#include "arena.h"
#include "value.h"

enum { CSV_COLUMNS_MAX = 1024, CSV_ROWS_MAX = 1000000 };

struct csv {
    const char *const *columns; /* ended by NULL */
    size_t column_count;
    const struct value *rows; /* a list of objects: column → text, in the header's order */
    const size_t *lines;      /* where each row begins, from 1 */
};

/* Empty lines are passed over; a row with more or fewer fields than the header, a column without a
 * name or with the name of another, a quote where none may stand are errors: "line 3: …". Texts are
 * copied into the arena. */
PICSET_NODISCARD enum status csv_parse(const char *text, size_t size, struct arena *arena,
                                       struct csv *out, struct error *error);

#endif
