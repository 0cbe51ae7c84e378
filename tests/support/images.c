/* SPDX-License-Identifier: MIT
 * Test images with known answers. */
#include "images.h"

#include <math.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#ifndef PICSET_SOURCE_DIR
#define PICSET_SOURCE_DIR "."
#endif

static const struct kind {
    const char *name;
    int bands, bits;
    bool alpha;
    enum space space;
    VipsInterpretation type;
} kinds[PICTURE_COUNT] = {
    [PICTURE_RGB] = {"rgb", 3, 8, false, SPACE_SRGB, VIPS_INTERPRETATION_sRGB},
    [PICTURE_RGBA] = {"rgba", 4, 8, true, SPACE_SRGB, VIPS_INTERPRETATION_sRGB},
    [PICTURE_GREY] = {"grey", 1, 8, false, SPACE_GREY, VIPS_INTERPRETATION_B_W},
    [PICTURE_GREY_ALPHA] = {"grey alpha", 2, 8, true, SPACE_GREY, VIPS_INTERPRETATION_B_W},
    [PICTURE_RGB16] = {"rgb 16-bit", 3, 16, false, SPACE_SRGB, VIPS_INTERPRETATION_RGB16},
    [PICTURE_RGBA16] = {"rgba 16-bit", 4, 16, true, SPACE_SRGB, VIPS_INTERPRETATION_RGB16},
    [PICTURE_GREY16] = {"grey 16-bit", 1, 16, false, SPACE_GREY, VIPS_INTERPRETATION_GREY16},
    [PICTURE_CMYK] = {"cmyk", 4, 8, false, SPACE_CMYK, VIPS_INTERPRETATION_CMYK},
};

const char *picture_name(enum picture_kind kind)
{
    return kinds[kind].name;
}

static VipsImage *memory_image(const void *bytes, size_t size, int width, int height, int bands,
                               VipsBandFormat format, VipsInterpretation type)
{
    VipsImage *plain = vips_image_new_from_memory_copy(bytes, size, width, height, bands, format);
    assert_non_null(plain);
    VipsImage *typed = NULL;
    assert_int_equal(vips_copy(plain, &typed, "interpretation", type, NULL), 0);
    g_object_unref(plain);
    VipsImage *memory = vips_image_copy_memory(typed);
    assert_non_null(memory);
    g_object_unref(typed);
    return memory;
}

/* 0..1 */
static double gradient(const struct kind *kind, double x, double y, int band, int frame)
{
    if (kind->alpha && band == kind->bands - 1) {
        return x;
    }
    const double value = band == 0 ? x : band == 1 ? y : band == 2 ? 1 - x : 0.25;
    return value * 0.8 + 0.05 * frame;
}

struct picture picture_gradient(enum picture_kind which, int width, int height, int frames)
{
    const struct kind *kind = &kinds[which];
    const size_t count = (size_t)width * (size_t)height * (size_t)frames * (size_t)kind->bands;
    const double max = kind->bits == 16 ? 65535 : 255;
    uint8_t *bytes = malloc(count);
    uint16_t *shorts = malloc(count * 2);
    assert_true(bytes && shorts);
    size_t at = 0;
    for (int row = 0; row < height * frames; row++) {
        for (int column = 0; column < width; column++) {
            for (int band = 0; band < kind->bands; band++, at++) {
                const double x = width > 1 ? column / (width - 1.0) : 0.5;
                const double y = height > 1 ? row % height / (height - 1.0) : 0.5;
                const double value = gradient(kind, x, y, band, row / height) * max;
                bytes[at] = (uint8_t)fmin(value + 0.5, 255);
                shorts[at] = (uint16_t)(value + 0.5);
            }
        }
    }
    struct picture picture = {0};
    picture.image = kind->bits == 16 ? memory_image(shorts, count * 2, width, height * frames,
                                                    kind->bands, VIPS_FORMAT_USHORT, kind->type)
                                     : memory_image(bytes, count, width, height * frames,
                                                    kind->bands, VIPS_FORMAT_UCHAR, kind->type);
    free(bytes);
    free(shorts);
    if (frames > 1) {
        vips_image_set_int(picture.image, VIPS_META_PAGE_HEIGHT, height);
        vips_image_set_int(picture.image, VIPS_META_N_PAGES, frames);
        vips_image_set_array_int(picture.image, "delay", (int[]){40, 50, 60}, VIPS_MIN(frames, 3));
    }
    picture.facts = (struct facts){.width = width,
                                   .height = height,
                                   .frames = frames,
                                   .bands = kind->bands,
                                   .alpha = kind->alpha,
                                   .alpha_used = kind->alpha,
                                   .bits = kind->bits,
                                   .space = kind->space,
                                   .orientation = 1,
                                   .format = FORMAT_PNG};
    return picture;
}

void picture_release(struct picture *picture)
{
    g_object_unref(picture->image);
    picture->image = NULL;
}

VipsImage *image_drawn(int width, int height, int bands, uint8_t (*sample)(int x, int y, int band))
{
    const size_t count = (size_t)width * (size_t)height * (size_t)bands;
    uint8_t *bytes = malloc(count);
    assert_non_null(bytes);
    size_t at = 0;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int band = 0; band < bands; band++) {
                bytes[at++] = sample(x, y, band);
            }
        }
    }
    VipsImage *image = memory_image(bytes, count, width, height, bands, VIPS_FORMAT_UCHAR,
                                    bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
    free(bytes);
    return image;
}

VipsImage *image_zone_plate(int side)
{
    uint8_t *bytes = malloc((size_t)side * (size_t)side);
    assert_non_null(bytes);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            const double across = x - (side - 1) / 2.0, down = y - (side - 1) / 2.0;
            const double phase = 3.14159265358979 * (across * across + down * down) / side;
            bytes[(size_t)y * (size_t)side + (size_t)x] = (uint8_t)(127.5 + 127 * cos(phase));
        }
    }
    VipsImage *image = memory_image(bytes, (size_t)side * (size_t)side, side, side, 1,
                                    VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W);
    free(bytes);
    return image;
}

VipsImage *image_soft_disc(int side, uint8_t red, uint8_t green, uint8_t blue)
{
    const size_t count = (size_t)side * (size_t)side * 4;
    uint8_t *bytes = malloc(count);
    assert_non_null(bytes);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            const double distance = hypot(x - (side - 1) / 2.0, y - (side - 1) / 2.0);
            const double edge = (side * 0.42 - distance) / (side * 0.1);
            const double alpha = fmax(0, fmin(1, edge)) * 255;
            uint8_t *pixel = bytes + ((size_t)y * (size_t)side + (size_t)x) * 4;
            pixel[3] = (uint8_t)(alpha + 0.5);
            pixel[0] = pixel[3] ? 255 : red;
            pixel[1] = pixel[3] ? 255 : green;
            pixel[2] = pixel[3] ? 255 : blue;
        }
    }
    VipsImage *image =
        memory_image(bytes, count, side, side, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
    free(bytes);
    return image;
}

void image_encode(VipsImage *image, const char *suffix, struct buffer *out)
{
    void *bytes = NULL;
    size_t size = 0;
    if (vips_image_write_to_buffer(image, suffix, &bytes, &size, NULL) != 0) {
        fail_msg("%s: %s", suffix, vips_error_buffer());
    }
    buffer_bytes(out, bytes, size);
    g_free(bytes);
    assert_false(buffer_failed(out));
}

double image_sample(const VipsImage *image, int x, int y, int band)
{
    assert_non_null(image->data);
    const size_t at =
        ((size_t)y * (size_t)image->Xsize + (size_t)x) * (size_t)image->Bands + (size_t)band;
    if (image->BandFmt == VIPS_FORMAT_USHORT) {
        return ((const uint16_t *)(const void *)image->data)[at];
    }
    assert_int_equal(image->BandFmt, VIPS_FORMAT_UCHAR);
    return ((const uint8_t *)(const void *)image->data)[at];
}

static bool same_shape(const VipsImage *a, const VipsImage *b)
{
    return a->Xsize == b->Xsize && a->Ysize == b->Ysize && a->Bands == b->Bands &&
           a->BandFmt == b->BandFmt;
}

double image_difference(const VipsImage *a, const VipsImage *b)
{
    if (!same_shape(a, b)) {
        return INFINITY;
    }
    double most = 0;
    for (int y = 0; y < a->Ysize; y++) {
        for (int x = 0; x < a->Xsize; x++) {
            for (int band = 0; band < a->Bands; band++) {
                most = fmax(most, fabs(image_sample(a, x, y, band) - image_sample(b, x, y, band)));
            }
        }
    }
    return most;
}

double image_psnr(const VipsImage *a, const VipsImage *b)
{
    assert_true(same_shape(a, b));
    const double max = a->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255;
    double sum = 0;
    for (int y = 0; y < a->Ysize; y++) {
        for (int x = 0; x < a->Xsize; x++) {
            for (int band = 0; band < a->Bands; band++) {
                const double error = image_sample(a, x, y, band) - image_sample(b, x, y, band);
                sum += error * error;
            }
        }
    }
    const double count = (double)a->Xsize * a->Ysize * a->Bands;
    return sum > 0 ? 10 * log10(max * max * count / sum) : INFINITY;
}

const char *corpus_folder(void)
{
    const char *folder = getenv("PICSET_CORPUS");
    struct stat info;
    if (!folder) {
        folder = PICSET_SOURCE_DIR "/../shared/corpus";
    }
    return stat(folder, &info) == 0 && S_ISDIR(info.st_mode) ? folder : NULL;
}

VipsImage *corpus_image(const char *path)
{
    char file[1024];
    const char *folder = corpus_folder();
    struct stat info;
    if (!folder) {
        return NULL;
    }
    snprintf(file, sizeof file, "%s/%s", folder, path);
    if (stat(file, &info) != 0) {
        return NULL;
    }
    VipsImage *lazy = vips_image_new_from_file(file, NULL);
    VipsImage *image = lazy ? vips_image_copy_memory(lazy) : NULL;
    if (!image) {
        fail_msg("%s: %s", file, vips_error_buffer());
    }
    g_object_unref(lazy);
    return image;
}
