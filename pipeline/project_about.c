/* SPDX-License-Identifier: MIT
 * What is known of each found file: alternative text and focus, from the project file, a CSV or a
 * JSON file. A row that no file takes is a mistake; a file without a row is none. */
#include <string.h>

#include "csv.h"
#include "json.h"
#include "project_build.h"
#include "project_shape.h"
#include "suggest.h"
#include "text.h"

enum status project_focus(const char *text, struct project_image *image, struct error *error)
{
    if (!text_to_point(text, &image->focus_x, &image->focus_y)) {
        return error_set(error, STATUS_USAGE,
                         "'focus' is '%s', and must be two fractions 0..1 or percentages, like "
                         "0.5,0.3 or 50%%,30%%",
                         text);
    }
    image->focus_given = true;
    return STATUS_OK;
}

/* ---- Tables --------------------------------------------------------------------------------- */

static enum status column_unknown(const char *name, struct error *error)
{
    static const char *const known[] = {"alt", "focus", NULL};
    struct buffer tail = {.limit = 1024};
    suggest(&tail, name, suggest_listed, known);
    error_set(error, STATUS_USAGE, "line 1: unknown column '%s'%s", name, buffer_string(&tail));
    buffer_free(&tail);
    return error->status;
}

static enum status csv_rows(struct project_build *build, const struct buffer *text,
                            struct about *about)
{
    struct csv csv;
    if (csv_parse(buffer_string(text), text->size, build->arena, &csv, build->error) != STATUS_OK) {
        return build->error->status;
    }
    for (size_t i = 1; i < csv.column_count; i++) {
        if (strcmp(csv.columns[i], "alt") != 0 && strcmp(csv.columns[i], "focus") != 0) {
            return column_unknown(csv.columns[i], build->error);
        }
    }
    about->count = csv.rows->list.count;
    about->rows = arena_array(build->arena, about->count + 1, sizeof(*about->rows));
    if (!about->rows) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < about->count; i++) {
        const struct value *row = csv.rows->list.items[i];
        about->rows[i] = (struct about_row){
            .file = row->object.members[0].value->text, .value = row, .line = csv.lines[i]};
    }
    return STATUS_OK;
}

static enum status object_rows(struct project_build *build, const struct value *object,
                               const struct pointer *at, struct about *about)
{
    if (object->type != VALUE_OBJECT) {
        error_set(build->error, STATUS_USAGE,
                  "holds %s, and must hold an object: a file's path → alt, focus",
                  value_type_name(object->type));
        return error_at_pointer(build->error, at);
    }
    about->count = object->object.count;
    about->rows = arena_array(build->arena, about->count + 1, sizeof(*about->rows));
    if (!about->rows) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < about->count; i++) {
        const struct member *member = &object->object.members[i];
        if (shape_check(member->value, shape_about, "what is known of a file",
                        POINTER_KEY(at, member->key), build->error) != STATUS_OK) {
            return build->error->status;
        }
        about->rows[i] = (struct about_row){.file = member->key, .value = member->value};
    }
    return STATUS_OK;
}

static enum status file_rows(struct project_build *build, const char *path, struct about *about)
{
    struct buffer text = {.limit = PROJECT_TABLE_MAX + 64 * 1024};
    const struct value *root = NULL;
    enum status status = project_file_read(path, PROJECT_TABLE_MAX, &text, build->error);
    if (status == STATUS_OK && !text_ends(path, ".json")) {
        status = csv_rows(build, &text, about);
    } else if (status == STATUS_OK) {
        status = json_parse(build->arena, buffer_string(&text), text.size, &root, build->error);
        status = status == STATUS_OK ? object_rows(build, root, NULL, about) : status;
    }
    buffer_free(&text);
    return status == STATUS_OK ? status : error_at(build->error, "%s", path);
}

/* The table that this cell names, read once for the whole entry. */
static enum status table_find(const struct cell *cell, struct about **out)
{
    struct entry *entry = cell->entry;
    struct project_build *build = entry->build;
    struct entry_place place;
    const struct pointer *at = entry_at(entry, "about", &place);
    const struct value *said = value_get(entry->whole, "about");
    const char *path = NULL;
    if (said->type == VALUE_TEXT) {
        if (cell_fill(cell, said, at, &said) != STATUS_OK) {
            return build->error->status;
        }
        path = said->type == VALUE_TEXT ? project_path(build, said->text) : "";
        if (!path) {
            return error_memory(build->error);
        }
    }
    for (size_t i = 0; i < entry->about_count; i++) {
        if (!path || strcmp(entry->abouts[i].path, path) == 0) {
            *out = &entry->abouts[i];
            return STATUS_OK;
        }
    }
    struct about table = {.path = path};
    enum status status =
        path ? file_rows(build, path, &table) : object_rows(build, said, at, &table);
    if (status != STATUS_OK) {
        return path ? cell_wrong(cell, at) : status;
    }
    struct about *slot = arena_push(build->arena, &entry->abouts, &entry->about_count,
                                    &entry->about_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(build->error);
    }
    *slot = table;
    *out = slot;
    return STATUS_OK;
}

/* ---- One file ------------------------------------------------------------------------------- */

static const char *plain_path(const char *path)
{
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    return path;
}

/* "trips/fog.jpg" for the pattern's tree below photos/, or the whole path below the project. */
static bool row_is_of(const struct project_build *build, const struct about_row *row,
                      const struct project_found *found)
{
    const char *file = plain_path(row->file), *path = plain_path(found->path);
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t dir = strlen(found->dir), folder = strlen(build->folder);
    bool below = strncmp(file, found->dir, dir) == 0 && strcmp(file + dir, base) == 0;
    return below || (strncmp(path, build->folder, folder) == 0 && strcmp(path + folder, file) == 0);
}

static enum status row_apply(const struct cell *cell, const struct about *about,
                             const struct about_row *row, struct project_image *image)
{
    struct project_build *build = cell->entry->build;
    struct entry_place place;
    const struct pointer *at = entry_at(cell->entry, "about", &place);
    const struct value *alt = value_get(row->value, "alt"), *focus = value_get(row->value, "focus");
    if (!about->path) { /* what stands in a file is data and no template */
        const struct pointer *here = POINTER_KEY(at, row->file);
        if ((alt && cell_fill(cell, alt, POINTER_KEY(here, "alt"), &alt) != STATUS_OK) ||
            (focus && cell_fill(cell, focus, POINTER_KEY(here, "focus"), &focus) != STATUS_OK)) {
            return build->error->status;
        }
    }
    if (alt && alt->type == VALUE_TEXT && *alt->text) {
        image->alt = alt->text;
    }
    if (focus && focus->type == VALUE_TEXT && *focus->text &&
        project_focus(focus->text, image, build->error) != STATUS_OK) {
        if (row->line) {
            error_at(build->error, "line %zu", row->line);
        } else {
            error_at_pointer(build->error, POINTER_KEY(NULL, row->file));
        }
        if (about->path) {
            error_at(build->error, "%s", about->path);
        }
        return error_at_pointer(build->error, at);
    }
    return STATUS_OK;
}

enum status about_apply(const struct cell *cell, const struct project_found *found,
                        struct project_image *image)
{
    struct about *about = NULL;
    if (!value_get(cell->entry->whole, "about")) {
        return STATUS_OK;
    }
    if (table_find(cell, &about) != STATUS_OK) {
        return cell->entry->build->error->status;
    }
    for (size_t i = 0; i < about->count; i++) {
        struct about_row *row = &about->rows[i];
        if (row_is_of(cell->entry->build, row, found)) {
            row->used = true;
            if (row_apply(cell, about, row, image) != STATUS_OK) {
                return cell->entry->build->error->status;
            }
        }
    }
    return STATUS_OK;
}

enum status about_check_used(const struct entry *entry)
{
    struct error *error = entry->build->error;
    struct entry_place place;
    const struct pointer *at = entry_at(entry, "about", &place);
    for (size_t i = 0; i < entry->about_count; i++) {
        const struct about *about = &entry->abouts[i];
        for (size_t r = 0; r < about->count; r++) {
            const struct about_row *row = &about->rows[r];
            if (row->used) {
                continue;
            }
            error_set(error, STATUS_USAGE, "'%s' is none of the files that 'source' finds",
                      row->file);
            if (row->line) {
                error_at(error, "line %zu", row->line);
            }
            if (about->path) {
                error_at(error, "%s", about->path);
            }
            return error_at_pointer(error, about->path ? at : POINTER_KEY(at, row->file));
        }
    }
    return STATUS_OK;
}
