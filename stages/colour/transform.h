/* SPDX-License-Identifier: MIT
 * Colours through ICC profiles: from an embedded profile, or a built-in one where there is none, to
 * sRGB, Display P3 or grey. The only file beside it knows lcms2. */
#ifndef PICSET_COLOUR_TRANSFORM_H
#define PICSET_COLOUR_TRANSFORM_H

#include <vips/vips.h>

#include "stage.h"

enum transform_intent {
    TRANSFORM_PERCEPTUAL,
    TRANSFORM_RELATIVE, /* black points are matched */
    TRANSFORM_SATURATION,
    TRANSFORM_ABSOLUTE
};

struct transform {
    struct span profile; /* of the source; {NULL, 0}: the built-in one of its space */
    enum space from, to; /* to: SRGB, P3, or GREY where the source is grey */
    bool alpha;          /* the last band is no colour and passes */
    int bits;            /* of the result: 8 or 16 */
    int intent;          /* enum transform_intent */
};

/* Whether the profile can be used for images of this space. */
bool transform_possible(struct span profile, enum space from);
/* Lazy, on 8 or 16 bits a sample; the target's profile is attached for P3, none for the others. */
PICSET_NODISCARD enum status transform_apply(const struct transform *transform, VipsImage *in,
                                             VipsImage **out, struct error *error);

#endif
