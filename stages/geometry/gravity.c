/* SPDX-License-Identifier: MIT
 * Where a box stands in another. */
#include <math.h>

#include "geometry.h"

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
