/* SPDX-License-Identifier: MIT
 * An image decoded outside of any plan: for stages that take a second one, for measuring, for
 * comparing. Knows no stage by name. */
#ifndef PICSET_DECODE_H
#define PICSET_DECODE_H

#include "plan.h"

/* One step, computed; *image is replaced by its result. */
PICSET_NODISCARD enum status image_advance(const struct step *step, const struct flow *flow,
                                           VipsImage **image, struct error *error);
/* The first frame, or all; whole and in memory, with the conditions in `wants` (enum wants)
 * holding. */
PICSET_NODISCARD enum status input_decode(const struct subject_input *input,
                                          const struct limits *limits, bool all_frames,
                                          unsigned wants, VipsImage **out, struct error *error);

#endif
