/* SPDX-License-Identifier: MIT
 * A picture from a few words: a landscape, a city or a still life that compresses like a
 * photograph. The same words, seed and size give the same bytes; another size of the same shape
 * gives the same picture. Rows are drawn on demand, from any thread. */
#ifndef PICSET_DRAWING_H
#define PICSET_DRAWING_H

#include <stdint.h>

#include "lettering.h"

struct tone { /* sRGB, 0..1 */
    float red, green, blue;
};

/* Filled by drawing_start and only read then. Lengths are in units of the shorter side, from the
 * top left: the picture is the same at any size. */
struct drawing {
    int width, height; /* px */
    float unit;        /* px */
    float right, bottom;
    uint32_t salt;
    int land, time, subject;        /* rows of the tables of drawing_scene.c */
    float waterline, clouds, light; /* light comes from -1, left, or 1, right */
    float sun_x, sun_y;
    float subject_x, subject_y, subject_height;
    struct tone subject_tone;
    struct tone zenith, low, sun; /* of the sky */
    struct tone shine;            /* what the light makes of white */
    float shift_x;                /* which part of the endless land is seen */
    struct lettering caption;
    float dot; /* of a letter */
};

void drawing_start(struct drawing *drawing, const char *words, int64_t seed, int width, int height);
/* `rgb`: count rows of 3 * width bytes. */
void drawing_rows(const struct drawing *drawing, int first, int count, uint8_t *rgb);

#endif
