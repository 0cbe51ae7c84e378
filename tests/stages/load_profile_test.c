/* SPDX-License-Identifier: MIT
 * ICC profiles by their kind: profiles that lcms2 makes, crafted damage, and the corpus' profiles.
 */
#include "support.h"

#include <lcms2.h>
#include <stdio.h>
#include <string.h>

#include "corpus.h"
#include "load/profile.h"
#include "memory.h"

static const cmsCIExyY d65 = {0.3127, 0.3290, 1};
static const cmsCIExyYTRIPLE srgb = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
static const cmsCIExyYTRIPLE p3 = {{0.68, 0.32, 1}, {0.265, 0.69, 1}, {0.15, 0.06, 1}};
static const cmsCIExyYTRIPLE adobe = {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};

static enum profile_kind kind_of(cmsHPROFILE profile)
{
    cmsUInt32Number size = 0;
    assert_non_null(profile);
    assert_true(cmsSaveProfileToMem(profile, NULL, &size));
    uint8_t *bytes = memory_alloc(size);
    assert_non_null(bytes);
    assert_true(cmsSaveProfileToMem(profile, bytes, &size));
    cmsCloseProfile(profile);
    enum profile_kind kind = profile_kind((struct span){bytes, size});
    for (cmsUInt32Number cut = 0; cut < size; cut += 7) {
        assert_int_equal(profile_kind((struct span){bytes, cut}), PROFILE_DAMAGED);
    }
    memory_free(bytes);
    return kind;
}

static enum profile_kind matrix_kind(const cmsCIExyYTRIPLE *primaries, cmsToneCurve *curve)
{
    cmsToneCurve *curves[3] = {curve, curve, curve};
    enum profile_kind kind = kind_of(cmsCreateRGBProfile(&d65, primaries, curves));
    cmsFreeToneCurve(curve);
    return kind;
}

static cmsToneCurve *srgb_parametric(void)
{
    const cmsFloat64Number numbers[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    return cmsBuildParametricToneCurve(NULL, 4, numbers);
}

static cmsToneCurve *srgb_table(size_t count)
{
    static cmsUInt16Number table[4096];
    cmsToneCurve *curve = srgb_parametric();
    for (size_t i = 0; i < count; i++) {
        double y =
            cmsEvalToneCurveFloat(curve, (cmsFloat32Number)((double)i / (double)(count - 1)));
        table[i] = (cmsUInt16Number)(y * 65535 + 0.5);
    }
    cmsFreeToneCurve(curve);
    return cmsBuildTabulatedToneCurve16(NULL, (cmsUInt32Number)count, table);
}

static void test_matrix_profiles(void **state)
{
    (void)state;
    assert_int_equal(kind_of(cmsCreate_sRGBProfile()), PROFILE_SRGB);
    assert_int_equal(matrix_kind(&srgb, srgb_parametric()), PROFILE_SRGB);
    assert_int_equal(matrix_kind(&srgb, srgb_table(1024)), PROFILE_SRGB);
    assert_int_equal(matrix_kind(&srgb, srgb_table(64)), PROFILE_SRGB);
    assert_int_equal(matrix_kind(&srgb, cmsBuildGamma(NULL, 2.2)), PROFILE_RGB);
    assert_int_equal(matrix_kind(&srgb, cmsBuildGamma(NULL, 1.0)), PROFILE_RGB);
    assert_int_equal(matrix_kind(&p3, srgb_parametric()), PROFILE_P3);
    assert_int_equal(matrix_kind(&p3, srgb_table(1024)), PROFILE_P3);
    assert_int_equal(matrix_kind(&p3, cmsBuildGamma(NULL, 2.6)), PROFILE_RGB);
    assert_int_equal(matrix_kind(&adobe, cmsBuildGamma(NULL, 563.0 / 256)), PROFILE_RGB);
    assert_int_equal(matrix_kind(&adobe, srgb_parametric()), PROFILE_RGB);
}

static void test_other_spaces(void **state)
{
    (void)state;
    cmsToneCurve *curve = cmsBuildGamma(NULL, 2.2);
    assert_int_equal(kind_of(cmsCreateGrayProfile(cmsD50_xyY(), curve)), PROFILE_GREY);
    cmsFreeToneCurve(curve);
    assert_int_equal(kind_of(cmsCreateLab4Profile(NULL)), PROFILE_OTHER);
    assert_int_equal(kind_of(cmsCreateInkLimitingDeviceLink(cmsSigCmykData, 300)), PROFILE_CMYK);
}

/* What the corpus' own names say. */
static void test_corpus(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum profile_kind kind;
    } cases[] = {
        {"Compact-ICC-Profiles__sRGB-v4.icc", PROFILE_SRGB},
        {"Compact-ICC-Profiles__sRGB-v2-micro.icc", PROFILE_SRGB},
        {"Compact-ICC-Profiles__DisplayP3-v2-magic.icc", PROFILE_P3},
        {"Compact-ICC-Profiles__DisplayP3-v2-micro.icc", PROFILE_P3},
        {"Compact-ICC-Profiles__AdobeCompat-v4.icc", PROFILE_RGB},
        {"Compact-ICC-Profiles__DCI-P3-v4.icc", PROFILE_RGB},
        {"Compact-ICC-Profiles__ProPhoto-v4.icc", PROFILE_RGB},
        {"Compact-ICC-Profiles__sGrey-v4.icc", PROFILE_GREY},
        {"libvips__cmyk.icm", PROFILE_CMYK},
    };
    struct corpus corpus;
    struct corpus_file file;
    size_t seen = 0;
    if (!corpus_open(&corpus)) {
        skip();
    }
    while (corpus_next(&corpus, "icc/", &file)) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            if (strcmp(file.name + 4, cases[i].name) == 0) {
                struct source source;
                struct error error = {0};
                struct limits limits = limits_default();
                assert_int_equal(source_read(&source, file.path, &limits, &error), STATUS_OK);
                print_message("%s\n", file.name);
                assert_int_equal(profile_kind((struct span){source.bytes, source.size}),
                                 cases[i].kind);
                source_release(&source);
                seen++;
            }
        }
    }
    corpus_close(&corpus);
    assert_int_equal(seen, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix_profiles),
        cmocka_unit_test(test_other_spaces),
        cmocka_unit_test(test_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
