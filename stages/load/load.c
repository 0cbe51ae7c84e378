/* SPDX-License-Identifier: MIT
 * load: what a source holds, and whether it may be decoded at all. Everything is decided from our
 * own walk over the container; no decoder is asked. */
#include "load.h"

#include <math.h>
#include <vips/vips.h>

#include "exif.h"
#include "memory.h"
#include "profile.h"
#include "sniff.h"
#include "walk.h"

static const char *const fail_on_names[] = {"none", "truncated", "error", "warning", NULL};
static const char *const frames_names[] = {"first", "all", NULL};

static const struct option load_options[] = {
    {.name = "fail-on",
     OPT_ENUM(struct load_options, fail_on),
     .def = "warning",
     .names = fail_on_names,
     .help =
         "what makes a damaged image an error: nothing, an early end, what the decoder calls an "
         "error, or its warnings too"},
    {.name = "frames",
     OPT_ENUM(struct load_options, frames),
     .def = "first",
     .names = frames_names,
     .help = "of an animation: one frame, or all of them"},
    {.name = "page",
     OPT_INT(struct load_options, page),
     .def = "0",
     .min = 0,
     .max = 1000000,
     .help = "which frame of an animation is taken as the first one, counted from 0"},
    {0}};

int load_page(const struct load_options *options, const struct facts *in)
{
    return options->page < in->frames ? options->page : in->frames - 1;
}

int load_shrink(const struct facts *facts, double scale)
{
    if ((facts->format != FORMAT_JPEG && facts->format != FORMAT_WEBP) || facts->frames > 1) {
        return 1;
    }
    for (int shrink = 8; shrink > 1; shrink /= 2) {
        int width = (facts->width + shrink - 1) / shrink;
        int height = (facts->height + shrink - 1) / shrink;
        /* libvips aborts where a side shrinks to nothing before it is rounded up */
        bool whole = facts->width >= shrink && facts->height >= shrink;
        if (whole && width >= scale * facts->width && height >= scale * facts->height) {
            return shrink;
        }
    }
    return 1;
}

static double load_need(const struct step *step, double after)
{
    return 1.0 / load_shrink(&step->in, after);
}

static enum status load_plan(const void *options_, const struct plan_context *context,
                             const struct facts *in, struct facts *out, struct choice *choice,
                             struct error *error)
{
    const struct load_options *options = options_;
    const struct container *container = context->source ? &context->source->container : NULL;
    if (container && container->animated) {
        choice->warning = "an animated PNG becomes a still: its motion is not read";
    }
    if (container && container->icc_damaged) {
        choice->warning = "the embedded ICC profile is damaged and not used";
    }
    if (in->plain || in->frames <= 1) {
        return STATUS_OK;
    }
    if (options->frames == FRAMES_ALL) {
        choice->detail = "all frames";
        return STATUS_OK;
    }
    int page = load_page(options, in);
    out->frames = 1;
    choice->detail = arena_format(context->arena, "frame %d of %d", page + 1, in->frames);
    if (page != options->page) {
        choice->warning =
            arena_format(context->arena, "'page' is %d, the last frame is %d", options->page, page);
        return choice->warning ? STATUS_OK : error_memory(error);
    }
    if (options->page == 0 && !choice->warning) {
        choice->warning = "an animation becomes a still";
    }
    return choice->detail ? STATUS_OK : error_memory(error);
}

/* ---- Probing -------------------------------------------------------------------------------- */

/* libheif before the versions that libvips 8.18.4 came with writes outside its memory for crafted
 * files (CVE-2026-32740 and others). */
static enum status check_avif(struct error *error)
{
    int version = vips_version(0) * 1000000 + vips_version(1) * 1000 + vips_version(2);
    if (version >= 8018004) {
        return STATUS_OK;
    }
    return error_set(
        error, STATUS_UNSUPPORTED,
        "holds an AVIF image; reading it safely needs libvips 8.18.4, this is %d.%d.%d",
        vips_version(0), vips_version(1), vips_version(2));
}

static enum status walk_format(struct walk *walk, const char *words, struct error *error)
{
    switch (walk->source->container.format) {
    case FORMAT_JPEG:
        return walk_jpeg(walk, error);
    case FORMAT_PNG:
        return walk_png(walk, error);
    case FORMAT_WEBP:
        return walk_webp(walk, error);
    case FORMAT_GIF:
        return walk_gif(walk, error);
    case FORMAT_AVIF:
        return walk_avif(walk, error);
    default:
        return error_set(error, STATUS_UNSUPPORTED,
                         "holds %s; picset reads JPEG, PNG, WebP, GIF and AVIF", words);
    }
}

/* A profile for another kind of pixels than the image's is as good as none. */
static enum space space_of(const struct walk *walk, enum profile_kind kind, bool *fits)
{
    *fits = false;
    switch (walk->model) {
    case MODEL_GREY:
        *fits = kind == PROFILE_GREY;
        return SPACE_GREY;
    case MODEL_CMYK:
        *fits = kind == PROFILE_CMYK;
        return SPACE_CMYK;
    case MODEL_RGB:
        break;
    }
    *fits = kind == PROFILE_SRGB || kind == PROFILE_P3 || kind == PROFILE_RGB;
    return kind == PROFILE_P3 ? SPACE_P3 : kind == PROFILE_RGB ? SPACE_PROFILE : SPACE_SRGB;
}

static void fill_facts(struct walk *walk, struct facts *facts)
{
    struct container *container = &walk->source->container;
    bool fits = false;
    enum space space = space_of(walk, profile_kind(container->icc), &fits);
    if (container->icc.bytes && !fits) {
        container->icc = (struct span){0};
        container->icc_damaged = true;
    }
    /* AVIF's turns are the decoder's affair; its EXIF says what was before them */
    bool upright = container->format == FORMAT_AVIF;
    container->orientation = upright ? 1 : exif_orientation(container->exif);
    *facts = (struct facts){
        .width = container->width,
        .height = container->height,
        .frames = container->frames,
        .bands = walk->bands,
        .alpha = walk->alpha,
        .alpha_used = walk->alpha,
        .bits = walk->bits,
        .space = space,
        .profile = fits,
        .icc = fits ? hash_bytes(container->icc.bytes, container->icc.size) : (struct hash){0},
        .orientation = container->orientation,
        .format = container->format,
    };
}

static enum status own_bytes(struct source *source, struct error *error)
{
    if (source->borrowed) {
        uint8_t *copy = memory_copy(source->bytes, source->size);
        if (!copy) {
            return error_memory(error);
        }
        source->bytes = copy;
        source->borrowed = false;
    }
    return STATUS_OK;
}

static enum status load_probe(struct source *source, const struct limits *limits,
                              struct facts *facts, struct error *error)
{
    const char *words = NULL;
    if (own_bytes(source, error) != STATUS_OK) {
        return error->status;
    }
    source_forget(source);
    struct walk walk = {.source = source, .span = {source->bytes, source->size}, .limits = limits};
    source->container.format = sniff(walk.span, &words);
    source->container.frames = 1;
    source->container.orientation = 1;
    if (walk_format(&walk, words, error) != STATUS_OK) {
        return error->status;
    }
    fill_facts(&walk, facts);
    return source->container.format == FORMAT_AVIF ? check_avif(error) : STATUS_OK;
}

/* libheif's decoder has threads of its own. */
static bool load_apart(const struct step *step)
{
    return step->in.format == FORMAT_AVIF || step->out.format == FORMAT_AVIF;
}

const struct stage stage_load = {
    .name = "load",
    .summary = "decode the source: JPEG, PNG, WebP, GIF or AVIF, by its content",
    .kind = STAGE_LOAD,
    .version = 1,
    .options = load_options,
    .options_size = sizeof(struct load_options),
    .plan = load_plan,
    .need = load_need,
    .probe = load_probe,
    .apart = load_apart,
    .run = load_run,
};
