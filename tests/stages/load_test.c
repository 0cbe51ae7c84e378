/* SPDX-License-Identifier: MIT
 * The stage itself: what it plans, how small it lets a decoder make the image, and what comes out,
 * on images that libvips' own savers make here. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

#include "load/load.h"
#include "loading.h"

static struct limits limits;

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    limits = limits_default();
    return image_library_start(&error) == STATUS_OK ? 0 : -1;
}

/* A horizontal ramp, so that a shrunk decode can be told from a cropped one. */
static VipsImage *ramp(int width, int height, int bands)
{
    VipsImage *grey = NULL, *out = NULL;
    assert_int_equal(vips_grey(&grey, width, height, "uchar", TRUE, NULL), 0);
    VipsImage *parts[4] = {grey, grey, grey, grey};
    assert_int_equal(vips_bandjoin(parts, &out, bands, NULL), 0);
    VipsImage *typed = NULL;
    assert_int_equal(vips_copy(out, &typed, "interpretation",
                               bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
                               NULL),
                     0);
    g_object_unref(grey);
    g_object_unref(out);
    return typed;
}

/* `frames` images one under the other, each of them darker or lighter than the last. */
static VipsImage *strip(int width, int height, int frames)
{
    VipsImage *all = ramp(height * frames, width, 3), *turned = NULL, *out = NULL;
    assert_int_equal(vips_rot(all, &turned, VIPS_ANGLE_D90, NULL), 0);
    assert_int_equal(vips_copy(turned, &out, NULL), 0);
    g_object_unref(turned);
    vips_image_set_int(out, "page-height", height);
    g_object_unref(all);
    return out;
}

static void save(struct loading *loading, VipsImage *image, const char *suffix)
{
    void *bytes = NULL;
    size_t size = 0;
    assert_int_equal(vips_image_write_to_buffer(image, suffix, &bytes, &size, NULL), 0);
    g_object_unref(image);
    loading_probe(loading, bytes, size, &limits);
    assert_error_text(&loading->error, STATUS_OK, "");
    g_free(bytes);
}

static double at(VipsImage *image, int x, int y, int band)
{
    double *values = NULL;
    int count = 0;
    assert_int_equal(vips_getpoint(image, &values, &count, x, y, NULL), 0);
    assert_true(band < count);
    double value = values[band];
    g_free(values);
    return value;
}

static void test_decodes_each_format(void **state)
{
    (void)state;
    static const struct {
        const char *suffix;
        int bands;
        enum format format;
        enum space space;
        double tolerance;
    } cases[] = {
        {".jpg", 3, FORMAT_JPEG, SPACE_SRGB, 4},
        {".jpg", 1, FORMAT_JPEG, SPACE_GREY, 4},
        {".png", 3, FORMAT_PNG, SPACE_SRGB, 0},
        {".png", 2, FORMAT_PNG, SPACE_GREY, 0},
        {".png", 4, FORMAT_PNG, SPACE_SRGB, 0},
        {".webp[lossless]", 3, FORMAT_WEBP, SPACE_SRGB, 0},
        {".webp", 3, FORMAT_WEBP, SPACE_SRGB, 6},
        {".gif", 3, FORMAT_GIF, SPACE_SRGB, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loading loading;
        save(&loading, ramp(256, 16, cases[i].bands), cases[i].suffix);
        assert_int_equal(loading.facts.format, cases[i].format);
        assert_int_equal(loading.facts.space, cases[i].space);
        VipsImage *image = loading_decode(&loading, NULL, 1);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(image_width(image), 256);
        assert_int_equal(image_height(image), 16);
        assert_int_equal(image->Bands, loading.facts.bands);
        /* libvips' GIF saver may name a transparent colour that no pixel has */
        assert_in_range(image->Bands, cases[i].bands,
                        cases[i].bands + (cases[i].format == FORMAT_GIF));
        assert_int_equal(image->BandFmt, VIPS_FORMAT_UCHAR);
        for (int x = 0; x < 256; x += 51) {
            double value = at(image, x, 8, 0);
            assert_true(value >= x - cases[i].tolerance && value <= x + cases[i].tolerance);
        }
        image_release(&image);
        loading_end(&loading);
    }
}

static void test_decodes_small_depths(void **state)
{
    (void)state;
    static const char *const suffixes[] = {".png[bitdepth=1]", ".png[bitdepth=2]",
                                           ".png[bitdepth=4]", ".png[palette]", ".png[interlace]"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        for (int bands = 1; bands <= 3; bands += 2) {
            struct loading loading;
            save(&loading, ramp(64, 8, bands), suffixes[i]);
            VipsImage *image = loading_decode(&loading, NULL, 1);
            assert_error_text(&loading.error, STATUS_OK, "");
            assert_int_equal(image->BandFmt, VIPS_FORMAT_UCHAR);
            assert_int_equal(image->Bands, loading.facts.bands);
            assert_true(at(image, 0, 0, 0) < 100);
            assert_true(at(image, 63, 0, 0) > 150);
            image_release(&image);
            loading_end(&loading);
        }
    }
}

static void test_sixteen_bits(void **state)
{
    (void)state;
    struct loading loading;
    VipsImage *small = ramp(64, 8, 3), *large = NULL;
    assert_int_equal(vips_colourspace(small, &large, VIPS_INTERPRETATION_RGB16, NULL), 0);
    g_object_unref(small);
    save(&loading, large, ".png");
    assert_int_equal(loading.facts.bits, 16);
    VipsImage *image = loading_decode(&loading, NULL, 1);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(image->BandFmt, VIPS_FORMAT_USHORT);
    assert_true(at(image, 63, 0, 0) > 65000);
    image_release(&image);
    loading_end(&loading);
}

static void test_frames(void **state)
{
    (void)state;
    static const char *const suffixes[] = {".gif", ".webp[lossless]"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        struct loading loading;
        save(&loading, strip(40, 30, 3), suffixes[i]);
        assert_int_equal(loading.facts.frames, 3);
        assert_int_equal(loading.facts.height, 30);
        VipsImage *first = loading_decode(&loading, NULL, 1);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(first->Ysize, 30);
        VipsImage *all = loading_decode(&loading, "{\"frames\": \"all\"}", 1);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(all->Ysize, 90);
        assert_int_equal(image_frames(all), 3);
        image_release(&first);
        image_release(&all);
        loading_end(&loading);
    }
}

static enum status plan(const struct load_options *options, const struct facts *in,
                        const struct source *source, struct arena *arena, struct facts *out,
                        struct choice *choice)
{
    struct error error = {0};
    struct plan_context context = {.arena = arena, .limits = &limits, .source = source};
    *out = *in;
    *choice = (struct choice){0};
    return stage_load.plan(options, &context, in, out, choice, &error);
}

static void test_plans_frames(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct facts out, in = {.width = 9, .height = 9, .frames = 12, .orientation = 1};
    struct choice choice;
    assert_int_equal(plan(&(struct load_options){.page = 0}, &in, NULL, arena, &out, &choice), 0);
    assert_int_equal(out.frames, 1);
    assert_string_equal(choice.detail, "frame 1 of 12");
    assert_int_equal(plan(&(struct load_options){.page = 11}, &in, NULL, arena, &out, &choice), 0);
    assert_string_equal(choice.detail, "frame 12 of 12");
    assert_null(choice.warning);
    assert_int_equal(plan(&(struct load_options){.page = 12}, &in, NULL, arena, &out, &choice), 0);
    assert_string_equal(choice.detail, "frame 12 of 12");
    assert_string_equal(choice.warning, "'page' is 12, the last frame is 11");
    assert_int_equal(
        plan(&(struct load_options){.frames = FRAMES_ALL}, &in, NULL, arena, &out, &choice), 0);
    assert_int_equal(out.frames, 12);
    assert_string_equal(choice.detail, "all frames");
    in.frames = 1;
    struct source source = {.container = {.icc_damaged = true}};
    assert_int_equal(plan(&(struct load_options){.page = 3}, &in, &source, arena, &out, &choice),
                     0);
    assert_int_equal(out.frames, 1);
    assert_null(choice.detail);
    assert_string_equal(choice.warning, "the embedded ICC profile is damaged and not used");
    arena_free(arena);
}

/* The largest decoder step that still leaves what is needed, and never a side of nothing. */
static void test_shrink(void **state)
{
    (void)state;
    static const struct {
        enum format format;
        int width, height, frames;
        double scale;
        int shrink;
    } cases[] = {
        {FORMAT_JPEG, 4000, 3000, 1, 1, 1},     {FORMAT_JPEG, 4000, 3000, 1, 0.501, 1},
        {FORMAT_JPEG, 4000, 3000, 1, 0.5, 2},   {FORMAT_JPEG, 4000, 3000, 1, 0.26, 2},
        {FORMAT_JPEG, 4000, 3000, 1, 0.25, 4},  {FORMAT_JPEG, 4000, 3000, 1, 0.125, 8},
        {FORMAT_JPEG, 4000, 3000, 1, 0.001, 8}, {FORMAT_JPEG, 3, 3000, 1, 0.001, 2},
        {FORMAT_JPEG, 1, 1, 1, 0.001, 1},       {FORMAT_JPEG, 4001, 3001, 1, 0.5001, 2},
        {FORMAT_WEBP, 4000, 3000, 1, 0.25, 4},  {FORMAT_WEBP, 4000, 3000, 2, 0.25, 1},
        {FORMAT_PNG, 4000, 3000, 1, 0.125, 1},  {FORMAT_GIF, 4000, 3000, 1, 0.125, 1},
        {FORMAT_AVIF, 4000, 3000, 1, 0.125, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct step step = {.in = {.format = cases[i].format,
                                   .width = cases[i].width,
                                   .height = cases[i].height,
                                   .frames = cases[i].frames}};
        assert_int_equal(load_shrink(&step.in, cases[i].scale), cases[i].shrink);
        assert_true(stage_load.need(&step, cases[i].scale) == 1.0 / cases[i].shrink);
    }
}

static void test_shrinks_while_decoding(void **state)
{
    (void)state;
    static const char *const suffixes[] = {".jpg", ".webp", ".webp[lossless]"};
    static const int sides[][2] = {{1024, 512}, {1001, 333}, {9, 17}, {8, 8}, {1, 1}, {1, 500}};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        for (size_t k = 0; k < sizeof sides / sizeof *sides; k++) {
            for (int shrink = 1; shrink <= 8; shrink *= 2) {
                struct loading loading;
                save(&loading, ramp(sides[k][0], sides[k][1], 3), suffixes[i]);
                VipsImage *image = loading_decode(&loading, NULL, 1.0 / shrink);
                assert_error_text(&loading.error, STATUS_OK, "");
                int real = load_shrink(&loading.facts, 1.0 / shrink);
                int width = sides[k][0] / real, height = sides[k][1] / real;
                assert_in_range(image_width(image), width, width + 1);
                assert_in_range(image_height(image), height, height + 1);
                if (width > 100) {
                    assert_true(at(image, width / 2, 0, 0) > 115 &&
                                at(image, width / 2, 0, 0) < 140);
                }
                image_release(&image);
                loading_end(&loading);
            }
        }
    }
}

static void test_fail_on(void **state)
{
    (void)state;
    void *bytes = NULL;
    size_t size = 0;
    VipsImage *image = ramp(400, 300, 3);
    assert_int_equal(vips_image_write_to_buffer(image, ".jpg", &bytes, &size, NULL), 0);
    g_object_unref(image);
    struct loading loading;
    loading_probe(&loading, bytes, size / 2, &limits);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_null(loading_decode(&loading, NULL, 1));
    assert_int_equal(loading.error.status, STATUS_REFUSED);
    error_clear(&loading.error);
    image = loading_decode(&loading, "{\"fail-on\": \"none\"}", 1);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(image_height(image), 300);
    image_release(&image);
    loading_end(&loading);
    g_free(bytes);
}

static void test_only_the_profile_stays(void **state)
{
    (void)state;
    VipsImage *plain = ramp(64, 64, 3), *image = NULL;
    VipsBlob *p3 = NULL;
    assert_int_equal(vips_copy(plain, &image, NULL), 0);
    g_object_unref(plain);
    assert_int_equal(vips_profile_load("p3", &p3, NULL), 0);
    size_t size = 0;
    const void *icc = vips_blob_get(p3, &size);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, icc, size);
    vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, "<x:xmpmeta/>", 12);
    vips_image_set_int(image, VIPS_META_ORIENTATION, 6);
    vips_area_unref(VIPS_AREA(p3));
    struct loading loading;
    save(&loading, image, ".jpg");
    assert_int_equal(loading.facts.space, SPACE_P3);
    assert_true(loading.facts.profile);
    assert_int_equal(loading.facts.orientation, 6);
    assert_int_equal(loading.source.container.xmp.size, 12);
    VipsImage *decoded = loading_decode(&loading, NULL, 1);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_not_equal(vips_image_get_typeof(decoded, VIPS_META_ICC_NAME), 0);
    assert_int_equal(vips_image_get_typeof(decoded, VIPS_META_XMP_NAME), 0);
    assert_int_equal(vips_image_get_typeof(decoded, VIPS_META_EXIF_NAME), 0);
    assert_int_equal(vips_image_get_typeof(decoded, VIPS_META_ORIENTATION), 0);
    image_release(&decoded);
    loading_end(&loading);
}

static void test_plain_colour(void **state)
{
    (void)state;
    for (int alpha = 0; alpha < 2; alpha++) {
        struct error error = {0};
        struct load_options options = {0};
        struct step step = {.stage = &stage_load, .options = &options};
        struct flow flow = {.limits = &limits};
        VipsImage *pixel = NULL;
        step.in = step.out = (struct facts){.plain = true, .alpha = alpha, .colour = {1, 2, 3, 4}};
        assert_int_equal(stage_load.run(&step, &flow, NULL, &pixel, &error), STATUS_OK);
        assert_int_equal(pixel->Xsize * pixel->Ysize, 1);
        assert_int_equal(pixel->Bands, alpha ? 4 : 3);
        assert_true(at(pixel, 0, 0, alpha ? 3 : 2) == (alpha ? 4 : 3));
        image_release(&pixel);
    }
}

static void test_says_what_it_cannot_read(void **state)
{
    (void)state;
    struct loading loading;
    loading_probe(&loading, "II*\0\x08\0\0\0", 8, &limits);
    assert_error_text(&loading.error, STATUS_UNSUPPORTED,
                      "holds a TIFF image; picset reads JPEG, PNG, WebP, GIF and AVIF");
    loading_end(&loading);
    loading_probe(&loading, "", 0, &limits);
    assert_error_text(&loading.error, STATUS_UNSUPPORTED,
                      "holds nothing; picset reads JPEG, PNG, WebP, GIF and AVIF");
    loading_end(&loading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes_each_format),
        cmocka_unit_test(test_decodes_small_depths),
        cmocka_unit_test(test_sixteen_bits),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_plans_frames),
        cmocka_unit_test(test_shrink),
        cmocka_unit_test(test_shrinks_while_decoding),
        cmocka_unit_test(test_fail_on),
        cmocka_unit_test(test_only_the_profile_stays),
        cmocka_unit_test(test_plain_colour),
        cmocka_unit_test(test_says_what_it_cannot_read),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
