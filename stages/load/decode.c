/* SPDX-License-Identifier: MIT
 * load, when pixels flow: calls the one loader that the walk named, on the source's own bytes,
 * which must outlive the image: it is lazy. What the decoder finds is held against what was
 * planned. */
#include <vips/vips.h>

#include "image.h"
#include "load.h"

struct decoding {
    struct span span;
    VipsFailOn fail_on;
    int shrink;
    int page, frames; /* frames -1: all */
};

static const VipsFailOn fail_on_values[] = {
    [FAIL_ON_NONE] = VIPS_FAIL_ON_NONE,
    [FAIL_ON_TRUNCATED] = VIPS_FAIL_ON_TRUNCATED,
    [FAIL_ON_ERROR] = VIPS_FAIL_ON_ERROR,
    [FAIL_ON_WARNING] = VIPS_FAIL_ON_WARNING,
};

/* libvips' buffers are not const; no loader writes to them. */
static int call_loader(enum format format, const struct decoding *how, VipsImage **out)
{
    void *bytes = (void *)(uintptr_t)how->span.bytes;
    size_t size = how->span.size;
    switch (format) {
    case FORMAT_JPEG:
        return vips_jpegload_buffer(bytes, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                    how->fail_on, "shrink", how->shrink, NULL);
    case FORMAT_PNG:
        return vips_pngload_buffer(bytes, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   how->fail_on, NULL);
    case FORMAT_WEBP:
        return vips_webpload_buffer(bytes, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                    how->fail_on, "scale", 1.0 / how->shrink, "page", how->page,
                                    "n", how->frames, NULL);
    case FORMAT_GIF:
        return vips_gifload_buffer(bytes, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   how->fail_on, "page", how->page, "n", how->frames, NULL);
    case FORMAT_AVIF:
        return vips_heifload_buffer(bytes, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                    how->fail_on, NULL);
    default:
        vips_error("load", "no loader for format %d", (int)format);
        return -1;
    }
}

/* libwebp rounds a scaled side, libjpeg rounds it up. */
static bool side_fits(int side, int whole, int shrink)
{
    return side >= whole / shrink && side <= (whole + shrink - 1) / shrink && side > 0;
}

/* A decoder that reads the header otherwise than the walk did has not been held to the limits. */
static enum status check_decoder(const VipsImage *image, const struct step *step,
                                 const struct decoding *how, struct error *error)
{
    const struct facts *facts = &step->out;
    int frames = image_frames(image), bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    if (!side_fits(image_width(image), facts->width, how->shrink) ||
        !side_fits(image_height(image), facts->height, how->shrink) || frames != facts->frames) {
        return error_set(error, STATUS_REFUSED,
                         "is damaged: the decoder finds %dx%d px in %d frames, its header says "
                         "%dx%d in %d",
                         image_width(image), image_height(image), frames, facts->width,
                         facts->height, facts->frames);
    }
    /* libnsgif gives an alpha channel to a cut animation, for the pixels that are missing */
    int extra = facts->format == FORMAT_GIF && !facts->alpha ? 1 : 0;
    if (image->Bands < facts->bands || image->Bands > facts->bands + extra || bits != facts->bits) {
        return error_set(error, STATUS_REFUSED,
                         "is damaged: the decoder finds %d bands of %d bits, its header says %d of "
                         "%d",
                         image->Bands, bits, facts->bands, facts->bits);
    }
    return STATUS_OK;
}

static void *remove_field(VipsImage *image, const char *name, GValue *value, void *data)
{
    static const char *const prefixes[] = {"exif-",           "png-comment-", "xmp-data",
                                           "iptc-data",       "photoshop-",   "orientation",
                                           "jpeg-thumbnail-", "heif-"};
    GSList **names = data;
    (void)image;
    (void)value;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (g_str_has_prefix(name, prefixes[i])) {
            *names = g_slist_prepend(*names, g_strdup(name));
            break;
        }
    }
    return NULL;
}

/* Metadata flows beside the pixels, in source->container; only the profile belongs to them. */
static enum status settle_metadata(VipsImage *image, const struct facts *facts, struct span icc,
                                   struct error *error)
{
    GSList *names = NULL;
    vips_image_map(image, remove_field, &names);
    for (GSList *name = names; name; name = name->next) {
        vips_image_remove(image, name->data);
    }
    g_slist_free_full(names, g_free);
    vips_image_remove(image, VIPS_META_ICC_NAME);
    if (facts->profile) {
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, icc.bytes, icc.size);
        if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME)) {
            return error_memory(error);
        }
    }
    return STATUS_OK;
}

static enum status run_source(const struct step *step, const struct flow *flow, VipsImage **out,
                              struct error *error)
{
    const struct load_options *options = step->options;
    const struct source *source = flow->source;
    bool all = options->frames == FRAMES_ALL && step->in.frames > 1;
    struct decoding how = {.span = {source->bytes, source->size},
                           .fail_on = fail_on_values[options->fail_on],
                           .shrink =
                               load_shrink(&step->in, flow->load_scale > 0 ? flow->load_scale : 1),
                           .page = all ? 0 : load_page(options, &step->in),
                           .frames = all ? -1 : 1};
    VipsImage *loaded = NULL, *copy = NULL;
    if (call_loader(step->in.format, &how, &loaded) != 0) {
        return image_error(error, STATUS_REFUSED, "cannot be decoded");
    }
    enum status status = check_decoder(loaded, step, &how, error);
    if (status == STATUS_OK &&
        vips_extract_band(loaded, &copy, 0, "n", step->out.bands, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "cannot be decoded");
    }
    if (status == STATUS_OK) {
        status = settle_metadata(copy, &step->out, source->container.icc, error);
    }
    image_release(&loaded);
    if (status != STATUS_OK) {
        image_release(&copy);
        return status;
    }
    *out = copy;
    return STATUS_OK;
}

/* One pixel: the stages that follow make it any size. */
static enum status run_plain(const struct facts *facts, VipsImage **out, struct error *error)
{
    int bands = facts->alpha ? 4 : 3;
    enum status status = STATUS_OK;
    VipsImage *pixel = vips_image_new_from_memory_copy(facts->colour, (size_t)bands, 1, 1, bands,
                                                       VIPS_FORMAT_UCHAR);
    if (!pixel || vips_copy(pixel, out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the plain colour cannot be made");
    }
    image_release(&pixel);
    return status;
}

enum status load_run(const struct step *step, const struct flow *flow, VipsImage *in,
                     VipsImage **out, struct error *error)
{
    (void)in;
    return step->in.plain ? run_plain(&step->in, out, error) : run_source(step, flow, out, error);
}
