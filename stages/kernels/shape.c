/* SPDX-License-Identifier: MIT
 * A pixel's coverage as the mean over thin slices of its row; in a slice the shape is one span,
 * whose ends are exact. */
#include "shape.h"

#include <math.h>

enum { SLICES = 32 };

struct span {
    double left, right;
};

/* Where the shape begins and ends at this height; empty outside. */
static struct span span_at(const struct shape *shape, double y)
{
    const double bottom = shape->top + shape->height;
    struct span span = {shape->left, shape->left + shape->width};
    if (y < shape->top || y > bottom) {
        span.right = span.left;
        return span;
    }
    const double edge = fmin(y - shape->top, bottom - y);
    if (edge < shape->radius_y) {
        const double up = 1 - edge / shape->radius_y;
        const double inset =
            shape->radius_x * (1 - pow(fmax(0, 1 - pow(up, shape->exponent)), 1 / shape->exponent));
        span.left += inset;
        span.right -= inset;
    }
    return span;
}

static double overlap(struct span span, int x)
{
    return fmax(0, fmin(span.right, x + 1) - fmax(span.left, x));
}

void shape_row(const struct shape *shape, int row, int width, uint8_t *coverage)
{
    struct span spans[SLICES];
    double full_left = 0, full_right = width, any_left = width, any_right = 0;
    for (int i = 0; i < SLICES; i++) {
        spans[i] = span_at(shape, row + (i + 0.5) / SLICES);
        full_left = fmax(full_left, spans[i].left);
        full_right = fmin(full_right, spans[i].right);
        if (spans[i].right > spans[i].left) {
            any_left = fmin(any_left, spans[i].left);
            any_right = fmax(any_right, spans[i].right);
        }
    }
    for (int x = 0; x < width; x++) {
        if (x >= full_left && x + 1 <= full_right) {
            coverage[x] = 255;
        } else if (x + 1 <= any_left || x >= any_right) {
            coverage[x] = 0;
        } else {
            double sum = 0;
            for (int i = 0; i < SLICES; i++) {
                sum += overlap(spans[i], x);
            }
            coverage[x] = (uint8_t)(sum * 255 / SLICES + 0.5);
        }
    }
}
