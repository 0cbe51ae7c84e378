/* SPDX-License-Identifier: MIT
 * What an ICO or ICNS file holds: its members read from the directory, each held against its own
 * PNG header. For `picset check`; nothing is decoded. */
#include "unpack.h"

#include <string.h>

#include "load/bytes.h"

enum { ICO_HEAD = 6, ICO_ENTRY = 16, ICNS_HEAD = 8, PNG_HEAD = 24 };

static enum status damaged(struct error *error, const char *what)
{
    return error_set(error, STATUS_REFUSED, "holds a damaged icon: %s", what);
}

static enum status member_add(struct unpacked *unpacked, struct unpacked_member member,
                              struct error *error)
{
    if (unpacked->count == UNPACKED_MAX) {
        return damaged(error, "too many members");
    }
    unpacked->members[unpacked->count++] = member;
    return STATUS_OK;
}

/* The size that a PNG member says itself; false for one of another kind. */
static bool png_size(struct span member, int *width, int *height)
{
    if (member.size < PNG_HEAD || memcmp(member.bytes, "\x89PNG\r\n\x1a\n", 8) != 0) {
        return false;
    }
    *width = (int)(bytes_be32(member.bytes + 16) & 0xffffff);
    *height = (int)(bytes_be32(member.bytes + 20) & 0xffffff);
    return true;
}

/* A side of 256 is written as 0. */
static enum status ico_read(struct span file, struct unpacked *out, struct error *error)
{
    if (!bytes_inside(file, 0, ICO_HEAD) || bytes_le16(file.bytes + 2) != 1) {
        return damaged(error, "no icon directory");
    }
    size_t count = bytes_le16(file.bytes + 4);
    for (size_t i = 0; i < count; i++) {
        size_t at = ICO_HEAD + i * ICO_ENTRY;
        if (!bytes_inside(file, at, ICO_ENTRY)) {
            return damaged(error, "the directory ends early");
        }
        const uint8_t *entry = file.bytes + at;
        struct unpacked_member member = {entry[0] ? entry[0] : 256, entry[1] ? entry[1] : 256, 1};
        size_t size = bytes_le32(entry + 8), begin = bytes_le32(entry + 12);
        int width = member.width, height = member.height;
        if (size == 0 || !bytes_inside(file, begin, size)) {
            return damaged(error, "a member ends behind the file");
        }
        if (png_size((struct span){file.bytes + begin, size}, &width, &height) &&
            (width != member.width || height != member.height)) {
            return damaged(error, "a member is of another size than the directory says");
        }
        if (member_add(out, member, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

/* Types that hold PNG; the older ones, a table of contents and the like are passed over. */
static enum status icns_read(struct span file, struct unpacked *out, struct error *error)
{
    if (!bytes_inside(file, 0, ICNS_HEAD) || memcmp(file.bytes, "icns", 4) != 0 ||
        bytes_be32(file.bytes + 4) != file.size) {
        return damaged(error, "its length is not the file's");
    }
    for (size_t at = ICNS_HEAD; at < file.size;) {
        size_t size = bytes_inside(file, at, ICNS_HEAD) ? bytes_be32(file.bytes + at + 4) : 0;
        if (size < ICNS_HEAD || !bytes_inside(file, at, size)) {
            return damaged(error, "a member ends behind the file");
        }
        struct span member = {file.bytes + at + ICNS_HEAD, size - ICNS_HEAD};
        int width = 0, height = 0, side = 0, density = 0;
        bool known = icns_side(file.bytes + at, &side, &density);
        if (known && png_size(member, &width, &height) && (width != side || height != side)) {
            return damaged(error, "a member is of another size than its type says");
        }
        if (known &&
            member_add(out, (struct unpacked_member){side, side, density}, error) != STATUS_OK) {
            return error->status;
        }
        at += size;
    }
    return STATUS_OK;
}

enum status unpack_read(struct span file, struct unpacked *out, struct error *error)
{
    *out = (struct unpacked){.count = 0};
    return bytes_start(file, "icns", 4) ? icns_read(file, out, error) : ico_read(file, out, error);
}
