/* SPDX-License-Identifier: MIT
 * Words in a picture: letters of 5 x 9 dots whose neighbours are joined by round strokes, so that
 * they are smooth at any size. Knows no picture and needs no memory. */
#ifndef PICSET_LETTERING_H
#define PICSET_LETTERING_H

#include <stdint.h>

enum { LETTERING_LINES = 3, LETTERING_COLUMNS = 64 };

struct lettering {                                        /* filled by lettering_set */
    uint64_t letters[LETTERING_LINES][LETTERING_COLUMNS]; /* dots: bit 5 * row + column */
    int lengths[LETTERING_LINES];
    int lines;
};

/* Breaks UTF-8 text into at most three lines of `columns` letters; what is left over becomes "...".
 * Accents are dropped; what is not Latin becomes a sign of its own. */
void lettering_set(struct lettering *lettering, const char *text, int columns);
/* In dots, from the top left of the first letter; a letter is 6 wide, a capital 7 and a line 12
 * high. How far the nearest stroke's middle is; 9 when it is far. */
float lettering_distance(const struct lettering *lettering, float x, float y);

#endif
