/* SPDX-License-Identifier: MIT
 * The emitter `webmanifest`: the application manifest that makes a site installable. From the
 * records alone; knows neither pixels nor files. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "emit.h"
#include "look.h"

extern const struct emitter emitter_webmanifest;

enum display { DISPLAY_STANDALONE, DISPLAY_MINIMAL, DISPLAY_FULLSCREEN, DISPLAY_BROWSER };
static const char *const display_names[] = {"standalone", "minimal-ui", "fullscreen", "browser",
                                            NULL};
static const char *const purpose_names[] = {"any", "maskable", "monochrome", NULL};
enum role { ROLE_ICON, ROLE_SCREENSHOT };
static const char *const role_names[] = {"icon", "screenshot", NULL};
static const char *const form_names[] = {"", "wide", "narrow", NULL};
static const char *const dir_names[] = {"", "ltr", "rtl", "auto", NULL};
static const char *const orientation_names[] = {"",
                                                "any",
                                                "natural",
                                                "landscape",
                                                "landscape-primary",
                                                "landscape-secondary",
                                                "portrait",
                                                "portrait-primary",
                                                "portrait-secondary",
                                                NULL};

struct manifest_options {
    const char *path, *base, *name, *short_name, *description, *start_url, *scope, *id, *lang;
    struct texts categories;
    struct colour theme, background;
    int display, orientation, dir;
};

static const struct option manifest_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct manifest_options, path),
     .def = "",
     .help = "where the file is written, below the output folder; the same path gathers an image's "
             "presets"},
    {.name = "base",
     OPT_TEXT(struct manifest_options, base),
     .def = "",
     .help = "what stands for the output folder in URLs; empty: URLs are relative to the file"},
    {.name = "name",
     OPT_TEXT(struct manifest_options, name),
     .def = "",
     .help = "name of the application; empty: that of the image"},
    {.name = "short-name",
     OPT_TEXT(struct manifest_options, short_name),
     .def = "",
     .help = "name where there is little room"},
    {.name = "description",
     OPT_TEXT(struct manifest_options, description),
     .def = "",
     .help = "what the application does"},
    {.name = "theme",
     OPT_COLOUR(struct manifest_options, theme),
     .def = "",
     .help = "colour of the window's frame"},
    {.name = "background",
     OPT_COLOUR(struct manifest_options, background),
     .def = "",
     .help = "colour of the window until the page is there"},
    {.name = "display",
     OPT_ENUM(struct manifest_options, display),
     .def = "standalone",
     .names = display_names,
     .help = "how much of the browser is seen"},
    {.name = "start-url",
     OPT_TEXT(struct manifest_options, start_url),
     .def = "",
     .help = "page that it starts with; empty: base, or the manifest's folder"},
    {.name = "scope",
     OPT_TEXT(struct manifest_options, scope),
     .def = "",
     .help = "pages that belong to it"},
    {.name = "id",
     OPT_TEXT(struct manifest_options, id),
     .def = "",
     .help = "identity that stays when start-url changes"},
    {.name = "orientation",
     OPT_ENUM(struct manifest_options, orientation),
     .def = "",
     .names = orientation_names,
     .help = "how the screen is held"},
    {.name = "lang",
     OPT_TEXT(struct manifest_options, lang),
     .def = "",
     .help = "language of its texts"},
    {.name = "dir",
     OPT_ENUM(struct manifest_options, dir),
     .def = "",
     .names = dir_names,
     .help = "direction of its texts"},
    {.name = "categories",
     OPT_TEXTS(struct manifest_options, categories),
     .def = "[]",
     .help = "categories for catalogues, such as photo or productivity"},
    {0},
};

struct entry_options {
    int role, form;
    unsigned purpose;
    const char *sizes, *label;
};

static const struct option manifest_entry_options[] = {
    {.name = "role",
     OPT_ENUM(struct entry_options, role),
     .def = "icon",
     .names = role_names,
     .help = "an icon, or a screenshot for the dialogue that asks to install"},
    {.name = "purpose",
     OPT_FLAGS(struct entry_options, purpose),
     .def = "any",
     .names = purpose_names,
     .help = "what the icon is for; of several, each gets an entry of its own"},
    {.name = "sizes",
     OPT_TEXT(struct entry_options, sizes),
     .def = "",
     .help = "sizes as in HTML; empty: what was made"},
    {.name = "form-factor",
     OPT_ENUM(struct entry_options, form),
     .def = "",
     .names = form_names,
     .help = "screens that a screenshot is for"},
    {.name = "label",
     OPT_TEXT(struct entry_options, label),
     .def = "",
     .help = "what a screenshot shows; empty: the image's alt text"},
    {0},
};

/* A manifest in the making. */
struct making {
    const struct emit_job *job;
    struct arena *arena;
    struct value *icons, *screenshots;
};

static struct value *image_value(const struct making *making, const char *base,
                                 const struct entry_options *entry,
                                 const struct record_rendition *rendition)
{
    struct arena *arena = making->arena;
    struct buffer url = {0};
    emit_url(&url, making->job->path, base, rendition);
    const char *src = emit_kept(arena, &url);
    const char *sizes = entry->sizes[0]                   ? entry->sizes
                        : rendition->format == FORMAT_SVG ? "any"
                        : rendition->sizes
                            ? rendition->sizes
                            : arena_format(arena, "%dx%d", rendition->width, rendition->height);
    if (!src || !sizes) {
        return NULL;
    }
    struct value *image = emit_put_text(arena, value_object(arena), "src", src);
    image = emit_put_text(arena, image, "sizes", sizes);
    return emit_put_text(arena, image, "type", rendition->mime);
}

static void screenshot_add(struct making *making, const char *base, const struct record_set *set,
                           const struct entry_options *entry,
                           const struct record_rendition *rendition)
{
    struct arena *arena = making->arena;
    struct value *image = image_value(making, base, entry, rendition);
    image = emit_put_given(arena, image, "form_factor", form_names[entry->form]);
    image = emit_put_given(arena, image, "label", entry->label[0] ? entry->label : set->source.alt);
    making->screenshots = value_append(arena, making->screenshots, image);
}

/* One entry for each purpose: "any maskable" in one would be padded where it must not be. */
static void icon_add(struct making *making, const char *base, const struct entry_options *entry,
                     const struct record_rendition *rendition)
{
    struct arena *arena = making->arena;
    for (unsigned i = 0; purpose_names[i]; i++) {
        if (entry->purpose & 1u << i) {
            struct value *icon = image_value(making, base, entry, rendition);
            icon = i == 0 ? icon : emit_put_text(arena, icon, "purpose", purpose_names[i]);
            making->icons = value_append(arena, making->icons, icon);
        }
    }
}

static enum status images_collect(struct making *making, size_t index, struct error *error)
{
    const struct record_set *set = making->job->sets[index];
    const struct manifest_options *options = emit_options(making->job, index);
    const struct record_rendition *rendition = NULL;
    struct entry_options entry;
    struct emit_walk walk = {.emitter = &emitter_webmanifest, .set = set, .arena = making->arena};
    for (;;) {
        enum status status = emit_next(&walk, &entry, &rendition, error);
        if (status != STATUS_OK || !rendition) {
            return status;
        }
        if (entry.role == ROLE_ICON) {
            icon_add(making, options->base, &entry, rendition);
        } else {
            screenshot_add(making, options->base, set, &entry, rendition);
        }
    }
}

static const char *given(const char *text, const char *otherwise)
{
    return text[0] ? text : otherwise;
}

/* Of several presets the first that says something. */
static struct manifest_options options_join(const struct emit_job *job)
{
    struct manifest_options all = *(const struct manifest_options *)emit_options(job, 0);
    for (size_t i = 1; i < job->set_count; i++) {
        const struct manifest_options *more = emit_options(job, i);
        all.name = given(all.name, more->name);
        all.short_name = given(all.short_name, more->short_name);
        all.description = given(all.description, more->description);
        all.start_url = given(all.start_url, more->start_url);
        all.scope = given(all.scope, more->scope);
        all.id = given(all.id, more->id);
        all.lang = given(all.lang, more->lang);
        all.theme = all.theme.kind == COLOUR_NONE ? more->theme : all.theme;
        all.background = all.background.kind == COLOUR_NONE ? more->background : all.background;
        all.orientation = all.orientation ? all.orientation : more->orientation;
        all.dir = all.dir ? all.dir : more->dir;
        all.categories = all.categories.count ? all.categories : more->categories;
    }
    return all;
}

static struct value *put_colour(struct arena *arena, struct value *object, const char *key,
                                const struct colour *colour)
{
    struct buffer text = {0};
    if (colour->kind == COLOUR_NONE) {
        return object;
    }
    emit_colour(&text, colour);
    const char *kept = emit_kept(arena, &text);
    return kept ? emit_put_text(arena, object, key, kept) : NULL;
}

static const struct value *document_make(const struct making *making)
{
    const struct manifest_options joined = options_join(making->job), *options = &joined;
    const struct record_set *set = making->job->sets[0];
    struct arena *arena = making->arena;
    struct value *document = value_object(arena), *categories = value_list(arena);
    const char *start = options->start_url[0] ? options->start_url
                        : options->base[0]    ? options->base
                                              : ".";
    document =
        emit_put_text(arena, document, "name", options->name[0] ? options->name : set->source.name);
    document = emit_put_given(arena, document, "short_name", options->short_name);
    document = emit_put_given(arena, document, "description", options->description);
    document = emit_put_given(arena, document, "id", options->id);
    document = emit_put_text(arena, document, "start_url", start);
    document = emit_put_given(arena, document, "scope", options->scope);
    document = emit_put_text(arena, document, "display", display_names[options->display]);
    document =
        emit_put_given(arena, document, "orientation", orientation_names[options->orientation]);
    document = emit_put_given(arena, document, "lang", options->lang);
    document = emit_put_given(arena, document, "dir", dir_names[options->dir]);
    document = put_colour(arena, document, "theme_color", &options->theme);
    document = put_colour(arena, document, "background_color", &options->background);
    for (size_t i = 0; i < options->categories.count; i++) {
        categories =
            value_append(arena, categories, value_text(arena, options->categories.list[i]));
    }
    if (options->categories.count) {
        document = value_set(arena, document, "categories", categories);
    }
    document = value_set(arena, document, "icons", making->icons);
    return making->screenshots && making->screenshots->list.count == 0
               ? document
               : value_set(arena, document, "screenshots", making->screenshots);
}

static enum status manifest_check(const void *file_options, struct error *error)
{
    const struct manifest_options *options = file_options;
    enum status status = emit_check_url("base", options->base, error);
    if (status == STATUS_OK) {
        status = emit_check_url("start-url", options->start_url, error);
    }
    return status == STATUS_OK ? emit_check_url("scope", options->scope, error) : status;
}

static enum status manifest_emit(const struct emit_job *job, struct buffer *out,
                                 struct error *error)
{
    struct making making = {.job = job, .arena = arena_new()};
    enum status status = making.arena ? STATUS_OK : error_memory(error);
    if (status == STATUS_OK) {
        making.icons = value_list(making.arena);
        making.screenshots = value_list(making.arena);
    }
    for (size_t i = 0; status == STATUS_OK && i < job->set_count; i++) {
        status = images_collect(&making, i, error);
    }
    if (status == STATUS_OK) {
        status = emit_json(out, document_make(&making), error);
    }
    arena_free(making.arena);
    return status;
}

/* ---- A manifest that lies there ---------------------------------------------------------------
 */

static void icon_inspect(const struct emit_inspection *inspection, const struct value *icon)
{
    const struct manifest_options *options = inspection->options;
    const char *src = look_text(icon, "src"), *sizes = look_text(icon, "sizes");
    const char *type = look_text(icon, "type");
    const struct emit_found *found = src ? look_url(inspection, options->base, src) : NULL;
    if (!found || found->format == FORMAT_NONE) {
        return;
    }
    const char *is = arena_format(inspection->arena, "%dx%d", found->width, found->height);
    if (is && sizes && found->width > 0 && !look_sizes_hold(sizes, found->width, found->height)) {
        look_stated(inspection, found, sizes, is);
    }
    if (type && strcmp(type, format_info(found->format)->mime) != 0) {
        look_stated(inspection, found, type, format_info(found->format)->mime);
    }
}

static void icons_inspect(const struct emit_inspection *inspection, const struct value *list)
{
    for (size_t i = 0; list && list->type == VALUE_LIST && i < list->list.count; i++) {
        icon_inspect(inspection, list->list.items[i]);
        icons_inspect(inspection, value_get(list->list.items[i], "icons")); /* of a shortcut */
    }
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* A browser leaves out words that it does not know. */
static void purpose_inspect(const struct emit_inspection *inspection, const char *purpose)
{
    for (const char *at = purpose; *at; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        bool known = false;
        for (size_t i = 0; purpose_names[i]; i++) {
            known = known || (strlen(purpose_names[i]) == length &&
                              strncmp(purpose_names[i], at, length) == 0);
        }
        if (!known) {
            inspection->fault(
                inspection, EMIT_STATED, NULL,
                arena_format(inspection->arena, "has an icon of purpose '%.*s'", (int)length, at),
                "must be any, maskable or monochrome");
        }
        at += length;
    }
}

/* The file of `src` among those that lie there; NULL when there is none. */
static const char *file_of(const struct emit_inspection *inspection, const char *src)
{
    for (const char *const *path = inspection->list(inspection, NULL); *path; path++) {
        const size_t whole = strlen(src), length = strlen(*path);
        if (length <= whole && strcmp(src + whole - length, *path) == 0 &&
            (length == whole || src[whole - length - 1] == '/')) {
            return *path;
        }
    }
    return NULL;
}

static bool icon_listed(const struct value *icons, const char *name, const char *purpose)
{
    for (size_t i = 0; icons && icons->type == VALUE_LIST && i < icons->list.count; i++) {
        const struct value *icon = icons->list.items[i];
        if (strstr(text_or(look_text(icon, "src"), ""), name) &&
            strstr(text_or(look_text(icon, "purpose"), "any"), purpose)) {
            return true;
        }
    }
    return false;
}

/* Every icon that lies there and that we would name is named, for the same purpose. */
static void icons_missing(const struct emit_inspection *inspection, const struct value *icons)
{
    const struct value *expected = look_expected(inspection);
    const struct value *wanted = expected ? value_get(expected, "icons") : NULL;
    for (size_t i = 0; wanted && i < wanted->list.count; i++) {
        const char *src = look_text(wanted->list.items[i], "src");
        const char *purpose = text_or(look_text(wanted->list.items[i], "purpose"), "any");
        const char *path = src ? file_of(inspection, src) : NULL;
        const char *slash = path ? strrchr(path, '/') : NULL;
        if (path && !icon_listed(icons, slash ? slash + 1 : path, purpose)) {
            inspection->fault(inspection, EMIT_UNNAMED, path,
                              arena_format(inspection->arena, "does not name '%s' for purpose %s",
                                           slash ? slash + 1 : path, purpose),
                              "must name each icon");
        }
    }
}

static void members_inspect(const struct emit_inspection *inspection, const struct value *document)
{
    const struct value *icons = value_get(document, "icons"),
                       *start = value_get(document, "start_url");
    if (!look_text(document, "name") && !look_text(document, "short_name")) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "has no name",
                          "must have 'name' or 'short_name'");
    }
    if (start && start->type != VALUE_TEXT) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "has a 'start_url' that is no text",
                          "must be a URL");
    }
    for (size_t i = 0; icons && icons->type == VALUE_LIST && i < icons->list.count; i++) {
        purpose_inspect(inspection, text_or(look_text(icons->list.items[i], "purpose"), ""));
    }
    icons_missing(inspection, icons);
}

static enum status manifest_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct value *document = look_json(inspection);
    static const char *const keys[] = {"icons", "screenshots", "shortcuts"};
    (void)error;
    for (size_t i = 0; document && i < sizeof keys / sizeof *keys; i++) {
        icons_inspect(inspection, value_get(document, keys[i]));
    }
    if (document) {
        members_inspect(inspection, document);
    }
    return STATUS_OK;
}

const struct emitter emitter_webmanifest = {
    .name = "webmanifest",
    .summary = "the web application manifest: name, colours, icons, screenshots",
    .version = 2,
    .gathers = true,
    .one_image = true,
    .default_path = "manifest.webmanifest",
    .file_options = manifest_file_options,
    .file_size = sizeof(struct manifest_options),
    .entry_options = manifest_entry_options,
    .entry_size = sizeof(struct entry_options),
    .check = manifest_check,
    .emit = manifest_emit,
    .inspect = manifest_inspect,
};
