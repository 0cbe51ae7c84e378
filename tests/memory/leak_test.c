/* SPDX-License-Identifier: MIT
 * After everything is released libvips holds nothing: no object, no pixels. LeakSanitizer and
 * valgrind cannot see that, since libvips keeps all its objects reachable in a table. */
#include "support.h"

#include <vips/vips.h>

#include "images.h"
#include "picset.h"

static int receive(void *data, const struct picset_file *file)
{
    ++*(size_t *)data;
    return file->byte_count == 0;
}

static void *count_object(void *object, void *count, void *unused)
{
    (void)object;
    (void)unused;
    ++*(int *)count;
    return NULL;
}

static int objects_alive(void)
{
    int count = 0;
    vips_object_map(count_object, &count, NULL);
    return count;
}

static struct buffer draw_png(enum picture_kind kind, int width, int height)
{
    struct buffer png = {0};
    struct picture picture = picture_gradient(kind, width, height, 1);
    image_encode(picture.image, ".png", &png);
    picture_release(&picture);
    return png;
}

/* Two good images, one cut short, one that is none: sets, errors and all that lies between. */
static void render_everything(struct picset *picset)
{
    struct buffer opaque = draw_png(PICTURE_RGB, 700, 500);
    struct buffer alpha = draw_png(PICTURE_RGBA, 333, 555);
    const struct picset_image images[] = {
        {sizeof images[0], "opaque", opaque.data, opaque.size, NULL, 0, 0},
        {sizeof images[0], "short", opaque.data, opaque.size / 2, NULL, 0, 0},
        {sizeof images[0], "alpha", alpha.data, alpha.size, NULL, 0, 0},
        {sizeof images[0], "text", "not an image", 12, NULL, 0, 0},
    };
    const char *const presets[] = {"web", "thumbnails", NULL};
    const char *const changes[] = {"web.widths=[160,320]", NULL};
    struct picset_error error = {.size = sizeof error};
    size_t files = 0;
    enum picset_status status =
        picset_render(picset, presets, changes, images, 4, receive, &files, &error);
    if (status != PICSET_PARTIAL) {
        fail_msg("status %d: %s", (int)status, error.message);
    }
    assert_true(files >= 2 * (2 * 3 + 4));
    buffer_free(&opaque);
    buffer_free(&alpha);
}

static void nothing_is_left(void **state)
{
    (void)state;
    struct picset_settings settings = {.size = sizeof settings, .jobs = 2};
    struct picset_error error = {.size = sizeof error};
    struct picset *picset = NULL;
    assert_int_equal(picset_open(&settings, &picset, &error), PICSET_OK);
    vips_leak_set(TRUE);
    int before = objects_alive();
    render_everything(picset);
    render_everything(picset);
    picset_close(picset);
    assert_int_equal(objects_alive(), before);
    vips_shutdown();
    assert_int_equal(vips_tracked_get_mem(), 0);
    assert_int_equal(vips_tracked_get_allocs(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
