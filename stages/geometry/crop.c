/* SPDX-License-Identifier: MIT
 * crop: cuts out a box. By position and by the nine points the plan knows it; by attention and
 * entropy only its size, and the pixels tell where. An animation is cut alike in all frames. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "raster.h"

static const struct option crop_options[] = {
    {.name = "size",
     OPT_SIZE(struct crop_options, size),
     .def = "0",
     .min = 1,
     .max = 65500,
     .unit = "px",
     .help = "size of the box, instead of width and height; a free side is the image's"},
    {.name = "width",
     OPT_INT(struct crop_options, width),
     .def = "0",
     .min = 0,
     .max = 65500,
     .unit = "px",
     .help = "width of the box; 0 is the image's"},
    {.name = "height",
     OPT_INT(struct crop_options, height),
     .def = "0",
     .min = 0,
     .max = 65500,
     .unit = "px",
     .help = "height of the box; 0 is the image's"},
    {.name = "aspect",
     OPT_ASPECT(struct crop_options, aspect),
     .def = "",
     .help = "the largest box of this aspect, instead of a size"},
    {.name = "gravity",
     OPT_ENUM(struct crop_options, gravity),
     .def = "centre",
     .names = gravity_names,
     .help = "where the box lies: a point of the compass, the image's focus point, or what draws "
             "attention or holds most detail"},
    {.name = "left",
     OPT_INT(struct crop_options, left),
     .def = "-1",
     .min = -1,
     .max = 65500,
     .unit = "px",
     .help = "left edge of the box; -1 leaves it to the gravity"},
    {.name = "top",
     OPT_INT(struct crop_options, top),
     .def = "-1",
     .min = -1,
     .max = 65500,
     .unit = "px",
     .help = "top edge of the box; -1 leaves it to the gravity"},
    {0},
};

static struct size box_of(const struct crop_options *options)
{
    if (options->size.width || options->size.height) {
        return options->size;
    }
    return (struct size){options->width, options->height};
}

static bool has_aspect(const struct crop_options *options)
{
    return options->aspect.width > 0 && options->aspect.height > 0;
}

static enum status crop_check(const void *fields, struct error *error)
{
    const struct crop_options *options = fields;
    const bool sized = options->size.width || options->size.height;
    const bool sides = options->width || options->height;
    if (sized && sides) {
        return error_set(error, STATUS_USAGE, "'size' and 'width' or 'height' exclude each other");
    }
    if (has_aspect(options) && (sized || sides)) {
        return error_set(error, STATUS_USAGE, "'aspect' and a size exclude each other");
    }
    if (!has_aspect(options) && !sized && !sides) {
        return error_set(error, STATUS_USAGE,
                         "a box is missing: give 'size', 'width', 'height' or 'aspect'");
    }
    return STATUS_OK;
}

static bool by_pixels(const struct crop_options *options, const struct facts *facts)
{
    return options->gravity == GRAVITY_ATTENTION || options->gravity == GRAVITY_ENTROPY ||
           (options->gravity == GRAVITY_FOCUS && !facts->focus_given);
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static int focus_edge(double focus, int side, int box)
{
    return clamp((int)floor(focus * side - box / 2.0 + 0.5), 0, side - box);
}

/* The box in an image of this size; left and top mean nothing where the pixels decide. */
static struct box crop_box(const struct crop_options *options, const struct facts *facts)
{
    const int width = facts->width, height = facts->height;
    struct box box = {0, 0, width, height};
    if (has_aspect(options)) {
        const double across = options->aspect.width, down = options->aspect.height;
        if (width * down > height * across) {
            box.width = clamp(side_scaled(height, across, down), 1, width);
        } else {
            box.height = clamp(side_scaled(width, down, across), 1, height);
        }
    } else {
        const struct size size = box_of(options);
        box.width = size.width ? size.width : width;
        box.height = size.height ? size.height : height;
    }
    const bool focus = options->gravity == GRAVITY_FOCUS && facts->focus_given;
    const int room_x = width - box.width, room_y = height - box.height;
    box.left = options->left >= 0 ? options->left
               : focus            ? focus_edge(facts->focus_x, width, box.width)
                                  : gravity_left(options->gravity, room_x);
    box.top = options->top >= 0 ? options->top
              : focus           ? focus_edge(facts->focus_y, height, box.height)
                                : gravity_top(options->gravity, room_y);
    return box;
}

/* ---- The plan ------------------------------------------------------------------------------- */

static double fraction(double value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

static void focus_follow(const struct facts *in, struct box box, struct facts *out)
{
    if (in->focus_given) {
        out->focus_x = fraction((in->focus_x * in->width - box.left) / box.width);
        out->focus_y = fraction((in->focus_y * in->height - box.top) / box.height);
    }
}

static enum status crop_plain(const struct crop_options *options, struct facts *out,
                              struct choice *choice)
{
    const struct size box = box_of(options);
    if (has_aspect(options) || !box.width || !box.height) {
        choice->skip = "a plain colour";
        return STATUS_OK;
    }
    out->plain = false;
    out->width = box.width;
    out->height = box.height;
    choice->detail = "of a plain colour";
    return STATUS_OK;
}

static enum status plan_words(const struct crop_options *options,
                              const struct plan_context *context, struct box box,
                              struct choice *choice, struct error *error)
{
    if (!choice->measured && (options->left >= 0 || options->top >= 0)) {
        choice->detail = arena_format(context->arena, "%dx%d at %d,%d", box.width, box.height,
                                      box.left, box.top);
    } else {
        const bool focus_unknown = options->gravity == GRAVITY_FOCUS && choice->measured;
        choice->detail =
            arena_format(context->arena, "%dx%d %s", box.width, box.height,
                         focus_unknown ? "attention" : gravity_names[options->gravity]);
    }
    return choice->detail ? STATUS_OK : error_memory(error);
}

static enum status crop_plan(const void *fields, const struct plan_context *context,
                             const struct facts *in, struct facts *out, struct choice *choice,
                             struct error *error)
{
    const struct crop_options *options = fields;
    if (in->plain) {
        return crop_plain(options, out, choice);
    }
    const struct box box = crop_box(options, in);
    if (box.width > in->width || box.height > in->height || box.left > in->width - box.width ||
        box.top > in->height - box.height) {
        return error_set(error, STATUS_REFUSED,
                         "the box of %dx%d px at %d,%d leaves the image of %dx%d px", box.width,
                         box.height, VIPS_MAX(box.left, 0), VIPS_MAX(box.top, 0), in->width,
                         in->height);
    }
    if (box.width == in->width && box.height == in->height && !in->unsized) {
        choice->skip = has_aspect(options) ? "already of this aspect" : "already of this size";
        return STATUS_OK;
    }
    out->width = box.width;
    out->height = box.height;
    choice->measured = by_pixels(options, in) && (options->left < 0 || options->top < 0);
    if (choice->measured) {
        out->focus_given = false;
    } else {
        choice->left = box.left;
        choice->top = box.top;
        focus_follow(in, box, out);
    }
    /* Boxes of one size and place are one step, however they were asked for. */
    choice->identity = !choice->measured                     ? "box"
                       : options->gravity == GRAVITY_ENTROPY ? "entropy"
                                                             : "attention";
    return plan_words(options, context, box, choice, error);
}

/* ---- The run -------------------------------------------------------------------------------- */

static enum status frame_first(VipsImage *in, VipsImage **out, struct error *error)
{
    if (vips_extract_area(in, out, 0, 0, in->Xsize, image_height(in), NULL) != 0) {
        return image_error(error, STATUS_FAILED, "the first frame cannot be taken out");
    }
    return STATUS_OK;
}

/* Where the box lies that draws attention or holds most detail, in the first frame of pixels in
 * memory. */
static enum status box_measure(const struct crop_options *options, VipsImage *in, struct box *box,
                               struct error *error)
{
    const VipsInteresting interesting =
        options->gravity == GRAVITY_ENTROPY ? VIPS_INTERESTING_ENTROPY : VIPS_INTERESTING_ATTENTION;
    VipsImage *first = NULL, *cut = NULL;
    enum status status = frame_first(in, &first, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (vips_smartcrop(first, &cut, box->width, box->height, "interesting", interesting, NULL) !=
        0) {
        status = image_error(error, STATUS_FAILED, "the box cannot be found");
    } else {
        if (options->left < 0) {
            box->left = clamp(-vips_image_get_xoffset(cut), 0, first->Xsize - box->width);
        }
        if (options->top < 0) {
            box->top = clamp(-vips_image_get_yoffset(cut), 0, first->Ysize - box->height);
        }
    }
    image_release(&cut);
    image_release(&first);
    return status;
}

/* The box where only its size was planned, or not even that. */
static struct box box_real(const struct step *step, const VipsImage *in)
{
    const int width = image_width(in), height = image_height(in);
    struct facts facts = step->in;
    struct box box = {0, 0, step->out.width, step->out.height};
    if (step->in.unsized) {
        facts.width = width;
        facts.height = height;
        box = crop_box(step->options, &facts);
    } else {
        const struct scale scale = raster_scale(step, in);
        box.width = side_scaled(box.width, scale.x, 1);
        box.height = side_scaled(box.height, scale.y, 1);
        const struct crop_options *options = step->options;
        box.left = (int)(VIPS_MAX(0, options->left) * scale.x + 0.5);
        box.top = (int)(VIPS_MAX(0, options->top) * scale.y + 0.5);
    }
    box.width = VIPS_MIN(box.width, width);
    box.height = VIPS_MIN(box.height, height);
    box.left = clamp(box.left, 0, width - box.width);
    box.top = clamp(box.top, 0, height - box.height);
    return box;
}

static enum status spread(VipsImage *in, const struct facts *facts, VipsImage **out,
                          struct error *error)
{
    if (vips_embed(in, out, 0, 0, facts->width, facts->height, "extend", VIPS_EXTEND_COPY, NULL) !=
        0) {
        return image_error(error, STATUS_FAILED, "the colour cannot be spread");
    }
    return STATUS_OK;
}

static enum status crop_run(const struct step *step, const struct flow *flow, VipsImage *in,
                            VipsImage **out, struct error *error)
{
    if (step->in.plain) {
        return spread(in, &step->out, out, error);
    }
    if (!step->choice.measured && !step->in.unsized) {
        return box_cut_planned(step, in, out, error);
    }
    struct box box = box_real(step, in);
    VipsImage *pixels = NULL;
    enum status status = image_compute(in, flow, &pixels, error);
    if (status == STATUS_OK && step->choice.measured) {
        status = box_measure(step->options, pixels, &box, error);
    }
    if (status == STATUS_OK) {
        status = box_cut(pixels, box, out, error);
    }
    image_release(&pixels);
    return status;
}

const struct stage stage_crop = {
    .name = "crop",
    .summary = "cut out a box",
    .kind = STAGE_PIXELS,
    .version = 1,
    .wants = WANTS_UPRIGHT,
    .whole_strip = true,
    .options = crop_options,
    .options_size = sizeof(struct crop_options),
    .check = crop_check,
    .plan = crop_plan,
    .need = need_same,
    .run = crop_run,
};
