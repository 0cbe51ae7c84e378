/* SPDX-License-Identifier: MIT
 * ThumbHash (Evan Wallace, https://evanw.github.io/thumbhash/): a picture of about 32 pixels across
 * in at most 25 bytes, as the coefficients of a cosine transform. */
#ifndef PICSET_THUMBHASH_H
#define PICSET_THUMBHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    THUMBHASH_SIDE = 100, /* px: at most */
    THUMBHASH_BYTES = 32  /* room that is always enough */
};

/* `rgba`: width * height pixels row by row, alpha not multiplied in; sides 1..THUMBHASH_SIDE.
 * Returns the number of bytes written. */
size_t thumbhash_encode(const uint8_t *rgba, int width, int height, uint8_t hash[THUMBHASH_BYTES]);

/* The picture that a hash stands for: `side` (1..THUMBHASH_SIDE) px on its longer side, in the
 * shape that the hash tells roughly, into `rgba` with room for side * side pixels. False when it is
 * cut.
 */
bool thumbhash_decode(const uint8_t *hash, size_t size, int side, uint8_t *rgba, int *width,
                      int *height);

#endif
