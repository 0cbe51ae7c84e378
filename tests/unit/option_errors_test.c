/* SPDX-License-Identifier: MIT
 * option.h: every complaint word by word. */
#include "support.h"

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

static struct every defaults(struct arena *arena)
{
    struct every every;
    struct error error = {0};
    memset(&every, 0xA5, sizeof(every)); /* nothing may be left as it was */
    assert_int_equal(options_default(every_options, arena, &every, &error), STATUS_OK);
    return every;
}

#define SIZE_WORDS "a size like 512, 300x250, 640x or x480"
#define RATIO_WORDS "a ratio like 0.5, 1/3 or 80%"
#define ASPECT_WORDS "an aspect like 16:9 or 300x250"
#define BYTES_WORDS "a number of bytes like 150000, 150KB or 150KiB"
#define COLOUR_WORDS "a colour like #rrggbb or #rrggbbaa, transparent or dominant"
#define FIT_WORDS "one of inside, outside, cover, contain, fill"
#define KEEP_WORDS "all, none or a list of icc, copyright, xmp"
#define FORMAT_WORDS "one or a list of jpeg, png, webp, gif, avif, jxl, ico, icns, svg"
#define QUALITY_WORDS                                                                              \
    "one of low, medium, high, very-high, lossless, a number 0..100, or an object of these by "    \
    "format"
#define RANGE_WORDS "a number or a range like 600.., ..100 or 10..20"

static const struct {
    const char *json, *text;
} complaints[] = {
    {"5", "/resize: 'resize' is 5 (a number), must be an object of options"},
    {"{'widht':1}", "/resize/widht: unknown option 'widht' of 'resize'; did you mean 'width'?"},
    {"{'a/\\n~b':1}",
     "/resize/a~1\\x0a~0b: unknown option 'a/\\n~b' of 'resize'; it has flip, width, count, "
     "cost, "
     "weight, opacity, free-number, name, path, tags, fit, keep, box, spot, scale, share, aspect, "
     "max-bytes, background, format, one-of-two, quality, pixels, degrees, deep"},
    {"{'flip':1}", "/resize/flip: 'flip' is 1 (a number), must be true or false"},
    {"{'flip':'true'}", "/resize/flip: 'flip' is \"true\" (a text), must be true or false"},
    {"{'width':70000}", "/resize/width: 'width' is 70000, outside 0..65500 px"},
    {"{'width':65501}", "/resize/width: 'width' is 65501, outside 0..65500 px"},
    {"{'width':-1}", "/resize/width: 'width' is -1, outside 0..65500 px"},
    {"{'width':1e300}", "/resize/width: 'width' is 1e+300, outside 0..65500 px"},
    {"{'width':2.5}", "/resize/width: 'width' is 2.5, must be a whole number 0..65500 px"},
    {"{'width':'wide'}",
     "/resize/width: 'width' is \"wide\" (a text), must be a whole number 0..65500 px"},
    {"{'width':'960'}",
     "/resize/width: 'width' is \"960\" (a text), must be a whole number 0..65500 px"},
    {"{'width':null}", "/resize/width: 'width' is null, must be a whole number 0..65500 px"},
    {"{'width':true}", "/resize/width: 'width' is true, must be a whole number 0..65500 px"},
    {"{'width':[1]}", "/resize/width: 'width' is [1] (a list), must be a whole number 0..65500 px"},
    {"{'count':2147483648}",
     "/resize/count: 'count' is 2147483648, outside -2147483648..2147483647"},
    {"{'cost':9223372036854775808.0}", "/resize/cost: 'cost' is 9.223372036854776e+18, outside "
                                       "-9.223372036854776e+18..9.223372036854776e+18"},
    {"{'weight':'heavy'}", "/resize/weight: 'weight' is \"heavy\", must be " BYTES_WORDS},
    {"{'weight':0}", "/resize/weight: 'weight' is 0, outside 1..1000000000 bytes"},
    {"{'weight':'2GB'}", "/resize/weight: 'weight' is \"2GB\", outside 1..1000000000 bytes"},
    {"{'opacity':1.5}", "/resize/opacity: 'opacity' is 1.5, outside 0..1"},
    {"{'opacity':'half'}",
     "/resize/opacity: 'opacity' is \"half\" (a text), must be a number 0..1"},
    {"{'free-number':{}}",
     "/resize/free-number: 'free-number' is {} (an object), must be a number in s"},
    {"{'name':5}", "/resize/name: 'name' is 5 (a number), must be a text"},
    {"{'tags':5}", "/resize/tags: 'tags' is 5 (a number), must be a text or a list of texts"},
    {"{'tags':['a',5]}",
     "/resize/tags/1: 'tags' is 5 (a number), must be a text or a list of texts"},
    {"{'fit':'covr'}",
     "/resize/fit: 'fit' is 'covr', must be " FIT_WORDS "; did you mean 'cover'?"},
    {"{'fit':'xyz'}", "/resize/fit: 'fit' is 'xyz', must be " FIT_WORDS},
    {"{'fit':''}", "/resize/fit: 'fit' is '', must be " FIT_WORDS},
    {"{'fit':'a\\u001b\\u0007b'}", "/resize/fit: 'fit' is 'a\\u001b\\u0007b', must be " FIT_WORDS},
    {"{'fit':1}", "/resize/fit: 'fit' is 1 (a number), must be " FIT_WORDS},
    {"{'keep':'ic'}", "/resize/keep: 'keep' is 'ic', must be " KEEP_WORDS "; did you mean 'icc'?"},
    {"{'keep':['icc','all']}", "/resize/keep/1: 'keep' is 'all', must be " KEEP_WORDS},
    {"{'keep':{}}", "/resize/keep: 'keep' is {} (an object), must be " KEEP_WORDS},
    {"{'box':1001}", "/resize/box: 'box' is 1001, outside 1..1000 px"},
    {"{'box':'10x1001'}", "/resize/box: 'box' is \"10x1001\", outside 1..1000 px"},
    {"{'spot':'300y250'}", "/resize/spot: 'spot' is \"300y250\", must be " SIZE_WORDS},
    {"{'spot':'x'}", "/resize/spot: 'spot' is \"x\", must be " SIZE_WORDS},
    {"{'spot':''}", "/resize/spot: 'spot' is \"\", must be " SIZE_WORDS},
    {"{'spot':'1x2x3'}", "/resize/spot: 'spot' is \"1x2x3\", must be " SIZE_WORDS},
    {"{'spot':'1.5x2'}", "/resize/spot: 'spot' is \"1.5x2\", must be " SIZE_WORDS},
    {"{'spot':'-1x2'}", "/resize/spot: 'spot' is \"-1x2\", must be " SIZE_WORDS},
    {"{'spot':1.5}", "/resize/spot: 'spot' is 1.5, must be " SIZE_WORDS},
    {"{'spot':-1}", "/resize/spot: 'spot' is -1, outside 0..2147483647"},
    {"{'spot':'2147483648x'}", "/resize/spot: 'spot' is \"2147483648x\", outside 0..2147483647"},
    {"{'spot':'99999999999x'}", "/resize/spot: 'spot' is \"99999999999x\", must be " SIZE_WORDS},
    {"{'box':[]}", "/resize/box: 'box' is [] (a list), must be " SIZE_WORDS ", sides 1..1000 px"},
    {"{'scale':'1/0'}", "/resize/scale: 'scale' is \"1/0\", must be " RATIO_WORDS ", 0..2"},
    {"{'scale':'%'}", "/resize/scale: 'scale' is \"%\", must be " RATIO_WORDS ", 0..2"},
    {"{'scale':'300%'}", "/resize/scale: 'scale' is \"300%\", outside 0..2"},
    {"{'share':-1}", "/resize/share: 'share' is -1, outside 0.."},
    {"{'share':false}", "/resize/share: 'share' is false, must be " RATIO_WORDS},
    {"{'aspect':'16:0'}", "/resize/aspect: 'aspect' is \"16:0\", must be " ASPECT_WORDS},
    {"{'aspect':'16'}", "/resize/aspect: 'aspect' is \"16\", must be " ASPECT_WORDS},
    {"{'aspect':1.5}", "/resize/aspect: 'aspect' is 1.5 (a number), must be " ASPECT_WORDS},
    {"{'max-bytes':-1}", "/resize/max-bytes: 'max-bytes' is -1, outside 0..9007199254740992"},
    {"{'max-bytes':1.5}", "/resize/max-bytes: 'max-bytes' is 1.5, must be " BYTES_WORDS},
    {"{'background':'#fff'}",
     "/resize/background: 'background' is \"#fff\", must be " COLOUR_WORDS},
    {"{'background':'#ggffff'}",
     "/resize/background: 'background' is \"#ggffff\", must be " COLOUR_WORDS},
    {"{'background':'red'}", "/resize/background: 'background' is \"red\", must be " COLOUR_WORDS},
    {"{'format':'wepb'}",
     "/resize/format: 'format' is 'wepb', must be " FORMAT_WORDS "; did you mean 'webp'?"},
    {"{'format':['webp','tiff']}", "/resize/format/1: 'format' is 'tiff', must be " FORMAT_WORDS},
    {"{'one-of-two':'png'}",
     "/resize/one-of-two: 'one-of-two' is 'png', must be one or a list of ico, icns"},
    {"{'format':['png','png','png','png','png','png','png','png','png']}",
     "/resize/format/8: 'format' has more than 8 formats"},
    {"{'quality':101}", "/resize/quality: 'quality' is 101, outside 0..100"},
    {"{'quality':'hihg'}",
     "/resize/quality: 'quality' is 'hihg', must be " QUALITY_WORDS "; did you mean 'high'?"},
    {"{'quality':{'avif':-1}}", "/resize/quality/avif: 'quality' is -1, outside 0..100"},
    {"{'quality':{'avfi':1}}",
     "/resize/quality/avfi: unknown format 'avfi' of 'quality'; did you mean 'avif'?"},
    {"{'quality':{'avif':{}}}",
     "/resize/quality/avif: 'quality' is {} (an object), must be " QUALITY_WORDS},
    {"{'quality':[]}", "/resize/quality: 'quality' is [] (a list), must be " QUALITY_WORDS},
    {"{'pixels':'20..10'}", "/resize/pixels: 'pixels' is \"20..10\", must be " RANGE_WORDS},
    {"{'pixels':'..'}", "/resize/pixels: 'pixels' is \"..\", must be " RANGE_WORDS},
    {"{'pixels':'1..2..3'}", "/resize/pixels: 'pixels' is \"1..2..3\", must be " RANGE_WORDS},
    {"{'pixels':'many'}", "/resize/pixels: 'pixels' is \"many\", must be " RANGE_WORDS},
    {"{'degrees':'..181'}", "/resize/degrees: 'degrees' is \"..181\", outside -180..180 °"},
    {"{'degrees':true}",
     "/resize/degrees: 'degrees' is true, must be " RANGE_WORDS ", inside -180..180 °"},
    {"{'deep':4}", "/resize/deep: 'deep' is 4 (a number), must be an object of options"},
    {"{'deep':{'efort':4}}",
     "/resize/deep/efort: unknown option 'efort' of 'deep'; did you mean 'effort'?"},
    {"{'deep':{'effort':10}}", "/resize/deep/effort: 'effort' is 10, outside 0..9"},
};

static void every_complaint(void **state)
{
    for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++) {
        struct every every = defaults(*state);
        struct error error = {0};
        enum status status =
            options_parse(every_options, "resize", support_value(*state, complaints[i].json),
                          POINTER_KEY(NULL, "resize"), *state, &every, &error);
        assert_int_equal(status, STATUS_USAGE);
        assert_error_text(&error, STATUS_USAGE, complaints[i].text);
    }
}

static void long_values_are_cut(void **state)
{
    char json[600] = "{'fit':'";
    struct every every = defaults(*state);
    struct error error = {0};
    memset(json + 8, 'y', 500);
    memcpy(json + 508, "'}", 3);
    assert_int_equal(options_parse(every_options, "resize", support_value(*state, json), NULL,
                                   *state, &every, &error),
                     STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE,
                      "/fit: 'fit' is "
                      "'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…', "
                      "must be " FIT_WORDS);
}

static void a_table_without_options(void **state)
{
    static const struct option none[] = {{0}};
    struct error error = {0};
    int field;
    assert_int_equal(
        options_parse(none, "flip", support_value(*state, "{'x':1}"), NULL, *state, &field, &error),
        STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE, "/x: unknown option 'x' of 'flip', which has none");
    error_clear(&error);
    assert_int_equal(
        options_parse(NULL, "flip", support_value(*state, "{'x':1}"), NULL, *state, &field, &error),
        STATUS_USAGE);
    assert_int_equal(options_default(NULL, *state, &field, &(struct error){0}), STATUS_OK);
    assert_value_text(options_value(NULL, &field, false, *state), "{}");
}

static void wrong_defaults_are_our_mistake(void **state)
{
    static const struct option wrong[] = {
        {.name = "width", OPT_INT(struct every, width), .def = "wide"}, {0}};
    struct every every;
    struct error error = {0};
    assert_int_equal(options_default(wrong, *state, &every, &error), STATUS_BUG);
    assert_error_text(&error, STATUS_BUG,
                      "default of 'width': 'width' is \"wide\" (a text), must be a whole number");
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

static void text_complaints_have_no_place(void **state)
{
    static const struct {
        const char *name, *text, *message;
    } cases[] = {
        {"width", "wide", "'width' is \"wide\" (a text), must be a whole number 0..65500 px"},
        {"width", "", "'width' is \"\" (a text), must be a whole number 0..65500 px"},
        {"width", "70000", "'width' is 70000, outside 0..65500 px"},
        {"width", "99999999999999999999", "'width' is 1e+20, outside 0..65500 px"},
        {"flip", "yes", "'flip' is \"yes\" (a text), must be true or false"},
        {"keep", "icc,xpm", "'keep' is 'xpm', must be " KEEP_WORDS "; did you mean 'xmp'?"},
        {"quality", "{\"avif\": 500}", "'quality' is 500, outside 0..100"},
        {"quality", "{\"avif\"", "'quality' is '{\\\"avif\\\"', must be " QUALITY_WORDS},
        {"deep", "5", "'deep' is 5 (a number), must be an object of options"},
        {"deep", "{\"effort\": 50}", "/effort: 'effort' is 50, outside 0..9"},
        {"name", "a\xff", "'name' is not valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct every every;
        struct error error = {0};
        from_text(*state, cases[i].name, cases[i].text, &every, &error);
        assert_error_text(&error, STATUS_USAGE, cases[i].message);
    }
}

/* A complaint needs a little memory; without it the failure is still reported, as that of memory.
 */
static bool complain(void *data)
{
    struct arena *arena = arena_new();
    struct every every = {0};
    struct error error = {0};
    struct value *object = arena ? value_object(arena) : NULL;
    bool known = false;
    if (object && value_set(arena, object, "widht", value_int(arena, 1))) {
        assert_int_not_equal(options_parse(every_options, data, object, POINTER_KEY(NULL, "resize"),
                                           arena, &every, &error),
                             STATUS_OK);
        known = error.status == STATUS_USAGE && error.where[0] != '\0';
        assert_true(error.status == STATUS_USAGE || error.status == STATUS_FAILED);
    }
    arena_free(arena);
    return known;
}

static void complaints_without_memory(void **state)
{
    static char owner[] = "resize";
    (void)state;
    assert_true(support_each_allocation(complain, owner) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_complaint),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(a_table_without_options),
        cmocka_unit_test(wrong_defaults_are_our_mistake),
        cmocka_unit_test(text_complaints_have_no_place),
        cmocka_unit_test(complaints_without_memory),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
