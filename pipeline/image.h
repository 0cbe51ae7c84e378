/* SPDX-License-Identifier: MIT
 * The engine's few verbs on pixels: one of the two files of pipeline/ that know libvips. */
#ifndef PICSET_IMAGE_H
#define PICSET_IMAGE_H

#include "stage.h"

/* Starts libvips once per process: cache off, every loader blocked but the allowed ones, GLib's log
 * handlers silenced. Thread-safe. Called before the first pixel, or by a stage that asks libvips
 * what it can: a run that finds nothing to do does without. */
PICSET_NODISCARD enum status image_library_start(struct error *error);
/* "8.18.7 prebuilt" or "8.14.1 system". */
const char *image_library_version(void);
/* Before a thread of ours ends. */
void image_thread_end(void);

/* Computes a lazy image into memory, on the calling thread, strip by strip. An image that is in
 * memory already is returned as a new reference. `stop` as in struct flow. */
PICSET_NODISCARD enum status image_compute(VipsImage *in, const struct flow *flow, VipsImage **out,
                                           struct error *error);
/* One run of a stage, per frame where the stage asks for it; lazy where the stage is. */
PICSET_NODISCARD enum status image_run(const struct step *step, const struct flow *flow,
                                       VipsImage *in, VipsImage **out, struct error *error);
/* What is done to one frame; the same contract as a stage's run. */
typedef enum status image_frame(void *data, VipsImage *frame, VipsImage **out, struct error *error);
/* Does `each` to every frame of an animation (one tall image with page-height), or to the still,
 * and joins the results, which must be of one size; delays and loops are kept. An animation is
 * computed. */
PICSET_NODISCARD enum status image_each_frame(VipsImage *in, image_frame *each, void *data,
                                              VipsImage **out, struct error *error);
/* An image in memory to be filled, `rows` over all frames, that has all else of `like` but its
 * pixels and is not tied to it. */
PICSET_NODISCARD enum status image_new_like(VipsImage *like, int width, int rows, VipsImage **out,
                                            struct error *error);
VipsImage *image_share(VipsImage *image); /* a new reference */
void image_release(VipsImage **image);    /* NULL inside is fine; sets it to NULL */
int image_width(const VipsImage *image);
int image_height(const VipsImage *image); /* of one frame */
int image_frames(const VipsImage *image); /* 1 for a still */
size_t image_bytes(const VipsImage *image);
/* Is any pixel of the alpha channel less than opaque? false without a channel. Reads all pixels. */
PICSET_NODISCARD enum status image_alpha_used(VipsImage *image, bool *used, struct error *error);

/* After a libvips call failed: copies its words into error->cause and records `message`. The buffer
 * is process-global and may hold another thread's words, so nothing is ever decided from it. */
enum status image_error(struct error *error, enum status status, const char *message);

/* Around work on pixels whose failure shall be told in libvips' own words: shared at first; a step
 * that failed is done again alone, and then the words are its own. Never nested. */
void image_work_begin(bool alone);
void image_work_end(void);

#endif
