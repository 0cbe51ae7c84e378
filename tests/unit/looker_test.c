/* SPDX-License-Identifier: MIT
 * file.h: the look at many files says what a look at each would. */
#include "file.h"

#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "support.h"

static enum status write_one(struct folder *folder, const char *path, const char *text)
{
    struct error error = {0};
    struct pending_file *file = NULL;
    enum status status = file_write(folder, path, text, strlen(text), &file, &error);
    return status == STATUS_OK ? files_place(&file, 1, NULL, &error) : status;
}

/* In one folder and another, where none is, at the root, and not through a link. */
static void a_look_at_many(void **state)
{
    (void)state;
    char *scratch = scratch_make();
    struct folder *folder = NULL;
    struct error error = {0};
    static const char *const paths[] = {"a/x.txt",    "a/y.txt", "a/none.txt",
                                        "none/x.txt", "x.txt",   "ab/x.txt"};
    static const int64_t sizes[] = {1, 2, -1, -1, 3, 4};
    struct file_facts facts, alone;
    assert_int_equal(folder_open(scratch_path(scratch, "out"), &folder, &error), STATUS_OK);
    struct looker looker = {.folder = folder};
    assert_int_equal(write_one(folder, "a/x.txt", "1"), STATUS_OK);
    assert_int_equal(write_one(folder, "a/y.txt", "12"), STATUS_OK);
    assert_int_equal(write_one(folder, "x.txt", "123"), STATUS_OK);
    assert_int_equal(write_one(folder, "ab/x.txt", "1234"), STATUS_OK);
    assert_int_equal(symlink("a", scratch_path(scratch, "out/link")), 0);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
            assert_int_equal(looker_look(&looker, paths[i], &facts, &error), STATUS_OK);
            assert_int_equal(file_look(folder, paths[i], &alone, &error), STATUS_OK);
            assert_int_equal(facts.exists, sizes[i] >= 0);
            assert_int_equal(facts.size, sizes[i] >= 0 ? sizes[i] : 0);
            assert_true(file_facts_equal(&facts, &alone));
        }
    }
    assert_int_equal(looker_look(&looker, "a/../x.txt", &facts, &error), STATUS_USAGE);
    error = (struct error){0};
    assert_int_equal(looker_look(&looker, "link/x.txt", &facts, &error), STATUS_REFUSED);
    looker_end(&looker);
    folder_close(folder);
    scratch_remove(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_look_at_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
