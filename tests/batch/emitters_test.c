/* SPDX-License-Identifier: MIT
 * Emitted files of whole runs: what several presets and runs share, catalogues that name every file
 * and no other, manifests that are what their schema says. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batches.h"
#include "emitter.h"
#include "json.h"
#include "memory.h"
#include "schema.h"
#include "scratch.h"

#define PRESET(name_, outputs_, emit_)                                                             \
    "{'version': 1, 'name': '" name_ "', 'summary': 's', " outputs_ ", 'emit': [" emit_ "]}"
#define PNG(side_) "'stages': [{'resize': {'size': " side_ "}}, {'encode': {'format': 'png'}}]"

static const char fav[] =
    PRESET("fav", "'outputs': [{" PNG("32") ", 'path': 'fav/${name}.png', 'emit': ['html-head']}]",
           "{'html-head': {'path': 'head.html', 'base': '/icons/'}}");
static const char share[] =
    PRESET("share",
           "'outputs': [{" PNG("60") ", 'path': '${name}-og.png', 'emit': [{'html-head': "
                                     "{'property': 'og:image'}}]}]",
           "{'html-head': {'path': 'head.html', 'base': 'https://example.org'}}");

#define ICON(name_)                                                                                \
    "<link rel=\"icon\" type=\"image/png\" sizes=\"32x32\" href=\"/icons/fav/" name_ ".png\">\n"
#define SHARED(name_)                                                                              \
    "<meta property=\"og:image\" content=\"https://example.org/" name_ "-og.png\">\n"              \
    "<meta property=\"og:image:type\" content=\"image/png\">\n"                                    \
    "<meta property=\"og:image:width\" content=\"60\">\n"                                          \
    "<meta property=\"og:image:height\" content=\"60\">\n"
#define CARD "<meta name=\"twitter:card\" content=\"summary\">\n"

static void assert_file(const struct batches *batches, const char *name, const char *text)
{
    struct buffer bytes = {0};
    if (!batches_read(batches, name, &bytes)) {
        fail_msg("%s is not there", name);
    }
    assert_buffer_text(&bytes, text);
}

/* Both presets write one head, each with its own base; a later run of one keeps what the other has
 * made, of images, too, that it does not see. */
static void a_head_is_shared_over_presets_and_runs(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 64, 64);
    batches_image(&batches, "b.png", 64, 64);
    batches_preset(&batches, fav, NULL);
    batches_preset(&batches, share, NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    assert_file(&batches, "out/head.html", ICON("a") ICON("b") SHARED("a") CARD SHARED("b"));
    batches.request.preset_count = 1;
    batches.request.image_count = 1;
    assert_int_equal(unlink(scratch_path(batches.folder, "out/fav/a.png")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 1);
    assert_file(&batches, "out/head.html", ICON("a") ICON("b") SHARED("a") CARD SHARED("b"));
    batches_end(&batches);
}

/* A preset that leaves a shared file, with --prune, does not take it from those who stay. */
static void what_others_share_is_not_pruned(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 64, 64);
    batches_preset(&batches, fav, NULL);
    batches_preset(&batches, share, NULL);
    assert_batch(&batches, STATUS_OK);
    batches.request.preset_count = 0;
    batches.request.prune = true;
    batches_preset(
        &batches,
        PRESET("fav",
               "'outputs': [{" PNG("32") ", 'path': 'fav/${name}.png', 'emit': ['html-head']}]",
               "{'html-head': {'path': 'own.html'}}"),
        NULL);
    assert_batch(&batches, STATUS_OK);
    struct buffer text = {0};
    assert_true(batches_read(&batches, "out/own.html", &text));
    assert_true(batches_read(&batches, "out/head.html", &text));
    buffer_free(&text);
    /* when these leave it as well, it goes */
    batches.request.preset_count = 0;
    batches_preset(&batches,
                   PRESET("share", "'outputs': [{" PNG("60") ", 'path': '${name}-og.png'}]", ""),
                   NULL);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.pruned, 1);
    assert_false(batches_read(&batches, "out/head.html", &text));
    batches_end(&batches);
}

/* ---- Catalogues ---- */

#define SET_OF(file_, options_)                                                                    \
    "'path': 'A.xcassets/${name}.appiconset/" file_ "', 'emit': [{'xcassets': {" options_ "}}]"
static const char ios[] = PRESET(
    "ios",
    "'inputs': {'dark': 'd'}, 'outputs': [{" PNG("64") ", " SET_OF(
        "${name}.png",
        "'platform': 'ios'") "}, {'from': 'dark', " PNG("64") ", " SET_OF("${name}-dark.png",
                                                                          "'platform': 'ios', "
                                                                          "'appearance': "
                                                                          "'dark'") "}]",
    "'xcassets'");
static const char mac[] =
    PRESET("mac",
           "'outputs': [{'matrix': {'px': [16, 32]}, " PNG("'${px}'") ", " SET_OF(
               "${px}.png", "'idiom': 'mac', 'size': '${px}x${px}', 'scale': '1x'") "}]",
           "'xcassets'");

static struct value *contents_read(const struct batches *batches, const char *folder,
                                   struct arena *arena)
{
    struct buffer bytes = {0};
    const struct value *value = NULL;
    struct error error = {0};
    const char *path = arena_format(arena, "out/%s/Contents.json", folder);
    if (!batches_read(batches, path, &bytes) ||
        json_parse(arena, bytes.data, bytes.size, &value, &error) != STATUS_OK) {
        fail_msg("%s: %s", path, error.message);
    }
    buffer_free(&bytes);
    return (struct value *)(uintptr_t)value;
}

/* Every file of the set is named and lies there, and nothing else does. */
static void assert_set(const struct batches *batches, const char *folder, const char *names)
{
    struct arena *arena = arena_new();
    struct buffer named = {0};
    const struct value *images = value_get(contents_read(batches, folder, arena), "images");
    for (size_t i = 0; i < images->list.count; i++) {
        buffer_format(&named, "%s ", value_get(images->list.items[i], "filename")->text);
    }
    assert_buffer_text(&named, names);
    struct buffer list = {0};
    scratch_list(scratch_path(batches->folder, arena_format(arena, "out/%s", folder)), &list);
    for (char *line = list.data; line && *line; line = strchr(line, '\n') + 1) {
        const char *file = arena_slice(arena, line, strcspn(line, "\n"));
        if (strcmp(file, "Contents.json") != 0 && !strstr(names, file)) {
            fail_msg("'%s' is not named", file);
        }
    }
    buffer_free(&list);
    arena_free(arena);
}

static void a_catalogue_grows_over_runs(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "icon.png", 64, 64);
    batches_preset(&batches, ios, NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    assert_set(&batches, "A.xcassets/icon.appiconset", "icon.png ");
    assert_file(&batches, "out/A.xcassets/Contents.json",
                "{\n  \"info\": {\n    \"author\": \"xcode\",\n    \"version\": 1\n  }\n}\n");
    batches.request.preset_count = 0;
    batches_preset(&batches, mac, NULL);
    assert_batch(&batches, STATUS_OK);
    assert_set(&batches, "A.xcassets/icon.appiconset", "icon.png 16.png 32.png ");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.unchanged, 1);
    assert_int_equal(batches.summary.files, 0);
    batches_end(&batches);
}

static void what_is_shared_is_made_again_and_pruned(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 64, 64);
    batches_image(&batches, "b.png", 64, 64);
    batches_image(&batches, "c.png", 64, 64);
    batches_preset(&batches, mac, NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    /* one is added: what the others share is still looked after */
    batches_image(&batches, "d.png", 64, 64);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.unchanged, 3);
    assert_int_equal(
        unlink(scratch_path(batches.folder, "out/A.xcassets/b.appiconset/Contents.json")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.decodes, 0);
    assert_int_equal(batches.summary.files, 1);
    assert_set(&batches, "A.xcassets/b.appiconset", "16.png 32.png ");
    /* one is gone: nothing of its set stays */
    assert_int_equal(unlink(scratch_path(batches.folder, "in/d.png")), 0);
    batches.request.image_count = 3;
    batches.request.prune = true;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.pruned, 3);
    struct buffer bytes = {0};
    assert_false(batches_read(&batches, "out/A.xcassets/d.appiconset/Contents.json", &bytes));
    assert_set(&batches, "A.xcassets/a.appiconset", "16.png 32.png ");
    batches_end(&batches);
}

/* ---- What a file may take ---- */

static void an_included_presets_file_takes_its_own_outputs(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    struct arena *arena = arena_new();
    struct buffer inner = {0};
    value_print(
        &inner,
        support_value(arena, PRESET("inner", "'outputs': [{" PNG("8") ", 'path': '${name}-8.png'}]",
                                    "{'manifest': {'path': 'inner.json'}}")));
    scratch_write(batches.folder, "library/inner.json", buffer_string(&inner));
    batches.library.folder = arena_format(batches.arena, "%s/library", batches.folder);
    batches_image(&batches, "a.png", 64, 64);
    batches_preset(&batches,
                   PRESET("outer",
                          "'outputs': [{" PNG("16") ", 'path': '${name}-16.png'}, {'preset': "
                                                    "'inner'}]",
                          "{'manifest': {'path': 'outer.json'}}"),
                   NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    struct buffer text = {0};
    assert_true(batches_read(&batches, "out/inner.json", &text));
    assert_non_null(strstr(text.data, "a-8.png"));
    assert_null(strstr(text.data, "a-16.png"));
    buffer_clear(&text);
    assert_true(batches_read(&batches, "out/outer.json", &text));
    assert_non_null(strstr(text.data, "a-8.png"));
    assert_non_null(strstr(text.data, "a-16.png"));
    buffer_free(&text);
    buffer_free(&inner);
    arena_free(arena);
    batches_end(&batches);
}

static void library_put(struct batches *batches, const char *file, const char *preset)
{
    struct buffer text = {0};
    value_print(&text, support_value(batches->arena, preset));
    scratch_write(batches->folder, file, buffer_string(&text));
    buffer_free(&text);
}

/* Nobody wants a second manifest in a platform's source tree: the outer one tells of all. */
static void an_included_presets_usual_manifest_is_covered(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    library_put(
        &batches, "library/inner.json",
        PRESET("inner", "'outputs': [{" PNG("8") ", 'path': '${name}-8.png'}]", "'manifest'"));
    batches.library.folder = arena_format(batches.arena, "%s/library", batches.folder);
    batches_image(&batches, "a.png", 64, 64);
    batches_preset(&batches,
                   PRESET("outer",
                          "'outputs': [{" PNG("16") ", 'path': '${name}-16.png'}, {'preset': "
                                                    "'inner', 'out': 'deep/'}]",
                          "{'manifest': {'compact': true}}"),
                   NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    struct buffer text = {0};
    assert_false(batches_read(&batches, "out/deep/manifest.json", &text));
    assert_true(batches_read(&batches, "out/manifest.json", &text));
    assert_non_null(strstr(text.data, "deep/a-8.png"));
    assert_non_null(strstr(text.data, "a-16.png"));
    /* one that has no manifest itself keeps it */
    batches.request.preset_count = 0;
    batches_preset(&batches,
                   "{'version': 1, 'name': 'bare', 'summary': 's', 'outputs': [{'preset': 'inner', "
                   "'out': 'bare/'}]}",
                   NULL);
    assert_batch(&batches, STATUS_OK);
    buffer_clear(&text);
    assert_true(batches_read(&batches, "out/bare/manifest.json", &text));
    buffer_free(&text);
    batches_end(&batches);
}

/* ---- Sets whose files are gone ---- */

static const char pair[] =
    PRESET("pair",
           "'outputs': [{'matrix': {'px': [16, 8]}, " PNG("'${px}'") ", 'path': "
                                                                     "'${name}-${width}.png', "
                                                                     "'emit': ['html-head']}]",
           "'manifest', {'html-head': {'path': 'head.html'}}");

static void assert_told(const struct batches *batches, const char *name, bool told)
{
    static const char *const files[] = {"out/manifest.json", "out/head.html"};
    for (size_t i = 0; i < 2; i++) {
        struct buffer text = {0};
        assert_true(batches_read(batches, files[i], &text));
        if ((strstr(buffer_string(&text), name) != NULL) != told) {
            fail_msg("%s: '%s' is %s", files[i], name, told ? "not in" : "still in");
        }
        buffer_free(&text);
    }
}

static void run_of(struct batches *batches, size_t image)
{
    struct batch_image *all = batches->images;
    batches->images += image;
    batches->request.image_count = 1;
    assert_batch(batches, STATUS_OK);
    batches->images = all;
}

static void remove_made(const struct batches *batches, const char *name)
{
    assert_int_equal(unlink(scratch_path(batches->folder, name)), 0);
}

static void a_set_without_files_is_forgotten(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 64, 64);
    batches_image(&batches, "b.png", 64, 64);
    batches_preset(&batches, pair, NULL);
    run_of(&batches, 0);
    scratch_remove(memory_text(scratch_path(batches.folder, "out")));
    run_of(&batches, 1);
    assert_int_equal(batches.notes, 0);
    assert_told(&batches, "b-16.png", true);
    assert_told(&batches, "a-16.png", false);
    /* somebody else's files of these names do not bring it back */
    scratch_write(batches.folder, "out/a-16.png", "not ours");
    scratch_write(batches.folder, "out/a-8.png", "not ours");
    remove_made(&batches, "out/manifest.json");
    remove_made(&batches, "out/head.html");
    run_of(&batches, 1);
    assert_told(&batches, "b-16.png", true);
    assert_told(&batches, "a-16.png", false);
    batches.request.overwrite = OVERWRITE_ALWAYS; /* they are not ours to replace */
    run_of(&batches, 0);
    assert_told(&batches, "a-16.png", true);
    assert_told(&batches, "b-16.png", true);
    batches_end(&batches);
}

static void a_set_that_lost_a_file_is_left_out_and_told(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 64, 64);
    batches_image(&batches, "b.png", 64, 64);
    batches_preset(&batches, pair, NULL);
    run_of(&batches, 0);
    remove_made(&batches, "out/a-8.png");
    run_of(&batches, 1);
    assert_int_equal(batches.notes, 1);
    assert_string_equal(batches.note,
                        arena_format(batches.arena,
                                     "'a-8.png' is missing: the set of '%s' by 'pair' is left out "
                                     "of files that sets share until it is made again",
                                     batches.images[0].path));
    assert_told(&batches, "a-16.png", false);
    /* what it still has is known, and only what is missing is made */
    run_of(&batches, 0);
    assert_int_equal(batches.notes, 0);
    assert_int_equal(batches.summary.renditions, 1);
    assert_told(&batches, "a-8.png", true);
    assert_told(&batches, "b-8.png", true);
    batches_end(&batches);
}

static void manifests_of_all_platforms_are_what_the_schema_says(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    struct arena *arena = arena_new();
    struct buffer text = {0};
    const struct value *value = NULL;
    struct error error = {0};
    char wrong[400];
    batches_image(&batches, "My Icon.png", 300, 300);
    batches_preset(&batches, "favicon", NULL);
    batches_preset(&batches, "ios-imageset", NULL);
    batches_preset(&batches, "android-drawable", NULL);
    assert_batch(&batches, STATUS_OK);
    assert_true(batches_read(&batches, "out/manifest.json", &text));
    assert_int_equal(json_parse(arena, text.data, text.size, &value, &error), STATUS_OK);
    assert_int_equal(value_get(value, "sets")->list.count, 3);
    if (!schema_holds(emitter_find("manifest")->schema(arena), value, wrong)) {
        fail_msg("%s", wrong);
    }
    static const char *const told[] = {"\"xcassets\"", "\"webmanifest\"", "\"html-head\"",
                                       "\"16x16\"",    "\"blurhash\"",    "my_icon.webp"};
    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        if (!strstr(text.data, told[i])) {
            fail_msg("nothing has %s", told[i]);
        }
    }
    buffer_free(&text);
    arena_free(arena);
    batches_end(&batches);
}

/* Last year's x.webp beside today's x.png would not build; --prune removes it. */
static void another_extension_beside_a_drawable_is_told(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "cat.png", 64, 64);
    batches_preset(&batches, "android-drawable", "{'set': {'codec': 'webp'}}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.notes, 0);
    batches_preset(&batches, "android-drawable", "{'set': {'codec': 'png'}}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.notes, 1);
    assert_string_equal(batches.note,
                        "'res/drawable-mdpi/cat.webp' lies beside 'res/drawable-mdpi/cat.png': "
                        "Android takes one extension per name and folder; remove it, or let "
                        "--prune do so where an earlier run has made it");
    batches_preset(&batches, "android-drawable", "{'set': {'codec': 'webp'}}");
    batches.request.prune = true;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.notes, 0);
    batches_check(&batches);
    batches_end(&batches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_shared_over_presets_and_runs),
        cmocka_unit_test(what_others_share_is_not_pruned),
        cmocka_unit_test(a_catalogue_grows_over_runs),
        cmocka_unit_test(what_is_shared_is_made_again_and_pruned),
        cmocka_unit_test(an_included_presets_file_takes_its_own_outputs),
        cmocka_unit_test(an_included_presets_usual_manifest_is_covered),
        cmocka_unit_test(a_set_without_files_is_forgotten),
        cmocka_unit_test(a_set_that_lost_a_file_is_left_out_and_told),
        cmocka_unit_test(manifests_of_all_platforms_are_what_the_schema_says),
        cmocka_unit_test(another_extension_beside_a_drawable_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
