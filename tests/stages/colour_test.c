/* SPDX-License-Identifier: MIT
 * colour: profiles of every kind against transforms that lcms2 makes by itself; what has no profile
 * or a broken one; depth, grey and alpha. */
#include <stdlib.h>

#include <lcms2.h>

#include "colour/transform.h"
#include "corpus.h"
#include "loading.h"
#include "stage_group.h"

/* ---- Profiles and references ---------------------------------------------------------------- */

static void *profile_bytes(cmsHPROFILE profile, size_t *size)
{
    cmsUInt32Number count = 0;
    assert_true(cmsSaveProfileToMem(profile, NULL, &count));
    void *bytes = malloc(count);
    assert_non_null(bytes);
    assert_true(cmsSaveProfileToMem(profile, bytes, &count));
    *size = count;
    return bytes;
}

static cmsHPROFILE rgb_profile(const cmsCIExyYTRIPLE *primaries, double gamma)
{
    const cmsCIExyY white = {0.3127, 0.3290, 1};
    cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
    cmsToneCurve *curves[3] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, primaries, curves);
    cmsFreeToneCurve(curve);
    assert_non_null(profile);
    return profile;
}

static const cmsCIExyYTRIPLE adobe_primaries = {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};
static const cmsCIExyYTRIPLE p3_primaries = {
    {0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};

/* lcms2's own formats of `bands` samples, without alpha. */
static cmsUInt32Number lcms_format(cmsHPROFILE profile, int bands, int bytes)
{
    const int space = _cmsLCMScolorSpace(cmsGetColorSpace(profile));
    return (cmsUInt32Number)(COLORSPACE_SH(space) | CHANNELS_SH(bands) | BYTES_SH(bytes));
}

/* The image through lcms2 to sRGB with 8 bits: relative intent, black point compensated. */
static VipsImage *reference(const VipsImage *in, const void *icc, size_t icc_size)
{
    cmsHPROFILE from = cmsOpenProfileFromMem(icc, (cmsUInt32Number)icc_size);
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    assert_true(from && to);
    const int bytes = in->BandFmt == VIPS_FORMAT_USHORT ? 2 : 1;
    const size_t pixels = (size_t)in->Xsize * (size_t)in->Ysize;
    cmsUInt32Number in_format = lcms_format(from, in->Bands, bytes);
    if (in->Bands == 4) {
        in_format |= FLAVOR_SH(0);
    }
    cmsHTRANSFORM transform = cmsCreateTransform(
        from, in_format, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC,
        cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE);
    assert_non_null(transform);
    uint8_t *rgb = malloc(pixels * 3);
    assert_non_null(rgb);
    cmsDoTransform(transform, in->data, rgb, (cmsUInt32Number)pixels);
    VipsImage *out = vips_image_new_from_memory_copy(rgb, pixels * 3, in->Xsize, in->Ysize, 3,
                                                     VIPS_FORMAT_UCHAR);
    assert_non_null(out);
    free(rgb);
    cmsDeleteTransform(transform);
    cmsCloseProfile(to);
    cmsCloseProfile(from);
    return out;
}

/* Colours from all over the cube, grey and saturated ones too. */
static uint8_t cube(int x, int y, int band)
{
    const int steps[4] = {x % 16 * 17, y % 16 * 17, (x / 16 * 4 + y / 16) % 16 * 17, x * y % 256};
    return (uint8_t)steps[band];
}

static VipsImage *with_profile(VipsImage *in, const void *icc, size_t size, VipsInterpretation type)
{
    VipsImage *copy = NULL;
    assert_int_equal(vips_copy(in, &copy, "interpretation", type, NULL), 0);
    vips_image_set_blob_copy(copy, VIPS_META_ICC_NAME, icc, size);
    VipsImage *memory = vips_image_copy_memory(copy);
    assert_non_null(memory);
    image_release(&copy);
    return memory;
}

static VipsImage *deep(VipsImage *in)
{
    VipsImage *more = NULL, *cast = NULL;
    assert_int_equal(vips_linear1(in, &more, 257, 0, NULL), 0);
    assert_int_equal(vips_cast(more, &cast, VIPS_FORMAT_USHORT, NULL), 0);
    VipsImage *memory = vips_image_copy_memory(cast);
    image_release(&cast);
    image_release(&more);
    return memory;
}

/* Of 8-bit samples: the largest difference, the root of the mean square, the share beyond 3. */
struct distance {
    double most, rms, beyond;
};

static struct distance distance_of(const VipsImage *a, const VipsImage *b)
{
    struct distance distance = {image_difference(a, b), 0, 0};
    double sum = 0, beyond = 0;
    const double count = (double)a->Xsize * a->Ysize * a->Bands;
    for (int y = 0; y < a->Ysize && isfinite(distance.most); y++) {
        for (int x = 0; x < a->Xsize; x++) {
            for (int band = 0; band < a->Bands; band++) {
                const double off = image_sample(a, x, y, band) - image_sample(b, x, y, band);
                sum += off * off;
                beyond += fabs(off) > 3;
            }
        }
    }
    distance.rms = sqrt(sum / count);
    distance.beyond = beyond / count;
    return distance;
}

/* Profiles that hold tables are looked up in a coarser one, which lcms2 makes for speed: rare
 * colours at the edge of the gamut may be further off. */
static void assert_near(const char *name, const VipsImage *out, const VipsImage *truth, bool table)
{
    const struct distance distance = distance_of(out, truth);
    const bool near = table ? distance.rms <= 1 && distance.beyond <= 0.02 : distance.most <= 2;
    if (!near) {
        fail_msg("%s: up to %g of 255 away from lcms2, %.2f in the mean, %.2f %% beyond 3", name,
                 distance.most, distance.rms, 100 * distance.beyond);
    }
}

/* Through the stage and through lcms2. */
static void check_profile(const char *name, VipsImage *plain, const void *icc, size_t size,
                          enum space space, bool table)
{
    const bool is_deep = plain->BandFmt == VIPS_FORMAT_USHORT;
    const VipsInterpretation type =
        space == SPACE_CMYK   ? VIPS_INTERPRETATION_CMYK
        : space == SPACE_GREY ? is_deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W
        : is_deep             ? VIPS_INTERPRETATION_RGB16
                              : VIPS_INTERPRETATION_sRGB;
    VipsImage *in = with_profile(plain, icc, size, type);
    struct facts facts = facts_of(in->Xsize, in->Ysize, in->Bands);
    facts.space = space;
    facts.bits = is_deep ? 16 : 8;
    facts.alpha = facts.alpha_used = false;
    facts.profile = true;
    VipsImage *out = stage_applied("colour", "{}", &facts, in);
    VipsImage *truth = reference(in, icc, size);
    VipsImage *compared = NULL;
    assert_int_equal(vips_extract_band(truth, &compared, 0, "n", out->Bands, NULL), 0);
    VipsImage *memory = vips_image_copy_memory(compared);
    assert_near(name, out, memory, table);
    assert_int_equal(vips_image_get_typeof(out, VIPS_META_ICC_NAME), 0);
    image_release(&memory);
    image_release(&compared);
    image_release(&truth);
    image_release(&out);
    image_release(&in);
}

static void check_rgb(const char *name, cmsHPROFILE profile)
{
    size_t size = 0;
    void *icc = profile_bytes(profile, &size);
    VipsImage *eight = image_drawn(64, 64, 3, cube), *sixteen = deep(eight);
    check_profile(name, eight, icc, size, SPACE_PROFILE, false);
    check_profile(name, sixteen, icc, size, SPACE_PROFILE, false);
    image_release(&sixteen);
    image_release(&eight);
    free(icc);
    cmsCloseProfile(profile);
}

static void test_rgb_profiles(void **state)
{
    (void)state;
    check_rgb("adobe rgb", rgb_profile(&adobe_primaries, 2.19921875));
    check_rgb("display p3", rgb_profile(&p3_primaries, 2.2));
    check_rgb("srgb", cmsCreate_sRGBProfile());
}

static void test_grey_profile(void **state)
{
    (void)state;
    const cmsCIExyY white = {0.3457, 0.3585, 1};
    cmsToneCurve *curve = cmsBuildGamma(NULL, 1.8);
    cmsHPROFILE profile = cmsCreateGrayProfile(&white, curve);
    size_t size = 0;
    void *icc = profile_bytes(profile, &size);
    VipsImage *in = image_drawn(64, 64, 1, cube);
    check_profile("gamma 1.8", in, icc, size, SPACE_GREY, false);
    image_release(&in);
    free(icc);
    cmsCloseProfile(profile);
    cmsFreeToneCurve(curve);
}

static void test_cmyk_without_profile(void **state)
{
    (void)state;
    VipsBlob *blob = NULL;
    assert_int_equal(vips_profile_load("cmyk", &blob, NULL), 0);
    size_t size = 0;
    const void *icc = vips_blob_get(blob, &size);
    VipsImage *drawn = image_drawn(64, 64, 4, cube), *in = NULL;
    assert_int_equal(vips_copy(drawn, &in, "interpretation", VIPS_INTERPRETATION_CMYK, NULL), 0);
    struct facts facts = facts_of(64, 64, 4);
    facts.alpha = facts.alpha_used = false;
    facts.space = SPACE_CMYK;
    assert_plan("colour", "{}", &facts, "colour from 'cmyk' to srgb");
    VipsImage *out = stage_applied("colour", "{}", &facts, in);
    VipsImage *truth = reference(drawn, icc, size);
    assert_near("cmyk without a profile", out, truth, true);
    image_release(&truth);
    image_release(&out);
    check_profile("cmyk", drawn, icc, size, SPACE_CMYK, true);
    image_release(&in);
    image_release(&drawn);
    vips_area_unref(VIPS_AREA(blob));
}

static void test_corpus_profiles(void **state)
{
    struct corpus corpus;
    struct corpus_file file;
    const struct limits limits = limits_default();
    int checked = 0;
    (void)state;
    if (!corpus_open(&corpus)) {
        skip();
    }
    while (corpus_next(&corpus, "icc/", &file)) {
        struct loading loading;
        loading_probe_file(&loading, file.path, &limits);
        const struct span icc = loading.source.container.icc;
        const bool usable = loading.status == STATUS_OK && loading.facts.profile && icc.bytes &&
                            !loading.facts.alpha && loading.facts.space != SPACE_SRGB &&
                            (int64_t)file.width * file.height < 3000000;
        cmsHPROFILE profile =
            usable ? cmsOpenProfileFromMem(icc.bytes, (cmsUInt32Number)icc.size) : NULL;
        VipsImage *in = profile ? loading_decode(&loading, NULL, 1) : NULL;
        if (in && transform_possible(icc, loading.facts.space)) {
            check_profile(file.name, in, icc.bytes, icc.size, loading.facts.space,
                          loading.facts.space == SPACE_CMYK);
            checked++;
        }
        if (in) {
            image_release(&in);
        }
        if (profile) {
            cmsCloseProfile(profile);
        }
        loading_end(&loading);
    }
    corpus_close(&corpus);
    assert_true(checked >= 5);
}

/* ---- Without and with a broken profile --------------------------------------------------------
 */

static struct planned planned_with(const char *options, struct facts *facts, const void *icc,
                                   size_t size, struct source *source)
{
    *source = (struct source){0};
    source->container.icc = (struct span){icc, size};
    return stage_planned(group_arena, "colour", options, facts, &(struct given){.source = source});
}

static void test_broken_profile(void **state)
{
    (void)state;
    struct source source;
    struct facts facts = facts_of(64, 64, 3);
    facts.space = SPACE_PROFILE;
    facts.profile = true;
    size_t size = 0;
    cmsHPROFILE profile = rgb_profile(&adobe_primaries, 2.2);
    uint8_t *icc = profile_bytes(profile, &size);
    struct planned planned = planned_with("{}", &facts, icc, size, &source);
    assert_string_equal(planned_words(group_arena, &planned), "colour from its profile to srgb");
    planned = planned_with("{}", &facts, icc, size / 2, &source);
    assert_string_equal(planned_words(group_arena, &planned),
                        "colour from srgb to srgb, warning: the embedded colour profile cannot be "
                        "used: taken as srgb");
    VipsImage *drawn = image_drawn(64, 64, 3, cube);
    VipsImage *in = with_profile(drawn, icc, size / 2, VIPS_INTERPRETATION_sRGB);
    VipsImage *out = planned_run(&planned, in, NULL);
    assert_true(image_difference(out, drawn) <= 1);
    image_release(&out);
    image_release(&in);
    image_release(&drawn);
    planned = planned_with("{\"broken-profile\": \"refuse\"}", &facts, icc, size / 2, &source);
    assert_int_equal(planned.status, STATUS_REFUSED);
    assert_string_equal(planned.error.message, "the embedded colour profile cannot be used");
    memcpy(icc + 16, "GRAY", 4);
    planned = planned_with("{\"broken-profile\": \"refuse\"}", &facts, icc, size, &source);
    assert_string_equal(planned.error.message, "the embedded colour profile cannot be used");
    free(icc);
    cmsCloseProfile(profile);
}

static void test_words(void **state)
{
    (void)state;
    struct facts facts = facts_of(10, 10, 3);
    assert_plan("colour", "{}", &facts, "colour skipped: already srgb");
    assert_plan("colour", "{\"to\": \"p3\"}", &facts, "colour from srgb to p3");
    assert_plan("colour", "{\"to\": \"grey\"}", &facts, "colour from srgb to grey");
    assert_plan("colour", "{\"to\": \"keep\"}", &facts, "colour skipped: already 8-bit");
    facts.bits = 16;
    assert_plan("colour", "{}", &facts, "colour to 8-bit");
    assert_plan("colour", "{\"depth\": \"16\"}", &facts, "colour skipped: already srgb");
    facts.space = SPACE_PROFILE;
    facts.profile = true;
    assert_plan("colour", "{}", &facts, "colour from its profile to srgb, 8-bit");
    struct facts grey = facts_of(10, 10, 1);
    assert_plan("colour", "{}", &grey, "colour skipped: already grey");
}

/* ---- Depth, alpha, grey, p3 -------------------------------------------------------------------
 */

static void test_depth_rounds_to_nearest(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGBA16, 200, 3, 1);
    VipsImage *out = stage_applied("colour", "{}", &picture.facts, picture.image);
    for (int x = 0; x < 200; x++) {
        for (int band = 0; band < 4; band++) {
            const double exact = image_sample(picture.image, x, 1, band) / 257;
            assert_true(fabs(image_sample(out, x, 1, band) - exact) <= 0.5);
        }
    }
    struct facts facts = facts_of(200, 3, 4);
    VipsImage *again = stage_applied("colour", "{\"depth\": \"16\"}", &facts, out);
    assert_true(image_sample(again, 199, 1, 3) == 65535);
    assert_true(image_sample(again, 60, 1, 0) == 257 * image_sample(out, 60, 1, 0));
    image_release(&again);
    image_release(&out);
    picture_release(&picture);
}

static void test_alpha_is_no_colour(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGBA, 100, 20, 1);
    VipsImage *p3 = stage_applied("colour", "{\"to\": \"p3\"}", &picture.facts, picture.image);
    VipsImage *grey = stage_applied("colour", "{\"to\": \"grey\"}", &picture.facts, picture.image);
    assert_int_equal(p3->Bands, 4);
    assert_int_equal(grey->Bands, 2);
    for (int x = 0; x < 100; x++) {
        assert_true(image_sample(p3, x, 7, 3) == image_sample(picture.image, x, 7, 3));
        assert_true(image_sample(grey, x, 7, 1) == image_sample(picture.image, x, 7, 3));
    }
    image_release(&grey);
    image_release(&p3);
    picture_release(&picture);
}

/* There and back, with its profile attached in between; and what sRGB red is in Display P3
 * (CSS Color 4: 0.917488 0.200287 0.138561). */
static uint8_t red(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 0 ? 255 : 0;
}

static void test_display_p3(void **state)
{
    (void)state;
    VipsImage *drawn = image_drawn(64, 64, 3, cube), *one = image_drawn(2, 2, 3, red);
    struct facts facts = facts_of(64, 64, 3), small = facts_of(2, 2, 3);
    const struct planned planned =
        stage_planned(group_arena, "colour", "{\"to\": \"p3\", \"depth\": \"16\"}", &facts, NULL);
    assert_int_equal(planned_out(&planned)->space, SPACE_P3);
    assert_true(planned_out(&planned)->profile);
    VipsImage *p3 = planned_run(&planned, drawn, NULL);
    assert_true(vips_image_get_typeof(p3, VIPS_META_ICC_NAME) != 0);
    VipsImage *back = stage_applied("colour", "{}", planned_out(&planned), p3);
    assert_true(image_difference(back, drawn) <= 1);
    VipsImage *reddest = stage_applied("colour", "{\"to\": \"p3\"}", &small, one);
    assert_true(fabs(image_sample(reddest, 0, 0, 0) - 234) <= 1);
    assert_true(fabs(image_sample(reddest, 0, 0, 1) - 51) <= 2);
    assert_true(fabs(image_sample(reddest, 0, 0, 2) - 35) <= 2);
    image_release(&reddest);
    image_release(&back);
    image_release(&p3);
    image_release(&one);
    image_release(&drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rgb_profiles),
        cmocka_unit_test(test_grey_profile),
        cmocka_unit_test(test_cmyk_without_profile),
        cmocka_unit_test(test_corpus_profiles),
        cmocka_unit_test(test_broken_profile),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_depth_rounds_to_nearest),
        cmocka_unit_test(test_alpha_is_no_colour),
        cmocka_unit_test(test_display_p3),
    };
    return GROUP_RUN(tests);
}
