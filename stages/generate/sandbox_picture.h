/* SPDX-License-Identifier: MIT
 * The picture that the sandbox gives for a prompt, as a file. */
#ifndef PICSET_SANDBOX_PICTURE_H
#define PICSET_SANDBOX_PICTURE_H

#include <stdatomic.h>
#include <stdint.h>

#include "buffer.h"
#include "error.h"
#include "format.h"

/* Deterministic; format is PNG or JPEG. `stop` (may be NULL) is asked now and then: INTERRUPTED. */
PICSET_NODISCARD enum status sandbox_picture(const char *prompt, int64_t seed, int width,
                                             int height, enum format format,
                                             const atomic_bool *stop, struct buffer *out,
                                             struct error *error);

#endif
