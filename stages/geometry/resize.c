/* SPDX-License-Identifier: MIT
 * resize: scales the image into a box. Sizes are decided in the plan, and only there: sides are
 * rounded to the nearest pixel, halves up, at least 1; the side that limits is exactly the box's.
 * `cover` and `contain` replace themselves by crop or pad and a plain resize. */
#include <math.h>

#include "geometry.h"
#include "image.h"
#include "raster.h"
#include "resize_alpha.h"
#include "resize_bytes.h"
#include "text.h"

enum kernel {
    KERNEL_NEAREST,
    KERNEL_LINEAR,
    KERNEL_CUBIC,
    KERNEL_MITCHELL,
    KERNEL_LANCZOS2,
    KERNEL_LANCZOS3
};

static const char *const fit_names[] = {"inside", "outside", "cover", "contain", "fill", NULL};
static const char *const kernel_names[] = {"nearest",  "linear",   "cubic", "mitchell",
                                           "lanczos2", "lanczos3", NULL};
static const char *const enlarge_names[] = {"clamp", "drop", "allow", "refuse", NULL};

static const struct option resize_options[] = {
    {.name = "size",
     OPT_SIZE(struct resize_options, size),
     .def = "0",
     .min = 1,
     .max = 65500,
     .unit = "px",
     .help =
         "the box, instead of width and height; one number is a square, with inside the long edge"},
    {.name = "width",
     OPT_INT(struct resize_options, width),
     .def = "0",
     .min = 0,
     .max = 65500,
     .unit = "px",
     .help = "width of the box; 0 follows the height"},
    {.name = "height",
     OPT_INT(struct resize_options, height),
     .def = "0",
     .min = 0,
     .max = 65500,
     .unit = "px",
     .help = "height of the box; 0 follows the width"},
    {.name = "scale",
     OPT_RATIO(struct resize_options, scale),
     .def = "0",
     .min = 0,
     .max = 100,
     .help = "scale of the image as it comes in; counts where no box is given"},
    {.name = "fit",
     OPT_ENUM(struct resize_options, fit),
     .def = "inside",
     .names = fit_names,
     .help =
         "how the image meets the box: inside and outside keep its aspect, cover crops, contain "
         "pads, fill stretches"},
    {.name = "enlarge",
     OPT_ENUM(struct resize_options, enlarge),
     .def = "clamp",
     .names = enlarge_names,
     .help =
         "where the image is smaller than the box: clamp keeps its size, drop leaves the output "
         "out, allow enlarges, refuse is an error"},
    {.name = "kernel",
     OPT_ENUM(struct resize_options, kernel),
     .def = "lanczos3",
     .names = kernel_names,
     .help = "how neighbouring pixels are weighted; lanczos3 is the sharpest"},
    {.name = "linear",
     OPT_BOOL(struct resize_options, linear),
     .def = "false",
     .help = "scale in linear light: slower, truer for fine bright detail on dark"},
    {.name = "gravity",
     OPT_ENUM(struct resize_options, gravity),
     .def = "centre",
     .names = gravity_names,
     .help = "with cover the part that is kept, with contain where the image stands"},
    {.name = "background",
     OPT_COLOUR(struct resize_options, background),
     .def = "transparent",
     .help = "with contain the colour around the image"},
    {.name = "content",
     OPT_RATIO(struct resize_options, content),
     .def = "1",
     .min = 0.001,
     .max = 1,
     .help = "with contain the share of the box that the image takes at most: a safe zone"},
    {.name = "fill",
     OPT_ENUM(struct resize_options, fill),
     .def = "colour",
     .names = fill_names,
     .help = "with contain what is around the image: the background's colour, or the image itself, "
             "enlarged and blurred"},
    {0},
};

static bool has_box(const struct resize_options *options)
{
    return options->size.width || options->size.height || options->width || options->height;
}

static struct size box_of(const struct resize_options *options)
{
    if (options->size.width || options->size.height) {
        return options->size;
    }
    return (struct size){options->width, options->height};
}

static enum status resize_check(const void *fields, struct error *error)
{
    const struct resize_options *options = fields;
    if ((options->size.width || options->size.height) && (options->width || options->height)) {
        return error_set(error, STATUS_USAGE, "'size' and 'width' or 'height' exclude each other");
    }
    if (!has_box(options) && options->scale.value == 0) {
        return error_set(error, STATUS_USAGE,
                         "a box is missing: give 'size', 'width', 'height' or 'scale'");
    }
    if (options->content.value < 1 && options->fit != FIT_CONTAIN) {
        return error_set(error, STATUS_USAGE, "'content' leaves a margin: it wants 'fit' contain");
    }
    return STATUS_OK;
}

/* The side of the safe zone in a side of the box: whole pixels, and no more on one side of it than
 * on the other, so that what stands in the middle leaves it on neither. */
static int side_safe(const struct resize_options *options, int side)
{
    const double exact = side * options->content.value;
    const int safe = VIPS_MAX(1, (int)floor(exact + 1e-9 * exact));
    const bool middle = options->gravity == GRAVITY_CENTRE || options->gravity > GRAVITY_SOUTH_EAST;
    return middle && safe > 1 && (side - safe) % 2 != 0 ? safe - 1 : safe;
}

static enum status resize_expand(const void *fields, const struct plan_context *context,
                                 const struct facts *in, struct expansion *out, struct error *error)
{
    const struct resize_options *options = fields;
    const struct size box = box_of(options);
    const bool covers = options->fit == FIT_COVER, contains = options->fit == FIT_CONTAIN;
    if (in->plain || !box.width || !box.height || (!covers && !contains)) {
        return STATUS_OK;
    }
    struct resize_options *resize = arena_alloc(context->arena, sizeof *resize);
    struct crop_options *crop = arena_alloc(context->arena, sizeof *crop);
    struct pad_options *pad = arena_alloc(context->arena, sizeof *pad);
    if (!resize || !crop || !pad) {
        return error_memory(error);
    }
    *resize = *options;
    resize->fit = covers ? FIT_FILL : FIT_INSIDE;
    if (options->content.value < 1) {
        resize->size = (struct size){side_safe(options, box.width), side_safe(options, box.height)};
        resize->width = resize->height = 0;
    }
    *crop = (struct crop_options){
        .aspect = {box.width, box.height}, .gravity = options->gravity, .left = -1, .top = -1};
    *pad = (struct pad_options){.size = box,
                                .colour = options->background,
                                .fill = options->fill,
                                .gravity = options->gravity};
    out->parts[out->count].stage = covers ? &stage_crop : &stage_resize;
    out->parts[out->count++].options = covers ? (const void *)crop : resize;
    out->parts[out->count].stage = covers ? &stage_resize : &stage_pad;
    out->parts[out->count++].options = covers ? (const void *)resize : pad;
    return STATUS_OK;
}

/* ---- The size ------------------------------------------------------------------------------- */

/* The size that is asked for, whether it enlarges or not. */
static struct size size_asked(const struct resize_options *options, int width, int height)
{
    const struct size box = box_of(options);
    if (!has_box(options)) {
        return (struct size){side_scaled(width, options->scale.value, 1),
                             side_scaled(height, options->scale.value, 1)};
    }
    if (box.width && box.height && options->fit == FIT_FILL) {
        return box;
    }
    const bool wide = (double)box.width * height <= (double)box.height * width;
    const bool by_width =
        !box.height || (box.width && (options->fit == FIT_OUTSIDE ? !wide : wide));
    if (by_width) {
        return (struct size){box.width, side_scaled(height, box.width, width)};
    }
    return (struct size){side_scaled(width, box.height, height), box.height};
}

/* How many times larger than the image, over 1 where it would enlarge. */
static double enlargement(struct size size, int width, int height)
{
    return fmax((double)size.width / width, (double)size.height / height);
}

/* The largest size of the asked aspect that enlarges nothing. */
static struct size size_clamped(const struct resize_options *options, struct size asked, int width,
                                int height)
{
    if (options->fit != FIT_FILL || !box_of(options).width || !box_of(options).height) {
        return (struct size){width, height};
    }
    if ((double)asked.width * height >= (double)asked.height * width) {
        return (struct size){width,
                             VIPS_MIN(height, side_scaled(asked.height, width, asked.width))};
    }
    return (struct size){VIPS_MIN(width, side_scaled(asked.width, height, asked.height)), height};
}

static struct size size_of(const struct resize_options *options, int width, int height)
{
    const struct size asked = size_asked(options, width, height);
    const bool enlarges = enlargement(asked, width, height) > 1;
    return enlarges && options->enlarge == ENLARGE_CLAMP
               ? size_clamped(options, asked, width, height)
               : asked;
}

/* ---- The plan ------------------------------------------------------------------------------- */

static unsigned resize_wants(const void *fields, const struct facts *in)
{
    const struct resize_options *options = fields;
    (void)in;
    return options->linear ? WANTS_RGB : 0;
}

static const char *times_words(struct arena *arena, const char *what, double times)
{
    struct buffer words = {0};
    buffer_format(&words, "%s ", what);
    text_times(&words, times);
    buffer_text(&words, " times");
    const char *text = buffer_failed(&words) ? NULL : arena_text(arena, buffer_string(&words));
    buffer_free(&words);
    return text;
}

static enum status plan_enlargement(const struct resize_options *options, struct size asked,
                                    const struct plan_context *context, const struct facts *in,
                                    struct choice *choice, struct error *error)
{
    const double times = enlargement(asked, in->width, in->height);
    if (times <= 1) {
        return STATUS_OK;
    }
    switch ((enum resize_enlarge)options->enlarge) {
    case ENLARGE_CLAMP:
        choice->clamped = true;
        return STATUS_OK;
    case ENLARGE_DROP:
        choice->drop = times_words(context->arena, "would enlarge", times);
        return choice->drop ? STATUS_OK : error_memory(error);
    case ENLARGE_ALLOW:
        choice->enlarged = times;
        choice->warning = times_words(context->arena, "enlarged", times);
        return choice->warning ? STATUS_OK : error_memory(error);
    case ENLARGE_REFUSE:
        break;
    }
    return error_set(error, STATUS_REFUSED,
                     "%dx%d px would enlarge the image of %dx%d px %.3g times: 'enlarge' is refuse",
                     asked.width, asked.height, in->width, in->height, times);
}

static const char *family_of(const struct resize_options *options, bool enlarges)
{
    if (options->kernel == KERNEL_NEAREST || enlarges) {
        return NULL;
    }
    return options->linear ? "linear light" : "sharp";
}

static enum status plan_plain(const struct resize_options *options, struct facts *out,
                              struct error *error)
{
    const struct size box = box_of(options);
    if (!has_box(options)) {
        return error_set(error, STATUS_USAGE,
                         "a plain colour has no size that 'scale' could change");
    }
    out->width = box.width ? box.width : box.height;
    out->height = box.height ? box.height : box.width;
    out->plain = false;
    return STATUS_OK;
}

static enum status resize_plan(const void *fields, const struct plan_context *context,
                               const struct facts *in, struct facts *out, struct choice *choice,
                               struct error *error)
{
    const struct resize_options *options = fields;
    enum status status;
    if (in->plain) {
        status = plan_plain(options, out, error);
    } else {
        const struct size asked = size_asked(options, in->width, in->height);
        const struct size size = size_of(options, in->width, in->height);
        out->width = size.width;
        out->height = size.height;
        choice->family = family_of(options, size.width > in->width || size.height > in->height);
        status = plan_enlargement(options, asked, context, in, choice, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const int side = VIPS_MAX(out->width, out->height);
    if (!choice->drop && side > context->limits->side) {
        return error_set(error, STATUS_REFUSED, "%dx%d px is over the limit of %lld px a side",
                         out->width, out->height, (long long)context->limits->side);
    }
    if (!in->plain && !in->unsized && out->width == in->width && out->height == in->height) {
        choice->skip =
            arena_format(context->arena, "%s %dx%d", choice->clamped ? "not enlarged:" : "already",
                         in->width, in->height);
        return choice->skip ? STATUS_OK : error_memory(error);
    }
    choice->identity = arena_format(context->arena, "%s%s", kernel_names[options->kernel],
                                    options->linear ? " linear light" : "");
    choice->detail =
        arena_format(context->arena, "%dx%d%s%s%s", out->width, out->height,
                     options->kernel == KERNEL_LANCZOS3 ? "" : " ",
                     options->kernel == KERNEL_LANCZOS3 ? "" : kernel_names[options->kernel],
                     options->linear ? " in linear light" : "");
    return choice->detail && choice->identity ? STATUS_OK : error_memory(error);
}

static double resize_need(const struct step *step, double after)
{
    if (step->choice.skip || step->in.plain) {
        return after;
    }
    const double scale =
        fmax((double)step->out.width / step->in.width, (double)step->out.height / step->in.height);
    /* Twice what is kept: less costs 10 to 20 points of SSIMULACRA2, more gains two. */
    return fmin(1, 2 * scale * after);
}

/* ---- The run -------------------------------------------------------------------------------- */

static const VipsKernel kernels[] = {VIPS_KERNEL_NEAREST,  VIPS_KERNEL_LINEAR,
                                     VIPS_KERNEL_CUBIC,    VIPS_KERNEL_MITCHELL,
                                     VIPS_KERNEL_LANCZOS2, VIPS_KERNEL_LANCZOS3};

/* What is scaled to what: the sides of the picture need not be whole, where a decoder shrank it. */
struct scaling {
    double width, height; /* px of the picture in the image, within half a pixel of its sides */
    struct size size;     /* to which */
    VipsKernel kernel;
};

/* libvips' sums of whole numbers lose what each weight was rounded by: white of 16 bits made
 * smaller 25 times was 1.2 % darker. Its sums of floats do not. */
static enum status sums_of(VipsImage *in, const struct scaling *to, VipsImage **out,
                           struct error *error)
{
    const bool smaller = to->size.width < to->width || to->size.height < to->height;
    if (!smaller || to->kernel == VIPS_KERNEL_NEAREST || vips_band_format_isfloat(in->BandFmt)) {
        *out = image_share(in);
        return STATUS_OK;
    }
    return vips_cast_float(in, out, NULL) == 0
               ? STATUS_OK
               : image_error(error, STATUS_FAILED, "the image cannot be scaled");
}

/* Back to the samples of `model`, to the nearest one within their range. */
static enum status samples_of(VipsImage *sums, const VipsImage *model, VipsImage **out,
                              struct error *error)
{
    VipsImage *nearest = NULL;
    if (sums->BandFmt == model->BandFmt) {
        *out = image_share(sums);
        return STATUS_OK;
    }
    const bool failed = vips_round(sums, &nearest, VIPS_OPERATION_ROUND_RINT, NULL) != 0 ||
                        vips_cast(nearest, out, model->BandFmt, NULL) != 0;
    image_release(&nearest);
    return failed ? image_error(error, STATUS_FAILED, "the image cannot be scaled") : STATUS_OK;
}

/* libvips can shrink by a box before the kernel, to `gap` times the size: from 8 times on it saves
 * up to nine tenths, stays within 51 dB, and the kernel keeps within what libvips can weigh. */
static enum status scale_to(VipsImage *in, const struct scaling *to, VipsImage **out,
                            struct error *error)
{
    const struct size size = to->size;
    VipsImage *sums = NULL, *scaled = NULL, *samples = NULL;
    enum status status = sums_of(in, to, &sums, error);
    if (status == STATUS_OK &&
        vips_resize(sums, &scaled, size.width / to->width, "vscale", size.height / to->height,
                    "kernel", to->kernel, "gap", 4.0, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "the image cannot be scaled");
    }
    if (status == STATUS_OK) {
        status = samples_of(scaled, in, &samples, error);
    }
    /* Halves may fall either way. */
    if (status == STATUS_OK &&
        vips_embed(samples, out, 0, 0, size.width, size.height, "extend", VIPS_EXTEND_COPY, NULL)) {
        status = image_error(error, STATUS_FAILED, "the image cannot be scaled");
    }
    image_release(&sums);
    image_release(&scaled);
    image_release(&samples);
    return status;
}

static enum status scale_alpha(VipsImage *in, const struct scaling *to, VipsImage **out,
                               struct error *error)
{
    VipsImage *multiplied = NULL, *scaled = NULL;
    if (to->kernel == VIPS_KERNEL_LANCZOS3 &&
        resize_alpha_fits(in, to->width, to->height, to->size)) {
        return resize_alpha(in, to->width, to->height, to->size, out, error);
    }
    enum status status = raster_premultiply(in, &multiplied, error);
    if (status == STATUS_OK) {
        status = scale_to(multiplied, to, &scaled, error);
    }
    if (status == STATUS_OK) {
        status = raster_unpremultiply(scaled, in, out, error);
    }
    image_release(&scaled);
    image_release(&multiplied);
    return status;
}

/* Linear light in float, with alpha, the last band, multiplied in; alpha stays in its own unit,
 * since libvips takes alpha under 0.01 for none. */
static enum status scale_linear(VipsImage *in, const struct scaling *to, bool alpha,
                                VipsImage **out, struct error *error)
{
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 10);
    const int colours = in->Bands - (alpha ? 1 : 0);
    enum status status = STATUS_OK;
    /* The curve of sRGB is that of Display P3 and of grey, too: only the curve is undone. */
    if (vips_extract_band(in, &t[0], 0, "n", colours, NULL) != 0 ||
        vips_colourspace(t[0], &t[1], VIPS_INTERPRETATION_scRGB, NULL) != 0 ||
        (alpha && vips_extract_band(in, &t[2], colours, NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "linear light cannot be made");
        goto out;
    }
    if (!alpha) {
        status = scale_to(t[1], to, &t[6], error);
    } else if (vips_bandjoin2(t[1], t[2], &t[4], NULL) != 0 ||
               vips_premultiply(t[4], &t[5], "max_alpha", raster_max(in), NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "alpha cannot be multiplied in");
    } else {
        status = scale_to(t[5], to, &t[7], error);
        if (status == STATUS_OK &&
            vips_unpremultiply(t[7], &t[6], "max_alpha", raster_max(in), NULL) != 0) {
            status = image_error(error, STATUS_FAILED, "alpha cannot be divided out");
        }
    }
out:
    if (status == STATUS_OK) {
        *out = image_share(t[6]);
    }
    g_object_unref(scope);
    return status;
}

/* From scRGB, alpha last, back to the depth and bands of `model`. */
static enum status linear_back(VipsImage *in, const VipsImage *model, bool alpha, VipsImage **out,
                               struct error *error)
{
    VipsImage *scope = vips_image_new();
    VipsImage **t = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 8);
    const bool grey = model->Bands <= 2;
    const bool deep = model->BandFmt == VIPS_FORMAT_USHORT;
    const VipsInterpretation rgb = deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    enum status status = STATUS_OK;
    if (vips_extract_band(in, &t[0], 0, "n", 3, NULL) != 0 ||
        vips_copy(t[0], &t[1], "interpretation", VIPS_INTERPRETATION_scRGB, NULL) != 0 ||
        vips_colourspace(t[1], &t[2], rgb, NULL) != 0 ||
        vips_extract_band(t[2], &t[3], 0, "n", grey ? 1 : 3, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "linear light cannot be undone");
    } else if (alpha && (vips_extract_band(in, &t[4], 3, NULL) != 0 ||
                         vips_linear1(t[4], &t[5], 1, 0.5, NULL) != 0 ||
                         vips_cast(t[5], &t[6], model->BandFmt, NULL) != 0 ||
                         vips_bandjoin2(t[3], t[6], &t[7], NULL) != 0)) {
        status = image_error(error, STATUS_FAILED, "alpha cannot be put back");
    } else if (vips_copy(alpha ? t[7] : t[3], out, "interpretation", model->Type, NULL) != 0) {
        status = image_error(error, STATUS_FAILED, "linear light cannot be undone");
    }
    g_object_unref(scope);
    return status;
}

static enum status fill_plain(VipsImage *in, struct size size, VipsImage **out, struct error *error)
{
    VipsImage *pixel = NULL;
    if (vips_extract_area(in, &pixel, 0, 0, 1, 1, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "the colour cannot be spread");
    }
    const int failed =
        vips_embed(pixel, out, 0, 0, size.width, size.height, "extend", VIPS_EXTEND_COPY, NULL);
    image_release(&pixel);
    return failed ? image_error(error, STATUS_FAILED, "the colour cannot be spread") : STATUS_OK;
}

/* The image with whole sides nearest to those of the picture, and the picture in its middle, where
 * libvips looks for it. A decoder that shrinks by 2, 4 or 8 adds or drops a part of a pixel on the
 * right and below: 3750 px at 1/8 come as 468 of 468.75 px, and stretching them cost 8 dB. */
static enum status picture_of(const struct step *step, VipsImage *in, struct scaling *to,
                              VipsImage **out, struct error *error)
{
    const struct scale scale = raster_scale(step, in);
    to->width = step->in.width * scale.x;
    to->height = step->in.height * scale.y;
    const int width = side_scaled(step->in.width, scale.x, 1);
    const int height = side_scaled(step->in.height, scale.y, 1);
    VipsImage *whole = NULL;
    if (width == in->Xsize && height == in->Ysize) {
        whole = image_share(in);
    } else if (vips_embed(in, &whole, 0, 0, width, height, "extend", VIPS_EXTEND_COPY, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "the image cannot be scaled");
    }
    const enum status status =
        raster_move(whole, (width - to->width) / 2, (height - to->height) / 2, out, error);
    image_release(&whole);
    return status;
}

static enum status scale_picture(const struct step *step, const struct flow *flow,
                                 VipsImage *picture, const struct scaling *to, VipsImage **out,
                                 struct error *error)
{
    const struct resize_options *options = step->options;
    if (!options->linear && step->in.alpha && step->in.alpha_used) {
        return scale_alpha(picture, to, out, error);
    }
    if (!options->linear) {
        return to->kernel == VIPS_KERNEL_LANCZOS3 &&
                       resize_bytes_fits(picture, to->width, to->height, to->size)
                   ? resize_bytes(flow, picture, to->width, to->height, to->size, out, error)
                   : scale_to(picture, to, out, error);
    }
    VipsImage *scaled = NULL;
    enum status status = scale_linear(picture, to, step->in.alpha, &scaled, error);
    if (status == STATUS_OK) {
        status = linear_back(scaled, picture, step->in.alpha, out, error);
    }
    image_release(&scaled);
    return status;
}

static enum status resize_run(const struct step *step, const struct flow *flow, VipsImage *in,
                              VipsImage **out, struct error *error)
{
    const struct resize_options *options = step->options;
    struct scaling to = {.size = {step->out.width, step->out.height},
                         .kernel = kernels[options->kernel]};
    if (step->in.plain) {
        return fill_plain(in, to.size, out, error);
    }
    if (step->in.unsized) {
        to.size = size_of(options, in->Xsize, in->Ysize);
    }
    VipsImage *picture = NULL;
    enum status status = picture_of(step, in, &to, &picture, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (picture->Xsize == to.size.width && picture->Ysize == to.size.height) {
        *out = picture;
        return STATUS_OK;
    }
    status = scale_picture(step, flow, picture, &to, out, error);
    image_release(&picture);
    return status;
}

const struct stage stage_resize = {
    .name = "resize",
    .summary = "scale the image into a box",
    .kind = STAGE_PIXELS,
    .version = 4,
    .wants = WANTS_UPRIGHT,
    .scales = true,
    .options = resize_options,
    .options_size = sizeof(struct resize_options),
    .check = resize_check,
    .expand = resize_expand,
    .wants_of = resize_wants,
    .plan = resize_plan,
    .need = resize_need,
    .run = resize_run,
};
