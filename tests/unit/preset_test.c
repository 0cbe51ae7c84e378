/* SPDX-License-Identifier: MIT
 * Presets and recipes that are right: what becomes of each part, as exact text. What is wrong
 * stands in tests/invalid/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "format.h"
#include "json.h"
#include "recipes.h"
#include "text.h"

static const char library_folder[] = PICSET_SOURCE_DIR "/tests/invalid/library";

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

static void fail_with(const struct error *error)
{
    char text[2048];
    error_format(error, text, sizeof text);
    fail_msg("%s", text);
}

static const struct recipe *expanded(const char *text, const char *changes)
{
    const struct preset_library library = {.folder = library_folder};
    struct error error = {0};
    const struct recipe *recipe =
        recipe_of_text(&library, "test.json", text, changes, arena, &error);
    if (!recipe) {
        fail_with(&error);
    }
    return recipe;
}

static const char *words(const char *text, const char *changes)
{
    return recipe_words(expanded(text, changes), arena);
}

/* A document around `rest`. */
#define PRESET(rest) "{\"version\": 1, \"name\": \"test\", " rest "}"
#define PNG "{\"encode\": {\"format\": \"png\"}}"
#define OUTPUT(rest) "{\"stages\": [" PNG "], " rest "}"

/* ---- Built-in presets ---------------------------------------------------------------------------
 */

static const struct recipe *built_in(const char *name, const char *changes)
{
    struct error error = {0};
    const struct preset *preset = NULL;
    const struct recipe *recipe = NULL;
    const struct value *value = NULL;
    if (preset_read(NULL, name, arena, &preset, &error) != STATUS_OK ||
        (changes && json_parse(arena, changes, strlen(changes), &value, &error) != STATUS_OK) ||
        recipe_expand(NULL, preset, value, arena, &recipe, &error) != STATUS_OK) {
        fail_with(&error);
    }
    return recipe;
}

#define AUTO ",\"webp\":{\"method\":\"auto\"},\"avif\":{\"effort\":\"auto\"}"

static void web_is_a_responsive_picture(void **state)
{
    (void)state;
    const struct recipe *recipe = built_in("web", "{\"set\": {\"widths\": [320, 640]}}");
    assert_string_equal(
        recipe_words(recipe, arena),
        "web/picture [px=320 codec=avif] <main> orient colour resize{\"width\":320} "
        "encode{\"format\":\"avif\"" AUTO "} -> ${dir}${name}-${width}w.${ext} "
        "+picture{\"sizes\":\"100vw\"}\n"
        "web/picture [px=320 codec=webp] <main> orient colour resize{\"width\":320} "
        "encode{\"format\":\"webp\"" AUTO "} -> ${dir}${name}-${width}w.${ext} "
        "+picture{\"sizes\":\"100vw\"}\n"
        "web/picture [px=320 codec=jpeg|png] <main> orient colour resize{\"width\":320} "
        "encode{\"format\":[\"jpeg\",\"png\"]" AUTO "} -> ${dir}${name}-${width}w.${ext} "
        "+picture{\"sizes\":\"100vw\"}\n"
        "web/picture [px=640 codec=avif] <main> orient colour resize{\"width\":640} "
        "encode{\"format\":\"avif\"" AUTO "} -> ${dir}${name}-${width}w.${ext} "
        "+picture{\"sizes\":\"100vw\"}\n"
        "web/picture [px=640 codec=webp] <main> orient colour resize{\"width\":640} "
        "encode{\"format\":\"webp\"" AUTO "} -> ${dir}${name}-${width}w.${ext} "
        "+picture{\"sizes\":\"100vw\"}\n"
        "web/picture [px=640 codec=jpeg|png] <main> orient colour resize{\"width\":640} "
        "encode{\"format\":[\"jpeg\",\"png\"]" AUTO "} -> ${dir}${name}-${width}w.${ext} "
        "+picture{\"sizes\":\"100vw\"}\n"
        "web/thumb <main> orient colour "
        "resize{\"size\":256,\"fit\":\"cover\",\"gravity\":\"focus\"} "
        "encode{\"format\":\"webp\",\"quality\":\"medium\"} -> ${dir}${name}-thumb.${ext}\n"
        "web emits manifest{\"path\":\"manifest.json\"} of 0..7\n"
        "web emits picture{\"path\":\"${dir}${name}.${preset}.html\"} of 0..7\n");
}

static void built_in_presets_make_what_they_promise(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t lines, emits;
    } promised[] = {{"web", 7 * 3 + 1, 2}, {"sizes", 4 * 2, 1}, {"thumbnails", 4 * 2, 1}};
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        const struct recipe *recipe = built_in(promised[i].name, NULL);
        assert_int_equal(recipe->line_count, promised[i].lines);
        assert_int_equal(recipe->emit_count, promised[i].emits);
        assert_string_equal(recipe->name, promised[i].name);
    }
}

static const char *sample_path(const struct output_line *line, int side)
{
    struct value *object = value_object(arena);
    const struct value *out = NULL;
    struct error error = {0};
    char ext[8];
    const struct value *formats =
        options_value(line->line.items[line->line.count - 1].stage->options,
                      line->line.items[line->line.count - 1].options, false, arena);
    const struct value *format = value_get(formats, "format");
    format = format->type == VALUE_LIST ? format->list.items[0] : format;
    snprintf(ext, sizeof ext, "%s", format_info(format_by_name(format->text))->extension);
    value_set(arena, object, "name", value_text(arena, "a"));
    value_set(arena, object, "dir", value_text(arena, ""));
    value_set(arena, object, "width", value_int(arena, side));
    value_set(arena, object, "height", value_int(arena, side));
    value_set(arena, object, "ext", value_text(arena, ext));
    struct scope scope = {.object = object};
    if (template_finish(line->path, &scope, NULL, arena, &out, &error) != STATUS_OK) {
        fail_with(&error);
    }
    return out->text;
}

/* Whatever the sizes come to, two presets of one run never name one file. */
static void built_in_presets_do_not_collide(void **state)
{
    (void)state;
    static const char *const names[] = {"web", "sizes", "thumbnails"};
    static const int sides[] = {64, 128, 256, 320, 512, 640, 1024, 3840};
    for (size_t a = 0; a < 3; a++) {
        for (size_t b = a + 1; b < 3; b++) {
            const struct recipe *one = built_in(names[a], NULL), *other = built_in(names[b], NULL);
            for (size_t i = 0; i < one->line_count; i++) {
                for (size_t j = 0; j < other->line_count; j++) {
                    for (size_t k = 0; k < sizeof sides / sizeof *sides; k++) {
                        assert_string_not_equal(sample_path(&one->lines[i], sides[k]),
                                                sample_path(&other->lines[j], sides[k]));
                    }
                }
            }
        }
    }
}

/* All names, sorted, each once; those of the built-in presets are shown as "…", for there are more
 * with every version. */
static void names_words(const struct preset_library *library, struct buffer *list)
{
    const char *const *names = NULL, *const *built_in = NULL, *last = "";
    struct error error = {0};
    assert_int_equal(preset_names(library, arena, &names, &error), STATUS_OK);
    assert_int_equal(preset_names(NULL, arena, &built_in, &error), STATUS_OK);
    bool dots = false;
    for (; *names; names++) {
        const char *const *same = built_in;
        while (*same && strcmp(*same, *names) != 0) {
            same++;
        }
        assert_true(strcmp(last, *names) < 0);
        last = *names;
        if (!*same || !dots) {
            buffer_format(list, "%s ", *same ? "…" : *names);
        }
        dots = *same != NULL;
    }
}

static void names_are_listed_sorted(void **state)
{
    (void)state;
    struct buffer list = {0};
    names_words(&(struct preset_library){.folder = library_folder}, &list);
    assert_string_equal(buffer_string(&list), "… base-set broken-json … loop-a loop-b … plain … ");
    buffer_free(&list);
}

static void a_folder_shadows_the_built_in_ones(void **state)
{
    (void)state;
    char folder[] = "/tmp/picset-preset-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/web.json", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"version\": 1, \"name\": \"web\", \"summary\": \"ours\", \"outputs\": [" OUTPUT(
              "\"path\": \"x.png\"") "]}",
          file);
    fclose(file);
    const struct preset_library library = {.folder = folder};
    const struct preset *preset = NULL;
    struct error error = {0};
    assert_int_equal(preset_read(&library, "web", arena, &preset, &error), STATUS_OK);
    assert_string_equal(preset->summary, "ours");
    assert_string_equal(preset->file, path);
    assert_int_equal(preset_read(&library, path, arena, &preset, &error), STATUS_OK);
    assert_int_equal(preset_read(&library, "sizes", arena, &preset, &error), STATUS_OK);
    assert_string_equal(preset->file, "built-in sizes");
    char schema[64], hidden[64];
    struct buffer list = {0};
    snprintf(schema, sizeof schema, "%s/schema.json", folder);
    snprintf(hidden, sizeof hidden, "%s/.web.json", folder);
    fclose(fopen(schema, "w"));
    fclose(fopen(hidden, "w"));
    names_words(&library, &list); /* neither the schema nor what is hidden */
    assert_string_equal(buffer_string(&list), "… ");
    buffer_free(&list);
    unlink(schema);
    unlink(hidden);
    unlink(path);
    rmdir(folder);
}

static void what_is_not_found_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name, *message;
        enum status status;
    } cases[] = {
        {"wbe", "unknown preset 'wbe'; did you mean 'web'?", STATUS_USAGE},
        {"./none.json", "cannot read the preset: No such file or directory", STATUS_MISSING},
        {"/", "is no plain file and so no preset", STATUS_USAGE},
        {"/dev/null", "is no plain file and so no preset", STATUS_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        const struct preset *preset = NULL;
        assert_int_equal(preset_read(NULL, cases[i].name, arena, &preset, &error), cases[i].status);
        assert_string_equal(error.message, cases[i].message);
        assert_null(preset);
    }
    static const char far[] = "unknown preset 'zzzzzz'; known are amazon, ";
    struct error error = {0};
    const struct preset *preset = NULL;
    assert_int_equal(preset_read(NULL, "zzzzzz", arena, &preset, &error), STATUS_USAGE);
    assert_memory_equal(error.message, far, strlen(far));
}

/* ---- Matrix, from, when, load -------------------------------------------------------------------
 */

static void cells_multiply_as_written(void **state)
{
    (void)state;
    assert_string_equal(
        words(
            PRESET(
                "\"params\": {\"shapes\": [{\"t\": \"a\", \"w\": [1, 2]}, {\"t\": \"b\", \"w\": "
                "[3]}]}, \"outputs\": [" OUTPUT(
                    "\"matrix\": {\"shape\": \"${shapes}\", \"w\": \"${shape.w}\", \"k\": [\"x\", "
                    "\"${shape.t}\"]}, \"path\": \"${w}${k}.png\"") "]"),
            NULL),
        "test/0 [shape=a,… w=1 k=x] <main> encode{\"format\":\"png\"} -> 1x.png\n"
        "test/0 [shape=a,… w=1 k=a] <main> encode{\"format\":\"png\"} -> 1a.png\n"
        "test/0 [shape=a,… w=2 k=x] <main> encode{\"format\":\"png\"} -> 2x.png\n"
        "test/0 [shape=a,… w=2 k=a] <main> encode{\"format\":\"png\"} -> 2a.png\n"
        "test/0 [shape=b,… w=3 k=x] <main> encode{\"format\":\"png\"} -> 3x.png\n"
        "test/0 [shape=b,… w=3 k=b] <main> encode{\"format\":\"png\"} -> 3b.png\n");
}

static void inputs_are_taken_in_order(void **state)
{
    (void)state;
    assert_string_equal(
        words(
            PRESET("\"params\": {\"back\": \"#0b3d5c\"}, \"inputs\": {\"dark\": \"at night\"}, "
                   "\"outputs\": [" OUTPUT("\"from\": [\"dark\", {\"main\": [\"orient\", {\"pad\": "
                                           "{\"aspect\": \"1:1\"}}]}, \"${back}\"], \"path\": "
                                           "\"a.png\"") ", " OUTPUT("\"from\": \"dark\", \"path\": "
                                                                    "\"b.png\"") "]"),
            NULL),
        "test/0 <dark> <main orient pad{\"aspect\":\"1:1\"}> <#0b3d5c> encode{\"format\":\"png\"} "
        "-> "
        "a.png\n"
        "test/1 <dark> encode{\"format\":\"png\"} -> b.png\n");
}

static void conditions_are_read(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"params\": {\"moving\": true}, \"outputs\": [" OUTPUT(
                  "\"when\": {\"alpha\": false, \"animated\": \"${moving}\", \"orientation\": "
                  "\"square\", \"format\": [\"jpeg\", \"gif\"]}, \"path\": \"a.png\"") "]"),
              NULL),
        "test/0 <main> alpha=0 animated=1 orientation=2 format=jpeg format=gif "
        "encode{\"format\":\"png\"} -> a.png\n");
}

static void loading_stands_first(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"prepare\": [\"load\", \"orient\"], \"outputs\": [" OUTPUT(
                  "\"path\": \"a.png\"") ", {\"stages\": [{\"load\": {\"frames\": \"all\"}}, "
                                         "{\"encode\": {\"format\": \"webp\"}}], \"path\": "
                                         "\"b.webp\"}, {\"from\": [{\"main\": [\"flatten\"]}, "
                                         "\"#fff000\"], \"stages\": [" PNG
                                         "], \"path\": \"c.png\"}, "
                                         "{\"stages\": [\"copy\"], \"path\": \"d.svg\"}]"),
              NULL),
        "test/0 <main> load orient encode{\"format\":\"png\"} -> a.png\n"
        "test/1 <main> load{\"frames\":\"all\"} orient encode{\"format\":\"webp\"} -> b.webp\n"
        "test/2 <main load flatten> <#fff000> orient encode{\"format\":\"png\"} -> c.png\n"
        "test/3 <main> copy -> d.svg\n");
}

/* ---- Fallback, require, emit --------------------------------------------------------------------
 */

static void fallbacks_add_up(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"outputs\": [{\"stages\": [{\"resize\": {\"width\": 600}}, {\"encode\": "
                     "{\"format\": \"jpeg\", \"max-bytes\": \"20KB\", \"min-quality\": \"low\"}}], "
                     "\"path\": \"a.jpg\", \"fallback\": [{\"encode\": {\"jpeg\": {\"chroma\": "
                     "\"4:2:0\"}}}, {\"resize\": {\"width\": 300}}], \"require\": {\"format\": "
                     "[\"jpeg\", \"png\"], \"width\": \"300..\", \"bytes\": \"20KB\", \"alpha\": "
                     "false, \"keep\": [\"icc\"]}}]"),
              NULL),
        "test/0 <main> resize{\"width\":600} "
        "encode{\"format\":\"jpeg\",\"min-quality\":\"low\",\"max-bytes\":20000}"
        " or resize{\"width\":600} encode{\"format\":\"jpeg\",\"min-quality\":\"low\","
        "\"max-bytes\":20000,\"jpeg\":{\"chroma\":\"4:2:0\"}}"
        " or resize{\"width\":300} encode{\"format\":\"jpeg\",\"min-quality\":\"low\","
        "\"max-bytes\":20000,\"jpeg\":{\"chroma\":\"4:2:0\"}}"
        " -> a.jpg require{\"format\":[\"jpeg\",\"png\"],\"width\":\"300..\",\"bytes\":\"20KB\","
        "\"alpha\":false,\"keep\":[\"icc\"]}\n");
}

static void entries_keep_the_words_of_the_plan(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"params\": {\"px\": 800}, \"outputs\": [" OUTPUT(
                  "\"inline\": true, \"emit\": [\"manifest\", {\"picture\": {\"density\": "
                  "\"${width}/${px}\"}}]") "], \"emit\": [{\"picture\": {\"path\": "
                                           "\"${dir}${name}.html\"}}, \"manifest\"]"),
              NULL),
        "test/0 <main> encode{\"format\":\"png\"} -> inline +manifest "
        "+picture{\"density\":\"${width}/800\"}\n"
        "test emits picture{\"path\":\"${dir}${name}.html\"} of 0..1\n"
        "test emits manifest{\"path\":\"manifest.json\"} of 0..1\n");
}

/* ---- Included presets and changes ---------------------------------------------------------------
 */

/* base-set: prepare orient; a picture at ${widths} as ${codec}; a thumb with the id "thumb"; both
 * in a manifest, which gives way to that of the including preset, the first in a <picture>. */
static void an_included_preset_stands_in_its_place(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"params\": {\"w\": 40}, \"prepare\": [\"flatten\"], \"outputs\": [" OUTPUT(
                  "\"path\": \"first.png\"") ", {\"preset\": \"base-set\", \"set\": {\"widths\": "
                                             "[\"${w*2}\"]}, \"stages\": {\"resize\": {\"kernel\": "
                                             "\"cubic\"}}, \"outputs\": {\"thumb\": {\"resize\": "
                                             "{\"width\": 9}}}, \"out\": \"in/$${x}\"}], \"emit\": "
                                             "[\"manifest\"]"),
              NULL),
        "test/0 <main> flatten encode{\"format\":\"png\"} -> first.png\n"
        "base-set/main [px=80] <main> orient resize{\"width\":80,\"kernel\":\"cubic\"} "
        "encode{\"format\":\"webp\"} -> in/${$}{x}/${name}-80.${ext} +picture\n"
        "base-set/thumb <main> orient resize{\"width\":9,\"kernel\":\"cubic\"} "
        "encode{\"format\":\"webp\"} -> in/${$}{x}/${name}-thumb.webp\n"
        "base-set emits picture{\"path\":\"in/${$}{x}/${name}.html\"} of 1..3\n"
        "test emits manifest{\"path\":\"manifest.json\"} of 0..3\n");
}

static void outputs_are_left_out_by_id(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"outputs\": [{\"preset\": \"base-set\", \"outputs\": {\"main\": false}}]"),
              NULL),
        "base-set/thumb <main> orient resize{\"width\":64} encode{\"format\":\"webp\"} -> "
        "${name}-thumb.webp\n"
        "test emits manifest{\"path\":\"manifest.json\"} of 0..1\n");
}

/* A preset that emits nothing itself takes over what it includes, for its own outputs, too. */
static void emitters_are_taken_over(void **state)
{
    (void)state;
    assert_string_equal(
        words(PRESET("\"outputs\": [{\"preset\": \"base-set\", \"outputs\": {\"thumb\": "
                     "false}}, " OUTPUT("\"inline\": true, \"emit\": [{\"picture\": {\"role\": "
                                        "\"placeholder\"}}]") "]"),
              NULL),
        "base-set/main [px=320] <main> orient resize{\"width\":320} encode{\"format\":\"webp\"} -> "
        "${name}-320.${ext} +picture\n"
        "test/1 <main> encode{\"format\":\"png\"} -> inline +picture{\"role\":\"placeholder\"}\n"
        "test emits manifest{\"path\":\"manifest.json\"} of 0..2\n"
        "test emits picture{\"path\":\"${name}.html\"} of 0..2\n");
}

static void changes_reach_what_is_included(void **state)
{
    (void)state;
    const struct recipe *recipe = expanded(
        PRESET("\"params\": {\"q\": \"low\"}, \"outputs\": [{\"preset\": \"base-set\", "
               "\"stages\": {\"encode\": {\"quality\": \"${q}\"}}}]"),
        "{\"set\": {\"q\": \"medium\"}, \"stages\": {\"resize\": {\"enlarge\": \"drop\"}}, "
        "\"outputs\": {\"main\": false, \"thumb\": {\"encode\": {\"quality\": \"high\"}}}, "
        "\"out\": \"public\"}");
    assert_string_equal(recipe_words(recipe, arena),
                        "base-set/thumb <main> orient resize{\"width\":64,\"enlarge\":\"drop\"} "
                        "encode{\"format\":\"webp\"} -> ${name}-thumb.webp\n"
                        "test emits manifest{\"path\":\"manifest.json\"} of 0..1\n");
    assert_string_equal(recipe->out, "public/");
    assert_non_null(value_get(recipe->inputs, "other"));
}

static void parameters_merge(void **state)
{
    (void)state;
    static const char text[] = PRESET(
        "\"params\": {\"app\": {\"name\": \"A\", \"short\": \"B\"}, \"px\": 1}, \"outputs\": ["
        "{\"stages\": [{\"resize\": {\"scale\": \"${px}\"}}, " PNG
        "], \"path\": \"${app.name}${app.short}.png\"}]");
    assert_string_equal(
        words(text, "{\"set\": {\"app\": {\"name\": \"C\"}, \"px\": 0.5}}"),
        "test/0 <main> resize{\"scale\":0.5} encode{\"format\":\"png\"} -> CB.png\n");
    assert_string_equal(words(text, NULL), "test/0 <main> resize{\"scale\":1} "
                                           "encode{\"format\":\"png\"} -> AB.png\n");
}

static void the_hash_is_of_all_that_is_asked(void **state)
{
    (void)state;
    static const char text[] = PRESET("\"outputs\": [{\"preset\": \"base-set\"}]");
    static const char *const changes[] = {
        NULL,
        "{\"stages\": {\"resize\": {\"kernel\": \"cubic\"}}}",
        "{\"outputs\": {\"thumb\": false}}",
        "{\"out\": \"a/\"}",
        "{\"outputs\": {\"thumb\": {\"resize\": {\"width\": 3}}}}",
    };
    struct hash hashes[sizeof changes / sizeof *changes];
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        hashes[i] = expanded(text, changes[i])->hash;
        assert_true(hash_equal(hashes[i], expanded(text, changes[i])->hash));
        for (size_t j = 0; j < i; j++) {
            assert_false(hash_equal(hashes[i], hashes[j]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(web_is_a_responsive_picture),
        cmocka_unit_test(built_in_presets_make_what_they_promise),
        cmocka_unit_test(built_in_presets_do_not_collide),
        cmocka_unit_test(names_are_listed_sorted),
        cmocka_unit_test(a_folder_shadows_the_built_in_ones),
        cmocka_unit_test(what_is_not_found_is_told),
        cmocka_unit_test(cells_multiply_as_written),
        cmocka_unit_test(inputs_are_taken_in_order),
        cmocka_unit_test(conditions_are_read),
        cmocka_unit_test(loading_stands_first),
        cmocka_unit_test(fallbacks_add_up),
        cmocka_unit_test(entries_keep_the_words_of_the_plan),
        cmocka_unit_test(an_included_preset_stands_in_its_place),
        cmocka_unit_test(outputs_are_left_out_by_id),
        cmocka_unit_test(emitters_are_taken_over),
        cmocka_unit_test(changes_reach_what_is_included),
        cmocka_unit_test(parameters_merge),
        cmocka_unit_test(the_hash_is_of_all_that_is_asked),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
