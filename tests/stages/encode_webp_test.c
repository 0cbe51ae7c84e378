/* SPDX-License-Identifier: MIT
 * WebP: decoded by libwebp itself; lossless and alpha are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "decoding.h"
#include "encoding.h"

static size_t encode(const char *options, VipsImage *picture, struct decoded *out)
{
    struct encoding encoding;
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    assert_true(decode_webp(encoding.bytes.data, encoding.bytes.size, out));
    assert_int_equal(out->width, image_width(picture));
    assert_int_equal(out->height, image_height(picture));
    const size_t size = encoding.bytes.size;
    encoding_end(&encoding);
    return size;
}

static void lossy_is_near(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 37}, {37, 1}, {321, 243}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct decoded decoded;
        VipsImage *picture = picture_new(sizes[i][0], sizes[i][1], 3, 8);
        encode("{\"format\":\"webp\",\"quality\":90}", picture, &decoded);
        assert_int_equal(decoded.bands, 3);
        assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, 3, 3,
                         (size_t)sizes[i][0] * (size_t)sizes[i][1]) > 22);
        decoded_free(&decoded);
        image_release(&picture);
    }
}

static void alpha_is_exact(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(130, 90, 4, 8);
    const uint8_t *bytes = picture_bytes(picture);
    bool equal = true;
    (void)state;
    encode("{\"format\":\"webp\",\"quality\":50}", picture, &decoded);
    assert_int_equal(decoded.bands, 4);
    for (size_t i = 3; i < 130 * 90 * 4; i += 4) {
        equal = equal && bytes[i] == decoded.bytes[i];
    }
    assert_true(equal);
    decoded_free(&decoded);
    encode("{\"format\":\"webp\",\"quality\":50,\"webp\":{\"alpha-quality\":10}}", picture,
           &decoded);
    for (size_t i = 3; i < 130 * 90 * 4; i += 4) {
        equal = equal && bytes[i] == decoded.bytes[i];
    }
    assert_false(equal);
    decoded_free(&decoded);
    image_release(&picture);
}

static void lossless_is_exact(void **state)
{
    (void)state;
    for (int bands = 1; bands <= 4; bands++) {
        struct decoded decoded;
        VipsImage *picture = picture_new(61, 43, bands, 8);
        const uint8_t *bytes = picture_bytes(picture);
        const bool grey = bands < 3, alpha = bands % 2 == 0;
        encode("{\"format\":\"webp\",\"quality\":\"lossless\",\"webp\":{\"exact\":true}}", picture,
               &decoded);
        assert_int_equal(decoded.bands, alpha ? 4 : 3);
        for (int i = 0; i < 61 * 43; i++) {
            const uint8_t *a = bytes + i * bands, *b = decoded.bytes + i * decoded.bands;
            const uint8_t want[4] = {a[0], a[grey ? 0 : 1], a[grey ? 0 : 2], a[bands - 1]};
            assert_memory_equal(want, b, alpha ? 4 : 3);
        }
        decoded_free(&decoded);
        image_release(&picture);
    }
}

static void options_change_bytes(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_new(200, 150, 3, 8);
    (void)state;
    const size_t four = encode("{\"format\":\"webp\"}", picture, &decoded);
    decoded_free(&decoded);
    const size_t zero = encode("{\"format\":\"webp\",\"webp\":{\"method\":0}}", picture, &decoded);
    decoded_free(&decoded);
    const size_t sharp =
        encode("{\"format\":\"webp\",\"webp\":{\"sharp-yuv\":true}}", picture, &decoded);
    decoded_free(&decoded);
    const size_t exact =
        encode("{\"format\":\"webp\",\"quality\":\"lossless\"}", picture, &decoded);
    decoded_free(&decoded);
    const size_t near =
        encode("{\"format\":\"webp\",\"quality\":\"lossless\",\"webp\":{\"near-lossless\":40}}",
               picture, &decoded);
    assert_true(psnr(picture_bytes(picture), 3, decoded.bytes, 3, 3, 200 * 150) > 36);
    decoded_free(&decoded);
    assert_true(zero > four);
    assert_true(sharp != four);
    assert_true(near < exact);
    assert_true(four < near);
    image_release(&picture);
}

static void animations_keep_frames_and_delay(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_frames(64, 48, 4, 5);
    (void)state;
    encode("{\"format\":\"webp\",\"quality\":\"lossless\",\"webp\":{\"exact\":true}}", picture,
           &decoded);
    assert_int_equal(decoded.frames, 5);
    assert_int_equal(decoded.delay, 40);
    assert_memory_equal(decoded.bytes, picture_bytes(picture), 64 * 48 * 4);
    decoded_free(&decoded);
    image_release(&picture);
}

/* A GIF can be shown once more often than a WebP. */
static void animations_of_many_loops(void **state)
{
    struct decoded decoded;
    VipsImage *picture = picture_frames(64, 48, 4, 3);
    (void)state;
    vips_image_set_int(picture, "loop", 65536);
    encode("{\"format\":\"webp\",\"quality\":\"lossless\",\"webp\":{\"exact\":true}}", picture,
           &decoded);
    assert_int_equal(decoded.frames, 3);
    decoded_free(&decoded);
    image_release(&picture);
}

static bool stop_at_third(const struct flow *flow)
{
    int *asked = flow->engine;
    return ++*asked >= 3;
}

static void stops_on_the_way(void **state)
{
    (void)state;
    for (int frames = 1; frames <= 4; frames += 3) {
        struct encoding encoding;
        int asked = 0;
        VipsImage *picture = picture_frames(300, 300, 3, frames);
        encoding_start(&encoding, &stage_encode, "{\"format\":\"webp\"}");
        encoding_plan(&encoding, picture);
        encoding.flow.stop = stop_at_third;
        encoding.flow.engine = &asked;
        encoding_run(&encoding, picture);
        assert_string_equal(encoding.message, "encode webp: interrupted while encoding");
        assert_true(asked <= 5);
        image_release(&picture);
        encoding_end(&encoding);
    }
}

static void equal_bytes_again(void **state)
{
    struct encoding first, second;
    VipsImage *picture = picture_new(123, 77, 4, 8);
    (void)state;
    encode_picture(&first, "{\"format\":\"webp\"}", picture);
    encode_picture(&second, "{\"format\":\"webp\"}", picture);
    assert_int_equal(first.bytes.size, second.bytes.size);
    assert_memory_equal(first.bytes.data, second.bytes.data, first.bytes.size);
    image_release(&picture);
    encoding_end(&first);
    encoding_end(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossy_is_near),
        cmocka_unit_test(alpha_is_exact),
        cmocka_unit_test(lossless_is_exact),
        cmocka_unit_test(options_change_bytes),
        cmocka_unit_test(animations_keep_frames_and_delay),
        cmocka_unit_test(animations_of_many_loops),
        cmocka_unit_test(stops_on_the_way),
        cmocka_unit_test(equal_bytes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
