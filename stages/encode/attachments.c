/* SPDX-License-Identifier: MIT
 * The profile comes from the image, for `colour` may have changed it; the rest from the source. */
#include <string.h>

#include <vips/vips.h>

#include "attachments.h"
#include "exif_write.h"
#include "provenance.h"

/* A grey profile on an RGB image, or the other way round, is worse than none (ICC.1, 7.2.6). */
static bool profile_fits(struct span icc, int bands)
{
    const char *space = bands < 3 ? "GRAY" : "RGB ";
    return icc.size >= 128 && memcmp(icc.bytes + 16, space, 4) == 0;
}

static struct span image_profile(VipsImage *image)
{
    const void *bytes = NULL;
    size_t size = 0;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 ||
        vips_image_get_blob(image, VIPS_META_ICC_NAME, &bytes, &size) != 0) {
        return (struct span){0};
    }
    const struct span icc = {bytes, size};
    return profile_fits(icc, image->Bands) ? icc : (struct span){0};
}

/* A packet that came with a generated image is kept, whatever else of metadata is dropped. */
static enum status generated_xmp(const struct container *container, const char *packet,
                                 struct attachments *out, struct error *error)
{
    const struct span own = container ? container->xmp : (struct span){0};
    out->xmp_built = (struct buffer){.limit = ATTACHMENT_BYTES_MAX};
    provenance_join(own, packet, &out->xmp_built);
    if (out->xmp_built.full) { /* both have no room: ours, which is small, has */
        buffer_free(&out->xmp_built);
        buffer_text(&out->xmp_built, packet);
    }
    if (buffer_failed(&out->xmp_built)) {
        buffer_free(&out->xmp_built);
        return error_memory(error);
    }
    out->xmp = (struct span){(const uint8_t *)out->xmp_built.data, out->xmp_built.size};
    return STATUS_OK;
}

enum status attachments_collect(const struct step *step, const struct flow *flow, VipsImage *image,
                                struct attachments *out, struct error *error)
{
    const unsigned keep = step->in.keep;
    struct attachments found = {.exif_built = {.limit = ATTACHMENT_BYTES_MAX}};
    /* An untagged image is read as sRGB (HTML, CSS Color 4): only another space must say so. */
    if (keep & KEEP_ICC || step->in.space != SPACE_SRGB) {
        found.icc = image_profile(image);
    }
    const struct container *container = flow->source ? &flow->source->container : NULL;
    if (container && keep & KEEP_XMP && container->xmp.size <= ATTACHMENT_BYTES_MAX) {
        found.xmp = container->xmp;
    }
    if (flow->xmp && keep & KEEP_PROVENANCE) {
        const enum status status = generated_xmp(container, flow->xmp, &found, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (flow->xmp && keep & KEEP_LABEL && !found.xmp.bytes) {
        found.xmp = (struct span){(const uint8_t *)flow->xmp, strlen(flow->xmp)};
    }
    if (container && keep & KEEP_IPTC && container->iptc.size <= ATTACHMENT_BYTES_MAX) {
        found.iptc = container->iptc;
    }
    if (container && keep & (KEEP_COPYRIGHT | KEEP_EXIF | KEEP_GPS)) {
        const enum status status = exif_write(container->exif, keep, &found.exif_built, error);
        if (status != STATUS_OK) {
            attachments_release(&found);
            return status;
        }
        found.exif = (struct span){(const uint8_t *)found.exif_built.data, found.exif_built.size};
    }
    *out = found;
    return STATUS_OK;
}

void attachments_release(struct attachments *attachments)
{
    buffer_free(&attachments->exif_built);
    buffer_free(&attachments->xmp_built);
    *attachments = (struct attachments){0};
}
