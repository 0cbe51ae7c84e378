/* SPDX-License-Identifier: MIT
 * flatten: what lies on a colour has no alpha left, and what was hidden does not show. */
#include "stage_group.h"

static void test_words(void **state)
{
    (void)state;
    const struct facts opaque = facts_of(10, 10, 3), alpha = facts_of(10, 10, 4);
    assert_plan("flatten", "{}", &opaque, "flatten skipped: already opaque");
    assert_plan("flatten", "{}", &alpha, "flatten on #ffffff");
    assert_plan("flatten", "{\"colour\": \"dominant\"}", &alpha, "flatten on dominant");
    assert_refused("flatten", "{\"colour\": \"transparent\"}",
                   "'colour' must be opaque, like #ffffff, or dominant");
    assert_refused("flatten", "{\"colour\": \"#ffffff80\"}",
                   "'colour' must be opaque, like #ffffff, or dominant");
}

/* Of band 0: c a + b (1 - a), within the rounding of 8 bits. */
static void test_mixture(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGBA, 200, 3, 1);
    VipsImage *out =
        stage_applied("flatten", "{\"colour\": \"#204060\"}", &picture.facts, picture.image);
    const double behind[3] = {0x20, 0x40, 0x60};
    assert_int_equal(out->Bands, 3);
    for (int x = 0; x < 200; x++) {
        const double alpha = image_sample(picture.image, x, 1, 3) / 255;
        for (int band = 0; band < 3; band++) {
            const double exact =
                image_sample(picture.image, x, 1, band) * alpha + behind[band] * (1 - alpha);
            assert_true(fabs(image_sample(out, x, 1, band) - exact) <= 1);
        }
    }
    image_release(&out);
    picture_release(&picture);
}

static void test_hidden_colour_stays_hidden(void **state)
{
    (void)state;
    VipsImage *black = image_soft_disc(60, 0, 0, 0), *red = image_soft_disc(60, 255, 0, 40);
    const struct facts facts = facts_of(60, 60, 4);
    VipsImage *a = stage_applied("flatten", "{}", &facts, black);
    VipsImage *b = stage_applied("flatten", "{}", &facts, red);
    assert_true(image_difference(a, b) == 0);
    assert_true(vips_image_get_typeof(a, "icc-profile-data") == 0);
    for (int x = 0; x < 60; x++) {
        assert_true(image_sample(a, x, 30, 1) >= 254); /* white on white */
    }
    image_release(&b);
    image_release(&a);
    image_release(&red);
    image_release(&black);
}

static void test_grey_gets_a_hue_where_needed(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_GREY_ALPHA, 20, 4, 1);
    VipsImage *white = stage_applied("flatten", "{}", &picture.facts, picture.image);
    VipsImage *blue =
        stage_applied("flatten", "{\"colour\": \"#0000ff\"}", &picture.facts, picture.image);
    assert_int_equal(white->Bands, 1);
    assert_int_equal(blue->Bands, 3);
    assert_true(image_sample(blue, 0, 0, 2) == 255 && image_sample(blue, 0, 0, 0) == 0);
    image_release(&blue);
    image_release(&white);
    picture_release(&picture);
}

/* Mostly red where it is seen, mostly green where it is not. */
static uint8_t seen_red(int x, int y, int band)
{
    const bool seen = x < 20;
    (void)y;
    return (uint8_t)(band == 3 ? seen ? 255 : 0 : band == (seen ? 0 : 1) ? 240 : 8);
}

static void test_dominant_is_of_what_is_seen(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(60, 10, 4, seen_red);
    const struct facts facts = facts_of(60, 10, 4);
    VipsImage *out = stage_applied("flatten", "{\"colour\": \"dominant\"}", &facts, in);
    assert_true(image_sample(out, 50, 5, 0) == 240 && image_sample(out, 50, 5, 1) == 8);
    image_release(&out);
    image_release(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_mixture),
        cmocka_unit_test(test_hidden_colour_stays_hidden),
        cmocka_unit_test(test_grey_gets_a_hue_where_needed),
        cmocka_unit_test(test_dominant_is_of_what_is_seen),
    };
    return GROUP_RUN(tests);
}
