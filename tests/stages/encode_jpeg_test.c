/* SPDX-License-Identifier: MIT
 * JPEG: decoded by libjpeg itself, its markers looked at one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decoding.h"
#include "encoding.h"

static void encode(const char *options, int width, int height, int bands, struct decoded *out,
                   double *noise)
{
    struct encoding encoding;
    VipsImage *picture = picture_new(width, height, bands, 8);
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    assert_true(decode_jpeg(encoding.bytes.data, encoding.bytes.size, out));
    assert_int_equal(out->width, width);
    assert_int_equal(out->height, height);
    assert_int_equal(out->bands, bands);
    *noise = psnr(picture_bytes(picture), bands, out->bytes, bands, bands,
                  (size_t)width * (size_t)height);
    image_release(&picture);
    encoding_end(&encoding);
}

static void pixels_are_near(void **state)
{
    struct decoded decoded;
    double noise, finer;
    (void)state;
    encode("{\"format\":\"jpeg\",\"quality\":80}", 321, 243, 3, &decoded, &noise);
    assert_true(noise > 30 && noise < 60);
    decoded_free(&decoded);
    encode("{\"format\":\"jpeg\",\"quality\":95}", 321, 243, 3, &decoded, &finer);
    assert_true(finer > noise + 1.5);
    decoded_free(&decoded);
    encode("{\"format\":\"jpeg\",\"quality\":90}", 200, 100, 1, &decoded, &noise);
    assert_true(noise > 33);
    decoded_free(&decoded);
}

static void odd_sizes(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 37}, {37, 1}, {7, 9}, {17, 16}, {8191, 2}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct decoded decoded;
        double noise;
        encode("{\"format\":\"jpeg\",\"quality\":90}", sizes[i][0], sizes[i][1], 3, &decoded,
               &noise);
        assert_true(noise > 22);
        decoded_free(&decoded);
    }
}

static void passes_and_chroma(void **state)
{
    static const struct {
        const char *options;
        bool progressive;
        int sampling;
    } cases[] = {
        {"{\"format\":\"jpeg\"}", true, 2},
        {"{\"format\":\"jpeg\",\"jpeg\":{\"progressive\":false}}", false, 2},
        {"{\"format\":\"jpeg\",\"jpeg\":{\"progressive\":false,\"optimise\":false}}", false, 2},
        {"{\"format\":\"jpeg\",\"jpeg\":{\"chroma\":\"4:4:4\"}}", true, 1},
        {"{\"format\":\"jpeg\",\"quality\":\"very-high\"}", true, 1},
        {"{\"format\":\"jpeg\",\"quality\":\"very-high\",\"jpeg\":{\"chroma\":\"4:2:0\"}}", true,
         2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decoded decoded;
        double noise;
        encode(cases[i].options, 96, 80, 3, &decoded, &noise);
        assert_int_equal(decoded.progressive, cases[i].progressive);
        assert_int_equal(decoded.sampling, cases[i].sampling);
        decoded_free(&decoded);
    }
}

static size_t size_of(const char *options)
{
    struct encoding encoding;
    VipsImage *picture = picture_new(300, 200, 3, 8);
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    const size_t size = encoding.bytes.size;
    image_release(&picture);
    encoding_end(&encoding);
    return size;
}

static void optimised_is_smaller(void **state)
{
    (void)state;
    assert_true(
        size_of("{\"format\":\"jpeg\",\"jpeg\":{\"progressive\":false}}") <
        size_of("{\"format\":\"jpeg\",\"jpeg\":{\"progressive\":false,\"optimise\":false}}"));
}

/* The prebuilt libvips has mozjpeg inside, the system's has not: one of two ways, never silence. */
static void trellis(void **state)
{
    static const char options[] =
        "{\"format\":\"jpeg\",\"jpeg\":{\"trellis\":true,\"scans\":true}}";
    struct encoding encoding;
    struct decoded decoded;
    VipsImage *picture = picture_new(300, 200, 3, 8);
    (void)state;
    encode_picture(&encoding, options, picture);
    if (encoding.status == STATUS_UNSUPPORTED) {
        assert_string_equal(
            encoding.message,
            "trellis and scans need a libvips with mozjpeg inside: the prebuilt one");
    } else {
        assert_string_equal(encoding.message, "");
        assert_true(decode_jpeg(encoding.bytes.data, encoding.bytes.size, &decoded));
        assert_true(decoded.progressive);
        assert_true(encoding.bytes.size < size_of("{\"format\":\"jpeg\"}"));
        assert_null(memmem(encoding.bytes.data, encoding.bytes.size, "Exif", 4));
        decoded_free(&decoded);
    }
    image_release(&picture);
    encoding_end(&encoding);
}

static void equal_bytes_again(void **state)
{
    struct encoding first, second;
    VipsImage *picture = picture_new(123, 77, 3, 8);
    (void)state;
    encode_picture(&first, "{\"format\":\"jpeg\"}", picture);
    encode_picture(&second, "{\"format\":\"jpeg\"}", picture);
    assert_int_equal(first.bytes.size, second.bytes.size);
    assert_memory_equal(first.bytes.data, second.bytes.data, first.bytes.size);
    image_release(&picture);
    encoding_end(&first);
    encoding_end(&second);
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
    VipsImage *picture = picture_new(400, 800, 3, 8);
    (void)state;
    encoding_start(&encoding, &stage_encode, "{\"format\":\"jpeg\"}");
    encoding_plan(&encoding, picture);
    encoding.flow.stop = stop_at_third;
    encoding.flow.engine = &asked;
    encoding_run(&encoding, picture);
    assert_int_equal(encoding.status, STATUS_INTERRUPTED);
    assert_string_equal(encoding.message, "encode jpeg: interrupted while encoding");
    assert_int_equal(asked, 3);
    image_release(&picture);
    encoding_end(&encoding);
}

static void djpeg_takes_it(void **state)
{
    struct encoding encoding;
    char path[] = "/tmp/picset-jpeg-XXXXXX";
    VipsImage *picture = picture_new(99, 51, 3, 8);
    (void)state;
    encode_picture(&encoding, "{\"format\":\"jpeg\"}", picture);
    const int file = mkstemp(path);
    FILE *stream = fdopen(file, "wb");
    assert_int_equal(fwrite(encoding.bytes.data, 1, encoding.bytes.size, stream),
                     encoding.bytes.size);
    fclose(stream);
    const int ran = decoder_run((const char *[]){"djpeg", "-strict", path, NULL});
    remove(path);
    image_release(&picture);
    encoding_end(&encoding);
    if (ran < 0) {
        skip();
    }
    assert_int_equal(ran, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_are_near),
        cmocka_unit_test(odd_sizes),
        cmocka_unit_test(passes_and_chroma),
        cmocka_unit_test(optimised_is_smaller),
        cmocka_unit_test(trellis),
        cmocka_unit_test(equal_bytes_again),
        cmocka_unit_test(stops_between_rows),
        cmocka_unit_test(djpeg_takes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
