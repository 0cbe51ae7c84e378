/* SPDX-License-Identifier: MIT
 * The published layout of BlurHash: the number of waves, the largest of them, the mean colour, then
 * each wave's colour, in digits of base 83. */
#include "blurhash.h"

#include <math.h>

enum { WAVES = 4 };

struct wave {
    double red, green, blue; /* linear light */
};

static double to_linear(double byte)
{
    double value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static unsigned to_srgb(double linear)
{
    double value = fmin(fmax(linear, 0), 1);
    return value <= 0.0031308 ? (unsigned)(value * 12.92 * 255 + 0.5)
                              : (unsigned)((1.055 * pow(value, 1 / 2.4) - 0.055) * 255 + 0.5);
}

static void mean_of(const uint8_t *rgba, int count, double mean[3])
{
    double cover = 0;
    for (int c = 0; c < 3; c++) {
        mean[c] = 0;
    }
    for (int i = 0; i < count; i++, rgba += 4) {
        for (int c = 0; c < 3; c++) {
            mean[c] += (double)rgba[c] * rgba[3];
        }
        cover += rgba[3];
    }
    for (int c = 0; c < 3 && cover > 0; c++) {
        mean[c] /= cover;
    }
}

/* Linear light of a pixel, laid over the mean colour; tables hold what opaque ones need. */
static struct wave pixel_light(const uint8_t *rgba, const double mean[3], const double *linear)
{
    double light[3];
    for (int c = 0; c < 3; c++) {
        double cover = rgba[3] / 255.0;
        light[c] =
            rgba[3] == 255 ? linear[rgba[c]] : to_linear(cover * rgba[c] + (1 - cover) * mean[c]);
    }
    return (struct wave){light[0], light[1], light[2]};
}

static void cosines_fill(double cosines[WAVES][BLURHASH_SIDE], int size)
{
    const double pi = 3.14159265358979323846;
    for (int f = 0; f < WAVES; f++) {
        for (int i = 0; i < size; i++) {
            cosines[f][i] = cos(pi * f * i / size);
        }
    }
}

static void waves_sum(const uint8_t *rgba, int width, int height, int across, int down,
                      struct wave waves[WAVES * WAVES])
{
    double columns[WAVES][BLURHASH_SIDE], rows[WAVES][BLURHASH_SIDE], linear[256], mean[3];
    cosines_fill(columns, width);
    cosines_fill(rows, height);
    mean_of(rgba, width * height, mean);
    for (int i = 0; i < 256; i++) {
        linear[i] = to_linear(i);
    }
    for (int y = 0; y < height; y++) {
        struct wave sums[WAVES] = {{0}};
        for (int x = 0; x < width; x++, rgba += 4) {
            struct wave light = pixel_light(rgba, mean, linear);
            for (int u = 0; u < across; u++) {
                sums[u].red += columns[u][x] * light.red;
                sums[u].green += columns[u][x] * light.green;
                sums[u].blue += columns[u][x] * light.blue;
            }
        }
        for (int i = 0; i < across * down; i++) {
            int u = i % across, v = i / across;
            double share = (i ? 2.0 : 1.0) / (width * height) * rows[v][y];
            waves[i].red += sums[u].red * share;
            waves[i].green += sums[u].green * share;
            waves[i].blue += sums[u].blue * share;
        }
    }
}

static char *digits_write(char *at, unsigned number, int count)
{
    static const char digits[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    for (int i = count - 1; i >= 0; i--) {
        at[i] = digits[number % 83];
        number /= 83;
    }
    return at + count;
}

/* -1..1 into 0..18, finer near 0. */
static unsigned step_of(double share)
{
    double root = copysign(sqrt(fabs(share)), share);
    return (unsigned)fmin(fmax(floor(root * 9 + 9.5), 0), 18);
}

void blurhash_encode(const uint8_t *rgba, int width, int height, char hash[BLURHASH_ROOM])
{
    int across = width < height ? 3 : 4, down = height < width ? 3 : 4;
    struct wave waves[WAVES * WAVES] = {{0}};
    double largest = 0;
    waves_sum(rgba, width, height, across, down, waves);
    for (int i = 1; i < across * down; i++) {
        double most = fmax(fabs(waves[i].red), fmax(fabs(waves[i].green), fabs(waves[i].blue)));
        largest = fmax(largest, most);
    }
    unsigned scale = (unsigned)fmin(fmax(floor(largest * 166 - 0.5), 0), 82);
    double most = (scale + 1) / 166.0;
    char *at = digits_write(hash, (unsigned)(across - 1 + 9 * (down - 1)), 1);
    at = digits_write(at, scale, 1);
    at = digits_write(
        at, to_srgb(waves[0].red) << 16 | to_srgb(waves[0].green) << 8 | to_srgb(waves[0].blue), 4);
    for (int i = 1; i < across * down; i++) {
        unsigned red = step_of(waves[i].red / most), green = step_of(waves[i].green / most);
        at = digits_write(at, (red * 19 + green) * 19 + step_of(waves[i].blue / most), 2);
    }
    *at = '\0';
}
