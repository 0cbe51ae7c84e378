/* SPDX-License-Identifier: MIT
 * Between pack.c and unpack.c only: an icon file as a list of members. */
#ifndef PICSET_UNPACK_H
#define PICSET_UNPACK_H

#include "source.h"

enum { UNPACKED_MAX = 256 };

struct unpacked_member {
    int width, height, density;
};

struct unpacked {
    struct unpacked_member members[UNPACKED_MAX];
    size_t count;
};

/* STATUS_REFUSED where the file is damaged. */
PICSET_NODISCARD enum status unpack_read(struct span file, struct unpacked *out,
                                         struct error *error);
/* Side and density of an ICNS member by its four letters; false for another type. */
bool icns_side(const uint8_t *type, int *side, int *density);

#endif
