/* SPDX-License-Identifier: MIT
 * `max-bytes` against a scan over all qualities, and in few encodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "encode/encode.h"
#include "encode/search.h"
#include "encoding.h"

static size_t size_at(const char *format, int quality, VipsImage *picture)
{
    char options[100];
    struct encoding encoding;
    snprintf(options, sizeof options, "{\"format\":\"%s\",\"quality\":%d}", format, quality);
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    const size_t size = encoding.bytes.size;
    encoding_end(&encoding);
    return size;
}

/* Colour is at full resolution from very-high up, so the scan stays below it. */
static void check_format(const char *format, int top, int bottom, int step)
{
    size_t sizes[101];
    VipsImage *picture = picture_new(160, 120, 3, 8);
    for (int quality = bottom; quality <= top; quality++) {
        sizes[quality] = size_at(format, quality, picture);
    }
    for (int wanted = bottom; wanted <= top; wanted += step) {
        const size_t limit = sizes[wanted] + 5;
        char options[160];
        struct encoding encoding;
        int best = top;
        while (sizes[best] > limit) {
            best--;
        }
        snprintf(options, sizeof options,
                 "{\"format\":\"%s\",\"quality\":%d,\"min-quality\":%d,\"max-bytes\":%zu}", format,
                 top, bottom, limit);
        encode_picture(&encoding, options, picture);
        assert_string_equal(encoding.message, "");
        assert_true(encoding.bytes.size <= limit);
        assert_int_equal((int)encoding.quality, best);
        assert_int_equal(encoding.bytes.size, sizes[best]);
        encoding_end(&encoding);
    }
    image_release(&picture);
}

static void as_a_scan_would_find(void **state)
{
    (void)state;
    check_format("jpeg", 86, 20, 3);
    check_format("webp", 90, 20, 6);
}

static void nothing_fits(void **state)
{
    struct encoding encoding;
    char message[200];
    VipsImage *picture = picture_new(160, 120, 3, 8);
    const size_t smallest = size_at("jpeg", 40, picture);
    (void)state;
    encode_picture(&encoding,
                   "{\"format\":\"jpeg\",\"quality\":80,\"min-quality\":40,\"max-bytes\":\"500B\"}",
                   picture);
    snprintf(message, sizeof message,
             "encode jpeg: 'max-bytes' is 500 B, and the smallest encoding takes %zu B", smallest);
    assert_string_equal(encoding.message, message);
    assert_int_equal(encoding.status, STATUS_REFUSED);
    assert_int_equal(encoding.bytes.size, 0);
    encoding_end(&encoding);
    encode_picture(&encoding, "{\"format\":\"png\",\"max-bytes\":500}", picture);
    assert_int_equal(encoding.status, STATUS_REFUSED);
    encoding_end(&encoding);
    image_release(&picture);
}

static void lossless_gives_way(void **state)
{
    struct encoding encoding;
    char options[160];
    VipsImage *picture = picture_new(160, 120, 3, 8);
    (void)state;
    encode_picture(&encoding,
                   "{\"format\":\"webp\",\"quality\":\"lossless\",\"max-bytes\":\"1MB\"}", picture);
    assert_string_equal(encoding.message, "");
    assert_true(encoding.quality < 0);
    const size_t lossless = encoding.bytes.size;
    encoding_end(&encoding);
    snprintf(options, sizeof options,
             "{\"format\":\"webp\",\"quality\":\"lossless\",\"max-bytes\":%zu}", lossless / 3);
    encode_picture(&encoding, options, picture);
    assert_string_equal(encoding.message, "");
    assert_true(encoding.quality >= 0 && encoding.bytes.size <= lossless / 3);
    encoding_end(&encoding);
    image_release(&picture);
}

/* ---- The search by itself, on curves that are known ------------------------------------------ */

struct curve {
    double factor, power;
    int bumps; /* every third quality is larger than the next */
    int *encodes;
};

static size_t curve_size(const struct curve *curve, double quality)
{
    double size = curve->factor;
    for (double power = curve->power; power > 0; power--) {
        size *= (quality + 5) / 20;
    }
    return (size_t)(size * (curve->bumps && (int)quality % 3 == 0 ? 1.012 : 1)) + 30;
}

static enum status curve_encode(const void *data, double quality, struct buffer *out,
                                struct error *error)
{
    const struct curve *curve = data;
    const size_t size = curve_size(curve, quality);
    (void)error;
    ++*curve->encodes;
    char *place = buffer_reserve(out, size);
    memset(place, 0, size);
    out->size += size;
    return STATUS_OK;
}

static void few_encodes(void **state)
{
    int most = 0, total = 0, searches = 0;
    (void)state;
    for (int power = 1; power <= 4; power++) {
        for (int bumps = 0; bumps < 2; bumps++) {
            for (size_t limit = 300; limit < 40000; limit = limit * 5 / 4) {
                int encodes = 0;
                const struct curve curve = {400, power, bumps, &encodes};
                const struct search search = {.format = FORMAT_WEBP,
                                              .highest = 90,
                                              .lowest = 10,
                                              .top = 100,
                                              .limit = limit,
                                              .pixels = 20000,
                                              .encode = curve_encode,
                                              .data = &curve};
                struct buffer out = {0};
                struct error error = {0};
                double quality, best = 90;
                while (best >= 10 && curve_size(&curve, best) > limit) {
                    best--;
                }
                const enum status status = search_quality(&search, &out, &quality, &error);
                assert_int_equal(status, best >= 10 ? STATUS_OK : STATUS_REFUSED);
                if (status == STATUS_OK) {
                    assert_true(quality == best);
                    assert_int_equal(out.size, curve_size(&curve, best));
                    most = encodes > most ? encodes : most;
                    total += encodes;
                    searches++;
                }
                buffer_free(&out);
            }
        }
    }
    assert_true(searches > 100);
    assert_true(total <= searches * 5);
    assert_true(most <= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_scan_would_find),
        cmocka_unit_test(nothing_fits),
        cmocka_unit_test(lossless_gives_way),
        cmocka_unit_test(few_encodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
