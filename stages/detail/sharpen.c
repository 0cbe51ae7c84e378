/* SPDX-License-Identifier: MIT
 * sharpen: unsharp masking of the lightness alone, so that edges get no coloured seams. Colour
 * hidden under alpha does not reach what is seen. */
#include "image.h"
#include "raster.h"

struct sharpen_options {
    double sigma, amount, flat, threshold, brighten, darken;
};

static const struct option sharpen_options[] = {
    {.name = "sigma",
     OPT_NUMBER(struct sharpen_options, sigma),
     .def = "0.5",
     .min = 0.3,
     .max = 10,
     .unit = "px",
     .help = "standard deviation of the Gaussian that tells detail from the rest"},
    {.name = "amount",
     OPT_NUMBER(struct sharpen_options, amount),
     .def = "3",
     .min = 0,
     .max = 20,
     .help = "how much detail above the threshold is raised"},
    {.name = "flat",
     OPT_NUMBER(struct sharpen_options, flat),
     .def = "0",
     .min = 0,
     .max = 20,
     .help = "how much detail below the threshold is raised"},
    {.name = "threshold",
     OPT_NUMBER(struct sharpen_options, threshold),
     .def = "2",
     .min = 0,
     .max = 100,
     .help = "lightness, of 100, at which detail begins"},
    {.name = "brighten",
     OPT_NUMBER(struct sharpen_options, brighten),
     .def = "10",
     .min = 0,
     .max = 100,
     .help = "lightness, of 100, that a pixel gains at most"},
    {.name = "darken",
     OPT_NUMBER(struct sharpen_options, darken),
     .def = "20",
     .min = 0,
     .max = 100,
     .help = "lightness, of 100, that a pixel loses at most"},
    {0},
};

static enum status sharpen_plan(const void *fields, const struct plan_context *context,
                                const struct facts *in, struct facts *out, struct choice *choice,
                                struct error *error)
{
    const struct sharpen_options *options = fields;
    (void)out;
    if (in->plain) {
        choice->skip = "a plain colour";
        return STATUS_OK;
    }
    if (options->amount == 0 && options->flat == 0) {
        choice->skip = "by nothing";
        return STATUS_OK;
    }
    choice->detail =
        arena_format(context->arena, "sigma %.4g, amount %.4g", options->sigma, options->amount);
    return choice->detail ? STATUS_OK : error_memory(error);
}

static enum status sharpen_colours(const struct sharpen_options *options, VipsImage *in,
                                   VipsImage **out, struct error *error)
{
    VipsImage *sharp = NULL;
    if (vips_sharpen(in, &sharp, "sigma", options->sigma, "x1", options->threshold, "y2",
                     options->brighten, "y3", options->darken, "m1", options->flat, "m2",
                     options->amount, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "the image cannot be sharpened");
    }
    const int failed = vips_cast(sharp, out, in->BandFmt, NULL);
    image_release(&sharp);
    return failed ? image_error(error, STATUS_FAILED, "the image cannot be sharpened") : STATUS_OK;
}

/* Colours with those under alpha replaced by what is seen nearby: in · a + near · (1 − a), where
 * near is the mean of the surroundings weighted by alpha. */
static enum status colours_seen(VipsImage *in, VipsImage **out, struct error *error)
{
    /* Wider than the widest reach of the sharpening Gaussian. */
    const double reach = 8;
    const int colours = in->Bands - 1;
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 12);
    enum status status = STATUS_OK;
    if (vips_premultiply(in, &t[0], "max_alpha", raster_max(in), NULL) != 0 ||
        vips_gaussblur(t[0], &t[1], reach, "precision", VIPS_PRECISION_FLOAT, NULL) != 0 ||
        vips_unpremultiply(t[1], &t[2], "max_alpha", raster_max(in), NULL) != 0 ||
        vips_extract_band(t[2], &t[3], 0, "n", colours, NULL) != 0 ||
        vips_extract_band(t[0], &t[4], 0, "n", colours, NULL) != 0 ||
        vips_extract_band(in, &t[5], colours, NULL) != 0 ||
        vips_linear1(t[5], &t[6], -1 / raster_max(in), 1, NULL) != 0 ||
        vips_multiply(t[3], t[6], &t[7], NULL) != 0 || vips_add(t[4], t[7], &t[8], NULL) != 0 ||
        vips_extract_band(in, &t[9], 0, "n", colours, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "hidden colour cannot be replaced");
    } else {
        status = raster_round(t[8], t[9], out, error);
    }
    g_object_unref(scope);
    return status;
}

static enum status sharpen_run(const struct step *step, const struct flow *flow, VipsImage *in,
                               VipsImage **out, struct error *error)
{
    (void)flow;
    if (!step->in.alpha) {
        return sharpen_colours(step->options, in, out, error);
    }
    VipsImage *seen = NULL, *sharp = NULL, *alpha = NULL;
    enum status status = colours_seen(in, &seen, error);
    if (status == STATUS_OK) {
        status = sharpen_colours(step->options, seen, &sharp, error);
    }
    if (status == STATUS_OK && (vips_extract_band(in, &alpha, in->Bands - 1, NULL) != 0 ||
                                vips_bandjoin2(sharp, alpha, out, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "alpha cannot be kept");
    }
    image_release(&alpha);
    image_release(&sharp);
    image_release(&seen);
    return status;
}

const struct stage stage_sharpen = {
    .name = "sharpen",
    .summary = "raise fine detail",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_RGB,
    .options = sharpen_options,
    .options_size = sizeof(struct sharpen_options),
    .plan = sharpen_plan,
    .run = sharpen_run,
};
