/* SPDX-License-Identifier: MIT
 * PNG's row filters: the plain loops against bytes worked out by hand and against what a decoder
 * undoes; vectors against the plain loops, over all widths around a vector and all neighbours. */
#include "kernels/filter.h"

#include <string.h>

#include "kernels/noise.h"
#include "support.h"

enum { LONGEST = 20000, GUARD = 0x5a, GUARDS = 64, MARGIN = 40 };

static const int steps[] = {1, 2, 3, 4, 6, 8};
static uint8_t row[LONGEST], above[LONGEST];

/* Anything, or values about each other, or extremes. */
static void draw(uint64_t seed, int kind)
{
    uint64_t state = seed;
    for (int i = 0; i < LONGEST; i++) {
        const uint64_t bits = noise_next(&state);
        row[i] = kind == 0   ? (uint8_t)bits
                 : kind == 1 ? (uint8_t)(100 + bits % 5)
                 : bits & 1  ? 255
                             : 0;
        above[i] = kind == 0   ? (uint8_t)(bits >> 8)
                   : kind == 1 ? (uint8_t)(100 + bits / 8 % 5)
                   : bits & 2  ? 255
                               : 0;
    }
}

static void test_by_hand(void **state)
{
    static const uint8_t here[] = {10, 20, 200, 7}, up[] = {30, 5, 100, 250};
    static const struct {
        enum row_filter filter;
        uint8_t left_over[4];
    } cases[] = {{ROW_NONE, {10, 20, 200, 7}},
                 {ROW_SUB, {10, 10, 180, 63}},
                 {ROW_UP, {236, 15, 100, 13}},
                 {ROW_AVERAGE, {251, 13, 140, 38}},
                 /* guesses 30, -15, 115, 350: up, corner or left? */
                 {ROW_PAETH, {236, 15, 100, 13}}};
    (void)state;
    int64_t sums[ROW_FILTERS];
    filter_plain.weigh(here, up, 4, 1, sums);
    assert_int_equal(sums[ROW_NONE], 10 + 20 + 56 + 7);
    assert_int_equal(sums[ROW_SUB], 10 + 10 + 76 + 63);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t out[4];
        filter_plain.apply(cases[i].filter, here, up, 4, 1, out);
        assert_memory_equal(out, cases[i].left_over, 4);
    }
}

/* As a decoder does it, with the specification's own words for Paeth. */
static uint8_t undone(enum row_filter filter, uint8_t left_over, int a, int b, int c)
{
    const int p = a + b - c;
    const int pa = p > a ? p - a : a - p, pb = p > b ? p - b : b - p, pc = p > c ? p - c : c - p;
    switch (filter) {
    case ROW_SUB:
        return (uint8_t)(left_over + a);
    case ROW_UP:
        return (uint8_t)(left_over + b);
    case ROW_AVERAGE:
        return (uint8_t)(left_over + (a + b) / 2);
    case ROW_PAETH:
        if (pa <= pb && pa <= pc) {
            return (uint8_t)(left_over + a);
        }
        return (uint8_t)(left_over + (pb <= pc ? b : c));
    default:
        return left_over;
    }
}

static void test_can_be_undone(void **state)
{
    static uint8_t out[600], back[600];
    (void)state;
    for (unsigned s = 0; s < sizeof steps / sizeof *steps; s++) {
        const int step = steps[s];
        draw(s + 1, (int)s % 3);
        for (int filter = 0; filter < ROW_FILTERS; filter++) {
            filter_plain.apply((enum row_filter)filter, row, above, 600, step, out);
            for (int i = 0; i < 600; i++) {
                const int a = i < step ? 0 : back[i - step], c = i < step ? 0 : above[i - step];
                back[i] = undone((enum row_filter)filter, out[i], a, above[i], c);
            }
            assert_memory_equal(back, row, 600);
        }
    }
}

static const struct filter_kernels *vectors_or_skip(void)
{
    const struct filter_kernels *vectors = filter_vectors();
    if (!vectors) {
        print_message("no vectors on this processor\n");
        skip();
    }
    return vectors;
}

static void compare(const struct filter_kernels *vectors, int count, int step, int offset)
{
    static uint8_t truth[LONGEST], found[LONGEST + 2 * GUARDS];
    const uint8_t *const here = row + offset, *const up = above + offset;
    int64_t sums[2][ROW_FILTERS];
    filter_plain.weigh(here, up, count, step, sums[0]);
    vectors->weigh(here, up, count, step, sums[1]);
    assert_memory_equal(sums[0], sums[1], sizeof sums[0]);
    for (int filter = 0; filter < ROW_FILTERS; filter++) {
        memset(found, GUARD, sizeof found);
        filter_plain.apply((enum row_filter)filter, here, up, count, step, truth);
        vectors->apply((enum row_filter)filter, here, up, count, step, found + GUARDS);
        if (memcmp(truth, found + GUARDS, (size_t)count) != 0) {
            fail_msg("%s differs: filter %d, %d bytes, step %d", vectors->name, filter, count,
                     step);
        }
        for (int i = 0; i < GUARDS; i++) {
            assert_int_equal(found[i], GUARD);
            assert_int_equal(found[GUARDS + count + i], GUARD);
        }
    }
}

static void test_the_same_bytes(void **state)
{
    const struct filter_kernels *vectors = vectors_or_skip();
    (void)state;
    for (unsigned s = 0; s < sizeof steps / sizeof *steps; s++) {
        for (int kind = 0; kind < 3; kind++) {
            draw(s + 10, kind);
            for (int count = 1; count <= 150; count++) {
                compare(vectors, count, steps[s], count % MARGIN);
            }
            compare(vectors, LONGEST - MARGIN, steps[s], 1);
        }
    }
}

/* Sums of the largest weights there are, over rows longer than sixteen bits can add up. */
static void test_sums_do_not_overflow(void **state)
{
    const struct filter_kernels *vectors = vectors_or_skip();
    (void)state;
    memset(row, 128, sizeof row);
    memset(above, 0, sizeof above);
    int64_t sums[ROW_FILTERS];
    vectors->weigh(row, above, LONGEST, 4, sums);
    assert_int_equal(sums[ROW_NONE], 128 * LONGEST);
    assert_int_equal(sums[ROW_UP], 128 * LONGEST);
    compare(vectors, LONGEST, 4, 0);
}

/* Every left, up and corner there is. */
static void test_paeth_of_all_neighbours(void **state)
{
    enum { ALL = 256 };
    const struct filter_kernels *vectors = vectors_or_skip();
    uint8_t truth[2 * ALL], found[2 * ALL];
    (void)state;
    memset(row, 0, sizeof row);
    for (int i = 0; i < ALL; i++) {
        row[i] = (uint8_t)i;
    }
    for (int corner = 0; corner < ALL; corner++) {
        memset(above, corner, ALL);
        for (int up = 0; up < ALL; up++) {
            memset(above + ALL, up, ALL);
            filter_plain.apply(ROW_PAETH, row, above, 2 * ALL, ALL, truth);
            vectors->apply(ROW_PAETH, row, above, 2 * ALL, ALL, found);
            assert_memory_equal(truth, found, sizeof truth);
        }
    }
}

static void test_selection(void **state)
{
    (void)state;
    const struct filter_kernels *vectors = filter_vectors();
#if defined(__aarch64__)
    assert_ptr_equal(vectors, filter_neon);
    assert_string_equal(vectors->name, "neon");
#elif defined(__x86_64__)
    assert_null(filter_neon);
    if (__builtin_cpu_supports("avx2")) {
        assert_ptr_equal(vectors, filter_avx2);
        assert_string_equal(vectors->name, "avx2");
    } else {
        assert_null(vectors);
    }
#else
    assert_null(vectors);
#endif
    assert_string_equal(filter_plain.name, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand),
                                       cmocka_unit_test(test_can_be_undone),
                                       cmocka_unit_test(test_the_same_bytes),
                                       cmocka_unit_test(test_sums_do_not_overflow),
                                       cmocka_unit_test(test_paeth_of_all_neighbours),
                                       cmocka_unit_test(test_selection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
