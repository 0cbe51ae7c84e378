/* SPDX-License-Identifier: MIT
 * The reader of EXIF: both byte orders, all types, and offsets that lie. */
#include "support.h"

#include <string.h>

#include "craft.h"
#include "load/exif.h"

static struct span span_of(const struct buffer *buffer)
{
    return (struct span){(const uint8_t *)buffer->data, buffer->size};
}

static void test_orientation(void **state)
{
    (void)state;
    for (int little = 0; little < 2; little++) {
        for (unsigned number = 0; number <= 300; number++) {
            struct buffer exif = {0};
            craft_exif(&exif, little, 0x0112, number);
            assert_int_equal(exif_orientation(span_of(&exif)),
                             number >= 1 && number <= 8 ? (int)number : 1);
            buffer_free(&exif);
        }
    }
    assert_int_equal(exif_orientation((struct span){0}), 1);
    struct buffer other = {0};
    craft_exif(&other, true, 0x0110, 6);
    assert_int_equal(exif_orientation(span_of(&other)), 1);
    buffer_free(&other);
}

static void entry(struct buffer *out, unsigned tag, unsigned type, unsigned long count,
                  unsigned long value)
{
    craft_le16(out, tag);
    craft_le16(out, type);
    craft_le32(out, count);
    craft_le32(out, value);
}

/* IFD0 at 8 with five entries, EXIF's at 80, GPS' at 110, text at 140. */
static void whole(struct buffer *out)
{
    buffer_bytes(out, "II*\0\x08\0\0\0", 8);
    craft_le16(out, 5);
    entry(out, 0x013b, EXIF_ASCII, 8, 140);
    entry(out, 0x0112, EXIF_SHORT, 1, 6);
    entry(out, 0x8769, EXIF_LONG, 1, 80);
    entry(out, 0x8825, EXIF_LONG, 1, 110);
    entry(out, 0x9999, 77, 1, 0); /* an unknown type */
    craft_zeros(out, 80 - out->size);
    craft_le16(out, 2);
    entry(out, 0x9000, EXIF_UNDEFINED, 4, 0x30323230);
    entry(out, 0x829a, EXIF_RATIONAL, 1, 140);
    craft_zeros(out, 110 - out->size);
    craft_le16(out, 1);
    entry(out, 0x0000, EXIF_BYTE, 4, 0x00000302);
    craft_zeros(out, 140 - out->size);
    buffer_bytes(out, "an owner", 8);
}

static void test_groups(void **state)
{
    (void)state;
    static const struct {
        enum exif_group group;
        unsigned tags[5];
        size_t count;
    } cases[] = {{EXIF_IMAGE, {0x013b, 0x0112, 0x8769, 0x8825}, 4},
                 {EXIF_PHOTO, {0x9000, 0x829a}, 2},
                 {EXIF_GPS, {0x0000}, 1}};
    struct buffer file = {0};
    struct exif exif;
    whole(&file);
    assert_true(exif_open(span_of(&file), &exif));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct exif_cursor cursor;
        struct exif_entry found;
        size_t count = 0;
        assert_true(exif_group(&exif, cases[i].group, &cursor));
        while (exif_next(&cursor, &found)) {
            assert_true(count < cases[i].count);
            assert_int_equal(found.tag, cases[i].tags[count]);
            count++;
        }
        assert_int_equal(count, cases[i].count);
    }
    struct exif_entry owner, version;
    assert_true(exif_find(&exif, EXIF_IMAGE, 0x013b, &owner));
    assert_int_equal(owner.value.size, 8);
    assert_memory_equal(owner.value.bytes, "an owner", 8);
    assert_int_equal(exif_number(&exif, &owner, 0), 0); /* text is no number */
    assert_true(exif_find(&exif, EXIF_GPS, 0x0000, &version));
    assert_int_equal(exif_number(&exif, &version, 1), 3);
    assert_int_equal(exif_number(&exif, &version, 4), 0); /* behind its end */
    assert_false(exif_find(&exif, EXIF_GPS, 0x0112, &version));
    buffer_free(&file);
}

static void test_type_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 0};
    for (unsigned type = 0; type < sizeof sizes / sizeof *sizes; type++) {
        assert_int_equal(exif_type_size(type), sizes[type]);
    }
    assert_int_equal(exif_type_size(EXIF_UTF8), 1);
    assert_int_equal(exif_type_size(65535), 0);
}

static void test_lies(void **state)
{
    (void)state;
    static const struct {
        unsigned long type, count, value;
    } cases[] = {
        {EXIF_ASCII, 0xffffffff, 8}, {EXIF_DOUBLE, 0x20000000, 8}, {EXIF_ASCII, 100, 0xffffffff},
        {EXIF_ASCII, 19, 8},         {EXIF_SHORT, 0, 6},           {EXIF_LONG, 2, 30}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer file = {0};
        struct exif exif;
        struct exif_entry found;
        buffer_bytes(&file, "II*\0\x08\0\0\0\1\0", 10);
        entry(&file, 0x0112, (unsigned)cases[i].type, cases[i].count, cases[i].value);
        craft_zeros(&file, 4);
        assert_true(exif_open(span_of(&file), &exif));
        assert_false(exif_find(&exif, EXIF_IMAGE, 0x0112, &found));
        assert_int_equal(exif_orientation(span_of(&file)), 1);
        buffer_free(&file);
    }
}

/* A directory that points to itself, and counts of entries that are not there. */
static void test_loops_and_counts(void **state)
{
    (void)state;
    struct buffer file = {0};
    struct exif exif;
    struct exif_cursor cursor;
    struct exif_entry found;
    buffer_bytes(&file, "II*\0\x08\0\0\0\xff\xff", 10);
    entry(&file, 0x8769, EXIF_LONG, 1, 8);
    entry(&file, 0x8825, EXIF_LONG, 1, 0xfffffffe);
    assert_true(exif_open(span_of(&file), &exif));
    assert_true(exif_group(&exif, EXIF_PHOTO, &cursor));
    assert_true(exif_next(&cursor, &found));
    assert_true(exif_next(&cursor, &found));
    assert_false(exif_next(&cursor, &found));
    assert_false(exif_group(&exif, EXIF_GPS, &cursor));
    buffer_free(&file);
}

static void test_every_cut_and_flip(void **state)
{
    (void)state;
    struct buffer file = {0};
    whole(&file);
    for (size_t i = 0; i < file.size * 9; i++) {
        size_t size = i < file.size ? i : file.size;
        char *flipped = &file.data[i / 9];
        char mask = (char)(i < file.size ? 0 : 1 << (i % 8));
        *flipped = (char)(*flipped ^ mask);
        struct exif exif;
        for (int group = EXIF_IMAGE; group <= EXIF_GPS; group++) {
            struct exif_cursor cursor;
            struct exif_entry found;
            struct span span = {(const uint8_t *)file.data, size};
            unsigned sum = 0;
            if (exif_open(span, &exif) && exif_group(&exif, (enum exif_group)group, &cursor)) {
                while (exif_next(&cursor, &found)) {
                    assert_true(found.value.bytes + found.value.size <= span.bytes + span.size);
                    sum += found.value.bytes[found.value.size - 1];
                }
            }
            assert_true(sum < 100000);
        }
        *flipped = (char)(*flipped ^ mask);
    }
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orientation),      cmocka_unit_test(test_groups),
        cmocka_unit_test(test_type_sizes),       cmocka_unit_test(test_lies),
        cmocka_unit_test(test_loops_and_counts), cmocka_unit_test(test_every_cut_and_flip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
