/* SPDX-License-Identifier: MIT
 * A folder for one test, and what lies in it. Fails the test when something cannot be done. */
#ifndef PICSET_TEST_SCRATCH_H
#define PICSET_TEST_SCRATCH_H

#include <stddef.h>

#include "buffer.h"

/* A new empty folder below $TMPDIR or /tmp; links resolved; free with scratch_remove. */
char *scratch_make(void);
void scratch_remove(char *folder); /* and all that is in it */

/* "FOLDER/NAME", in memory that lives until the next eight calls. */
const char *scratch_path(const char *folder, const char *name);
void scratch_write(const char *folder, const char *name, const char *text); /* makes parents */
void scratch_write_bytes(const char *folder, const char *name, const struct buffer *bytes);
/* The bytes of a file as text; NULL when it is not there. Free with memory_free. */
char *scratch_read(const char *folder, const char *name);
/* Every file, link and empty folder below, sorted, one a line, folders with '/'; hidden ones too.
 */
void scratch_list(const char *folder, struct buffer *out);

#define assert_scratch(folder_, text_)                                                             \
    do {                                                                                           \
        struct buffer list_ = {0};                                                                 \
        scratch_list((folder_), &list_);                                                           \
        assert_buffer_text(&list_, (text_));                                                       \
    } while (0)

#endif
