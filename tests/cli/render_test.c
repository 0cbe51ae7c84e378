/* SPDX-License-Identifier: MIT
 * `picset render` and `picset plan` as a user runs them: what is said, what is made, and that both
 * agree. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static const char small[] =
    "{ \"version\": 1, \"name\": \"small\", \"summary\": \"two widths\",\n"
    "  \"params\": { \"widths\": [40, 20, 80] }, \"inputs\": { \"dark\": \"for the night\" },\n"
    "  \"outputs\": [\n"
    "    { \"matrix\": { \"px\": \"${widths}\" },\n"
    "      \"stages\": [\"orient\", { \"resize\": { \"width\": \"${px}\" } },\n"
    "                 { \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"${dir}${name}-${width}.png\" },\n"
    "    { \"id\": \"night\", \"from\": \"dark\",\n"
    "      \"stages\": [{ \"encode\": { \"format\": \"webp\" } }],\n"
    "      \"path\": \"${dir}${name}-night.webp\" }],\n"
    "  \"emit\": [\"manifest\"] }\n";

static int make_folder(void **state)
{
    char *folder = scratch_make();
    program_image(folder, "photos/one.png", 60, 40);
    program_image(folder, "photos/sub/two.jpg", 60, 40);
    program_image(folder, "photos/sub/two-dark.png", 30, 20);
    scratch_write(folder, "photos/notes.txt", "no image");
    scratch_write(folder, "bad.jpg", "no image");
    scratch_write(folder, "presets/small.json", small);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

/* The files below a folder, hidden ones left out, one a line; free with memory_free. */
static char *files_below(const char *folder)
{
    struct buffer all = {0}, kept = {0};
    scratch_list(folder, &all);
    for (const char *line = buffer_string(&all); *line;) {
        size_t length = strcspn(line, "\n");
        if (*line != '.') {
            buffer_bytes(&kept, line, length);
            buffer_char(&kept, '\n');
        }
        line += length + (line[length] == '\n');
    }
    char *text = memory_text(buffer_string(&kept));
    buffer_free(&all);
    buffer_free(&kept);
    return text;
}

static void plan_as_text(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0,
                   "small  photos/one.png  60x40 srgb 8-bit\n"
                   " load     whole image\n"
                   " orient   skipped: already upright\n"
                   " resize   skipped: not enlarged: 60x40\n"
                   "   encode   png → one-60.png\n"
                   "   resize   40x27\n"
                   "     encode   png → one-40.png\n"
                   "     resize   20x13 from 40x27\n"
                   "       encode   png → one-20.png\n"
                   " emit     manifest → manifest.json\n"
                   " dropped  small/night: no input 'dark' is given\n"
                   "\n"
                   "4 files from 1 image, 1 dropped\n",
                   "", "plan", "photos/one.png", "-p", "small");
}

static void plan_as_names(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0,
                   "a/x-20.png\na/x-40.png\na/x-60.png\na/x-night.webp\nmanifest.json\n", "",
                   "plan", "-q", "photos/one.png", "-p", "small", "--name", "a/x", "--input",
                   "dark=photos/sub/two-dark.png");
}

static const struct value *parse(struct arena *arena, const char *text)
{
    const struct value *value = NULL;
    struct error error = {0};
    assert_int_equal(json_parse(arena, text, strlen(text), &value, &error), STATUS_OK);
    return value;
}

static int64_t number(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    assert_non_null(value);
    assert_int_equal(value->type, VALUE_INT);
    return value->integer;
}

static void plan_as_json(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    program_call_with(&program, "plan", "photos/one.png", "bad.jpg", "-p", "small", "--json");
    assert_int_equal(program.code, 6);
    assert_string_equal(program.error, "picset: bad.jpg: holds text; picset reads JPEG, PNG, WebP, "
                                       "GIF and AVIF\n");
    const struct value *document = parse(arena, program.out);
    assert_value_text(value_get(document, "schema"), "\"picset/plan/1\"");
    assert_value_text(value_get(document, "summary"),
                      "{\"sources\":2,\"refused\":1,\"files\":4,\"inlined\":0,\"dropped\":1}");
    const struct value *plans = value_get(document, "plans");
    assert_int_equal(plans->list.count, 2);
    assert_value_text(value_get(plans->list.items[1], "error"),
                      "{\"status\":\"unsupported\",\"message\":\"holds text; "
                      "picset reads JPEG, PNG, WebP, GIF and AVIF\"}");
    program_end(&program);
    arena_free(arena);
}

/* What plan lists is what render makes; then nothing is left to do; and a folder's tree is kept. */
static void plan_and_render_agree(void **state)
{
    struct program plan = {.folder = *state}, render = {.folder = *state};
    program_call_with(&plan, "plan", "-q", "photos", "-r", "-p", "small", "-o", "agree", "--input",
                      "dark=photos/${dir}${name}-dark.png");
    assert_int_equal(plan.code, 0);
    assert_string_equal(plan.out, "manifest.json\none-20.png\none-40.png\none-60.png\n"
                                  "sub/two-20.png\nsub/two-40.png\nsub/two-60.png\n"
                                  "sub/two-dark-20.png\nsub/two-dark-30.png\n"
                                  "sub/two-night.webp\n");
    assert_null(scratch_read(*state, "agree/manifest.json"));
    program_call_with(&render, "render", "photos", "-r", "-p", "small", "-o", "agree", "--input",
                      "dark=photos/${dir}${name}-dark.png");
    assert_int_equal(render.code, 0);
    char *files = files_below(scratch_path(*state, "agree"));
    assert_string_equal(files, plan.out);
    memory_free(files);
    assert_non_null(strstr(render.error, "photos/one.png: 3 files, "));
    assert_non_null(strstr(render.error, "3 images: 3 made; 10 files, "));
    assert_string_equal(render.out, "");
    program_end(&render);
    program_call_with(&render, "render", "photos", "-r", "-p", "small", "-o", "agree", "--input",
                      "dark=photos/${dir}${name}-dark.png");
    assert_int_equal(render.code, 0);
    assert_non_null(strstr(render.error, "photos/one.png: unchanged\n"));
    assert_non_null(strstr(render.error, "3 images: 3 unchanged; "));
    program_end(&render);
    program_end(&plan);
}

static void one_bad_image_among_good_ones(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    program_call_with(&program, "render", "bad.jpg", "photos/one.png", "-p", "small", "-o", "bad",
                      "--json");
    assert_int_equal(program.code, 6);
    assert_int_equal(strncmp(program.error, "picset: bad.jpg: holds text", 27), 0);
    assert_non_null(strstr(program.error, "2 images: 1 made, 1 failed; 4 files, "));
    assert_non_null(strstr(program.error, "\nnot made: bad.jpg\n"));
    const struct value *document = parse(arena, program.out);
    assert_value_text(value_get(document, "schema"), "\"picset/render/1\"");
    assert_value_text(value_get(document, "status"), "\"partial\"");
    const struct value *sources = value_get(document, "sources");
    assert_int_equal(sources->list.count, 2);
    assert_value_text(value_get(sources->list.items[0], "status"), "\"unsupported\"");
    assert_value_text(value_get(sources->list.items[1], "status"), "\"ok\"");
    assert_int_equal(value_get(sources->list.items[1], "files")->list.count, 3);
    assert_int_equal(number(value_get(document, "summary"), "made"), 1);
    assert_int_equal(number(value_get(document, "summary"), "failed"), 1);
    assert_true(number(value_get(document, "summary"), "peakMemory") > 0);
    program_end(&program);
    /* Alone it is told of once, and its own status is the program's. */
    assert_program(&program, 4, "",
                   "picset: bad.jpg: holds text; picset reads JPEG, PNG, WebP, "
                   "GIF and AVIF\n",
                   "render", "-q", "bad.jpg", "-p", "small", "-o", "bad");
    arena_free(arena);
}

static void fail_fast(void **state)
{
    struct program program = {.folder = *state};
    program_call_with(&program, "render", "bad.jpg", "photos/one.png", "-p", "small", "-o", "fast",
                      "--fail-fast");
    assert_int_equal(program.code, 4);
    assert_null(scratch_read(*state, "fast/one-20.png"));
    program_end(&program);
}

static void standard_input(void **state)
{
    struct program program = {.folder = *state};
    char *path = memory_text(scratch_path(*state, "photos/one.png"));
    FILE *file = fopen(path, "rb");
    char bytes[20000];
    assert_non_null(file);
    program.input_size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    memory_free(path);
    program.input = bytes;
    program_call_with(&program, "render", "-", "--name", "piped", "-p", "small", "-o", "in",
                      "--set", "widths=20");
    assert_int_equal(program.code, 0);
    assert_int_equal(strncmp(program.error, "standard input: 1 file, ", 24), 0);
    program_end(&program);
    char *files = files_below(scratch_path(*state, "in"));
    assert_string_equal(files, "manifest.json\npiped-20.png\n");
    memory_free(files);
}

static void list_of_files(void **state)
{
    static const char names[] = "photos/one.png\0photos/sub/two.jpg\0missing.png";
    struct program program = {.folder = *state, .input = names, .input_size = sizeof(names)};
    program_call_with(&program, "plan", "-q0", "--files-from", "-", "-p", "small", "--set",
                      "small.widths=20");
    assert_int_equal(program.code, 6);
    assert_string_equal(program.out, "manifest.json\nphotos/one-20.png\nphotos/sub/two-20.png\n");
    assert_string_equal(program.error, "picset: missing.png: is not there\n");
    program_end(&program);
}

static void a_folder_per_preset(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0, "small/x/manifest.json\nsmall/x/one-20.png\n", "", "render", "-nq",
                   "photos/one.png", "-p", "small", "--set", "widths=20", "-o", "out/${preset}/x");
    assert_null(scratch_read(*state, "out/small/x/manifest.json"));
}

static void verbose_names_every_file(void **state)
{
    struct program program = {.folder = *state};
    program_call_with(&program, "render", "photos", "-rv", "-p", "small", "--set", "widths=20",
                      "-o", "verbose", "--state", "none");
    assert_int_equal(program.code, 0);
    assert_int_equal(strncmp(program.error, "1 other file in folders left out\n", 33), 0);
    assert_non_null(strstr(program.error, "  sub/two-20.png\n"));
    program_end(&program);
}

/* Nothing half at a final name, no temporary file, and the promised exit code. */
static void interrupted(void **state)
{
    struct program program = {.folder = *state};
    for (int i = 0; i < 40; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "many/%d.jpg", i);
        program_image(*state, name, 900 + i, 700);
    }
    pid_t pid = program_start(&program, (const char *const[]){"render", "many", "-r", "-p", "web",
                                                              "-o", "cut", "-j", "2", NULL});
    /* Until the first file is there it has not begun. */
    char *first = NULL;
    for (int i = 0; i < 600 && !first; i++) {
        struct timespec pause = {.tv_nsec = 50000000};
        (void)nanosleep(&pause, NULL);
        char *files = files_below(scratch_path(*state, "cut"));
        first = *files ? files : NULL;
        if (!first) {
            memory_free(files);
        }
    }
    assert_non_null(first);
    memory_free(first);
    /* From the terminal, and once more from the one who started it, as npm does. */
    assert_int_equal(kill(pid, SIGINT), 0);
    (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    assert_int_equal(kill(pid, SIGINT), 0);
    program_wait(&program, pid);
    assert_int_equal(program.code, 130);
    assert_non_null(strstr(program.error, "picset: stopping; once more to leave at once\n"));
    assert_non_null(strstr(program.error, " of 40 images done; the same command does the rest\n"));
    struct buffer all = {0};
    scratch_list(scratch_path(*state, "cut"), &all);
    assert_null(strstr(buffer_string(&all), ".picset"));
    buffer_free(&all);
    program_end(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_as_text),
        cmocka_unit_test(plan_as_names),
        cmocka_unit_test(plan_as_json),
        cmocka_unit_test(plan_and_render_agree),
        cmocka_unit_test(one_bad_image_among_good_ones),
        cmocka_unit_test(fail_fast),
        cmocka_unit_test(standard_input),
        cmocka_unit_test(list_of_files),
        cmocka_unit_test(a_folder_per_preset),
        cmocka_unit_test(verbose_names_every_file),
        cmocka_unit_test(interrupted),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
