/* SPDX-License-Identifier: MIT
 * Wrong presets and what each is told: NAME.json is the document, NAME.changes (where it is there)
 * the changes to it, NAME.txt the class and the exact message. Included presets stand in library/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "recipes.h"
#include "text.h"

enum { CASES_PROMISED = 60, CASES_MOST = 1000 };

struct cases {
    char *names[CASES_MOST];
    size_t count;
};

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every file that ends in `suffix`, without it. */
static void cases_list(struct cases *cases, const char *suffix)
{
    DIR *folder = opendir(".");
    assert_non_null(folder);
    cases->count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] != '.' && text_ends(entry->d_name, suffix)) {
            assert_true(cases->count < CASES_MOST);
            char *name = strdup(entry->d_name);
            name[strlen(name) - strlen(suffix)] = '\0';
            cases->names[cases->count++] = name;
        }
    }
    closedir(folder);
    qsort(cases->names, cases->count, sizeof *cases->names, name_compare);
}

static void cases_free(struct cases *cases)
{
    while (cases->count > 0) {
        free(cases->names[--cases->count]);
    }
}

static char *case_file(const char *name, const char *suffix, struct arena *arena)
{
    return recipe_file(arena_format(arena, "%s%s", name, suffix), arena);
}

/* False, and both messages, when the case is told something else. */
static bool case_holds(const char *name)
{
    const struct preset_library library = {.folder = "library"};
    struct arena *arena = arena_new();
    struct error error = {0};
    char message[2048], told[2200];
    const char *file = arena_format(arena, "%s.json", name);
    const char *expected = case_file(name, ".txt", arena);
    const struct recipe *recipe = recipe_of_text(&library, file, case_file(name, ".json", arena),
                                                 case_file(name, ".changes", arena), arena, &error);
    error_format(&error, message, sizeof message);
    snprintf(told, sizeof told, "%s: %s\n", status_name(error.status), message);
    bool holds = !recipe && expected && strcmp(told, expected) == 0;
    if (!holds) {
        print_error("%s\n  is       %s  expected %s", name, recipe ? "accepted\n" : told,
                    expected ? expected : "a file .txt\n");
    }
    arena_free(arena);
    return holds;
}

static void every_wrong_preset_is_told_why(void **state)
{
    (void)state;
    struct cases cases;
    size_t wrong = 0;
    cases_list(&cases, ".json");
    assert_true(cases.count >= CASES_PROMISED);
    for (size_t i = 0; i < cases.count; i++) {
        wrong += case_holds(cases.names[i]) ? 0 : 1;
    }
    cases_free(&cases);
    assert_int_equal(wrong, 0);
}

static void no_message_stands_alone(void **state)
{
    (void)state;
    struct cases documents, messages;
    cases_list(&documents, ".json");
    cases_list(&messages, ".txt");
    assert_int_equal(documents.count, messages.count);
    for (size_t i = 0; i < documents.count; i++) {
        assert_string_equal(documents.names[i], messages.names[i]);
    }
    cases_free(&documents);
    cases_free(&messages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wrong_preset_is_told_why),
        cmocka_unit_test(no_message_stands_alone),
    };
    if (chdir(PICSET_SOURCE_DIR "/tests/invalid") != 0) {
        perror("tests/invalid");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
