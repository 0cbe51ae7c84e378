/* SPDX-License-Identifier: MIT
 * Memory that runs short at any point of a check is an error: never a finding, never one less. */
#include <string.h>

#include "image.h"
#include "inspect.h"
#include "program.h"
#include "recipes.h"
#include "scratch.h"

static const char text[] =
    "{ \"version\": 1, \"name\": \"kit\", \"summary\": \"s\", \"names\": \"android\",\n"
    "  \"outputs\": [\n"
    "    { \"matrix\": { \"px\": [12, 16] }, \"stages\": [{ \"resize\": { \"size\": \"${px}\",\n"
    "        \"fit\": \"cover\" } }, { \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"${name}_${px}.png\" },\n"
    "    { \"matrix\": { \"px\": [16] }, \"stages\": [{ \"resize\": { \"size\": \"${px}\",\n"
    "        \"fit\": \"cover\" } }, { \"pack\": { \"format\": \"ico\" } }],\n"
    "      \"path\": \"${name}.ico\" }] }";

struct work {
    const char *folder;
    struct inspect_request request;
};

static bool inspect_once(void *data)
{
    const struct work *work = data;
    struct arena *arena = arena_new();
    struct inspected inspected = {.path = NULL};
    struct error error = {0};
    struct buffer words = {.limit = 1 << 16};
    if (!arena) {
        return false;
    }
    bool whole = inspect_path(&work->request, work->folder, arena, &inspected, &error) == STATUS_OK;
    if (!whole) {
        assert_string_equal(error.message, "out of memory");
        arena_free(arena);
        return false;
    }
    assert_int_equal(inspected.files, 4);
    static const char *const rules[] = {"name", "size", "missing", "missing"};
    assert_int_equal(inspected.finding_count, 4);
    for (size_t i = 0; i < inspected.finding_count; i++) {
        assert_string_equal(inspected.findings[i].rule, rules[i]);
        finding_words(&inspected.findings[i], &words);
    }
    whole = !buffer_failed(&words);
    buffer_free(&words);
    arena_free(arena);
    return whole;
}

static void each_allocation(void **state)
{
    char *folder = scratch_make();
    struct program program = {.folder = folder};
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct preset *preset = NULL;
    (void)state;
    scratch_write(folder, "kit.json", text);
    program_image(folder, "cat.png", 40, 40);
    program_call_with(&program, "render", "-q", "cat.png", "-p", "./kit.json", "-o", "out",
                      "--state", "state");
    assert_string_equal(program.error, "");
    program_end(&program);
    program_image(folder, "out/cat_12.png", 13, 12);
    program_image(folder, "out/Dog_12.png", 12, 12);
    assert_int_equal(image_library_start(&error), STATUS_OK);
    assert_int_equal(preset_parse("kit.json", text, strlen(text), arena, &preset, &error),
                     STATUS_OK);
    const struct inspect_target target = {
        preset, recipe_of_text(NULL, "kit.json", text, NULL, arena, &error), NULL};
    const char *out = arena_text(arena, scratch_path(folder, "out"));
    struct work work = {
        out, {.targets = &target, .target_count = 1, .threads = 1, .limits = limits_default()}};
    assert_true(support_each_allocation(inspect_once, &work) > 10);
    arena_free(arena);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
