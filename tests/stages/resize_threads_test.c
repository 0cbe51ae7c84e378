/* SPDX-License-Identifier: MIT
 * Many resizes on many threads at once, each building and dropping its own pipeline: libvips' own
 * helpers must bear it. */
#include <pthread.h>
#include <stdatomic.h>
#include <vips/vips.h>

#include "image.h"
#include "support.h"

enum { THREADS = 8, RESIZES = 2500 };

static atomic_int resized;

static void *resize_often(void *data)
{
    (void)data;
    for (int i = 0; i < RESIZES; i++) {
        VipsImage *black = NULL, *small = NULL, *computed = NULL;
        bool done = vips_black(&black, 64 + i % 7, 48 + i % 5, "bands", 3, NULL) == 0 &&
                    vips_resize(black, &small, 0.3 + i % 13 * 0.01, NULL) == 0 &&
                    (computed = vips_image_copy_memory(small));
        atomic_fetch_add(&resized, done);
        g_clear_object(&computed);
        g_clear_object(&small);
        g_clear_object(&black);
    }
    vips_thread_shutdown();
    return NULL;
}

static void all_at_once(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct error error = {0};
    assert_int_equal(image_library_start(&error), STATUS_OK);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, resize_often, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(atomic_load(&resized), THREADS * RESIZES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
