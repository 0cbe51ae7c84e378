/* SPDX-License-Identifier: MIT
 * monochrome: what becomes opaque, by alpha, light and contrast; the colour; words. */
#include "stage_group.h"

static void test_words(void **state)
{
    (void)state;
    const struct facts rgba = facts_of(10, 10, 4), plain = facts_plain((uint8_t[4]){1, 2, 3, 255});
    assert_plan("monochrome", "{}", &rgba, "monochrome #ffffff by its contrast");
    assert_plan("monochrome",
                "{\"from\": \"luminance\", \"invert\": true, \"colour\": \"#102030\"}", &rgba,
                "monochrome #102030 by its luminance, inverted");
    assert_plan("monochrome", "{}", &plain, "a plain colour has nothing to draw");
    assert_refused("monochrome", "{\"colour\": \"dominant\"}",
                   "'colour' must be opaque, like #ffffff");
    assert_refused("monochrome", "{\"colour\": \"#ffffff80\"}",
                   "'colour' must be opaque, like #ffffff");
}

static void test_the_plan_asks_whether_alpha_is_used(void **state)
{
    (void)state;
    const struct facts rgba = facts_of(10, 10, 4), rgb = facts_of(10, 10, 3);
    struct planned planned = stage_planned(group_arena, "monochrome", "{}", &rgba, NULL);
    assert_true(planned.steps[0].choice.asked_alpha);
    planned = stage_planned(group_arena, "monochrome", "{\"from\": \"alpha\"}", &rgba, NULL);
    assert_false(planned.steps[0].choice.asked_alpha);
    planned = stage_planned(group_arena, "monochrome", "{}", &rgb, NULL);
    assert_false(planned.steps[0].choice.asked_alpha);
    assert_true(planned_out(&planned)->alpha);
    assert_int_equal(planned_out(&planned)->bands, 2);
}

/* A blue tile of 64 of 255 grey with a white square in it and a dark one; right of 20 nothing. */
enum { TILE = 60, WHITE = 255, DARK = 0 };

static uint8_t tile(int x, int y, int band)
{
    if (band == 3) {
        return x < 20 ? 255 : 0;
    }
    return x < 8 && y < 8 ? WHITE : x > 11 && y < 8 ? DARK : TILE;
}

static double alpha_at(const VipsImage *image, int x, int y)
{
    return image_sample(image, x, y, image->Bands - 1);
}

static void test_contrast(void **state)
{
    struct facts facts = facts_of(30, 40, 4);
    VipsImage *in = image_drawn(30, 40, 4, tile);
    (void)state;
    facts.alpha_used = true;
    VipsImage *out = stage_applied("monochrome", "{}", &facts, in);
    assert_int_equal(out->Bands, 2);
    assert_int_equal(out->Type, VIPS_INTERPRETATION_B_W);
    assert_int_equal(image_sample(out, 3, 3, 0), 255);
    assert_int_equal(alpha_at(out, 3, 3), 255);         /* the farthest from the tile's light */
    assert_true(fabs(alpha_at(out, 3, 30) - 102) <= 1); /* the tile itself: 0.4 */
    const double dark = 255 * (0.4 + 0.6 * (TILE / (double)(WHITE - TILE) - 0.25) / 0.75);
    assert_true(fabs(alpha_at(out, 15, 3) - dark) <= 1); /* darker shows, too */
    assert_int_equal(alpha_at(out, 25, 30), 0);          /* what was not there */
    image_release(&out);
    facts.alpha_used = false; /* the background of an opaque image goes */
    facts.alpha = false;
    facts.bands = 3;
    VipsImage *opaque = image_drawn(30, 40, 3, tile);
    out = stage_applied("monochrome", "{}", &facts, opaque);
    assert_int_equal(alpha_at(out, 3, 30), 0);
    assert_int_equal(alpha_at(out, 3, 3), 255);
    image_release(&out);
    out = stage_applied("monochrome", "{\"invert\": true}", &facts, opaque);
    assert_int_equal(alpha_at(out, 3, 30), 255);
    assert_int_equal(alpha_at(out, 3, 3), 0);
    image_release(&out);
    image_release(&opaque);
    image_release(&in);
}

static uint8_t even(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 3 ? 200 : 30;
}

/* Nothing stands out from an image of one light: it is its silhouette. */
static void test_one_light(void **state)
{
    struct facts facts = facts_of(20, 20, 4);
    VipsImage *in = image_drawn(20, 20, 4, even);
    (void)state;
    facts.alpha_used = true;
    VipsImage *out = stage_applied("monochrome", "{}", &facts, in);
    assert_int_equal(alpha_at(out, 4, 4), 200);
    image_release(&out);
    image_release(&in);
}

/* Against the light of sRGB (IEC 61966-2-1, ITU-R BT.709) with its curve put on again. */
static void test_luminance(void **state)
{
    struct picture picture = picture_gradient(PICTURE_RGBA, 32, 32, 1);
    (void)state;
    VipsImage *out =
        stage_applied("monochrome", "{\"from\": \"luminance\", \"colour\": \"#336699\"}",
                      &picture.facts, picture.image);
    assert_int_equal(out->Bands, 4);
    for (int i = 1; i < 32; i += 5) {
        double linear = 0;
        static const double weights[3] = {0.2126, 0.7152, 0.0722};
        for (int band = 0; band < 3; band++) {
            const double v = image_sample(picture.image, i, 20, band) / 255;
            linear += weights[band] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
        }
        const double light =
            linear <= 0.0031308 ? linear * 12.92 : 1.055 * pow(linear, 1 / 2.4) - 0.055;
        const double alpha = image_sample(picture.image, i, 20, 3) * light;
        assert_true(fabs(alpha_at(out, i, 20) - alpha) <= 3); /* libvips 8.14 sums in 8 bits */
        assert_int_equal(image_sample(out, i, 20, 0), 0x33);
        assert_int_equal(image_sample(out, i, 20, 2), 0x99);
    }
    image_release(&out);
    picture_release(&picture);
}

static void test_alpha(void **state)
{
    struct picture picture = picture_gradient(PICTURE_RGBA16, 32, 8, 1);
    struct picture opaque = picture_gradient(PICTURE_GREY, 8, 8, 1);
    (void)state;
    VipsImage *out = stage_applied("monochrome", "{\"from\": \"alpha\", \"colour\": \"#808080\"}",
                                   &picture.facts, picture.image);
    assert_int_equal(out->Type, VIPS_INTERPRETATION_GREY16);
    for (int x = 0; x < 32; x++) {
        assert_true(fabs(alpha_at(out, x, 3) - image_sample(picture.image, x, 3, 3)) <= 1);
        assert_true(fabs(image_sample(out, x, 3, 0) - 0x80 * 257) <= 1);
    }
    image_release(&out);
    out = stage_applied("monochrome", "{\"from\": \"alpha\"}", &opaque.facts, opaque.image);
    assert_int_equal(alpha_at(out, 3, 3), 255); /* the whole box is its silhouette */
    image_release(&out);
    picture_release(&opaque);
    picture_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_the_plan_asks_whether_alpha_is_used),
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_one_light),
        cmocka_unit_test(test_luminance),
        cmocka_unit_test(test_alpha),
    };
    return GROUP_RUN(tests);
}
