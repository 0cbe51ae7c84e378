/* SPDX-License-Identifier: MIT
 * For the encoders that are libvips' own savers. */
#ifndef PICSET_VIPS_SAVE_H
#define PICSET_VIPS_SAVE_H

#include "attachments.h"
#include "pixels.h"

typedef struct _VipsOperation VipsOperation; /* libvips' own */

/* An image with these pixels and nothing of the source's metadata but what is attached. It borrows
 * the pixels. */
PICSET_NODISCARD enum status vips_bare(const struct pixels *pixels,
                                       const struct attachments *attachments, VipsImage **out,
                                       struct error *error);

/* Nothing but what is attached: the savers add EXIF of their own (size, resolution) otherwise. */
void vips_keep(VipsOperation *operation, const struct attachments *attachments);

/* Builds a `…save_buffer` operation whose arguments are set, appends what it wrote, and releases
 * it. */
PICSET_NODISCARD enum status vips_save_run(VipsOperation *operation, const char *failure,
                                           struct buffer *out, struct error *error);

/* Whether the libvips that runs has an operation: vips_can("heifsave_buffer"). Starts it. */
bool vips_can(const char *operation);
/* Whether an operation of the libvips that runs has an argument: vips_has("heifsave_buffer",
 * "tune"). */
bool vips_has(const char *operation, const char *argument);

#endif
