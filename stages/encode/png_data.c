/* SPDX-License-Identifier: MIT
 * See png_data.h. Knows zlib for its checksum; no libpng and no libvips. */
#include "png_data.h"

#include <string.h>

#include <zlib.h>

#include "kernels/deflate.h"
#include "kernels/filter.h"
#include "machine.h"
#include "memory.h"

/* The rows of an image on their way into a stream. */
struct rows {
    const struct png_data *data;
    const struct filter_kernels *kernels;
    struct deflate *deflate;
    struct buffer *stream;
    size_t bytes;      /* of a row, without its filter */
    int step;          /* to the same sample of the pixel on the left, bytes; at least 1 */
    uint8_t *laid[2];  /* rows that are laid out anew, in turns; else NULL */
    uint8_t *zeros;    /* above the first */
    uint8_t *filtered; /* a row, after a byte that names its filter */
    uint32_t checksum; /* Adler-32 of what was filtered */
    enum png_filter filter;
};

/* ---- Rows as the file has them ------------------------------------------------------------- */

/* Several indices to a byte, the first in the highest bits. */
static void pack(const uint8_t *indices, int width, int bits, uint8_t *out, size_t bytes)
{
    memset(out, 0, bytes);
    for (int x = 0; x < width; x++) {
        const size_t at = (size_t)x * (size_t)bits;
        out[at / 8] |= (uint8_t)(indices[x] << (8 - bits - (int)(at % 8)));
    }
}

/* The higher byte first. */
static void big_endian(const uint8_t *samples, size_t bytes, uint8_t *out)
{
    for (size_t i = 0; i < bytes; i += 2) {
        uint16_t sample;
        memcpy(&sample, samples + i, sizeof sample);
        out[i] = (uint8_t)(sample >> 8);
        out[i + 1] = (uint8_t)sample;
    }
}

static const uint8_t *laid_out(const struct rows *rows, int y)
{
    const struct png_data *data = rows->data;
    uint8_t *const out = rows->laid[y % 2];
    if (data->palette) {
        const int width = data->pixels->width;
        const uint8_t *const indices = data->palette->indices + (size_t)y * (size_t)width;
        if (data->bits == 8) {
            return indices;
        }
        pack(indices, width, data->bits, out, rows->bytes);
        return out;
    }
    if (data->bits == 8) {
        return pixels_row(data->pixels, y);
    }
    big_endian(pixels_row(data->pixels, y), rows->bytes, out);
    return out;
}

/* ---- Filters ------------------------------------------------------------------------------- */

/* The filter that leaves least; of equals the simplest. */
static enum row_filter least(const struct rows *rows, const uint8_t *row, const uint8_t *above)
{
    int64_t sums[ROW_FILTERS];
    enum row_filter best = ROW_NONE;
    rows->kernels->weigh(row, above, (int64_t)rows->bytes, rows->step, sums);
    for (int filter = ROW_SUB; filter < ROW_FILTERS; filter++) {
        if (sums[filter] < sums[best]) {
            best = (enum row_filter)filter;
        }
    }
    return best;
}

static enum row_filter choose(const struct rows *rows, const uint8_t *row, const uint8_t *above,
                              bool same)
{
    static const enum row_filter fixed[] = {[PNG_CHOICE_NONE] = ROW_NONE,
                                            [PNG_CHOICE_SUB] = ROW_SUB,
                                            [PNG_CHOICE_UP] = ROW_UP,
                                            [PNG_CHOICE_AVERAGE] = ROW_AVERAGE,
                                            [PNG_CHOICE_PAETH] = ROW_PAETH};
    const bool adaptive = rows->filter == PNG_CHOICE_ADAPTIVE;
    return !adaptive ? fixed[rows->filter] : same ? ROW_UP : least(rows, row, above);
}

/* Adler-32 (RFC 1950, 8.2) after `count` zeros: the sum of bytes stays, the sum of sums grows. */
static uint32_t checksum_zeros(uint32_t checksum, size_t count)
{
    const uint64_t modulus = 65521, bytes = checksum & 0xffff, sums = checksum >> 16;
    return (uint32_t)((sums + count % modulus * bytes) % modulus << 16 | bytes);
}

/* Nothing is left of a row like the one above: flat colour is not looked at byte by byte. */
static void filter_row(struct rows *rows, const uint8_t *row, const uint8_t *above)
{
    uint8_t *const out = rows->filtered + 1;
    const bool same = memcmp(row, above, rows->bytes) == 0;
    const enum row_filter filter = choose(rows, row, above, same);
    rows->filtered[0] = (uint8_t)filter;
    rows->checksum = (uint32_t)adler32_z(rows->checksum, rows->filtered, 1);
    if (same && filter == ROW_UP) {
        memset(out, 0, rows->bytes);
        rows->checksum = checksum_zeros(rows->checksum, rows->bytes);
    } else {
        rows->kernels->apply(filter, row, above, (int64_t)rows->bytes, rows->step, out);
        rows->checksum = (uint32_t)adler32_z(rows->checksum, out, rows->bytes);
    }
}

/* Rows from..to - 1. */
static enum status filter_rows(struct rows *rows, int from, int to, struct error *error)
{
    const uint8_t *above = from > 0 ? laid_out(rows, from - 1) : rows->zeros;
    for (int y = from; y < to; y++) {
        if (y % 16 == 0 && encode_stopped(rows->data->flow)) {
            return encode_interrupted(error);
        }
        const uint8_t *row = laid_out(rows, y);
        filter_row(rows, row, above);
        deflate_bytes(rows->deflate, rows->filtered, rows->bytes + 1);
        above = row;
    }
    return STATUS_OK;
}

/* ---- The filters of a picture -------------------------------------------------------------- */

static void on_trial(void *data, const uint8_t *bytes, size_t size)
{
    size_t *const sum = data;
    (void)bytes;
    *sum += size;
}

enum {
    STRIP = 8,            /* rows that are tried beside each other */
    WHOLE_MOST = 64 << 10 /* bytes of a picture of which all rows may be tried */
};

/* Bytes that strips of the picture take with a filter, one strip every so many rows; `raw` is what
 * they are before. */
static enum status trial(struct rows *rows, enum png_filter filter, int every, size_t *size,
                         size_t *raw, struct error *error)
{
    static const struct deflate_effort quick = {8, 8, 16, 64};
    const int height = rows->data->pixels->height;
    enum status status = STATUS_OK;
    *size = *raw = 0;
    rows->filter = filter;
    deflate_start(rows->deflate, quick, rows->bytes + 1, rows->step, on_trial, size);
    for (int y = 0; y < height && status == STATUS_OK; y += every) {
        const int end = y + STRIP < height ? y + STRIP : height;
        *raw += (size_t)(end - y) * rows->bytes;
        status = filter_rows(rows, y, end, error);
    }
    deflate_end(rows->deflate);
    return status;
}

/* Rows that are filtered each in its own way take fewer bytes, but where colours are flat and few:
 * there a row as it is finds its like. Of strips of which more than a third is left nothing is
 * won; where next to nothing is, they say little, and all rows of a small picture are soon tried.
 */
static enum status try_filters(struct rows *rows, struct error *error)
{
    const int height = rows->data->pixels->height;
    const bool small = rows->bytes * (size_t)height <= WHOLE_MOST;
    int every = height > 256 ? 16 * STRIP : 4 * STRIP;
    size_t adaptive, none, raw;
    enum status status = trial(rows, PNG_CHOICE_ADAPTIVE, every, &adaptive, &raw, error);
    if (status == STATUS_OK && small && adaptive < raw / 32) {
        every = STRIP;
        status = trial(rows, PNG_CHOICE_ADAPTIVE, every, &adaptive, &raw, error);
    }
    none = adaptive;
    if (status == STATUS_OK && adaptive < raw / 3) {
        status = trial(rows, PNG_CHOICE_NONE, every, &none, &raw, error);
    }
    rows->filter = none < adaptive ? PNG_CHOICE_NONE : PNG_CHOICE_ADAPTIVE;
    rows->checksum = 1;
    return status;
}

static enum status decide(struct rows *rows, struct error *error)
{
    const struct png_data *data = rows->data;
    if (data->filter == PNG_CHOICE_AUTO && !data->palette) {
        return try_filters(rows, error);
    }
    /* Indices of a palette that are neighbours are no neighbouring colours. */
    rows->filter = data->filter == PNG_CHOICE_AUTO ? PNG_CHOICE_NONE : data->filter;
    return STATUS_OK;
}

/* ---- The stream ---------------------------------------------------------------------------- */

static void on_bytes(void *data, const uint8_t *bytes, size_t size)
{
    buffer_bytes(data, bytes, size);
}

/* No more bytes than zlib makes at the same number. */
static struct deflate_effort effort_of(int compression)
{
    static const struct deflate_effort efforts[] = {
        {4, 4, 8, 32},      {4, 4, 8, 32},       {8, 8, 16, 64},   {8, 8, 16, 64},
        {24, 8, 32, 128},   {32, 8, 32, 128},    {32, 8, 32, 258}, {128, 8, 32, 258},
        {256, 16, 64, 258}, {1024, 32, 258, 258}};
    return efforts[compression];
}

static bool rows_make(struct rows *rows)
{
    const bool laid = rows->data->bits != 8;
    rows->deflate = memory_alloc(sizeof *rows->deflate);
    rows->filtered = memory_alloc(rows->bytes + 1);
    rows->zeros = memory_zero(rows->bytes, 1);
    rows->laid[0] = laid ? memory_alloc(rows->bytes) : NULL;
    rows->laid[1] = laid ? memory_alloc(rows->bytes) : NULL;
    return rows->deflate && rows->filtered && rows->zeros &&
           (!laid || (rows->laid[0] && rows->laid[1]));
}

static void rows_release(struct rows *rows)
{
    memory_free(rows->deflate);
    memory_free(rows->filtered);
    memory_free(rows->zeros);
    memory_free(rows->laid[0]);
    memory_free(rows->laid[1]);
}

/* A zlib stream (RFC 1950): two bytes, deflate's, the checksum with its highest byte first. */
static enum status rows_write(struct rows *rows, struct error *error)
{
    static const uint8_t head[] = {0x78, 0x9c};
    if (decide(rows, error) != STATUS_OK) {
        return error->status;
    }
    buffer_bytes(rows->stream, head, sizeof head);
    deflate_start(rows->deflate, effort_of(rows->data->compression), rows->bytes + 1, rows->step,
                  on_bytes, rows->stream);
    if (filter_rows(rows, 0, rows->data->pixels->height, error) != STATUS_OK) {
        return error->status;
    }
    deflate_end(rows->deflate);
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_char(rows->stream, (char)(rows->checksum >> shift));
    }
    return buffer_failed(rows->stream) ? error_memory(error) : STATUS_OK;
}

enum status png_data_make(const struct png_data *data, struct buffer *stream, struct error *error)
{
    const struct filter_kernels *vectors = machine_plain() ? NULL : filter_vectors();
    const size_t bands = data->palette ? 1 : (size_t)data->pixels->bands;
    const size_t pixel_bits = bands * (size_t)data->bits;
    struct rows rows = {.data = data,
                        .kernels = vectors ? vectors : &filter_plain,
                        .stream = stream,
                        .bytes = ((size_t)data->pixels->width * pixel_bits + 7) / 8,
                        .step = pixel_bits < 8 ? 1 : (int)(pixel_bits / 8),
                        .checksum = 1};
    const enum status status = rows_make(&rows) ? rows_write(&rows, error) : error_memory(error);
    rows_release(&rows);
    return status;
}
