/* SPDX-License-Identifier: MIT
 * BlurHash against the published encoder's output, and pictures whose hash can be told by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/blurhash.h"
#include "support.h"

static uint8_t pixels[BLURHASH_SIDE * BLURHASH_SIDE * 4];

static void fill(int width, int height, void (*paint)(double x, double y, uint8_t rgba[4]))
{
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            paint((double)x / width, (double)y / height, &pixels[4 * (y * width + x)]);
        }
    }
}

static void put(uint8_t rgba[4], int red, int green, int blue, int alpha)
{
    const int values[] = {red, green, blue, alpha};
    for (int c = 0; c < 4; c++) {
        rgba[c] = (uint8_t)values[c];
    }
}

static void black(double x, double y, uint8_t rgba[4])
{
    (void)x, (void)y;
    put(rgba, 0, 0, 0, 255);
}

static void orange(double x, double y, uint8_t rgba[4])
{
    (void)x, (void)y;
    put(rgba, 255, 128, 0, 255);
}

/* Transparent pixels take the mean colour of the others: nothing is left of their own. */
static void orange_or_nothing(double x, double y, uint8_t rgba[4])
{
    if (x < 0.5 || y < 0.5) {
        put(rgba, 255, 128, 0, 255);
    } else {
        put(rgba, 0, 255, 255, 0);
    }
}

static void nothing(double x, double y, uint8_t rgba[4])
{
    (void)x, (void)y;
    put(rgba, 255, 255, 255, 0);
}

static void bright_left(double x, double y, uint8_t rgba[4])
{
    (void)y;
    int light = x < 0.5 ? 188 : 0; /* half of white */
    put(rgba, light, light, light, 255);
}

static void blue_below(double x, double y, uint8_t rgba[4])
{
    (void)x;
    put(rgba, 255, 0, y < 0.5 ? 0 : 255, 255);
}

/* One colour has no waves: each of them is 9, 9, 9 of 18, which is "fQ". */
static void test_plain_colours(void **state)
{
    (void)state;
    char hash[BLURHASH_ROOM];
    fill(32, 20, black);
    blurhash_encode(pixels, 32, 20, hash);
    assert_string_equal(hash, "L00000fQfQfQfQfQfQfQfQfQfQfQ");
    fill(20, 32, black);
    blurhash_encode(pixels, 20, 32, hash);
    assert_string_equal(hash, "T00000fQfQfQfQfQfQfQfQfQfQfQ");
    fill(9, 9, black);
    blurhash_encode(pixels, 9, 9, hash);
    assert_string_equal(hash, "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ");
    fill(1, 1, nothing);
    blurhash_encode(pixels, 1, 1, hash);
    assert_memory_equal(hash, "U00000", 6);
}

static int digit(char c)
{
    static const char digits[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    const char *at = strchr(digits, c);
    assert_non_null(at);
    return (int)(at - digits);
}

static int number(const char *digits, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        value = value * 83 + digit(digits[i]);
    }
    return value;
}

/* The mean in sRGB, and wave i's three numbers as -9..9. */
static void read_mean(const char *hash, int mean[3])
{
    int value = number(hash + 2, 4);
    for (int c = 0; c < 3; c++) {
        mean[c] = value >> 8 * (2 - c) & 255;
    }
}

static void read_wave(const char *hash, int i, int wave[3])
{
    int value = number(hash + 4 + 2 * i, 2);
    wave[0] = value / 361 - 9;
    wave[1] = value / 19 % 19 - 9;
    wave[2] = value % 19 - 9;
}

static void test_the_mean(void **state)
{
    (void)state;
    char hash[BLURHASH_ROOM], whole[BLURHASH_ROOM];
    int mean[3];
    fill(40, 30, orange);
    blurhash_encode(pixels, 40, 30, whole);
    read_mean(whole, mean);
    assert_true(mean[0] == 255 && mean[1] == 128 && mean[2] == 0);
    fill(40, 30, orange_or_nothing);
    blurhash_encode(pixels, 40, 30, hash);
    assert_string_equal(hash, whole);
    /* a quarter of white in linear light is 137 in sRGB */
    fill(100, 100, bright_left);
    blurhash_encode(pixels, 100, 100, hash);
    read_mean(hash, mean);
    assert_true(mean[0] == 137 && mean[1] == 137 && mean[2] == 137);
}

/* Where the light is, the waves say: positive is bright at the left and above. The first wave of a
 * step of 1/2 is 1/pi high, the third a third of it and turned: sqrt(1/3) of 9 is 5. */
static void test_the_waves(void **state)
{
    (void)state;
    char hash[BLURHASH_ROOM];
    int wave[3];
    fill(100, 75, bright_left);
    blurhash_encode(pixels, 100, 75, hash);
    assert_int_equal(strlen(hash), 28);
    assert_true(fabs((digit(hash[1]) + 1) / 166.0 - 1 / 3.14159265) < 0.02);
    read_wave(hash, 1, wave);
    assert_true(wave[0] == 9 && wave[1] == 9 && wave[2] == 9);
    read_wave(hash, 3, wave);
    assert_true(wave[0] == -5 && wave[1] == -5 && wave[2] == -5);
    read_wave(hash, 4, wave); /* its samples do not quite add up to nothing */
    assert_true(abs(wave[0]) <= 2 && abs(wave[1]) <= 2 && abs(wave[2]) <= 2);
    fill(100, 75, blue_below);
    blurhash_encode(pixels, 100, 75, hash);
    read_wave(hash, 4, wave);
    assert_true(abs(wave[0]) <= 2 && wave[1] == 0 && wave[2] == -9);
}

/* The right side is what the authors' own encoder for JavaScript (2.0.5) makes of the same pixels,
 * the largest wave being told by its magnitude, as in their encoder for C: as published it looks at
 * positive ones only, and cuts off those that are larger and negative. */
static void test_against_the_reference(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        const char *hash;
    } cases[] = {
        {100, 75, "LiHeXji~nRi~jDS3azR,R^jsS3j?"},
        {75, 100, "ThHU^JV{a4i[oJaga^OCazn[W.ja"},
        {64, 64, "UaHn+_a6rIRVW6NuR,6|O3n%NvxDbPnlW:so"},
        {100, 33, "LMHUzGIta4IHSpjGJ9jGWHjaWWod"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char hash[BLURHASH_ROOM];
        for (int y = 0; y < cases[i].height; y++) {
            for (int x = 0; x < cases[i].width; x++) {
                put(&pixels[4 * (y * cases[i].width + x)], x * 7 + y * 3, x * x + y, y * 5 + 1,
                    255);
            }
        }
        blurhash_encode(pixels, cases[i].width, cases[i].height, hash);
        assert_string_equal(hash, cases[i].hash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_reference),
        cmocka_unit_test(test_plain_colours),
        cmocka_unit_test(test_the_mean),
        cmocka_unit_test(test_the_waves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
