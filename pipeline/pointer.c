/* SPDX-License-Identifier: MIT
 * JSON pointers from the chain on the stack. */
#include "pointer.h"

#include "text.h"

void pointer_print(struct buffer *out, const struct pointer *pointer)
{
    if (!pointer) {
        return;
    }
    pointer_print(out, pointer->parent);
    buffer_char(out, '/');
    if (!pointer->key) {
        buffer_format(out, "%zu", pointer->index);
        return;
    }
    for (const char *c = pointer->key; *c; c++) {
        if (*c == '~') {
            buffer_text(out, "~0");
        } else if (*c == '/') {
            buffer_text(out, "~1");
        } else {
            buffer_char(out, *c);
        }
    }
}

enum status error_at_pointer(struct error *error, const struct pointer *pointer)
{
    struct buffer text = {0}, shown = {0};
    pointer_print(&text, pointer);
    text_printable(&shown, buffer_string(&text)); /* keys are whatever a file holds */
    error_at(error, "%s", buffer_string(&shown));
    buffer_free(&text);
    buffer_free(&shown);
    return error->status;
}
