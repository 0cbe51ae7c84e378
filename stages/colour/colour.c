/* SPDX-License-Identifier: MIT
 * colour: brings the image into a known colour space and depth through ICC profiles: its own, or a
 * built-in one where it has none. Alpha is no colour and goes past the transform. */
#include <string.h>

#include "image.h"
#include "raster.h"

enum target { TARGET_SRGB, TARGET_P3, TARGET_GREY, TARGET_KEEP };
enum depth { DEPTH_8, DEPTH_16 };
enum broken { BROKEN_ASSUME, BROKEN_REFUSE };

struct colour_options {
    int to, depth, intent, broken_profile;
};

static const char *const to_names[] = {"srgb", "p3", "grey", "keep", NULL};
static const char *const depth_names[] = {"8", "16", NULL};
static const char *const intent_names[] = {"perceptual", "relative", "saturation", "absolute",
                                           NULL};
static const VipsIntent intents[] = {VIPS_INTENT_PERCEPTUAL, VIPS_INTENT_RELATIVE,
                                     VIPS_INTENT_SATURATION, VIPS_INTENT_ABSOLUTE};
static const char *const broken_names[] = {"assume", "refuse", NULL};

static const struct option colour_options[] = {
    {.name = "to",
     OPT_ENUM(struct colour_options, to),
     .def = "srgb",
     .names = to_names,
     .help = "the colour space; srgb leaves grey images one band; keep changes the depth only"},
    {.name = "depth",
     OPT_ENUM(struct colour_options, depth),
     .def = "8",
     .names = depth_names,
     .unit = "bits",
     .help = "bits of each sample"},
    {.name = "intent",
     OPT_ENUM(struct colour_options, intent),
     .def = "relative",
     .names = intent_names,
     .help = "what happens to colours that the target lacks; relative compensates the black point"},
    {.name = "broken-profile",
     OPT_ENUM(struct colour_options, broken_profile),
     .def = "assume",
     .names = broken_names,
     .help = "where the embedded profile cannot be used: take the image as srgb (or plain cmyk), "
             "with a warning, or refuse it"},
    {0},
};

/* ---- Profiles ------------------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool signature_is(const uint8_t *bytes, const char *signature)
{
    return memcmp(bytes, signature, 4) == 0;
}

/* Header and tag table, ICC.1:2022 sections 7.2 and 7.3: enough to know whether a transform can be
 * tried at all. */
static bool profile_whole(struct span icc)
{
    enum { HEADER = 128, TAG = 12, TAGS_AT_MOST = 200 };
    if (icc.size < HEADER + 4 || big_endian(icc.bytes) > icc.size ||
        !signature_is(icc.bytes + 36, "acsp") ||
        !(signature_is(icc.bytes + 20, "XYZ ") || signature_is(icc.bytes + 20, "Lab "))) {
        return false;
    }
    const uint32_t tags = big_endian(icc.bytes + HEADER);
    if (tags == 0 || tags > TAGS_AT_MOST || HEADER + 4 + (size_t)tags * TAG > icc.size) {
        return false;
    }
    for (uint32_t i = 0; i < tags; i++) {
        const uint8_t *tag = icc.bytes + HEADER + 4 + (size_t)i * TAG;
        const uint64_t end = (uint64_t)big_endian(tag + 4) + big_endian(tag + 8);
        if (end > icc.size) {
            return false;
        }
    }
    return true;
}

static bool profile_fits(struct span icc, const struct facts *facts)
{
    const char *signature = facts->space == SPACE_GREY   ? "GRAY"
                            : facts->space == SPACE_CMYK ? "CMYK"
                                                         : "RGB ";
    return signature_is(icc.bytes + 16, signature);
}

/* NULL: the embedded profile can be used, or there is none. */
static const char *profile_fault(const struct plan_context *context, const struct facts *in)
{
    if (!in->profile || !context->source || !context->source->container.icc.bytes) {
        return NULL;
    }
    const struct span icc = context->source->container.icc;
    if (!profile_whole(icc)) {
        return "the embedded colour profile is broken";
    }
    return profile_fits(icc, in) ? NULL : "the embedded colour profile is for other channels";
}

/* ---- The plan ------------------------------------------------------------------------------- */

static int depth_bits(const struct colour_options *options)
{
    return options->depth == DEPTH_16 ? 16 : 8;
}

/* Whether the samples stand for the target's colours already, whatever their depth. */
static bool space_holds(const struct colour_options *options, const struct facts *in)
{
    const bool plain_grey = in->space == SPACE_GREY && !in->profile;
    switch ((enum target)options->to) {
    case TARGET_SRGB:
        return in->space == SPACE_SRGB || plain_grey;
    case TARGET_P3:
        return in->space == SPACE_P3 || plain_grey;
    case TARGET_GREY:
        return plain_grey;
    case TARGET_KEEP:
        break;
    }
    return true;
}

static void facts_coloured(const struct colour_options *options, const struct facts *in,
                           struct facts *out)
{
    out->bits = depth_bits(options);
    if (space_holds(options, in)) {
        return;
    }
    const bool grey = options->to == TARGET_GREY || in->space == SPACE_GREY;
    out->space = grey ? SPACE_GREY : options->to == TARGET_P3 ? SPACE_P3 : SPACE_SRGB;
    out->bands = (grey ? 1 : 3) + (in->alpha ? 1 : 0);
    out->profile = out->space == SPACE_P3;
    out->icc = out->profile ? hash_bytes("p3", 2) : (struct hash){0};
}

static enum status plan_words(const struct colour_options *options,
                              const struct plan_context *context, const struct facts *in,
                              const struct facts *out, bool usable, struct choice *choice,
                              struct error *error)
{
    const char *depth = in->bits == out->bits ? "" : out->bits == 16 ? ", 16-bit" : ", 8-bit";
    if (space_holds(options, in)) {
        choice->detail = out->bits == 16 ? "to 16-bit" : "to 8-bit";
        return STATUS_OK;
    }
    const bool own = in->profile && usable;
    const char *assumed = in->space == SPACE_CMYK ? "'cmyk'" : space_name(in->space);
    if (!own && in->space == SPACE_PROFILE) {
        assumed = "srgb";
    }
    choice->detail = arena_format(context->arena, "from %s to %s%s", own ? "its profile" : assumed,
                                  space_name(out->space), depth);
    return choice->detail ? STATUS_OK : error_memory(error);
}

static enum status colour_plan(const void *fields, const struct plan_context *context,
                               const struct facts *in, struct facts *out, struct choice *choice,
                               struct error *error)
{
    const struct colour_options *options = fields;
    const char *fault = space_holds(options, in) ? NULL : profile_fault(context, in);
    if (fault && options->broken_profile == BROKEN_REFUSE) {
        return error_set(error, STATUS_REFUSED, "%s", fault);
    }
    if (fault) {
        choice->warning = arena_format(context->arena, "%s: taken as %s", fault,
                                       in->space == SPACE_CMYK ? "plain cmyk" : "srgb");
        if (!choice->warning) {
            return error_memory(error);
        }
    }
    facts_coloured(options, in, out);
    if (space_holds(options, in) && in->bits == out->bits) {
        choice->skip =
            arena_format(context->arena, "already %s",
                         options->to == TARGET_KEEP ? out->bits == 16 ? "16-bit" : "8-bit"
                                                    : space_name(in->space));
        return choice->skip ? STATUS_OK : error_memory(error);
    }
    return plan_words(options, context, in, out, fault == NULL, choice, error);
}

/* ---- The run -------------------------------------------------------------------------------- */

/* The built-in profile of what has none of its own. */
static const char *assumed_profile(const struct facts *in)
{
    return in->space == SPACE_CMYK ? "cmyk" : in->space == SPACE_P3 ? "p3" : "srgb";
}

static enum status without_profile(VipsImage *in, VipsImage **out, struct error *error)
{
    if (vips_copy(in, out, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "the image cannot be copied");
    }
    vips_image_remove(*out, VIPS_META_ICC_NAME);
    return STATUS_OK;
}

/* Colour bands only, to RGB of the target with `bits` a sample. */
static enum status transform(const struct step *step, VipsImage *in, const char *target, int bits,
                             VipsImage **out, struct error *error)
{
    const struct colour_options *options = step->options;
    VipsImage *source = NULL;
    enum status status = STATUS_OK;
    if (step->choice.warning) {
        status = without_profile(in, &source, error);
    } else {
        source = image_share(in);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (vips_icc_transform(source, out, target, "embedded", TRUE, "input_profile",
                           assumed_profile(&step->in), "intent", intents[options->intent],
                           "black_point_compensation", TRUE, "pcs", VIPS_PCS_XYZ, "depth", bits,
                           NULL) != 0) {
        status = image_error(error, STATUS_REFUSED, "the colour profile cannot be applied");
    }
    image_release(&source);
    return status;
}

/* Luminance of RGB colours in sRGB, in the samples' own depth. */
static enum status luminance(VipsImage *in, VipsImage **out, struct error *error)
{
    const VipsInterpretation type =
        in->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    if (in->Bands == 1) {
        *out = image_share(in);
        return STATUS_OK;
    }
    if (vips_colourspace(in, out, type, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "grey cannot be made");
    }
    return STATUS_OK;
}

static enum status first_band(VipsImage *in, VipsImage **out, struct error *error)
{
    const VipsInterpretation type =
        in->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    VipsImage *band = NULL;
    if (vips_extract_band(in, &band, 0, NULL) != 0 ||
        vips_copy(band, out, "interpretation", type, NULL) != 0) {
        image_release(&band);
        return image_error(error, STATUS_FAILED, "grey cannot be made");
    }
    image_release(&band);
    return STATUS_OK;
}

/* Colour bands without alpha, through profiles or what stands for them, to the planned bands. */
static enum status convert(const struct step *step, VipsImage *in, VipsImage **out,
                           struct error *error)
{
    const struct facts *from = &step->in, *to = &step->out;
    const struct colour_options *options = step->options;
    VipsImage *rgb = NULL, *one = NULL;
    enum status status;
    if (from->space == SPACE_OTHER) {
        const VipsInterpretation type =
            to->bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
        status = vips_colourspace(in, &rgb, type, NULL) == 0
                     ? STATUS_OK
                     : image_error(error, STATUS_REFUSED, "the colour space cannot be converted");
    } else if (from->space == SPACE_SRGB ||
               (from->space == SPACE_GREY && (!from->profile || step->choice.warning))) {
        if (options->to == TARGET_P3 && from->space == SPACE_SRGB) {
            status = transform(step, in, "p3", to->bits, &rgb, error);
        } else {
            status = raster_depth(in, to->bits, &rgb, error);
        }
    } else {
        status = transform(step, in, to->space == SPACE_P3 ? "p3" : "srgb", to->bits, &rgb, error);
    }
    if (status == STATUS_OK && to->space == SPACE_GREY) {
        status =
            from->space == SPACE_GREY ? first_band(rgb, &one, error) : luminance(rgb, &one, error);
    } else if (status == STATUS_OK) {
        one = image_share(rgb);
    }
    if (status == STATUS_OK && to->space != SPACE_P3) {
        status = without_profile(one, out, error);
    } else if (status == STATUS_OK) {
        *out = image_share(one);
    }
    image_release(&one);
    image_release(&rgb);
    return status;
}

static enum status with_alpha(VipsImage *colours, VipsImage *in, int bits, VipsImage **out,
                              struct error *error)
{
    VipsImage *band = NULL, *alpha = NULL;
    enum status status = STATUS_OK;
    if (vips_extract_band(in, &band, in->Bands - 1, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "alpha cannot be kept");
    }
    status = raster_depth(band, bits, &alpha, error);
    if (status == STATUS_OK && vips_bandjoin2(colours, alpha, out, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "alpha cannot be kept");
    }
    image_release(&alpha);
    image_release(&band);
    return status;
}

static enum status colour_run(const struct step *step, const struct flow *flow, VipsImage *in,
                              VipsImage **out, struct error *error)
{
    const bool alpha = step->in.alpha;
    (void)flow;
    if (space_holds(step->options, &step->in)) {
        return raster_depth(in, step->out.bits, out, error);
    }
    VipsImage *bands = NULL, *colours = NULL;
    if (vips_extract_band(in, &bands, 0, "n", in->Bands - (alpha ? 1 : 0), NULL) != 0) {
        return image_error(error, STATUS_FAILED, "colour and alpha cannot be parted");
    }
    enum status status = convert(step, bands, &colours, error);
    if (status == STATUS_OK && alpha) {
        status = with_alpha(colours, in, step->out.bits, out, error);
    } else if (status == STATUS_OK) {
        *out = image_share(colours);
    }
    image_release(&colours);
    image_release(&bands);
    return status;
}

const struct stage stage_colour = {
    .name = "colour",
    .summary = "bring the image into a known colour space and depth",
    .kind = STAGE_PIXELS,
    .version = 1,
    .gives = WANTS_RGB | WANTS_8BIT,
    .whole_strip = true,
    .options = colour_options,
    .options_size = sizeof(struct colour_options),
    .plan = colour_plan,
    .need = need_same,
    .run = colour_run,
};
