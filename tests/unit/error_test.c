/* SPDX-License-Identifier: MIT
 * error.h and pointer.h: who speaks first, where it was, and texts that are longer than the struct.
 */
#include "support.h"

#include <string.h>

#include "memory.h"
#include "pointer.h"
#include "text.h"

static void first_error_wins(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(error_set(&error, STATUS_USAGE, "'%s' is %d", "a", 1), STATUS_USAGE);
    assert_int_equal(error_set(&error, STATUS_BUG, "later"), STATUS_USAGE);
    assert_int_equal(error_memory(&error), STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE, "'a' is 1");
    error_clear(&error);
    assert_int_equal(error_memory(&error), STATUS_FAILED);
    assert_error_text(&error, STATUS_FAILED, "out of memory");
}

static void places_go_in_front(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, STATUS_USAGE, "wrong");
    error_at(&error, "%s", "");
    error_at(&error, "/outputs/%d", 0);
    assert_int_equal(error_at(&error, "presets/web.json"), STATUS_USAGE);
    error_cause(&error, "  the library\n said\tthis \n");
    assert_error_text(&error, STATUS_USAGE,
                      "presets/web.json: /outputs/0: wrong (the library  said this)");
    error_cause(&error, "later");
    assert_string_equal(error.cause, "the library  said this");
}

static void fill(char *text, size_t size, const char *character)
{
    text[0] = '\0';
    for (size_t used = 0; used + strlen(character) < size; used += strlen(character)) {
        memcpy(text + used, character, strlen(character) + 1);
    }
}

/* Nothing overruns, and no character is cut in half, whatever the widths. */
static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    const char *const characters[] = {"a", "é", "€", "😀"};
    for (size_t c = 0; c < 4; c++) {
        for (size_t shift = 0; shift < 4; shift++) {
            char text[3000], start[8] = "";
            struct error error = {0};
            memset(start, '-', shift);
            fill(text, sizeof(text), characters[c]);
            error_set(&error, STATUS_FAILED, "%s%s", start, text);
            error_at(&error, "%s%s", start, text);
            error_at(&error, "%s", "file.json");
            error_cause(&error, text);
            assert_true(text_is_utf8(error.message, strlen(error.message)));
            assert_true(text_is_utf8(error.where, strlen(error.where)));
            assert_true(text_is_utf8(error.cause, strlen(error.cause)));
            assert_in_range(strlen(error.message), 1020, 1023);
            assert_in_range(strlen(error.where), 505, 511);
            assert_true(text_starts(error.where, "file.json: "));
            assert_in_range(strlen(error.cause), 508, 511);
        }
    }
}

static void formats_into_any_size(void **state)
{
    (void)state;
    struct error error = {0};
    char text[32] = "untouched";
    error_set(&error, STATUS_MISSING, "né");
    error_at(&error, "a");
    assert_int_equal(error_format(&error, NULL, 0), 6);
    assert_int_equal(error_format(&error, text, 7), 6);
    assert_string_equal(text, "a: né");
    assert_int_equal(error_format(&error, text, 6), 6);
    assert_string_equal(text, "a: n"); /* the second byte of é does not fit */
    assert_int_equal(error_format(&error, text, 1), 6);
    assert_string_equal(text, "");
}

static void statuses_have_names(void **state)
{
    (void)state;
    assert_string_equal(status_name(STATUS_OK), "ok");
    assert_string_equal(status_name(STATUS_PARTIAL), "partial");
    assert_string_equal(status_name(STATUS_INTERRUPTED), "interrupted");
    assert_string_equal(status_name((enum status)99), "unknown");
    assert_int_equal(STATUS_CHECK, 7);
    assert_int_equal(STATUS_INTERRUPTED, 130);
}

static void pointers_are_escaped(void **state)
{
    (void)state;
    struct buffer out = {0};
    const struct pointer *root = POINTER_KEY(NULL, "outputs");
    const struct pointer *item = POINTER_INDEX(root, 12);
    pointer_print(&out, POINTER_KEY(POINTER_KEY(item, "a/b~c"), ""));
    assert_buffer_text(&out, "/outputs/12/a~1b~0c/");
    pointer_print(&out, NULL);
    assert_buffer_text(&out, "");

    struct error error = {0};
    error_set(&error, STATUS_USAGE, "wrong");
    error_at_pointer(&error, NULL);
    error_at_pointer(&error, item);
    assert_error_text(&error, STATUS_USAGE, "/outputs/12: wrong");
    error_clear(&error);
    error_set(&error, STATUS_USAGE, "wrong");
    error_at_pointer(&error, POINTER_KEY(NULL, "\x1b[2Jé"));
    assert_error_text(&error, STATUS_USAGE, "/\\x1b[2Jé: wrong");
}

static void pointer_without_memory(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, STATUS_USAGE, "wrong");
    memory_fail_at(1, 1);
    error_at_pointer(&error, POINTER_KEY(NULL, "a"));
    memory_fail_at(0, 0);
    assert_error_text(&error, STATUS_USAGE, "wrong");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(places_go_in_front),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(formats_into_any_size),
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(pointers_are_escaped),
        cmocka_unit_test(pointer_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
