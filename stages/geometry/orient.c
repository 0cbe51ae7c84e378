/* SPDX-License-Identifier: MIT
 * orient: turns the pixels upright by the EXIF orientation, which the plan knows as a fact: the
 * loader disarms the tag itself. */
#include "image.h"
#include "raster.h"

/* EXIF 2.32, table 6: what brings each orientation upright; the turn comes first. */
static const struct {
    VipsAngle turn;
    bool mirror; /* left and right */
    const char *words;
} orientations[9] = {
    [2] = {VIPS_ANGLE_D0, true, "mirrored"},
    [3] = {VIPS_ANGLE_D180, false, "by 180 degrees"},
    [4] = {VIPS_ANGLE_D180, true, "upside down mirrored"},
    [5] = {VIPS_ANGLE_D90, true, "by 90 degrees, mirrored"},
    [6] = {VIPS_ANGLE_D90, false, "by 90 degrees"},
    [7] = {VIPS_ANGLE_D270, true, "by 270 degrees, mirrored"},
    [8] = {VIPS_ANGLE_D270, false, "by 270 degrees"},
};

static enum status orient_plan(const void *options, const struct plan_context *context,
                               const struct facts *in, struct facts *out, struct choice *choice,
                               struct error *error)
{
    (void)options;
    (void)context;
    (void)error;
    if (in->plain || in->orientation < 2 || in->orientation > 8) {
        choice->skip = "already upright";
        out->orientation = 1;
        return STATUS_OK;
    }
    choice->detail = orientations[in->orientation].words;
    out->orientation = 1;
    if (in->orientation >= 5) {
        out->width = in->height;
        out->height = in->width;
    }
    return STATUS_OK;
}

static enum status orient_run(const struct step *step, const struct flow *flow, VipsImage *in,
                              VipsImage **out, struct error *error)
{
    const int orientation = step->in.orientation;
    const VipsAngle turn = orientations[orientation].turn;
    VipsImage *memory = NULL, *turned = NULL;
    enum status status = STATUS_OK;
    if (turn == VIPS_ANGLE_D0) {
        memory = image_share(in);
    } else {
        /* A turn reads from the bottom or by columns; a decoder gives rows from the top. */
        status = image_compute(in, flow, &memory, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (vips_rot(memory, &turned, turn, NULL) != 0 ||
        (orientations[orientation].mirror ? vips_flip(turned, out, VIPS_DIRECTION_HORIZONTAL, NULL)
                                          : vips_copy(turned, out, NULL)) != 0) {
        status = image_error(error, STATUS_FAILED, "the image cannot be turned");
    } else {
        vips_image_remove(*out, VIPS_META_ORIENTATION);
    }
    image_release(&turned);
    image_release(&memory);
    return status;
}

const struct stage stage_orient = {
    .name = "orient",
    .summary = "turn the image upright as its EXIF orientation says",
    .kind = STAGE_PIXELS,
    .version = 1,
    .gives = WANTS_UPRIGHT,
    .plan = orient_plan,
    .need = need_same,
    .run = orient_run,
};
