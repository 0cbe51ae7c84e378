/* SPDX-License-Identifier: MIT
 * What one output may say beside its stages: where its image comes from, when it is made, what is
 * tried when it does not fit, and files of several members. As text. */
#include <string.h>

#include "planning.h"

#define PRESET(outputs_)                                                                           \
    "{'version': 1, 'name': 'test', 'summary': 's',"                                               \
    "'inputs': {'dark': 'for the night', 'logo': 'a mark', 'vector': 'as SVG'},"                   \
    "'outputs': [" outputs_ "]}"

static const char night[] =
    PRESET("{'id': 'day', 'stages': [{'resize': {'width': 100}}, {'encode': {'format': 'png'}}],"
           " 'path': '${name}.png'},"
           "{'id': 'night', 'from': ['dark', {'main': [{'colour': {'to': 'grey'}}]}],"
           " 'stages': [{'resize': {'width': 100}}, {'encode': {'format': 'png'}}],"
           " 'path': '${name}-night.png'},"
           "{'id': 'mark', 'from': 'logo', 'stages': [{'encode': {'format': 'png'}}],"
           " 'path': '${name}-mark.png'}");

static void an_input_that_is_given_is_taken(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_input(&planning, "dark", "sea-dark.png", 800, 600);
    planning_preset(&planning, night, NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   100x75\n"
                           "   encode   png → sea.png\n"
                           " load     whole image of 'dark'\n"
                           " resize   100x75\n"
                           "   encode   png → sea-night.png\n"
                           " dropped  test/mark: no input 'logo' is given\n");
    planning_end(&planning);
}

static void without_it_main_stands_in(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_preset(&planning, night, NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " load     whole image\n"
                           "   resize   100x75\n"
                           "     encode   png → sea.png\n"
                           "   colour   from srgb to grey\n"
                           "     resize   100x75\n"
                           "       encode   png → sea-night.png\n"
                           " dropped  test/mark: no input 'logo' is given\n");
    planning_end(&planning);
}

static void a_colour_may_be_an_image(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_input(&planning, "dark", "#112233", 0, 0);
    planning_preset(&planning,
                    PRESET("{'from': ['logo', '#0b3d5c'], 'stages': [{'resize': {'size': '48x32'}},"
                           "{'encode': {'format': 'png'}}], 'path': 'a.png'},"
                           "{'from': 'dark', 'stages': [{'resize': {'size': '48x32'}},"
                           "{'encode': {'format': 'png'}}], 'path': 'b.png'}"),
                    NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " load     plain #0b3d5c\n"
                           " resize   48x32\n"
                           "   encode   png → a.png\n"
                           " load     plain #112233 of 'dark'\n"
                           " resize   48x32\n"
                           "   encode   png → b.png\n");
    planning_end(&planning);
}

static const char conditions[] =
    PRESET("{'matrix': {'want': [true, false]}, 'when': {'alpha': '${want}'}, 'stages': "
           "[{'encode': {'format': 'png'}}], 'path': 'alpha-${want}.png'},"
           "{'matrix': {'want': [true, false]}, 'when': {'animated': '${want}'}, 'stages': "
           "[{'encode': {'format': 'png'}}], 'path': 'animated-${want}.png'},"
           "{'matrix': {'want': ['landscape', 'portrait', 'square']}, 'when': {'orientation': "
           "'${want}'}, 'stages': [{'encode': {'format': 'png'}}], 'path': '${want}.png'},"
           "{'matrix': {'want': [['jpeg', 'webp'], 'png']}, 'when': {'format': '${want}'}, "
           "'stages': [{'encode': {'format': 'png'}}], 'path': 'format-${ext}.png'}");

static void conditions_of_an_opaque_landscape(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_preset(&planning, conditions, NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " load     whole image\n"
                           "   encode   png → alpha-false.png\n"
                           "   encode   png → animated-false.png\n"
                           "   encode   png → landscape.png\n"
                           "   encode   png → format-png.png\n"
                           " dropped  test/0 want=true: the image is opaque\n"
                           " dropped  test/1 want=true: the image is a still\n"
                           " dropped  test/2 want=portrait: the image is landscape\n"
                           " dropped  test/2 want=square: the image is landscape\n"
                           " dropped  test/3 want=jpeg|webp: the image is a png file\n");
    planning_end(&planning);
}

/* Turned by EXIF, so upright it is a portrait. */
static void conditions_of_a_turned_animation(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.webp", 400, 300);
    planning.inputs[0].facts.orientation = 8;
    planning.inputs[0].facts.frames = 3;
    planning_alpha(&planning.inputs[0].facts, 1);
    planning_preset(&planning, conditions, NULL);
    assert_plan(&planning, "test  sea.webp  400x300 srgb 8-bit alpha, orientation 8, 3 frames\n"
                           " load     frame 1 of 3 [warning: an animation becomes a still]\n"
                           " orient   by 270 degrees (put in: encode wants an upright image)\n"
                           "   encode   png → alpha-true.png\n"
                           "   encode   png → animated-true.png\n"
                           "   encode   png → portrait.png\n"
                           "   encode   png → format-png.png\n"
                           " dropped  test/0 want=false: the image is transparent\n"
                           " dropped  test/1 want=false: the image is animated\n"
                           " dropped  test/2 want=landscape: the image is portrait\n"
                           " dropped  test/2 want=square: the image is portrait\n"
                           " dropped  test/3 want=png: the image is a webp file\n");
    planning_end(&planning);
}

static void alpha_is_measured_for_a_condition(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_alpha(&planning.inputs[0].facts, -1);
    planning_preset(&planning, conditions, NULL);
    planning_build(&planning);
    assert_int_equal(planning.plan->wanted_count, 1); /* once, however many ask */
    planning_end(&planning);
}

static void inlined_has_no_path(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_preset(&planning,
                    PRESET("{'stages': [{'resize': {'width': 16}}, {'encode': {'format': 'webp'}}],"
                           " 'inline': true}"),
                    NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   16x12\n"
                           "   encode   webp q# method 4 → inline\n");
    assert_null(planning.plan->renditions[0].path);
    planning_end(&planning);
}

static void alternatives_are_shown_with_their_sizes(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 4000, 3000);
    planning_preset(
        &planning,
        PRESET("{'stages': [{'resize': {'width': 1200}}, {'encode': {'format': 'jpeg', 'quality': "
               "'high', 'max-bytes': '100KB', 'min-quality': 'medium'}}], 'path': 'og.jpg',"
               "'fallback': [{'encode': {'min-quality': 'low'}}, {'resize': {'width': 600}}]}"),
        NULL);
    assert_plan(&planning, "test  sea.png  4000x3000 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   1200x900\n"
                           "   encode   jpeg q#..# up to 100000 B → og.jpg\n"
                           "     else jpeg q#..# up to 100000 B at 1200x900\n"
                           "     else jpeg q#..# up to 100000 B at 600x450\n");
    assert_int_equal(planning.plan->renditions[0].fallback_count, 2);
    planning_end(&planning);
}

static void copied_as_it_is(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_input(&planning, "vector", "mark.svg", 1, 1);
    error_set(&planning.inputs[1].refused, STATUS_UNSUPPORTED, "holds SVG");
    planning_preset(&planning,
                    PRESET("{'from': 'vector', 'stages': ['copy'], 'path': '${name}.svg'},"
                           "{'stages': ['copy'], 'path': 'original/${name}.${ext}'}"),
                    NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " copy     svg → sea.svg\n"
                           " copy     png → original/sea.png\n");
    planning_end(&planning);
}

static void what_can_only_be_copied_is_not_decoded(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_input(&planning, "vector", "mark.svg", 1, 1);
    error_set(&planning.inputs[1].refused, STATUS_UNSUPPORTED, "holds SVG");
    planning_preset(&planning,
                    PRESET("{'from': 'vector', 'stages': [{'encode': {'format': 'png'}}],"
                           "'path': '${name}.png'}"),
                    NULL);
    planning_build(&planning);
    assert_error_text(&planning.error, STATUS_UNSUPPORTED, "test: /outputs/0: holds SVG");
    planning_end(&planning);
}

static void a_watermark_takes_a_named_input(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.jpg", 4000, 3000);
    planning_input(&planning, "logo", "logo.png", 300, 100);
    planning_preset(&planning,
                    PRESET("{'stages': [{'resize': {'width': 1000}}, {'watermark': {'input': "
                           "'logo', 'gravity': 'south-east', 'scale': 0.2}}, {'encode': "
                           "{'format': 'jpeg'}}], 'path': '${name}.jpg'}"),
                    NULL);
    assert_plan(&planning, "test  sea.jpg  4000x3000 srgb 8-bit\n"
                           " load     at 1/2 of the size\n"
                           " resize   1000x750\n"
                           " watermark 'logo' 200x67 south-east\n"
                           "   encode   jpeg q# → sea.jpg\n");
    planning_end(&planning);
}

static void trim_is_measured_and_then_exact(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning_preset(&planning,
                    PRESET("{'stages': ['trim', {'resize': {'width': 100}}, {'encode': {'format': "
                           "'png'}}], 'path': '${name}-${width}x${height}.png'}"),
                    NULL);
    assert_plan(&planning, "test  sea.png  400x300 srgb 8-bit\n"
                           " load     whole image\n"
                           " trim     to what the pixels say\n"
                           " resize   100x75\n"
                           "   encode   png → sea-100x75.png\n");
    assert_int_equal(planning.plan->wanted_count, 1);
    assert_string_equal(planning.plan->wanted[0].stage->name, "trim");
    struct plan_measured measured = {planning.plan->wanted[0].key, {100, 50, 200, 50}};
    struct plan *exact = NULL;
    struct buffer words = {0};
    assert_int_equal(plan_build(&planning.subject, planning.recipes, 1, &planning.limits, &measured,
                                1, &exact, &planning.error),
                     STATUS_OK);
    assert_int_equal(exact->wanted_count, 0);
    planning_words(exact, &words);
    assert_buffer_text(&words, "test  sea.png  400x300 srgb 8-bit\n"
                               " load     whole image\n"
                               " trim     200x50 at 100,50\n"
                               " resize   100x25\n"
                               "   encode   png → sea-100x25.png\n");
    plan_free(exact);
    planning_end(&planning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_that_is_given_is_taken),
        cmocka_unit_test(without_it_main_stands_in),
        cmocka_unit_test(a_colour_may_be_an_image),
        cmocka_unit_test(conditions_of_an_opaque_landscape),
        cmocka_unit_test(conditions_of_a_turned_animation),
        cmocka_unit_test(alpha_is_measured_for_a_condition),
        cmocka_unit_test(inlined_has_no_path),
        cmocka_unit_test(alternatives_are_shown_with_their_sizes),
        cmocka_unit_test(copied_as_it_is),
        cmocka_unit_test(what_can_only_be_copied_is_not_decoded),
        cmocka_unit_test(a_watermark_takes_a_named_input),
        cmocka_unit_test(trim_is_measured_and_then_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
