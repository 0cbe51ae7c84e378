/* SPDX-License-Identifier: MIT
 * A preset that includes others, through the real program: each emitted file holds the outputs of
 * its own preset and of what that includes, and no others. */
#include <string.h>

#include "memory.h"
#include "program.h"
#include "scratch.h"

/* NAME makes one PNG of this width and a <picture> of it. */
#define PART(name_, width_)                                                                        \
    "{ \"version\": 1, \"name\": \"" name_ "\", \"outputs\": [{ \"stages\": [{ \"resize\": "       \
    "{ \"width\": " width_ " } }, { \"encode\": { \"format\": \"png\" } }], \"path\": "            \
    "\"${name}-" name_ ".png\", \"emit\": [\"picture\"] }], "                                      \
    "\"emit\": [{ \"picture\": { \"path\": \"" name_ ".html\" } }] }\n"

static int make_folder(void **state)
{
    char *folder = scratch_make();
    program_image(folder, "one.png", 60, 40);
    scratch_write(folder, "presets/left.json", PART("left", "10"));
    scratch_write(folder, "presets/right.json", PART("right", "20"));
    scratch_write(folder, "presets/both.json",
                  "{ \"version\": 1, \"name\": \"both\", \"outputs\": [{ \"preset\": \"left\" }, "
                  "{ \"preset\": \"right\", \"out\": \"r\" }], "
                  "\"emit\": [{ \"picture\": { \"path\": \"both.html\" } }] }\n");
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void assert_names(const char *folder, const char *file, bool left, bool right)
{
    char *text = scratch_read(folder, file);
    assert_non_null(text);
    assert_int_equal(strstr(text, "one-left.png") != NULL, left);
    assert_int_equal(strstr(text, "one-right.png") != NULL, right);
    memory_free(text);
}

static void each_picture_holds_its_own(void **state)
{
    const char *folder = *state;
    struct program program = {.folder = folder};
    program_call_with(&program, "render", "one.png", "--preset", "both", "-o", "out");
    if (program.code != 0) {
        fail_msg("exit code %d: %s", program.code, program.error);
    }
    program_end(&program);
    assert_names(folder, "out/left.html", true, false);
    assert_names(folder, "out/r/right.html", false, true);
    assert_names(folder, "out/both.html", true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_picture_holds_its_own, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
