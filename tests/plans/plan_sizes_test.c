/* SPDX-License-Identifier: MIT
 * Sizes and where pixels come from: cover and contain, enlarging, the pyramid, shared crops, and
 * how small a decode is enough. */
#include <stdio.h>

#include "planning.h"

#define PRESET(outputs_) "{'version': 1, 'name': 'test', 'summary': 's', 'outputs': [" outputs_ "]}"
#define RESIZE(options_, path_)                                                                    \
    "{'stages': [{'resize': {" options_ "}}, {'encode': {'format': 'png'}}], 'path': '" path_ "'}"

static void cover_is_crop_and_resize(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 4000, 3000);
    planning_preset(
        &planning,
        PRESET(RESIZE("'size': '1200x630', 'fit': 'cover', 'gravity': 'north'", "a.png")), NULL);
    assert_plan(&planning, "test  sea.png  4000x3000 srgb 8-bit\n"
                           " load     whole image\n"
                           " crop     4000x2100 north\n"
                           " resize   1200x630\n"
                           "   encode   png → a.png\n");
    planning_end(&planning);
}

static void contain_is_resize_and_pad(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 4000, 3000);
    planning_preset(
        &planning,
        PRESET(RESIZE("'size': '1200x630', 'fit': 'contain', 'background': '#ffffff'", "a.png")),
        NULL);
    assert_plan(&planning, "test  sea.png  4000x3000 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   840x630\n"
                           " pad      1200x630 #ffffff\n"
                           "   encode   png → a.png\n");
    planning_end(&planning);
}

static void what_would_enlarge(void **state)
{
    (void)state;
    struct planning planning = planning_start("icon.png", 100, 100);
    planning_preset(&planning,
                    PRESET(RESIZE("'width': 250, 'enlarge': 'clamp'", "clamp.png") "," RESIZE(
                        "'width': 250, 'enlarge': 'drop'",
                        "drop.png") "," RESIZE("'width': 250, 'enlarge': 'allow'", "allow.png")),
                    NULL);
    assert_plan(&planning, "test  icon.png  100x100 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   skipped: not enlarged: 100x100\n"
                           "   encode   png → clamp.png\n"
                           "   resize   250x250 [warning: enlarged 2.5 times]\n"
                           "     encode   png → allow.png\n"
                           " dropped  test/1: would enlarge 2.5 times\n");
    planning_end(&planning);
}

static void enlarging_may_be_refused(void **state)
{
    (void)state;
    struct planning planning = planning_start("icon.png", 100, 100);
    planning_preset(&planning, PRESET(RESIZE("'width': 250, 'enlarge': 'refuse'", "refuse.png")),
                    NULL);
    planning_build(&planning);
    assert_error_text(&planning.error, STATUS_REFUSED,
                      "test: /outputs/0: resize: 250x250 px would enlarge the image of 100x100 px "
                      "2.5 times: 'enlarge' is refuse");
    assert_null(planning.plan);
    planning_end(&planning);
}

/* At the edge: 10000x10000 is as much as a source may have, one more row is refused. */
static void enlarging_has_an_end(void **state)
{
    (void)state;
    struct planning planning = planning_start("icon.png", 100, 100);
    planning_preset(
        &planning,
        PRESET(RESIZE("'size': '10000x10000', 'fit': 'fill', 'enlarge': 'allow'", "a.png")), NULL);
    planning_build(&planning);
    assert_non_null(planning.plan);
    planning_end(&planning);
    planning = planning_start("icon.png", 100, 100);
    planning_preset(
        &planning,
        PRESET(RESIZE("'size': '10000x10001', 'fit': 'fill', 'enlarge': 'allow'", "a.png")), NULL);
    planning_build(&planning);
    assert_error_text(
        &planning.error, STATUS_REFUSED,
        "test: /outputs/0: 'resize' would make 10000x10001 px (100 million), limit is "
        "100 million (--limit source-pixels)");
    planning_end(&planning);
}

/* Only cells of one output, and only those that were clamped: nothing else is a duplicate. */
static void equal_on_purpose_is_kept(void **state)
{
    (void)state;
    struct planning planning = planning_start("icon.png", 100, 100);
    planning_preset(
        &planning,
        PRESET(RESIZE("'width': 50", "a.png") "," RESIZE("'width': 50", "b.png") "," RESIZE(
            "'width': 150", "c.png") "," RESIZE("'width': 250", "d.png")),
        NULL);
    assert_plan(&planning, "test  icon.png  100x100 srgb 8-bit\n"
                           " load     whole image\n"
                           " resize   skipped: not enlarged: 100x100\n"
                           "   encode   png → c.png\n"
                           "   encode   png → d.png\n"
                           "   resize   50x50\n"
                           "     encode   png → a.png\n"
                           "     encode   png → b.png\n");
    planning_end(&planning);
}

/* The smallest that is large enough: 999x666 is twice 500x333 but for one pixel of rounding;
 * 1999x1333 falls short of 1000x667 in both directions. */
static void the_pyramid(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 4000, 2667);
    planning_preset(&planning,
                    PRESET("{'matrix': {'px': [400, 500, 999, 1000, 1999]}, 'stages': [{'resize': "
                           "{'width': '${px}'}}, {'encode': {'format': 'png'}}], "
                           "'path': '${px}.png'}"),
                    NULL);
    assert_plan(&planning, "test  sea.png  4000x2667 srgb 8-bit\n"
                           " load     whole image\n"
                           "   resize   1000x667\n"
                           "     encode   png → 1000.png\n"
                           "   resize   1999x1333\n"
                           "     encode   png → 1999.png\n"
                           "     resize   999x666 from 1999x1333\n"
                           "       encode   png → 999.png\n"
                           "       resize   400x267 from 999x666\n"
                           "         encode   png → 400.png\n"
                           "       resize   500x333 from 999x666\n"
                           "         encode   png → 500.png\n");
    planning_end(&planning);
}

/* Another kernel is another family. */
static void kernels_do_not_mix(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 4000, 3000);
    planning_preset(&planning,
                    PRESET(RESIZE("'width': 1000", "a.png") "," RESIZE(
                        "'width': 200, 'kernel': 'nearest'",
                        "b.png") "," RESIZE("'width': 300, 'linear': true", "c.png")),
                    NULL);
    assert_plan(&planning, "test  sea.png  4000x3000 srgb 8-bit\n"
                           " load     whole image\n"
                           "   resize   1000x750\n"
                           "     encode   png → a.png\n"
                           "   resize   200x150 nearest\n"
                           "     encode   png → b.png\n"
                           "   resize   300x225 in linear light\n"
                           "     encode   png → c.png\n");
    planning_end(&planning);
}

static void crops_are_shared(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 4000, 3000);
    planning_preset(
        &planning,
        PRESET(
            RESIZE("'size': '200x200', 'fit': 'cover', 'gravity': 'attention'", "a.png") "," RESIZE(
                "'size': '100x100', 'fit': 'cover', 'gravity': 'attention'",
                "b.png") "," RESIZE("'size': '160x90', 'fit': 'cover', 'gravity': 'attention'",
                                    "c.png")),
        NULL);
    assert_plan(&planning, "test  sea.png  4000x3000 srgb 8-bit\n"
                           " load     whole image\n"
                           "   crop     3000x3000 attention\n"
                           "     resize   200x200\n"
                           "       encode   png → a.png\n"
                           "       resize   100x100 from 200x200\n"
                           "         encode   png → b.png\n"
                           "   crop     4000x2250 attention\n"
                           "     resize   160x90\n"
                           "       encode   png → c.png\n");
    planning_end(&planning);
}

static double need_of_width(const char *source, int width)
{
    char preset[300];
    struct planning planning = planning_start(source, 4000, 3000);
    (void)snprintf(preset, sizeof(preset), PRESET(RESIZE("'width': %d", "a.png")), width);
    planning_preset(&planning, preset, NULL);
    planning_build(&planning);
    assert_int_equal(planning.status, STATUS_OK);
    double need = planning.plan->nodes[0]->need;
    assert_string_equal(planning.plan->nodes[0]->step.stage->name, "load");
    planning_end(&planning);
    return need;
}

/* At least twice the size that is wanted stays. */
static void jpeg_is_decoded_as_small_as_will_do(void **state)
{
    (void)state;
    assert_true(need_of_width("a.jpg", 248) == 1.0 / 8);
    assert_true(need_of_width("a.jpg", 251) == 1.0 / 4);
    assert_true(need_of_width("a.jpg", 500) == 1.0 / 4);
    assert_true(need_of_width("a.jpg", 501) == 1.0 / 2);
    assert_true(need_of_width("a.jpg", 1000) == 1.0 / 2);
    assert_true(need_of_width("a.jpg", 1001) == 1.0);
    assert_true(need_of_width("a.jpg", 4000) == 1.0);
    assert_true(need_of_width("a.png", 100) == 1.0);
    assert_true(need_of_width("a.gif", 100) == 1.0);
}

/* At a fork the largest wish counts; a stage that says nothing needs all. */
static void the_largest_wish_counts(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.jpg", 4000, 3000);
    planning_preset(
        &planning,
        PRESET(RESIZE("'width': 100", "a.png") "," RESIZE("'width': 900", "b.png") "," RESIZE(
            "'size': '400x400', 'fit': 'cover', 'gravity': 'centre'", "c.png")),
        NULL);
    assert_plan(&planning, "test  sea.jpg  4000x3000 srgb 8-bit\n"
                           " load     at 1/2 of the size\n"
                           "   resize   900x675\n"
                           "     encode   png → b.png\n"
                           "     resize   100x75 from 900x675\n"
                           "       encode   png → a.png\n"
                           "   crop     3000x3000 centre\n"
                           "     resize   400x400\n"
                           "       encode   png → c.png\n");
    planning_end(&planning);
}

static void a_side_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    struct planning planning = planning_start("sea.png", 400, 300);
    planning.limits.side = 1000;
    planning_preset(&planning, PRESET(RESIZE("'width': 1001, 'enlarge': 'allow'", "a.png")), NULL);
    planning_build(&planning);
    assert_error_text(&planning.error, STATUS_REFUSED,
                      "test: /outputs/0: resize: 1001x751 px is over the limit of 1000 px a side");
    planning_end(&planning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cover_is_crop_and_resize),
        cmocka_unit_test(contain_is_resize_and_pad),
        cmocka_unit_test(what_would_enlarge),
        cmocka_unit_test(enlarging_may_be_refused),
        cmocka_unit_test(enlarging_has_an_end),
        cmocka_unit_test(equal_on_purpose_is_kept),
        cmocka_unit_test(the_pyramid),
        cmocka_unit_test(kernels_do_not_mix),
        cmocka_unit_test(crops_are_shared),
        cmocka_unit_test(jpeg_is_decoded_as_small_as_will_do),
        cmocka_unit_test(the_largest_wish_counts),
        cmocka_unit_test(a_side_beyond_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
