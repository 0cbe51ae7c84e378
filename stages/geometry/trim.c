/* SPDX-License-Identifier: MIT
 * trim: cuts off a border of one colour, or of nothing at all where the image is see-through. Only
 * the pixels tell its size: the engine measures it before the plan. An animation is trimmed to what
 * all its frames need. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "raster.h"

struct trim_options {
    double threshold;
    struct colour background;
};

static const struct option trim_options[] = {
    {.name = "threshold",
     OPT_NUMBER(struct trim_options, threshold),
     .def = "10",
     .min = 0,
     .max = 255,
     .help = "how far a pixel may be from the border's colour and still be border, of 255"},
    {.name = "background",
     OPT_COLOUR(struct trim_options, background),
     .def = "",
     .help = "colour of the border; without it that of the top left pixel"},
    {0},
};

static enum status trim_check(const void *fields, struct error *error)
{
    const struct trim_options *options = fields;
    if (options->background.kind == COLOUR_DOMINANT) {
        return error_set(error, STATUS_USAGE, "'background' cannot be dominant");
    }
    return STATUS_OK;
}

static enum status trim_plan(const void *fields, const struct plan_context *context,
                             const struct facts *in, struct facts *out, struct choice *choice,
                             struct error *error)
{
    const struct measure *box = context->measured;
    (void)fields;
    if (in->plain) {
        choice->skip = "a plain colour";
        return STATUS_OK;
    }
    if (!box) {
        out->unsized = true;
        choice->measured = true;
        choice->detail = "to what the pixels say";
        return STATUS_OK;
    }
    if (box->width == in->width && box->height == in->height) {
        choice->skip = "no border";
        return STATUS_OK;
    }
    out->width = box->width;
    out->height = box->height;
    choice->left = box->left;
    choice->top = box->top;
    if (in->focus_given) {
        const double x = (in->focus_x * in->width - box->left) / box->width;
        const double y = (in->focus_y * in->height - box->top) / box->height;
        out->focus_x = VIPS_CLIP(0, x, 1);
        out->focus_y = VIPS_CLIP(0, y, 1);
    }
    choice->detail = arena_format(context->arena, "%dx%d at %d,%d", box->width, box->height,
                                  box->left, box->top);
    return choice->detail ? STATUS_OK : error_memory(error);
}

/* ---- Finding the border ---------------------------------------------------------------------- */

/* What border is: these bands within `reach` of these values. */
struct border {
    double value[RASTER_BANDS], reach;
    int first, count; /* bands that are looked at */
};

static double sample(const VipsImage *image, size_t at)
{
    return image->BandFmt == VIPS_FORMAT_USHORT ? ((const uint16_t *)(const void *)image->data)[at]
                                                : ((const uint8_t *)(const void *)image->data)[at];
}

/* See-through, where that is asked for or the corner is so; else a colour: the one asked for, or
 * the corner's. */
static struct border border_of(const struct trim_options *options, VipsImage *pixels)
{
    const bool alpha = vips_image_hasalpha(pixels);
    const int bands = VIPS_MIN(pixels->Bands, RASTER_BANDS), colours = bands - (alpha ? 1 : 0);
    const double unit = raster_max(pixels) / 255;
    const struct colour asked = options->background;
    struct border border = {.reach = options->threshold * unit, .count = colours};
    const bool see_through =
        alpha && (asked.kind == COLOUR_TRANSPARENT ||
                  (asked.kind == COLOUR_NONE && sample(pixels, (size_t)bands - 1) == 0));
    if (see_through) {
        border.first = bands - 1;
        border.count = 1;
        return border;
    }
    const double rgb[3] = {asked.red * unit, asked.green * unit, asked.blue * unit};
    for (int band = 0; band < colours; band++) {
        border.value[band] =
            asked.kind == COLOUR_PLAIN ? rgb[VIPS_MIN(band, 2)] : sample(pixels, (size_t)band);
    }
    return border;
}

static bool is_border(const VipsImage *pixels, const struct border *border, int x, int y)
{
    const size_t at = ((size_t)y * (size_t)pixels->Xsize + (size_t)x) * (size_t)pixels->Bands +
                      (size_t)border->first;
    for (int band = 0; band < border->count; band++) {
        const double value = sample(pixels, at + (size_t)band);
        if (fabs(value - border->value[band]) > border->reach) {
            return false;
        }
    }
    return true;
}

/* Grows the box by one row of one frame. */
static void box_grow(const VipsImage *pixels, const struct border *border, int row, int y,
                     struct box *box)
{
    const int width = pixels->Xsize;
    int left = 0, right = width;
    while (left < width && is_border(pixels, border, left, row)) {
        left++;
    }
    if (left == width) {
        return;
    }
    while (is_border(pixels, border, right - 1, row)) {
        right--;
    }
    if (box->width == 0) {
        *box = (struct box){left, y, right - left, 1};
        return;
    }
    const int end = VIPS_MAX(box->left + box->width, right);
    const int bottom = VIPS_MAX(box->top + box->height, y + 1);
    box->left = VIPS_MIN(box->left, left);
    box->top = VIPS_MIN(box->top, y);
    box->width = end - box->left;
    box->height = bottom - box->top;
}

/* What all frames of an image in memory need; an image that is all border stays as it is. */
static struct box content_box(const struct trim_options *options, VipsImage *pixels)
{
    const struct border border = border_of(options, pixels);
    const int height = image_height(pixels);
    struct box box = {0};
    for (int row = 0; row < pixels->Ysize; row++) {
        box_grow(pixels, &border, row, row % height, &box);
    }
    return box.width > 0 ? box : (struct box){0, 0, image_width(pixels), height};
}

static enum status trim_measure(const void *options, const struct flow *flow, VipsImage *in,
                                struct measure *out, struct error *error)
{
    VipsImage *pixels = NULL;
    enum status status = image_compute(in, flow, &pixels, error);
    if (status == STATUS_OK) {
        const struct box box = content_box(options, pixels);
        *out = (struct measure){box.left, box.top, box.width, box.height};
    }
    image_release(&pixels);
    return status;
}

/* ---- The run --------------------------------------------------------------------------------- */

static enum status trim_run(const struct step *step, const struct flow *flow, VipsImage *in,
                            VipsImage **out, struct error *error)
{
    if (!step->choice.measured) {
        return box_cut_planned(step, in, out, error);
    }
    VipsImage *pixels = NULL;
    enum status status = image_compute(in, flow, &pixels, error);
    if (status == STATUS_OK) {
        status = box_cut(pixels, content_box(step->options, pixels), out, error);
    }
    image_release(&pixels);
    return status;
}

const struct stage stage_trim = {
    .name = "trim",
    .summary = "cut off a border of one colour or of nothing",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_UPRIGHT | WANTS_RGB,
    .whole_strip = true,
    .options = trim_options,
    .options_size = sizeof(struct trim_options),
    .check = trim_check,
    .plan = trim_plan,
    .need = need_same,
    .measure = trim_measure,
    .run = trim_run,
};
