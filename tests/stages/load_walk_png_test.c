/* SPDX-License-Identifier: MIT
 * The walk over PNG: header, transparency, profile, texts; each limit at its edge. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "craft.h"
#include "loading.h"
#include "memory.h"

static struct limits limits;

static int set_limits(void **state)
{
    (void)state;
    limits = limits_default();
    return 0;
}

static void end(struct buffer *file)
{
    craft_chunk(file, "IDAT", "x", 1);
    craft_chunk(file, "IEND", NULL, 0);
}

/* A file with one more chunk before the data. */
static void with_chunk(struct loading *loading, unsigned depth, unsigned colour, const char *type,
                       const void *bytes, size_t size)
{
    struct buffer file = {0};
    craft_png(&file, 20, 10, depth, colour);
    if (colour == 3) {
        craft_chunk(&file, "PLTE", "abcdefghi", 9);
    }
    craft_chunk(&file, type, bytes, size);
    end(&file);
    loading_probe_crafted(loading, &file, &limits);
}

static void test_reads_the_header(void **state)
{
    (void)state;
    static const struct {
        unsigned depth, colour;
        int bands, bits;
        bool alpha;
        enum space space;
    } cases[] = {
        {1, 0, 1, 8, false, SPACE_GREY},  {16, 0, 1, 16, false, SPACE_GREY},
        {8, 2, 3, 8, false, SPACE_SRGB},  {16, 2, 3, 16, false, SPACE_SRGB},
        {4, 3, 3, 8, false, SPACE_SRGB},  {8, 4, 2, 8, true, SPACE_GREY},
        {16, 6, 4, 16, true, SPACE_SRGB},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loading loading;
        with_chunk(&loading, cases[i].depth, cases[i].colour, "gAMA", "\0\0\1\1", 4);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(loading.facts.width, 20);
        assert_int_equal(loading.facts.height, 10);
        assert_int_equal(loading.facts.bands, cases[i].bands);
        assert_int_equal(loading.facts.bits, cases[i].bits);
        assert_int_equal(loading.facts.alpha, cases[i].alpha);
        assert_int_equal(loading.facts.space, cases[i].space);
        assert_false(loading.facts.profile);
        loading_end(&loading);
    }
}

static void test_transparency(void **state)
{
    (void)state;
    static const struct {
        unsigned colour;
        size_t size;
        int bands;
    } cases[] = {{0, 2, 2}, {0, 1, 1}, {2, 6, 4}, {2, 2, 3}, {3, 3, 4}, {3, 4, 3}, {6, 6, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loading loading;
        with_chunk(&loading, 8, cases[i].colour, "tRNS", "abcdef", cases[i].size);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(loading.facts.bands, cases[i].bands);
        assert_int_equal(loading.facts.alpha, !(cases[i].bands & 1));
        loading_end(&loading);
    }
}

static void test_damaged_headers(void **state)
{
    (void)state;
    struct loading loading;
    with_chunk(&loading, 3, 2, "gAMA", "\0\0\1\1", 4);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: its header says colour type 2 with 3 bits");
    loading_end(&loading);
    with_chunk(&loading, 8, 7, "gAMA", "\0\0\1\1", 4);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: its header says colour type 7 with 8 bits");
    loading_end(&loading);
    struct buffer file = {0};
    craft_png(&file, 20, 10, 8, 2);
    file.data[20]++;
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: its header's checksum is wrong");
    loading_end(&loading);
    craft_png(&file, 0x80000000ul, 10, 8, 2);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: its size is 2147483648x10");
    loading_end(&loading);
    loading_probe(&loading, "\x89PNG\r\n\x1a\n", 8, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: it does not begin with its header");
    loading_end(&loading);
}

static void test_no_data(void **state)
{
    (void)state;
    struct buffer file = {0};
    struct loading loading;
    craft_png(&file, 20, 10, 8, 2);
    craft_chunk(&file, "IEND", NULL, 0);
    craft_chunk(&file, "IDAT", "x", 1); /* behind the end */
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: it has no image data");
    loading_end(&loading);
}

static void test_bombs(void **state)
{
    (void)state;
    struct buffer file = {0};
    struct loading loading;
    craft_png(&file, 20000, 20000, 8, 2);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has 20000x20000 pixels (400 million), limit is 100 million (--limit "
                      "source-pixels)");
    loading_end(&loading);
    craft_png(&file, 20, 10, 8, 2);
    craft_be32(&file, 0x40000000ul);
    buffer_bytes(&file, "tEXtabcd", 8);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged PNG image: it ends inside a chunk of 1073741824 bytes");
    loading_end(&loading);
}

static void test_cut_data_is_left_to_fail_on(void **state)
{
    (void)state;
    struct buffer file = {0};
    struct loading loading;
    craft_png(&file, 20, 10, 8, 2);
    craft_be32(&file, 1000);
    buffer_bytes(&file, "IDATabcd", 8);
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
}

static void test_limit_of_metadata(void **state)
{
    (void)state;
    struct loading loading;
    limits.metadata_bytes = 6;
    with_chunk(&loading, 8, 2, "tEXt", "abc\0de", 6);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    with_chunk(&loading, 8, 2, "tEXt", "abc\0def", 7);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has more than 6 bytes of metadata, the limit (--limit metadata-bytes)");
    loading_end(&loading);
}

static void test_limit_of_bytes_in_a_packed_profile(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        struct buffer body = {0};
        struct loading loading;
        limits.icc_bytes = 100000;
        char *zeros = memory_zero(limits.icc_bytes + 1, 1);
        assert_non_null(zeros);
        buffer_bytes(&body, "name\0\0", 6);
        craft_packed(&body, zeros, (size_t)limits.icc_bytes + over);
        memory_free(zeros);
        with_chunk(&loading, 8, 2, "iCCP", body.data, body.size);
        if (over) {
            assert_error_text(&loading.error, STATUS_REFUSED,
                              "has an ICC profile of more than 100000 bytes, the limit (--limit "
                              "icc-bytes)");
        } else {
            assert_error_text(&loading.error, STATUS_OK, "");
            assert_true(loading.source.container.icc_damaged); /* zeros are no profile */
        }
        loading_end(&loading);
        buffer_free(&body);
    }
}

/* No decoder may see EXIF, texts or the profile; all other chunks stay, and every checksum is
 * right. */
static void test_disarms(void **state)
{
    (void)state;
    static const char *const types[] = {"eXIf", "tEXt", "zTXt", "iTXt", "sCAL", "iCCP", "pHYs"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct loading loading;
        bool stays = i == 6;
        with_chunk(&loading, 8, 2, types[i], "abcdefghi", 9);
        assert_error_text(&loading.error, STATUS_OK, "");
        const uint8_t *chunk = loading.source.bytes + 33;
        assert_int_equal(memcmp(chunk + 4, types[i], 4) == 0, stays);
        assert_true(chunk[4] & 0x20); /* ancillary: a decoder may pass over it */
        uint32_t sum = (uint32_t)crc32(0, chunk + 4, 13);
        assert_int_equal(sum,
                         (uint32_t)chunk[17] << 24 | chunk[18] << 16 | chunk[19] << 8 | chunk[20]);
        source_forget(&loading.source);
        assert_memory_equal(loading.source.bytes + 37, types[i], 4);
        assert_true(
            hash_equal(loading.source.hash, hash_bytes(loading.source.bytes, loading.source.size)));
        loading_end(&loading);
    }
}

static void test_exif_and_c2pa(void **state)
{
    (void)state;
    struct buffer exif = {0};
    struct loading loading;
    craft_exif(&exif, false, 0x0112, 8);
    with_chunk(&loading, 8, 2, "eXIf", exif.data, exif.size);
    assert_int_equal(loading.facts.orientation, 8);
    assert_int_equal(loading.source.container.exif.size, exif.size);
    loading_end(&loading);
    buffer_free(&exif);
    with_chunk(&loading, 8, 2, "caBX", "abc", 3);
    assert_true(loading.source.container.c2pa);
    loading_end(&loading);
}

static void test_xmp_plain_and_packed(void **state)
{
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        struct buffer body = {0};
        struct loading loading;
        buffer_bytes(&body, "XML:com.adobe.xmp", 18);
        buffer_bytes(&body, packed ? "\1\0en\0title\0" : "\0\0en\0title\0", 11);
        if (packed) {
            craft_packed(&body, "<x:xmpmeta/>", 12);
        } else {
            buffer_text(&body, "<x:xmpmeta/>");
        }
        with_chunk(&loading, 8, 2, "iTXt", body.data, body.size);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(loading.source.container.xmp.size, 12);
        assert_memory_equal(loading.source.container.xmp.bytes, "<x:xmpmeta/>", 12);
        loading_end(&loading);
        buffer_free(&body);
    }
}

static void test_every_cut(void **state)
{
    (void)state;
    struct buffer file = {0}, xmp = {0};
    craft_png(&file, 20, 10, 8, 3);
    craft_chunk(&file, "PLTE", "abc", 3);
    craft_chunk(&file, "iCCP", "name\0\0abc", 9);
    buffer_bytes(&xmp, "XML:com.adobe.xmp\0\1\0\0\0", 22);
    craft_packed(&xmp, "<x:xmpmeta/>", 12);
    craft_chunk(&file, "iTXt", xmp.data, xmp.size);
    end(&file);
    for (size_t size = 0; size <= file.size; size++) {
        struct loading loading;
        loading_probe(&loading, file.data, size, &limits);
        assert_true(loading.status == STATUS_OK || loading.error.message[0]);
        loading_end(&loading);
    }
    buffer_free(&xmp);
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reads_the_header, set_limits),
        cmocka_unit_test_setup(test_transparency, set_limits),
        cmocka_unit_test_setup(test_damaged_headers, set_limits),
        cmocka_unit_test_setup(test_no_data, set_limits),
        cmocka_unit_test_setup(test_bombs, set_limits),
        cmocka_unit_test_setup(test_cut_data_is_left_to_fail_on, set_limits),
        cmocka_unit_test_setup(test_limit_of_metadata, set_limits),
        cmocka_unit_test_setup(test_limit_of_bytes_in_a_packed_profile, set_limits),
        cmocka_unit_test_setup(test_disarms, set_limits),
        cmocka_unit_test_setup(test_exif_and_c2pa, set_limits),
        cmocka_unit_test_setup(test_xmp_plain_and_packed, set_limits),
        cmocka_unit_test_setup(test_every_cut, set_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
