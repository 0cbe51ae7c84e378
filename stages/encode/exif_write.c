/* SPDX-License-Identifier: MIT
 * TIFF directories out of untrusted bytes into fresh ones (TIFF 6.0 section 2, EXIF 2.32
 * section 4.6). Values are copied, never followed: the reader knows where the three directories
 * are. */
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "exif_write.h"
#include "load/exif.h"
#include "memory.h"

enum {
    TAG_ORIENTATION = 0x0112,
    TAG_ARTIST = 0x013b,
    TAG_COPYRIGHT = 0x8298,
    TAG_EXIF_IFD = 0x8769,
    TAG_GPS_IFD = 0x8825,
    ENTRY_SIZE = 12,
    ENTRIES_MAX = 512 /* of one directory: cameras write under 80 */
};

/* Offsets, and facts of the old file's pixels: meaningless or wrong in a rendition. */
static const uint16_t left_out[] =
    {
        0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0111, 0x0115, 0x0116,
        0x0117, 0x011c, 0x0142, 0x0143, 0x0144, 0x0145, 0x014a, 0x015b,
        0x0201, 0x0202, 0x0211, 0x0212, 0x0213, 0x0214, 0x02bc, /* XMP */
        0x83bb,                                                 /* IPTC */
        0x8649,                                                 /* Photoshop */
        0x8773,                                                 /* profile */
        0x927c,         /* maker note: holds offsets of its own */
        0xa002, 0xa003, /* pixel size */
        0xa005,         /* interoperability directory */
        0xc4a5,         /* print image matching */
        0xea1c,         /* padding */
};

struct directory {
    struct exif_entry entries[ENTRIES_MAX + 2]; /* room for two pointers */
    size_t count;
};

struct selection { /* the three directories of the new block */
    struct directory main, camera, place;
};

static void put_16(const struct exif *exif, uint8_t *at, unsigned value)
{
    at[exif->little ? 1 : 0] = (uint8_t)(value >> 8);
    at[exif->little ? 0 : 1] = (uint8_t)value;
}

static void put_32(const struct exif *exif, uint8_t *at, uint32_t value)
{
    put_16(exif, at + (exif->little ? 2 : 0), value >> 16);
    put_16(exif, at + (exif->little ? 0 : 2), value & 0xffff);
}

static void read_directory(const struct exif *exif, enum exif_group group,
                           struct directory *directory)
{
    struct exif_cursor cursor;
    if (!exif_group(exif, group, &cursor)) {
        return;
    }
    while (directory->count < ENTRIES_MAX &&
           exif_next(&cursor, &directory->entries[directory->count])) {
        directory->count++;
    }
}

static bool is_kept(const struct exif_entry *entry, unsigned keep)
{
    if (entry->tag == TAG_EXIF_IFD || entry->tag == TAG_GPS_IFD) {
        return false; /* written anew */
    }
    if ((entry->tag == TAG_ARTIST || entry->tag == TAG_COPYRIGHT) && keep & KEEP_COPYRIGHT) {
        return true;
    }
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (left_out[i] == entry->tag) {
            return false;
        }
    }
    return (keep & KEEP_EXIF) != 0;
}

static void filter_directory(struct directory *directory, unsigned keep)
{
    size_t count = 0;
    for (size_t i = 0; i < directory->count; i++) {
        if (is_kept(&directory->entries[i], keep)) {
            directory->entries[count++] = directory->entries[i];
        }
    }
    directory->count = count;
}

static int by_tag(const void *first, const void *second)
{
    return ((const struct exif_entry *)first)->tag - ((const struct exif_entry *)second)->tag;
}

static size_t directory_size(const struct directory *directory)
{
    size_t size = 2 + directory->count * ENTRY_SIZE + 4;
    for (size_t i = 0; i < directory->count; i++) {
        const size_t value = directory->entries[i].value.size;
        size += value > 4 ? value + (value & 1) : 0;
    }
    return size;
}

/* Entries may share bytes, so a small block could grow: whole entries go until it fits. */
static void shrink_directory(struct directory *directory, size_t limit)
{
    while (directory->count > 0 && directory_size(directory) > limit) {
        directory->count--;
    }
}

/* `at`: where the directory stands in the new block; its values follow it. */
static void write_directory(const struct exif *exif, struct directory *directory, size_t at,
                            struct buffer *out)
{
    uint8_t raw[ENTRY_SIZE];
    size_t value_at = at + 2 + directory->count * ENTRY_SIZE + 4;
    qsort(directory->entries, directory->count, sizeof *directory->entries, by_tag);
    put_16(exif, raw, (unsigned)directory->count);
    buffer_bytes(out, raw, 2);
    for (size_t i = 0; i < directory->count; i++) {
        const struct exif_entry *entry = &directory->entries[i];
        memset(raw, 0, sizeof raw);
        put_16(exif, raw, entry->tag);
        put_16(exif, raw + 2, entry->type);
        put_32(exif, raw + 4, entry->count);
        if (entry->tag == TAG_ORIENTATION && entry->type == EXIF_SHORT) {
            put_16(exif, raw + 8, 1);
        } else if (entry->value.size <= 4) {
            memcpy(raw + 8, entry->value.bytes, entry->value.size);
        } else {
            put_32(exif, raw + 8, (uint32_t)value_at);
            value_at += entry->value.size + (entry->value.size & 1);
        }
        buffer_bytes(out, raw, sizeof raw);
    }
    buffer_bytes(out, "\0\0\0\0", 4); /* no next directory: no thumbnail */
    for (size_t i = 0; i < directory->count; i++) {
        const struct exif_entry *entry = &directory->entries[i];
        if (entry->value.size > 4) {
            buffer_bytes(out, entry->value.bytes, entry->value.size);
            buffer_bytes(out, "\0", entry->value.size & 1);
        }
    }
}

/* An entry that names another directory; where that one stands is known once this one's size is. */
static void add_pointer(struct directory *directory, unsigned tag, const uint8_t value[4])
{
    directory->entries[directory->count++] = (struct exif_entry){
        .tag = (uint16_t)tag, .type = EXIF_LONG, .count = 1, .value = {value, 4}};
}

static void write_block(const struct exif *exif, struct selection *selection, struct buffer *out)
{
    struct directory *main = &selection->main, *camera = &selection->camera,
                     *place = &selection->place;
    const size_t third = (out->limit - 8 - 2 * ENTRY_SIZE) / 3;
    uint8_t camera_at[4], place_at[4];
    shrink_directory(main, third);
    shrink_directory(camera, third);
    shrink_directory(place, third);
    if (camera->count) {
        add_pointer(main, TAG_EXIF_IFD, camera_at);
    }
    if (place->count) {
        add_pointer(main, TAG_GPS_IFD, place_at);
    }
    if (main->count == 0) {
        return;
    }
    const size_t second = 8 + directory_size(main);
    const size_t third_at = second + (camera->count ? directory_size(camera) : 0);
    put_32(exif, camera_at, (uint32_t)second);
    put_32(exif, place_at, (uint32_t)third_at);
    uint8_t head[8] = {exif->little ? 'I' : 'M', exif->little ? 'I' : 'M'};
    put_16(exif, head + 2, 42);
    put_32(exif, head + 4, 8);
    buffer_bytes(out, head, sizeof head);
    write_directory(exif, main, 8, out);
    if (camera->count) {
        write_directory(exif, camera, second, out);
    }
    if (place->count) {
        write_directory(exif, place, third_at, out);
    }
}

enum status exif_write(struct span source, unsigned keep, struct buffer *out, struct error *error)
{
    struct exif exif;
    if (!exif_open(source, &exif)) {
        return STATUS_OK;
    }
    struct selection *selection = memory_zero(1, sizeof *selection);
    if (selection == NULL) {
        return error_memory(error);
    }
    read_directory(&exif, EXIF_IMAGE, &selection->main);
    filter_directory(&selection->main, keep);
    if (keep & KEEP_EXIF) {
        read_directory(&exif, EXIF_PHOTO, &selection->camera);
        filter_directory(&selection->camera, KEEP_EXIF);
    }
    if (keep & KEEP_GPS) {
        read_directory(&exif, EXIF_GPS, &selection->place);
    }
    write_block(&exif, selection, out);
    memory_free(selection);
    return buffer_failed(out) ? error_memory(error) : STATUS_OK;
}
