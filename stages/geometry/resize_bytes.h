/* SPDX-License-Identifier: MIT
 * For resize alone: 8-bit pictures made smaller, all bands alike. */
#ifndef PICSET_RESIZE_BYTES_H
#define PICSET_RESIZE_BYTES_H

#include <vips/vips.h>

#include "stage.h"

/* The picture takes width x height px about the middle of `in`. */
bool resize_bytes_fits(const VipsImage *in, double width, double height, struct size size);
enum status resize_bytes(const struct flow *flow, VipsImage *in, double width, double height,
                         struct size size, VipsImage **out, struct error *error);

#endif
