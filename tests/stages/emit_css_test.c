/* SPDX-License-Identifier: MIT
 * What `css` writes, as exact text; that names and URLs cannot end a string or a rule. */
#include "emitting.h"

static void test_types_and_densities(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("css", "css/images.css");
    emitting_set(&emitting, "hero", NULL);
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_AVIF};
    for (int d = 2; d >= 1; d--) {
        for (int f = 0; f < 2; f++) {
            const char *path = arena_format(emitting.arena, "img/a b-%dx.%s", d,
                                            format_info(formats[f])->extension);
            emitting_add(&emitting, path, formats[f], 800 * d, 400 * d,
                         arena_format(emitting.arena, "{'density': %d}", d));
        }
    }
    assert_emitted(&emitting, "{}",
                   ".hero {\n"
                   "  background-image: url(\"../img/a%20b-1x.jpg\");\n"
                   "  background-image: image-set(\n"
                   "    url(\"../img/a%20b-1x.avif\") type(\"image/avif\") 1x,\n"
                   "    url(\"../img/a%20b-2x.avif\") type(\"image/avif\") 2x,\n"
                   "    url(\"../img/a%20b-1x.jpg\") type(\"image/jpeg\") 1x,\n"
                   "    url(\"../img/a%20b-2x.jpg\") type(\"image/jpeg\") 2x);\n"
                   "}\n");
}

/* The first query that is written counts most: it stands last. */
static void test_media_queries(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("css", "images.css");
    struct record_set *set = emitting_set(&emitting, "hero", NULL);
    set->colour_known = true;
    set->colour[1] = 0x3d;
    emitting_add(&emitting, "wide.webp", FORMAT_WEBP, 800, 400, "{'media': '(min-width: 1024px)'}");
    emitting_add(&emitting, "square.webp", FORMAT_WEBP, 400, 400,
                 "{'media': '(min-width: 600px)'}");
    emitting_add(&emitting, "tall.webp", FORMAT_WEBP, 400, 800, "{}");
    assert_emitted(&emitting, "{'colour': true, 'selector': '#top > .hero', 'base': '/i'}",
                   "#top > .hero {\n"
                   "  background-color: #003d00;\n"
                   "  background-image: url(\"/i/tall.webp\");\n"
                   "  background-image: image-set(\n"
                   "    url(\"/i/tall.webp\") type(\"image/webp\") 1x);\n"
                   "}\n"
                   "@media (min-width: 600px) {\n"
                   "  #top > .hero {\n"
                   "    background-image: url(\"/i/square.webp\");\n"
                   "    background-image: image-set(\n"
                   "      url(\"/i/square.webp\") type(\"image/webp\") 1x);\n"
                   "  }\n"
                   "}\n"
                   "@media (min-width: 1024px) {\n"
                   "  #top > .hero {\n"
                   "    background-image: url(\"/i/wide.webp\");\n"
                   "    background-image: image-set(\n"
                   "      url(\"/i/wide.webp\") type(\"image/webp\") 1x);\n"
                   "  }\n"
                   "}\n");
}

/* Without densities all are 1x, and then the widest is enough; a custom property has no fallback;
 * nothing shows behind an image with alpha. */
static void test_widths_and_custom_property(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("css", "images.css");
    struct record_set *set = emitting_set(&emitting, "hero", NULL);
    set->colour_known = true;
    emitting_add(&emitting, "b.png", FORMAT_PNG, 800, 400, "{}")->alpha = true;
    emitting_add(&emitting, "a.png", FORMAT_PNG, 400, 200, "{}")->alpha = true;
    emitting_add(&emitting, NULL, FORMAT_PNG, 2, 1, "{'role': 'placeholder'}")->data_uri = "data:";
    assert_emitted(&emitting, "{'property': '--hero', 'colour': true}",
                   ".hero {\n"
                   "  --hero: image-set(\n"
                   "    url(\"b.png\") type(\"image/png\") 1x);\n"
                   "}\n");
}

static void test_several_images(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("css", "images.css");
    emitting_set(&emitting, "a", "{'base': '/one', 'class': 'bg-a'}");
    emitting_add(&emitting, "a.jpg", FORMAT_JPEG, 8, 8, "{}");
    emitting_set(&emitting, "none", NULL);
    emitting_set(&emitting, "b", "{'base': 'https://example.org/(\\\\two)</style>'}");
    emitting_add(&emitting, "b.jpg", FORMAT_JPEG, 8, 8, "{}");
    assert_emitted(&emitting, "{}",
                   ".bg-a {\n"
                   "  background-image: url(\"/one/a.jpg\");\n"
                   "  background-image: image-set(\n"
                   "    url(\"/one/a.jpg\") type(\"image/jpeg\") 1x);\n"
                   "}\n"
                   ".b {\n"
                   "  background-image: url(\"https://example.org/\\28 \\5c two\\29 \\3c "
                   "/style\\3e /b.jpg\");\n"
                   "  background-image: image-set(\n"
                   "    url(\"https://example.org/\\28 \\5c two\\29 \\3c /style\\3e /b.jpg\") "
                   "type(\"image/jpeg\") 1x);\n"
                   "}\n");
}

static void test_names_become_identifiers(void **state)
{
    (void)state;
    static const struct {
        const char *name, *class;
    } cases[] = {
        {"hero", "hero"},
        {"Hero_2-x", "Hero_2-x"},
        {"2x", "\\32 x"},
        {"-2x", "-\\32 x"},
        {"-", "\\-"},
        {"--x", "--x"},
        {"my photo", "my-photo"},
        {"a.b{c}", "a\\.b\\{c\\}"},
        {"ü", "ü"},
        {"</style>", "\\3c \\/style\\>"},
        {"a\nb", "a-b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct emitting emitting = emitting_make("css", "images.css");
        emitting_set(&emitting, cases[i].name, NULL);
        emitting_add(&emitting, "a.jpg", FORMAT_JPEG, 8, 8, "{}");
        const char *text = arena_format(emitting.arena,
                                        ".%s {\n"
                                        "  background-image: url(\"a.jpg\");\n"
                                        "  background-image: image-set(\n"
                                        "    url(\"a.jpg\") type(\"image/jpeg\") 1x);\n"
                                        "}\n",
                                        cases[i].class);
        assert_emitted(&emitting, "{}", text);
    }
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *options, *message;
    } cases[] = {
        {"{'media': 'print { a'}", "{}",
         "'media' is 'print { a': '{', '}', ';', '<' and line ends are not allowed"},
        {"{}", "{'selector': 'a { b'}",
         "'selector' is 'a { b': '{', '}', ';', '<' and line ends are not allowed"},
        {"{}", "{'property': 'a: b'}",
         "'property' is 'a: b', must be the name of a property of CSS"},
        {"{}", "{'property': ''}", "'property' is '', must be the name of a property of CSS"},
        {"{}", "{'base': '/ '}",
         "'base' is '/ ': blanks and control characters are not allowed in a URL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct emitting emitting = emitting_make("css", "images.css");
        emitting_set(&emitting, "a", NULL);
        emitting_add(&emitting, "a.jpg", FORMAT_JPEG, 8, 8, cases[i].entry);
        assert_not_emitted(&emitting, cases[i].options, cases[i].message);
    }
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("css", "images.css");
    emitting_set(&emitting, "a", NULL);
    emitting_add(&emitting, "a.jpg", FORMAT_JPEG, 8, 8, "{}");
    emitting_add(&emitting, "b.avif", FORMAT_AVIF, 8, 8, "{'media': 'print'}");
    emitting_short_of_memory(&emitting, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_and_densities),        cmocka_unit_test(test_media_queries),
        cmocka_unit_test(test_widths_and_custom_property), cmocka_unit_test(test_several_images),
        cmocka_unit_test(test_names_become_identifiers),   cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
