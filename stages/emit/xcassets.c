/* SPDX-License-Identifier: MIT
 * The emitter `xcassets`: a Contents.json in every folder of an asset catalogue of Xcode, from the
 * catalogue's own down to those with images. What a folder is, its name's ending says. From the
 * records alone; knows neither pixels nor files. */
#include <string.h>

#include "emit.h"
#include "json.h"
#include "text.h"
#include "xcassets.h"

extern const struct emitter emitter_xcassets;

static const char *const idiom_names[] = {
    "universal",     "iphone",          "ipad", "mac", "tv", "watch", "car", "vision",
    "ios-marketing", "watch-marketing", NULL};
static const char *const appearance_names[] = {"", "light", "dark", "tinted", NULL};
static const char *const gamut_names[] = {"", "sRGB", "display-P3", NULL};
static const char *const direction_names[] = {"", "left-to-right", "right-to-left", NULL};
static const char *const class_names[] = {"", "compact", "regular", NULL};
static const char *const rendering_names[] = {"", "original", "template", "automatic", NULL};

struct catalogue_options {
    const char *author;
    int rendering;
    bool namespaced, vector;
};

static const struct option catalogue_file_options[] = {
    {.name = "author",
     OPT_TEXT(struct catalogue_options, author),
     .def = "xcode",
     .help = "who the files say has written them"},
    {.name = "rendering",
     OPT_ENUM(struct catalogue_options, rendering),
     .def = "",
     .names = rendering_names,
     .help = "image sets: in their own colours, or as a template that is tinted"},
    {.name = "vector",
     OPT_BOOL(struct catalogue_options, vector),
     .def = "false",
     .help = "image sets: keep vector data for any size"},
    {.name = "namespace",
     OPT_BOOL(struct catalogue_options, namespaced),
     .def = "false",
     .help = "folders become part of the names of their assets"},
    {0},
};

struct entry_options {
    unsigned idiom;
    const char *platform, *scale, *size, *role, *subtype, *screen_width;
    int appearance, gamut, direction, width_class, height_class;
    bool contrast;
};

static const struct option catalogue_entry_options[] = {
    {.name = "idiom",
     OPT_FLAGS(struct entry_options, idiom),
     .def = "universal",
     .names = idiom_names,
     .help = "kinds of devices; of several, each gets an entry of its own"},
    {.name = "platform",
     OPT_TEXT(struct entry_options, platform),
     .def = "",
     .help = "ios, watchos …, for an app icon of a single size"},
    {.name = "scale", OPT_TEXT(struct entry_options, scale), .def = "", .help = "1x, 2x or 3x"},
    {.name = "size",
     OPT_TEXT(struct entry_options, size),
     .def = "",
     .help = "points, such as 83.5x83.5; inside of brand assets that of the asset"},
    {.name = "role",
     OPT_TEXT(struct entry_options, role),
     .def = "",
     .help = "what a watch icon, or an asset of brand assets, is for"},
    {.name = "subtype",
     OPT_TEXT(struct entry_options, subtype),
     .def = "",
     .help = "device of a watch icon, such as 44mm"},
    {.name = "screen-width",
     OPT_TEXT(struct entry_options, screen_width),
     .def = "",
     .help = "screens of a watch, such as >161"},
    {.name = "appearance",
     OPT_ENUM(struct entry_options, appearance),
     .def = "",
     .names = appearance_names,
     .help = "for the dark, light or tinted look; empty: any"},
    {.name = "contrast",
     OPT_BOOL(struct entry_options, contrast),
     .def = "false",
     .help = "for high contrast"},
    {.name = "gamut",
     OPT_ENUM(struct entry_options, gamut),
     .def = "",
     .names = gamut_names,
     .help = "colours of the display"},
    {.name = "direction",
     OPT_ENUM(struct entry_options, direction),
     .def = "",
     .names = direction_names,
     .help = "direction of the language"},
    {.name = "width-class",
     OPT_ENUM(struct entry_options, width_class),
     .def = "",
     .names = class_names,
     .help = "size class across"},
    {.name = "height-class",
     OPT_ENUM(struct entry_options, height_class),
     .def = "",
     .names = class_names,
     .help = "size class down"},
    {0},
};

/* ---- Where the files lie ---- */

#define CONTENTS CATALOGUE_CONTENTS

/* The part of `path` up to and with the '/' after the catalogue's name; 0 when there is none. */
static size_t catalogue_length(const char *path)
{
    static const char ending[] = ".xcassets/";
    const char *at = strstr(path, ending);
    return at && at > path && at[-1] != '/' ? (size_t)(at - path) + strlen(ending) : 0;
}

size_t catalogue_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static enum status place_add(const char *path, size_t length, struct arena *arena,
                             const char ***places, size_t *count, size_t *capacity,
                             struct error *error)
{
    for (size_t i = 0; i < *count; i++) {
        if (strlen((*places)[i]) == length + strlen(CONTENTS) &&
            memcmp((*places)[i], path, length) == 0) {
            return STATUS_OK;
        }
    }
    const char **slot = arena_push(arena, places, count, capacity, sizeof *slot);
    const char *text = arena_format(arena, "%.*s" CONTENTS, (int)length, path);
    if (!slot || !text) {
        return error_memory(error);
    }
    *slot = text;
    return STATUS_OK;
}

static enum status catalogue_places(const char *const *paths, size_t count, struct arena *arena,
                                    const char *const **out, size_t *out_count, struct error *error)
{
    const char **places = NULL;
    size_t place_count = 0, capacity = 0;
    for (size_t i = 0; i < count; i++) {
        size_t root = catalogue_length(paths[i]), folder = catalogue_folder_length(paths[i]);
        if (root == 0 || root == folder) {
            return error_set(error, STATUS_USAGE,
                             "'%s' is not inside a set of an asset catalogue, such as "
                             "Assets.xcassets/AppIcon.appiconset/",
                             paths[i]);
        }
        for (size_t at = root; at <= folder; at++) {
            enum status status = STATUS_OK;
            if (paths[i][at - 1] == '/') {
                status = place_add(paths[i], at, arena, &places, &place_count, &capacity, error);
            }
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    *out = places;
    *out_count = place_count;
    return STATUS_OK;
}

/* ---- What a folder is ---- */

enum folder { FOLDER_GROUP, FOLDER_IMAGES, FOLDER_STACK, FOLDER_LAYER, FOLDER_BRAND };

static enum folder folder_kind(const char *folder, size_t length)
{
    static const struct {
        const char *ending;
        enum folder kind;
    } kinds[] = {
        {".imageset/", FOLDER_IMAGES},       {".appiconset/", FOLDER_IMAGES},
        {".launchimage/", FOLDER_IMAGES},    {".stickersiconset/", FOLDER_IMAGES},
        {".imagestack/", FOLDER_STACK},      {".solidimagestack/", FOLDER_STACK},
        {".imagestacklayer/", FOLDER_LAYER}, {".solidimagestacklayer/", FOLDER_LAYER},
        {".brandassets/", FOLDER_BRAND},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t size = strlen(kinds[i].ending);
        if (length > size && memcmp(folder + length - size, kinds[i].ending, size) == 0) {
            return kinds[i].kind;
        }
    }
    return FOLDER_GROUP;
}

/* One folder's Contents.json in the making. */
struct contents {
    const struct emit_job *job;
    const struct catalogue_options *options; /* of the first set that has something in it */
    struct arena *arena;
    size_t length; /* of the folder in job->path, with its '/' */
    enum folder kind;
    struct value *items;
};

static struct value *appearance_append(struct arena *arena, struct value *list, const char *kind,
                                       const char *value)
{
    struct value *object = emit_put_text(arena, value_object(arena), "appearance", kind);
    return value_append(arena, list, emit_put_text(arena, object, "value", value));
}

/* Keys in the alphabet's order, as Xcode sorts them. */
static const struct value *image_value(struct arena *arena, const struct entry_options *entry,
                                       const char *idiom, const char *name, bool inside_brand)
{
    struct value *image = value_object(arena), *appearances = value_list(arena);
    if (entry->appearance) {
        appearances = appearance_append(arena, appearances, "luminosity",
                                        appearance_names[entry->appearance]);
    }
    if (entry->contrast) {
        appearances = appearance_append(arena, appearances, "contrast", "high");
    }
    if (entry->appearance || entry->contrast) {
        image = value_set(arena, image, "appearances", appearances);
    }
    image = emit_put_given(arena, image, "display-gamut", gamut_names[entry->gamut]);
    image = emit_put_text(arena, image, "filename", name);
    image = emit_put_given(arena, image, "height-class", class_names[entry->height_class]);
    image = emit_put_text(arena, image, "idiom", idiom);
    image = emit_put_given(arena, image, "language-direction", direction_names[entry->direction]);
    image = emit_put_given(arena, image, "platform", entry->platform);
    image = emit_put_given(arena, image, "role", inside_brand ? "" : entry->role);
    image = emit_put_given(arena, image, "scale", entry->scale);
    image = emit_put_given(arena, image, "screen-width", entry->screen_width);
    image = emit_put_given(arena, image, "size", inside_brand ? "" : entry->size);
    image = emit_put_given(arena, image, "subtype", entry->subtype);
    return emit_put_given(arena, image, "width-class", class_names[entry->width_class]);
}

/* A folder of this one, named once. */
static void child_add(struct contents *contents, const char *rest, const char *idiom,
                      const struct entry_options *entry)
{
    struct arena *arena = contents->arena;
    size_t length = strcspn(rest, "/");
    for (size_t i = 0; contents->items && i < contents->items->list.count; i++) {
        const struct value *name = value_get(contents->items->list.items[i], "filename");
        if (strlen(name->text) == length && memcmp(name->text, rest, length) == 0) {
            return;
        }
    }
    const char *name = arena_slice(arena, rest, length);
    struct value *child = name ? emit_put_text(arena, value_object(arena), "filename", name) : NULL;
    if (contents->kind == FOLDER_BRAND) {
        child = emit_put_text(arena, child, "idiom", idiom);
        child = emit_put_given(arena, child, "role", entry->role);
        child = emit_put_given(arena, child, "size", entry->size);
    }
    contents->items = value_append(arena, contents->items, child);
}

static void entry_add(struct contents *contents, const struct entry_options *entry,
                      const char *path)
{
    const char *rest = path + contents->length;
    bool deeper = strchr(rest, '/') != NULL;
    bool inside_brand = strstr(path, ".brandassets/") != NULL;
    for (unsigned i = 0; idiom_names[i]; i++) {
        if (!(entry->idiom & 1u << i)) {
            continue;
        }
        if (contents->kind == FOLDER_IMAGES && !deeper) {
            contents->items = value_append(
                contents->arena, contents->items,
                image_value(contents->arena, entry, idiom_names[i], rest, inside_brand));
        } else if (deeper && (contents->kind == FOLDER_STACK || contents->kind == FOLDER_BRAND)) {
            child_add(contents, rest, idiom_names[i], entry);
        }
    }
}

static enum status contents_collect(struct contents *contents, struct error *error)
{
    const struct emit_job *job = contents->job;
    for (size_t i = 0; i < job->set_count; i++) {
        const struct record_rendition *rendition = NULL;
        struct entry_options entry;
        struct emit_walk walk = {
            .emitter = &emitter_xcassets, .set = job->sets[i], .arena = contents->arena};
        for (;;) {
            enum status status = emit_next(&walk, &entry, &rendition, error);
            if (status != STATUS_OK) {
                return status;
            }
            if (!rendition) {
                break;
            }
            if (rendition->path && strncmp(rendition->path, job->path, contents->length) == 0) {
                contents->options = contents->options ? contents->options : emit_options(job, i);
                entry_add(contents, &entry, rendition->path);
            }
        }
    }
    return STATUS_OK;
}

static struct value *put_properties(struct contents *contents, struct value *document)
{
    struct arena *arena = contents->arena;
    const struct catalogue_options *options = contents->options;
    struct value *properties = value_object(arena);
    bool images = contents->kind == FOLDER_IMAGES;
    bool root = contents->length == catalogue_length(contents->job->path);
    if (images) {
        properties =
            emit_put_true(arena, properties, "preserves-vector-representation", options->vector);
        properties = emit_put_given(arena, properties, "template-rendering-intent",
                                    rendering_names[options->rendering]);
    } else if (contents->kind == FOLDER_GROUP && !root) {
        properties = emit_put_true(arena, properties, "provides-namespace", options->namespaced);
    }
    return properties && properties->object.count == 0
               ? document
               : value_set(arena, document, "properties", properties);
}

static const struct value *contents_document(struct contents *contents)
{
    static const char *const keys[] = {
        [FOLDER_IMAGES] = "images", [FOLDER_STACK] = "layers", [FOLDER_BRAND] = "assets"};
    struct arena *arena = contents->arena;
    struct value *document = value_object(arena);
    struct value *info =
        emit_put_text(arena, value_object(arena), "author", contents->options->author);
    info = emit_put_int(arena, info, "version", 1);
    bool listed = contents->kind == FOLDER_IMAGES || contents->kind == FOLDER_STACK ||
                  contents->kind == FOLDER_BRAND;
    if (listed && contents->kind != FOLDER_STACK) {
        document = value_set(arena, document, keys[contents->kind], contents->items);
    }
    document = value_set(arena, document, "info", info);
    if (contents->kind == FOLDER_STACK) {
        document = value_set(arena, document, keys[contents->kind], contents->items);
    }
    return put_properties(contents, document);
}

static enum status catalogue_emit(const struct emit_job *job, struct buffer *out,
                                  struct error *error)
{
    struct contents contents = {
        .job = job, .arena = arena_new(), .length = catalogue_folder_length(job->path)};
    contents.kind = folder_kind(job->path, contents.length);
    contents.items = contents.arena ? value_list(contents.arena) : NULL;
    enum status status = contents.items ? contents_collect(&contents, error) : error_memory(error);
    contents.options = contents.options ? contents.options : job->options;
    if (status == STATUS_OK) {
        status = emit_json(out, contents_document(&contents), error);
    }
    arena_free(contents.arena);
    return status;
}

bool catalogue_holds_images(const char *folder)
{
    return folder_kind(folder, strlen(folder)) == FOLDER_IMAGES;
}

/* ---- What others call the files ---- */

/* Do both say the same of a file, but for its name? */
static bool image_alike(const struct value *image, const struct value *ours)
{
    size_t other = 0;
    for (size_t i = 0; i < image->object.count; i++) {
        const struct member *member = &image->object.members[i];
        const struct value *value = value_get(ours, member->key);
        const bool name = strcmp(member->key, "filename") == 0;
        if (!name && !(value && value_equal(member->value, value))) {
            return false;
        }
        other += !name;
    }
    return other == ours->object.count - 1;
}

static const char *image_called(const struct value *images, const struct value *ours)
{
    for (size_t i = 0; i < images->list.count; i++) {
        const struct value *image = images->list.items[i];
        const struct value *name =
            image->type == VALUE_OBJECT ? value_get(image, "filename") : NULL;
        if (name && name->type == VALUE_TEXT && image_alike(image, ours)) {
            return name->text;
        }
    }
    return NULL;
}

static enum status catalogue_called(const char *text, size_t size, const struct value *options,
                                    struct arena *arena, const char **out, struct error *error)
{
    const struct value *document = NULL, *images = NULL;
    struct entry_options entry;
    *out = NULL;
    if (json_parse(arena, text, size, &document, error) != STATUS_OK ||
        options_default(catalogue_entry_options, arena, &entry, error) != STATUS_OK ||
        options_parse(catalogue_entry_options, "xcassets", options, NULL, arena, &entry, error) !=
            STATUS_OK) {
        return error->status == STATUS_FAILED ? STATUS_FAILED : STATUS_OK;
    }
    images = document->type == VALUE_OBJECT ? value_get(document, "images") : NULL;
    for (unsigned i = 0; images && images->type == VALUE_LIST && idiom_names[i] && !*out; i++) {
        if (entry.idiom & 1u << i) {
            const struct value *ours = image_value(arena, &entry, idiom_names[i], "any", false);
            if (!ours) {
                return error_memory(error);
            }
            *out = image_called(images, ours);
        }
    }
    return STATUS_OK;
}

const struct emitter emitter_xcassets = {
    .name = "xcassets",
    .summary = "Contents.json in every folder of an asset catalogue of Xcode",
    .version = 1,
    .gathers = true,
    .default_path = "Contents.json in every folder",
    .file_options = catalogue_file_options,
    .file_size = sizeof(struct catalogue_options),
    .entry_options = catalogue_entry_options,
    .entry_size = sizeof(struct entry_options),
    .places = catalogue_places,
    .emit = catalogue_emit,
    .needed = true,
    .names_in = CONTENTS,
    .called = catalogue_called,
    .inspect = catalogue_inspect,
};
