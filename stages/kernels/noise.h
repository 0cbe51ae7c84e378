/* SPDX-License-Identifier: MIT
 * Value noise along rows of pixels: the same picture at any size, with as many octaves as the
 * pixels can show. Knows no picture. */
#ifndef PICSET_NOISE_H
#define PICSET_NOISE_H

#include <stdint.h>

/* A point of the unit interval for a place on a lattice; equal on every machine. */
float noise_lattice(uint32_t salt, int32_t x, int32_t y);
/* The next of a series of random numbers. */
uint64_t noise_next(uint64_t *state);

/* A row through a field: it starts at (x, y) and goes on by dx for each pixel; dy is how far apart
 * rows are there. In lattice cells of the coarsest octave. */
struct noise_row {
    double x, y, dx, dy;
};
/* Sums octaves, each twice as fine and `roughness` as strong as the one before; -1..1, mostly
 * within half of that. Octaves finer than the pixels are left out. */
void noise_line(uint32_t salt, struct noise_row row, int octaves, float roughness, float *line,
                int count);

#endif
