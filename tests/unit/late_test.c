/* SPDX-License-Identifier: MIT
 * late.h: a library that is there, one that is not, and one without a function that is asked for.
 */
#include "support.h"

#include <string.h>
#include <zlib.h>

#include "late.h"

/* clang-format off */
#define FEW_CALLS(call) \
    call(, adler32) call(zlib, Version)
/* clang-format on */

struct few {
    FEW_CALLS(LATE_MEMBER)
};
LATE_LOADED(few, "libz.so.1", FEW_CALLS)

struct linked {
    FEW_CALLS(LATE_MEMBER)
};
LATE_LINKED(linked, FEW_CALLS)

struct absent {
    FEW_CALLS(LATE_MEMBER)
};
LATE_LOADED(absent, "libnosuch.so.1", FEW_CALLS)

static void functions_are_found(void **state)
{
    (void)state;
    assert_non_null(few_calls());
    assert_ptr_equal(few_calls(), few_calls());
    assert_string_equal(few_calls()->Version(), zlibVersion());
    assert_int_equal(few_calls()->adler32(1, (const Bytef *)"picset", 6),
                     adler32(1, (const Bytef *)"picset", 6));
}

static void linked_ones_are_the_same(void **state)
{
    (void)state;
    assert_string_equal(linked_calls()->Version(), zlibVersion());
    assert_int_equal(linked_calls()->adler32(1, (const Bytef *)"picset", 6),
                     adler32(1, (const Bytef *)"picset", 6));
}

static void what_is_not_there(void **state)
{
    static const char *const names[] = {"adler32", "no_such_function", NULL};
    void *calls[2] = {0};
    (void)state;
    assert_null(absent_calls());
    assert_false(late_load("libz.so.1", names, calls));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(linked_ones_are_the_same),
        cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
