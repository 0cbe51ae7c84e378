/* SPDX-License-Identifier: MIT
 * PNG: grey or RGB, with or without alpha, 8 or 16 bits, or a palette. libpng writes the chunks,
 * and the rows of what is interlaced or very large; the image data of all else is png_data.c's. The
 * palette itself is found elsewhere. Knows no libvips. */
#include <setjmp.h>
#include <string.h>

#include <png.h>
#include <zlib.h>

#include "encode.h"
#include "image.h"
#include "palette.h"
#include "png_data.h"

struct png_run {
    const struct encode_job *job;
    const struct palette *palette; /* NULL: true colour */
    struct buffer *out;
    png_structp png;
    png_infop info;
    struct buffer stream; /* the image data; empty: libpng makes it of the rows */
    bool stopped, memory;
    char words[256];
};

static void on_error(png_structp png, png_const_charp words)
{
    struct png_run *run = png_get_error_ptr(png);
    strncpy(run->words, words, sizeof run->words - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words)
{
    (void)png;
    (void)words;
}

static void on_bytes(png_structp png, png_bytep bytes, size_t size)
{
    struct png_run *run = png_get_io_ptr(png);
    buffer_bytes(run->out, bytes, size);
    if (buffer_failed(run->out)) {
        run->memory = true;
        png_longjmp(png, 1);
    }
}

static void on_flush(png_structp png)
{
    (void)png;
}

static int colour_type(const struct png_run *run)
{
    static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    return run->palette ? PNG_COLOR_TYPE_PALETTE : types[run->job->pixels->bands];
}

static int sample_bits(const struct png_run *run)
{
    if (run->palette) {
        const int count = run->palette->count;
        return count > 16 ? 8 : count > 4 ? 4 : count > 2 ? 2 : 1;
    }
    return run->job->pixels->depth * 8;
}

/* Row filters cost a palette image bytes: neighbouring indices are no neighbouring colours. */
static int filters(const struct png_run *run)
{
    switch (run->job->options->png.filter) {
    case PNG_CHOICE_NONE:
        return PNG_FILTER_NONE;
    case PNG_CHOICE_SUB:
        return PNG_FILTER_SUB;
    case PNG_CHOICE_UP:
        return PNG_FILTER_UP;
    case PNG_CHOICE_AVERAGE:
        return PNG_FILTER_AVG;
    case PNG_CHOICE_PAETH:
        return PNG_FILTER_PAETH;
    case PNG_CHOICE_ADAPTIVE:
        return PNG_ALL_FILTERS;
    default:
        return run->palette ? PNG_FILTER_NONE : PNG_ALL_FILTERS;
    }
}

static void configure(struct png_run *run)
{
    const struct encode_options *options = run->job->options;
    const int filter = filters(run);
    png_set_IHDR(run->png, run->info, (png_uint_32)run->job->pixels->width,
                 (png_uint_32)run->job->pixels->height, sample_bits(run), colour_type(run),
                 options->png.interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(run->png, options->png.compression);
    png_set_compression_mem_level(run->png, 9);
    png_set_compression_buffer_size(run->png, 256 * 1024);
    png_set_filter(run->png, PNG_FILTER_TYPE_BASE, filter);
    png_set_compression_strategy(run->png,
                                 filter == PNG_FILTER_NONE ? Z_DEFAULT_STRATEGY : Z_FILTERED);
}

static void write_palette(struct png_run *run)
{
    png_color colours[PALETTE_MAX];
    png_byte alphas[PALETTE_MAX];
    const struct palette *palette = run->palette;
    for (int i = 0; i < palette->count; i++) {
        const uint8_t *colour = palette->colours[i];
        colours[i] = (png_color){colour[0], colour[1], colour[2]};
        alphas[i] = colour[3];
    }
    png_set_PLTE(run->png, run->info, colours, palette->count);
    if (palette->translucent > 0) {
        png_set_tRNS(run->png, run->info, alphas, palette->translucent, NULL);
    }
}

static void write_attachments(struct png_run *run)
{
    const struct attachments *attachments = run->job->attachments;
    const bool grey = !run->palette && run->job->pixels->bands < 3;
    if (attachments->icc.size > 0 && (run->job->pixels->bands < 3) == grey) {
        png_set_iCCP(run->png, run->info, "icc", PNG_COMPRESSION_TYPE_BASE, attachments->icc.bytes,
                     (png_uint_32)attachments->icc.size);
    }
    if (attachments->exif.size > 0) { /* libpng takes it as writable, and only copies it */
        png_set_eXIf_1(run->png, run->info, (png_uint_32)attachments->exif.size,
                       (png_bytep)(uintptr_t)attachments->exif.bytes);
    }
}

/* libpng wants text with a NUL after it, so the chunk is put together here (PNG, 11.3.4.5):
 * keyword, no compression, no language, no translated keyword, UTF-8. */
static void write_xmp(struct png_run *run)
{
    static const char head[] = "XML:com.adobe.xmp\0\0\0\0";
    const struct span xmp = run->job->attachments->xmp;
    if (xmp.size > 0) {
        png_write_chunk_start(run->png, (png_const_bytep) "iTXt",
                              (png_uint_32)(sizeof head + xmp.size));
        png_write_chunk_data(run->png, (png_const_bytep)head, sizeof head);
        png_write_chunk_data(run->png, xmp.bytes, xmp.size);
        png_write_chunk_end(run->png);
    }
}

static void write_rows(struct png_run *run)
{
    const struct pixels *pixels = run->job->pixels;
    const int passes = png_set_interlace_handling(run->png);
    const uint16_t probe = 1;
    if (run->palette) {
        png_set_packing(run->png);
    } else if (pixels->depth == 2 && *(const uint8_t *)&probe == 1) {
        png_set_swap(run->png);
    }
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < pixels->height; y++) {
            if (y % 16 == 0 && encode_stopped(run->job->flow)) {
                run->stopped = true;
                png_longjmp(run->png, 1);
            }
            png_write_row(run->png, run->palette
                                        ? run->palette->indices + (size_t)y * (size_t)pixels->width
                                        : pixels_row(pixels, y));
        }
    }
}

/* A decoder that shows what has come so far gets it piece by piece. */
static void write_stream(struct png_run *run)
{
    const size_t most = 256 * 1024;
    const uint8_t *bytes = (const uint8_t *)run->stream.data;
    for (size_t at = 0; at < run->stream.size; at += most) {
        const size_t rest = run->stream.size - at;
        png_write_chunk(run->png, (png_const_bytep) "IDAT", bytes + at, rest < most ? rest : most);
    }
    png_write_chunk(run->png, (png_const_bytep) "IEND", NULL, 0);
}

static enum status report(const struct png_run *run, struct error *error)
{
    if (run->stopped) {
        return encode_interrupted(error);
    }
    if (run->memory) {
        return error_memory(error);
    }
    const enum status status = error_set(error, STATUS_FAILED, "encoding the png failed");
    error_cause(error, run->words);
    return status;
}

static void write_all(struct png_run *run)
{
    png_set_write_fn(run->png, run, on_bytes, on_flush);
    png_set_benign_errors(run->png, 1);
    png_set_user_limits(run->png, 0x7fffffff, 0x7fffffff);
    configure(run);
    write_attachments(run);
    if (run->palette) {
        write_palette(run);
    }
    png_write_info(run->png, run->info);
    write_xmp(run);
    if (run->stream.size > 0) {
        write_stream(run);
    } else {
        write_rows(run);
        png_write_end(run->png, NULL);
    }
}

static enum status write_png(struct png_run *run, struct error *error)
{
    enum status status;
    run->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, run, on_error, on_warning);
    run->info = run->png ? png_create_info_struct(run->png) : NULL;
    if (run->info == NULL) {
        png_destroy_write_struct(&run->png, NULL);
        return error_memory(error);
    }
    if (setjmp(png_jmpbuf(run->png)) == 0) {
        write_all(run);
        status = STATUS_OK;
    } else {
        status = report(run, error);
    }
    png_destroy_write_struct(&run->png, &run->info);
    return status;
}

/* Seven smaller images in one stream, and what is not to be compressed, are left to libpng. */
static enum status make_stream(struct png_run *run, struct error *error)
{
    const struct encode_options *options = run->job->options;
    const struct png_data data = {.pixels = run->job->pixels,
                                  .palette = run->palette,
                                  .bits = sample_bits(run),
                                  .filter = (enum png_filter)options->png.filter,
                                  .compression = options->png.compression,
                                  .flow = run->job->flow};
    return options->png.interlace || options->png.compression == 0
               ? STATUS_OK
               : png_data_make(&data, &run->stream, error);
}

static enum status png_encode(const struct encode_job *job, struct buffer *out, struct error *error)
{
    struct palette palette = {0};
    struct png_run run = {.job = job, .out = out, .stream = {.limit = out->limit}};
    if (job->options->png.colours > 0) {
        const enum status status = palette_make(job->pixels, job->options->png.colours,
                                                job->options->png.dither, &palette, error);
        if (status != STATUS_OK) {
            return status;
        }
        run.palette = &palette;
    }
    enum status status = make_stream(&run, error);
    if (status == STATUS_OK) {
        status = write_png(&run, error);
    }
    buffer_free(&run.stream);
    palette_release(&palette);
    return status;
}

static enum status png_check(const struct encode_options *options, struct error *error)
{
    if (options->png.colours == 1) {
        return error_set(error, STATUS_USAGE,
                         "'colours' is 1, outside 2..256, or 0 for all the image has");
    }
    return STATUS_OK;
}

static void png_version(const struct encode_options *options, struct buffer *out)
{
    buffer_format(out, "libpng %s zlib %s " PNG_DATA_NAME, png_get_libpng_ver(NULL), zlibVersion());
    if (options->png.colours > 0) {
        buffer_format(out, " libvips %s", image_library_version());
    }
}

static void png_words(const struct encode_options *options, double quality, struct buffer *out)
{
    (void)quality;
    if (options->png.colours > 0) {
        buffer_format(out, " %d colours", options->png.colours);
    }
}

static double png_cost(const struct encode_options *options, double quality)
{
    (void)quality;
    return options->png.colours > 0 ? 1.0 : options->png.compression > 7 ? 0.15 : 0.09;
}

const struct codec codec_png = {
    .format = FORMAT_PNG,
    .group = "png",
    .check = png_check,
    .version = png_version,
    .words = png_words,
    .cost = png_cost,
    .encode = png_encode,
};
