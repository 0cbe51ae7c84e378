/* SPDX-License-Identifier: MIT
 * Presets: a document is refused with a place and a sentence, or becomes a recipe that is the same
 * each time and whose paths can be filled. The same document as changes to a built-in preset. */
#include "fuzz.h"

#include <string.h>

#include "json.h"
#include "preset.h"
#include "text.h"

/* libFuzzer's inputs are short; what makes the most cells only takes long. */
enum { LARGEST = 4096 };

static void is_refused(const struct error *error)
{
    struct buffer printable = {0};
    HOLDS(error->status == STATUS_USAGE || error->status == STATUS_REFUSED ||
          error->status == STATUS_UNSUPPORTED);
    HOLDS(error->message[0] != '\0');
    text_printable(&printable, error->message);
    HOLDS(strcmp(buffer_string(&printable), error->message) == 0);
    buffer_free(&printable);
}

static void is_finished(struct arena *arena, const struct recipe *recipe)
{
    static const char words[] =
        "{\"name\": \"a b\", \"dir\": \"c/\", \"preset\": \"p\", \"width\": 3, \"height\": 2, "
        "\"format\": \"webp\", \"ext\": \"webp\", \"hash\": \"0123456789abcdef0123456789abcdef\"}";
    struct error error = {0};
    struct scope scope = {0};
    HOLDS(json_parse(arena, words, sizeof words - 1, &scope.object, &error) == STATUS_OK);
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct output_line *line = &recipe->lines[i];
        const struct value *path = NULL;
        HOLDS(line->line.count > 0 && line->from_count > 0);
        HOLDS(line->inlined == (line->path == NULL));
        if (line->path &&
            template_finish(line->path, &scope, NULL, arena, &path, &error) == STATUS_OK) {
            HOLDS(path->type == VALUE_TEXT);
        }
        for (size_t j = 0; j < line->fallback_count; j++) {
            HOLDS(line->fallbacks[j].count == line->line.count);
        }
    }
    for (size_t i = 0; i < recipe->emit_count; i++) {
        HOLDS(value_get(recipe->emits[i].options, "path"));
        HOLDS(recipe->emits[i].first + recipe->emits[i].count <= recipe->line_count);
    }
}

static void expand(struct arena *arena, const struct preset *preset, const struct value *changes)
{
    const struct recipe *recipe = NULL, *again = NULL;
    struct error error = {0};
    if (recipe_expand(NULL, preset, changes, arena, &recipe, &error) != STATUS_OK) {
        HOLDS(!recipe);
        is_refused(&error);
        return;
    }
    is_finished(arena, recipe);
    HOLDS(recipe_expand(NULL, preset, changes, arena, &again, &error) == STATUS_OK);
    HOLDS(hash_equal(recipe->hash, again->hash) && recipe->line_count == again->line_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > LARGEST) {
        return 0;
    }
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct preset *preset = NULL;
    const struct value *changes = NULL;
    if (preset_parse("fuzz", (const char *)data, size, arena, &preset, &error) == STATUS_OK) {
        expand(arena, preset, NULL);
    } else {
        HOLDS(text_starts(error.where, "fuzz"));
        is_refused(&error);
    }
    error_clear(&error);
    if (json_parse(arena, (const char *)data, size, &changes, &error) == STATUS_OK) {
        HOLDS(preset_read(NULL, "thumbnails", arena, &preset, &error) == STATUS_OK);
        expand(arena, preset, changes);
    }
    arena_free(arena);
    return 0;
}
