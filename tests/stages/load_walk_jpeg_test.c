/* SPDX-License-Identifier: MIT
 * The walk over JPEG: what it finds, each limit at its edge, and what a decoder is not shown. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "craft.h"
#include "loading.h"

static struct limits limits;

static int set_limits(void **state)
{
    (void)state;
    limits = limits_default();
    return 0;
}

static void begin(struct buffer *file)
{
    buffer_bytes(file, "\xff\xd8", 2);
}

static void end(struct buffer *file)
{
    craft_scan(file);
    buffer_bytes(file, "\xff\xd9", 2);
}

static void plain(struct loading *loading, unsigned marker, unsigned width, unsigned height,
                  unsigned bits, unsigned components)
{
    struct buffer file = {0};
    begin(&file);
    craft_frame(&file, marker, width, height, bits, components);
    end(&file);
    loading_probe_crafted(loading, &file, &limits);
}

static void test_reads_the_frame(void **state)
{
    (void)state;
    static const struct {
        unsigned marker, components;
        enum space space;
        bool progressive;
    } cases[] = {{0xc0, 3, SPACE_SRGB, false},
                 {0xc1, 1, SPACE_GREY, false},
                 {0xc2, 4, SPACE_CMYK, true},
                 {0xca, 3, SPACE_SRGB, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loading loading;
        plain(&loading, cases[i].marker, 640, 480, 8, cases[i].components);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(loading.facts.width, 640);
        assert_int_equal(loading.facts.height, 480);
        assert_int_equal(loading.facts.bands, cases[i].components);
        assert_int_equal(loading.facts.bits, 8);
        assert_int_equal(loading.facts.space, cases[i].space);
        assert_int_equal(loading.facts.orientation, 1);
        assert_int_equal(loading.facts.frames, 1);
        assert_false(loading.facts.alpha);
        assert_int_equal(loading.source.container.progressive, cases[i].progressive);
        assert_int_equal(loading.source.container.scans, 1);
        loading_end(&loading);
    }
}

static void test_refuses_kinds(void **state)
{
    (void)state;
    struct loading loading;
    plain(&loading, 0xc3, 8, 8, 8, 3);
    assert_error_text(&loading.error, STATUS_UNSUPPORTED,
                      "holds a lossless or hierarchical JPEG image (SOF3), which is not read");
    loading_end(&loading);
    plain(&loading, 0xc1, 8, 8, 12, 3);
    assert_error_text(&loading.error, STATUS_UNSUPPORTED,
                      "holds a JPEG image of 12 bits per sample; only 8 are read");
    loading_end(&loading);
    plain(&loading, 0xc0, 8, 8, 8, 2);
    assert_error_text(&loading.error, STATUS_UNSUPPORTED,
                      "holds a JPEG image of 2 components; only 1, 3 and 4 are read");
    loading_end(&loading);
    plain(&loading, 0xc0, 8, 0, 8, 3);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged JPEG image: its size is 8x0");
    loading_end(&loading);
}

static void test_limits_of_size(void **state)
{
    (void)state;
    struct loading loading;
    plain(&loading, 0xc0, 10000, 10000, 8, 3);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    plain(&loading, 0xc0, 10000, 10001, 8, 3);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has 10000x10001 pixels (100.01 million), limit is 100 million (--limit "
                      "source-pixels)");
    loading_end(&loading);
    plain(&loading, 0xc0, 65500, 1, 8, 3);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    plain(&loading, 0xc0, 1, 65501, 8, 3);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "is 1x65501 px, limit of a side is 65500 (--limit side)");
    loading_end(&loading);
    limits.bands = 3;
    plain(&loading, 0xc0, 8, 8, 8, 3);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    plain(&loading, 0xc0, 8, 8, 8, 4);
    assert_error_text(&loading.error, STATUS_REFUSED, "has 4 bands, limit is 3 (--limit bands)");
    loading_end(&loading);
}

static void scans(struct loading *loading, int count)
{
    struct buffer file = {0};
    begin(&file);
    craft_frame(&file, 0xc2, 8, 8, 8, 3);
    for (int i = 0; i < count; i++) {
        craft_scan(&file);
        buffer_bytes(&file, "\xff\xd3\x01\xff", 4); /* restart, fill byte before the next marker */
    }
    buffer_bytes(&file, "\xff\xd9", 2);
    craft_scan(&file); /* behind the end: another image */
    loading_probe_crafted(loading, &file, &limits);
}

static void test_limit_of_scans(void **state)
{
    (void)state;
    struct loading loading;
    limits.jpeg_scans = 5;
    scans(&loading, 5);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(loading.source.container.scans, 5);
    loading_end(&loading);
    scans(&loading, 6);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has more than 5 JPEG scans, the limit (--limit jpeg-scans)");
    loading_end(&loading);
}

static void with_comment(struct loading *loading, size_t size)
{
    struct buffer file = {0}, comment = {0};
    begin(&file);
    craft_zeros(&comment, size);
    craft_segment(&file, 0xfe, comment.data, size);
    craft_frame(&file, 0xc0, 8, 8, 8, 3);
    end(&file);
    buffer_free(&comment);
    loading_probe_crafted(loading, &file, &limits);
}

static void test_limit_of_metadata(void **state)
{
    (void)state;
    struct loading loading;
    limits.metadata_bytes = 1000;
    with_comment(&loading, 1000);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    with_comment(&loading, 1001);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has more than 1000 bytes of metadata, the limit (--limit metadata-bytes)");
    loading_end(&loading);
}

static void test_limit_of_bytes(void **state)
{
    (void)state;
    struct loading loading;
    struct buffer file = {0};
    begin(&file);
    craft_frame(&file, 0xc0, 8, 8, 8, 3);
    end(&file);
    limits.source_bytes = (int64_t)file.size;
    loading_probe(&loading, file.data, file.size, &limits);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    limits.source_bytes--;
    char text[200];
    snprintf(text, sizeof text, "has %zu bytes, limit is %zu (--limit source-bytes)", file.size,
             file.size - 1);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED, text);
    loading_end(&loading);
}

static void icc_piece(struct buffer *file, unsigned number, unsigned count, const char *bytes)
{
    struct buffer body = {0};
    buffer_bytes(&body, "ICC_PROFILE", 12);
    buffer_char(&body, (char)number);
    buffer_char(&body, (char)count);
    buffer_text(&body, bytes);
    craft_segment(file, 0xe2, body.data, body.size);
    buffer_free(&body);
}

/* What is no ICC profile is dropped by the probe: these look at the limit and at the damage. */
static void test_icc_pieces(void **state)
{
    (void)state;
    static const unsigned orders[][4] = {
        /* numbers and counts of two pieces; damaged or not is seen below */
        {1, 2, 3, 2},
        {1, 2, 1, 2},
        {0, 2, 1, 2},
        {1, 2, 2, 3}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct loading loading;
        struct buffer file = {0};
        begin(&file);
        icc_piece(&file, orders[i][0], orders[i][1], "abc");
        icc_piece(&file, orders[i][2], orders[i][3], "def");
        craft_frame(&file, 0xc0, 8, 8, 8, 3);
        end(&file);
        loading_probe_crafted(&loading, &file, &limits);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_true(loading.source.container.icc_damaged);
        assert_null(loading.source.container.icc.bytes);
        assert_false(loading.facts.profile);
        loading_end(&loading);
    }
    limits.icc_bytes = 5;
    struct loading loading;
    struct buffer file = {0};
    begin(&file);
    icc_piece(&file, 1, 2, "abc");
    icc_piece(&file, 2, 2, "def");
    craft_frame(&file, 0xc0, 8, 8, 8, 3);
    end(&file);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has an ICC profile of more than 5 bytes, the limit (--limit icc-bytes)");
    loading_end(&loading);
}

static void test_exif_is_read_and_disarmed(void **state)
{
    (void)state;
    for (unsigned orientation = 0; orientation <= 9; orientation++) {
        struct buffer file = {0}, exif = {0};
        struct loading loading;
        buffer_bytes(&exif, "Exif\0\0", 6);
        craft_exif(&exif, orientation & 1, 0x0112, orientation);
        begin(&file);
        craft_segment(&file, 0xe1, exif.data, exif.size);
        craft_segment(&file, 0xe1, exif.data, exif.size);
        craft_frame(&file, 0xc0, 8, 8, 8, 3);
        end(&file);
        loading_probe(&loading, file.data, file.size, &limits);
        assert_error_text(&loading.error, STATUS_OK, "");
        int expected = orientation >= 1 && orientation <= 8 ? (int)orientation : 1;
        assert_int_equal(loading.facts.orientation, expected);
        assert_int_equal(loading.source.container.exif.size, exif.size - 6);
        assert_memory_equal(loading.source.container.exif.bytes, exif.data + 6, exif.size - 6);
        assert_null(memmem(loading.source.bytes, file.size, "Exif", 4));
        uint8_t copy[512];
        assert_true(file.size <= sizeof copy);
        source_original(&loading.source, copy);
        assert_memory_equal(copy, file.data, file.size);
        assert_true(hash_equal(loading.source.hash, hash_bytes(file.data, file.size)));
        loading_end(&loading);
        buffer_free(&exif);
        buffer_free(&file);
    }
}

static void test_probing_twice_gives_the_same(void **state)
{
    (void)state;
    struct buffer file = {0}, exif = {0};
    struct loading loading;
    struct facts again;
    buffer_bytes(&exif, "Exif\0\0", 6);
    craft_exif(&exif, true, 0x0112, 6);
    begin(&file);
    craft_segment(&file, 0xe1, exif.data, exif.size);
    craft_frame(&file, 0xc0, 8, 8, 8, 3);
    end(&file);
    loading_probe(&loading, file.data, file.size, &limits);
    assert_int_equal(stage_load.probe(&loading.source, &limits, &again, &loading.error), STATUS_OK);
    assert_int_equal(again.orientation, 6);
    assert_int_equal(loading.source.container.patch_count, 1);
    source_forget(&loading.source);
    assert_memory_equal(loading.source.bytes, file.data, file.size);
    loading_end(&loading);
    buffer_free(&exif);
    buffer_free(&file);
}

static void test_other_metadata(void **state)
{
    (void)state;
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>";
    static const char photoshop[] = "Photoshop 3.0\0"
                                    "8BIM\x03\xed\0\0\0\0\0\3abc\0"
                                    "8BIM\x04\x04\3abc\0\0\0\5\x1c\2\0\0\0";
    static const char jumbf[] = "JP\0\1\0\0\0\1\0\0\0\x40jumb\0\0\0\x20jumdc2pa";
    struct buffer file = {0};
    struct loading loading;
    begin(&file);
    craft_segment(&file, 0xe1, xmp, sizeof xmp - 1);
    craft_segment(&file, 0xed, photoshop, sizeof photoshop - 1);
    craft_segment(&file, 0xeb, jumbf, sizeof jumbf - 1);
    craft_frame(&file, 0xc0, 8, 8, 8, 3);
    end(&file);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_OK, "");
    const struct container *container = &loading.source.container;
    assert_int_equal(container->xmp.size, 12);
    assert_memory_equal(container->xmp.bytes, "<x:xmpmeta/>", 12);
    assert_int_equal(container->iptc.size, 5);
    assert_memory_equal(container->iptc.bytes, "\x1c\2\0\0\0", 5);
    assert_true(container->c2pa);
    loading_end(&loading);
}

static void test_damage(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
        size_t size;
    } cases[] = {
        {"\xff\xd8\xff\xe0\0\4ab", "holds a damaged JPEG image: it ends before its frame header",
         8},
        {"\xff\xd8\xff\xd8", "holds a damaged JPEG image: it has two beginnings", 4},
        {"\xff\xd8\xff\xda\0\2", "holds a damaged JPEG image: a scan comes before the frame header",
         6},
        {"\xff\xd8\xff\xc0\0\4ab", "holds a damaged JPEG image: its frame header has 2 bytes", 8},
        {"\xff\xd8\xff\xc0\0\x0b\10\0\10\0\10\1\1\x11\0\xff\xc0\0\x0b\10\0\10\0\10\1\1\x11\0",
         "holds a damaged JPEG image: it has two frame headers", 28},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loading loading;
        loading_probe(&loading, cases[i].bytes, cases[i].size, &limits);
        assert_error_text(&loading.error, STATUS_REFUSED, cases[i].text);
        loading_end(&loading);
    }
}

/* Cut anywhere: an answer, and no read behind the end (AddressSanitizer sees it). */
static void test_every_cut(void **state)
{
    (void)state;
    struct buffer file = {0}, exif = {0};
    buffer_bytes(&exif, "Exif\0\0", 6);
    craft_exif(&exif, true, 0x0112, 6);
    begin(&file);
    craft_segment(&file, 0xe1, exif.data, exif.size);
    icc_piece(&file, 1, 2, "abc");
    icc_piece(&file, 2, 2, "def");
    craft_frame(&file, 0xc2, 8, 8, 8, 3);
    end(&file);
    for (size_t size = 0; size <= file.size; size++) {
        struct loading loading;
        loading_probe(&loading, file.data, size, &limits);
        assert_true(loading.status == STATUS_OK || loading.error.message[0]);
        loading_end(&loading);
    }
    buffer_free(&exif);
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reads_the_frame, set_limits),
        cmocka_unit_test_setup(test_refuses_kinds, set_limits),
        cmocka_unit_test_setup(test_limits_of_size, set_limits),
        cmocka_unit_test_setup(test_limit_of_scans, set_limits),
        cmocka_unit_test_setup(test_limit_of_metadata, set_limits),
        cmocka_unit_test_setup(test_limit_of_bytes, set_limits),
        cmocka_unit_test_setup(test_icc_pieces, set_limits),
        cmocka_unit_test_setup(test_exif_is_read_and_disarmed, set_limits),
        cmocka_unit_test_setup(test_probing_twice_gives_the_same, set_limits),
        cmocka_unit_test_setup(test_other_metadata, set_limits),
        cmocka_unit_test_setup(test_damage, set_limits),
        cmocka_unit_test_setup(test_every_cut, set_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
