/* SPDX-License-Identifier: MIT
 * Our deflate: what zlib makes of it is what went in, for every size about the edges, runs, rows,
 * noise and skewed bytes, in pieces of any size; symbols as RFC 1951 tables them. */
#include "kernels/deflate.h"

#include <string.h>

#include <zlib.h>

#include "kernels/noise.h"
#include "support.h"

static const struct deflate_effort efforts[] = {
    {1, 4, 8, 32}, {64, 8, 32, 128}, {500, 32, 258, 258}};

struct stream {
    uint8_t *bytes;
    size_t size, room;
};

static void sink(void *data, const uint8_t *bytes, size_t size)
{
    struct stream *stream = data;
    assert_true(stream->size + size <= stream->room);
    memcpy(stream->bytes + stream->size, bytes, size);
    stream->size += size;
}

/* Returns how many bytes it took. Memory of exactly the size that is read, so that a read beyond is
 * found. */
static size_t there_and_back(const uint8_t *bytes, size_t size, size_t piece,
                             struct deflate_effort effort)
{
    struct deflate *deflate = test_malloc(sizeof *deflate);
    struct stream stream = {.room = size + size / 8 + 1000};
    uint8_t *back = test_malloc(size + 1);
    z_stream inflater = {.next_out = back, .avail_out = (uInt)size + 1};
    stream.bytes = test_malloc(stream.room);
    deflate_start(deflate, effort, piece, 1 + (int)(piece % 4), sink, &stream);
    for (size_t at = 0; at < size; at += piece) {
        const size_t part = size - at < piece ? size - at : piece;
        uint8_t *own = test_malloc(part);
        memcpy(own, bytes + at, part);
        deflate_bytes(deflate, own, part);
        test_free(own);
    }
    deflate_end(deflate);
    inflater.next_in = stream.bytes;
    inflater.avail_in = (uInt)stream.size;
    assert_int_equal(inflateInit2(&inflater, -15), Z_OK);
    assert_int_equal(inflate(&inflater, Z_FINISH), Z_STREAM_END);
    assert_int_equal(inflater.total_out, size);
    assert_int_equal(inflater.avail_in, 0);
    assert_memory_equal(back, bytes, size);
    inflateEnd(&inflater);
    test_free(back);
    test_free(stream.bytes);
    test_free(deflate);
    return stream.size;
}

enum kind { FLAT, NOISE, SKEWED, ROWS, SLOPES, WORDS, KINDS };

/* A byte of a picture, once filtered, of every character. */
static uint8_t byte_of(enum kind kind, size_t i, uint64_t bits)
{
    const size_t stride = 601, x = i % stride;
    switch (kind) {
    case FLAT:
        return 0;
    case NOISE:
        return (uint8_t)bits;
    case SKEWED: /* the n-th byte half as often as the one before: the deepest trees there are */
        return (uint8_t)__builtin_ctzll(bits | 1ull << 40);
    case ROWS: /* mostly flat, with something in the middle of some */
        return x == 0 ? 2 : x > 250 && x < 300 && i / stride % 7 > 2 ? (uint8_t)(bits % 3) : 0;
    case SLOPES:
        return (uint8_t)((x + i / stride * 3) / 17 % 3 == 0);
    default:
        return (uint8_t)(i / 1000 % 2 ? bits % 4 : 'a' + (i * i / 3 + i / 7) % 11);
    }
}

static uint8_t *drawn(enum kind kind, size_t size)
{
    uint8_t *bytes = test_malloc(size + 1);
    uint64_t state = 5 + (uint64_t)kind;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = byte_of(kind, i, noise_next(&state));
    }
    return bytes;
}

static void test_every_small_size(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        uint8_t *bytes = drawn((enum kind)kind, 700);
        for (size_t size = 0; size <= 700; size += size < 300 ? 1 : 13) {
            there_and_back(bytes, size, 1 + size / 3, efforts[size % 3]);
        }
        test_free(bytes);
    }
}

static void test_beyond_the_window(void **state)
{
    static const size_t sizes[] = {DEFLATE_REACH - 1, DEFLATE_REACH + 1,  DEFLATE_WINDOW - 1,
                                   DEFLATE_WINDOW,    DEFLATE_WINDOW + 1, 3 * DEFLATE_WINDOW + 77};
    static const size_t pieces[] = {601, 1, DEFLATE_WINDOW, 100000};
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            uint8_t *bytes = drawn((enum kind)kind, sizes[i]);
            there_and_back(bytes, sizes[i], pieces[i % 4], efforts[i % 3]);
            test_free(bytes);
        }
    }
}

/* More tokens than a block holds, many blocks, and all of it within reach of what is expected. */
static void test_sizes(void **state)
{
    static const struct {
        enum kind kind;
        size_t most;
    } cases[] = {{FLAT, 1000}, {NOISE, 500600}, {SKEWED, 153000}, {ROWS, 14000}, {SLOPES, 6000}};
    const size_t size = 500000;
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t *bytes = drawn(cases[i].kind, size);
        const size_t took = there_and_back(bytes, size, 601, efforts[1]);
        if (took > cases[i].most) {
            fail_msg("kind %d took %zu bytes, not %zu at most", (int)cases[i].kind, took,
                     cases[i].most);
        }
        test_free(bytes);
    }
}

/* Lengths and distances at the ends of what a symbol stands for: RFC 1951, 3.2.5. */
static void test_symbols(void **state)
{
    static const struct {
        int value, symbol, extra;
    } lengths[] = {{3, 257, 0},   {10, 264, 0},  {11, 265, 1}, {12, 265, 1}, {13, 266, 1},
                   {18, 268, 1},  {19, 269, 2},  {34, 272, 2}, {35, 273, 3}, {130, 280, 4},
                   {131, 281, 5}, {257, 284, 5}, {258, 285, 0}},
      distances[] = {{1, 0, 0},      {4, 3, 0},       {5, 4, 1},       {6, 4, 1},
                     {7, 5, 1},      {9, 6, 2},       {192, 14, 6},    {193, 15, 6},
                     {8193, 26, 12}, {24576, 28, 13}, {24577, 29, 13}, {32768, 29, 13}};
    (void)state;
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_int_equal(deflate_length_symbol(lengths[i].value), lengths[i].symbol);
        assert_int_equal(deflate_length_extra(lengths[i].symbol), lengths[i].extra);
    }
    for (unsigned i = 0; i < sizeof distances / sizeof *distances; i++) {
        assert_int_equal(deflate_distance_symbol(distances[i].value), distances[i].symbol);
        assert_int_equal(deflate_distance_extra(distances[i].symbol), distances[i].extra);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_small_size), cmocka_unit_test(test_beyond_the_window),
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_symbols)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
