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

/* Over 40 photographs of 700 px, at qualities 0, 5, … 100: bits per pixel (geometric means), and
 * how much their logarithm moves with the one number in which photographs differ most. */
enum { CURVE_POINTS = 21, CURVE_STEP = 5 };
static const double bits[FORMAT_COUNT][CURVE_POINTS] = {
    [FORMAT_JPEG] = {.084, .137, .222, .298, .365,  .428,  .486,  .541,  .587,  .639, .684,
                     .730, .787, .859, .945, 1.044, 1.201, 1.418, 1.794, 2.599, 5.393},
    [FORMAT_WEBP] = {.090, .170, .209, .246, .281, .316, .351,  .387,  .424,  .461, .494,
                     .530, .564, .600, .643, .688, .850, 1.072, 1.448, 2.208, 3.040},
    [FORMAT_AVIF] = {.065, .082, .103, .118, .150,  .171,  .216,  .264,  .322,  .410, .495,
                     .586, .709, .793, .967, 1.105, 1.292, 1.478, 2.000, 3.032, 7.819},
    [FORMAT_JXL] = {.093, .114, .141, .181, .236, .289, .321,  .340,  .360,  .382, .410,
                    .448, .491, .542, .609, .702, .813, 1.004, 1.315, 1.994, 5.679},
};
static const double spread[FORMAT_COUNT][CURVE_POINTS] = {
    [FORMAT_JPEG] = {.457,  .666,  .876,  .956, .988, 1.007, 1.014, 1.019, 1.021, 1.016, 1.016,
                     1.014, 1.012, 1.001, .997, .988, .965,  .942,  .892,  .793,  .594},
    [FORMAT_WEBP] = {.627,  .870,  .923,  .955,  .975,  .992, 1.003, 1.008, 1.014, 1.015, 1.015,
                     1.012, 1.014, 1.011, 1.008, 1.002, .981, .949,  .890,  .770,  .664},
    [FORMAT_AVIF] = {.555,  .647,  .740,  .785,  .858,  .892,  .937,  .963, .970, .994, .998,
                     1.023, 1.057, 1.070, 1.092, 1.075, 1.050, 1.021, .958, .817, .582},
    [FORMAT_JXL] = {.750,  .801,  .852,  .887,  .912,  .937,  .945,  .958,  .968, .972, .989,
                    1.022, 1.021, 1.033, 1.051, 1.054, 1.074, 1.064, 1.029, .957, .575},
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

static double between(const double *points, double quality)
{
    const double at = fmin(fmax(quality, 0), 100) / CURVE_STEP;
    const int first = at >= CURVE_POINTS - 1 ? CURVE_POINTS - 2 : (int)at;
    return points[first] * (first + 1 - at) + points[first + 1] * (at - first);
}

double quality_rate(enum format format, double quality, double content)
{
    return log(between(bits[format], quality)) + content * between(spread[format], quality);
}

double quality_content(enum format format, double quality, double rate)
{
    return (rate - log(between(bits[format], quality))) / between(spread[format], quality);
}

double quality_content_usual(double pixels)
{
    return 0.17 * log(330e3 / pixels);
}
