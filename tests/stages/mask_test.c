/* SPDX-License-Identifier: MIT
 * mask: the words of its plan, the area of each shape against geometry, edges, hidden colour. */
#include "kernels/shape.h"
#include "stage_group.h"

static const double pi = 3.14159265358979323846;

static void test_words(void **state)
{
    (void)state;
    const struct facts wide = facts_of(200, 100, 3),
                       plain = facts_plain((uint8_t[4]){1, 2, 3, 255});
    assert_plan("mask", "{}", &wide, "mask skipped: corners of radius 0");
    assert_plan("mask", "{\"radius\": 12.5}", &wide, "mask corners of radius 12.5");
    assert_plan("mask", "{\"radius\": 400}", &wide, "mask corners of radius 50");
    assert_plan("mask", "{\"ratio\": \"22.5%\"}", &wide, "mask corners of radius 22.5");
    assert_plan("mask", "{\"shape\": \"circle\"}", &wide, "mask circle");
    assert_plan("mask", "{\"shape\": \"squircle\"}", &wide, "mask squircle");
    assert_plan("mask", "{\"shape\": \"circle\"}", &plain,
                "a plain colour has no size that a shape could fill: resize it first");
    assert_refused("mask", "{\"radius\": 4, \"ratio\": 0.1}",
                   "'radius' and 'ratio' exclude each other");
    assert_refused("mask", "{\"shape\": \"circle\", \"radius\": 4}",
                   "'radius' is for corners: a circle has none");
    assert_refused("mask", "{\"shape\": \"squircle\", \"ratio\": 0.2}",
                   "'ratio' is for corners: a squircle has none");
}

static double area_of(const struct shape *shape, int width, int height)
{
    uint8_t row[512];
    double sum = 0;
    for (int y = 0; y < height; y++) {
        shape_row(shape, y, width, row);
        for (int x = 0; x < width; x++) {
            sum += row[x] / 255.0;
        }
    }
    return sum;
}

/* The superellipse |x|^5 + |y|^5 = 1 covers gamma(1.2)^2 / gamma(1.4) of its box. */
static void test_areas(void **state)
{
    (void)state;
    for (int side = 3; side < 500; side += 31) {
        const double half = side / 2.0, full = (double)side * side;
        const struct shape circle = {0, 0, side, side, half, half, 2};
        const struct shape squircle = {0, 0, side, side, half, half, 5};
        const struct shape corners = {0, 0, side, side, side / 4.0, side / 4.0, 2};
        const struct shape ellipse = {0, 0, side, side / 2.0, half, side / 4.0, 2};
        const double near = 0.12 * side + 0.5; /* rounding of the pixels at the edge */
        assert_true(fabs(area_of(&circle, side, side) - full * pi / 4) < near);
        assert_true(fabs(area_of(&ellipse, side, side) - full * pi / 8) < near);
        assert_true(fabs(area_of(&corners, side, side) - full * (1 - (4 - pi) / 16)) < near);
        assert_true(fabs(area_of(&squircle, side, side) -
                         full * tgamma(1.2) * tgamma(1.2) / tgamma(1.4)) < near);
    }
}

/* Every pixel of a circle against a hundred points in it. */
static void test_each_pixel_of_a_circle(void **state)
{
    enum { SIDE = 41, POINTS = 50 };
    const double half = SIDE / 2.0;
    const struct shape circle = {0, 0, SIDE, SIDE, half, half, 2};
    uint8_t row[SIDE];
    (void)state;
    for (int y = 0; y < SIDE; y++) {
        shape_row(&circle, y, SIDE, row);
        for (int x = 0; x < SIDE; x++) {
            int inside = 0;
            for (int i = 0; i < POINTS * POINTS; i++) {
                const double across = x + (i % POINTS + 0.5) / POINTS - half;
                const double down = y + (i / POINTS + 0.5) / POINTS - half;
                inside += across * across + down * down <= half * half;
            }
            assert_true(fabs(row[x] - inside * 255.0 / (POINTS * POINTS)) <= 2.5);
            assert_int_equal(row[x], row[SIDE - 1 - x]);
        }
    }
}

static uint8_t pink(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 1 ? 90 : band == 3 ? 128 : 250;
}

static void test_pixels(void **state)
{
    const struct facts rgb = facts_of(100, 60, 3), rgba = facts_of(100, 60, 4);
    VipsImage *opaque = image_drawn(100, 60, 3, pink), *half = image_drawn(100, 60, 4, pink);
    (void)state;
    VipsImage *out = stage_applied("mask", "{\"shape\": \"circle\"}", &rgb, opaque);
    assert_int_equal(out->Bands, 4);
    assert_int_equal(out->Type, VIPS_INTERPRETATION_sRGB);
    assert_int_equal(image_sample(out, 50, 30, 3), 255);
    assert_int_equal(image_sample(out, 50, 30, 1), 90);
    assert_int_equal(image_sample(out, 21, 30, 3), 255); /* the circle spans 20..80 across */
    assert_int_equal(image_sample(out, 19, 30, 3), 0);
    for (int band = 0; band < 4; band++) { /* what is cut away leaves no colour */
        assert_int_equal(image_sample(out, 2, 2, band), 0);
    }
    image_release(&out);
    out = stage_applied("mask", "{\"radius\": 10}", &rgba, half);
    assert_int_equal(image_sample(out, 50, 0, 3), 128); /* as see-through as before */
    assert_int_equal(image_sample(out, 0, 30, 3), 128);
    assert_int_equal(image_sample(out, 0, 0, 3), 0);
    const double edge = image_sample(out, 3, 2, 3); /* cut by the arc */
    assert_true(edge > 10 && edge < 118);
    image_release(&out);
    image_release(&half);
    image_release(&opaque);
}

/* An even depth of 16 bits keeps its full range. */
static void test_deep_samples(void **state)
{
    struct picture picture = picture_gradient(PICTURE_RGB16, 40, 40, 1);
    (void)state;
    VipsImage *out =
        stage_applied("mask", "{\"shape\": \"squircle\"}", &picture.facts, picture.image);
    assert_int_equal(image_sample(out, 20, 20, 3), 65535);
    assert_true(image_sample(out, 20, 20, 0) == image_sample(picture.image, 20, 20, 0));
    assert_int_equal(image_sample(out, 0, 0, 3), 0);
    image_release(&out);
    picture_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_areas),
        cmocka_unit_test(test_each_pixel_of_a_circle),
        cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_deep_samples),
    };
    return GROUP_RUN(tests);
}
