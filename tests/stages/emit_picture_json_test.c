/* SPDX-License-Identifier: MIT
 * What `picture` writes as JSON, as exact text; and placeholders that it makes of a ThumbHash or
 * takes from a file. */
#include <string.h>

#include "emitting.h"

#define IMG                                                                                        \
    "<img src=\"a.webp\" width=\"8\" height=\"8\" alt=\"\" loading=\"lazy\" decoding=\"async\""

static void add_web(struct emitting *emitting)
{
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_WEBP, FORMAT_AVIF};
    for (int w = 1; w <= 2; w++) {
        for (int f = 0; f < 3; f++) {
            const char *path = arena_format(emitting->arena, "photo-%dw.%s", 640 * w,
                                            format_info(formats[f])->extension);
            emitting_add(emitting, path, formats[f], 640 * w, 427 * w,
                         "{'sizes': '(min-width: 40em) 50vw, 100vw'}");
        }
    }
}

static void test_json(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("picture", "photo.json");
    struct record_set *set = emitting_set(&emitting, "photo", NULL);
    add_web(&emitting);
    emitting_add(&emitting, "tall.jpg", FORMAT_JPEG, 300, 400, "{'media': '(width < 600px)'}");
    struct record_rendition *small =
        emitting_add(&emitting, NULL, FORMAT_WEBP, 3, 3, "{'role': 'placeholder'}");
    small->data_uri = "data:image/webp;base64,AA+/==";
    set->source.alt = "a \"lighthouse\" </script>";
    set->colour_known = true;
    set->thumbhash = "nQgKTYJ3dmd2Z0hwd2Z4end5799E";
    set->blurhash = "L00000fQfQfQfQfQfQfQfQfQfQfQ";
    const char *sizes = "\"(min-width: 40em) 50vw, 100vw\"";
    const char *text =
        arena_format(emitting.arena,
                     "{\n"
                     "  \"sources\": [\n"
                     "    {\n"
                     "      \"media\": \"(width < 600px)\",\n"
                     "      \"type\": \"image/jpeg\",\n"
                     "      \"srcset\": \"/i/tall.jpg\",\n"
                     "      \"width\": 300,\n"
                     "      \"height\": 400\n"
                     "    },\n"
                     "    {\n"
                     "      \"type\": \"image/avif\",\n"
                     "      \"srcset\": \"/i/photo-640w.avif 640w, /i/photo-1280w.avif 1280w\",\n"
                     "      \"sizes\": %s,\n"
                     "      \"width\": 1280,\n"
                     "      \"height\": 854\n"
                     "    },\n"
                     "    {\n"
                     "      \"type\": \"image/webp\",\n"
                     "      \"srcset\": \"/i/photo-640w.webp 640w, /i/photo-1280w.webp 1280w\",\n"
                     "      \"sizes\": %s,\n"
                     "      \"width\": 1280,\n"
                     "      \"height\": 854\n"
                     "    }\n"
                     "  ],\n"
                     "  \"img\": {\n"
                     "    \"src\": \"/i/photo-1280w.jpg\",\n"
                     "    \"srcset\": \"/i/photo-640w.jpg 640w, /i/photo-1280w.jpg 1280w\",\n"
                     "    \"sizes\": %s,\n"
                     "    \"width\": 1280,\n"
                     "    \"height\": 854,\n"
                     "    \"alt\": \"a \\\"lighthouse\\\" </script>\",\n"
                     "    \"class\": \"wide\",\n"
                     "    \"loading\": \"lazy\",\n"
                     "    \"decoding\": \"async\",\n"
                     "    \"fetchpriority\": \"high\"\n"
                     "  },\n"
                     "  \"placeholder\": {\n"
                     "    \"colour\": \"#000000\",\n"
                     "    \"thumbhash\": \"nQgKTYJ3dmd2Z0hwd2Z4end5799E\",\n"
                     "    \"blurhash\": \"L00000fQfQfQfQfQfQfQfQfQfQfQ\",\n"
                     "    \"url\": \"data:image/webp;base64,AA+/==\"\n"
                     "  }\n"
                     "}\n",
                     sizes, sizes, sizes);
    assert_emitted(&emitting,
                   "{'as': 'json', 'base': '/i', 'class': 'wide', 'fetchpriority': 'high'}", text);
}

static void test_json_of_nothing(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("picture", "photo.json");
    emitting_set(&emitting, "photo", NULL);
    assert_emitted(&emitting, "{'as': 'json'}", "{\n  \"sources\": [],\n  \"img\": null\n}\n");
}

/* Components get what stands in for an image in any case, HTML only what it asks for. */
static void test_placeholder_of_a_thumbhash(void **state)
{
    (void)state;
    static const char head[] = IMG " style=\"background:url(&#39;data:image/png;base64,iVBORw0KGgo";
    static const char tail[] = "&#39;) center/cover no-repeat\">\n";
    for (int alpha = 0; alpha < 2; alpha++) {
        struct emitting emitting = emitting_make("picture", "a.html");
        struct buffer out = {0};
        struct error error = {0};
        emitting_set(&emitting, "a", NULL)->thumbhash = "nQgKTYJ3dmd2Z0hwd2Z4end5799E";
        emitting_add(&emitting, "a.webp", FORMAT_WEBP, 8, 8, "{}")->alpha = alpha;
        assert_int_equal(emitting_run(&emitting, "{'placeholder': 'thumbhash'}", &out, &error),
                         STATUS_OK);
        assert_void_html(buffer_string(&out));
        if (alpha) { /* it would shine through for ever */
            assert_string_equal(out.data, IMG ">\n");
        } else {
            assert_int_equal(strncmp(out.data, head, strlen(head)), 0);
            assert_string_equal(out.data + out.size - strlen(tail), tail);
        }
        buffer_free(&out);
        emitting_end(&emitting);
    }
    struct emitting emitting = emitting_make("picture", "a.html");
    emitting_set(&emitting, "a", NULL)->thumbhash = "no hash";
    emitting_add(&emitting, "a.webp", FORMAT_WEBP, 8, 8, "{}");
    assert_emitted(&emitting, "{'placeholder': 'thumbhash'}", IMG ">\n");
}

/* A URL that CSS would end early is escaped for CSS first, then for HTML. */
static void test_a_placeholder_that_is_a_file(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("picture", "a.html");
    emitting_set(&emitting, "a", NULL);
    emitting_add(&emitting, "a.webp", FORMAT_WEBP, 8, 8, "{}");
    emitting_add(&emitting, "tiny's.webp", FORMAT_WEBP, 3, 3, "{'role': 'placeholder'}");
    assert_emitted(
        &emitting, "{'base': '/(x)\\'/'}",
        "<img src=\"/(x)&quot;/a.webp\" width=\"8\" height=\"8\" alt=\"\" loading=\"lazy\""
        " decoding=\"async\" style=\"background:url(&#39;/\\28 x\\29 \\22 /tiny%27s.webp"
        "&#39;) center/cover no-repeat\">\n");
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    struct buffer faults = {0};
    emitting_inspect("picture", "{'as': 'json', 'base': '/i'}", "a.json",
                     "{\"sources\": [{\"srcset\": \"/i/a.avif 1x, /i/b.avif 2x\"}],"
                     " \"img\": {\"src\": \"/i/c.jpg\", \"srcset\": \"/i/d.jpg\"}}",
                     " a.avif d.jpg ", &faults);
    assert_buffer_text(&faults, "dangling names '/i/b.avif'; that file is not there\n"
                                "dangling names '/i/c.jpg'; that file is not there\n");
    emitting_inspect("picture", "{'as': 'json'}", "a.json", "{\"sources\": [], \"img\": null}", " ",
                     &faults);
    assert_buffer_text(&faults, "");
    emitting_inspect("picture", "{'as': 'json'}", "a.json", "<picture>", " ", &faults);
    assert_int_equal(strncmp(buffer_string(&faults), "damaged ", 8), 0);
    buffer_free(&faults);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("picture", "a.json");
    emitting_set(&emitting, "a", NULL)->thumbhash = "nQgKTYJ3dmd2Z0hwd2Z4end5799E";
    add_web(&emitting);
    emitting_short_of_memory(&emitting, "{'as': 'json'}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_of_nothing),
        cmocka_unit_test(test_placeholder_of_a_thumbhash),
        cmocka_unit_test(test_a_placeholder_that_is_a_file),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
