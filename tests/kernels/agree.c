/* SPDX-License-Identifier: MIT
 * Without any library, so that it can be built for another processor: the vector loops of
 * SSIMULACRA2 and the plain ones over the same random values, bit for bit. Prints which vectors
 * they were, and a sum that must be the same on every processor. */
#include <stdio.h>
#include <string.h>

#include "kernels/noise.h"
#include "kernels/score.h"

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
    printf("%s %.17g\n", vectors ? vectors->name : "none", sum);
    return 0;
}
