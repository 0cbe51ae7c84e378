/* SPDX-License-Identifier: MIT
 * What the store needs beside its database: packed rows that no bytes can upset, and its place. */
#include "store_rows.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "support.h"

static void test_default_folder(void **state)
{
    (void)state;
    char *scratch = scratch_make();
    struct error error = {0};
    struct buffer folder = {0};
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(scratch), 0);
    setenv("HOME", "/roof/x", 1);
    setenv("XDG_CACHE_HOME", "/cache", 1);
    assert_int_equal(store_default_folder(&folder, &error), STATUS_OK);
    assert_buffer_text(&folder, "/cache/picset");
    setenv("XDG_CACHE_HOME", "relative", 1); /* the rule says to ignore it */
    assert_int_equal(store_default_folder(&folder, &error), STATUS_OK);
    assert_buffer_text(&folder, "/roof/x/.cache/picset");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_int_equal(store_default_folder(&folder, &error), STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE,
                      "no place for the state: neither 'XDG_CACHE_HOME' nor 'HOME' is an absolute "
                      "path, and no 'picset.json' is here");
    scratch_write(scratch, "picset.json", "{}");
    error_clear(&error);
    assert_int_equal(store_default_folder(&folder, &error), STATUS_OK);
    assert_buffer_text(&folder, ".picset");
    scratch_write(scratch, "other/.picset/x", ""); /* of a project file by another name */
    assert_int_equal(chdir("other"), 0);
    assert_int_equal(store_default_folder(&folder, &error), STATUS_OK);
    assert_buffer_text(&folder, ".picset");
    assert_int_equal(chdir(here), 0);
    scratch_remove(scratch);
}

static const struct store_set sample = {
    .inputs =
        (const struct store_input[]){
            {.name = "main", .path = "a.jpg", .facts = "f", .facts_size = 1},
            {.name = "dark", .path = ""}},
    .input_count = 2,
    .files = (const struct store_file[]){{.path = "a.webp"}, {.path = "b.webp"}},
    .file_count = 2,
};

enum row { ROW_INPUTS, ROW_FILES };

static struct buffer packed(enum row row)
{
    struct buffer out = {0};
    if (row == ROW_INPUTS) {
        store_inputs_pack(&out, &sample);
    } else {
        store_files_pack(&out, &sample);
    }
    assert_false(buffer_failed(&out));
    return out;
}

static bool unpacks(enum row row, const char *bytes, size_t size, struct arena *arena)
{
    struct store_set set = {0};
    struct unpacker from = {.at = bytes, .left = size};
    assert_true(row == ROW_INPUTS ? store_inputs_unpack(&from, arena, &set)
                                  : store_files_unpack(&from, arena, &set));
    for (size_t i = 0; i < set.file_count; i++) {
        assert_true(strlen(set.files[i].path) <= size); /* readable, and ended */
    }
    for (size_t i = 0; i < set.input_count; i++) {
        assert_true(strlen(set.inputs[i].path) <= size && set.inputs[i].facts_size <= size);
    }
    return !from.failed;
}

/* Every cut is a heap block of its own: AddressSanitizer sees a byte read too many. */
static void test_rows_cut_short(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (enum row row = ROW_INPUTS; row <= ROW_FILES; row++) {
        struct buffer whole = packed(row);
        assert_true(unpacks(row, whole.data, whole.size, arena));
        for (size_t size = 0; size < whole.size; size++) {
            char *block = test_malloc(size);
            memcpy(block, whole.data, size);
            assert_false(unpacks(row, block, size, arena));
            test_free(block);
        }
        buffer_free(&whole);
    }
    arena_free(arena);
}

static void test_rows_of_other_bytes(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    uint32_t random = 12345;
    for (int round = 0; round < 20000; round++) {
        enum row row = round % 2 ? ROW_INPUTS : ROW_FILES;
        struct buffer bytes = packed(row);
        for (int i = 0; i < 3; i++) {
            random = random * 1664525 + 1013904223;
            bytes.data[(random >> 8) % bytes.size] = (char)(random >> 24);
        }
        unpacks(row, bytes.data, bytes.size, arena);
        buffer_free(&bytes);
        if (round % 1000 == 999) {
            arena_free(arena);
            arena = arena_new();
        }
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_folder),
        cmocka_unit_test(test_rows_cut_short),
        cmocka_unit_test(test_rows_of_other_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
