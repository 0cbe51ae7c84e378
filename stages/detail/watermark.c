/* SPDX-License-Identifier: MIT
 * watermark: lays a named input over the image, as wide as a share of it. */
#include <math.h>

#include "colour/transform.h"
#include "geometry/geometry.h"
#include "image.h"
#include "raster.h"

struct watermark_options {
    const char *input;
    int gravity;
    struct ratio scale, margin, opacity;
};

static const struct option watermark_options[] = {
    {.name = "input",
     OPT_TEXT(struct watermark_options, input),
     .def = "watermark",
     .help = "name of the input that is laid over the image"},
    {.name = "gravity",
     OPT_ENUM(struct watermark_options, gravity),
     .def = "south-east",
     .names = gravity_point_names,
     .help = "where it lies"},
    {.name = "scale",
     OPT_RATIO(struct watermark_options, scale),
     .def = "0.2",
     .min = 0.001,
     .max = 1,
     .help = "its width as a share of the image's; a tall one shrinks until it fits"},
    {.name = "margin",
     OPT_RATIO(struct watermark_options, margin),
     .def = "0.02",
     .min = 0,
     .max = 0.5,
     .help = "distance from the edges as a share of the image's shorter side"},
    {.name = "opacity",
     OPT_RATIO(struct watermark_options, opacity),
     .def = "1",
     .min = 0,
     .max = 1,
     .help = "1 covers what lies below, 0 is not seen"},
    {0},
};

/* The mark's box in an image of this size. */
static struct box mark_box(const struct watermark_options *options, int width, int height,
                           int mark_width, int mark_height)
{
    const int margin = (int)floor(options->margin.value * VIPS_MIN(width, height) + 0.5);
    const int room_x = VIPS_MAX(1, width - 2 * margin);
    const int room_y = VIPS_MAX(1, height - 2 * margin);
    const double scale =
        fmin(fmin(options->scale.value * width, room_x) / mark_width, (double)room_y / mark_height);
    struct box box;
    box.width = VIPS_MIN(width, side_scaled(mark_width, scale, 1));
    box.height = VIPS_MIN(height, side_scaled(mark_height, scale, 1));
    const int left = VIPS_MIN(margin, width - box.width),
              top = VIPS_MIN(margin, height - box.height);
    box.left = left + gravity_left(options->gravity, VIPS_MAX(0, width - box.width - 2 * left));
    box.top = top + gravity_top(options->gravity, VIPS_MAX(0, height - box.height - 2 * top));
    return box;
}

static enum status watermark_plan(const void *fields, const struct plan_context *context,
                                  const struct facts *in, struct facts *out, struct choice *choice,
                                  struct error *error)
{
    const struct watermark_options *options = fields;
    const struct facts *mark = context->input ? context->input(context, options->input) : NULL;
    if (!mark) {
        return error_set(error, STATUS_MISSING,
                         "the input '%s' is not given: --input %s=FILE names it", options->input,
                         options->input);
    }
    if (mark->plain) {
        return error_set(error, STATUS_USAGE, "the input '%s' is a plain colour, no image",
                         options->input);
    }
    if (in->plain) {
        choice->skip = "a plain colour";
        return STATUS_OK;
    }
    const bool turned = mark->orientation >= 5;
    const struct box box =
        mark_box(options, in->width, in->height, turned ? mark->height : mark->width,
                 turned ? mark->width : mark->height);
    if (in->space == SPACE_GREY) {
        out->space = SPACE_SRGB;
        out->bands = in->alpha ? 4 : 3;
        out->profile = false;
    }
    choice->detail = arena_format(context->arena, "'%s' %dx%d %s", options->input, box.width,
                                  box.height, gravity_point_names[options->gravity]);
    return choice->detail ? STATUS_OK : error_memory(error);
}

/* ---- The run --------------------------------------------------------------------------------- */

/* The mark in the image's colour space and depth, with alpha, scaled, colour times alpha in float.
 */
static enum status mark_prepare(const struct step *step, VipsImage *mark, struct box box,
                                VipsImage **out, struct error *error)
{
    const struct watermark_options *options = step->options;
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 8);
    const bool alpha = vips_image_hasalpha(mark);
    const double opacity = options->opacity.value;
    enum status status = raster_to_rgb(mark, alpha, &t[0], error);
    if (status == STATUS_OK && step->out.space == SPACE_P3) {
        const struct transform wish = {.from = SPACE_SRGB,
                                       .to = SPACE_P3,
                                       .alpha = alpha,
                                       .bits = step->out.bits,
                                       .intent = TRANSFORM_RELATIVE};
        status = transform_apply(&wish, t[0], &t[1], error);
    } else if (status == STATUS_OK) {
        t[1] = image_share(t[0]);
    }
    if (status == STATUS_OK) {
        status = raster_depth(t[1], step->out.bits, &t[2], error);
    }
    if (status == STATUS_OK && alpha) {
        t[3] = image_share(t[2]);
    } else if (status == STATUS_OK) {
        status = raster_add_alpha(t[2], &t[3], error);
    }
    if (status == STATUS_OK) {
        status = raster_premultiply(t[3], &t[4], error);
    }
    if (status == STATUS_OK &&
        (vips_resize(t[4], &t[5], (double)box.width / t[4]->Xsize, "vscale",
                     (double)box.height / t[4]->Ysize, "gap", 4.0, NULL) != 0 ||
         vips_embed(t[5], &t[6], 0, 0, box.width, box.height, "extend", VIPS_EXTEND_COPY, NULL) !=
             0 ||
         vips_linear1(t[6], out, opacity, 0, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "the watermark cannot be scaled");
    }
    g_object_unref(scope);
    return status;
}

/* `over` on the image's box, both with colour times alpha: m + b (1 - a), alpha alike. */
static enum status lay_over(VipsImage *base, VipsImage *mark, VipsImage **out, struct error *error)
{
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 8);
    const double max = raster_max(base);
    enum status status = raster_premultiply(base, &t[0], error);
    if (status == STATUS_OK &&
        (vips_extract_band(mark, &t[1], 3, NULL) != 0 ||
         vips_linear1(t[1], &t[2], -1 / max, 1, NULL) != 0 ||
         vips_multiply(t[0], t[2], &t[3], NULL) != 0 || vips_add(t[3], mark, &t[4], NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "the watermark cannot be laid over");
    }
    if (status == STATUS_OK) {
        status = raster_unpremultiply(t[4], base, out, error);
    }
    g_object_unref(scope);
    return status;
}

static enum status watermark_run(const struct step *step, const struct flow *flow, VipsImage *in,
                                 VipsImage **out, struct error *error)
{
    const struct watermark_options *options = step->options;
    VipsImage *mark = flow->input(flow, options->input, error);
    if (!mark) {
        return error->status;
    }
    const struct box box =
        mark_box(options, in->Xsize, in->Ysize, image_width(mark), image_height(mark));
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 9);
    enum status status = raster_to_rgb(in, step->in.alpha, &t[0], error);
    if (status == STATUS_OK &&
        (vips_extract_area(mark, &t[1], 0, 0, image_width(mark), image_height(mark), NULL) != 0 ||
         vips_extract_area(t[0], &t[2], box.left, box.top, box.width, box.height, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "the watermark cannot be placed");
    }
    if (status == STATUS_OK) {
        status = mark_prepare(step, t[1], box, &t[3], error);
    }
    if (status == STATUS_OK && !step->in.alpha) {
        status = raster_add_alpha(t[2], &t[4], error);
    } else if (status == STATUS_OK) {
        t[4] = image_share(t[2]);
    }
    if (status == STATUS_OK) {
        status = lay_over(t[4], t[3], &t[5], error);
    }
    if (status == STATUS_OK && (vips_extract_band(t[5], &t[6], 0, "n", t[0]->Bands, NULL) != 0 ||
                                vips_insert(t[0], t[6], out, box.left, box.top, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "the watermark cannot be placed");
    }
    g_object_unref(scope);
    return status;
}

static const char *watermark_input(const void *data)
{
    const struct watermark_options *options = data;
    return options->input;
}

const struct stage stage_watermark = {
    .name = "watermark",
    .summary = "lay a named input over the image",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_UPRIGHT | WANTS_RGB,
    .options = watermark_options,
    .options_size = sizeof(struct watermark_options),
    .input = watermark_input,
    .plan = watermark_plan,
    .need = need_same,
    .run = watermark_run,
};
