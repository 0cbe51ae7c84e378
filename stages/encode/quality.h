/* SPDX-License-Identifier: MIT
 * What a level is on each codec's own scale, so that equal levels look equal; and how a codec's
 * bytes grow with its quality. One table of measurements; knows no library. */
#ifndef PICSET_QUALITY_H
#define PICSET_QUALITY_H

#include "option.h"

/* Quality asked of one format, on its own scale; QUALITY_LOSSLESS for lossless. `numbers` are taken
 * as they are, whole. */
double quality_for(enum format format, const struct quality *quality);

/* How a codec's bytes grow with its quality: natural logarithm of the bits per pixel of an image
 * that holds more (content > 0) or less than the typical photograph; and its content, seen from a
 * rate.
 */
double quality_rate(enum format format, double quality, double content);
double quality_content(enum format format, double quality, double rate);
/* The content to expect of so many pixels: small images hold more in each. */
double quality_content_usual(double pixels);

/* True when the quality is at least what very-high is. */
bool quality_is_fine(enum format format, double quality);

#endif
