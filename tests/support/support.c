/* SPDX-License-Identifier: MIT
 * See support.h. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "memory.h"

#define ALLOCATIONS_MOST 200000 /* a run that needs more is no unit of anything */

static void equal_text(const char *is, const char *wanted, const char *file, int line)
{
    if (strcmp(is, wanted) != 0) {
        (void)fprintf(stderr, "is:     %s\nwanted: %s\n", is, wanted); /* print_error cuts */
        _fail(file, line);
    }
}

void support_error_text(const struct error *error, enum status status, const char *text,
                        const char *file, int line)
{
    char whole[sizeof(struct error)];
    error_format(error, whole, sizeof(whole));
    equal_text(whole, text, file, line);
    equal_text(status_name(error->status), status_name(status), file, line);
}

void support_buffer_text(struct buffer *buffer, const char *text, const char *file, int line)
{
    if (buffer_failed(buffer)) {
        print_error("the buffer has failed\n");
        _fail(file, line);
    }
    equal_text(buffer_string(buffer), text, file, line);
    buffer_free(buffer);
}

void support_value_text(const struct value *value, const char *text, const char *file, int line)
{
    struct buffer out = {0};
    if (value) {
        value_print(&out, value);
    } else {
        buffer_text(&out, "NULL");
    }
    support_buffer_text(&out, text, file, line);
}

const struct value *support_value(struct arena *arena, const char *json)
{
    const struct value *value = NULL;
    struct error error = {0};
    char *text = arena_text(arena, json);
    assert_non_null(text);
    for (char *c = text; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    if (json_parse(arena, text, strlen(text), &value, &error) != STATUS_OK) {
        fail_msg("%s: %s: %s", error.where, error.message, text);
    }
    return value;
}

long support_each_allocation(bool (*work)(void *data), void *data)
{
    for (int sticky = 0; sticky <= 1; sticky++) {
        for (long n = 1;; n++) {
            memory_fail_at(n, sticky);
            bool done = work(data);
            long used = memory_count();
            memory_fail_at(0, 0);
            if (used < n) {
                assert_true(done);
                if (sticky) {
                    return used;
                }
                break;
            }
            if (sticky && done) {
                fail_msg("succeeded although allocation %ld and all after it failed", n);
            }
            assert_true(n < ALLOCATIONS_MOST);
        }
    }
    return 0;
}
