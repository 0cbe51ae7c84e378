/* SPDX-License-Identifier: MIT
 * mask: leaves a shape of the image and makes the rest transparent, smooth at the edge. What is
 * cut away is black below its alpha: nothing hidden goes into the file. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "kernels/shape.h"
#include "memory.h"
#include "raster.h"

enum mask_shape { MASK_CORNERS, MASK_CIRCLE, MASK_SQUIRCLE };

struct mask_options {
    int shape;
    double radius;
    struct ratio ratio;
};

static const char *const shape_names[] = {"corners", "circle", "squircle", NULL};

static const struct option mask_options[] = {
    {.name = "shape",
     OPT_ENUM(struct mask_options, shape),
     .def = "corners",
     .names = shape_names,
     .help = "corners rounds them off, circle is the largest in the middle, squircle the "
             "superellipse |x|^5 + |y|^5 = 1 over the whole image"},
    {.name = "radius",
     OPT_NUMBER(struct mask_options, radius),
     .def = "0",
     .min = 0,
     .max = 65500,
     .unit = "px",
     .help = "corners: their radius, in pixels of the planned size; at most half the shorter side "
             "counts"},
    {.name = "ratio",
     OPT_RATIO(struct mask_options, ratio),
     .def = "0",
     .min = 0,
     .max = 0.5,
     .help = "corners: their radius as a share of the shorter side"},
    {0},
};

static enum status mask_check(const void *fields, struct error *error)
{
    const struct mask_options *options = fields;
    const bool radius = options->radius > 0, ratio = options->ratio.value > 0;
    if (radius && ratio) {
        return error_set(error, STATUS_USAGE, "'radius' and 'ratio' exclude each other");
    }
    if (options->shape != MASK_CORNERS && (radius || ratio)) {
        return error_set(error, STATUS_USAGE, "'%s' is for corners: a %s has none",
                         radius ? "radius" : "ratio", shape_names[options->shape]);
    }
    return STATUS_OK;
}

static double corner_radius(const struct mask_options *options, int width, int height)
{
    const double shorter = VIPS_MIN(width, height);
    return fmin(options->radius > 0 ? options->radius : options->ratio.value * shorter,
                shorter / 2);
}

/* ---- The plan ------------------------------------------------------------------------------- */

static enum status mask_plan(const void *fields, const struct plan_context *context,
                             const struct facts *in, struct facts *out, struct choice *choice,
                             struct error *error)
{
    const struct mask_options *options = fields;
    if (in->plain) {
        return error_set(error, STATUS_USAGE,
                         "a plain colour has no size that a shape could fill: resize it first");
    }
    if (options->shape == MASK_CORNERS && options->radius <= 0 && options->ratio.value <= 0) {
        choice->skip = "corners of radius 0";
        return STATUS_OK;
    }
    if (!in->alpha) {
        out->bands++;
    }
    out->alpha = out->alpha_used = true;
    choice->detail = shape_names[options->shape];
    if (options->shape == MASK_CORNERS) {
        choice->detail = in->unsized ? "round corners"
                                     : arena_format(context->arena, "corners of radius %.4g",
                                                    corner_radius(options, in->width, in->height));
    }
    return choice->detail ? STATUS_OK : error_memory(error);
}

/* ---- The run -------------------------------------------------------------------------------- */

static struct shape shape_of(const struct step *step, int width, int height)
{
    const struct mask_options *options = step->options;
    struct shape shape = {.width = width, .height = height, .exponent = 2};
    if (options->shape == MASK_CIRCLE) {
        shape.width = shape.height = VIPS_MIN(width, height);
        shape.left = (width - shape.width) / 2;
        shape.top = (height - shape.height) / 2;
        shape.radius_x = shape.radius_y = shape.width / 2;
    } else if (options->shape == MASK_SQUIRCLE) {
        shape.exponent = 5;
        shape.radius_x = shape.width / 2;
        shape.radius_y = shape.height / 2;
    } else if (step->in.unsized) {
        shape.radius_x = shape.radius_y = corner_radius(options, width, height);
    } else { /* a decoder that shrank shrinks the corners, too */
        const double radius = corner_radius(options, step->in.width, step->in.height);
        shape.radius_x = fmin(radius * width / step->in.width, shape.width / 2);
        shape.radius_y = fmin(radius * height / step->in.height, shape.height / 2);
    }
    return shape;
}

/* One band of coverage, 0..255. */
static enum status coverage_make(const struct step *step, int width, int height, VipsImage **out,
                                 struct error *error)
{
    const struct shape shape = shape_of(step, width, height);
    const size_t size = (size_t)width * (size_t)height;
    uint8_t *bytes = memory_alloc(size);
    if (!bytes) {
        return error_memory(error);
    }
    for (int row = 0; row < height; row++) {
        shape_row(&shape, row, width, bytes + (size_t)row * (size_t)width);
    }
    *out = vips_image_new_from_memory_copy(bytes, size, width, height, 1, VIPS_FORMAT_UCHAR);
    memory_free(bytes);
    return *out ? STATUS_OK : image_error(error, STATUS_FAILED, "the mask cannot be made");
}

/* `data`: the coverage. Alpha, the last band, is multiplied by it. */
static enum status frame_mask(void *data, VipsImage *frame, VipsImage **out, struct error *error)
{
    VipsImage *coverage = data, *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 9);
    const int colours = frame->Bands - 1;
    enum status status = STATUS_OK;
    if (vips_extract_band(frame, &t[0], 0, "n", colours, NULL) != 0 ||
        vips_extract_band(frame, &t[1], colours, NULL) != 0 ||
        vips_multiply(t[1], coverage, &t[2], NULL) != 0 ||
        vips_linear1(t[2], &t[3], 1.0 / 255, 0.5, NULL) != 0 ||
        vips_cast(t[3], &t[4], frame->BandFmt, NULL) != 0 ||
        vips_bandjoin2(t[0], t[4], &t[5], NULL) != 0 ||
        vips_linear1(t[5], &t[6], 0, 0, NULL) != 0 ||
        vips_cast(t[6], &t[7], frame->BandFmt, NULL) != 0 ||
        vips_ifthenelse(coverage, t[5], t[7], &t[8], NULL) != 0 ||
        vips_copy(t[8], out, "interpretation", frame->Type, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the image cannot be masked");
    }
    g_object_unref(scope);
    return status;
}

static enum status mask_run(const struct step *step, const struct flow *flow, VipsImage *in,
                            VipsImage **out, struct error *error)
{
    VipsImage *wide = NULL, *coverage = NULL;
    enum status status = STATUS_OK;
    (void)flow;
    if (step->in.alpha) {
        wide = image_share(in);
    } else {
        status = raster_add_alpha(in, &wide, error);
    }
    if (status == STATUS_OK) {
        status = coverage_make(step, image_width(in), image_height(in), &coverage, error);
    }
    if (status == STATUS_OK) {
        status = image_each_frame(wide, frame_mask, coverage, out, error);
    }
    image_release(&coverage);
    image_release(&wide);
    return status;
}

const struct stage stage_mask = {
    .name = "mask",
    .summary = "leave a shape of the image and make the rest transparent",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_RGB,
    .whole_strip = true,
    .options = mask_options,
    .options_size = sizeof(struct mask_options),
    .check = mask_check,
    .plan = mask_plan,
    .need = need_same,
    .run = mask_run,
};
