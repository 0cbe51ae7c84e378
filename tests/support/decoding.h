/* SPDX-License-Identifier: MIT
 * Decoders that have nothing to do with the encoders under test: libjpeg, libpng, libwebp and
 * libjxl called directly, avifdec as a program, libvips for GIF. */
#ifndef PICSET_TEST_DECODING_H
#define PICSET_TEST_DECODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decoded {
    int width, height, bands,
        bits; /* as stored in the file: 1..4 bands, 8 or 16 bits (native order) */
    int frames;
    int delay;        /* ms of the first frame of an animation */
    bool palette;     /* PNG: indexed; expanded in bytes */
    int colours;      /* PNG: of the palette */
    bool progressive; /* JPEG, PNG */
    int sampling;     /* JPEG: of luma, 1 or 2 */
    uint8_t *bytes;   /* of the first frame unless said otherwise */
    uint8_t *icc, *exif, *xmp;
    size_t icc_size, exif_size, xmp_size;
    int app13; /* JPEG: bytes of the Photoshop segment */
};

/* All false when the bytes are not valid. decoded_free in any case. */
bool decode_jpeg(const void *bytes, size_t size, struct decoded *out);
bool decode_png(const void *bytes, size_t size, struct decoded *out);
bool decode_webp(const void *bytes, size_t size, struct decoded *out);
bool decode_gif(const void *bytes, size_t size, struct decoded *out); /* all frames */
/* bits 8 or 16 of the PNG that avifdec writes; *missing when there is no avifdec. */
bool decode_avif(const void *bytes, size_t size, struct decoded *out, bool *missing);
bool decode_jxl(const void *bytes, size_t size, struct decoded *out, bool *missing);
void decoded_free(struct decoded *decoded);

/* Peak signal to noise ratio in dB of `bands` bands that both have; 8 bits; 99 when equal. */
double psnr(const uint8_t *a, int a_bands, const uint8_t *b, int b_bands, int bands, size_t pixels);

/* The program's exit status; -1 when it is not installed. Output is thrown away. */
int decoder_run(const char *const *argv);

#endif
