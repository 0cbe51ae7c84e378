/* SPDX-License-Identifier: MIT
 * A ThumbHash back into the picture that it stands for; the layout is that of thumbhash.c. */
#include <math.h>

#include "thumbhash.h"

enum { FREQUENCIES = 7, COEFFICIENTS = 32 };

struct plane {
    int across, down;
    double mean, scale;
    double rest[COEFFICIENTS];
};

struct layout {
    struct plane light, yellow, red, alpha;
    bool has_alpha;
    int across, down; /* of the picture's shape */
};

static int at_least(int number, int least)
{
    return number < least ? least : number;
}

/* The low frequencies stand in half bytes, the lower half first. */
static bool plane_read(struct plane *plane, const uint8_t *hash, size_t size, size_t *halves)
{
    int count = 0;
    for (int v = 0; v < plane->down; v++) {
        for (int u = v ? 0 : 1; u * plane->down < plane->across * (plane->down - v); u++) {
            if (*halves / 2 >= size || count == COEFFICIENTS) {
                return false;
            }
            unsigned half = hash[*halves / 2] >> 4 * (*halves % 2) & 15;
            plane->rest[count++] = (half / 7.5 - 1) * plane->scale;
            ++*halves;
        }
    }
    return true;
}

static bool layout_read(struct layout *layout, const uint8_t *hash, size_t size)
{
    if (size < 5) {
        return false;
    }
    uint32_t first = hash[0] | (uint32_t)hash[1] << 8 | (uint32_t)hash[2] << 16;
    uint32_t second = hash[3] | (uint32_t)hash[4] << 8;
    bool alpha = first >> 23 & 1, landscape = second >> 15 & 1;
    int longer = alpha ? 5 : 7, shorter = at_least((int)(second & 7), 1);
    if (alpha && size < 6) {
        return false;
    }
    layout->has_alpha = alpha;
    layout->across = landscape ? longer : shorter;
    layout->down = landscape ? shorter : longer;
    layout->light = (struct plane){.across = at_least(layout->across, 3),
                                   .down = at_least(layout->down, 3),
                                   .mean = (first & 63) / 63.0,
                                   .scale = (first >> 18 & 31) / 31.0};
    /* a little more colour than was there makes up for the frequencies that are not */
    layout->yellow =
        (struct plane){3, 3, (first >> 6 & 63) / 31.5 - 1, (second >> 3 & 63) / 63.0 * 1.25, {0}};
    layout->red =
        (struct plane){3, 3, (first >> 12 & 63) / 31.5 - 1, (second >> 9 & 63) / 63.0 * 1.25, {0}};
    layout->alpha = (struct plane){5, 5, 1, 0, {0}};
    if (alpha) {
        layout->alpha.mean = (hash[5] & 15) / 15.0;
        layout->alpha.scale = (hash[5] >> 4) / 15.0;
    }
    size_t halves = alpha ? 12 : 10;
    return plane_read(&layout->light, hash, size, &halves) &&
           plane_read(&layout->yellow, hash, size, &halves) &&
           plane_read(&layout->red, hash, size, &halves) &&
           (!alpha || plane_read(&layout->alpha, hash, size, &halves));
}

static double plane_at(const struct plane *plane, const double *across, const double *down)
{
    double sum = plane->mean;
    int i = 0;
    for (int v = 0; v < plane->down; v++) {
        for (int u = v ? 0 : 1; u * plane->down < plane->across * (plane->down - v); u++) {
            sum += plane->rest[i++] * across[u] * down[v] * 2;
        }
    }
    return sum;
}

static void cosines_fill(double cosines[FREQUENCIES], int size, int at)
{
    const double pi = 3.14159265358979323846;
    for (int f = 0; f < FREQUENCIES; f++) {
        cosines[f] = cos(pi / size * (at + 0.5) * f);
    }
}

static uint8_t to_byte(double number)
{
    return (uint8_t)(fmin(fmax(number, 0), 1) * 255 + 0.5);
}

bool thumbhash_decode(const uint8_t *hash, size_t size, int side, uint8_t *rgba, int *width,
                      int *height)
{
    struct layout layout;
    if (!layout_read(&layout, hash, size)) {
        return false;
    }
    bool wide = layout.across > layout.down;
    double ratio = (double)layout.across / layout.down;
    *width = at_least((int)(wide ? side : side * ratio + 0.5), 1);
    *height = at_least((int)(wide ? side / ratio + 0.5 : side), 1);
    for (int y = 0; y < *height; y++) {
        double down[FREQUENCIES], across[FREQUENCIES];
        cosines_fill(down, *height, y);
        for (int x = 0; x < *width; x++, rgba += 4) {
            cosines_fill(across, *width, x);
            double light = plane_at(&layout.light, across, down);
            double yellow = plane_at(&layout.yellow, across, down);
            double red_green = plane_at(&layout.red, across, down);
            double blue = light - 2.0 / 3 * yellow;
            double red = (3 * light - blue + red_green) / 2;
            rgba[0] = to_byte(red);
            rgba[1] = to_byte(red - red_green);
            rgba[2] = to_byte(blue);
            rgba[3] = layout.has_alpha ? to_byte(plane_at(&layout.alpha, across, down)) : 255;
        }
    }
    return true;
}
