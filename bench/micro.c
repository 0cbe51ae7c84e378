/* SPDX-License-Identifier: MIT
 * bench_micro [WORD]: nanoseconds a pixel of each kernel and of each codec's path, alone on one
 * thread: the median of runs with the lowest and the highest. Only those whose name holds WORD. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "encode/encode.h"
#include "image.h"
#include "kernels/dominant.h"
#include "kernels/reduce.h"
#include "kernels/shrink.h"
#include "machine.h"
#include "score.h"

enum { WIDTH = 1280, HEIGHT = 960, RUNS = 7, BANDS = 4 };
static const double RUN_SECONDS = 0.1;

/* What is measured on: something like a photograph, with alpha in its last band. */
struct bench {
    uint8_t *rgba, *rgb, *noisy;
    VipsImage *image;
    struct pixels pixels;
};

static void draw(struct bench *bench)
{
    bench->rgba = g_malloc(WIDTH * HEIGHT * BANDS);
    bench->rgb = g_malloc(WIDTH * HEIGHT * 3);
    bench->noisy = g_malloc(WIDTH * HEIGHT * 3);
    unsigned seed = 1;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const int x = i % WIDTH, y = i / WIDTH;
        for (int band = 0; band < 3; band++) {
            seed = seed * 1664525u + 1013904223u;
            const double wave = sin(x * 0.011 * (band + 1)) + cos(y * 0.017 + band);
            const int value = (int)(128 + 50 * wave) + (int)(seed >> 28);
            bench->rgba[i * BANDS + band] = bench->rgb[i * 3 + band] = (uint8_t)value;
            bench->noisy[i * 3 + band] = (uint8_t)(value + (seed >> 20 & 3));
        }
        bench->rgba[i * BANDS + 3] = (uint8_t)(x < 64 ? x * 4 : 255);
    }
    bench->image = vips_image_new_from_memory(bench->rgb, WIDTH * HEIGHT * 3, WIDTH, HEIGHT, 3,
                                              VIPS_FORMAT_UCHAR);
    struct error error = {0};
    if (pixels_take(bench->image, 1, &bench->pixels, &error) != STATUS_OK) {
        fprintf(stderr, "bench_micro: %s\n", error.message);
        exit(1);
    }
}

/* ---- Kernels -------------------------------------------------------------------------------- */

static void reduce_half_with(const struct bench *bench, const struct reduce_kernels *kernels)
{
    static struct reduce_axis axis;
    static float *wide, *out;
    if (!axis.first) {
        axis = (struct reduce_axis){.in = WIDTH, .out = WIDTH / 2, .taps = reduce_taps(2)};
        axis.first = g_new(int, axis.out);
        axis.weights = g_new(float, axis.out *axis.taps);
        wide = g_new(float, (WIDTH + 2 * axis.taps) * BANDS);
        out = g_new(float, axis.out *BANDS);
        reduce_axis_fill(&axis, WIDTH);
    }
    for (int y = 0; y < HEIGHT; y++) {
        kernels->across(&axis, bench->rgba + y * WIDTH * BANDS, BANDS, wide, out);
    }
}

static void reduce_half(const struct bench *bench)
{
    const struct reduce_kernels *vectors = reduce_vectors();
    reduce_half_with(bench, vectors ? vectors : &reduce_plain);
}

static void reduce_half_c(const struct bench *bench)
{
    reduce_half_with(bench, &reduce_plain);
}

static void shrink_axis_make(struct shrink_axis *axis, int in, int out)
{
    struct reduce_axis sums = {.in = in, .out = out, .taps = reduce_taps((double)in / out)};
    *axis = (struct shrink_axis){.in = in, .out = out};
    sums.first = g_new(int, out);
    sums.weights = g_new(float, out *sums.taps);
    axis->first = g_new(int, out);
    axis->weights = g_new(int16_t, out * sums.taps);
    reduce_axis_fill(&sums, in);
    shrink_axis_fill(axis, &sums);
}

static void shrink_with(const struct bench *bench, const struct shrink_kernels *kernels)
{
    static struct shrink_axis across, down;
    static int16_t *tile, *turned;
    static uint8_t *out;
    const uint8_t *rows[HEIGHT];
    uint8_t *to[SHRINK_ROWS];
    if (!out) {
        shrink_axis_make(&across, WIDTH, WIDTH / 2);
        shrink_axis_make(&down, HEIGHT, HEIGHT / 2);
        tile = g_new(int16_t, shrink_reach_most(&down) * SHRINK_COLUMNS);
        turned = g_new(int16_t, shrink_columns_padded(WIDTH * 3) * SHRINK_ROWS);
        out = g_malloc((HEIGHT / 2 + SHRINK_ROWS) * (WIDTH / 2) * 3);
    }
    for (int top = 0; top < down.out; top += SHRINK_ROWS) {
        for (int y = 0; y < shrink_reach(&down, top); y++) {
            rows[y] = bench->rgb + (down.first[top] + y) * WIDTH * 3;
        }
        for (int y = 0; y < SHRINK_ROWS; y++) {
            to[y] = out + (top + y) * across.out * 3;
        }
        kernels->down(&down, top, rows, WIDTH * 3, tile, turned);
        kernels->across(&across, 3, turned, to);
    }
}

static void shrink_fastest(const struct bench *bench)
{
    shrink_with(bench, shrink_vectors() ? shrink_vectors() : &shrink_plain);
}

static void shrink_c(const struct bench *bench)
{
    shrink_with(bench, &shrink_plain);
}

/* libvips' own reduction of the same, for comparison. */
static void shrink_libvips(const struct bench *bench)
{
    VipsImage *half = NULL, *made = NULL;
    struct error error = {0};
    if (vips_resize(bench->image, &half, 0.5, NULL) != 0 ||
        image_compute(half, NULL, &made, &error) != STATUS_OK) {
        exit(1);
    }
    image_release(&made);
    image_release(&half);
}

static void dominant(const struct bench *bench)
{
    uint8_t colour[3];
    dominant_colour(bench->rgba, WIDTH * HEIGHT, colour);
}

static void score_with(const struct bench *bench, const struct score_kernels *kernels)
{
    struct score_job job = {.original = {bench->rgb, WIDTH * 3, 3, 0},
                            .distorted = {bench->noisy, WIDTH * 3, 3, 0},
                            .width = WIDTH,
                            .height = HEIGHT,
                            .kernels = kernels};
    struct error error = {0};
    double score;
    if (score_rows(&job, &score, &error) != STATUS_OK) {
        exit(1);
    }
}

static void score_fastest(const struct bench *bench)
{
    score_with(bench, NULL);
}

static void score_c(const struct bench *bench)
{
    score_with(bench, &score_plain);
}

/* ---- Codecs --------------------------------------------------------------------------------- */

static void encode(const struct bench *bench, enum format format, double quality,
                   void (*change)(struct encode_options *options))
{
    struct arena *arena = arena_new();
    struct encode_options options;
    struct buffer out = {0};
    struct error error = {0};
    const struct flow flow = {.threads = 1};
    const struct attachments attachments = {0};
    if (options_default(encode_table, arena, &options, &error) == STATUS_OK) {
        change(&options);
        const struct encode_job job = {.options = &options,
                                       .pixels = &bench->pixels,
                                       .attachments = &attachments,
                                       .flow = &flow,
                                       .format = format,
                                       .quality = quality};
        if (codec_find(format)->encode(&job, &out, &error) != STATUS_OK) {
            fprintf(stderr, "bench_micro: %s\n", error.message);
            exit(1);
        }
    }
    buffer_free(&out);
    arena_free(arena);
}

static void as_is(struct encode_options *options)
{
    options->webp.method = 4;
    options->avif.effort = 2;
}

static void faster(struct encode_options *options)
{
    options->webp.method = 2;
    options->avif.effort = 0;
    options->jpeg.progressive = false;
    options->png.filter = PNG_CHOICE_NONE;
}

static void encode_jpeg(const struct bench *bench)
{
    encode(bench, FORMAT_JPEG, 80, as_is);
}

static void encode_jpeg_one_pass(const struct bench *bench)
{
    encode(bench, FORMAT_JPEG, 80, faster);
}

static void encode_webp(const struct bench *bench)
{
    encode(bench, FORMAT_WEBP, 80, as_is);
}

static void encode_webp_two(const struct bench *bench)
{
    encode(bench, FORMAT_WEBP, 80, faster);
}

static void encode_avif(const struct bench *bench)
{
    encode(bench, FORMAT_AVIF, 50, as_is);
}

static void encode_avif_none(const struct bench *bench)
{
    encode(bench, FORMAT_AVIF, 50, faster);
}

static void encode_png(const struct bench *bench)
{
    encode(bench, FORMAT_PNG, QUALITY_LOSSLESS, as_is);
}

static void encode_png_plain(const struct bench *bench)
{
    encode(bench, FORMAT_PNG, QUALITY_LOSSLESS, faster);
}

/* ---- Measuring ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    void (*run)(const struct bench *bench);
} cases[] = {{"kernel reduce, rows to half, RGBA", reduce_half},
             {"kernel reduce, rows to half, plain C", reduce_half_c},
             {"kernel shrink, RGB to half, fastest", shrink_fastest},
             {"kernel shrink, RGB to half, plain C", shrink_c},
             {"libvips, RGB to half", shrink_libvips},
             {"kernel dominant colour", dominant},
             {"kernel score, fastest", score_fastest},
             {"kernel score, plain C", score_c},
             {"encode jpeg", encode_jpeg},
             {"encode jpeg, one pass", encode_jpeg_one_pass},
             {"encode webp, method 4", encode_webp},
             {"encode webp, method 2", encode_webp_two},
             {"encode avif, effort 2", encode_avif},
             {"encode avif, effort 0", encode_avif_none},
             {"encode png, adaptive filters", encode_png},
             {"encode png, no filter", encode_png_plain}};

static int by_number(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void measure(const struct bench *bench, const char *name,
                    void (*run)(const struct bench *bench))
{
    double seconds[RUNS];
    for (int i = -1; i < RUNS; i++) { /* the first warms up */
        const double start = machine_process_seconds();
        double now = start;
        int times = 0;
        do {
            run(bench);
            times++;
            now = machine_process_seconds();
        } while (now - start < RUN_SECONDS);
        if (i >= 0) {
            seconds[i] = (now - start) / times;
        }
    }
    qsort(seconds, RUNS, sizeof(*seconds), by_number);
    const double unit = 1e9 / (WIDTH * HEIGHT);
    printf("%-36s %8.2f ns/px (%.2f to %.2f)\n", name, seconds[RUNS / 2] * unit, seconds[0] * unit,
           seconds[RUNS - 1] * unit);
}

int main(int argc, char **argv)
{
    struct bench bench;
    struct error error = {0};
    if (image_library_start(&error) != STATUS_OK) {
        fprintf(stderr, "bench_micro: %s\n", error.message);
        return 1;
    }
    draw(&bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (argc < 2 || strstr(cases[i].name, argv[1])) {
            measure(&bench, cases[i].name, cases[i].run);
        }
    }
    return 0;
}
