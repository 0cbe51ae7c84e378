/* SPDX-License-Identifier: MIT
 * A histogram of coarse boxes. Finer ones split a sky or a wall into many and let a small flat
 * patch win. */
#include "dominant.h"

enum { BOXES = 16 * 16 * 16 };

static unsigned box_of(const uint8_t *pixel)
{
    return (unsigned)(pixel[0] >> 4) << 8 | (unsigned)(pixel[1] >> 4) << 4 |
           (unsigned)(pixel[2] >> 4);
}

void dominant_colour(const uint8_t *rgba, size_t count, uint8_t colour[3])
{
    uint64_t weights[BOXES] = {0}, sums[3] = {0};
    for (size_t i = 0; i < count; i++) {
        weights[box_of(rgba + 4 * i)] += rgba[4 * i + 3];
    }
    unsigned fullest = 0;
    for (unsigned box = 1; box < BOXES; box++) {
        fullest = weights[box] > weights[fullest] ? box : fullest;
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *pixel = rgba + 4 * i;
        for (int c = 0; c < 3 && box_of(pixel) == fullest; c++) {
            sums[c] += (uint64_t)pixel[c] * pixel[3];
        }
    }
    for (int c = 0; c < 3; c++) {
        uint64_t weight = weights[fullest];
        colour[c] = weight ? (uint8_t)((sums[c] + weight / 2) / weight) : 0;
    }
}
