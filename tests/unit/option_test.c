/* SPDX-License-Identifier: MIT
 * option.h: values into fields and back.
 * What it says of wrong ones is in option_errors_test.c. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "json.h"
#include "option.h"
#include "options.h"

static int make_arena(void **state)
{
    *state = arena_new();
    return *state ? 0 : -1;
}

static int drop_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static struct every defaults(struct arena *arena)
{
    struct every every;
    struct error error = {0};
    memset(&every, 0xA5, sizeof(every)); /* nothing may be left as it was */
    assert_int_equal(options_default(every_options, arena, &every, &error), STATUS_OK);
    return every;
}

/* The defaults with an object laid over them, which must parse. */
static struct every parsed(struct arena *arena, const char *json)
{
    struct every every = defaults(arena);
    struct error error = {0};
    if (options_parse(every_options, "every", support_value(arena, json), NULL, arena, &every,
                      &error) != STATUS_OK) {
        fail_msg("%s: %s", error.where, error.message);
    }
    return every;
}

static void defaults_fill_every_field(void **state)
{
    struct every every = defaults(*state);
    assert_false(every.flip);
    assert_int_equal(every.width, 0);
    assert_int_equal(every.count, -1);
    assert_int_equal(every.cost, 5);
    assert_int_equal(every.weight, 1024);
    assert_true(every.opacity == 0.5 && every.free_number == 0);
    assert_null(every.name);
    assert_string_equal(every.path, "${name}.json");
    assert_int_equal(every.tags.count, 2);
    assert_string_equal(every.tags.list[1], "b,c");
    assert_int_equal(every.fit, 2);
    assert_int_equal(every.keep, 5);
    assert_int_equal(every.box.width, 640);
    assert_int_equal(every.box.height, 0);
    assert_int_equal(every.spot.width + every.spot.height, 0);
    assert_true(every.scale.value == 0.25 && every.share.value == 0);
    assert_true(every.aspect.width == 16 && every.aspect.height == 9);
    assert_int_equal(every.max_bytes.count, 150000);
    assert_int_equal(every.background.kind, COLOUR_PLAIN);
    assert_int_equal(every.background.blue, 254);
    assert_int_equal(every.background.alpha, 255);
    assert_int_equal(every.format.count, 2);
    assert_int_equal(every.format.list[1], FORMAT_PNG);
    assert_int_equal(every.one_of_two.count, 0);
    assert_int_equal(every.quality.level, LEVEL_HIGH);
    assert_true(every.quality.number[FORMAT_AVIF] < 0 && !every.quality.bare);
    assert_true(every.pixels.given && every.pixels.low == 600 && isinf(every.pixels.high));
    assert_true(!every.degrees.given && isinf(every.degrees.low) && isinf(every.degrees.high));
    assert_true(every.deep);
    assert_int_equal(every.deep_effort, 4);
}

static void numbers_at_their_ends(void **state)
{
    struct every every = parsed(*state, "{'width':65500,'count':2147483647,'opacity':1,"
                                        "'cost':9223372036854775807,'weight':'1.5KB'}");
    assert_int_equal(every.width, 65500);
    assert_int_equal(every.count, INT32_MAX);
    assert_true(every.opacity == 1);
    assert_int_equal(every.cost, INT64_MAX);
    assert_int_equal(every.weight, 1500);
    every = parsed(*state, "{'width':2.0,'count':-2147483648,'opacity':0,'free-number':-1e300,"
                           "'cost':-9223372036854775808,'weight':1e9,'max-bytes':2.0}");
    assert_int_equal(every.width, 2);
    assert_int_equal(every.count, INT32_MIN);
    assert_true(every.opacity == 0 && every.free_number == -1e300);
    assert_int_equal(every.cost, INT64_MIN);
    assert_int_equal(every.weight, 1000000000);
    assert_int_equal(every.max_bytes.count, 2);
}

static void sizes(void **state)
{
    static const struct {
        const char *json;
        int width, height;
    } cases[] = {{"512", 512, 512},
                 {"512.0", 512, 512},
                 {"'300x250'", 300, 250},
                 {"'640x'", 640, 0},
                 {"'x480'", 0, 480},
                 {"0", 0, 0},
                 {"'2147483647x1'", INT32_MAX, 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct every every = parsed(*state, arena_format(*state, "{'spot':%s}", cases[i].json));
        assert_int_equal(every.spot.width, cases[i].width);
        assert_int_equal(every.spot.height, cases[i].height);
    }
}

static void ratios_and_aspects(void **state)
{
    assert_true(parsed(*state, "{'scale':'1/3'}").scale.value == 1.0 / 3);
    assert_true(parsed(*state, "{'scale':'66/108'}").scale.value == 66.0 / 108);
    assert_true(parsed(*state, "{'scale':'80%'}").scale.value == 0.8);
    assert_true(parsed(*state, "{'scale':'0.5'}").scale.value == 0.5);
    assert_true(parsed(*state, "{'scale':2}").scale.value == 2);
    struct every every = parsed(*state, "{'aspect':'300x250'}");
    assert_true(every.aspect.width == 300 && every.aspect.height == 250);
    every = parsed(*state, "{'aspect':'1.91:1'}");
    assert_true(every.aspect.width == 1.91 && every.aspect.height == 1);
    every = parsed(*state, "{'aspect':''}");
    assert_true(every.aspect.width == 0 && every.aspect.height == 0);
}

static void colours(void **state)
{
    struct every every = parsed(*state, "{'background':'#0B3d5c80'}");
    assert_int_equal(every.background.red, 0x0b);
    assert_int_equal(every.background.green, 0x3d);
    assert_int_equal(every.background.blue, 0x5c);
    assert_int_equal(every.background.alpha, 0x80);
    assert_int_equal(parsed(*state, "{'background':''}").background.kind, COLOUR_NONE);
    every = parsed(*state, "{'background':'transparent'}");
    assert_int_equal(every.background.kind, COLOUR_TRANSPARENT);
    every = parsed(*state, "{'background':'dominant'}");
    assert_int_equal(every.background.kind, COLOUR_DOMINANT);
}

static void words_and_lists(void **state)
{
    struct every every = parsed(*state, "{'name':'${x} $${y}','tags':'one','fit':'fill',"
                                        "'keep':['xmp','xmp'],'format':['webp','jpg'],"
                                        "'one-of-two':'icns'}");
    assert_string_equal(every.name, "${x} $${y}");
    assert_int_equal(every.tags.count, 1);
    assert_string_equal(every.tags.list[0], "one");
    assert_int_equal(every.fit, 4);
    assert_int_equal(every.keep, 4);
    assert_int_equal(every.format.list[0], FORMAT_WEBP);
    assert_int_equal(every.format.list[1], FORMAT_JPEG);
    assert_int_equal(every.one_of_two.list[0], FORMAT_ICNS);
    assert_int_equal(parsed(*state, "{'keep':'all'}").keep, 7);
    assert_int_equal(parsed(*state, "{'keep':'none'}").keep, 0);
    assert_int_equal(parsed(*state, "{'keep':'copyright'}").keep, 2);
    assert_int_equal(parsed(*state, "{'keep':[]}").keep, 0);
    assert_int_equal(parsed(*state, "{'tags':[]}").tags.count, 0);
    assert_int_equal(parsed(*state, "{'format':[]}").format.count, 0);
}

static void qualities(void **state)
{
    struct quality quality = parsed(*state, "{'quality':'very-high'}").quality;
    assert_int_equal(quality.level, LEVEL_VERY_HIGH);
    assert_false(quality.bare);
    quality = parsed(*state, "{'quality':0}").quality;
    assert_true(quality.bare && quality.number[FORMAT_WEBP] == 0 && quality.level == LEVEL_NONE);
    quality = parsed(*state, "{'quality':{'avif':50.5,'webp':'low','jpg':100}}").quality;
    assert_true(quality.number[FORMAT_AVIF] == 50.5 && quality.number[FORMAT_JPEG] == 100);
    assert_true(quality.number[FORMAT_WEBP] < 0 && quality.number[FORMAT_PNG] < 0);
    assert_int_equal(quality_level(&quality, FORMAT_WEBP), LEVEL_LOW);
    assert_int_equal(quality_level(&quality, FORMAT_PNG), LEVEL_HIGH);
    assert_false(quality.bare);
}

static void ranges(void **state)
{
    struct range range = parsed(*state, "{'pixels':'..100'}").pixels;
    assert_true(range.given && isinf(range.low) && range.low < 0 && range.high == 100);
    range = parsed(*state, "{'pixels':'10..20.5'}").pixels;
    assert_true(range.low == 10 && range.high == 20.5);
    range = parsed(*state, "{'pixels':'-5..-5'}").pixels;
    assert_true(range.low == -5 && range.high == -5);
    range = parsed(*state, "{'pixels':7}").pixels;
    assert_true(range.given && range.low == 7 && range.high == 7);
    range = parsed(*state, "{'pixels':'7'}").pixels;
    assert_true(range.given && range.low == 7 && range.high == 7);
    assert_false(parsed(*state, "{'pixels':''}").pixels.given);
}

static void groups(void **state)
{
    struct every every = parsed(*state, "{'deep':{'effort':9}}");
    assert_int_equal(every.deep_effort, 9);
    assert_true(every.deep);
    every = parsed(*state, "{'deep':{}}");
    assert_int_equal(every.deep_effort, 4);
}

static void no_object_changes_nothing(void **state)
{
    struct every every = parsed(*state, "{'width':3}");
    struct error error = {0};
    assert_int_equal(options_parse(every_options, "every", NULL, NULL, *state, &every, &error),
                     STATUS_OK);
    assert_int_equal(every.width, 3);
}

/* ---- Text from a command line ---------------------------------------------------------------- */

static enum status from_text(struct arena *arena, const char *name, const char *text,
                             struct every *every, struct error *error)
{
    const struct option *option = options_find(every_options, name);
    assert_non_null(option);
    *every = defaults(arena);
    return option_parse_text(option, text, arena, every, error);
}

static struct every text_parsed(struct arena *arena, const char *name, const char *text)
{
    struct every every;
    struct error error = {0};
    if (from_text(arena, name, text, &every, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    return every;
}

static void text_becomes_values(void **state)
{
    assert_int_equal(text_parsed(*state, "width", "640").width, 640);
    assert_true(text_parsed(*state, "flip", "true").flip);
    assert_true(text_parsed(*state, "opacity", "2.5e-1").opacity == 0.25);
    assert_string_equal(text_parsed(*state, "name", "640").name, "640");
    assert_string_equal(text_parsed(*state, "name", "{\"a\": 1}").name, "{\"a\": 1}");
    assert_string_equal(text_parsed(*state, "name", "\"quoted\"").name, "\"quoted\"");
    assert_int_equal(text_parsed(*state, "tags", "[\"a\", \"b\", \"c\"]").tags.count, 3);
    assert_string_equal(text_parsed(*state, "tags", "a,b").tags.list[0], "a,b");
    assert_int_equal(text_parsed(*state, "tags", "[a").tags.count, 1);
    assert_int_equal(text_parsed(*state, "fit", "contain").fit, 3);
    assert_int_equal(text_parsed(*state, "keep", "icc,copyright").keep, 3);
    assert_int_equal(text_parsed(*state, "keep", "[\"icc\"]").keep, 1);
    assert_int_equal(text_parsed(*state, "keep", "none").keep, 0);
    assert_int_equal(text_parsed(*state, "format", "webp,jpeg,png").format.count, 3);
    assert_int_equal(text_parsed(*state, "spot", "512").spot.height, 512);
    assert_int_equal(text_parsed(*state, "spot", "x512").spot.width, 0);
    assert_true(text_parsed(*state, "scale", "80%").scale.value == 0.8);
    assert_int_equal(text_parsed(*state, "max-bytes", "1MiB").max_bytes.count, 1048576);
    assert_true(text_parsed(*state, "quality", "80").quality.bare);
    assert_int_equal(text_parsed(*state, "quality", "low").quality.level, LEVEL_LOW);
    struct quality quality = text_parsed(*state, "quality", "{\"avif\": 50}").quality;
    assert_true(quality.number[FORMAT_AVIF] == 50);
    assert_true(text_parsed(*state, "pixels", "5").pixels.high == 5);
    assert_int_equal(text_parsed(*state, "deep", "{\"effort\": 2}").deep_effort, 2);
}

/* ---- There and back -------------------------------------------------------------------------- */

static const char *const spellings[] = {
    "{}",
    "{'flip':true,'width':1,'count':0,'cost':0,'weight':2,'opacity':0.25,'free-number':-2.5}",
    "{'name':'','path':'x','tags':[],'fit':'inside','keep':[],'box':512,'spot':'x480'}",
    "{'name':'n','tags':['x'],'box':'300x250','spot':'640x','scale':0.75,'share':0."
    "3333333333333333}",
    "{'box':0,'scale':0,'aspect':'','max-bytes':0,'background':'','format':[],'pixels':''}",
    "{'aspect':'1.91:1','max-bytes':7,'background':'#01020304','format':'webp','one-of-two':['ico']"
    "}",
    "{'background':'transparent','quality':80,'pixels':'..5','degrees':'-10..10.5'}",
    "{'background':'dominant','quality':{'avif':50,'webp':'lossless'},'pixels':3,'degrees':'0..'}",
    "{'background':'#010203','quality':'lossless','deep':{'deep':false,'effort':0}}",
};

/* What options_value says parses to fields that say the same again. */
static void values_parse_back(void **state)
{
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        for (int changed_only = 0; changed_only <= 1; changed_only++) {
            struct every first = parsed(arena, spellings[i]), second = defaults(arena);
            struct error error = {0};
            const struct value *value = options_value(every_options, &first, changed_only, arena);
            assert_int_equal(
                options_parse(every_options, "every", value, NULL, arena, &second, &error),
                STATUS_OK);
            const struct value *again = options_value(every_options, &second, changed_only, arena);
            assert_true(value_equal(value, again));
            assert_true(value_equal(options_value(every_options, &first, false, arena),
                                    options_value(every_options, &second, false, arena)));
        }
    }
}

static void values_in_words(void **state)
{
    struct every every = defaults(*state);
    assert_value_text(options_value(every_options, &every, true, *state), "{}");
    assert_value_text(
        options_value(every_options, &every, false, *state),
        "{\"flip\":false,\"width\":0,\"count\":-1,\"cost\":5,\"weight\":1024,\"opacity\":0.5,"
        "\"free-number\":0,\"path\":\"${name}.json\",\"tags\":[\"a\",\"b,c\"],\"fit\":\"cover\","
        "\"keep\":[\"icc\",\"xmp\"],\"box\":\"640x\",\"spot\":0,\"scale\":0.25,\"share\":0,"
        "\"aspect\":\"16:9\",\"max-bytes\":150000,\"background\":\"#fffffe\","
        "\"format\":[\"jpeg\",\"png\"],\"one-of-two\":[],\"quality\":\"high\",\"pixels\":\"600..\","
        "\"degrees\":\"\",\"deep\":{\"deep\":true,\"effort\":4}}");
    every = parsed(*state, "{'width':2.0,'fit':'cover','box':'640x','quality':{'avif':50},"
                           "'max-bytes':'150KB','deep':{'effort':5}}");
    assert_value_text(options_value(every_options, &every, true, *state),
                      "{\"width\":2,\"quality\":{\"avif\":50},\"deep\":{\"effort\":5}}");
}

/* ---- When memory is short -------------------------------------------------------------------- */

static bool use_options(void *data)
{
    const char *json = data;
    struct arena *arena = arena_new();
    const struct value *object = NULL, *again = NULL, *schema = NULL;
    struct every every;
    struct error error = {0};
    bool good =
        arena && json_parse(arena, json, strlen(json), &object, &error) == STATUS_OK &&
        options_default(every_options, arena, &every, &error) == STATUS_OK &&
        options_parse(every_options, "every", object, NULL, arena, &every, &error) == STATUS_OK;
    if (good) {
        again = options_value(every_options, &every, true, arena);
        schema = options_schema(every_options, arena);
        good = again && schema;
    } else if (arena) {
        assert_error_text(&error, STATUS_FAILED, "out of memory");
    }
    arena_free(arena);
    return good;
}

static void without_memory(void **state)
{
    static char json[] = "{\"name\": \"n\", \"tags\": [\"a\"], \"format\": [\"webp\", \"png\"], "
                         "\"quality\": {\"avif\": 50}, \"deep\": {\"effort\": 5}}";
    (void)state;
    assert_true(support_each_allocation(use_options, json) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_every_field),
        cmocka_unit_test(numbers_at_their_ends),
        cmocka_unit_test(sizes),
        cmocka_unit_test(ratios_and_aspects),
        cmocka_unit_test(colours),
        cmocka_unit_test(words_and_lists),
        cmocka_unit_test(qualities),
        cmocka_unit_test(ranges),
        cmocka_unit_test(groups),
        cmocka_unit_test(no_object_changes_nothing),
        cmocka_unit_test(text_becomes_values),
        cmocka_unit_test(values_parse_back),
        cmocka_unit_test(values_in_words),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
