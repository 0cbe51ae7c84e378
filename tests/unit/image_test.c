/* SPDX-License-Identifier: MIT
 * image.c: libvips started as it must be, pixels computed on the calling thread as libvips itself
 * computes them, frames taken apart and joined. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"
#include "images.h"

static void test_version(void **state)
{
    int major, minor, micro;
    char source[32];
    (void)state;
    assert_int_equal(
        sscanf(image_library_version(), "%d.%d.%d %31s", &major, &minor, &micro, source), 4);
    assert_true(major == 8 && minor >= 14);
    assert_true(strcmp(source, "system") == 0 || strcmp(source, "prebuilt") == 0);
}

static void test_only_named_loaders_read(void **state)
{
    static const char matrix[] = "2 1\n1 2\n";
    static const char ppm[] = "P6 1 1 255\nabc";
    (void)state;
    VipsImage *image = vips_image_new_from_buffer(matrix, sizeof matrix - 1, "", NULL);
    assert_null(image);
    image = vips_image_new_from_buffer(ppm, sizeof ppm - 1, "", NULL);
    assert_null(image);
    vips_error_clear();
    assert_int_equal(vips_cache_get_max(), 0);
    assert_int_equal(vips_concurrency_get(), 1);
}

static VipsImage *lazy_image(int side)
{
    struct picture picture = picture_gradient(PICTURE_RGB, side, side - 7, 1);
    VipsImage *lazy = NULL;
    assert_int_equal(vips_resize(picture.image, &lazy, 0.37, NULL), 0);
    picture_release(&picture);
    return lazy;
}

static void test_compute_is_what_libvips_computes(void **state)
{
    struct error error = {0};
    (void)state;
    for (int side = 8; side < 900; side = side * 3 + 1) {
        VipsImage *lazy = lazy_image(side), *ours = NULL;
        assert_int_equal(image_compute(lazy, NULL, &ours, &error), STATUS_OK);
        VipsImage *theirs = vips_image_copy_memory(lazy);
        assert_true(image_difference(ours, theirs) == 0);
        assert_int_equal(image_bytes(ours), (size_t)ours->Xsize * (size_t)ours->Ysize * 3);
        VipsImage *again = NULL;
        assert_int_equal(image_compute(ours, NULL, &again, &error), STATUS_OK);
        assert_ptr_equal(again, ours);
        image_release(&again);
        image_release(&theirs);
        image_release(&ours);
        image_release(&lazy);
    }
}

static int stop_after;

static bool stop(const struct flow *flow)
{
    (void)flow;
    return stop_after-- <= 0;
}

static void test_compute_stops(void **state)
{
    struct error error = {0};
    const struct flow flow = {.stop = stop};
    (void)state;
    VipsImage *lazy = lazy_image(1000), *out = NULL;
    stop_after = 2;
    assert_int_equal(image_compute(lazy, &flow, &out, &error), STATUS_INTERRUPTED);
    assert_null(out);
    assert_true(stop_after < 0);
    image_release(&lazy);
}

static void test_failure_keeps_the_librarys_words(void **state)
{
    struct error error = {0};
    struct buffer bytes = {0};
    struct picture picture = picture_gradient(PICTURE_RGB, 300, 300, 1);
    (void)state;
    image_encode(picture.image, ".png", &bytes);
    VipsImage *cut = NULL, *out = NULL;
    assert_int_equal(vips_pngload_buffer(bytes.data, bytes.size / 2, &cut, "fail_on",
                                         VIPS_FAIL_ON_WARNING, NULL),
                     0);
    assert_int_equal(image_compute(cut, NULL, &out, &error), STATUS_REFUSED);
    assert_null(out);
    assert_true(error.cause[0] != '\0' && !strchr(error.cause, '\n'));
    assert_string_equal(vips_error_buffer(), "");
    image_release(&cut);
    buffer_free(&bytes);
    picture_release(&picture);
}

/* ---- Frames ---------------------------------------------------------------------------------- */

static enum status mirror(void *data, VipsImage *frame, VipsImage **out, struct error *error)
{
    int *calls = data;
    (*calls)++;
    (void)error;
    assert_int_equal(frame->Ysize, 9);
    return vips_flip(frame, out, VIPS_DIRECTION_VERTICAL, NULL) == 0 ? STATUS_OK : STATUS_FAILED;
}

static void test_frames(void **state)
{
    struct error error = {0};
    struct picture picture = picture_gradient(PICTURE_RGB, 12, 9, 3);
    VipsImage *lazy = NULL, *out = NULL;
    int calls = 0;
    (void)state;
    assert_int_equal(image_frames(picture.image), 3);
    assert_int_equal(image_height(picture.image), 9);
    assert_int_equal(image_each_frame(picture.image, mirror, &calls, &lazy, &error), STATUS_OK);
    assert_int_equal(calls, 3);
    assert_int_equal(image_compute(lazy, NULL, &out, &error), STATUS_OK);
    assert_int_equal(image_frames(out), 3);
    for (int frame = 0; frame < 3; frame++) {
        for (int y = 0; y < 9; y++) {
            assert_true(image_sample(out, 5, frame * 9 + y, 1) ==
                        image_sample(picture.image, 5, frame * 9 + 8 - y, 1));
        }
    }
    int *delays = NULL, count = 0;
    assert_int_equal(vips_image_get_array_int(out, "delay", &delays, &count), 0);
    assert_true(count == 3 && delays[0] == 40 && delays[2] == 60);
    image_release(&out);
    image_release(&lazy);
    picture_release(&picture);
}

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    return image_library_start(&error) != STATUS_OK || image_library_start(&error) != STATUS_OK;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_only_named_loaders_read),
        cmocka_unit_test(test_compute_is_what_libvips_computes),
        cmocka_unit_test(test_compute_stops),
        cmocka_unit_test(test_failure_keeps_the_librarys_words),
        cmocka_unit_test(test_frames),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
