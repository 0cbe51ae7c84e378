/* SPDX-License-Identifier: MIT
 * The walks over containers: everything that must be known or refused before a decoder sees a byte.
 * They fill source->container, hold each limit on the header alone, and disarm in memory what no
 * decoder needs to see: EXIF (a crafted one crashes libvips up to 8.18.1, CVE-2026-35590) and PNG's
 * texts (libvips 8.14 takes a gigabyte for some). Linear time, no recursion, no codec. */
#ifndef PICSET_LOAD_WALK_H
#define PICSET_LOAD_WALK_H

#include "bytes.h"
#include "limit.h"
#include "source.h"

enum model { MODEL_RGB, MODEL_GREY, MODEL_CMYK }; /* of the decoded pixels */

struct walk {
    struct source *source;
    struct span span; /* all of the source's bytes */
    const struct limits *limits;
    int bands; /* of the decoded image, alpha counted */
    int bits;  /* of the decoded image: 8 or 16 */
    bool alpha;
    enum model model;
    int64_t metadata; /* bytes of it so far */
};

PICSET_NODISCARD enum status walk_jpeg(struct walk *walk, struct error *error);
PICSET_NODISCARD enum status walk_png(struct walk *walk, struct error *error);
PICSET_NODISCARD enum status walk_webp(struct walk *walk, struct error *error);
PICSET_NODISCARD enum status walk_gif(struct walk *walk, struct error *error);
PICSET_NODISCARD enum status walk_avif(struct walk *walk, struct error *error);

/* ---- Shared by the walks -------------------------------------------------------------------- */

/* STATUS_REFUSED, "holds a damaged JPEG image: …". */
enum status walk_damaged(const struct walk *walk, struct error *error, const char *format, ...)
    PICSET_PRINTF(3, 4);
/* Sides at least 1 and within limits->side, width * height * frames within source_pixels. */
PICSET_NODISCARD enum status walk_size(const struct walk *walk, struct error *error);
PICSET_NODISCARD enum status walk_frames(const struct walk *walk, struct error *error);
PICSET_NODISCARD enum status walk_icc(const struct walk *walk, size_t size, struct error *error);
/* Counts metadata of a kind against the limit. */
PICSET_NODISCARD enum status walk_metadata(struct walk *walk, size_t size, struct error *error);
PICSET_NODISCARD enum status walk_disarm(struct walk *walk, size_t at, const void *bytes,
                                         size_t size, struct error *error);
/* Inflates a zlib stream into a block of the source. *out stays as it is when the stream is
 * damaged, or makes more than `limit` bytes: then *too_long is true. */
PICSET_NODISCARD enum status walk_inflate(struct walk *walk, struct span packed, size_t limit,
                                          bool *too_long, struct span *out, struct error *error);

#endif
