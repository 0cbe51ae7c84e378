/* SPDX-License-Identifier: MIT
 * What `manifest` writes, as exact text. */
#include <string.h>

#include "emitter.h"
#include "json.h"
#include "support.h"

static const char *const reasons[] = {"resize 640x427 from 1280x853"};
static const char *const warnings[] = {"enlarged 1.2 times"};
static const struct record_rendition renditions[] = {
    {.path = "a b-640w.avif",
     .preset = "web",
     .output = "0",
     .input = "main",
     .format = FORMAT_AVIF,
     .mime = "image/avif",
     .width = 640,
     .height = 427,
     .frames = 1,
     .bytes = 12345,
     .hash = {.high = 1, .low = 0xabc},
     .key = {.high = 1},
     .quality = 63.5,
     .reasons = reasons,
     .reason_count = 1,
     .warnings = warnings,
     .warning_count = 1},
    {.data_uri = "data:image/png;base64,AA==",
     .preset = "web-lqip",
     .output = "lqip",
     .input = "dark",
     .format = FORMAT_PNG,
     .mime = "image/png",
     .width = 3,
     .height = 2,
     .frames = 4,
     .alpha = true,
     .bytes = 2,
     .quality = -1},
};
static const struct record_dropped dropped[] = {
    {.output = "0", .what = "step=3840", .reason = "equal to step=2560"},
    {.output = "dark", .what = "", .reason = "no input 'dark'"},
};
static const struct record_set full = {
    .source = {.path = "photos/a b.jpg",
               .name = "a b",
               .dir = "photos/",
               .hash = {.low = 15},
               .bytes = 99,
               .width = 4000,
               .height = 3000,
               .frames = 1,
               .format = FORMAT_JPEG,
               .c2pa = true,
               .alt = "a \"<b>\" ü"},
    .preset = "web",
    .colour_known = true,
    .colour = {11, 61, 92},
    .thumbhash = "AbC+/w==",
    .renditions = renditions,
    .rendition_count = 2,
    .dropped = dropped,
    .dropped_count = 2,
};
static const struct record_set bare = {
    .source = {.path = "/roof/me/z\xff.png",
               .name = "z",
               .dir = "sub/",
               .width = 1,
               .height = 1,
               .frames = 3,
               .alpha = true,
               .format = FORMAT_PNG},
    .preset = "icons",
};

static struct buffer emit(const struct record_set *const *sets, size_t count, const char *options)
{
    const struct emitter *emitter = emitter_find("manifest");
    struct arena *arena = arena_new();
    struct error error = {0};
    void *fields = arena_alloc(arena, emitter->file_size);
    struct buffer out = {0};
    assert_int_equal(options_default(emitter->file_options, arena, fields, &error), STATUS_OK);
    assert_int_equal(options_parse(emitter->file_options, "manifest", support_value(arena, options),
                                   NULL, arena, fields, &error),
                     STATUS_OK);
    struct emit_job job = {.path = "manifest.json",
                           .preset = "web",
                           .options = fields,
                           .sets = sets,
                           .set_count = count};
    assert_int_equal(emitter->emit(&job, &out, &error), STATUS_OK);
    arena_free(arena);
    return out;
}

static void test_everything(void **state)
{
    (void)state;
    struct buffer out = emit((const struct record_set *const[]){&full}, 1, "{'base': '/img'}");
    assert_buffer_text(&out, "{\n"
                             "  \"schema\": \"picset/manifest/1\",\n"
                             "  \"generator\": \"picset " PICSET_VERSION "\",\n"
                             "  \"sets\": [\n"
                             "    {\n"
                             "      \"preset\": \"web\",\n"
                             "      \"source\": {\n"
                             "        \"path\": \"photos/a b.jpg\",\n"
                             "        \"hash\": \"0000000000000000000000000000000f\",\n"
                             "        \"bytes\": 99,\n"
                             "        \"format\": \"jpeg\",\n"
                             "        \"width\": 4000,\n"
                             "        \"height\": 3000,\n"
                             "        \"c2pa\": true\n"
                             "      },\n"
                             "      \"alt\": \"a \\\"<b>\\\" ü\",\n"
                             "      \"colour\": \"#0b3d5c\",\n"
                             "      \"thumbhash\": \"AbC+/w==\",\n"
                             "      \"renditions\": [\n"
                             "        {\n"
                             "          \"path\": \"a b-640w.avif\",\n"
                             "          \"url\": \"/img/a%20b-640w.avif\",\n"
                             "          \"format\": \"avif\",\n"
                             "          \"mime\": \"image/avif\",\n"
                             "          \"width\": 640,\n"
                             "          \"height\": 427,\n"
                             "          \"bytes\": 12345,\n"
                             "          \"hash\": \"00000000000000010000000000000abc\",\n"
                             "          \"quality\": 63.5,\n"
                             "          \"input\": \"main\",\n"
                             "          \"preset\": \"web\",\n"
                             "          \"output\": \"0\",\n"
                             "          \"reasons\": [\"resize 640x427 from 1280x853\"],\n"
                             "          \"warnings\": [\"enlarged 1.2 times\"]\n"
                             "        },\n"
                             "        {\n"
                             "          \"data-uri\": \"data:image/png;base64,AA==\",\n"
                             "          \"format\": \"png\",\n"
                             "          \"mime\": \"image/png\",\n"
                             "          \"width\": 3,\n"
                             "          \"height\": 2,\n"
                             "          \"frames\": 4,\n"
                             "          \"alpha\": true,\n"
                             "          \"bytes\": 2,\n"
                             "          \"hash\": \"00000000000000000000000000000000\",\n"
                             "          \"lossless\": true,\n"
                             "          \"input\": \"dark\",\n"
                             "          \"preset\": \"web-lqip\",\n"
                             "          \"output\": \"lqip\"\n"
                             "        }\n"
                             "      ],\n"
                             "      \"dropped\": [\n"
                             "        {\n"
                             "          \"output\": \"0\",\n"
                             "          \"what\": \"step=3840\",\n"
                             "          \"reason\": \"equal to step=2560\"\n"
                             "        },\n"
                             "        {\n"
                             "          \"output\": \"dark\",\n"
                             "          \"reason\": \"no input 'dark'\"\n"
                             "        }\n"
                             "      ]\n"
                             "    }\n"
                             "  ]\n"
                             "}\n");
}

/* No absolute path gets out, and text that is no UTF-8 is shown so that the JSON stays JSON. */
static void test_several_sets_on_one_line(void **state)
{
    (void)state;
    struct buffer out =
        emit((const struct record_set *const[]){&bare, &bare}, 2, "{'compact': true}");
#define BARE                                                                                       \
    "{\"preset\":\"icons\",\"source\":{\"path\":\"sub/z\\\\xff.png\","                             \
    "\"hash\":\"00000000000000000000000000000000\",\"bytes\":0,\"format\":\"png\",\"width\":1,"    \
    "\"height\":1,\"frames\":3,\"alpha\":true},\"renditions\":[]}"
    assert_buffer_text(&out,
                       "{\"schema\":\"picset/manifest/1\",\"generator\":\"picset " PICSET_VERSION
                       "\",\"sets\":[" BARE "," BARE "]}\n");
}

static void test_it_is_json_and_the_same_again(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct record_set *const sets[] = {&full, &bare};
    struct buffer one = emit(sets, 2, "{}"), two = emit(sets, 2, "{}");
    const struct value *value = NULL;
    struct error error = {0};
    assert_string_equal(buffer_string(&one), buffer_string(&two));
    assert_int_equal(json_parse(arena, one.data, one.size, &value, &error), STATUS_OK);
    assert_int_equal(value_get(value, "sets")->list.count, 2);
    assert_null(strstr(buffer_string(&one), "url"));
    assert_null(strstr(buffer_string(&one), "/roof"));
    buffer_free(&one);
    buffer_free(&two);
    arena_free(arena);
}

static bool emit_short_of_memory(void *data)
{
    const struct emitter *emitter = emitter_find("manifest");
    const struct record_set *const sets[] = {&full, &bare};
    struct error error = {0};
    struct buffer out = {0};
    struct emit_job job = {.path = "m.json", .options = data, .sets = sets, .set_count = 2};
    enum status status = emitter->emit(&job, &out, &error);
    if (status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    buffer_free(&out);
    return status == STATUS_OK;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    const struct emitter *emitter = emitter_find("manifest");
    struct arena *arena = arena_new();
    struct error error = {0};
    void *fields = arena_alloc(arena, emitter->file_size);
    assert_int_equal(options_default(emitter->file_options, arena, fields, &error), STATUS_OK);
    assert_true(support_each_allocation(emit_short_of_memory, fields) > 3);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_several_sets_on_one_line),
        cmocka_unit_test(test_it_is_json_and_the_same_again),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
