/* SPDX-License-Identifier: MIT
 * What libvips' savers need: an image with exactly the metadata that is wanted, for they write all
 * they find, and `keep` is missing before 8.15. */
#include <vips/vips.h>

#include "image.h"
#include "vips_save.h"

static VipsInterpretation interpretation_of(const struct pixels *pixels)
{
    if (pixels->depth == 2) {
        return pixels->bands < 3 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
    }
    return pixels->bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
}

static void attach(VipsImage *image, const char *name, struct span span)
{
    if (span.size > 0) {
        vips_image_set_blob_copy(image, name, span.bytes, span.size);
    }
}

/* libvips keeps EXIF with the name that JPEG puts before it. */
static bool attach_exif(VipsImage *image, struct span exif)
{
    struct buffer named = {0};
    if (exif.size > 0) {
        buffer_bytes(&named, "Exif\0", 6);
        buffer_bytes(&named, exif.bytes, exif.size);
        attach(image, VIPS_META_EXIF_NAME, (struct span){(uint8_t *)named.data, named.size});
    }
    const bool failed = buffer_failed(&named);
    buffer_free(&named);
    return !failed;
}

static void attach_timing(VipsImage *image, const struct pixels *pixels)
{
    vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, pixels->height);
    vips_image_set_int(image, VIPS_META_N_PAGES, pixels->frames);
    vips_image_set_int(image, "loop", pixels->loops);
    if (pixels->delay_count > 0) {
        vips_image_set_array_int(image, "delay", pixels->delays, pixels->delay_count);
    }
}

enum status vips_bare(const struct pixels *pixels, const struct attachments *attachments,
                      VipsImage **out, struct error *error)
{
    const int rows = pixels->height * pixels->frames;
    VipsImage *memory = vips_image_new_from_memory(
        pixels->bytes, pixels->stride * (size_t)rows, pixels->width, rows, pixels->bands,
        pixels->depth == 2 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    VipsImage *copy = NULL;
    if (memory == NULL ||
        vips_copy(memory, &copy, "interpretation", interpretation_of(pixels), NULL) != 0) {
        image_release(&memory);
        return image_error(error, STATUS_FAILED, "preparing the image for encoding failed");
    }
    image_release(&memory);
    attach(copy, VIPS_META_ICC_NAME, attachments->icc);
    attach(copy, VIPS_META_XMP_NAME, attachments->xmp);
    if (!attach_exif(copy, attachments->exif)) {
        image_release(&copy);
        return error_memory(error);
    }
    if (pixels->frames > 1) {
        attach_timing(copy, pixels);
    }
    *out = copy;
    return STATUS_OK;
}

void vips_keep(VipsOperation *operation, const struct attachments *attachments)
{
    const bool icc = attachments->icc.size > 0, xmp = attachments->xmp.size > 0,
               exif = attachments->exif.size > 0;
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 15
    g_object_set(operation, "keep",
                 (icc ? VIPS_FOREIGN_KEEP_ICC : 0) | (xmp ? VIPS_FOREIGN_KEEP_XMP : 0) |
                     (exif ? VIPS_FOREIGN_KEEP_EXIF : 0),
                 NULL);
#else
    g_object_set(operation, "strip", (gboolean) !(icc || xmp || exif), NULL);
#endif
}

enum status vips_save_run(VipsOperation *operation, const char *failure, struct buffer *out,
                          struct error *error)
{
    VipsBlob *blob = NULL;
    enum status status = STATUS_OK;
    if (vips_cache_operation_buildp(&operation) != 0) {
        status = image_error(error, STATUS_FAILED, failure);
    } else {
        g_object_get(operation, "buffer", &blob, NULL);
        buffer_bytes(out, VIPS_AREA(blob)->data, VIPS_AREA(blob)->length);
        vips_area_unref(VIPS_AREA(blob));
        status = buffer_failed(out) ? error_memory(error) : STATUS_OK;
    }
    vips_object_unref_outputs(VIPS_OBJECT(operation));
    g_object_unref(operation);
    return status;
}

static GType type_of(const char *operation)
{
    struct error ignored = {0};
    return image_library_start(&ignored) == STATUS_OK ? vips_type_find("VipsOperation", operation)
                                                      : 0;
}

bool vips_can(const char *operation)
{
    return type_of(operation) != 0;
}

bool vips_has(const char *operation, const char *argument)
{
    const GType type = type_of(operation);
    GObjectClass *class = type ? g_type_class_ref(type) : NULL;
    const bool found = class && g_object_class_find_property(class, argument) != NULL;
    if (class) {
        g_type_class_unref(class);
    }
    return found;
}
