/* SPDX-License-Identifier: MIT
 * monochrome: one colour whose alpha draws the image: its silhouette, its light, or what stands out
 * from its background. For icons that the system tints. */
#include <math.h>

#include "image.h"
#include "raster.h"

enum drawn { DRAWN_CONTRAST, DRAWN_ALPHA, DRAWN_LUMINANCE };

struct monochrome_options {
    int from;
    struct colour colour;
    bool invert;
};

static const char *const from_names[] = {"contrast", "alpha", "luminance", NULL};

static const struct option monochrome_options[] = {
    {.name = "from",
     OPT_ENUM(struct monochrome_options, from),
     .def = "contrast",
     .names = from_names,
     .help = "what becomes opaque: contrast, what is brighter or darker than the dominant colour, "
             "while the rest of a see-through image shows faintly; alpha, all that the image "
             "covers; luminance, what is bright"},
    {.name = "colour",
     OPT_COLOUR(struct monochrome_options, colour),
     .def = "#ffffff",
     .help = "the one colour"},
    {.name = "invert",
     OPT_BOOL(struct monochrome_options, invert),
     .def = "false",
     .help = "the other way round: with luminance what is dark is drawn"},
    {0},
};

static enum status monochrome_check(const void *fields, struct error *error)
{
    const struct monochrome_options *options = fields;
    if (options->colour.kind != COLOUR_PLAIN || options->colour.alpha < 255) {
        return error_set(error, STATUS_USAGE, "'colour' must be opaque, like #ffffff");
    }
    return STATUS_OK;
}

static enum status monochrome_plan(const void *fields, const struct plan_context *context,
                                   const struct facts *in, struct facts *out, struct choice *choice,
                                   struct error *error)
{
    const struct monochrome_options *options = fields;
    if (in->plain) {
        return error_set(error, STATUS_USAGE, "a plain colour has nothing to draw");
    }
    const bool hue = colour_has_hue(options->colour);
    choice->asked_alpha = options->from == DRAWN_CONTRAST && in->alpha;
    out->space = hue ? SPACE_SRGB : SPACE_GREY;
    out->bands = hue ? 4 : 2;
    out->profile = false;
    out->icc = (struct hash){0};
    out->alpha = out->alpha_used = true;
    struct buffer words = {0};
    colour_words(&words, options->colour);
    choice->detail = arena_format(context->arena, "%s by its %s%s", buffer_string(&words),
                                  from_names[options->from], options->invert ? ", inverted" : "");
    const bool failed = buffer_failed(&words) || !choice->detail;
    buffer_free(&words);
    return failed ? error_memory(error) : STATUS_OK;
}

/* ---- The run -------------------------------------------------------------------------------- */

/* One band, 0..1. */
static enum status band_share(VipsImage *in, int band, double max, VipsImage **out,
                              struct error *error)
{
    VipsImage *alone = NULL;
    const int failed = vips_extract_band(in, &alone, band, NULL) != 0 ||
                       vips_linear1(alone, out, 1 / max, 0, NULL) != 0;
    image_release(&alone);
    return failed ? image_error(error, STATUS_FAILED, "a band cannot be taken out") : STATUS_OK;
}

/* Luminance with the curve of sRGB, as one band of the samples' depth. */
static enum status luminance_of(VipsImage *in, VipsImage **out, struct error *error)
{
    const VipsInterpretation type =
        in->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    VipsImage *colours = NULL;
    const int failed = vips_extract_band(in, &colours, 0, "n", in->Bands > 2 ? 3 : 1, NULL) != 0 ||
                       (in->Bands > 2 ? vips_colourspace(colours, out, type, NULL)
                                      : vips_copy(colours, out, NULL)) != 0;
    image_release(&colours);
    return failed ? image_error(error, STATUS_FAILED, "grey cannot be made") : STATUS_OK;
}

/* The light that covers most of what is visible, 0..1. `alpha` may be NULL. */
static enum status light_dominant(VipsImage *light, VipsImage *alpha, double max, double *out,
                                  struct error *error)
{
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 3);
    uint8_t dominant[3] = {0};
    enum status status = STATUS_OK;
    if (!alpha) {
        t[2] = image_share(light);
    } else if (vips_linear1(alpha, &t[0], max, 0.5, NULL) != 0 ||
               vips_cast(t[0], &t[1], light->BandFmt, NULL) != 0 ||
               vips_bandjoin2(light, t[1], &t[2], NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the dominant light cannot be found");
    }
    if (status == STATUS_OK) {
        status = raster_dominant(t[2], alpha != NULL, dominant, error);
    }
    *out = dominant[0] / 255.0;
    g_object_unref(scope);
    return status;
}

/* How far the light is from the dominant one: `faint` up to a quarter of the way, for shades of
 * what is dominant, and 1 where the farthest is visible. Of an image of one light all is to be
 * seen: 1 everywhere. `alpha` may be NULL. */
static enum status contrast_of(VipsImage *light, VipsImage *alpha, double max, double faint,
                               VipsImage **out, struct error *error)
{
    const double flat = 1 / 16.0; /* as the boxes of the dominant colour are wide */
    const double shade = 0.25, rise = (1 - faint) / (1 - shade);
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 6);
    double dominant = 0, farthest = 0;
    enum status status = light_dominant(light, alpha, max, &dominant, error);
    if (status == STATUS_OK &&
        (vips_linear1(light, &t[0], 1 / max, -dominant, NULL) != 0 ||
         vips_abs(t[0], &t[1], NULL) != 0 ||
         (alpha ? vips_multiply(t[1], alpha, &t[2], NULL) : vips_copy(t[1], &t[2], NULL)) != 0 ||
         vips_max(t[2], &farthest, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "contrast cannot be found");
    }
    if (status != STATUS_OK) {
        goto out;
    }
    if (farthest <= flat) {
        status = vips_linear1(t[1], out, 0, 1, NULL) != 0
                     ? image_error(error, STATUS_FAILED, "contrast cannot be found")
                     : STATUS_OK;
        goto out;
    }
    /* x + |x| is twice x, or nothing below zero. */
    if (vips_linear1(t[1], &t[3], 1 / farthest, -shade, NULL) != 0 ||
        vips_abs(t[3], &t[4], NULL) != 0 || vips_add(t[3], t[4], &t[5], NULL) != 0 ||
        vips_linear1(t[5], out, rise / 2, faint, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "contrast cannot be found");
    }
out:
    g_object_unref(scope);
    return status;
}

/* What is drawn, 0..1; `alpha` is NULL where the image has none. */
static enum status drawing_of(const struct step *step, VipsImage *in, VipsImage *alpha,
                              VipsImage **out, struct error *error)
{
    const struct monochrome_options *options = step->options;
    const enum drawn drawn = (enum drawn)options->from;
    const double max = raster_max(in);
    /* A see-through image has lost its background already: what is dominant is part of it. */
    const double faint = step->in.alpha && step->in.alpha_used ? 0.4 : 0;
    VipsImage *light = NULL, *share = NULL, *turned = NULL;
    enum status status = luminance_of(in, &light, error);
    if (status == STATUS_OK && drawn == DRAWN_CONTRAST) {
        status = contrast_of(light, alpha, max, faint, &share, error);
    } else if (status == STATUS_OK && drawn == DRAWN_LUMINANCE) {
        status = band_share(light, 0, max, &share, error);
    } else if (status == STATUS_OK && alpha) {
        share = image_share(alpha);
    } else if (status == STATUS_OK && vips_linear1(light, &share, 0, 1, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "a silhouette cannot be made");
    }
    if (status == STATUS_OK && vips_linear1(share, &turned, options->invert ? -1 : 1,
                                            options->invert ? 1 : 0, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "a drawing cannot be inverted");
    }
    if (status == STATUS_OK && drawn != DRAWN_ALPHA && alpha) {
        status = vips_multiply(turned, alpha, out, NULL) != 0
                     ? image_error(error, STATUS_FAILED, "alpha cannot be multiplied in")
                     : STATUS_OK;
    } else if (status == STATUS_OK) {
        *out = image_share(turned);
    }
    image_release(&turned);
    image_release(&share);
    image_release(&light);
    return status;
}

/* The ink, with `share` as its alpha. */
static enum status ink_by(const struct step *step, const VipsImage *in, VipsImage *share,
                          VipsImage **out, struct error *error)
{
    const struct monochrome_options *options = step->options;
    const bool deep = in->BandFmt == VIPS_FORMAT_USHORT;
    const bool grey = step->out.space == SPACE_GREY;
    const VipsInterpretation type =
        grey   ? deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W
        : deep ? VIPS_INTERPRETATION_RGB16
               : VIPS_INTERPRETATION_sRGB;
    double ink[RASTER_BANDS], none[RASTER_BANDS] = {0};
    enum status status = raster_ink(&step->out, options->colour, NULL, ink, error);
    if (status != STATUS_OK) {
        return status;
    }
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 4);
    if (vips_linear(share, &t[0], none, ink, step->out.bands - 1, NULL) != 0 ||
        vips_linear1(share, &t[1], raster_max(in), 0.5, NULL) != 0 ||
        vips_bandjoin2(t[0], t[1], &t[2], NULL) != 0 ||
        vips_cast(t[2], &t[3], in->BandFmt, NULL) != 0 ||
        vips_copy(t[3], out, "interpretation", type, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the drawing cannot be made");
    }
    g_object_unref(scope);
    return status;
}

static enum status monochrome_run(const struct step *step, const struct flow *flow, VipsImage *in,
                                  VipsImage **out, struct error *error)
{
    VipsImage *pixels = NULL, *alpha = NULL, *share = NULL;
    enum status status = image_compute(in, flow, &pixels, error);
    if (status == STATUS_OK && step->in.alpha) {
        status = band_share(pixels, pixels->Bands - 1, raster_max(pixels), &alpha, error);
    }
    if (status == STATUS_OK) {
        status = drawing_of(step, pixels, alpha, &share, error);
    }
    if (status == STATUS_OK) {
        status = ink_by(step, pixels, share, out, error);
    }
    image_release(&share);
    image_release(&alpha);
    image_release(&pixels);
    return status;
}

const struct stage stage_monochrome = {
    .name = "monochrome",
    .summary = "draw the image in one colour by its alpha",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_RGB,
    .options = monochrome_options,
    .options_size = sizeof(struct monochrome_options),
    .check = monochrome_check,
    .plan = monochrome_plan,
    .need = need_same,
    .run = monochrome_run,
};
