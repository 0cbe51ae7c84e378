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
     .help = "where the file is written, below the output folder"},
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

static struct value *image_value(const struct emit_job *job, const struct entry_options *entry,
                                 const struct record_rendition *rendition, struct arena *arena)
{
    const struct manifest_options *options = job->options;
    struct buffer url = {0};
    emit_url(&url, job->path, options->base, rendition);
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

static struct value *screenshot_value(const struct emit_job *job, const struct record_set *set,
                                      const struct entry_options *entry,
                                      const struct record_rendition *rendition, struct arena *arena)
{
    struct value *image = image_value(job, entry, rendition, arena);
    image = emit_put_given(arena, image, "form_factor", form_names[entry->form]);
    return emit_put_given(arena, image, "label", entry->label[0] ? entry->label : set->source.alt);
}

/* One entry for each purpose: "any maskable" in one would be padded where it must not be. */
static struct value *icons_append(const struct emit_job *job, struct value *icons,
                                  const struct entry_options *entry,
                                  const struct record_rendition *rendition, struct arena *arena)
{
    for (unsigned i = 0; purpose_names[i]; i++) {
        if (entry->purpose & 1u << i) {
            struct value *icon = image_value(job, entry, rendition, arena);
            icons = value_append(arena, icons,
                                 i == 0 ? icon
                                        : emit_put_text(arena, icon, "purpose", purpose_names[i]));
        }
    }
    return icons;
}

static enum status images_collect(const struct emit_job *job, const struct record_set *set,
                                  struct arena *arena, struct value **icons,
                                  struct value **screenshots, struct error *error)
{
    const struct record_rendition *rendition = NULL;
    struct entry_options entry;
    struct emit_walk walk = {.emitter = &emitter_webmanifest, .set = set, .arena = arena};
    for (;;) {
        enum status status = emit_next(&walk, &entry, &rendition, error);
        if (status != STATUS_OK || !rendition) {
            return status;
        }
        if (entry.role == ROLE_ICON) {
            *icons = icons_append(job, *icons, &entry, rendition, arena);
        } else {
            *screenshots = value_append(arena, *screenshots,
                                        screenshot_value(job, set, &entry, rendition, arena));
        }
    }
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

static const struct value *document_make(const struct manifest_options *options,
                                         const struct record_set *set, struct arena *arena,
                                         const struct value *icons, const struct value *screenshots)
{
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
    document = value_set(arena, document, "icons", icons);
    return screenshots && screenshots->list.count == 0
               ? document
               : value_set(arena, document, "screenshots", screenshots);
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
    struct arena *arena = arena_new();
    enum status status = arena ? STATUS_OK : error_memory(error);
    if (status == STATUS_OK) {
        struct value *icons = value_list(arena), *screenshots = value_list(arena);
        status = images_collect(job, job->sets[0], arena, &icons, &screenshots, error);
        if (status == STATUS_OK) {
            status = emit_json(
                out, document_make(job->options, job->sets[0], arena, icons, screenshots), error);
        }
    }
    arena_free(arena);
    return status;
}

/* ---- A manifest that lies there ---------------------------------------------------------------
 */

/* "any", or one of "48x48 96x96". */
static bool sizes_hold(const char *sizes, int width, int height)
{
    char size[32];
    int length = snprintf(size, sizeof size, "%dx%d", width, height);
    for (const char *at = sizes; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if ((word == 3 && strncasecmp(at, "any", word) == 0) ||
            (word == (size_t)length && strncasecmp(at, size, word) == 0)) {
            return true;
        }
        at += word;
    }
    return false;
}

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
    if (is && sizes && found->width > 0 && !sizes_hold(sizes, found->width, found->height)) {
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

static enum status manifest_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct value *document = look_json(inspection);
    static const char *const keys[] = {"icons", "screenshots", "shortcuts"};
    (void)error;
    for (size_t i = 0; document && i < sizeof keys / sizeof *keys; i++) {
        icons_inspect(inspection, value_get(document, keys[i]));
    }
    return STATUS_OK;
}

const struct emitter emitter_webmanifest = {
    .name = "webmanifest",
    .summary = "the web application manifest: name, colours, icons, screenshots",
    .version = 1,
    .default_path = "manifest.webmanifest",
    .file_options = manifest_file_options,
    .file_size = sizeof(struct manifest_options),
    .entry_options = manifest_entry_options,
    .entry_size = sizeof(struct entry_options),
    .check = manifest_check,
    .emit = manifest_emit,
    .inspect = manifest_inspect,
};
