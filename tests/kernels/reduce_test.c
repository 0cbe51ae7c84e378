/* SPDX-License-Identifier: MIT
 * The reduction of pictures with alpha, row by row in float, against the sum as it is defined: over
 * the whole picture at once, in double. Vectors against the plain loops, bit for bit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/reduce.h"
#include "support.h"

static double lanczos(double x)
{
    const double pi = acos(-1);
    return x == 0 ? 1 : fabs(x) < 3 ? 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x) : 0;
}

static int inside(int i, int count)
{
    return i < 0 ? 0 : i >= count ? count - 1 : i;
}

/* One weight of the definition: normalised over all samples within three lobes. */
static double weight(int out, double factor, int in)
{
    const double centre = (out + 0.5) * factor - 0.5;
    double sum = 0;
    for (int i = (int)floor(centre - 3 * factor); i <= (int)ceil(centre + 3 * factor); i++) {
        sum += lanczos((i - centre) / factor);
    }
    return lanczos((in - centre) / factor) / sum;
}

struct picture {
    int width, height, bands;
    uint8_t *bytes;
};

static double truth(const struct picture *in, int width, int height, int x, int y, int band)
{
    const double across = (double)in->width / width, down = (double)in->height / height;
    const int reach_x = (int)ceil(3 * across) + 1, reach_y = (int)ceil(3 * down) + 1;
    double colour = 0, alpha = 0;
    for (int v = (int)(y * down) - reach_y; v <= (int)(y * down) + 2 * reach_y; v++) {
        for (int u = (int)(x * across) - reach_x; u <= (int)(x * across) + 2 * reach_x; u++) {
            const double share = weight(x, across, u) * weight(y, down, v);
            const uint8_t *pixel =
                in->bytes + (inside(v, in->height) * in->width + inside(u, in->width)) * in->bands;
            alpha += share * pixel[in->bands - 1];
            colour += share * pixel[band] * pixel[in->bands - 1] / 255;
        }
    }
    alpha = alpha > 255 ? 255 : alpha;
    const double value = band == in->bands - 1 ? alpha : alpha > 0.01 ? colour * 255 / alpha : 0;
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

static void axis_new(struct reduce_axis *axis, int in, int out)
{
    *axis = (struct reduce_axis){.in = in, .out = out, .taps = reduce_taps((double)in / out)};
    axis->first = test_calloc((size_t)out, sizeof(int));
    axis->weights = test_calloc((size_t)out * (size_t)axis->taps, sizeof(float));
    reduce_axis_fill(axis, in);
}

static void axis_free(struct reduce_axis *axis)
{
    test_free(axis->first);
    test_free(axis->weights);
}

/* All rows across, then all down; memory of exactly the promised size, so that a write beyond is
 * found. */
static uint8_t *reduced(const struct reduce_kernels *kernels, const struct picture *in, int width,
                        int height)
{
    struct reduce_axis across, down;
    axis_new(&across, in->width, width);
    axis_new(&down, in->height, height);
    const size_t bands = (size_t)in->bands, row = (size_t)width * bands;
    float *wide = test_calloc(((size_t)in->width + 2 * (size_t)across.taps) * bands, sizeof(float));
    float *all = test_calloc((size_t)in->height * row, sizeof(float));
    float *sum = test_calloc(row, sizeof(float));
    const float **rows = test_calloc((size_t)down.taps, sizeof(*rows));
    uint8_t *out = test_calloc((size_t)height, row);
    for (int y = 0; y < in->height; y++) {
        kernels->across(&across, in->bytes + (size_t)(y * in->width) * bands, in->bands, wide,
                        all + (size_t)y * row);
    }
    for (int y = 0; y < height; y++) {
        for (int k = 0; k < down.taps; k++) {
            rows[k] = all + (size_t)inside(down.first[y] + k, in->height) * row;
        }
        kernels->down(rows, down.weights + y * down.taps, down.taps, in->bands, width, sum,
                      out + (size_t)y * row);
    }
    test_free(wide);
    test_free(all);
    test_free(sum);
    test_free(rows);
    axis_free(&across);
    axis_free(&down);
    return out;
}

/* Half of the pixels clear or opaque, the others anything: extremes are where sums overshoot. */
static void draw(struct picture *picture, unsigned seed)
{
    const size_t count = (size_t)(picture->width * picture->height * picture->bands);
    picture->bytes = test_calloc(count, 1);
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        const unsigned kind = seed >> 30;
        picture->bytes[i] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? 255 : seed >> 16);
    }
}

static void test_against_the_definition(void **state)
{
    static const struct {
        int in_width, in_height, width, height;
    } sizes[] = {{1, 1, 1, 1},   {7, 5, 3, 5},  {16, 16, 16, 16}, {40, 31, 20, 15},
                 {33, 64, 5, 3}, {64, 3, 1, 1}, {50, 50, 49, 2},  {17, 90, 16, 7}};
    (void)state;
    for (int bands = 2; bands <= 4; bands += 2) {
        for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct picture in = {sizes[i].in_width, sizes[i].in_height, bands, NULL};
            draw(&in, 7 + i);
            uint8_t *out = reduced(&reduce_plain, &in, sizes[i].width, sizes[i].height);
            for (int y = 0; y < sizes[i].height; y++) {
                for (int x = 0; x < sizes[i].width; x++) {
                    const uint8_t *pixel = out + (y * sizes[i].width + x) * bands;
                    for (int band = 0; band < bands; band++) {
                        const double wanted =
                            truth(&in, sizes[i].width, sizes[i].height, x, y, band);
                        /* Colour under little alpha is a ratio of two small sums. */
                        const double room =
                            band < bands - 1 && pixel[bands - 1] < 8 ? 30 : 0.51 + 1e-3;
                        if (fabs(pixel[band] - wanted) > room) {
                            fail_msg("case %u, band %d of %d at %d,%d: %d, not %.3f", i, band,
                                     bands, x, y, pixel[band], wanted);
                        }
                    }
                }
            }
            test_free(out);
            test_free(in.bytes);
        }
    }
}

static void test_the_same_bytes(void **state)
{
    const struct reduce_kernels *vectors = reduce_vectors();
    (void)state;
    if (!vectors) {
        print_message("no vectors on this processor\n");
        skip();
    }
    for (int bands = 2; bands <= 4; bands += 2) {
        for (int width = 1; width <= 40; width++) {
            for (int shrunk = 1; shrunk <= width; shrunk += 1 + shrunk / 5) {
                struct picture in = {width, 9 + width % 4, bands, NULL};
                draw(&in, (unsigned)(width * 64 + shrunk));
                uint8_t *truth = reduced(&reduce_plain, &in, shrunk, 5 + width % 4);
                uint8_t *found = reduced(vectors, &in, shrunk, 5 + width % 4);
                const size_t bytes = (size_t)(shrunk * (5 + width % 4) * bands);
                if (memcmp(truth, found, bytes) != 0) {
                    fail_msg("%s differs: %d bands, %d to %d", vectors->name, bands, width, shrunk);
                }
                test_free(truth);
                test_free(found);
                test_free(in.bytes);
            }
        }
    }
}

/* Before rounding, too: what is summed across is the same to the last bit, every pixel value there
 * is under every alpha there is. */
static void test_the_same_floats(void **state)
{
    enum { PIXELS = 256, OUT = 101 };
    const struct reduce_kernels *vectors = reduce_vectors();
    struct reduce_axis axis;
    (void)state;
    if (!vectors) {
        skip();
    }
    axis_new(&axis, PIXELS, OUT);
    const size_t wide = (PIXELS + 2 * (size_t)axis.taps) * 4;
    float *room = test_calloc(wide, sizeof(float));
    float *truth = test_calloc(OUT * 4, sizeof(float)),
          *found = test_calloc(OUT * 4, sizeof(float));
    for (int alpha = 0; alpha < 256; alpha++) {
        uint8_t row[PIXELS * 4];
        for (int x = 0; x < PIXELS; x++) {
            const uint8_t pixel[4] = {(uint8_t)x, (uint8_t)(255 - x), (uint8_t)(x * 7),
                                      (uint8_t)(x % 3 ? alpha : 255 - alpha)};
            memcpy(row + x * 4, pixel, 4);
        }
        reduce_plain.across(&axis, row, 4, room, truth);
        vectors->across(&axis, row, 4, room, found);
        assert_memory_equal(truth, found, OUT * 4 * sizeof(float));
    }
    test_free(room);
    test_free(truth);
    test_free(found);
    axis_free(&axis);
}

static void test_selection(void **state)
{
    (void)state;
    const struct reduce_kernels *vectors = reduce_vectors();
#if defined(__aarch64__)
    assert_string_equal(vectors->name, "neon");
#elif defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        assert_string_equal(vectors->name, "avx2");
    } else {
        assert_null(vectors);
    }
#else
    assert_null(vectors);
#endif
    assert_string_equal(reduce_plain.name, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_definition), cmocka_unit_test(test_the_same_bytes),
        cmocka_unit_test(test_the_same_floats), cmocka_unit_test(test_selection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
