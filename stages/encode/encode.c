/* SPDX-License-Identifier: MIT
 * The stage `encode`: which format, at which quality, within which bytes. Knows codecs by their
 * table only. */
#include <string.h>

#include "encode.h"
#include "image.h"
#include "quality.h"
#include "search.h"
#include "trial.h"

static const struct codec *const codecs[] = {&codec_jpeg, &codec_png, &codec_webp,
                                             &codec_avif, &codec_jxl, &codec_gif};

const struct codec *codec_find(enum format format)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        if (codecs[i]->format == format) {
            return codecs[i];
        }
    }
    return NULL;
}

bool encode_stopped(const struct flow *flow)
{
    return flow->stop && flow->stop(flow);
}

enum status encode_interrupted(struct error *error)
{
    return error_set(error, STATUS_INTERRUPTED, "interrupted while encoding");
}

/* ---- check -------------------------------------------------------------------------------- */

static bool is_given(const struct quality *quality, enum format format)
{
    return quality_level(quality, format) != LEVEL_NONE || quality->number[format] >= 0;
}

static enum status check_numbers(const char *name, const struct encode_options *options,
                                 const struct quality *quality, struct error *error)
{
    if (quality->bare && options->format.count > 1) {
        return error_set(error, STATUS_USAGE,
                         "'%s' is %g for several formats, whose scales differ: allowed are low, "
                         "medium, high, very-high, lossless, or an object with a number per format",
                         name, quality->number[options->format.list[0]]);
    }
    for (int i = 0; i < options->format.count; i++) {
        const struct codec *codec = codec_find(options->format.list[i]);
        const double number = quality->number[codec->format];
        const char *format = format_info(codec->format)->name;
        if (number >= 0 && codec->highest == 0) {
            return error_set(error, STATUS_USAGE, "'%s' is %g, and %s has no scale of quality",
                             name, number, format);
        }
        if (number >= 0 && (number < codec->lowest || number > codec->highest)) {
            return error_set(error, STATUS_USAGE, "'%s' is %g, outside %g..%g of %s", name, number,
                             codec->lowest, codec->highest, format);
        }
        if (codec->format == FORMAT_JPEG && number < 0 &&
            quality_level(quality, codec->format) == LEVEL_LOSSLESS) {
            return error_set(error, STATUS_USAGE,
                             "'%s' is lossless, which jpeg cannot be: allowed are low, medium, "
                             "high, very-high and %g..%g",
                             name, codec->lowest, codec->highest);
        }
    }
    return STATUS_OK;
}

static double above_all(double quality)
{
    return quality < 0 ? 1000 : quality;
}

static enum status check_floor(const struct encode_options *options, struct error *error)
{
    for (int i = 0; i < options->format.count; i++) {
        const enum format format = options->format.list[i];
        const double top = quality_for(format, &options->quality);
        const double floor = quality_for(format, &options->min_quality);
        if (!is_given(&options->min_quality, format)) {
            continue;
        }
        if (options->max_bytes.count == 0) {
            return error_set(error, STATUS_USAGE,
                             "'min-quality' means nothing without 'max-bytes'");
        }
        if (above_all(floor) > above_all(top)) {
            return error_set(error, STATUS_USAGE,
                             "'min-quality' is above 'quality' for %s: %g, and %g",
                             format_info(format)->name, floor, top);
        }
    }
    return STATUS_OK;
}

static enum status check_codecs(const struct encode_options *options, struct error *error)
{
    for (int i = 0; i < options->format.count; i++) {
        const enum format format = options->format.list[i];
        const struct codec *codec = codec_find(format);
        const char *reason = "";
        if (codec == NULL) {
            return error_set(error, STATUS_USAGE,
                             "'format' is %s: allowed are jpeg, png, webp, avif, jxl and gif",
                             format_info(format)->name);
        }
        if (codec->available && !codec->available(options, &reason)) {
            return error_set(error, STATUS_UNSUPPORTED, "%s", reason);
        }
        if (codec->check && codec->check(options, error) != STATUS_OK) {
            return error_at(error, "/%s", codec->group);
        }
    }
    return STATUS_OK;
}

static enum status encode_check(const void *data, struct error *error)
{
    const struct encode_options *options = data;
    if (options->format.count == 0) {
        return error_set(error, STATUS_USAGE, "'format' is missing");
    }
    enum status status = check_codecs(options, error);
    if (status == STATUS_OK) {
        status = check_numbers("quality", options, &options->quality, error);
    }
    if (status == STATUS_OK) {
        status = check_numbers("min-quality", options, &options->min_quality, error);
    }
    return status == STATUS_OK ? check_floor(options, error) : status;
}

/* ---- plan --------------------------------------------------------------------------------- */

static bool side_fits(enum format format, const struct facts *facts)
{
    const int side = format_info(format)->max_side;
    return facts->width <= side && facts->height <= side;
}

/* The first of the list that can hold the image: its size, its alpha, its frames. When none holds
 * all, frames are given up before alpha, and alpha before the first of the list. */
static enum format choose_format(const struct formats *formats, const struct facts *facts)
{
    enum format alpha = FORMAT_NONE, sized = FORMAT_NONE;
    for (int i = 0; i < formats->count; i++) {
        const enum format format = formats->list[i];
        const struct format_info *info = format_info(format);
        if (!side_fits(format, facts)) {
            continue;
        }
        sized = sized ? sized : format;
        if (!facts->alpha_used || info->alpha) {
            alpha = alpha ? alpha : format;
            if (facts->frames <= 1 || info->frames) {
                return format;
            }
        }
    }
    return alpha ? alpha : sized ? sized : formats->list[0];
}

/* Whether the choice would be another if every pixel were opaque. */
static bool alpha_decides(const struct formats *formats, const struct facts *facts)
{
    struct facts opaque = *facts;
    opaque.alpha_used = false;
    return facts->alpha_used && !facts->alpha_measured &&
           choose_format(formats, facts) != choose_format(formats, &opaque);
}

static unsigned encode_wants(const void *data, const struct facts *in)
{
    const struct encode_options *options = data;
    const enum format format = choose_format(&options->format, in);
    unsigned wants = codec_find(format)->wants;
    if (format == FORMAT_AVIF && options->avif.depth <= 8) {
        wants |= WANTS_8BIT;
    }
    if (format == FORMAT_PNG && options->png.colours > 0) {
        wants |= WANTS_8BIT;
    }
    if (in->alpha && in->alpha_measured && !in->alpha_used) {
        wants |= WANTS_OPAQUE;
    }
    return wants;
}

/* How low max-bytes may go. */
static double floor_quality(const struct encode_options *options, enum format format,
                            double quality)
{
    struct quality low = options->min_quality;
    if (!is_given(&low, format)) {
        low.level = LEVEL_LOW;
    }
    const double floor = quality_for(format, &low);
    return quality >= 0 && floor > quality ? quality : floor;
}

static const char *detail_of(const struct encode_options *options, const struct codec *codec,
                             double quality, struct arena *arena)
{
    struct buffer words = {.limit = 512};
    buffer_text(&words, format_info(codec->format)->name);
    if (quality >= 0) {
        buffer_format(&words, " q%g", quality);
    } else if (codec->highest > 0) {
        buffer_text(&words, " lossless");
    }
    if (options->max_bytes.count > 0) {
        const double floor = floor_quality(options, codec->format, quality);
        if (codec->highest > 0 && floor != quality) {
            buffer_format(&words, "..%g", floor);
        }
        buffer_format(&words, " up to %lld B", (long long)options->max_bytes.count);
    }
    if (codec->words) {
        codec->words(options, quality, &words);
    }
    const char *text = buffer_failed(&words) ? NULL : arena_text(arena, buffer_string(&words));
    buffer_free(&words);
    return text;
}

/* What the bytes depend on: nothing of the other formats of a list. */
static const char *identity_of(const struct encode_options *options, const struct codec *codec,
                               double quality, bool tried, struct arena *arena)
{
    struct buffer words = {.limit = 4096};
    const struct option *group = options_find(encode_table, codec->group);
    const struct value *value = options_value(group->group, options, true, arena);
    buffer_format(&words, "%s %g %s", format_info(codec->format)->name, quality,
                  tried ? TRIAL_NAME " " : "");
    if (options->max_bytes.count > 0) {
        buffer_format(&words, "%g %lld ", floor_quality(options, codec->format, quality),
                      (long long)options->max_bytes.count);
    }
    if (value) {
        value_print(&words, value);
    }
    const char *text =
        value == NULL || buffer_failed(&words) ? NULL : arena_text(arena, buffer_string(&words));
    buffer_free(&words);
    return text;
}

static enum status encode_plan(const void *data, const struct plan_context *context,
                               const struct facts *in, struct facts *out, struct choice *choice,
                               struct error *error)
{
    struct encode_options settled = *(const struct encode_options *)data;
    const struct encode_options *options = &settled;
    const enum format format = choose_format(&options->format, in);
    const struct codec *codec = codec_find(format);
    const struct format_info *info = format_info(format);
    if (!side_fits(format, in)) {
        return error_set(error, STATUS_REFUSED,
                         "a side of %dx%d is too long for %s, which holds at most %d px", in->width,
                         in->height, info->name, info->max_side);
    }
    choice->format = format;
    choice->asked_alpha = alpha_decides(&options->format, in);
    choice->quality = quality_for(format, &options->quality);
    const bool tried = trial_settle(codec, in, &settled, &choice->quality);
    choice->bytes_most = options->max_bytes.count;
    choice->detail = detail_of(options, codec, choice->quality, context->arena);
    choice->identity = identity_of(options, codec, choice->quality, tried, context->arena);
    if (choice->detail == NULL || choice->identity == NULL) {
        return error_memory(error);
    }
    if (in->frames > 1 && !info->frames) {
        choice->warning = arena_format(context->arena, "%s holds one frame: the first of %d",
                                       info->name, in->frames);
        out->frames = 1;
    } else if (in->keep & KEEP_IPTC && format != FORMAT_JPEG) {
        choice->warning = arena_format(context->arena, "%s has no place for iptc", info->name);
    }
    const double encodes = options->max_bytes.count > 0 && codec->highest > 0 ? 3 : 1;
    choice->cost = codec->cost(options, choice->quality) * in->width * in->height * out->frames *
                   encodes / 1e6;
    out->format = format;
    return STATUS_OK;
}

static void encode_identity(const void *data, const struct choice *choice, struct buffer *out)
{
    codec_find(choice->format)->version(data, out);
}

static void encode_versions(const void *data, struct buffer *out)
{
    static const struct encode_options all = {
        .format = {.list = {FORMAT_JPEG, FORMAT_PNG, FORMAT_WEBP, FORMAT_JXL}, .count = 4}};
    const struct encode_options *options = data ? data : &all;
    for (int i = 0; i < options->format.count; i++) {
        codec_find(options->format.list[i])->version(options, out);
        buffer_char(out, '\n');
    }
}

static bool encode_apart(const struct step *step)
{
    return codec_find(step->choice.format)->apart;
}

/* ---- encode ------------------------------------------------------------------------------- */

static enum status encode_once(const void *data, double quality, struct buffer *out,
                               struct error *error)
{
    struct encode_job job = *(const struct encode_job *)data;
    if (encode_stopped(job.flow)) {
        return encode_interrupted(error);
    }
    job.quality = quality;
    return codec_find(job.format)->encode(&job, out, error);
}

static enum status encode_within(const struct encode_job *job, struct buffer *out, double *quality,
                                 struct error *error)
{
    const int64_t limit = job->options->max_bytes.count;
    const struct codec *codec = codec_find(job->format);
    if (limit == 0) {
        *quality = job->quality;
        return encode_once(job, job->quality, out, error);
    }
    const struct search search = {.format = job->format,
                                  .highest = job->quality,
                                  .lowest = floor_quality(job->options, job->format, job->quality),
                                  .top = codec->highest,
                                  .limit = (size_t)limit,
                                  .pixels = (double)job->pixels->width * job->pixels->height *
                                            job->pixels->frames,
                                  .encode = encode_once,
                                  .data = job};
    return search_quality(&search, out, quality, error);
}

/* The planner saw to it; a codec that read rows of another shape would read past them. */
static enum status check_pixels(const struct codec *codec, const struct pixels *pixels,
                                struct error *error)
{
    const bool deep = codec->wants & WANTS_8BIT && pixels->depth != 1;
    const bool clear = codec->wants & WANTS_OPAQUE && pixels->bands % 2 == 0;
    if (deep || clear) {
        return error_set(error, STATUS_BUG, "an image with %d bands of %d bits cannot be written",
                         pixels->bands, pixels->depth * 8);
    }
    return STATUS_OK;
}

/* An effort that is `auto` becomes a number, by the rule of the plan or by a trial. */
static enum status encode_settle(struct encode_job *job, const struct step *step,
                                 struct encode_options *settled, struct error *error)
{
    double quality = quality_for(job->format, &job->options->quality);
    *settled = *job->options;
    if (trial_settle(codec_find(job->format), &step->in, settled, &quality)) {
        char words[FLOW_WORDS] = "";
        quality = job->quality;
        if (trial_choose(job, step, settled, &quality, words, error) != STATUS_OK) {
            return error->status;
        }
        if (job->flow->chosen) {
            memcpy(job->flow->chosen, words, sizeof words);
        }
        job->quality = quality;
    }
    job->options = settled;
    return STATUS_OK;
}

static enum status encode_encode(const struct step *step, const struct flow *flow, VipsImage *in,
                                 struct buffer *out, struct error *error)
{
    const enum format format = step->choice.format;
    struct pixels pixels = {0};
    struct attachments attachments = {0};
    double quality = step->choice.quality;
    const size_t before = out->size;
    enum status status = pixels_take(in, step->out.frames, &pixels, error);
    if (status == STATUS_OK) {
        status = check_pixels(codec_find(format), &pixels, error);
    }
    if (status == STATUS_OK) {
        status = attachments_collect(step, flow, pixels.image, &attachments, error);
    }
    if (status == STATUS_OK) {
        struct encode_options settled;
        struct encode_job job = {.options = step->options,
                                 .pixels = &pixels,
                                 .attachments = &attachments,
                                 .flow = flow,
                                 .format = format,
                                 .quality = quality,
                                 .fine = quality_is_fine(format, quality)};
        status = encode_settle(&job, step, &settled, error);
        if (status == STATUS_OK) {
            status = encode_within(&job, out, &quality, error);
        }
    }
    if (status == STATUS_OK && flow->quality_used) {
        *flow->quality_used = quality;
    }
    attachments_release(&attachments);
    pixels_release(&pixels);
    if (status != STATUS_OK) {
        out->size = before;
        return error_at(error, "encode %s", format_info(format)->name);
    }
    return STATUS_OK;
}

const struct stage stage_encode = {
    .name = "encode",
    .summary = "write the image in a format, at a quality or within a number of bytes",
    .kind = STAGE_ENCODE,
    .version = 1,
    .wants = WANTS_UPRIGHT | WANTS_RGB,
    .whole_strip = true,
    .options = encode_table,
    .options_size = sizeof(struct encode_options),
    .check = encode_check,
    .wants_of = encode_wants,
    .plan = encode_plan,
    .identity = encode_identity,
    .versions = encode_versions,
    .apart = encode_apart,
    .encode = encode_encode,
};
