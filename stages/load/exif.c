/* SPDX-License-Identifier: MIT
 * EXIF's TIFF structure, read only. A directory is a count and entries of 12 bytes; a value of up
 * to four bytes stands in the entry, a longer one at an offset. (TIFF 6.0; EXIF 2.32, section 4.6)
 */
#include "exif.h"

#include "bytes.h"

#define TAG_ORIENTATION 0x0112
#define TAG_PHOTO 0x8769
#define TAG_GPS 0x8825
#define ENTRY_SIZE 12

static uint32_t read16(const struct exif *exif, size_t at)
{
    const uint8_t *bytes = exif->tiff.bytes + at;
    return exif->little ? bytes_le16(bytes) : bytes_be16(bytes);
}

static uint32_t read32(const struct exif *exif, size_t at)
{
    const uint8_t *bytes = exif->tiff.bytes + at;
    return exif->little ? bytes_le32(bytes) : bytes_be32(bytes);
}

bool exif_open(struct span span, struct exif *out)
{
    if (span.size < 8) {
        return false;
    }
    struct exif exif = {.tiff = span};
    if (memcmp(span.bytes, "II*\0", 4) == 0) {
        exif.little = true;
    } else if (memcmp(span.bytes, "MM\0*", 4) != 0) {
        return false;
    }
    exif.first = read32(&exif, 4);
    *out = exif;
    return true;
}

static bool directory(const struct exif *exif, uint32_t at, struct exif_cursor *out)
{
    if (at < 8 || !bytes_inside(exif->tiff, at, 2)) {
        return false;
    }
    size_t count = read16(exif, at);
    size_t room = (exif->tiff.size - at - 2) / ENTRY_SIZE;
    count = count < room ? count : room;
    *out = (struct exif_cursor){exif, (size_t)at + 2, (size_t)at + 2 + count * ENTRY_SIZE};
    return true;
}

static bool find(struct exif_cursor cursor, uint16_t tag, struct exif_entry *out)
{
    struct exif_entry entry;
    while (exif_next(&cursor, &entry)) {
        if (entry.tag == tag) {
            *out = entry;
            return true;
        }
    }
    return false;
}

bool exif_group(const struct exif *exif, enum exif_group group, struct exif_cursor *out)
{
    struct exif_cursor image;
    struct exif_entry pointer;
    if (!directory(exif, exif->first, &image)) {
        return false;
    }
    if (group == EXIF_IMAGE) {
        *out = image;
        return true;
    }
    return find(image, group == EXIF_PHOTO ? TAG_PHOTO : TAG_GPS, &pointer) &&
           directory(exif, exif_number(exif, &pointer, 0), out);
}

bool exif_next(struct exif_cursor *cursor, struct exif_entry *out)
{
    const struct exif *exif = cursor->exif;
    while (cursor->at < cursor->end) {
        size_t at = cursor->at;
        cursor->at += ENTRY_SIZE;
        struct exif_entry entry = {.tag = (uint16_t)read16(exif, at),
                                   .type = (uint16_t)read16(exif, at + 2),
                                   .count = read32(exif, at + 4)};
        uint64_t size = (uint64_t)entry.count * exif_type_size(entry.type);
        if (size == 0 || size > exif->tiff.size) {
            continue;
        }
        size_t place = size <= 4 ? at + 8 : read32(exif, at + 8);
        if (bytes_inside(exif->tiff, place, (size_t)size)) {
            entry.value = bytes_part(exif->tiff, place, (size_t)size);
            *out = entry;
            return true;
        }
    }
    return false;
}

bool exif_find(const struct exif *exif, enum exif_group group, uint16_t tag, struct exif_entry *out)
{
    struct exif_cursor cursor;
    return exif_group(exif, group, &cursor) && find(cursor, tag, out);
}

size_t exif_type_size(unsigned type)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    if (type == EXIF_UTF8) {
        return 1;
    }
    return type < sizeof sizes ? sizes[type] : 0;
}

uint32_t exif_number(const struct exif *exif, const struct exif_entry *entry, uint32_t i)
{
    if (i >= entry->count) {
        return 0;
    }
    size_t at = (size_t)(entry->value.bytes - exif->tiff.bytes);
    switch (entry->type) {
    case EXIF_BYTE:
        return entry->value.bytes[i];
    case EXIF_SHORT:
        return read16(exif, at + (size_t)i * 2);
    case EXIF_LONG:
        return read32(exif, at + (size_t)i * 4);
    default:
        return 0;
    }
}

int exif_orientation(struct span span)
{
    struct exif exif;
    struct exif_entry entry;
    if (!exif_open(span, &exif) || !exif_find(&exif, EXIF_IMAGE, TAG_ORIENTATION, &entry)) {
        return 1;
    }
    uint32_t orientation = exif_number(&exif, &entry, 0);
    return orientation >= 1 && orientation <= 8 ? (int)orientation : 1;
}
