/* SPDX-License-Identifier: MIT
 * `max-bytes` on 40 photographs in three formats: what a scan over all qualities would take, in few
 * encodes. A shrunk photograph has as many details in a pixel as a large one, or more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "corpus.h"
#include "encode/encode.h"
#include "encode/search.h"
#include "encoding.h"
#include "image.h"

enum { PHOTOGRAPHS = 40, SIDE = 240 };

/* From `high` down to `low`: stages/encode/quality.c. */
static const struct {
    const char *name;
    enum format format;
    int top, bottom;
} cases[] = {
    {"jpeg", FORMAT_JPEG, 75, 32}, {"webp", FORMAT_WEBP, 80, 33}, {"avif", FORMAT_AVIF, 59, 37}};
enum { CASES = sizeof cases / sizeof *cases };

static VipsImage *photographs[PHOTOGRAPHS];

static int photographs_load(void **state)
{
    static const char *const folders[] = {"kodak/", "photos/"};
    size_t count = 0;
    struct error error = {0};
    (void)state;
    assert_int_equal(image_library_start(&error), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        struct corpus corpus;
        struct corpus_file file;
        assert_true(corpus_open(&corpus));
        while (count < PHOTOGRAPHS && corpus_next(&corpus, folders[i], &file)) {
            VipsImage *small = NULL;
            if (vips_thumbnail(file.path, &small, SIDE, NULL) == 0 && small->Bands == 3) {
                photographs[count++] = vips_image_copy_memory(small);
            }
            image_release(&small);
        }
        corpus_close(&corpus);
    }
    assert_int_equal(count, PHOTOGRAPHS);
    return 0;
}

static int photographs_free(void **state)
{
    (void)state;
    for (size_t i = 0; i < PHOTOGRAPHS; i++) {
        image_release(&photographs[i]);
    }
    return 0;
}

/* One photograph in one format: every size that was asked for is kept. */
struct scan {
    VipsImage *photograph;
    const char *format;
    size_t sizes[101];
    bool searching;
    int encodes; /* of the search */
};

static size_t scan_size(struct scan *scan, int quality)
{
    if (scan->sizes[quality] == 0) {
        char options[100];
        struct encoding encoding;
        snprintf(options, sizeof options, "{\"format\":\"%s\",\"quality\":%d}", scan->format,
                 quality);
        encode_picture(&encoding, options, scan->photograph);
        assert_string_equal(encoding.message, "");
        scan->sizes[quality] = encoding.bytes.size;
        encoding_end(&encoding);
    }
    return scan->sizes[quality];
}

static enum status scan_encode(const void *data, double quality, struct buffer *out,
                               struct error *error)
{
    struct scan *scan = *(struct scan *const *)data;
    const size_t size = scan_size(scan, (int)quality);
    (void)error;
    scan->encodes++;
    memset(buffer_reserve(out, size), 0, size);
    out->size += size;
    return STATUS_OK;
}

/* The first from the top that fits, 0 when none does. */
static int scan_best(struct scan *scan, size_t format, size_t limit)
{
    int quality = cases[format].top;
    while (quality >= cases[format].bottom && scan_size(scan, quality) > limit) {
        quality--;
    }
    return quality >= cases[format].bottom ? quality : 0;
}

static struct scan scan_of(size_t photograph, size_t format)
{
    return (struct scan){.photograph = photographs[photograph], .format = cases[format].name};
}

/* Limits lie between the smallest and the largest file, wherever: what asks for most encodes. */
static size_t limit_of(struct scan *scan, size_t photograph, size_t format)
{
    const double low = (double)scan_size(scan, cases[format].bottom);
    const double high = (double)scan_size(scan, cases[format].top);
    const double share = fmod(0.05 + 0.618034 * (double)(photograph + 13 * format), 1);
    return (size_t)(low * pow(high / low, share));
}

static enum status search_once(struct scan *scan, size_t format, size_t limit, struct buffer *out,
                               double *quality, struct error *error)
{
    const struct search search = {.format = cases[format].format,
                                  .highest = cases[format].top,
                                  .lowest = cases[format].bottom,
                                  .top = 100,
                                  .limit = limit,
                                  .pixels =
                                      (double)scan->photograph->Xsize * scan->photograph->Ysize,
                                  .encode = scan_encode,
                                  .data = &scan};
    return search_quality(&search, out, quality, error);
}

static void as_a_scan_would_find(void **state)
{
    int total = 0;
    (void)state;
    for (size_t format = 0; format < CASES; format++) {
        int encodes = 0;
        for (size_t i = 0; i < PHOTOGRAPHS; i++) {
            struct scan scan = scan_of(i, format);
            struct buffer out = {0};
            struct error error = {0};
            double quality = 0;
            const size_t limit = limit_of(&scan, i, format);
            const int best = scan_best(&scan, format, limit);
            assert_int_equal(search_once(&scan, format, limit, &out, &quality, &error), STATUS_OK);
            assert_int_equal((int)quality, best);
            assert_true(out.size <= limit);
            encodes += scan.encodes;
            buffer_free(&out);
        }
        print_message("%s: %.2f encodes\n", cases[format].name, (double)encodes / PHOTOGRAPHS);
        total += encodes;
    }
    assert_true(total <= 4 * PHOTOGRAPHS * CASES);
}

/* The whole stage: the file itself, at the quality that it names. */
static void the_stage_does_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < PHOTOGRAPHS; i++) {
        const size_t format = i % CASES;
        char options[200];
        struct encoding encoding;
        struct scan scan = scan_of(i, format);
        const size_t limit = limit_of(&scan, i, format);
        const int best = scan_best(&scan, format, limit);
        snprintf(
            options, sizeof options,
            "{\"format\":\"%s\",\"quality\":\"high\",\"min-quality\":\"low\",\"max-bytes\":%zu}",
            scan.format, limit);
        encode_picture(&encoding, options, scan.photograph);
        assert_string_equal(encoding.message, "");
        assert_int_equal((int)encoding.quality, best);
        assert_int_equal(encoding.bytes.size, scan_size(&scan, best));
        assert_true(encoding.bytes.size <= limit);
        encoding_end(&encoding);
    }
}

static void impossible_limits_name_the_smallest(void **state)
{
    (void)state;
    for (size_t i = 0; i < PHOTOGRAPHS; i++) {
        const size_t format = i % CASES;
        char options[200], message[200];
        struct encoding encoding;
        struct scan scan = scan_of(i, format);
        const size_t smallest = scan_size(&scan, cases[format].bottom);
        const size_t limit = smallest * 4 / 5;
        snprintf(options, sizeof options,
                 "{\"format\":\"%s\",\"quality\":\"high\",\"max-bytes\":%zu}", scan.format, limit);
        snprintf(message, sizeof message,
                 "encode %s: 'max-bytes' is %zu B, and the smallest encoding takes %zu B",
                 scan.format, limit, smallest);
        encode_picture(&encoding, options, scan.photograph);
        assert_string_equal(encoding.message, message);
        assert_int_equal(encoding.status, STATUS_REFUSED);
        encoding_end(&encoding);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_scan_would_find),
        cmocka_unit_test(the_stage_does_so),
        cmocka_unit_test(impossible_limits_name_the_smallest),
    };
    struct corpus corpus;
    if (!corpus_open(&corpus)) {
        return 77;
    }
    corpus_close(&corpus);
    return cmocka_run_group_tests(tests, photographs_load, photographs_free);
}
