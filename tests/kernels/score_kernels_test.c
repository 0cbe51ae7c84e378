/* SPDX-License-Identifier: MIT
 * The vector loops of SSIMULACRA2 against the plain ones, bit for bit: random and extreme values,
 * every width around a vector, rows at any address, nothing written beyond. */
#include "kernels/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/noise.h"
#include "kernels/score_parts.h"
#include "support.h"

enum { WIDTH_MAX = 67, ROOM = 160, ROWS = 2 * SCORE_TAPS, GUARD = 0x5a };

static float inputs[ROWS][ROOM];

static float sample(uint64_t *state, int kind)
{
    static const float extremes[] = {0, 1, 1e-7f, 1e-38f, 1e-45f, 255, 65504, 0.003f};
    const uint64_t bits = noise_next(state);
    return kind ? extremes[bits % 8] : (float)(bits >> 40) / 16777216.0f;
}

static void fill(uint64_t seed, int kind)
{
    uint64_t state = seed;
    for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < ROOM; i++) {
            inputs[row][i] = sample(&state, kind);
        }
    }
}

static const struct score_kernels *vectors_or_skip(void)
{
    const struct score_kernels *vectors = score_vectors();
    if (!vectors) {
        print_message("no vectors on this processor\n");
        skip();
    }
    return vectors;
}

struct rows {
    float room[SCORE_SIGNALS][ROOM];
    double sums[SCORE_NUMBERS];
};

/* Everything a set of kernels makes of the inputs, each output in a row of guards. */
static void run(const struct score_kernels *kernels, int count, int offset, struct rows out[4])
{
    const float *rgb[3], *original[SCORE_TAPS], *distorted[SCORE_TAPS];
    float *places[4][SCORE_SIGNALS];
    memset(out, GUARD, 4 * sizeof *out);
    for (int i = 0; i < 4; i++) {
        memset(out[i].sums, 0, sizeof out[i].sums);
        for (int row = 0; row < SCORE_SIGNALS; row++) {
            places[i][row] = out[i].room[row] + SCORE_LANES + offset;
        }
    }
    for (int i = 0; i < SCORE_TAPS; i++) {
        original[i] = inputs[i] + SCORE_LANES + offset;
        distorted[i] = inputs[SCORE_TAPS + i] + SCORE_LANES + offset;
    }
    for (int i = 0; i < 3; i++) {
        rgb[i] = original[i];
    }
    kernels->opsin(rgb, count, places[0]);
    kernels->halve(original[0], original[1], count, places[1][0]);
    kernels->blur_down(original, distorted, count, places[2]);
    kernels->add_up(original[4], distorted[4], original + 5, count, true, true, out[0].sums);
    kernels->add_up(original[4], distorted[4], original + 5, count, true, false, out[1].sums);
    kernels->add_up(original[4], distorted[4], original + 5, count, false, true, out[2].sums);
}

static void assert_guards(const struct rows *rows, int count, int offset, int written)
{
    const int whole = (count + SCORE_LANES - 1) / SCORE_LANES * SCORE_LANES;
    const int first = SCORE_LANES + offset;
    for (int row = 0; row < SCORE_SIGNALS; row++) {
        const int end = row < written ? first + whole : first;
        const uint8_t *bytes = (const uint8_t *)rows->room[row];
        for (size_t i = 0; i < sizeof rows->room[row]; i++) {
            const bool inside = i >= (size_t)first * 4 && i < (size_t)end * 4;
            if (!inside && bytes[i] != GUARD) {
                fail_msg("width %d: byte %zu of row %d is written", count, i, row);
            }
        }
    }
}

static void test_the_same_bits(void **state)
{
    (void)state;
    static struct rows truth[4], found[4];
    const struct score_kernels *vectors = vectors_or_skip();
    for (int count = 1; count <= WIDTH_MAX; count++) {
        for (int kind = 0; kind < 2; kind++) {
            fill((uint64_t)count, kind);
            run(&score_plain, count, count % 8, truth);
            run(vectors, count, count % 8, found);
            for (int i = 0; i < 4; i++) {
                if (memcmp(&truth[i], &found[i], sizeof truth[i]) != 0) {
                    fail_msg("%s differs in result %d at width %d", vectors->name, i, count);
                }
            }
            assert_guards(&found[0], count, count % 8, 3);
            assert_guards(&found[1], count, count % 8, 1);
            assert_guards(&found[2], count, count % 8, SCORE_SIGNALS);
        }
    }
}

static void test_a_plane_that_is_not_wanted(void **state)
{
    (void)state;
    const struct score_kernels *const kernels[] = {&score_plain, score_vectors()};
    fill(7, 0);
    for (int k = 0; k < 2 && kernels[k]; k++) {
        float whole[3][16], one[16];
        const float *const rgb[3] = {inputs[0], inputs[1], inputs[2]};
        float *const planes[3] = {whole[0], whole[1], whole[2]};
        kernels[k]->opsin(rgb, 16, planes);
        for (int i = 0; i < 3; i++) {
            float *const only[3] = {i == 0 ? one : NULL, i == 1 ? one : NULL, i == 2 ? one : NULL};
            kernels[k]->opsin(rgb, 16, only);
            assert_memory_equal(one, whole[i], sizeof one);
        }
    }
}

/* Against the definition in double: X, Y and B of some colours. */
static void test_colours(void **state)
{
    (void)state;
    const double bias = 0.0037930732552754493;
    fill(11, 0);
    const float *const rgb[3] = {inputs[0], inputs[1], inputs[2]};
    float x[ROOM], y[ROOM], b[ROOM];
    float *const planes[3] = {x, y, b};
    score_plain.opsin(rgb, 128, planes);
    for (int i = 0; i < 128; i++) {
        const double red = rgb[0][i], green = rgb[1][i], blue = rgb[2][i];
        const double g0 = cbrt(0.30 * red + 0.622 * green + 0.078 * blue + bias) - cbrt(bias);
        const double g1 = cbrt(0.23 * red + 0.692 * green + 0.078 * blue + bias) - cbrt(bias);
        const double g2 = cbrt(0.24342268924547819 * red + 0.20476744424496821 * green +
                               0.5518098665095536 * blue + bias) -
                          cbrt(bias);
        assert_float_equal(x[i], 14 * (g0 - g1) / 2 + 0.42, 1e-5);
        assert_float_equal(y[i], (g0 + g1) / 2 + 0.01, 1e-6);
        assert_float_equal(b[i], g2 - (g0 + g1) / 2 + 0.55, 1e-6);
    }
}

/* A single bright point: the blur is the published filter, down and along. */
static void test_the_blur(void **state)
{
    (void)state;
    static const double taps[] = {0.264621105, 0.212928592, 0.109335373, 0.0360111147,
                                  0.00941436781};
    float point[32] = {0}, none[32] = {0}, made[SCORE_SIGNALS][32];
    const float *original[SCORE_TAPS], *distorted[SCORE_TAPS];
    float *const out[SCORE_SIGNALS] = {made[0], made[1], made[2], made[3]};
    point[16] = 2;
    for (int at = 0; at < SCORE_TAPS; at++) {
        for (int i = 0; i < SCORE_TAPS; i++) {
            original[i] = i == at ? point : none;
            distorted[i] = none;
        }
        score_plain.blur_down(original, distorted, 32, out);
        assert_float_equal(made[SCORE_ORIGINAL][16], 2 * taps[abs(at - SCORE_REACH)], 1e-7);
        assert_float_equal(made[SCORE_DISTORTED][16], 0, 0);
        assert_float_equal(made[SCORE_POWER][16], 4 * taps[abs(at - SCORE_REACH)], 1e-6);
        assert_float_equal(made[SCORE_ERROR][16], 4 * taps[abs(at - SCORE_REACH)], 1e-6);
        assert_float_equal(made[SCORE_ORIGINAL][15], 0, 0);
    }
}

static void test_selection(void **state)
{
    (void)state;
    const struct score_kernels *vectors = score_vectors();
#if defined(__aarch64__)
    assert_ptr_equal(vectors, score_neon);
    assert_string_equal(vectors->name, "neon");
#elif defined(__x86_64__)
    assert_null(score_neon);
    if (__builtin_cpu_supports("avx2")) {
        assert_ptr_equal(vectors, score_avx2);
        assert_string_equal(vectors->name, "avx2");
    } else {
        assert_null(vectors);
    }
#else
    assert_null(vectors);
#endif
    assert_string_equal(score_plain.name, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_bits), cmocka_unit_test(test_a_plane_that_is_not_wanted),
        cmocka_unit_test(test_colours), cmocka_unit_test(test_the_blur),
        cmocka_unit_test(test_selection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
