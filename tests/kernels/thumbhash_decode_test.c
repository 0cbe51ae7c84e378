/* SPDX-License-Identifier: MIT
 * ThumbHash back into pixels, against the published decoder's output; hashes that are cut or made
 * up. */
#include <stdlib.h>
#include <string.h>

#include "kernels/thumbhash.h"
#include "support.h"

static uint8_t pixels[THUMBHASH_SIDE * THUMBHASH_SIDE * 4];

static size_t from_hex(const char *text, uint8_t *bytes)
{
    size_t size = strlen(text) / 2;
    for (size_t i = 0; i < size; i++) {
        char byte[3] = {text[2 * i], text[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return size;
}

/* Pixels are what the author's own decoder (version 0.1.1) makes at 32 px. */
static void test_against_the_reference(void **state)
{
    (void)state;
    static const struct {
        const char *hash;
        int width, height;
        struct {
            int at, rgba[4];
        } pixels[6];
    } cases[] = {
        {"9d080a4d82777667766748707766787a7779efdf44",
         32,
         23,
         {{0, {69, 48, 0, 255}},
          {5, {145, 130, 22, 255}},
          {17, {139, 142, 4, 255}},
          {100, {127, 108, 43, 255}},
          {329, {137, 126, 199, 255}},
          {735, {110, 121, 29, 255}}}},
        {"9e08862484088977766970678887f79f587579190878767707",
         32,
         26,
         {{0, {126, 110, 58, 136}},
          {5, {129, 117, 61, 136}},
          {17, {110, 117, 48, 136}},
          {100, {133, 117, 77, 136}},
          {329, {146, 127, 147, 136}},
          {831, {106, 132, 69, 136}}}},
        {"1f080a2502666682877576058788a777668fd8fe7b",
         23,
         32,
         {{0, {49, 15, 0, 255}},
          {5, {119, 96, 65, 255}},
          {17, {113, 108, 60, 255}},
          {73, {114, 88, 64, 255}},
          {239, {160, 155, 129, 255}},
          {735, {180, 180, 211, 255}}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t hash[THUMBHASH_BYTES];
        int width = 0, height = 0;
        size_t size = from_hex(cases[i].hash, hash);
        assert_true(thumbhash_decode(hash, size, 32, pixels, &width, &height));
        assert_int_equal(width, cases[i].width);
        assert_int_equal(height, cases[i].height);
        for (size_t p = 0; p < 6; p++) {
            for (int c = 0; c < 4; c++) {
                int got = pixels[4 * cases[i].pixels[p].at + c];
                int wanted = cases[i].pixels[p].rgba[c];
                if (abs(got - wanted) > 1) { /* it cuts where we round */
                    fail_msg("case %zu, pixel %d, channel %d: %d instead of %d", i,
                             cases[i].pixels[p].at, c, got, wanted);
                }
            }
        }
    }
}

static void test_sides(void **state)
{
    (void)state;
    static const int sides[] = {1, 2, 24, THUMBHASH_SIDE};
    uint8_t hash[THUMBHASH_BYTES];
    size_t size = from_hex("9d080a4d82777667766748707766787a7779efdf44", hash);
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        int width = 0, height = 0, longer = sides[i];
        assert_true(thumbhash_decode(hash, size, longer, pixels, &width, &height));
        assert_int_equal(width, longer);
        assert_true(height >= 1 && abs(height * 7 - longer * 5) <= 7);
    }
}

/* Each shorter hash is told, and no bytes at all lead outside of the picture. */
static void test_cut_and_made_up(void **state)
{
    (void)state;
    uint8_t hash[THUMBHASH_BYTES];
    int width, height;
    size_t size = from_hex("9e08862484088977766970678887f79f587579190878767707", hash);
    for (size_t cut = 0; cut < size; cut++) {
        assert_false(thumbhash_decode(hash, cut, 32, pixels, &width, &height));
    }
    uint32_t noise = 1;
    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof hash; i++) {
            noise = noise * 1664525 + 1013904223;
            hash[i] = (uint8_t)(noise >> 24);
        }
        uint8_t small[8 * 8 * 4 + 4];
        memset(small, 0x5a, sizeof small);
        bool whole = thumbhash_decode(hash, sizeof hash, 8, small, &width, &height);
        assert_true(!whole || (width >= 1 && width <= 8 && height >= 1 && height <= 8));
        assert_memory_equal(small + 8 * 8 * 4, "ZZZZ", 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_reference),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_cut_and_made_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
