/* SPDX-License-Identifier: MIT
 * Bytes over quality is a curve that differs from image to image by one number, how much there is
 * in it: so each guess is where the typical curve, bent through what was measured, meets the limit,
 * inside a bracket that shrinks with every encode. */
#include <math.h>

#include "encode.h"
#include "quality.h"
#include "search.h"

enum {
    QUALITIES = 101,
    LOOK_AHEAD = 2 /* above a near miss, one that fits was seen so far on real images */
};
static const double near_miss = 1.005; /* bytes are not strictly monotone */

struct bracket {
    double good, bad;        /* good fits (lowest - 1: none known), bad does not */
    double rates[QUALITIES]; /* ln of the bits of a pixel; NAN: not encoded */
    struct buffer best;      /* the bytes at `good` */
    size_t smallest;
};

static double rate_of(const struct search *search, size_t bytes)
{
    return log((double)bytes * 8 / search->pixels);
}

static enum status try_quality(const struct search *search, double quality, struct bracket *bracket,
                               struct error *error)
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
    if (quality >= 0) {
        bracket->rates[(int)quality] = rate_of(search, bytes.size);
    }
    if (bytes.size <= search->limit) {
        bracket->good = quality;
        buffer_free(&bracket->best);
        bracket->best = bytes;
    } else {
        bracket->bad = quality >= 0 ? quality : bracket->bad;
        buffer_free(&bytes);
    }
    return STATUS_OK;
}

/* How much is in the image, seen at a quality: between the nearest measured ones on a line. */
static double content_at(const struct search *search, const struct bracket *bracket, int quality)
{
    int below = quality, above = quality;
    while (below >= 0 && isnan(bracket->rates[below])) {
        below--;
    }
    while (above < QUALITIES && isnan(bracket->rates[above])) {
        above++;
    }
    if (below < 0 && above == QUALITIES) {
        return quality_content_usual(search->pixels);
    }
    below = below < 0 ? above : below;
    above = above == QUALITIES ? below : above;
    const double low = quality_content(search->format, below, bracket->rates[below]);
    const double high = quality_content(search->format, above, bracket->rates[above]);
    return above == below ? low : low + (high - low) * (quality - below) / (above - below);
}

/* The highest quality inside the bracket that should fit. */
static double guess(const struct search *search, const struct bracket *bracket)
{
    const double most = rate_of(search, search->limit);
    double quality = bracket->bad - 1;
    while (quality > bracket->good + 1 &&
           quality_rate(search->format, quality, content_at(search, bracket, (int)quality)) >
               most) {
        quality--;
    }
    return quality;
}

/* When five guesses in a row did not halve the bracket, its middle is next: never many encodes. */
static enum status narrow(const struct search *search, struct bracket *bracket, struct error *error)
{
    int stalled = 0;
    while (bracket->bad - bracket->good > 1) {
        const double width = bracket->bad - bracket->good;
        const double next = stalled > 4 ? floor(bracket->good + width / 2) : guess(search, bracket);
        const enum status status = try_quality(search, next, bracket, error);
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
    const double most = rate_of(search, search->limit) + log(near_miss);
    for (int misses = 0; misses < LOOK_AHEAD && bracket->bad < ceiling; misses++) {
        const double missed = bracket->bad, next = missed + 1;
        if (bracket->rates[(int)missed] > most) {
            break;
        }
        if (isnan(bracket->rates[(int)next])) {
            const enum status status = try_quality(search, next, bracket, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
        bracket->bad = next;
        misses = bracket->good == next ? -1 : misses;
    }
    return STATUS_OK;
}

enum status search_quality(const struct search *search, struct buffer *out, double *quality,
                           struct error *error)
{
    const bool lossless = search->highest < 0;
    const double ceiling = lossless ? search->top : search->highest;
    struct bracket bracket = {
        .good = search->lowest - 1, .bad = ceiling + 1, .best = {.limit = out->limit}};
    enum status status = STATUS_OK;
    for (int i = 0; i < QUALITIES; i++) {
        bracket.rates[i] = NAN;
    }
    if (lossless) {
        status = try_quality(search, search->highest, &bracket, error);
    }
    if (status == STATUS_OK && bracket.best.size == 0 && search->lowest >= 0) {
        status = narrow(search, &bracket, error);
        if (status == STATUS_OK && bracket.best.size > 0) {
            status = look_ahead(search, ceiling, &bracket, error);
        }
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
