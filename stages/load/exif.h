/* SPDX-License-Identifier: MIT
 * A reader of EXIF's TIFF structure that trusts nothing: every offset and count is checked against
 * the span, loops cannot form, nothing is allocated. Knows no image file; writes nothing. */
#ifndef PICSET_LOAD_EXIF_H
#define PICSET_LOAD_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "source.h"

enum exif_group { /* directories; the thumbnail's (IFD1) and interoperability's are not read */
                  EXIF_IMAGE, /* IFD0: Orientation, Artist, Copyright, Make … */
                  EXIF_PHOTO, /* what tag 0x8769 of IFD0 points to */
                  EXIF_GPS    /* what tag 0x8825 of IFD0 points to */
};

enum exif_type { /* TIFF 6.0, section 2 */
                 EXIF_BYTE = 1,
                 EXIF_ASCII,
                 EXIF_SHORT,
                 EXIF_LONG,
                 EXIF_RATIONAL,
                 EXIF_SBYTE,
                 EXIF_UNDEFINED,
                 EXIF_SSHORT,
                 EXIF_SLONG,
                 EXIF_SRATIONAL,
                 EXIF_FLOAT,
                 EXIF_DOUBLE,
                 EXIF_UTF8 = 129 /* EXIF 3.0 */
};

struct exif {
    struct span tiff; /* from "II" or "MM" on: the origin of all offsets */
    bool little;      /* byte order */
    uint32_t first;   /* offset of IFD0 */
};

struct exif_entry {
    uint16_t tag;
    uint16_t type;     /* one of enum exif_type: entries of other types are passed over */
    uint32_t count;    /* of values, not bytes */
    struct span value; /* count values in the file's byte order, borrowed */
};

struct exif_cursor {
    const struct exif *exif;
    size_t at, end; /* of the entries left, 12 bytes each */
};

/* False when the span has no TIFF header. */
bool exif_open(struct span span, struct exif *out);

/* Sets a cursor before the group's first entry; false when the group is not there. */
bool exif_group(const struct exif *exif, enum exif_group group, struct exif_cursor *out);

/* The next entry that lies inside the span entirely; false at the end. */
bool exif_next(struct exif_cursor *cursor, struct exif_entry *out);

/* The group's first entry of that tag. */
bool exif_find(const struct exif *exif, enum exif_group group, uint16_t tag,
               struct exif_entry *out);

/* Bytes of one value of a type; 0 for a type that is unknown. */
size_t exif_type_size(unsigned type);

/* The i-th value of a BYTE, SHORT or LONG entry; 0 when it is none or not there. */
uint32_t exif_number(const struct exif *exif, const struct exif_entry *entry, uint32_t i);

/* The orientation 1..8; 1 when it is missing, damaged or out of range. */
int exif_orientation(struct span span);

#endif
