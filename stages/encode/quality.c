/* SPDX-License-Identifier: MIT
 * The table of levels and the curves of bytes over quality; how both were measured stands in
 * stages/README.md. */
#include <math.h>

#include "encode.h"
#include "quality.h"

/* SSIMULACRA2 of 50, 65, 75 and 85, the mean over 16 photographs. JPEG's very-high is with colour
 * at full resolution, as very-high is written. */
static const double levels[FORMAT_COUNT][LEVEL_LOSSLESS] = {
    [FORMAT_JPEG] =
        {[LEVEL_LOW] = 32, [LEVEL_MEDIUM] = 55, [LEVEL_HIGH] = 75, [LEVEL_VERY_HIGH] = 87},
    [FORMAT_WEBP] =
        {[LEVEL_LOW] = 33, [LEVEL_MEDIUM] = 61, [LEVEL_HIGH] = 80, [LEVEL_VERY_HIGH] = 92},
    [FORMAT_AVIF] =
        {[LEVEL_LOW] = 37, [LEVEL_MEDIUM] = 48, [LEVEL_HIGH] = 59, [LEVEL_VERY_HIGH] = 79},
    [FORMAT_JXL] =
        {[LEVEL_LOW] = 42, [LEVEL_MEDIUM] = 61, [LEVEL_HIGH] = 77, [LEVEL_VERY_HIGH] = 90},
};

/* Bits per pixel at qualities 0, 10, … 100: geometric means over the same photographs. */
enum { CURVE_POINTS = 11, CURVE_STEP = 10 };
static const double curves[FORMAT_COUNT][CURVE_POINTS] = {
    [FORMAT_JPEG] = {.085, .218, .361, .479, .577, .670, .770, .923, 1.173, 1.700, 7.757},
    [FORMAT_WEBP] = {.125, .217, .290, .362, .436, .509, .580, .662, .862, 1.443, 3.012},
    [FORMAT_AVIF] = {.073, .104, .150, .216, .319, .486, .695, .949, 1.264, 1.978, 7.339},
    [FORMAT_JXL] = {.095, .137, .223, .304, .340, .395, .474, .587, .786, 1.277, 5.503},
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
