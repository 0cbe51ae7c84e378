/* SPDX-License-Identifier: MIT
 * solid: one colour of the image's size, given or the dominant one, in the image's own space. */
#include "stage_group.h"

static void test_words(void **state)
{
    (void)state;
    const struct facts rgb = facts_of(10, 10, 3), plain = facts_plain((uint8_t[4]){1, 2, 3, 255});
    assert_plan("solid", "{}", &rgb, "solid dominant");
    assert_plan("solid", "{\"colour\": \"#10203040\"}", &rgb, "solid #10203040");
    assert_plan("solid", "{\"colour\": \"#102030\"}", &plain, "solid skipped: a plain colour");
}

/* Mostly transparent; of what is seen, mostly 40, 90, 200. */
static uint8_t spots(int x, int y, int band)
{
    static const uint8_t most[4] = {40, 90, 200, 255}, some[4] = {250, 10, 10, 255};
    const bool seen = x > 20 && x < 32 && y > 4;
    return !seen ? band == 3 ? 0 : 255 : y < 9 ? some[band] : most[band];
}

static void test_pixels(void **state)
{
    const struct facts facts = facts_of(40, 30, 4);
    VipsImage *in = image_drawn(40, 30, 4, spots);
    (void)state;
    VipsImage *out = stage_applied("solid", "{}", &facts, in);
    assert_int_equal(out->Bands, 3);
    assert_int_equal(out->Xsize, 40);
    assert_int_equal(out->Ysize, 30);
    for (int band = 0; band < 3; band++) {
        assert_int_equal(image_sample(out, 0, 0, band), spots(25, 20, band));
        assert_int_equal(image_sample(out, 39, 29, band), spots(25, 20, band));
    }
    image_release(&out);
    out = stage_applied("solid", "{\"colour\": \"#01020380\"}", &facts, in);
    assert_int_equal(out->Bands, 4);
    assert_int_equal(image_sample(out, 7, 7, 2), 3);
    assert_int_equal(image_sample(out, 7, 7, 3), 0x80);
    image_release(&out);
    image_release(&in);
}

static void test_grey_gets_a_hue_where_needed(void **state)
{
    struct picture picture = picture_gradient(PICTURE_GREY16, 20, 4, 1);
    (void)state;
    VipsImage *out =
        stage_applied("solid", "{\"colour\": \"#ff0040\"}", &picture.facts, picture.image);
    assert_int_equal(out->Bands, 3);
    assert_int_equal(out->Type, VIPS_INTERPRETATION_RGB16);
    assert_int_equal(image_sample(out, 3, 3, 2), 0x40 * 257);
    image_release(&out);
    out = stage_applied("solid", "{\"colour\": \"#808080\"}", &picture.facts, picture.image);
    assert_int_equal(out->Bands, 1);
    assert_int_equal(image_sample(out, 3, 3, 0), 0x80 * 257);
    image_release(&out);
    picture_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_grey_gets_a_hue_where_needed),
    };
    return GROUP_RUN(tests);
}
