/* SPDX-License-Identifier: MIT
 * PNG: exact in every depth and number of bands, palettes within their number of colours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "decoding.h"
#include "encoding.h"

static size_t encode(const char *options, VipsImage *picture, struct decoded *out)
{
    struct encoding encoding;
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    assert_true(encoding.quality < 0);
    assert_true(decode_png(encoding.bytes.data, encoding.bytes.size, out));
    assert_int_equal(out->width, image_width(picture));
    assert_int_equal(out->height, image_height(picture));
    const size_t size = encoding.bytes.size;
    encoding_end(&encoding);
    return size;
}

static void every_shape_is_exact(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 29}, {29, 1}, {61, 43}};
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int bands = 1; bands <= 4; bands++) {
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                struct decoded decoded;
                VipsImage *picture = picture_new(sizes[i][0], sizes[i][1], bands, bits);
                encode("{\"format\":\"png\"}", picture, &decoded);
                assert_int_equal(decoded.bands, bands);
                assert_int_equal(decoded.bits, bits);
                assert_memory_equal(decoded.bytes, picture_bytes(picture), image_bytes(picture));
                decoded_free(&decoded);
                image_release(&picture);
            }
        }
    }
}

static void every_filter_is_exact(void **state)
{
    static const char *const filters[] = {"auto",    "none",  "sub",     "up",
                                          "average", "paeth", "adaptive"};
    VipsImage *picture = picture_new(80, 60, 3, 8);
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        char options[100];
        struct decoded decoded;
        snprintf(options, sizeof options, "{\"format\":\"png\",\"png\":{\"filter\":\"%s\"}}",
                 filters[i]);
        encode(options, picture, &decoded);
        assert_memory_equal(decoded.bytes, picture_bytes(picture), image_bytes(picture));
        decoded_free(&decoded);
    }
    image_release(&picture);
}

/* The rows of the file as they were compressed, each after the number of its filter. */
static uint8_t *filtered_rows(const struct encoding *encoding, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)encoding->bytes.data;
    uint8_t *data = test_malloc(encoding->bytes.size), *rows = test_malloc(size);
    size_t data_size = 0;
    uLongf rows_size = size;
    for (size_t at = 8; at + 12 <= encoding->bytes.size;) {
        const size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                              (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (memcmp(bytes + at + 4, "IDAT", 4) == 0) {
            memcpy(data + data_size, bytes + at + 8, length);
            data_size += length;
        }
        at += length + 12;
    }
    assert_int_equal(uncompress(rows, &rows_size, data, data_size), Z_OK);
    assert_int_equal(rows_size, size);
    test_free(data);
    return rows;
}

static void a_filter_is_the_one_asked_for(void **state)
{
    static const char *const filters[] = {"none", "sub", "up", "average", "paeth"};
    enum { ROW = 80 * 3 + 1 };
    VipsImage *picture = picture_new(80, 60, 3, 8);
    (void)state;
    for (int filter = 0; filter < 5; filter++) {
        struct encoding encoding;
        char options[100];
        snprintf(options, sizeof options, "{\"format\":\"png\",\"png\":{\"filter\":\"%s\"}}",
                 filters[filter]);
        encode_picture(&encoding, options, picture);
        uint8_t *rows = filtered_rows(&encoding, 60 * ROW);
        for (int y = 0; y < 60; y++) {
            assert_int_equal(rows[y * ROW], filter);
        }
        test_free(rows);
        encoding_end(&encoding);
    }
    image_release(&picture);
}

/* Squares of five colours in no order: no neighbour tells a square's colour. */
static VipsImage *mosaic(int width, int height)
{
    static const uint8_t colours[5][3] = {
        {250, 250, 250}, {30, 60, 200}, {220, 30, 30}, {10, 10, 10}, {90, 200, 40}};
    VipsImage *picture = picture_new(width, height, 3, 8);
    uint8_t *bytes = (uint8_t *)(uintptr_t)picture_bytes(picture);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const unsigned square = (unsigned)(x / 3 + y / 3 * 977) * 2654435761u;
            const uint8_t *colour = colours[(square ^ square >> 15) * 2246822519u % 5];
            memcpy(bytes + ((size_t)y * (size_t)width + (size_t)x) * 3, colour, 3);
        }
    }
    return picture;
}

/* auto is the better of what is left alone and what is filtered, small or large, flat or not. */
static void auto_is_the_smaller(void **state)
{
    static const int sizes[][2] = {{48, 48}, {160, 130}};
    int least[2] = {0};
    (void)state;
    for (int flat = 0; flat < 2; flat++) {
        for (int i = 0; i < 2; i++) {
            VipsImage *picture = flat ? mosaic(sizes[i][0], sizes[i][1])
                                      : picture_new(sizes[i][0], sizes[i][1], 3, 8);
            struct decoded decoded;
            size_t bytes[3];
            for (int filter = 0; filter < 3; filter++) {
                static const char *const options[] = {
                    "{\"format\":\"png\"}",
                    "{\"format\":\"png\",\"png\":{\"filter\":\"adaptive\"}}",
                    "{\"format\":\"png\",\"png\":{\"filter\":\"none\"}}"};
                bytes[filter] = encode(options[filter], picture, &decoded);
                assert_memory_equal(decoded.bytes, picture_bytes(picture), image_bytes(picture));
                decoded_free(&decoded);
            }
            assert_int_equal(bytes[0], bytes[1] < bytes[2] ? bytes[1] : bytes[2]);
            least[bytes[1] < bytes[2]]++;
            image_release(&picture);
        }
    }
    assert_true(least[0] > 0 && least[1] > 0);
}

/* What zlib makes of the same rows at the same number, as libpng has it compress filtered ones. */
static size_t zlib_size(uint8_t *rows, size_t size, int compression)
{
    uint8_t *out = test_malloc(2 * size + 100);
    z_stream stream = {
        .next_in = rows, .avail_in = (uInt)size, .next_out = out, .avail_out = (uInt)(2 * size)};
    assert_int_equal(deflateInit2(&stream, compression, Z_DEFLATED, 15, 9, Z_FILTERED), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    test_free(out);
    return stream.total_out;
}

static void takes_no_more_bytes_than_zlib(void **state)
{
    enum { WIDTH = 300, HEIGHT = 260 };
    (void)state;
    for (int bands = 1; bands <= 4; bands++) {
        VipsImage *picture = picture_new(WIDTH, HEIGHT, bands, 8);
        for (int compression = 1; compression <= 9; compression++) {
            struct encoding encoding;
            char options[100];
            const size_t size = (size_t)(WIDTH * bands + 1) * HEIGHT;
            snprintf(options, sizeof options, "{\"format\":\"png\",\"png\":{\"compression\":%d}}",
                     compression);
            encode_picture(&encoding, options, picture);
            uint8_t *rows = filtered_rows(&encoding, size);
            const size_t theirs = zlib_size(rows, size, compression);
            if (encoding.bytes.size > theirs + theirs / 100 + 100) {
                fail_msg("%d bands, compression %d: %zu bytes, zlib's are %zu", bands, compression,
                         encoding.bytes.size, theirs);
            }
            test_free(rows);
            encoding_end(&encoding);
        }
        image_release(&picture);
    }
}

static void compression_counts(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(120, 90, 3, 8);
    (void)state;
    const size_t none =
        encode("{\"format\":\"png\",\"png\":{\"compression\":0}}", picture, &decoded);
    decoded_free(&decoded);
    const size_t usual = encode("{\"format\":\"png\"}", picture, &decoded);
    assert_false(decoded.progressive);
    decoded_free(&decoded);
    const size_t interlaced =
        encode("{\"format\":\"png\",\"png\":{\"interlace\":true}}", picture, &decoded);
    assert_true(decoded.progressive);
    assert_memory_equal(decoded.bytes, picture_bytes(picture), image_bytes(picture));
    decoded_free(&decoded);
    assert_true(usual < none);
    assert_true(none > 120 * 90 * 3);
    assert_true(interlaced != usual);
    image_release(&picture);
}

static int count_colours(const struct decoded *decoded)
{
    uint8_t seen[300][4] = {{0}};
    int count = 0;
    for (int i = 0; i < decoded->width * decoded->height; i++) {
        uint8_t colour[4] = {0, 0, 0, 255};
        memcpy(colour, decoded->bytes + i * decoded->bands, (size_t)decoded->bands);
        int found = 0;
        while (found < count && memcmp(seen[found], colour, 4) != 0) {
            found++;
        }
        if (found == count && count < 299) {
            memcpy(seen[count++], colour, 4);
        }
    }
    return count;
}

static void palettes_hold_few_colours(void **state)
{
    static const int limits[] = {2, 3, 5, 16, 17, 100, 256};
    (void)state;
    for (int bands = 3; bands <= 4; bands++) {
        VipsImage *picture = picture_new(150, 110, bands, 8);
        double before = 0;
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            char options[100];
            struct decoded decoded;
            snprintf(options, sizeof options,
                     "{\"format\":\"png\",\"png\":{\"colours\":%d,\"dither\":0}}", limits[i]);
            encode(options, picture, &decoded);
            assert_true(decoded.palette);
            assert_true(decoded.colours <= limits[i]);
            assert_true(count_colours(&decoded) <= limits[i]);
            assert_true(decoded.bands == bands || limits[i] < 16);
            const double noise =
                psnr(picture_bytes(picture), bands, decoded.bytes, decoded.bands, 3, 150 * 110);
            assert_true(bands == 4 || noise > before - 0.5);
            before = noise;
            decoded_free(&decoded);
        }
        assert_true(bands == 4 || before > 27);
        image_release(&picture);
    }
}

static void a_palette_is_smaller(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(150, 110, 1, 8);
    (void)state;
    const size_t all = encode("{\"format\":\"png\"}", picture, &decoded);
    decoded_free(&decoded);
    assert_true(encode("{\"format\":\"png\",\"png\":{\"colours\":8}}", picture, &decoded) <
                all / 2);
    decoded_free(&decoded);
    image_release(&picture);
}

static void pngcheck_takes_it(void **state)
{
    static const char *const options[] = {
        "{\"format\":\"png\"}", "{\"format\":\"png\",\"png\":{\"colours\":20}}",
        "{\"format\":\"png\",\"png\":{\"interlace\":true,\"compression\":9}}"};
    VipsImage *picture = picture_new(99, 51, 4, 8);
    int ran = 0;
    (void)state;
    for (size_t i = 0; i < 3 && ran == 0; i++) {
        struct encoding encoding;
        char path[] = "/tmp/picset-png-XXXXXX";
        encode_picture(&encoding, options[i], picture);
        FILE *stream = fdopen(mkstemp(path), "wb");
        assert_int_equal(fwrite(encoding.bytes.data, 1, encoding.bytes.size, stream),
                         encoding.bytes.size);
        fclose(stream);
        ran = decoder_run((const char *[]){"pngcheck", "-q", path, NULL});
        remove(path);
        encoding_end(&encoding);
    }
    image_release(&picture);
    if (ran < 0) {
        skip();
    }
    assert_int_equal(ran, 0);
}

static bool stop_at_third(const struct flow *flow)
{
    int *asked = flow->engine;
    return ++*asked >= 3;
}

static void stops_between_rows(void **state)
{
    struct encoding encoding;
    int asked = 0;
    VipsImage *picture = picture_new(100, 800, 3, 8);
    (void)state;
    encoding_start(&encoding, &stage_encode, "{\"format\":\"png\"}");
    encoding_plan(&encoding, picture);
    encoding.flow.stop = stop_at_third;
    encoding.flow.engine = &asked;
    encoding_run(&encoding, picture);
    assert_string_equal(encoding.message, "encode png: interrupted while encoding");
    assert_int_equal(asked, 3);
    image_release(&picture);
    encoding_end(&encoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_exact),
        cmocka_unit_test(every_filter_is_exact),
        cmocka_unit_test(a_filter_is_the_one_asked_for),
        cmocka_unit_test(auto_is_the_smaller),
        cmocka_unit_test(takes_no_more_bytes_than_zlib),
        cmocka_unit_test(compression_counts),
        cmocka_unit_test(palettes_hold_few_colours),
        cmocka_unit_test(a_palette_is_smaller),
        cmocka_unit_test(pngcheck_takes_it),
        cmocka_unit_test(stops_between_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
