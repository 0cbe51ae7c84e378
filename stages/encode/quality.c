/* SPDX-License-Identifier: MIT
 * The table of levels and the curves of bytes over quality; how both were measured stands in
 * stages/README.md. */
#include <math.h>

#include "encode.h"
#include "quality.h"

/* Rows: SSIMULACRA2 of about 50, 65, 75 and 85 over photographs. */
static const double levels[FORMAT_COUNT][LEVEL_LOSSLESS] = {
    [FORMAT_JPEG] =
        {[LEVEL_LOW] = 35, [LEVEL_MEDIUM] = 58, [LEVEL_HIGH] = 80, [LEVEL_VERY_HIGH] = 90},
    [FORMAT_WEBP] =
        {[LEVEL_LOW] = 35, [LEVEL_MEDIUM] = 60, [LEVEL_HIGH] = 81, [LEVEL_VERY_HIGH] = 92},
    [FORMAT_AVIF] =
        {[LEVEL_LOW] = 35, [LEVEL_MEDIUM] = 48, [LEVEL_HIGH] = 60, [LEVEL_VERY_HIGH] = 76},
    [FORMAT_JXL] =
        {[LEVEL_LOW] = 50, [LEVEL_MEDIUM] = 65, [LEVEL_HIGH] = 76, [LEVEL_VERY_HIGH] = 87},
};

/* Bits per pixel at qualities 0, 10, … 100. */
enum { CURVE_POINTS = 11, CURVE_STEP = 10 };
static const double curves[FORMAT_COUNT][CURVE_POINTS] = {
    [FORMAT_JPEG] = {0.20, 0.42, 0.65, 0.83, 0.97, 1.10, 1.25, 1.48, 1.82, 2.61, 6.50},
    [FORMAT_WEBP] = {0.20, 0.37, 0.50, 0.60, 0.70, 0.80, 0.90, 1.10, 1.45, 2.30, 5.00},
    [FORMAT_AVIF] = {0.03, 0.08, 0.14, 0.24, 0.38, 0.60, 0.95, 1.50, 2.30, 3.60, 6.50},
    [FORMAT_JXL] = {0.15, 0.25, 0.36, 0.48, 0.58, 0.70, 0.86, 1.10, 1.50, 2.50, 7.00},
};

double quality_for(enum format format, const struct quality *quality)
{
    const double number = quality->number[format];
    if (levels[format][LEVEL_HIGH] == 0) {
        return QUALITY_LOSSLESS;
    }
    if (number >= 0) {
        return floor(number + 0.5);
    }
    const enum level level = quality_level(quality, format);
    return level == LEVEL_LOSSLESS || level == LEVEL_NONE ? QUALITY_LOSSLESS
                                                          : levels[format][level];
}

bool quality_is_fine(enum format format, double quality)
{
    return quality < 0 || quality >= levels[format][LEVEL_VERY_HIGH];
}

double quality_rate(enum format format, double quality)
{
    const double *curve = curves[format];
    const double at = fmin(fmax(quality, 0), 100) / CURVE_STEP;
    const int first = at >= CURVE_POINTS - 1 ? CURVE_POINTS - 2 : (int)at;
    const double share = at - first;
    return log(curve[first]) * (1 - share) + log(curve[first + 1]) * share;
}

double quality_at_rate(enum format format, double rate)
{
    const double *curve = curves[format];
    int first = 0;
    while (first < CURVE_POINTS - 2 && rate > log(curve[first + 1])) {
        first++;
    }
    const double low = log(curve[first]), high = log(curve[first + 1]);
    return fmin(fmax((first + (rate - low) / (high - low)) * CURVE_STEP, 0), 100);
}
