/* SPDX-License-Identifier: MIT
 * Draws the pictures of `./dev demo`: landscapes that compress like photographs (JPEG) and graphics
 * with alpha (PNG), at different aspect ratios, the same on every machine. Each picture is one
 * function of a point; rows are written as they are drawn. Knows nothing of picset. */
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

enum { WIDEST = 2560 }; /* px, of a row */

struct colour {
    double red, green, blue, alpha; /* 0..1, not premultiplied */
};

/* x and y run 0..1 over the shorter side, from the top left; right and bottom are where they end.
 */
typedef struct colour draw(double x, double y, double right, double bottom);

static struct colour mix(struct colour a, struct colour b, double share)
{
    return (struct colour){a.red + (b.red - a.red) * share, a.green + (b.green - a.green) * share,
                           a.blue + (b.blue - a.blue) * share,
                           a.alpha + (b.alpha - a.alpha) * share};
}

static double clamp(double value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

static double smooth(double from, double to, double value)
{
    double t = clamp((value - from) / (to - from));
    return t * t * (3 - 2 * t);
}

/* Value noise on a lattice, 0..1. */
static double lattice(int x, int y)
{
    uint32_t hash = (uint32_t)x * 0x9e3779b1u ^ (uint32_t)y * 0x85ebca77u;
    hash = (hash ^ hash >> 15) * 0x2c1b3c6du;
    hash = (hash ^ hash >> 12) * 0x297a2d39u;
    return (hash ^ hash >> 15) / 4294967295.0;
}

static double noise(double x, double y)
{
    int left = (int)floor(x), top = (int)floor(y);
    double across = smooth(0, 1, x - left), down = smooth(0, 1, y - top);
    double upper = lattice(left, top) + (lattice(left + 1, top) - lattice(left, top)) * across;
    double lower =
        lattice(left, top + 1) + (lattice(left + 1, top + 1) - lattice(left, top + 1)) * across;
    return upper + (lower - upper) * down;
}

/* Octaves of noise: clouds, rock, foliage. 0..1, mostly near the middle. */
static double texture(double x, double y, int octaves)
{
    double sum = 0, weight = 0.5, total = 0;
    for (int octave = 0; octave < octaves; octave++) {
        sum += weight * noise(x, y);
        total += weight;
        weight *= 0.55;
        x = x * 2.03 + 17.1;
        y = y * 2.03 + 9.2;
    }
    return sum / total;
}

static struct colour sky(double x, double y, double sun_x, double sun_y)
{
    static const struct colour high = {0.10, 0.16, 0.36, 1}, low = {0.98, 0.62, 0.38, 1},
                               glow = {1, 0.90, 0.66, 1}, cloud = {0.86, 0.45, 0.45, 1};
    struct colour colour = mix(high, low, smooth(0, 0.62, y));
    double clouds = texture(x * 2.2, y * 7, 6);
    colour = mix(colour, cloud, 0.55 * smooth(0.48, 0.75, clouds));
    double distance = hypot(x - sun_x, (y - sun_y) * 1.2);
    return mix(colour, glow, exp(-distance * distance * 14) * 0.95);
}

static struct colour lighthouse(double x, double y, double right, double bottom)
{
    static const struct colour sea = {0.07, 0.16, 0.27, 1}, foam = {0.95, 0.70, 0.52, 1},
                               rock = {0.09, 0.08, 0.10, 1}, stone = {0.24, 0.19, 0.18, 1},
                               white = {0.93, 0.88, 0.82, 1}, red = {0.70, 0.14, 0.12, 1},
                               lamp = {1, 0.96, 0.70, 1};
    double sun_x = right * 0.28, horizon = bottom * 0.64, tower = right * 0.72;
    struct colour colour = sky(x, y, sun_x, horizon - 0.06);
    if (y > horizon) {
        double depth = (y - horizon) / (bottom - horizon);
        double waves = texture(x * 16 / (0.2 + depth), 90 * sqrt(depth), 5);
        colour = mix(sea, sky(x, 2 * horizon - y, sun_x, horizon - 0.06), 0.35 + 0.3 * waves);
        double path = exp(-pow((x - sun_x) / (0.05 + 0.3 * depth), 2));
        colour = mix(colour, foam, path * smooth(0.5, 0.7, waves) * 0.9);
    }
    double shore =
        horizon + 0.10 - 0.22 * exp(-pow((x - tower) / 0.36, 2)) + 0.07 * texture(x * 9, 3, 5);
    if (y > shore) {
        double grain = texture(x * 40, y * 40, 5);
        colour = mix(rock, stone, smooth(0.3, 0.8, grain) * smooth(0.16, 0, y - shore));
    }
    double top = 0.17, base = horizon - 0.03, along = (y - top) / (base - top);
    double half = 0.030 + 0.022 * along, across = (x - tower) / half;
    if (along > 0 && along < 1 && fabs(across) < 1) {
        struct colour band = fmod(along * 5, 2) < 1 ? white : red;
        colour = mix(band, rock, 0.65 * smooth(-0.9, 1, across) + 0.1 * noise(x * 300, y * 300));
    }
    double beam = fabs((y - top + 0.03) / (0.02 + fabs(x - tower)) - 0.06);
    double light = 0.45 * smooth(0.10, 0, beam) * exp(-fabs(x - tower) * 1.6);
    light += exp(-pow(hypot(x - tower, y - top + 0.03) / 0.045, 2));
    return mix(colour, lamp, clamp(light));
}

static struct colour mountains(double x, double y, double right, double bottom)
{
    static const struct colour far_ridge = {0.62, 0.70, 0.82, 1},
                               near_ridge = {0.05, 0.14, 0.13, 1}, snow = {0.95, 0.96, 1, 1},
                               mist = {0.90, 0.88, 0.90, 1};
    for (int ridge = 5; ridge >= 0; ridge--) { /* the nearest one hides the others */
        double place = ridge / 5.0, coarse = 1.6 + ridge * 0.9;
        double crest = bottom * (0.30 + 0.11 * ridge) +
                       (0.42 - 0.05 * ridge) * (0.5 - texture(x * coarse + ridge * 31, ridge, 9));
        if (y < crest) {
            continue;
        }
        double below = y - crest, grain = texture(x * 30 + ridge, y * 42, 6);
        struct colour colour = mix(far_ridge, near_ridge, smooth(0, 1, place));
        colour =
            mix(colour, mist,
                0.30 * smooth(0.45, 0.8, grain) + 0.5 * smooth(0.05, 0.4, below) * (1 - place));
        if (ridge < 2) {
            double cover = texture(x * 14, y * 9, 5) - below * 2.4;
            colour = mix(colour, snow, smooth(0.28, 0.45, cover));
        } else {
            colour = mix(colour, near_ridge, 0.6 * smooth(0.4, 0.7, texture(x * 90, y * 60, 4)));
        }
        return colour;
    }
    return sky(x, y * 0.8, right * 0.7, bottom * 0.2);
}

static struct colour lanterns(double x, double y, double right, double bottom)
{
    static const struct colour night = {0.04, 0.03, 0.09, 1}, dusk = {0.20, 0.09, 0.22, 1};
    static const struct colour lights[] = {
        {1, 0.72, 0.32, 1}, {1, 0.42, 0.30, 1}, {0.52, 0.78, 1, 1}, {0.98, 0.88, 0.60, 1}};
    struct colour colour = mix(night, dusk, smooth(0, bottom, y) * texture(x * 3, y * 3, 4) * 1.5);
    for (int i = 0; i < 70; i++) {
        double at_x = lattice(i, 1) * right, at_y = bottom * (0.1 + 0.85 * lattice(i, 2));
        if (fabs(x - at_x) > 0.14 || fabs(y - at_y) > 0.14) {
            continue; /* beyond the halo of the largest one */
        }
        double radius = 0.012 + 0.07 * pow(lattice(i, 3), 2);
        double distance = hypot(x - at_x, y - at_y) / radius;
        if (distance < 1.6) {
            double disc = smooth(1.06, 0.94, distance) * (0.5 + 0.3 * smooth(0.6, 1, distance));
            double halo = 0.12 * smooth(1.6, 0.9, distance);
            colour = mix(colour, lights[i % 4], (disc + halo) * (0.35 + 0.65 * lattice(i, 4)));
        }
    }
    double grain = noise(x * 1600, y * 1600) - 0.5;
    return mix(colour, (struct colour){1, 1, 1, 1}, clamp(0.03 + 0.05 * grain));
}

/* Distance to a rectangle with round corners: negative inside. */
static double rounded(double x, double y, double half_width, double half_height, double radius)
{
    double dx = fabs(x) - half_width + radius, dy = fabs(y) - half_height + radius;
    return hypot(fmax(dx, 0), fmax(dy, 0)) + fmin(fmax(dx, dy), 0) - radius;
}

static struct colour over(struct colour below, struct colour above, double coverage)
{
    double share = above.alpha * coverage, alpha = share + below.alpha * (1 - share);
    if (alpha <= 0) {
        return below;
    }
    struct colour colour = mix(below, above, share / alpha);
    colour.alpha = alpha;
    return colour;
}

/* Three nested frames: one image, many sizes. */
static struct colour frames(double x, double y, double size)
{
    static const struct colour shadow = {0.02, 0.03, 0.10, 0.45}, paper = {1, 1, 1, 0.95};
    static const struct colour fills[] = {
        {0.36, 0.30, 0.95, 1}, {0.13, 0.66, 0.82, 1}, {0.99, 0.69, 0.26, 1}};
    struct colour colour = {0, 0, 0, 0};
    for (int frame = 0; frame < 3; frame++) {
        double half = size * (0.46 - 0.14 * frame), shift = size * 0.13 * frame;
        double distance = rounded(x - shift, y - shift, half, half, half * 0.28) / size;
        colour = over(colour, shadow, smooth(0.05, -0.02, distance - 0.004));
        colour = over(colour, paper, smooth(0.0015, -0.0015, distance));
        double tone = smooth(-half, half, x + y - 2 * shift);
        struct colour fill = mix(fills[frame], (struct colour){1, 1, 1, 1}, 0.35 * (1 - tone));
        colour = over(colour, fill, smooth(0.0015, -0.0015, distance + 0.022));
    }
    return colour;
}

static struct colour icon(double x, double y, double right, double bottom)
{
    return frames(x - right * 0.44, y - bottom * 0.44, 0.86);
}

static struct colour banner(double x, double y, double right, double bottom)
{
    static const struct colour ink = {0.15, 0.16, 0.30, 1};
    struct colour colour = frames(x - 0.42, y - bottom * 0.42, 0.72);
    for (int line = 0; line < 3; line++) {
        double half = (right - 1.3) * (0.48 - 0.11 * line), middle = 1.1 + half;
        double bar = rounded(x - middle, y - 0.28 - 0.22 * line, half, 0.055, 0.055);
        colour = over(colour, ink, smooth(0.003, -0.003, bar) * (0.95 - 0.25 * line));
    }
    return colour;
}

static const struct picture {
    const char *name;
    draw *draw;
    int width, height; /* px */
    int channels;      /* 3: JPEG, 4: PNG with alpha */
} pictures[] = {
    {"lighthouse.jpg", lighthouse, 2560, 1440, 3}, {"mountains.jpg", mountains, 1200, 1800, 3},
    {"lanterns.jpg", lanterns, 1400, 1400, 3},     {"icon.png", icon, 1024, 1024, 4},
    {"banner.png", banner, 1500, 500, 4},
};

static void draw_row(const struct picture *picture, int row, uint8_t *out)
{
    double unit = picture->width < picture->height ? picture->width : picture->height;
    for (int column = 0; column < picture->width; column++) {
        struct colour colour = picture->draw((column + 0.5) / unit, (row + 0.5) / unit,
                                             picture->width / unit, picture->height / unit);
        const double values[] = {colour.red, colour.green, colour.blue, colour.alpha};
        for (int channel = 0; channel < picture->channels; channel++) {
            *out++ = (uint8_t)lround(clamp(values[channel]) * 255);
        }
    }
}

static void write_jpeg(const struct picture *picture, FILE *file)
{
    uint8_t row[WIDEST * 3];
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors); /* ends the program on an error: right for a generator */
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = (JDIMENSION)picture->width;
    jpeg.image_height = (JDIMENSION)picture->height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 93, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < picture->height; y++) {
        JSAMPROW rows[] = {row};
        draw_row(picture, y, row);
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
}

static bool write_png(const struct picture *picture, FILE *file)
{
    uint8_t row[WIDEST * 4];
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)picture->width, (png_uint_32)picture->height, 8,
                 PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < picture->height; y++) {
        draw_row(picture, y, row);
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return true;
}

static bool write_picture(const struct picture *picture, const char *folder)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, picture->name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "wb") : NULL;
    if (!file) {
        return false;
    }
    bool made = true;
    if (picture->channels == 3) {
        write_jpeg(picture, file);
    } else {
        made = write_png(picture, file);
    }
    return fclose(file) == 0 && made;
}

static bool wanted(const char *name, char **names)
{
    bool found = !*names;
    for (; *names && !found; names++) {
        found = strcmp(*names, name) == 0;
    }
    return found;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: demo_pictures FOLDER [NAME…]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        if (wanted(pictures[i].name, argv + 2) && !write_picture(&pictures[i], argv[1])) {
            fprintf(stderr, "demo_pictures: cannot write '%s' in '%s'\n", pictures[i].name,
                    argv[1]);
            return 1;
        }
    }
    return 0;
}
