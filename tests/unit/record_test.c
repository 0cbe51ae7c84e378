/* SPDX-License-Identifier: MIT
 * Records go to JSON and come back as they were, whatever is in them. */
#include "record.h"

#include <string.h>

#include "json.h"
#include "support.h"

static const char *const reasons[] = {"resize 640x427 from 1280x853", "quality 63"};
static const char *const warnings[] = {"enlarged 1.2 times"};

static struct record_set sample(struct arena *arena)
{
    static struct record_entry entries[2];
    static struct record_rendition renditions[2];
    static struct record_emitted emitted[1];
    static const struct record_time times[] = {{.what = "encode avif", .seconds = 1.25}};
    static const struct record_dropped dropped[] = {
        {.output = "0", .what = "step=3840 codec=avif", .reason = "equal to step=2560"},
    };
    entries[0] = (struct record_entry){
        .emitter = "picture", .options = support_value(arena, "{'sizes': '100vw', 'n': [1, 2.5]}")};
    entries[1] = (struct record_entry){.emitter = "css", .options = support_value(arena, "{}")};
    emitted[0] = (struct record_emitted){.emitter = "xcassets",
                                         .path = "A.xcassets/Contents.json",
                                         .options = support_value(arena, "{'author': 'x'}"),
                                         .first = 1,
                                         .count = 1};
    renditions[0] = (struct record_rendition){
        .path = "a/b-640w.avif",
        .preset = "web",
        .output = "0",
        .input = "main",
        .format = FORMAT_AVIF,
        .mime = "image/avif",
        .width = 640,
        .height = 427,
        .frames = 1,
        .sizes = "16x16 32x32",
        .bytes = INT64_C(9007199254740993), /* no double holds it */
        .hash = {.high = UINT64_MAX, .low = 1},
        .key = {.high = 2, .low = UINT64_C(0x8000000000000000)},
        .quality = 63.7,
        .seconds = 1.25,
        .reasons = reasons,
        .reason_count = 2,
        .warnings = warnings,
        .warning_count = 1,
        .entries = entries,
        .entry_count = 2,
    };
    renditions[1] = (struct record_rendition){
        .data_uri = "data:image/png;base64,AAAA",
        .preset = "web",
        .output = "lqip",
        .input = "dark",
        .format = FORMAT_PNG,
        .mime = "image/png",
        .alpha = true,
        .quality = -1,
    };
    return (struct record_set){
        .source = {.path = "photos/a & \"b\" ü\t.jpg",
                   .name = "caf\xe9", /* Latin 1: no UTF-8 */
                   .dir = "",
                   .hash = {.high = 3, .low = 4},
                   .bytes = 12345,
                   .width = 4000,
                   .height = 3000,
                   .frames = 1,
                   .format = FORMAT_JPEG,
                   .c2pa = true,
                   .alt = "two <b>, one & ünïcode"},
        .preset = "web",
        .colour_known = true,
        .colour = {0, 0x7f, 255},
        .thumbhash = "AbCd+/==",
        .blurhash = "L00000fQfQfQfQfQfQfQfQfQfQfQ",
        .renditions = renditions,
        .rendition_count = 2,
        .dropped = dropped,
        .dropped_count = 1,
        .emitted = emitted,
        .emitted_count = 1,
        .times = times,
        .time_count = 1,
    };
}

/* Through JSON text, as in the store. */
static struct record_set again(struct arena *arena, const struct record_set *set)
{
    struct buffer text = {0};
    struct error error = {0};
    const struct value *value = NULL;
    struct record_set read = {0};
    value_print(&text, record_value(set, arena));
    assert_int_equal(json_parse(arena, text.data, text.size, &value, &error), STATUS_OK);
    buffer_free(&text);
    if (record_from_value(value, arena, &read, &error) != STATUS_OK) {
        fail_msg("%s: %s", error.where, error.message);
    }
    return read;
}

static void test_round_trip(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct record_set set = sample(arena), read = again(arena, &set);
    assert_string_equal(read.source.path, set.source.path);
    assert_string_equal(read.source.name, set.source.name);
    assert_string_equal(read.source.dir, "");
    assert_true(hash_equal(read.source.hash, set.source.hash));
    assert_int_equal(read.source.bytes, 12345);
    assert_int_equal(read.source.format, FORMAT_JPEG);
    assert_true(read.source.c2pa);
    assert_false(read.source.alpha);
    assert_string_equal(read.source.alt, set.source.alt);
    assert_true(read.colour_known);
    assert_memory_equal(read.colour, set.colour, 3);
    assert_string_equal(read.thumbhash, set.thumbhash);
    assert_int_equal(read.rendition_count, 2);
    const struct record_rendition *one = &read.renditions[0], *two = &read.renditions[1];
    assert_string_equal(one->path, "a/b-640w.avif");
    assert_null(one->data_uri);
    assert_true(one->bytes == INT64_C(9007199254740993));
    assert_true(hash_equal(one->hash, set.renditions[0].hash));
    assert_true(hash_equal(one->key, set.renditions[0].key));
    assert_true(one->quality == 63.7);
    assert_true(one->seconds == 1.25);
    assert_int_equal(one->reason_count, 2);
    assert_string_equal(one->reasons[1], "quality 63");
    assert_int_equal(one->warning_count, 1);
    assert_int_equal(one->entry_count, 2);
    assert_string_equal(one->entries[0].emitter, "picture");
    assert_true(value_equal(one->entries[0].options, set.renditions[0].entries[0].options));
    assert_null(two->path);
    assert_string_equal(two->data_uri, "data:image/png;base64,AAAA");
    assert_true(two->alpha);
    assert_true(two->quality == -1);
    assert_int_equal(two->entry_count, 0);
    assert_string_equal(one->sizes, "16x16 32x32");
    assert_null(two->sizes);
    assert_string_equal(read.blurhash, set.blurhash);
    const struct record_emitted *file =
        record_emitted_find(&read, "xcassets", "A.xcassets/Contents.json");
    assert_true(file == &read.emitted[0] && file->first == 1 && file->count == 1);
    assert_true(value_equal(file->options, set.emitted[0].options));
    assert_null(record_emitted_find(&read, "xcassets", "Contents.json"));
    assert_null(record_emitted_find(&read, "css", "A.xcassets/Contents.json"));
    assert_int_equal(read.dropped_count, 1);
    assert_int_equal(read.time_count, 1);
    assert_string_equal(read.times[0].what, "encode avif");
    assert_true(read.times[0].seconds == 1.25);
    assert_string_equal(read.dropped[0].reason, "equal to step=2560");
    /* nothing is forgotten by both this test and the code: the text of the text is the same */
    struct buffer first = {0}, second = {0};
    value_print(&first, record_value(&set, arena));
    value_print(&second, record_value(&read, arena));
    assert_string_equal(buffer_string(&first), buffer_string(&second));
    buffer_free(&first);
    buffer_free(&second);
    arena_free(arena);
}

static void test_the_least(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct record_set set = {.source = {.path = "", .name = "n", .dir = ""}, .preset = "p"};
    assert_value_text(record_value(&set, arena),
                      "{\"source\":{\"path\":\"\",\"name\":\"n\",\"dir\":\"\","
                      "\"hash\":\"00000000000000000000000000000000\",\"format\":\"none\"},"
                      "\"preset\":\"p\"}");
    struct record_set read = again(arena, &set);
    assert_int_equal(read.rendition_count, 0);
    assert_null(read.source.alt);
    assert_null(read.thumbhash);
    assert_false(read.colour_known);
    arena_free(arena);
}

static void test_wrong_records(void **state)
{
    (void)state;
    static const char source[] = "'source': {'path': '', 'name': 'n', 'dir': '', 'format': 'png', "
                                 "'hash': '00000000000000000000000000000000'";
    const struct {
        const char *rest, *text;
    } cases[] = {
        {"}", "wrong record: 'preset' is missing"},
        {"}, 'preset': 1", "wrong record: 'preset' is a number that cannot be read"},
        {", 'width': 1.5}, 'preset': 'p'",
         "source: wrong record: 'width' is a number that cannot be read"},
        {", 'width': 3000000000}, 'preset': 'p'",
         "source: wrong record: 'width' is a number that cannot be read"},
        {", 'alt': {'hex': '6'}}, 'preset': 'p'",
         "source: wrong record: 'alt' is an object that cannot be read"},
        {", 'alt': {'hex': '00'}}, 'preset': 'p'",
         "source: wrong record: 'alt' is an object that cannot be read"},
        {"}, 'preset': 'p', 'colour': '#12345g'",
         "wrong record: 'colour' is a text that cannot be read"},
        {"}, 'preset': 'p', 'renditions': {}",
         "wrong record: 'renditions' is an object that cannot be read"},
        {"}, 'preset': 'p', 'renditions': [7]",
         "renditions/0: wrong record: a number instead of an object"},
        {"}, 'preset': 'p', 'dropped': [{'output': '0', 'what': '', 'reason': 'r'}, {}]",
         "dropped/1: wrong record: 'output' is missing"},
        {"}, 'preset': 'p', 'emitted': [{'emitter': 'css', 'path': 'a.css', 'count': 1}]",
         "wrong record: 'a.css' takes renditions that there are not"},
        {"}, 'preset': 'p', 'emitted': [{'emitter': 'css', 'path': 'a.css', 'first': -1}]",
         "wrong record: 'a.css' takes renditions that there are not"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        struct record_set set = {.preset = "untouched"};
        const char *json = arena_format(arena, "{%s%s}", source, cases[i].rest);
        assert_int_equal(record_from_value(support_value(arena, json), arena, &set, &error),
                         STATUS_FAILED);
        assert_error_text(&error, STATUS_FAILED, cases[i].text);
        assert_string_equal(set.preset, "untouched");
    }
    arena_free(arena);
}

static bool trip(void *data)
{
    const struct record_set *set = data;
    struct arena *arena = arena_new();
    struct error error = {0};
    struct record_set read = {0};
    const struct value *value = arena ? record_value(set, arena) : NULL;
    bool done = value && record_from_value(value, arena, &read, &error) == STATUS_OK;
    if (value && !done) {
        assert_string_equal(error.message, "out of memory");
    }
    arena_free(arena);
    return done;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct record_set set = sample(arena);
    assert_true(support_each_allocation(trip, &set) > 1);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_the_least),
        cmocka_unit_test(test_wrong_records),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
