/* SPDX-License-Identifier: MIT
 * For tests of the icon presets: a drawn icon, one run of the program over it, and what it has made
 * as decoders that are not ours see it. Paths are below the run's folder. */
#ifndef PICSET_TEST_ICON_RUN_H
#define PICSET_TEST_ICON_RUN_H

#include "decoding.h"
#include "program.h"
#include "scratch.h"
#include "value.h"

/* For a group's setup and teardown: draws icon.png (1024 px, a disc that touches all four sides,
 * white bar across), square.png (red, on transparent, half as wide as its 256 px), green.png
 * (opaque, though it has an alpha channel), vector.svg, and renders icon.png by these presets into
 * out/PRESET. */
void icon_run_start(const char *const *presets);
void icon_run_end(void);
const char *icon_run_folder(void);

/* Renders icon.png again; inputs are "dark=square.png", or NULL. */
void icon_run_again(const char *presets, const char *out, const char *input, const char *second);
/* Renders another of the drawn pictures. */
void icon_run_of(const char *source, const char *presets, const char *out);

/* All of these fail the test on what is not there or not whole. */
struct decoded icon_decoded(const char *path);
const char *icon_bytes(const char *path, size_t *size); /* in memory until the end; 0 after them */
const struct value *icon_json(const char *path);
const char *json_text(const struct value *object, const char *key); /* "-" when not there */

/* White from here on: the kernel of a resize overshoots a little beside an edge. */
enum { ICON_WHITE = 248 };

bool ends_in(const char *text, const char *end);
/* Pixel of 8 bits; band -1: alpha. */
int icon_pixel(const struct decoded *decoded, int x, int y, int band);

struct extent {
    int left, top, right, bottom; /* of what is not transparent; right and bottom are outside */
};
struct extent icon_extent(const struct decoded *decoded);

#endif
