/* SPDX-License-Identifier: MIT
 * JPEG XL where libjxl was there at build time; a clear message where not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"
#include "encoding.h"

static bool encode(const char *options, VipsImage *picture, struct decoded *out)
{
    struct encoding encoding;
    bool missing;
    encode_picture(&encoding, options, picture);
    if (encoding.status == STATUS_UNSUPPORTED) {
        assert_string_equal(encoding.message,
                            "JPEG XL is not built in: libjxl was missing when the "
                            "program was built");
        encoding_end(&encoding);
        return false;
    }
    assert_string_equal(encoding.message, "");
    const bool decoded = decode_jxl(encoding.bytes.data, encoding.bytes.size, out, &missing);
    encoding_end(&encoding);
    assert_true(decoded);
    assert_int_equal(out->width, image_width(picture));
    assert_int_equal(out->height, image_height(picture));
    return true;
}

static void lossy_is_near(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(161, 123, 3, 8);
    (void)state;
    if (encode("{\"format\":\"jxl\",\"quality\":90}", picture, &decoded)) {
        assert_int_equal(decoded.bands, 3);
        assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, 3, 3, 161 * 123) > 33);
        decoded_free(&decoded);
    }
    image_release(&picture);
}

static void lossless_is_exact(void **state)
{
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int bands = 1; bands <= 4; bands++) {
            struct decoded decoded;
            VipsImage *picture = picture_new(41, 23, bands, bits);
            if (encode("{\"format\":\"jxl\",\"quality\":\"lossless\"}", picture, &decoded)) {
                assert_int_equal(decoded.bands, bands);
                assert_int_equal(decoded.bits, bits);
                assert_memory_equal(decoded.bytes, picture_bytes(picture), image_bytes(picture));
                decoded_free(&decoded);
            }
            image_release(&picture);
        }
    }
}

static void one_pixel(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(1, 1, 3, 8);
    (void)state;
    if (encode("{\"format\":\"jxl\"}", picture, &decoded)) {
        decoded_free(&decoded);
    }
    image_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossy_is_near),
        cmocka_unit_test(lossless_is_exact),
        cmocka_unit_test(one_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
