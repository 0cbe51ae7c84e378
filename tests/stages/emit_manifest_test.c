/* SPDX-License-Identifier: MIT
 * What `manifest` writes, as exact text, and against its published schema. */
#include <string.h>

#include "decoding.h"
#include "emitter.h"
#include "generate/base64.h"
#include "json.h"
#include "schema.h"
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

/* A set that has whatever a manifest can tell. */
struct whole {
    struct record_set set;
    struct record_rendition renditions[2];
    struct record_entry entries[2];
    struct record_emitted emitted[2];
};

static struct whole whole_make(struct arena *arena)
{
    struct whole whole = {.set = full, .renditions = {renditions[0], renditions[1]}};
    whole.set.source.frames = 2;
    whole.set.source.alpha = true;
    whole.set.source.generation = support_value(arena, "{'provider': 'sandbox'}");
    whole.set.thumbhash = "nQgKTYJ3dmd2Z0hwd2Z4end5799E";
    whole.set.blurhash = "L00000fQfQfQfQfQfQfQfQfQfQfQ";
    whole.entries[0] = (struct record_entry){
        "xcassets", support_value(arena, "{'idiom': ['iphone'], 'scale': '2x'}")};
    whole.entries[1] = (struct record_entry){"webmanifest", support_value(arena, "{}")};
    whole.renditions[0].sizes = "16x16 32x32";
    whole.renditions[1].chosen = "effort 4";
    whole.emitted[0] = (struct record_emitted){.emitter = "picture", .path = "a b.html"};
    whole.emitted[1] = (struct record_emitted){.emitter = "manifest", .path = "manifest.json"};
    return whole;
}

/* What is borrowed points into the struct, which has moved since it was made. */
static const struct record_set *whole_set(struct whole *whole)
{
    whole->renditions[0].entries = whole->entries;
    whole->renditions[0].entry_count = 2;
    whole->set.renditions = whole->renditions;
    whole->set.emitted = whole->emitted;
    whole->set.emitted_count = 2;
    return &whole->set;
}

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

static void test_what_platforms_say_and_what_is_emitted(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct whole whole = whole_make(arena);
    struct record_set set = *whole_set(&whole);
    set.source = bare.source;
    set.dropped_count = 0;
    set.colour_known = false;
    set.rendition_count = 1;
    set.thumbhash = NULL;
    struct buffer out = emit((const struct record_set *const[]){&set}, 1,
                             "{'compact': true, 'base': 'https://example.org/', 'placeholder': "
                             "'thumbhash'}");
    assert_buffer_text(
        &out, "{\"schema\":\"picset/manifest/1\",\"generator\":\"picset " PICSET_VERSION
              "\",\"sets\":[{\"preset\":\"web\",\"source\":{\"path\":\"sub/z\\\\xff.png\","
              "\"hash\":\"00000000000000000000000000000000\",\"bytes\":0,\"format\":\"png\","
              "\"width\":1,\"height\":1,\"frames\":3,\"alpha\":true},"
              "\"blurhash\":\"L00000fQfQfQfQfQfQfQfQfQfQfQ\",\"renditions\":[{"
              "\"path\":\"a b-640w.avif\",\"url\":\"https://example.org/a%20b-640w.avif\","
              "\"format\":\"avif\",\"mime\":\"image/avif\",\"width\":640,\"height\":427,"
              "\"sizes\":[\"16x16\",\"32x32\"],\"bytes\":12345,"
              "\"hash\":\"00000000000000010000000000000abc\",\"quality\":63.5,\"input\":\"main\","
              "\"preset\":\"web\",\"output\":\"0\",\"reasons\":[\"resize 640x427 from 1280x853\"],"
              "\"warnings\":[\"enlarged 1.2 times\"],\"entries\":[{\"emitter\":\"xcassets\","
              "\"options\":{\"idiom\":[\"iphone\"],\"scale\":\"2x\"}},"
              "{\"emitter\":\"webmanifest\"}]}],\"emitted\":["
              "{\"path\":\"a b.html\",\"url\":\"https://example.org/a%20b.html\","
              "\"emitter\":\"picture\"},{\"path\":\"manifest.json\","
              "\"url\":\"https://example.org/manifest.json\",\"emitter\":\"manifest\"}]}]}\n");
    arena_free(arena);
}

/* The data URI's PNG, as another decoder sees it. */
static void png_of(const char *options, struct decoded *out)
{
    static const char head[] = "data:image/png;base64,";
    struct arena *arena = arena_new();
    struct whole whole = whole_make(arena);
    struct buffer text = emit((const struct record_set *const[]){whole_set(&whole)}, 1, options);
    const struct value *value = NULL;
    struct error error = {0};
    uint8_t png[4096];
    size_t size = 0;
    assert_int_equal(json_parse(arena, text.data, text.size, &value, &error), STATUS_OK);
    const char *uri = value_get(value_get(value, "sets")->list.items[0], "placeholder")->text;
    assert_int_equal(strncmp(uri, head, strlen(head)), 0);
    assert_true(strlen(uri) < 2048);
    assert_true(base64_decode(uri + strlen(head), strlen(uri) - strlen(head), png, &size));
    assert_true(decode_png(png, size, out));
    buffer_free(&text);
    arena_free(arena);
}

static void test_placeholders_are_pictures(void **state)
{
    (void)state;
    struct decoded decoded = {0};
    png_of("{'placeholder': 'colour'}", &decoded);
    assert_true(decoded.width == 1 && decoded.height == 1 && decoded.bands == 3);
    assert_true(decoded.bytes[0] == 11 && decoded.bytes[1] == 61 && decoded.bytes[2] == 92);
    decoded_free(&decoded);
    png_of("{'placeholder': 'thumbhash'}", &decoded);
    assert_true(decoded.width == 24 && decoded.height == 17 && decoded.bands == 3);
    /* the author's own decoder says 69, 48, 0 for the corner at 32 px */
    assert_true(decoded.bytes[0] > 55 && decoded.bytes[0] < 95 && decoded.bytes[2] < 8);
    decoded_free(&decoded);
}

/* The schema lets no unknown key pass, and none of its keys is idle: all occur. */
static void test_the_schema_says_what_is_written(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct whole whole = whole_make(arena);
    const struct record_set *const sets[] = {whole_set(&whole), &bare};
    struct buffer out = emit(sets, 2, "{'base': '/', 'placeholder': 'colour'}");
    struct buffer properties = {0};
    const struct value *schema = emitter_find("manifest")->schema(arena), *value = NULL;
    struct error error = {0};
    char wrong[400];
    assert_int_equal(json_parse(arena, out.data, out.size, &value, &error), STATUS_OK);
    if (!schema_holds(schema, value, wrong)) {
        fail_msg("%s", wrong);
    }
    schema_properties(schema, &properties);
    for (const char *line = properties.data; *line; line += strcspn(line, "\n") + 1) {
        const char *end = strchr(line, '\n'), *name = end;
        while (name > line && name[-1] != '/') {
            name--;
        }
        const char *key = arena_format(arena, "\"%.*s\":", (int)(end - name), name);
        if (!strstr(out.data, key)) {
            fail_msg("nothing has %s", key);
        }
    }
    buffer_free(&properties);
    buffer_free(&out);
    arena_free(arena);
}

/* The validator is none that passes everything. */
static void test_the_schema_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wrong;
    } cases[] = {
        {"[]", ": no value of type 'object'"},
        {"{'schema': 'picset/manifest/1', 'generator': 'x'}", ": missing 'sets'"},
        {"{'schema': 'picset/manifest/2', 'generator': 'x', 'sets': []}",
         "/schema: another value 'const'"},
        {"{'schema': 'picset/manifest/1', 'generator': 'x', 'sets': [], 'x': 1}",
         ": not in the schema 'x'"},
        {"{'schema': 'picset/manifest/1', 'generator': 'x', 'sets': [{'preset': 'a', 'source': "
         "{'path': 'a', 'hash': '12', 'bytes': 1, 'format': 'png', 'width': 1, 'height': 1}, "
         "'renditions': []}]}",
         "/sets/0/source/hash: does not match '^[0-9a-f]{32}$'"},
    };
    struct arena *arena = arena_new();
    const struct value *schema = emitter_find("manifest")->schema(arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char wrong[400];
        assert_false(schema_holds(schema, support_value(arena, cases[i].text), wrong));
        assert_string_equal(wrong, cases[i].wrong);
    }
    arena_free(arena);
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
        cmocka_unit_test(test_what_platforms_say_and_what_is_emitted),
        cmocka_unit_test(test_placeholders_are_pictures),
        cmocka_unit_test(test_the_schema_says_what_is_written),
        cmocka_unit_test(test_the_schema_refuses),
        cmocka_unit_test(test_it_is_json_and_the_same_again),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
