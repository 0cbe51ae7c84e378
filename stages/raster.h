/* SPDX-License-Identifier: MIT
 * What several stages do to pixels: alpha held in the kernel's way, depth, background colours, and
 * the real size of an image that the decoder shrank. Knows no stage. */
#ifndef PICSET_RASTER_H
#define PICSET_RASTER_H

#include <vips/vips.h>

#include "stage.h"

enum { RASTER_BANDS = 5 }; /* as many as a source may have: CMYK and alpha */

double raster_max(const VipsImage *image); /* 255, or 65535 where samples have 16 bits */

/* An image in memory with the header of `like`, of another size; its pixels are still to come. */
enum status raster_new(VipsImage *like, struct size size, VipsImage **out, struct error *error);

/* Real size over planned size of step->in. The JPEG decoder shrinks by 2, 4 or 8 and keeps a last,
 * partly filled row and column or drops it: the scale is that of the picture all the same. */
struct scale {
    double x, y;
};
struct scale raster_scale(const struct step *step, const VipsImage *in);

/* The picture moved by a part of a pixel to the right and down: by Lanczos, whose loss lies in
 * frequencies that a following reduction drops. An image with alpha is moved, too, colour and all.
 */
enum status raster_move(VipsImage *in, double right, double down, VipsImage **out,
                        struct error *error);

/* Colour times alpha, in float; and back to the format of `model`, rounded to nearest. The last
 * band is alpha. */
enum status raster_premultiply(VipsImage *in, VipsImage **out, struct error *error);
enum status raster_unpremultiply(VipsImage *in, const VipsImage *model, VipsImage **out,
                                 struct error *error);
/* Rounds to nearest and casts to the format and interpretation of `model`. */
enum status raster_round(VipsImage *in, const VipsImage *model, VipsImage **out,
                         struct error *error);

/* The same picture with 8 or 16 bits a sample. */
enum status raster_depth(VipsImage *in, int bits, VipsImage **out, struct error *error);
/* One grey band becomes three equal ones; alpha, the last band, stays. Others pass. */
enum status raster_to_rgb(VipsImage *in, bool alpha, VipsImage **out, struct error *error);
enum status raster_add_alpha(VipsImage *in, VipsImage **out, struct error *error); /* opaque */

/* A colour in the image's own space, depth and bands (alpha last, where facts say so); `image` is
 * read for `dominant` only. */
enum status raster_ink(const struct facts *facts, struct colour colour, VipsImage *image,
                       double ink[RASTER_BANDS], struct error *error);
/* The colour that covers most of the image, in its own space, 0..255. */
enum status raster_dominant(VipsImage *image, bool alpha, uint8_t rgb[3], struct error *error);

/* A colour with hue makes RGB of a grey image, a see-through one adds alpha: the facts after it. */
bool colour_has_hue(struct colour colour);
bool colour_sees_through(struct colour colour);
/* "#rrggbb", "#rrggbbaa", "transparent", "dominant"; "" for none. */
void colour_words(struct buffer *out, struct colour colour);

/* `need` of stages that neither scale nor look at neighbours: as small as what follows allows. */
double need_same(const struct step *step, double after);

#endif
