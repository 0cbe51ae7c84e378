/* SPDX-License-Identifier: MIT
 * GIF: few colours, all frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"
#include "encoding.h"

static size_t encode(const char *options, VipsImage *picture, struct decoded *out)
{
    struct encoding encoding;
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    assert_true(decode_gif(encoding.bytes.data, encoding.bytes.size, out));
    assert_int_equal(out->width, image_width(picture));
    assert_int_equal(out->height, image_height(picture));
    const size_t size = encoding.bytes.size;
    encoding_end(&encoding);
    return size;
}

static void still(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(120, 90, 3, 8);
    (void)state;
    const size_t all = encode("{\"format\":\"gif\",\"gif\":{\"dither\":0}}", picture, &decoded);
    assert_int_equal(decoded.frames, 1);
    assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, decoded.bands, 3, 120 * 90) > 27);
    decoded_free(&decoded);
    assert_true(encode("{\"format\":\"gif\",\"gif\":{\"colours\":8}}", picture, &decoded) < all);
    decoded_free(&decoded);
    image_release(&picture);
}

static void animation(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_frames(64, 48, 3, 4);
    (void)state;
    encode("{\"format\":\"gif\"}", picture, &decoded);
    assert_int_equal(decoded.frames, 4);
    assert_int_equal(decoded.delay, 40);
    assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, decoded.bands, 3, 4 * 64 * 48) > 22);
    decoded_free(&decoded);
    image_release(&picture);
}

static void one_pixel(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(1, 1, 4, 8);
    (void)state;
    encode("{\"format\":\"gif\"}", picture, &decoded);
    decoded_free(&decoded);
    image_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(still),
        cmocka_unit_test(animation),
        cmocka_unit_test(one_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
