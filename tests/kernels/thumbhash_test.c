/* SPDX-License-Identifier: MIT
 * ThumbHash against the published encoder's output, and through a decoder written from its
 * description; the dominant colour of pictures with a known one. */
#include "kernels/thumbhash.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/dominant.h"
#include "support.h"

static uint8_t pixels[THUMBHASH_SIDE * THUMBHASH_SIDE * 4];

static void draw_pattern(int width, int height, int kind)
{
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint8_t *pixel = pixels + 4 * (y * width + x);
            pixel[0] = (uint8_t)(x * 7 + y * 3);
            pixel[1] = (uint8_t)(x * x + y);
            pixel[2] = (uint8_t)(y * 5 + kind);
            pixel[3] = kind % 2 ? 255 : (uint8_t)(x * 9 + y * 2);
        }
    }
}

/* The right side is what the author's own encoder (version 0.1.1) makes of the same pixels. */
static void test_against_the_reference(void **state)
{
    (void)state;
    static const struct {
        int width, height, kind;
        const char *hash;
    } cases[] = {
        {100, 75, 1, "9d080a4d82777667766748707766787a7779efdf44"},
        {100, 75, 2, "9e08862484088977766970678887f79f587579190878767707"},
        {75, 100, 1, "1f080a2502666682877576058788a777668fd8fe7b"},
        {33, 100, 4, "2028861a02176595760588347f47fe4f6a756690587987"},
        {1, 1, 1, "c00702070008f708888788708f7088f80888707ff8000000"},
        {1, 1, 2, "00088205000000000000000000000000000000000000000000"},
        {100, 100, 1, "1f080a2f047777767378787777077888777967f787bb7f06"},
        {64, 64, 2, "9e28862504177956745870b758787aff5b35690a6656777877"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t hash[THUMBHASH_BYTES];
        char text[2 * THUMBHASH_BYTES + 1];
        draw_pattern(cases[i].width, cases[i].height, cases[i].kind);
        size_t size = thumbhash_encode(pixels, cases[i].width, cases[i].height, hash);
        assert_true(size <= THUMBHASH_BYTES);
        for (size_t b = 0; b < size; b++) {
            snprintf(text + 2 * b, 3, "%02x", hash[b]);
        }
        assert_string_equal(text, cases[i].hash);
    }
}

/* ---- A decoder ---- */

struct reader {
    const uint8_t *hash;
    int half;
};

struct wave {
    int across, down;
    double mean, scale, rest[64];
};

static void wave_read(struct reader *from, struct wave *wave)
{
    int count = 0;
    for (int v = 0; v < wave->down; v++) {
        for (int u = v ? 0 : 1; u * wave->down < wave->across * (wave->down - v); u++) {
            int half = from->hash[from->half / 2] >> (from->half % 2 ? 4 : 0) & 15;
            from->half++;
            wave->rest[count++] = (half / 7.5 - 1) * wave->scale;
        }
    }
}

static double wave_at(const struct wave *wave, double x, double y)
{
    double sum = wave->mean;
    int count = 0;
    for (int v = 0; v < wave->down; v++) {
        for (int u = v ? 0 : 1; u * wave->down < wave->across * (wave->down - v); u++) {
            sum += 4 * wave->rest[count++] * cos(3.14159265358979 * u * x) *
                   cos(3.14159265358979 * v * y) / ((u ? 1 : 2) * (v ? 1 : 2));
        }
    }
    return sum;
}

struct picture {
    struct wave light, yellow, red, alpha;
    bool has_alpha;
};

static struct picture decode(const uint8_t *hash)
{
    unsigned head = hash[0] | (unsigned)hash[1] << 8 | (unsigned)hash[2] << 16;
    unsigned tail = hash[3] | (unsigned)hash[4] << 8;
    bool has_alpha = head >> 23, landscape = tail >> 15;
    int longer = has_alpha ? 5 : 7, shorter = (int)(tail & 7) < 3 ? 3 : (int)(tail & 7);
    struct picture picture = {
        .has_alpha = has_alpha,
        .light = {.across = landscape ? longer : shorter,
                  .down = landscape ? shorter : longer,
                  .mean = (head & 63) / 63.0,
                  .scale = (head >> 18 & 31) / 31.0},
        .yellow = {.across = 3,
                   .down = 3,
                   .mean = (head >> 6 & 63) / 31.5 - 1,
                   .scale = (tail >> 3 & 63) / 63.0},
        .red = {.across = 3,
                .down = 3,
                .mean = (head >> 12 & 63) / 31.5 - 1,
                .scale = (tail >> 9 & 63) / 63.0},
        .alpha = {.across = 5, .down = 5, .mean = 1},
    };
    struct reader reader = {.hash = hash, .half = has_alpha ? 12 : 10};
    wave_read(&reader, &picture.light);
    wave_read(&reader, &picture.yellow);
    wave_read(&reader, &picture.red);
    if (has_alpha) {
        picture.alpha.mean = (hash[5] & 15) / 15.0;
        picture.alpha.scale = (hash[5] >> 4) / 15.0;
        wave_read(&reader, &picture.alpha);
    }
    return picture;
}

static void picture_at(const struct picture *picture, double x, double y, double rgba[4])
{
    double light = wave_at(&picture->light, x, y), yellow = wave_at(&picture->yellow, x, y);
    double red = wave_at(&picture->red, x, y);
    rgba[2] = light - 2.0 / 3 * yellow;
    rgba[0] = (3 * light - rgba[2] + red) / 2;
    rgba[1] = rgba[0] - red;
    rgba[3] = wave_at(&picture->alpha, x, y);
}

typedef void drawing(double x, double y, double rgba[4]);

/* Smooth drawings come back with a root mean square error of at most `most` (0..1) in each channel.
 * Single pixels may be far off: a coefficient of nothing is held as 1/15 of the largest, and in the
 * corner all of these add up. */
static void assert_comes_back(drawing *draw, int width, int height, double most)
{
    uint8_t hash[THUMBHASH_BYTES];
    double is[4], wanted[4], errors[4] = {0};
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            draw((x + 0.5) / width, (y + 0.5) / height, wanted);
            for (int c = 0; c < 4; c++) {
                pixels[4 * (y * width + x) + c] = (uint8_t)lround(255 * wanted[c]);
            }
        }
    }
    thumbhash_encode(pixels, width, height, hash);
    struct picture picture = decode(hash);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            draw((x + 0.5) / width, (y + 0.5) / height, wanted);
            picture_at(&picture, (x + 0.5) / width, (y + 0.5) / height, is);
            for (int c = 0; c < 4; c++) {
                errors[c] += (is[c] - wanted[c]) * (is[c] - wanted[c]);
            }
        }
    }
    for (int c = 0; c < 4; c++) {
        double error = sqrt(errors[c] / (width * height));
        if (error > most) {
            fail_msg("%d x %d: channel %d is off by %.3f", width, height, c, error);
        }
    }
}

static void one_colour(double x, double y, double rgba[4])
{
    (void)x;
    (void)y;
    memcpy(rgba, (double[]){0.8, 0.3, 0.1, 1}, 4 * sizeof(double));
}

static void sideways(double x, double y, double rgba[4])
{
    (void)y;
    memcpy(rgba, (double[]){0.2 + 0.6 * x, 0.2 + 0.6 * x, 0.2 + 0.6 * x, 1}, 4 * sizeof(double));
}

static void downwards(double x, double y, double rgba[4])
{
    (void)x;
    memcpy(rgba, (double[]){0.8 - 0.6 * y, 0.4, 0.2 + 0.4 * y, 1}, 4 * sizeof(double));
}

static void fading(double x, double y, double rgba[4])
{
    (void)y;
    memcpy(rgba, (double[]){0.3, 0.5, 0.7, 1 - 0.7 * x}, 4 * sizeof(double));
}

static void test_there_and_back(void **state)
{
    (void)state;
    static const int sides[][2] = {{100, 100}, {100, 60}, {60, 100}, {100, 25}, {25, 100}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        assert_comes_back(one_colour, sides[i][0], sides[i][1], 0.015);
        assert_comes_back(sideways, sides[i][0], sides[i][1], 0.09);
        assert_comes_back(downwards, sides[i][0], sides[i][1], 0.045);
        assert_comes_back(fading, sides[i][0], sides[i][1], 0.07);
    }
}

static void test_dominant_colour(void **state)
{
    (void)state;
    uint8_t colour[3];
    for (int i = 0; i < 1000; i++) { /* 40 % blue, the rest of two greens */
        static const uint8_t colours[3][4] = {
            {10, 20, 200, 255}, {20, 200, 20, 255}, {90, 160, 60, 255}};
        memcpy(pixels + 4 * i, colours[i % 10 < 4 ? 0 : i % 10 < 7 ? 1 : 2], 4);
    }
    dominant_colour(pixels, 1000, colour);
    assert_memory_equal(colour, ((uint8_t[]){10, 20, 200}), 3);
    for (int i = 0; i < 1000; i++) { /* what is nearly invisible counts for little */
        pixels[4 * i + 3] = pixels[4 * i + 2] == 200 ? 100 : 255;
    }
    dominant_colour(pixels, 1000, colour);
    assert_memory_equal(colour, ((uint8_t[]){20, 200, 20}), 3);
    for (int i = 0; i < 4; i++) { /* the mean of one box, weighed by alpha, to the nearest */
        memcpy(pixels + 4 * i,
               ((uint8_t[]){(uint8_t)(i < 3 ? 0 : 3), 15, 0, (uint8_t)(i < 3 ? 50 : 255)}), 4);
    }
    dominant_colour(pixels, 4, colour);
    assert_memory_equal(colour, ((uint8_t[]){2, 15, 0}), 3); /* 765 / 405 = 1.9 */
    memset(pixels, 0xff, 4000);
    for (int i = 0; i < 1000; i++) {
        pixels[4 * i + 3] = 0;
    }
    dominant_colour(pixels, 1000, colour);
    assert_memory_equal(colour, ((uint8_t[]){0, 0, 0}), 3);
    memset(pixels, 0xff, sizeof pixels);
    dominant_colour(pixels, sizeof pixels / 4, colour);
    assert_memory_equal(colour, ((uint8_t[]){255, 255, 255}), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_reference),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_dominant_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
