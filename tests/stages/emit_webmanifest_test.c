/* SPDX-License-Identifier: MIT
 * What `webmanifest` writes, as exact text. */
#include "emitting.h"

#include "json.h"

static struct emitting icons(void)
{
    struct emitting emitting = emitting_make("webmanifest", "app/site.webmanifest");
    emitting_set(&emitting, "icon", NULL);
    emitting_add(&emitting, "icons/a b-192.png", FORMAT_PNG, 192, 192, "{}");
    emitting_add(&emitting, "icons/mask.png", FORMAT_PNG, 512, 512, "{'purpose': 'maskable'}");
    return emitting;
}

static void test_the_least(void **state)
{
    (void)state;
    struct emitting emitting = icons();
    assert_emitted(&emitting, "{}",
                   "{\n"
                   "  \"name\": \"icon\",\n"
                   "  \"start_url\": \".\",\n"
                   "  \"display\": \"standalone\",\n"
                   "  \"icons\": [\n"
                   "    {\n"
                   "      \"src\": \"../icons/a%20b-192.png\",\n"
                   "      \"sizes\": \"192x192\",\n"
                   "      \"type\": \"image/png\"\n"
                   "    },\n"
                   "    {\n"
                   "      \"src\": \"../icons/mask.png\",\n"
                   "      \"sizes\": \"512x512\",\n"
                   "      \"type\": \"image/png\",\n"
                   "      \"purpose\": \"maskable\"\n"
                   "    }\n"
                   "  ]\n"
                   "}\n");
}

static void test_everything(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("webmanifest", "site.webmanifest");
    emitting_set(&emitting, "icon", NULL)->source.alt = "a \"harbour\"";
    emitting_add(&emitting, "icon.svg", FORMAT_SVG, 0, 0, "{'purpose': ['any', 'monochrome']}");
    emitting_add(&emitting, "favicon.ico", FORMAT_ICO, 16, 16, "{}")->sizes = "16x16 48x48";
    emitting_add(&emitting, "wide.png", FORMAT_PNG, 1280, 720,
                 "{'role': 'screenshot', 'form-factor': 'wide'}");
    emitting_add(&emitting, "tall.png", FORMAT_PNG, 720, 1280,
                 "{'role': 'screenshot', 'form-factor': 'narrow', 'label': 'Quay'}");
    assert_emitted(&emitting,
                   "{'base': '/app/', 'name': 'Harbour </script>', 'short-name': 'Hafen', "
                   "'description': 'ü', 'id': '/?a', 'scope': '/app/', 'start-url': '/app/?pwa', "
                   "'display': 'minimal-ui', 'orientation': 'portrait', 'lang': 'de', 'dir': "
                   "'ltr', 'theme': '#0b3d5c', 'background': '#ffffff80', 'categories': ['photo']}",
                   "{\n"
                   "  \"name\": \"Harbour </script>\",\n"
                   "  \"short_name\": \"Hafen\",\n"
                   "  \"description\": \"ü\",\n"
                   "  \"id\": \"/?a\",\n"
                   "  \"start_url\": \"/app/?pwa\",\n"
                   "  \"scope\": \"/app/\",\n"
                   "  \"display\": \"minimal-ui\",\n"
                   "  \"orientation\": \"portrait\",\n"
                   "  \"lang\": \"de\",\n"
                   "  \"dir\": \"ltr\",\n"
                   "  \"theme_color\": \"#0b3d5c\",\n"
                   "  \"background_color\": \"#ffffff80\",\n"
                   "  \"categories\": [\"photo\"],\n"
                   "  \"icons\": [\n"
                   "    {\n"
                   "      \"src\": \"/app/icon.svg\",\n"
                   "      \"sizes\": \"any\",\n"
                   "      \"type\": \"image/svg+xml\"\n"
                   "    },\n"
                   "    {\n"
                   "      \"src\": \"/app/icon.svg\",\n"
                   "      \"sizes\": \"any\",\n"
                   "      \"type\": \"image/svg+xml\",\n"
                   "      \"purpose\": \"monochrome\"\n"
                   "    },\n"
                   "    {\n"
                   "      \"src\": \"/app/favicon.ico\",\n"
                   "      \"sizes\": \"16x16 48x48\",\n"
                   "      \"type\": \"image/x-icon\"\n"
                   "    }\n"
                   "  ],\n"
                   "  \"screenshots\": [\n"
                   "    {\n"
                   "      \"src\": \"/app/wide.png\",\n"
                   "      \"sizes\": \"1280x720\",\n"
                   "      \"type\": \"image/png\",\n"
                   "      \"form_factor\": \"wide\",\n"
                   "      \"label\": \"a \\\"harbour\\\"\"\n"
                   "    },\n"
                   "    {\n"
                   "      \"src\": \"/app/tall.png\",\n"
                   "      \"sizes\": \"720x1280\",\n"
                   "      \"type\": \"image/png\",\n"
                   "      \"form_factor\": \"narrow\",\n"
                   "      \"label\": \"Quay\"\n"
                   "    }\n"
                   "  ]\n"
                   "}\n");
}

/* Each preset's icons by its own base; of what stands once the first that says something. */
static void test_several_presets_of_an_image(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("webmanifest", "site.webmanifest");
    emitting_set(&emitting, "icon", "{'base': '/fav/', 'theme': '#ffffff', 'short-name': 'F'}");
    emitting_add(&emitting, "192.png", FORMAT_PNG, 192, 192, "{}");
    emitting_set(&emitting, "icon", "{'base': '/pwa', 'name': 'P', 'theme': '#000000'}");
    emitting_add(&emitting, "mask.png", FORMAT_PNG, 512, 512, "{'purpose': 'maskable'}");
    assert_emitted(&emitting, "{}",
                   "{\n"
                   "  \"name\": \"P\",\n"
                   "  \"short_name\": \"F\",\n"
                   "  \"start_url\": \"/fav/\",\n"
                   "  \"display\": \"standalone\",\n"
                   "  \"theme_color\": \"#ffffff\",\n"
                   "  \"icons\": [\n"
                   "    {\n"
                   "      \"src\": \"/fav/192.png\",\n"
                   "      \"sizes\": \"192x192\",\n"
                   "      \"type\": \"image/png\"\n"
                   "    },\n"
                   "    {\n"
                   "      \"src\": \"/pwa/mask.png\",\n"
                   "      \"sizes\": \"512x512\",\n"
                   "      \"type\": \"image/png\",\n"
                   "      \"purpose\": \"maskable\"\n"
                   "    }\n"
                   "  ]\n"
                   "}\n");
}

static void test_it_is_json(void **state)
{
    (void)state;
    struct emitting emitting = icons();
    emitting.sets[0].source.name = "a\"\\\xff\n";
    struct buffer out = {0};
    struct error error = {0};
    const struct value *value = NULL;
    assert_int_equal(emitting_run(&emitting, "{'base': '/\\'x\\''}", &out, &error), STATUS_OK);
    assert_int_equal(json_parse(emitting.arena, out.data, out.size, &value, &error), STATUS_OK);
    assert_string_equal(value_get(value, "name")->text, "a\"\\\\xff\\x0a");
    assert_string_equal(value_get(value_get(value, "icons")->list.items[0], "src")->text,
                        "/\"x\"/icons/a%20b-192.png");
    buffer_free(&out);
    emitting_end(&emitting);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *options, *message;
    } cases[] = {
        {"{'base': '/a b'}",
         "'base' is '/a b': blanks and control characters are not allowed in a URL"},
        {"{'start-url': '/ '}",
         "'start-url' is '/ ': blanks and control characters are not allowed in a URL"},
        {"{'scope': ' '}",
         "'scope' is ' ': blanks and control characters are not allowed in a URL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct emitting emitting = icons();
        assert_not_emitted(&emitting, cases[i].options, cases[i].message);
    }
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = icons();
    emitting_add(&emitting, "wide.png", FORMAT_PNG, 1280, 720, "{'role': 'screenshot'}");
    emitting_short_of_memory(&emitting, "{'theme': '#0b3d5c', 'categories': ['photo']}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_least),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_several_presets_of_an_image),
        cmocka_unit_test(test_it_is_json),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
