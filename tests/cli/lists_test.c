/* SPDX-License-Identifier: MIT
 * `picset presets`, `stages` and `check`: what there is, explained and judged. */
#include <string.h>

#include "json.h"
#include "program.h"
#include "scratch.h"

static const char own[] =
    "{ \"version\": 1, \"name\": \"web\", \"summary\": \"my own web\",\n"
    "  \"note\": \"only for tests\", \"source\": \"nowhere\", \"checked\": \"2026-09\",\n"
    "  \"params\": { \"widths\": [40, 20], \"tag\": \"a, b\" },\n"
    "  \"inputs\": { \"dark\": \"for the night\" },\n"
    "  \"outputs\": [\n"
    "    { \"matrix\": { \"px\": \"${widths}\" },\n"
    "      \"stages\": [\"orient\", { \"resize\": { \"width\": \"${px}\" } }, "
    "{ \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"${name}-${width}.png\" },\n"
    "    { \"id\": \"tiny\", \"stages\": [{ \"resize\": { \"width\": 8 } }, "
    "{ \"encode\": { \"format\": \"webp\" } }],\n"
    "      \"inline\": true }],\n"
    "  \"emit\": [\"manifest\"] }\n";

static const char page[] = "web: my own web\n"
                           "presets/web.json\n"
                           "numbers from nowhere, checked 2026-09\n"
                           "only for tests\n"
                           "\n"
                           "Parameters and their defaults: --set web.NAME=VALUE\n"
                           "  widths        [40, 20]\n"
                           "  tag           a, b\n"
                           "\n"
                           "Inputs besides the image: --input NAME=FILE\n"
                           "  dark          for the night\n"
                           "\n"
                           "Outputs of one image, when it is large enough for all\n"
                           "  0  ${name}-${width}.png\n"
                           "      2 files: px=40 to px=20\n"
                           "      orient, resize, encode\n"
                           "  tiny  (in the record)\n"
                           "      1 data URI\n"
                           "      resize, encode\n"
                           "\n"
                           "Written from the set\n"
                           "  manifest      manifest.json\n"
                           "\n"
                           "Example\n"
                           "  picset render icon.png --preset web -o out\n"
                           "  picset render icon.png --preset web --input dark=dark.png -o out\n";

static int make_folder(void **state)
{
    char *folder = scratch_make();
    scratch_write(folder, "presets/web.json", own);
    scratch_write(folder, "presets/broken.json", "{ \"version\": 1,\n  \"nmae\": }");
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

/* A preset of one's own takes the place of a built-in one; a broken one harms no other. */
static void presets_are_listed(void **state)
{
    struct program program = {.folder = *state};
    program_call_with(&program, "presets");
    assert_int_equal(program.code, 0);
    assert_non_null(
        strstr(program.out, "\n  web                   my own web (presets/web.json)\n"));
    assert_non_null(strstr(program.out, "  thumbnails            "));
    assert_null(strstr(program.out, "broken"));
    assert_int_equal(strncmp(program.error, "picset: presets/broken.json: line 2, column ", 44), 0);
    program_end(&program);
    program.folder = "/";
    program_call_with(&program, "presets", "--json");
    assert_int_equal(program.code, 0);
    assert_string_equal(program.error, "");
    assert_non_null(strstr(program.out, "\"schema\": \"picset/presets/1\""));
    assert_non_null(strstr(program.out, "\"file\": \"built-in web\""));
    program_end(&program);
}

static void one_preset_is_explained(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct value *document = NULL;
    assert_program(&program, 0, page, "", "presets", "web");
    assert_program(&program, 0, "web.widths\nweb.tag\n", "", "presets", "web", "-q");
    program_call_with(&program, "presets", "web", "--json");
    assert_int_equal(program.code, 0);
    assert_int_equal(json_parse(arena, program.out, program.out_size, &document, &error),
                     STATUS_OK);
    assert_value_text(value_get(document, "schema"), "\"picset/preset/1\"");
    assert_value_text(value_get(document, "outputs"),
                      "[{\"preset\":\"web\",\"output\":\"0\",\"cells\":2,\"stages\":\"orient, "
                      "resize, encode\",\"path\":\"${name}-${width}.png\"},{\"preset\":\"web\","
                      "\"output\":\"tiny\",\"cells\":1,\"stages\":\"resize, encode\",\"path\":null}"
                      "]");
    program_end(&program);
    arena_free(arena);
}

static void stages_are_listed(void **state)
{
    struct program program = {.folder = *state};
    program_call_with(&program, "stages", "-q");
    assert_int_equal(program.code, 0);
    assert_int_equal(strncmp(program.out, "load\norient\n", 12), 0);
    assert_non_null(strstr(program.out, "\ncopy\nmanifest\n"));
    program_end(&program);
    assert_program(&program, 0,
                   "orient: turn the image upright as its EXIF orientation says\n"
                   "changes the image\n"
                   "\n"
                   "No options.\n",
                   "", "stages", "orient");
}

static void presets_are_checked(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0, "presets/web.json: right: 3 outputs, 1 emitted file\n", "", "check",
                   "web");
    program_call_with(&program, "check", "presets/web.json", "presets/broken.json", "sizes");
    assert_int_equal(program.code, 2);
    assert_string_equal(program.out, "presets/web.json: right: 3 outputs, 1 emitted file\n"
                                     "built-in sizes: right: 8 outputs, 1 emitted file\n");
    assert_int_equal(strncmp(program.error, "picset: presets/broken.json: line 2", 35), 0);
    program_end(&program);
    scratch_write(*state, "presets/schema.json", "{}");
    assert_program(&program, 0, "presets/web.json: right: 3 outputs, 1 emitted file\n",
                   "presets/schema.json: a schema, left out\n", "check", "presets/schema.json",
                   "presets/web.json");
    program_call_with(&program, "check", "--json");
    assert_int_equal(program.code, 2);
    assert_non_null(strstr(program.out, "\"schema\": \"picset/check/1\""));
    assert_non_null(strstr(program.out, "\"ok\": false"));
    program_end(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_are_listed),
        cmocka_unit_test(one_preset_is_explained),
        cmocka_unit_test(stages_are_listed),
        cmocka_unit_test(presets_are_checked),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
