/* SPDX-License-Identifier: MIT
 * Probing when memory is short: the n-th allocation fails, for every n; nothing leaks and the
 * answer is "out of memory". */
#include "support.h"

#include <string.h>

#include "craft.h"
#include "loading.h"

static bool probe(void *data)
{
    const struct buffer *file = data;
    struct limits limits = limits_default();
    struct loading loading;
    loading_probe(&loading, file->data, file->size, &limits);
    bool fine = loading.status == STATUS_OK;
    if (!fine) {
        assert_error_text(&loading.error, STATUS_FAILED, "out of memory");
    }
    loading_end(&loading);
    return fine;
}

static void check(struct buffer *file, long least)
{
    assert_false(buffer_failed(file));
    assert_true(support_each_allocation(probe, file) >= least);
    buffer_free(file);
}

/* Name, bytes, patches that outgrow their first room, a joined profile. */
static void test_jpeg(void **state)
{
    (void)state;
    struct buffer file = {0};
    buffer_bytes(&file, "\xff\xd8", 2);
    for (int i = 0; i < 20; i++) {
        craft_segment(&file, 0xe1, "Exif\0\0II*\0", 10);
    }
    craft_segment(&file, 0xe2, "ICC_PROFILE\0\1\2abc", 17);
    craft_segment(&file, 0xe2, "ICC_PROFILE\0\2\2def", 17);
    craft_frame(&file, 0xc0, 8, 8, 8, 3);
    craft_scan(&file);
    check(&file, 6);
}

/* An inflated profile and an inflated packet. */
static void test_png(void **state)
{
    (void)state;
    struct buffer file = {0}, body = {0};
    char zeros[20000] = {0};
    craft_png(&file, 20, 10, 8, 2);
    buffer_bytes(&body, "n\0\0", 3);
    craft_packed(&body, zeros, sizeof zeros);
    craft_chunk(&file, "iCCP", body.data, body.size);
    buffer_free(&body);
    buffer_bytes(&body, "XML:com.adobe.xmp\0\1\0\0\0", 22);
    craft_packed(&body, zeros, sizeof zeros);
    craft_chunk(&file, "iTXt", body.data, body.size);
    buffer_free(&body);
    craft_chunk(&file, "IDAT", "x", 1);
    check(&file, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
