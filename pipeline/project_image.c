/* SPDX-License-Identifier: MIT
 * One combination of an entry becomes images: each file that its source finds, or one from a
 * prompt; with presets, inputs and what is known of each. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "preset_shape.h"
#include "project_build.h"
#include "project_shape.h"
#include "suggest.h"
#include "text.h"

struct project_image *project_push(struct project_build *build)
{
    if (build->count >= PROJECT_IMAGES_MAX) {
        error_set(build->error, STATUS_REFUSED, "more than %d images", (int)PROJECT_IMAGES_MAX);
        return NULL;
    }
    struct project_image *image =
        arena_push(build->arena, &build->images, &build->count, &build->capacity, sizeof(*image));
    if (!image) {
        (void)error_memory(build->error);
    }
    return image;
}

static const struct pointer *asked_at_entry(const void *data, const char *key,
                                            struct entry_place *place)
{
    return entry_at(data, key, place);
}

static struct asked asked_of(const struct cell *cell)
{
    return (struct asked){cell, cell->entry->whole, asked_at_entry, cell->entry};
}

/* What `${name}` and `${dir}` are from here on. */
static enum status set_words(struct cell *cell, const char *name, const char *dir)
{
    struct arena *arena = cell->entry->build->arena;
    struct value *late = value_object(arena);
    late = value_set(arena, late, "name", value_text(arena, name));
    cell->late = value_set(arena, late, "dir", value_text(arena, dir));
    return cell->late ? STATUS_OK : error_memory(cell->entry->build->error);
}

/* ---- Presets -------------------------------------------------------------------------------- */

static enum status preset_parse_item(const struct cell *cell, const struct value *item,
                                     const struct pointer *at, struct project_preset *out)
{
    struct project_build *build = cell->entry->build;
    struct arena *arena = build->arena;
    const char *name = item->type == VALUE_TEXT ? item->text : NULL;
    struct value *changes = NULL;
    if (item->type == VALUE_OBJECT) {
        const struct value *preset = value_get(item, "preset");
        if (shape_changes(item, "a preset of an image", at, build->error) != STATUS_OK) {
            return cell_wrong(cell, NULL);
        }
        name = preset ? preset->text : NULL;
        changes = value_object(arena);
        for (size_t i = 0; i < item->object.count; i++) {
            const struct member *member = &item->object.members[i];
            if (strcmp(member->key, "preset") != 0) {
                changes = value_set(arena, changes, member->key, member->value);
            }
        }
        if (!changes) {
            return error_memory(build->error);
        }
    }
    if (!name || !*name) {
        suggest_wrong(build->error, "presets", item,
                      "a list of names or of objects like { \"preset\": \"web\", \"set\": { … } }");
        return cell_wrong(cell, at);
    }
    struct buffer place = {.limit = 4096};
    pointer_print(&place, at);
    bool path = strchr(name, '/') || text_ends(name, ".json");
    out->name = path ? project_path(build, name) : name;
    out->changes = changes && changes->object.count > 0 ? changes : NULL;
    out->place =
        arena_format(arena, "%s: %s%s", build->settings->file, buffer_string(&place), cell->label);
    buffer_free(&place);
    return out->name && out->place ? STATUS_OK : error_memory(build->error);
}

static enum status presets_parse(const struct cell *cell, struct project_image *image)
{
    struct project_build *build = cell->entry->build;
    struct entry_place place;
    const struct value *list = value_get(cell->entry->whole, "presets");
    const struct pointer *at = entry_at(cell->entry, "presets", &place);
    if (!list) {
        if (image->source) {
            error_set(build->error, STATUS_USAGE, "'presets' is missing: what to make of it");
            return cell_wrong(cell, entry_at(cell->entry, "", &place)->parent);
        }
        return STATUS_OK; /* kept for others to refer to */
    }
    if (cell_fill(cell, list, at, &list) != STATUS_OK) {
        return build->error->status;
    }
    if (list->type != VALUE_LIST || list->list.count == 0) {
        suggest_wrong(build->error, "presets", list, "a list with at least one preset");
        return cell_wrong(cell, at);
    }
    struct project_preset *presets = arena_array(build->arena, list->list.count, sizeof(*presets));
    if (!presets) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < list->list.count; i++) {
        if (preset_parse_item(cell, list->list.items[i], POINTER_INDEX(at, i), &presets[i]) !=
            STATUS_OK) {
            return build->error->status;
        }
    }
    image->presets = presets;
    image->preset_count = list->list.count;
    return STATUS_OK;
}

/* ---- Named inputs --------------------------------------------------------------------------- */

struct made_place {
    const struct pointer *at;
};

static const struct pointer *asked_at_input(const void *data, const char *key,
                                            struct entry_place *place)
{
    const struct made_place *made = data;
    place->key = (struct pointer){.parent = made->at, .key = key};
    return &place->key;
}

/* { "prompt": … }: an image of its own, which this one waits for. */
static enum status input_made(const struct cell *cell, const struct project_image *owner,
                              const char *name, const struct value *object,
                              const struct pointer *at, size_t *index)
{
    struct project_build *build = cell->entry->build;
    const struct made_place place = {at};
    const struct asked asked = {cell, object, asked_at_input, &place};
    struct project_image image = {.part = true};
    bool text = value_get(object, "prompt"), file = value_get(object, "prompt-file");
    if (shape_check(object, shape_made_input, "an input that is made", at, build->error) !=
        STATUS_OK) {
        return cell_wrong(cell, NULL);
    }
    if (text == file) {
        error_set(build->error, STATUS_USAGE,
                  "an input that is made has exactly one of 'prompt' "
                  "and 'prompt-file'");
        return cell_wrong(cell, at);
    }
    struct buffer words = {.limit = 4096};
    pointer_print(&words, at);
    image.id = arena_format(build->arena, "%s/%s", owner->id, name);
    image.place = arena_text(build->arena, buffer_string(&words));
    image.label = cell->label;
    buffer_free(&words);
    if (!image.id || !image.place) {
        return error_memory(build->error);
    }
    image.name = name;
    image.dir = "";
    if (project_prompt(&asked, &image) != STATUS_OK ||
        project_wishes(&asked, &image) != STATUS_OK) {
        return build->error->status;
    }
    struct project_image *slot = project_push(build);
    if (!slot) {
        return build->error->status;
    }
    *slot = image;
    *index = build->count - 1;
    return STATUS_OK;
}

/* A path, a colour, or nothing: a file with `${…}` in its name may be missing. */
static enum status input_file(const struct cell *cell, const char *name, const struct value *said,
                              const struct pointer *at, const struct value **out)
{
    struct project_build *build = cell->entry->build;
    const struct value *text = NULL;
    *out = NULL;
    if (cell_fill(cell, said, at, &text) != STATUS_OK) {
        return build->error->status;
    }
    if (text->type != VALUE_TEXT || !*text->text) {
        suggest_wrong(build->error, name, text, "a path, a colour, or { \"prompt\": … }");
        return cell_wrong(cell, at);
    }
    if (*text->text == '#') {
        *out = text;
        return STATUS_OK;
    }
    const char *path = project_path(build, text->text);
    if (!path) {
        return error_memory(build->error);
    }
    if (access(path, F_OK) == 0) {
        *out = value_text(build->arena, path);
        return *out ? STATUS_OK : error_memory(build->error);
    }
    if (shape_has_placeholder(said)) {
        return STATUS_OK;
    }
    error_set(build->error, STATUS_MISSING, "no such file '%s'", path);
    return cell_wrong(cell, at);
}

static enum status inputs_parse(const struct cell *cell, struct project_image *image)
{
    struct project_build *build = cell->entry->build;
    struct entry_place place;
    const struct value *inputs = value_get(cell->entry->whole, "inputs");
    const struct pointer *at = entry_at(cell->entry, "inputs", &place);
    struct value *object = value_object(build->arena);
    size_t count = inputs ? inputs->object.count : 0;
    struct project_made_input *made = arena_array(build->arena, count + 1, sizeof(*made));
    if (!object || !made) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &inputs->object.members[i];
        const struct pointer *here = POINTER_KEY(at, member->key);
        const struct value *file = NULL;
        size_t *index = &made[image->made_input_count].image;
        enum status status = shape_name(member->key, "an input", here, build->error);
        if (status == STATUS_OK && member->value->type == VALUE_OBJECT) {
            status = input_made(cell, image, member->key, member->value, here, index);
            made[image->made_input_count++].name = member->key;
        } else if (status == STATUS_OK) {
            status = input_file(cell, member->key, member->value, here, &file);
        }
        if (status != STATUS_OK) {
            return status;
        }
        object = file ? value_set(build->arena, object, member->key, file) : object;
    }
    if (!object) {
        return error_memory(build->error);
    }
    image->inputs = object->object.count > 0 ? object : NULL;
    image->made_inputs = made;
    return STATUS_OK;
}

/* ---- What all images have ------------------------------------------------------------------- */

/* An id makes names of files: no way out of the folder, nothing that moves a terminal. */
static enum status id_check(const struct cell *cell, const char *id)
{
    struct error *error = cell->entry->build->error;
    struct entry_place place;
    bool printable = true, leaves = *id == '/' || text_ends(id, "/") || strstr(id, "//");
    for (const char *c = id; *c; c++) {
        printable = printable && (unsigned char)*c >= 0x20 && *c != 0x7f;
    }
    for (const char *part = id; part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        leaves = leaves || (length <= 2 && strncmp(part, "..", length) == 0 && length > 0);
    }
    if (printable && !leaves && strlen(id) <= 200) {
        return STATUS_OK;
    }
    error_set(error, STATUS_USAGE,
              "'%s' cannot be an id: up to 200 bytes that may name files, '/' between folders", id);
    return cell_wrong(cell, entry_at(cell->entry, "id", &place));
}

static enum status place_of_cell(const struct cell *cell, struct project_image *image)
{
    struct project_build *build = cell->entry->build;
    image->place = arena_format(build->arena, "/images/%zu", cell->entry->index);
    image->label = cell->label;
    return image->place ? STATUS_OK : error_memory(build->error);
}

/* The run puts `${preset}` into a folder: here it stays. */
static enum status out_parse(const struct cell *cell, struct project_image *image)
{
    struct project_build *build = cell->entry->build;
    struct cell inner = *cell;
    const struct asked asked = asked_of(&inner);
    const struct value *whole = value_get(build->root, "out");
    const struct value *preset = value_set(build->arena, value_object(build->arena), "preset",
                                           value_text(build->arena, "${preset}"));
    const char *out = NULL;
    inner.late = preset ? value_merge(build->arena, cell->late, preset) : NULL;
    if (!inner.late) {
        return error_memory(build->error);
    }
    if (asked_text(&asked, "out", &out) != STATUS_OK) {
        return build->error->status;
    }
    out = out ? out : whole && *whole->text ? whole->text : ".";
    image->out = project_path(build, out);
    return image->out ? STATUS_OK : error_memory(build->error);
}

static enum status common_parse(const struct cell *cell, struct project_image *image)
{
    struct project_build *build = cell->entry->build;
    const struct asked asked = asked_of(cell);
    struct entry_place place;
    const char *focus = NULL;
    enum status status = asked_text(&asked, "alt", &image->alt);
    if (status == STATUS_OK) {
        status = asked_text(&asked, "focus", &focus);
    }
    if (status == STATUS_OK && focus && project_focus(focus, image, build->error) != STATUS_OK) {
        status = cell_wrong(cell, entry_at(cell->entry, "focus", &place));
    }
    if (status == STATUS_OK) {
        status = out_parse(cell, image);
    }
    return status == STATUS_OK ? presets_parse(cell, image) : status;
}

/* ---- Files ---------------------------------------------------------------------------------- */

static enum status file_image(struct cell *cell, const struct project_found *found)
{
    struct project_build *build = cell->entry->build;
    const struct asked asked = asked_of(cell);
    struct project_image image = {.source = found->path, .name = found->name, .dir = found->dir};
    const char *id = NULL;
    if (set_words(cell, found->name, found->dir) != STATUS_OK ||
        asked_text(&asked, "id", &id) != STATUS_OK || (id && id_check(cell, id) != STATUS_OK)) {
        return build->error->status;
    }
    image.id_given = id;
    image.id = id ? id : found->path;
    if (place_of_cell(cell, &image) != STATUS_OK || common_parse(cell, &image) != STATUS_OK ||
        about_apply(cell, found, &image) != STATUS_OK || inputs_parse(cell, &image) != STATUS_OK) {
        return build->error->status;
    }
    struct project_image *slot = project_push(build);
    if (!slot) {
        return build->error->status;
    }
    *slot = image;
    return STATUS_OK;
}

static enum status file_images(struct cell *cell)
{
    struct project_build *build = cell->entry->build;
    const struct asked asked = asked_of(cell);
    struct entry_place place;
    const char *pattern = NULL;
    const struct project_found *found = NULL;
    size_t count = 0;
    if (asked_text(&asked, "source", &pattern) != STATUS_OK) {
        return build->error->status;
    }
    const char *path = project_path(build, pattern ? pattern : "");
    if (!path) {
        return error_memory(build->error);
    }
    if (build->settings->find(build->settings->data, path, build->arena, &found, &count,
                              build->error) != STATUS_OK) {
        return cell_wrong(cell, entry_at(cell->entry, "source", &place));
    }
    for (size_t i = 0; i < count; i++) {
        if (file_image(cell, &found[i]) != STATUS_OK) {
            return build->error->status;
        }
    }
    return STATUS_OK;
}

/* ---- Prompts -------------------------------------------------------------------------------- */

/* "products/lamp": ${dir} "products/", ${name} "lamp". */
static enum status words_of_id(struct arena *arena, struct project_image *image,
                               struct error *error)
{
    const char *slash = strrchr(image->id, '/');
    image->name = slash ? slash + 1 : image->id;
    image->dir = slash ? arena_slice(arena, image->id, (size_t)(slash + 1 - image->id)) : "";
    return image->dir ? STATUS_OK : error_memory(error);
}

static enum status prompt_image(struct cell *cell)
{
    struct project_build *build = cell->entry->build;
    const struct asked asked = asked_of(cell);
    struct entry_place place;
    struct project_image image = {0};
    if (asked_text(&asked, "id", &image.id) != STATUS_OK) {
        return build->error->status;
    }
    if (!image.id) {
        error_set(build->error, STATUS_USAGE,
                  "'id' is missing: an image that is made from a prompt needs a name");
        return cell_wrong(cell, entry_at(cell->entry, "", &place)->parent);
    }
    image.id_given = true;
    if (id_check(cell, image.id) != STATUS_OK || project_prompt(&asked, &image) != STATUS_OK ||
        words_of_id(build->arena, &image, build->error) != STATUS_OK ||
        set_words(cell, image.name, image.dir) != STATUS_OK ||
        place_of_cell(cell, &image) != STATUS_OK || project_wishes(&asked, &image) != STATUS_OK ||
        common_parse(cell, &image) != STATUS_OK || inputs_parse(cell, &image) != STATUS_OK) {
        return build->error->status;
    }
    struct project_image *slot = project_push(build);
    if (!slot) {
        return build->error->status;
    }
    *slot = image;
    return STATUS_OK;
}

enum status project_cell(struct cell *cell)
{
    return value_get(cell->entry->whole, "source") ? file_images(cell) : prompt_image(cell);
}
