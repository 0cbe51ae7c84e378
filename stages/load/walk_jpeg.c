/* SPDX-License-Identifier: MIT
 * JPEG's markers up to the end of the image (ITU-T T.81, annex B). Like libjpeg it passes over what
 * stands between markers; what follows the end (further images, videos) is not looked at. */
#include "walk.h"

#include "memory.h"

#define EXIF_ID "Exif\0"
#define XMP_ID "http://ns.adobe.com/xap/1.0/"
#define ICC_ID "ICC_PROFILE"
#define PHOTOSHOP_ID "Photoshop 3.0"
#define RESOURCE_IPTC 0x0404

struct jpeg {
    struct walk *walk;
    bool frame;              /* the frame header was seen */
    struct span pieces[256]; /* of the ICC profile, by their number 1..255 */
    unsigned piece_count;    /* as the pieces say; 0: none yet */
    size_t icc_size;
    bool icc_damaged;
};

static enum status take_frame(struct jpeg *jpeg, unsigned marker, struct span body,
                              struct error *error)
{
    struct walk *walk = jpeg->walk;
    struct container *container = &walk->source->container;
    if (jpeg->frame) {
        return walk_damaged(walk, error, "it has two frame headers");
    }
    if (body.size < 6) {
        return walk_damaged(walk, error, "its frame header has %zu bytes", body.size);
    }
    jpeg->frame = true;
    container->height = (int)bytes_be16(body.bytes + 1);
    container->width = (int)bytes_be16(body.bytes + 3);
    container->progressive = marker == 0xc2 || marker == 0xca;
    walk->bands = body.bytes[5];
    walk->model = walk->bands == 1 ? MODEL_GREY : walk->bands == 4 ? MODEL_CMYK : MODEL_RGB;
    if (walk_size(walk, error) != STATUS_OK) {
        return error->status;
    }
    if (marker != 0xc0 && marker != 0xc1 && marker != 0xc2 && marker != 0xc9 && marker != 0xca) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "holds a lossless or hierarchical JPEG image (SOF%u), which is not read",
                         marker - 0xc0);
    }
    if (body.bytes[0] != 8) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "holds a JPEG image of %u bits per sample; only 8 are read",
                         body.bytes[0]);
    }
    if (walk->bands != 1 && walk->bands != 3 && walk->bands != 4) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "holds a JPEG image of %d components; only 1, 3 and 4 are read",
                         walk->bands);
    }
    return STATUS_OK;
}

/* Every block is disarmed; the first one counts, as for other readers. */
static enum status take_exif(struct walk *walk, struct span body, struct error *error)
{
    if (!walk->source->container.exif.bytes && body.size > 6) {
        walk->source->container.exif = bytes_part(body, 6, body.size);
    }
    size_t at = (size_t)(body.bytes - walk->span.bytes);
    return walk_disarm(walk, at, "x", 1, error);
}

static enum status take_icc(struct jpeg *jpeg, struct span body, struct error *error)
{
    struct span piece = bytes_part(body, sizeof ICC_ID + 2, body.size);
    unsigned number = body.size > sizeof ICC_ID + 1 ? body.bytes[sizeof ICC_ID] : 0;
    unsigned count = body.size > sizeof ICC_ID + 1 ? body.bytes[sizeof ICC_ID + 1] : 0;
    if (number == 0 || number > count || (jpeg->piece_count && count != jpeg->piece_count) ||
        jpeg->pieces[number].bytes || piece.size == 0) {
        jpeg->icc_damaged = true;
        return STATUS_OK;
    }
    jpeg->piece_count = count;
    jpeg->pieces[number] = piece;
    jpeg->icc_size += piece.size;
    return walk_icc(jpeg->walk, jpeg->icc_size, error);
}

/* Photoshop's image resources: "8BIM", id, a name padded to an even size, size, data, padded too.
 */
static void take_photoshop(struct walk *walk, struct span body)
{
    size_t at = sizeof PHOTOSHOP_ID;
    while (bytes_inside(body, at, 7) && memcmp(body.bytes + at, "8BIM", 4) == 0) {
        unsigned id = bytes_be16(body.bytes + at + 4);
        at += 6 + (((size_t)body.bytes[at + 6] + 2) & ~(size_t)1);
        if (!bytes_inside(body, at, 4)) {
            return;
        }
        size_t size = bytes_be32(body.bytes + at);
        at += 4;
        if (!bytes_inside(body, at, size)) {
            return;
        }
        if (id == RESOURCE_IPTC && !walk->source->container.iptc.bytes) {
            walk->source->container.iptc = bytes_part(body, at, size);
        }
        at += size + (size & 1);
    }
}

static enum status take_application(struct jpeg *jpeg, unsigned marker, struct span body,
                                    struct error *error)
{
    struct walk *walk = jpeg->walk;
    struct container *container = &walk->source->container;
    if (marker == 0xe2 && bytes_start(body, ICC_ID, sizeof ICC_ID)) {
        return take_icc(jpeg, body, error);
    }
    if (walk_metadata(walk, body.size, error) != STATUS_OK) {
        return error->status;
    }
    /* libvips asks for the four letters only */
    if (marker == 0xe1 && bytes_start(body, EXIF_ID, 4)) {
        return take_exif(walk, body, error);
    }
    if (marker == 0xe1 && bytes_start(body, XMP_ID, sizeof XMP_ID) && !container->xmp.bytes) {
        container->xmp = bytes_part(body, sizeof XMP_ID, body.size);
    } else if (marker == 0xed && bytes_start(body, PHOTOSHOP_ID, sizeof PHOTOSHOP_ID)) {
        take_photoshop(walk, body);
    } else if (marker == 0xeb && bytes_start(body, "JP", 2)) {
        struct span head = bytes_part(body, 0, 64);
        container->c2pa = container->c2pa || memmem(head.bytes, head.size, "c2pa", 4) != NULL;
    }
    return STATUS_OK;
}

/* The next marker's place behind entropy-coded data: stuffed and restart markers belong to it. */
static size_t skip_scan(struct span span, size_t at)
{
    while (at < span.size) {
        const uint8_t *found = memchr(span.bytes + at, 0xff, span.size - at);
        if (!found) {
            break;
        }
        at = (size_t)(found - span.bytes);
        if (at + 1 >= span.size) {
            break;
        }
        uint8_t next = span.bytes[at + 1];
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
            return at;
        }
        at += next == 0xff ? 1 : 2;
    }
    return span.size;
}

static enum status take_segment(struct jpeg *jpeg, unsigned marker, struct span body,
                                struct error *error)
{
    struct walk *walk = jpeg->walk;
    struct container *container = &walk->source->container;
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        return take_frame(jpeg, marker, body, error);
    }
    if (marker == 0xda && !jpeg->frame) {
        return walk_damaged(walk, error, "a scan comes before the frame header");
    }
    if (marker == 0xda && ++container->scans > walk->limits->jpeg_scans) {
        return error_set(error, STATUS_REFUSED,
                         "has more than %lld JPEG scans, the limit (--limit jpeg-scans)",
                         (long long)walk->limits->jpeg_scans);
    }
    if (marker == 0xfe) {
        return walk_metadata(walk, body.size, error);
    }
    if (marker >= 0xe0 && marker <= 0xef) {
        return take_application(jpeg, marker, body, error);
    }
    return STATUS_OK;
}

static enum status take_markers(struct jpeg *jpeg, struct error *error)
{
    struct walk *walk = jpeg->walk;
    struct span span = walk->span;
    size_t at = 2;
    while (at < span.size) {
        const uint8_t *found = memchr(span.bytes + at, 0xff, span.size - at);
        at = found ? (size_t)(found - span.bytes) : span.size;
        while (at < span.size && span.bytes[at] == 0xff) {
            at++;
        }
        if (at >= span.size || span.bytes[at] == 0xd9) {
            return STATUS_OK;
        }
        unsigned marker = span.bytes[at++];
        if (marker == 0xd8) {
            return walk_damaged(walk, error, "it has two beginnings");
        }
        if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
            continue;
        }
        size_t size = bytes_inside(span, at, 2) ? bytes_be16(span.bytes + at) : 0;
        if (size < 2 || !bytes_inside(span, at, size)) {
            return STATUS_OK;
        }
        if (take_segment(jpeg, marker, bytes_part(span, at + 2, size - 2), error) != STATUS_OK) {
            return error->status;
        }
        at = marker == 0xda ? skip_scan(span, at + size) : at + size;
    }
    return STATUS_OK;
}

static enum status join_icc(struct jpeg *jpeg, struct error *error)
{
    struct container *container = &jpeg->walk->source->container;
    for (unsigned i = 1; i <= jpeg->piece_count; i++) {
        jpeg->icc_damaged = jpeg->icc_damaged || !jpeg->pieces[i].bytes;
    }
    container->icc_damaged = jpeg->icc_damaged;
    if (jpeg->piece_count <= 1 || jpeg->icc_damaged) {
        container->icc = jpeg->icc_damaged ? (struct span){0} : jpeg->pieces[1];
        return STATUS_OK;
    }
    uint8_t *icc = memory_alloc(jpeg->icc_size);
    if (!icc || !source_own(jpeg->walk->source, icc)) {
        return error_memory(error);
    }
    size_t at = 0;
    for (unsigned i = 1; i <= jpeg->piece_count; i++) {
        memcpy(icc + at, jpeg->pieces[i].bytes, jpeg->pieces[i].size);
        at += jpeg->pieces[i].size;
    }
    container->icc = (struct span){icc, at};
    return STATUS_OK;
}

enum status walk_jpeg(struct walk *walk, struct error *error)
{
    struct jpeg jpeg = {.walk = walk};
    walk->bits = 8;
    if (take_markers(&jpeg, error) != STATUS_OK) {
        return error->status;
    }
    if (!jpeg.frame) {
        return walk_damaged(walk, error, "it ends before its frame header");
    }
    return join_icc(&jpeg, error);
}
