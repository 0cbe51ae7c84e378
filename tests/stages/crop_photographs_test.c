/* SPDX-License-Identifier: MIT
 * Square crops of 20 photographs keep their subject: where it lies was seen by eye, and the boxes
 * were looked at. libvips' versions differ by a few pixels. */
#include <vips/vips.h>

#include "corpus.h"
#include "stage_group.h"

enum { SIDE = 480, TOLERANCE = 16 }; /* px of the longer side */

/* The square slides along the longer side: all are fractions of it. */
static const struct photograph {
    const char *file;
    double from, to;           /* the subject, or what is most itself of it */
    double attention, entropy; /* where the box begins */
} photographs[] = {
    {"kodak/kodim02.png", .27, .42, .010, .167},                    /* a knob */
    {"kodak/kodim03.png", .43, .60, .000, .250},                    /* the red cap among caps */
    {"kodak/kodim04.png", .38, .66, .333, .042},                    /* a face under a hat */
    {"kodak/kodim06.png", .18, .58, .000, .042},                    /* a boat's hull */
    {"kodak/kodim07.png", .44, .63, .229, .250},                    /* a flower */
    {"kodak/kodim09.png", .40, .90, .333, .333},                    /* sails and hulls */
    {"kodak/kodim11.png", .46, .73, .260, .333},                    /* a boat */
    {"kodak/kodim12.png", .31, .47, .167, .292},                    /* two who walk */
    {"kodak/kodim14.png", .25, .75, .135, .167},                    /* the people in a raft */
    {"kodak/kodim16.png", .45, .75, .333, .167},                    /* an island */
    {"kodak/kodim19.png", .20, .60, .104, .167},                    /* a lighthouse */
    {"kodak/kodim20.png", .10, .50, .000, .000},                    /* the nose of a plane */
    {"kodak/kodim21.png", .43, .53, .073, .000},                    /* a lighthouse */
    {"kodak/kodim22.png", .28, .63, .042, .000},                    /* a barn */
    {"kodak/kodim24.png", .25, .72, .104, .083},                    /* the gable of a house */
    {"photos/squoosh__demo-large-photo.jpg", .30, .64, .000, .000}, /* a red panda's face */
    {"photos/metadata-extractor-images__Nikon_D3100.jpg", .59, .82, .333, .167}, /* a leaf */
    {"photos/pop-os-wallpapers__galen-crout-175291.jpg", .36, .70, .156, .210},  /* a dish */
    {"photos/elementary-wallpapers__Snow-Capped_Mountain.jpg", .38, .70, .135, .083},
    {"photos/codec-corpus__1cba10ad9bb4ced57e42f7656c5f2a58d32dc6bad084957d2f8d1c78e0fcd224.png",
     .40, .78, .160, .021}, /* a face */
};
enum { PHOTOGRAPHS = sizeof photographs / sizeof *photographs };

static VipsImage *photograph_small(const struct corpus *corpus, const char *file)
{
    char path[1100];
    VipsImage *small = NULL;
    snprintf(path, sizeof path, "%s/%s", corpus->root, file);
    if (vips_thumbnail(path, &small, SIDE, "height", SIDE, NULL) != 0) {
        fail_msg("%s: %s", path, vips_error_buffer());
    }
    return computed(small);
}

static bool rows_equal(VipsImage *whole, VipsImage *part, int left, int top)
{
    const size_t size = (size_t)part->Xsize * (size_t)part->Bands;
    for (int y = 0; y < part->Ysize; y++) {
        if (memcmp(VIPS_IMAGE_ADDR(whole, left, top + y), VIPS_IMAGE_ADDR(part, 0, y), size) != 0) {
            return false;
        }
    }
    return true;
}

/* Where the square was cut out, in px of the longer side. */
static int square_at(VipsImage *whole, const struct facts *facts, const char *gravity)
{
    char options[80];
    snprintf(options, sizeof options, "{\"aspect\": \"1:1\", \"gravity\": \"%s\"}", gravity);
    VipsImage *part = stage_applied("crop", options, facts, whole);
    const bool wide = whole->Xsize > whole->Ysize;
    const int room = wide ? whole->Xsize - part->Xsize : whole->Ysize - part->Ysize;
    int at = 0;
    assert_int_equal(part->Xsize, VIPS_MIN(whole->Xsize, whole->Ysize));
    assert_int_equal(part->Ysize, part->Xsize);
    while (at <= room && !rows_equal(whole, part, wide ? at : 0, wide ? 0 : at)) {
        at++;
    }
    assert_true(at <= room);
    image_release(&part);
    return at;
}

static int assert_square(VipsImage *whole, const struct photograph *photograph,
                         const struct facts *facts, const char *gravity, double expected)
{
    const int square = VIPS_MIN(whole->Xsize, whole->Ysize);
    const int at = square_at(whole, facts, gravity);
    if (fabs(at - expected * SIDE) > TOLERANCE || at > photograph->from * SIDE ||
        at + square < photograph->to * SIDE) {
        print_error("%s: %s at %.3f, not %.3f; the subject is %.2f..%.2f, the box %.2f..%.2f\n",
                    photograph->file, gravity, (double)at / SIDE, expected, photograph->from,
                    photograph->to, (double)at / SIDE, (double)(at + square) / SIDE);
        return 1;
    }
    return 0;
}

static void subjects_are_kept(void **state)
{
    struct corpus *corpus = *state;
    int wrong = 0;
    for (size_t i = 0; i < PHOTOGRAPHS; i++) {
        const struct photograph *photograph = &photographs[i];
        VipsImage *whole = photograph_small(corpus, photograph->file);
        const bool wide = whole->Xsize > whole->Ysize;
        struct facts facts = facts_of(whole->Xsize, whole->Ysize, 3);
        wrong += assert_square(whole, photograph, &facts, "attention", photograph->attention);
        wrong += assert_square(whole, photograph, &facts, "focus", photograph->attention);
        wrong += assert_square(whole, photograph, &facts, "entropy", photograph->entropy);
        const double middle = (photograph->from + photograph->to) / 2;
        const double square = (double)VIPS_MIN(whole->Xsize, whole->Ysize) / SIDE;
        facts.focus_given = true;
        facts.focus_x = wide ? middle : 0.5;
        facts.focus_y = wide ? 0.5 : middle;
        wrong += assert_square(whole, photograph, &facts, "focus",
                               fmin(fmax(middle - square / 2, 0), 1 - square));
        image_release(&whole);
    }
    assert_int_equal(wrong, 0);
}

/* A telephone's shape of a wide photograph, a desktop's of a tall one: only the focus point knows
 * which part that is, and as much of the subject is there as the shape holds. */
static void narrow_crops_stand_around_the_focus(void **state)
{
    struct corpus *corpus = *state;
    for (size_t i = 0; i < PHOTOGRAPHS; i++) {
        const struct photograph *photograph = &photographs[i];
        VipsImage *whole = photograph_small(corpus, photograph->file);
        const bool wide = whole->Xsize > whole->Ysize;
        const double middle = (photograph->from + photograph->to) / 2;
        struct facts facts = facts_of(whole->Xsize, whole->Ysize, 3);
        facts.focus_given = true;
        facts.focus_x = wide ? middle : 0.5;
        facts.focus_y = wide ? 0.5 : middle;
        const struct planned planned =
            stage_planned(group_arena, "crop",
                          wide ? "{\"aspect\": \"9:16\", \"gravity\": \"focus\"}"
                               : "{\"aspect\": \"16:9\", \"gravity\": \"focus\"}",
                          &facts, NULL);
        const struct choice *choice = &planned.steps[0].choice;
        const double side = wide ? planned_out(&planned)->width : planned_out(&planned)->height;
        const double box = wide ? choice->left : choice->top;
        const double from = fmax(photograph->from * SIDE, middle * SIDE - side / 2);
        const double to = fmin(photograph->to * SIDE, middle * SIDE + side / 2);
        assert_true(box <= from + 1 && box + side >= to - 1);
        image_release(&whole);
    }
}

static int start(void **state)
{
    static struct corpus corpus;
    *state = &corpus;
    return corpus_open(&corpus) ? group_start(NULL) : -1;
}

static int end(void **state)
{
    corpus_close(*state);
    return group_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects_are_kept),
        cmocka_unit_test(narrow_crops_stand_around_the_focus),
    };
    struct corpus corpus;
    if (!corpus_open(&corpus)) {
        return 77;
    }
    corpus_close(&corpus);
    return cmocka_run_group_tests(tests, start, end);
}
