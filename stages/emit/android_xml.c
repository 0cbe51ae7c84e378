/* SPDX-License-Identifier: MIT
 * The emitter `android-xml`: the adaptive icon of a launcher, a colour resource, the drawable of a
 * splash screen. From the records alone; knows neither pixels nor files. */
#include <string.h>

#include "emit.h"
#include "look.h"
#include "text.h"

extern const struct emitter emitter_android_xml;

enum kind { KIND_ADAPTIVE, KIND_COLOURS, KIND_SPLASH };
static const char *const kind_names[] = {"adaptive-icon", "colours", "splash", NULL};
enum layer { LAYER_FOREGROUND, LAYER_BACKGROUND, LAYER_MONOCHROME, LAYER_IMAGE, LAYER_COUNT };
static const char *const layer_names[] = {"foreground", "background", "monochrome", "image", NULL};

struct xml_options {
    const char *path, *background, *name;
    int type;
    struct colour colour;
};

static const struct option xml_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct xml_options, path),
     .def = "",
     .help = "where the file is written, below the output folder"},
    {.name = "type",
     OPT_ENUM(struct xml_options, type),
     .def = "adaptive-icon",
     .names = kind_names,
     .help = "an adaptive icon of its layers, a resource of one colour, or a splash screen: an "
             "image on a background"},
    {.name = "background",
     OPT_TEXT(struct xml_options, background),
     .def = "",
     .help = "resource for the background where no output is one: @color/ic_launcher_background"},
    {.name = "colour",
     OPT_COLOUR(struct xml_options, colour),
     .def = "",
     .help = "colour of the resource, or of the background where there is no other"},
    {.name = "name",
     OPT_TEXT(struct xml_options, name),
     .def = "",
     .help = "name of the colour; empty: the file's"},
    {0},
};

struct entry_options {
    int layer;
};

static const struct option xml_entry_options[] = {
    {.name = "layer",
     OPT_ENUM(struct entry_options, layer),
     .def = "foreground",
     .names = layer_names,
     .help = "layer of the adaptive icon, or the image of a splash screen"},
    {0},
};

/* ---- Resources ---- */

static bool is_resource_name(const char *name)
{
    bool good = (*name >= 'a' && *name <= 'z') || *name == '_';
    return good && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* "res/mipmap-hdpi/ic_launcher.png" is @mipmap/ic_launcher: folder and file without what only picks
 * one of several. */
static enum status resource_of(const char *path, struct arena *arena, const char **out,
                               struct error *error)
{
    const char *slash = path ? strrchr(path, '/') : NULL, *folder = slash;
    while (folder && folder > path && folder[-1] != '/') {
        folder--;
    }
    size_t type = folder ? strcspn(folder, "-/") : 0;
    bool known = (type == 6 && memcmp(folder, "mipmap", type) == 0) ||
                 (type == 8 && memcmp(folder, "drawable", type) == 0);
    const char *name = known ? arena_slice(arena, slash + 1, strcspn(slash + 1, ".")) : NULL;
    if (known && !name) {
        return error_memory(error);
    }
    if (!known || !is_resource_name(name)) {
        return error_set(error, STATUS_USAGE,
                         "'%s' is no resource of Android: must lie in a folder mipmap… or "
                         "drawable…, its name being [a-z_][a-z0-9_]*",
                         path ? path : "inline");
    }
    *out = arena_format(arena, "@%.*s/%s", (int)type, folder, name);
    return *out ? STATUS_OK : error_memory(error);
}

/* One resource for each layer; its densities are one and the same. */
static enum status layers_collect(const struct record_set *set, struct arena *arena,
                                  const char *layers[LAYER_COUNT], struct error *error)
{
    struct emit_walk walk = {.emitter = &emitter_android_xml, .set = set, .arena = arena};
    for (;;) {
        const struct record_rendition *rendition = NULL;
        struct entry_options entry;
        const char *resource = NULL;
        enum status status = emit_next(&walk, &entry, &rendition, error);
        if (status != STATUS_OK || !rendition) {
            return status;
        }
        status = resource_of(rendition->path, arena, &resource, error);
        if (status != STATUS_OK) {
            return status;
        }
        const char *other = layers[entry.layer];
        if (other && strcmp(other, resource) != 0) {
            return error_set(error, STATUS_USAGE, "layer '%s' is two resources: '%s' and '%s'",
                             layer_names[entry.layer], other, resource);
        }
        layers[entry.layer] = resource;
    }
}

/* ---- Documents ---- */

#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
#define ANDROID " xmlns:android=\"http://schemas.android.com/apk/res/android\""

/* Android puts alpha first. */
static void colour_write(struct buffer *out, const struct colour *colour)
{
    if (colour->kind == COLOUR_TRANSPARENT) {
        buffer_text(out, "#00000000");
        return;
    }
    buffer_char(out, '#');
    if (colour->alpha != 255) {
        buffer_format(out, "%02x", colour->alpha);
    }
    buffer_format(out, "%02x%02x%02x", colour->red, colour->green, colour->blue);
}

static bool has_colour(const struct xml_options *options)
{
    return options->colour.kind == COLOUR_PLAIN || options->colour.kind == COLOUR_TRANSPARENT;
}

static enum status layer_missing(const char *what, enum layer layer, struct error *error)
{
    return error_set(error, STATUS_USAGE, "%s has no %s: no output has 'layer' \"%s\"%s", what,
                     layer_names[layer], layer_names[layer],
                     layer == LAYER_BACKGROUND ? ", nor is 'background' or 'colour' given" : "");
}

static void layer_write(struct buffer *out, enum layer layer, const char *resource)
{
    if (resource) {
        buffer_format(out, "    <%s", layer_names[layer]);
        emit_attribute(out, "android:drawable", resource);
        buffer_text(out, "/>\n");
    }
}

static enum status adaptive_write(const struct xml_options *options,
                                  const char *const layers[LAYER_COUNT], struct buffer *out,
                                  struct error *error)
{
    const char *background = layers[LAYER_BACKGROUND];
    if (!background && options->background[0]) {
        background = options->background;
    }
    if (!layers[LAYER_FOREGROUND] || !(background || has_colour(options))) {
        return layer_missing("an adaptive icon",
                             layers[LAYER_FOREGROUND] ? LAYER_BACKGROUND : LAYER_FOREGROUND, error);
    }
    buffer_text(out, HEAD "<adaptive-icon" ANDROID ">\n");
    layer_write(out, LAYER_BACKGROUND, background);
    if (!background) {
        buffer_text(out, "    <background>\n        <color android:color=\"");
        colour_write(out, &options->colour);
        buffer_text(out, "\"/>\n    </background>\n");
    }
    layer_write(out, LAYER_FOREGROUND, layers[LAYER_FOREGROUND]);
    layer_write(out, LAYER_MONOCHROME, layers[LAYER_MONOCHROME]);
    buffer_text(out, "</adaptive-icon>\n");
    return STATUS_OK;
}

static enum status splash_write(const struct xml_options *options,
                                const char *const layers[LAYER_COUNT], struct buffer *out,
                                struct error *error)
{
    const char *background = layers[LAYER_BACKGROUND];
    if (!background && options->background[0]) {
        background = options->background;
    }
    if (!layers[LAYER_IMAGE]) {
        return layer_missing("a splash screen", LAYER_IMAGE, error);
    }
    buffer_text(out, HEAD "<layer-list" ANDROID ">\n");
    if (background) {
        buffer_text(out, "    <item");
        emit_attribute(out, "android:drawable", background);
        buffer_text(out, "/>\n");
    } else if (has_colour(options)) {
        buffer_text(out, "    <item>\n        <color android:color=\"");
        colour_write(out, &options->colour);
        buffer_text(out, "\"/>\n    </item>\n");
    }
    buffer_text(out, "    <item>\n        <bitmap android:gravity=\"center\"");
    emit_attribute(out, "android:src", layers[LAYER_IMAGE]);
    buffer_text(out, "/>\n    </item>\n</layer-list>\n");
    return STATUS_OK;
}

static enum status colours_write(const struct emit_job *job, struct arena *arena,
                                 struct buffer *out, struct error *error)
{
    const struct xml_options *options = job->options;
    const char *slash = strrchr(job->path, '/');
    const char *file = slash ? slash + 1 : job->path;
    const char *name =
        options->name[0] ? options->name : arena_slice(arena, file, strcspn(file, "."));
    if (!name) {
        return error_memory(error);
    }
    if (!is_resource_name(name)) {
        return error_set(error, STATUS_USAGE,
                         "'%s' cannot be the name of a colour: must be [a-z_][a-z0-9_]*", name);
    }
    buffer_text(out, HEAD "<resources>\n    <color");
    emit_attribute(out, "name", name);
    buffer_char(out, '>');
    colour_write(out, &options->colour);
    buffer_text(out, "</color>\n</resources>\n");
    return STATUS_OK;
}

/* ---- The emitter ---- */

static enum status xml_check(const void *file_options, struct error *error)
{
    const struct xml_options *options = file_options;
    if (options->type == KIND_COLOURS && !has_colour(options)) {
        return error_set(error, STATUS_USAGE,
                         "'colour' is missing: a resource of 'type' \"colours\" is one colour");
    }
    if (options->background[0] && options->background[0] != '@' && options->background[0] != '?') {
        return error_set(error, STATUS_USAGE,
                         "'background' is '%s', must be a resource such as "
                         "@color/ic_launcher_background",
                         options->background);
    }
    return STATUS_OK;
}

static enum status xml_emit(const struct emit_job *job, struct buffer *out, struct error *error)
{
    const struct xml_options *options = job->options;
    const char *layers[LAYER_COUNT] = {NULL};
    struct arena *arena = arena_new();
    enum status status = arena ? STATUS_OK : error_memory(error);
    if (status == STATUS_OK && options->type == KIND_COLOURS) {
        status = colours_write(job, arena, out, error);
    } else if (status == STATUS_OK) {
        status = layers_collect(job->sets[0], arena, layers, error);
        if (status == STATUS_OK) {
            status = options->type == KIND_SPLASH ? splash_write(options, layers, out, error)
                                                  : adaptive_write(options, layers, out, error);
        }
    }
    arena_free(arena);
    return status == STATUS_OK && buffer_failed(out) ? error_memory(error) : status;
}

/* ---- A resource that lies there ---------------------------------------------------------------
 */

/* Are the elements closed in the order in which they were opened? A reader of its own for what
 * Android's build would refuse; names and attributes are not looked at. */
static bool is_well_formed(const char *text)
{
    enum { DEPTH_MAX = 64 };
    const char *open[DEPTH_MAX];
    size_t depth = 0, elements = 0;
    for (const char *at = strchr(text, '<'); at; at = strchr(at, '<')) {
        bool comment = text_starts(at, "<!--"), other = at[1] == '?' || at[1] == '!';
        const char *end = comment ? strstr(at, "-->") : strchr(at, '>');
        const char *name = at + 1 + (at[1] == '/');
        size_t length = strcspn(name, " \t\r\n/>");
        if (!end || (!other && length == 0) || depth == DEPTH_MAX) {
            return false;
        }
        if (at[1] == '/') {
            const char *opened = depth > 0 ? open[--depth] : "";
            if (strcspn(opened, " \t\r\n/>") != length || memcmp(opened, name, length) != 0) {
                return false;
            }
        } else if (!other && end[-1] != '/') {
            open[depth++] = name;
            elements++;
        } else {
            elements += !other;
        }
        at = end;
    }
    return depth == 0 && elements > 0;
}

/* "@mipmap/ic_launcher" is a file of that name in any of the folders mipmap…. */
static bool resource_there(const struct emit_inspection *inspection, const char *type,
                           size_t type_size, const char *name, size_t name_size)
{
    for (const char *const *path = inspection->list(inspection, NULL); *path; path++) {
        const char *slash = strrchr(*path, '/'), *folder = slash;
        while (folder && folder > *path && folder[-1] != '/') {
            folder--;
        }
        if (folder && strncmp(folder, type, type_size) == 0 &&
            strchr("-/", folder[type_size]) != NULL && strncmp(slash + 1, name, name_size) == 0 &&
            slash[1 + name_size] == '.') {
            return true;
        }
    }
    return false;
}

/* Of the elements that we would write, those without which Android takes it for something else. */
static void elements_inspect(const struct emit_inspection *inspection)
{
    static const char *const elements[] = {"<adaptive-icon", "<background", "<foreground",
                                           "<resources", "<style"};
    const char *expected = inspection->expected(inspection);
    for (size_t i = 0; expected && i < sizeof elements / sizeof *elements; i++) {
        if (strstr(expected, elements[i]) && !strstr(inspection->text, elements[i])) {
            inspection->fault(inspection, EMIT_DAMAGED, NULL,
                              arena_format(inspection->arena, "has no %s>", elements[i]),
                              "must have one");
        }
    }
}

static enum status xml_inspect(const struct emit_inspection *inspection, struct error *error)
{
    static const char *const types[] = {"@mipmap/", "@drawable/"};
    (void)error;
    if (!is_well_formed(inspection->text)) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "is not well-formed", "must be XML");
        return STATUS_OK;
    }
    elements_inspect(inspection);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        for (const char *at = strstr(inspection->text, types[i]); at; at = strstr(at, types[i])) {
            const char *type = at + 1, *name = at + strlen(types[i]);
            size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
            at = name + size;
            if (!resource_there(inspection, type, strlen(types[i]) - 2, name, size)) {
                const char *wrong =
                    arena_format(inspection->arena, "names '%s%.*s'", types[i], (int)size, name);
                if (wrong) {
                    inspection->fault(inspection, EMIT_DANGLING, NULL, wrong,
                                      "that resource is not there");
                }
            }
        }
    }
    return STATUS_OK;
}

const struct emitter emitter_android_xml = {
    .name = "android-xml",
    .summary = "XML resources of Android: adaptive icon, colour, splash screen",
    .version = 1,
    .default_path = "res/mipmap-anydpi-v26/ic_launcher.xml",
    .file_options = xml_file_options,
    .file_size = sizeof(struct xml_options),
    .entry_options = xml_entry_options,
    .entry_size = sizeof(struct entry_options),
    .check = xml_check,
    .emit = xml_emit,
    .needed = true,
    .inspect = xml_inspect,
};
