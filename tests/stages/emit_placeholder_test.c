/* SPDX-License-Identifier: MIT
 * The placeholder of images of every space, depth and size. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "image.h"
#include "kernels/blurhash.h"
#include "kernels/thumbhash.h"
#include "stage.h"
#include "text.h"
#include "support.h"

static int set_up(void **state)
{
    struct error error = {0};
    (void)state;
    return image_library_start(&error) == STATUS_OK ? 0 : -1;
}

/* One colour, of any bands, format and interpretation. */
static VipsImage *plain(int width, int height, const double *ink, int bands, VipsBandFormat format,
                        VipsInterpretation interpretation)
{
    VipsImage *black = NULL, *inked = NULL, *cast = NULL, *out = NULL;
    double ones[5] = {1, 1, 1, 1, 1};
    assert_int_equal(vips_black(&black, width, height, "bands", bands, NULL), 0);
    assert_int_equal(vips_linear(black, &inked, ones, (double *)(uintptr_t)ink, bands, NULL), 0);
    assert_int_equal(vips_cast(inked, &cast, format, NULL), 0);
    assert_int_equal(vips_copy(cast, &out, "interpretation", interpretation, NULL), 0);
    g_object_unref(black);
    g_object_unref(inked);
    g_object_unref(cast);
    return out;
}

static struct placeholder make(VipsImage *image)
{
    struct placeholder made;
    struct error error = {0};
    if (placeholder_make(image, &made, &error) != STATUS_OK) {
        fail_msg("%s (%s)", error.message, error.cause);
    }
    g_object_unref(image);
    return made;
}

static void assert_colour(const struct placeholder *made, int red, int green, int blue, int most)
{
    const int wanted[] = {red, green, blue};
    for (int c = 0; c < 3; c++) {
        if (abs(made->colour[c] - wanted[c]) > most) {
            fail_msg("#%02x%02x%02x instead of #%02x%02x%02x", made->colour[0], made->colour[1],
                     made->colour[2], red, green, blue);
        }
    }
}

static void test_spaces_and_depths(void **state)
{
    (void)state;
    static const struct {
        double ink[5];
        int bands;
        VipsBandFormat format;
        VipsInterpretation interpretation;
        int colour[3], most;
    } cases[] = {
        {{200, 100, 50}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {200, 100, 50}, 0},
        {{200, 100, 50, 255}, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {200, 100, 50}, 0},
        {{200, 100, 50, 128}, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {200, 100, 50}, 1},
        {{77}, 1, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W, {77, 77, 77}, 0},
        {{77, 255}, 2, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W, {77, 77, 77}, 0},
        {{51400, 25700, 12850},
         3,
         VIPS_FORMAT_USHORT,
         VIPS_INTERPRETATION_RGB16,
         {200, 100, 50},
         1},
        {{51400, 25700, 12850, 65535},
         4,
         VIPS_FORMAT_USHORT,
         VIPS_INTERPRETATION_RGB16,
         {200, 100, 50},
         1},
        {{25700}, 1, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_GREY16, {100, 100, 100}, 1},
        {{0, 0, 0, 0}, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_CMYK, {255, 255, 255}, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct placeholder made = make(plain(300, 200, cases[i].ink, cases[i].bands,
                                             cases[i].format, cases[i].interpretation));
        assert_colour(&made, cases[i].colour[0], cases[i].colour[1], cases[i].colour[2],
                      cases[i].most);
        assert_true(strlen(made.thumbhash) >= 24);
        assert_int_equal(strlen(made.thumbhash) % 4, 0);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 5000}, {5000, 1}, {100, 100}, {101, 99}, {3, 2}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct placeholder made = make(plain(sizes[i][0], sizes[i][1], (double[]){10, 20, 30}, 3,
                                             VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB));
        assert_colour(&made, 10, 20, 30, 0);
    }
}

/* The bytes of the hash are those of the same pixels encoded here: 100 px and less are not scaled.
 */
static void test_the_hash_is_of_these_pixels(void **state)
{
    (void)state;
    enum { WIDTH = 40, HEIGHT = 30 };
    static uint8_t pixels[WIDTH * HEIGHT * 4], hash[THUMBHASH_BYTES];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const uint8_t pixel[] = {(uint8_t)(i % WIDTH * 6), (uint8_t)(i / WIDTH * 8), 90, 255};
        memcpy(pixels + 4 * i, pixel, 4);
    }
    struct buffer wanted = {0};
    text_base64(&wanted, hash, thumbhash_encode(pixels, WIDTH, HEIGHT, hash));
    VipsImage *image =
        vips_image_new_from_memory_copy(pixels, sizeof pixels, WIDTH, HEIGHT, 4, VIPS_FORMAT_UCHAR);
    assert_non_null(image);
    image->Type = VIPS_INTERPRETATION_sRGB;
    struct placeholder made = make(image);
    char blurhash[BLURHASH_ROOM];
    blurhash_encode(pixels, WIDTH, HEIGHT, blurhash);
    assert_string_equal(made.blurhash, blurhash);
    assert_buffer_text(&wanted, made.thumbhash);
}

/* A tall strip of three frames: the first counts, not the red ones below. */
static void test_the_first_frame(void **state)
{
    (void)state;
    VipsImage *first =
        plain(50, 40, (double[]){0, 0, 250}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
    VipsImage *rest =
        plain(50, 80, (double[]){250, 0, 0}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
    VipsImage *strip = NULL;
    assert_int_equal(vips_join(first, rest, &strip, VIPS_DIRECTION_VERTICAL, NULL), 0);
    vips_image_set_int(strip, VIPS_META_PAGE_HEIGHT, 40);
    g_object_unref(first);
    g_object_unref(rest);
    struct placeholder made = make(strip);
    assert_colour(&made, 0, 0, 250, 0);
}

/* A pure red in Display P3 is out of sRGB's reach: without the profile it would be a duller one. */
static void test_an_embedded_profile_counts(void **state)
{
    (void)state;
    VipsImage *image =
        plain(50, 50, (double[]){200, 100, 50}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
    VipsBlob *profile = NULL;
    assert_int_equal(vips_profile_load("p3", &profile, NULL), 0);
    if (!profile) {
        g_object_unref(image);
        skip();
    }
    size_t size;
    const void *bytes = vips_blob_get(profile, &size);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, bytes, size);
    vips_area_unref(VIPS_AREA(profile));
    struct placeholder made = make(image);
    assert_true(made.colour[0] > 205);
    assert_true(made.colour[1] < 100);
}

static void test_a_broken_profile_is_none(void **state)
{
    (void)state;
    VipsImage *image =
        plain(50, 50, (double[]){200, 100, 50}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, "no profile at all", 17);
    struct placeholder made = make(image);
    assert_colour(&made, 200, 100, 50, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spaces_and_depths),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_the_hash_is_of_these_pixels),
        cmocka_unit_test(test_the_first_frame),
        cmocka_unit_test(test_an_embedded_profile_counts),
        cmocka_unit_test(test_a_broken_profile_is_none),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
