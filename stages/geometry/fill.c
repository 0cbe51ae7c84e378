/* SPDX-License-Identifier: MIT
 * A canvas filled from the image itself: scaled until it covers the canvas, blurred, and the image
 * put on it. Blurred at an eighth of the size, for what is so soft holds no more. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "raster.h"

const char *const fill_names[] = {"colour", "blur", NULL};

/* Standard deviation as a share of the canvas' longer side: shapes are gone, colours stay. */
static const double softness = 1.0 / 40;
static const int shrink = 8;

/* The middle of the frame, softened, that has the canvas' shape at a part of its size. */
static enum status fill_small(VipsImage *frame, struct box canvas, VipsImage **out,
                              struct error *error)
{
    const int width = (canvas.width + shrink - 1) / shrink;
    const int height = (canvas.height + shrink - 1) / shrink;
    const double scale = fmax((double)width / frame->Xsize, (double)height / frame->Ysize);
    const int across = VIPS_MAX(width, side_scaled(frame->Xsize, scale, 1));
    const int down = VIPS_MAX(height, side_scaled(frame->Ysize, scale, 1));
    const double sigma = fmax(softness * VIPS_MAX(width, height), 0.5);
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 3);
    enum status status = STATUS_OK;
    if (vips_resize(frame, &t[0], (double)across / frame->Xsize, "vscale",
                    (double)down / frame->Ysize, "kernel", VIPS_KERNEL_LINEAR, NULL) != 0 ||
        vips_extract_area(t[0], &t[1], (t[0]->Xsize - width) / 2, (t[0]->Ysize - height) / 2, width,
                          height, NULL) != 0 ||
        vips_gaussblur(t[1], &t[2], sigma, "precision", VIPS_PRECISION_FLOAT, NULL) != 0 ||
        !(*out = vips_image_copy_memory(t[2]))) {
        status = image_error(error, STATUS_FAILED, "the canvas cannot be filled");
    }
    g_object_unref(scope);
    return status;
}

/* In float until the end: eight bits would show steps in what is so soft. */
static enum status fill_canvas(VipsImage *frame, struct box canvas, bool alpha, VipsImage **out,
                               struct error *error)
{
    VipsImage *start = NULL, *small = NULL, *large = NULL;
    enum status status = STATUS_OK;
    if (alpha) {
        status = raster_premultiply(frame, &start, error);
    } else if (vips_cast_float(frame, &start, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the canvas cannot be filled");
    }
    if (status == STATUS_OK) {
        status = fill_small(start, canvas, &small, error);
    }
    if (status == STATUS_OK &&
        vips_resize(small, &large, (double)canvas.width / small->Xsize, "vscale",
                    (double)canvas.height / small->Ysize, "kernel", VIPS_KERNEL_CUBIC, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the canvas cannot be filled");
    }
    if (status == STATUS_OK) {
        status = alpha ? raster_unpremultiply(large, frame, out, error)
                       : raster_round(large, frame, out, error);
    }
    image_release(&large);
    image_release(&small);
    image_release(&start);
    return status;
}

enum status fill_blurred(VipsImage *frame, struct box canvas, bool alpha, VipsImage **out,
                         struct error *error)
{
    VipsImage *behind = NULL;
    enum status status = fill_canvas(frame, canvas, alpha, &behind, error);
    if (status == STATUS_OK &&
        vips_insert(behind, frame, out, canvas.left, canvas.top, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the image cannot be put on the canvas");
    }
    image_release(&behind);
    return status;
}
