/* SPDX-License-Identifier: MIT
 * Colours through ICC profiles with lcms2 itself, from space to space in one step: libvips leaves
 * no choice of how exactly it is done, and drops profiles that it does not like without a word. */
#include "transform.h"

#include <lcms2.h>

#include "image.h"
#include "memory.h"

/* ---- Profiles ------------------------------------------------------------------------------- */

/* One of libvips' built-in profiles. */
static cmsHPROFILE profile_builtin(cmsContext context, const char *name)
{
    VipsBlob *blob = NULL;
    if (vips_profile_load(name, &blob, NULL) != 0 || !blob) {
        return NULL;
    }
    size_t size = 0;
    const void *bytes = vips_blob_get(blob, &size);
    cmsHPROFILE profile = cmsOpenProfileFromMemTHR(context, bytes, (cmsUInt32Number)size);
    vips_area_unref(VIPS_AREA(blob));
    return profile;
}

/* Grey with the curve of sRGB: what a grey image without a profile is taken for. */
static cmsHPROFILE profile_grey(cmsContext context)
{
    /* IEC 61966-2-1 as an ICC parametric curve of type 4. */
    const cmsFloat64Number srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    cmsToneCurve *curve = cmsBuildParametricToneCurve(context, 4, srgb);
    cmsHPROFILE profile = curve ? cmsCreateGrayProfileTHR(context, cmsD50_xyY(), curve) : NULL;
    if (curve) {
        cmsFreeToneCurve(curve);
    }
    return profile;
}

static cmsHPROFILE profile_of(cmsContext context, enum space space)
{
    switch (space) {
    case SPACE_CMYK:
        return profile_builtin(context, "cmyk");
    case SPACE_P3:
        return profile_builtin(context, "p3");
    case SPACE_GREY:
        return profile_grey(context);
    default:
        return cmsCreate_sRGBProfileTHR(context);
    }
}

static cmsColorSpaceSignature signature_of(enum space space)
{
    return space == SPACE_CMYK   ? cmsSigCmykData
           : space == SPACE_GREY ? cmsSigGrayData
                                 : cmsSigRgbData;
}

/* Samples as they lie in memory: ink, grey or RGB, alpha last. */
static cmsUInt32Number format_of(enum space space, bool alpha, int bits)
{
    const cmsUInt32Number bytes = (cmsUInt32Number)(bits == 16 ? 2 : 1);
    const cmsUInt32Number extra = alpha ? 1 : 0;
    const cmsUInt32Number kind = space == SPACE_CMYK   ? PT_CMYK
                                 : space == SPACE_GREY ? PT_GRAY
                                                       : PT_RGB;
    const cmsUInt32Number channels = space == SPACE_CMYK ? 4 : space == SPACE_GREY ? 1 : 3;
    return COLORSPACE_SH(kind) | EXTRA_SH(extra) | CHANNELS_SH(channels) | BYTES_SH(bytes);
}

/* ---- A transform ------------------------------------------------------------------------------
 */

struct engine {
    cmsContext context;
    cmsHTRANSFORM transform;
};

static void engine_free(void *data)
{
    struct engine *engine = data;
    if (engine->transform) {
        cmsDeleteTransform(engine->transform);
    }
    if (engine->context) {
        cmsDeleteContext(engine->context);
    }
    memory_free(engine);
}

static const cmsUInt32Number intents[] = {INTENT_PERCEPTUAL, INTENT_RELATIVE_COLORIMETRIC,
                                          INTENT_SATURATION, INTENT_ABSOLUTE_COLORIMETRIC};

/* 8-bit RGB between matrix profiles is computed, quickly and exactly. Everything else lcms2 would
 * put into a table: off by 9 of 255 at the edge of the gamut from 16 bits, by 21 for the profiles
 * of XYB JPEGs. It is kept for CMYK alone, whose profiles are tables already (0.6 in the mean, and
 * 0.1 s for a million pixels instead of 0.4 s). */
static cmsUInt32Number flags_of(const struct transform *wish, cmsHPROFILE from, int bits_in)
{
    const bool fast = bits_in == 8 && wish->bits == 8 && cmsIsMatrixShaper(from);
    const bool table = wish->from == SPACE_CMYK;
    return (table   ? cmsFLAGS_HIGHRESPRECALC
            : !fast ? cmsFLAGS_NOOPTIMIZE
                    : 0) |
           (wish->alpha ? cmsFLAGS_COPY_ALPHA : 0) |
           (wish->intent == TRANSFORM_RELATIVE ? cmsFLAGS_BLACKPOINTCOMPENSATION : 0);
}

/* NULL when the profile is of no use, or memory is short. A trial makes no table. */
static struct engine *engine_new(const struct transform *wish, int bits_in, bool trial)
{
    struct engine *engine = memory_zero(1, sizeof *engine);
    cmsHPROFILE from = NULL, to = NULL;
    if (!engine) {
        return NULL;
    }
    engine->context = cmsCreateContext(NULL, NULL);
    if (engine->context) {
        from = wish->profile.bytes ? cmsOpenProfileFromMemTHR(engine->context, wish->profile.bytes,
                                                              (cmsUInt32Number)wish->profile.size)
                                   : profile_of(engine->context, wish->from);
        to = profile_of(engine->context, wish->to);
    }
    if (from && to && cmsGetColorSpace(from) == signature_of(wish->from)) {
        engine->transform = cmsCreateTransformTHR(
            engine->context, from, format_of(wish->from, wish->alpha, bits_in), to,
            format_of(wish->to, wish->alpha, wish->bits), intents[wish->intent],
            trial ? cmsFLAGS_NOOPTIMIZE : flags_of(wish, from, bits_in));
    }
    if (from) {
        cmsCloseProfile(from);
    }
    if (to) {
        cmsCloseProfile(to);
    }
    if (!engine->transform) {
        engine_free(engine);
        return NULL;
    }
    return engine;
}

bool transform_possible(struct span profile, enum space from)
{
    const struct transform wish = {.profile = profile,
                                   .from = from,
                                   .to = from == SPACE_GREY ? SPACE_GREY : SPACE_SRGB,
                                   .bits = 16,
                                   .intent = TRANSFORM_RELATIVE};
    struct engine *engine = engine_new(&wish, 16, true);
    if (engine) {
        engine_free(engine);
    }
    return engine != NULL;
}

/* ---- As an operation of libvips ----------------------------------------------------------------
 */

static int transform_region(VipsRegion *out, void *sequence, void *unused, void *data,
                            gboolean *stop)
{
    VipsRegion *in = sequence;
    const struct engine *engine = data;
    const VipsRect *area = &out->valid;
    (void)unused;
    (void)stop;
    if (vips_region_prepare(in, area) != 0) {
        return -1;
    }
    for (int y = area->top; y < area->top + area->height; y++) {
        cmsDoTransform(engine->transform, VIPS_REGION_ADDR(in, area->left, y),
                       VIPS_REGION_ADDR(out, area->left, y), (cmsUInt32Number)area->width);
    }
    return 0;
}

static enum status profile_attach(const struct transform *wish, VipsImage *image,
                                  struct error *error)
{
    VipsBlob *blob = NULL;
    vips_image_remove(image, VIPS_META_ICC_NAME);
    if (wish->to != SPACE_P3) {
        return STATUS_OK;
    }
    if (vips_profile_load("p3", &blob, NULL) != 0 || !blob) {
        return image_error(error, STATUS_FAILED, "the profile of p3 is missing");
    }
    size_t size = 0;
    const void *bytes = vips_blob_get(blob, &size);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, bytes, size);
    vips_area_unref(VIPS_AREA(blob));
    return STATUS_OK;
}

enum status transform_apply(const struct transform *wish, VipsImage *in, VipsImage **out,
                            struct error *error)
{
    const int bits_in = in->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    const bool grey = wish->to == SPACE_GREY, deep = wish->bits == 16;
    struct engine *engine = engine_new(wish, bits_in, false);
    if (!engine) {
        return error_set(error, STATUS_REFUSED, "the colour profile cannot be applied");
    }
    VipsImage *image = vips_image_new();
    g_object_set_data_full(G_OBJECT(image), "picset-colours", engine, engine_free);
    g_object_set_data_full(G_OBJECT(image), "picset-source", image_share(in), g_object_unref);
    enum status status = STATUS_OK;
    if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, in, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "colours cannot be transformed");
        goto out;
    }
    image->Bands = (grey ? 1 : 3) + (wish->alpha ? 1 : 0);
    image->BandFmt = deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
    image->Type = grey   ? deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W
                  : deep ? VIPS_INTERPRETATION_RGB16
                         : VIPS_INTERPRETATION_sRGB;
    if (vips_image_generate(image, vips_start_one, transform_region, vips_stop_one, in, engine) !=
        0) {
        status = image_error(error, STATUS_FAILED, "colours cannot be transformed");
        goto out;
    }
    status = profile_attach(wish, image, error);
out:
    if (status == STATUS_OK) {
        *out = image_share(image);
    }
    image_release(&image);
    return status;
}
