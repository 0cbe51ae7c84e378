/* SPDX-License-Identifier: MIT
 * AVIF, read back by avifdec. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "decoding.h"
#include "encoding.h"

/* What only a recent libvips does right is refused by an older one. */
static bool is_refused(const char *options, const char *message)
{
    struct encoding encoding;
    encoding_start(&encoding, &stage_encode, options);
    const bool refused = encoding.status == STATUS_UNSUPPORTED;
    assert_string_equal(encoding.message, refused ? message : "");
    encoding_end(&encoding);
    return refused;
}

static size_t encode(const char *options, VipsImage *picture, struct decoded *out)
{
    struct encoding encoding;
    bool missing;
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    assert_null(memmem(encoding.bytes.data, encoding.bytes.size, "Exif", 4));
    const bool decoded = decode_avif(encoding.bytes.data, encoding.bytes.size, out, &missing);
    const size_t size = encoding.bytes.size;
    encoding_end(&encoding);
    if (missing) {
        skip();
    }
    assert_true(decoded);
    assert_int_equal(out->width, image_width(picture));
    assert_int_equal(out->height, image_height(picture));
    return size;
}

static void lossy_is_near(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 37}, {37, 1}, {161, 123}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct decoded decoded;
        VipsImage *picture = picture_new(sizes[i][0], sizes[i][1], 3, 8);
        encode("{\"format\":\"avif\",\"quality\":80}", picture, &decoded);
        assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, decoded.bands, 3,
                         (size_t)sizes[i][0] * (size_t)sizes[i][1]) > 28);
        decoded_free(&decoded);
        image_release(&picture);
    }
}

static void lossless_is_exact(void **state)
{
    struct decoded decoded;
    static const char options[] = "{\"format\":\"avif\",\"quality\":\"lossless\"}";
    (void)state;
    if (is_refused(options, "lossless avif needs a libvips of at least 8.18: the prebuilt one")) {
        return;
    }
    VipsImage *picture = picture_new(64, 48, 3, 8);
    encode(options, picture, &decoded);
    assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, decoded.bands, 3, 64 * 48) == 99);
    decoded_free(&decoded);
    image_release(&picture);
}

static void alpha_and_grey(void **state)
{
    struct decoded decoded;
    VipsImage *clear = picture_new(64, 48, 4, 8), *grey = picture_new(64, 48, 1, 8);
    (void)state;
    encode("{\"format\":\"avif\",\"quality\":90}", clear, &decoded);
    assert_int_equal(decoded.bands, 4);
    const uint8_t *bytes = picture_bytes(clear);
    for (int i = 0; i < 64 * 48; i++) {
        assert_true(abs(bytes[i * 4 + 3] - decoded.bytes[i * 4 + 3]) <= 12);
    }
    decoded_free(&decoded);
    encode("{\"format\":\"avif\",\"quality\":90}", grey, &decoded);
    assert_true(psnr(picture_bytes(grey), 1, decoded.bytes, decoded.bands, 1, 64 * 48) > 33);
    decoded_free(&decoded);
    image_release(&clear);
    image_release(&grey);
}

static void ten_bits(void **state)
{
    static const char options[] = "{\"format\":\"avif\",\"quality\":90,\"avif\":{\"depth\":10}}";
    struct decoded decoded;
    (void)state;
    if (is_refused(options, "'depth' over 8 bits of avif needs a libvips of at least 8.18: the "
                            "prebuilt one")) {
        return;
    }
    VipsImage *deep = picture_new(64, 48, 3, 16);
    encode(options, deep, &decoded);
    assert_int_equal(decoded.bits, 16);
    decoded_free(&decoded);
    image_release(&deep);
}

/* White of 8 bits is white of 10: the page behind it must not show. */
static void white_of_ten_bits(void **state)
{
    static const char options[] =
        "{\"format\":\"avif\",\"quality\":90,\"avif\":{\"depth\":10,\"chroma\":\"4:4:4\"}}";
    static uint8_t white[64 * 48 * 3];
    struct decoded decoded;
    (void)state;
    if (is_refused(options, "'depth' over 8 bits of avif needs a libvips of at least 8.18: the "
                            "prebuilt one")) {
        return;
    }
    memset(white, 255, sizeof white);
    VipsImage *memory =
        vips_image_new_from_memory(white, sizeof white, 64, 48, 3, VIPS_FORMAT_UCHAR);
    VipsImage *picture = NULL;
    assert_int_equal(vips_copy(memory, &picture, "interpretation", VIPS_INTERPRETATION_sRGB, NULL),
                     0);
    encode(options, picture, &decoded);
    assert_int_equal(decoded.bits, 16);
    for (size_t i = 0; i < sizeof white; i++) {
        /* a shift makes 1020 of 1023, which is 65343 here */
        assert_true(((const uint16_t *)decoded.bytes)[i] > 65400);
    }
    decoded_free(&decoded);
    image_release(&picture);
    image_release(&memory);
}

static void more_quality_is_larger(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(160, 120, 3, 8);
    (void)state;
    const size_t low = encode("{\"format\":\"avif\",\"quality\":\"low\"}", picture, &decoded);
    decoded_free(&decoded);
    const size_t high =
        encode("{\"format\":\"avif\",\"quality\":\"very-high\"}", picture, &decoded);
    decoded_free(&decoded);
    const size_t coarse =
        encode("{\"format\":\"avif\",\"quality\":\"very-high\",\"avif\":{\"chroma\":\"4:2:0\"}}",
               picture, &decoded);
    decoded_free(&decoded);
    assert_true(low < high);
    assert_true(coarse < high);
    image_release(&picture);
}

/* libvips before 8.18 has no way to say it: refused, not ignored. */
static void tune(void **state)
{
    struct encoding encoding;
    VipsImage *picture = picture_new(64, 48, 3, 8);
    (void)state;
    encode_picture(&encoding, "{\"format\":\"avif\",\"avif\":{\"tune\":\"ssim\"}}", picture);
    if (encoding.status == STATUS_UNSUPPORTED) {
        assert_string_equal(encoding.message,
                            "'tune' of avif needs a libvips of at least 8.18: the prebuilt one");
    } else {
        struct decoded decoded;
        assert_string_equal(encoding.message, "");
        const size_t ssim = encoding.bytes.size;
        assert_true(encode("{\"format\":\"avif\",\"avif\":{\"tune\":\"iq\"}}", picture, &decoded) !=
                    ssim);
        decoded_free(&decoded);
    }
    image_release(&picture);
    encoding_end(&encoding);
}

static bool stop_now(const struct flow *flow)
{
    (void)flow;
    return true;
}

static void stops_before_it_starts(void **state)
{
    struct encoding encoding;
    VipsImage *picture = picture_new(64, 48, 3, 8);
    (void)state;
    encoding_start(&encoding, &stage_encode, "{\"format\":\"avif\"}");
    encoding_plan(&encoding, picture);
    encoding.flow.stop = stop_now;
    encoding_run(&encoding, picture);
    assert_int_equal(encoding.status, STATUS_INTERRUPTED);
    image_release(&picture);
    encoding_end(&encoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossy_is_near),
        cmocka_unit_test(lossless_is_exact),
        cmocka_unit_test(alpha_and_grey),
        cmocka_unit_test(ten_bits),
        cmocka_unit_test(white_of_ten_bits),
        cmocka_unit_test(more_quality_is_larger),
        cmocka_unit_test(tune),
        cmocka_unit_test(stops_before_it_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
