/* SPDX-License-Identifier: MIT
 * How much of each pixel a shape covers: rounded rectangle, circle, squircle. */
#ifndef PICSET_SHAPE_H
#define PICSET_SHAPE_H

#include <stdint.h>

/* A box of px whose corners are cut by |x|^exponent + |y|^exponent = 1, in units of the radii. An
 * exponent of 2 makes circles and ellipses. Radii are at most half of the sides. */
struct shape {
    double left, top, width, height;
    double radius_x, radius_y;
    double exponent;
};

/* Coverage 0..255 of the pixels 0..width-1 of one row. Within 1 of the exact area. */
void shape_row(const struct shape *shape, int row, int width, uint8_t *coverage);

#endif
