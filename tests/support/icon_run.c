/* SPDX-License-Identifier: MIT
 * See icon_run.h. */
#include "icon_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "images.h"
#include "json.h"

enum { SIDE = 1024 };

static char *folder;
static struct arena *arena;

const char *icon_run_folder(void)
{
    return folder;
}

/* ---- The icon -------------------------------------------------------------------------------- */

/* A disc that touches all four sides, blue to violet, with a white bar across. */
static uint8_t disc(int x, int y, int band)
{
    const double across = x + 0.5 - SIDE / 2.0, down = y + 0.5 - SIDE / 2.0;
    const double alpha = fmin(1, fmax(0, SIDE / 2.0 + 0.5 - hypot(across, down)));
    if (band == 3) {
        return (uint8_t)(alpha * 255 + 0.5);
    }
    const bool bar = abs(y - SIDE / 2) < 90;
    return bar ? 255 : band == 0 ? (uint8_t)(x / 8) : band == 1 ? 40 : 200;
}

/* An even colour, opaque within a centred square of half the side. */
static uint8_t square_red(int x, int y, int band)
{
    const bool in = abs(x - 128) < 64 && abs(y - 128) < 64;
    return band == 0 || (band == 3 && in) ? 255 : 0;
}

static uint8_t all_green(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 1 ? 200 : band == 3 ? 255 : 0;
}

static void draw(const char *name, int side, int bands, uint8_t (*sample)(int, int, int))
{
    VipsImage *image = image_drawn(side, side, bands, sample);
    struct buffer bytes = {0};
    image_encode(image, ".png", &bytes);
    FILE *file = fopen(scratch_path(folder, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
    image_release(&image);
}

static void run(const char *source, const char *presets, const char *out, const char *input,
                const char *second)
{
    struct program program = {.folder = folder};
    const char *arguments[16] = {"render", source, "-p", presets, "-o", out};
    size_t count = 6;
    if (input) {
        arguments[count++] = "--input";
        arguments[count++] = input;
    }
    if (second) {
        arguments[count++] = "--input";
        arguments[count++] = second;
    }
    program_call(&program, arguments);
    if (program.code != 0) {
        fail_msg("%d: %s", program.code, program.error);
    }
    program_end(&program);
}

void icon_run_again(const char *presets, const char *out, const char *input, const char *second)
{
    run("icon.png", presets, out, input, second);
}

void icon_run_of(const char *source, const char *presets, const char *out)
{
    run(source, presets, out, NULL, NULL);
}

void icon_run_start(const char *const *presets)
{
    struct buffer list = {0};
    struct error error = {0};
    arena = arena_new();
    folder = scratch_make();
    assert_int_equal(image_library_start(&error), STATUS_OK);
    draw("icon.png", SIDE, 4, disc);
    draw("square.png", 256, 4, square_red);
    draw("green.png", 300, 4, all_green);
    scratch_write(folder, "vector.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
    for (size_t i = 0; presets[i]; i++) {
        buffer_format(&list, "%s%s", i ? "," : "", presets[i]);
    }
    icon_run_again(buffer_string(&list), "out/${preset}", NULL, NULL);
    buffer_free(&list);
}

void icon_run_end(void)
{
    scratch_remove(folder);
    arena_free(arena);
}

/* ---- What was made --------------------------------------------------------------------------- */

/* Bytes of a file of the run, in the arena. */
const char *icon_bytes(const char *path, size_t *size)
{
    struct buffer bytes = {0};
    char chunk[4096];
    FILE *file = fopen(scratch_path(folder, path), "rb");
    if (!file) {
        fail_msg("'%s' is not there", path);
    }
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        buffer_bytes(&bytes, chunk, got);
    }
    fclose(file);
    const char *kept = arena_slice(arena, buffer_string(&bytes), bytes.size);
    *size = bytes.size;
    buffer_free(&bytes);
    return kept;
}

bool ends_in(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

struct decoded icon_decoded(const char *path)
{
    struct decoded decoded;
    size_t size;
    const char *bytes = icon_bytes(path, &size);
    if (!(ends_in(path, ".png") ? decode_png(bytes, size, &decoded)
                                : decode_webp(bytes, size, &decoded))) {
        fail_msg("'%s' is no whole image", path);
    }
    return decoded;
}

const struct value *icon_json(const char *path)
{
    const struct value *value = NULL;
    struct error error = {0};
    size_t size;
    const char *bytes = icon_bytes(path, &size);
    if (json_parse(arena, bytes, size, &value, &error) != STATUS_OK) {
        fail_msg("%s: %s", path, error.message);
    }
    return value;
}

const char *json_text(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    return value ? value->text : "-";
}

struct extent icon_extent(const struct decoded *decoded)
{
    struct extent extent = {decoded->width, decoded->height, 0, 0};
    for (int y = 0; y < decoded->height; y++) {
        for (int x = 0; x < decoded->width; x++) {
            const size_t at = (size_t)(y * decoded->width + x + 1) * (size_t)decoded->bands - 1;
            if (decoded->bytes[at] > 0) {
                extent.left = x < extent.left ? x : extent.left;
                extent.top = y < extent.top ? y : extent.top;
                extent.right = x + 1 > extent.right ? x + 1 : extent.right;
                extent.bottom = y + 1 > extent.bottom ? y + 1 : extent.bottom;
            }
        }
    }
    return extent;
}

/* Pixel of 8 bits; band -1: alpha. */
int icon_pixel(const struct decoded *decoded, int x, int y, int band)
{
    const size_t at = (size_t)(y * decoded->width + x) * (size_t)decoded->bands;
    return decoded->bytes[at + (size_t)(band < 0 ? decoded->bands - 1 : band)];
}
