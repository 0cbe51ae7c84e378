/* SPDX-License-Identifier: MIT
 * The size that an AV1 decoder makes room for, read from the stream: a container may claim less. */
#ifndef PICSET_LOAD_AV1_H
#define PICSET_LOAD_AV1_H

#include <stdbool.h>
#include <stdint.h>
#include "source.h"

/* The largest size of any sequence header in the stream, up to 65536 a side. False when there is
 * none, or when the stream's units do not fit together. */
bool av1_size(struct span stream, uint32_t *width, uint32_t *height);

#endif
