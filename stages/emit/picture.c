/* SPDX-License-Identifier: MIT
 * The emitter `picture`: HTML that lets a browser choose among the renditions of an image. From the
 * records alone; knows neither pixels nor files. */
#include <math.h>
#include <string.h>

#include "candidates.h"
#include "look.h"
#include "preview.h"
#include "text.h"

enum loading { LOADING_LAZY, LOADING_EAGER };
enum decoding { DECODING_ASYNC, DECODING_SYNC, DECODING_AUTO };
enum priority { PRIORITY_AUTO, PRIORITY_HIGH, PRIORITY_LOW };
enum standing { STANDING_STYLE, STANDING_DATA, STANDING_COLOUR, STANDING_THUMBHASH, STANDING_NONE };
enum markup { MARKUP_HTML, MARKUP_JSON };

static const char *const loading_names[] = {"lazy", "eager", NULL};
static const char *const decoding_names[] = {"async", "sync", "auto", NULL};
static const char *const priority_names[] = {"auto", "high", "low", NULL};
static const char *const standing_names[] = {"style", "data", "colour", "thumbhash", "none", NULL};
static const char *const markup_names[] = {"html", "json", NULL};

struct picture_options {
    const char *path, *base, *class;
    int markup, loading, decoding, priority, placeholder;
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
    {.name = "as",
     OPT_ENUM(struct picture_options, markup),
     .def = "html",
     .names = markup_names,
     .help = "HTML, or JSON for components: attributes by their names in HTML"},
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
             "data-placeholder; or the dominant colour, or what the ThumbHash shows, as a "
             "background; not behind an image with alpha"},
    {0},
};

extern const struct emitter emitter_picture;

/* What a browser gets: attributes in their order, in HTML or JSON. */
struct picture {
    const struct emit_job *job;
    const struct picture_options *options;
    const struct record_set *set;
    struct candidates candidates;
    struct arena *arena;
    struct value *sources; /* a list; the <source> elements */
    struct value *img;
};

/* ---- Attributes ---- */

static struct value *put_kept(struct picture *picture, struct value *element, const char *name,
                              struct buffer *text)
{
    const char *kept = emit_kept(picture->arena, text);
    return kept ? emit_put_text(picture->arena, element, name, kept) : NULL;
}

/* srcset, and sizes where widths are given. */
static struct value *put_srcset(struct picture *picture, struct value *element,
                                const struct candidate *run, size_t count)
{
    struct buffer srcset = {0};
    candidates_srcset(run, count, picture->job->path, picture->options->base, &srcset);
    element = put_kept(picture, element, "srcset", &srcset);
    return count > 1 && !candidates_dense(run, count)
               ? emit_put_text(picture->arena, element, "sizes", run[0].sizes)
               : element;
}

static struct value *put_size(struct picture *picture, struct value *element,
                              const struct candidate *candidate)
{
    double density = candidate->density > 0 ? candidate->density : 1;
    const struct record_rendition *rendition = candidate->rendition;
    element = emit_put_int(picture->arena, element, "width",
                           (int64_t)floor(rendition->width / density + 0.5));
    return emit_put_int(picture->arena, element, "height",
                        (int64_t)floor(rendition->height / density + 0.5));
}

/* The one for src: the widest up to the fallback's width, or else the narrowest; of densities the
 * lowest, which is 1 where there is one. */
static const struct candidate *fallback_choose(const struct picture *picture,
                                               const struct candidate *run, size_t count)
{
    const struct candidate *chosen = &run[0];
    for (size_t i = 1; i < count && !candidates_dense(run, count); i++) {
        if (run[i].rendition->width <= picture->options->fallback_width) {
            chosen = &run[i];
        }
    }
    return chosen;
}

static void img_make(struct picture *picture, const struct candidate *run, size_t count,
                     const struct candidate *chosen, bool with_srcset)
{
    const struct picture_options *options = picture->options;
    struct arena *arena = picture->arena;
    const char *alt = picture->set->source.alt;
    struct value *img = value_object(arena);
    struct buffer url = {0};
    emit_url(&url, picture->job->path, options->base, chosen->rendition);
    img = put_kept(picture, img, "src", &url);
    if (with_srcset && count > 1) {
        img = put_srcset(picture, img, run, count);
    }
    img = put_size(picture, img, chosen);
    img = emit_put_text(arena, img, "alt", alt ? alt : "");
    img = emit_put_given(arena, img, "class", options->class);
    img = emit_put_text(arena, img, "loading", loading_names[options->loading]);
    if (options->decoding != DECODING_AUTO) {
        img = emit_put_text(arena, img, "decoding", decoding_names[options->decoding]);
    }
    if (options->priority != PRIORITY_AUTO) {
        img = emit_put_text(arena, img, "fetchpriority", priority_names[options->priority]);
    }
    picture->img = img;
}

static void source_make(struct picture *picture, const struct candidate *run, size_t count,
                        bool directed)
{
    struct arena *arena = picture->arena;
    struct value *source = value_object(arena);
    source = emit_put_given(arena, source, "media", run[0].media);
    source = emit_put_text(arena, source, "type", run[0].rendition->mime);
    source = put_srcset(picture, source, run, count);
    if (directed) {
        /* another shape than the <img>: without these the page would jump */
        source = put_size(picture, source, &run[count - 1]);
    }
    picture->sources = value_append(arena, picture->sources, source);
}

/* ---- What shows until the image is there ---- */

static struct value *put_background(struct picture *picture, struct value *img, const char *url)
{
    struct buffer style = {0};
    buffer_text(&style, "background:url('");
    emit_css_text(&style, url);
    buffer_text(&style, "') center/cover no-repeat");
    return put_kept(picture, img, "style", &style);
}

static const char *placeholder_url(struct picture *picture)
{
    struct buffer url = {0};
    emit_url(&url, picture->job->path, picture->options->base, picture->candidates.placeholder);
    return emit_kept(picture->arena, &url);
}

static struct value *put_placeholder(struct picture *picture, struct value *img, bool alpha)
{
    const struct record_set *set = picture->set;
    bool given = picture->candidates.placeholder != NULL;
    int standing = picture->options->placeholder;
    if (given && (standing == STANDING_DATA || (standing == STANDING_STYLE && !alpha))) {
        const char *url = placeholder_url(picture);
        if (!url) {
            return NULL;
        }
        return standing == STANDING_STYLE
                   ? put_background(picture, img, url)
                   : emit_put_text(picture->arena, img, "data-placeholder", url);
    }
    if (standing == STANDING_COLOUR && set->colour_known && !alpha) {
        return emit_put_text(picture->arena, img, "style",
                             arena_format(picture->arena, "background-color:#%02x%02x%02x",
                                          set->colour[0], set->colour[1], set->colour[2]));
    }
    if (standing == STANDING_THUMBHASH && set->thumbhash && !alpha) {
        const char *url = preview_thumbhash(set->thumbhash, picture->arena);
        return !url ? NULL : *url ? put_background(picture, img, url) : img;
    }
    return img;
}

/* For components: all that there is, they choose. */
static struct value *placeholder_value(struct picture *picture)
{
    const struct record_set *set = picture->set;
    struct arena *arena = picture->arena;
    struct value *value = value_object(arena);
    if (set->colour_known) {
        value = value_set(arena, value, "colour",
                          value_text(arena, arena_format(arena, "#%02x%02x%02x", set->colour[0],
                                                         set->colour[1], set->colour[2])));
    }
    value = emit_put_text(arena, value, "thumbhash", set->thumbhash);
    value = emit_put_text(arena, value, "blurhash", set->blurhash);
    if (picture->candidates.placeholder) {
        const char *url = placeholder_url(picture);
        value = url ? emit_put_text(arena, value, "url", url) : NULL;
    } else if (set->thumbhash) {
        const char *url = preview_thumbhash(set->thumbhash, arena);
        value = url ? emit_put_given(arena, value, "url", url) : NULL;
    }
    return value;
}

/* ---- HTML and JSON ---- */

static void element_write(struct buffer *out, const char *name, const struct value *element)
{
    buffer_format(out, "<%s", name);
    for (size_t i = 0; i < element->object.count; i++) {
        const struct member *member = &element->object.members[i];
        buffer_format(out, " %s=\"", member->key);
        if (member->value->type == VALUE_TEXT) {
            text_html(out, member->value->text);
        } else {
            value_print(out, member->value);
        }
        buffer_char(out, '"');
    }
    buffer_char(out, '>');
}

static void html_write(const struct picture *picture, bool alone, struct buffer *out)
{
    buffer_text(out, alone ? "" : "<picture>\n");
    for (size_t i = 0; i < picture->sources->list.count; i++) {
        buffer_text(out, "  ");
        element_write(out, "source", picture->sources->list.items[i]);
        buffer_char(out, '\n');
    }
    buffer_text(out, alone ? "" : "  ");
    element_write(out, "img", picture->img);
    buffer_text(out, alone ? "\n" : "\n</picture>\n");
}

static enum status json_emit(struct picture *picture, struct buffer *out, struct error *error)
{
    struct arena *arena = picture->arena;
    struct value *placeholder = placeholder_value(picture);
    struct value *document = value_set(arena, value_object(arena), "sources", picture->sources);
    document = value_set(arena, document, "img", picture->img ? picture->img : value_null(arena));
    bool some = !placeholder || placeholder->object.count > 0;
    return emit_json(out, some ? value_set(arena, document, "placeholder", placeholder) : document,
                     error);
}

/* ---- The emitter ---- */

/* The <source> elements and the <img>, which is the last run. */
static bool elements_make(struct picture *picture)
{
    const struct candidates *candidates = &picture->candidates;
    const struct candidate *list = candidates->list;
    bool directed = list[0].group != list[candidates->count - 1].group;
    size_t first = 0, length = candidates_run(candidates, 0);
    bool alone = length == candidates->count && !list[0].media[0];
    while (first + length < candidates->count) {
        source_make(picture, &list[first], length, directed);
        first += length;
        length = candidates_run(candidates, first);
    }
    /* where it hangs on a media query, its sizes stand in a <source> */
    bool always = !list[first].media[0];
    if (!always) {
        source_make(picture, &list[first], length, directed);
    }
    const struct candidate *chosen = fallback_choose(picture, &list[first], length);
    img_make(picture, &list[first], length, chosen, always);
    if (picture->options->markup == MARKUP_HTML) {
        picture->img = put_placeholder(picture, picture->img, chosen->rendition->alpha);
    }
    return alone;
}

static enum status picture_write(struct picture *picture, struct buffer *out, struct error *error)
{
    bool alone = false, any = picture->candidates.count > 0;
    bool json = picture->options->markup == MARKUP_JSON;
    picture->sources = value_list(picture->arena);
    if (any) {
        alone = elements_make(picture);
        if (!picture->img || !picture->sources) {
            return error_memory(error);
        }
    }
    if (json) {
        return json_emit(picture, out, error);
    }
    if (any) {
        html_write(picture, alone, out);
    } else {
        buffer_text(out, "<!-- no image was made for this picture -->\n");
    }
    return STATUS_OK;
}

static enum status picture_check(const void *file_options, struct error *error)
{
    const struct picture_options *options = file_options;
    return emit_check_url("base", options->base, error);
}

static enum status picture_emit(const struct emit_job *job, struct buffer *out, struct error *error)
{
    struct arena *arena = arena_new();
    struct picture picture = {
        .job = job, .options = job->options, .set = job->sets[0], .arena = arena};
    enum status status = arena ? candidates_collect(&emitter_picture, job->sets[0], arena,
                                                    &picture.candidates, error)
                               : error_memory(error);
    if (status == STATUS_OK) {
        status = picture_write(&picture, out, error);
    }
    arena_free(arena);
    return status == STATUS_OK && buffer_failed(out) ? error_memory(error) : status;
}

/* The attributes of an element that hold URLs. */
static void element_inspect(const struct emit_inspection *inspection, const struct value *element)
{
    const struct picture_options *options = inspection->options;
    const char *src = look_text(element, "src"), *srcset = look_text(element, "srcset");
    if (src) {
        (void)look_url(inspection, options->base, src);
    }
    if (srcset) {
        look_srcset(inspection, options->base, srcset, strlen(srcset));
    }
}

static enum status picture_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct picture_options *options = inspection->options;
    (void)error;
    if (options->markup == MARKUP_HTML) {
        look_markup(inspection, options->base, "");
        return STATUS_OK;
    }
    const struct value *document = look_json(inspection);
    const struct value *sources = value_get(document, "sources");
    for (size_t i = 0; sources && sources->type == VALUE_LIST && i < sources->list.count; i++) {
        element_inspect(inspection, sources->list.items[i]);
    }
    element_inspect(inspection, value_get(document, "img"));
    return STATUS_OK;
}

const struct emitter emitter_picture = {
    .name = "picture",
    .summary = "an HTML <picture> with every rendition for the browser to choose from",
    .version = 2,
    .default_path = "${dir}${name}.${preset}.html",
    .file_options = picture_file_options,
    .file_size = sizeof(struct picture_options),
    .entry_options = candidate_options,
    .entry_size = sizeof(struct candidate_options),
    .check = picture_check,
    .emit = picture_emit,
    .inspect = picture_inspect,
};
