/* SPDX-License-Identifier: MIT
 * Bytes of files put together by hand, right or wrong on purpose. Failure is remembered by the
 * buffer: craft_check once at the end. */
#ifndef PICSET_TEST_CRAFT_H
#define PICSET_TEST_CRAFT_H

#include "buffer.h"

void craft_be16(struct buffer *out, unsigned number);
void craft_be32(struct buffer *out, unsigned long number);
void craft_le16(struct buffer *out, unsigned number);
void craft_le24(struct buffer *out, unsigned long number);
void craft_le32(struct buffer *out, unsigned long number);
void craft_zeros(struct buffer *out, size_t count);

/* A TIFF structure whose IFD0 holds one SHORT. */
void craft_exif(struct buffer *out, bool little, unsigned tag, unsigned number);

/* A whole marker segment with its length. */
void craft_segment(struct buffer *out, unsigned marker, const void *bytes, size_t size);
void craft_frame(struct buffer *out, unsigned marker, unsigned width, unsigned height,
                 unsigned bits, unsigned components);
/* A scan header of one component and four bytes of data, one of them stuffed. */
void craft_scan(struct buffer *out);

/* The signature and the header chunk. */
void craft_png(struct buffer *out, unsigned long width, unsigned long height, unsigned depth,
               unsigned colour);
void craft_chunk(struct buffer *out, const char *type, const void *bytes, size_t size);
/* Packs with zlib. */
void craft_packed(struct buffer *out, const void *bytes, size_t size);

/* A RIFF chunk with its padding; the whole file around chunks. */
void craft_riff(struct buffer *out, const char *name, const void *bytes, size_t size);
void craft_webp(struct buffer *out, const struct buffer *chunks);
void craft_vp8x(struct buffer *out, unsigned flags, unsigned long width, unsigned long height);
void craft_vp8(struct buffer *out, unsigned width, unsigned height);

/* Header without a colour table; an image of one sub-block. */
void craft_gif(struct buffer *out, unsigned width, unsigned height);
void craft_gif_image(struct buffer *out, unsigned left, unsigned top, unsigned width,
                     unsigned height);

/* A box of ISO base media files; its version and flags, where it has them, stand in the body. */
void craft_box(struct buffer *out, const char *type, const void *bytes, size_t size);

#endif
