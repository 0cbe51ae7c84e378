/* SPDX-License-Identifier: MIT
 * Every good image of the corpus: what the walk says is what another header reader wrote into the
 * manifest and what the decoder then gives; what is refused is refused by name. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "corpus.h"
#include "loading.h"

/* The decoder warns of these, or refuses them in one of the two libvips: either way is right. */
static bool may_fail(const char *name)
{
    static const char *const names[] = {"odd/jpeg-decoder__mjpeg.jpg",
                                        "odd/libavif__circle-trns-before-plte.png"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The manifest has stored sizes; the facts of an AVIF image are of what comes out. */
static bool size_is(const struct corpus_file *file, const struct facts *facts)
{
    bool turned = strstr(file->info, "irot") || strstr(file->info, "clap");
    return turned || (facts->width == file->width && facts->height == file->height);
}

static bool complain(const struct corpus_file *file, const char *what, const struct error *error)
{
    char text[1600] = "";
    error_format(error, text, sizeof text);
    print_message("%s: %s: %s\n", file->name, what, text);
    return false;
}

static bool is_readable(const struct corpus_file *file)
{
    static const char *const formats[] = {"jpeg", "png", "webp", "gif"};
    bool lossless = strstr(file->info, "lossless") && strcmp(file->format, "jpeg") == 0;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(file->format, formats[i]) == 0) {
            return file->opens && !lossless;
        }
    }
    return false;
}

static bool check_file(const struct corpus_file *file)
{
    struct loading loading;
    struct limits limits = limits_default();
    loading_probe_file(&loading, file->path, &limits);
    bool fine = true;
    if (loading.status != STATUS_OK) {
        bool named = strstr(loading.error.message, "holds ") == loading.error.message;
        bool refused = loading.status == STATUS_UNSUPPORTED || loading.status == STATUS_REFUSED;
        if (is_readable(file) || !named || !refused) {
            fine = complain(file, "probe", &loading.error);
        }
    } else if (!size_is(file, &loading.facts)) {
        fine = complain(file, "its size is another", &loading.error);
    } else {
        VipsImage *image = loading_decode(&loading, NULL, 1);
        if (!image && !may_fail(file->name)) {
            fine = complain(file, "decode", &loading.error);
        }
        image_release(&image);
    }
    loading_end(&loading);
    return fine;
}

static void test_good_images(void **state)
{
    (void)state;
    static const char *const folders[] = {"alpha/", "anim/",  "exif/",  "icc/",
                                          "odd/",   "kodak/", "photos/"};
    struct error error = {0};
    size_t count = 0, wrong = 0;
    assert_int_equal(image_library_start(&error), STATUS_OK);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct corpus corpus;
        struct corpus_file file;
        if (!corpus_open(&corpus)) {
            skip();
        }
        while (corpus_next(&corpus, folders[i], &file)) {
            count++;
            wrong += check_file(&file) ? 0 : 1;
        }
        corpus_close(&corpus);
    }
    print_message("%zu files\n", count);
    assert_true(count > 100);
    assert_int_equal(wrong, 0);
}

static int orientation_of(const char *path)
{
    struct loading loading;
    struct limits limits = limits_default();
    loading_probe_file(&loading, path, &limits);
    int orientation = loading.status == STATUS_OK ? loading.facts.orientation : 0;
    loading_end(&loading);
    return orientation;
}

/* "exif:o6" in the manifest is what a reader of its own found. */
static void test_orientations(void **state)
{
    (void)state;
    struct corpus corpus;
    struct corpus_file file;
    size_t count = 0;
    if (!corpus_open(&corpus)) {
        skip();
    }
    while (corpus_next(&corpus, "exif/", &file)) {
        const char *found = strstr(file.info, "exif:o");
        if (found && is_readable(&file) && found[6] >= '1' && found[6] <= '8') {
            print_message("%s\n", file.name);
            assert_int_equal(orientation_of(file.path), found[6] - '0');
            count++;
        }
    }
    corpus_close(&corpus);
    assert_true(count > 10);
}

int main(void)
{
    struct corpus corpus;
    if (!corpus_open(&corpus)) {
        return 77;
    }
    corpus_close(&corpus);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_images),
        cmocka_unit_test(test_orientations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
