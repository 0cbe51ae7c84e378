/* SPDX-License-Identifier: MIT
 * The stage `pack`: members joined to an ICO (Windows, favicon) or an ICNS (macOS), nearly all of
 * them PNG. What a PNG is, the encoder knows. */
#include <string.h>

#include "encode/encode.h"
#include "memory.h"
#include "stage.h"
#include "unpack.h"

struct pack_options {
    struct formats format; /* one */
    int density;
};

static const char *const format_names[] = {"ico", "icns", NULL};

static const struct option pack_options[] = {
    {.name = "format",
     OPT_FORMATS(struct pack_options, format),
     .names = format_names,
     .help = "the joint file: ico or icns"},
    {.name = "density",
     OPT_INT(struct pack_options, density),
     .def = "1",
     .min = 1,
     .max = 2,
     .help = "icns: 2 for a member of twice its nominal size"},
    {0}};

/* OSType of a member by its side and density. PNG since OS X 10.7; but as PNG the two smallest are
 * not shown right in an application's bundle, so they are packed runs of colour beside a mask,
 * which every reader knows (https://en.wikipedia.org/wiki/Apple_Icon_Image_format). */
static const struct icns_type {
    int side, density;
    char type[5], mask[5]; /* a mask: packed runs */
} icns_types[] = {{16, 1, "is32", "s8mk"}, {32, 1, "il32", "l8mk"}, {64, 1, "icp6", ""},
                  {128, 1, "ic07", ""},    {256, 1, "ic08", ""},    {512, 1, "ic09", ""},
                  {32, 2, "ic11", ""},     {64, 2, "ic12", ""},     {256, 2, "ic13", ""},
                  {512, 2, "ic14", ""},    {1024, 2, "ic10", ""}};

enum { ICO_SIDE_MAX = 256, ICO_HEAD = 6, ICO_ENTRY = 16, ICNS_HEAD = 8 };

static const struct icns_type *icns_type(int side, int density)
{
    for (size_t i = 0; i < sizeof icns_types / sizeof *icns_types; i++) {
        if (icns_types[i].side == side && icns_types[i].density == density) {
            return &icns_types[i];
        }
    }
    return NULL;
}

static bool is_ico(const struct pack_options *options)
{
    return options->format.list[0] == FORMAT_ICO;
}

static enum status pack_check(const void *data, struct error *error)
{
    const struct pack_options *options = data;
    if (options->format.count != 1) {
        return error_set(error, STATUS_USAGE, "'format' is missing, must be ico or icns");
    }
    if (is_ico(options) && options->density != 1) {
        return error_set(error, STATUS_USAGE, "'density' is %d: an ico has none", options->density);
    }
    return STATUS_OK;
}

static enum status pack_plan(const void *data, const struct plan_context *context,
                             const struct facts *in, struct facts *out, struct choice *choice,
                             struct error *error)
{
    const struct pack_options *options = data;
    if (is_ico(options) && (in->width > ICO_SIDE_MAX || in->height > ICO_SIDE_MAX)) {
        return error_set(error, STATUS_REFUSED,
                         "a member of %dx%d is too large for ico: at most %d px", in->width,
                         in->height, ICO_SIDE_MAX);
    }
    if (!is_ico(options) &&
        (in->width != in->height || icns_type(in->width, options->density) == NULL)) {
        return error_set(error, STATUS_REFUSED,
                         "icns has no member of %dx%d at density %d: allowed are 16, 32, 64, 128, "
                         "256 and 512 px at 1, and 32, 64, 256, 512 and 1024 px at 2",
                         in->width, in->height, options->density);
    }
    if (in->frames > 1) {
        choice->warning = arena_format(context->arena, "%s holds one frame: the first of %d",
                                       format_info(options->format.list[0])->name, in->frames);
        out->frames = 1;
    }
    out->format = options->format.list[0];
    choice->format = out->format;
    choice->quality = QUALITY_LOSSLESS;
    choice->detail = format_info(options->format.list[0])->name;
    choice->cost = codec_png.cost(&(struct encode_options){0}, QUALITY_LOSSLESS) * in->width *
                   in->height / 1e6;
    return STATUS_OK;
}

static void pack_identity(const void *options, const struct choice *choice, struct buffer *out)
{
    (void)options;
    (void)choice;
    codec_png.version(&(struct encode_options){0}, out);
}

/* Icon readers want 32 bits of colour, whatever PNG allows: grey and opaque images are widened. */
static uint8_t *widen(const struct pixels *pixels)
{
    size_t stride;
    void *owned;
    const uint8_t *rows = pixels_rgb(pixels, 0, &stride, &owned);
    uint8_t *rgba = rows ? memory_alloc((size_t)pixels->width * (size_t)pixels->height * 4) : NULL;
    const int bands = pixels->bands % 2 == 0 ? 4 : 3;
    for (int y = 0; rgba && y < pixels->height; y++) {
        const uint8_t *in = rows + (size_t)y * stride;
        uint8_t *out = rgba + (size_t)y * (size_t)pixels->width * 4;
        for (int x = 0; x < pixels->width; x++, in += bands, out += 4) {
            memcpy(out, in, 3);
            out[3] = bands == 4 ? in[3] : 255;
        }
    }
    memory_free(owned);
    return rgba;
}

static enum status encode_png(const struct step *step, const struct flow *flow, const uint8_t *rgba,
                              struct buffer *out, struct error *error)
{
    static const struct encode_options options = {.png = {.compression = 9}};
    static const struct attachments nothing;
    const struct pixels wide = {.bytes = rgba,
                                .stride = (size_t)step->out.width * 4,
                                .width = step->out.width,
                                .height = step->out.height,
                                .frames = 1,
                                .bands = 4,
                                .depth = 1};
    const struct encode_job job = {.options = &options,
                                   .pixels = &wide,
                                   .attachments = &nothing,
                                   .flow = flow,
                                   .format = FORMAT_PNG,
                                   .quality = QUALITY_LOSSLESS};
    return codec_png.encode(&job, out, error);
}

static void put_big(struct buffer *out, size_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_char(out, (char)(value >> shift & 0xff));
    }
}

static void put_element(struct buffer *out, const char *type, const struct buffer *bytes)
{
    buffer_bytes(out, type, 4);
    put_big(out, ICNS_HEAD + bytes->size);
    buffer_bytes(out, bytes->data, bytes->size);
}

/* A byte n below 128: n + 1 bytes as they are follow; above: the next byte n - 125 times. */
static void put_runs(struct buffer *out, const uint8_t *rgba, int channel, int count)
{
    enum { LITERAL_MAX = 128, RUN_MIN = 3, RUN_MAX = 130 };
    const uint8_t *at = rgba + channel;
    for (int i = 0; i < count;) {
        int run = 1, literal = 0;
        while (i + run < count && run < RUN_MAX && at[4 * (i + run)] == at[4 * i]) {
            run++;
        }
        if (run >= RUN_MIN) {
            buffer_char(out, (char)(run + 125));
            buffer_char(out, (char)at[4 * i]);
            i += run;
            continue;
        }
        while (i + literal < count && literal < LITERAL_MAX &&
               !(i + literal + 2 < count && at[4 * (i + literal)] == at[4 * (i + literal + 1)] &&
                 at[4 * (i + literal)] == at[4 * (i + literal + 2)])) {
            literal++;
        }
        buffer_char(out, (char)(literal - 1));
        for (int j = 0; j < literal; j++) {
            buffer_char(out, (char)at[4 * (i + j)]);
        }
        i += literal;
    }
}

/* Whole elements: one of PNG, or packed colour and its mask. */
static enum status encode_icns(const struct step *step, const struct flow *flow,
                               const uint8_t *rgba, struct buffer *out, struct error *error)
{
    const struct pack_options *options = step->options;
    const struct icns_type *type = icns_type(step->out.width, options->density);
    const int count = step->out.width * step->out.height;
    struct buffer bytes = {0}, mask = {0};
    enum status status = STATUS_OK;
    if (*type->mask) {
        for (int channel = 0; channel < 3; channel++) {
            put_runs(&bytes, rgba, channel, count);
        }
        for (int i = 0; i < count; i++) {
            buffer_char(&mask, (char)rgba[4 * i + 3]);
        }
    } else {
        status = encode_png(step, flow, rgba, &bytes, error);
    }
    put_element(out, type->type, &bytes);
    if (*type->mask) {
        put_element(out, type->mask, &mask);
    }
    if (status == STATUS_OK && (buffer_failed(&bytes) || buffer_failed(&mask))) {
        status = error_memory(error);
    }
    buffer_free(&mask);
    buffer_free(&bytes);
    return status;
}

static enum status pack_encode(const struct step *step, const struct flow *flow, VipsImage *in,
                               struct buffer *out, struct error *error)
{
    struct pixels pixels = {0};
    enum status status = pixels_take(in, 1, &pixels, error);
    if (status != STATUS_OK) {
        return status;
    }
    uint8_t *rgba = widen(&pixels);
    if (rgba == NULL) {
        status = error_memory(error);
    } else if (is_ico(step->options)) {
        status = encode_png(step, flow, rgba, out, error);
    } else {
        status = encode_icns(step, flow, rgba, out, error);
    }
    if (status == STATUS_OK && flow->quality_used) {
        *flow->quality_used = step->choice.quality;
    }
    memory_free(rgba);
    pixels_release(&pixels);
    return status;
}

/* ---- The containers ----------------------------------------------------------------------- */

static void put_little(struct buffer *out, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buffer_char(out, (char)(value >> (8 * i) & 0xff));
    }
}

/* A side of 256 is written as 0. */
static void write_ico(const struct step *const *steps, const struct buffer *members, size_t count,
                      struct buffer *out)
{
    size_t at = ICO_HEAD + count * ICO_ENTRY;
    put_little(out, 0, 2);
    put_little(out, 1, 2);
    put_little(out, count, 2);
    for (size_t i = 0; i < count; i++) {
        put_little(out, (size_t)steps[i]->out.width & 0xff, 1);
        put_little(out, (size_t)steps[i]->out.height & 0xff, 1);
        put_little(out, 0, 2);  /* no palette */
        put_little(out, 1, 2);  /* planes */
        put_little(out, 32, 2); /* bits of a pixel */
        put_little(out, members[i].size, 4);
        put_little(out, at, 4);
        at += members[i].size;
    }
    for (size_t i = 0; i < count; i++) {
        buffer_bytes(out, members[i].data, members[i].size);
    }
}

static void write_icns(const struct buffer *members, size_t count, struct buffer *out)
{
    size_t total = ICNS_HEAD;
    for (size_t i = 0; i < count; i++) {
        total += members[i].size;
    }
    buffer_bytes(out, "icns", 4);
    put_big(out, total);
    for (size_t i = 0; i < count; i++) {
        buffer_bytes(out, members[i].data, members[i].size);
    }
}

static enum status pack_pack(const struct step *const *steps, const struct buffer *members,
                             size_t count, struct buffer *out, struct error *error)
{
    const struct pack_options *first = steps[0]->options;
    for (size_t i = 0; i < count; i++) {
        const struct pack_options *options = steps[i]->options;
        for (size_t j = 0; j < i; j++) {
            const struct pack_options *other = steps[j]->options;
            if (steps[i]->out.width == steps[j]->out.width && other->density == options->density) {
                return error_set(error, STATUS_USAGE, "two members of %d px in one %s",
                                 steps[i]->out.width, format_info(first->format.list[0])->name);
            }
        }
        if (is_ico(options) != is_ico(first)) {
            return error_set(error, STATUS_USAGE, "members of ico and of icns have one path");
        }
    }
    if (is_ico(first)) {
        write_ico(steps, members, count, out);
    } else {
        write_icns(members, count, out);
    }
    return buffer_failed(out) ? error_memory(error) : STATUS_OK;
}

/* ---- Back again ----------------------------------------------------------------------------- */

bool icns_side(const uint8_t *type, int *side, int *density)
{
    static const struct icns_type others[] = {{16, 1, "icp4", ""}, {32, 1, "icp5", ""}};
    for (size_t i = 0; i < sizeof icns_types / sizeof *icns_types; i++) {
        const bool own = memcmp(icns_types[i].type, type, 4) == 0;
        const bool other = i < 2 && memcmp(others[i].type, type, 4) == 0;
        if (own || other) {
            *side = icns_types[i].side;
            *density = icns_types[i].density;
            return true;
        }
    }
    return false;
}

static void member_words(struct buffer *out, int side, int density)
{
    buffer_format(out, density > 1 ? "%s%d@%dx" : "%s%d", out->size ? ", " : "", side / density,
                  density);
}

/* More members than asked for do no harm: a system takes the one that fits. */
static enum status pack_unpack(const struct step *const *steps, size_t count, const void *bytes,
                               size_t size, struct buffer *wrong, struct buffer *allowed,
                               struct error *error)
{
    struct unpacked unpacked;
    bool whole = true;
    if (unpack_read((struct span){bytes, size}, &unpacked, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < unpacked.count; i++) {
        member_words(wrong, unpacked.members[i].width, unpacked.members[i].density);
    }
    for (size_t i = 0; i < count; i++) {
        const struct pack_options *options = steps[i]->options;
        const struct facts *facts = &steps[i]->out;
        bool there = false;
        for (size_t j = 0; j < unpacked.count && !there; j++) {
            const struct unpacked_member *member = &unpacked.members[j];
            there = member->width == facts->width && member->height == facts->height &&
                    member->density == options->density;
        }
        whole = whole && there;
        member_words(allowed, facts->width, options->density);
    }
    return whole ? STATUS_OK : error_set(error, STATUS_CHECK, "members are missing");
}

const struct stage stage_pack = {
    .name = "pack",
    .summary = "join members in an icon file",
    .kind = STAGE_PACK,
    .version = 2,
    .wants = WANTS_UPRIGHT | WANTS_RGB | WANTS_8BIT,
    .whole_strip = true,
    .options = pack_options,
    .options_size = sizeof(struct pack_options),
    .check = pack_check,
    .plan = pack_plan,
    .identity = pack_identity,
    .encode = pack_encode,
    .pack = pack_pack,
    .unpack = pack_unpack,
};
