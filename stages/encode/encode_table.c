/* SPDX-License-Identifier: MIT
 * The options of the stage `encode`: one group per format, so that a list of formats can be told
 * about each. */
#include "encode.h"

static const char *const format_names[] = {"jpeg", "png", "webp", "avif", "jxl", "gif", NULL};
static const char *const auto_names[] = {"auto", NULL};
static const char *const chroma_names[] = {"auto", "4:2:0", "4:4:4", NULL};
static const char *const filter_names[] = {"auto",    "none",  "sub",      "up",
                                           "average", "paeth", "adaptive", NULL};
static const char *const tune_names[] = {"auto", "iq", "ssim", "psnr", NULL};

static const struct option jpeg_table[] = {
    {.name = "progressive",
     OPT_BOOL(struct encode_options, jpeg.progressive),
     .def = "true",
     .help = "several passes from coarse to fine, and some per cent smaller"},
    {.name = "chroma",
     OPT_ENUM(struct encode_options, jpeg.chroma),
     .def = "auto",
     .names = chroma_names,
     .help = "colour at full (4:4:4) or half resolution; auto: full from very-high up"},
    {.name = "optimise",
     OPT_BOOL(struct encode_options, jpeg.optimise),
     .def = "true",
     .help = "Huffman tables made for this image (progressive always does)"},
    {.name = "trellis",
     OPT_BOOL(struct encode_options, jpeg.trellis),
     .def = "false",
     .help = "choose coefficients by what they cost, as mozjpeg does; needs the prebuilt libvips"},
    {.name = "scans",
     OPT_BOOL(struct encode_options, jpeg.scans),
     .def = "false",
     .help = "find the best progressive passes, as mozjpeg does; needs the prebuilt libvips"},
    {0}};

static const struct option png_table[] = {
    {.name = "compression",
     OPT_INT(struct encode_options, png.compression),
     .def = "6",
     .min = 0,
     .max = 9,
     .help = "effort, as zlib counts it; 0 does not compress"},
    {.name = "filter",
     OPT_ENUM(struct encode_options, png.filter),
     .def = "auto",
     .names = filter_names,
     .help = "how rows are predicted; auto: adaptive or none, what a trial finds smaller, none "
             "with a palette"},
    {.name = "colours",
     OPT_INT(struct encode_options, png.colours),
     .def = "0",
     .min = 0,
     .max = 256,
     .help = "at most so many colours, in a palette; 0 keeps all: lossless"},
    {.name = "dither",
     OPT_NUMBER(struct encode_options, png.dither),
     .def = "1",
     .min = 0,
     .max = 1,
     .help = "how much of a palette's error goes to the neighbours"},
    {.name = "interlace",
     OPT_BOOL(struct encode_options, png.interlace),
     .def = "false",
     .help = "seven passes from coarse to fine; larger"},
    {0}};

static const struct option webp_table[] = {
    {.name = "method",
     OPT_INT(struct encode_options, webp.method),
     .def = "4",
     .min = 0,
     .max = 6,
     .names = auto_names,
     .help =
         "effort; 2 takes half the time of 4 for about 5 % more bytes; auto: 2 or 4, by a trial "
         "on crops of a large image"},
    {.name = "near-lossless",
     OPT_INT(struct encode_options, webp.near_lossless),
     .def = "100",
     .min = 0,
     .max = 100,
     .help = "with quality lossless: how exact; 100 is lossless, 60 is usual"},
    {.name = "alpha-quality",
     OPT_INT(struct encode_options, webp.alpha_quality),
     .def = "100",
     .min = 0,
     .max = 100,
     .help = "of the alpha channel; 100 is lossless"},
    {.name = "exact",
     OPT_BOOL(struct encode_options, webp.exact),
     .def = "false",
     .help = "keep colours where the image is wholly transparent"},
    {.name = "sharp-yuv",
     OPT_BOOL(struct encode_options, webp.sharp_yuv),
     .def = "false",
     .help = "better edges between strong colours, for some more time"},
    {0}};

static const struct option avif_table[] = {
    {.name = "effort",
     OPT_INT(struct encode_options, avif.effort),
     .def = "2",
     .min = 0,
     .max = 9,
     .names = auto_names,
     .help = "2 takes a seventh of the time of 4 for about 10 % more bytes; auto: 0, 2 or 3, by a "
             "trial on crops of a large image, and the quality so that a number looks as at 4"},
    {.name = "chroma",
     OPT_ENUM(struct encode_options, avif.chroma),
     .def = "auto",
     .names = chroma_names,
     .help =
         "colour at full (4:4:4) or half resolution; auto: full, a little smaller at equal looks"},
    {.name = "depth",
     OPT_INT(struct encode_options, avif.depth),
     .def = "auto",
     .min = 8,
     .max = 12,
     .unit = "bits",
     .names = auto_names,
     .help = "8, 10 or 12 bits of a sample; auto: 8, and with effort auto 10 where that is smaller "
             "at equal looks"},
    {.name = "tune",
     OPT_ENUM(struct encode_options, avif.tune),
     .def = "auto",
     .names = tune_names,
     .help = "what the encoder aims at; auto: iq where the library has it (libvips 8.18)"},
    {0}};

static const struct option jxl_table[] = {{.name = "effort",
                                           OPT_INT(struct encode_options, jxl.effort),
                                           .def = "5",
                                           .min = 1,
                                           .max = 9,
                                           .help = "7 is libjxl's own default"},
                                          {0}};

static const struct option gif_table[] = {
    {.name = "colours",
     OPT_INT(struct encode_options, gif.colours),
     .def = "256",
     .min = 2,
     .max = 256,
     .help = "at most so many in a palette, rounded down to a power of two"},
    {.name = "dither",
     OPT_NUMBER(struct encode_options, gif.dither),
     .def = "1",
     .min = 0,
     .max = 1,
     .help = "how much of the palette's error goes to the neighbours"},
    {.name = "effort",
     OPT_INT(struct encode_options, gif.effort),
     .def = "7",
     .min = 1,
     .max = 10,
     .help = "of finding the palettes"},
    {0}};

const struct option encode_table[] = {
    {.name = "format",
     OPT_FORMATS(struct encode_options, format),
     .names = format_names,
     .help = "a format, or a list: the first that can hold the image (alpha, frames, size)"},
    {.name = "quality",
     OPT_QUALITY(struct encode_options, quality),
     .def = "high",
     .help = "a level, an object with a level or number per format, or a number for one format"},
    {.name = "min-quality",
     OPT_QUALITY(struct encode_options, min_quality),
     .help = "how low max-bytes may go; low when not given"},
    {.name = "max-bytes",
     OPT_BYTES(struct encode_options, max_bytes),
     .help = "the highest quality up to 'quality' that fits is taken"},
    {.name = "jpeg", OPT_GROUP(jpeg_table), .help = "for JPEG"},
    {.name = "png", OPT_GROUP(png_table), .help = "for PNG"},
    {.name = "webp", OPT_GROUP(webp_table), .help = "for WebP"},
    {.name = "avif", OPT_GROUP(avif_table), .help = "for AVIF"},
    {.name = "jxl", OPT_GROUP(jxl_table), .help = "for JPEG XL"},
    {.name = "gif", OPT_GROUP(gif_table), .help = "for GIF"},
    {0}};
