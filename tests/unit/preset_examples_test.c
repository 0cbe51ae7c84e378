/* SPDX-License-Identifier: MIT
 * The example presets that lie beside the project: all parse and expand, but for those whose stages
 * or emitters do not exist, which are refused by name. Skipped where the folder is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emitter.h"
#include "recipes.h"
#include "text.h"

static const char folder[] = PICSET_SOURCE_DIR "/../shared/design/presets";

/* What an example needs and a program may not have. */
static const struct {
    const char *preset, *kind, *name;
} needed[] = {
    {"android-launcher", "stage", "mask"},
    {"android-launcher", "emitter", "android-xml"},
    {"favicon", "emitter", "html-head"},
    {"ios-appicon", "emitter", "xcassets"},
    {"ios-appicon-legacy", "emitter", "xcassets"},
    {"ios-imageset", "emitter", "xcassets"},
    {"macos-icon", "emitter", "xcassets"},
    {"opengraph", "emitter", "html-head"},
    {"pwa", "emitter", "webmanifest"},
};

static bool is_there(const char *kind, const char *name)
{
    return strcmp(kind, "stage") == 0 ? stage_find(name) != NULL : emitter_find(name) != NULL;
}

/* "unknown emitter 'html-head'" for the first that is missing, or NULL. */
static const char *refusal(const char *preset, struct arena *arena)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (strcmp(needed[i].preset, preset) == 0 && !is_there(needed[i].kind, needed[i].name)) {
            return arena_format(arena, "unknown %s '%s'", needed[i].kind, needed[i].name);
        }
    }
    return NULL;
}

static void example_check(const char *file)
{
    const struct preset_library library = {.folder = folder};
    struct arena *arena = arena_new();
    const struct preset *preset = NULL;
    const struct recipe *recipe = NULL;
    struct error error = {0};
    char message[2048];
    const char *name = arena_slice(arena, file, strlen(file) - strlen(".json"));
    const char *expected = refusal(name, arena);
    if (preset_read(&library, name, arena, &preset, &error) == STATUS_OK) {
        error.status = recipe_expand(&library, preset, NULL, arena, &recipe, &error);
    }
    error_format(&error, message, sizeof message);
    if (expected && !text_starts(error.message, expected)) {
        fail_msg("%s: expected a refusal with '%s', got '%s'", file, expected, message);
    }
    if (!expected && error.status != STATUS_OK) {
        fail_msg("%s: %s", file, message);
    }
    if (!expected) {
        assert_true(recipe->line_count > 0);
        assert_string_equal(recipe->name, name);
    }
    arena_free(arena);
}

static void examples_expand_or_are_refused_by_name(void **state)
{
    (void)state;
    DIR *directory = opendir(folder);
    size_t count = 0;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (text_ends(entry->d_name, ".json")) {
            example_check(entry->d_name);
            count++;
        }
    }
    closedir(directory);
    assert_true(count >= 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_expand_or_are_refused_by_name),
    };
    DIR *directory = opendir(folder);
    if (!directory) {
        print_message("skipped: no example presets beside the project\n");
        return 77;
    }
    closedir(directory);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
