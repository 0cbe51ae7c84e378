/* SPDX-License-Identifier: MIT
 * The table of image formats. */
#include "format.h"

#include <string.h>
#include <strings.h>

/* Sides: JPEG's limit is libjpeg's JPEG_MAX_DIMENSION, WebP's its 14-bit fields, AVIF's libvips'.
 */
static const struct format_info formats[FORMAT_COUNT] = {
    [FORMAT_NONE] = {.name = "none", .extension = "", .mime = "application/octet-stream"},
    [FORMAT_JPEG] = {.name = "jpeg",
                     .extension = "jpg",
                     .mime = "image/jpeg",
                     .max_side = 65500,
                     .levels = true},
    [FORMAT_PNG] = {.name = "png",
                    .extension = "png",
                    .mime = "image/png",
                    .max_side = 65500,
                    .alpha = true,
                    .lossless = true},
    [FORMAT_WEBP] = {.name = "webp",
                     .extension = "webp",
                     .mime = "image/webp",
                     .max_side = 16383,
                     .alpha = true,
                     .frames = true,
                     .levels = true},
    [FORMAT_GIF] = {.name = "gif",
                    .extension = "gif",
                    .mime = "image/gif",
                    .max_side = 65500,
                    .alpha = true,
                    .frames = true,
                    .lossless = true},
    [FORMAT_AVIF] = {.name = "avif",
                     .extension = "avif",
                     .mime = "image/avif",
                     .max_side = 16384,
                     .alpha = true,
                     .levels = true},
    [FORMAT_JXL] = {.name = "jxl",
                    .extension = "jxl",
                    .mime = "image/jxl",
                    .max_side = 65500,
                    .alpha = true,
                    .levels = true},
    [FORMAT_ICO] = {.name = "ico",
                    .extension = "ico",
                    .mime = "image/x-icon",
                    .max_side = 256,
                    .alpha = true,
                    .lossless = true},
    [FORMAT_ICNS] = {.name = "icns",
                     .extension = "icns",
                     .mime = "image/icns",
                     .max_side = 1024,
                     .alpha = true,
                     .lossless = true},
    [FORMAT_SVG] = {.name = "svg",
                    .extension = "svg",
                    .mime = "image/svg+xml",
                    .alpha = true,
                    .lossless = true},
};

const struct format_info *format_info(enum format format)
{
    return &formats[(unsigned)format < FORMAT_COUNT ? format : FORMAT_NONE];
}

enum format format_by_name(const char *name)
{
    for (int format = FORMAT_NONE + 1; format < FORMAT_COUNT; format++) {
        if (strcmp(formats[format].name, name) == 0) {
            return (enum format)format;
        }
    }
    return strcmp(name, "jpg") == 0 ? FORMAT_JPEG : FORMAT_NONE;
}

enum format format_by_extension(const char *extension)
{
    for (int format = FORMAT_NONE + 1; format < FORMAT_COUNT; format++) {
        if (strcasecmp(formats[format].extension, extension) == 0) {
            return (enum format)format;
        }
    }
    return strcasecmp(extension, "jpeg") == 0 ? FORMAT_JPEG : FORMAT_NONE;
}
