/* SPDX-License-Identifier: MIT
 * flatten: puts a see-through image on a colour and drops its alpha channel. */
#include "image.h"
#include "raster.h"

struct flatten_options {
    struct colour colour;
};

static const struct option flatten_options[] = {
    {.name = "colour",
     OPT_COLOUR(struct flatten_options, colour),
     .def = "#ffffff",
     .help = "the colour behind the image: opaque, or dominant"},
    {0},
};

static enum status flatten_check(const void *fields, struct error *error)
{
    const struct flatten_options *options = fields;
    if (options->colour.kind == COLOUR_NONE || colour_sees_through(options->colour)) {
        return error_set(error, STATUS_USAGE, "'colour' must be opaque, like #ffffff, or dominant");
    }
    return STATUS_OK;
}

static enum status flatten_plan(const void *fields, const struct plan_context *context,
                                const struct facts *in, struct facts *out, struct choice *choice,
                                struct error *error)
{
    const struct flatten_options *options = fields;
    if (!in->alpha) {
        choice->skip = "already opaque";
        return STATUS_OK;
    }
    out->alpha = out->alpha_used = false;
    out->bands = in->bands - 1;
    if (in->plain && options->colour.kind == COLOUR_PLAIN) {
        const uint8_t behind[3] = {options->colour.red, options->colour.green,
                                   options->colour.blue};
        for (int i = 0; i < 3; i++) {
            const int alpha = in->colour[3];
            out->colour[i] =
                (uint8_t)((in->colour[i] * alpha + behind[i] * (255 - alpha) + 127) / 255);
        }
        out->colour[3] = 255;
    }
    if (in->space == SPACE_GREY && colour_has_hue(options->colour)) {
        out->space = SPACE_SRGB;
        out->bands = 3;
        out->profile = false;
    }
    struct buffer words = {0};
    buffer_text(&words, "on ");
    colour_words(&words, options->colour);
    choice->detail = arena_text(context->arena, buffer_string(&words));
    const bool failed = buffer_failed(&words) || !choice->detail;
    buffer_free(&words);
    return failed ? error_memory(error) : STATUS_OK;
}

static enum status flatten_run(const struct step *step, const struct flow *flow, VipsImage *in,
                               VipsImage **out, struct error *error)
{
    const struct flatten_options *options = step->options;
    struct facts facts = step->out;
    facts.alpha = options->colour.kind == COLOUR_DOMINANT;
    VipsImage *coloured = NULL, *pixels = NULL;
    double ink[RASTER_BANDS];
    enum status status = STATUS_OK;
    if (step->out.bands == 3 && step->in.bands == 2) {
        status = raster_to_rgb(in, true, &coloured, error);
    } else {
        coloured = image_share(in);
    }
    if (status == STATUS_OK && options->colour.kind == COLOUR_DOMINANT) {
        facts.bands++;
        status = image_compute(coloured, flow, &pixels, error);
    } else if (status == STATUS_OK) {
        pixels = image_share(coloured);
    }
    if (status == STATUS_OK) {
        status = raster_ink(&facts, options->colour, pixels, ink, error);
    }
    if (status == STATUS_OK) {
        VipsArrayDouble *background = vips_array_double_new(ink, step->out.bands);
        if (vips_flatten(pixels, out, "background", background, "max_alpha", raster_max(pixels),
                         NULL) != 0) {
            status = image_error(error, STATUS_FAILED, "the image cannot be flattened");
        }
        vips_area_unref(VIPS_AREA(background));
    }
    image_release(&pixels);
    image_release(&coloured);
    return status;
}

const struct stage stage_flatten = {
    .name = "flatten",
    .summary = "put a see-through image on a colour",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_RGB,
    .gives = WANTS_OPAQUE,
    .whole_strip = true,
    .options = flatten_options,
    .options_size = sizeof(struct flatten_options),
    .check = flatten_check,
    .plan = flatten_plan,
    .need = need_same,
    .run = flatten_run,
};
