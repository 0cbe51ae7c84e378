/* SPDX-License-Identifier: MIT
 * What `xcassets` writes and where, as exact text: app icons, image sets, the watch's roles, the
 * stacks of tvOS. */
#include <stdio.h>
#include <string.h>

#include "emitting.h"

#define INFO                                                                                       \
    "  \"info\": {\n"                                                                              \
    "    \"author\": \"xcode\",\n"                                                                 \
    "    \"version\": 1\n"                                                                         \
    "  }"

/* Emits the file of one folder; ends nothing. */
static void check(const struct emitting *emitting, const char *path, const char *options,
                  const char *text)
{
    struct emitting one = *emitting;
    struct buffer out = {0};
    struct error error = {0};
    one.path = path;
    if (emitting_run(&one, options, &out, &error) != STATUS_OK) {
        fail_msg("%s: %s", path, error.message);
    }
    assert_buffer_text(&out, text);
}

static struct buffer places_of(const char *const *paths, size_t count, struct error *error)
{
    const struct emitter *emitter = emitter_find("xcassets");
    struct arena *arena = arena_new();
    struct buffer text = {0};
    const char *const *places = NULL;
    size_t place_count = 0;
    if (emitter->places(paths, count, arena, &places, &place_count, error) == STATUS_OK) {
        for (size_t i = 0; i < place_count; i++) {
            buffer_format(&text, "%s\n", places[i]);
        }
    }
    arena_free(arena);
    return text;
}

static void test_places(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "ios/Assets.xcassets/AppIcon.appiconset/a.png",
        "ios/Assets.xcassets/AppIcon.appiconset/b.png",
        "ios/Assets.xcassets/photos/sea.imageset/sea@2x.png",
        "Other.xcassets/Icon.imagestack/Front.imagestacklayer/Content.imageset/f.png",
    };
    struct error error = {0};
    struct buffer out = places_of(paths, sizeof paths / sizeof *paths, &error);
    assert_buffer_text(&out,
                       "ios/Assets.xcassets/Contents.json\n"
                       "ios/Assets.xcassets/AppIcon.appiconset/Contents.json\n"
                       "ios/Assets.xcassets/photos/Contents.json\n"
                       "ios/Assets.xcassets/photos/sea.imageset/Contents.json\n"
                       "Other.xcassets/Contents.json\n"
                       "Other.xcassets/Icon.imagestack/Contents.json\n"
                       "Other.xcassets/Icon.imagestack/Front.imagestacklayer/Contents.json\n"
                       "Other.xcassets/Icon.imagestack/Front.imagestacklayer/Content.imageset/"
                       "Contents.json\n");
}

static void test_places_that_are_none(void **state)
{
    (void)state;
    static const char *const paths[] = {"Assets.xcassets/a.png", "a.png",
                                        "AppIcon.appiconset/a.png", ".xcassets/x.imageset/a.png"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct error error = {0};
        struct buffer out = places_of(&paths[i], 1, &error);
        char text[256];
        snprintf(text, sizeof text,
                 "'%s' is not inside a set of an asset catalogue, such as "
                 "Assets.xcassets/AppIcon.appiconset/",
                 paths[i]);
        assert_error_text(&error, STATUS_USAGE, text);
        buffer_free(&out);
    }
}

static void test_app_icon_of_one_size(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("xcassets", "");
    emitting_set(&emitting, "icon", NULL);
    emitting_add(&emitting, "A.xcassets/I.appiconset/I.png", FORMAT_PNG, 1024, 1024,
                 "{'platform': 'ios', 'size': '1024x1024'}");
    emitting_add(&emitting, "A.xcassets/I.appiconset/I-dark.png", FORMAT_PNG, 1024, 1024,
                 "{'platform': 'ios', 'size': '1024x1024', 'appearance': 'dark'}");
    check(&emitting, "A.xcassets/I.appiconset/Contents.json", "{}",
          "{\n"
          "  \"images\": [\n"
          "    {\n"
          "      \"filename\": \"I.png\",\n"
          "      \"idiom\": \"universal\",\n"
          "      \"platform\": \"ios\",\n"
          "      \"size\": \"1024x1024\"\n"
          "    },\n"
          "    {\n"
          "      \"appearances\": [\n"
          "        {\n"
          "          \"appearance\": \"luminosity\",\n"
          "          \"value\": \"dark\"\n"
          "        }\n"
          "      ],\n"
          "      \"filename\": \"I-dark.png\",\n"
          "      \"idiom\": \"universal\",\n"
          "      \"platform\": \"ios\",\n"
          "      \"size\": \"1024x1024\"\n"
          "    }\n"
          "  ],\n" INFO "\n"
          "}\n");
    check(&emitting, "A.xcassets/Contents.json", "{'namespace': true, 'rendering': 'template'}",
          "{\n" INFO "\n}\n");
    emitting_end(&emitting);
}

/* iPhone and iPad share a file; a Mac's icons of another preset join in. */
static void test_several_idioms_and_presets(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("xcassets", "");
    emitting_set(&emitting, "icon", NULL);
    emitting_add(&emitting, "A.xcassets/I.appiconset/83.5@2x.png", FORMAT_PNG, 167, 167,
                 "{'idiom': ['iphone', 'ipad'], 'scale': '2x', 'size': '83.5x83.5'}");
    emitting_add(&emitting, "A.xcassets/I.appiconset-not/x.png", FORMAT_PNG, 167, 167, "{}");
    emitting_set(&emitting, "icon", "{'author': 'other'}");
    emitting_add(&emitting, "A.xcassets/I.appiconset/\"mac\" ü.png", FORMAT_PNG, 16, 16,
                 "{'idiom': 'mac', 'scale': '1x', 'size': '16x16'}");
    check(&emitting, "A.xcassets/I.appiconset/Contents.json", "{}",
          "{\n"
          "  \"images\": [\n"
          "    {\n"
          "      \"filename\": \"83.5@2x.png\",\n"
          "      \"idiom\": \"iphone\",\n"
          "      \"scale\": \"2x\",\n"
          "      \"size\": \"83.5x83.5\"\n"
          "    },\n"
          "    {\n"
          "      \"filename\": \"83.5@2x.png\",\n"
          "      \"idiom\": \"ipad\",\n"
          "      \"scale\": \"2x\",\n"
          "      \"size\": \"83.5x83.5\"\n"
          "    },\n"
          "    {\n"
          "      \"filename\": \"\\\"mac\\\" ü.png\",\n"
          "      \"idiom\": \"mac\",\n"
          "      \"scale\": \"1x\",\n"
          "      \"size\": \"16x16\"\n"
          "    }\n"
          "  ],\n" INFO "\n"
          "}\n");
    emitting_end(&emitting);
}

static void test_every_key_of_an_image(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("xcassets", "");
    emitting_set(&emitting, "icon", "{'rendering': 'template', 'vector': true}");
    emitting_add(&emitting, "A.xcassets/g/W.imageset/w.png", FORMAT_PNG, 88, 88,
                 "{'idiom': 'watch', 'scale': '2x', 'size': '44x44', 'role': 'appLauncher', "
                 "'subtype': '40mm', 'screen-width': '>161', 'appearance': 'light', 'contrast': "
                 "true, 'gamut': 'display-P3', 'direction': 'right-to-left', 'width-class': "
                 "'compact', 'height-class': 'regular'}");
    check(&emitting, "A.xcassets/g/W.imageset/Contents.json", "{}",
          "{\n"
          "  \"images\": [\n"
          "    {\n"
          "      \"appearances\": [\n"
          "        {\n"
          "          \"appearance\": \"luminosity\",\n"
          "          \"value\": \"light\"\n"
          "        },\n"
          "        {\n"
          "          \"appearance\": \"contrast\",\n"
          "          \"value\": \"high\"\n"
          "        }\n"
          "      ],\n"
          "      \"display-gamut\": \"display-P3\",\n"
          "      \"filename\": \"w.png\",\n"
          "      \"height-class\": \"regular\",\n"
          "      \"idiom\": \"watch\",\n"
          "      \"language-direction\": \"right-to-left\",\n"
          "      \"role\": \"appLauncher\",\n"
          "      \"scale\": \"2x\",\n"
          "      \"screen-width\": \">161\",\n"
          "      \"size\": \"44x44\",\n"
          "      \"subtype\": \"40mm\",\n"
          "      \"width-class\": \"compact\"\n"
          "    }\n"
          "  ],\n" INFO ",\n"
          "  \"properties\": {\n"
          "    \"preserves-vector-representation\": true,\n"
          "    \"template-rendering-intent\": \"template\"\n"
          "  }\n"
          "}\n");
    check(&emitting, "A.xcassets/g/Contents.json", "{}", "{\n" INFO "\n}\n");
    emitting.options[0] = "{'namespace': true}";
    check(&emitting, "A.xcassets/g/Contents.json", "{}",
          "{\n" INFO ",\n"
          "  \"properties\": {\n"
          "    \"provides-namespace\": true\n"
          "  }\n"
          "}\n");
    emitting_end(&emitting);
}

static void test_brand_assets_and_stacks(void **state)
{
    (void)state;
#define BRAND "A.xcassets/App.brandassets/"
    struct emitting emitting = emitting_make("xcassets", "");
    emitting_set(&emitting, "icon", NULL);
    static const char *const layers[] = {"Front", "Back"};
    for (int l = 0; l < 2; l++) {
        for (int x = 1; x <= 2; x++) {
            emitting_add(&emitting,
                         arena_format(emitting.arena,
                                      BRAND "Icon.imagestack/%s.imagestacklayer/"
                                            "Content.imageset/%s@%dx.png",
                                      layers[l], layers[l], x),
                         FORMAT_PNG, 400 * x, 240 * x,
                         arena_format(emitting.arena,
                                      "{'idiom': 'tv', 'scale': '%dx', 'size': '400x240', "
                                      "'role': 'primary-app-icon'}",
                                      x));
        }
    }
    emitting_add(&emitting, BRAND "Shelf.imageset/s.png", FORMAT_PNG, 1920, 720,
                 "{'idiom': 'tv', 'scale': '1x', 'size': '1920x720', 'role': 'top-shelf-image'}");
    check(&emitting, BRAND "Contents.json", "{}",
          "{\n"
          "  \"assets\": [\n"
          "    {\n"
          "      \"filename\": \"Icon.imagestack\",\n"
          "      \"idiom\": \"tv\",\n"
          "      \"role\": \"primary-app-icon\",\n"
          "      \"size\": \"400x240\"\n"
          "    },\n"
          "    {\n"
          "      \"filename\": \"Shelf.imageset\",\n"
          "      \"idiom\": \"tv\",\n"
          "      \"role\": \"top-shelf-image\",\n"
          "      \"size\": \"1920x720\"\n"
          "    }\n"
          "  ],\n" INFO "\n"
          "}\n");
    check(&emitting, BRAND "Icon.imagestack/Contents.json", "{}",
          "{\n" INFO ",\n"
          "  \"layers\": [\n"
          "    {\n"
          "      \"filename\": \"Front.imagestacklayer\"\n"
          "    },\n"
          "    {\n"
          "      \"filename\": \"Back.imagestacklayer\"\n"
          "    }\n"
          "  ]\n"
          "}\n");
    check(&emitting, BRAND "Icon.imagestack/Front.imagestacklayer/Contents.json", "{}",
          "{\n" INFO "\n}\n");
    check(&emitting, BRAND "Icon.imagestack/Back.imagestacklayer/Content.imageset/Contents.json",
          "{}",
          "{\n"
          "  \"images\": [\n"
          "    {\n"
          "      \"filename\": \"Back@1x.png\",\n"
          "      \"idiom\": \"tv\",\n"
          "      \"scale\": \"1x\"\n"
          "    },\n"
          "    {\n"
          "      \"filename\": \"Back@2x.png\",\n"
          "      \"idiom\": \"tv\",\n"
          "      \"scale\": \"2x\"\n"
          "    }\n"
          "  ],\n" INFO "\n"
          "}\n");
    emitting_end(&emitting);
}

static bool places_short_of_memory(void *data)
{
    static const char *const paths[] = {"A.xcassets/a.imageset/a.png"};
    const struct emitter *emitter = emitter_find("xcassets");
    struct error error = {0};
    struct arena *arena = arena_new();
    const char *const *places = NULL;
    size_t count = 0;
    (void)data;
    if (!arena) {
        return false;
    }
    enum status status = emitter->places(paths, 1, arena, &places, &count, &error);
    if (status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    arena_free(arena);
    return status == STATUS_OK;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("xcassets", "A.xcassets/I.appiconset/Contents.json");
    emitting_set(&emitting, "icon", NULL);
    emitting_add(&emitting, "A.xcassets/I.appiconset/I.png", FORMAT_PNG, 1024, 1024,
                 "{'appearance': 'dark'}");
    emitting_short_of_memory(&emitting, "{'rendering': 'template'}");
    assert_true(support_each_allocation(places_short_of_memory, NULL) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_places_that_are_none),
        cmocka_unit_test(test_app_icon_of_one_size),
        cmocka_unit_test(test_several_idioms_and_presets),
        cmocka_unit_test(test_every_key_of_an_image),
        cmocka_unit_test(test_brand_assets_and_stacks),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
