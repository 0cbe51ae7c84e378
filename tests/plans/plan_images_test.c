/* SPDX-License-Identifier: MIT
 * The built-in presets against images of every kind, as the text that people read. */
#include <string.h>

#include "planning.h"

/* The README's example: seven widths, three formats. */
static void large_png_to_web(void **state)
{
    (void)state;
    struct planning planning = planning_start("photos/hero.png", 4096, 2304);
    planning_preset(&planning, "web", NULL);
    assert_plan(&planning, "web  photos/hero.png  4096x2304 srgb 8-bit\n"
                           " load     whole image\n"
                           " orient   skipped: already upright\n"
                           " colour   skipped: already srgb\n"
                           "   resize   2560x1440\n"
                           "     encode   avif q# effort auto → photos/hero-2560w.avif\n"
                           "     encode   webp q# method 2 → photos/hero-2560w.webp\n"
                           "     encode   jpeg q# → photos/hero-2560w.jpg\n"
                           "     resize   1280x720 from 2560x1440\n"
                           "       encode   avif q# effort auto → photos/hero-1280w.avif\n"
                           "       encode   webp q# method 2 → photos/hero-1280w.webp\n"
                           "       encode   jpeg q# → photos/hero-1280w.jpg\n"
                           "       resize   640x360 from 1280x720\n"
                           "         encode   avif q# effort 3 → photos/hero-640w.avif\n"
                           "         encode   webp q# method 4 → photos/hero-640w.webp\n"
                           "         encode   jpeg q# → photos/hero-640w.jpg\n"
                           "         resize   320x180 from 640x360\n"
                           "           encode   avif q# effort 3 → photos/hero-320w.avif\n"
                           "           encode   webp q# method 4 → photos/hero-320w.webp\n"
                           "           encode   jpeg q# → photos/hero-320w.jpg\n"
                           "   resize   3840x2160\n"
                           "     encode   avif q# effort auto → photos/hero-3840w.avif\n"
                           "     encode   webp q# method auto → photos/hero-3840w.webp\n"
                           "     encode   jpeg q# → photos/hero-3840w.jpg\n"
                           "     resize   1920x1080 from 3840x2160\n"
                           "       encode   avif q# effort auto → photos/hero-1920w.avif\n"
                           "       encode   webp q# method 2 → photos/hero-1920w.webp\n"
                           "       encode   jpeg q# → photos/hero-1920w.jpg\n"
                           "       resize   960x540 from 1920x1080\n"
                           "         encode   avif q# effort 3 → photos/hero-960w.avif\n"
                           "         encode   webp q# method 2 → photos/hero-960w.webp\n"
                           "         encode   jpeg q# → photos/hero-960w.jpg\n"
                           "   crop     2304x2304 attention\n"
                           "     resize   256x256\n"
                           "       encode   webp q# method 4 → photos/hero-thumb.webp\n"
                           " emit     manifest → manifest.json\n"
                           " emit     picture → photos/hero.web.html\n");
    planning_end(&planning);
}

static void small_jpeg_drops_what_it_cannot_fill(void **state)
{
    (void)state;
    struct planning planning = planning_start("cat.jpg", 500, 400);
    planning_preset(&planning, "web", NULL);
    assert_plan(&planning, "web  cat.jpg  500x400 srgb 8-bit\n"
                           " load     whole image\n"
                           " orient   skipped: already upright\n"
                           " colour   skipped: already srgb\n"
                           " resize   skipped: not enlarged: 500x400\n"
                           "   encode   avif q# effort 3 → cat-500w.avif\n"
                           "   encode   webp q# method 4 → cat-500w.webp\n"
                           "   encode   jpeg q# → cat-500w.jpg\n"
                           "   resize   320x256\n"
                           "     encode   avif q# effort 3 → cat-320w.avif\n"
                           "     encode   webp q# method 4 → cat-320w.webp\n"
                           "     encode   jpeg q# → cat-320w.jpg\n"
                           "   crop     400x400 attention\n"
                           "     resize   256x256\n"
                           "       encode   webp q# method 4 → cat-thumb.webp\n"
                           " emit     manifest → manifest.json\n"
                           " emit     picture → cat.web.html\n"
                           " dropped  web/picture px=960 codec=avif: not larger than 500x400, "
                           "equal to px=640 codec=avif\n"
                           " dropped  web/picture px=960 codec=webp: not larger than 500x400, "
                           "equal to px=640 codec=webp\n"
                           " dropped  web/picture px=960 codec=jpeg|png: not larger than 500x400, "
                           "equal to px=640 codec=jpeg|png\n"
                           " dropped  web/picture px=1280 codec=avif: not larger than 500x400, "
                           "equal to px=640 codec=avif\n"
                           " dropped  web/picture px=1280 codec=webp: not larger than 500x400, "
                           "equal to px=640 codec=webp\n"
                           " dropped  web/picture px=1280 codec=jpeg|png: not larger than 500x400, "
                           "equal to px=640 codec=jpeg|png\n"
                           " dropped  web/picture px=1920 codec=avif: not larger than 500x400, "
                           "equal to px=640 codec=avif\n"
                           " dropped  web/picture px=1920 codec=webp: not larger than 500x400, "
                           "equal to px=640 codec=webp\n"
                           " dropped  web/picture px=1920 codec=jpeg|png: not larger than 500x400, "
                           "equal to px=640 codec=jpeg|png\n"
                           " dropped  web/picture px=2560 codec=avif: not larger than 500x400, "
                           "equal to px=640 codec=avif\n"
                           " dropped  web/picture px=2560 codec=webp: not larger than 500x400, "
                           "equal to px=640 codec=webp\n"
                           " dropped  web/picture px=2560 codec=jpeg|png: not larger than 500x400, "
                           "equal to px=640 codec=jpeg|png\n"
                           " dropped  web/picture px=3840 codec=avif: not larger than 500x400, "
                           "equal to px=640 codec=avif\n"
                           " dropped  web/picture px=3840 codec=webp: not larger than 500x400, "
                           "equal to px=640 codec=webp\n"
                           " dropped  web/picture px=3840 codec=jpeg|png: not larger than 500x400, "
                           "equal to px=640 codec=jpeg|png\n");
    planning_end(&planning);
}

static void portrait_is_turned_before_it_is_measured(void **state)
{
    (void)state;
    struct planning planning = planning_start("tower.jpg", 4000, 3000);
    planning.inputs[0].facts.orientation = 6;
    planning_preset(&planning, "sizes", NULL);
    assert_plan(&planning, "sizes  tower.jpg  4000x3000 srgb 8-bit, orientation 6\n"
                           " load     whole image\n"
                           " orient   by 90 degrees\n"
                           " colour   skipped: already srgb\n"
                           " resize   skipped: not enlarged: 3000x4000\n"
                           "   encode   webp q# method 4 → tower-4k.webp\n"
                           "   encode   jpeg q# → tower-4k.jpg\n"
                           "   resize   1536x2048\n"
                           "     encode   webp q# method 4 → tower-2k.webp\n"
                           "     encode   jpeg q# → tower-2k.jpg\n"
                           "     resize   768x1024 from 1536x2048\n"
                           "       encode   webp q# method 4 → tower-1k.webp\n"
                           "       encode   jpeg q# → tower-1k.jpg\n"
                           "       resize   384x512 from 768x1024\n"
                           "         encode   webp q# method 4 → tower-512.webp\n"
                           "         encode   jpeg q# → tower-512.jpg\n"
                           " emit     manifest → manifest.json\n");
    planning_end(&planning);
}

static void cmyk_is_converted_once(void **state)
{
    (void)state;
    struct planning planning = planning_start("print.jpg", 2000, 1000);
    struct facts *facts = &planning.inputs[0].facts;
    facts->space = SPACE_CMYK;
    facts->bands = 4;
    facts->profile = true;
    planning_preset(&planning, "thumbnails", "{'set': {'sides': [256, 128]}}");
    assert_plan(&planning, "thumbnails  print.jpg  2000x1000 cmyk 8-bit\n"
                           " load     whole image\n"
                           " orient   skipped: already upright\n"
                           " colour   from its profile to srgb\n"
                           " crop     1000x1000 attention\n"
                           " resize   256x256\n"
                           "   encode   webp q# method 4 → print-256x256.webp\n"
                           "   encode   jpeg q# → print-256x256.jpg\n"
                           "   resize   128x128 from 256x256\n"
                           "     encode   webp q# method 4 → print-128x128.webp\n"
                           "     encode   jpeg q# → print-128x128.jpg\n"
                           " emit     manifest → manifest.json\n");
    planning_end(&planning);
}

/* 16 bits and Display P3, without a stage that asks for less. */
static void what_the_encoder_wants_is_put_in(void **state)
{
    (void)state;
    struct planning planning = planning_start("deep.png", 300, 200);
    struct facts *facts = &planning.inputs[0].facts;
    facts->bits = 16;
    facts->orientation = 3;
    facts->space = SPACE_CMYK;
    facts->bands = 4;
    planning_preset(&planning,
                    "{'version': 1, 'name': 'bare', 'summary': 's', 'outputs': ["
                    "{'stages': [{'encode': {'format': 'jpeg'}}], 'path': '${name}.${ext}'},"
                    "{'stages': [{'encode': {'format': 'png'}}], 'path': '${name}.${ext}'}]}",
                    NULL);
    assert_plan(&planning,
                "bare  deep.png  300x200 cmyk 16-bit, orientation 3\n"
                " load     whole image\n"
                " orient   by 180 degrees (put in: encode wants an upright image)\n"
                " colour   from 'cmyk' to srgb, 8-bit (put in: encode wants RGB or grey)\n"
                "   encode   jpeg q# → deep.jpg\n"
                "   encode   png → deep.png\n");
    planning_end(&planning);
}

static const char fallback_format[] =
    "{'version': 1, 'name': 'pick', 'summary': 's', 'outputs': [{'stages': ["
    "{'resize': {'width': 100}}, {'encode': {'format': ['jpeg', 'png']}}],"
    "'path': '${name}.${ext}'}]}";

static void transparent_takes_the_format_that_holds_it(void **state)
{
    (void)state;
    struct planning planning = planning_start("logo.png", 400, 300);
    planning_alpha(&planning.inputs[0].facts, 1);
    planning_preset(&planning, fallback_format, NULL);
    assert_plan(&planning, "pick  logo.png  400x300 srgb 8-bit alpha\n"
                           " load     whole image\n"
                           " resize   100x75\n"
                           "   encode   png → logo.png\n");
    assert_int_equal(planning.plan->wanted_count, 0);
    planning_end(&planning);
}

static void unused_alpha_is_dropped(void **state)
{
    (void)state;
    struct planning planning = planning_start("logo.png", 400, 300);
    planning_alpha(&planning.inputs[0].facts, 0);
    planning_preset(&planning, fallback_format, NULL);
    assert_plan(&planning, "pick  logo.png  400x300 srgb 8-bit alpha\n"
                           " load     whole image\n"
                           " resize   100x75\n"
                           " flatten  on #ffffff (put in: encode wants an opaque image)\n"
                           "   encode   jpeg q# → logo.jpg\n");
    assert_int_equal(planning.plan->wanted_count, 0);
    planning_end(&planning);
}

/* The plan is a guess, and says what it needs to know. */
static void alpha_that_nobody_measured_is_asked_for(void **state)
{
    (void)state;
    struct planning planning = planning_start("logo.png", 400, 300);
    planning_alpha(&planning.inputs[0].facts, -1);
    planning_preset(&planning, fallback_format, NULL);
    planning_build(&planning);
    assert_int_equal(planning.status, STATUS_OK);
    assert_int_equal(planning.plan->wanted_count, 1);
    assert_null(planning.plan->wanted[0].stage);
    assert_string_equal(planning.plan->wanted[0].input->name, "main");
    planning_end(&planning);
}

/* A format that always holds alpha needs no measuring. */
static void alpha_that_nobody_asks_for_is_not_measured(void **state)
{
    (void)state;
    struct planning planning = planning_start("logo.png", 400, 300);
    planning_alpha(&planning.inputs[0].facts, -1);
    planning_preset(&planning, fallback_format, "{'stages': {'encode': {'format': 'webp'}}}");
    planning_build(&planning);
    assert_int_equal(planning.status, STATUS_OK);
    assert_int_equal(planning.plan->wanted_count, 0);
    planning_end(&planning);
}

static void transparent_pyramid(void **state)
{
    (void)state;
    struct planning planning = planning_start("glass.png", 4000, 3000);
    planning_alpha(&planning.inputs[0].facts, 1);
    planning_preset(&planning, "sizes", NULL);
    assert_plan(
        &planning,
        "sizes  glass.png  4000x3000 srgb 8-bit alpha\n"
        " load     whole image\n"
        " orient   skipped: already upright\n"
        " colour   skipped: already srgb\n"
        " resize   skipped: not enlarged: 4000x3000\n"
        "   encode   webp q# method 4 → glass-4k.webp\n"
        "   encode   png → glass-4k.png\n"
        "   resize   2048x1536\n"
        "     encode   webp q# method 4 → glass-2k.webp\n"
        "     encode   png → glass-2k.png\n"
        "     resize   1024x768 from 2048x1536 (straight alpha, premultiplied within the step)\n"
        "       encode   webp q# method 4 → glass-1k.webp\n"
        "       encode   png → glass-1k.png\n"
        "       resize   512x384 from 1024x768 (straight alpha, premultiplied within the step)\n"
        "         encode   webp q# method 4 → glass-512.webp\n"
        "         encode   png → glass-512.png\n"
        " emit     manifest → manifest.json\n");
    planning_end(&planning);
}

static const char animation[] =
    "{'version': 1, 'name': 'move', 'summary': 's', 'outputs': ["
    "{'stages': [{'load': {'frames': 'all'}}, {'resize': {'width': 120}},"
    "            {'encode': {'format': 'webp'}}], 'path': '${name}.webp'},"
    "{'stages': [{'resize': {'width': 120}}, {'encode': {'format': 'png'}}],"
    " 'path': '${name}-still.png'}]}";

static void animation_to_webp(void **state)
{
    (void)state;
    struct planning planning = planning_start("dance.gif", 480, 270);
    planning.inputs[0].facts.frames = 24;
    planning_alpha(&planning.inputs[0].facts, 1);
    planning_preset(&planning, animation, NULL);
    assert_plan(&planning, "move  dance.gif  480x270 srgb 8-bit alpha, 24 frames\n"
                           " load     all frames\n"
                           " resize   120x68\n"
                           "   encode   webp q# method 4 → dance.webp\n"
                           " load     frame 1 of 24 [warning: an animation becomes a still]\n"
                           " resize   120x68\n"
                           "   encode   png → dance-still.png\n");
    planning_end(&planning);
}

/* All frames were measured. */
static void unused_alpha_of_an_animation_goes(void **state)
{
    (void)state;
    struct planning planning = planning_start("dance.gif", 480, 270);
    planning.inputs[0].facts.frames = 24;
    planning_alpha(&planning.inputs[0].facts, 0);
    planning_preset(&planning, animation, NULL);
    assert_plan(&planning, "move  dance.gif  480x270 srgb 8-bit alpha, 24 frames\n"
                           " load     all frames\n"
                           " resize   120x68\n"
                           " flatten  on #ffffff (put in: encode wants an opaque image)\n"
                           "   encode   webp q# method 4 → dance.webp\n"
                           " load     frame 1 of 24 [warning: an animation becomes a still]\n"
                           " resize   120x68\n"
                           " flatten  on #ffffff (put in: encode wants an opaque image)\n"
                           "   encode   png → dance-still.png\n");
    planning_end(&planning);
}

static void still_through_an_animated_line(void **state)
{
    (void)state;
    struct planning planning = planning_start("dance.gif", 480, 270);
    planning_preset(&planning, animation, NULL);
    assert_plan(&planning, "move  dance.gif  480x270 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   120x68\n"
                           "   encode   webp q# method 4 → dance.webp\n"
                           " load     whole image\n"
                           " resize   120x68\n"
                           "   encode   png → dance-still.png\n");
    planning_end(&planning);
}

/* One decode, one step "srgb", and a resize that two presets want alike is done once. */
static void presets_share_what_is_equal(void **state)
{
    (void)state;
    struct planning planning = planning_start("a/b/sea.jpg", 3000, 2000);
    planning_preset(&planning, "sizes", "{'set': {'steps': [{'label': 's', 'px': 512}]}}");
    planning_preset(&planning, "thumbnails", "{'set': {'sides': [256, 64]}}");
    planning_preset(&planning, "web",
                    "{'set': {'widths': [512, 1024], 'formats': ['webp']}, 'outputs': "
                    "{'thumb': false}}");
    assert_plan(&planning, "sizes,thumbnails,web  a/b/sea.jpg  3000x2000 srgb 8-bit\n"
                           " load     whole image\n"
                           " orient   skipped: already upright\n"
                           " colour   skipped: already srgb\n"
                           "   crop     2000x2000 attention\n"
                           "     resize   256x256\n"
                           "       encode   webp q# method 4 → a/b/sea-256x256.webp\n"
                           "       encode   jpeg q# → a/b/sea-256x256.jpg\n"
                           "       resize   64x64 from 256x256\n"
                           "         encode   webp q# method 4 → a/b/sea-64x64.webp\n"
                           "         encode   jpeg q# → a/b/sea-64x64.jpg\n"
                           "   resize   1024x683\n"
                           "     encode   webp q# method 2 → a/b/sea-1024w.webp\n"
                           "     resize   512x341 from 1024x683\n"
                           "       encode   webp q# method 4 → a/b/sea-s.webp\n"
                           "       encode   webp q# method 4 → a/b/sea-512w.webp\n"
                           "       encode   jpeg q# → a/b/sea-s.jpg\n"
                           " emit     manifest → manifest.json\n"
                           " emit     picture → a/b/sea.web.html\n");
    planning_end(&planning);
}

static void a_focus_point_goes_with_the_image(void **state)
{
    (void)state;
    struct planning planning = planning_start("face.jpg", 1000, 500);
    struct facts *facts = &planning.inputs[0].facts;
    facts->focus_given = true;
    facts->focus_x = 0.9;
    facts->focus_y = 0.5;
    planning_preset(&planning, "thumbnails", "{'set': {'sides': [64]}}");
    assert_plan(&planning, "thumbnails  face.jpg  1000x500 srgb 8-bit\n"
                           " load     at 1/2 of the size\n"
                           " orient   skipped: already upright\n"
                           " colour   skipped: already srgb\n"
                           " crop     500x500 focus\n"
                           " resize   64x64\n"
                           "   encode   webp q# method 4 → face-64x64.webp\n"
                           "   encode   jpeg q# → face-64x64.jpg\n"
                           " emit     manifest → manifest.json\n");
    planning_end(&planning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_png_to_web),
        cmocka_unit_test(small_jpeg_drops_what_it_cannot_fill),
        cmocka_unit_test(portrait_is_turned_before_it_is_measured),
        cmocka_unit_test(cmyk_is_converted_once),
        cmocka_unit_test(what_the_encoder_wants_is_put_in),
        cmocka_unit_test(transparent_takes_the_format_that_holds_it),
        cmocka_unit_test(unused_alpha_is_dropped),
        cmocka_unit_test(alpha_that_nobody_measured_is_asked_for),
        cmocka_unit_test(alpha_that_nobody_asks_for_is_not_measured),
        cmocka_unit_test(transparent_pyramid),
        cmocka_unit_test(animation_to_webp),
        cmocka_unit_test(unused_alpha_of_an_animation_goes),
        cmocka_unit_test(still_through_an_animated_line),
        cmocka_unit_test(presets_share_what_is_equal),
        cmocka_unit_test(a_focus_point_goes_with_the_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
