/* SPDX-License-Identifier: MIT
 * What `picset render` says when little is wrong, or nothing was to be done: each thing once, by
 * the name that the person used, and with an exit code that tells how much was made. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "craft.h"
#include "generating.h"
#include "memory.h"
#include "scratch.h"

static const char plain[] =
    "{\"version\": 1, \"name\": \"plain\", \"params\": {\"quality\": 80, \"widths\": [20]},\n"
    " \"outputs\": [{\"matrix\": {\"px\": \"${widths}\"}, \"stages\": [{\"resize\": {\"width\": "
    "\"${px}\"}},\n"
    " {\"encode\": {\"format\": \"jpeg\", \"quality\": {\"jpeg\": \"${quality}\"}}}],\n"
    " \"path\": \"${name}-${px}.jpg\"}]}";

static int plain_folder(void **state)
{
    const int bad = generating_folder(state);
    scratch_write(*state, "presets/plain.json", plain);
    program_image(*state, "a.png", 60, 40);
    return bad;
}

#define RENDER(...) ARGUMENTS("render", "-p", "plain", "-o", "out", __VA_ARGS__)

static void a_wrong_value_is_where_it_was_given(void **state)
{
    const char *folder = *state;
    expect(folder, 2, RENDER("a.png", "--set", "plain.quality=999"),
           ARGUMENTS("picset: --set plain.quality=999: presets/plain.json: /outputs/0/stages/1/"
                     "encode/quality/jpeg: 'quality' is 999, outside 0..100\n"));
    expect(folder, 2, RENDER("a.png", "--set", "widths=10", "--set", "quality=101"),
           ARGUMENTS("picset: --set quality=101: presets/plain.json: /outputs/0/stages/1/"));
    expect(folder, 2, RENDER("a.png", "--memory", "99999999999T"),
           ARGUMENTS("picset: '--memory' is \"99999999999T\", more bytes than there are\n"));
    expect(folder, 2, RENDER("a.png", "--memory", "9x"),
           ARGUMENTS("picset: '--memory' is \"9x\", must be a number of bytes like"));
    expect(folder, 2, RENDER("a.png", "--memory", "5"),
           ARGUMENTS(
               "picset: '--memory' is 5 B, must be 16M at least, or 0: half of what there is\n"));
    expect(folder, 2, RENDER("a.png", "--name", ""),
           ARGUMENTS("picset: '--name' is empty: --name NAME\n"));
    expect(folder, 0, RENDER("a.png", "--alt", ""), ARGUMENTS("1 made"));
    expect(folder, 0, RENDER("a.png", "--memory", "16M", "--overwrite", "always"),
           ARGUMENTS(" of 17 MB memory\n"));
}

static void what_is_there_is_told_once(void **state)
{
    const char *folder = *state;
    scratch_write(folder, "out/a-20.jpg", "mine");
    expect(
        folder, 5, RENDER("a.png", "--overwrite", "never"),
        ARGUMENTS("picset: a.png: a-20.jpg: there is another file already, and --overwrite never "
                  "keeps it\n"));
    char *kept = scratch_read(folder, "out/a-20.jpg");
    assert_string_equal(kept, "mine");
    memory_free(kept);
    expect(folder, 5, RENDER("a.png"),
           ARGUMENTS("picset: a.png: a-20.jpg: there is another file already, not made by picset; "
                     "--overwrite always replaces it\n"));
    kept = scratch_read(folder, "out/a-20.jpg");
    assert_string_equal(kept, "mine");
    memory_free(kept);
    expect(folder, 0, RENDER("a.png", "--overwrite", "always"), ARGUMENTS("1 made"));
    expect(folder, 0, RENDER("a.png", "--state", "none"),
           ARGUMENTS("a.png: 1 file, ", "1 image: 1 made; "));
    scratch_write(folder, "presets/small.json",
                  "{\"version\": 1, \"name\": \"small\", \"outputs\": [{\"stages\": [{\"encode\": "
                  "{\"format\": \"jpeg\", \"max-bytes\": 9}}], \"path\": \"${name}.jpg\"}]}");
    expect(folder, 5, ARGUMENTS("render", "a.png", "-p", "small", "-o", "out"),
           ARGUMENTS("picset: a.png: a.jpg: encode jpeg: 'max-bytes' is 9 B, and the smallest"));
}

/* Somebody else's files under the names of emitted ones: of all images, of one, of a whole preset.
 */
static void emitted_files_are_kept_as_renditions_are(void **state)
{
    const char *folder = *state;
    static const char *const names[] = {"manifest.json", "head.html", "manifest.webmanifest"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[64];
        (void)snprintf(path, sizeof(path), "icons/%s", names[i]);
        scratch_write(folder, path, "mine");
    }
    for (int run = 0; run < 4; run++) { /* kept files are no end of it */
        struct program program = {.folder = folder};
        program_call_with(&program, "render", "a.png", "-p", "favicon", "-o", "icons",
                          "--overwrite", run & 1 ? "never" : "changed");
        assert_int_equal(program.code, 5);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            char path[64];
            (void)snprintf(path, sizeof(path), "%s: there is another file", names[i]);
            const char *said = strstr(program.error, path);
            assert_non_null(said);
            assert_null(strstr(said + 1, path));
            (void)snprintf(path, sizeof(path), "icons/%s", names[i]);
            char *kept = scratch_read(folder, path);
            assert_string_equal(kept, "mine");
            memory_free(kept);
        }
        program_end(&program);
    }
    expect(folder, 0,
           ARGUMENTS("render", "a.png", "-p", "favicon", "-o", "icons", "--overwrite", "always"),
           ARGUMENTS("files, "));
}

/* Two frames of one pixel. */
static void write_animation(const char *folder)
{
    static const char head[] = "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff";
    static const char frame[] = ",\0\0\0\0\1\0\1\0\0\2\2D\1";
    struct buffer gif = {0};
    buffer_bytes(&gif, head, sizeof(head) - 1);
    buffer_bytes(&gif, frame, sizeof(frame));
    buffer_bytes(&gif, frame, sizeof(frame));
    buffer_char(&gif, ';');
    scratch_write_bytes(folder, "moves.gif", &gif);
    buffer_free(&gif);
}

/* a.png with the chunk that says how many frames it has. */
static void write_moving_png(const char *folder)
{
    struct program copy = {.other = "sh", .folder = folder};
    struct buffer chunk = {0};
    craft_chunk(&chunk, "acTL", "\0\0\0\3\0\0\0\0", 8);
    scratch_write_bytes(folder, "chunk", &chunk);
    buffer_free(&chunk);
    assert_program(&copy, 0, "", "", "-c",
                   "(head -c 33 a.png; cat chunk; tail -c +34 a.png) >moves.png");
}

static void what_a_plan_warns_of_is_said_by_a_run(void **state)
{
    const char *folder = *state;
    scratch_write(
        folder, "presets/large.json",
        "{\"version\": 1, \"name\": \"large\", \"outputs\": [{\"matrix\": {\"px\": [30, 90, "
        "240]}, \"stages\": [{\"resize\": {\"width\": \"${px}\", \"enlarge\": \"allow\"}},"
        "{\"encode\": {\"format\": \"png\"}}], \"path\": \"${name}-${px}.png\"}]}");
    scratch_write(
        folder, "presets/icon.json",
        "{\"version\": 1, \"name\": \"icon\", \"outputs\": [{\"matrix\": {\"px\": [6, 9]}, "
        "\"stages\": [{\"resize\": {\"size\": \"${px}\", \"fit\": \"contain\"}}, {\"encode\": "
        "{\"format\": \"png\"}}], \"path\": \"${name}-${px}.png\"}]}");
    program_image(folder, "b.png", 64, 32);
    program_image(folder, "dot.png", 1, 1);
    write_animation(folder);
    write_moving_png(folder);
    const char *const *arguments =
        ARGUMENTS("render", "a.png", "b.png", "dot.png", "-p", "large,icon", "-o", "out");
    expect(folder, 0, arguments,
           ARGUMENTS("picset: warning: a.png: large: 2 files enlarged up to 4 times: 'picset plan' "
                     "says which\n",
                     "picset: warning: b.png: icon: the image fills 50 % of the square, and the "
                     "like (2 files)",
                     "picset: warning: dot.png: large: 3 files enlarged up to 240 times: "));
    struct program program = {.folder = folder};
    program_call(&program, arguments); /* nothing is made, nothing is warned of */
    assert_null(strstr(program.error, "warning"));
    program_end(&program);
    program_call_with(&program, "render", "-q", "b.png", "-p", "icon", "-o", "quiet");
    assert_string_equal(program.error, "");
    program_end(&program);
    expect(folder, 0, ARGUMENTS("render", "moves.gif", "-p", "plain", "-o", "out"),
           ARGUMENTS("picset: warning: moves.gif: plain: an animation becomes a still\n"));
    expect(folder, 0, ARGUMENTS("render", "moves.png", "-p", "plain", "-o", "png", "--json"),
           ARGUMENTS("\"warnings\": [\"plain: an animated PNG becomes a still: its motion is not "
                     "read\"]"));
    expect(folder, 0,
           ARGUMENTS("generate", "--prompt", "x", "--aspect", "16:9", "--size", "1K", "-p", "icon",
                     "-o", "out"),
           ARGUMENTS("picset: warning: x: icon: the image fills "));
}

static void an_address_of_an_example_is_doubted(void **state)
{
    const char *folder = *state;
    program_image(folder, "b.png", 60, 40);
    struct program program = {.folder = folder};
    program_call_with(&program, "render", "a.png", "b.png", "-p", "opengraph", "-o", "out");
    const char *said =
        strstr(program.error, "picset: warning: a.png: opengraph: html-head: 'base' is "
                              "'https://example.org/', an example: ");
    assert_int_equal(program.code, 0);
    assert_non_null(said);
    assert_null(strstr(said, "b.png: opengraph: html-head"));
    program_end(&program);
    program_call_with(&program, "render", "a.png", "-p", "opengraph", "-o", "out", "--set",
                      "base=https://ferries.test/img/");
    assert_int_equal(program.code, 0);
    assert_null(strstr(program.error, "html-head"));
    program_end(&program);
}

static void names_that_differ_in_case_alone_are_told(void **state)
{
    const char *folder = *state;
    program_image(folder, "A.png", 60, 40);
    program_image(folder, "b.png", 60, 40);
    expect(folder, 0, RENDER("a.png", "A.png", "b.png"),
           ARGUMENTS("picset: warning: 'A-20.jpg' and 'a-20.jpg' are one file where case does not "
                     "count, as on macOS and Windows\n"));
    program_image(folder, "B.png", 60, 40);
    expect(folder, 0, RENDER("B.png"), /* against what was made before */
           ARGUMENTS("'A-20.jpg' and 'a-20.jpg' are one file", "Windows; others, too\n"));
    struct program program = {.folder = folder};
    program_call(&program, RENDER("B.png"));
    assert_null(strstr(program.error, "warning"));
    program_end(&program);
}

static void one_bad_name_harms_no_other(void **state)
{
    const char *folder = *state;
    assert_int_equal(symlink("nowhere.png", scratch_path(folder, "link.png")), 0);
    expect(folder, 6, RENDER("a.png", "link.png"),
           ARGUMENTS("picset: link.png: is not there\n", "1 made, 1 failed", "not made: link.png"));
    assert_there(folder, "out/a-20.jpg", true);
    expect(folder, 3, RENDER("link.png"), ARGUMENTS("picset: link.png: is not there\n"));
    expect(folder, 3, RENDER("a.png", "none.png"),
           ARGUMENTS("picset: no such file or folder 'none.png'\n"));
    scratch_write(folder, "empty.png", "");
    struct program program = {.folder = folder, .input = "", .input_size = 0};
    program_call(&program, RENDER("-"));
    assert_int_equal(program.code, 4);
    assert_has(program.error, "picset: standard input: holds nothing; picset reads JPEG");
    program_end(&program);
    expect(folder, 4, RENDER("empty.png"), ARGUMENTS("picset: empty.png: holds nothing; picset"));
}

/* Both write the file, one after the other: whose it is does not matter. */
static void equal_images_of_one_file_are_both_unchanged(void **state)
{
    const char *folder = *state;
    struct program copy = {.other = "cp", .folder = folder};
    assert_program(&copy, 0, "", "", "a.png", "presets/a.png");
    expect(folder, 0, RENDER("a.png", "presets/a.png", "--json"), ARGUMENTS("\"failed\": 0"));
    for (int run = 0; run < 2; run++) {
        expect(folder, 0, RENDER("a.png", "presets/a.png", "--json"),
               ARGUMENTS("\"unchanged\": 2", "\"decodes\": 0"));
    }
    struct program touch = {.other = "touch", .folder = folder};
    assert_program(&touch, 0, "", "", "-d", "2001-01-01", "out/a-20.jpg"); /* as a checkout does */
    expect(folder, 0, RENDER("a.png", "--json"), ARGUMENTS("\"decodes\": 0"));
    scratch_write(folder, "out/a-20.jpg", "changed");
    expect(folder, 0, RENDER("a.png", "--json"), ARGUMENTS("\"decodes\": 1", "\"made\": 1"));
}

static void a_document_also_without_a_command(void **state)
{
    const char *folder = *state;
    expect(folder, 2, ARGUMENTS("--json"),
           ARGUMENTS("\"schema\": \"picset/error/1\"", "\"message\": \"no command given\""));
    expect(folder, 2, ARGUMENTS("help", "--json"),
           ARGUMENTS("\"schema\": \"picset/error/1\"", "it has no document for --json"));
    expect(folder, 0, ARGUMENTS("help"), ARGUMENTS("Usage"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(test_) cmocka_unit_test_setup_teardown(test_, plain_folder, generating_remove)
        IN_FOLDER(a_wrong_value_is_where_it_was_given),
        IN_FOLDER(what_is_there_is_told_once),
        IN_FOLDER(emitted_files_are_kept_as_renditions_are),
        IN_FOLDER(what_a_plan_warns_of_is_said_by_a_run),
        IN_FOLDER(an_address_of_an_example_is_doubted),
        IN_FOLDER(names_that_differ_in_case_alone_are_told),
        IN_FOLDER(one_bad_name_harms_no_other),
        IN_FOLDER(equal_images_of_one_file_are_both_unchanged),
        IN_FOLDER(a_document_also_without_a_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
