/* SPDX-License-Identifier: MIT
 * The emitter `picture`: HTML that lets a browser choose among the renditions of an image. From the
 * records alone; knows neither pixels nor files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "text.h"

enum loading { LOADING_LAZY, LOADING_EAGER };
enum decoding { DECODING_ASYNC, DECODING_SYNC, DECODING_AUTO };
enum priority { PRIORITY_AUTO, PRIORITY_HIGH, PRIORITY_LOW };
enum standing { STANDING_STYLE, STANDING_DATA, STANDING_COLOUR, STANDING_NONE };
enum role { ROLE_IMAGE, ROLE_PLACEHOLDER };

static const char *const loading_names[] = {"lazy", "eager", NULL};
static const char *const decoding_names[] = {"async", "sync", "auto", NULL};
static const char *const priority_names[] = {"auto", "high", "low", NULL};
static const char *const standing_names[] = {"style", "data", "colour", "none", NULL};
static const char *const role_names[] = {"image", "placeholder", NULL};

struct picture_options {
    const char *path, *base, *class;
    int loading, decoding, priority, placeholder;
    int fallback_width;
};

static const struct option picture_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct picture_options, path),
     .def = "",
     .help = "where the file is written, below the output folder"},
    {.name = "base",
     OPT_TEXT(struct picture_options, base),
     .def = "",
     .help = "what stands for the output folder in URLs; empty: URLs are relative to the file"},
    {.name = "class",
     OPT_TEXT(struct picture_options, class),
     .def = "",
     .help = "class attribute of the <img>"},
    {.name = "loading",
     OPT_ENUM(struct picture_options, loading),
     .def = "lazy",
     .names = loading_names,
     .help = "when the browser fetches the image; eager for what is seen first"},
    {.name = "decoding",
     OPT_ENUM(struct picture_options, decoding),
     .def = "async",
     .names = decoding_names,
     .help = "whether the page waits for the pixels"},
    {.name = "fetchpriority",
     OPT_ENUM(struct picture_options, priority),
     .def = "auto",
     .names = priority_names,
     .help = "high for the one image that the page is about"},
    {.name = "fallback-width",
     OPT_INT(struct picture_options, fallback_width),
     .def = "1280",
     .min = 1,
     .max = 65500,
     .unit = "px",
     .help = "src is the widest rendition up to this width, for what does not know srcset"},
    {.name = "placeholder",
     OPT_ENUM(struct picture_options, placeholder),
     .def = "style",
     .names = standing_names,
     .help = "how the output with role placeholder stands in: as a background, as "
             "data-placeholder; or the dominant colour; not behind an image with alpha"},
    {0},
};

struct entry_options {
    int role;
    const char *sizes, *media;
    struct ratio density;
};

static const struct option picture_entry_options[] = {
    {.name = "role",
     OPT_ENUM(struct entry_options, role),
     .def = "image",
     .names = role_names,
     .help = "an image to choose from, or what is shown until it is there"},
    {.name = "sizes",
     OPT_TEXT(struct entry_options, sizes),
     .def = "100vw",
     .help = "how wide the image is on the page, as in HTML"},
    {.name = "media",
     OPT_TEXT(struct entry_options, media),
     .def = "",
     .help = "media query that must hold; empty: always, and put last"},
    {.name = "density",
     OPT_RATIO(struct entry_options, density),
     .def = "0",
     .help = "pixels per CSS pixel of an image of fixed width; 0: chosen by width and sizes"},
    {0},
};

/* One rendition that the browser may choose. */
struct candidate {
    const struct record_rendition *rendition;
    const char *sizes, *media;
    double density;
    int type;     /* rank of its format in the order of <source> */
    size_t group; /* rank of its media query: as written, the empty one last */
};

struct picture {
    const struct emit_job *job;
    const struct picture_options *options;
    const struct record_set *set;
    const struct record_rendition *placeholder;
    struct candidate *candidates; /* sorted: group, type, width or density */
    size_t count;
    struct buffer *out;
};

/* Browsers take the first type that they know; all know the last. */
enum { TYPE_AVIF, TYPE_JXL, TYPE_WEBP, TYPE_FALLBACK };

static int type_of(enum format format)
{
    return format == FORMAT_AVIF   ? TYPE_AVIF
           : format == FORMAT_JXL  ? TYPE_JXL
           : format == FORMAT_WEBP ? TYPE_WEBP
                                   : TYPE_FALLBACK;
}

/* ---- What there is to choose from ---- */

static int candidate_order(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    if (left->group != right->group) {
        return left->group < right->group ? -1 : 1;
    }
    if (left->type != right->type) {
        return left->type - right->type;
    }
    if (left->density != right->density) {
        return left->density < right->density ? -1 : 1;
    }
    if (left->rendition->width != right->rendition->width) {
        return left->rendition->width - right->rendition->width;
    }
    /* equal ones stay as written: they point into one array */
    return left->rendition < right->rendition ? -1 : left->rendition > right->rendition;
}

static bool candidate_again(const struct candidate *candidate, const struct candidate *before)
{
    return candidate->group == before->group && candidate->type == before->type &&
           candidate->density == before->density &&
           (candidate->density > 0 || candidate->rendition->width == before->rendition->width);
}

/* The group of a media query: that of the first candidate that has it. */
static size_t group_of(const struct picture *picture, const char *media)
{
    for (size_t i = 0; i < picture->count; i++) {
        if (strcmp(picture->candidates[i].media, media) == 0) {
            return picture->candidates[i].group;
        }
    }
    return media[0] ? picture->count : SIZE_MAX;
}

static enum status entry_take(struct picture *picture, const struct record_rendition *rendition,
                              const struct record_entry *entry, struct arena *arena,
                              size_t *capacity, struct error *error)
{
    struct entry_options options;
    enum status status = options_default(picture_entry_options, arena, &options, error);
    if (status == STATUS_OK) {
        status = options_parse(picture_entry_options, "picture", entry->options, NULL, arena,
                               &options, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (options.role == ROLE_PLACEHOLDER) {
        picture->placeholder = picture->placeholder ? picture->placeholder : rendition;
        return STATUS_OK;
    }
    size_t group = group_of(picture, options.media);
    struct candidate *candidate = arena_push(arena, &picture->candidates, &picture->count, capacity,
                                             sizeof *picture->candidates);
    if (!candidate) {
        return error_memory(error);
    }
    *candidate = (struct candidate){
        .rendition = rendition,
        .sizes = options.sizes,
        .media = options.media,
        .density = options.density.value,
        .type = type_of(rendition->format),
        .group = group,
    };
    return STATUS_OK;
}

static enum status candidates_collect(struct picture *picture, struct arena *arena,
                                      struct error *error)
{
    size_t capacity = 0, kept = 0;
    for (size_t i = 0; i < picture->set->rendition_count; i++) {
        const struct record_rendition *rendition = &picture->set->renditions[i];
        for (size_t j = 0; j < rendition->entry_count; j++) {
            const struct record_entry *entry = &rendition->entries[j];
            if (strcmp(entry->emitter, "picture") != 0) {
                continue;
            }
            enum status status = entry_take(picture, rendition, entry, arena, &capacity, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    if (picture->count == 0) {
        return STATUS_OK;
    }
    struct candidate *candidates = picture->candidates;
    qsort(candidates, picture->count, sizeof *candidates, candidate_order);
    for (size_t i = 0; i < picture->count; i++) {
        if (kept == 0 || !candidate_again(&candidates[i], &candidates[kept - 1])) {
            candidates[kept++] = candidates[i];
        }
    }
    picture->count = kept;
    return STATUS_OK;
}

/* ---- URLs ---- */

/* The way from the emitted file's folder to a path: "../" for every folder that they do not share.
 */
static void url_relative(struct buffer *out, const char *from, const char *path)
{
    size_t shared = 0;
    for (size_t i = 0; from[i] && from[i] == path[i]; i++) {
        if (from[i] == '/') {
            shared = i + 1;
        }
    }
    for (const char *at = from + shared; *at; at++) {
        if (*at == '/') {
            buffer_text(out, "../");
        }
    }
    text_url(out, path + shared);
}

/* Percent-encoded, so that neither commas nor blanks can end it inside srcset. */
static void url_write(const struct picture *picture, const struct record_rendition *rendition)
{
    const char *base = picture->options->base;
    if (!rendition->path) {
        text_html(picture->out, rendition->data_uri);
    } else if (base[0]) {
        text_html(picture->out, base);
        if (!text_ends(base, "/")) {
            buffer_char(picture->out, '/');
        }
        text_url(picture->out, rendition->path);
    } else {
        url_relative(picture->out, picture->job->path, rendition->path);
    }
}

/* ---- Markup ---- */

static void attribute(struct buffer *out, const char *name, const char *value)
{
    buffer_format(out, " %s=\"", name);
    text_html(out, value);
    buffer_char(out, '"');
}

/* srcset, and sizes where widths are given. One rendition alone needs no descriptor. */
static void srcset_write(const struct picture *picture, const struct candidate *candidates,
                         size_t count)
{
    struct buffer *out = picture->out;
    bool dense = candidates[count - 1].density > 0;
    buffer_text(out, " srcset=\"");
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i ? ", " : "");
        url_write(picture, candidates[i].rendition);
        if (count > 1 && dense) {
            buffer_char(out, ' ');
            text_number(out, candidates[i].density > 0 ? candidates[i].density : 1);
            buffer_char(out, 'x');
        } else if (count > 1) {
            buffer_format(out, " %dw", candidates[i].rendition->width);
        }
    }
    buffer_char(out, '"');
    if (count > 1 && !dense) {
        attribute(out, "sizes", candidates[0].sizes);
    }
}

static void size_write(struct buffer *out, const struct candidate *candidate)
{
    double density = candidate->density > 0 ? candidate->density : 1;
    buffer_format(out, " width=\"%.0f\" height=\"%.0f\"",
                  floor(candidate->rendition->width / density + 0.5),
                  floor(candidate->rendition->height / density + 0.5));
}

/* The background that shows until the image is there. */
static void placeholder_write(const struct picture *picture, bool alpha)
{
    const struct record_rendition *rendition = picture->placeholder;
    struct buffer *out = picture->out;
    int standing = picture->options->placeholder;
    if (standing == STANDING_DATA && rendition) {
        buffer_text(out, " data-placeholder=\"");
        url_write(picture, rendition);
        buffer_char(out, '"');
    } else if (standing == STANDING_STYLE && rendition && !alpha) {
        buffer_text(out, " style=\"background:url(&#39;");
        url_write(picture, rendition);
        buffer_text(out, "&#39;) center/cover no-repeat\"");
    } else if (standing == STANDING_COLOUR && picture->set->colour_known && !alpha) {
        const uint8_t *colour = picture->set->colour;
        buffer_format(out, " style=\"background-color:#%02x%02x%02x\"", colour[0], colour[1],
                      colour[2]);
    }
}

/* The one for src: the widest up to the fallback's width, or else the narrowest; of densities the
 * lowest, which is 1 where there is one. */
static const struct candidate *fallback_choose(const struct picture *picture,
                                               const struct candidate *candidates, size_t count)
{
    const struct candidate *chosen = &candidates[0];
    for (size_t i = 1; i < count && candidates[count - 1].density <= 0; i++) {
        if (candidates[i].rendition->width <= picture->options->fallback_width) {
            chosen = &candidates[i];
        }
    }
    return chosen;
}

static void img_write(const struct picture *picture, const struct candidate *candidates,
                      size_t count, bool with_srcset)
{
    const struct picture_options *options = picture->options;
    const struct candidate *chosen = fallback_choose(picture, candidates, count);
    struct buffer *out = picture->out;
    buffer_text(out, "<img src=\"");
    url_write(picture, chosen->rendition);
    buffer_char(out, '"');
    if (with_srcset && count > 1) {
        srcset_write(picture, candidates, count);
    }
    size_write(out, chosen);
    attribute(out, "alt", picture->set->source.alt ? picture->set->source.alt : "");
    if (options->class[0]) {
        attribute(out, "class", options->class);
    }
    attribute(out, "loading", loading_names[options->loading]);
    if (options->decoding != DECODING_AUTO) {
        attribute(out, "decoding", decoding_names[options->decoding]);
    }
    if (options->priority != PRIORITY_AUTO) {
        attribute(out, "fetchpriority", priority_names[options->priority]);
    }
    placeholder_write(picture, chosen->rendition->alpha);
    buffer_text(out, ">");
}

static void source_write(const struct picture *picture, const struct candidate *candidates,
                         size_t count, bool directed)
{
    struct buffer *out = picture->out;
    buffer_text(out, "  <source");
    if (candidates[0].media[0]) {
        attribute(out, "media", candidates[0].media);
    }
    attribute(out, "type", candidates[0].rendition->mime);
    srcset_write(picture, candidates, count);
    if (directed) {
        /* another shape than the <img>: without these the page would jump */
        size_write(out, &candidates[count - 1]);
    }
    buffer_text(out, ">\n");
}

static size_t run_length(const struct picture *picture, size_t first)
{
    const struct candidate *candidates = picture->candidates;
    size_t end = first + 1;
    while (end < picture->count && candidates[end].group == candidates[first].group &&
           candidates[end].type == candidates[first].type) {
        end++;
    }
    return end - first;
}

static void picture_write(const struct picture *picture)
{
    if (picture->count == 0) {
        buffer_text(picture->out, "<!-- no image was made for this picture -->\n");
        return;
    }
    const struct candidate *candidates = picture->candidates;
    bool directed = candidates[0].group != candidates[picture->count - 1].group;
    size_t first = 0, length = run_length(picture, 0);
    bool alone = length == picture->count && !candidates[0].media[0];
    buffer_text(picture->out, alone ? "" : "<picture>\n");
    while (first + length < picture->count) {
        source_write(picture, &candidates[first], length, directed);
        first += length;
        length = run_length(picture, first);
    }
    /* the last run is the <img>; where it hangs on a media query, its sizes stand in a <source> */
    bool always = !candidates[first].media[0];
    if (!always) {
        source_write(picture, &candidates[first], length, directed);
    }
    buffer_text(picture->out, alone ? "" : "  ");
    img_write(picture, &candidates[first], length, always);
    buffer_text(picture->out, alone ? "\n" : "\n</picture>\n");
}

/* ---- The emitter ---- */

static enum status picture_check(const void *file_options, struct error *error)
{
    const struct picture_options *options = file_options;
    for (const char *at = options->base; *at; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f) {
            return error_set(error, STATUS_USAGE,
                             "'base' is '%s': blanks and control characters are not allowed in a "
                             "URL",
                             options->base);
        }
    }
    return STATUS_OK;
}

static enum status picture_emit(const struct emit_job *job, struct buffer *out, struct error *error)
{
    struct arena *arena = arena_new();
    enum status status = arena ? STATUS_OK : error_memory(error);
    for (size_t i = 0; status == STATUS_OK && i < job->set_count; i++) {
        struct picture picture = {
            .job = job, .options = job->options, .set = job->sets[i], .out = out};
        status = candidates_collect(&picture, arena, error);
        if (status == STATUS_OK) {
            picture_write(&picture);
        }
    }
    arena_free(arena);
    return status == STATUS_OK && buffer_failed(out) ? error_memory(error) : status;
}

const struct emitter emitter_picture = {
    .name = "picture",
    .summary = "an HTML <picture> with every rendition for the browser to choose from",
    .version = 1,
    .default_path = "${dir}${name}.${preset}.html",
    .file_options = picture_file_options,
    .file_size = sizeof(struct picture_options),
    .entry_options = picture_entry_options,
    .entry_size = sizeof(struct entry_options),
    .check = picture_check,
    .emit = picture_emit,
};
