/* SPDX-License-Identifier: MIT
 * What a rendition carries beside its pixels: colour profile, EXIF, XMP and IPTC, filtered by what
 * is to be kept. Knows no codec. */
#ifndef PICSET_ATTACHMENTS_H
#define PICSET_ATTACHMENTS_H

#include "stage.h"

struct attachments {
    struct span icc;  /* of the image; fits its bands */
    struct span exif; /* a TIFF block without "Exif\0\0" */
    struct span xmp;
    struct span iptc;                    /* IIM records */
    struct buffer exif_built, xmp_built; /* owned */
};

/* EXIF and XMP that are larger are left out: one JPEG segment holds 65 533 bytes with its name. */
enum { ATTACHMENT_BYTES_MAX = 65000 };

/* `image` must outlive the attachments. */
PICSET_NODISCARD enum status attachments_collect(const struct step *step, const struct flow *flow,
                                                 VipsImage *image, struct attachments *out,
                                                 struct error *error);
void attachments_release(struct attachments *attachments);

#endif
