/* SPDX-License-Identifier: MIT
 * WebP's RIFF chunks (RFC 9649). EXIF and XMP get an unknown name and lose their flags. */
#include "walk.h"

enum { FLAG_ANIMATION = 0x02, FLAG_XMP = 0x04, FLAG_EXIF = 0x08, FLAG_ALPHA = 0x10 };

#define CHUNK_HEAD 8
#define FRAME_HEAD 16 /* of ANMF, before the frame's own chunks */

struct webp {
    struct walk *walk;
    bool extended; /* has a VP8X chunk, which says what follows */
    bool image;    /* size known */
    unsigned flags;
};

static bool is(const uint8_t *name, const char *expected)
{
    return memcmp(name, expected, 4) == 0;
}

static enum status take_size(struct webp *webp, uint32_t width, uint32_t height, bool alpha,
                             struct error *error)
{
    struct walk *walk = webp->walk;
    struct container *container = &walk->source->container;
    if (webp->image && webp->extended) {
        bool fits = (uint32_t)container->width == width && (uint32_t)container->height == height;
        return fits ? STATUS_OK
                    : walk_damaged(walk, error, "its canvas is %dx%d, its image %ux%u",
                                   container->width, container->height, width, height);
    }
    webp->image = true;
    container->width = (int)width;
    container->height = (int)height;
    walk->alpha = alpha;
    walk->bands = alpha ? 4 : 3;
    return walk_size(walk, error);
}

/* RFC 6386, 9.1: frame tag, start code, two sizes of 14 bits. */
static enum status take_lossy(struct webp *webp, struct span body, struct error *error)
{
    if (body.size < 10 || memcmp(body.bytes + 3, "\x9d\x01\x2a", 3) != 0) {
        return walk_damaged(webp->walk, error, "its VP8 header is wrong");
    }
    return take_size(webp, bytes_le16(body.bytes + 6) & 0x3fff, bytes_le16(body.bytes + 8) & 0x3fff,
                     false, error);
}

/* RFC 9649, 3.4: signature, two sizes less one of 14 bits, alpha. */
static enum status take_lossless(struct webp *webp, struct span body, struct error *error)
{
    if (body.size < 5 || body.bytes[0] != 0x2f) {
        return walk_damaged(webp->walk, error, "its VP8L header is wrong");
    }
    uint32_t bits = bytes_le32(body.bytes + 1);
    return take_size(webp, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, bits >> 28 & 1, error);
}

static enum status take_extended(struct webp *webp, struct span body, struct error *error)
{
    struct walk *walk = webp->walk;
    if (body.size < 10 || webp->image) {
        return walk_damaged(walk, error, "its VP8X header is wrong");
    }
    webp->flags = body.bytes[0];
    uint8_t flags = (uint8_t)(webp->flags & ~(unsigned)(FLAG_EXIF | FLAG_XMP));
    size_t at = (size_t)(body.bytes - walk->span.bytes);
    if (flags != webp->flags && walk_disarm(walk, at, &flags, 1, error) != STATUS_OK) {
        return error->status;
    }
    if (take_size(webp, bytes_le24(body.bytes + 4) + 1, bytes_le24(body.bytes + 7) + 1,
                  webp->flags & FLAG_ALPHA, error) != STATUS_OK) {
        return error->status;
    }
    webp->extended = true;
    walk->source->container.frames = webp->flags & FLAG_ANIMATION ? 0 : 1;
    return STATUS_OK;
}

/* RFC 9649, 2.7.1.1: a chunk ALPH, or a lossless image that says so. */
static bool frame_alpha(struct span body)
{
    const uint8_t *chunk = body.bytes + FRAME_HEAD;
    bool lossless = bytes_inside(body, FRAME_HEAD, CHUNK_HEAD + 5) && is(chunk, "VP8L");
    return (bytes_inside(body, FRAME_HEAD, CHUNK_HEAD) && is(chunk, "ALPH")) ||
           (lossless && bytes_le32(chunk + CHUNK_HEAD + 1) >> 28 & 1);
}

/* What a frame leaves free of the canvas is transparent, whatever the header says: libvips decodes
 * such an animation with an alpha channel. */
static void frame_see(struct webp *webp, struct span body)
{
    const struct container *container = &webp->walk->source->container;
    bool whole = (int)bytes_le24(body.bytes + 6) + 1 == container->width &&
                 (int)bytes_le24(body.bytes + 9) + 1 == container->height;
    if (!whole || frame_alpha(body)) {
        webp->walk->alpha = true;
        webp->walk->bands = 4;
    }
}

static enum status take_frame(struct webp *webp, struct span body, struct error *error)
{
    struct container *container = &webp->walk->source->container;
    if (!(webp->flags & FLAG_ANIMATION) || body.size < FRAME_HEAD) {
        return walk_damaged(webp->walk, error, "it has a frame where none may be");
    }
    if (container->frames++ == 0) {
        container->delay = (int)bytes_le24(body.bytes + 12);
    }
    frame_see(webp, body);
    return walk_frames(webp->walk, error);
}

static enum status take_metadata(struct webp *webp, size_t at, struct span body,
                                 struct error *error)
{
    struct walk *walk = webp->walk;
    struct container *container = &walk->source->container;
    const uint8_t *name = walk->span.bytes + at;
    if (walk_metadata(walk, body.size, error) != STATUS_OK) {
        return error->status;
    }
    if (is(name, "C2PA")) {
        container->c2pa = true;
    } else if (is(name, "XMP ") && !container->xmp.bytes) {
        container->xmp = body;
    } else if (is(name, "EXIF") && !container->exif.bytes) {
        /* some writers keep JPEG's prefix */
        container->exif = bytes_start(body, "Exif\0\0", 6) ? bytes_part(body, 6, body.size) : body;
    }
    return walk_disarm(walk, at, "x", 1, error);
}

static enum status take_chunk(struct webp *webp, size_t at, struct span body, struct error *error)
{
    struct container *container = &webp->walk->source->container;
    const uint8_t *name = webp->walk->span.bytes + at;
    bool still = !(webp->flags & FLAG_ANIMATION);
    if (is(name, "VP8X")) {
        return take_extended(webp, body, error);
    }
    if (is(name, "VP8 ") && still) {
        return take_lossy(webp, body, error);
    }
    if (is(name, "VP8L") && still) {
        return take_lossless(webp, body, error);
    }
    if (is(name, "ANIM") && body.size >= 6) {
        container->loops = (int)bytes_le16(body.bytes + 4);
    } else if (is(name, "ANMF")) {
        return take_frame(webp, body, error);
    } else if (is(name, "ICCP") && !container->icc.bytes) {
        container->icc = body;
        return walk_icc(webp->walk, body.size, error);
    } else if (is(name, "EXIF") || is(name, "XMP ") || is(name, "C2PA")) {
        return take_metadata(webp, at, body, error);
    }
    return STATUS_OK;
}

enum status walk_webp(struct walk *walk, struct error *error)
{
    struct webp webp = {.walk = walk};
    struct container *container = &walk->source->container;
    size_t riff = bytes_le32(walk->span.bytes + 4);
    struct span span =
        bytes_part(walk->span, 0, riff < SIZE_MAX - CHUNK_HEAD ? riff + CHUNK_HEAD : riff);
    walk->model = MODEL_RGB;
    walk->bits = 8;
    size_t at = 12;
    while (bytes_inside(span, at, CHUNK_HEAD)) {
        size_t size = bytes_le32(span.bytes + at + 4);
        bool whole = bytes_inside(span, at + CHUNK_HEAD, size);
        if (take_chunk(&webp, at, bytes_part(span, at + CHUNK_HEAD, size), error) != STATUS_OK) {
            return error->status;
        }
        if (!whole) {
            break;
        }
        at += CHUNK_HEAD + size + (size & 1);
    }
    if (!webp.image || container->frames < 1) {
        return walk_damaged(walk, error, "it holds no image");
    }
    return walk_size(walk, error);
}
