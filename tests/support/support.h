/* SPDX-License-Identifier: MIT
 * What several tests ask for. Include this instead of cmocka.h: it brings what cmocka needs first.
 *
 *   assert_error_text(&error, STATUS_USAGE, "/width: 'width' is …")   status and whole text
 *   assert_buffer_text(&buffer, "…")                                  and frees the buffer
 *   assert_value_text(value, "{\"a\":1}")                              as value_print writes it
 *   support_value(arena, "{'a': 1}")                                  JSON with ' for ", must parse
 *   support_each_allocation(work, data)                               the n-th allocation fails
 */
#ifndef PICSET_TEST_SUPPORT_H
#define PICSET_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "buffer.h"
#include "error.h"
#include "value.h"

#define assert_error_text(error_, status_, text_)                                                  \
    support_error_text((error_), (status_), (text_), __FILE__, __LINE__)
#define assert_buffer_text(buffer_, text_)                                                         \
    support_buffer_text((buffer_), (text_), __FILE__, __LINE__)
#define assert_value_text(value_, text_) support_value_text((value_), (text_), __FILE__, __LINE__)

void support_error_text(const struct error *error, enum status status, const char *text,
                        const char *file, int line);
void support_buffer_text(struct buffer *buffer, const char *text, const char *file, int line);
void support_value_text(const struct value *value, const char *text, const char *file, int line);

const struct value *support_value(struct arena *arena, const char *json);

/* Runs work with the 1st, 2nd, … allocation failing, once alone and once with all that follow,
 * until it needs none that fails. work returns true on success; a failure must have set "out of
 * memory" or returned NULL, which it checks itself. Returns the number of allocations of a whole
 * run; fails the test when work succeeds although all allocations from the n-th on failed. */
long support_each_allocation(bool (*work)(void *data), void *data);

#endif
