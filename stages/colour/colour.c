/* SPDX-License-Identifier: MIT
 * colour: brings the image into a known colour space and depth through ICC profiles: its own, or a
 * built-in one where it has none. Alpha is no colour and goes past the transform. */
#include "image.h"
#include "raster.h"
#include "transform.h"

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

static struct span profile_embedded(const struct source *source, const struct facts *in)
{
    return in->profile && source ? source->container.icc : (struct span){0};
}

/* Whether there is a profile that cannot be used. */
static bool profile_broken(const struct source *source, const struct facts *in)
{
    const struct span icc = profile_embedded(source, in);
    return icc.bytes && in->space != SPACE_OTHER && !transform_possible(icc, in->space);
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
    const bool broken = !space_holds(options, in) && profile_broken(context->source, in);
    const char *fault = "the embedded colour profile cannot be used";
    if (broken && options->broken_profile == BROKEN_REFUSE) {
        return error_set(error, STATUS_REFUSED, "%s", fault);
    }
    if (broken) {
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
    return plan_words(options, context, in, out, !broken, choice, error);
}

/* ---- The run -------------------------------------------------------------------------------- */

static VipsInterpretation grey_type(const VipsImage *image)
{
    return image->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_GREY16
                                                : VIPS_INTERPRETATION_B_W;
}

/* Luminance of sRGB in the samples' own depth; alpha, the last band, passes. */
static enum status to_luminance(VipsImage *in, bool alpha, VipsImage **out, struct error *error)
{
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 3);
    enum status status = STATUS_OK;
    if (vips_extract_band(in, &t[0], 0, "n", 3, NULL) != 0 ||
        vips_colourspace(t[0], &t[1], grey_type(in), NULL) != 0 ||
        (alpha && vips_extract_band(in, &t[2], 3, NULL) != 0) ||
        (alpha ? vips_bandjoin2(t[1], t[2], out, NULL) : vips_copy(t[1], out, NULL)) != 0) {
        status = image_error(error, STATUS_FAILED, "grey cannot be made");
    }
    g_object_unref(scope);
    return status;
}

/* Lab, linear light and the like, which libvips knows by their interpretation. */
static enum status from_other(VipsImage *in, int bits, VipsImage **out, struct error *error)
{
    const VipsInterpretation type =
        bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    if (vips_colourspace(in, out, type, NULL) != 0) {
        return image_error(error, STATUS_REFUSED, "the colour space cannot be converted");
    }
    return STATUS_OK;
}

static enum status through_profiles(const struct step *step, VipsImage *in, VipsImage **out,
                                    struct error *error)
{
    const struct colour_options *options = step->options;
    struct transform wish = {.from = step->in.space,
                             .to = step->in.space == SPACE_GREY ? SPACE_GREY
                                   : options->to == TARGET_P3   ? SPACE_P3
                                                                : SPACE_SRGB,
                             .alpha = step->in.alpha,
                             .bits = step->out.bits,
                             .intent = options->intent};
    if (step->in.profile && !step->choice.warning) {
        const void *bytes = NULL;
        if (vips_image_get_typeof(in, VIPS_META_ICC_NAME) &&
            vips_image_get_blob(in, VIPS_META_ICC_NAME, &bytes, &wish.profile.size) == 0) {
            wish.profile.bytes = bytes;
        }
    }
    return transform_apply(&wish, in, out, error);
}

static enum status colour_run(const struct step *step, const struct flow *flow, VipsImage *in,
                              VipsImage **out, struct error *error)
{
    const struct facts *from = &step->in;
    (void)flow;
    if (space_holds(step->options, from)) {
        return raster_depth(in, step->out.bits, out, error);
    }
    VipsImage *coloured = NULL;
    enum status status;
    if (from->space == SPACE_OTHER) {
        status = from_other(in, step->out.bits, &coloured, error);
    } else if (from->space == SPACE_SRGB && step->out.space == SPACE_GREY) {
        status = raster_depth(in, step->out.bits, &coloured, error);
    } else {
        status = through_profiles(step, in, &coloured, error);
    }
    if (status == STATUS_OK && step->out.space == SPACE_GREY && from->space != SPACE_GREY) {
        status = to_luminance(coloured, from->alpha, out, error);
    } else if (status == STATUS_OK) {
        *out = image_share(coloured);
    }
    image_release(&coloured);
    return status;
}

const struct stage stage_colour = {
    .name = "colour",
    .summary = "bring the image into a known colour space and depth",
    .kind = STAGE_PIXELS,
    .version = 1,
    .gives = WANTS_RGB | WANTS_8BIT | WANTS_SRGB,
    .whole_strip = true,
    .options = colour_options,
    .options_size = sizeof(struct colour_options),
    .plan = colour_plan,
    .need = need_same,
    .run = colour_run,
};
