/* SPDX-License-Identifier: MIT
 * Magic numbers, one table. Its order counts only where one magic is the beginning of another. */
#include "sniff.h"

#include <ctype.h>

#include "bytes.h"
#include "text.h"

struct magic {
    const char *words;
    enum format format;
    uint8_t at, size;
    const char *bytes;
};

#define MAGIC(at_, bytes_) (at_), sizeof(bytes_) - 1, (bytes_)

static const struct magic magics[] = {
    {"a JPEG image", FORMAT_JPEG, MAGIC(0, "\xff\xd8\xff")},
    {"a PNG image", FORMAT_PNG, MAGIC(0, "\x89PNG\r\n\x1a\n")},
    {"a GIF image", FORMAT_GIF, MAGIC(0, "GIF87a")},
    {"a GIF image", FORMAT_GIF, MAGIC(0, "GIF89a")},
    {"a TIFF image", FORMAT_NONE, MAGIC(0, "II*\0")},
    {"a TIFF image", FORMAT_NONE, MAGIC(0, "MM\0*")},
    {"a BigTIFF image", FORMAT_NONE, MAGIC(0, "II+\0")},
    {"a BigTIFF image", FORMAT_NONE, MAGIC(0, "MM\0+")},
    {"a JPEG XL image", FORMAT_JXL, MAGIC(0, "\xff\x0a")},
    {"a JPEG XL image", FORMAT_JXL, MAGIC(0, "\0\0\0\x0cJXL \r\n\x87\n")},
    {"a JPEG 2000 image", FORMAT_NONE, MAGIC(0, "\0\0\0\x0cjP  \r\n\x87\n")},
    {"a JPEG 2000 codestream", FORMAT_NONE, MAGIC(0, "\xff\x4f\xff\x51")},
    {"a JPEG XR image", FORMAT_NONE, MAGIC(0, "II\xbc")},
    {"a BMP image", FORMAT_NONE, MAGIC(0, "BM")},
    {"an ICO icon", FORMAT_ICO, MAGIC(0, "\0\0\1\0")},
    {"a CUR cursor", FORMAT_NONE, MAGIC(0, "\0\0\2\0")},
    {"an ICNS icon", FORMAT_ICNS, MAGIC(0, "icns")},
    {"a Photoshop file", FORMAT_NONE, MAGIC(0, "8BPS")},
    {"a PDF document", FORMAT_NONE, MAGIC(0, "%PDF-")},
    {"a PostScript document", FORMAT_NONE, MAGIC(0, "%!PS")},
    {"an OpenEXR image", FORMAT_NONE, MAGIC(0, "\x76\x2f\x31\x01")},
    {"a Radiance HDR image", FORMAT_NONE, MAGIC(0, "#?RADIANCE")},
    {"a QOI image", FORMAT_NONE, MAGIC(0, "qoif")},
    {"a DDS image", FORMAT_NONE, MAGIC(0, "DDS ")},
    {"a KTX texture", FORMAT_NONE, MAGIC(0, "\xabKTX ")},
    {"a FLIF image", FORMAT_NONE, MAGIC(0, "FLIF")},
    {"a GIMP file", FORMAT_NONE, MAGIC(0, "gimp xcf")},
    {"a MNG animation", FORMAT_NONE, MAGIC(0, "\x8aMNG\r\n\x1a\n")},
    {"a PNM image", FORMAT_NONE, MAGIC(0, "P4\n")},
    {"a PNM image", FORMAT_NONE, MAGIC(0, "P5\n")},
    {"a PNM image", FORMAT_NONE, MAGIC(0, "P6\n")},
    {"a PAM image", FORMAT_NONE, MAGIC(0, "P7\n")},
    {"a PFM image", FORMAT_NONE, MAGIC(0, "PF\n")},
    {"a FITS image", FORMAT_NONE, MAGIC(0, "SIMPLE  =")},
    {"a WebM or Matroska video", FORMAT_NONE, MAGIC(0, "\x1a\x45\xdf\xa3")},
    {"an AVI video", FORMAT_NONE, MAGIC(8, "AVI ")},
    {"WAVE audio", FORMAT_NONE, MAGIC(8, "WAVE")},
    {"a ZIP archive", FORMAT_NONE, MAGIC(0, "PK\3\4")},
    {"a gzip file", FORMAT_NONE, MAGIC(0, "\x1f\x8b")},
    {"an ELF program", FORMAT_NONE,
     MAGIC(0, "\x7f"
              "ELF")},
    {"an ICC profile", FORMAT_NONE, MAGIC(36, "acsp")},
};

static const struct magic brands[] = {
    /* major brands of ISO base media files (ISO/IEC 14496-12), at the start of the brand */
    {"an AVIF image", FORMAT_AVIF, MAGIC(0, "avif")},
    {"an AVIF image", FORMAT_AVIF, MAGIC(0, "avis")},
    {"a HEIC image", FORMAT_NONE, MAGIC(0, "hei")},
    {"a HEIC image", FORMAT_NONE, MAGIC(0, "hev")},
    {"a HEIF image", FORMAT_NONE, MAGIC(0, "mif1")},
    {"a HEIF image", FORMAT_NONE, MAGIC(0, "mif2")},
    {"a HEIF image sequence", FORMAT_NONE, MAGIC(0, "msf1")},
    {"a Canon raw image", FORMAT_NONE, MAGIC(0, "crx ")},
    {"a QuickTime video", FORMAT_NONE, MAGIC(0, "qt  ")},
};

static const struct magic *find(const struct magic *table, size_t count, struct span span)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_start(bytes_part(span, table[i].at, table[i].size), table[i].bytes,
                        table[i].size)) {
            return &table[i];
        }
    }
    return NULL;
}

/* AVIF often has another major brand ("mif1"): a compatible brand is as good. */
static enum format sniff_brand(struct span span, const char **words)
{
    uint32_t end = bytes_be32(span.bytes);
    struct span box = bytes_part(span, 0, end);
    for (size_t at = 16; bytes_inside(box, at, 4); at += 4) {
        if (memcmp(box.bytes + at, "avif", 4) == 0) {
            *words = brands[0].words;
            return FORMAT_AVIF;
        }
    }
    const struct magic *brand =
        find(brands, sizeof brands / sizeof brands[0], bytes_part(span, 8, 4));
    *words = brand ? brand->words : "an MP4 video";
    return brand ? brand->format : FORMAT_NONE;
}

static bool is_text(struct span span)
{
    struct span head = bytes_part(span, 0, 4096);
    for (size_t i = 0; i < head.size; i++) {
        uint8_t c = head.bytes[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') {
            return false;
        }
    }
    /* the cut may lie inside a character */
    while (head.size < span.size && head.size > 0 && head.bytes[head.size - 1] >= 0x80) {
        head.size--;
    }
    return text_is_utf8((const char *)head.bytes, head.size);
}

/* Where what may stand before the first element ends: comments, instructions, a document type with
 * or without a subset in brackets. 0 when `rest` begins with none of them, its size when one is
 * open. */
static size_t prologue_end(struct span rest)
{
    const char *end = NULL;
    if (bytes_start(rest, "<!--", 4)) {
        end = "-->";
    } else if (bytes_start(rest, "<?", 2)) {
        end = "?>";
    } else if (bytes_start(rest, "<!DOCTYPE svg", 13)) {
        const uint8_t *first = memchr(rest.bytes, '>', rest.size);
        size_t head = first ? (size_t)(first - rest.bytes) : rest.size;
        end = memchr(rest.bytes, '[', head) ? "]>" : ">";
    }
    if (!end) {
        return isspace(rest.bytes[0]) ? 1 : 0;
    }
    const uint8_t *found = memmem(rest.bytes, rest.size, end, strlen(end));
    return found ? (size_t)(found - rest.bytes) + strlen(end) : rest.size;
}

/* The first element's name decides: an HTML page with a drawing inside is no drawing. */
static enum format sniff_markup(struct span span, const char **words)
{
    size_t at = bytes_start(span, "\xef\xbb\xbf", 3) ? 3 : 0;
    bool markup = false;
    while (at < span.size) {
        struct span rest = bytes_part(span, at, span.size);
        markup = markup || rest.bytes[0] == '<';
        size_t end = prologue_end(rest);
        if (end == 0 && bytes_start(rest, "<svg", 4)) {
            *words = "an SVG drawing";
            return FORMAT_SVG;
        }
        if (end == 0) {
            break;
        }
        at += end;
    }
    *words = markup ? "markup (HTML or XML)" : "text";
    return FORMAT_NONE;
}

enum format sniff(struct span span, const char **words)
{
    if (span.size == 0) {
        *words = "nothing";
        return FORMAT_NONE;
    }
    if (bytes_start(span, "RIFF", 4) && bytes_start(bytes_part(span, 8, 4), "WEBP", 4)) {
        *words = "a WebP image";
        return FORMAT_WEBP;
    }
    if (span.size >= 12 && memcmp(span.bytes + 4, "ftyp", 4) == 0) {
        return sniff_brand(span, words);
    }
    const struct magic *magic = find(magics, sizeof magics / sizeof magics[0], span);
    if (magic) {
        *words = magic->words;
        return magic->format;
    }
    if (is_text(span)) {
        return sniff_markup(span, words);
    }
    *words = "data of no known kind";
    return FORMAT_NONE;
}
