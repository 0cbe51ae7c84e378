/* SPDX-License-Identifier: MIT
 * See options.h. */
#include "options.h"

#define EVERY(type_, field_) OPT_##type_(struct every, field_)

static const char *const fits[] = {"inside", "outside", "cover", "contain", "fill", NULL};
static const char *const keeps[] = {"icc", "copyright", "xmp", NULL};
static const char *const two_formats[] = {"ico", "icns", NULL};

static const struct option deep_options[] = {
    {.name = "deep", EVERY(BOOL, deep), .def = "true", .help = "whether"},
    {.name = "effort", EVERY(INT, deep_effort), .def = "4", .min = 0, .max = 9, .help = "how much"},
    {0},
};

const struct option every_options[] = {
    {.name = "flip", EVERY(BOOL, flip), .help = "mirror it"},
    {.name = "width",
     EVERY(INT, width),
     .def = "0",
     .max = 65500,
     .unit = "px",
     .help = "width of the box"},
    {.name = "count", EVERY(INT, count), .def = "-1", .help = "any number"},
    {.name = "cost", EVERY(INT64, cost), .def = "5", .help = "any long number"},
    {.name = "weight",
     EVERY(INT64, weight),
     .def = "1KiB",
     .min = 1,
     .max = 1e9,
     .unit = "bytes",
     .help = "size"},
    {.name = "opacity", EVERY(NUMBER, opacity), .def = "0.5", .max = 1, .help = "how much shows"},
    {.name = "free-number", EVERY(NUMBER, free_number), .unit = "s", .help = "any"},
    {.name = "name", EVERY(TEXT, name), .help = "no default"},
    {.name = "path", EVERY(TEXT, path), .def = "${name}.json", .help = "a template"},
    {.name = "tags", EVERY(TEXTS, tags), .def = "[\"a\", \"b,c\"]", .help = "words"},
    {.name = "fit", EVERY(ENUM, fit), .def = "cover", .names = fits, .help = "how"},
    {.name = "keep", EVERY(FLAGS, keep), .def = "icc,xmp", .names = keeps, .help = "what"},
    {.name = "box",
     EVERY(SIZE, box),
     .def = "640x",
     .min = 1,
     .max = 1000,
     .unit = "px",
     .help = "box"},
    {.name = "spot", EVERY(SIZE, spot), .help = "spot"},
    {.name = "scale", EVERY(RATIO, scale), .def = "1/4", .max = 2, .help = "scale"},
    {.name = "share", EVERY(RATIO, share), .help = "share"},
    {.name = "aspect", EVERY(ASPECT, aspect), .def = "16:9", .help = "aspect"},
    {.name = "max-bytes", EVERY(BYTES, max_bytes), .def = "150KB", .help = "limit"},
    {.name = "background", EVERY(COLOUR, background), .def = "#fffffe", .help = "colour"},
    {.name = "format", EVERY(FORMATS, format), .def = "jpeg,png", .help = "format"},
    {.name = "one-of-two", EVERY(FORMATS, one_of_two), .names = two_formats, .help = "joint file"},
    {.name = "quality", EVERY(QUALITY, quality), .def = "high", .help = "quality"},
    {.name = "pixels", EVERY(RANGE, pixels), .def = "600..", .help = "range"},
    {.name = "degrees",
     EVERY(RANGE, degrees),
     .min = -180,
     .max = 180,
     .unit = "°",
     .help = "angle"},
    {.name = "deep", OPT_GROUP(deep_options), .help = "more of it"},
    {0},
};
