/* SPDX-License-Identifier: MIT
 * Names and files: rules for names, words in paths, hashes that tell steps apart, who may make
 * which file, over one image and over several. */
#include <stdio.h>
#include <string.h>

#include "planning.h"
#include "scratch.h"

static const char *small(const char *rule, const char *path, struct planning *planning)
{
    return arena_format(planning->arena,
                        "{'version': 1, 'name': 'test', 'summary': 's', 'names': '%s', 'outputs': "
                        "[{'stages': [{'resize': {'width': 20}}, {'encode': {'format': 'png'}}], "
                        "'path': '%s'}]}",
                        rule, path);
}

static const char *path_of(struct planning *planning)
{
    planning_build(planning);
    if (planning->status != STATUS_OK) {
        fail_msg("%s: %s", planning->error.where, planning->error.message);
    }
    return planning->plan->renditions[0].path;
}

static void name_becomes(const char *rule, const char *name, const char *wanted)
{
    struct planning planning = planning_start("x.png", 100, 100);
    planning.subject.name = name;
    planning_preset(&planning, small(rule, "${name}.png", &planning), NULL);
    assert_string_equal(path_of(&planning), wanted);
    bool changed = strcmp(wanted, arena_format(planning.arena, "%s.png", name)) != 0;
    assert_int_equal(planning.plan->note_count, changed ? 1 : 0);
    planning_end(&planning);
}

static void names_by_rule(void **state)
{
    (void)state;
    name_becomes("any", "Grüße aus Köln", "Grüße aus Köln.png");
    name_becomes("web", "Grüße aus Köln", "Grusse-aus-Koln.png");
    name_becomes("web", "cafe\xcc\x81 (1)", "cafe-1.png"); /* as a Mac writes é */
    name_becomes("web", "Œuvre×Łódź ẞ", "OEuvre-Lodz.png");
    name_becomes("web", "--a\xff\xc3", "--a.png");
    name_becomes("web", "写真", "image-70e8ff.png");
    name_becomes("web", "写真 2", "2.png");
    name_becomes("web", "a.b_c-D9", "a.b_c-D9.png");
    name_becomes("android", "My-Photo 2", "my_photo_2.png");
    name_becomes("android", "2nd", "_2nd.png");
    name_becomes("android", "ok_1", "ok_1.png");
    name_becomes("android", "ÄÖÜ.Straße", "aou_strasse.png");
    name_becomes("android", "_private__x_", "_private__x_.png");
    name_becomes("android", "写真", "image_70e8ff.png");
    name_becomes("android", "Switch", "switch_.png"); /* R.drawable.switch is no Java */
    name_becomes("android", "switches", "switches.png");
    name_becomes("android", "_", "__.png");
    name_becomes("apple", "icon@2x", "icon.png");
    name_becomes("apple", "icon@3x", "icon.png");
    name_becomes("apple", "icon@4x", "icon@4x.png");
    name_becomes("apple", "@2x", "@2x.png");
    name_becomes("apple", "Größe", "Größe.png");
}

static void document_write(const char *folder, const char *name, const char *document)
{
    struct arena *arena = arena_new();
    struct buffer text = {0};
    value_print(&text, support_value(arena, document));
    scratch_write(folder, name, buffer_string(&text));
    buffer_free(&text);
    arena_free(arena);
}

/* An included preset keeps its rule, and takes that of the including one where it has none. */
static void included_presets_have_their_rules(void **state)
{
    (void)state;
    static const char outer[] =
        "{'version': 1, 'name': 'outer', 'summary': 's', 'names': 'web', 'outputs': [{'preset': "
        "'droid'}, {'preset': 'plain'}, {'stages': [{'encode': {'format': 'png'}}], 'path': "
        "'${name}.png'}]}";
    static const char droid[] =
        "{'version': 1, 'name': 'droid', 'summary': 's', 'names': 'android', 'outputs': "
        "[{'stages': "
        "[{'encode': {'format': 'png'}}], 'path': 'res/drawable/${name}.png'}], 'emit': "
        "[{'manifest': {'path': '${name}.json'}}]}";
    static const char plain[] =
        "{'version': 1, 'name': 'plain', 'summary': 's', 'outputs': [{'stages': [{'encode': "
        "{'format': 'png'}}], 'path': 'plain/${name}.png'}]}";
    struct planning planning = planning_start("My Photo.png", 100, 100);
    char *folder = scratch_make();
    document_write(folder, "droid.json", droid);
    document_write(folder, "plain.json", plain);
    planning.library.folder = folder;
    planning_preset(&planning, outer, NULL);
    assert_string_equal(path_of(&planning), "res/drawable/my_photo.png");
    assert_string_equal(planning.plan->renditions[1].path, "plain/My-Photo.png");
    assert_string_equal(planning.plan->renditions[2].path, "My-Photo.png");
    assert_string_equal(planning.plan->emitted[0].path, "my_photo.json");
    assert_int_equal(planning.plan->note_count, 2);
    assert_string_equal(planning.plan->notes[0],
                        "name 'My Photo' becomes 'my_photo' (droid: names 'android')");
    assert_string_equal(planning.plan->notes[1],
                        "name 'My Photo' becomes 'My-Photo' (plain: names 'web')");
    planning_end(&planning);
    scratch_remove(folder);
}

static void resources_have_names_that_android_takes(void **state)
{
    (void)state;
    static const struct {
        const char *path, *message;
    } cases[] = {
        {"app/res/drawable/${name}-${width}.png", "app/res/drawable/cat-20.png"},
        {"res/drawable/${width}.png", "res/drawable/20.png"},
        {"res/raw/Cat.png", "res/raw/Cat.png"},
        {"res/drawable/${name}_${width}.9.png", NULL},
        {"play/${name}-${width}.png", NULL},
        {"res.png", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct planning planning = planning_start("cat.png", 100, 100);
        planning_preset(&planning, small("android", cases[i].path, &planning), NULL);
        planning_build(&planning);
        if (cases[i].message) {
            const char *text = arena_format(planning.arena,
                                            "path '%s' is no resource of Android: a file below "
                                            "res/ is named [a-z_][a-z0-9_]*",
                                            cases[i].message);
            assert_string_equal(planning.error.message, text);
            assert_int_equal(planning.status, STATUS_REFUSED);
        } else {
            assert_int_equal(planning.status, STATUS_OK);
        }
        planning_end(&planning);
    }
}

static void changed_names_are_told(void **state)
{
    (void)state;
    struct planning planning = planning_start("My Photo.png", 100, 100);
    planning_preset(&planning, small("android", "${name}.png", &planning), NULL);
    assert_plan(&planning,
                "test  My Photo.png  100x100 srgb 8-bit\n"
                " load     whole image\n"
                " resize   20x20\n"
                "   encode   png → my_photo.png\n"
                " note     name 'My Photo' becomes 'my_photo' (test: names 'android')\n");
    planning_end(&planning);
}

static void words_of_a_path(void **state)
{
    (void)state;
    struct planning planning = planning_start("a/b/cat.png", 100, 50);
    planning_preset(
        &planning,
        small("any", "${preset}/${dir}${name}-${width}x${height}.${format}.${ext}", &planning),
        NULL);
    assert_string_equal(path_of(&planning), "test/a/b/cat-20x10.png.png");
    planning_end(&planning);
}

static void hash_of(const char *source, const char *stages, char out[9])
{
    struct planning planning = planning_start(source, 100, 100);
    planning_preset(&planning,
                    arena_format(planning.arena,
                                 "{'version': 1, 'name': 'test', 'summary': 's', 'outputs': "
                                 "[{'stages': [%s], 'path': '${hash:8}'}]}",
                                 stages),
                    NULL);
    (void)snprintf(out, 9, "%s", path_of(&planning));
    assert_int_equal(strlen(planning.plan->renditions[0].path), 8);
    assert_int_equal(strspn(out, "0123456789abcdef"), 8);
    planning_end(&planning);
}

static void hash_is_over_source_and_steps(void **state)
{
    (void)state;
    static const char *const different[][2] = {
        {"a.png", "{'resize': {'width': 20}}, {'encode': {'format': 'webp', 'quality': 'high'}}"},
        {"b.png", "{'resize': {'width': 20}}, {'encode': {'format': 'webp', 'quality': 'high'}}"},
        {"a.png", "{'resize': {'width': 21}}, {'encode': {'format': 'webp', 'quality': 'high'}}"},
        {"a.png", "{'resize': {'width': 20}}, {'encode': {'format': 'webp', 'quality': 'low'}}"},
        {"a.png", "{'resize': {'width': 20}}, {'encode': {'format': 'png'}}"},
        {"a.png", "{'resize': {'width': 20, 'kernel': 'cubic'}}, {'encode': {'format': 'webp', "
                  "'quality': 'high'}}"},
        {"a.png", "{'resize': {'width': 20}}, 'sharpen', {'encode': {'format': 'webp', 'quality': "
                  "'high'}}"},
        {"a.png", "{'resize': {'width': 20}}, {'encode': {'format': 'webp', 'quality': 'high', "
                  "'webp': {'method': 6}}}"}};
    enum { COUNT = sizeof(different) / sizeof(different[0]) };
    char hashes[COUNT][9], again[9];
    for (size_t i = 0; i < COUNT; i++) {
        hash_of(different[i][0], different[i][1], hashes[i]);
        hash_of(different[i][0], different[i][1], again);
        assert_string_equal(hashes[i], again);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(hashes[i], hashes[j]) == 0) {
                fail_msg("%zu and %zu have one hash", i, j);
            }
        }
    }
}

static void paths_stay_below_the_folder(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path, *message;
    } cases[] = {
        {"..", "${name}/x.png",
         "test: /outputs/0: path '../x.png' leaves the output folder or names it"},
        {"/etc", "${name}/x.png",
         "test: /outputs/0: path '/etc/x.png' is absolute; it must stay below the output folder"},
        {"", "a/${name}/x.png", "test: /outputs/0: path 'a//x.png' has an empty component"},
        {"a\nb", "${name}.png", "test: /outputs/0: a path has the control character 0x0a"},
        {"caf\xe9", "${name}.png", "test: /outputs/0: a path is not valid UTF-8"},
        {".", "${name}/x.png",
         "test: /outputs/0: path './x.png' leaves the output folder or names it"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct planning planning = planning_start("x.png", 100, 100);
        planning.subject.name = cases[i].name;
        planning_preset(&planning, small("any", cases[i].path, &planning), NULL);
        planning_build(&planning);
        assert_error_text(&planning.error, STATUS_REFUSED, cases[i].message);
        planning_end(&planning);
    }
}

/* ---- Several images ------------------------------------------------------------------------- */

static void settle(struct planning *plannings, size_t count)
{
    struct plan *plans[8];
    struct error error = {0};
    for (size_t i = 0; i < count; i++) {
        planning_build(&plannings[i]);
        assert_int_equal(plannings[i].status, STATUS_OK);
        plans[i] = plannings[i].plan;
    }
    assert_int_equal(plans_settle(plans, count, &error), STATUS_OK);
}

static void end_all(struct planning *plannings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        planning_end(&plannings[i]);
    }
}

static void same_stem_is_refused_by_name(void **state)
{
    (void)state;
    struct planning plannings[3] = {planning_start("in/cat.png", 100, 100),
                                    planning_start("in/dog.png", 100, 100),
                                    planning_start("in/cat.jpg", 100, 100)};
    for (size_t i = 0; i < 3; i++) {
        planning_preset(&plannings[i], small("any", "${dir}${name}.png", &plannings[i]), NULL);
    }
    settle(plannings, 3);
    assert_error_text(&plannings[0].plan->refused, STATUS_REFUSED,
                      "makes 'in/cat.png', and so does another image, 'in/cat.jpg'; rename one, or "
                      "put '${dir}' or '${hash:8}' into 'path'");
    assert_error_text(&plannings[2].plan->refused, STATUS_REFUSED,
                      "makes 'in/cat.png', and so does another image, 'in/cat.png'; rename one, or "
                      "put '${dir}' or '${hash:8}' into 'path'");
    assert_int_equal(plannings[1].plan->refused.status, STATUS_OK);
    struct buffer words = {0};
    planning_words(plannings[0].plan, &words);
    assert_buffer_text(&words,
                       "test  in/cat.png  100x100 srgb 8-bit\n"
                       " refused  makes 'in/cat.png', and so does another image, 'in/cat.jpg'; "
                       "rename one, or put '${dir}' or '${hash:8}' into 'path'\n");
    end_all(plannings, 3);
}

/* The very same bytes through the same steps make one file, whoever asks. */
static void equal_steps_over_images_agree(void **state)
{
    (void)state;
    struct planning plannings[2] = {planning_start("in/cat.png", 100, 100),
                                    planning_start("in/cat.png", 100, 100)};
    for (size_t i = 0; i < 2; i++) {
        planning_preset(&plannings[i], small("any", "${name}.png", &plannings[i]), NULL);
    }
    settle(plannings, 2);
    assert_int_equal(plannings[0].plan->refused.status, STATUS_OK);
    assert_int_equal(plannings[1].plan->refused.status, STATUS_OK);
    end_all(plannings, 2);
}

#define NAMED(name_, width_)                                                                       \
    "{'version': 1, 'name': '" name_ "', 'summary': 's', 'outputs': [{'stages': [{'resize': "      \
    "{'width': " width_ "}}, {'encode': {'format': 'png'}}], 'path': '${name}.png'}]}"

static void two_presets_make_one_file(void **state)
{
    (void)state;
    struct planning planning = planning_start("cat.png", 100, 100);
    planning_preset(&planning, NAMED("one", "20"), NULL);
    planning_preset(&planning, NAMED("two", "20"), NULL);
    settle(&planning, 1);
    struct buffer words = {0};
    planning_words(planning.plan, &words);
    assert_buffer_text(&words, "one,two  cat.png  100x100 srgb 8-bit\n"
                               " load     whole image\n"
                               " resize   20x20\n"
                               "   encode   png → cat.png\n"
                               "   encode   png → cat.png (made once for several outputs)\n");
    assert_int_equal(planning.plan->renditions[1].state, RENDITION_SAME);
    planning_end(&planning);
}

static void two_presets_fight_for_one_file(void **state)
{
    (void)state;
    struct planning planning = planning_start("cat.png", 100, 100);
    planning_preset(&planning, NAMED("one", "20"), NULL);
    planning_preset(&planning, NAMED("two", "21"), NULL);
    settle(&planning, 1);
    assert_error_text(&planning.plan->refused, STATUS_REFUSED,
                      "two outputs make 'cat.png' with different steps; their 'path' must differ");
    planning_end(&planning);
}

static void a_folder_per_preset_keeps_them_apart(void **state)
{
    (void)state;
    struct planning planning = planning_start("cat.png", 100, 100);
    planning_preset(&planning, NAMED("one", "20"), "{'out': 'first/'}");
    planning_preset(&planning, NAMED("two", "21"), "{'out': 'second/'}");
    settle(&planning, 1);
    assert_int_equal(planning.plan->refused.status, STATUS_OK);
    assert_string_equal(planning.plan->renditions[0].path, "first/cat.png");
    assert_string_equal(planning.plan->renditions[1].path, "second/cat.png");
    planning_end(&planning);
}

static void android_takes_one_extension(void **state)
{
    (void)state;
    struct planning plannings[2] = {planning_start("cat.png", 100, 100),
                                    planning_start("dog.png", 100, 100)};
    for (size_t i = 0; i < 2; i++) {
        planning_preset(&plannings[i],
                        "{'version': 1, 'name': 'test', 'summary': 's', 'names': 'android', "
                        "'outputs': [{'stages': [{'encode': {'format': 'png'}}], 'path': "
                        "'r/${name}.png'}, {'when': {'orientation': 'square'}, 'stages': "
                        "[{'encode': {'format': 'webp'}}], 'path': 'r/${name}.webp'}]}",
                        NULL);
    }
    plannings[1].inputs[0].facts.height = 50;
    settle(plannings, 2);
    assert_error_text(
        &plannings[0].plan->refused, STATUS_REFUSED,
        "makes 'r/cat.png' and 'r/cat.webp': Android takes one extension per name and folder");
    assert_int_equal(plannings[1].plan->refused.status, STATUS_OK);
    end_all(plannings, 2);
}

/* ---- Emitted files -------------------------------------------------------------------------- */

#define EMITTING(name_, emit_, entry_)                                                             \
    "{'version': 1, 'name': '" name_ "', 'summary': 's', 'outputs': [{'stages': [{'encode': "      \
    "{'format': 'png'}}], 'path': '${name}-" name_ ".png'" entry_ "}], 'emit': [" emit_ "]}"

/* One path below two folders: what it names would lie elsewhere for one of the two. A web manifest
 * is of one image, whatever presets share it. */
static void who_may_not_share(void **state)
{
    (void)state;
    struct planning plannings[2] = {planning_start("cat.png", 100, 100),
                                    planning_start("dog.png", 100, 100)};
    planning_preset(&plannings[0], EMITTING("one", "{'manifest': {'path': 'a/m.json'}}", ""), NULL);
    planning_preset(&plannings[0], EMITTING("two", "{'manifest': {'path': 'm.json'}}", ""),
                    "{'out': 'a/'}");
    settle(plannings, 1);
    assert_error_text(&plannings[0].plan->refused, STATUS_REFUSED,
                      "'a/m.json' is made twice, and an emitted file is one of the two; their "
                      "'path' must differ");
    plannings[0].recipe_count = 0;
    for (size_t i = 0; i < 2; i++) {
        planning_preset(&plannings[i],
                        EMITTING("one", "'webmanifest'", ", 'emit': ['webmanifest']"), NULL);
    }
    planning_preset(&plannings[0], EMITTING("two", "'webmanifest'", ", 'emit': ['webmanifest']"),
                    NULL);
    settle(plannings, 1);
    assert_int_equal(plannings[0].plan->refused.status, STATUS_OK);
    settle(plannings, 2);
    assert_error_text(&plannings[1].plan->refused, STATUS_REFUSED,
                      "makes 'manifest.webmanifest', and so does another image, 'cat.png'; rename "
                      "one, or put '${dir}' or '${name}' into 'path'");
    end_all(plannings, 2);
}

static void one_manifest_gathers_all(void **state)
{
    (void)state;
    struct planning plannings[2] = {planning_start("cat.png", 100, 100),
                                    planning_start("dog.png", 100, 100)};
    for (size_t i = 0; i < 2; i++) {
        planning_preset(&plannings[i], EMITTING("one", "'manifest'", ""), NULL);
        planning_preset(&plannings[i], EMITTING("two", "'manifest'", ""), NULL);
    }
    settle(plannings, 2);
    struct buffer words = {0};
    planning_words(plannings[1].plan, &words);
    assert_buffer_text(&words, "one,two  dog.png  100x100 srgb 8-bit\n"
                               " load     whole image\n"
                               "   encode   png → dog-one.png\n"
                               "   encode   png → dog-two.png\n"
                               " emit     manifest → manifest.json\n");
    assert_int_equal(plannings[0].plan->refused.status, STATUS_OK);
    end_all(plannings, 2);
}

/* Markup belongs to one image: without its name in the path two images would write one file. */
static void markup_is_of_one_image(void **state)
{
    (void)state;
    struct planning plannings[2] = {planning_start("cat.png", 100, 100),
                                    planning_start("dog.png", 100, 100)};
    for (size_t i = 0; i < 2; i++) {
        planning_preset(
            &plannings[i],
            EMITTING("one", "{'picture': {'path': 'all.html'}}", ", 'emit': ['picture']"), NULL);
    }
    settle(plannings, 2);
    assert_error_text(&plannings[0].plan->refused, STATUS_REFUSED,
                      "makes 'all.html', and so does another image, 'dog.png'; rename one, or put "
                      "'${dir}' or '${name}' into 'path'");
    assert_error_text(&plannings[1].plan->refused, STATUS_REFUSED,
                      "makes 'all.html', and so does another image, 'cat.png'; rename one, or put "
                      "'${dir}' or '${name}' into 'path'");
    end_all(plannings, 2);
}

/* An image may be called as a template looks: what was put in is not looked at again. */
static void markup_of_an_image_called_as_a_template(void **state)
{
    (void)state;
    struct planning planning = planning_start("x.png", 100, 100);
    planning.subject.name = "${preset}-$${y}-${z}";
    planning_preset(
        &planning,
        EMITTING("one", "{'picture': {'path': '${name}.html'}}", ", 'emit': ['picture']"), NULL);
    planning_build(&planning);
    assert_int_equal(planning.status, STATUS_OK);
    assert_int_equal(planning.plan->emitted_count, 1);
    assert_string_equal(planning.plan->emitted[0].path, "${preset}-$${y}-${z}.html");
    planning_end(&planning);
}

/* Nobody takes part, so there is no file. */
static void markup_without_an_image_is_not_made(void **state)
{
    (void)state;
    struct planning planning = planning_start("cat.png", 100, 100);
    planning_preset(&planning,
                    EMITTING("one", "{'picture': {'path': '${name}.html'}}",
                             ", 'emit': ['picture'], 'when': {'alpha': true}"),
                    NULL);
    planning_build(&planning);
    assert_int_equal(planning.plan->emitted_count, 0);
    planning_end(&planning);
}

static void an_emitted_file_is_no_rendition(void **state)
{
    (void)state;
    struct planning planning = planning_start("cat.png", 100, 100);
    planning_preset(&planning, EMITTING("one", "{'manifest': {'path': '${name}-one.png'}}", ""),
                    NULL);
    settle(&planning, 1);
    assert_error_text(&planning.plan->refused, STATUS_REFUSED,
                      "'cat-one.png' is made twice, and an emitted file is one of the two; their "
                      "'path' must differ");
    planning_end(&planning);
}

/* ---- Pure ----------------------------------------------------------------------------------- */

static void planning_twice_gives_the_same(void **state)
{
    (void)state;
    struct planning a = planning_start("cat.jpg", 3000, 2000);
    struct planning b = planning_start("cat.jpg", 3000, 2000);
    struct planning other = planning_start("cat.jpg", 3000, 1999);
    struct planning *plannings[] = {&a, &b, &other};
    for (size_t i = 0; i < 3; i++) {
        planning_preset(plannings[i], "web", NULL);
        planning_preset(plannings[i], "thumbnails", NULL);
        planning_build(plannings[i]);
    }
    struct hash first = a.plan->key;
    assert_true(hash_equal(first, b.plan->key));
    assert_false(hash_equal(first, other.plan->key));
    planning_build(&a);
    assert_true(hash_equal(first, a.plan->key));
    end_all(&a, 1);
    end_all(&b, 1);
    end_all(&other, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_by_rule),
        cmocka_unit_test(included_presets_have_their_rules),
        cmocka_unit_test(resources_have_names_that_android_takes),
        cmocka_unit_test(changed_names_are_told),
        cmocka_unit_test(words_of_a_path),
        cmocka_unit_test(hash_is_over_source_and_steps),
        cmocka_unit_test(paths_stay_below_the_folder),
        cmocka_unit_test(same_stem_is_refused_by_name),
        cmocka_unit_test(equal_steps_over_images_agree),
        cmocka_unit_test(two_presets_make_one_file),
        cmocka_unit_test(two_presets_fight_for_one_file),
        cmocka_unit_test(a_folder_per_preset_keeps_them_apart),
        cmocka_unit_test(android_takes_one_extension),
        cmocka_unit_test(who_may_not_share),
        cmocka_unit_test(one_manifest_gathers_all),
        cmocka_unit_test(markup_is_of_one_image),
        cmocka_unit_test(markup_of_an_image_called_as_a_template),
        cmocka_unit_test(markup_without_an_image_is_not_made),
        cmocka_unit_test(an_emitted_file_is_no_rendition),
        cmocka_unit_test(planning_twice_gives_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
