/* SPDX-License-Identifier: MIT
 * Pictures and the way through a stage that writes. */
#include "encoding.h"

#include <math.h>
#include <string.h>
#include <vips/vips.h>

#include "json.h"
#include "memory.h"

static double sample_at(int x, int y, int band, int bands, int frame)
{
    const double u = x / 97.0, v = y / 71.0;
    if (bands % 2 == 0 && band == bands - 1) {
        return x % 64 < 8 ? 0 : x % 64 > 56 ? 1 : (x % 64) / 64.0;
    }
    const unsigned grain =
        ((unsigned)x * 2654435761u ^ (unsigned)y * 40503u ^ (unsigned)band * 97u) * 2246822519u;
    const double edge = (x / 48 + y / 40 + frame) % 2 ? 0.12 : 0;
    return 0.45 + 0.25 * sin(u * 3.1 + band + frame) * cos(v * 2.3) + 0.1 * sin(u * v * 9) + edge +
           ((grain >> 16 & 255) / 255.0 - 0.5) * 0.06;
}

static VipsImage *picture_make(int width, int height, int bands, int bits, int frames)
{
    const size_t count = (size_t)width * (size_t)height * (size_t)bands * (size_t)frames;
    const size_t size = count * (size_t)bits / 8;
    uint8_t *bytes = memory_alloc(size);
    uint16_t *words = (uint16_t *)(void *)bytes;
    for (size_t i = 0; i < count; i++) {
        const int band = (int)(i % (size_t)bands), x = (int)(i / (size_t)bands % (size_t)width);
        const int row = (int)(i / ((size_t)bands * (size_t)width));
        const double sample = sample_at(x, row % height, band, bands, row / height);
        const double limited = fmin(fmax(sample, 0), 1);
        if (bits == 16) {
            words[i] = (uint16_t)(limited * 65535 + 0.5);
        } else {
            bytes[i] = (uint8_t)(limited * 255 + 0.5);
        }
    }
    VipsImage *memory =
        vips_image_new_from_memory_copy(bytes, size, width, height * frames, bands,
                                        bits == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    memory_free(bytes);
    const bool grey = bands < 3;
    memory->Type = bits == 16 ? (grey ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16)
                              : (grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
    return memory;
}

VipsImage *picture_new(int width, int height, int bands, int bits)
{
    return picture_make(width, height, bands, bits, 1);
}

VipsImage *picture_frames(int width, int height, int bands, int frames)
{
    VipsImage *picture = picture_make(width, height, bands, 8, frames);
    int delay = 40;
    vips_image_set_int(picture, VIPS_META_PAGE_HEIGHT, height);
    vips_image_set_int(picture, VIPS_META_N_PAGES, frames);
    vips_image_set_array_int(picture, "delay", &delay, 1);
    return picture;
}

const uint8_t *picture_bytes(VipsImage *picture)
{
    return (const uint8_t *)VIPS_IMAGE_ADDR(picture, 0, 0);
}

static void settle(struct encoding *encoding, enum status status)
{
    encoding->status = status;
    if (status != STATUS_OK) {
        error_format(&encoding->error, encoding->message, sizeof encoding->message);
    }
}

void encoding_start(struct encoding *encoding, const struct stage *stage, const char *options)
{
    const struct value *value = NULL;
    memset(encoding, 0, sizeof *encoding);
    settle(encoding, image_library_start(&encoding->error));
    encoding->arena = arena_new();
    encoding->step.stage = stage;
    encoding->flow.source = &encoding->source;
    encoding->flow.quality_used = &encoding->quality;
    void *fields = arena_alloc(encoding->arena, encoding->step.stage->options_size + 1);
    const struct option *table = encoding->step.stage->options;
    encoding->step.options = fields;
    if (encoding->status == STATUS_OK) {
        settle(encoding, options_default(table, encoding->arena, fields, &encoding->error));
    }
    if (encoding->status == STATUS_OK && options) {
        settle(encoding,
               json_parse(encoding->arena, options, strlen(options), &value, &encoding->error));
    }
    if (encoding->status == STATUS_OK && value) {
        settle(encoding, options_parse(table, stage->name, value, NULL, encoding->arena, fields,
                                       &encoding->error));
    }
    if (encoding->status == STATUS_OK && encoding->step.stage->check) {
        settle(encoding, encoding->step.stage->check(fields, &encoding->error));
    }
}

void encoding_plan_facts(struct encoding *encoding, const struct facts *facts)
{
    const struct plan_context context = {.arena = encoding->arena, .source = &encoding->source};
    struct step *step = &encoding->step;
    if (encoding->status != STATUS_OK) {
        return;
    }
    step->in = *facts;
    step->out = *facts;
    step->choice = (struct choice){0};
    settle(encoding, step->stage->plan(step->options, &context, &step->in, &step->out,
                                       &step->choice, &encoding->error));
}

void encoding_plan(struct encoding *encoding, const VipsImage *picture)
{
    struct facts facts = encoding->step.in;
    facts.width = image_width(picture);
    facts.height = image_height(picture);
    facts.frames = image_frames(picture);
    facts.bands = picture->Bands;
    facts.alpha = picture->Bands % 2 == 0;
    facts.alpha_used = facts.alpha;
    facts.bits = picture->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    facts.orientation = 1;
    facts.space = picture->Bands < 3 ? SPACE_GREY : facts.space;
    encoding_plan_facts(encoding, &facts);
}

void encoding_run(struct encoding *encoding, VipsImage *picture)
{
    buffer_free(&encoding->bytes);
    if (encoding->status == STATUS_OK) {
        settle(encoding, encoding->step.stage->encode(&encoding->step, &encoding->flow, picture,
                                                      &encoding->bytes, &encoding->error));
    }
}

void encoding_end(struct encoding *encoding)
{
    buffer_free(&encoding->bytes);
    arena_free(encoding->arena);
    memset(encoding, 0, sizeof *encoding);
}

void encode_picture(struct encoding *encoding, const char *options, VipsImage *picture)
{
    encoding_start(encoding, &stage_encode, options);
    encoding_plan(encoding, picture);
    encoding_run(encoding, picture);
}
