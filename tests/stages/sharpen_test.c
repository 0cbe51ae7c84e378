/* SPDX-License-Identifier: MIT
 * sharpen: edges get steeper, flat parts and alpha stay, hidden colour stays hidden. */
#include "stage_group.h"

/* A soft edge between two greys. */
static uint8_t edge(int x, int y, int band)
{
    const double t = fmin(1, fmax(0, (x - 17) / 6.0));
    (void)y;
    return (uint8_t)(band == 3 ? 255 : 80 + 90 * t);
}

static double steepest(const VipsImage *image)
{
    double most = 0;
    for (int x = 1; x < image->Xsize; x++) {
        most = fmax(most, image_sample(image, x, 10, 0) - image_sample(image, x - 1, 10, 0));
    }
    return most;
}

static void test_edges_get_steeper(void **state)
{
    (void)state;
    for (int bands = 1; bands <= 4; bands++) {
        VipsImage *in = image_drawn(40, 20, bands, edge);
        const struct facts facts = facts_of(40, 20, bands);
        if (bands == 2) {
            image_release(&in);
            continue;
        }
        VipsImage *out = stage_applied("sharpen", "{\"sigma\": 2, \"threshold\": 0}", &facts, in);
        assert_true(steepest(out) >= 1.2 * steepest(in));
        for (int band = 0; band < bands; band++) {
            assert_true(fabs(image_sample(out, 2, 10, band) - image_sample(in, 2, 10, band)) <= 1);
            assert_true(fabs(image_sample(out, 37, 10, band) - image_sample(in, 37, 10, band)) <=
                        1);
        }
        image_release(&out);
        image_release(&in);
    }
}

static void test_hidden_colour_stays_hidden(void **state)
{
    (void)state;
    VipsImage *black = image_soft_disc(60, 0, 0, 0), *red = image_soft_disc(60, 255, 0, 40);
    const struct facts facts = facts_of(60, 60, 4);
    VipsImage *a = stage_applied("sharpen", "{\"sigma\": 2}", &facts, black);
    VipsImage *b = stage_applied("sharpen", "{\"sigma\": 2}", &facts, red);
    for (int y = 0; y < 60; y++) {
        for (int x = 0; x < 60; x++) {
            assert_true(image_sample(a, x, y, 3) == image_sample(black, x, y, 3));
            for (int band = 0; band < 3 && image_sample(a, x, y, 3) > 0; band++) {
                assert_true(image_sample(a, x, y, band) >= 254);
                assert_true(image_sample(b, x, y, band) >= 254);
            }
        }
    }
    image_release(&b);
    image_release(&a);
    image_release(&red);
    image_release(&black);
}

static void test_words(void **state)
{
    (void)state;
    const struct facts facts = facts_of(10, 10, 3);
    assert_plan("sharpen", "{}", &facts, "sharpen sigma 0.5, amount 3");
    assert_plan("sharpen", "{\"amount\": 0}", &facts, "sharpen skipped: by nothing");
    assert_refused("sharpen", "{\"sigma\": 50}", "'sigma' is 50, outside 0.3..10 px");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges_get_steeper),
        cmocka_unit_test(test_hidden_colour_stays_hidden),
        cmocka_unit_test(test_words),
    };
    return GROUP_RUN(tests);
}
