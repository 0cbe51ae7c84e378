/* SPDX-License-Identifier: MIT
 * libvips quantises to 2, 4, 16 or 256 colours and hands out a PNG; any number between is reached
 * by joining colours of the next larger palette, the pair first whose joining changes the image
 * least (Ward's criterion). Knows libvips, no PNG. */
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "image.h"
#include "memory.h"
#include "palette.h"
#include "vips_save.h"

struct cluster {
    double sum[4]; /* premultiplied by the number of pixels */
    double weight; /* pixels */
    int joined_to; /* -1: stands for itself */
};

static int bits_for(int colours)
{
    return colours > 16 ? 8 : colours > 4 ? 4 : colours > 2 ? 2 : 1;
}

static enum status quantise(const struct pixels *pixels, int colours, double dither,
                            VipsImage **out, struct error *error)
{
    static const struct attachments nothing;
    VipsImage *bare = NULL, *lazy = NULL;
    void *png = NULL;
    size_t size = 0;
    enum status status = vips_bare(pixels, &nothing, &bare, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (vips_pngsave_buffer(bare, &png, &size, "palette", TRUE, "bitdepth", bits_for(colours),
                            "dither", dither, "compression", 0, NULL) != 0 ||
        vips_pngload_buffer(png, size, &lazy, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "finding a palette failed");
        goto out;
    }
    *out = vips_image_copy_memory(lazy);
    if (*out == NULL) {
        status = image_error(error, STATUS_FAILED, "finding a palette failed");
    }
out:
    image_release(&lazy);
    g_free(png);
    image_release(&bare);
    return status;
}

static void read_pixel(const VipsImage *image, const uint8_t *at, uint8_t colour[4])
{
    const bool grey = image->Bands < 3;
    colour[0] = at[0];
    colour[1] = at[grey ? 0 : 1];
    colour[2] = at[grey ? 0 : 2];
    colour[3] = image->Bands % 2 == 0 ? at[image->Bands - 1] : 255;
}

/* The colour's place in the list, which grows; -1 when it would not fit. */
static int find_colour(struct palette *palette, const uint8_t colour[4], int guess)
{
    if (guess < palette->count && memcmp(palette->colours[guess], colour, 4) == 0) {
        return guess;
    }
    for (int i = 0; i < palette->count; i++) {
        if (memcmp(palette->colours[i], colour, 4) == 0) {
            return i;
        }
    }
    if (palette->count == PALETTE_MAX) {
        return -1;
    }
    memcpy(palette->colours[palette->count], colour, 4);
    return palette->count++;
}

static enum status index_image(VipsImage *image, struct palette *palette, struct error *error)
{
    const size_t count = (size_t)image->Xsize * (size_t)image->Ysize;
    const uint8_t *at = (const uint8_t *)VIPS_IMAGE_ADDR(image, 0, 0);
    int last = 0;
    palette->indices = memory_alloc(count);
    if (palette->indices == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++, at += image->Bands) {
        uint8_t colour[4];
        read_pixel(image, at, colour);
        last = find_colour(palette, colour, last);
        if (last < 0) {
            return error_set(error, STATUS_BUG, "the palette has more than %d colours",
                             PALETTE_MAX);
        }
        palette->indices[i] = (uint8_t)last;
    }
    return STATUS_OK;
}

static double joining_cost(const struct cluster *a, const struct cluster *b)
{
    double distance = 0;
    for (int c = 0; c < 4; c++) {
        const double difference = a->sum[c] / a->weight - b->sum[c] / b->weight;
        distance += difference * difference;
    }
    return distance * a->weight * b->weight / (a->weight + b->weight);
}

static void join_nearest(struct cluster *clusters, int count)
{
    int first = -1, second = -1;
    double least = 0;
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count && clusters[i].joined_to < 0; j++) {
            if (clusters[j].joined_to >= 0) {
                continue;
            }
            const double cost = joining_cost(&clusters[i], &clusters[j]);
            if (first < 0 || cost < least) {
                first = i, second = j, least = cost;
            }
        }
    }
    for (int c = 0; c < 4; c++) {
        clusters[first].sum[c] += clusters[second].sum[c];
    }
    clusters[first].weight += clusters[second].weight;
    clusters[second].joined_to = first;
}

/* Joins down to `limit`, then renumbers: translucent colours first, so that PNG's list of their
 * alphas ends early. */
static void reduce(struct palette *palette, size_t pixels, int limit)
{
    struct cluster clusters[PALETTE_MAX] = {0};
    uint8_t place[PALETTE_MAX], colours[PALETTE_MAX][4];
    for (size_t i = 0; i < pixels; i++) {
        clusters[palette->indices[i]].weight++;
    }
    for (int i = 0; i < palette->count; i++) {
        clusters[i].joined_to = -1;
        for (int c = 0; c < 4; c++) {
            clusters[i].sum[c] = palette->colours[i][c] * clusters[i].weight;
        }
    }
    for (int left = palette->count; left > limit; left--) {
        join_nearest(clusters, palette->count);
    }
    int count = 0;
    for (int opaque = 0; opaque < 2; opaque++) {
        for (int i = 0; i < palette->count; i++) {
            const double alpha = clusters[i].sum[3] / clusters[i].weight;
            if (clusters[i].joined_to < 0 && (alpha > 254.5) == (opaque == 1)) {
                for (int c = 0; c < 4; c++) {
                    colours[count][c] = (uint8_t)(clusters[i].sum[c] / clusters[i].weight + 0.5);
                }
                place[i] = (uint8_t)count++;
            }
        }
        palette->translucent = opaque == 0 ? count : palette->translucent;
    }
    for (int i = 0; i < palette->count; i++) {
        int target = i;
        while (clusters[target].joined_to >= 0) {
            target = clusters[target].joined_to;
        }
        place[i] = place[target];
    }
    memcpy(palette->colours, colours, (size_t)count * 4);
    palette->count = count;
    for (size_t i = 0; i < pixels; i++) {
        palette->indices[i] = place[palette->indices[i]];
    }
}

enum status palette_make(const struct pixels *pixels, int colours, double dither,
                         struct palette *out, struct error *error)
{
    struct palette palette = {0};
    VipsImage *quantised = NULL;
    enum status status = quantise(pixels, colours, dither, &quantised, error);
    if (status == STATUS_OK) {
        status = index_image(quantised, &palette, error);
    }
    if (status == STATUS_OK) {
        reduce(&palette, (size_t)quantised->Xsize * (size_t)quantised->Ysize, colours);
        *out = palette;
    } else {
        palette_release(&palette);
    }
    image_release(&quantised);
    return status;
}

void palette_release(struct palette *palette)
{
    memory_free(palette->indices);
    *palette = (struct palette){0};
}
