/* SPDX-License-Identifier: MIT
 * watermark: an input laid over the image: its place, size and opacity, and its absence. */
#include "stage_group.h"

static uint8_t grey(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 3 || band == -1 ? 255 : 100;
}

static uint8_t red_block(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 0 ? 200 : 0;
}

static VipsImage *marked(const char *options, const struct facts *facts, VipsImage *in,
                         VipsImage *mark)
{
    const struct facts mark_facts = facts_of(mark->Xsize, mark->Ysize, mark->Bands);
    const struct planned planned = stage_planned(group_arena, "watermark", options, facts,
                                                 &(struct given){.input = &mark_facts});
    return planned_run(&planned, in, mark);
}

static void test_place_and_opacity(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(200, 100, 3, grey), *mark = image_drawn(40, 20, 3, red_block);
    const struct facts facts = facts_of(200, 100, 3);
    VipsImage *out =
        marked("{\"scale\": 0.1, \"margin\": 0.05, \"opacity\": 0.5}", &facts, in, mark);
    /* 20x10 px, 5 px from the edges: 175..194, 85..94; half of 200 and of 100 */
    assert_true(fabs(image_sample(out, 175, 85, 0) - 150) <= 1);
    assert_true(fabs(image_sample(out, 194, 94, 1) - 50) <= 1);
    assert_true(image_sample(out, 174, 85, 0) == 100 && image_sample(out, 195, 94, 0) == 100);
    assert_true(image_sample(out, 175, 84, 0) == 100 && image_sample(out, 194, 95, 0) == 100);
    image_release(&out);
    out = marked("{\"scale\": 1, \"margin\": 0, \"gravity\": \"north-west\"}", &facts, in, mark);
    assert_true(fabs(image_sample(out, 0, 0, 0) - 200) <= 1);
    assert_true(fabs(image_sample(out, 199, 99, 0) - 200) <= 1);
    image_release(&out);
    out = marked("{\"opacity\": 0}", &facts, in, mark);
    assert_true(image_difference(in, out) == 0);
    image_release(&out);
    image_release(&mark);
    image_release(&in);
}

static void test_grey_image_takes_a_coloured_mark(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(50, 50, 1, grey), *mark = image_drawn(10, 10, 3, red_block);
    const struct facts facts = facts_of(50, 50, 1);
    VipsImage *out = marked("{\"margin\": 0}", &facts, in, mark);
    assert_int_equal(out->Bands, 3);
    assert_true(fabs(image_sample(out, 49, 49, 0) - 200) <= 1);
    assert_true(image_sample(out, 49, 49, 1) <= 1 && image_sample(out, 5, 5, 2) == 100);
    image_release(&out);
    image_release(&mark);
    image_release(&in);
}

/* On nothing the mark is seen as it is, with its own alpha. */
static uint8_t nothing(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 1 ? 77 : 0;
}

static void test_on_see_through(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(60, 60, 4, nothing), *mark = image_soft_disc(60, 9, 9, 9);
    const struct facts facts = facts_of(60, 60, 4);
    VipsImage *out =
        marked("{\"scale\": 1, \"margin\": 0, \"gravity\": \"centre\"}", &facts, in, mark);
    for (int x = 0; x < 60; x++) {
        const double alpha = image_sample(mark, x, 30, 3);
        assert_true(fabs(image_sample(out, x, 30, 3) - alpha) <= 1);
        assert_true(alpha < 2 || image_sample(out, x, 30, 0) >= 253);
    }
    image_release(&out);
    image_release(&mark);
    image_release(&in);
}

static void test_words(void **state)
{
    (void)state;
    const struct facts facts = facts_of(1000, 500, 3), mark = facts_of(300, 200, 4);
    assert_plan("watermark", "{\"input\": \"logo\"}", &facts,
                "the input 'logo' is not given: --input logo=FILE names it");
    const struct planned planned =
        stage_planned(group_arena, "watermark", "{}", &facts, &(struct given){.input = &mark});
    assert_string_equal(planned_words(group_arena, &planned),
                        "watermark 'watermark' 200x133 south-east");
    assert_refused("watermark", "{\"gravity\": \"focus\"}",
                   "'gravity' is 'focus', must be one of north-west, north, north-east, west, "
                   "centre, east, south-west, south, south-east");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place_and_opacity),
        cmocka_unit_test(test_grey_image_takes_a_coloured_mark),
        cmocka_unit_test(test_on_see_through),
        cmocka_unit_test(test_words),
    };
    return GROUP_RUN(tests);
}
