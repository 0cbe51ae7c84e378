/* SPDX-License-Identifier: MIT
 * Files below an output folder: whole or not there, whatever fails, kills or points elsewhere. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "scratch.h"
#include "support.h"

struct place {
    char *scratch;
    struct folder *folder; /* scratch/out */
    struct error error;
};

static int set_up(void **state)
{
    struct place *place = memory_zero(1, sizeof *place);
    assert_non_null(place);
    place->scratch = scratch_make();
    assert_int_equal(
        folder_open(scratch_path(place->scratch, "out"), &place->folder, &place->error), STATUS_OK);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    file_fail_at(0, 0);
    folder_close(place->folder);
    scratch_remove(place->scratch);
    memory_free(place);
    return 0;
}

static enum status write_one(struct place *place, const char *path, const char *text)
{
    struct pending_file *file = NULL;
    enum status status = file_write(place->folder, path, text, strlen(text), &file, &place->error);
    return status == STATUS_OK ? files_place(&file, 1, NULL, &place->error) : status;
}

static void assert_file(const struct place *place, const char *name, const char *text)
{
    char *is = scratch_read(place->scratch, name);
    assert_non_null(is);
    assert_string_equal(is, text);
    memory_free(is);
}

/* The scratch folder's name is left out of the message. */
static void assert_refused(struct place *place, enum status status, const char *text)
{
    char whole[sizeof(struct error)], shown[sizeof(struct error)] = "";
    error_format(&place->error, whole, sizeof whole);
    const char *at = strstr(whole, place->scratch);
    if (at) {
        snprintf(shown, sizeof shown, "%.*s%s", (int)(at - whole), whole,
                 at + strlen(place->scratch) + 1);
    } else {
        snprintf(shown, sizeof shown, "%s", whole);
    }
    assert_string_equal(shown, text);
    assert_int_equal(place->error.status, status);
    error_clear(&place->error);
}

static void test_nothing_is_made_before_the_first_file(void **state)
{
    struct place *place = *state;
    struct file_facts facts = {.exists = true};
    assert_int_equal(file_look(place->folder, "a/b.webp", &facts, &place->error), STATUS_OK);
    assert_false(facts.exists);
    assert_scratch(place->scratch, "");
    assert_string_equal(folder_whole(place->folder), scratch_path(place->scratch, "out"));
}

static void test_a_set_is_placed_together(void **state)
{
    struct place *place = *state;
    struct pending_file *files[4] = {NULL};
    struct file_facts facts[4] = {{0}}, found;
    static const char *const paths[] = {"x.webp", "a/b/c.webp", NULL, "a/d, e & f.webp"};
    for (int i = 0; i < 4; i++) {
        if (paths[i]) {
            assert_int_equal(file_write(place->folder, paths[i], paths[i], strlen(paths[i]),
                                        &files[i], &place->error),
                             STATUS_OK);
            assert_string_equal(pending_path(files[i]), paths[i]);
            assert_int_equal(file_look(place->folder, paths[i], &found, &place->error), STATUS_OK);
            assert_false(found.exists);
        }
    }
    assert_int_equal(files_place(files, 4, facts, &place->error), STATUS_OK);
    assert_scratch(place->scratch, "out/a/b/c.webp\nout/a/d, e & f.webp\nout/x.webp\n");
    for (int i = 0; i < 4; i++) {
        assert_null(files[i]);
        if (paths[i]) {
            assert_int_equal(file_look(place->folder, paths[i], &found, &place->error), STATUS_OK);
            assert_true(found.regular);
            assert_int_equal(found.size, strlen(paths[i]));
            assert_true(file_facts_equal(&found, &facts[i]));
        }
    }
    assert_file(place, "out/a/b/c.webp", "a/b/c.webp");
}

static void test_what_was_there_is_replaced(void **state)
{
    struct place *place = *state;
    struct file_facts before, after;
    scratch_write(place->scratch, "out/x.txt", "old and longer");
    assert_int_equal(file_look(place->folder, "x.txt", &before, &place->error), STATUS_OK);
    assert_int_equal(write_one(place, "x.txt", "new"), STATUS_OK);
    assert_int_equal(file_look(place->folder, "x.txt", &after, &place->error), STATUS_OK);
    assert_false(file_facts_equal(&before, &after));
    assert_file(place, "out/x.txt", "new");
    mode_t mask = umask(0);
    umask(mask);
    struct stat facts;
    assert_int_equal(stat(scratch_path(place->scratch, "out/x.txt"), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0666 & ~mask);
}

static void test_abandoned_files_leave_nothing(void **state)
{
    struct place *place = *state;
    struct pending_file *files[2] = {NULL};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            file_write(place->folder, i ? "a" : "b", "bytes", 5, &files[i], &place->error),
            STATUS_OK);
    }
    files_abandon(files, 2);
    assert_scratch(place->scratch, "out/\n");
}

static void test_paths_that_may_not_be(void **state)
{
    struct place *place = *state;
    char component[300], path[4200];
    memset(component, 'c', sizeof component - 1);
    component[sizeof component - 1] = '\0';
    memset(path, '/', sizeof path - 1);
    for (size_t i = 0; i < sizeof path - 1; i += 2) {
        path[i] = 'p';
    }
    path[4001] = '\0';
    const struct {
        const char *path, *text;
    } cases[] = {
        {"", "path '' is empty"},
        {"/etc/passwd", "path '/etc/passwd' is absolute"},
        {"../x", "path '../x' holds '.' or '..' as a component"},
        {"a/../../x", "path 'a/../../x' holds '.' or '..' as a component"},
        {"a/./x", "path 'a/./x' holds '.' or '..' as a component"},
        {"..", "path '..' holds '.' or '..' as a component"},
        {"a//x", "path 'a//x' has an empty component"},
        {"a/", "path 'a/' has an empty component"},
        {"a\nb", "path 'a\\x0ab' holds a control character"},
        {"a\x7f", "path 'a\\x7f' holds a control character"},
        {"\xff", "path '\\xff' is not valid UTF-8"},
        {".picset-0badcafe-12-34-5.tmp",
         "path '.picset-0badcafe-12-34-5.tmp' looks like a temporary file of ours"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(write_one(place, cases[i].path, "x"), STATUS_USAGE);
        assert_error_text(&place->error, STATUS_USAGE, cases[i].text);
        error_clear(&place->error);
    }
    assert_int_equal(file_path_check(component, &place->error), STATUS_USAGE);
    assert_non_null(strstr(place->error.message, "has a component of more than 255 bytes"));
    error_clear(&place->error);
    component[255] = '\0';
    assert_int_equal(file_path_check(component, &place->error), STATUS_OK);
    assert_int_equal(write_one(place, component, "x"), STATUS_OK);
    assert_int_equal(file_path_check(path, &place->error), STATUS_USAGE);
    assert_non_null(strstr(place->error.message, "is longer than 4000 bytes"));
    error_clear(&place->error);
    assert_int_equal(file_path_check("…/ü, ö.webp", &place->error), STATUS_OK);
    assert_int_equal(file_path_check("..a/.b/c..", &place->error), STATUS_OK);
}

static void test_links_lead_nowhere(void **state)
{
    struct place *place = *state;
    bool flag = true;
    struct file_facts facts;
    scratch_write(place->scratch, "elsewhere/x.txt", "theirs");
    scratch_write(place->scratch, "out/deep/y.txt", "ours");
    assert_int_equal(symlink("../elsewhere", scratch_path(place->scratch, "out/link")), 0);
    assert_int_equal(symlink("../../elsewhere", scratch_path(place->scratch, "out/deep/link")), 0);
    assert_int_equal(symlink("../elsewhere/x.txt", scratch_path(place->scratch, "out/x.txt")), 0);

    assert_int_equal(write_one(place, "link/x.txt", "mine"), STATUS_REFUSED);
    assert_refused(place, STATUS_REFUSED,
                   "cannot use the folder 'out/link': 'link' is a symbolic link");
    assert_int_equal(write_one(place, "deep/link/new/x.txt", "mine"), STATUS_REFUSED);
    assert_refused(place, STATUS_REFUSED,
                   "cannot use the folder 'out/deep/link/new': 'link' is a symbolic link");
    assert_int_equal(file_look(place->folder, "link/x.txt", &facts, &place->error), STATUS_REFUSED);
    error_clear(&place->error);
    assert_int_equal(file_remove(place->folder, "link/x.txt", NULL, &flag, &place->error),
                     STATUS_REFUSED);
    error_clear(&place->error);
    assert_int_equal(write_one(place, "deep/y.txt/z.txt", "mine"), STATUS_REFUSED);
    assert_refused(place, STATUS_REFUSED,
                   "cannot use the folder 'out/deep/y.txt': 'y.txt' is not a folder");

    assert_int_equal(file_look(place->folder, "x.txt", &facts, &place->error), STATUS_OK);
    assert_true(facts.exists);
    assert_false(facts.regular);
    assert_int_equal(file_same(place->folder, "x.txt", "theirs", 6, &flag, &place->error),
                     STATUS_OK);
    assert_false(flag);
    assert_int_equal(file_remove(place->folder, "x.txt", NULL, &flag, &place->error), STATUS_OK);
    assert_false(flag);
    /* a link at the final name is replaced, never written through */
    assert_int_equal(write_one(place, "x.txt", "mine"), STATUS_OK);
    assert_file(place, "out/x.txt", "mine");
    assert_file(place, "elsewhere/x.txt", "theirs");
    assert_scratch(place->scratch, "elsewhere/x.txt\nout/deep/link\nout/deep/y.txt\nout/link\n"
                                   "out/x.txt\n");
}

static void test_the_root_may_be_a_link_but_no_file(void **state)
{
    struct place *place = *state;
    struct folder *folder = NULL;
    scratch_write(place->scratch, "real/keep.txt", "");
    assert_int_equal(symlink("real", scratch_path(place->scratch, "link")), 0);
    assert_int_equal(folder_open(scratch_path(place->scratch, "link/"), &folder, &place->error),
                     STATUS_OK);
    assert_string_equal(folder_whole(folder), scratch_path(place->scratch, "real"));
    folder_close(folder);
    assert_int_equal(
        folder_open(scratch_path(place->scratch, "link/./new/../other/x"), &folder, &place->error),
        STATUS_OK);
    assert_string_equal(folder_whole(folder), scratch_path(place->scratch, "real/other/x"));
    folder_close(folder);
    folder = NULL;
    assert_int_equal(
        folder_open(scratch_path(place->scratch, "real/keep.txt"), &folder, &place->error),
        STATUS_FAILED);
    assert_null(folder);
    assert_refused(place, STATUS_FAILED, "cannot open the folder 'real/keep.txt': not a directory");
}

static void test_same_and_remove(void **state)
{
    struct place *place = *state;
    bool flag = false;
    struct file_facts facts;
    assert_int_equal(write_one(place, "a/x.txt", "bytes"), STATUS_OK);
    const struct {
        const char *path, *text;
        bool same;
    } cases[] = {{"a/x.txt", "bytes", true},  {"a/x.txt", "bytes!", false},
                 {"a/x.txt", "bytez", false}, {"a/x.txt", "", false},
                 {"a/y.txt", "bytes", false}, {"b/x.txt", "bytes", false},
                 {"a", "bytes", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(file_same(place->folder, cases[i].path, cases[i].text,
                                   strlen(cases[i].text), &flag, &place->error),
                         STATUS_OK);
        assert_int_equal(flag, cases[i].same);
    }
    assert_int_equal(mkfifo(scratch_path(place->scratch, "out/pipe"), 0600), 0);
    assert_int_equal(file_same(place->folder, "pipe", "", 0, &flag, &place->error), STATUS_OK);
    assert_false(flag);

    assert_int_equal(file_look(place->folder, "a/x.txt", &facts, &place->error), STATUS_OK);
    struct file_facts older = facts;
    older.modified_ns--;
    assert_int_equal(file_remove(place->folder, "a/x.txt", &older, &flag, &place->error),
                     STATUS_OK);
    assert_false(flag);
    assert_int_equal(file_remove(place->folder, "a/x.txt", &facts, &flag, &place->error),
                     STATUS_OK);
    assert_true(flag);
    assert_int_equal(file_remove(place->folder, "a/x.txt", &facts, &flag, &place->error),
                     STATUS_OK);
    assert_false(flag);
    assert_int_equal(file_remove(place->folder, "a", NULL, &flag, &place->error), STATUS_OK);
    assert_false(flag);
}

/* Writes a set of two over an old one; whatever fails, each name holds the old or the new text. */
static void test_every_change_on_disk_may_fail(void **state)
{
    static const struct {
        int number;
        const char *words;
    } faults[] = {{ENOSPC, "no space left on device"}, {EIO, "input/output error"}};
    struct place *place = *state;
    for (size_t fault = 0; fault < 2; fault++) {
        bool done = false;
        long n = 1;
        for (; !done; n++) {
            struct pending_file *files[2] = {NULL};
            char *scratch = scratch_make();
            struct folder *folder = NULL;
            scratch_write(scratch, "out/a.txt", "old a");
            assert_int_equal(folder_open(scratch_path(scratch, "out"), &folder, &place->error),
                             STATUS_OK);
            file_fail_at(n, faults[fault].number);
            enum status status = file_write(folder, "a.txt", "new a", 5, &files[0], &place->error);
            if (status == STATUS_OK) {
                status = file_write(folder, "sub/b.txt", "new b", 5, &files[1], &place->error);
            }
            if (status == STATUS_OK) {
                status = files_place(files, 2, NULL, &place->error);
            }
            files_abandon(files, 2);
            file_fail_at(0, 0);
            folder_close(folder);
            if (status == STATUS_OK) {
                done = true;
            } else {
                assert_int_equal(status, STATUS_FAILED);
                assert_non_null(strstr(place->error.message, faults[fault].words));
                assert_int_equal(strncmp(place->error.message, "cannot ", 7), 0);
                error_clear(&place->error);
            }
            char *a = scratch_read(scratch, "out/a.txt"),
                 *b = scratch_read(scratch, "out/sub/b.txt");
            assert_true(strcmp(a, "new a") == 0 || (!done && strcmp(a, "old a") == 0));
            assert_true(b ? strcmp(b, "new b") == 0 : !done);
            struct buffer list = {0};
            scratch_list(scratch, &list);
            assert_null(strstr(buffer_string(&list), ".tmp"));
            buffer_free(&list);
            memory_free(a);
            memory_free(b);
            scratch_remove(scratch);
        }
        assert_int_equal(n - 1, 12); /* a folder; 2 x open, write, sync, rename, folder; and none */
    }
}

static void test_messages_name_the_file(void **state)
{
    struct place *place = *state;
    file_fail_at(3, ENOSPC); /* the root is made, the file opened */
    assert_int_equal(write_one(place, "a.webp", "bytes"), STATUS_FAILED);
    file_fail_at(0, 0);
    assert_refused(place, STATUS_FAILED, "cannot write 'out/a.webp': no space left on device");
    scratch_write(place->scratch, "out/folder/x", "");
    assert_int_equal(write_one(place, "folder", "bytes"), STATUS_FAILED);
    assert_refused(place, STATUS_FAILED, "cannot write 'out/folder': is a directory");
    assert_scratch(place->scratch, "out/folder/x\n");
}

static bool write_a_set(void *data)
{
    struct place *place = data;
    struct folder *folder = NULL;
    struct pending_file *files[2] = {NULL};
    struct error error = {0};
    enum status status = folder_open(scratch_path(place->scratch, "out"), &folder, &error);
    if (status == STATUS_OK) {
        status = file_write(folder, "a/x.txt", "x", 1, &files[0], &error);
    }
    if (status == STATUS_OK) {
        status = file_write(folder, "b/y.txt", "y", 1, &files[1], &error);
    }
    if (status == STATUS_OK) {
        status = files_place(files, 2, NULL, &error);
    }
    files_abandon(files, 2);
    folder_close(folder);
    if (status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    return status == STATUS_OK;
}

static void test_every_allocation_may_fail(void **state)
{
    struct place *place = *state;
    assert_true(support_each_allocation(write_a_set, place) > 5);
    assert_scratch(place->scratch, "out/a/x.txt\nout/b/y.txt\n");
}

static void test_more_folders_than_descriptors(void **state)
{
    struct place *place = *state;
    struct pending_file *files[150] = {NULL};
    char path[64];
    for (int i = 0; i < 150; i++) {
        snprintf(path, sizeof path, "folder %d/x", i * 7 % 150);
        assert_int_equal(write_one(place, path, "x"), STATUS_OK);
        assert_int_equal(
            file_write(place->folder, "x/many", path, strlen(path), &files[i], &place->error),
            STATUS_OK);
    }
    int free_descriptor = open("/dev/null", O_RDONLY);
    assert_true(free_descriptor < 100);
    close(free_descriptor);
    assert_int_equal(files_place(files, 150, NULL, &place->error), STATUS_OK);
    assert_file(place, "out/x/many", "folder 143/x"); /* the last one given its name wins */
}

static void test_an_interrupt_drops_temporaries(void **state)
{
    struct place *place = *state;
    struct pending_file *files[100] = {NULL};
    char path[32];
    assert_int_equal(write_one(place, "done.txt", "done"), STATUS_OK);
    for (int i = 0; i < 100; i++) {
        snprintf(path, sizeof path, "%d/x", i % 5);
        assert_int_equal(file_write(place->folder, path, "x", 1, &files[i], &place->error),
                         STATUS_OK);
    }
    folder_abandon(place->folder);
    folder_abandon(NULL);
    assert_scratch(place->scratch, "out/0/\nout/1/\nout/2/\nout/3/\nout/4/\nout/done.txt\n");
    assert_int_equal(write_one(place, "late.txt", "late"), STATUS_INTERRUPTED);
    error_clear(&place->error);
    assert_int_equal(files_place(files, 100, NULL, &place->error), STATUS_INTERRUPTED);
    assert_scratch(place->scratch, "out/0/\nout/1/\nout/2/\nout/3/\nout/4/\nout/done.txt\n");
}

/* ---- Killed ---- */

enum { KILL_BYTES = 3 << 20 };

/* Overwrites two files for ever; each text is one letter, three million times. */
static void write_for_ever(const char *out)
{
    char *bytes = malloc(KILL_BYTES);
    struct error error = {0};
    struct folder *folder = NULL;
    if (!bytes || folder_open(out, &folder, &error) != STATUS_OK) {
        _exit(1);
    }
    for (unsigned turn = 0;; turn++) {
        struct pending_file *files[2] = {NULL};
        memset(bytes, 'a' + (int)(turn % 26), KILL_BYTES);
        if (file_write(folder, "one.bin", bytes, KILL_BYTES, &files[0], &error) != STATUS_OK ||
            file_write(folder, "sub/two.bin", bytes, KILL_BYTES, &files[1], &error) != STATUS_OK ||
            files_place(files, 2, NULL, &error) != STATUS_OK) {
            _exit(1);
        }
    }
}

static void assert_whole_or_missing(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return;
    }
    int first = getc(file), letter;
    long size = 1;
    while ((letter = getc(file)) == first) {
        size++;
    }
    fclose(file);
    assert_int_equal(letter, EOF);
    assert_int_equal(size, KILL_BYTES);
}

static void test_killed_at_any_moment(void **state)
{
    struct place *place = *state;
    const char *out = memory_text(scratch_path(place->scratch, "out"));
    assert_non_null(out);
    int leftovers = 0;
    for (int round = 0; round < 12; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            write_for_ever(out);
        }
        struct timespec pause = {.tv_nsec = 2000000L + round * 4700000L};
        nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        assert_whole_or_missing(scratch_path(place->scratch, "out/one.bin"));
        assert_whole_or_missing(scratch_path(place->scratch, "out/sub/two.bin"));
        struct buffer list = {0};
        scratch_list(place->scratch, &list);
        leftovers += strstr(buffer_string(&list), ".tmp") != NULL;
        buffer_free(&list);
    }
    assert_true(leftovers > 0); /* or the test has never hit a write */
    folder_close(place->folder);
    assert_int_equal(folder_open(out, &place->folder, &place->error), STATUS_OK);
    assert_int_equal(write_one(place, "one.bin", "1"), STATUS_OK);
    assert_int_equal(write_one(place, "sub/two.bin", "2"), STATUS_OK);
    assert_scratch(place->scratch, "out/one.bin\nout/sub/two.bin\n");
    memory_free((void *)(uintptr_t)out);
}

/* Whose temporary files are swept: not a living process's, not a recent one of another machine. */
static void test_only_what_is_dead_is_swept(void **state)
{
    struct place *place = *state;
    struct folder *neighbour = NULL;
    struct pending_file *file = NULL;
    struct error error = {0};
    char name[128];
    /* what is alive here: a file of ours by another handle */
    assert_int_equal(folder_open(folder_path(place->folder), &neighbour, &error), STATUS_OK);
    assert_int_equal(file_write(neighbour, "x", "x", 1, &file, &error), STATUS_OK);
    struct buffer list = {0};
    scratch_list(place->scratch, &list);
    unsigned tag;
    long pid;
    unsigned long long start;
    assert_int_equal(sscanf(buffer_string(&list), "out/.picset-%x-%ld-%llu-", &tag, &pid, &start),
                     3);
    buffer_free(&list);
    assert_int_equal(pid, getpid());
    /* our number, but a process that began at another time; a number that nobody has */
    snprintf(name, sizeof name, "out/.picset-%08x-%ld-%llu-7.tmp", tag, pid, start + 1);
    scratch_write(place->scratch, name, "dead");
    snprintf(name, sizeof name, "out/.picset-%08x-%ld-%llu-8.tmp", tag, 2000000000L, start);
    scratch_write(place->scratch, name, "dead");
    /* another machine's: a recent one stays, one of last week goes */
    snprintf(name, sizeof name, "out/.picset-%08x-1-1-1.tmp", tag ^ 1);
    scratch_write(place->scratch, name, "far");
    snprintf(name, sizeof name, "out/.picset-%08x-1-1-2.tmp", tag ^ 1);
    scratch_write(place->scratch, name, "far and old");
    struct timespec week[2] = {{.tv_sec = time(NULL) - 7 * 86400},
                               {.tv_sec = time(NULL) - 7 * 86400}};
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(place->scratch, name), week, 0), 0);
    /* no temporary of ours at all */
    scratch_write(place->scratch, "out/.picset-1-2-3-4.tmp.txt", "theirs");

    assert_int_equal(write_one(place, "y", "y"), STATUS_OK);
    assert_int_equal(files_place(&file, 1, NULL, &error), STATUS_OK);
    list = (struct buffer){0};
    scratch_list(place->scratch, &list);
    snprintf(name, sizeof name, "out/.picset-%08x-1-1-1.tmp\n", tag ^ 1);
    assert_non_null(strstr(buffer_string(&list), name));
    assert_non_null(strstr(buffer_string(&list), "out/.picset-1-2-3-4.tmp.txt\n"));
    assert_non_null(strstr(buffer_string(&list), "out/x\nout/y\n"));
    assert_null(strstr(buffer_string(&list), "-7.tmp"));
    assert_null(strstr(buffer_string(&list), "-8.tmp"));
    assert_null(strstr(buffer_string(&list), "-2.tmp"));
    buffer_free(&list);
    folder_close(neighbour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
        TEST(test_nothing_is_made_before_the_first_file),
        TEST(test_a_set_is_placed_together),
        TEST(test_what_was_there_is_replaced),
        TEST(test_abandoned_files_leave_nothing),
        TEST(test_paths_that_may_not_be),
        TEST(test_links_lead_nowhere),
        TEST(test_the_root_may_be_a_link_but_no_file),
        TEST(test_same_and_remove),
        TEST(test_every_change_on_disk_may_fail),
        TEST(test_messages_name_the_file),
        TEST(test_every_allocation_may_fail),
        TEST(test_more_folders_than_descriptors),
        TEST(test_an_interrupt_drops_temporaries),
        TEST(test_killed_at_any_moment),
        TEST(test_only_what_is_dead_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
