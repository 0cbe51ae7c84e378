/* SPDX-License-Identifier: MIT
 * Memory that runs short at any point of a check is an error: never a finding, never one less. */
#include <string.h>
#include <unistd.h>

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

static const char catalogue[] =
    "{ \"version\": 1, \"name\": \"kit\", \"summary\": \"s\",\n"
    "  \"outputs\": [\n"
    "    { \"matrix\": { \"x\": [1, 2] }, \"stages\": [{ \"resize\": { \"size\": \"${8*x}\",\n"
    "        \"fit\": \"cover\" } }, { \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"A.xcassets/${name}.imageset/${name}-${x}.png\",\n"
    "      \"emit\": [{ \"xcassets\": { \"scale\": \"${x}x\" } }] }],\n"
    "  \"emit\": [\"xcassets\"] }";

struct work {
    const char *folder;
    struct inspect_request request;
    size_t files;
    const char *rules[5]; /* of its findings */
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
    assert_int_equal(inspected.files, work->files);
    for (size_t i = 0; i < inspected.finding_count; i++) {
        assert_string_equal(inspected.findings[i].rule, work->rules[i]);
        finding_words(&inspected.findings[i], &words);
    }
    assert_null(work->rules[inspected.finding_count]);
    whole = !buffer_failed(&words);
    buffer_free(&words);
    arena_free(arena);
    return whole;
}

static void check_each_allocation(char *folder, const char *preset_text, struct work work)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct preset *preset = NULL;
    assert_int_equal(image_library_start(&error), STATUS_OK);
    assert_int_equal(
        preset_parse("kit.json", preset_text, strlen(preset_text), arena, &preset, &error),
        STATUS_OK);
    const struct inspect_target target = {
        preset, recipe_of_text(NULL, "kit.json", preset_text, NULL, arena, &error), NULL};
    work.folder = arena_text(arena, scratch_path(folder, "out"));
    work.request = (struct inspect_request){
        .targets = &target, .target_count = 1, .threads = 1, .limits = limits_default()};
    assert_true(support_each_allocation(inspect_once, &work) > 10);
    arena_free(arena);
    scratch_remove(folder);
}

static char *rendered(const char *preset_text)
{
    char *folder = scratch_make();
    struct program program = {.folder = folder};
    scratch_write(folder, "kit.json", preset_text);
    program_image(folder, "cat.png", 40, 40);
    program_call_with(&program, "render", "-q", "cat.png", "-p", "./kit.json", "-o", "out",
                      "--state", "state");
    assert_string_equal(program.error, "");
    program_end(&program);
    return folder;
}

static void each_allocation(void **state)
{
    char *folder = rendered(text);
    (void)state;
    program_image(folder, "out/cat_12.png", 13, 12);
    program_image(folder, "out/Dog_12.png", 12, 12);
    check_each_allocation(
        folder, text, (struct work){.files = 4, .rules = {"name", "size", "missing", "missing"}});
}

/* The files have names of their own, and one is of a wrong size. */
static void each_allocation_of_a_catalogue(void **state)
{
    char *folder = rendered(catalogue);
    (void)state;
    assert_int_equal(unlink(scratch_path(folder, "out/A.xcassets/cat.imageset/cat-1.png")), 0);
    assert_int_equal(unlink(scratch_path(folder, "out/A.xcassets/cat.imageset/cat-2.png")), 0);
    program_image(folder, "out/A.xcassets/cat.imageset/small.png", 8, 8);
    program_image(folder, "out/A.xcassets/cat.imageset/large.png", 16, 15);
    scratch_write(folder, "out/A.xcassets/cat.imageset/Contents.json",
                  "{\"images\": ["
                  "{\"filename\": \"large.png\", \"idiom\": \"universal\", \"scale\": \"2x\"},"
                  "{\"filename\": \"small.png\", \"idiom\": \"universal\", \"scale\": \"1x\"}],"
                  "\"info\": {\"version\": 1}}");
    check_each_allocation(folder, catalogue, (struct work){.files = 2, .rules = {"size"}});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation),
        cmocka_unit_test(each_allocation_of_a_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
