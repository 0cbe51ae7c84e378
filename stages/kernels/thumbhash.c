/* SPDX-License-Identifier: MIT
 * The published layout of ThumbHash: luminance, two colour differences and alpha, each as one mean,
 * one scale (the largest coefficient) and its low frequencies in four bits. */
#include "thumbhash.h"

#include <math.h>
#include <stdbool.h>

enum { FREQUENCIES = 7, LIGHT = 0, YELLOW, RED, ALPHA, CHANNELS };

struct channel {
    int across, down;                         /* frequencies */
    double sums[FREQUENCIES][THUMBHASH_SIDE]; /* every row, by frequency across */
    double mean, scale;
    double rest[FREQUENCIES * FREQUENCIES]; /* 0..1, the scale taken out */
    int count;
};

struct mean { /* of the colour, by how much each pixel covers */
    double red, green, blue;
    bool opaque;
};

/* 0.5 goes up, as in the reference. */
static unsigned round_up(double number)
{
    return (unsigned)floor(number + 0.5);
}

static int at_least(int number, int least)
{
    return number < least ? least : number;
}

static struct mean mean_of(const uint8_t *rgba, int count)
{
    struct mean mean = {0};
    double alpha = 0;
    for (int i = 0; i < count; i++, rgba += 4) {
        double cover = rgba[3] / 255.0;
        mean.red += cover / 255 * rgba[0];
        mean.green += cover / 255 * rgba[1];
        mean.blue += cover / 255 * rgba[2];
        alpha += cover;
    }
    if (alpha > 0) {
        mean.red /= alpha;
        mean.green /= alpha;
        mean.blue /= alpha;
    }
    mean.opaque = alpha >= count;
    return mean;
}

/* One row, laid over the mean colour: luminance 0..1, yellow - blue and red - green -1..1, alpha.
 */
static void row_split(const uint8_t *rgba, int width, const struct mean *mean,
                      double planes[CHANNELS][THUMBHASH_SIDE])
{
    for (int x = 0; x < width; x++, rgba += 4) {
        double cover = rgba[3] / 255.0;
        double red = mean->red * (1 - cover) + cover / 255 * rgba[0];
        double green = mean->green * (1 - cover) + cover / 255 * rgba[1];
        double blue = mean->blue * (1 - cover) + cover / 255 * rgba[2];
        planes[LIGHT][x] = (red + green + blue) / 3;
        planes[YELLOW][x] = (red + green) / 2 - blue;
        planes[RED][x] = red - green;
        planes[ALPHA][x] = cover;
    }
}

/* cosines[f][i] = cos(pi / size * f * (i + 0.5)) */
static void cosines_fill(double cosines[FREQUENCIES][THUMBHASH_SIDE], int size)
{
    const double pi = 3.14159265358979323846;
    for (int f = 0; f < FREQUENCIES; f++) {
        for (int i = 0; i < size; i++) {
            cosines[f][i] = cos(pi / size * f * (i + 0.5));
        }
    }
}

/* The triangle of low frequencies, from the rows' sums. */
static void channel_finish(struct channel *channel, int width, int height,
                           double cosines[FREQUENCIES][THUMBHASH_SIDE])
{
    for (int v = 0; v < channel->down; v++) {
        for (int u = 0; u * channel->down < channel->across * (channel->down - v); u++) {
            double sum = 0;
            for (int y = 0; y < height; y++) {
                sum += channel->sums[u][y] * cosines[v][y];
            }
            sum /= (double)width * height;
            if (u == 0 && v == 0) {
                channel->mean = sum;
            } else {
                channel->rest[channel->count++] = sum;
                channel->scale = fmax(channel->scale, fabs(sum));
            }
        }
    }
    for (int i = 0; channel->scale > 0 && i < channel->count; i++) {
        channel->rest[i] = 0.5 + 0.5 / channel->scale * channel->rest[i];
    }
}

static void channels_transform(struct channel *channels, int count, const uint8_t *rgba, int width,
                               int height, const struct mean *mean)
{
    double cosines[FREQUENCIES][THUMBHASH_SIDE], planes[CHANNELS][THUMBHASH_SIDE];
    cosines_fill(cosines, width);
    for (int y = 0; y < height; y++) {
        row_split(rgba + 4 * (size_t)width * (size_t)y, width, mean, planes);
        for (int c = 0; c < count; c++) {
            for (int f = 0; f < channels[c].across; f++) {
                double sum = 0;
                for (int x = 0; x < width; x++) {
                    sum += planes[c][x] * cosines[f][x];
                }
                channels[c].sums[f][y] = sum;
            }
        }
    }
    cosines_fill(cosines, height);
    for (int c = 0; c < count; c++) {
        channel_finish(&channels[c], width, height, cosines);
    }
}

/* Appends the coefficients as half bytes, the lower half first. */
static void channel_write(const struct channel *channel, uint8_t *hash, size_t *halves)
{
    for (int i = 0; i < channel->count; i++, ++*halves) {
        unsigned half = round_up(15 * channel->rest[i]);
        if (*halves % 2 == 0) {
            hash[*halves / 2] = (uint8_t)half;
        } else {
            hash[*halves / 2] |= (uint8_t)(half << 4);
        }
    }
}

static void put_bits(uint8_t *bytes, int count, uint32_t bits)
{
    for (int i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(bits >> 8 * i);
    }
}

size_t thumbhash_encode(const uint8_t *rgba, int width, int height, uint8_t hash[THUMBHASH_BYTES])
{
    struct mean mean = mean_of(rgba, width * height);
    int longer = width > height ? width : height, limit = mean.opaque ? 7 : 5;
    int across = at_least((int)round_up((double)limit * width / longer), 1);
    int down = at_least((int)round_up((double)limit * height / longer), 1);
    int count = mean.opaque ? ALPHA : CHANNELS;
    struct channel channels[CHANNELS] = {
        [LIGHT] = {.across = at_least(across, 3), .down = at_least(down, 3)},
        [YELLOW] = {.across = 3, .down = 3},
        [RED] = {.across = 3, .down = 3},
        [ALPHA] = {.across = 5, .down = 5},
    };
    channels_transform(channels, count, rgba, width, height, &mean);

    put_bits(hash, 3,
             round_up(63 * channels[LIGHT].mean) |
                 round_up(31.5 + 31.5 * channels[YELLOW].mean) << 6 |
                 round_up(31.5 + 31.5 * channels[RED].mean) << 12 |
                 round_up(31 * channels[LIGHT].scale) << 18 | (mean.opaque ? 0U : 1U << 23));
    put_bits(hash + 3, 2,
             (unsigned)(width > height ? down : across) |
                 round_up(63 * channels[YELLOW].scale) << 3 |
                 round_up(63 * channels[RED].scale) << 9 | (width > height ? 1U << 15 : 0U));
    size_t halves = 10;
    if (!mean.opaque) {
        hash[5] = (uint8_t)(round_up(15 * channels[ALPHA].mean) |
                            round_up(15 * channels[ALPHA].scale) << 4);
        halves = 12;
    }
    for (int c = 0; c < count; c++) {
        channel_write(&channels[c], hash, &halves);
    }
    return (halves + 1) / 2;
}
