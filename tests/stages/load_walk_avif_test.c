/* SPDX-License-Identifier: MIT
 * The walk over AVIF, asked directly: which libvips is there does not matter to it. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "craft.h"
#include "load/av1.h"
#include "load/walk.h"

static struct limits limits;

/* What is put into the file; zero is left out. */
struct recipe_avif {
    unsigned width, height; /* ispe */
    const char *extra_item; /* type of item 2 */
    bool alpha;             /* item 2 is the alpha image of item 1 */
    bool twelve;            /* av1C says 12 bits */
    unsigned turn;          /* irot, and an imir */
    unsigned crop;          /* clap: crop x crop */
    const char *icc;
    bool exif, moov, two_metas, no_primary;
    unsigned stream; /* sides of the AV1 stream of item 1; it lies in `pieces` */
    unsigned pieces;
};

static void full_box(struct buffer *out, const char *type, struct buffer *body)
{
    craft_box(out, type, body->data, body->size);
    buffer_free(body);
}

static void item(struct buffer *out, unsigned number, const char *type)
{
    struct buffer body = {0};
    craft_be32(&body, 0x02000000);
    craft_be16(&body, number);
    craft_be16(&body, 0);
    buffer_bytes(&body, type, 4);
    craft_zeros(&body, 1);
    full_box(out, "infe", &body);
}

static void items(struct buffer *out, const struct recipe_avif *recipe)
{
    struct buffer body = {0};
    craft_be32(&body, 0);
    craft_be16(&body, 1);
    item(&body, 1, "av01");
    if (recipe->extra_item) {
        item(&body, 2, recipe->extra_item);
    }
    if (recipe->exif) {
        item(&body, 3, "Exif");
    }
    full_box(out, "iinf", &body);
}

static void references(struct buffer *out)
{
    struct buffer body = {0}, inner = {0};
    craft_be16(&inner, 2);
    craft_be16(&inner, 1);
    craft_be16(&inner, 1);
    craft_be32(&body, 0);
    full_box(&body, "auxl", &inner);
    full_box(out, "iref", &body);
}

static void aperture(struct buffer *out, unsigned crop)
{
    struct buffer body = {0};
    for (int i = 0; i < 4; i++) {
        craft_be32(&body, i < 2 ? crop : 0);
        craft_be32(&body, 1);
    }
    full_box(out, "clap", &body);
}

/* Properties 1 ispe, 2 av1C, 3 auxC, 4 clap, 5 irot, 6 imir, 7 colr: what is not asked is "free".
 */
static void properties(struct buffer *out, const struct recipe_avif *recipe)
{
    static const char urn[] = "\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    struct buffer container = {0}, map = {0}, body = {0}, both = {0};
    craft_be32(&body, 0);
    craft_be32(&body, recipe->width);
    craft_be32(&body, recipe->height);
    full_box(&container, "ispe", &body);
    craft_box(&container, "av1C", recipe->twelve ? "\x81\0\x60\0" : "\x81\0\0\0", 4);
    craft_box(&container, "auxC", urn, sizeof urn);
    if (recipe->crop) {
        aperture(&container, recipe->crop);
    } else {
        craft_box(&container, "free", NULL, 0);
    }
    char turn = (char)recipe->turn;
    craft_box(&container, recipe->turn ? "irot" : "free", &turn, 1);
    craft_box(&container, recipe->turn ? "imir" : "free", "\1", 1);
    buffer_text(&body, "prof");
    buffer_text(&body, recipe->icc ? recipe->icc : "");
    full_box(&container, recipe->icc ? "colr" : "free", &body);
    craft_be32(&map, 0);
    craft_be32(&map, 2);
    craft_be16(&map, 1);
    buffer_bytes(&map, "\6\1\2\4\x85\6\7", 7);
    craft_be16(&map, 2);
    buffer_bytes(&map, "\3\1\2\3", 4);
    full_box(&both, "ipco", &container);
    full_box(&both, "ipma", &map);
    full_box(out, "iprp", &both);
}

static void location(struct buffer *out, unsigned item_, unsigned pieces, unsigned long offset,
                     unsigned long size)
{
    craft_be16(out, item_);
    craft_be16(out, 0);
    craft_be16(out, pieces);
    for (unsigned i = 0; i < pieces; i++) {
        craft_be32(out, offset);
        craft_be32(out, size);
    }
}

/* EXIF at 28, the stream at 28 + 30: see whole(). */
static void locations(struct buffer *out, const struct recipe_avif *recipe, size_t stream)
{
    struct buffer body = {0};
    craft_be32(&body, 0);
    craft_be16(&body, 0x4400);
    craft_be16(&body, (recipe->exif ? 1 : 0) + (recipe->stream ? 1 : 0));
    if (recipe->exif) {
        location(&body, 3, 1, 28, 30);
    }
    if (recipe->stream) {
        location(&body, 1, recipe->pieces, 58, stream);
    }
    full_box(out, "iloc", &body);
}

/* A temporal delimiter, and the reduced sequence header of a still: profile 0, level 0, sixteen
 * bits for each side. */
static size_t craft_av1(struct buffer *out, unsigned width, unsigned height)
{
    size_t before = out->size;
    uint64_t bits = (uint64_t)0x18 << 56; /* 000, still, reduced, level 00000 */
    bits |= (uint64_t)15 << 50 | (uint64_t)15 << 46 | (uint64_t)(width - 1) << 30 |
            (uint64_t)(height - 1) << 14;
    buffer_bytes(out, "\x12\0\x0a\x08", 4);
    craft_be32(out, (unsigned long)(bits >> 32));
    craft_be32(out, (unsigned long)(bits & 0xffffffff));
    return out->size - before;
}

static void whole(struct buffer *out, const struct recipe_avif *recipe)
{
    struct buffer meta = {0}, body = {0}, data = {0};
    craft_box(out, "ftyp", "avif\0\0\0\0mif1", 12);
    craft_be32(&data, 0);
    craft_exif(&data, true, 0x0112, 6);
    assert_int_equal(data.size, 30);
    size_t stream = recipe->stream ? craft_av1(&data, recipe->stream, recipe->stream) : 0;
    full_box(out, "mdat", &data);
    craft_be32(&meta, 0);
    craft_be32(&body, 0);
    craft_be16(&body, recipe->no_primary ? 9 : 1);
    full_box(&meta, "pitm", &body);
    items(&meta, recipe);
    if (recipe->alpha) {
        references(&meta);
    }
    properties(&meta, recipe);
    locations(&meta, recipe, stream);
    if (recipe->two_metas) {
        craft_box(out, "meta", meta.data, meta.size);
    }
    full_box(out, "meta", &meta);
    if (recipe->moov) {
        craft_box(out, "moov", NULL, 0);
    }
}

static enum status walk_bytes(struct walk *walk, struct source *source, const void *bytes,
                              size_t size, struct error *error)
{
    *error = (struct error){0};
    assert_int_equal(source_from_memory(source, "x", bytes, size, &limits, error), STATUS_OK);
    source->container.format = FORMAT_AVIF;
    source->container.frames = 1;
    *walk =
        (struct walk){.source = source, .span = {source->bytes, source->size}, .limits = &limits};
    return walk_avif(walk, error);
}

static void check(const struct recipe_avif *recipe, struct walk *walk, struct source *source,
                  enum status status, const char *text)
{
    struct buffer file = {0};
    struct error error = {0};
    whole(&file, recipe);
    assert_false(buffer_failed(&file));
    assert_int_equal(walk_bytes(walk, source, file.data, file.size, &error), status);
    assert_error_text(&error, status, text);
    buffer_free(&file);
}

static int set_limits(void **state)
{
    (void)state;
    limits = limits_default();
    return 0;
}

static void test_reads_a_still(void **state)
{
    (void)state;
    struct walk walk;
    struct source source;
    check(&(struct recipe_avif){.width = 300, .height = 200, .exif = true, .icc = "profile"}, &walk,
          &source, STATUS_OK, "");
    assert_int_equal(source.container.width, 300);
    assert_int_equal(source.container.height, 200);
    assert_int_equal(walk.bands, 3);
    assert_int_equal(walk.bits, 8);
    assert_int_equal(source.container.icc.size, 7);
    assert_int_equal(source.container.exif.size, 26);
    assert_memory_equal(source.container.exif.bytes, "II*", 3);
    source_release(&source);
    check(
        &(struct recipe_avif){
            .width = 300, .height = 200, .extra_item = "av01", .alpha = true, .twelve = true},
        &walk, &source, STATUS_OK, "");
    assert_int_equal(walk.bands, 4);
    assert_int_equal(walk.bits, 16);
    source_release(&source);
    check(&(struct recipe_avif){.width = 300, .height = 200, .extra_item = "av01"}, &walk, &source,
          STATUS_OK, "");
    assert_false(walk.alpha); /* an image, but nobody's alpha: a thumbnail */
    source_release(&source);
}

static void test_facts_are_what_comes_out(void **state)
{
    (void)state;
    static const unsigned cases[][4] = {/* turn, crop → width, height */
                                        {1, 0, 200, 300},
                                        {2, 0, 300, 200},
                                        {3, 0, 200, 300},
                                        {0, 50, 50, 50},
                                        {1, 60, 60, 60}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct walk walk;
        struct source source;
        check(
            &(struct recipe_avif){
                .width = 300, .height = 200, .turn = cases[i][0], .crop = cases[i][1]},
            &walk, &source, STATUS_OK, "");
        assert_int_equal(source.container.width, cases[i][2]);
        assert_int_equal(source.container.height, cases[i][3]);
        source_release(&source);
    }
}

static void test_refuses_derived_images(void **state)
{
    (void)state;
    static const char *const types[] = {"grid", "iovl", "iden", "mski", "tmap", "unci", "hvc1"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct walk walk;
        struct source source;
        char text[100];
        snprintf(text, sizeof text,
                 "holds an AVIF image of derived items ('%s'), which is not read", types[i]);
        check(&(struct recipe_avif){.width = 300, .height = 200, .extra_item = types[i]}, &walk,
              &source, STATUS_UNSUPPORTED, text);
        source_release(&source);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        struct recipe_avif recipe;
        enum status status;
        const char *text;
    } cases[] = {
        {{.width = 9, .height = 9, .moov = true},
         STATUS_UNSUPPORTED,
         "holds an AVIF image sequence; only still AVIF images are read"},
        {{.width = 9, .height = 9, .two_metas = true},
         STATUS_REFUSED,
         "holds a damaged AVIF image: it has two descriptions"},
        {{.width = 9, .height = 9, .no_primary = true},
         STATUS_REFUSED,
         "holds a damaged AVIF image: its primary item is no AV1 image"},
        {{.width = 9, .height = 9, .crop = 10},
         STATUS_REFUSED,
         "holds a damaged AVIF image: its clean aperture is not of whole pixels inside"},
        {{.width = 10000, .height = 10001},
         STATUS_REFUSED,
         "has 10000x10001 pixels (100.01 million), limit is 100 million (--limit source-pixels)"},
        {{.width = 65501, .height = 1},
         STATUS_REFUSED,
         "is 65501x1 px, limit of a side is 65500 (--limit side)"},
        {{.width = 0, .height = 9}, STATUS_REFUSED, "holds a damaged AVIF image: its size is 0x9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct walk walk;
        struct source source;
        check(&cases[i].recipe, &walk, &source, cases[i].status, cases[i].text);
        source_release(&source);
    }
    struct walk walk;
    struct source source;
    limits.icc_bytes = 7;
    check(&(struct recipe_avif){.width = 9, .height = 9, .icc = "profile"}, &walk, &source,
          STATUS_OK, "");
    source_release(&source);
    limits.icc_bytes = 6;
    check(&(struct recipe_avif){.width = 9, .height = 9, .icc = "profile"}, &walk, &source,
          STATUS_REFUSED, "has an ICC profile of more than 6 bytes, the limit (--limit icc-bytes)");
    source_release(&source);
}

/* The container may say less than the decoder makes room for. */
static void test_size_of_the_stream(void **state)
{
    (void)state;
    struct walk walk;
    struct source source;
    check(&(struct recipe_avif){.width = 9, .height = 9, .stream = 10000, .pieces = 1}, &walk,
          &source, STATUS_OK, "");
    assert_int_equal(source.container.width, 9);
    source_release(&source);
    check(&(struct recipe_avif){.width = 9, .height = 9, .stream = 10001, .pieces = 1}, &walk,
          &source, STATUS_REFUSED,
          "has 10001x10001 pixels (100.020001 million), limit is 100 million (--limit "
          "source-pixels)");
    source_release(&source);
    check(&(struct recipe_avif){.width = 9, .height = 9, .stream = 65536, .pieces = 1}, &walk,
          &source, STATUS_REFUSED, "is 65536x65536 px, limit of a side is 65500 (--limit side)");
    source_release(&source);
    check(&(struct recipe_avif){.width = 9, .height = 9, .stream = 9, .pieces = 2}, &walk, &source,
          STATUS_UNSUPPORTED, "holds an AVIF image in 2 pieces, which is not read");
    source_release(&source);
}

static void test_every_cut_of_a_stream(void **state)
{
    (void)state;
    struct buffer stream = {0};
    uint32_t width, height;
    size_t size = craft_av1(&stream, 640, 480);
    assert_true(av1_size((struct span){(const uint8_t *)stream.data, size}, &width, &height));
    assert_int_equal(width, 640);
    assert_int_equal(height, 480);
    for (size_t cut = 0; cut < size; cut++) {
        assert_false(av1_size((struct span){(const uint8_t *)stream.data, cut}, &width, &height));
    }
    buffer_free(&stream);
}

static void test_every_cut_and_flip(void **state)
{
    (void)state;
    struct buffer file = {0};
    whole(&file, &(struct recipe_avif){.width = 30,
                                       .height = 20,
                                       .extra_item = "av01",
                                       .alpha = true,
                                       .exif = true,
                                       .turn = 1,
                                       .stream = 30,
                                       .pieces = 1,
                                       .icc = "profile"});
    for (size_t i = 0; i < file.size * 9; i++) {
        size_t size = i < file.size ? i : file.size;
        char mask = (char)(i < file.size ? 0 : 1 << (i % 8));
        char *flipped = &file.data[i / 9];
        struct walk walk;
        struct source source;
        struct error error;
        *flipped = (char)(*flipped ^ mask);
        enum status status = walk_bytes(&walk, &source, file.data, size, &error);
        assert_int_equal(status, error.status);
        *flipped = (char)(*flipped ^ mask);
        source_release(&source);
    }
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reads_a_still, set_limits),
        cmocka_unit_test_setup(test_facts_are_what_comes_out, set_limits),
        cmocka_unit_test_setup(test_refuses_derived_images, set_limits),
        cmocka_unit_test_setup(test_refuses, set_limits),
        cmocka_unit_test_setup(test_size_of_the_stream, set_limits),
        cmocka_unit_test_setup(test_every_cut_of_a_stream, set_limits),
        cmocka_unit_test_setup(test_every_cut_and_flip, set_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
