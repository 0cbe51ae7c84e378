/* SPDX-License-Identifier: MIT
 * solid: one colour in the image's place, of its size: a background layer. */
#include "image.h"
#include "raster.h"

struct solid_options {
    struct colour colour;
};

static const struct option solid_options[] = {
    {.name = "colour",
     OPT_COLOUR(struct solid_options, colour),
     .def = "dominant",
     .help = "the colour; dominant is the one that covers most of the image"},
    {0},
};

static enum status solid_check(const void *fields, struct error *error)
{
    const struct solid_options *options = fields;
    if (options->colour.kind == COLOUR_NONE) {
        return error_set(error, STATUS_USAGE,
                         "'colour' must be like #rrggbb, transparent or dominant");
    }
    return STATUS_OK;
}

static enum status solid_plan(const void *fields, const struct plan_context *context,
                              const struct facts *in, struct facts *out, struct choice *choice,
                              struct error *error)
{
    const struct solid_options *options = fields;
    if (in->plain) {
        choice->skip = "a plain colour";
        return STATUS_OK;
    }
    if (in->space == SPACE_GREY && colour_has_hue(options->colour)) {
        out->space = SPACE_SRGB;
        out->profile = false;
    }
    out->alpha = out->alpha_used = colour_sees_through(options->colour);
    out->alpha_measured = true;
    out->bands = (out->space == SPACE_GREY ? 1 : 3) + (out->alpha ? 1 : 0);
    struct buffer words = {0};
    colour_words(&words, options->colour);
    choice->detail = arena_text(context->arena, buffer_string(&words));
    const bool failed = buffer_failed(&words) || !choice->detail;
    buffer_free(&words);
    return failed ? error_memory(error) : STATUS_OK;
}

static enum status solid_run(const struct step *step, const struct flow *flow, VipsImage *in,
                             VipsImage **out, struct error *error)
{
    const struct solid_options *options = step->options;
    const bool promoted = step->in.space == SPACE_GREY && step->out.space != SPACE_GREY;
    VipsImage *pixels = NULL, *filled = NULL;
    double ink[RASTER_BANDS];
    enum status status;
    if (options->colour.kind == COLOUR_DOMINANT) {
        status = image_compute(in, flow, &pixels, error);
        if (status == STATUS_OK) {
            status = raster_ink(&step->in, options->colour, pixels, ink, error);
        }
    } else {
        status = raster_ink(&step->out, options->colour, in, ink, error);
    }
    if (status == STATUS_OK) {
        const VipsInterpretation rgb = in->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_RGB16
                                                                         : VIPS_INTERPRETATION_sRGB;
        filled = vips_image_new_from_image(in, ink, step->out.bands);
        if (!filled ||
            vips_copy(filled, out, "interpretation", promoted ? rgb : in->Type, NULL) != 0) {
            status = image_error(error, STATUS_FAILED, "the colour cannot be spread");
        }
    }
    image_release(&filled);
    image_release(&pixels);
    return status;
}

const struct stage stage_solid = {
    .name = "solid",
    .summary = "one colour in the image's place",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_RGB,
    .options = solid_options,
    .options_size = sizeof(struct solid_options),
    .check = solid_check,
    .plan = solid_plan,
    .need = need_same,
    .run = solid_run,
};
