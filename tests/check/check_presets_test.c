/* SPDX-License-Identifier: MIT
 * What every preset makes, of a photograph, of an icon and of animations, passes its own check. */
#include <string.h>

#include "image.h"
#include "images.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static uint8_t shape(int x, int y, int band)
{
    int across = x - 160, down = y - 160;
    bool inside = across * across + down * down < 150 * 150;
    return (uint8_t)(band == 3 ? (inside ? 255 : 0) : (x * (band + 1) + y) % 200);
}

/* Round on nothing: its alpha counts. */
static void icon_write(const char *folder, const char *name)
{
    VipsImage *image = image_drawn(320, 320, 4, shape);
    struct buffer bytes = {0};
    image_encode(image, ".png", &bytes);
    scratch_write_bytes(folder, name, &bytes);
    buffer_free(&bytes);
    g_object_unref(image);
}

/* Two frames. */
static void animation_write(const char *folder, const char *name, enum picture_kind kind, int width,
                            int height, const char *suffix)
{
    struct picture picture = picture_gradient(kind, width, height, 2);
    struct buffer bytes = {0};
    image_encode(picture.image, suffix, &bytes);
    scratch_write_bytes(folder, name, &bytes);
    buffer_free(&bytes);
    picture_release(&picture);
}

static int make_folder(void **state)
{
    struct error error = {0};
    char *folder = scratch_make();
    assert_int_equal(image_library_start(&error), STATUS_OK);
    program_image(folder, "photo.jpg", 480, 320);
    icon_write(folder, "icon.png");
    animation_write(folder, "small.gif", PICTURE_RGBA, 121, 128, ".gif");
    animation_write(folder, "wide.webp", PICTURE_RGB, 800, 300, ".webp");
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

/* "amazon,android-drawable,…" */
static char *presets_all(const char *folder)
{
    struct program program = {.folder = folder};
    program_call_with(&program, "presets", "-q");
    assert_int_equal(program.code, 0);
    char *names = program.out;
    for (char *end = strchr(names, '\n'); end; end = strchr(end, '\n')) {
        *end = end[1] ? ',' : '\0';
    }
    program.out = NULL;
    program_end(&program);
    return names;
}

static void presets_hold(const char *folder, const char *source)
{
    struct program program = {.folder = folder};
    char *names = presets_all(folder);
    program_call_with(&program, "render", source, "-q", "-p", names, "-o", "out/${preset}",
                      "--state", "state");
    if (program.code != 0) {
        fail_msg("%s", program.error);
    }
    program_end(&program);
    program_call_with(&program, "check", "out", "--for", names);
    if (program.code != 0 || strncmp(program.out, "out: right: ", 12) != 0 || *program.error) {
        fail_msg("%s%s", program.out, program.error);
    }
    program_end(&program);
    memory_free(names);
}

static void a_photograph_holds(void **state)
{
    presets_hold(*state, "photo.jpg");
}

static void an_icon_holds(void **state)
{
    presets_hold(*state, "icon.png");
}

static void an_animation_holds(void **state)
{
    presets_hold(*state, "small.gif");
}

/* Each of its renditions is also right when it is asked for alone. */
static void an_animation_alone_holds(void **state)
{
    struct program program = {.folder = *state};
    program_call_with(&program, "render", "wide.webp", "-q", "-p", "animation", "-o", "alone",
                      "--state", "state");
    assert_int_equal(program.code, 0);
    program_end(&program);
    assert_program(&program, 0, "alone: right: 12 files\n", "", "check", "alone", "--for",
                   "animation");
    assert_program(&program, 0, "alone/wide-480w.gif: right: 1 file\n", "", "check",
                   "alone/wide-480w.gif", "--for", "animation");
    assert_program(&program, 0, "alone/wide-640w.webp: right: 1 file\n", "", "check",
                   "alone/wide-640w.webp", "--for", "animation");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_photograph_holds, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_icon_holds, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_animation_holds, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_animation_alone_holds, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
