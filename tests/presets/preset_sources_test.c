/* SPDX-License-Identifier: MIT
 * What presets make of sources that are more than a picture: an animation, and a picture whose
 * point of interest the project file knows. */
#include <string.h>

#include <vips/vips.h>

#include "encoding.h"
#include "image.h"
#include "images.h"
#include "program.h"
#include "scratch.h"

enum { FRAMES = 4 };

static int folder_make(void **state)
{
    *state = scratch_make();
    return 0;
}

static int folder_remove(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void write_image(const char *folder, const char *name, const char *suffix, VipsImage *image)
{
    struct buffer bytes = {0};
    image_encode(image, suffix, &bytes);
    assert_false(buffer_failed(&bytes));
    FILE *file = fopen(scratch_path(folder, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
    image_release(&image);
}

static VipsImage *opened(const char *folder, const char *name)
{
    VipsImage *image = vips_image_new_from_file(scratch_path(folder, name), NULL);
    if (!image) {
        fail_msg("%s: %s", name, vips_error_buffer());
    }
    return image;
}

static void assert_file(const char *folder, const char *name, int width, int height, int frames)
{
    VipsImage *image = opened(folder, name);
    if (image->Xsize != width || image->Ysize != height ||
        vips_image_get_n_pages(image) != frames) {
        fail_msg("%s: %dx%d px, %d frames", name, image->Xsize, image->Ysize,
                 vips_image_get_n_pages(image));
    }
    g_object_unref(image);
}

static void animations_move_where_they_may(void **state)
{
    const char *folder = *state;
    struct program program = {.folder = folder};
    write_image(folder, "clip.gif", ".gif", picture_frames(96, 64, 3, FRAMES));
    program_call_with(&program, "render", "clip.gif", "-p", "animation,email,x,web-small", "--set",
                      "animation.widths=48,90", "-o", "out/${preset}", "-q", "--state", "none");
    assert_int_equal(program.code, 0);
    program_end(&program);
    assert_file(folder, "out/animation/clip-48w.webp", 48, 32, FRAMES);
    assert_file(folder, "out/animation/clip-90w.webp", 90, 60, FRAMES);
    assert_file(folder, "out/animation/clip-90w.gif", 90, 60, FRAMES);
    assert_file(folder, "out/animation/clip-poster-90w.webp", 90, 60, 1);
    assert_file(folder, "out/animation/clip-poster-48w.jpg", 48, 32, 1);
    assert_file(folder, "out/email/clip-email.gif", 96, 64, FRAMES);
    assert_file(folder, "out/email/clip-email-1x.jpg", 96, 64, 1);
    assert_file(folder, "out/x/clip-x-post.jpg", 1200, 675, 1);
    assert_file(folder, "out/web-small/clip-96w.webp", 96, 64, 1);
}

static void stills_make_no_animation(void **state)
{
    struct program program = {.folder = *state};
    program_image(*state, "still.jpg", 96, 64);
    program_call_with(&program, "render", "still.jpg", "-p", "animation,email", "-o", "out", "-q",
                      "--state", "none");
    assert_int_equal(program.code, 0);
    program_end(&program);
    assert_scratch(scratch_path(*state, "out"), "manifest.json\n"
                                                "still-email-1x.jpg\n"
                                                "still-poster-96w.jpg\n"
                                                "still-poster-96w.webp\n"
                                                "still.animation.html\n");
}

static uint8_t half_clear(int x, int y, int band)
{
    (void)y;
    return band == 3 ? (x < 30 ? 0 : 255) : 0;
}

/* A clear half is white where the whole image is shown on white, and stays clear in a logo. */
static void what_is_clear_gets_a_ground(void **state)
{
    const char *folder = *state;
    struct program program = {.folder = folder};
    write_image(folder, "mark.png", ".png", image_drawn(60, 60, 4, half_clear));
    program_call_with(&program, "render", "mark.png", "-p", "x,shopify,google-ads", "--set",
                      "x.fit=contain", "-o", "out", "-q", "--state", "none");
    assert_int_equal(program.code, 0);
    program_end(&program);
    static const char *const whites[] = {"out/mark-x-post.jpg", "out/mark-shopify.jpg"};
    for (size_t i = 0; i < 2; i++) {
        VipsImage *file = opened(folder, whites[i]), *image = vips_image_copy_memory(file);
        assert_non_null(image);
        assert_int_equal(image->Bands, 3);
        assert_true(image_sample(image, 2, image->Ysize / 2, 0) > 250);
        assert_true(image_sample(image, image->Xsize * 2 / 5, image->Ysize / 2, 0) > 250);
        assert_true(image_sample(image, image->Xsize * 3 / 5, image->Ysize / 2, 0) < 5);
        g_object_unref(image);
        g_object_unref(file);
    }
    VipsImage *file = opened(folder, "out/mark-google-logo-wide.png");
    VipsImage *image = vips_image_copy_memory(file);
    assert_int_equal(image->Bands, 4);
    assert_true(image_sample(image, 2, 150, 3) == 0 && image_sample(image, 500, 150, 3) == 0);
    assert_true(image_sample(image, 700, 150, 3) == 255);
    g_object_unref(image);
    g_object_unref(file);
}

static bool file_holds(const char *folder, const char *name, const char *text)
{
    FILE *file = fopen(scratch_path(folder, name), "rb");
    static char bytes[400000];
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t i = 0; i + strlen(text) <= size; i++) {
        if (memcmp(bytes + i, text, strlen(text)) == 0) {
            return true;
        }
    }
    return false;
}

/* A source that says so of itself keeps the label, and nothing else of its XMP that was not asked
 * for. */
static void a_label_of_origin_stays(void **state)
{
    static const char packet[] =
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"r\"><rdf:Description "
        "dc:place=\"my garden\" Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/"
        "digitalsourcetype/compositeWithTrainedAlgorithmicMedia\"/></rdf:RDF></x:xmpmeta>";
    const char *folder = *state, *label = "digitalsourcetype/compositeWithTrainedAlgorithmicMedia";
    struct program program = {.folder = folder};
    VipsImage *image = image_drawn(80, 60, 3, half_clear);
    vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, packet, sizeof packet - 1);
    write_image(folder, "made.jpg", ".jpg", image);
    assert_true(file_holds(folder, "made.jpg", "my garden"));
    program_image(folder, "taken.jpg", 80, 60);
    program_call_with(&program, "render", "made.jpg", "taken.jpg", "-p", "google-merchant,ebay,web",
                      "-o", "out", "-q", "--state", "none");
    assert_string_equal(program.error, "");
    assert_int_equal(program.code, 0);
    program_end(&program);
    assert_true(file_holds(folder, "out/made-google-merchant.jpg", label));
    assert_true(file_holds(folder, "out/made-google-merchant.jpg", "my garden"));
    assert_true(file_holds(folder, "out/made-ebay.jpg", label));
    assert_false(file_holds(folder, "out/made-ebay.jpg", "my garden"));
    assert_true(file_holds(folder, "out/made-80w.webp", label));
    assert_true(file_holds(folder, "out/made-80w.avif", label));
    assert_false(file_holds(folder, "out/taken-ebay.jpg", "digitalsourcetype"));
}

/* Red, green and blue thirds. */
static uint8_t thirds(int x, int y, int band)
{
    (void)y;
    return x / 40 == band ? 240 : 10;
}

static void assert_third(const char *folder, const char *name, int third)
{
    VipsImage *file = opened(folder, name), *image = vips_image_copy_memory(file);
    assert_non_null(image);
    for (int band = 0; band < 3; band++) {
        const double sample = image_sample(image, image->Xsize / 2, image->Ysize / 2, band);
        if (band == third ? sample < 200 : sample > 50) {
            fail_msg("%s: %g in band %d", name, sample, band);
        }
    }
    g_object_unref(image);
    g_object_unref(file);
}

static const char project[] =
    "{ \"version\": 1, \"out\": \"out/\", \"images\": [\n"
    "  { \"source\": \"pictures/*.png\", \"about\": \"about.csv\", \"presets\": [\n"
    "    { \"preset\": \"thumbnails\", \"set\": { \"sides\": [24], \"formats\": [\"png\"] } },\n"
    "    { \"preset\": \"art-direction\", \"set\": { \"formats\": [\"png\"], \"shapes\": [\n"
    "      { \"tag\": \"tall\", \"input\": \"portrait\", \"aspect\": \"1:2\", \"media\": \"\", "
    "\"widths\": [20] } ] } } ] "
    "},\n"
    "  { \"source\": \"other.png\", \"focus\": \"10%,50%\", \"presets\": [\n"
    "    { \"preset\": \"instagram\", \"set\": { \"gravity\": \"east\", \"formats\": [\"png\"] },\n"
    "      \"out\": \"west/\" },\n"
    "    { \"preset\": \"thumbnails\", \"set\": { \"sides\": [30], \"formats\": [\"png\"] } } ] }\n"
    "] }\n";

static void the_project_says_where_to_look(void **state)
{
    const char *folder = *state;
    struct program program = {.folder = folder};
    scratch_write(folder, "picset.json", project);
    scratch_write(folder, "about.csv",
                  "file,focus,alt\nright.png,\"0.9,0.5\",blue\nmiddle.png,\"50%,50%\",green\n");
    scratch_write(folder, "pictures/place", "");
    write_image(folder, "pictures/right.png", ".png", image_drawn(120, 40, 3, thirds));
    write_image(folder, "pictures/middle.png", ".png", image_drawn(120, 40, 3, thirds));
    write_image(folder, "other.png", ".png", image_drawn(120, 40, 3, thirds));
    program_call_with(&program, "build", "-q");
    assert_string_equal(program.error, "");
    assert_int_equal(program.code, 0);
    program_end(&program);
    assert_third(folder, "out/right-24x24.png", 2);
    assert_third(folder, "out/right-tall-20w.png", 2);
    assert_third(folder, "out/middle-24x24.png", 1);
    assert_third(folder, "out/middle-tall-20w.png", 1);
    assert_third(folder, "out/other-30x30.png", 0);
    assert_third(folder, "out/west/other-instagram-square.png", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(animations_move_where_they_may, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(stills_make_no_animation, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(what_is_clear_gets_a_ground, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_label_of_origin_stays, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(the_project_says_where_to_look, folder_make, folder_remove),
    };
    return VIPS_INIT("preset_sources_test") == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
