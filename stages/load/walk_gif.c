/* SPDX-License-Identifier: MIT
 * GIF's blocks (GIF89a). Every step goes forward, so a file of empty blocks ends as any other. The
 * canvas is what libnsgif makes of it: see take_canvas. */
#include "walk.h"

struct gif {
    struct walk *walk;
    struct span span;
    size_t at;
    bool ended;
    int delay;  /* ms, of the graphic control block before the next image */
    bool clear; /* that block names a transparent colour */
};

static size_t table_size(unsigned flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Passes over data sub-blocks; the first one is given back. */
static struct span skip_blocks(struct gif *gif, size_t *total)
{
    struct span first = {0};
    while (gif->at < gif->span.size) {
        size_t size = gif->span.bytes[gif->at++];
        if (size == 0) {
            return first;
        }
        if (!bytes_inside(gif->span, gif->at, size)) {
            break;
        }
        first = first.bytes ? first : bytes_part(gif->span, gif->at, size);
        *total += size;
        gif->at += size;
    }
    gif->ended = true;
    return first;
}

static enum status take_application(struct gif *gif, struct error *error)
{
    struct container *container = &gif->walk->source->container;
    struct span name = {0};
    size_t total = 0;
    if (gif->at < gif->span.size) {
        size_t size = gif->span.bytes[gif->at];
        name = bytes_part(gif->span, gif->at + 1, size);
        gif->at += 1 + size;
    }
    struct span first = skip_blocks(gif, &total);
    bool loops = bytes_start(name, "NETSCAPE2.0", 11) || bytes_start(name, "ANIMEXTS1.0", 11);
    if (loops && first.size >= 3 && first.bytes[0] == 1) {
        /* the file counts repetitions, the container plays */
        unsigned repeats = bytes_le16(first.bytes + 1);
        container->loops = repeats ? (int)repeats + 1 : 0;
    }
    return walk_metadata(gif->walk, total, error);
}

static enum status take_extension(struct gif *gif, struct error *error)
{
    if (gif->at >= gif->span.size) {
        gif->ended = true;
        return STATUS_OK;
    }
    unsigned label = gif->span.bytes[gif->at++];
    if (label == 0xff) {
        return take_application(gif, error);
    }
    size_t total = 0;
    struct span first = skip_blocks(gif, &total);
    if (label == 0xf9 && first.size >= 4) {
        gif->clear = first.bytes[0] & 1;
        gif->delay = (int)bytes_le16(first.bytes + 1) * 10;
    }
    return walk_metadata(gif->walk, total, error);
}

/* libnsgif takes the canvas for unknown when it is empty, very large or the size of a screen of
 * old, and lets the first image grow it in any case. */
static void take_canvas(struct container *container, unsigned right, unsigned bottom)
{
    static const int screens[][2] = {{640, 480},  {640, 512},   {800, 600},
                                     {1024, 768}, {1280, 1024}, {1600, 1200}};
    bool unknown = container->width == 0 || container->height == 0 || container->width > 2048 ||
                   container->height > 2048;
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        unknown =
            unknown || (container->width == screens[i][0] && container->height == screens[i][1]);
    }
    if (unknown) {
        container->width = container->height = 1;
    }
    if (container->width < (int)right) {
        container->width = (int)right;
    }
    if (container->height < (int)bottom) {
        container->height = (int)bottom;
    }
}

static enum status take_image(struct gif *gif, struct error *error)
{
    struct walk *walk = gif->walk;
    struct container *container = &walk->source->container;
    if (!bytes_inside(gif->span, gif->at, 9)) {
        gif->ended = true;
        return STATUS_OK;
    }
    const uint8_t *bytes = gif->span.bytes + gif->at;
    unsigned right = bytes_le16(bytes) + bytes_le16(bytes + 4);
    unsigned bottom = bytes_le16(bytes + 2) + bytes_le16(bytes + 6);
    if (container->frames == 0) {
        container->delay = gif->delay;
        container->progressive = bytes[8] & 0x40;
        take_canvas(container, right, bottom);
    }
    container->frames++;
    walk->alpha = walk->alpha || gif->clear;
    gif->clear = false;
    if (walk_frames(walk, error) != STATUS_OK || walk_size(walk, error) != STATUS_OK) {
        return error->status;
    }
    gif->at += 9 + table_size(bytes[8]) + 1;
    size_t total = 0;
    skip_blocks(gif, &total);
    return STATUS_OK;
}

static enum status take_block(struct gif *gif, struct error *error)
{
    switch (gif->span.bytes[gif->at++]) {
    case 0x21:
        return take_extension(gif, error);
    case 0x2c:
        return take_image(gif, error);
    default: /* the end, or what no decoder goes on behind */
        gif->ended = true;
        return STATUS_OK;
    }
}

enum status walk_gif(struct walk *walk, struct error *error)
{
    struct gif gif = {.walk = walk, .span = walk->span};
    struct container *container = &walk->source->container;
    if (walk->span.size < 13) {
        return walk_damaged(walk, error, "it ends inside its header");
    }
    container->width = (int)bytes_le16(walk->span.bytes + 6);
    container->height = (int)bytes_le16(walk->span.bytes + 8);
    container->frames = 0;
    container->loops = 1;
    walk->model = MODEL_RGB;
    walk->bits = 8;
    walk->bands = 3;
    gif.at = 13 + table_size(walk->span.bytes[10]);
    while (!gif.ended && gif.at < gif.span.size) {
        if (take_block(&gif, error) != STATUS_OK) {
            return error->status;
        }
    }
    if (container->frames == 0) {
        return walk_damaged(walk, error, "it holds no image");
    }
    walk->bands = walk->alpha ? 4 : 3;
    return walk_size(walk, error);
}
