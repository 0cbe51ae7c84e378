/* SPDX-License-Identifier: MIT
 * ICO and ICNS, taken apart again by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decoding.h"
#include "encoding.h"

static void plan_member(const char *options, int width, int height, struct encoding *encoding)
{
    const struct facts facts = {
        .width = width, .height = height, .frames = 1, .bands = 4, .bits = 8};
    encoding_start(encoding, &stage_pack, options);
    encoding_plan_facts(encoding, &facts);
}

static void refusals(void **state)
{
    static const struct {
        const char *options;
        int width, height;
        const char *message;
    } cases[] = {
        {"{}", 16, 16, "'format' is missing, must be ico or icns"},
        {"{\"format\":\"ico\",\"density\":2}", 16, 16, "'density' is 2: an ico has none"},
        {"{\"format\":\"ico\"}", 257, 16,
         "a member of 257x16 is too large for ico: at most 256 px"},
        {"{\"format\":\"icns\"}", 48, 48,
         "icns has no member of 48x48 at density 1: allowed are 16, 32, 64, 128, 256 and 512 px at "
         "1, and 32, 64, 256, 512 and 1024 px at 2"},
        {"{\"format\":\"icns\"}", 16, 17,
         "icns has no member of 16x17 at density 1: allowed are 16, 32, 64, 128, 256 and 512 px at "
         "1, and 32, 64, 256, 512 and 1024 px at 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding encoding;
        plan_member(cases[i].options, cases[i].width, cases[i].height, &encoding);
        assert_string_equal(encoding.message, cases[i].message);
        encoding_end(&encoding);
    }
}

enum { MEMBERS = 3 };

static void make(const char *const *options, const int *sides, const int *bands,
                 struct encoding *members, struct buffer *out)
{
    const struct step *steps[MEMBERS];
    struct buffer bytes[MEMBERS];
    struct error error = {0};
    for (int i = 0; i < MEMBERS; i++) {
        VipsImage *picture = picture_new(sides[i], sides[i], bands[i], 8);
        encoding_start(&members[i], &stage_pack, options[i]);
        encoding_plan(&members[i], picture);
        encoding_run(&members[i], picture);
        assert_string_equal(members[i].message, "");
        steps[i] = &members[i].step;
        bytes[i] = members[i].bytes;
        image_release(&picture);
    }
    assert_int_equal(stage_pack.pack(steps, bytes, MEMBERS, out, &error), STATUS_OK);
}

static size_t number(const uint8_t *at, int bytes, bool big)
{
    size_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value |= (size_t)at[i] << 8 * (big ? bytes - 1 - i : i);
    }
    return value;
}

static void check_png(const uint8_t *at, size_t size, int side)
{
    struct decoded decoded;
    assert_true(decode_png(at, size, &decoded));
    assert_int_equal(decoded.width, side);
    assert_int_equal(decoded.height, side);
    assert_int_equal(decoded.bands, 4);
    decoded_free(&decoded);
}

static void ico(void **state)
{
    static const char option[] = "{\"format\":\"ico\"}";
    static const char *const options[] = {option, option, option};
    static const int sides[] = {16, 48, 256}, bands[] = {4, 3, 1};
    struct encoding members[MEMBERS];
    struct buffer out = {0};
    (void)state;
    make(options, sides, bands, members, &out);
    const uint8_t *bytes = (const uint8_t *)out.data;
    assert_memory_equal(bytes, "\0\0\1\0\3\0", 6);
    size_t at = 6 + 3 * 16;
    for (int i = 0; i < MEMBERS; i++) {
        const uint8_t *entry = bytes + 6 + 16 * i;
        assert_int_equal(entry[0], sides[i] & 255);
        assert_int_equal(entry[1], sides[i] & 255);
        assert_int_equal(number(entry + 6, 2, false), 32);
        assert_int_equal(number(entry + 12, 4, false), at);
        check_png(bytes + at, number(entry + 8, 4, false), sides[i]);
        at += number(entry + 8, 4, false);
        encoding_end(&members[i]);
    }
    assert_int_equal(at, out.size);
    buffer_free(&out);
}

/* One channel of packed runs; returns where it ends. */
static size_t unpack(const uint8_t *at, uint8_t *out, size_t count)
{
    size_t in = 0, done = 0;
    while (done < count) {
        const size_t byte = at[in++];
        const size_t run = byte < 128 ? byte + 1 : byte - 125;
        assert_true(done + run <= count);
        for (size_t i = 0; i < run; i++) {
            out[done++] = at[byte < 128 ? in + i : in];
        }
        in += byte < 128 ? run : 1;
    }
    return in;
}

/* Colour of `side` squared pixels in runs, then their alpha; the same picture again as PNG. */
static void check_runs(const uint8_t *at, size_t size, const uint8_t *mask, const uint8_t *png,
                       size_t png_size, int side)
{
    const size_t count = (size_t)side * (size_t)side;
    uint8_t channel[32 * 32];
    struct decoded decoded;
    assert_true(decode_png(png, png_size, &decoded));
    size_t in = 0;
    for (size_t band = 0; band < 3; band++) {
        in += unpack(at + in, channel, count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(channel[i], decoded.bytes[4 * i + band]);
        }
    }
    assert_int_equal(in, size);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(mask[i], decoded.bytes[4 * i + 3]);
    }
    decoded_free(&decoded);
}

static void icns(void **state)
{
    static const char *const options[] = {"{\"format\":\"icns\"}",
                                          "{\"format\":\"icns\",\"density\":2}",
                                          "{\"format\":\"icns\",\"density\":2}"};
    static const int sides[] = {32, 32, 1024}, bands[] = {4, 4, 3};
    static const char *const types[] = {"il32", "l8mk", "ic11", "ic10"};
    struct encoding members[MEMBERS];
    struct buffer out = {0};
    const uint8_t *elements[4];
    size_t sizes[4], at = 8;
    (void)state;
    make(options, sides, bands, members, &out);
    const uint8_t *bytes = (const uint8_t *)out.data;
    assert_memory_equal(bytes, "icns", 4);
    assert_int_equal(number(bytes + 4, 4, true), out.size);
    for (int i = 0; i < 4; i++) {
        assert_memory_equal(bytes + at, types[i], 4);
        elements[i] = bytes + at + 8;
        sizes[i] = number(bytes + at + 4, 4, true) - 8;
        at += sizes[i] + 8;
    }
    assert_int_equal(at, out.size);
    assert_int_equal(sizes[1], 32 * 32);
    check_runs(elements[0], sizes[0], elements[1], elements[2], sizes[2], 32);
    check_png(elements[2], sizes[2], 32);
    check_png(elements[3], sizes[3], 1024);
    for (int i = 0; i < MEMBERS; i++) {
        encoding_end(&members[i]);
    }
    buffer_free(&out);
}

static void two_of_a_size(void **state)
{
    struct encoding first, second;
    struct buffer out = {0}, bytes[2] = {{0}};
    struct error error = {0};
    char message[200];
    (void)state;
    plan_member("{\"format\":\"ico\"}", 16, 16, &first);
    plan_member("{\"format\":\"ico\"}", 16, 16, &second);
    const struct step *steps[] = {&first.step, &second.step};
    assert_int_equal(stage_pack.pack(steps, bytes, 2, &out, &error), STATUS_USAGE);
    error_format(&error, message, sizeof message);
    assert_string_equal(message, "two members of 16 px in one ico");
    encoding_end(&first);
    encoding_end(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(ico),
        cmocka_unit_test(icns),
        cmocka_unit_test(two_of_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
