/* SPDX-License-Identifier: MIT
 * BlurHash (https://github.com/woltapp/blurhash): a blurred picture in 28 to 36 characters, for
 * the many applications that know no ThumbHash. It has no alpha. */
#ifndef PICSET_BLURHASH_H
#define PICSET_BLURHASH_H

#include <stdint.h>

enum {
    BLURHASH_SIDE = 100, /* px: at most */
    BLURHASH_ROOM = 40   /* characters with the NUL */
};

/* `rgba`: width * height pixels row by row, alpha not multiplied in; what is transparent gets the
 * mean colour of what is not. Four waves along the longer side, three along the shorter. */
void blurhash_encode(const uint8_t *rgba, int width, int height, char hash[BLURHASH_ROOM]);

#endif
