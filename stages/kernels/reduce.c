/* SPDX-License-Identifier: MIT
 * The weights of a reduction: see reduce.h. */
#include "reduce.h"

#include <math.h>

int reduce_taps(double factor)
{
    const int taps = (int)ceil(6 * factor) + 1;
    return (taps + REDUCE_TOGETHER - 1) / REDUCE_TOGETHER * REDUCE_TOGETHER;
}

/* sin(pi x) sin(pi x / 3) 3 / (pi x)^2, from the sine of pi x / 3: sin 3a = 3 sin a - 4 sin^3 a. */
static double lanczos3(double x, double sine)
{
    const double pi = 3.14159265358979323846;
    if (fabs(x) < 1e-9) {
        return 1;
    }
    return fabs(x) < 3 ? 3 * (3 - 4 * sine * sine) * sine * sine / (pi * pi * x * x) : 0;
}

/* Each sine follows from the one before: the library's own took as long as the sums of a small
 * picture. */
void reduce_axis_fill(struct reduce_axis *axis, double picture)
{
    const double third = 3.14159265358979323846 / 3;
    const double factor = picture / axis->out;
    const double step_sine = sin(third / factor), step_cosine = cos(third / factor);
    for (int i = 0; i < axis->out; i++) {
        const double centre = (i + 0.5) * factor - 0.5 + (axis->in - picture) / 2;
        const int first = (int)ceil(centre - 3 * factor);
        float *weights = axis->weights + (int64_t)i * axis->taps;
        const double from = (first - centre) / factor;
        double sine = sin(third * from), cosine = cos(third * from), sum = 0;
        for (int k = 0; k < axis->taps; k++) {
            const double value = lanczos3((first + k - centre) / factor, sine);
            const double next = sine * step_cosine + cosine * step_sine;
            cosine = cosine * step_cosine - sine * step_sine;
            sine = next;
            weights[k] = (float)value;
            sum += value;
        }
        for (int k = 0; k < axis->taps; k++) {
            weights[k] = (float)(weights[k] / sum);
        }
        axis->first[i] = first;
    }
}
