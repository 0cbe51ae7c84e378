/* SPDX-License-Identifier: MIT
 * blur: a Gaussian of the width that was asked for, whatever the image's size; even colours stay;
 * what is hidden stays hidden. */
#include "stage_group.h"

static uint8_t line(int x, int y, int band)
{
    (void)y;
    (void)band;
    return x == 100 ? 255 : 0;
}

static uint8_t even(int x, int y, int band)
{
    (void)x;
    (void)y;
    return (uint8_t)(40 * band + 50);
}

/* Standard deviation of the light of a row about its middle. */
static double spread(const VipsImage *image)
{
    double sum = 0, square = 0;
    for (int x = 0; x < image->Xsize; x++) {
        const double value = image_sample(image, x, 5, 0);
        sum += value;
        square += value * (x - 100) * (x - 100);
    }
    return sqrt(square / sum);
}

static void test_width(void **state)
{
    static const double sigmas[] = {1, 2.5, 3.9, 5, 9};
    (void)state;
    VipsImage *in = image_drawn(201, 11, 1, line);
    const struct facts facts = facts_of(201, 11, 1);
    for (size_t i = 0; i < sizeof sigmas / sizeof *sigmas; i++) {
        char options[40];
        snprintf(options, sizeof options, "{\"sigma\": %g}", sigmas[i]);
        VipsImage *out = stage_applied("blur", options, &facts, in);
        if (fabs(spread(out) - sigmas[i]) > 0.15 * sigmas[i]) {
            fail_msg("sigma %g: %g", sigmas[i], spread(out));
        }
        image_release(&out);
    }
    image_release(&in);
}

/* On a decode at half the size, half as many pixels wide. */
static void test_follows_the_real_size(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(201, 11, 1, line);
    struct facts facts = facts_of(402, 22, 1);
    facts.format = FORMAT_JPEG;
    VipsImage *out = stage_applied("blur", "{\"sigma\": 6}", &facts, in);
    assert_true(fabs(spread(out) - 3) <= 0.5);
    image_release(&out);
    image_release(&in);
}

static void test_even_stays(void **state)
{
    (void)state;
    for (int bands = 1; bands <= 4; bands++) {
        VipsImage *in = image_drawn(60, 40, bands, even);
        const struct facts facts = facts_of(60, 40, bands);
        for (int sigma = 1; sigma <= 16; sigma *= 4) {
            char options[40];
            snprintf(options, sizeof options, "{\"sigma\": %d}", sigma);
            VipsImage *out = stage_applied("blur", options, &facts, in);
            assert_true(image_difference(in, out) <= (facts.alpha ? 1 : 0));
            image_release(&out);
        }
        image_release(&in);
    }
}

static void test_hidden_colour_stays_hidden(void **state)
{
    (void)state;
    VipsImage *black = image_soft_disc(60, 0, 0, 0), *red = image_soft_disc(60, 255, 0, 40);
    const struct facts facts = facts_of(60, 60, 4);
    VipsImage *a = stage_applied("blur", "{\"sigma\": 2}", &facts, black);
    VipsImage *b = stage_applied("blur", "{\"sigma\": 2}", &facts, red);
    assert_true(image_difference(a, b) == 0);
    image_release(&b);
    image_release(&a);
    image_release(&red);
    image_release(&black);
}

static void test_frames_do_not_mix(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGB, 20, 9, 3);
    VipsImage *first = NULL;
    assert_int_equal(vips_extract_area(picture.image, &first, 0, 0, 20, 9, NULL), 0);
    vips_image_remove(first, VIPS_META_PAGE_HEIGHT);
    VipsImage *alone_in = vips_image_copy_memory(first);
    struct facts facts = picture.facts;
    VipsImage *all = stage_applied("blur", "{\"sigma\": 3}", &facts, picture.image);
    facts.frames = 1;
    VipsImage *alone = stage_applied("blur", "{\"sigma\": 3}", &facts, alone_in);
    for (int x = 0; x < 20; x++) {
        assert_true(image_sample(all, x, 8, 1) == image_sample(alone, x, 8, 1));
    }
    image_release(&alone);
    image_release(&all);
    image_release(&alone_in);
    image_release(&first);
    picture_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_follows_the_real_size),
        cmocka_unit_test(test_even_stays),
        cmocka_unit_test(test_hidden_colour_stays_hidden),
        cmocka_unit_test(test_frames_do_not_mix),
    };
    return GROUP_RUN(tests);
}
