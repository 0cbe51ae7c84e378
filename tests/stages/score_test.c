/* SPDX-License-Identifier: MIT
 * SSIMULACRA2 against the reference implementation's scores of the corpus (skipped without it), and
 * what must hold for any pair: equal images, strides, alpha, sizes, memory, kernels. */
#include "score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "kernels/noise.h"
#include "loading.h"
#include "machine.h"
#include "memory.h"
#include "support.h"

#include <vips/vips.h>

static struct score_view view_of(VipsImage *image)
{
    return (struct score_view){.bytes = (const uint8_t *)VIPS_IMAGE_ADDR(image, 0, 0),
                               .stride = VIPS_IMAGE_SIZEOF_LINE(image),
                               .bands = image->Bands,
                               .behind = 128};
}

static double score_with(const struct score_kernels *kernels, VipsImage *original,
                         VipsImage *distorted, bool whole)
{
    const struct score_job job = {.original = view_of(original),
                                  .distorted = view_of(distorted),
                                  .width = original->Xsize,
                                  .height = original->Ysize,
                                  .whole = whole,
                                  .kernels = kernels};
    struct error error = {0};
    double score = NAN;
    assert_int_equal(score_rows(&job, &score, &error), STATUS_OK);
    return score;
}

static VipsImage *corpus_image(const struct corpus *corpus, const char *name)
{
    char path[1700];
    struct loading loading = {0};
    const struct limits limits = limits_default();
    snprintf(path, sizeof path, "%.500s/%.1000s", corpus->root, name);
    loading_probe_file(&loading, path, &limits);
    VipsImage *image = loading_decode(&loading, NULL, 1);
    if (!image) {
        fail_msg("%s: %s", name, loading.error.message);
    }
    loading_end(&loading);
    return image;
}

struct differences {
    double sum, most, kernels, left_out;
    int count;
};

/* The plain loops take their time: a pair in eight. */
static void check_pair(VipsImage *original, VipsImage *distorted, double expected,
                       const char *names, struct differences *differences)
{
    const double found = score_with(NULL, original, distorted, false);
    const double off = fabs(found - expected);
    if (off > 1) {
        fail_msg("%s: %.4f, the reference says %.4f", names, found, expected);
    }
    if (differences->count++ % 8 == 0) {
        const double whole = score_with(NULL, original, distorted, true);
        const double plain = score_with(&score_plain, original, distorted, false);
        differences->kernels = fmax(differences->kernels, fabs(plain - found));
        differences->left_out = fmax(differences->left_out, fabs(whole - found));
    }
    differences->sum += off;
    differences->most = fmax(differences->most, off);
}

/* original, distorted, score, reversed score, … separated by tabs. */
static void check_line(const struct corpus *corpus, char *line, struct differences *differences)
{
    char *fields[4] = {line};
    for (int i = 1; i < 4; i++) {
        fields[i] = strchr(fields[i - 1], '\t');
        if (!fields[i]) {
            return;
        }
        *fields[i]++ = '\0';
    }
    if (*line == '#' || strcmp(line, "original") == 0) {
        return;
    }
    VipsImage *original = corpus_image(corpus, fields[0]);
    VipsImage *distorted = corpus_image(corpus, fields[1]);
    check_pair(original, distorted, strtod(fields[2], NULL), fields[1], differences);
    check_pair(distorted, original, strtod(fields[3], NULL), fields[1], differences);
    image_release(&original);
    image_release(&distorted);
}

static void test_against_the_reference(void **state)
{
    (void)state;
    struct corpus corpus;
    char path[640], line[1024];
    struct differences differences = {0};
    if (!corpus_open(&corpus)) {
        skip();
    }
    snprintf(path, sizeof path, "%s/../facts/ssimulacra2-reference.tsv", corpus.root);
    FILE *table = fopen(path, "r");
    if (!table) {
        corpus_close(&corpus);
        print_message("skipped: no %s\n", path);
        skip();
    }
    while (fgets(line, sizeof line, table)) {
        check_line(&corpus, line, &differences);
    }
    fclose(table);
    corpus_close(&corpus);
    print_message("%d scores: %.4f off in the mean, %.3f at most; kernels %.2g; left out %.2g\n",
                  differences.count, differences.sum / differences.count, differences.most,
                  differences.kernels, differences.left_out);
    assert_true(differences.count > 200);
    assert_true(differences.sum / differences.count < 0.1);
    assert_true(differences.kernels == 0);
    assert_true(differences.left_out < 0.01);
}

/* ---- Any pair ------------------------------------------------------------------------------- */

enum { SIDE = 61, BYTES = SIDE * SIDE * 4 };

static void draw(uint8_t *bytes, int bands, int noise)
{
    uint64_t random = 3;
    for (int i = 0; i < SIDE * SIDE; i++) {
        for (int band = 0; band < bands; band++) {
            const int level = i % SIDE * 3 + i / SIDE + band * 9;
            bytes[i * bands + band] =
                (uint8_t)(noise ? level + (int)(noise_next(&random) % (unsigned)noise) : level);
        }
    }
}

static double score_of(const uint8_t *original, const uint8_t *distorted, int bands, int width,
                       int height, uint8_t behind)
{
    const struct score_view a = {original, (size_t)(SIDE * bands), bands, behind};
    const struct score_view b = {distorted, (size_t)(SIDE * bands), bands, behind};
    const struct score_job job = {.original = a, .distorted = b, .width = width, .height = height};
    struct error error = {0};
    double score = NAN;
    assert_int_equal(score_rows(&job, &score, &error), STATUS_OK);
    return score;
}

static void test_equal_images(void **state)
{
    (void)state;
    static uint8_t image[BYTES];
    for (int bands = 1; bands <= 4; bands++) {
        draw(image, bands, 9);
        for (int width = 1; width <= SIDE; width += 6) {
            assert_true(score_of(image, image, bands, width, SIDE, 26) == 100);
        }
    }
}

static void test_more_noise_scores_less(void **state)
{
    (void)state;
    static uint8_t image[BYTES], noisy[BYTES];
    double before = 100;
    draw(image, 3, 0);
    for (int noise = 2; noise <= 64; noise *= 2) {
        draw(noisy, 3, noise);
        const double score = score_of(image, noisy, 3, SIDE, SIDE, 0);
        assert_true(score < before);
        before = score;
    }
    assert_true(before < 40);
}

/* Grey is RGB of equal bands; opaque alpha is none. */
static void test_bands(void **state)
{
    (void)state;
    static uint8_t images[2][4][BYTES];
    for (int k = 0; k < 2; k++) {
        draw(images[k][0], 1, k * 20);
        for (int i = 0; i < SIDE * SIDE; i++) {
            const uint8_t grey = images[k][0][i];
            const uint8_t with_alpha[] = {grey, 255}, rgb[] = {grey, grey, grey, 255};
            memcpy(images[k][1] + i * 2, with_alpha, 2);
            memcpy(images[k][2] + i * 3, rgb, 3);
            memcpy(images[k][3] + i * 4, rgb, 4);
        }
    }
    const double expected = score_of(images[0][0], images[1][0], 1, SIDE, SIDE, 0);
    for (int i = 1; i < 4; i++) {
        assert_true(score_of(images[0][i], images[1][i], i + 1, SIDE, SIDE, 0) == expected);
    }
    assert_true(expected < 80);
}

/* A white square on nothing: a light background hides it, a dark one does not. */
static void test_alpha(void **state)
{
    (void)state;
    static uint8_t clear[BYTES], square[BYTES];
    memset(clear, 255, sizeof clear);
    memset(square, 255, sizeof square);
    for (int i = 0; i < SIDE * SIDE; i++) {
        const bool inside = abs(i % SIDE - 30) < 12 && abs(i / SIDE - 30) < 12;
        clear[i * 4 + 3] = 0;
        square[i * 4 + 3] = inside ? 255 : 0;
    }
    assert_true(score_of(clear, square, 4, SIDE, SIDE, 255) == 100);
    assert_true(score_of(clear, square, 4, SIDE, SIDE, 26) < 0);
}

static void test_memory(void **state)
{
    (void)state;
    static uint8_t image[BYTES];
    const struct score_view view = {image, SIDE * 3, 3, 0};
    const struct score_job job = {
        .original = view, .distorted = view, .width = SIDE, .height = SIDE};
    struct error error = {0};
    double score = -1;
    memory_fail_at(1, 0);
    assert_int_equal(score_rows(&job, &score, &error), STATUS_FAILED);
    memory_fail_at(0, 0);
    assert_true(score == -1);
    assert_string_equal(error.message, "out of memory");
    /* Of the width, not of the area. */
    assert_true(score_bytes(1400, 1000) < 1 << 20);
    assert_true(score_bytes(1400, 60000) == score_bytes(1400, 1000));
}

static void test_the_environment_forces_plain_loops(void **state)
{
    (void)state;
    assert_int_equal(setenv("PICSET_CPU", "c", 1), 0);
    assert_string_equal(score_kernels_here()->name, "c");
    assert_string_equal(machine_loops(), "c");
    assert_int_equal(setenv("PICSET_CPU", "auto", 1), 0);
    assert_ptr_equal(score_kernels_here(), score_vectors() ? score_vectors() : &score_plain);
    assert_string_equal(score_kernels_here()->name, machine_loops()); /* what --version says */
}

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    return image_library_start(&error) != STATUS_OK;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_the_reference),
                                       cmocka_unit_test(test_equal_images),
                                       cmocka_unit_test(test_more_noise_scores_less),
                                       cmocka_unit_test(test_bands),
                                       cmocka_unit_test(test_alpha),
                                       cmocka_unit_test(test_memory),
                                       cmocka_unit_test(test_the_environment_forces_plain_loops)};
    return cmocka_run_group_tests(tests, start, NULL);
}
