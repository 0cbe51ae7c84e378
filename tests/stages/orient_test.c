/* SPDX-License-Identifier: MIT
 * orient: the eight EXIF orientations give the same upright pixels. */
#include "loading.h"
#include "corpus.h"
#include "stage_group.h"

enum { WIDTH = 7, HEIGHT = 4 };

static uint8_t upright(int x, int y, int band)
{
    return (uint8_t)(x * 31 + y * 7 + band);
}

/* EXIF 2.32, table 6: where the pixel of the upright picture lies in the stored one. */
static void stored_at(int orientation, int x, int y, int *column, int *row)
{
    static const struct {
        bool swapped, from_right, from_bottom;
    } layouts[9] = {
        [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
        [4] = {false, false, true},  [5] = {true, false, false}, [6] = {true, false, true},
        [7] = {true, true, true},    [8] = {true, true, false},
    };
    const bool swapped = layouts[orientation].swapped;
    const int width = swapped ? HEIGHT : WIDTH, height = swapped ? WIDTH : HEIGHT;
    const int across = swapped ? y : x, down = swapped ? x : y;
    *column = layouts[orientation].from_right ? width - 1 - across : across;
    *row = layouts[orientation].from_bottom ? height - 1 - down : down;
}

static int drawn_orientation;

static uint8_t stored(int column, int row, int band)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            int at_column, at_row;
            stored_at(drawn_orientation, x, y, &at_column, &at_row);
            if (at_column == column && at_row == row) {
                return upright(x, y, band);
            }
        }
    }
    return 0;
}

static void test_eight_orientations_give_the_same_pixels(void **state)
{
    (void)state;
    VipsImage *expected = image_drawn(WIDTH, HEIGHT, 3, upright);
    for (int orientation = 1; orientation <= 8; orientation++) {
        const bool swapped = orientation >= 5;
        drawn_orientation = orientation;
        VipsImage *in = image_drawn(swapped ? HEIGHT : WIDTH, swapped ? WIDTH : HEIGHT, 3, stored);
        struct facts facts = facts_of(in->Xsize, in->Ysize, 3);
        facts.orientation = orientation;
        const struct planned planned = stage_planned(group_arena, "orient", "{}", &facts, NULL);
        assert_int_equal(planned_out(&planned)->width, WIDTH);
        assert_int_equal(planned_out(&planned)->height, HEIGHT);
        assert_int_equal(planned_out(&planned)->orientation, 1);
        VipsImage *out = planned_run(&planned, in, NULL);
        if (image_difference(out, expected) != 0) {
            fail_msg("orientation %d is not upright", orientation);
        }
        image_release(&out);
        image_release(&in);
    }
    image_release(&expected);
}

static void test_plan_says_the_turn(void **state)
{
    (void)state;
    struct facts facts = facts_of(40, 30, 3);
    assert_plan("orient", "{}", &facts, "orient skipped: already upright");
    facts.orientation = 6;
    assert_plan("orient", "{}", &facts, "orient by 90 degrees");
    facts.orientation = 7;
    assert_plan("orient", "{}", &facts, "orient by 270 degrees, mirrored");
}

/* The same photograph stored in several ways, by people who did not read our code. */
static void test_corpus_pictures_agree(void **state)
{
    static const char *const names[] = {"2", "3", "4", "6", "7", "8"};
    (void)state;
    struct corpus corpus;
    const struct limits limits = limits_default();
    VipsImage *first = NULL;
    if (!corpus_open(&corpus)) {
        skip();
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[700];
        struct loading loading;
        snprintf(path, sizeof path, "%s/exif/Pillow__hopper_orientation_%s.webp", corpus.root,
                 names[i]);
        loading_probe_file(&loading, path, &limits);
        assert_int_equal(loading.status, STATUS_OK);
        assert_int_equal(loading.facts.orientation, i < 3 ? (int)i + 2 : (int)i + 3);
        VipsImage *in = loading_decode(&loading, NULL, 1);
        assert_non_null(in);
        VipsImage *out = stage_applied("orient", "{}", &loading.facts, in);
        if (!first) {
            first = image_share(out);
        }
        if (image_psnr(first, out) < 25) {
            fail_msg("%s: another picture, %.1f dB", path, image_psnr(first, out));
        }
        image_release(&out);
        image_release(&in);
        loading_end(&loading);
    }
    image_release(&first);
    corpus_close(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eight_orientations_give_the_same_pixels),
        cmocka_unit_test(test_plan_says_the_turn),
        cmocka_unit_test(test_corpus_pictures_agree),
    };
    return GROUP_RUN(tests);
}
