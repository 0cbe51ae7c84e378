/* SPDX-License-Identifier: MIT
 * trim: the box of what is no border, of colours and of alpha, over all frames. */
#include "stage_group.h"

static struct measure measured(const char *options, VipsImage *in)
{
    struct error error = {0};
    struct measure box = {0};
    const struct stage *stage = stage_find("trim");
    if (stage->measure(stage_options(group_arena, "trim", options), &(struct flow){0}, in, &box,
                       &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    return box;
}

static void assert_box(const char *options, VipsImage *in, int left, int top, int width, int height)
{
    const struct measure box = measured(options, in);
    if (box.left != left || box.top != top || box.width != width || box.height != height) {
        fail_msg("%s: %dx%d at %d,%d", options, box.width, box.height, box.left, box.top);
    }
}

/* A border of 200 that wavers by 4, a line one pixel wide, and a block. */
static uint8_t line_and_block(int x, int y, int band)
{
    const bool content = (x == 20 && y >= 5 && y < 30) || (x >= 30 && x < 50 && y >= 10 && y < 25);
    return (uint8_t)(content ? band == 3 ? 255 : 90 : band == 3 ? 0 : 200 + (x + y) % 3 * 2);
}

static void test_boxes(void **state)
{
    (void)state;
    for (int bands = 1; bands <= 3; bands += 2) {
        VipsImage *in = image_drawn(64, 48, bands, line_and_block);
        assert_box("{}", in, 20, 5, 30, 25);
        assert_box("{\"threshold\": 0}", in, 0, 0, 64, 48);
        assert_box("{\"background\": \"#5a5a5a\", \"threshold\": 5}", in, 0, 0, 64, 48);
        image_release(&in);
    }
    VipsImage *see_through = image_drawn(64, 48, 4, line_and_block);
    assert_box("{}", see_through, 20, 5, 30, 25);
    assert_box("{\"background\": \"transparent\"}", see_through, 20, 5, 30, 25);
    image_release(&see_through);
}

static uint8_t even(int x, int y, int band)
{
    (void)x;
    (void)y;
    (void)band;
    return 9;
}

static void test_all_border_stays(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(5, 4, 3, even);
    assert_box("{}", in, 0, 0, 5, 4);
    image_release(&in);
}

/* A dot that moves to the right from frame to frame. */
static uint8_t moving_dot(int x, int y, int band)
{
    (void)band;
    return (uint8_t)(y % 20 == 7 && x == 10 + 15 * (y / 20) ? 255 : 0);
}

static void test_frames_are_trimmed_alike(void **state)
{
    (void)state;
    VipsImage *drawn = image_drawn(60, 60, 3, moving_dot), *in = NULL;
    assert_int_equal(vips_copy(drawn, &in, NULL), 0);
    vips_image_set_int(in, VIPS_META_PAGE_HEIGHT, 20);
    vips_image_set_int(in, VIPS_META_N_PAGES, 3);
    assert_box("{}", in, 10, 7, 31, 1);
    struct facts facts = facts_of(60, 20, 3);
    facts.frames = 3;
    const struct measure box = measured("{}", in);
    const struct planned planned =
        stage_planned(group_arena, "trim", "{}", &facts, &(struct given){.measured = &box});
    VipsImage *out = planned_run(&planned, in, NULL);
    assert_int_equal(image_frames(out), 3);
    assert_int_equal(image_height(out), 1);
    assert_true(image_sample(out, 0, 0, 0) == 255 && image_sample(out, 15, 1, 0) == 255 &&
                image_sample(out, 30, 2, 0) == 255);
    image_release(&out);
    image_release(&in);
    image_release(&drawn);
}

static void test_words(void **state)
{
    (void)state;
    struct facts facts = facts_of(100, 50, 3);
    facts.focus_given = true;
    facts.focus_x = facts.focus_y = 0.5;
    const struct measure box = {10, 5, 60, 40}, whole = {0, 0, 100, 50};
    assert_plan("trim", "{}", &facts, "trim to what the pixels say");
    struct planned planned =
        stage_planned(group_arena, "trim", "{}", &facts, &(struct given){.measured = &box});
    assert_string_equal(planned_words(group_arena, &planned), "trim 60x40 at 10,5");
    assert_true(fabs(planned_out(&planned)->focus_x - 40.0 / 60) < 1e-9);
    assert_false(planned_out(&planned)->unsized);
    planned = stage_planned(group_arena, "trim", "{}", &facts, &(struct given){.measured = &whole});
    assert_string_equal(planned_words(group_arena, &planned), "trim skipped: no border");
    assert_refused("trim", "{\"background\": \"dominant\"}", "'background' cannot be dominant");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_all_border_stays),
        cmocka_unit_test(test_frames_are_trimmed_alike),
        cmocka_unit_test(test_words),
    };
    return GROUP_RUN(tests);
}
