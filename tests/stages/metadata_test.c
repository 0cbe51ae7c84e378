/* SPDX-License-Identifier: MIT
 * What is kept of a source's metadata: through each format and back, and byte by byte through the
 * filter of EXIF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "decoding.h"
#include "encode/exif_write.h"
#include "encoding.h"
#include "load/exif.h"
#include "memory.h"

/* ---- The stage --------------------------------------------------------------------------------
 */

static void keeps_what_is_named(void **state)
{
    static const struct {
        const char *options;
        unsigned keep;
        const char *detail;
    } cases[] = {
        {NULL, KEEP_ICC, "keeps icc"},
        {"{\"keep\":[\"copyright\",\"icc\"]}", KEEP_ICC | KEEP_COPYRIGHT, "keeps icc copyright"},
        {"{\"keep\":\"all\"}", KEEP_ICC | KEEP_COPYRIGHT | KEEP_EXIF | KEEP_XMP | KEEP_IPTC,
         "keeps icc copyright exif xmp iptc"},
        {"{\"keep\":[\"all\",\"gps\"]}", 63, "keeps icc copyright exif gps xmp iptc"},
        {"{\"keep\":\"gps\"}", KEEP_GPS, "keeps gps"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding encoding;
        const struct facts facts = {.width = 10, .height = 10, .frames = 1, .bands = 3, .bits = 8};
        encoding_start(&encoding, &stage_metadata, cases[i].options);
        encoding_plan_facts(&encoding, &facts);
        assert_string_equal(encoding.message, "");
        assert_int_equal(encoding.step.out.keep, cases[i].keep);
        assert_string_equal(encoding.step.choice.detail, cases[i].detail);
        encoding_end(&encoding);
    }
}

static void nothing_to_do_is_skipped(void **state)
{
    struct encoding encoding;
    const struct facts facts = {.width = 10, .height = 10, .frames = 1, .bands = 3, .bits = 8};
    (void)state;
    encoding_start(&encoding, &stage_metadata, "{\"keep\":[]}");
    encoding_plan_facts(&encoding, &facts);
    assert_string_equal(encoding.step.choice.skip, "already so");
    encoding_end(&encoding);
    encoding_start(&encoding, &stage_metadata, "{\"keep\":[\"everything\"]}");
    assert_int_equal(encoding.status, STATUS_USAGE);
    encoding_end(&encoding);
}

static void passes_the_image_on(void **state)
{
    struct encoding encoding;
    VipsImage *picture = picture_new(8, 8, 3, 8), *out = NULL;
    (void)state;
    encoding_start(&encoding, &stage_metadata, NULL);
    encoding_plan(&encoding, picture);
    assert_int_equal(
        stage_metadata.run(&encoding.step, &encoding.flow, picture, &out, &encoding.error),
        STATUS_OK);
    assert_ptr_equal(out, picture);
    assert_true(stage_metadata.need(&encoding.step, 0.25) == 0.25);
    image_release(&out);
    image_release(&picture);
    encoding_end(&encoding);
}

/* ---- EXIF -------------------------------------------------------------------------------------
 */

struct writer {
    uint8_t bytes[4096];
    size_t size;
    bool big;
};

static void put(struct writer *writer, size_t at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        const int shift = 8 * (writer->big ? bytes - 1 - i : i);
        writer->bytes[at + (size_t)i] = (uint8_t)(value >> shift);
    }
}

static void entry(struct writer *writer, int tag, int type, uint32_t count, uint32_t value)
{
    put(writer, writer->size, (uint32_t)tag, 2);
    put(writer, writer->size + 2, (uint32_t)type, 2);
    put(writer, writer->size + 4, count, 4);
    put(writer, writer->size + 8, value, type == 3 && count == 1 ? 2 : 4);
    writer->size += 12;
}

static void directory(struct writer *writer, int count)
{
    put(writer, writer->size, (uint32_t)count, 2);
    writer->size += 2;
}

static void last(struct writer *writer, uint32_t next)
{
    put(writer, writer->size, next, 4);
    writer->size += 4;
}

enum { TEXT_AT = 900, CAMERA_AT = 200, PLACE_AT = 400, THUMBNAIL_AT = 600 };

/* A camera's block: Make, orientation 6, Artist, Copyright, exposure, maker note, place, thumbnail.
 */
static struct span camera_exif(struct writer *writer, bool big)
{
    *writer = (struct writer){.big = big};
    memcpy(writer->bytes, big ? "MM" : "II", 2);
    put(writer, 2, 42, 2);
    put(writer, 4, 8, 4);
    writer->size = 8;
    directory(writer, 7);
    entry(writer, 0x0100, 4, 1, 4000);
    entry(writer, 0x010f, 2, 10, TEXT_AT);
    entry(writer, 0x0112, 3, 1, 6);
    entry(writer, 0x013b, 2, 8, TEXT_AT + 10);
    entry(writer, 0x8298, 2, 6, TEXT_AT + 20);
    entry(writer, 0x8769, 4, 1, CAMERA_AT);
    entry(writer, 0x8825, 4, 1, PLACE_AT);
    last(writer, THUMBNAIL_AT);
    writer->size = CAMERA_AT;
    directory(writer, 3);
    entry(writer, 0x8827, 3, 1, 200);
    entry(writer, 0x927c, 7, 30, TEXT_AT + 30);
    entry(writer, 0xa002, 4, 1, 4000);
    last(writer, 0);
    writer->size = PLACE_AT;
    directory(writer, 2);
    entry(writer, 0x0001, 2, 2, big ? 0x4e000000 : 'N');
    entry(writer, 0x0002, 5, 3, TEXT_AT + 60);
    last(writer, 0);
    writer->size = THUMBNAIL_AT;
    directory(writer, 1);
    entry(writer, 0x0201, 4, 1, TEXT_AT);
    last(writer, 0);
    memcpy(writer->bytes + TEXT_AT, "Pinhole 1\0Ann Ray\0\0\0(c) A", 26);
    memcpy(writer->bytes + TEXT_AT + 30, "maker-note-secret-offset-data", 30);
    memcpy(writer->bytes + TEXT_AT + 60, "latitude-latitude-latit", 24);
    writer->size = TEXT_AT + 84;
    return (struct span){writer->bytes, writer->size};
}

static bool holds(const struct buffer *block, const char *text)
{
    const size_t length = strlen(text);
    for (size_t at = 0; at + length <= block->size; at++) {
        if (memcmp(block->data + at, text, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool has(const struct buffer *block, enum exif_group group, uint16_t tag)
{
    struct exif exif;
    struct exif_entry found;
    return exif_open((struct span){(const uint8_t *)block->data, block->size}, &exif) &&
           exif_find(&exif, group, tag, &found);
}

static void filter(struct span exif, unsigned keep, struct buffer *out)
{
    struct error error = {0};
    *out = (struct buffer){.limit = 65000};
    assert_int_equal(exif_write(exif, keep, out, &error), STATUS_OK);
}

static void only_the_copyright(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct writer writer;
        struct buffer block;
        filter(camera_exif(&writer, big), KEEP_COPYRIGHT, &block);
        assert_true(has(&block, EXIF_IMAGE, 0x013b) && has(&block, EXIF_IMAGE, 0x8298));
        assert_true(holds(&block, "Ann Ray") && holds(&block, "(c) A"));
        assert_false(has(&block, EXIF_IMAGE, 0x010f) || has(&block, EXIF_PHOTO, 0x8827));
        assert_false(holds(&block, "Pinhole") || holds(&block, "latitude"));
        buffer_free(&block);
    }
}

static void all_but_the_place(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct writer writer;
        struct buffer block;
        filter(camera_exif(&writer, big), KEEP_EXIF, &block);
        const struct span span = {(const uint8_t *)block.data, block.size};
        assert_true(has(&block, EXIF_IMAGE, 0x010f) && has(&block, EXIF_PHOTO, 0x8827));
        assert_int_equal(exif_orientation(span), 1);
        assert_false(has(&block, EXIF_IMAGE, 0x0100) || has(&block, EXIF_PHOTO, 0xa002));
        assert_false(has(&block, EXIF_IMAGE, 0x8825) || has(&block, EXIF_GPS, 0x0001));
        assert_false(holds(&block, "latitude") || holds(&block, "maker-note"));
        buffer_free(&block);
    }
}

static void the_place_when_named(void **state)
{
    struct writer writer;
    struct buffer block;
    (void)state;
    filter(camera_exif(&writer, true), KEEP_EXIF | KEEP_GPS, &block);
    assert_true(has(&block, EXIF_GPS, 0x0001) && has(&block, EXIF_GPS, 0x0002));
    assert_true(has(&block, EXIF_PHOTO, 0x8827) && holds(&block, "latitude-latitude-latit"));
    buffer_free(&block);
    filter(camera_exif(&writer, false), KEEP_GPS, &block);
    assert_true(has(&block, EXIF_GPS, 0x0002));
    assert_false(has(&block, EXIF_IMAGE, 0x010f) || has(&block, EXIF_PHOTO, 0x8827));
    buffer_free(&block);
}

static void broken_blocks_are_survived(void **state)
{
    struct writer writer;
    const struct span whole = camera_exif(&writer, false);
    (void)state;
    for (size_t size = 0; size <= whole.size; size++) {
        struct buffer block;
        uint8_t *part = memory_copy(whole.bytes, size); /* its end is the heap block's end */
        filter((struct span){part, size}, 63, &block);
        buffer_free(&block);
        memory_free(part);
    }
    for (unsigned seed = 1; seed < 2000; seed++) {
        struct buffer block;
        uint8_t *part = memory_copy(whole.bytes, whole.size);
        for (unsigned i = 0, noise = seed; i < 6; i++) {
            noise = noise * 1103515245u + 12345u;
            part[(noise >> 8) % 660] = (uint8_t)(noise >> 24);
        }
        filter((struct span){part, whole.size}, 63, &block);
        assert_true(block.size <= 65000);
        buffer_free(&block);
        memory_free(part);
    }
}

/* ---- Through the formats ------------------------------------------------------------------------
 */

static const char packet[] = "<?xpacket begin=\"\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
                             "</x:xmpmeta><?xpacket end=\"r\"?>";

static bool is_same(struct span want, const uint8_t *got, size_t size)
{
    return want.size == size && (size == 0 || memcmp(want.bytes, got, size) == 0);
}

static VipsImage *with_profile(int bands, struct span *icc)
{
    const void *bytes;
    VipsImage *picture = picture_new(40, 30, bands, 8);
    VipsBlob *blob = NULL;
    assert_int_equal(vips_profile_load("srgb", &blob, NULL), 0);
    bytes = vips_blob_get(blob, &icc->size);
    vips_image_set_blob_copy(picture, VIPS_META_ICC_NAME, bytes, icc->size);
    vips_area_unref(VIPS_AREA(blob));
    vips_image_get_blob(picture, VIPS_META_ICC_NAME, &bytes, &icc->size);
    icc->bytes = bytes;
    return picture;
}

static bool decode(enum format format, const struct buffer *bytes, struct decoded *out)
{
    return format == FORMAT_JPEG  ? decode_jpeg(bytes->data, bytes->size, out)
           : format == FORMAT_PNG ? decode_png(bytes->data, bytes->size, out)
                                  : decode_webp(bytes->data, bytes->size, out);
}

static void encode_with(enum format format, unsigned keep, VipsImage *picture,
                        struct writer *writer, struct decoded *out)
{
    struct encoding encoding;
    char options[64];
    snprintf(options, sizeof options, "{\"format\":\"%s\"}", format_info(format)->name);
    encoding_start(&encoding, &stage_encode, options);
    encoding.step.in.keep = keep;
    encoding_plan(&encoding, picture);
    encoding.source.container.exif = camera_exif(writer, false);
    encoding.source.container.xmp = (struct span){(const uint8_t *)packet, sizeof packet - 1};
    encoding.source.container.iptc = (struct span){(const uint8_t *)"\x1c\x02\x74\0\3IPT", 8};
    encoding_run(&encoding, picture);
    assert_string_equal(encoding.message, "");
    assert_true(decode(format, &encoding.bytes, out));
    encoding_end(&encoding);
}

static void each_format_carries_it(void **state)
{
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_PNG, FORMAT_WEBP};
    struct span icc;
    VipsImage *picture = with_profile(3, &icc);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct writer writer;
        struct decoded decoded;
        struct buffer want;
        encode_with(formats[i], 0, picture, &writer, &decoded);
        assert_int_equal(decoded.icc_size + decoded.exif_size + decoded.xmp_size, 0);
        assert_int_equal(decoded.app13, 0);
        decoded_free(&decoded);
        encode_with(formats[i], 63 & ~(unsigned)KEEP_GPS, picture, &writer, &decoded);
        assert_true(is_same(icc, decoded.icc, decoded.icc_size));
        assert_true(is_same((struct span){(const uint8_t *)packet, sizeof packet - 1}, decoded.xmp,
                            decoded.xmp_size));
        filter(camera_exif(&writer, false), KEEP_EXIF | KEEP_COPYRIGHT, &want);
        assert_true(is_same((struct span){(const uint8_t *)want.data, want.size}, decoded.exif,
                            decoded.exif_size));
        assert_int_equal(decoded.app13, formats[i] == FORMAT_JPEG ? 14 + 8 + 4 + 8 : 0);
        buffer_free(&want);
        decoded_free(&decoded);
    }
    image_release(&picture);
}

static void avif_carries_it(void **state)
{
    struct writer writer;
    struct span icc;
    struct encoding encoding;
    VipsImage *picture = with_profile(3, &icc);
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        encoding_start(&encoding, &stage_encode, "{\"format\":\"avif\"}");
        encoding.step.in.keep = keep ? 63 & ~(unsigned)KEEP_GPS : 0;
        encoding_plan(&encoding, picture);
        encoding.source.container.exif = camera_exif(&writer, false);
        encoding.source.container.xmp = (struct span){(const uint8_t *)packet, sizeof packet - 1};
        encoding_run(&encoding, picture);
        assert_string_equal(encoding.message, "");
        assert_int_equal(holds(&encoding.bytes, "Ann Ray"), keep);
        assert_int_equal(holds(&encoding.bytes, "<x:xmpmeta"), keep);
        assert_int_equal(holds(&encoding.bytes, "acspAPPL") || holds(&encoding.bytes, "mntrRGB"),
                         keep);
        assert_false(holds(&encoding.bytes, "latitude"));
        encoding_end(&encoding);
    }
    image_release(&picture);
}

/* A JPEG segment holds 64 KB: a larger profile goes into several. */
static void large_profiles_are_split(void **state)
{
    enum { SIZE = 200000 };
    struct writer writer;
    struct decoded decoded;
    VipsImage *picture = picture_new(20, 20, 3, 8);
    uint8_t *icc = memory_zero(1, SIZE);
    (void)state;
    for (size_t i = 0; i < SIZE; i++) {
        icc[i] = (uint8_t)(i * 7 >> 3);
    }
    memcpy(icc + 16, "RGB ", 4);
    vips_image_set_blob_copy(picture, VIPS_META_ICC_NAME, icc, SIZE);
    encode_with(FORMAT_JPEG, KEEP_ICC, picture, &writer, &decoded);
    assert_true(is_same((struct span){icc, SIZE}, decoded.icc, decoded.icc_size));
    decoded_free(&decoded);
    memory_free(icc);
    image_release(&picture);
}

static void a_profile_must_fit_the_bands(void **state)
{
    struct writer writer;
    struct decoded decoded;
    struct span icc;
    VipsImage *picture = with_profile(1, &icc);
    (void)state;
    encode_with(FORMAT_JPEG, KEEP_ICC, picture, &writer, &decoded);
    assert_int_equal(decoded.icc_size, 0);
    decoded_free(&decoded);
    image_release(&picture);
}

static void p3_is_never_without_its_profile(void **state)
{
    struct encoding encoding;
    struct decoded decoded;
    struct span icc;
    VipsImage *picture = with_profile(3, &icc);
    (void)state;
    encoding_start(&encoding, &stage_encode, "{\"format\":\"jpeg\"}");
    encoding.step.in.space = SPACE_P3;
    encoding_plan(&encoding, picture);
    encoding_run(&encoding, picture);
    assert_true(decode_jpeg(encoding.bytes.data, encoding.bytes.size, &decoded));
    assert_int_equal(decoded.icc_size, icc.size);
    decoded_free(&decoded);
    encoding_end(&encoding);
    image_release(&picture);
}

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    return image_library_start(&error) == STATUS_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_is_named),
        cmocka_unit_test(nothing_to_do_is_skipped),
        cmocka_unit_test(passes_the_image_on),
        cmocka_unit_test(only_the_copyright),
        cmocka_unit_test(all_but_the_place),
        cmocka_unit_test(the_place_when_named),
        cmocka_unit_test(broken_blocks_are_survived),
        cmocka_unit_test(each_format_carries_it),
        cmocka_unit_test(avif_carries_it),
        cmocka_unit_test(large_profiles_are_split),
        cmocka_unit_test(a_profile_must_fit_the_bands),
        cmocka_unit_test(p3_is_never_without_its_profile),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
