/* SPDX-License-Identifier: MIT
 * From two paths to a comparison. Knows no stage by name. */
#include "compare.h"

#include "decode.h"
#include "image.h"

static enum status probe(struct compared *compared, const struct limits *limits,
                         struct error *error)
{
    const struct stage *const *load = stage_list();
    while ((*load)->kind != STAGE_LOAD) {
        load++;
    }
    return (*load)->probe(&compared->source, limits, &compared->facts, error);
}

enum status compare_open(const char *path, const struct limits *limits, struct compared *out,
                         struct error *error)
{
    const unsigned wants = WANTS_UPRIGHT | WANTS_RGB | WANTS_8BIT | WANTS_SRGB;
    *out = (struct compared){0};
    enum status status = image_library_start(error);
    if (status == STATUS_OK) {
        status = source_read(&out->source, path, limits, error);
    }
    if (status == STATUS_OK) {
        status = probe(out, limits, error);
    }
    if (status == STATUS_OK) {
        const struct subject_input input = {
            .name = "main", .path = path, .source = &out->source, .facts = out->facts};
        status = input_decode(&input, limits, false, wants, &out->image, error);
    }
    return status == STATUS_OK ? status : error_at(error, "%s", path);
}

void compare_close(struct compared *compared)
{
    image_release(&compared->image);
    source_release(&compared->source);
    *compared = (struct compared){0};
}

enum status compare(const struct compared *original, const struct compared *distorted,
                    struct comparison *out, struct error *error)
{
    VipsImage *a = original->image, *b = distorted->image;
    if (image_width(a) != image_width(b) || image_height(a) != image_height(b)) {
        return error_set(error, STATUS_REFUSED,
                         "is %dx%d px, and '%s' is %dx%d px: only images of one size can be "
                         "compared; make the original in this size first, without loss: resize, "
                         "then encode as png",
                         image_width(b), image_height(b), original->source.name, image_width(a),
                         image_height(a));
    }
    if (image_frames(a) != image_frames(b)) {
        return error_set(error, STATUS_REFUSED,
                         "has %d frames, and '%s' has %d: only as many can be compared",
                         image_frames(b), original->source.name, image_frames(a));
    }
    return comparison_make(a, b, out, error);
}
