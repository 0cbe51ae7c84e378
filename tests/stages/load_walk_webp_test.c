/* SPDX-License-Identifier: MIT
 * The walk over WebP: the three kinds of stills, animations, metadata; each limit at its edge. */
#include "support.h"

#include <string.h>

#include "craft.h"
#include "loading.h"

enum { ANIMATION = 0x02, XMP = 0x04, EXIF = 0x08, ALPHA = 0x10 };

static struct limits limits;

static int set_limits(void **state)
{
    (void)state;
    limits = limits_default();
    return 0;
}

static void probe(struct loading *loading, struct buffer *chunks)
{
    struct buffer file = {0};
    craft_webp(&file, chunks);
    buffer_free(chunks);
    loading_probe_crafted(loading, &file, &limits);
}

static void lossless(struct buffer *chunks, unsigned width, unsigned height, bool alpha)
{
    struct buffer body = {0};
    buffer_char(&body, 0x2f);
    craft_le32(&body, (width - 1) | (unsigned long)(height - 1) << 14 | (alpha ? 1ul << 28 : 0));
    craft_riff(chunks, "VP8L", body.data, body.size);
    buffer_free(&body);
}

static void frame(struct buffer *chunks, unsigned long delay)
{
    struct buffer body = {0};
    craft_zeros(&body, 12);
    craft_le24(&body, delay);
    craft_zeros(&body, 1);
    craft_vp8(&body, 4, 4);
    craft_riff(chunks, "ANMF", body.data, body.size);
    buffer_free(&body);
}

static void animation(struct buffer *chunks, unsigned width, unsigned height, int frames)
{
    craft_vp8x(chunks, ANIMATION, width, height);
    craft_riff(chunks, "ANIM", "\0\0\0\0\3\0", 6);
    for (int i = 0; i < frames; i++) {
        frame(chunks, 40 + (unsigned)i);
    }
}

static void test_reads_stills(void **state)
{
    (void)state;
    struct buffer chunks = {0};
    struct loading loading;
    craft_vp8(&chunks, 300, 200);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(loading.facts.width, 300);
    assert_int_equal(loading.facts.height, 200);
    assert_int_equal(loading.facts.bands, 3);
    loading_end(&loading);
    for (int alpha = 0; alpha < 2; alpha++) {
        lossless(&chunks, 16384, 2, alpha);
        probe(&loading, &chunks);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(loading.facts.width, 16384);
        assert_int_equal(loading.facts.height, 2);
        assert_int_equal(loading.facts.alpha, alpha);
        loading_end(&loading);
    }
    craft_vp8x(&chunks, ALPHA, 300, 200);
    craft_riff(&chunks, "ALPH", "abc", 3);
    craft_vp8(&chunks, 300, 200);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(loading.facts.bands, 4);
    assert_int_equal(loading.facts.frames, 1);
    loading_end(&loading);
}

static void test_reads_animations(void **state)
{
    (void)state;
    struct buffer chunks = {0};
    struct loading loading;
    animation(&chunks, 30, 20, 5);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(loading.facts.frames, 5);
    assert_int_equal(loading.source.container.delay, 40);
    assert_int_equal(loading.source.container.loops, 3);
    loading_end(&loading);
}

static void test_limits_of_animations(void **state)
{
    (void)state;
    struct buffer chunks = {0};
    struct loading loading;
    limits.frames = 4;
    animation(&chunks, 30, 20, 4);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    animation(&chunks, 30, 20, 5);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has more than 4 frames, the limit (--limit frames)");
    loading_end(&loading);
    limits.source_pixels = 2400;
    animation(&chunks, 30, 20, 4);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    limits.source_pixels = 2399;
    animation(&chunks, 30, 20, 4);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has 30x20 pixels in 4 frames (2400), limit is 2399 (--limit source-pixels)");
    loading_end(&loading);
}

static void test_limits_of_metadata(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"XMP ", "has more than 9 bytes of metadata, the limit (--limit metadata-bytes)"},
        {"EXIF", "has more than 9 bytes of metadata, the limit (--limit metadata-bytes)"},
        {"C2PA", "has more than 9 bytes of metadata, the limit (--limit metadata-bytes)"},
        {"ICCP", "has an ICC profile of more than 9 bytes, the limit (--limit icc-bytes)"}};
    limits.metadata_bytes = limits.icc_bytes = 9;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t size = 9; size <= 10; size++) {
            struct buffer chunks = {0};
            struct loading loading;
            craft_vp8x(&chunks, 0, 30, 20);
            craft_riff(&chunks, cases[i].name, "0123456789", size);
            craft_vp8(&chunks, 30, 20);
            probe(&loading, &chunks);
            assert_error_text(&loading.error, size > 9 ? STATUS_REFUSED : STATUS_OK,
                              size > 9 ? cases[i].text : "");
            loading_end(&loading);
        }
    }
}

static void test_metadata_is_read_and_disarmed(void **state)
{
    (void)state;
    for (int prefix = 0; prefix < 2; prefix++) {
        struct buffer chunks = {0}, exif = {0};
        struct loading loading;
        buffer_bytes(&exif, "Exif\0\0", prefix ? 6 : 0);
        craft_exif(&exif, true, 0x0112, 3);
        craft_vp8x(&chunks, EXIF | XMP | ALPHA, 30, 20);
        craft_vp8(&chunks, 30, 20);
        craft_riff(&chunks, "EXIF", exif.data, exif.size);
        craft_riff(&chunks, "XMP ", "<x/>", 4);
        craft_riff(&chunks, "C2PA", "abcd", 4);
        buffer_free(&exif);
        probe(&loading, &chunks);
        assert_error_text(&loading.error, STATUS_OK, "");
        const struct source *source = &loading.source;
        assert_int_equal(loading.facts.orientation, 3);
        assert_int_equal(source->container.xmp.size, 4);
        assert_true(source->container.c2pa);
        assert_int_equal(source->bytes[20], ALPHA); /* the flags of VP8X */
        assert_null(memmem(source->bytes, source->size, "EXIF", 4));
        assert_null(memmem(source->bytes, source->size, "XMP ", 4));
        source_forget(&loading.source);
        assert_true(hash_equal(source->hash, hash_bytes(source->bytes, source->size)));
        loading_end(&loading);
    }
}

static void test_damage(void **state)
{
    (void)state;
    struct buffer chunks = {0};
    struct loading loading;
    craft_riff(&chunks, "VP8 ", "abcdefghijk", 11);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged WebP image: its VP8 header is wrong");
    loading_end(&loading);
    craft_riff(&chunks, "VP8L", "abcde", 5);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged WebP image: its VP8L header is wrong");
    loading_end(&loading);
    craft_vp8x(&chunks, 0, 30, 20);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_OK, ""); /* cut: the decoder says so */
    loading_end(&loading);
    craft_vp8x(&chunks, 0, 30, 20);
    craft_vp8(&chunks, 30, 21);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged WebP image: its canvas is 30x20, its image 30x21");
    loading_end(&loading);
    animation(&chunks, 30, 20, 0);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged WebP image: it holds no image");
    loading_end(&loading);
    craft_vp8x(&chunks, 0, 30, 20);
    frame(&chunks, 10);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged WebP image: it has a frame where none may be");
    loading_end(&loading);
    craft_vp8x(&chunks, 0, 65501, 1);
    probe(&loading, &chunks);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "is 65501x1 px, limit of a side is 65500 (--limit side)");
    loading_end(&loading);
}

static void test_every_cut(void **state)
{
    (void)state;
    struct buffer chunks = {0}, file = {0};
    animation(&chunks, 30, 20, 2);
    craft_riff(&chunks, "EXIF", "II*", 3);
    craft_webp(&file, &chunks);
    for (size_t size = 0; size <= file.size; size++) {
        struct loading loading;
        loading_probe(&loading, file.data, size, &limits);
        assert_true(loading.status == STATUS_OK || loading.error.message[0]);
        loading_end(&loading);
    }
    buffer_free(&chunks);
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reads_stills, set_limits),
        cmocka_unit_test_setup(test_reads_animations, set_limits),
        cmocka_unit_test_setup(test_limits_of_animations, set_limits),
        cmocka_unit_test_setup(test_limits_of_metadata, set_limits),
        cmocka_unit_test_setup(test_metadata_is_read_and_disarmed, set_limits),
        cmocka_unit_test_setup(test_damage, set_limits),
        cmocka_unit_test_setup(test_every_cut, set_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
