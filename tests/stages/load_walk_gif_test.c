/* SPDX-License-Identifier: MIT
 * The walk over GIF: canvas, frames, loops, delays; each limit at its edge, and empty blocks
 * without end. */
#include "support.h"

#include "craft.h"
#include "loading.h"

static struct limits limits;

static int set_limits(void **state)
{
    (void)state;
    limits = limits_default();
    return 0;
}

static void control(struct buffer *file, unsigned hundredths, bool clear)
{
    buffer_bytes(file, "\x21\xf9\4", 3);
    buffer_char(file, clear ? 1 : 0);
    craft_le16(file, hundredths);
    buffer_bytes(file, "\0\0", 2);
}

static void loops(struct buffer *file, unsigned repeats)
{
    buffer_bytes(file, "\x21\xff\x0bNETSCAPE2.0\3\1", 16);
    craft_le16(file, repeats);
    buffer_char(file, 0);
}

static void animation(struct loading *loading, unsigned width, unsigned height, int frames)
{
    struct buffer file = {0};
    craft_gif(&file, width, height);
    for (int i = 0; i < frames; i++) {
        craft_gif_image(&file, 0, 0, width, height);
    }
    buffer_char(&file, 0x3b);
    loading_probe_crafted(loading, &file, &limits);
}

static void test_reads(void **state)
{
    (void)state;
    struct buffer file = {0};
    struct loading loading;
    craft_gif(&file, 30, 20);
    loops(&file, 2);
    control(&file, 7, false);
    craft_gif_image(&file, 0, 0, 30, 20);
    control(&file, 9, true);
    craft_gif_image(&file, 3, 3, 5, 5);
    buffer_char(&file, 0x3b);
    craft_gif_image(&file, 0, 0, 30, 20); /* behind the end */
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_OK, "");
    assert_int_equal(loading.facts.width, 30);
    assert_int_equal(loading.facts.height, 20);
    assert_int_equal(loading.facts.frames, 2);
    assert_int_equal(loading.facts.bands, 4);
    assert_true(loading.facts.alpha);
    assert_int_equal(loading.source.container.delay, 70);
    assert_int_equal(loading.source.container.loops, 3);
    loading_end(&loading);
}

static void test_plays(void **state)
{
    (void)state;
    struct loading loading;
    animation(&loading, 3, 3, 2);
    assert_int_equal(loading.source.container.loops, 1);
    assert_int_equal(loading.facts.bands, 3);
    loading_end(&loading);
    struct buffer file = {0};
    craft_gif(&file, 3, 3);
    loops(&file, 0);
    craft_gif_image(&file, 0, 0, 3, 3);
    loading_probe_crafted(&loading, &file, &limits);
    assert_int_equal(loading.source.container.loops, 0);
    loading_end(&loading);
}

/* As libnsgif has it: the corpus tests hold it against the decoder. */
static void test_canvas(void **state)
{
    (void)state;
    static const int cases[][8] = {
        /* canvas, first image's left, top, width, height → canvas */
        {30, 20, 0, 0, 10, 10, 30, 20},       {30, 20, 25, 0, 10, 10, 35, 20},
        {640, 480, 0, 0, 10, 10, 10, 10},     {640, 481, 0, 0, 10, 10, 640, 481},
        {0, 20, 1, 2, 10, 10, 11, 12},        {2048, 2048, 0, 0, 10, 10, 2048, 2048},
        {2049, 10, 0, 0, 3000, 10, 3000, 10}, {3000, 3000, 0, 0, 10, 20, 10, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer file = {0};
        struct loading loading;
        const int *c = cases[i];
        craft_gif(&file, (unsigned)c[0], (unsigned)c[1]);
        craft_gif_image(&file, (unsigned)c[2], (unsigned)c[3], (unsigned)c[4], (unsigned)c[5]);
        craft_gif_image(&file, 60000, 60000, 100, 100); /* later ones do not count */
        loading_probe_crafted(&loading, &file, &limits);
        assert_error_text(&loading.error, STATUS_OK, "");
        assert_int_equal(loading.facts.width, c[6]);
        assert_int_equal(loading.facts.height, c[7]);
        loading_end(&loading);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct loading loading;
    limits.frames = 10;
    animation(&loading, 10, 10, 10);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    animation(&loading, 10, 10, 11);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has more than 10 frames, the limit (--limit frames)");
    loading_end(&loading);
    limits.source_pixels = 1000;
    animation(&loading, 10, 10, 10);
    assert_error_text(&loading.error, STATUS_OK, "");
    loading_end(&loading);
    limits.source_pixels = 999;
    animation(&loading, 10, 10, 10);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "has 10x10 pixels in 10 frames (1000), limit is 999 (--limit source-pixels)");
    loading_end(&loading);
}

static void test_limit_of_metadata(void **state)
{
    (void)state;
    for (size_t size = 5; size <= 6; size++) {
        struct buffer file = {0};
        struct loading loading;
        limits.metadata_bytes = 5;
        craft_gif(&file, 10, 10);
        buffer_bytes(&file, "\x21\xfe", 2); /* a comment */
        buffer_char(&file, (char)size);
        buffer_bytes(&file, "abcdef", size);
        buffer_char(&file, 0);
        craft_gif_image(&file, 0, 0, 10, 10);
        loading_probe_crafted(&loading, &file, &limits);
        assert_error_text(
            &loading.error, size > 5 ? STATUS_REFUSED : STATUS_OK,
            size > 5 ? "has more than 5 bytes of metadata, the limit (--limit metadata-bytes)"
                     : "");
        loading_end(&loading);
    }
}

static void test_empty_blocks(void **state)
{
    (void)state;
    struct buffer file = {0};
    struct loading loading;
    craft_gif(&file, 10, 10);
    for (int i = 0; i < 1000000; i++) {
        buffer_bytes(&file, "\x21\xfe\0", 3);
    }
    loading_probe_crafted(&loading, &file, &limits);
    assert_error_text(&loading.error, STATUS_REFUSED,
                      "holds a damaged GIF image: it holds no image");
    loading_end(&loading);
}

static void test_every_cut(void **state)
{
    (void)state;
    struct buffer file = {0};
    craft_gif(&file, 30, 20);
    loops(&file, 2);
    control(&file, 7, true);
    craft_gif_image(&file, 0, 0, 30, 20);
    buffer_char(&file, 0x3b);
    for (size_t size = 0; size <= file.size; size++) {
        struct loading loading;
        loading_probe(&loading, file.data, size, &limits);
        assert_true(loading.status == STATUS_OK || loading.error.message[0]);
        loading_end(&loading);
    }
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reads, set_limits),
        cmocka_unit_test_setup(test_plays, set_limits),
        cmocka_unit_test_setup(test_canvas, set_limits),
        cmocka_unit_test_setup(test_limits, set_limits),
        cmocka_unit_test_setup(test_limit_of_metadata, set_limits),
        cmocka_unit_test_setup(test_empty_blocks, set_limits),
        cmocka_unit_test_setup(test_every_cut, set_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
