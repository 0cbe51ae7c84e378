/* SPDX-License-Identifier: MIT
 * From a decoded image to what stands in for it: shrunk to 100 px, upright, sRGB, RGBA. Knows no
 * record and no plan. */
#include <string.h>
#include <vips/vips.h>

#include "image.h"
#include "kernels/blurhash.h"
#include "kernels/dominant.h"
#include "kernels/thumbhash.h"
#include "stage.h"
#include "text.h"

/* The first frame of a tall strip; a still passes. */
static int frame_first(VipsImage *in, VipsImage **out)
{
    int height = vips_image_get_page_height(in);
    if (height <= 0 || height >= in->Ysize) {
        return vips_copy(in, out, NULL);
    }
    return vips_crop(in, out, 0, 0, in->Xsize, height, NULL);
}

/* Through the embedded profile where there is one; a broken profile is as good as none. */
static int shrink(VipsImage *in, VipsImage **out)
{
    static const char profile[] = VIPS_META_ICC_NAME;
    int side = THUMBHASH_SIDE;
    if (vips_image_get_typeof(in, profile) != 0 &&
        vips_thumbnail_image(in, out, side, "height", side, "size", VIPS_SIZE_DOWN,
                             "export-profile", "srgb", NULL) == 0) {
        return 0;
    }
    vips_error_clear();
    VipsImage *plain = NULL;
    if (vips_copy(in, &plain, NULL)) {
        return -1;
    }
    vips_image_remove(plain, profile);
    int failed =
        vips_thumbnail_image(plain, out, side, "height", side, "size", VIPS_SIZE_DOWN, NULL);
    g_object_unref(plain);
    return failed;
}

static int to_rgba(VipsImage *in, VipsImage **out)
{
    VipsImage *colour = NULL, *bytes = NULL, *whole = NULL;
    int failed = vips_colourspace(in, &colour, VIPS_INTERPRETATION_sRGB, NULL) ||
                 vips_cast(colour, &bytes, VIPS_FORMAT_UCHAR, NULL) ||
                 (vips_image_hasalpha(bytes) ? vips_copy(bytes, &whole, NULL)
                                             : vips_addalpha(bytes, &whole, NULL)) ||
                 (whole->Bands == 4 ? vips_copy(whole, out, NULL)
                                    : vips_extract_band(whole, out, 0, "n", 4, NULL));
    g_clear_object(&colour);
    g_clear_object(&bytes);
    g_clear_object(&whole);
    return failed;
}

static enum status placeholder_fill(const uint8_t *rgba, int width, int height,
                                    struct placeholder *out, struct error *error)
{
    uint8_t hash[THUMBHASH_BYTES];
    struct buffer text = {.limit = sizeof out->thumbhash};
    text_base64(&text, hash, thumbhash_encode(rgba, width, height, hash));
    if (buffer_failed(&text) || text.size >= sizeof out->thumbhash) {
        buffer_free(&text);
        return error_memory(error);
    }
    memcpy(out->thumbhash, buffer_string(&text), text.size + 1);
    blurhash_encode(rgba, width, height, out->blurhash);
    dominant_colour(rgba, (size_t)width * (size_t)height, out->colour);
    buffer_free(&text);
    return STATUS_OK;
}

enum status placeholder_make(VipsImage *image, struct placeholder *out, struct error *error)
{
    VipsImage *frame = NULL, *small = NULL, *rgba = NULL;
    enum status status = STATUS_OK;
    size_t size;
    void *pixels = NULL;
    if (frame_first(image, &frame) || shrink(frame, &small) || to_rgba(small, &rgba) ||
        !(pixels = vips_image_write_to_memory(rgba, &size))) {
        status = image_error(error, STATUS_FAILED, "the placeholder cannot be made");
        goto out;
    }
    status = placeholder_fill(pixels, rgba->Xsize, rgba->Ysize, out, error);
out:
    g_free(pixels);
    g_clear_object(&rgba);
    g_clear_object(&small);
    g_clear_object(&frame);
    return status;
}
