/* SPDX-License-Identifier: MIT
 * What documents read off option tables: words, JSON Schema, and that both say what the parser
 * does. */
#include "support.h"

#include <regex.h>
#include <string.h>

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

#define TEMPLATE "{\"$ref\":\"#/$defs/template\"}"
#define FORMATS                                                                                    \
    "{\"enum\":[\"jpeg\",\"png\",\"webp\",\"gif\",\"avif\",\"jxl\",\"ico\",\"icns\",\"svg\"]}"
#define BYTES_PATTERN                                                                              \
    "{\"type\":\"string\",\"pattern\":"                                                            \
    "\"^[0-9]+([Bb]|(\\\\.[0-9]+)?[KkMmGgTt]([Ii]?[Bb])?)?$\"}"

static const struct {
    const char *name, *words, *schema;
} documented[] = {
    {"flip", "true or false",
     "{\"description\":\"mirror it\",\"anyOf\":[{\"type\":\"boolean\"}," TEMPLATE "]}"},
    {"width", "a whole number 0..65500 px",
     "{\"description\":\"width of the box, in px\",\"default\":0,\"anyOf\":["
     "{\"type\":\"integer\",\"minimum\":0,\"maximum\":65500}," TEMPLATE "]}"},
    {"count", "a whole number",
     "{\"description\":\"any number\",\"default\":-1,\"anyOf\":[{\"type\":\"integer\"}," TEMPLATE
     "]}"},
    {"weight", "a number of bytes like 150000, 150KB or 150KiB",
     "{\"description\":\"size, in bytes\",\"default\":1024,\"anyOf\":["
     "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000000}," BYTES_PATTERN "," TEMPLATE
     "]}"},
    {"opacity", "a number 0..1",
     "{\"description\":\"how much shows\",\"default\":0.5,\"anyOf\":["
     "{\"type\":\"number\",\"minimum\":0,\"maximum\":1}," TEMPLATE "]}"},
    {"free-number", "a number in s",
     "{\"description\":\"any, in s\",\"anyOf\":[{\"type\":\"number\"}," TEMPLATE "]}"},
    {"name", "a text", "{\"description\":\"no default\",\"type\":\"string\"}"},
    {"path", "a text",
     "{\"description\":\"a template\",\"default\":\"${name}.json\",\"type\":\"string\"}"},
    {"tags", "a text or a list of texts",
     "{\"description\":\"words\",\"default\":[\"a\",\"b,c\"],\"anyOf\":[{\"type\":\"string\"},"
     "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]}"},
    {"fit", "one of inside, outside, cover, contain, fill",
     "{\"description\":\"how\",\"default\":\"cover\",\"anyOf\":[{\"enum\":[\"inside\",\"outside\","
     "\"cover\",\"contain\",\"fill\"]}," TEMPLATE "]}"},
    {"keep", "all, none or a list of icc, copyright, xmp",
     "{\"description\":\"what\",\"default\":[\"icc\",\"xmp\"],\"anyOf\":[{\"enum\":[\"all\","
     "\"none\"]},{\"enum\":[\"icc\",\"copyright\",\"xmp\"]},{\"type\":\"array\",\"items\":"
     "{\"anyOf\":[{\"enum\":[\"icc\",\"copyright\",\"xmp\"]}," TEMPLATE "]}}," TEMPLATE "]}"},
    {"box", "a size like 512, 300x250, 640x or x480, sides 1..1000 px",
     "{\"description\":\"box, in px\",\"default\":\"640x\",\"anyOf\":[{\"type\":\"integer\","
     "\"minimum\":0,\"maximum\":1000},{\"type\":\"string\",\"pattern\":"
     "\"^([0-9]+x[0-9]*|x[0-9]+)$\"}," TEMPLATE "]}"},
    {"scale", "a ratio like 0.5, 1/3 or 80%, 0..2",
     "{\"description\":\"scale\",\"default\":0.25,\"anyOf\":[{\"type\":\"number\",\"minimum\":0,"
     "\"maximum\":2},{\"type\":\"string\",\"pattern\":"
     "\"^[0-9]+(\\\\.[0-9]+)?(%|/[0-9]+(\\\\.[0-9]+)?)?$\"}," TEMPLATE "]}"},
    {"aspect", "an aspect like 16:9 or 300x250",
     "{\"description\":\"aspect\",\"default\":\"16:9\",\"anyOf\":[{\"type\":\"string\",\"pattern\":"
     "\"^([0-9]+(\\\\.[0-9]+)?[:x][0-9]+(\\\\.[0-9]+)?)?$\"}," TEMPLATE "]}"},
    {"max-bytes", "a number of bytes like 150000, 150KB or 150KiB",
     "{\"description\":\"limit\",\"default\":150000,\"anyOf\":[{\"type\":\"integer\","
     "\"minimum\":0}," BYTES_PATTERN "," TEMPLATE "]}"},
    {"background", "a colour like #rrggbb or #rrggbbaa, transparent or dominant",
     "{\"description\":\"colour\",\"default\":\"#fffffe\",\"anyOf\":[{\"type\":\"string\","
     "\"pattern\":\"^(#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?|transparent|dominant)?$\"}," TEMPLATE "]}"},
    {"format", "one or a list of jpeg, png, webp, gif, avif, jxl, ico, icns, svg",
     "{\"description\":\"format\",\"default\":[\"jpeg\",\"png\"],\"anyOf\":[" FORMATS
     ",{\"type\":\"array\",\"items\":{\"anyOf\":[" FORMATS "," TEMPLATE "]}}," TEMPLATE "]}"},
    {"one-of-two", "one or a list of ico, icns",
     "{\"description\":\"joint file\",\"anyOf\":[{\"enum\":[\"ico\",\"icns\"]},{\"type\":\"array\","
     "\"items\":{\"anyOf\":[{\"enum\":[\"ico\",\"icns\"]}," TEMPLATE "]}}," TEMPLATE "]}"},
    {"degrees", "a number or a range like 600.., ..100 or 10..20, inside -180..180 °",
     "{\"description\":\"angle, in °\",\"anyOf\":[{\"type\":\"number\",\"minimum\":-180,"
     "\"maximum\":180},{\"type\":\"string\",\"pattern\":\"^(-?[0-9]+(\\\\.[0-9]+)?"
     "(\\\\.\\\\.(-?[0-9]+(\\\\.[0-9]+)?)?)?|\\\\.\\\\.-?[0-9]+(\\\\.[0-9]+)?)?$\"}," TEMPLATE
     "]}"},
    {"deep", "an object of options",
     "{\"description\":\"more of it\",\"type\":\"object\",\"properties\":{\"deep\":"
     "{\"description\":\"whether\",\"default\":true,\"anyOf\":[{\"type\":\"boolean\"}," TEMPLATE
     "]},\"effort\":{\"description\":\"how much\",\"default\":4,\"anyOf\":[{\"type\":\"integer\","
     "\"minimum\":0,\"maximum\":9}," TEMPLATE "]}},\"additionalProperties\":false}"},
};

static void words_and_schemas(void **state)
{
    for (size_t i = 0; i < sizeof(documented) / sizeof(documented[0]); i++) {
        const struct option *option = options_find(every_options, documented[i].name);
        struct buffer words = {0};
        assert_non_null(option);
        option_type_words(&words, option);
        assert_buffer_text(&words, documented[i].words);
        assert_value_text(option_schema(option, *state), documented[i].schema);
    }
}

static void quality_by_format(void **state)
{
    const struct value *schema = option_schema(options_find(every_options, "quality"), *state);
    const struct value *any = value_get(schema, "anyOf");
    assert_int_equal(any->list.count, 4);
    assert_value_text(any->list.items[0],
                      "{\"enum\":[\"low\",\"medium\",\"high\",\"very-high\",\"lossless\"]}");
    assert_value_text(any->list.items[1], "{\"type\":\"number\",\"minimum\":0,\"maximum\":100}");
    const struct value *formats = value_get(any->list.items[2], "properties");
    assert_int_equal(formats->object.count, FORMAT_COUNT - 1);
    assert_value_text(value_get(formats, "avif"),
                      "{\"anyOf\":[{\"enum\":[\"low\",\"medium\",\"high\",\"very-high\","
                      "\"lossless\"]},{\"type\":\"number\",\"minimum\":0,\"maximum\":100}," TEMPLATE
                      "]}");
    assert_value_text(value_get(any->list.items[2], "additionalProperties"), "false");
}

static void whole_tables(void **state)
{
    const struct value *schema = options_schema(every_options, *state);
    assert_string_equal(value_get(schema, "type")->text, "object");
    assert_false(value_get(schema, "additionalProperties")->boolean);
    const struct value *properties = value_get(schema, "properties");
    size_t count = 0;
    for (const struct option *option = every_options; option->name; option++) {
        assert_string_equal(properties->object.members[count++].key, option->name);
    }
    assert_int_equal(properties->object.count, count);
    assert_value_text(options_schema(NULL, *state),
                      "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}");
}

/* ---- The patterns say what the parser does --------------------------------------------------- */

static const char *pattern_of(struct arena *arena, const char *name)
{
    const struct value *any =
        value_get(option_schema(options_find(every_options, name), arena), "anyOf");
    for (size_t i = 0; i < any->list.count; i++) {
        const struct value *pattern = value_get(any->list.items[i], "pattern");
        if (pattern) {
            return pattern->text;
        }
    }
    return NULL;
}

static bool parser_takes(struct arena *arena, const char *name, const char *text)
{
    struct every every = {0};
    struct error error = {0};
    const struct value *object =
        value_set(arena, value_object(arena), name, value_text(arena, text));
    return options_parse(every_options, "every", object, NULL, arena, &every, &error) == STATUS_OK;
}

static void patterns_agree_with_the_parser(void **state)
{
    static const char *const names[] = {"spot",      "share",      "aspect",
                                        "max-bytes", "background", "pixels"};
    static const char *const texts[] = {
        "",        "1",         "512",    "300x250", "640x",        "x480",     "x",
        "1x2x3",   "1.5x2",     "0.5",    "1/3",     "66/108",      "80%",      "%",
        "1/",      "/3",        "16:9",   "1.91:1",  "16:",         ":9",       "150KB",
        "150KiB",  "1.5GiB",    "512M",   "600B",    "1KBB",        "1Ki",      "#abcdef",
        "#ABCDEF", "#abcdef80", "#abc",   "red",     "transparent", "dominant", "..",
        "600..",   "..100",     "10..20", "-1..1.5", "1..2..3",     "-5",       "+5",
        " 5",      "5 ",        "5.",     ".5",      "a",           "${x}"};
    size_t accepted = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        regex_t pattern;
        assert_int_equal(regcomp(&pattern, pattern_of(*state, names[i]), REG_EXTENDED | REG_NOSUB),
                         0);
        for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
            bool matches = regexec(&pattern, texts[j], 0, NULL, 0) == 0;
            if (matches != parser_takes(*state, names[i], texts[j])) {
                fail_msg("'%s' as %s: the schema says %d", texts[j], names[i], matches);
            }
            accepted += matches;
        }
        regfree(&pattern);
    }
    assert_true(accepted > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_schemas),
        cmocka_unit_test(quality_by_format),
        cmocka_unit_test(whole_tables),
        cmocka_unit_test(patterns_agree_with_the_parser),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
