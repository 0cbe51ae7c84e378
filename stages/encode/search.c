/* SPDX-License-Identifier: MIT
 * Bytes grow with quality by a curve that differs from image to image mostly by a factor: so the
 * guess is the table's curve, moved and scaled through what was measured, inside a bracket that
 * shrinks with every encode. */
#include <math.h>

#include "encode.h"
#include "quality.h"
#include "search.h"

/* Above a quality that just missed, one that fits was seen up to this far on real images: bytes
 * are not strictly monotone. */
enum { LOOK_AHEAD = 2 };
static const double near_miss = 1.02;

struct bracket {
    double good, bad;           /* good fits (lowest - 1: none known), bad does not */
    double good_rate, bad_rate; /* ln of bytes; NAN when not encoded */
    double bad_size;
    struct buffer best; /* the bytes at `good` */
    size_t smallest;
};

static enum status try_quality(const struct search *search, double quality, struct bracket *bracket,
                               bool *fits, struct error *error)
{
    struct buffer bytes = {.limit = bracket->best.limit};
    const enum status status = search->encode(search->data, quality, &bytes, error);
    if (status != STATUS_OK) {
        buffer_free(&bytes);
        return status;
    }
    if (bracket->smallest == 0 || bytes.size < bracket->smallest) {
        bracket->smallest = bytes.size;
    }
    *fits = bytes.size <= search->limit;
    if (*fits) {
        bracket->good = quality;
        bracket->good_rate = log((double)bytes.size);
        buffer_free(&bracket->best);
        bracket->best = bytes;
    } else {
        if (quality >= 0) {
            bracket->bad = quality;
            bracket->bad_rate = log((double)bytes.size);
            bracket->bad_size = (double)bytes.size;
        }
        buffer_free(&bytes);
    }
    return STATUS_OK;
}

/* Where the curve through the known ends meets the limit. */
static double guess(const struct search *search, const struct bracket *bracket)
{
    const double target = log((double)search->limit);
    const double bad = quality_rate(search->format, bracket->bad);
    const double good = quality_rate(search->format, fmax(bracket->good, 0));
    double slope = 1;
    if (!isnan(bracket->good_rate) && bracket->bad_rate > bracket->good_rate && bad > good) {
        slope = (bad - good) / (bracket->bad_rate - bracket->good_rate);
    }
    const double rate = bad - (bracket->bad_rate - target) * slope;
    return floor(quality_at_rate(search->format, rate));
}

/* When two guesses did not halve the bracket, its middle is next: never many encodes. */
static enum status narrow(const struct search *search, struct bracket *bracket, struct error *error)
{
    int stalled = 0;
    while (bracket->bad - bracket->good > 1) {
        const double width = bracket->bad - bracket->good;
        const double wish = stalled > 1 ? floor(bracket->good + width / 2) : guess(search, bracket);
        const double next = fmin(fmax(wish, bracket->good + 1), bracket->bad - 1);
        bool fits;
        const enum status status = try_quality(search, next, bracket, &fits, error);
        if (status != STATUS_OK) {
            return status;
        }
        stalled = bracket->bad - bracket->good > width / 2 ? stalled + 1 : 0;
    }
    return STATUS_OK;
}

static enum status look_ahead(const struct search *search, double ceiling, struct bracket *bracket,
                              struct error *error)
{
    for (int misses = 0; misses < LOOK_AHEAD;) {
        const double next = fmax(bracket->good, bracket->bad) + 1;
        if (next > ceiling || bracket->bad_size > (double)search->limit * near_miss) {
            break;
        }
        bool fits;
        const enum status status = try_quality(search, next, bracket, &fits, error);
        if (status != STATUS_OK) {
            return status;
        }
        misses = fits ? 0 : misses + 1;
    }
    return STATUS_OK;
}

enum status search_quality(const struct search *search, struct buffer *out, double *quality,
                           struct error *error)
{
    const bool lossless = search->highest < 0;
    const double ceiling = lossless ? search->top : search->highest;
    struct bracket bracket = {.good = search->lowest - 1,
                              .good_rate = NAN,
                              .bad = ceiling + 1,
                              .bad_rate = NAN,
                              .best = {.limit = out->limit}};
    bool fits = false;
    enum status status = try_quality(search, search->highest, &bracket, &fits, error);
    if (status == STATUS_OK && !fits && lossless && search->lowest >= 0) {
        status = try_quality(search, ceiling, &bracket, &fits, error);
    }
    const bool more = status == STATUS_OK && !fits && search->lowest >= 0;
    if (more) {
        status = narrow(search, &bracket, error);
    }
    if (more && status == STATUS_OK && bracket.best.size > 0) {
        status = look_ahead(search, ceiling, &bracket, error);
    }
    if (status == STATUS_OK && bracket.best.size == 0) {
        status = error_set(error, STATUS_REFUSED,
                           "'max-bytes' is %zu B, and the smallest encoding takes %zu B",
                           search->limit, bracket.smallest);
    }
    if (status == STATUS_OK) {
        buffer_bytes(out, bracket.best.data, bracket.best.size);
        *quality = bracket.good;
        status = buffer_failed(out) ? error_memory(error) : STATUS_OK;
    }
    buffer_free(&bracket.best);
    return status;
}
