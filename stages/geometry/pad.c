/* SPDX-License-Identifier: MIT
 * pad: puts the image on a larger canvas. Sides of the canvas are rounded up, so that the image
 * never takes more than its share of it. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "raster.h"

static const double aspect_most = 1.5; /* in a square; 3:2 is every photograph's */

static const struct option pad_options[] = {
    {.name = "size",
     OPT_SIZE(struct pad_options, size),
     .def = "0",
     .min = 1,
     .max = 65500,
     .unit = "px",
     .help = "size of the canvas; a free side is the image's"},
    {.name = "aspect",
     OPT_ASPECT(struct pad_options, aspect),
     .def = "",
     .help = "the smallest canvas of this aspect that holds the image"},
    {.name = "content",
     OPT_RATIO(struct pad_options, content),
     .def = "1",
     .min = 0.001,
     .max = 1,
     .help = "the share of the canvas' width and height that the image takes at most"},
    {.name = "colour",
     OPT_COLOUR(struct pad_options, colour),
     .def = "transparent",
     .help = "the canvas around the image; transparent adds an alpha channel"},
    {.name = "fill",
     OPT_ENUM(struct pad_options, fill),
     .def = "colour",
     .names = fill_names,
     .help = "what is around the image: the colour, or the image itself, enlarged and blurred"},
    {.name = "gravity",
     OPT_ENUM(struct pad_options, gravity),
     .def = "centre",
     .names = gravity_names,
     .help = "where the image stands; what is no point of the compass is the centre"},
    {0},
};

static bool has_aspect(const struct pad_options *options)
{
    return options->aspect.width > 0 && options->aspect.height > 0;
}

static enum status pad_check(const void *fields, struct error *error)
{
    const struct pad_options *options = fields;
    const bool sized = options->size.width || options->size.height;
    if (sized && (has_aspect(options) || options->content.value < 1)) {
        return error_set(error, STATUS_USAGE,
                         "'size' and 'aspect' or 'content' exclude each other");
    }
    if (!sized && !has_aspect(options) && options->content.value >= 1) {
        return error_set(error, STATUS_USAGE,
                         "a canvas is missing: give 'size', 'aspect' or 'content'");
    }
    return STATUS_OK;
}

/* Up to the next pixel, but for what the floating point of an exact quotient leaves over. */
static int side_up(double side)
{
    return (int)fmin(ceil(side - 1e-9 * side), 1e9);
}

static struct size pad_canvas(const struct pad_options *options, int width, int height)
{
    if (options->size.width || options->size.height) {
        return (struct size){options->size.width ? options->size.width : width,
                             options->size.height ? options->size.height : height};
    }
    struct size canvas = {side_up(width / options->content.value),
                          side_up(height / options->content.value)};
    if (has_aspect(options)) {
        const double across = options->aspect.width, down = options->aspect.height;
        if (canvas.width * down < canvas.height * across) {
            canvas.width = side_up(canvas.height * across / down);
        } else {
            canvas.height = side_up(canvas.width * down / across);
        }
    }
    return canvas;
}

/* ---- The plan ------------------------------------------------------------------------------- */

static void facts_padded(const struct pad_options *options, const struct facts *in,
                         struct facts *out)
{
    if (options->fill == FILL_BLUR) {
        return;
    }
    if (in->space == SPACE_GREY && colour_has_hue(options->colour)) {
        out->space = SPACE_SRGB;
        out->bands = in->alpha ? 4 : 3;
        out->profile = false;
    }
    if (colour_sees_through(options->colour)) {
        if (!in->alpha) {
            out->bands++;
        }
        out->alpha = out->alpha_used = true;
    }
}

static enum status plan_plain(const struct pad_options *options, struct facts *out,
                              struct choice *choice)
{
    if (!options->size.width || !options->size.height) {
        choice->skip = "a plain colour";
        return STATUS_OK;
    }
    out->plain = false;
    out->width = options->size.width;
    out->height = options->size.height;
    choice->detail = "of a plain colour";
    return STATUS_OK;
}

static enum status plan_words(const struct pad_options *options, const struct plan_context *context,
                              struct size canvas, struct choice *choice, struct error *error)
{
    struct buffer colour = {0};
    if (options->fill == FILL_BLUR) {
        buffer_text(&colour, "blurred");
    } else {
        colour_words(&colour, options->colour);
    }
    const bool corner = options->gravity < GRAVITY_FOCUS && options->gravity != GRAVITY_CENTRE;
    choice->detail = arena_format(context->arena, "%dx%d %s%s%s", canvas.width, canvas.height,
                                  buffer_string(&colour), corner ? " " : "",
                                  corner ? gravity_names[options->gravity] : "");
    const bool failed = buffer_failed(&colour) || !choice->detail;
    buffer_free(&colour);
    return failed ? error_memory(error) : STATUS_OK;
}

/* A square canvas is an icon's, or meant like one; a picture of another shape is small in it. */
static enum status plan_warning(const struct pad_options *options,
                                const struct plan_context *context, const struct facts *in,
                                struct size canvas, struct choice *choice, struct error *error)
{
    const int longest = VIPS_MAX(in->width, in->height);
    const int shortest = VIPS_MIN(in->width, in->height);
    if (canvas.width != canvas.height || options->fill == FILL_BLUR ||
        longest <= aspect_most * shortest || in->unsized) {
        return STATUS_OK;
    }
    choice->warning = arena_format(context->arena, "the image fills %.0f %% of the square",
                                   100.0 * shortest / longest);
    return choice->warning ? STATUS_OK : error_memory(error);
}

static enum status pad_plan(const void *fields, const struct plan_context *context,
                            const struct facts *in, struct facts *out, struct choice *choice,
                            struct error *error)
{
    const struct pad_options *options = fields;
    if (in->plain) {
        return plan_plain(options, out, choice);
    }
    const struct size canvas = pad_canvas(options, in->width, in->height);
    if (canvas.width < in->width || canvas.height < in->height) {
        return error_set(error, STATUS_REFUSED,
                         "the image of %dx%d px does not fit the canvas of %dx%d px", in->width,
                         in->height, canvas.width, canvas.height);
    }
    if (VIPS_MAX(canvas.width, canvas.height) > context->limits->side) {
        return error_set(error, STATUS_REFUSED, "%dx%d px is over the limit of %lld px a side",
                         canvas.width, canvas.height, (long long)context->limits->side);
    }
    if (canvas.width == in->width && canvas.height == in->height && !in->unsized) {
        choice->skip = has_aspect(options) ? "already of this aspect" : "already of this size";
        return STATUS_OK;
    }
    facts_padded(options, in, out);
    out->width = canvas.width;
    out->height = canvas.height;
    choice->left = gravity_left(options->gravity, canvas.width - in->width);
    choice->top = gravity_top(options->gravity, canvas.height - in->height);
    if (in->focus_given) {
        out->focus_x = (in->focus_x * in->width + choice->left) / canvas.width;
        out->focus_y = (in->focus_y * in->height + choice->top) / canvas.height;
    }
    return plan_warning(options, context, in, canvas, choice, error) == STATUS_OK
               ? plan_words(options, context, canvas, choice, error)
               : error->status;
}

/* ---- The run -------------------------------------------------------------------------------- */

struct pad_job {
    struct box box; /* of the image in the canvas: left and top; width and height are the canvas' */
    VipsArrayDouble *ink;
};

struct fill_job {
    struct box canvas;
    bool alpha;
};

static enum status frame_fill(void *data, VipsImage *frame, VipsImage **out, struct error *error)
{
    const struct fill_job *job = data;
    return fill_blurred(frame, job->canvas, job->alpha, out, error);
}

static enum status frame_pad(void *data, VipsImage *frame, VipsImage **out, struct error *error)
{
    const struct pad_job *job = data;
    if (vips_embed(frame, out, job->box.left, job->box.top, job->box.width, job->box.height,
                   "extend", VIPS_EXTEND_BACKGROUND, "background", job->ink, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "the canvas cannot be made");
    }
    return STATUS_OK;
}

/* The planned canvas around the pixels that are really there. */
static struct box canvas_real(const struct step *step, const VipsImage *in)
{
    const struct pad_options *options = step->options;
    const int width = image_width(in), height = image_height(in);
    struct box box;
    if (step->in.unsized) {
        const struct size canvas = pad_canvas(options, width, height);
        box.width = VIPS_MAX(canvas.width, width);
        box.height = VIPS_MAX(canvas.height, height);
        box.left = gravity_left(options->gravity, box.width - width);
        box.top = gravity_top(options->gravity, box.height - height);
        return box;
    }
    const double x = (double)width / step->in.width, y = (double)height / step->in.height;
    box.width = VIPS_MAX(side_up(step->out.width * x), width);
    box.height = VIPS_MAX(side_up(step->out.height * y), height);
    box.left = VIPS_MIN((int)(step->choice.left * x + 0.5), box.width - width);
    box.top = VIPS_MIN((int)(step->choice.top * y + 0.5), box.height - height);
    return box;
}

/* With the bands that the padded image has. */
static enum status bands_padded(const struct step *step, VipsImage *in, VipsImage **out,
                                struct error *error)
{
    VipsImage *coloured = NULL;
    const bool promote = step->out.space == SPACE_SRGB && step->in.space == SPACE_GREY;
    enum status status = STATUS_OK;
    if (promote) {
        status = raster_to_rgb(in, step->in.alpha, &coloured, error);
    } else {
        coloured = image_share(in);
    }
    if (status == STATUS_OK && step->out.alpha && !step->in.alpha) {
        status = raster_add_alpha(coloured, out, error);
    } else if (status == STATUS_OK) {
        *out = image_share(coloured);
    }
    image_release(&coloured);
    return status;
}

static enum status pad_filled(const struct step *step, const struct flow *flow, VipsImage *in,
                              VipsImage **out, struct error *error)
{
    struct fill_job job = {canvas_real(step, in), step->in.alpha};
    VipsImage *pixels = NULL;
    enum status status = image_compute(in, flow, &pixels, error);
    if (status == STATUS_OK) {
        status = image_each_frame(pixels, frame_fill, &job, out, error);
    }
    image_release(&pixels);
    return status;
}

static enum status pad_run(const struct step *step, const struct flow *flow, VipsImage *in,
                           VipsImage **out, struct error *error)
{
    const struct pad_options *options = step->options;
    if (step->in.plain) {
        if (vips_embed(in, out, 0, 0, step->out.width, step->out.height, "extend", VIPS_EXTEND_COPY,
                       NULL) != 0) {
            return image_error(error, STATUS_FAILED, "the colour cannot be spread");
        }
        return STATUS_OK;
    }
    if (options->fill == FILL_BLUR) {
        return pad_filled(step, flow, in, out, error);
    }
    VipsImage *bands = NULL, *pixels = NULL;
    double ink[RASTER_BANDS];
    struct pad_job job = {canvas_real(step, in), NULL};
    enum status status = bands_padded(step, in, &bands, error);
    if (status == STATUS_OK && options->colour.kind == COLOUR_DOMINANT) {
        status = image_compute(bands, flow, &pixels, error);
    } else if (status == STATUS_OK) {
        pixels = image_share(bands);
    }
    if (status == STATUS_OK) {
        status = raster_ink(&step->out, options->colour, pixels, ink, error);
    }
    if (status == STATUS_OK) {
        job.ink = vips_array_double_new(ink, VIPS_MIN(step->out.bands, RASTER_BANDS));
        status = image_each_frame(pixels, frame_pad, &job, out, error);
        vips_area_unref(VIPS_AREA(job.ink));
    }
    image_release(&pixels);
    image_release(&bands);
    return status;
}

const struct stage stage_pad = {
    .name = "pad",
    .summary = "put the image on a larger canvas",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_UPRIGHT | WANTS_RGB,
    .whole_strip = true,
    .options = pad_options,
    .options_size = sizeof(struct pad_options),
    .check = pad_check,
    .plan = pad_plan,
    .need = need_same,
    .run = pad_run,
};
