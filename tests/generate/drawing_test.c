/* SPDX-License-Identifier: MIT
 * The sandbox's pictures: the same for the same words and seed, row by row as well as at once,
 * alike at every size, other for other words, and as heavy as photographs. */
#include "kernels/drawing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "corpus.h"
#include "decoding.h"
#include "encode/encode.h"
#include "generate/sandbox_picture.h"
#include "memory.h"
#include "support.h"

static const char *const prompts[] = {"a lighthouse at dusk, photograph",
                                      "snowy mountains and a lake at dawn",
                                      "hot air balloon over green fields, sunny",
                                      "a city skyline at night with neon lights",
                                      "pine forest, a cabin in the morning mist",
                                      "desert dunes at sunset",
                                      "a blue ceramic vase on a wooden table",
                                      "a sailing boat on the ocean under the stars",
                                      "an old oak tree in a meadow before the storm",
                                      "Sch\xc3\xb6ner Fr\xc3\xbchling \xe6\xa1\x9c"};
enum { PROMPTS = sizeof prompts / sizeof *prompts };

static uint8_t *draw(const char *words, int64_t seed, int width, int height, int rows)
{
    struct drawing drawing;
    uint8_t *rgb = memory_alloc(3 * (size_t)width * (size_t)height);
    assert_non_null(rgb);
    drawing_start(&drawing, words, seed, width, height);
    for (int row = 0; row < height; row += rows) {
        drawing_rows(&drawing, row, height - row < rows ? height - row : rows,
                     rgb + 3 * (size_t)row * (size_t)width);
    }
    return rgb;
}

static void test_rows_at_once_or_singly(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROMPTS; i++) {
        uint8_t *whole = draw(prompts[i], 7, 331, 190, 190),
                *rows = draw(prompts[i], 7, 331, 190, 1);
        assert_memory_equal(whole, rows, 3 * 331 * 190);
        memory_free(rows);
        memory_free(whole);
    }
}

static double difference(const uint8_t *a, const uint8_t *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += abs(a[i] - b[i]);
    }
    return sum / (double)count;
}

static void test_words_and_seed_matter(void **state)
{
    (void)state;
    enum { SIZE = 3 * 96 * 64 };
    uint8_t *first = draw("", 0, 96, 64, 64);
    for (size_t i = 0; i < PROMPTS; i++) {
        uint8_t *own = draw(prompts[i], 0, 96, 64, 64), *other = draw(prompts[i], 1, 96, 64, 64);
        assert_true(difference(first, own, SIZE) > 8);
        assert_true(difference(own, other, SIZE) > 4);
        memory_free(other);
        memory_free(first);
        first = own;
    }
    memory_free(first);
}

enum { WIDTH = 344, HEIGHT = 192, TIMES = 4 };

/* The mean of four by four pixels. */
static void reduce(const uint8_t *large, uint8_t *small)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < 3 * WIDTH; x++) {
            int total = 0;
            for (int at = 0; at < TIMES * TIMES; at++) {
                const int row = y * TIMES + at / TIMES, column = x / 3 * TIMES + at % TIMES;
                total += large[3 * (row * WIDTH * TIMES + column) + x % 3];
            }
            small[3 * y * WIDTH + x] = (uint8_t)(total / (TIMES * TIMES));
        }
    }
}

/* The large one made small is the small one but for grain, and no other prompt's. */
static void test_small_is_large_scaled(void **state)
{
    (void)state;
    enum { SIZE = 3 * WIDTH * HEIGHT };
    static uint8_t reduced[SIZE];
    for (size_t i = 0; i < PROMPTS; i++) {
        uint8_t *large = draw(prompts[i], 3, WIDTH * TIMES, HEIGHT * TIMES, 64);
        uint8_t *small = draw(prompts[i], 3, WIDTH, HEIGHT, 64);
        uint8_t *other = draw(prompts[(i + 1) % PROMPTS], 3, WIDTH, HEIGHT, 64);
        reduce(large, reduced);
        const double like = difference(reduced, small, SIZE);
        assert_true(like < 10 && 2 * like < difference(reduced, other, SIZE));
        memory_free(other);
        memory_free(small);
        memory_free(large);
    }
}

static void test_odd_sizes(void **state)
{
    static const int sizes[][2] = {{1, 1},   {1, 64},   {64, 1},  {255, 3},
                                   {257, 5}, {96, 768}, {768, 96}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < PROMPTS; j++) {
            memory_free(draw(prompts[j], INT64_MIN, sizes[i][0], sizes[i][1], 7));
        }
    }
}

/* Every byte as text: whatever a prompt is, it is drawn. */
static void test_any_text(void **state)
{
    (void)state;
    char text[512];
    uint64_t random = 1;
    for (int round = 0; round < 40; round++) {
        for (size_t i = 0; i < sizeof text - 1; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            text[i] = (char)(random >> 56 | (round < 20 ? 0x80 : 0));
            text[i] = text[i] == '\0' ? ' ' : text[i];
        }
        text[sizeof text - 1 - 10 * round] = '\0';
        memory_free(draw(text, round, 120, 80, 80));
    }
}

static struct flow idle;

/* Bits per pixel at quality 80, 4:2:0, baseline. */
static double weight(const uint8_t *rgb, int width, int height)
{
    const struct encode_options options = {.jpeg = {.chroma = CHROMA_420, .optimise = true}};
    const struct attachments nothing = {.icc = {0}};
    const struct pixels pixels = {.bytes = rgb,
                                  .stride = 3 * (size_t)width,
                                  .width = width,
                                  .height = height,
                                  .frames = 1,
                                  .bands = 3,
                                  .depth = 1};
    const struct encode_job job = {.options = &options,
                                   .pixels = &pixels,
                                   .attachments = &nothing,
                                   .flow = &idle,
                                   .format = FORMAT_JPEG,
                                   .quality = 80};
    struct buffer out = {0};
    struct error error = {0};
    assert_int_equal(codec_find(FORMAT_JPEG)->encode(&job, &out, &error), STATUS_OK);
    const double bits = 8.0 * (double)out.size / ((double)width * height);
    buffer_free(&out);
    return bits;
}

static int photographs(double *lightest, double *heaviest)
{
    struct corpus corpus;
    struct corpus_file file;
    int count = 0;
    if (!corpus_open(&corpus)) {
        return 0;
    }
    while (corpus_next(&corpus, "kodak/", &file)) {
        struct decoded decoded;
        FILE *opened = fopen(file.path, "rb");
        uint8_t *bytes = memory_alloc(2 << 20);
        assert_non_null(opened);
        const size_t size = fread(bytes, 1, 2 << 20, opened);
        fclose(opened);
        assert_true(decode_png(bytes, size, &decoded) && decoded.bands == 3);
        const double bits = weight(decoded.bytes, decoded.width, decoded.height);
        *lightest = count == 0 || bits < *lightest ? bits : *lightest;
        *heaviest = count == 0 || bits > *heaviest ? bits : *heaviest;
        count++;
        decoded_free(&decoded);
        memory_free(bytes);
    }
    corpus_close(&corpus);
    return count;
}

static void test_heavy_as_photographs(void **state)
{
    (void)state;
    double lightest = 0, heaviest = 0;
    const int count = photographs(&lightest, &heaviest);
    if (count == 0) {
        skip();
    }
    printf("%d photographs of 768x512: %.2f .. %.2f bits per pixel\n", count, lightest, heaviest);
    for (size_t i = 0; i < PROMPTS; i++) {
        uint8_t *rgb = draw(prompts[i], 0, 768, 512, 64);
        const double bits = weight(rgb, 768, 512);
        printf("  %.2f  %s\n", bits, prompts[i]);
        memory_free(rgb);
        assert_true(bits >= lightest && bits <= heaviest);
    }
}

static void test_files(void **state)
{
    (void)state;
    static const enum format formats[] = {FORMAT_PNG, FORMAT_JPEG};
    for (size_t i = 0; i < 2; i++) {
        struct buffer first = {0}, second = {0};
        struct error error = {0};
        struct decoded decoded;
        assert_int_equal(sandbox_picture("sea", 1, 300, 200, formats[i], NULL, &first, &error),
                         STATUS_OK);
        assert_int_equal(sandbox_picture("sea", 1, 300, 200, formats[i], NULL, &second, &error),
                         STATUS_OK);
        assert_int_equal(first.size, second.size);
        assert_memory_equal(first.data, second.data, first.size);
        assert_true(formats[i] == FORMAT_PNG ? decode_png(first.data, first.size, &decoded)
                                             : decode_jpeg(first.data, first.size, &decoded));
        assert_int_equal(decoded.width, 300);
        assert_int_equal(decoded.height, 200);
        if (formats[i] == FORMAT_PNG) {
            uint8_t *rgb = draw("sea", 1, 300, 200, 200);
            assert_memory_equal(rgb, decoded.bytes, 3 * 300 * 200);
            memory_free(rgb);
        }
        decoded_free(&decoded);
        buffer_free(&first);
        buffer_free(&second);
    }
}

static void test_stops(void **state)
{
    (void)state;
    const atomic_bool stop = true;
    struct buffer out = {0};
    struct error error = {0};
    assert_int_equal(sandbox_picture("sea", 1, 900, 900, FORMAT_PNG, &stop, &out, &error),
                     STATUS_INTERRUPTED);
    buffer_free(&out);
}

static void test_how_long_4k_takes(void **state) /* told, not judged: machines differ */
{
    (void)state;
    static const enum format formats[] = {FORMAT_PNG, FORMAT_JPEG};
    for (size_t i = 0; i < 2; i++) {
        struct buffer out = {0};
        struct error error = {0};
        const clock_t start = clock();
        assert_int_equal(sandbox_picture(prompts[0], 0, 5504, 3072, formats[i], NULL, &out, &error),
                         STATUS_OK);
        printf("5504x3072 %s: %.2f s, %.1f MB\n", format_info(formats[i])->name,
               (double)(clock() - start) / CLOCKS_PER_SEC, (double)out.size / 1e6);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_at_once_or_singly),
        cmocka_unit_test(test_words_and_seed_matter),
        cmocka_unit_test(test_small_is_large_scaled),
        cmocka_unit_test(test_odd_sizes),
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_heavy_as_photographs),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_how_long_4k_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
