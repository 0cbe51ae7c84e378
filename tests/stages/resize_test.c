/* SPDX-License-Identifier: MIT
 * resize: sizes and words of the plan, pixels against what they must be: no fringe around alpha,
 * the pyramid and a shrunk decode near to a direct resize of the whole image. */
#include <stdlib.h>

#include "loading.h"
#include "corpus.h"
#include "memory.h"
#include "raster.h"
#include "stage_group.h"

static void assert_size(const char *options, int width, int height, int out_width, int out_height)
{
    const struct facts facts = facts_of(width, height, 3);
    const struct planned planned = stage_planned(group_arena, "resize", options, &facts, NULL);
    const struct facts *out = planned_out(&planned);
    if (out->width != out_width || out->height != out_height) {
        fail_msg("%s of %dx%d: %dx%d, not %dx%d", options, width, height, out->width, out->height,
                 out_width, out_height);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    assert_size("{\"width\": 1920}", 4096, 2304, 1920, 1080);
    assert_size("{\"height\": 480}", 4096, 2304, 853, 480);
    assert_size("{\"width\": 640, \"height\": 640}", 4096, 2304, 640, 360);
    assert_size("{\"size\": 512}", 2304, 4096, 288, 512);
    assert_size("{\"size\": \"x480\"}", 4096, 2304, 853, 480);
    assert_size("{\"size\": 512, \"fit\": \"outside\"}", 4096, 2304, 910, 512);
    assert_size("{\"size\": \"300x250\", \"fit\": \"fill\"}", 4096, 2304, 300, 250);
    assert_size("{\"size\": \"300x250\", \"fit\": \"cover\"}", 4096, 2304, 300, 250);
    assert_size("{\"size\": \"300x250\", \"fit\": \"contain\"}", 4096, 2304, 300, 250);
    assert_size("{\"width\": 300, \"fit\": \"cover\"}", 4096, 2304, 300, 169);
    assert_size("{\"scale\": \"1/3\"}", 100, 50, 33, 17);
    assert_size("{\"scale\": 0.5}", 101, 51, 51, 26);
    assert_size("{\"width\": 10}", 10000, 3, 10, 1);
    assert_size("{\"size\": 3}", 7, 5, 3, 2);
    /* Halves go up. */
    assert_size("{\"width\": 1}", 2, 3, 1, 2);
}

static void test_never_larger_unless_told(void **state)
{
    (void)state;
    const struct facts facts = facts_of(1000, 500, 3);
    assert_plan("resize", "{\"width\": 1000}", &facts, "resize skipped: already 1000x500");
    assert_plan("resize", "{\"width\": 2400}", &facts,
                "resize skipped: not enlarged: 1000x500, clamped");
    assert_plan("resize", "{\"width\": 2400, \"enlarge\": \"drop\"}", &facts,
                "resize 2400x1200, dropped: would enlarge 2.4 times");
    assert_plan("resize", "{\"width\": 2400, \"enlarge\": \"allow\"}", &facts,
                "resize 2400x1200, warning: enlarged 2.4 times");
    assert_plan("resize", "{\"width\": 2400, \"enlarge\": \"refuse\"}", &facts,
                "2400x1200 px would enlarge the image of 1000x500 px 2.4 times: 'enlarge' is "
                "refuse");
    /* The aspect that was asked for stays. */
    assert_plan("resize", "{\"size\": 2000, \"fit\": \"cover\"}", &facts,
                "crop 500x500 centre | resize skipped: not enlarged: 500x500, clamped");
    assert_plan("resize", "{\"size\": \"4000x1000\", \"fit\": \"fill\"}", &facts,
                "resize 1000x250, clamped");
    assert_plan("resize", "{\"size\": \"100x1000\", \"fit\": \"fill\"}", &facts,
                "resize 50x500, clamped");
    /* A canvas is no enlargement. */
    assert_plan("resize", "{\"size\": 2000, \"fit\": \"contain\"}", &facts,
                "resize skipped: not enlarged: 1000x500, clamped | pad 2000x2000 transparent, "
                "warning: the image fills 50 % of the square");
}

static void test_words(void **state)
{
    (void)state;
    const struct facts facts = facts_of(4096, 2304, 3);
    assert_plan("resize", "{\"width\": 1920}", &facts, "resize 1920x1080");
    assert_plan("resize", "{\"width\": 1920, \"kernel\": \"mitchell\", \"linear\": true}", &facts,
                "resize 1920x1080 mitchell in linear light");
    assert_plan("resize", "{\"size\": \"300x250\", \"fit\": \"cover\", \"gravity\": \"north\"}",
                &facts, "crop 2765x2304 north | resize 300x250");
    assert_plan("resize",
                "{\"size\": \"300x250\", \"fit\": \"contain\", \"background\": \"#ffffff\"}",
                &facts, "resize 300x169 | pad 300x250 #ffffff");
    assert_plan("resize", "{\"width\": 65500, \"enlarge\": \"allow\", \"fit\": \"outside\"}",
                &(struct facts){.width = 10, .height = 20, .bands = 3, .bits = 8},
                "65500x131000 px is over the limit of 65500 px a side");
    assert_refused("resize", "{}", "a box is missing: give 'size', 'width', 'height' or 'scale'");
    assert_refused("resize", "{\"size\": 9, \"width\": 9}",
                   "'size' and 'width' or 'height' exclude each other");
    assert_refused("resize", "{\"width\": 70000}", "'width' is 70000, outside 0..65500 px");
}

static void test_need_leaves_twice_the_size(void **state)
{
    (void)state;
    const struct facts facts = facts_of(4000, 3000, 3);
    struct planned planned = stage_planned(group_arena, "resize", "{\"width\": 500}", &facts, NULL);
    const struct step *step = &planned.steps[0];
    assert_true(fabs(step->stage->need(step, 1) - 0.25) < 1e-9);
    assert_true(fabs(step->stage->need(step, 0.5) - 0.125) < 1e-9);
    planned = stage_planned(group_arena, "resize", "{\"width\": 3000}", &facts, NULL);
    assert_true(step->stage->need(step, 1) == 1);
}

static void test_family_and_identity(void **state)
{
    (void)state;
    const struct facts facts = facts_of(4000, 3000, 3);
    const struct planned a = stage_planned(group_arena, "resize", "{\"width\": 500}", &facts, NULL);
    const struct planned b = stage_planned(group_arena, "resize",
                                           "{\"size\": 500, \"gravity\": \"north\"}", &facts, NULL);
    const struct planned nearest = stage_planned(
        group_arena, "resize", "{\"width\": 500, \"kernel\": \"nearest\"}", &facts, NULL);
    assert_string_equal(a.steps[0].choice.identity, b.steps[0].choice.identity);
    assert_string_equal(a.steps[0].choice.family, b.steps[0].choice.family);
    assert_null(nearest.steps[0].choice.family);
    assert_string_not_equal(a.steps[0].choice.identity, nearest.steps[0].choice.identity);
}

/* ---- Pixels --------------------------------------------------------------------------------- */

static void test_a_plain_colour_fills_the_box(void **state)
{
    (void)state;
    VipsImage *pixel = image_soft_disc(1, 1, 2, 3);
    struct facts facts = facts_of(1, 1, 4);
    facts.plain = true;
    const struct planned planned = stage_planned(
        group_arena, "resize", "{\"size\": \"40x30\", \"fit\": \"cover\"}", &facts, NULL);
    assert_int_equal(planned.count, 1);
    VipsImage *out = planned_run(&planned, pixel, NULL);
    assert_int_equal(out->Xsize, 40);
    assert_int_equal(out->Ysize, 30);
    assert_true(image_sample(out, 39, 29, 0) == image_sample(pixel, 0, 0, 0));
    image_release(&out);
    image_release(&pixel);
}

/* What lies hidden under alpha 0 must not show: the same disc over other hidden colours gives the
 * same picture, and what is seen of it stays white. */
static void test_no_fringe_around_alpha(void **state)
{
    static const char *const ways[] = {"{\"width\": 61}", "{\"width\": 61, \"linear\": true}",
                                       "{\"width\": 300, \"enlarge\": \"allow\"}",
                                       "{\"width\": 9, \"kernel\": \"cubic\"}"};
    (void)state;
    VipsImage *black = image_soft_disc(200, 0, 0, 0), *red = image_soft_disc(200, 255, 0, 40);
    const struct facts facts = facts_of(200, 200, 4);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        VipsImage *a = stage_applied("resize", ways[i], &facts, black);
        VipsImage *b = stage_applied("resize", ways[i], &facts, red);
        assert_true(image_difference(a, b) == 0);
        for (int y = 0; y < a->Ysize; y++) {
            for (int x = 0; x < a->Xsize; x++) {
                for (int band = 0; band < 3 && image_sample(a, x, y, 3) > 0; band++) {
                    if (image_sample(a, x, y, band) < 254) {
                        fail_msg("%s: %g of alpha %g at %d,%d", ways[i],
                                 image_sample(a, x, y, band), image_sample(a, x, y, 3), x, y);
                    }
                }
            }
        }
        image_release(&b);
        image_release(&a);
    }
    image_release(&red);
    image_release(&black);
}

static uint8_t stripes(int x, int y, int band)
{
    (void)y;
    (void)band;
    return x % 2 ? 255 : 0;
}

/* Black and white lines one pixel wide become half the light: 127.5 as coded, 188 in linear light
 * (IEC 61966-2-1 of 0.5). */
static void test_linear_light(void **state)
{
    (void)state;
    for (int bands = 1; bands <= 4; bands++) {
        VipsImage *in = image_drawn(64, 16, bands, stripes);
        struct facts facts = facts_of(64, 16, bands);
        facts.alpha = facts.alpha_used = false;
        if (bands == 2 || bands == 4) {
            image_release(&in);
            continue;
        }
        VipsImage *coded =
            stage_applied("resize", "{\"width\": 16, \"fit\": \"fill\"}", &facts, in);
        VipsImage *linear = stage_applied(
            "resize", "{\"width\": 16, \"fit\": \"fill\", \"linear\": true}", &facts, in);
        assert_true(fabs(image_sample(coded, 8, 2, bands - 1) - 127.5) <= 2);
        assert_true(fabs(image_sample(linear, 8, 2, bands - 1) - 188) <= 2);
        image_release(&linear);
        image_release(&coded);
        image_release(&in);
    }
}

static uint8_t even(int x, int y, int band)
{
    (void)x;
    (void)y;
    return (uint8_t)(37 + 50 * band);
}

static void test_an_even_colour_stays(void **state)
{
    static const char *const ways[] = {"{\"width\": 17}", "{\"width\": 17, \"linear\": true}",
                                       "{\"width\": 99, \"kernel\": \"nearest\"}",
                                       "{\"width\": 200, \"enlarge\": \"allow\"}"};
    (void)state;
    for (int bands = 1; bands <= 4; bands++) {
        VipsImage *in = image_drawn(100, 70, bands, even);
        const struct facts facts = facts_of(100, 70, bands);
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            VipsImage *out = stage_applied("resize", ways[i], &facts, in);
            for (int band = 0; band < bands; band++) {
                const double off = image_sample(out, 5, 5, band) - even(0, 0, band);
                /* A colour under alpha 87 or 187 is known to within half of a step of 255 of it. */
                assert_true(fabs(off) <= (facts.alpha ? 1 : 0) + (i == 1));
            }
            image_release(&out);
        }
        image_release(&in);
    }
}

static VipsImage *image_even(int width, int height, int value, int bytes)
{
    VipsImage *black = NULL, *even = NULL, *cast = NULL, *out = NULL;
    assert_int_equal(vips_black(&black, width, height, NULL), 0);
    assert_int_equal(vips_linear1(black, &even, 1, value, NULL), 0);
    assert_int_equal(
        vips_cast(even, &cast, bytes == 1 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT, NULL), 0);
    assert_int_equal(vips_copy(cast, &out, "interpretation",
                               bytes == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_GREY16,
                               NULL),
                     0);
    image_release(&cast);
    image_release(&even);
    image_release(&black);
    cast = vips_image_copy_memory(out);
    image_release(&out);
    return cast;
}

/* Weights that were rounded each for itself, or sums of many small products, would darken it. */
static void test_an_even_colour_stays_at_any_factor(void **state)
{
    static const char *const ways[] = {
        "{\"width\": 333}",
        "{\"width\": 65}",
        "{\"width\": 61}",
        "{\"width\": 40}",
        "{\"width\": 12}",
        "{\"width\": 4}",
        "{\"width\": 1}",
        "{\"width\": 64, \"kernel\": \"mitchell\"}",
        "{\"width\": 16, \"kernel\": \"cubic\"}",
        "{\"width\": 7, \"kernel\": \"lanczos2\"}",
        "{\"width\": 5, \"kernel\": \"linear\"}",
        "{\"size\": \"3x900\", \"fit\": \"fill\", \"enlarge\": \"allow\"}"};
    static const int values[] = {0, 1, 2, 50, 100, 127, 128, 129, 200, 254, 255};
    (void)state;
    for (int bytes = 1; bytes <= 2; bytes++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            const int value = values[v] * (bytes == 1 ? 1 : 257);
            VipsImage *in = image_even(1000, 601, value, bytes);
            struct facts facts = facts_of(1000, 601, 1);
            facts.bits = 8 * bytes;
            for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
                VipsImage *out = stage_applied("resize", ways[i], &facts, in);
                double least = -1, most = -1;
                assert_int_equal(vips_min(out, &least, NULL), 0);
                assert_int_equal(vips_max(out, &most, NULL), 0);
                if (least < value || most > value) {
                    fail_msg("%d of %d bytes, %s: %g to %g", value, bytes, ways[i], least, most);
                }
                image_release(&out);
            }
            image_release(&in);
        }
    }
}

static uint8_t speckles(int x, int y, int band)
{
    const unsigned mixed = ((unsigned)x * 2654435761u) ^ ((unsigned)y * 40503u + (unsigned)band);
    return (uint8_t)((mixed * mixed) >> 13);
}

/* One result, whether the image lies in memory, is a part of another, or is still to be computed;
 * with vector loops and without. */
static void test_bytes_do_not_depend_on_the_way(void **state)
{
    (void)state;
    for (int bands = 1; bands <= 3; bands += 2) {
        VipsImage *whole = image_drawn(400, 350, bands, speckles), *part = NULL, *copy = NULL;
        VipsImage *inverse = NULL, *again = NULL;
        assert_int_equal(vips_extract_area(whole, &part, 21, 9, 333, 301, NULL), 0);
        assert_int_equal(vips_invert(part, &inverse, NULL), 0);
        assert_int_equal(vips_invert(inverse, &again, NULL), 0);
        copy = computed(part);
        VipsImage *const ways[] = {copy, part, again, copy};
        VipsImage *made[4];
        const struct facts facts = facts_of(333, 301, bands);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(setenv("PICSET_CPU", i == 3 ? "c" : "auto", 1), 0);
            made[i] = stage_applied("resize", "{\"size\": \"201x170\", \"fit\": \"fill\"}", &facts,
                                    ways[i]);
            assert_true(image_difference(made[0], made[i]) == 0);
        }
        assert_int_equal(setenv("PICSET_CPU", "auto", 1), 0);
        for (int i = 0; i < 4; i++) {
            image_release(&made[i]);
        }
        image_release(&again);
        image_release(&inverse);
        image_release(&copy);
        image_release(&part);
        image_release(&whole);
    }
}

static bool stop_at_once(const struct flow *flow)
{
    (void)flow;
    return true;
}

static void test_stops_and_fails(void **state)
{
    (void)state;
    VipsImage *in = image_drawn(90, 80, 3, speckles), *out = NULL;
    const struct facts facts = facts_of(90, 80, 3);
    const struct planned planned =
        stage_planned(group_arena, "resize", "{\"width\": 40}", &facts, NULL);
    const struct flow flow = {.stop = stop_at_once};
    struct error error = {0};
    assert_int_equal(image_run(&planned.steps[0], &flow, in, &out, &error), STATUS_INTERRUPTED);
    assert_null(out);
    for (long n = 1; n <= 12; n++) {
        const struct flow calm = {0};
        error_clear(&error);
        memory_fail_at(n, 0);
        assert_int_equal(image_run(&planned.steps[0], &calm, in, &out, &error), STATUS_FAILED);
        memory_fail_at(0, 0);
        assert_null(out);
        assert_string_equal(error.message, "out of memory");
    }
    image_release(&in);
}

/* ---- Against a direct resize ----------------------------------------------------------------- */

/* The truth: one Lanczos step with no box before it, in float, since the 8-bit kernels of libvips
 * 8.14 are themselves no nearer to it than 45 dB. */
static VipsImage *direct(VipsImage *in, int width, int height)
{
    VipsImage *precise = NULL, *scaled = NULL, *rounded = NULL;
    struct error error = {0};
    assert_int_equal(vips_cast(in, &precise, VIPS_FORMAT_FLOAT, NULL), 0);
    assert_int_equal(vips_resize(precise, &scaled, (double)width / in->Xsize, "vscale",
                                 (double)height / in->Ysize, "gap", 0.0, NULL),
                     0);
    assert_int_equal(raster_round(scaled, in, &rounded, &error), STATUS_OK);
    VipsImage *out = computed(rounded);
    image_release(&rounded);
    image_release(&scaled);
    image_release(&precise);
    return out;
}

/* Decibels and SSIMULACRA2 against the truth. */
static void assert_near(const char *what, VipsImage *truth, VipsImage *out, double psnr,
                        double score)
{
    struct comparison found;
    struct error error = {0};
    assert_int_equal(comparison_make(truth, out, &found, &error), STATUS_OK);
    if (found.psnr < psnr || found.score < score) {
        fail_msg("%s at %dx%d: %.1f dB, score %.1f", what, out->Xsize, out->Ysize, found.psnr,
                 found.score);
    }
}

/* From 2^n times the width down by halves, each from the one before, as the planner's pyramid does.
 */
static void check_pyramid(const char *name, VipsImage *in)
{
    VipsImage *above = image_share(in);
    struct facts facts = facts_of(in->Xsize, in->Ysize, in->Bands);
    for (int width = in->Xsize * 45 / 100, level = 0; level < 4 && width >= 80;
         width /= 2, level++) {
        char options[40];
        snprintf(options, sizeof options, "{\"width\": %d}", width);
        const struct planned planned = stage_planned(group_arena, "resize", options, &facts, NULL);
        facts = *planned_out(&planned);
        VipsImage *out = planned_run(&planned, above, NULL);
        VipsImage *truth = direct(in, out->Xsize, out->Ysize);
        assert_near(name, truth, out, 45, 90);
        image_release(&truth);
        image_release(&above);
        above = out;
    }
    image_release(&above);
}

static void test_pyramid_of_rings(void **state)
{
    (void)state;
    VipsImage *rings = image_zone_plate(1024);
    check_pyramid("rings", rings);
    image_release(&rings);
}

static void corpus_pictures(const char *folder, int most, void (*check)(const char *, VipsImage *))
{
    struct corpus corpus;
    struct corpus_file file;
    const struct limits limits = limits_default();
    if (!corpus_open(&corpus)) {
        skip();
    }
    for (int done = 0; done < most && corpus_next(&corpus, folder, &file);) {
        struct loading loading;
        if ((int64_t)file.width * file.height > 12000000) {
            continue;
        }
        loading_probe_file(&loading, file.path, &limits);
        VipsImage *in = loading.status == STATUS_OK ? loading_decode(&loading, NULL, 1) : NULL;
        if (in && in->Bands == 3 && in->BandFmt == VIPS_FORMAT_UCHAR) {
            check(file.name, in);
            done++;
        }
        if (in) {
            image_release(&in);
        }
        loading_end(&loading);
    }
    corpus_close(&corpus);
}

static void test_pyramid_of_photographs(void **state)
{
    (void)state;
    corpus_pictures("kodak/", 8, check_pyramid);
    corpus_pictures("photos/", 3, check_pyramid);
}

/* JPEGs decoded at 1/2, 1/4, 1/8 and then resized, against the resize of the whole image. */
static void test_shrunk_decode(void **state)
{
    (void)state;
    struct corpus corpus;
    struct corpus_file file;
    const struct limits limits = limits_default();
    int done = 0;
    if (!corpus_open(&corpus)) {
        skip();
    }
    while (done < 4 && corpus_next(&corpus, "photos/", &file)) {
        struct loading loading;
        if (strcmp(file.format, "jpeg") != 0 || (int64_t)file.width * file.height > 12000000) {
            continue;
        }
        loading_probe_file(&loading, file.path, &limits);
        assert_int_equal(loading.status, STATUS_OK);
        VipsImage *whole = loading_decode(&loading, NULL, 1);
        assert_non_null(whole);
        for (int shrink = 2; shrink <= 8 && whole->Bands == 3; shrink *= 2) {
            char options[40];
            snprintf(options, sizeof options, "{\"width\": %d}",
                     loading.facts.width / (2 * shrink));
            VipsImage *small = loading_decode(&loading, NULL, 1.0 / shrink);
            assert_non_null(small);
            assert_true(abs(small->Xsize - loading.facts.width / shrink) <= 1);
            VipsImage *out = stage_applied("resize", options, &loading.facts, small);
            VipsImage *truth = stage_applied("resize", options, &loading.facts, whole);
            assert_near(file.name, truth, out, 42, 87);
            image_release(&truth);
            image_release(&out);
            image_release(&small);
        }
        image_release(&whole);
        loading_end(&loading);
        done++;
    }
    corpus_close(&corpus);
}

/* Whatever the side and the share: the image leaves its share of the box on no side, not even by
 * half a pixel, and takes no two pixels less than it might. */
static void test_safe_zone(void **state)
{
    static const char *const shares[] = {"66/108", "80%", "22/24", "0.999"};
    static const double values[] = {66.0 / 108, 0.8, 22.0 / 24, 0.999};
    const struct facts icon = facts_of(1024, 1024, 4), wide = facts_of(1024, 300, 4);
    (void)state;
    assert_plan("resize", "{\"size\": 432, \"fit\": \"contain\", \"content\": \"66/108\"}", &icon,
                "resize 264x264 | pad 432x432 transparent");
    assert_plan("resize", "{\"size\": 162, \"fit\": \"contain\", \"content\": \"66/108\"}", &icon,
                "resize 98x98 | pad 162x162 transparent");
    assert_plan(
        "resize",
        "{\"size\": 162, \"fit\": \"contain\", \"content\": \"66/108\", \"gravity\": \"west\"}",
        &icon, "resize 99x99 | pad 162x162 transparent west");
    assert_plan("resize", "{\"size\": 432, \"fit\": \"contain\", \"content\": \"66/108\"}", &wide,
                "resize 264x77 | pad 432x432 transparent, warning: the image fills 29 % of "
                "the square");
    assert_refused("resize", "{\"size\": 432, \"content\": 0.5}",
                   "'content' leaves a margin: it wants 'fit' contain");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        for (int side = 4; side < 1000; side += 7) {
            char options[100];
            snprintf(options, sizeof options,
                     "{\"size\": %d, \"fit\": \"contain\", \"content\": \"%s\"}", side, shares[i]);
            const struct planned planned =
                stage_planned(group_arena, "resize", options, &icon, NULL);
            const int inner = planned.steps[0].out.width, left = planned.steps[1].choice.left;
            assert_int_equal(planned_out(&planned)->width, side);
            const double zone = side * values[i], margin = (side - zone) / 2;
            assert_true(left >= margin - 1e-6 && left + inner <= side - margin + 1e-6);
            assert_true(inner > zone - 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_never_larger_unless_told),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_need_leaves_twice_the_size),
        cmocka_unit_test(test_family_and_identity),
        cmocka_unit_test(test_a_plain_colour_fills_the_box),
        cmocka_unit_test(test_no_fringe_around_alpha),
        cmocka_unit_test(test_linear_light),
        cmocka_unit_test(test_an_even_colour_stays),
        cmocka_unit_test(test_an_even_colour_stays_at_any_factor),
        cmocka_unit_test(test_bytes_do_not_depend_on_the_way),
        cmocka_unit_test(test_stops_and_fails),
        cmocka_unit_test(test_pyramid_of_rings),
        cmocka_unit_test(test_pyramid_of_photographs),
        cmocka_unit_test(test_safe_zone),
        cmocka_unit_test(test_shrunk_decode),
    };
    return GROUP_RUN(tests);
}
