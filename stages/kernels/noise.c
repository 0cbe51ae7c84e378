/* SPDX-License-Identifier: MIT
 * Value noise: a lattice of hashed values, blended vertically once per cell and horizontally per
 * pixel. */
#include "noise.h"

#include <math.h>

float noise_lattice(uint32_t salt, int32_t x, int32_t y)
{
    uint32_t hash = (uint32_t)x * 0x9e3779b1u ^ ((uint32_t)y + salt) * 0x85ebca77u ^ salt;
    hash = (hash ^ hash >> 15) * 0x2c1b3c6du;
    hash = (hash ^ hash >> 12) * 0x297a2d39u;
    return (float)((hash ^ hash >> 15) >> 8) / 16777216.0f;
}

uint64_t noise_next(uint64_t *state) /* splitmix64, Steele, Lea, Flood 2014 */
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void add_octave(uint32_t salt, const struct noise_row *row, float amplitude, float *line,
                       int count)
{
    const double floor_y = floor(row->y), floor_x = floor(row->x);
    const float down = (float)(row->y - floor_y), share = down * down * (3 - 2 * down);
    const int32_t top = (int32_t)floor_y;
    const float step = (float)row->dx;
    int32_t cell = (int32_t)floor_x;
    float at = (float)(row->x - floor_x); /* within the cell */
    float upper = noise_lattice(salt, cell, top);
    float left = upper + (noise_lattice(salt, cell, top + 1) - upper) * share;
    for (int i = 0; i < count; cell++) {
        upper = noise_lattice(salt, cell + 1, top);
        const float right = upper + (noise_lattice(salt, cell + 1, top + 1) - upper) * share;
        const float base = (left - 0.5f) * 2 * amplitude, rise = (right - left) * 2 * amplitude;
        int end = i + (int)ceilf((1 - at) / step);
        end = end < count ? end : count;
        for (const int first = i; i < end; i++) {
            const float t = at + (float)(i - first) * step;
            line[i] += base + rise * t * t * (3 - 2 * t);
        }
        at = (float)(row->x - floor_x + i * row->dx) - (float)(cell + 1 - (int32_t)floor_x);
        left = right;
    }
}

void noise_line(uint32_t salt, struct noise_row row, int octaves, float roughness, float *line,
                int count)
{
    float amplitude = 1, total = 0;
    for (int i = 0; i < count; i++) {
        line[i] = 0;
    }
    for (int octave = 0; octave < octaves; octave++) {
        const double finest = fmax(row.dx, row.dy);
        const float seen = (float)fmin(1, (0.75 - finest) / 0.35); /* fades out before it aliases */
        if (seen > 0) {
            add_octave(salt + (uint32_t)octave * 0x3c6ef372u, &row, amplitude * seen, line, count);
        }
        total += amplitude;
        amplitude *= roughness;
        row = (struct noise_row){row.x * 2 + 17.31, row.y * 2 + 9.27, row.dx * 2, row.dy * 2};
    }
    for (int i = 0; i < count; i++) {
        line[i] /= total;
    }
}
