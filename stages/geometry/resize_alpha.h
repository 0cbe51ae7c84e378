/* SPDX-License-Identifier: MIT
 * For resize alone: 8-bit pictures with alpha made smaller. */
#ifndef PICSET_RESIZE_ALPHA_H
#define PICSET_RESIZE_ALPHA_H

#include <vips/vips.h>

#include "stage.h"

/* The picture takes width x height px about the middle of `in`. */
bool resize_alpha_fits(const VipsImage *in, double width, double height, struct size size);
enum status resize_alpha(VipsImage *in, double width, double height, struct size size,
                         VipsImage **out, struct error *error);

#endif
