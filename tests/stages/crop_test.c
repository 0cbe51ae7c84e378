/* SPDX-License-Identifier: MIT
 * crop: boxes by position, by the nine points, by the focus point and by what the pixels hold. */
#include "stage_group.h"

/* x and y of every pixel can be read back. */
static uint8_t place(int x, int y, int band)
{
    return (uint8_t)(band == 0 ? x : band == 1 ? y : 0);
}

static void assert_box(const char *options, struct facts *facts, int left, int top, int width,
                       int height)
{
    VipsImage *in = image_drawn(facts->width, facts->height, 3, place);
    VipsImage *out = stage_applied("crop", options, facts, in);
    if (out->Xsize != width || out->Ysize != height || image_sample(out, 0, 0, 0) != left ||
        image_sample(out, 0, 0, 1) != top) {
        fail_msg("%s: %dx%d at %g,%g", options, out->Xsize, out->Ysize, image_sample(out, 0, 0, 0),
                 image_sample(out, 0, 0, 1));
    }
    image_release(&out);
    image_release(&in);
}

static void test_boxes(void **state)
{
    (void)state;
    struct facts facts = facts_of(100, 60, 3);
    assert_box("{\"size\": \"30x20\", \"gravity\": \"north-west\"}", &facts, 0, 0, 30, 20);
    assert_box("{\"size\": \"30x20\", \"gravity\": \"north\"}", &facts, 35, 0, 30, 20);
    assert_box("{\"size\": \"30x20\", \"gravity\": \"east\"}", &facts, 70, 20, 30, 20);
    assert_box("{\"size\": \"30x20\"}", &facts, 35, 20, 30, 20);
    assert_box("{\"size\": \"31x21\"}", &facts, 34, 19, 31, 21);
    assert_box("{\"size\": \"30x20\", \"gravity\": \"south-east\"}", &facts, 70, 40, 30, 20);
    assert_box("{\"width\": 10, \"left\": 5}", &facts, 5, 0, 10, 60);
    assert_box("{\"width\": 10, \"height\": 10, \"left\": 90, \"top\": 50}", &facts, 90, 50, 10,
               10);
    assert_box("{\"aspect\": \"1:1\"}", &facts, 20, 0, 60, 60);
    assert_box("{\"aspect\": \"16:9\"}", &facts, 0, 2, 100, 56);
    assert_box("{\"aspect\": \"1:10\", \"gravity\": \"west\"}", &facts, 0, 0, 6, 60);
}

static void test_focus(void **state)
{
    (void)state;
    struct facts facts = facts_of(100, 60, 3);
    facts.focus_given = true;
    facts.focus_x = 0.25;
    facts.focus_y = 0.5;
    assert_box("{\"size\": \"30x20\", \"gravity\": \"focus\"}", &facts, 10, 20, 30, 20);
    facts.focus_x = 0.99;
    assert_box("{\"aspect\": \"1:1\", \"gravity\": \"focus\"}", &facts, 40, 0, 60, 60);
    const struct planned planned = stage_planned(
        group_arena, "crop", "{\"aspect\": \"1:1\", \"gravity\": \"focus\"}", &facts, NULL);
    assert_true(planned_out(&planned)->focus_given);
    assert_true(fabs(planned_out(&planned)->focus_x - 59.0 / 60) < 1e-9);
    assert_true(fabs(planned_out(&planned)->focus_y - 0.5) < 1e-9);
}

static void test_words(void **state)
{
    (void)state;
    struct facts facts = facts_of(4096, 2304, 3);
    assert_plan("crop", "{\"aspect\": \"1:1\"}", &facts, "crop 2304x2304 centre");
    assert_plan("crop", "{\"aspect\": \"1:1\", \"gravity\": \"focus\"}", &facts,
                "crop 2304x2304 attention");
    assert_plan("crop", "{\"aspect\": \"16:9\"}", &facts, "crop skipped: already of this aspect");
    assert_plan("crop", "{\"size\": \"100x50\", \"left\": 7, \"top\": 9}", &facts,
                "crop 100x50 at 7,9");
    assert_plan("crop", "{\"size\": \"5000x50\"}", &facts,
                "the box of 5000x50 px at 0,1127 leaves the image of 4096x2304 px");
    assert_plan("crop", "{\"size\": \"100x50\", \"left\": 4000}", &facts,
                "the box of 100x50 px at 4000,1127 leaves the image of 4096x2304 px");
    assert_plan("crop", "{\"size\": \"100x50\", \"left\": 3996}", &facts,
                "crop 100x50 at 3996,1127");
    assert_refused("crop", "{}", "a box is missing: give 'size', 'width', 'height' or 'aspect'");
    assert_refused("crop", "{\"size\": 5, \"width\": 5}",
                   "'size' and 'width' or 'height' exclude each other");
    assert_refused("crop", "{\"aspect\": \"1:1\", \"width\": 5}",
                   "'aspect' and a size exclude each other");
}

/* Flat, but for a coloured checkerboard in one corner: attention and entropy must find it. */
static uint8_t corner_detail(int x, int y, int band)
{
    const bool inside = x >= 140 && y >= 20 && y < 70;
    return (uint8_t)(inside ? (x / 3 + y / 3) % 2 ? (band == 0 ? 255 : 40) : 90 : 128);
}

static void test_pixels_decide(void **state)
{
    static const char *const gravities[] = {"attention", "entropy", "focus"};
    (void)state;
    VipsImage *in = image_drawn(200, 90, 3, corner_detail);
    const struct facts facts = facts_of(200, 90, 3);
    for (size_t i = 0; i < sizeof gravities / sizeof *gravities; i++) {
        char options[100];
        snprintf(options, sizeof options, "{\"aspect\": \"1:1\", \"gravity\": \"%s\"}",
                 gravities[i]);
        const struct planned planned = stage_planned(group_arena, "crop", options, &facts, NULL);
        assert_true(planned.steps[0].choice.measured);
        VipsImage *out = planned_run(&planned, in, NULL);
        int detail = 0;
        for (int x = 0; x < out->Xsize; x++) {
            detail += image_sample(out, x, 45, 0) != 128;
        }
        if (detail < 40) {
            fail_msg("%s finds %d of 60 columns of detail", gravities[i], detail);
        }
        image_release(&out);
    }
    image_release(&in);
}

static void test_frames_are_cut_alike(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGB, 60, 20, 3);
    VipsImage *out = stage_applied("crop", "{\"aspect\": \"1:1\", \"gravity\": \"entropy\"}",
                                   &picture.facts, picture.image);
    assert_int_equal(image_frames(out), 3);
    /* Each frame is 0.05 brighter than the one before, at the same place. */
    for (int frame = 1; frame < 3; frame++) {
        const double step = image_sample(out, 3, 20 * frame, 0) - image_sample(out, 3, 0, 0);
        assert_true(fabs(step - 0.05 * 255 * frame) <= 1);
    }
    int *delays = NULL, count = 0;
    assert_int_equal(vips_image_get_array_int(out, "delay", &delays, &count), 0);
    assert_int_equal(count, 3);
    assert_int_equal(delays[1], 50);
    image_release(&out);
    picture_release(&picture);
}

/* Slopes that tell the place to a fraction of a pixel. */
static uint8_t slope(int x, int y, int band)
{
    return (uint8_t)(band == 0 ? 2 * x : band == 1 ? 2 * y : 128);
}

/* A box whose corner falls between the pixels of a decode at 1/4 is cut at its place all the same.
 */
static void test_box_between_pixels(void **state)
{
    (void)state;
    VipsImage *quarter = image_drawn(100, 75, 3, slope);
    struct facts facts = facts_of(400, 300, 3);
    facts.format = FORMAT_JPEG;
    VipsImage *out =
        stage_applied("crop", "{\"size\": 200, \"left\": 101, \"top\": 47}", &facts, quarter);
    assert_int_equal(out->Xsize, 50);
    assert_int_equal(out->Ysize, 50);
    /* 101 / 4 = 25.25, 47 / 4 = 11.75 */
    assert_true(fabs(image_sample(out, 10, 10, 0) - 2 * 35.25) <= 0.5);
    assert_true(fabs(image_sample(out, 10, 10, 1) - 2 * 21.75) <= 0.5);
    image_release(&out);
    image_release(&quarter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_focus),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_pixels_decide),
        cmocka_unit_test(test_frames_are_cut_alike),
        cmocka_unit_test(test_box_between_pixels),
    };
    return GROUP_RUN(tests);
}
