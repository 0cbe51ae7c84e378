/* SPDX-License-Identifier: MIT
 * All bad files of the corpus in one run of the real program, good images among them: the program
 * ends by itself, names each file that it refuses, harms no other, leaves nothing half made, starts
 * no other program and calls nobody. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus.h"
#include "decoding.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

#ifdef PICSET_SANITIZED
enum { INSTRUMENTED = 1 };
#else
enum { INSTRUMENTED = 0 };
#endif

enum { GOOD = 6 };

static char bad[600];

static void make_good(const char *folder)
{
    for (int i = 0; i < GOOD; i++) {
        char name[64];
        snprintf(name, sizeof name, "good/good-%d.%s", i, i & 1 ? "png" : "jpg");
        program_image(folder, name, 300 + 40 * i, 200 + 10 * i);
    }
}

static bool is_decodable(const char *name, const void *bytes, size_t size)
{
    static const struct {
        const char *ending;
        bool (*decode)(const void *bytes, size_t size, struct decoded *out);
    } decoders[] = {
        {".jpg", decode_jpeg}, {".png", decode_png}, {".webp", decode_webp}, {".gif", decode_gif}};
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        size_t at = strlen(name) - strlen(decoders[i].ending);
        if (strlen(name) > strlen(decoders[i].ending) &&
            strcmp(name + at, decoders[i].ending) == 0) {
            struct decoded decoded;
            bool fine = decoders[i].decode(bytes, size, &decoded);
            decoded_free(&decoded);
            return fine;
        }
    }
    return size > 0; /* emitted text */
}

/* The bytes of a file below the folder. */
static char *read_bytes(const char *folder, const char *name, size_t *size)
{
    FILE *file = fopen(scratch_path(folder, name), "rb");
    assert_non_null(file);
    struct buffer bytes = {0};
    char block[4096];
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) {
        buffer_bytes(&bytes, block, got);
    }
    fclose(file);
    assert_false(buffer_failed(&bytes));
    *size = bytes.size;
    return bytes.data;
}

/* Every file is whole, and has no name of something unfinished. */
static size_t check_files(const char *folder)
{
    struct buffer list = {0};
    size_t count = 0;
    scratch_list(folder, &list);
    for (char *name = list.data, *end; name && (end = strchr(name, '\n')); name = end + 1) {
        *end = '\0';
        const char *last = strrchr(name, '/');
        last = last ? last + 1 : name;
        if (last[0] == '.' || strstr(last, "tmp")) {
            fail_msg("%s is left over", name);
        }
        if (end[-1] == '/') {
            continue;
        }
        size_t size = 0;
        char *bytes = read_bytes(folder, name, &size);
        if (!is_decodable(name, bytes, size)) {
            fail_msg("%s cannot be decoded", name);
        }
        memory_free(bytes);
        count++;
    }
    buffer_free(&list);
    return count;
}

/* What was made of the good images alone was made of them among the bad, byte by byte. */
static size_t check_unharmed(const char *alone, const char *mixed)
{
    struct buffer list = {0};
    size_t count = 0;
    scratch_list(alone, &list);
    for (char *name = list.data, *end; name && (end = strchr(name, '\n')); name = end + 1) {
        *end = '\0';
        if (!strstr(name, "good-") || end[-1] == '/') {
            continue;
        }
        size_t size = 0, other = 0;
        char *bytes = read_bytes(alone, name, &size), *others = read_bytes(mixed, name, &other);
        assert_int_equal(size, other);
        assert_memory_equal(bytes, others, size);
        memory_free(bytes);
        memory_free(others);
        count++;
    }
    buffer_free(&list);
    return count;
}

/* Lines "picset: FOLDER/bad/…: why". */
static size_t count_refusals(const char *text)
{
    size_t count = 0, length = strlen(bad);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, "picset: ", 8) == 0 && strncmp(line + 8, bad, length) == 0) {
            const char *end = strchr(line, '\n'), *why = strstr(line + 8 + length, ": ");
            if (!why || !end || why + 3 > end) {
                fail_msg("no reason: %.*s", end ? (int)(end - line) : 200, line);
            }
            count++;
        }
    }
    return count;
}

static void test_all_in_one_run(void **state)
{
    (void)state;
    char *folder = scratch_make();
    make_good(folder);
    struct program alone = {.folder = folder};
    program_call(&alone, (const char *const[]){"render", "-r", "good", "--preset", "thumbnails",
                                               "-o", "alone", NULL});
    assert_int_equal(alone.code, 0);
    program_end(&alone);
    struct program mixed = {.folder = folder};
    program_call(&mixed, (const char *const[]){"render", "-r", bad, "good", "--preset",
                                               "thumbnails", "-o", "mixed", NULL});
    print_message("exit %d, signal %d, %zu refused\n", mixed.code, mixed.signal,
                  count_refusals(mixed.error));
    assert_int_equal(mixed.signal, 0);
    assert_int_equal(mixed.code, 6);
    assert_true(count_refusals(mixed.error) > 1500);
    assert_null(strstr(mixed.error, "Sanitizer"));
    program_end(&mixed);
    char *first = memory_text(scratch_path(folder, "alone"));
    char *second = memory_text(scratch_path(folder, "mixed"));
    assert_true(check_unharmed(first, second) >= GOOD * 3);
    size_t files = check_files(second);
    print_message("%zu files\n", files);
    assert_true(files > 200);
    memory_free(first);
    memory_free(second);
    scratch_remove(folder);
}

/* Names that reach a shell, a delegate or the network would show here. */
static void test_starts_nothing(void **state)
{
    (void)state;
    if (INSTRUMENTED || access("/usr/bin/strace", X_OK) != 0) {
        print_message("skipped: no strace, or a sanitizer that it does not go with\n");
        skip();
    }
    char *folder = scratch_make();
    struct program traced = {.folder = folder};
    const char *program = getenv("PICSET_PROGRAM");
    char *kept = program ? memory_text(program) : NULL;
    setenv("PICSET_PROGRAM", "/usr/bin/strace", 1);
    program_call(&traced,
                 (const char *const[]){"-f", "-o", "trace", "-e", "trace=execve,fork,vfork,socket",
                                       kept ? kept : PICSET_BINARY_DIR "/picset", "render", "-r",
                                       bad, "--preset", "thumbnails", "-o", "out", NULL});
    kept ? setenv("PICSET_PROGRAM", kept, 1) : unsetenv("PICSET_PROGRAM");
    memory_free(kept);
    char *trace = scratch_read(folder, "trace");
    if (!trace || !strstr(trace, "execve(")) {
        print_message("skipped: strace may not trace here: %s\n", traced.error);
        memory_free(trace);
        program_end(&traced);
        scratch_remove(folder);
        skip();
    }
    const char *own = strstr(trace, "execve(");
    assert_int_equal(traced.code, 6);
    assert_null(strstr(own + 1, "execve("));
    assert_null(strstr(trace, "fork("));
    assert_null(strstr(trace, "socket("));
    memory_free(trace);
    program_end(&traced);
    scratch_remove(folder);
}

int main(void)
{
    struct corpus corpus;
    if (!corpus_open(&corpus)) {
        return 77;
    }
    char *real = realpath(corpus.root, NULL);
    snprintf(bad, sizeof bad, "%s/bad", real ? real : corpus.root);
    free(real);
    corpus_close(&corpus);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_in_one_run),
        cmocka_unit_test(test_starts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
