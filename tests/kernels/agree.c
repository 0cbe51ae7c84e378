/* SPDX-License-Identifier: MIT
 * Without any library, so that it can be built for another processor: the vector loops and the
 * plain ones over the same random values, bit for bit. Prints which vectors they were, and a sum
 * that must be the same on every processor. */
#include <stdio.h>
#include <string.h>

#include "kernels/filter.h"
#include "kernels/noise.h"
#include "kernels/reduce.h"
#include "kernels/score.h"
#include "kernels/shrink.h"

enum { ROOM = 160, MOST = 67, MARGIN = SCORE_LANES };

struct rows {
    float planes[3][ROOM], half[ROOM], signals[SCORE_SIGNALS][ROOM];
    double sums[3][SCORE_NUMBERS];
};

static void run(const struct score_kernels *kernels, float (*inputs)[ROOM], int count, int offset,
                struct rows *out)
{
    const float *rows[2 * SCORE_TAPS];
    const int first = MARGIN + offset;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < 2 * SCORE_TAPS; i++) {
        rows[i] = inputs[i] + first;
    }
    float *const planes[3] = {out->planes[0] + first, out->planes[1] + first,
                              out->planes[2] + first};
    float *const signals[SCORE_SIGNALS] = {out->signals[0] + first, out->signals[1] + first,
                                           out->signals[2] + first, out->signals[3] + first};
    kernels->opsin(rows, count, planes);
    kernels->halve(rows[0], rows[1], count, out->half + first);
    kernels->blur_down(rows, rows + SCORE_TAPS, count, signals);
    kernels->add_up(rows[0], rows[1], rows + 2, count, true, true, out->sums[0]);
    kernels->add_up(rows[0], rows[1], rows + 2, count, true, false, out->sums[1]);
    kernels->add_up(rows[0], rows[1], rows + 2, count, false, true, out->sums[2]);
}

/* ---- Reductions ------------------------------------------------------------------------------ */

enum { SIDE = 90, SMALL = 37, TAPS_MOST = 24, COLUMNS_MOST = 512 };

struct reduced {
    int16_t turned[COLUMNS_MOST * SHRINK_ROWS];
    uint8_t rows[SHRINK_ROWS][SMALL * SHRINK_BANDS];
};

static void reduce(const struct shrink_kernels *kernels, const struct shrink_axis *axis, int top,
                   int bands, uint8_t (*picture)[SIDE * SHRINK_BANDS], struct reduced *out)
{
    static int16_t tile[SIDE * SHRINK_COLUMNS];
    const uint8_t *rows[SIDE];
    uint8_t *to[SHRINK_ROWS];
    memset(out, 0, sizeof *out);
    for (int i = axis->first[top]; i < SIDE; i++) {
        rows[i - axis->first[top]] = picture[i];
    }
    for (int i = 0; i < SHRINK_ROWS; i++) {
        to[i] = out->rows[i];
    }
    kernels->down(axis, top, rows, SIDE * bands, tile, out->turned);
    memset(out->turned + SIDE * bands * SHRINK_ROWS, 0,
           sizeof out->turned - SIDE * (size_t)bands * SHRINK_ROWS * sizeof *out->turned);
    kernels->across(axis, bands, out->turned, to);
}

/* Returns a sum of all bytes, or -1 where vectors differ. */
static double reductions(uint64_t *random)
{
    static uint8_t picture[SIDE][SIDE * SHRINK_BANDS];
    static struct reduced truth, found;
    static float floats[SMALL * TAPS_MOST];
    static int16_t weights[SMALL * TAPS_MOST];
    int first[SMALL], first_float[SMALL];
    struct reduce_axis from = {SIDE, SMALL, reduce_taps((double)SIDE / SMALL), first_float, floats};
    struct shrink_axis axis = {SIDE, SMALL, 0, first, weights};
    double sum = 0;
    reduce_axis_fill(&from, SIDE);
    shrink_axis_fill(&axis, &from);
    for (int i = 0; i < SIDE * SIDE * SHRINK_BANDS; i++) {
        const uint64_t bits = noise_next(random);
        picture[i / (SIDE * SHRINK_BANDS)][i % (SIDE * SHRINK_BANDS)] =
            (uint8_t)(bits >> 62 == 0   ? 0
                      : bits >> 62 == 1 ? 255
                                        : bits >> 40);
    }
    for (int bands = 1; bands <= SHRINK_BANDS; bands++) {
        for (int top = 0; top < SMALL; top += SHRINK_ROWS) {
            reduce(&shrink_plain, &axis, top, bands, picture, &truth);
            reduce(shrink_vectors(), &axis, top, bands, picture, &found);
            if (memcmp(&truth, &found, sizeof truth) != 0) {
                printf("%s differs: reduction of %d bands\n", shrink_vectors()->name, bands);
                return -1;
            }
            for (int i = 0; i < SHRINK_ROWS * SMALL * bands; i++) {
                sum += truth.rows[i / (SMALL * bands)][i % (SMALL * bands)] * (i % 7 + 1);
            }
        }
    }
    return sum;
}

/* ---- With alpha, and filters ------------------------------------------------------------------
 */

enum { ALPHA_BANDS = 4, ALPHA_TAPS = 16, DOWN_TAPS = 8 };

/* A sum of all bytes, or -1 where vectors differ: rows across and down with alpha. */
static double alpha_reductions(uint64_t *random)
{
    static uint8_t picture[DOWN_TAPS][SIDE * ALPHA_BANDS], out[2][SMALL * ALPHA_BANDS];
    static float wide[(SIDE + 2 * ALPHA_TAPS) * ALPHA_BANDS], sum[SMALL * ALPHA_BANDS];
    static float rows[2][DOWN_TAPS][SMALL * ALPHA_BANDS], weights[SMALL * ALPHA_TAPS];
    static const float shares[DOWN_TAPS] = {-0.1f, 0.2f, 0.3f, 0.4f, 0.25f, -0.05f, 0.01f, -0.01f};
    const struct reduce_kernels *const kernels[2] = {&reduce_plain, reduce_vectors()};
    int first[SMALL];
    struct reduce_axis axis = {SIDE, SMALL, reduce_taps((double)SIDE / SMALL), first, weights};
    double total = 0;
    reduce_axis_fill(&axis, SIDE);
    for (int i = 0; i < DOWN_TAPS * SIDE * ALPHA_BANDS; i++) {
        picture[i / (SIDE * ALPHA_BANDS)][i % (SIDE * ALPHA_BANDS)] =
            (uint8_t)(noise_next(random) >> 40);
    }
    for (int k = 0; k < 2; k++) {
        const float *each[DOWN_TAPS];
        for (int y = 0; y < DOWN_TAPS; y++) {
            kernels[k]->across(&axis, picture[y], ALPHA_BANDS, wide, rows[k][y]);
            each[y] = rows[k][y];
        }
        kernels[k]->down(each, shares, DOWN_TAPS, ALPHA_BANDS, SMALL, sum, out[k]);
    }
    if (memcmp(rows[0], rows[1], sizeof rows[0]) != 0 ||
        memcmp(out[0], out[1], sizeof out[0]) != 0) {
        printf("%s differs: reduction with alpha\n", kernels[1]->name);
        return -1;
    }
    for (int i = 0; i < SMALL * ALPHA_BANDS; i++) {
        total += out[0][i] * (i % 7 + 1);
    }
    return total;
}

static double filters(uint64_t *random)
{
    enum { BYTES = 700 };
    uint8_t row[BYTES], above[BYTES], out[2][BYTES];
    int64_t sums[2][ROW_FILTERS];
    double total = 0;
    for (int i = 0; i < BYTES; i++) {
        row[i] = (uint8_t)(noise_next(random) >> 40);
        above[i] = (uint8_t)(noise_next(random) >> 40);
    }
    filter_plain.weigh(row, above, BYTES, 3, sums[0]);
    filter_vectors()->weigh(row, above, BYTES, 3, sums[1]);
    for (int filter = 0; filter < ROW_FILTERS; filter++) {
        filter_plain.apply((enum row_filter)filter, row, above, BYTES, 3, out[0]);
        filter_vectors()->apply((enum row_filter)filter, row, above, BYTES, 3, out[1]);
        total += (double)sums[0][filter];
        if (memcmp(out[0], out[1], BYTES) != 0 || sums[0][filter] != sums[1][filter]) {
            printf("%s differs: filter %d\n", filter_vectors()->name, filter);
            return -1;
        }
    }
    return total;
}

int main(void)
{
    static float inputs[2 * SCORE_TAPS][ROOM];
    static struct rows truth, found;
    const struct score_kernels *vectors = score_vectors();
    uint64_t random = 1;
    double sum = 0;
    for (int count = 1; vectors && count <= MOST; count++) {
        for (int i = 0; i < 2 * SCORE_TAPS * ROOM; i++) {
            inputs[i / ROOM][i % ROOM] = (float)(noise_next(&random) >> 40) / 16777216.0f;
        }
        run(&score_plain, inputs, count, count % SCORE_LANES, &truth);
        run(vectors, inputs, count, count % SCORE_LANES, &found);
        if (memcmp(&truth, &found, sizeof truth) != 0) {
            printf("%s differs at width %d\n", vectors->name, count);
            return 1;
        }
        for (int i = 0; i < SCORE_NUMBERS; i++) {
            sum += truth.sums[0][i];
        }
    }
    double (*const others[])(uint64_t *) = {reductions, alpha_reductions, filters};
    for (int i = 0; vectors && i < 3; i++) {
        const double more = others[i](&random);
        if (more < 0) {
            return 1;
        }
        sum += more;
    }
    printf("%s %.17g\n", vectors ? vectors->name : "none", sum);
    return 0;
}
