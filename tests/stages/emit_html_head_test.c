/* SPDX-License-Identifier: MIT
 * What `html-head` writes, as exact text; that it is HTML whatever names and alt texts are; and how
 * several presets share a head. */
#include <string.h>

#include "emitting.h"

#define START "apple-touch-startup-image"

static struct emitting icons(const char *base)
{
    struct emitting emitting = emitting_make("html-head", "head.html");
    emitting_set(&emitting, "icon", base);
    emitting_add(&emitting, "favicon.ico", FORMAT_ICO, 16, 16, "{'rel': 'icon'}")->sizes =
        "16x16 32x32";
    emitting_add(&emitting, "icon.svg", FORMAT_SVG, 0, 0, "{}");
    emitting_add(&emitting, "a b/32.png", FORMAT_PNG, 32, 32,
                 "{'media': '(prefers-color-scheme: dark)'}");
    emitting_add(&emitting, "touch.png", FORMAT_PNG, 180, 180, "{'rel': 'apple-touch-icon'}");
    emitting_add(&emitting, "pin.svg", FORMAT_SVG, 0, 0,
                 "{'rel': 'mask-icon', 'colour': '#0b3d5c'}");
    emitting_add(&emitting, "tile.png", FORMAT_PNG, 144, 144,
                 "{'name': 'msapplication-TileImage'}");
    return emitting;
}

static struct record_emitted web_manifest(struct emitting *emitting, const char *options)
{
    return (struct record_emitted){.emitter = "webmanifest",
                                   .path = "site.webmanifest",
                                   .options = support_value(emitting->arena, options)};
}

static void check(struct emitting *emitting, const char *options, const char *text)
{
    struct buffer out = {0};
    struct error error = {0};
    if (emitting_run(emitting, options, &out, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    assert_void_html(buffer_string(&out));
    assert_buffer_text(&out, text);
    emitting_end(emitting);
}

static void test_icons(void **state)
{
    (void)state;
    struct emitting emitting = icons(NULL);
    check(&emitting, "{'base': '/'}",
          "<link rel=\"icon\" sizes=\"16x16 32x32\" href=\"/favicon.ico\">\n"
          "<link rel=\"icon\" type=\"image/svg+xml\" sizes=\"any\" href=\"/icon.svg\">\n"
          "<link rel=\"icon\" type=\"image/png\" sizes=\"32x32\""
          " media=\"(prefers-color-scheme: dark)\" href=\"/a%20b/32.png\">\n"
          "<link rel=\"apple-touch-icon\" sizes=\"180x180\" href=\"/touch.png\">\n"
          "<link rel=\"mask-icon\" href=\"/pin.svg\" color=\"#0b3d5c\">\n"
          "<meta name=\"msapplication-TileImage\" content=\"/tile.png\">\n");
}

static void test_web_manifest_and_colours(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("html-head", "head.html");
    struct record_set *set = emitting_set(&emitting, "icon", NULL);
    struct record_emitted manifest =
        web_manifest(&emitting, "{'base': '/app/', 'theme': '#0b3d5c'}");
    set->emitted = &manifest;
    set->emitted_count = 1;
    emitting_add(&emitting, "s.png", FORMAT_PNG, 640, 1136,
                 "{'rel': '" START "', 'media': '(orientation: portrait)'}");
    check(&emitting, "{'app': 'A \\'quoted\\' </script>'}",
          "<link rel=\"manifest\" href=\"/app/site.webmanifest\">\n"
          "<meta name=\"theme-color\" content=\"#0b3d5c\">\n"
          "<meta name=\"apple-mobile-web-app-title\""
          " content=\"A &quot;quoted&quot; &lt;/script&gt;\">\n"
          "<meta name=\"apple-mobile-web-app-capable\" content=\"yes\">\n"
          "<meta name=\"mobile-web-app-capable\" content=\"yes\">\n"
          "<link rel=\"" START "\" media=\"(orientation: portrait)\" href=\"s.png\">\n");
}

static void test_own_colours_come_first(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("html-head", "sub/head.html");
    struct record_set *set = emitting_set(&emitting, "icon", NULL);
    struct record_emitted manifest = web_manifest(&emitting, "{'theme': '#0b3d5c'}");
    set->emitted = &manifest;
    set->emitted_count = 1;
    check(&emitting, "{'theme': '#ffffff', 'theme-dark': '#000000'}",
          "<link rel=\"manifest\" href=\"../site.webmanifest\">\n"
          "<meta name=\"theme-color\" content=\"#ffffff\""
          " media=\"(prefers-color-scheme: light)\">\n"
          "<meta name=\"theme-color\" content=\"#000000\""
          " media=\"(prefers-color-scheme: dark)\">\n");
    emitting = emitting_make("html-head", "head.html");
    set = emitting_set(&emitting, "icon", NULL);
    set->emitted = &manifest;
    set->emitted_count = 1;
    check(&emitting, "{'manifest': false}", "");
}

static struct emitting sharing(const char *alt, int width, int height)
{
    struct emitting emitting = emitting_make("html-head", "head.html");
    emitting_set(&emitting, "photo", NULL)->source.alt = alt;
    emitting_add(&emitting, "ü & co-og.jpg", FORMAT_JPEG, width, height,
                 "{'property': 'og:image'}");
    return emitting;
}

static void test_sharing(void **state)
{
    (void)state;
    struct emitting emitting = sharing("a \"sign\" </script>", 1200, 630);
    emitting_add(&emitting, "x.webp", FORMAT_WEBP, 1200, 628, "{'property': 'twitter:image'}");
    check(&emitting,
          "{'base': 'https://example.org/img', 'title': '<T>', 'description': 'D', 'type': "
          "'article', 'url': 'https://example.org/?a=1&b=2', 'site-name': 'S', 'locale': 'de_DE', "
          "'site': '@s'}",
          "<meta property=\"og:title\" content=\"&lt;T&gt;\">\n"
          "<meta property=\"og:description\" content=\"D\">\n"
          "<meta property=\"og:type\" content=\"article\">\n"
          "<meta property=\"og:url\" content=\"https://example.org/?a=1&amp;b=2\">\n"
          "<meta property=\"og:site_name\" content=\"S\">\n"
          "<meta property=\"og:locale\" content=\"de_DE\">\n"
          "<meta name=\"twitter:site\" content=\"@s\">\n"
          "<meta property=\"og:image\""
          " content=\"https://example.org/img/%C3%BC%20%26%20co-og.jpg\">\n"
          "<meta property=\"og:image:type\" content=\"image/jpeg\">\n"
          "<meta property=\"og:image:width\" content=\"1200\">\n"
          "<meta property=\"og:image:height\" content=\"630\">\n"
          "<meta property=\"og:image:alt\" content=\"a &quot;sign&quot; &lt;/script&gt;\">\n"
          "<meta name=\"twitter:card\" content=\"summary_large_image\">\n"
          "<meta name=\"twitter:image\" content=\"https://example.org/img/x.webp\">\n"
          "<meta name=\"twitter:image:alt\" content=\"a &quot;sign&quot; &lt;/script&gt;\">\n");
}

static void test_origin_makes_whole_urls(void **state)
{
    (void)state;
    static const struct {
        const char *options, *url, *card;
        int width;
    } cases[] = {
        {"{'base': '/img/', 'origin': 'https://example.org'}", "https://example.org/img/",
         "<meta name=\"twitter:card\" content=\"summary\">\n", 600},
        {"{'base': '/img', 'origin': 'https://example.org/', 'card': 'none'}",
         "https://example.org/img/", "", 1200},
        {"{'origin': 'http://example.org', 'card': 'summary'}", "http://example.org/",
         "<meta name=\"twitter:card\" content=\"summary\">\n", 1200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct emitting emitting = sharing(NULL, cases[i].width, 600);
        const char *text = arena_format(
            emitting.arena,
            "<meta property=\"og:image\" content=\"%s%%C3%%BC%%20%%26%%20co-og.jpg\">\n"
            "<meta property=\"og:image:type\" content=\"image/jpeg\">\n"
            "<meta property=\"og:image:width\" content=\"%d\">\n"
            "<meta property=\"og:image:height\" content=\"600\">\n%s",
            cases[i].url, cases[i].width, cases[i].card);
        check(&emitting, cases[i].options, text);
    }
}

/* Each set's URLs by its own base; what may stand once stands once, what is the same, too. */
static void test_several_presets_share_a_head(void **state)
{
    (void)state;
    struct emitting emitting = icons("{'base': '/fav'}");
    struct record_emitted manifest = web_manifest(&emitting, "{'theme': '#ffffff'}");
    emitting.sets[0].emitted = &manifest;
    emitting.sets[0].emitted_count = 1;
    struct record_set *set = emitting_set(&emitting, "icon", "{'base': '/app', 'app': 'B'}");
    set->emitted = &manifest;
    set->emitted_count = 1;
    emitting_add(&emitting, "s.png", FORMAT_PNG, 640, 1136, "{'rel': '" START "'}");
    emitting_add(&emitting, "s.png", FORMAT_PNG, 640, 1136, "{'rel': '" START "'}");
    emitting.renditions[0][1].entry_count = 0;
    for (int i = 2; i < 6; i++) {
        emitting.renditions[0][i].entry_count = 0;
    }
    check(&emitting, "{}",
          "<link rel=\"icon\" sizes=\"16x16 32x32\" href=\"/fav/favicon.ico\">\n"
          "<link rel=\"manifest\" href=\"/fav/site.webmanifest\">\n"
          "<meta name=\"theme-color\" content=\"#ffffff\">\n"
          "<meta name=\"apple-mobile-web-app-title\" content=\"B\">\n"
          "<meta name=\"apple-mobile-web-app-capable\" content=\"yes\">\n"
          "<meta name=\"mobile-web-app-capable\" content=\"yes\">\n"
          "<link rel=\"" START "\" href=\"/app/s.png\">\n");
}

static void test_preload_and_inline(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("html-head", "head.html");
    emitting_set(&emitting, "x", NULL);
    emitting_add(&emitting, "h.avif", FORMAT_AVIF, 8, 8,
                 "{'rel': 'preload', 'media': '(600px <= width)'}");
    emitting_add(&emitting, NULL, FORMAT_PNG, 8, 8, "{'sizes': '8x8 16x16'}")->data_uri =
        "data:image/png;base64,AA+/==";
    check(&emitting, "{'base': '/x'}",
          "<link rel=\"preload\" as=\"image\" type=\"image/avif\""
          " media=\"(600px &lt;= width)\" href=\"/x/h.avif\">\n"
          "<link rel=\"icon\" type=\"image/png\" sizes=\"8x8 16x16\""
          " href=\"data:image/png;base64,AA+/==\">\n");
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *options, *message;
    } cases[] = {
        {"{'base': '/img/'}",
         "'og:image' needs a whole URL: 'base' is '/img/', must begin with https://, or give "
         "'origin'"},
        {"{}",
         "'og:image' needs a whole URL: 'base' is '', must begin with https://, or give 'origin'"},
        {"{'origin': 'example.org'}",
         "'origin' is 'example.org', must begin with https:// or http://"},
        {"{'base': 'https://a b/'}",
         "'base' is 'https://a b/': blanks and control characters are not allowed in a URL"},
        {"{'url': 'https://a\\tb/'}",
         "'url' is 'https://a\tb/': blanks and control characters are not allowed in a URL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct emitting emitting = sharing(NULL, 1200, 630);
        assert_not_emitted(&emitting, cases[i].options, cases[i].message);
    }
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = icons(NULL);
    struct record_emitted manifest = web_manifest(&emitting, "{'theme': '#ffffff'}");
    emitting.sets[0].emitted = &manifest;
    emitting.sets[0].emitted_count = 1;
    emitting_add(&emitting, "og.jpg", FORMAT_JPEG, 8, 8, "{'property': 'og:image'}");
    emitting_short_of_memory(&emitting, "{'base': 'https://example.org', 'theme-dark': '#000000'}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_icons),
        cmocka_unit_test(test_web_manifest_and_colours),
        cmocka_unit_test(test_own_colours_come_first),
        cmocka_unit_test(test_sharing),
        cmocka_unit_test(test_origin_makes_whole_urls),
        cmocka_unit_test(test_several_presets_share_a_head),
        cmocka_unit_test(test_preload_and_inline),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
