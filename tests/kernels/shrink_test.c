/* SPDX-License-Identifier: MIT
 * The reduction of bytes: plain loops against the sum as it is defined, in double; vectors against
 * the plain loops, bit for bit, over all widths around a vector, nothing written beyond. */
#include "kernels/shrink.h"

#include <math.h>
#include <string.h>

#include "kernels/noise.h"
#include "kernels/shrink_parts.h"
#include "support.h"

enum { GUARD = 0x5a, GUARDS = 64 };

static int inside(int i, int count)
{
    return i < 0 ? 0 : i >= count ? count - 1 : i;
}

static double lanczos(double x)
{
    const double pi = acos(-1);
    return x == 0 ? 1 : fabs(x) < 3 ? 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x) : 0;
}

/* A weight of the definition, with those of the samples outside that repeat this one. */
static double weight(int in, int out, int i, int sample)
{
    const double factor = (double)in / out, centre = (i + 0.5) * factor - 0.5;
    double sum = 0, own = 0;
    for (int k = (int)floor(centre - 3 * factor); k <= (int)ceil(centre + 3 * factor); k++) {
        const double value = lanczos((k - centre) / factor);
        sum += value;
        own += inside(k, in) == sample ? value : 0;
    }
    return own / sum;
}

static void axis_new(struct shrink_axis *axis, int in, int out)
{
    struct reduce_axis sums = {.in = in, .out = out, .taps = reduce_taps((double)in / out)};
    const size_t weights = (size_t)out * (size_t)sums.taps;
    sums.first = test_calloc((size_t)out, sizeof(int));
    sums.weights = test_calloc(weights, sizeof(float));
    *axis = (struct shrink_axis){.in = in, .out = out};
    axis->first = test_calloc((size_t)out, sizeof(int));
    axis->weights = test_calloc(weights, sizeof(int16_t));
    reduce_axis_fill(&sums, in);
    shrink_axis_fill(axis, &sums);
    test_free(sums.first);
    test_free(sums.weights);
}

static void axis_free(struct shrink_axis *axis)
{
    test_free(axis->first);
    test_free(axis->weights);
}

static const struct {
    int in, out;
} sides[] = {{1, 1},   {2, 1},    {3, 2},   {7, 7},    {40, 20},  {33, 5},     {64, 1},
             {50, 49}, {300, 17}, {91, 90}, {128, 37}, {900, 11}, {4096, 3840}};

static void test_weights(void **state)
{
    (void)state;
    for (unsigned s = 0; s < sizeof sides / sizeof *sides; s++) {
        struct shrink_axis axis;
        axis_new(&axis, sides[s].in, sides[s].out);
        assert_in_range(axis.taps, 1, inside(7 * axis.in / axis.out + 2, axis.in + 1));
        for (int i = 0; i < axis.out; i++) {
            int sum = 0;
            assert_in_range(axis.first[i], 0, axis.in - axis.taps);
            for (int k = 0; k < axis.taps; k++) {
                const int found = axis.weights[i * axis.taps + k];
                const double wanted = weight(axis.in, axis.out, i, axis.first[i] + k);
                sum += found;
                if (fabs(found - wanted * SHRINK_ONE) > 1.01) {
                    fail_msg("%d to %d, %d: tap %d is %d, not %.2f", axis.in, axis.out, i, k, found,
                             wanted * SHRINK_ONE);
                }
            }
            assert_int_equal(sum, SHRINK_ONE);
        }
        axis_free(&axis);
    }
}

/* ---- Pictures ------------------------------------------------------------------------------- */

struct picture {
    int width, height, bands;
    uint8_t *bytes;
};

static struct picture picture_new(int width, int height, int bands)
{
    const size_t size = (size_t)width * (size_t)height * (size_t)bands;
    struct picture picture = {width, height, bands, test_calloc(size + 2 * GUARDS, 1)};
    memset(picture.bytes, GUARD, size + 2 * GUARDS);
    picture.bytes += GUARDS;
    return picture;
}

static void picture_free(struct picture *picture)
{
    test_free(picture->bytes - GUARDS);
}

static size_t picture_size(const struct picture *picture)
{
    return (size_t)picture->width * (size_t)picture->height * (size_t)picture->bands;
}

/* Half of the samples black or white, the others anything: extremes are where sums overshoot. */
static struct picture picture_drawn(int width, int height, int bands, uint64_t seed)
{
    struct picture picture = picture_new(width, height, bands);
    for (size_t i = 0; i < picture_size(&picture); i++) {
        const uint64_t bits = noise_next(&seed);
        picture.bytes[i] = (uint8_t)(bits >> 62 == 0 ? 0 : bits >> 62 == 1 ? 255 : bits >> 40);
    }
    return picture;
}

static void assert_guards(const void *block, size_t size)
{
    const uint8_t *bytes = block;
    for (size_t i = 0; i < GUARDS; i++) {
        if (bytes[i] != GUARD || bytes[GUARDS + size + i] != GUARD) {
            fail_msg("a byte outside of the %zu is written", size);
        }
    }
}

static void *guarded(size_t size)
{
    uint8_t *block = test_calloc(size + 2 * GUARDS, 1);
    memset(block, GUARD, size + 2 * GUARDS);
    return block;
}

/* All memory is of exactly the promised size, so that a write beyond is found. */
static struct picture shrunk(const struct shrink_kernels *kernels, const struct picture *in,
                             int width, int height)
{
    struct shrink_axis across, down;
    axis_new(&across, in->width, width);
    axis_new(&down, in->height, height);
    struct picture out = picture_new(width, height, in->bands);
    const int columns = in->width * in->bands, row = width * in->bands;
    const size_t tile_size = (size_t)shrink_reach_most(&down) * SHRINK_COLUMNS * sizeof(int16_t);
    const size_t turned_size =
        (size_t)shrink_columns_padded(columns) * SHRINK_ROWS * sizeof(int16_t);
    uint8_t *tile = guarded(tile_size), *turned = guarded(turned_size);
    uint8_t *spare = guarded((size_t)row);
    const uint8_t **rows = test_calloc((size_t)shrink_reach_most(&down), sizeof(*rows));
    for (int top = 0; top < height; top += SHRINK_ROWS) {
        uint8_t *to[SHRINK_ROWS];
        for (int y = 0; y < shrink_reach(&down, top); y++) {
            rows[y] = in->bytes + (down.first[top] + y) * columns;
        }
        for (int y = 0; y < SHRINK_ROWS; y++) {
            to[y] = top + y < height ? out.bytes + (top + y) * row : spare + GUARDS;
        }
        kernels->down(&down, top, rows, columns, (int16_t *)(tile + GUARDS),
                      (int16_t *)(turned + GUARDS));
        kernels->across(&across, in->bands, (const int16_t *)(turned + GUARDS), to);
    }
    assert_guards(tile, tile_size);
    assert_guards(turned, turned_size);
    assert_guards(spare, (size_t)row);
    assert_guards(out.bytes - GUARDS, picture_size(&out));
    test_free(tile);
    test_free(turned);
    test_free(spare);
    test_free(rows);
    axis_free(&across);
    axis_free(&down);
    return out;
}

/* ---- Against the definition -------------------------------------------------------------------
 */

static double truth(const struct picture *in, int width, int height, int x, int y, int band)
{
    double sum = 0, across[100];
    for (int u = 0; u < in->width; u++) {
        across[u] = weight(in->width, width, x, u);
    }
    for (int v = 0; v < in->height; v++) {
        const double down = weight(in->height, height, y, v);
        for (int u = 0; u < in->width; u++) {
            sum += down * across[u] * in->bytes[(v * in->width + u) * in->bands + band];
        }
    }
    return sum < 0 ? 0 : sum > 255 ? 255 : sum;
}

static void test_against_the_definition(void **state)
{
    static const struct {
        int in_width, in_height, width, height;
    } sizes[] = {{1, 1, 1, 1}, {7, 5, 3, 5},  {16, 16, 16, 16}, {40, 31, 20, 15},
                 {9, 3, 8, 3}, {64, 3, 1, 1}, {50, 50, 49, 2},  {17, 90, 16, 17}};
    (void)state;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const int bands = 1 + (int)i % SHRINK_BANDS;
        struct picture in = picture_drawn(sizes[i].in_width, sizes[i].in_height, bands, 7 + i);
        struct picture out = shrunk(&shrink_plain, &in, sizes[i].width, sizes[i].height);
        for (int s = 0; s < (int)picture_size(&out); s++) {
            const int x = s / bands % out.width, y = s / bands / out.width;
            const double wanted = truth(&in, out.width, out.height, x, y, s % bands);
            /* Half a step of the byte, and what fixed point loses on the way. */
            if (fabs(out.bytes[s] - wanted) > 0.5 + 0.2) {
                fail_msg("case %u, band %d of %d at %d,%d: %d, not %.3f", i, s % bands, bands, x, y,
                         out.bytes[s], wanted);
            }
        }
        picture_free(&out);
        picture_free(&in);
    }
}

/* White wherever the weight of one result is positive and black elsewhere, and the other way: no
 * picture gives larger sums. */
static void test_the_largest_sums(void **state)
{
    (void)state;
    for (int in = 20; in <= 90; in += 7) {
        for (int out = 1; out <= in; out = out * 3 / 2 + 1) {
            for (int i = 0; i < out; i += 1 + out / 5) {
                struct picture worst[2] = {picture_new(in, in, 1), picture_new(in, in, 1)};
                double weights[90];
                for (int k = 0; k < in; k++) {
                    weights[k] = weight(in, out, i, k);
                }
                for (int s = 0; s < in * in; s++) {
                    const bool positive = weights[s % in] * weights[s / in] > 0;
                    worst[0].bytes[s] = positive ? 255 : 0;
                    worst[1].bytes[s] = positive ? 0 : 255;
                }
                for (int w = 0; w < 2; w++) {
                    struct picture made = shrunk(&shrink_plain, &worst[w], out, out);
                    assert_int_equal(made.bytes[i * out + i], w == 0 ? 255 : 0);
                    picture_free(&made);
                    picture_free(&worst[w]);
                }
            }
        }
    }
}

static void test_an_even_colour_stays(void **state)
{
    (void)state;
    for (int value = 0; value < 256; value += 5) {
        struct picture in = picture_new(70, 61, 1);
        memset(in.bytes, value, picture_size(&in));
        for (int side = 1; side <= 61; side += 6) {
            struct picture out = shrunk(&shrink_plain, &in, side, side);
            for (size_t i = 0; i < picture_size(&out); i++) {
                assert_int_equal(out.bytes[i], value);
            }
            picture_free(&out);
        }
        picture_free(&in);
    }
}

/* ---- Vectors ----------------------------------------------------------------------------------
 */

static void same_bytes(const struct picture *in, int width, int height)
{
    struct picture plain = shrunk(&shrink_plain, in, width, height);
    struct picture found = shrunk(shrink_vectors(), in, width, height);
    for (size_t i = 0; i < picture_size(&plain); i++) {
        if (plain.bytes[i] != found.bytes[i]) {
            fail_msg("%s: %dx%d of %d bands to %dx%d: byte %zu is %d, not %d",
                     shrink_vectors()->name, in->width, in->height, in->bands, width, height, i,
                     found.bytes[i], plain.bytes[i]);
        }
    }
    picture_free(&plain);
    picture_free(&found);
}

static void test_the_same_bytes(void **state)
{
    (void)state;
    if (!shrink_vectors()) {
        print_message("no vectors on this processor\n");
        skip();
    }
    for (int bands = 1; bands <= SHRINK_BANDS; bands++) {
        for (int width = 1; width <= 70; width += bands == 2 ? 9 : 1) {
            struct picture in = picture_drawn(width, 40, bands, (uint64_t)(width * bands));
            same_bytes(&in, width, 1 + width % 40);
            same_bytes(&in, (width + 1) / 2, 40);
            same_bytes(&in, 1 + width / 9, 17);
            picture_free(&in);
        }
    }
    struct picture large = picture_drawn(1000, 700, 3, 3);
    same_bytes(&large, 937, 655);
    same_bytes(&large, 40, 28);
    picture_free(&large);
}

static void test_selection(void **state)
{
    (void)state;
    const struct shrink_kernels *vectors = shrink_vectors();
#if defined(__aarch64__)
    assert_ptr_equal(vectors, shrink_neon);
    assert_string_equal(vectors->name, "neon");
#elif defined(__x86_64__)
    assert_null(shrink_neon);
    if (__builtin_cpu_supports("avx2")) {
        assert_ptr_equal(vectors, shrink_avx2);
        assert_string_equal(vectors->name, "avx2");
    } else {
        assert_null(vectors);
    }
#else
    assert_null(vectors);
#endif
    assert_string_equal(shrink_plain.name, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),          cmocka_unit_test(test_against_the_definition),
        cmocka_unit_test(test_the_largest_sums), cmocka_unit_test(test_an_even_colour_stays),
        cmocka_unit_test(test_the_same_bytes),   cmocka_unit_test(test_selection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
