/* SPDX-License-Identifier: MIT
 * Where in a document a value stands, as a chain on the stack: written as a JSON pointer
 * (RFC 6901) only when an error needs it. */
#ifndef PICSET_POINTER_H
#define PICSET_POINTER_H

#include "buffer.h"

struct pointer {
    const struct pointer *parent; /* NULL at the root */
    const char *key;              /* NULL: index is meant */
    size_t index;
};

#define POINTER_KEY(parent_, key_) (&(struct pointer){.parent = (parent_), .key = (key_)})
#define POINTER_INDEX(parent_, index_) (&(struct pointer){.parent = (parent_), .index = (index_)})

/* Appends "/outputs/0/stages"; nothing for NULL. '~' and '/' in keys are escaped. */
void pointer_print(struct buffer *out, const struct pointer *pointer);
/* error_at with the pointer's text. */
enum status error_at_pointer(struct error *error, const struct pointer *pointer);

#endif
