/* SPDX-License-Identifier: MIT
 * Asks against the tables of models: what is let through, and what is said of the rest. The tables
 * themselves: every word that a model takes has pixels and a price where it should. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

static const char *const aspects[] = {"1:1", "16:9", "auto", NULL};
static const char *const sizes[] = {"1K", "2K", NULL};
static const char *const formats[] = {"png", "jpg", NULL};
static const char *const levels[] = {"minimal", "high", NULL};
static const struct model_size pixels[] = {
    {"1:1", "1K", 10, 10}, {"1:1", "2K", 20, 20}, {"16:9", NULL, 16, 9}, {0}};
static const struct model_price prices[] = {{"1K", 1.5}, {"2K", 2.5}, {0, -1}};
static const struct model models[] = {
    {.name = "alpha",
     .prompt_max = 5,
     .references_max = 2,
     .reference_bytes = 1500,
     .aspects = aspects,
     .sizes = sizes,
     .formats = formats,
     .aspect_default = "1:1",
     .size_default = "2K",
     .seed = true,
     .thinking = levels,
     .pixels = pixels,
     .prices = prices},
    {.name = "beta",
     .prompt_max = 100,
     .references_max = 1,
     .references_needed = true,
     .grounding = true,
     .size_default = "1K"},
    {.name = "gone", .retired = "since June; take alpha", .prompt_max = 5, .seed = true},
    {0}};
static const struct provider provider = {.name = "test", .models = models};

static void assert_asks(const struct ask *ask, const char *message)
{
    struct error error = {0};
    enum status status = ask_check(&provider, ask, &error);
    assert_error_text(&error, message ? STATUS_USAGE : STATUS_OK, message ? message : "");
    assert_int_equal(status, error.status);
}

static void prompts(void **state)
{
    (void)state;
    static const struct {
        const char *prompt, *message;
    } cases[] = {
        {"12345", NULL},
        {"éééöö", NULL},
        {"ééé öö", "the prompt has 6 characters, and alpha takes at most 5"},
        {NULL, "the prompt is empty"},
        {"", "the prompt is empty"},
        {" \n\t", "the prompt is empty"},
        {"a\xff", "the prompt is not valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ask ask = {.model = &models[0], .prompt = cases[i].prompt};
        assert_asks(&ask, cases[i].message);
    }
}

static void words(void **state)
{
    (void)state;
    static const struct {
        struct ask ask;
        const char *message;
    } cases[] = {
        {{.aspect = "16:9", .size = "2K", .format = "jpeg", .thinking = "high"}, NULL},
        {{.aspect = "auto", .size = "1K", .format = "jpg"}, NULL},
        {{.aspect = "16:8"}, "'aspect' is '16:8', which alpha does not know; did you mean '16:9'?"},
        {{.aspect = "2.39:1"},
         "'aspect' is '2.39:1', which alpha does not know; known are 1:1, 16:9, auto"},
        {{.size = "2k"}, "'size' is '2k', which alpha does not know; did you mean '2K'?"},
        {{.size = "4096"}, "'size' is '4096', which alpha does not know; known are 1K, 2K"},
        {{.format = "webp"}, "'format' is 'webp', which alpha does not know; known are png, jpg"},
        {{.thinking = "hihg"},
         "'thinking' is 'hihg', which alpha does not know; did you mean 'high'?"},
        {{.grounding = true},
         "'grounding' cannot be asked of alpha; of test it can be asked of beta"},
        {{.seed_given = true}, NULL},
        {{.model = &models[1], .seed_given = true},
         "'seed' cannot be asked of beta; of test it can be asked of alpha"},
        {{.model = &models[1], .thinking = "high"},
         "'thinking' cannot be asked of beta; of test it can be asked of alpha"},
        {{.model = &models[1], .aspect = "1:1"},
         "'aspect' is '1:1', and beta leaves no choice of aspect"},
        {{.model = &models[1], .format = "png"},
         "'format' is 'png', and beta leaves no choice of format"},
        {{.model = &models[1], .size = "4K"},
         "'size' is '4K', which beta does not know; did you mean '1K'?"},
        {{.model = &models[1], .size = "1K"}, "beta edits images, and no reference is given"},
        {{.model = &models[2]}, "model 'gone' is retired: since June; take alpha"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ask ask = cases[i].ask;
        ask.model = ask.model ? ask.model : &models[0];
        ask.prompt = "p";
        assert_asks(&ask, cases[i].message);
    }
}

static void references(void **state)
{
    (void)state;
    static const struct reference good[] = {
        {.name = "a.png", .bytes = "x", .size = 1500, .format = FORMAT_PNG},
        {.name = "b", .url = "https://x.example/b"},
        {.name = "c.webp", .bytes = "x", .size = 1, .format = FORMAT_WEBP}};
    static const struct {
        struct reference reference;
        const char *message;
    } cases[] = {
        {{.name = "a.gif", .bytes = "x", .size = 1, .format = FORMAT_GIF},
         "reference 'a.gif' is gif; alpha takes jpeg, png and webp"},
        {{.name = "a", .bytes = "x", .size = 1},
         "reference 'a' is none; alpha takes jpeg, png and webp"},
        {{.name = "a.png", .bytes = "x", .size = 1501, .format = FORMAT_PNG},
         "reference 'a.png' has 1.5 kB, and alpha takes at most 1.5 kB"},
        {{.name = "a.png"}, "reference 'a.png' has no content"},
        {{.name = "a.png", .url = "data:image/png;base64,AA"},
         "reference 'a.png' has no URL that a service can fetch; https:// is allowed"},
    };
    struct ask ask = {.model = &models[0], .prompt = "p", .references = good, .reference_count = 2};
    assert_asks(&ask, NULL);
    ask.reference_count = 3;
    assert_asks(&ask, "3 reference images are given, and alpha takes at most 2");
    ask.model = &models[1];
    ask.reference_count = 1;
    assert_asks(&ask, NULL);
    struct model none = models[0];
    none.references_max = 0;
    ask.model = &none;
    assert_asks(&ask, "alpha takes no reference images");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask = (struct ask){.model = &models[0],
                           .prompt = "p",
                           .references = &cases[i].reference,
                           .reference_count = 1};
        assert_asks(&ask, cases[i].message);
    }
}

static void tables_are_read(void **state)
{
    (void)state;
    int width = -1, height = -1;
    assert_true(model_pixels(models, NULL, NULL, &width, &height));
    assert_int_equal(width, 20);
    assert_true(model_pixels(models, "16:9", "1K", &width, &height));
    assert_int_equal(height, 9);
    assert_false(model_pixels(models, "auto", "1K", &width, &height));
    assert_false(model_pixels(models, "9:16", "1K", &width, &height));
    assert_false(model_pixels(models, "16:9", "4K", &width, &height));
    assert_false(model_pixels(&models[1], NULL, NULL, &width, &height));
    assert_int_equal(width, 16);
    assert_true(fabs(model_price(models, NULL) - 2.5) < 1e-9);
    assert_true(fabs(model_price(models, "1K") - 1.5) < 1e-9);
    assert_true(model_price(models, "4K") < 0 && model_price(&models[1], NULL) < 0);
    assert_string_equal(model_format(models, "jpeg"), "jpg");
    assert_null(model_format(models, "webp"));
    assert_null(model_format(&models[1], "png"));
}

static void names_are_found(void **state)
{
    (void)state;
    struct error error = {0};
    const struct model *model = NULL;
    const struct provider *found = NULL;
    assert_ptr_equal(model_find(&provider, NULL), models);
    assert_int_equal(model_choose(&provider, "beta", &model, &error), STATUS_OK);
    assert_ptr_equal(model, &models[1]);
    assert_int_equal(model_choose(&provider, "betta", &model, &error), STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE,
                      "model 'betta' is not known to test; did you mean 'beta'?");
    error_clear(&error);
    assert_int_equal(provider_choose("kie", &found, &error), STATUS_OK);
    assert_string_equal(found->name, "kie");
    assert_int_equal(provider_choose("kiee", &found, &error), STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE, "provider 'kiee' is not known; did you mean 'kie'?");
}

/* ---- The registered tables
 * ------------------------------------------------------------------------- */

/* The words of a ratio and the pixels differ by less than 3 %: sides are multiples of 8 or 16. */
static void assert_ratio(const struct model *model, const struct model_size *entry)
{
    char *end;
    double across = strtod(entry->aspect, &end);
    double down = strtod(end + 1, NULL);
    double off = fabs((double)entry->width / entry->height / (across / down) - 1);
    if (*end != ':' || off > 0.03) {
        fail_msg("%s: %s %s is %dx%d", model->name, entry->aspect, entry->size, entry->width,
                 entry->height);
    }
}

static void assert_model(const struct model *model)
{
    int width, height;
    for (const struct model_size *entry = model->pixels; entry && entry->width; entry++) {
        assert_ratio(model, entry);
        if (!model_pixels(model, entry->aspect, entry->size, &width, &height) ||
            width != entry->width || height != entry->height) {
            fail_msg("%s: %s %s cannot be asked for, or stands twice", model->name, entry->aspect,
                     entry->size);
        }
    }
    for (const char *const *aspect = model->pixels ? model->aspects : NULL; aspect && *aspect;
         aspect++) {
        bool known = model_pixels(model, *aspect, NULL, &width, &height);
        assert_int_equal(known, strcmp(*aspect, "auto") != 0);
    }
    assert_true(model->summary && model->prompt_max >= 0);
    assert_int_equal(model->references_max > 0, model->reference_bytes > 0);
    assert_true(!model->references_needed || model->references_max > 0);
}

static void registered_tables_are_whole(void **state)
{
    (void)state;
    for (const struct provider *const *list = provider_list(); *list; list++) {
        assert_ptr_equal(provider_find((*list)->name), *list);
        assert_null((*list)->models[0].retired);
        for (const struct model *model = (*list)->models; model->name; model++) {
            assert_model(model);
            assert_ptr_equal(model_find(*list, model->name), model);
            struct reference reference = {
                .name = "r", .bytes = "x", .size = 1, .format = FORMAT_PNG};
            struct ask ask = {.model = model,
                              .prompt = "p",
                              .references = &reference,
                              .reference_count = model->references_needed};
            struct error error = {0};
            assert_int_equal(ask_check(*list, &ask, &error),
                             model->retired ? STATUS_USAGE : STATUS_OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompts),         cmocka_unit_test(words),
        cmocka_unit_test(references),      cmocka_unit_test(tables_are_read),
        cmocka_unit_test(names_are_found), cmocka_unit_test(registered_tables_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
