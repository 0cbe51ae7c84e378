/* SPDX-License-Identifier: MIT
 * What `srcset` writes, as exact text. */
#include "emitting.h"

static struct emitting web(void)
{
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_WEBP, FORMAT_AVIF};
    struct emitting emitting = emitting_make("srcset", "txt/a.txt");
    emitting_set(&emitting, "a", NULL);
    for (int w = 2; w >= 1; w--) {
        for (int f = 0; f < 3; f++) {
            const char *path = arena_format(emitting.arena, "a, %d.%s", 640 * w,
                                            format_info(formats[f])->extension);
            emitting_add(&emitting, path, formats[f], 640 * w, 427 * w, "{'sizes': '50vw'}");
        }
    }
    return emitting;
}

static void test_a_line_for_each_type(void **state)
{
    (void)state;
    struct emitting emitting = web();
    assert_emitted(&emitting, "{}",
                   "../a%2C%20640.avif 640w, ../a%2C%201280.avif 1280w\n"
                   "../a%2C%20640.webp 640w, ../a%2C%201280.webp 1280w\n"
                   "../a%2C%20640.jpg 640w, ../a%2C%201280.jpg 1280w\n");
}

static void test_one_format(void **state)
{
    (void)state;
    struct emitting emitting = web();
    assert_emitted(&emitting, "{'base': '/i', 'formats': 'webp'}",
                   "/i/a%2C%20640.webp 640w, /i/a%2C%201280.webp 1280w\n");
}

static void test_labels(void **state)
{
    (void)state;
    struct emitting emitting = web();
    emitting_add(&emitting, "d.png", FORMAT_PNG, 8, 8, "{'media': 'print', 'density': 1}");
    emitting_add(&emitting, "e.png", FORMAT_PNG, 12, 8, "{'media': 'print', 'density': 1.5}");
    emitting_add(&emitting, "f.gif", FORMAT_GIF, 12, 8, "{'media': '(width > 9px)'}");
    assert_emitted(&emitting, "{'labels': true, 'formats': ['png', 'avif', 'gif'], 'base': '/'}",
                   "image/png\tprint\t\t/d.png 1x, /e.png 1.5x\n"
                   "image/gif\t(width > 9px)\t\t/f.gif\n"
                   "image/avif\t\t50vw\t/a%2C%20640.avif 640w, /a%2C%201280.avif 1280w\n");
}

static void test_what_is_refused(void **state)
{
    (void)state;
    struct emitting emitting = web();
    assert_not_emitted(&emitting, "{'base': ' '}",
                       "'base' is ' ': blanks and control characters are not allowed in a URL");
    emitting = web();
    emitting_add(&emitting, "d.png", FORMAT_PNG, 8, 8, "{'media': 'a\\tb'}");
    assert_not_emitted(&emitting, "{}", "'media' has a tab or a line's end in it");
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    struct buffer faults = {0};
    emitting_inspect("srcset", "{}", "txt/a.txt",
                     "../a.avif 640w, ../b%20b.avif 1280w\nimage/webp\tprint\t100vw\t../c.webp\n",
                     " a.avif c.webp ", &faults);
    assert_buffer_text(&faults, "dangling names '../b%20b.avif'; that file is not there\n");
    emitting_inspect("srcset", "{'base': '/i/'}", "a.txt",
                     "x\t\t\t/i/a.avif 1x, /i/d.avif 2x\nhttps://example.org/z.png", " a.avif ",
                     &faults);
    assert_buffer_text(&faults, "dangling names '/i/d.avif'; that file is not there\n");
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = web();
    emitting_short_of_memory(&emitting, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_for_each_type),
        cmocka_unit_test(test_one_format),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
