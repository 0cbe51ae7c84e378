/* SPDX-License-Identifier: MIT
 * Keys: where they may come from, what they may hold, what is said instead of them, and that
 * neither a core nor the memory given back holds one. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "scratch.h"
#include "support.h"

#define VARIABLE "PICSET_TEST_KEY"
#define KEY "not-a-key-but-long-enough"

static char *folder;

static int set_up(void **state)
{
    (void)state;
    folder = scratch_make();
    unsetenv(VARIABLE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static const char *key_file(const char *text, mode_t mode)
{
    scratch_write(folder, "key", text);
    const char *path = scratch_path(folder, "key");
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

/* What is said, in two parts with the file between them, and never the key. */
static void assert_refused(const char *variable, const char *file, enum status status,
                           const char *before, const char *after)
{
    struct secret *secret = NULL;
    struct error error = {0};
    assert_int_equal(secret_load(variable, file, &secret, &error), status);
    assert_null(secret);
    char expected[512];
    snprintf(expected, sizeof expected, "%s%s%s", before, file ? file : "", after);
    assert_error_text(&error, status, expected);
    assert_null(strstr(error.message, KEY));
}

static void assert_key(const char *variable, const char *file, const char *text)
{
    struct secret *secret = NULL;
    struct error error = {0};
    assert_int_equal(secret_load(variable, file, &secret, &error), STATUS_OK);
    assert_string_equal(secret_text(secret), text);
    secret_free(secret);
}

static void the_variable_goes_before_the_file(void **state)
{
    (void)state;
    const char *file = key_file("from the file\n", 0600);
    assert_int_equal(setenv(VARIABLE, "from-the-variable", 1), 0);
    assert_key(VARIABLE, file, "from-the-variable");
    assert_string_equal(getenv(VARIABLE), "from-the-variable");
    assert_int_equal(setenv(VARIABLE, "", 1), 0);
    assert_key(VARIABLE, file, "from the file");
    assert_key(NULL, key_file("x", 0400), "x");
    assert_key(NULL, key_file("windows\r\n", 0600), "windows");
}

static void without_either_there_is_none(void **state)
{
    (void)state;
    struct secret *secret = NULL;
    struct error error = {0};
    assert_int_equal(secret_load(VARIABLE, NULL, &secret, &error), STATUS_OK);
    assert_null(secret);
    assert_string_equal(secret_text(secret), "");
    secret_free(secret);
}

static void others_must_not_read_it(void **state)
{
    (void)state;
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0700, 0601, 04600};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char words[128];
        snprintf(words, sizeof words, "' has mode %04o, and only its owner may read it: chmod 600",
                 (unsigned)modes[i]);
        assert_refused(NULL, key_file(KEY, modes[i]), STATUS_GENERATION, "key file '", words);
    }
}

static void it_must_be_a_plain_file_of_ours(void **state)
{
    (void)state;
    const char *file = key_file(KEY, 0600);
    const char *link = scratch_path(folder, "link");
    assert_int_equal(symlink(file, link), 0);
    assert_refused(NULL, link, STATUS_GENERATION, "key file '", "' is a symbolic link");
    assert_refused(NULL, folder, STATUS_GENERATION, "key file '", "' is not a plain file");
    const char *pipe = scratch_path(folder, "pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_refused(NULL, pipe, STATUS_GENERATION, "key file '", "' is not a plain file");
    assert_refused(NULL, scratch_path(folder, "none"), STATUS_MISSING, "cannot open key file '",
                   "' (No such file or directory)");
    if (geteuid() == 0 && chown(file, 65534, 0) == 0) {
        assert_refused(NULL, file, STATUS_GENERATION, "key file '",
                       "' belongs to user 65534, not to you (user 0)");
    }
}

static void it_must_be_one_printable_line(void **state)
{
    (void)state;
    assert_refused(NULL, key_file("", 0600), STATUS_GENERATION, "the key in file '", "' is empty");
    assert_refused(NULL, key_file("\n", 0600), STATUS_GENERATION, "the key in file '",
                   "' is empty");
    assert_refused(NULL, key_file("ab\ncd\n", 0600), STATUS_GENERATION, "the key in file '",
                   "' holds something other than printable ASCII at byte 2");
    assert_refused(NULL, key_file("caf\xc3\xa9", 0600), STATUS_GENERATION, "the key in file '",
                   "' holds something other than printable ASCII at byte 3");
    assert_refused(NULL, key_file(" x", 0600), STATUS_GENERATION, "the key in file '",
                   "' begins or ends with a blank");
    assert_int_equal(setenv(VARIABLE, "a\r\nX-Other: b", 1), 0);
    assert_refused(
        VARIABLE, NULL, STATUS_GENERATION,
        "the key in PICSET_TEST_KEY holds something other than printable ASCII at byte 1", "");
}

static void its_length_is_bounded(void **state)
{
    (void)state;
    char text[4098];
    memset(text, 'k', sizeof text);
    text[4097] = '\0';
    assert_refused(NULL, key_file(text, 0600), STATUS_GENERATION, "the key in file '",
                   "' is longer than 4096 bytes");
    text[4096] = '\0';
    assert_key(NULL, key_file(text, 0600), text);
}

/* In a child: a process cannot take the core's limit back. */
static void no_core_is_written(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct secret *secret = NULL;
        struct error error = {0};
        struct rlimit core = {0};
        bool before = prctl(PR_GET_DUMPABLE) == 1;
        bool loaded = secret_from_text(KEY, &secret, &error) == STATUS_OK;
        bool limited =
            getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
        _exit(before && loaded && limited && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_core_is_written), /* first: the others switch it off */
        TEST(the_variable_goes_before_the_file),
        TEST(without_either_there_is_none),
        TEST(others_must_not_read_it),
        TEST(it_must_be_a_plain_file_of_ours),
        TEST(it_must_be_one_printable_line),
        TEST(its_length_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
