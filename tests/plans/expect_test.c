/* SPDX-License-Identifier: MIT
 * What an output requires, read off the stages that it has: what comes out of every image alike,
 * and what `require` says above that. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "recipes.h"
#include "support.h"

struct required {
    const char *output; /* stages and require, with ' for " */
    const char *words;
};

#define SHARP_64 "{ 'resize': { 'size': '64x64', 'fit': 'cover', 'enlarge': 'allow' } }"

static const struct required outputs[] = {
    {"'stages': [{ 'encode': { 'format': 'png' } }]", "png, srgb p3 grey, still"},
    {"'stages': [{ 'colour': { 'to': 'srgb' } }, { 'encode': { 'format': 'png' } }]",
     "png, srgb grey, still"},
    {"'stages': [{ 'colour': { 'to': 'p3' } }, { 'encode': { 'format': 'png' } }]",
     "png, p3 grey, still"},
    {"'stages': [" SHARP_64 ", { 'encode': { 'format': 'png' } }]",
     "png, 64 x 64, srgb p3 grey, still"},
    /* what is smaller than that stays so */
    {"'stages': [{ 'resize': { 'width': 640 } }, { 'encode': { 'format': 'webp' } }]",
     "webp, 1..640 x any, shrinks, srgb p3 grey, still"},
    {"'stages': [" SHARP_64 ", { 'flatten': {} }, { 'encode': { 'format': 'png' } }]",
     "png, 64 x 64, no alpha, srgb p3 grey, still"},
    {"'stages': ['monochrome', " SHARP_64 ", { 'encode': { 'format': 'png' } }]",
     "png, 64 x 64, alpha, grey, still"},
    {"'stages': [{ 'encode': { 'format': ['jpeg', 'png'] } }]", "jpeg png, srgb p3 grey, still"},
    {"'stages': [{ 'load': { 'frames': 'all' } }, { 'encode': { 'format': 'gif' } }]",
     "gif, srgb p3 grey"},
    {"'stages': [{ 'encode': { 'format': 'jpeg', 'quality': 80, 'max-bytes': '9KB' } }]",
     "jpeg, no alpha, srgb p3 grey, still, 9000 bytes"},
    {"'stages': [" SHARP_64 ", { 'encode': { 'format': 'jpeg' } }],"
     "'require': { 'format': ['jpeg', 'webp'], 'width': '32..', 'bytes': '1KiB' }",
     "jpeg webp, 32.. x 64, no alpha, srgb p3 grey, still, 1024 bytes"},
    {"'stages': [" SHARP_64 ", { 'encode': { 'format': 'png' } }], 'require': { 'alpha': false }",
     "png, 64 x 64, no alpha, srgb p3 grey, still"},
    {"'stages': [" SHARP_64 ", { 'flatten': {} }, { 'encode': { 'format': 'png' } }],"
     "'require': { 'alpha': true }",
     "png, 64 x 64, srgb p3 grey, still"},
    {"'from': 'dark', 'stages': [" SHARP_64 ", { 'encode': { 'format': 'png' } }]",
     "png, 64 x 64, srgb p3, still, wants dark"},
    {"'from': ['dark', 'main'], 'stages': [" SHARP_64 ", { 'encode': { 'format': 'png' } }]",
     "png, 64 x 64, srgb p3 grey, still"},
    {"'stages': ['copy']", "any format, any space"},
};

static void range_print(struct buffer *out, const struct range *range)
{
    if (!range->given) {
        buffer_text(out, "any");
    } else if (range->low == range->high) {
        buffer_format(out, "%.0f", range->low);
    } else if (range->high > 1e9) {
        buffer_format(out, "%.0f..", range->low);
    } else {
        buffer_format(out, "%.0f..%.0f", range->low, range->high);
    }
}

static void names_print(struct buffer *out, unsigned bits, const char *(*name)(int bit))
{
    const char *between = "";
    for (int i = 0; i < 16; i++) {
        if (bits >> i & 1) {
            buffer_format(out, "%s%s", between, name(i));
            between = " ";
        }
    }
}

static const char *format_at(int bit)
{
    return format_info((enum format)bit)->name;
}

static const char *space_at(int bit)
{
    return space_name((enum space)bit);
}

static void line_print(struct buffer *out, const struct expected *expected,
                       const struct expectation *line)
{
    if (line->formats) {
        names_print(out, line->formats, format_at);
    } else {
        buffer_text(out, "any format");
    }
    if (line->width.given || line->height.given) {
        buffer_text(out, ", ");
        range_print(out, &line->width);
        buffer_text(out, " x ");
        range_print(out, &line->height);
    }
    buffer_text(out, line->shrinks ? ", shrinks" : "");
    buffer_text(out, line->alpha == 0 ? ", no alpha" : line->alpha == 1 ? ", alpha" : "");
    buffer_text(out, ", ");
    if (line->spaces) {
        names_print(out, line->spaces, space_at);
    } else {
        buffer_text(out, "any space");
    }
    buffer_text(out, line->still ? ", still" : "");
    if (line->bytes) {
        buffer_format(out, ", %lld bytes", (long long)line->bytes);
    }
    buffer_text(out, expect_inputs(expected, line->line) ? ", wants dark" : "");
}

static void stages_say_what_is_required(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
        struct arena *arena = arena_new();
        struct error error = {0};
        struct expected expected = {.plan = NULL};
        struct limits limits = limits_default();
        struct buffer words = {0};
        char *text = arena_format(arena,
                                  "{ 'version': 1, 'name': 'one', 'summary': 's', 'inputs': "
                                  "{ 'dark': 'd' }, 'outputs': [{ %s, 'path': 'a' }] }",
                                  outputs[i].output);
        for (char *at = text; *at; at++) {
            *at = *at == '\'' ? '"' : *at;
        }
        const struct recipe *recipe = recipe_of_text(NULL, "one.json", text, NULL, arena, &error);
        if (!recipe ||
            expect_recipe(NULL, recipe, &limits, arena, &expected, &error) != STATUS_OK) {
            fail_msg("%s: %s: %s", outputs[i].output, error.where, error.message);
        }
        line_print(&words, &expected, &expected.lines[0]);
        if (strcmp(buffer_string(&words), outputs[i].words) != 0) {
            print_error("%s\n  %s\n-- instead of\n  %s\n", outputs[i].output, buffer_string(&words),
                        outputs[i].words);
            wrong++;
        }
        buffer_free(&words);
        expect_end(&expected);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_say_what_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
