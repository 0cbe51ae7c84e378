/* SPDX-License-Identifier: MIT
 * Patterns: braces, what comes before the first one, and what a segment matches. */
#include <string.h>

#include "glob.h"
#include "support.h"

static void braces(void **state)
{
    static const char *const cases[][2] = {
        {"a", "a"},
        {"a.{jpg,png}", "a.jpg a.png"},
        {"{a,b}/{1,2}", "a/1 a/2 b/1 b/2"},
        {"{a,{b,c}d}", "a bd cd"},
        {"a{b", "a{b"},
        {"a}b", "a}b"},
        {"{one}", "{one}"},
        {"{one}.{a,b}", "{one}.a {one}.b"},
        {"x{,y}", "x xy"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *arena = arena_new();
        struct error error = {0};
        const char *const *list = NULL;
        size_t count = 0;
        struct buffer text = {0};
        assert_int_equal(glob_expand(cases[i][0], arena, &list, &count, &error), STATUS_OK);
        for (size_t j = 0; j < count; j++) {
            buffer_format(&text, "%s%s", j ? " " : "", list[j]);
        }
        assert_buffer_text(&text, cases[i][1]);
        arena_free(arena);
    }
}

static void too_many_braces(void **state)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    const char *const *list = NULL;
    size_t count = 0;
    (void)state;
    assert_int_equal(glob_expand("{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}", arena,
                                 &list, &count, &error),
                     STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE,
                      "'{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}': pattern stands "
                      "for more than 1024 patterns");
    arena_free(arena);
}

static void splits(void **state)
{
    static const char *const cases[][2] = {
        {"*.jpg", ".|*.jpg"},
        {"photos/*.jpg", "photos|*.jpg"},
        {"photos/raw/**/*.jpg", "photos/raw|** *.jpg"},
        {"/*.jpg", "/|*.jpg"},
        {"/a/b[12]/c", "/a|b[12] c"},
        {"a//b*//c", "a|b* c"},
        {"**/**/x?", ".|** x?"},
        {"a*b/", ".|a*b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *arena = arena_new();
        struct error error = {0};
        struct glob glob;
        struct buffer text = {0};
        assert_int_equal(glob_split(cases[i][0], arena, &glob, &error), STATUS_OK);
        buffer_format(&text, "%s|", glob.base);
        for (size_t j = 0; j < glob.count; j++) {
            buffer_format(&text, "%s%s", j ? " " : "", glob.segments[j]);
        }
        assert_buffer_text(&text, cases[i][1]);
        arena_free(arena);
    }
}

static void matches(void **state)
{
    (void)state;
    assert_true(glob_matches("*.jpg", "a.jpg"));
    assert_false(glob_matches("*.jpg", "a.JPG"));
    assert_false(glob_matches("*", ".hidden"));
    assert_true(glob_matches(".h*", ".hidden"));
    assert_true(glob_matches("photo[0-9].???", "photo7.png"));
    assert_false(glob_matches("photo[0-9].???", "photo.png"));
    assert_true(glob_is_pattern("a{b"));
    assert_false(glob_is_pattern("a-b_c.jpg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(braces),
        cmocka_unit_test(too_many_braces),
        cmocka_unit_test(splits),
        cmocka_unit_test(matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
