/* SPDX-License-Identifier: MIT
 * Presets when memory is short: reading one and expanding it into a recipe, with the n-th
 * allocation failing for every n. The failure is memory's, nothing leaks, and what was asked for
 * stays untouched. */
#include "support.h"

#include <string.h>

#include "preset.h"

/* What it takes to walk every part of the preset reader: parameters, a matrix, from, when,
 * fallback, an included preset with changes, and emitters. */
static const char document[] =
    "{\"version\": 1, \"name\": \"torture\", \"summary\": \"every part of a preset\","
    " \"params\": {\"widths\": [320, 640], \"codecs\": [\"avif\", \"webp\"]},"
    " \"inputs\": {\"dark\": \"for dark screens\"},"
    " \"prepare\": [\"orient\", {\"colour\": {\"to\": \"srgb\"}}],"
    " \"outputs\": ["
    "  {\"id\": \"a\", \"from\": [\"dark\", {\"main\": [{\"resize\": {\"scale\": \"1/2\"}}]}, "
    "\"#0b3d5c\"],"
    "   \"when\": {\"alpha\": false}, \"matrix\": {\"step\": \"${widths}\", \"codec\": "
    "\"${codecs}\"},"
    "   \"stages\": [{\"resize\": {\"width\": \"${step*2}\"}},"
    "                {\"encode\": {\"format\": \"${codec}\", \"max-bytes\": \"150KB\"}}],"
    "   \"fallback\": [{\"encode\": {\"quality\": \"low\"}}],"
    "   \"path\": \"${dir}${name}-${step}.${ext}\", \"emit\": [\"picture\"]},"
    "  {\"preset\": \"web\", \"set\": {\"widths\": [400]}, \"outputs\": {\"thumb\": false}}],"
    " \"emit\": [\"manifest\", {\"picture\": {\"path\": \"${dir}${name}.html\"}}]}";

static const struct preset_library library; /* the built-in presets only */

static bool expand(void *data)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct preset *preset = NULL;
    const struct recipe *recipe = NULL;
    bool done = false;
    (void)data;
    if (arena) {
        enum status status =
            preset_parse("torture.json", document, sizeof(document) - 1, arena, &preset, &error);
        assert_true((status == STATUS_OK) == (preset != NULL));
        if (status == STATUS_OK) {
            status = recipe_expand(&library, preset, NULL, arena, &recipe, &error);
        }
        done = status == STATUS_OK;
        assert_true(done == (recipe != NULL));
        if (!done && error.status != STATUS_FAILED) {
            fail_msg("memory was short, and the failure said is: %s: %s", error.where,
                     error.message);
        }
    }
    arena_free(arena);
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(support_each_allocation(expand, NULL) > 50);
}

static void the_same_recipe_every_time(void **state)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct preset *preset;
    const struct recipe *first, *second;
    (void)state;
    assert_int_equal(
        preset_parse("torture.json", document, sizeof(document) - 1, arena, &preset, &error),
        STATUS_OK);
    if (recipe_expand(&library, preset, NULL, arena, &first, &error) != STATUS_OK) {
        fail_msg("%s: %s", error.where, error.message);
    }
    assert_int_equal(recipe_expand(&library, preset, NULL, arena, &second, &error), STATUS_OK);
    assert_true(hash_equal(first->hash, second->hash));
    assert_int_equal(first->line_count, second->line_count);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_recipe_every_time),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
