/* SPDX-License-Identifier: MIT
 * Which aspect and size are asked for: against presets of known needs and a table of known pixels.
 */
#include <string.h>

#include "ask_choice.h"
#include "recipes.h"
#include "support.h"

static struct arena *arena;

static const char *const aspects[] = {"1:1", "5:4", "9:16", "16:9", "8:1", NULL};
static const char *const sizes[] = {"1K", "2K", "4K", NULL};
static const struct model_size pixels[] = {
    {"1:1", "1K", 1024, 1024}, {"1:1", "2K", 2048, 2048},  {"1:1", "4K", 4096, 4096},
    {"5:4", "1K", 1152, 928},  {"5:4", "2K", 2304, 1856},  {"5:4", "4K", 4608, 3712},
    {"9:16", "1K", 768, 1376}, {"9:16", "2K", 1536, 2752}, {"9:16", "4K", 3072, 5504},
    {"16:9", "1K", 1376, 768}, {"16:9", "2K", 2752, 1536}, {"16:9", "4K", 5504, 3072},
    {"8:1", "1K", 3072, 384},  {"8:1", "4K", 12288, 1536}, {NULL, NULL, 0, 0}};
static const struct model model = {.name = "m",
                                   .aspects = aspects,
                                   .sizes = sizes,
                                   .aspect_default = "5:4",
                                   .size_default = "2K",
                                   .pixels = pixels};

static int arena_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return arena ? 0 : -1;
}

static int arena_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Presets that cover a box, or only follow a width: "300x250 1200x630", "640 1920". */
static const struct recipe *recipe_of_sizes(const char *list)
{
    struct buffer text = {0};
    struct error error = {0};
    buffer_text(&text, "{\"version\":1,\"name\":\"t\",\"outputs\":[");
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, " ");
        bool box = memchr(at, 'x', length);
        buffer_format(&text, "%s{\"stages\":[{\"resize\":{", at == list ? "" : ",");
        buffer_format(&text, box ? "\"size\":\"%.*s\",\"fit\":\"cover\"" : "\"width\":%.*s",
                      (int)length, at);
        buffer_format(&text, "}},{\"encode\":{\"format\":\"png\"}}],\"path\":\"%.*s.png\"}",
                      (int)length, at);
        at += length + (at[length] == ' ');
    }
    buffer_text(&text, "]}");
    const struct preset_library library = {0};
    const struct recipe *recipe =
        recipe_of_text(&library, "t.json", buffer_string(&text), NULL, arena, &error);
    assert_error_text(&error, STATUS_OK, "");
    buffer_free(&text);
    return recipe;
}

static void assert_choice(const char *list, const char *aspect, const char *size, const char *words)
{
    const struct recipe *recipe = *list ? recipe_of_sizes(list) : NULL;
    const struct limits limits = limits_default();
    struct ask_choice choice;
    struct error error = {0};
    struct buffer out = {0};
    assert_int_equal(
        ask_choose(&model, aspect, size, &recipe, recipe ? 1 : 0, &limits, &choice, &error),
        STATUS_OK);
    buffer_format(&out, "%s %s %dx%d, %zu of %zu", choice.aspect ? choice.aspect : "-",
                  choice.size ? choice.size : "-", choice.width, choice.height, choice.met,
                  choice.wanted);
    if (choice.wanted_width) {
        buffer_format(&out, ", not %dx%d", choice.wanted_width, choice.wanted_height);
    }
    assert_buffer_text(&out, words);
}

static void the_smallest_that_is_enough(void **state)
{
    (void)state;
    assert_choice("300x250", NULL, NULL, "5:4 1K 1152x928, 1 of 1");
    assert_choice("1200x630", NULL, NULL, "16:9 1K 1376x768, 1 of 1");
    assert_choice("1080x1080", NULL, NULL, "1:1 2K 2048x2048, 1 of 1");
    assert_choice("1080x1920", NULL, NULL, "9:16 2K 1536x2752, 1 of 1");
    assert_choice("640 1920 3840", NULL, NULL, "1:1 4K 4096x4096, 3 of 3");
    assert_choice("1200x630 1080x1080", NULL, NULL, "1:1 2K 2048x2048, 2 of 2");
}

static void what_was_said_is_kept(void **state)
{
    (void)state;
    assert_choice("300x250", "9:16", NULL, "9:16 1K 768x1376, 1 of 1");
    assert_choice("300x250", NULL, "4K", "5:4 4K 4608x3712, 1 of 1");
    assert_choice("640 1920 3840", "16:9", "1K", "16:9 1K 1376x768, 1 of 3, not 3840x2143");
    assert_choice("640 1920 3840", "16:9", NULL, "16:9 4K 5504x3072, 3 of 3");
}

static void too_large_for_the_model(void **state)
{
    (void)state;
    assert_choice("8000 640", NULL, NULL, "16:9 4K 5504x3072, 1 of 2, not 8000x4465");
    assert_choice("6000x6000", "1:1", NULL, "1:1 4K 4096x4096, 0 of 1, not 6000x6000");
}

static void banners_are_for_banners(void **state)
{
    (void)state;
    assert_choice("728x90", NULL, NULL, "8:1 1K 3072x384, 1 of 1");
    assert_choice("728x90 970x90 300x250", NULL, NULL, "8:1 1K 3072x384, 3 of 3");
    assert_choice("5600", NULL, NULL, "16:9 4K 5504x3072, 0 of 1, not 5600x3126");
}

static void nothing_to_go_by(void **state)
{
    const struct limits limits = limits_default();
    const struct recipe *recipe = recipe_of_sizes("640");
    struct ask_choice choice;
    struct error error = {0};
    struct model bare = {.name = "bare"};
    (void)state;
    assert_choice("", NULL, NULL, "- - 2304x1856, 0 of 0");
    assert_choice("", "16:9", "1K", "16:9 1K 1376x768, 0 of 0");
    assert_int_equal(ask_choose(&bare, NULL, "4K", &recipe, 1, &limits, &choice, &error),
                     STATUS_OK);
    assert_null(choice.aspect);
    assert_string_equal(choice.size, "4K");
    assert_int_equal(choice.width, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_that_is_enough),
        cmocka_unit_test(what_was_said_is_kept),
        cmocka_unit_test(too_large_for_the_model),
        cmocka_unit_test(banners_are_for_banners),
        cmocka_unit_test(nothing_to_go_by),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
