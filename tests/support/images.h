/* SPDX-License-Identifier: MIT
 * Test images with known answers, as libvips images in memory with the facts that fit them. */
#ifndef PICSET_TEST_IMAGES_H
#define PICSET_TEST_IMAGES_H

#include <vips/vips.h>

#include "buffer.h"
#include "facts.h"

enum picture_kind {
    PICTURE_RGB,
    PICTURE_RGBA,
    PICTURE_GREY,
    PICTURE_GREY_ALPHA,
    PICTURE_RGB16,
    PICTURE_RGBA16,
    PICTURE_GREY16,
    PICTURE_CMYK,
    PICTURE_COUNT
};

struct picture {
    VipsImage *image; /* in memory; release with picture_release */
    struct facts facts;
};

const char *picture_name(enum picture_kind kind);
/* A gradient: red grows to the right, green downwards, blue falls to the right; alpha grows to the
 * right. `frames` of them stand one below the other, each a little brighter. */
struct picture picture_gradient(enum picture_kind kind, int width, int height, int frames);
void picture_release(struct picture *picture);

/* One byte per sample, filled by `sample(x, y, band)`; interpretation by the number of bands. */
VipsImage *image_drawn(int width, int height, int bands, uint8_t (*sample)(int x, int y, int band));
/* Rings that grow finer with the distance from the middle, up to half of the sampling rate. */
VipsImage *image_zone_plate(int side);
/* A white disc whose alpha falls softly to 0; under the transparent part lies `hidden`. */
VipsImage *image_soft_disc(int side, uint8_t red, uint8_t green, uint8_t blue);

/* Encoded with libvips, for tests that need a file's bytes; `suffix` is ".jpg", ".png", ".webp" …
 * with options in brackets. */
void image_encode(VipsImage *image, const char *suffix, struct buffer *out);

/* All in memory. Sample of band `band` at x, y. */
double image_sample(const VipsImage *image, int x, int y, int band);
/* Largest difference of two samples; infinity when the shapes differ. */
double image_difference(const VipsImage *a, const VipsImage *b);
/* Peak signal to noise ratio in dB, of 8-bit or 16-bit samples; infinity when equal. */
double image_psnr(const VipsImage *a, const VipsImage *b);

/* The corpus' folder, from the environment or beside the sources; NULL when it is not there. */
const char *corpus_folder(void);
/* A file of the corpus decoded as it is; NULL when it is not there. */
VipsImage *corpus_image(const char *path);

#endif
