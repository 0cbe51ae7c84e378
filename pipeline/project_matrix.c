/* SPDX-License-Identifier: MIT
 * The combinations of an entry's matrix: lists in the project file, rows of CSV and JSON files. */
#include <string.h>

#include "csv.h"
#include "json.h"
#include "preset_shape.h"
#include "project_build.h"
#include "project_shape.h"
#include "suggest.h"
#include "text.h"

enum { LABEL_BYTES = 48 }; /* of one variable's value in a message */

struct walk {
    struct entry *entry;
    const struct value *matrix;
    enum status (*take)(struct cell *cell);
    size_t count; /* cells so far */
};

/* ---- A combination in words ----------------------------------------------------------------- */

static void label_value(struct buffer *out, const struct value *value)
{
    struct buffer words = {.limit = 4096};
    const struct value *shown = value;
    if (value->type == VALUE_OBJECT && value->object.count > 0) {
        shown = value->object.members[0].value; /* the row's first column tells which */
    }
    if (!value_words(&words, shown)) {
        value_brief(&words, shown);
    }
    size_t size = words.size < LABEL_BYTES ? words.size : LABEL_BYTES;
    while (size < words.size && size > 0 && ((unsigned char)words.data[size] & 0xc0) == 0x80) {
        size--;
    }
    buffer_bytes(out, buffer_string(&words), size);
    buffer_text(out, size < words.size ? "…" : "");
    buffer_free(&words);
}

static void label_scope(struct buffer *out, const struct scope *scope)
{
    if (!scope) {
        return;
    }
    label_scope(out, scope->parent);
    const struct member *variable = &scope->object->object.members[0];
    const struct value *value = variable->value;
    buffer_format(out, "%s%s", out->size ? " " : "", variable->key);
    if (value->type == VALUE_OBJECT && value->object.count > 0) {
        buffer_format(out, ".%s", value->object.members[0].key);
    }
    buffer_char(out, '=');
    label_value(out, value);
}

static const char *label_of(struct arena *arena, const struct scope *scope)
{
    struct buffer words = {.limit = 64 * 1024};
    label_scope(&words, scope);
    const char *label = !scope ? "" : arena_format(arena, " [%s]", buffer_string(&words));
    buffer_free(&words);
    return label;
}

enum status cell_wrong(const struct cell *cell, const struct pointer *at)
{
    struct error *error = cell->entry->build->error;
    size_t length = strlen(error->message), label = strlen(cell->label);
    if (length + label < sizeof(error->message)) {
        memcpy(error->message + length, cell->label, label + 1);
    }
    return at ? error_at_pointer(error, at) : error->status;
}

enum status cell_fill(const struct cell *cell, const struct value *value, const struct pointer *at,
                      const struct value **out)
{
    struct project_build *build = cell->entry->build;
    const struct scope all = {.parent = cell->scope, .object = cell->late};
    if (!shape_has_placeholder(value)) {
        *out = value;
        return STATUS_OK;
    }
    if (template_fill(value, &all, TEMPLATE_LATE_REFUSED, at, build->arena, out, build->error) !=
        STATUS_OK) {
        return cell_wrong(cell, NULL);
    }
    return STATUS_OK;
}

/* ---- Lists ---------------------------------------------------------------------------------- */

static enum status rows_parse(const struct project_build *build, const char *path,
                              const struct buffer *text, const struct value **out)
{
    struct csv csv;
    if (!text_ends(path, ".json")) {
        if (csv_parse(buffer_string(text), text->size, build->arena, &csv, build->error) !=
            STATUS_OK) {
            return build->error->status;
        }
        *out = csv.rows;
        return STATUS_OK;
    }
    const struct value *root = NULL;
    if (json_parse(build->arena, buffer_string(text), text->size, &root, build->error) !=
        STATUS_OK) {
        return build->error->status;
    }
    if (root->type != VALUE_LIST) {
        return error_set(build->error, STATUS_USAGE, "holds %s, and must hold a list",
                         value_type_name(root->type));
    }
    *out = root;
    return STATUS_OK;
}

static enum status rows_read(const struct project_build *build, const struct value *table,
                             const struct pointer *at, const struct value **out)
{
    struct buffer text = {.limit = PROJECT_TABLE_MAX + 64 * 1024};
    if (shape_check(table, shape_table, "a matrix list in a file", at, build->error) != STATUS_OK) {
        return build->error->status;
    }
    const char *path = project_path(build, value_get(table, "file")->text);
    if (!path) {
        return error_memory(build->error);
    }
    enum status status = project_file_read(path, PROJECT_TABLE_MAX, &text, build->error);
    if (status == STATUS_OK) {
        status = rows_parse(build, path, &text, out);
    }
    buffer_free(&text);
    if (status == STATUS_OK && (*out)->list.count == 0) {
        status = error_set(build->error, STATUS_USAGE, "has no rows");
    }
    if (status != STATUS_OK) {
        error_at(build->error, "%s", path);
        error_at_pointer(build->error, at);
    }
    return status;
}

static enum status list_read(const struct walk *walk, const struct member *variable,
                             const struct scope *scope, const struct pointer *at,
                             const struct value **out)
{
    struct project_build *build = walk->entry->build;
    const struct value *list = NULL;
    enum status status = shape_variable(variable->key, "a matrix variable", at, build->error);
    if (status == STATUS_OK) {
        status = template_fill(variable->value, scope, TEMPLATE_LATE_REFUSED, at, build->arena,
                               &list, build->error);
    }
    if (status == STATUS_OK && list->type == VALUE_OBJECT) {
        status = rows_read(build, list, at, &list);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (list->type != VALUE_LIST) {
        suggest_wrong(build->error, variable->key, list, "a list, or { \"file\": \"rows.csv\" }");
        return error_at_pointer(build->error, at);
    }
    if (list->list.count == 0) {
        error_set(build->error, STATUS_USAGE, "the list of '%s' is empty", variable->key);
        return error_at_pointer(build->error, at);
    }
    *out = list;
    return STATUS_OK;
}

/* ---- The walk ------------------------------------------------------------------------------- */

static enum status take_cell(struct walk *walk, const struct scope *scope)
{
    struct project_build *build = walk->entry->build;
    struct entry_place place;
    struct cell cell = {.entry = walk->entry, .scope = scope};
    cell.label = label_of(build->arena, scope);
    cell.late = value_object(build->arena);
    if (!cell.label || !cell.late) {
        return error_memory(build->error);
    }
    if (walk->count++ >= PROJECT_IMAGES_MAX) {
        error_set(build->error, STATUS_REFUSED, "more than %d combinations",
                  (int)PROJECT_IMAGES_MAX);
        return error_at_pointer(build->error, entry_at(walk->entry, "matrix", &place));
    }
    return walk->take(&cell);
}

static enum status walk_from(struct walk *walk, size_t depth, const struct scope *scope)
{
    if (depth == (walk->matrix ? walk->matrix->object.count : 0)) {
        return take_cell(walk, scope);
    }
    struct project_build *build = walk->entry->build;
    const struct member *variable = &walk->matrix->object.members[depth];
    struct entry_place place;
    const struct pointer *matrix = entry_at(walk->entry, "matrix", &place);
    const struct value *list = NULL;
    enum status status =
        list_read(walk, variable, scope, POINTER_KEY(matrix, variable->key), &list);
    for (size_t i = 0; status == STATUS_OK && i < list->list.count; i++) {
        const struct value *object =
            value_set(build->arena, value_object(build->arena), variable->key, list->list.items[i]);
        if (!object) {
            return error_memory(build->error);
        }
        struct scope inner = {.parent = scope, .object = object};
        status = walk_from(walk, depth + 1, &inner);
    }
    return status;
}

enum status project_matrix(struct entry *entry, enum status (*take)(struct cell *cell))
{
    struct walk walk = {.entry = entry, .take = take};
    struct entry_place place;
    walk.matrix = value_get(entry->whole, "matrix");
    if (walk.matrix && walk.matrix->object.count > PROJECT_VARIABLES_MAX) {
        error_set(entry->build->error, STATUS_USAGE,
                  "a matrix has at most %d variables, this has %zu", (int)PROJECT_VARIABLES_MAX,
                  walk.matrix->object.count);
        return error_at_pointer(entry->build->error, entry_at(entry, "matrix", &place));
    }
    return walk_from(&walk, 0, NULL);
}
