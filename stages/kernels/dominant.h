/* SPDX-License-Identifier: MIT
 * The colour that covers most of a picture. */
#ifndef PICSET_DOMINANT_H
#define PICSET_DOMINANT_H

#include <stddef.h>
#include <stdint.h>

/* The mean of the fullest of 16 x 16 x 16 boxes of RGB, pixels counted by their alpha. `rgba`:
 * alpha not multiplied in. Of nothing but transparent pixels: black. */
void dominant_colour(const uint8_t *rgba, size_t count, uint8_t colour[3]);

#endif
