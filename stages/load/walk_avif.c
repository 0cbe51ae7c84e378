/* SPDX-License-Identifier: MIT
 * AVIF's boxes (ISO/IEC 23008-12, AV1 Image File Format 1.1). Only single coded images pass, with
 * an alpha image at most: derived items (grids, overlays, masks, tone maps) and sequences are where
 * libheif's memory errors were. The facts are of what the decoder gives: cropped, turned, mirrored.
 */
#include "av1.h"
#include "walk.h"

#define MAX_PROPERTIES 256
#define MAX_ALPHA 8
#define MAX_IMAGES 64

struct box {
    char type[5];
    struct span body;
};

struct avif {
    struct walk *walk;
    struct span properties[MAX_PROPERTIES]; /* of ipco, each a whole box body; [0] is the first */
    char types[MAX_PROPERTIES][5];
    size_t property_count;
    uint32_t primary;              /* item */
    uint32_t exif, xmp;            /* items; 0: none */
    uint32_t auxiliary[MAX_ALPHA]; /* items that are auxiliary to the primary one */
    size_t auxiliary_count;
    struct span idat;
    uint32_t images[MAX_IMAGES]; /* items that are AV1 images */
    size_t image_count;
    bool primary_coded; /* the primary item is one of them */
};

/* The next box from *at on; a box that goes on behind the end is cut there. */
static bool next_box(struct span span, size_t *at, struct box *out)
{
    if (!bytes_inside(span, *at, 8)) {
        return false;
    }
    const uint8_t *bytes = span.bytes + *at;
    uint64_t size = bytes_be32(bytes);
    size_t head = 8;
    if (size == 1) {
        if (!bytes_inside(span, *at, 16)) {
            return false;
        }
        size = (uint64_t)bytes_be32(bytes + 8) << 32 | bytes_be32(bytes + 12);
        head = 16;
    } else if (size == 0) {
        size = span.size - *at;
    }
    if (size < head) {
        return false;
    }
    size_t left = span.size - *at;
    size_t whole = size < left ? (size_t)size : left;
    memcpy(out->type, bytes + 4, 4);
    out->type[4] = 0;
    out->body = bytes_part(span, *at + head, whole - head);
    *at += whole;
    return true;
}

static bool is(const struct box *box, const char *type)
{
    return memcmp(box->type, type, 4) == 0;
}

/* A number of `size` bytes (0, 2, 4 or 8) at *at; false when it is not there. */
static bool read_number(struct span span, size_t *at, size_t size, uint64_t *out)
{
    if (!bytes_inside(span, *at, size)) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < size; i++) {
        *out = *out << 8 | span.bytes[*at + i];
    }
    *at += size;
    return true;
}

static enum status unsafe(const char *type, struct error *error)
{
    return error_set(error, STATUS_UNSUPPORTED,
                     "holds an AVIF image of derived items ('%.4s'), which is not read", type);
}

/* infe (version 2, 3): item, protection, type, name, content type. */
static enum status take_item(struct avif *avif, struct span body, struct error *error)
{
    size_t at = 4;
    uint64_t item, protection;
    unsigned version = body.size ? body.bytes[0] : 0;
    if (version < 2 || !read_number(body, &at, version == 2 ? 2 : 4, &item) ||
        !read_number(body, &at, 2, &protection) || !bytes_inside(body, at, 4)) {
        return walk_damaged(avif->walk, error, "its item list is wrong");
    }
    static const char derived[][5] = {"grid", "iovl", "iden", "mski", "tmap", "unci", "hvc1"};
    const uint8_t *type = body.bytes + at;
    for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++) {
        if (memcmp(type, derived[i], 4) == 0) {
            return unsafe(derived[i], error);
        }
    }
    if (memcmp(type, "Exif", 4) == 0 && avif->exif == 0) {
        avif->exif = (uint32_t)item;
    } else if (memcmp(type, "mime", 4) == 0 && avif->xmp == 0) {
        struct span rest = bytes_part(body, at + 4, body.size);
        if (memmem(rest.bytes, rest.size, "application/rdf+xml", 19)) {
            avif->xmp = (uint32_t)item;
        }
    } else if (memcmp(type, "av01", 4) == 0) {
        if (avif->image_count == MAX_IMAGES) {
            return error_set(error, STATUS_REFUSED, "has more than %d AVIF images", MAX_IMAGES);
        }
        avif->images[avif->image_count++] = (uint32_t)item;
        avif->primary_coded = avif->primary_coded || item == avif->primary;
    }
    return STATUS_OK;
}

static enum status take_items(struct avif *avif, struct span body, struct error *error)
{
    size_t at = body.size && body.bytes[0] == 0 ? 6 : 8;
    struct box box;
    while (next_box(body, &at, &box)) {
        if (is(&box, "infe") && take_item(avif, box.body, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

/* iref: boxes "from item, count, to items"; an auxl one names the image that it belongs to. */
static void take_references(struct avif *avif, struct span body)
{
    size_t width = body.size && body.bytes[0] == 0 ? 2 : 4;
    size_t at = 4;
    struct box box;
    while (next_box(body, &at, &box)) {
        size_t place = 0;
        uint64_t from, count, to;
        if (!is(&box, "auxl") || !read_number(box.body, &place, width, &from) ||
            !read_number(box.body, &place, 2, &count)) {
            continue;
        }
        while (count-- > 0 && read_number(box.body, &place, width, &to)) {
            if (to == avif->primary && avif->auxiliary_count < MAX_ALPHA) {
                avif->auxiliary[avif->auxiliary_count++] = (uint32_t)from;
            }
        }
    }
}

static enum status take_properties(struct avif *avif, struct span body, struct error *error)
{
    struct walk *walk = avif->walk;
    struct container *container = &walk->source->container;
    size_t at = 0;
    struct box box;
    while (next_box(body, &at, &box)) {
        if (avif->property_count == MAX_PROPERTIES) {
            return error_set(error, STATUS_REFUSED, "has more than %d AVIF properties",
                             MAX_PROPERTIES);
        }
        memcpy(avif->types[avif->property_count], box.type, 5);
        avif->properties[avif->property_count++] = box.body;
        /* a hidden item is decoded as well: each size must be within the limits */
        if (is(&box, "ispe") && box.body.size >= 12) {
            uint32_t width = bytes_be32(box.body.bytes + 4),
                     height = bytes_be32(box.body.bytes + 8);
            container->width = width > INT32_MAX ? INT32_MAX : (int)width;
            container->height = height > INT32_MAX ? INT32_MAX : (int)height;
            if (walk_size(walk, error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    container->width = container->height = 0;
    return STATUS_OK;
}

/* Clean aperture: the decoder crops to it. Width and height are fractions. */
static enum status take_aperture(struct avif *avif, struct span body, struct error *error)
{
    struct container *container = &avif->walk->source->container;
    uint32_t numbers[4];
    for (size_t i = 0; i < 4; i++) {
        numbers[i] = body.size >= 32 ? bytes_be32(body.bytes + i * 4) : 0;
    }
    if (numbers[1] == 0 || numbers[3] == 0 || numbers[0] % numbers[1] || numbers[2] % numbers[3] ||
        numbers[0] / numbers[1] > (uint32_t)container->width ||
        numbers[2] / numbers[3] > (uint32_t)container->height) {
        return walk_damaged(avif->walk, error, "its clean aperture is not of whole pixels inside");
    }
    container->width = (int)(numbers[0] / numbers[1]);
    container->height = (int)(numbers[2] / numbers[3]);
    return STATUS_OK;
}

static enum status take_property(struct avif *avif, size_t index, struct error *error)
{
    struct walk *walk = avif->walk;
    struct container *container = &walk->source->container;
    const char *type = avif->types[index];
    struct span body = avif->properties[index];
    if (memcmp(type, "ispe", 4) == 0 && body.size >= 12) {
        container->width = (int)bytes_be32(body.bytes + 4);
        container->height = (int)bytes_be32(body.bytes + 8);
    } else if (memcmp(type, "av1C", 4) == 0 && body.size >= 4) {
        walk->bits = body.bytes[2] & 0x40 ? 16 : 8;
    } else if (memcmp(type, "irot", 4) == 0 && body.size >= 1 && (body.bytes[0] & 1)) {
        int width = container->width;
        container->width = container->height;
        container->height = width;
    } else if (memcmp(type, "clap", 4) == 0) {
        return take_aperture(avif, body, error);
    } else if (memcmp(type, "colr", 4) == 0 && body.size > 4 && !container->icc.bytes &&
               (memcmp(body.bytes, "prof", 4) == 0 || memcmp(body.bytes, "rICC", 4) == 0)) {
        container->icc = bytes_part(body, 4, body.size);
        return walk_icc(walk, container->icc.size, error);
    }
    return STATUS_OK;
}

static bool is_among(const uint32_t *items, size_t count, uint64_t item)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i] == item) {
            return true;
        }
    }
    return false;
}

static void take_auxiliary(struct avif *avif, size_t index)
{
    static const char urn[] = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    static const char old[] = "urn:mpeg:hevc:2015:auxid:1";
    struct span name = bytes_part(avif->properties[index], 4, sizeof urn);
    if (memcmp(avif->types[index], "auxC", 4) == 0 &&
        (bytes_start(name, urn, sizeof urn - 1) || bytes_start(name, old, sizeof old - 1))) {
        avif->walk->alpha = true;
    }
}

/* ipma: for each item the numbers of its properties, from 1, the highest bit set when essential. */
static enum status take_associations(struct avif *avif, struct span body, struct error *error)
{
    uint64_t count, item, number, index;
    size_t at = 4;
    if (body.size < 8) {
        return STATUS_OK;
    }
    size_t item_width = body.bytes[0] < 1 ? 2 : 4;
    size_t width = body.bytes[3] & 1 ? 2 : 1;
    read_number(body, &at, 4, &count);
    while (count-- > 0 && read_number(body, &at, item_width, &item) &&
           read_number(body, &at, 1, &number)) {
        while (number-- > 0 && read_number(body, &at, width, &index)) {
            index &= width == 2 ? 0x7fff : 0x7f;
            if (index == 0 || index > avif->property_count) {
                continue;
            }
            if (is_among(avif->auxiliary, avif->auxiliary_count, item)) {
                take_auxiliary(avif, (size_t)index - 1);
            }
            if (item == avif->primary &&
                take_property(avif, (size_t)index - 1, error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    return STATUS_OK;
}

/* Where an item's bytes are: its only extent, in the file (method 0) or in idat (method 1). */
struct extent {
    uint64_t method, offset, size, count;
};

struct location { /* widths of iloc's numbers, bytes */
    unsigned version;
    size_t offset, size, base, index;
};

static bool read_extent(struct span body, const struct location *location, size_t *at,
                        uint64_t *item, struct extent *out)
{
    uint64_t skipped, base, offset, size;
    *out = (struct extent){0};
    if (!read_number(body, at, location->version < 2 ? 2 : 4, item) ||
        !read_number(body, at, location->version > 0 ? 2 : 0, &out->method) ||
        !read_number(body, at, 2, &skipped) || !read_number(body, at, location->base, &base) ||
        !read_number(body, at, 2, &out->count)) {
        return false;
    }
    for (uint64_t i = 0; i < out->count; i++) {
        if (!read_number(body, at, location->index, &skipped) ||
            !read_number(body, at, location->offset, &offset) ||
            !read_number(body, at, location->size, &size)) {
            return false;
        }
        out->offset = base + offset;
        out->size = size;
    }
    return true;
}

static struct span extent_span(const struct avif *avif, const struct extent *extent)
{
    struct span space = (extent->method & 15) == 1 ? avif->idat : avif->walk->span;
    if (extent->count != 1 || (extent->method & 15) > 1 || extent->offset > space.size ||
        extent->size > space.size - extent->offset) {
        return (struct span){0};
    }
    return bytes_part(space, (size_t)extent->offset, (size_t)extent->size);
}

/* Exif items begin with the offset of the TIFF header behind these four bytes. */
static enum status take_metadata(struct avif *avif, uint64_t item, struct span span,
                                 struct error *error)
{
    struct container *container = &avif->walk->source->container;
    if (item == avif->exif && span.size > 4) {
        container->exif = bytes_part(span, (size_t)bytes_be32(span.bytes) + 4, span.size);
    } else if (item == avif->xmp) {
        container->xmp = span;
    } else {
        return STATUS_OK;
    }
    return walk_metadata(avif->walk, span.size, error);
}

/* The stream itself tells how much room its decoder makes; a hidden image is decoded as well. */
static enum status check_stream(struct avif *avif, struct span stream, struct error *error)
{
    struct walk *walk = avif->walk;
    struct container *container = &walk->source->container;
    const struct container kept = *container;
    uint32_t width, height;
    if (!av1_size(stream, &width, &height)) {
        return walk_damaged(walk, error, "an AV1 image in it has no header");
    }
    container->width = (int)width;
    container->height = (int)height;
    enum status status = walk_size(walk, error);
    container->width = kept.width;
    container->height = kept.height;
    return status;
}

static enum status take_extent(struct avif *avif, uint64_t item, const struct extent *extent,
                               struct error *error)
{
    if (!is_among(avif->images, avif->image_count, item)) {
        return take_metadata(avif, item, extent_span(avif, extent), error);
    }
    if (extent->count != 1) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "holds an AVIF image in %u pieces, which is not read",
                         (unsigned)extent->count);
    }
    return check_stream(avif, extent_span(avif, extent), error);
}

static enum status take_locations(struct avif *avif, struct span body, struct error *error)
{
    if (body.size < 8) {
        return STATUS_OK;
    }
    unsigned sizes = bytes_be16(body.bytes + 4);
    struct location location = {body.bytes[0], sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15,
                                body.bytes[0] > 0 ? sizes & 15 : 0};
    size_t at = 6;
    uint64_t count, item;
    struct extent extent;
    if (!read_number(body, &at, location.version < 2 ? 2 : 4, &count)) {
        return STATUS_OK;
    }
    while (count-- > 0 && read_extent(body, &location, &at, &item, &extent)) {
        if (item != 0 && take_extent(avif, item, &extent, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

/* The first box of that type inside `span`. */
static struct span find(struct span span, size_t at, const char *type)
{
    struct box box;
    while (next_box(span, &at, &box)) {
        if (is(&box, type)) {
            return box.body;
        }
    }
    return (struct span){0};
}

static enum status take_meta(struct avif *avif, struct span meta, struct error *error)
{
    struct span primary = find(meta, 4, "pitm");
    struct span properties = find(meta, 4, "iprp");
    size_t at = 4;
    uint64_t item = 0;
    if (!read_number(primary, &at, primary.size && primary.bytes[0] ? 4 : 2, &item) || item == 0) {
        return walk_damaged(avif->walk, error, "it names no primary item");
    }
    avif->primary = (uint32_t)item;
    avif->idat = find(meta, 4, "idat");
    if (take_items(avif, find(meta, 4, "iinf"), error) != STATUS_OK) {
        return error->status;
    }
    if (!avif->primary_coded) {
        return walk_damaged(avif->walk, error, "its primary item is no AV1 image");
    }
    take_references(avif, find(meta, 4, "iref"));
    if (take_properties(avif, find(properties, 0, "ipco"), error) != STATUS_OK) {
        return error->status;
    }
    struct box box;
    for (at = 0; next_box(properties, &at, &box);) {
        if (is(&box, "ipma") && take_associations(avif, box.body, error) != STATUS_OK) {
            return error->status;
        }
    }
    return take_locations(avif, find(meta, 4, "iloc"), error);
}

enum status walk_avif(struct walk *walk, struct error *error)
{
    struct avif avif = {.walk = walk};
    struct span meta = {0};
    struct box box;
    walk->model = MODEL_RGB;
    walk->bits = 8;
    walk->bands = 3;
    for (size_t at = 0; next_box(walk->span, &at, &box);) {
        if (is(&box, "moov")) {
            return error_set(error, STATUS_UNSUPPORTED,
                             "holds an AVIF image sequence; only still AVIF images are read");
        }
        if (is(&box, "meta")) {
            if (meta.bytes) {
                return walk_damaged(walk, error, "it has two descriptions");
            }
            meta = box.body;
        } else if (is(&box, "uuid") && bytes_start(box.body, "\xd8\xfe\xc3\xd6", 4)) {
            walk->source->container.c2pa = true;
        }
    }
    if (take_meta(&avif, meta, error) != STATUS_OK) {
        return error->status;
    }
    walk->bands = walk->alpha ? 4 : 3;
    return walk_size(walk, error);
}
