/* SPDX-License-Identifier: MIT
 * Reading sources: files, pipes, what is no file, the limit at its edge, patches, short memory. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "source.h"

static char folder[64];
static char path[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/picset-source-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/image", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++) {
        fputc((int)(i * 7 & 0xff), file);
    }
    assert_int_equal(fclose(file), 0);
}

static void check_bytes(const struct source *source, size_t size)
{
    assert_int_equal(source->size, size);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(source->bytes[i], i * 7 & 0xff);
    }
}

static void test_reads_a_file(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 4096, 65536, 200001};
    struct limits limits = limits_default();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct source source;
        struct error error = {0};
        struct stat status;
        write_file(sizes[i]);
        assert_int_equal(source_read(&source, path, &limits, &error), STATUS_OK);
        check_bytes(&source, sizes[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(source.inode, status.st_ino);
        assert_int_equal(source.modified_ns % 1000000000, status.st_mtim.tv_nsec);
        assert_string_equal(source.path, path);
        assert_true(hash_equal(source.hash, hash_bytes(source.bytes, source.size)));
        source_release(&source);
        assert_null(source.bytes);
    }
}

static void test_limit_at_its_edge(void **state)
{
    (void)state;
    struct source source;
    struct error error = {0};
    struct limits limits = limits_default();
    limits.source_bytes = 1000;
    write_file(1000);
    assert_int_equal(source_read(&source, path, &limits, &error), STATUS_OK);
    source_release(&source);
    write_file(1001);
    assert_int_not_equal(source_read(&source, path, &limits, &error), STATUS_OK);
    assert_error_text(&error, STATUS_REFUSED,
                      "has 1001 bytes, limit is 1000 (--limit source-bytes)");
    assert_null(source.bytes);
}

/* Standard input has no size beforehand: the limit is held while reading. */
static enum status read_pipe(size_t size, const struct limits *limits, struct source *source,
                             struct error *error)
{
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    for (size_t i = 0; i < size; i++) {
        char c = (char)(i * 7 & 0xff);
        assert_int_equal(write(ends[1], &c, 1), 1);
    }
    close(ends[1]);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    close(ends[0]);
    enum status status = source_read(source, "-", limits, error);
    dup2(saved, STDIN_FILENO);
    close(saved);
    return status;
}

static void test_reads_standard_input(void **state)
{
    (void)state;
    struct source source;
    struct error error = {0};
    struct limits limits = limits_default();
    assert_int_equal(read_pipe(150000, &limits, &source, &error), STATUS_OK);
    check_bytes(&source, 150000);
    assert_string_equal(source.path, "-");
    assert_string_equal(source.name, "standard input");
    assert_int_equal(source.inode, 0);
    source_release(&source);
    limits.source_bytes = 150000;
    assert_int_equal(read_pipe(150000, &limits, &source, &error), STATUS_OK);
    source_release(&source);
    limits.source_bytes = 149999;
    read_pipe(150000, &limits, &source, &error);
    assert_error_text(&error, STATUS_REFUSED,
                      "has more than 149999 bytes, the limit (--limit source-bytes)");
}

static void refused(const char *name, enum status status, const char *text)
{
    struct source source;
    struct error error = {0};
    struct limits limits = limits_default();
    assert_int_equal(source_read(&source, name, &limits, &error), status);
    assert_error_text(&error, status, text);
    assert_null(source.name);
}

static void test_refuses_what_is_no_file(void **state)
{
    (void)state;
    unlink(path);
    refused(path, STATUS_MISSING, "is not there");
    refused(folder, STATUS_REFUSED, "is a directory, not a file");
    refused("/dev/zero", STATUS_REFUSED, "is a device, not a file");
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(path, STATUS_REFUSED, "is a pipe, not a file"); /* and does not wait for a writer */
    unlink(path);
    assert_int_equal(symlink(path, path), 0);
    refused(path, STATUS_FAILED, "cannot be opened (Too many levels of symbolic links)");
}

static void test_copies_memory(void **state)
{
    (void)state;
    char bytes[] = "abcdef";
    struct source source;
    struct error error = {0};
    struct limits limits = limits_default();
    limits.source_bytes = 6;
    assert_int_equal(source_from_memory(&source, NULL, bytes, 6, &limits, &error), STATUS_OK);
    bytes[0] = 'X';
    assert_memory_equal(source.bytes, "abcdef", 6);
    assert_string_equal(source.name, "memory");
    assert_null(source.path);
    source_release(&source);
    limits.source_bytes = 5;
    assert_int_equal(source_from_memory(&source, "upload", bytes, 6, &limits, &error),
                     STATUS_REFUSED);
    assert_error_text(&error, STATUS_REFUSED, "has 6 bytes, limit is 5 (--limit source-bytes)");
}

static void test_patches(void **state)
{
    (void)state;
    char copy[7] = "";
    struct source source;
    struct error error = {0};
    struct limits limits = limits_default();
    assert_int_equal(source_from_memory(&source, "x", "abcdef", 6, &limits, &error), STATUS_OK);
    for (int round = 0; round < 10; round++) { /* more than are there at first; one over another */
        assert_int_equal(
            source_patch(&source, 1, round & 1 ? "12" : "345", round & 1 ? 2 : 3, &error),
            STATUS_OK);
    }
    assert_memory_equal(source.bytes, "a125ef", 6);
    source_original(&source, (uint8_t *)copy);
    assert_string_equal(copy, "abcdef");
    assert_memory_equal(source.bytes, "a125ef", 6);
    source_forget(&source);
    assert_memory_equal(source.bytes, "abcdef", 6);
    assert_int_equal(source_patch(&source, 4, "123", 3, &error), STATUS_BUG);
    source_release(&source);
}

static void test_owned_blocks(void **state)
{
    (void)state;
    struct source source = {0};
    for (int i = 0; i < 4; i++) {
        assert_true(source_own(&source, memory_alloc(10)));
    }
    assert_false(source_own(&source, memory_alloc(10)));
    source_release(&source);
    source_release(&source);
}

static void read_text(struct source *source)
{
    struct limits limits = limits_default();
    struct error error = {0};
    assert_int_equal(source_from_memory(source, NULL, "exif and xmp", 12, &limits, &error),
                     STATUS_OK);
    source->container.exif = (struct span){source->bytes, 4};
    source->container.xmp = (struct span){source->bytes + 9, 3};
}

static void test_sheds_all_but_spans(void **state)
{
    (void)state;
    struct source source;
    struct error error = {0};
    read_text(&source);
    assert_int_equal(source_patch(&source, 5, "AND", 3, &error), STATUS_OK);
    uint8_t *profile = memory_copy("icc", 3);
    assert_true(source_own(&source, profile));
    source.container.icc = (struct span){profile, 3};
    source_shed(&source);
    assert_null(source.bytes);
    assert_int_equal(source.size, 12);
    assert_memory_equal(source.container.exif.bytes, "exif", 4);
    assert_memory_equal(source.container.xmp.bytes, "xmp", 3);
    assert_ptr_equal(source.container.icc.bytes, profile);
    assert_null(source.container.iptc.bytes);
    source_shed(&source);
    source_release(&source);
}

static void test_sheds_nothing(void **state)
{
    (void)state;
    struct source source;
    uint8_t bytes[] = "borrowed";
    read_text(&source);
    memory_fail_at(1, 0);
    source_shed(&source); /* no memory for the spans */
    memory_fail_at(0, 0);
    assert_memory_equal(source.bytes, "exif and xmp", 12);
    assert_ptr_equal(source.container.xmp.bytes, source.bytes + 9);
    for (int i = 0; i < 4; i++) {
        assert_true(source_own(&source, memory_alloc(10)));
    }
    source_shed(&source); /* no place for them */
    assert_ptr_equal(source.container.xmp.bytes, source.bytes + 9);
    source_release(&source);
    source = (struct source){.bytes = bytes, .size = 8, .borrowed = true};
    source_shed(&source);
    assert_ptr_equal(source.bytes, bytes);
}

static bool read_again(void *data, struct error *error)
{
    struct source source;
    struct limits limits = limits_default();
    (void)data;
    if (read_pipe(100000, &limits, &source, error) != STATUS_OK) {
        return false;
    }
    source_release(&source);
    return true;
}

static void test_short_memory(void **state)
{
    (void)state;
    for (long n = 1; n < 20; n++) {
        struct error error = {0};
        memory_fail_at(n, 0);
        bool done = read_again(NULL, &error);
        memory_fail_at(0, 0);
        if (done) {
            assert_true(n > 3);
            return;
        }
        assert_error_text(&error, STATUS_FAILED, "out of memory");
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_a_file),         cmocka_unit_test(test_limit_at_its_edge),
        cmocka_unit_test(test_reads_standard_input), cmocka_unit_test(test_refuses_what_is_no_file),
        cmocka_unit_test(test_copies_memory),        cmocka_unit_test(test_patches),
        cmocka_unit_test(test_owned_blocks),         cmocka_unit_test(test_sheds_all_but_spans),
        cmocka_unit_test(test_sheds_nothing),        cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
