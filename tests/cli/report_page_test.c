/* SPDX-License-Identifier: MIT
 * `picset report` and --report as a user runs them: where the page lies and what it names, what is
 * said, and what is refused. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static const char small[] =
    "{ \"version\": 1, \"name\": \"small\", \"summary\": \"two widths\",\n"
    "  \"outputs\": [\n"
    "    { \"matrix\": { \"px\": [40, 20] },\n"
    "      \"stages\": [\"orient\", { \"resize\": { \"width\": \"${px}\" } },\n"
    "                 { \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"${dir}${name}-${width}.png\" }],\n"
    "  \"emit\": [\"manifest\"] }\n";

static int make_folder(void **state)
{
    char *folder = scratch_make();
    program_image(folder, "one.png", 60, 40);
    program_image(folder, "two.png", 50, 50);
    scratch_write(folder, "presets/small.json", small);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void render(struct program *program, const char *out, const char *more)
{
    program_call_with(program, "render", "-q", "one.png", "two.png", "-p", "small", "-o", out,
                      more);
    assert_string_equal(program->error, "");
    assert_int_equal(program->code, 0);
    program_end(program);
}

/* Bytes differ from library to library. */
static void assert_reported(struct program *program, const char *said)
{
    assert_int_equal(strncmp(program->error, said, strlen(said)), 0);
    assert_string_equal(program->out, "");
    assert_int_equal(program->code, 0);
    program_end(program);
}

/* The page's data; the page itself must be there. */
static const struct value *data_of(const char *folder, const char *name, struct arena *arena)
{
    char *page = scratch_read(folder, name);
    assert_non_null(page);
    const char *open = strstr(page, "id=\"data\">"), *close;
    assert_non_null(open);
    open = strchr(open, '>') + 1;
    close = strstr(open, "</script>");
    assert_non_null(close);
    const struct value *value = NULL;
    struct error error = {0};
    assert_int_equal(json_parse(arena, open, (size_t)(close - open), &value, &error), STATUS_OK);
    memory_free(page);
    return value;
}

/* The i-th set's first URL. */
static const char *url_of(const struct value *data, size_t i)
{
    const struct value *set = value_get(data, "sets")->list.items[i];
    return value_get(value_get(set, "renditions")->list.items[0], "url")->text;
}

static void after_a_run(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    render(&program, "out", NULL);
    program_call_with(&program, "report", "out", "-n");
    assert_reported(&program, "out/report.html would show: 2 images, 4 renditions, ");
    char *none = scratch_read(*state, "out/report.html");
    assert_null(none);
    program_call_with(&program, "report", "out");
    assert_reported(&program, "out/report.html: 2 images, 4 renditions, ");
    const struct value *data = data_of(*state, "out/report.html", arena);
    assert_string_equal(value_get(data, "title")->text, "out");
    assert_int_equal(value_get(data, "sets")->list.count, 2);
    assert_string_equal(url_of(data, 0), "one-40.png");
    assert_string_equal(url_of(data, 1), "two-40.png");
    const struct value *set = value_get(data, "sets")->list.items[0];
    assert_true(value_get(set, "times")->list.count >= 2); /* load, resize, encode */
    arena_free(arena);
}

/* Times are told of on the page, and nowhere where the same sets must give the same bytes. */
static void manifests_hold_no_time(void **state)
{
    struct program program = {.folder = *state};
    render(&program, "out", NULL);
    char *manifest = scratch_read(*state, "out/manifest.json");
    assert_non_null(manifest);
    assert_null(strstr(manifest, "seconds"));
    memory_free(manifest);
}

static void twice_is_the_same(void **state)
{
    struct program program = {.folder = *state};
    render(&program, "out", "--report");
    char *first = scratch_read(*state, "out/report.html");
    render(&program, "out", "--report"); /* nothing is made: the times are those of the first */
    char *second = scratch_read(*state, "out/report.html");
    assert_non_null(first);
    assert_string_equal(first, second);
    memory_free(first);
    memory_free(second);
}

static void a_folder_for_each_preset(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    render(&program, "public/${preset}", "--report");
    assert_string_equal(url_of(data_of(*state, "public/report.html", arena), 0),
                        "small/one-40.png");
    program_call_with(&program, "report", "public", "-o", "pages/a b/look.html");
    assert_reported(&program, "pages/a b/look.html: 2 images, 4 renditions, ");
    assert_string_equal(url_of(data_of(*state, "pages/a b/look.html", arena), 0),
                        "../../public/small/one-40.png");
    arena_free(arena);
}

static void as_json(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    const struct value *value = NULL;
    struct error error = {0};
    render(&program, "out", NULL);
    program_call_with(&program, "report", "out/", "--json");
    assert_int_equal(program.code, 0);
    assert_string_equal(program.error, "");
    assert_int_equal(json_parse(arena, program.out, program.out_size, &value, &error), STATUS_OK);
    assert_string_equal(value_get(value, "schema")->text, "picset/report/1");
    assert_string_equal(value_get(value, "page")->text, "out/report.html");
    assert_int_equal(value_get(value, "images")->integer, 2);
    assert_int_equal(value_get(value, "renditions")->integer, 4);
    program_end(&program);
    arena_free(arena);
}

static void beside_a_project(void **state)
{
    struct program program = {.folder = *state};
    scratch_write(*state, "site/picset.json",
                  "{ \"version\": 1, \"out\": \"img/\", \"images\": "
                  "[{ \"source\": \"../one.png\", \"presets\": [\"small\"] }] }\n");
    program_call_with(&program, "build", "-q", "--project", "site/picset.json", "--preset-folder",
                      "presets", "--report");
    assert_string_equal(program.error, "");
    assert_int_equal(program.code, 0);
    program_end(&program);
    /* Not said where the state is: found by the project above the folder. */
    program_call_with(&program, "report", "site/img");
    assert_reported(&program, "site/img/report.html: 1 image, 2 renditions, ");
}

/* Sets that came from elsewhere are known by their manifest. */
static void without_a_record(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    program_call_with(&program, "render", "-q", "one.png", "two.png", "-p", "small", "-o", "out",
                      "--state", "elsewhere");
    assert_int_equal(program.code, 0);
    program_end(&program);
    program_call_with(&program, "report", "out", "-o", "look.html");
    assert_reported(&program, "nothing is remembered of 'out': shown from its manifest.json\n"
                              "look.html: 2 images, 4 renditions, ");
    const struct value *data = data_of(*state, "look.html", arena);
    const struct value *set = value_get(data, "sets")->list.items[1];
    assert_string_equal(url_of(data, 1), "out/two-40.png");
    assert_string_equal(value_get(value_get(set, "source"), "name")->text, "two");
    const struct value *rendition = value_get(set, "renditions")->list.items[1];
    assert_value_text(value_get(rendition, "steps"),
                      "[\"load\",\"resize 40x40\",\"resize 20x20 from 40x40\","
                      "\"encode png\"]");
    arena_free(arena);
}

/* Neither the record nor a manifest brings back what is no more. */
static void gone_sets_are_not_shown(void **state)
{
    struct program program = {.folder = *state};
    render(&program, "out", NULL);
    scratch_remove(memory_text(scratch_path(*state, "out")));
    program_call_with(&program, "render", "-q", "two.png", "-p", "small", "-o", "out");
    assert_int_equal(program.code, 0);
    program_end(&program);
    program_call_with(&program, "report", "out");
    assert_reported(&program, "out/report.html: 1 image, 2 renditions, ");
    program_call_with(&program, "render", "-q", "one.png", "-p", "small", "-o", "out");
    assert_int_equal(program.code, 0);
    program_end(&program);
    assert_int_equal(unlink(scratch_path(*state, "out/one-20.png")), 0);
    program_call_with(&program, "report", "out");
    assert_reported(&program, "out/report.html: 1 image, 2 renditions, ");
    program_call_with(&program, "report", "out", "--state", "none-here");
    assert_int_equal(program.code, 3);
    program_end(&program);
    /* as if it came from elsewhere: the manifest still names both */
    scratch_remove(memory_text(scratch_path(*state, ".cache")));
    program_call_with(&program, "report", "out", "-o", "look.html");
    assert_reported(&program, "nothing is remembered of 'out': shown from its manifest.json\n"
                              "look.html: 1 image, 2 renditions, ");
}

static void manifests_of_others(void **state)
{
    struct program program = {.folder = *state};
    scratch_write(*state, "out/manifest.json", "{\"name\": \"an app's\"}");
    assert_program(&program, 5, "", "picset: out/manifest.json: is no manifest of picset's\n",
                   "report", "out");
    scratch_write(*state, "out/manifest.json", "{");
    program_call_with(&program, "report", "out");
    assert_int_equal(program.code, 2);
    assert_int_equal(strncmp(program.error, "picset: out/manifest.json: line 1", 33), 0);
    program_end(&program);
    scratch_write(*state, "out/manifest.json",
                  "{\"schema\": \"picset/manifest/1\", \"sets\": [{\"preset\": 3}]}");
    assert_program(&program, 5, "",
                   "picset: out/manifest.json: /sets/0 is not as picset writes it\n", "report",
                   "out");
    scratch_write(*state, "out/manifest.json", "{\"schema\": \"picset/manifest/1\", \"sets\": []}");
    program_call_with(&program, "report", "out");
    assert_int_equal(program.code, 3);
    program_end(&program);
    struct buffer list = {0};
    scratch_list(scratch_path(*state, "out"), &list);
    assert_buffer_text(&list, "manifest.json\n");
}

static void nothing_to_show(void **state)
{
    struct program program = {.folder = *state};
    char said[1024];
    scratch_write(*state, "empty/picture.png", "");
    scratch_write(*state, "state/none", "");
    assert_program(&program, 3, "", "picset: no such folder 'nowhere'\n", "report", "nowhere");
    assert_program(&program, 3, "", "picset: no such folder 'one.png'\n", "report", "one.png");
    assert_program(&program, 3, "",
                   "picset: no record of anything made in 'empty' is in 'state', which --state "
                   "names\n",
                   "report", "empty", "--state", "state");
    assert_program(&program, 3, "",
                   "picset: no record of anything made in 'empty' is in 'nowhere', which --state "
                   "names\n",
                   "report", "empty", "--state", "nowhere");
    program_call_with(&program, "report", "empty");
    snprintf(said, sizeof said, "picset: no record of anything made in 'empty'; looked in '");
    assert_int_equal(strncmp(program.error, said, strlen(said)), 0);
    assert_int_equal(program.code, 3);
    program_end(&program);
    assert_program(&program, 2, "",
                   "picset: '--state none' leaves nothing to report of: name the one of the run\n",
                   "report", "empty", "--state", "none");
    assert_program(&program, 2, "",
                   "picset: '--report' shows what is remembered, but '--state none' lets nothing "
                   "be\n",
                   "render", "one.png", "-p", "small", "--report", "--state", "none");
    struct buffer list = {0};
    scratch_list(scratch_path(*state, "empty"), &list);
    assert_buffer_text(&list, "picture.png\n");
}

static void words_on_the_line(void **state)
{
    struct program program = {.folder = *state};
    program_call_with(&program, "report");
    assert_int_equal(program.code, 2);
    assert_non_null(strstr(program.error, "no folder given: name one folder"));
    program_end(&program);
    program_call_with(&program, "report", "a", "b");
    assert_int_equal(program.code, 2);
    assert_non_null(strstr(program.error, "more than one folder given"));
    program_end(&program);
}

/* Whoever wrote a page by that name keeps it, and so does a folder. */
static void what_is_not_ours_stays(void **state)
{
    struct program program = {.folder = *state};
    render(&program, "out", NULL);
    scratch_write(*state, "out/report.html", "<h1>mine</h1>");
    assert_program(&program, 5, "",
                   "picset: 'out/report.html' is there and no report of picset's: it is not "
                   "replaced; choose another name with --out, or remove it\n",
                   "report", "out");
    char *kept = scratch_read(*state, "out/report.html");
    assert_string_equal(kept, "<h1>mine</h1>");
    memory_free(kept);
    assert_program(&program, 5, "",
                   "picset: 'out/one-40.png' is there and no report of picset's: it is not "
                   "replaced; choose another name with --out, or remove it\n",
                   "report", "out", "-o", "out/one-40.png");
    assert_program(&program, 5, "",
                   "picset: 'out' is there and no report of picset's: it is not replaced; choose "
                   "another name with --out, or remove it\n",
                   "report", "out", "-o", "out");
    assert_program(&program, 2, "", "picset: 'out/' names a folder, not a file\n", "report", "out",
                   "-o", "out/");
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        RUN(after_a_run),      RUN(manifests_hold_no_time),   RUN(twice_is_the_same),
        RUN(as_json),          RUN(a_folder_for_each_preset), RUN(beside_a_project),
        RUN(without_a_record), RUN(manifests_of_others),      RUN(gone_sets_are_not_shown),
        RUN(nothing_to_show),  RUN(words_on_the_line),        RUN(what_is_not_ours_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
