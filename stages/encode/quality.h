/* SPDX-License-Identifier: MIT
 * What a level is on each codec's own scale, so that equal levels look equal; and how a codec's
 * bytes grow with its quality. One table of measurements; knows no library. */
#ifndef PICSET_QUALITY_H
#define PICSET_QUALITY_H

#include "option.h"

/* Quality asked of one format, on its own scale; QUALITY_LOSSLESS for lossless. `numbers` are taken
 * as they are, whole. */
double quality_for(enum format format, const struct quality *quality);

/* Natural logarithm of the bits per pixel of a typical photograph at a quality: only differences
 * mean something. */
double quality_rate(enum format format, double quality);
/* The quality at which the typical photograph has that rate. */
double quality_at_rate(enum format format, double rate);

/* True when the quality is at least what very-high is. */
bool quality_is_fine(enum format format, double quality);

#endif
