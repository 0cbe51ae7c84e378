/* SPDX-License-Identifier: MIT
 * Every bad file of the corpus through probe and decoder in this process: a clear error or pixels,
 * never a signal (which ends the test), in little time; bombs from the header alone. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "corpus.h"
#include "loading.h"

#ifdef PICSET_SANITIZED
enum { INSTRUMENTED = 1 };
#else
enum { INSTRUMENTED = 0 };
#endif

/* CPU seconds of the whole process: libvips' threads count, other processes do not. */
static double cpu_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void check_error(const struct corpus_file *file, const struct loading *loading)
{
    if (!loading->error.message[0] ||
        (loading->error.status != STATUS_REFUSED && loading->error.status != STATUS_UNSUPPORTED)) {
        fail_msg("%s: status %d, '%s'", file->name, (int)loading->error.status,
                 loading->error.message);
    }
}

static bool check_file(const struct corpus_file *file, const char *options)
{
    struct loading loading;
    struct limits limits = limits_default();
    double begin = cpu_seconds();
    bool pixels = false;
    loading_probe_file(&loading, file->path, &limits);
    if (loading.status == STATUS_OK) {
        VipsImage *image = loading_decode(&loading, options, 1);
        pixels = image != NULL;
        image_release(&image);
    }
    if (!pixels) {
        check_error(file, &loading);
    }
    loading_end(&loading);
    if (cpu_seconds() - begin > 20) {
        fail_msg("%s: took %.1f s", file->name, cpu_seconds() - begin);
    }
    return pixels;
}

static void check_all(const char *options)
{
    struct corpus corpus;
    struct corpus_file file;
    size_t count = 0, pixels = 0;
    assert_true(corpus_open(&corpus));
    while (corpus_next(&corpus, "bad/", &file)) {
        count++;
        pixels += check_file(&file, options) ? 1 : 0;
    }
    corpus_close(&corpus);
    print_message("%zu files, %zu of them give pixels\n", count, pixels);
    assert_true(count > 2000);
    assert_true(pixels > 100 && pixels < count / 2);
}

static void test_strict(void **state)
{
    (void)state;
    check_all(NULL);
}

static void test_lenient(void **state)
{
    (void)state;
    check_all("{\"fail-on\": \"none\", \"frames\": \"all\"}");
}

static bool is_bomb(const struct corpus_file *file, const struct limits *limits)
{
    return (int64_t)file->width * file->height > limits->source_pixels;
}

/* Runs first: the peak is the highest of the process so far. */
static void test_bombs(void **state)
{
    (void)state;
    struct corpus corpus;
    struct corpus_file file;
    struct limits limits = limits_default();
    size_t count = 0;
    assert_true(corpus_open(&corpus));
    long before = peak_kilobytes();
    while (corpus_next(&corpus, "bad/", &file)) {
        struct loading loading;
        double begin = cpu_seconds();
        if (!is_bomb(&file, &limits)) {
            continue;
        }
        count++;
        loading_probe_file(&loading, file.path, &limits);
        double seconds = cpu_seconds() - begin;
        if (loading.status == STATUS_OK) {
            /* what the manifest's reader took for its size the decoder does not */
            assert_true((int64_t)loading.facts.width * loading.facts.height <=
                        limits.source_pixels);
        } else {
            check_error(&file, &loading);
        }
        loading_end(&loading);
        if (seconds > (INSTRUMENTED ? 1 : 0.05)) {
            fail_msg("%s: refused after %.3f s", file.name, seconds);
        }
    }
    corpus_close(&corpus);
    print_message("%zu bombs, %ld kB\n", count, peak_kilobytes() - before);
    assert_true(count > 3);
    assert_true(INSTRUMENTED || peak_kilobytes() - before < 20000);
}

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    return image_library_start(&error) == STATUS_OK ? 0 : -1;
}

int main(void)
{
    struct corpus corpus;
    if (!corpus_open(&corpus)) {
        return 77;
    }
    corpus_close(&corpus);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_lenient),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
