/* SPDX-License-Identifier: MIT
 * What the geometry stages share: their options, since `resize` replaces itself by `crop` and
 * `pad`, and where a box stands in another. */
#ifndef PICSET_GEOMETRY_H
#define PICSET_GEOMETRY_H

#include "stage.h"

enum gravity {
    GRAVITY_NORTH_WEST, /* the nine points row by row: index % 3 is the column */
    GRAVITY_NORTH,
    GRAVITY_NORTH_EAST,
    GRAVITY_WEST,
    GRAVITY_CENTRE,
    GRAVITY_EAST,
    GRAVITY_SOUTH_WEST,
    GRAVITY_SOUTH,
    GRAVITY_SOUTH_EAST,
    GRAVITY_FOCUS,
    GRAVITY_ATTENTION,
    GRAVITY_ENTROPY
};
extern const char *const gravity_names[];       /* all, NULL at the end */
extern const char *const gravity_point_names[]; /* the nine points only */

/* Left edge and top edge of a box in an area that has this much more room; the centre rounds down.
 * What is no point counts as the centre. */
int gravity_left(int gravity, int room);
int gravity_top(int gravity, int room);

struct box {
    int left, top, width, height;
};

/* What the canvas around an image is filled with. */
enum fill { FILL_COLOUR, FILL_BLUR };
extern const char *const fill_names[];

/* The frame on a canvas (left and top are the frame's place, width and height the canvas') that is
 * the frame itself, enlarged and blurred. The frame is read twice: it must be in memory. `alpha`:
 * its last band is alpha. */
enum status fill_blurred(VipsImage *frame, struct box canvas, bool alpha, VipsImage **out,
                         struct error *error);

/* side * numerator / denominator to the nearest, halves up, at least 1. */
int side_scaled(int side, double numerator, double denominator);

/* Cuts the planned box (choice.left, choice.top, out) out of every frame of an image that the
 * decoder may have shrunk; what falls between pixels is moved onto them. */
enum status box_cut_planned(const struct step *step, VipsImage *in, VipsImage **out,
                            struct error *error);
/* Cuts a box of real pixels out of every frame. */
enum status box_cut(VipsImage *in, struct box box, VipsImage **out, struct error *error);

struct crop_options {
    struct size size;
    int width, height, left, top;
    struct aspect aspect;
    int gravity;
};

struct pad_options {
    struct size size;
    struct aspect aspect;
    struct ratio content;
    struct colour colour;
    int fill, gravity;
};

enum resize_fit { FIT_INSIDE, FIT_OUTSIDE, FIT_COVER, FIT_CONTAIN, FIT_FILL };
enum resize_enlarge { ENLARGE_CLAMP, ENLARGE_DROP, ENLARGE_ALLOW, ENLARGE_REFUSE };

struct resize_options {
    struct size size;
    int width, height;
    struct ratio scale, content;
    int fit, kernel, enlarge, fill, gravity;
    bool linear;
    struct colour background;
};

extern const struct stage stage_crop, stage_pad, stage_resize;

#endif
