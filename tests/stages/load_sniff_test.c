/* SPDX-License-Identifier: MIT
 * Sniffing: every kind that has a name, and that names do not matter. */
#include "support.h"

#include <string.h>

#include "load/sniff.h"

struct kind {
    const char *bytes;
    size_t size;
    enum format format;
    const char *words;
};

#define BYTES(bytes_) bytes_, sizeof(bytes_) - 1

static const struct kind kinds[] = {
    {BYTES(""), FORMAT_NONE, "nothing"},
    {BYTES("\xff\xd8\xff\xe0"), FORMAT_JPEG, "a JPEG image"},
    {BYTES("\xff\xd8"), FORMAT_NONE, "data of no known kind"},
    {BYTES("\x89PNG\r\n\x1a\n...."), FORMAT_PNG, "a PNG image"},
    {BYTES("GIF89a"), FORMAT_GIF, "a GIF image"},
    {BYTES("GIF88a"), FORMAT_NONE, "text"},
    {BYTES("RIFF....WEBPVP8 "), FORMAT_WEBP, "a WebP image"},
    {BYTES("RIFF\1...AVI "), FORMAT_NONE, "an AVI video"},
    {BYTES("\0\0\0\x14"
           "ftypavif\0\0\0\0mif1"),
     FORMAT_AVIF, "an AVIF image"},
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0heicavif"),
     FORMAT_AVIF, "an AVIF image"},
    {BYTES("\0\0\0\x14"
           "ftypmif1\0\0\0\0heicavif"),
     FORMAT_NONE, "a HEIF image"},
    {BYTES("\0\0\0\x14"
           "ftypheic\0\0\0\0mif1"),
     FORMAT_NONE, "a HEIC image"},
    {BYTES("\0\0\0\x14"
           "ftypisom\0\0\0\0mp42"),
     FORMAT_NONE, "an MP4 video"},
    {BYTES("II*\0\x08\0\0\0"), FORMAT_NONE, "a TIFF image"},
    {BYTES("MM\0*"), FORMAT_NONE, "a TIFF image"},
    {BYTES("%PDF-1.7"), FORMAT_NONE, "a PDF document"},
    {BYTES("BM......"), FORMAT_NONE, "a BMP image"},
    {BYTES("\0\0\1\0\1\0"), FORMAT_ICO, "an ICO icon"},
    {BYTES("8BPS\0\1"), FORMAT_NONE, "a Photoshop file"},
    {BYTES("\xff\x0a\xfa"), FORMAT_JXL, "a JPEG XL image"},
    {BYTES("\0\0\0\x0cJXL \r\n\x87\n"), FORMAT_JXL, "a JPEG XL image"},
    {BYTES("\0\0\0\x0cjP  \r\n\x87\n"), FORMAT_NONE, "a JPEG 2000 image"},
    {BYTES("<svg xmlns='http://www.w3.org/2000/svg'/>"), FORMAT_SVG, "an SVG drawing"},
    {BYTES("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC 'x'>\n<svg/>"),
     FORMAT_SVG, "an SVG drawing"},
    {BYTES("<html><body><svg/></body></html>"), FORMAT_NONE, "markup (HTML or XML)"},
    {BYTES("<?xml version='1.0'"), FORMAT_NONE, "markup (HTML or XML)"},
    {BYTES("hello"), FORMAT_NONE, "text"},
    {BYTES("\1\2\3\4"), FORMAT_NONE, "data of no known kind"},
};

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *words = NULL;
        enum format format =
            sniff((struct span){(const uint8_t *)kinds[i].bytes, kinds[i].size}, &words);
        assert_string_equal(words, kinds[i].words);
        assert_int_equal(format, kinds[i].format);
    }
}

/* No beginning of a known kind makes it read further than there are bytes. */
static void test_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (size_t size = 0; size < kinds[i].size; size++) {
            uint8_t *bytes = test_malloc(size + 1);
            const char *words = NULL;
            memcpy(bytes, kinds[i].bytes, size);
            sniff((struct span){bytes, size}, &words);
            assert_non_null(words);
            test_free(bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
