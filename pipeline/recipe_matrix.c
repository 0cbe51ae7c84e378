/* SPDX-License-Identifier: MIT
 * The cells of an output's matrix in the order written; a list may use the variables before it. */
#include "recipe_build.h"

#include <stdio.h>
#include <string.h>

#include "preset_shape.h"
#include "suggest.h"

enum { LABEL_BYTES = 64 }; /* of one variable's value */

/* One level of the walk: its scope holds the variable chosen here. */
struct walk {
    struct cell cell;
    const struct value *matrix;
    const struct pointer *at; /* of the matrix */
    size_t output_index;
};

static enum status walk(struct walk *walking, size_t depth, const struct scope *scope);

static bool names_variable(const char *text, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = strstr(text, "${"); at; at = strstr(at, "${")) {
        const char *end = strchr(at, '}');
        for (const char *found = strstr(at, name); found && end && found < end;
             found = strstr(found + 1, name)) {
            bool begins = strchr("{*/", found[-1]) != NULL;
            bool ends = strchr("}.*/:", found[size]) != NULL;
            if (begins && ends) {
                return true;
            }
        }
        at += 2;
    }
    return false;
}

static bool scope_has(const struct scope *scope, const char *name)
{
    for (; scope; scope = scope->parent) {
        if (value_get(scope->object, name)) {
            return true;
        }
    }
    return false;
}

/* A list that uses a variable which stands after it: the usual mistake, and "unknown" says little.
 */
static enum status order_check(const struct walk *walking, size_t depth, const struct scope *scope,
                               const struct pointer *at)
{
    struct error *error = walking->cell.frame->growth->error;
    const struct member *members = walking->matrix->object.members;
    struct buffer text = {.limit = 1 << 18};
    value_print(&text, members[depth].value);
    for (size_t i = depth; i < walking->matrix->object.count; i++) {
        if (!scope_has(scope, members[i].key) &&
            names_variable(buffer_string(&text), members[i].key)) {
            error_set(error, STATUS_USAGE,
                      "the list of '%s' uses '%s': it may use only variables that stand before it",
                      members[depth].key, members[i].key);
            error_at_pointer(error, at);
            break;
        }
    }
    buffer_free(&text);
    return error->status;
}

static enum status list_read(struct walk *walking, size_t depth, const struct scope *scope,
                             const struct value **list)
{
    struct growth *growth = walking->cell.frame->growth;
    const struct member *variable = &walking->matrix->object.members[depth];
    const struct pointer *at = POINTER_KEY(walking->at, variable->key);
    enum status status = order_check(walking, depth, scope, at);
    if (status == STATUS_OK) {
        status = template_fill(variable->value, scope, TEMPLATE_LATE_REFUSED, at, growth->arena,
                               list, growth->error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if ((*list)->type != VALUE_LIST) {
        suggest_wrong(growth->error, variable->key, *list, "a list");
        return error_at_pointer(growth->error, at);
    }
    if ((*list)->list.count == 0) {
        error_set(growth->error, STATUS_USAGE, "the list of '%s' is empty", variable->key);
        return error_at_pointer(growth->error, at);
    }
    return STATUS_OK;
}

static enum status walk(struct walk *walking, size_t depth, const struct scope *scope)
{
    struct growth *growth = walking->cell.frame->growth;
    if (depth == (walking->matrix ? walking->matrix->object.count : 0)) {
        walking->cell.scope = scope;
        enum status status = cell_expand(&walking->cell, walking->output_index);
        if (status != STATUS_OK) {
            matrix_note(&walking->cell, growth->error);
        }
        return status;
    }
    const struct member *variable = &walking->matrix->object.members[depth];
    const struct value *list = NULL;
    enum status status = list_read(walking, depth, scope, &list);
    for (size_t i = 0; status == STATUS_OK && i < list->list.count; i++) {
        const struct value *object = value_set(growth->arena, value_object(growth->arena),
                                               variable->key, list->list.items[i]);
        if (!object) {
            return error_memory(growth->error);
        }
        struct scope inner = {.parent = scope, .object = object};
        status = walk(walking, depth + 1, &inner);
    }
    return status;
}

enum status matrix_expand(struct frame *frame, const struct value *output, const struct pointer *at,
                          const char *id)
{
    struct growth *growth = frame->growth;
    const struct value *matrix = value_get(output, "matrix");
    const struct pointer *here = POINTER_KEY(at, "matrix");
    if (matrix && matrix->object.count > RECIPE_VARIABLES) {
        error_set(growth->error, STATUS_USAGE, "a matrix has at most %d variables, this has %zu",
                  (int)RECIPE_VARIABLES, matrix->object.count);
        return error_at_pointer(growth->error, here);
    }
    struct walk walking = {
        .cell = {.frame = frame, .output = output, .at = at, .id = id},
        .matrix = matrix,
        .at = here,
        .output_index = growth->output_count++,
    };
    return walk(&walking, 0, &frame->scope);
}

/* ---- In words ----------------------------------------------------------------------------------
 */

static void words_append(struct buffer *out, const struct value *value)
{
    struct buffer words = {.limit = 1 << 20};
    if (value->type == VALUE_LIST || value->type == VALUE_OBJECT) {
        bool list = value->type == VALUE_LIST;
        size_t count = list ? value->list.count : value->object.count;
        for (size_t i = 0; i < count; i++) {
            size_t before = words.size;
            buffer_text(&words, before ? (list ? "|" : ",") : "");
            if (!value_words(&words,
                             list ? value->list.items[i] : value->object.members[i].value)) {
                buffer_text(&words, "…");
            }
        }
    } else if (!value_words(&words, value)) {
        buffer_text(&words, "null");
    }
    const char *text = buffer_string(&words);
    size_t size = words.size;
    if (size > LABEL_BYTES) {
        for (size = LABEL_BYTES; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80; size--) {
        }
    }
    buffer_bytes(out, text, size);
    buffer_text(out, size < words.size ? "…" : "");
    out->failed = out->failed || (words.failed && !words.full);
    buffer_free(&words);
}

static void variables_append(struct buffer *out, const struct scope *scope, const struct scope *end)
{
    if (scope == end) {
        return;
    }
    variables_append(out, scope->parent, end);
    const struct member *variable = &scope->object->object.members[0];
    buffer_format(out, "%s%s=", out->size ? " " : "", variable->key);
    words_append(out, variable->value);
}

const char *matrix_label(const struct cell *cell)
{
    struct buffer text = {.limit = 1 << 16};
    variables_append(&text, cell->scope, &cell->frame->scope);
    const char *label =
        buffer_failed(&text) ? NULL : arena_text(cell->frame->growth->arena, buffer_string(&text));
    buffer_free(&text);
    return label;
}

/* What the error's pointer names, or the innermost list or object on the way that is there. */
static const struct value *place_find(const struct value *place, const char *pointer)
{
    while (*pointer == '/') {
        char key[128];
        size_t size = strcspn(++pointer, "/"), index = 0;
        if (size >= sizeof key) {
            return place;
        }
        snprintf(key, sizeof key, "%.*s", (int)size, pointer);
        const struct value *inner = value_get(place, key);
        if (place->type == VALUE_LIST && sscanf(key, "%zu", &index) == 1 &&
            index < place->list.count) {
            inner = place->list.items[index];
        }
        if (!inner) {
            return place;
        }
        place = inner;
        pointer += size;
    }
    return place;
}

void matrix_note(const struct cell *cell, struct error *error)
{
    if (cell->frame->growth->placed || cell->frame->growth->general) {
        return;
    }
    struct buffer text = {.limit = 1 << 16};
    value_print(&text, place_find(cell->frame->preset->root, error->where));
    bool matters = false;
    for (const struct scope *scope = cell->scope; scope != &cell->frame->scope;
         scope = scope->parent) {
        matters =
            matters || names_variable(buffer_string(&text), scope->object->object.members[0].key);
    }
    const char *label = matters ? matrix_label(cell) : NULL;
    size_t length = strlen(error->message);
    if (label) {
        snprintf(error->message + length, sizeof error->message - length, " [%s]", label);
    }
    buffer_free(&text);
}
