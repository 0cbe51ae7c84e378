/* SPDX-License-Identifier: MIT
 * A new EXIF block with only those entries of an old one that are to be kept. */
#ifndef PICSET_EXIF_WRITE_H
#define PICSET_EXIF_WRITE_H

#include "facts.h"
#include "source.h"

/* Appends a TIFF block in the byte order of `source`: KEEP_COPYRIGHT takes Artist and Copyright,
 * KEEP_EXIF all but place, thumbnail, maker notes and what describes the old file's pixels,
 * KEEP_GPS the place. The orientation becomes 1. Nothing is appended when nothing is left. Broken
 * entries are left out. */
PICSET_NODISCARD enum status exif_write(struct span source, unsigned keep, struct buffer *out,
                                        struct error *error);

#endif
