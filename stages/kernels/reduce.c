/* SPDX-License-Identifier: MIT
 * The weights of a reduction: see reduce.h. */
#include "reduce.h"

#include <math.h>
#include <stdbool.h>

static double lanczos3(double x)
{
    const double pi = 3.14159265358979323846;
    if (fabs(x) < 1e-9) {
        return 1;
    }
    return fabs(x) < 3 ? 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x) : 0;
}

int reduce_taps(double factor)
{
    const int taps = (int)ceil(6 * factor) + 1;
    return (taps + REDUCE_TOGETHER - 1) / REDUCE_TOGETHER * REDUCE_TOGETHER;
}

void reduce_axis_fill(struct reduce_axis *axis, double picture)
{
    enum { KEPT = 64 }; /* values that are not computed twice */
    const double factor = picture / axis->out;
    double kept[KEPT];
    for (int i = 0; i < axis->out; i++) {
        const double centre = (i + 0.5) * factor - 0.5 + (axis->in - picture) / 2;
        const int first = (int)ceil(centre - 3 * factor);
        float *weights = axis->weights + (int64_t)i * axis->taps;
        double sum = 0;
        for (int k = 0; k < axis->taps; k++) {
            const double value = lanczos3((first + k - centre) / factor);
            kept[k % KEPT] = value;
            sum += value;
        }
        for (int k = 0; k < axis->taps; k++) {
            const bool lost = k + KEPT < axis->taps;
            const double value = lost ? lanczos3((first + k - centre) / factor) : kept[k % KEPT];
            weights[k] = (float)(value / sum);
        }
        axis->first[i] = first;
    }
}
