/* SPDX-License-Identifier: MIT
 * pad: canvases by size, aspect and share, with colours of every kind. */
#include "stage_group.h"

static void test_words(void **state)
{
    (void)state;
    const struct facts wide = facts_of(160, 90, 3), icon = facts_of(660, 660, 4);
    assert_plan("pad", "{\"aspect\": \"1:1\"}", &wide,
                "pad 160x160 transparent, warning: the image fills 56 % of the square");
    assert_plan("pad", "{\"aspect\": \"16:9\"}", &wide, "pad skipped: already of this aspect");
    assert_plan("pad", "{\"size\": \"200x\", \"colour\": \"#ff0000\", \"gravity\": \"west\"}",
                &wide, "pad 200x90 #ff0000 west");
    assert_plan("pad", "{\"content\": \"66/108\"}", &icon, "pad 1080x1080 transparent");
    assert_plan("pad", "{\"content\": \"80%\", \"colour\": \"dominant\"}", &wide,
                "pad 200x113 dominant");
    assert_plan("pad", "{\"aspect\": \"1:1\", \"fill\": \"blur\", \"gravity\": \"north\"}", &wide,
                "pad 160x160 blurred north");
    assert_plan("pad", "{\"size\": \"100x100\"}", &wide,
                "the image of 160x90 px does not fit the canvas of 100x100 px");
    assert_refused("pad", "{}", "a canvas is missing: give 'size', 'aspect' or 'content'");
    assert_refused("pad", "{\"size\": 5, \"aspect\": \"1:1\"}",
                   "'size' and 'aspect' or 'content' exclude each other");
}

/* Whatever the size and the share: the image takes no more than its share, and one pixel less of
 * canvas would be too little. */
static void test_canvas_never_leaves_too_little(void **state)
{
    static const char *const shares[] = {"66/108", "80%", "140/180", "0.999", "1/3"};
    static const double values[] = {66.0 / 108, 0.8, 140.0 / 180, 0.999, 1 / 3.0};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char options[80];
        snprintf(options, sizeof options, "{\"content\": \"%s\"}", shares[i]);
        for (int side = 1; side < 1400; side += 13) {
            const struct facts facts = facts_of(side, side + 5, 3);
            const struct planned planned = stage_planned(group_arena, "pad", options, &facts, NULL);
            const struct facts *out = planned_out(&planned);
            assert_true(side <= out->width * values[i] * (1 + 1e-9));
            assert_true(side > (out->width - 1) * values[i] * (1 - 1e-9));
            assert_true(side + 5 <= out->height * values[i] * (1 + 1e-9));
        }
    }
}

static uint8_t grey_mid(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 1 ? 255 : 100;
}

static void assert_pixel(const VipsImage *image, int x, int y, const double *values)
{
    for (int band = 0; band < image->Bands; band++) {
        if (image_sample(image, x, y, band) != values[band]) {
            fail_msg("band %d at %d,%d is %g, not %g", band, x, y, image_sample(image, x, y, band),
                     values[band]);
        }
    }
}

static void test_pixels(void **state)
{
    (void)state;
    const struct facts grey = facts_of(4, 4, 1);
    VipsImage *in = image_drawn(4, 4, 1, grey_mid);
    VipsImage *out = stage_applied("pad", "{\"size\": \"8x6\"}", &grey, in);
    assert_int_equal(out->Bands, 2);
    assert_pixel(out, 0, 0, (const double[]){0, 0});
    assert_pixel(out, 2, 1, (const double[]){100, 255});
    assert_pixel(out, 5, 4, (const double[]){100, 255});
    assert_pixel(out, 6, 4, (const double[]){0, 0});
    image_release(&out);
    out = stage_applied("pad",
                        "{\"size\": \"8x6\", \"colour\": \"#1040ff\", \"gravity\": \"north-west\"}",
                        &grey, in);
    assert_int_equal(out->Bands, 3);
    assert_pixel(out, 0, 0, (const double[]){100, 100, 100});
    assert_pixel(out, 7, 5, (const double[]){16, 64, 255});
    image_release(&out);
    out = stage_applied("pad", "{\"size\": \"8x6\", \"colour\": \"dominant\"}", &grey, in);
    assert_pixel(out, 0, 0, (const double[]){100});
    image_release(&out);
    image_release(&in);
}

static uint8_t two_halves(int x, int y, int band)
{
    (void)y;
    return band == 3 ? (x < 32 ? 255 : 0) : band == (x < 32 ? 0 : 2) ? 220 : 20;
}

/* The image itself is untouched; around it stand its own colours, where it has them. */
static void test_blurred_canvas(void **state)
{
    (void)state;
    const struct facts wide = facts_of(64, 32, 3), clear = facts_of(64, 32, 4);
    const char *options = "{\"size\": \"64x128\", \"fill\": \"blur\"}";
    VipsImage *in = image_drawn(64, 32, 3, two_halves);
    VipsImage *out = stage_applied("pad", options, &wide, in);
    assert_int_equal(out->Bands, 3);
    assert_pixel(out, 31, 48, (const double[]){220, 20, 20});
    assert_pixel(out, 32, 79, (const double[]){20, 20, 220});
    for (int y = 0; y < 128; y += 47) { /* 0, 47, 94: above and below the image */
        assert_true(image_sample(out, 0, y, 0) > 200 && image_sample(out, 0, y, 2) < 40);
        assert_true(image_sample(out, 63, y, 2) > 200 && image_sample(out, 63, y, 0) < 40);
        assert_true(fabs(image_sample(out, 31, y, 0) + image_sample(out, 31, y, 2) - 240) < 3);
        assert_true(image_sample(out, 26, y, 0) < 220); /* soft, where the image has an edge */
    }
    image_release(&out);
    image_release(&in);
    in = image_drawn(64, 32, 4, two_halves);
    out = stage_applied("pad", options, &clear, in);
    assert_int_equal(out->Bands, 4);
    assert_pixel(out, 40, 60, (const double[]){20, 20, 220, 0});
    assert_true(image_sample(out, 0, 0, 3) > 240 && image_sample(out, 63, 0, 3) < 15);
    assert_true(image_sample(out, 31, 2, 0) > 215); /* what is clear gives no colour */
    image_release(&out);
    image_release(&in);
}

static uint8_t even(int x, int y, int band)
{
    (void)x;
    (void)y;
    return (uint8_t)(60 + 50 * band);
}

static void test_blurred_canvas_of_any_shape(void **state)
{
    static const char *const sizes[] = {"65x7", "7x65", "300x9", "9x8", "1000x1000"};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char options[80];
        const struct facts facts = facts_of(7, 5, 3);
        snprintf(options, sizeof options, "{\"size\": \"%s\", \"fill\": \"blur\"}", sizes[i]);
        VipsImage *in = image_drawn(7, 5, 3, even);
        VipsImage *out = stage_applied("pad", options, &facts, in);
        for (int y = 0; y < out->Ysize; y += 3) {
            assert_pixel(out, y * 7 % out->Xsize, y, (const double[]){60, 110, 160});
        }
        image_release(&out);
        image_release(&in);
    }
}

/* sRGB red is not the reddest of Display P3. Reference: CSS Color 4, red is color(display-p3
 * 0.917488 0.200287 0.138561). */
static void test_colours_are_of_the_images_space(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGB16, 4, 4, 1);
    picture.facts.space = SPACE_P3;
    VipsImage *out = stage_applied("pad", "{\"size\": 8, \"colour\": \"#ff0000\"}", &picture.facts,
                                   picture.image);
    assert_true(fabs(image_sample(out, 0, 0, 0) / 65535 - 0.917488) < 0.0002);
    assert_true(fabs(image_sample(out, 0, 0, 1) / 65535 - 0.200287) < 0.0002);
    assert_true(fabs(image_sample(out, 0, 0, 2) / 65535 - 0.138561) < 0.0002);
    image_release(&out);
    picture_release(&picture);
}

static void test_focus_follows(void **state)
{
    (void)state;
    struct facts facts = facts_of(100, 50, 3);
    facts.focus_given = true;
    facts.focus_x = 0.5;
    facts.focus_y = 0.2;
    const struct planned planned = stage_planned(
        group_arena, "pad", "{\"size\": 200, \"gravity\": \"north-west\"}", &facts, NULL);
    assert_true(fabs(planned_out(&planned)->focus_x - 0.25) < 1e-9);
    assert_true(fabs(planned_out(&planned)->focus_y - 0.05) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_canvas_never_leaves_too_little),
        cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_blurred_canvas),
        cmocka_unit_test(test_blurred_canvas_of_any_shape),
        cmocka_unit_test(test_colours_are_of_the_images_space),
        cmocka_unit_test(test_focus_follows),
    };
    return GROUP_RUN(tests);
}
