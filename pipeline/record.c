/* SPDX-License-Identifier: MIT
 * Records to JSON values and back, both read off one table per struct. What is zero, false, NULL or
 * empty is not written. Knows no emitter by name. */
#include "record.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

enum kind {
    KIND_TEXT,     /* never NULL */
    KIND_OPTIONAL, /* text or NULL */
    KIND_INT,
    KIND_INT64,
    KIND_NUMBER,
    KIND_BOOL,
    KIND_HASH,
    KIND_FORMAT,
    KIND_VALUE,  /* any JSON value or NULL */
    KIND_COLOUR, /* bytes at offset, count: offset of the bool that says whether they are known */
    KIND_TEXTS,  /* list of texts; count: offset of the number of them */
    KIND_LIST,   /* list of structs; the same */
    KIND_STRUCT
};

struct field { /* name NULL ends a table */
    const char *name;
    enum kind kind;
    size_t offset, count;
    const struct field *table; /* LIST, STRUCT */
    size_t size;               /* LIST: of one struct */
};

#define PLACE(struct_, field_, type_)                                                              \
    .offset = offsetof(struct_, field_) + _Generic(&((struct_ *)0)->field_, type_ * : 0)
#define TEXT(s, f) .kind = KIND_TEXT, PLACE(s, f, const char *)
#define OPTIONAL(s, f) .kind = KIND_OPTIONAL, PLACE(s, f, const char *)
#define INT(s, f) .kind = KIND_INT, PLACE(s, f, int)
#define INT64(s, f) .kind = KIND_INT64, PLACE(s, f, int64_t)
#define NUMBER(s, f) .kind = KIND_NUMBER, PLACE(s, f, double)
#define BOOL(s, f) .kind = KIND_BOOL, PLACE(s, f, bool)
#define HASH(s, f) .kind = KIND_HASH, PLACE(s, f, struct hash)
#define FORMAT(s, f) .kind = KIND_FORMAT, PLACE(s, f, enum format)
#define VALUE(s, f) .kind = KIND_VALUE, PLACE(s, f, const struct value *)
#define TEXTS(s, f, c) .kind = KIND_TEXTS, PLACE(s, f, const char *const *), COUNT(s, c)
#define COUNT(s, c) .count = offsetof(s, c) + _Generic(&((s *)0)->c, size_t * : 0)
#define LIST(s, f, c, element, table_)                                                             \
    .kind = KIND_LIST, PLACE(s, f, const element *), COUNT(s, c), .table = (table_),               \
    .size = sizeof(element)

static const struct field entry_fields[] = {
    {"emitter", TEXT(struct record_entry, emitter)},
    {"options", VALUE(struct record_entry, options)},
    {0},
};

static const struct field rendition_fields[] = {
    {"path", OPTIONAL(struct record_rendition, path)},
    {"data-uri", OPTIONAL(struct record_rendition, data_uri)},
    {"preset", TEXT(struct record_rendition, preset)},
    {"output", TEXT(struct record_rendition, output)},
    {"input", TEXT(struct record_rendition, input)},
    {"format", FORMAT(struct record_rendition, format)},
    {"mime", TEXT(struct record_rendition, mime)},
    {"width", INT(struct record_rendition, width)},
    {"height", INT(struct record_rendition, height)},
    {"frames", INT(struct record_rendition, frames)},
    {"sizes", OPTIONAL(struct record_rendition, sizes)},
    {"alpha", BOOL(struct record_rendition, alpha)},
    {"bytes", INT64(struct record_rendition, bytes)},
    {"hash", HASH(struct record_rendition, hash)},
    {"key", HASH(struct record_rendition, key)},
    {"quality", NUMBER(struct record_rendition, quality)},
    {"seconds", NUMBER(struct record_rendition, seconds)},
    {"chosen", OPTIONAL(struct record_rendition, chosen)},
    {"reasons", TEXTS(struct record_rendition, reasons, reason_count)},
    {"warnings", TEXTS(struct record_rendition, warnings, warning_count)},
    {"entries",
     LIST(struct record_rendition, entries, entry_count, struct record_entry, entry_fields)},
    {0},
};

static const struct field dropped_fields[] = {
    {"output", TEXT(struct record_dropped, output)},
    {"what", TEXT(struct record_dropped, what)},
    {"reason", TEXT(struct record_dropped, reason)},
    {0},
};

static const struct field emitted_fields[] = {
    {"emitter", TEXT(struct record_emitted, emitter)},
    {"path", TEXT(struct record_emitted, path)},
    {"options", VALUE(struct record_emitted, options)},
    {"first", INT(struct record_emitted, first)},
    {"count", INT(struct record_emitted, count)},
    {0},
};

static const struct field time_fields[] = {
    {"what", TEXT(struct record_time, what)},
    {"seconds", NUMBER(struct record_time, seconds)},
    {0},
};

static const struct field source_fields[] = {
    {"path", TEXT(struct record_source, path)},
    {"name", TEXT(struct record_source, name)},
    {"dir", TEXT(struct record_source, dir)},
    {"hash", HASH(struct record_source, hash)},
    {"bytes", INT64(struct record_source, bytes)},
    {"width", INT(struct record_source, width)},
    {"height", INT(struct record_source, height)},
    {"frames", INT(struct record_source, frames)},
    {"format", FORMAT(struct record_source, format)},
    {"alpha", BOOL(struct record_source, alpha)},
    {"c2pa", BOOL(struct record_source, c2pa)},
    {"alt", OPTIONAL(struct record_source, alt)},
    {"generation", VALUE(struct record_source, generation)},
    {0},
};

static const struct field set_fields[] = {
    {"source", .kind = KIND_STRUCT, .offset = offsetof(struct record_set, source),
     .table = source_fields},
    {"preset", TEXT(struct record_set, preset)},
    {"colour", .kind = KIND_COLOUR, .offset = offsetof(struct record_set, colour),
     .count = offsetof(struct record_set, colour_known)},
    {"thumbhash", OPTIONAL(struct record_set, thumbhash)},
    {"blurhash", OPTIONAL(struct record_set, blurhash)},
    {"renditions", LIST(struct record_set, renditions, rendition_count, struct record_rendition,
                        rendition_fields)},
    {"dropped",
     LIST(struct record_set, dropped, dropped_count, struct record_dropped, dropped_fields)},
    {"emitted",
     LIST(struct record_set, emitted, emitted_count, struct record_emitted, emitted_fields)},
    {"times", LIST(struct record_set, times, time_count, struct record_time, time_fields)},
    {0},
};

/* ---- To values ---- */

/* Names of files may be any bytes; JSON text may not: those become {"hex": …}. */
static const struct value *text_value(const char *text, struct arena *arena)
{
    if (text_is_utf8(text, strlen(text))) {
        return value_text(arena, text);
    }
    struct buffer hex = {0};
    text_hex(&hex, text, strlen(text));
    const struct value *value = buffer_failed(&hex) ? NULL : value_text(arena, buffer_string(&hex));
    buffer_free(&hex);
    return value ? value_set(arena, value_object(arena), "hex", value) : NULL;
}

static const struct value *hash_value(struct hash hash, struct arena *arena)
{
    char text[33];
    hash_text(hash, text);
    return value_text(arena, text);
}

static const struct value *struct_value(const struct field *table, const char *fields,
                                        struct arena *arena);

static const struct value *list_value(const struct field *field, const char *items, size_t count,
                                      struct arena *arena)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; list && i < count; i++) {
        const struct value *item =
            field->kind == KIND_TEXTS
                ? text_value(((const char *const *)(const void *)items)[i], arena)
                : struct_value(field->table, items + i * field->size, arena);
        list = value_append(arena, list, item);
    }
    return list;
}

static const struct value *colour_value(const uint8_t *colour, struct arena *arena)
{
    char text[8];
    snprintf(text, sizeof text, "#%02x%02x%02x", colour[0], colour[1], colour[2]);
    return value_text(arena, text);
}

/* *present false: zero, not to be written. NULL when memory is short. */
static const struct value *field_value(const struct field *field, const char *fields, bool *present,
                                       struct arena *arena)
{
    const void *at = fields + field->offset;
    const void *count = fields + field->count;
    const struct value *value = NULL;
    const char *items = NULL;
    *present = true;
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_OPTIONAL:
        *present = *(const char *const *)at != NULL;
        return *present ? text_value(*(const char *const *)at, arena) : NULL;
    case KIND_INT:
        *present = *(const int *)at != 0;
        return *present ? value_int(arena, *(const int *)at) : NULL;
    case KIND_INT64:
        *present = *(const int64_t *)at != 0;
        return *present ? value_int(arena, *(const int64_t *)at) : NULL;
    case KIND_NUMBER:
        *present = *(const double *)at != 0;
        return *present ? value_real(arena, *(const double *)at) : NULL;
    case KIND_BOOL:
        *present = *(const bool *)at;
        return *present ? value_bool(arena, true) : NULL;
    case KIND_HASH:
        return hash_value(*(const struct hash *)at, arena);
    case KIND_FORMAT:
        return value_text(arena, format_info(*(const enum format *)at)->name);
    case KIND_VALUE:
        value = *(const struct value *const *)at;
        *present = value != NULL;
        return value;
    case KIND_COLOUR:
        *present = *(const bool *)count;
        return *present ? colour_value(at, arena) : NULL;
    case KIND_TEXTS:
    case KIND_LIST:
        *present = *(const size_t *)count > 0;
        memcpy(&items, at, sizeof items);
        return *present ? list_value(field, items, *(const size_t *)count, arena) : NULL;
    case KIND_STRUCT:
        return struct_value(field->table, at, arena);
    }
    return NULL;
}

static const struct value *struct_value(const struct field *table, const char *fields,
                                        struct arena *arena)
{
    struct value *object = value_object(arena);
    for (; object && table->name; table++) {
        bool present;
        const struct value *value = field_value(table, fields, &present, arena);
        if (present) {
            object = value_set(arena, object, table->name, value);
        }
    }
    return object;
}

const struct value *record_value(const struct record_set *set, struct arena *arena)
{
    return struct_value(set_fields, (const char *)set, arena);
}

/* ---- From values ---- */

/* What a reader returns: the error is made in one place, by the field's name. */
enum reading { READ_WELL, READ_WRONG, READ_MEMORY, READ_TOLD };

static int hex_digit(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                          : -1;
}

static enum reading text_read(const struct value *value, struct arena *arena, const char **out)
{
    const struct value *hex = value_get(value, "hex");
    if (!hex) {
        *out = value->type == VALUE_TEXT ? value->text : NULL;
        return *out ? READ_WELL : READ_WRONG;
    }
    if (hex->type != VALUE_TEXT || strlen(hex->text) % 2 != 0) {
        return READ_WRONG;
    }
    size_t size = strlen(hex->text) / 2;
    char *text = arena_alloc(arena, size + 1);
    if (!text) {
        return READ_MEMORY;
    }
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(hex->text[2 * i]), low = hex_digit(hex->text[2 * i + 1]);
        if (high < 0 || low < 0 || high + low == 0) {
            return READ_WRONG;
        }
        text[i] = (char)(high << 4 | low);
    }
    *out = text;
    return READ_WELL;
}

static enum reading colour_read(const struct value *value, uint8_t *colour, bool *known)
{
    if (value->type != VALUE_TEXT || strlen(value->text) != 7 || value->text[0] != '#') {
        return READ_WRONG;
    }
    for (int i = 0; i < 3; i++) {
        int high = hex_digit(value->text[1 + 2 * i]), low = hex_digit(value->text[2 + 2 * i]);
        if (high < 0 || low < 0) {
            return READ_WRONG;
        }
        colour[i] = (uint8_t)(high << 4 | low);
    }
    *known = true;
    return READ_WELL;
}

static enum status struct_read(const struct field *table, const struct value *value,
                               struct arena *arena, char *fields, struct error *error);

static enum reading list_read(const struct field *field, const struct value *value,
                              struct arena *arena, void *items, size_t *count, struct error *error)
{
    if (value->type != VALUE_LIST) {
        return READ_WRONG;
    }
    bool texts = field->kind == KIND_TEXTS;
    char *array = arena_array(arena, value->list.count, texts ? sizeof(const char *) : field->size);
    if (!array) {
        return READ_MEMORY;
    }
    for (size_t i = 0; i < value->list.count; i++) {
        const struct value *item = value->list.items[i];
        enum reading reading = READ_WELL;
        if (texts) {
            reading = text_read(item, arena, &((const char **)(void *)array)[i]);
        } else if (struct_read(field->table, item, arena, array + i * field->size, error)) {
            error_at(error, "%s/%zu", field->name, i);
            reading = READ_TOLD;
        }
        if (reading != READ_WELL) {
            return reading;
        }
    }
    memcpy(items, &array, sizeof array); /* the field is a pointer of another type */
    *count = value->list.count;
    return READ_WELL;
}

static enum reading number_read(const struct field *field, const struct value *value, void *at)
{
    if (field->kind == KIND_NUMBER) {
        return value_number(value, at) ? READ_WELL : READ_WRONG;
    }
    if (value->type != VALUE_INT) {
        return READ_WRONG;
    }
    if (field->kind == KIND_INT64) {
        *(int64_t *)at = value->integer;
        return READ_WELL;
    }
    if (value->integer < INT32_MIN || value->integer > INT32_MAX) {
        return READ_WRONG;
    }
    *(int *)at = (int)value->integer;
    return READ_WELL;
}

static enum reading field_read(const struct field *field, const struct value *value,
                               struct arena *arena, char *fields, struct error *error)
{
    void *at = fields + field->offset, *count = fields + field->count;
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_OPTIONAL:
        return text_read(value, arena, at);
    case KIND_INT:
    case KIND_INT64:
    case KIND_NUMBER:
        return number_read(field, value, at);
    case KIND_BOOL:
        *(bool *)at = value->type == VALUE_BOOL && value->boolean;
        return value->type == VALUE_BOOL ? READ_WELL : READ_WRONG;
    case KIND_HASH:
        return value->type == VALUE_TEXT && hash_parse(value->text, at) ? READ_WELL : READ_WRONG;
    case KIND_FORMAT:
        if (value->type != VALUE_TEXT) {
            return READ_WRONG;
        }
        *(enum format *)at = format_by_name(value->text);
        return *(enum format *)at != FORMAT_NONE || strcmp(value->text, "none") == 0 ? READ_WELL
                                                                                     : READ_WRONG;
    case KIND_VALUE:
        *(const struct value **)at = value;
        return READ_WELL;
    case KIND_COLOUR:
        return colour_read(value, at, count);
    case KIND_TEXTS:
    case KIND_LIST:
        return list_read(field, value, arena, at, count, error);
    case KIND_STRUCT:
        if (struct_read(field->table, value, arena, at, error) == STATUS_OK) {
            return READ_WELL;
        }
        error_at(error, "%s", field->name);
        return READ_TOLD;
    }
    return READ_WRONG;
}

static enum status struct_read(const struct field *table, const struct value *value,
                               struct arena *arena, char *fields, struct error *error)
{
    if (value->type != VALUE_OBJECT) {
        return error_set(error, STATUS_FAILED, "wrong record: %s instead of an object",
                         value_type_name(value->type));
    }
    for (; table->name; table++) {
        const struct value *member = value_get(value, table->name);
        bool needed = table->kind == KIND_TEXT || table->kind == KIND_HASH ||
                      table->kind == KIND_FORMAT || table->kind == KIND_STRUCT;
        if (!member && needed) {
            return error_set(error, STATUS_FAILED, "wrong record: '%s' is missing", table->name);
        }
        enum reading reading = member ? field_read(table, member, arena, fields, error) : READ_WELL;
        if (reading == READ_WRONG) {
            return error_set(error, STATUS_FAILED, "wrong record: '%s' is %s that cannot be read",
                             table->name, value_type_name(member->type));
        }
        if (reading != READ_WELL) {
            return reading == READ_MEMORY ? error_memory(error) : error->status;
        }
    }
    return STATUS_OK;
}

enum status record_from_value(const struct value *value, struct arena *arena,
                              struct record_set *set, struct error *error)
{
    struct record_set read = {0};
    enum status status = struct_read(set_fields, value, arena, (char *)&read, error);
    for (size_t i = 0; status == STATUS_OK && i < read.emitted_count; i++) {
        int64_t first = read.emitted[i].first, count = read.emitted[i].count;
        if (first < 0 || count < 0 || first + count > (int64_t)read.rendition_count) {
            status = error_set(error, STATUS_FAILED,
                               "wrong record: '%s' takes renditions that there are not",
                               read.emitted[i].path);
        }
    }
    if (status == STATUS_OK) {
        *set = read;
    }
    return status;
}

const struct record_emitted *record_emitted_find(const struct record_set *set, const char *emitter,
                                                 const char *path)
{
    for (size_t i = 0; i < set->emitted_count; i++) {
        if (strcmp(set->emitted[i].emitter, emitter) == 0 &&
            strcmp(set->emitted[i].path, path) == 0) {
            return &set->emitted[i];
        }
    }
    return NULL;
}
