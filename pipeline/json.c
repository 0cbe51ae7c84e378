/* SPDX-License-Identifier: MIT
 * JSON text in and out. jansson reads; what it cannot say (where a token begins, nesting over our
 * depth) is found in the text itself. Writing is our own: one layout, no surprises. */
#include "json.h"

#include <jansson.h>
#include <pthread.h>
#include <string.h>

#include "memory.h"
#include "text.h"

#define DEPTH_LARGEST 64
#define COLUMNS 100

static pthread_once_t hooks_once = PTHREAD_ONCE_INIT;

/* jansson 2.14 does not look whether its buffer for a token grew: with an odd byte lost, it reads
 * and writes behind the token's end (load.c, lex_save and lex_scan_string). */
static void hooks_set(void)
{
    json_set_alloc_funcs(memory_insist, memory_free);
}

/* Lines and columns are counted from 1, columns in characters. */
static void place(struct error *error, const char *text, size_t offset)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    error_at(error, "line %zu, column %zu", line, column);
}

static enum status check_depth(const char *text, size_t size, struct error *error)
{
    size_t depth = 0;
    bool inside = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (inside) {
            if (c == '\\') {
                i++;
            } else if (c == '"' || c == '\n') { /* no JSON string goes over a line */
                inside = false;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else if ((c == '[' || c == '{') && ++depth > DEPTH_LARGEST) {
            error_set(error, STATUS_USAGE, "lists and objects are nested more than %d deep",
                      DEPTH_LARGEST);
            place(error, text, i);
            return error->status;
        }
    }
    return STATUS_OK;
}

/* jansson ends its sentence with " near 'TOKEN'" and points behind the token. */
static size_t token_start(const char *text, size_t size, const json_error_t *found, char *near_text,
                          size_t near_size)
{
    size_t end = found->position > 0 ? (size_t)found->position : 0;
    const char *mark = strstr(found->text, " near '");
    size_t length = strlen(found->text);
    near_text[0] = '\0';
    end = end < size ? end : size;
    if (!mark || found->text[length - 1] != '\'') {
        return end;
    }
    const char *token = mark + strlen(" near '");
    size_t token_size = (size_t)(found->text + length - 1 - token);
    if (token_size == 0 || token_size > end || token_size >= near_size ||
        memcmp(text + end - token_size, token, token_size) != 0) {
        return end;
    }
    memcpy(near_text, token, token_size);
    near_text[token_size] = '\0';
    return end - token_size;
}

static void explain(struct error *error, const json_error_t *found, const char *token)
{
    switch (json_error_code(found)) {
    case json_error_duplicate_key:
        error_set(error, STATUS_USAGE, "key %s stands twice in one object", token);
        break;
    case json_error_premature_end_of_input:
        error_set(error, STATUS_USAGE, "the text ends before the JSON document does");
        break;
    case json_error_end_of_input_expected:
        error_set(error, STATUS_USAGE, "something stands after the end of the JSON document");
        break;
    case json_error_numeric_overflow:
        error_set(error, STATUS_USAGE, "number %s is too large", token);
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        error_set(error, STATUS_USAGE, "a text holds \\u0000");
        break;
    case json_error_invalid_utf8:
        error_set(error, STATUS_USAGE, "the text is not valid UTF-8");
        break;
    default: {
        const char *end = strstr(found->text, " near ");
        int size = end ? (int)(end - found->text) : (int)strlen(found->text);
        error_set(error, STATUS_USAGE, "not valid JSON: %.*s%s%s", size, found->text,
                  token[0] ? " near " : "", token);
    }
    }
}

/* Bytes before the first that belong to no UTF-8 character. */
static size_t valid_size(const char *text, size_t size)
{
    size_t valid = 0, step = 1;
    while (valid + step <= size && step <= 4) {
        if (text_is_utf8(text + valid, step)) {
            valid += step;
            step = 1;
        } else {
            step++;
        }
    }
    return valid;
}

static enum status syntax_error(struct error *error, const char *text, size_t size,
                                const json_error_t *found)
{
    char token[JSON_ERROR_TEXT_LENGTH];
    size_t offset = token_start(text, size, found, token, sizeof(token));
    if (json_error_code(found) == json_error_invalid_utf8) {
        offset = valid_size(text, size);
    }
    struct buffer shown = {0};
    text_printable(&shown, token);
    explain(error, found, buffer_string(&shown));
    buffer_free(&shown);
    place(error, text, offset);
    return error->status;
}

static const struct value *convert(struct arena *arena, json_t *json);

static const struct value *convert_list(struct arena *arena, json_t *json)
{
    size_t count = json_array_size(json);
    struct value *list = value_list(arena);
    const struct value **items = arena_array(arena, count, sizeof(const struct value *));
    if (!list || !items) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = convert(arena, json_array_get(json, i));
        if (!items[i]) {
            return NULL;
        }
    }
    list->list.items = items;
    list->list.count = count;
    return list;
}

static const struct value *convert_object(struct arena *arena, json_t *json)
{
    struct value *object = value_object(arena);
    struct member *members = arena_array(arena, json_object_size(json), sizeof(*members));
    size_t count = 0;
    const char *key;
    json_t *item;
    if (!object || !members) {
        return NULL;
    }
    json_object_foreach(json, key, item)
    {
        struct member *member = &members[count++];
        member->key = arena_text(arena, key);
        member->value = convert(arena, item);
        if (!member->key || !member->value) {
            return NULL;
        }
    }
    object->object.members = members;
    object->object.count = count;
    return object;
}

/* NULL when memory is short. The depth was bounded before. */
static const struct value *convert(struct arena *arena, json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return convert_object(arena, json);
    case JSON_ARRAY:
        return convert_list(arena, json);
    case JSON_STRING:
        return value_text(arena, json_string_value(json));
    case JSON_INTEGER:
        return value_int(arena, json_integer_value(json));
    case JSON_REAL:
        return value_real(arena, json_real_value(json));
    case JSON_TRUE:
    case JSON_FALSE:
        return value_bool(arena, json_is_true(json));
    case JSON_NULL:
        break;
    }
    return value_null(arena);
}

enum status json_parse(struct arena *arena, const char *text, size_t size, const struct value **out,
                       struct error *error)
{
    json_error_t found;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        error_set(error, STATUS_USAGE, "a byte order mark stands before the JSON document");
        return error_at(error, "line 1, column 1");
    }
    if (check_depth(text, size, error) != STATUS_OK) {
        return error->status;
    }
    pthread_once(&hooks_once, hooks_set);
    long refusals = memory_refusals();
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &found);
    /* jansson calls some of its failed allocations wrong tokens, and loses a byte at others. */
    if (memory_refusals() != refusals) {
        json_decref(json);
        return error_memory(error);
    }
    if (!json) {
        return syntax_error(error, text, size, &found);
    }
    const struct value *value = convert(arena, json);
    json_decref(json);
    if (!value) {
        return error_memory(error);
    }
    *out = value;
    return STATUS_OK;
}

/* ---- Writing -------------------------------------------------------------------------------- */

static bool plain(const struct value *value)
{
    return value->type != VALUE_LIST && value->type != VALUE_OBJECT;
}

static size_t characters(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return count;
}

/* "[1, 2, 3]" when all items are plain and it fits into the line that begins at `line`; leaves out
 * as it was otherwise. */
static bool write_short_list(struct buffer *out, const struct value *list, size_t line)
{
    size_t start = out->size;
    buffer_char(out, '[');
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        buffer_text(out, i ? ", " : "");
        if (plain(item)) {
            value_print(out, item);
        }
        if (!plain(item) || out->failed ||
            characters(out->data + line, out->size - line) + 2 > COLUMNS) {
            break;
        }
        if (i + 1 == list->list.count) {
            buffer_char(out, ']');
            return true;
        }
    }
    out->size = start;
    return false;
}

static void indent(struct buffer *out, size_t depth)
{
    buffer_char(out, '\n');
    for (size_t i = 0; i < depth; i++) {
        buffer_text(out, "  ");
    }
}

/* `line` is where in out the current line begins. */
static void write_value(struct buffer *out, const struct value *value, size_t depth, size_t line)
{
    bool object = value->type == VALUE_OBJECT;
    if (plain(value)) {
        value_print(out, value);
        return;
    }
    size_t count = object ? value->object.count : value->list.count;
    if (count == 0) {
        buffer_text(out, object ? "{}" : "[]");
        return;
    }
    if (!object && write_short_list(out, value, line)) {
        return;
    }
    buffer_char(out, object ? '{' : '[');
    for (size_t i = 0; i < count && !out->failed; i++) {
        buffer_text(out, i ? "," : "");
        size_t begin = out->size + 1;
        indent(out, depth + 1);
        if (object) {
            text_json(out, value->object.members[i].key);
            buffer_text(out, ": ");
        }
        write_value(out, object ? value->object.members[i].value : value->list.items[i], depth + 1,
                    begin);
    }
    indent(out, depth);
    buffer_char(out, object ? '}' : ']');
}

void json_write(struct buffer *out, const struct value *value)
{
    write_value(out, value, 0, out->size);
    buffer_char(out, '\n');
}
