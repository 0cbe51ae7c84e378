/* SPDX-License-Identifier: MIT
 * What several stages do to pixels. Knows no stage. */
#include "raster.h"

#include <math.h>

#include "image.h"
#include "kernels/dominant.h"

double raster_max(const VipsImage *image)
{
    return image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255;
}

enum status raster_new(VipsImage *like, struct size size, VipsImage **out, struct error *error)
{
    return image_new_like(like, size.width, size.height, out, error);
}

/* ---- Sizes -------------------------------------------------------------------------------- */

static bool side_is(int planned, int real, int shrink)
{
    return fabs(real - (double)planned / shrink) < 1;
}

struct scale raster_scale(const struct step *step, const VipsImage *in)
{
    const int width = step->in.width, height = step->in.height;
    const int real_width = image_width(in), real_height = image_height(in);
    for (int shrink = 2; shrink <= 8 && step->in.format == FORMAT_JPEG; shrink *= 2) {
        if (side_is(width, real_width, shrink) && side_is(height, real_height, shrink)) {
            return (struct scale){1.0 / shrink, 1.0 / shrink};
        }
    }
    return (struct scale){(double)real_width / width, (double)real_height / height};
}

double need_same(const struct step *step, double after)
{
    (void)step;
    return after;
}

/* ---- Parts of a pixel ----------------------------------------------------------------------- */

static double lanczos3(double x)
{
    const double pi = 3.14159265358979323846;
    if (x == 0) {
        return 1;
    }
    return fabs(x) < 3 ? 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x) : 0;
}

/* A row or a column of seven weights that moves by `part` of a pixel. */
static VipsImage *move_mask(double part, bool across)
{
    enum { TAPS = 7 };
    double weights[TAPS], sum = 0;
    for (int i = 0; i < TAPS; i++) {
        weights[i] = lanczos3(i - TAPS / 2 + part);
        sum += weights[i];
    }
    for (int i = 0; i < TAPS; i++) {
        weights[i] /= sum;
    }
    return vips_image_new_matrix_from_array(across ? TAPS : 1, across ? 1 : TAPS, weights, TAPS);
}

enum status raster_move(VipsImage *in, double right, double down, VipsImage **out,
                        struct error *error)
{
    /* Less is not seen: 56 dB of the finest detail. */
    const double least = 0.01;
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 5);
    enum status status = STATUS_OK;
    t[0] = image_share(in);
    if (fabs(right) >= least &&
        (!(t[1] = move_mask(right, true)) ||
         vips_conv(t[0], &t[2], t[1], "precision", VIPS_PRECISION_FLOAT, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "the image cannot be moved");
    }
    VipsImage *moved = t[2] ? t[2] : t[0];
    if (status == STATUS_OK && fabs(down) >= least &&
        (!(t[3] = move_mask(down, false)) ||
         vips_conv(moved, &t[4], t[3], "precision", VIPS_PRECISION_FLOAT, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "the image cannot be moved");
    }
    moved = t[4] ? t[4] : moved;
    if (status == STATUS_OK && moved == in) {
        *out = image_share(in);
    } else if (status == STATUS_OK) {
        status = raster_round(moved, in, out, error);
    }
    g_object_unref(scope);
    return status;
}

/* ---- Alpha and depth ----------------------------------------------------------------------- */

enum status raster_premultiply(VipsImage *in, VipsImage **out, struct error *error)
{
    if (vips_premultiply(in, out, "max_alpha", raster_max(in), NULL) != 0) {
        return image_error(error, STATUS_FAILED, "alpha cannot be multiplied in");
    }
    return STATUS_OK;
}

enum status raster_round(VipsImage *in, const VipsImage *model, VipsImage **out,
                         struct error *error)
{
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 2);
    enum status status = STATUS_OK;
    /* A cast to integers cuts off; it does clip to the range. */
    if (vips_linear1(in, &t[0], 1, 0.5, NULL) != 0 ||
        vips_cast(t[0], &t[1], model->BandFmt, NULL) != 0 ||
        vips_copy(t[1], out, "interpretation", model->Type, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "samples cannot be rounded");
    }
    g_object_unref(scope);
    return status;
}

enum status raster_unpremultiply(VipsImage *in, const VipsImage *model, VipsImage **out,
                                 struct error *error)
{
    VipsImage *divided = NULL;
    if (vips_unpremultiply(in, &divided, "max_alpha", raster_max(model), NULL) != 0) {
        return image_error(error, STATUS_FAILED, "alpha cannot be divided out");
    }
    const enum status status = raster_round(divided, model, out, error);
    image_release(&divided);
    return status;
}

/* The interpretation of the same colours with another depth. */
static VipsInterpretation depth_interpretation(VipsInterpretation type, int bits)
{
    switch (type) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16:
        return bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
        return bits == 16 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    default:
        return type;
    }
}

enum status raster_depth(VipsImage *in, int bits, VipsImage **out, struct error *error)
{
    const VipsBandFormat format = bits == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
    if (in->BandFmt == format) {
        *out = image_share(in);
        return STATUS_OK;
    }
    const double factor = (bits == 16 ? 65535 : 255) / raster_max(in);
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 2);
    enum status status = STATUS_OK;
    if (vips_linear1(in, &t[0], factor, 0.5, NULL) != 0 ||
        vips_cast(t[0], &t[1], format, NULL) != 0 ||
        vips_copy(t[1], out, "interpretation", depth_interpretation(in->Type, bits), NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the depth cannot be changed");
    }
    g_object_unref(scope);
    return status;
}

enum status raster_to_rgb(VipsImage *in, bool alpha, VipsImage **out, struct error *error)
{
    if (in->Bands > 2) {
        *out = image_share(in);
        return STATUS_OK;
    }
    const VipsInterpretation type =
        in->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 3);
    enum status status = STATUS_OK;
    if (vips_extract_band(in, &t[0], 0, NULL) != 0 ||
        (alpha && vips_extract_band(in, &t[1], in->Bands - 1, NULL) != 0) ||
        vips_bandjoin((VipsImage *[]){t[0], t[0], t[0], t[1]}, &t[2], alpha ? 4 : 3, NULL) != 0 ||
        vips_copy(t[2], out, "interpretation", type, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "grey cannot be made rgb");
    }
    g_object_unref(scope);
    return status;
}

enum status raster_add_alpha(VipsImage *in, VipsImage **out, struct error *error)
{
    if (vips_bandjoin_const1(in, out, raster_max(in), NULL) != 0) {
        return image_error(error, STATUS_FAILED, "alpha cannot be added");
    }
    return STATUS_OK;
}

/* ---- Colours ------------------------------------------------------------------------------- */

bool colour_has_hue(struct colour colour)
{
    return colour.kind == COLOUR_PLAIN &&
           (colour.red != colour.green || colour.green != colour.blue);
}

bool colour_sees_through(struct colour colour)
{
    return colour.kind == COLOUR_TRANSPARENT || (colour.kind == COLOUR_PLAIN && colour.alpha < 255);
}

void colour_words(struct buffer *out, struct colour colour)
{
    switch (colour.kind) {
    case COLOUR_NONE:
        break;
    case COLOUR_PLAIN:
        buffer_format(out, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
        if (colour.alpha < 255) {
            buffer_format(out, "%02x", colour.alpha);
        }
        break;
    case COLOUR_TRANSPARENT:
        buffer_text(out, "transparent");
        break;
    case COLOUR_DOMINANT:
        buffer_text(out, "dominant");
        break;
    }
}

/* IEC 61966-2-1. */
static double srgb_to_linear(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double linear_to_srgb(double value)
{
    return value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

/* From sRGB to Display P3, both with the sRGB curve and D65: the product of the matrices of CSS
 * Color 4, section 18. */
static void srgb_to_p3(double rgb[3])
{
    const double r = srgb_to_linear(rgb[0]), g = srgb_to_linear(rgb[1]), b = srgb_to_linear(rgb[2]);
    rgb[0] = linear_to_srgb(0.8224619687 * r + 0.1775380313 * g);
    rgb[1] = linear_to_srgb(0.0331941989 * r + 0.9668058011 * g);
    rgb[2] = linear_to_srgb(0.0170826307 * r + 0.0723974407 * g + 0.9105199286 * b);
}

enum status raster_ink(const struct facts *facts, struct colour colour, VipsImage *image,
                       double ink[RASTER_BANDS], struct error *error)
{
    const double max = facts->bits == 16 ? 65535 : 255;
    const int colours = facts->bands - (facts->alpha ? 1 : 0);
    double rgb[3] = {colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0};
    double alpha = colour.alpha / 255.0;
    if (colour.kind == COLOUR_TRANSPARENT) {
        rgb[0] = rgb[1] = rgb[2] = alpha = 0;
    } else if (colour.kind == COLOUR_DOMINANT) {
        uint8_t bytes[3];
        const enum status status = raster_dominant(image, facts->alpha, bytes, error);
        if (status != STATUS_OK) {
            return status;
        }
        for (int i = 0; i < 3; i++) {
            rgb[i] = bytes[i] / 255.0;
        }
        alpha = 1;
    } else if (facts->space == SPACE_P3) {
        srgb_to_p3(rgb);
    }
    for (int i = 0; i < facts->bands && i < RASTER_BANDS; i++) {
        const double value = i < colours ? rgb[i < 3 ? i : 2] : alpha;
        ink[i] = floor(value * max + 0.5);
    }
    return STATUS_OK;
}

/* ---- The dominant colour -------------------------------------------------------------------- */

enum { DOMINANT_SIDE = 96 }; /* px: as many points as the eye needs for it */

/* RGBA of at most DOMINANT_SIDE squared points, in memory. */
static enum status dominant_points(VipsImage *image, bool alpha, VipsImage **out,
                                   struct error *error)
{
    const int step_x = (image->Xsize + DOMINANT_SIDE - 1) / DOMINANT_SIDE;
    const int step_y = (image->Ysize + DOMINANT_SIDE - 1) / DOMINANT_SIDE;
    VipsImage *eight = NULL, *points = NULL, *rgb = NULL, *rgba = NULL;
    enum status status = raster_depth(image, 8, &eight, error);
    /* Points, not means: a mean would invent colours between the image's own. */
    if (status == STATUS_OK && vips_subsample(eight, &points, step_x, step_y, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the dominant colour cannot be found");
    }
    if (status == STATUS_OK) {
        status = raster_to_rgb(points, alpha, &rgb, error);
    }
    if (status == STATUS_OK && alpha) {
        rgba = image_share(rgb);
    } else if (status == STATUS_OK) {
        status = raster_add_alpha(rgb, &rgba, error);
    }
    if (status == STATUS_OK) {
        status = image_compute(rgba, NULL, out, error);
    }
    image_release(&rgba);
    image_release(&rgb);
    image_release(&points);
    image_release(&eight);
    return status;
}

enum status raster_dominant(VipsImage *image, bool alpha, uint8_t rgb[3], struct error *error)
{
    VipsImage *points = NULL;
    const enum status status = dominant_points(image, alpha, &points, error);
    if (status == STATUS_OK) {
        const size_t count = (size_t)points->Xsize * (size_t)points->Ysize;
        dominant_colour((const uint8_t *)points->data, count, rgb);
    }
    image_release(&points);
    return status;
}
