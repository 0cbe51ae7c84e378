/* SPDX-License-Identifier: MIT
 * Parameters from the command line: what each assignment becomes, and what each wrong one is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "preset.h"

static struct arena *arena;

static int arena_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return arena ? 0 : -1;
}

static int arena_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *after_sets(const char *const *assignments, size_t count)
{
    static const char text[] =
        "{\"version\": 1, \"name\": \"test\", \"params\": {\"widths\": [1], \"formats\": [\"a\"], "
        "\"codec\": \"png\", \"px\": 3, \"on\": true, \"app\": {\"name\": \"\", \"size\": 1}, "
        "\"free\": {}}, \"outputs\": [{\"stages\": [\"copy\"], \"path\": \"a\"}]}";
    const struct preset *preset = NULL;
    const struct value *changes = NULL;
    struct error error = {0};
    struct buffer out = {0};
    char message[2048];
    assert_int_equal(preset_parse("test.json", text, strlen(text), arena, &preset, &error),
                     STATUS_OK);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = preset_set_option(preset, assignments[i], arena, &changes, &error);
    }
    error_format(&error, message, sizeof message);
    if (status == STATUS_OK) {
        value_print(&out, value_get(value_get(changes, "test"), "set"));
    }
    const char *result =
        status == STATUS_OK ? arena_text(arena, buffer_string(&out)) : arena_text(arena, message);
    buffer_free(&out);
    return result;
}

static void assignments_become_changes(void **state)
{
    (void)state;
    static const struct {
        const char *assignment, *expected;
    } cases[] = {
        {"test.widths=400,800", "{\"widths\":[400,800]}"},
        {"test.widths=400", "{\"widths\":[400]}"},
        {"test.widths=[1, 2]", "{\"widths\":[1,2]}"},
        {"test.formats=avif,webp", "{\"formats\":[\"avif\",\"webp\"]}"},
        {"test.formats=avif,[\"jpeg\",\"png\"]", "{\"formats\":[\"avif\",[\"jpeg\",\"png\"]]}"},
        {"test.formats=300x250,16", "{\"formats\":[\"300x250\",16]}"},
        {"test.codec=webp", "{\"codec\":\"webp\"}"},
        {"test.codec=512", "{\"codec\":\"512\"}"},
        {"test.codec=a=b", "{\"codec\":\"a=b\"}"},
        {"test.codec=", "{\"codec\":\"\"}"},
        {"test.px=1.5", "{\"px\":1.5}"},
        {"test.on=false", "{\"on\":false}"},
        {"test.app.name=Harbour", "{\"app\":{\"name\":\"Harbour\"}}"},
        {"test.app={\"size\": 2}", "{\"app\":{\"size\":2}}"},
        {"test.free={\"x\": 1}", "{\"free\":{\"x\":1}}"},
        {"test.px=wide", "test.px=wide: 'px' is a text (\"wide\"), and must be a number as its "
                         "default is"},
        {"test.on=1",
         "test.on=1: 'on' is a number (1), and must be true or false as its default is"},
        {"test.wdiths=1",
         "test.wdiths=1: unknown parameter 'wdiths' of preset 'test'; did you mean "
         "'widths'?"},
        {"test.app.nmae=x",
         "test.app.nmae=x: unknown parameter 'nmae' of 'app'; did you mean 'name'?"},
        {"test.px.x=1", "test.px.x=1: 'px' is a number and has no key 'x'"},
        {"test.app={\"nmae\": 2}",
         "test.app={\"nmae\": 2}: /nmae: unknown parameter 'nmae' of 'app'; did you mean 'name'?"},
        {"web.px=1", "'web' is not the preset 'test'"},
        {"px=1", "'px=1' is no assignment: PRESET.PARAM=VALUE is expected"},
        {"test.px", "'test.px' is no assignment: PRESET.PARAM=VALUE is expected"},
        {"test.=1", "'test.=1' is no assignment: PRESET.PARAM=VALUE is expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(after_sets(&cases[i].assignment, 1), cases[i].expected);
    }
    const char *const several[] = {"test.px=1", "test.app.name=A", "test.app.size=7", "test.px=2"};
    assert_string_equal(after_sets(several, 4), "{\"px\":2,\"app\":{\"name\":\"A\",\"size\":7}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assignments_become_changes),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
