/* SPDX-License-Identifier: MIT
 * Where a box stands in another, and how it is cut out. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "raster.h"

#define NINE_POINTS                                                                                \
    "north-west", "north", "north-east", "west", "centre", "east", "south-west", "south",          \
        "south-east"

const char *const gravity_names[] = {NINE_POINTS, "focus", "attention", "entropy", NULL};
const char *const gravity_point_names[] = {NINE_POINTS, NULL};

int gravity_left(int gravity, int room)
{
    const int column = gravity <= GRAVITY_SOUTH_EAST ? gravity % 3 : 1;
    return room * column / 2;
}

int gravity_top(int gravity, int room)
{
    const int row = gravity <= GRAVITY_SOUTH_EAST ? gravity / 3 : 1;
    return room * row / 2;
}

int side_scaled(int side, double numerator, double denominator)
{
    const double scaled = floor(side * numerator / denominator + 0.5);
    return scaled < 1 ? 1 : scaled > 1e9 ? 1000000000 : (int)scaled;
}

/* ---- Cutting ------------------------------------------------------------------------------- */

struct cut {
    struct box box;
    double right, down; /* by how much of a pixel the picture is moved before */
};

static enum status frame_cut(void *data, VipsImage *frame, VipsImage **out, struct error *error)
{
    const struct cut *cut = data;
    VipsImage *moved = NULL;
    enum status status = raster_move(frame, cut->right, cut->down, &moved, error);
    if (status == STATUS_OK && vips_extract_area(moved, out, cut->box.left, cut->box.top,
                                                 cut->box.width, cut->box.height, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the box cannot be cut out");
    }
    image_release(&moved);
    return status;
}

enum status box_cut(VipsImage *in, struct box box, VipsImage **out, struct error *error)
{
    struct cut cut = {.box = box};
    return image_each_frame(in, frame_cut, &cut, out, error);
}

/* One direction: first pixel and number of pixels; returns what is left over between pixels. */
static double side_real(int planned_edge, int planned_side, double scale, int whole, int *edge,
                        int *side)
{
    const double exact = planned_edge * scale;
    *side = VIPS_MIN(whole, side_scaled(planned_side, scale, 1));
    *edge = VIPS_CLIP(0, (int)floor(exact + 0.5), whole - *side);
    const double left_over = exact - *edge;
    return fabs(left_over) <= 0.5 ? left_over : 0;
}

enum status box_cut_planned(const struct step *step, VipsImage *in, VipsImage **out,
                            struct error *error)
{
    const struct scale scale = raster_scale(step, in);
    struct cut cut;
    cut.right = -side_real(step->choice.left, step->out.width, scale.x, image_width(in),
                           &cut.box.left, &cut.box.width);
    cut.down = -side_real(step->choice.top, step->out.height, scale.y, image_height(in),
                          &cut.box.top, &cut.box.height);
    return image_each_frame(in, frame_cut, &cut, out, error);
}
