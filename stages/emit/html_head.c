/* SPDX-License-Identifier: MIT
 * The emitter `html-head`: the lines for a page's <head>: icons, web manifest, colours, Open Graph
 * and X. From the records alone; knows neither pixels nor files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "look.h"
#include "text.h"

extern const struct emitter emitter_html_head;

enum card { CARD_AUTO, CARD_NONE, CARD_SUMMARY, CARD_LARGE };
static const char *const card_names[] = {"auto", "none", "summary", "summary_large_image", NULL};

struct head_options {
    const char *path, *base, *origin;
    const char *title, *description, *url, *type, *site_name, *locale, *site, *app;
    int card;
    struct colour theme, theme_dark;
    bool manifest;
};

static const struct option head_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct head_options, path),
     .def = "",
     .help = "where the file is written, below the output folder; the same path gathers presets "
             "and images"},
    {.name = "base",
     OPT_TEXT(struct head_options, base),
     .def = "",
     .help = "what stands for the output folder in URLs; empty: URLs are relative to the file"},
    {.name = "origin",
     OPT_TEXT(struct head_options, origin),
     .def = "",
     .help = "put before base where a whole URL is needed (Open Graph, X): https://example.org"},
    {.name = "manifest",
     OPT_BOOL(struct head_options, manifest),
     .def = "true",
     .help = "link the web manifest that the same preset writes, and take over its colour"},
    {.name = "theme",
     OPT_COLOUR(struct head_options, theme),
     .def = "",
     .help = "theme-color; empty: that of the web manifest"},
    {.name = "theme-dark",
     OPT_COLOUR(struct head_options, theme_dark),
     .def = "",
     .help = "theme-color while the system is dark"},
    {.name = "app",
     OPT_TEXT(struct head_options, app),
     .def = "",
     .help = "name below the icon on an iPhone's home screen"},
    {.name = "title", OPT_TEXT(struct head_options, title), .def = "", .help = "og:title"},
    {.name = "description",
     OPT_TEXT(struct head_options, description),
     .def = "",
     .help = "og:description"},
    {.name = "url",
     OPT_TEXT(struct head_options, url),
     .def = "",
     .help = "og:url, the page's own address"},
    {.name = "type",
     OPT_TEXT(struct head_options, type),
     .def = "",
     .help = "og:type, such as website or article"},
    {.name = "site-name",
     OPT_TEXT(struct head_options, site_name),
     .def = "",
     .help = "og:site_name"},
    {.name = "locale",
     OPT_TEXT(struct head_options, locale),
     .def = "",
     .help = "og:locale, such as de_DE"},
    {.name = "card",
     OPT_ENUM(struct head_options, card),
     .def = "auto",
     .names = card_names,
     .help = "twitter:card where there is an image for sharing; auto: by the image's shape"},
    {.name = "site",
     OPT_TEXT(struct head_options, site),
     .def = "",
     .help = "twitter:site, an account with its @"},
    {0},
};

struct entry_options {
    const char *rel, *property, *name, *media, *sizes;
    struct colour colour;
};

static const struct option head_entry_options[] = {
    {.name = "rel",
     OPT_TEXT(struct entry_options, rel),
     .def = "icon",
     .help = "a <link>: icon, apple-touch-icon, apple-touch-startup-image, mask-icon, preload …"},
    {.name = "property",
     OPT_TEXT(struct entry_options, property),
     .def = "",
     .help = "instead a <meta>: og:image or twitter:image, with size, type and alt text"},
    {.name = "name",
     OPT_TEXT(struct entry_options, name),
     .def = "",
     .help = "instead a <meta> of this name, such as msapplication-TileImage"},
    {.name = "media",
     OPT_TEXT(struct entry_options, media),
     .def = "",
     .help = "media query of the <link>"},
    {.name = "sizes",
     OPT_TEXT(struct entry_options, sizes),
     .def = "",
     .help = "sizes of the <link>; empty: what was made"},
    {.name = "colour",
     OPT_COLOUR(struct entry_options, colour),
     .def = "",
     .help = "colour of a mask-icon"},
    {0},
};

/* ---- Lines, in the order in which a person would write them ---- */

enum rank { RANK_ICON, RANK_MANIFEST, RANK_COLOUR, RANK_APP, RANK_START, RANK_PAGE, RANK_SHARE };

struct line {
    enum rank rank;
    size_t order;
    const char *key; /* what may stand once only: the first counts; NULL: only no line twice */
    const char *text;
};

struct head {
    const struct emit_job *job;
    struct arena *arena;
    struct line *lines;
    size_t count, capacity;
    struct error *error;
};

static enum status line_add(struct head *head, enum rank rank, const char *key, struct buffer *line)
{
    const char *text = emit_kept(head->arena, line);
    if (!text) {
        return error_memory(head->error);
    }
    for (size_t i = 0; i < head->count; i++) {
        const struct line *other = &head->lines[i];
        if (strcmp(other->text, text) == 0 || (key && other->key && strcmp(other->key, key) == 0)) {
            return STATUS_OK;
        }
    }
    struct line *slot =
        arena_push(head->arena, &head->lines, &head->count, &head->capacity, sizeof *slot);
    if (!slot) {
        return error_memory(head->error);
    }
    *slot = (struct line){rank, head->count, key, text};
    return STATUS_OK;
}

static int line_order(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    return left->order < right->order ? -1 : left->order > right->order;
}

static void meta_write(struct buffer *out, const char *kind, const char *name, const char *content)
{
    buffer_text(out, "<meta");
    emit_attribute(out, kind, name);
    emit_attribute(out, "content", content);
    buffer_text(out, ">\n");
}

/* Of X are names, of Open Graph properties. */
static void social_write(struct buffer *out, const char *name, const char *content)
{
    meta_write(out, text_starts(name, "twitter:") ? "name" : "property", name, content);
}

static enum status meta_add(struct head *head, enum rank rank, const char *name,
                            const char *content)
{
    struct buffer line = {0};
    if (!*content) {
        return STATUS_OK;
    }
    bool social = text_starts(name, "og:") || text_starts(name, "twitter:");
    meta_write(&line, social && text_starts(name, "og:") ? "property" : "name", name, content);
    return line_add(head, rank, name, &line);
}

/* ---- Links ---- */

static void link_sizes(struct buffer *out, const struct entry_options *entry,
                       const struct record_rendition *rendition)
{
    bool icon = strcmp(entry->rel, "icon") == 0 || text_starts(entry->rel, "apple-touch-icon");
    char size[32];
    if (entry->sizes[0]) {
        emit_attribute(out, "sizes", entry->sizes);
    } else if (icon && rendition->format == FORMAT_SVG) {
        emit_attribute(out, "sizes", "any");
    } else if (icon && rendition->sizes) {
        emit_attribute(out, "sizes", rendition->sizes);
    } else if (icon) {
        snprintf(size, sizeof size, "%dx%d", rendition->width, rendition->height);
        emit_attribute(out, "sizes", size);
    }
}

static enum status link_add(struct head *head, const struct head_options *options,
                            const struct entry_options *entry,
                            const struct record_rendition *rendition)
{
    struct buffer line = {0}, colour = {0};
    bool start = strcmp(entry->rel, "apple-touch-startup-image") == 0;
    bool preload = strcmp(entry->rel, "preload") == 0;
    buffer_text(&line, "<link");
    emit_attribute(&line, "rel", entry->rel);
    if (preload) {
        emit_attribute(&line, "as", "image");
    }
    if ((preload || strcmp(entry->rel, "icon") == 0) && rendition->format != FORMAT_ICO) {
        emit_attribute(&line, "type", rendition->mime);
    }
    link_sizes(&line, entry, rendition);
    if (entry->media[0]) {
        emit_attribute(&line, "media", entry->media);
    }
    buffer_text(&line, " href=\"");
    emit_url_html(&line, head->job->path, options->base, rendition);
    buffer_char(&line, '"');
    if (entry->colour.kind != COLOUR_NONE) {
        emit_colour(&colour, &entry->colour);
        emit_attribute(&line, "color", buffer_string(&colour));
        line.failed = line.failed || buffer_failed(&colour);
        buffer_free(&colour);
    }
    buffer_text(&line, ">\n");
    if (line_add(head, start ? RANK_START : RANK_ICON, NULL, &line) != STATUS_OK) {
        return head->error->status;
    }
    /* without the first iOS shows no image while it starts; Chromium complains of it alone */
    if (start && meta_add(head, RANK_APP, "apple-mobile-web-app-capable", "yes") == STATUS_OK) {
        return meta_add(head, RANK_APP, "mobile-web-app-capable", "yes");
    }
    return start ? head->error->status : STATUS_OK;
}

/* ---- Images for sharing ---- */

static bool is_whole(const char *url)
{
    return text_starts(url, "https://") || text_starts(url, "http://");
}

static enum status not_whole(const struct entry_options *entry, const struct head_options *options,
                             struct error *error)
{
    return error_set(error, STATUS_USAGE,
                     "'%s' needs a whole URL: 'base' is '%s', must begin with https://, or give "
                     "'origin'",
                     entry->property, options->base);
}

static enum status whole_url(struct head *head, const struct head_options *options,
                             const struct entry_options *entry,
                             const struct record_rendition *rendition, struct buffer *out)
{
    struct buffer url = {0};
    emit_url(&url, head->job->path, options->base, rendition);
    bool origin = !is_whole(buffer_string(&url)) && options->origin[0] && rendition->path;
    size_t length = strlen(options->origin);
    bool bare = origin && length && options->origin[length - 1] == '/';
    if (origin) {
        buffer_bytes(out, options->origin, length - bare);
        buffer_text(out, *buffer_string(&url) == '/' ? "" : "/");
    }
    buffer_text(out, buffer_string(&url));
    out->failed = out->failed || buffer_failed(&url);
    buffer_free(&url);
    return is_whole(buffer_string(out)) || out->failed ? STATUS_OK
                                                       : not_whole(entry, options, head->error);
}

static void number_write(struct buffer *out, const char *property, const char *part, int number)
{
    char name[128], text[32];
    snprintf(name, sizeof name, "%.100s:%s", property, part);
    snprintf(text, sizeof text, "%d", number);
    social_write(out, name, text);
}

static enum status card_add(struct head *head, const struct head_options *options,
                            const struct record_rendition *rendition)
{
    if (options->card == CARD_NONE) {
        return STATUS_OK;
    }
    /* half way between the shapes of the two: 1:1 and 2:1 */
    bool wide = 2 * rendition->width > 3 * rendition->height;
    int card = options->card != CARD_AUTO ? options->card : wide ? CARD_LARGE : CARD_SUMMARY;
    return meta_add(head, RANK_SHARE, "twitter:card", card_names[card]);
}

static enum status share_add(struct head *head, const struct head_options *options,
                             const struct record_set *set, const struct entry_options *entry,
                             const struct record_rendition *rendition)
{
    struct buffer url = {0}, line = {0};
    const char *property = entry->property;
    enum status status = whole_url(head, options, entry, rendition, &url);
    if (status != STATUS_OK) {
        buffer_free(&url);
        return status;
    }
    social_write(&line, property, buffer_string(&url));
    line.failed = line.failed || buffer_failed(&url);
    buffer_free(&url);
    if (text_starts(property, "og:")) {
        char name[128];
        snprintf(name, sizeof name, "%.100s:type", property);
        social_write(&line, name, rendition->mime);
        number_write(&line, property, "width", rendition->width);
        number_write(&line, property, "height", rendition->height);
    }
    if (set->source.alt && *set->source.alt) {
        char name[128];
        snprintf(name, sizeof name, "%.100s:alt", property);
        social_write(&line, name, set->source.alt);
    }
    status = line_add(head, RANK_SHARE, NULL, &line);
    return status == STATUS_OK ? card_add(head, options, rendition) : status;
}

/* ---- The page ---- */

static enum status theme_add(struct head *head, const struct colour *colour, const char *media,
                             const char *key)
{
    struct buffer text = {0}, line = {0};
    if (colour->kind != COLOUR_PLAIN) {
        return STATUS_OK;
    }
    emit_colour(&text, colour);
    buffer_text(&line, "<meta name=\"theme-color\"");
    emit_attribute(&line, "content", buffer_string(&text));
    if (*media) {
        emit_attribute(&line, "media", media);
    }
    buffer_text(&line, ">\n");
    line.failed = line.failed || buffer_failed(&text);
    buffer_free(&text);
    return line_add(head, RANK_COLOUR, key, &line);
}

/* The web manifest of the same set: a link to it, and its colour. */
static enum status manifest_add(struct head *head, const struct head_options *options,
                                const struct record_emitted *emitted)
{
    const struct value *base = value_get(emitted->options, "base");
    const struct value *theme = value_get(emitted->options, "theme");
    struct colour colour = {0};
    struct buffer line = {0}, url = {0};
    emit_url_path(&url, head->job->path,
                  options->base[0] || !base || base->type != VALUE_TEXT ? options->base
                                                                        : base->text,
                  emitted->path);
    buffer_text(&line, "<link rel=\"manifest\"");
    emit_attribute(&line, "href", buffer_string(&url));
    buffer_text(&line, ">\n");
    line.failed = line.failed || buffer_failed(&url);
    buffer_free(&url);
    enum status status = line_add(head, RANK_MANIFEST, "manifest", &line);
    if (status == STATUS_OK && theme && options->theme.kind == COLOUR_NONE) {
        const struct option *option = options_find(head_file_options, "theme");
        struct head_options read = {0};
        status = option_parse_text(option, theme->type == VALUE_TEXT ? theme->text : "",
                                   head->arena, &read, head->error);
        colour = read.theme;
    }
    return status == STATUS_OK ? theme_add(head, &colour, "", "theme") : status;
}

static enum status page_add(struct head *head, const struct head_options *options,
                            const struct record_set *set)
{
    const struct {
        const char *name, *content;
    } metas[] = {
        {"og:title", options->title},         {"og:description", options->description},
        {"og:type", options->type},           {"og:url", options->url},
        {"og:site_name", options->site_name}, {"og:locale", options->locale},
        {"twitter:site", options->site},
    };
    static const char dark[] = "(prefers-color-scheme: dark)";
    static const char light[] = "(prefers-color-scheme: light)";
    bool both = options->theme_dark.kind == COLOUR_PLAIN;
    enum status status = theme_add(head, &options->theme, both ? light : "", "theme");
    if (status == STATUS_OK) {
        status = theme_add(head, &options->theme_dark, dark, "theme-dark");
    }
    for (size_t i = 0; status == STATUS_OK && options->manifest && i < set->emitted_count; i++) {
        if (strcmp(set->emitted[i].emitter, "webmanifest") == 0) {
            status = manifest_add(head, options, &set->emitted[i]);
        }
    }
    if (status == STATUS_OK) {
        status = meta_add(head, RANK_APP, "apple-mobile-web-app-title", options->app);
    }
    for (size_t i = 0; status == STATUS_OK && i < sizeof metas / sizeof *metas; i++) {
        status = meta_add(head, RANK_PAGE, metas[i].name, metas[i].content);
    }
    return status;
}

/* ---- The emitter ---- */

static enum status set_add(struct head *head, size_t index)
{
    const struct head_options *options = emit_options(head->job, index);
    const struct record_set *set = head->job->sets[index];
    const struct record_rendition *rendition = NULL;
    struct entry_options entry;
    struct emit_walk walk = {.emitter = &emitter_html_head, .set = set, .arena = head->arena};
    enum status status = page_add(head, options, set);
    while (status == STATUS_OK &&
           (status = emit_next(&walk, &entry, &rendition, head->error)) == STATUS_OK && rendition) {
        if (entry.property[0]) {
            status = share_add(head, options, set, &entry, rendition);
        } else if (entry.name[0]) {
            struct buffer url = {0};
            emit_url(&url, head->job->path, options->base, rendition);
            const char *kept = emit_kept(head->arena, &url);
            status = kept ? meta_add(head, RANK_ICON, entry.name, kept) : error_memory(head->error);
        } else {
            status = link_add(head, options, &entry, rendition);
        }
    }
    return status;
}

static enum status head_check(const void *file_options, struct error *error)
{
    const struct head_options *options = file_options;
    enum status status = emit_check_url("base", options->base, error);
    if (status == STATUS_OK) {
        status = emit_check_url("origin", options->origin, error);
    }
    if (status == STATUS_OK && options->origin[0] && !is_whole(options->origin)) {
        status =
            error_set(error, STATUS_USAGE, "'origin' is '%s', must begin with https:// or http://",
                      options->origin);
    }
    return status == STATUS_OK ? emit_check_url("url", options->url, error) : status;
}

/* Of what can be known before the plan: without a base or an origin no URL will be whole. */
static enum status head_check_entry(const void *file_options, const void *entry_options,
                                    struct error *error)
{
    const struct head_options *options = file_options;
    const struct entry_options *entry = entry_options;
    return !entry->property[0] || is_whole(options->base) || options->origin[0]
               ? STATUS_OK
               : not_whole(entry, options, error);
}

/* The names that RFC 2606 keeps for examples are nobody's site. */
static const char *head_doubt(const struct value *options, struct arena *arena)
{
    static const char *const names[] = {"base", "origin"};
    static const char *const sites[] = {"//example.org", "//example.com", "//example.net"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct value *value = value_get(options, names[i]);
        const char *text = value && value->type == VALUE_TEXT ? value->text : "";
        for (size_t j = 0; j < sizeof sites / sizeof *sites; j++) {
            if (strstr(text, sites[j])) {
                return arena_format(arena,
                                    "'%s' is '%s', an example: whoever shares the page gets no "
                                    "picture; give the address that the files are served from",
                                    names[i], text);
            }
        }
    }
    return NULL;
}

static enum status head_emit(const struct emit_job *job, struct buffer *out, struct error *error)
{
    struct head head = {.job = job, .arena = arena_new(), .error = error};
    enum status status = head.arena ? STATUS_OK : error_memory(error);
    for (size_t i = 0; status == STATUS_OK && i < job->set_count; i++) {
        status = set_add(&head, i);
    }
    if (status == STATUS_OK && head.count > 0) {
        qsort(head.lines, head.count, sizeof *head.lines, line_order);
    }
    for (size_t i = 0; status == STATUS_OK && i < head.count; i++) {
        buffer_text(out, head.lines[i].text);
    }
    arena_free(head.arena);
    return status == STATUS_OK && buffer_failed(out) ? error_memory(error) : status;
}

static enum status head_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct head_options *options = inspection->options;
    (void)error;
    look_markup(inspection, options->base, options->origin);
    return STATUS_OK;
}

const struct emitter emitter_html_head = {
    .name = "html-head",
    .summary = "lines for a page's <head>: icons, web manifest, colours, Open Graph and X",
    .version = 1,
    .gathers = true,
    .default_path = "head.html",
    .file_options = head_file_options,
    .file_size = sizeof(struct head_options),
    .entry_options = head_entry_options,
    .entry_size = sizeof(struct entry_options),
    .check = head_check,
    .check_entry = head_check_entry,
    .emit = head_emit,
    .doubt = head_doubt,
    .inspect = head_inspect,
};
