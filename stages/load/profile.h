/* SPDX-License-Identifier: MIT
 * What an ICC profile says, read from its bytes without a colour engine. */
#ifndef PICSET_LOAD_PROFILE_H
#define PICSET_LOAD_PROFILE_H

#include "source.h"

enum profile_kind {
    PROFILE_DAMAGED, /* no ICC profile */
    PROFILE_GREY,
    PROFILE_CMYK,
    PROFILE_SRGB, /* RGB by matrix and curves, these within a few thousandths */
    PROFILE_P3,
    PROFILE_RGB,  /* any other RGB */
    PROFILE_OTHER /* Lab, XYZ, five colours … */
};

enum profile_kind profile_kind(struct span icc);

#endif
