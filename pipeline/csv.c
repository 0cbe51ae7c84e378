/* SPDX-License-Identifier: MIT
 * See csv.h. */
#include "csv.h"

#include <string.h>

#include "text.h"

struct reader {
    const char *at, *end;
    size_t line;
    struct arena *arena;
    struct error *error;
    struct buffer field;
};

struct fields { /* of one row */
    const char **list;
    size_t count, capacity;
    size_t line; /* where it begins */
};

static enum status wrong_line(const struct reader *reader, size_t line)
{
    return error_at(reader->error, "line %zu", line);
}

static bool at_line_end(const struct reader *reader)
{
    return reader->at == reader->end || *reader->at == '\n' ||
           (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n');
}

static void pass_line_end(struct reader *reader)
{
    if (reader->at < reader->end) {
        reader->at += *reader->at == '\r' ? 2 : 1;
        reader->line++;
    }
}

/* The opening quote is passed; stops behind the closing one. */
static enum status quoted_read(struct reader *reader)
{
    size_t start = reader->line;
    while (reader->at < reader->end) {
        char c = *reader->at++;
        if (c == '"' && reader->at < reader->end && *reader->at == '"') {
            reader->at++;
        } else if (c == '"') {
            if (at_line_end(reader) || *reader->at == ',') {
                return STATUS_OK;
            }
            error_set(reader->error, STATUS_USAGE,
                      "text after the closing '\"' of a field: a quote inside is written twice");
            return wrong_line(reader, reader->line);
        }
        reader->line += c == '\n';
        buffer_char(&reader->field, c);
    }
    error_set(reader->error, STATUS_USAGE, "a quoted field that begins here has no end");
    return wrong_line(reader, start);
}

static enum status plain_read(struct reader *reader)
{
    while (!at_line_end(reader) && *reader->at != ',') {
        if (*reader->at == '"') {
            error_set(reader->error, STATUS_USAGE,
                      "a '\"' inside a field without quotes: put the whole field between quotes "
                      "and write this one twice");
            return wrong_line(reader, reader->line);
        }
        if (*reader->at == '\r') {
            error_set(reader->error, STATUS_USAGE,
                      "a carriage return that ends no line: lines end in LF or CR LF");
            return wrong_line(reader, reader->line);
        }
        buffer_char(&reader->field, *reader->at++);
    }
    return STATUS_OK;
}

static enum status row_read(struct reader *reader, struct fields *fields)
{
    fields->count = 0;
    fields->line = reader->line;
    for (;;) {
        bool quoted = reader->at < reader->end && *reader->at == '"';
        buffer_clear(&reader->field);
        reader->at += quoted;
        enum status status = quoted ? quoted_read(reader) : plain_read(reader);
        if (status != STATUS_OK) {
            return status;
        }
        if (fields->count == CSV_COLUMNS_MAX) {
            error_set(reader->error, STATUS_REFUSED, "more than %d fields", (int)CSV_COLUMNS_MAX);
            return wrong_line(reader, fields->line);
        }
        const char **slot = arena_push(reader->arena, &fields->list, &fields->count,
                                       &fields->capacity, sizeof(*slot));
        const char *text = buffer_failed(&reader->field)
                               ? NULL
                               : arena_text(reader->arena, buffer_string(&reader->field));
        if (!slot || !text) {
            return error_memory(reader->error);
        }
        *slot = text;
        if (at_line_end(reader)) {
            pass_line_end(reader);
            return STATUS_OK;
        }
        reader->at++; /* the comma */
    }
}

static void pass_empty_lines(struct reader *reader)
{
    while (reader->at < reader->end && at_line_end(reader)) {
        pass_line_end(reader);
    }
}

static enum status header_read(struct reader *reader, struct csv *csv)
{
    struct fields fields = {0};
    pass_empty_lines(reader);
    if (reader->at == reader->end) {
        return error_set(reader->error, STATUS_USAGE, "is empty: the first line names the columns");
    }
    if (row_read(reader, &fields) != STATUS_OK) {
        return reader->error->status;
    }
    for (size_t i = 0; i < fields.count; i++) {
        const char *name = fields.list[i];
        size_t first = 0;
        while (strcmp(fields.list[first], name) != 0) {
            first++;
        }
        if (!*name) {
            error_set(reader->error, STATUS_USAGE, "column %zu has no name", i + 1);
        } else if (first < i) {
            error_set(reader->error, STATUS_USAGE, "columns %zu and %zu are both called '%s'",
                      first + 1, i + 1, name);
        }
        if (reader->error->status != STATUS_OK) {
            return wrong_line(reader, fields.line);
        }
    }
    size_t count = fields.count;
    const char **end =
        arena_push(reader->arena, &fields.list, &fields.count, &fields.capacity, sizeof(*end));
    if (!end) {
        return error_memory(reader->error);
    }
    csv->columns = fields.list;
    csv->column_count = count;
    return STATUS_OK;
}

static const struct value *row_value(struct reader *reader, const struct csv *csv,
                                     const struct fields *fields)
{
    struct value *row = arena_alloc(reader->arena, sizeof(*row));
    struct value *texts = arena_array(reader->arena, csv->column_count, sizeof(*texts));
    struct member *members = arena_array(reader->arena, csv->column_count, sizeof(*members));
    if (!row || !texts || !members) {
        return NULL;
    }
    for (size_t i = 0; i < csv->column_count; i++) {
        texts[i] = (struct value){.type = VALUE_TEXT, .text = fields->list[i]};
        members[i] = (struct member){csv->columns[i], &texts[i]};
    }
    *row = (struct value){.type = VALUE_OBJECT,
                          .object = {.members = members, .count = csv->column_count}};
    return row;
}

static enum status rows_read(struct reader *reader, struct csv *csv)
{
    struct fields fields = {0};
    const struct value **rows = NULL;
    size_t *lines = NULL, count = 0, capacity = 0, line_count = 0, line_capacity = 0;
    for (pass_empty_lines(reader); reader->at < reader->end; pass_empty_lines(reader)) {
        if (row_read(reader, &fields) != STATUS_OK) {
            return reader->error->status;
        }
        if (fields.count != csv->column_count) {
            error_set(reader->error, STATUS_USAGE, "%zu field%s, and the header names %zu",
                      fields.count, fields.count == 1 ? "" : "s", csv->column_count);
            return wrong_line(reader, fields.line);
        }
        if (count == CSV_ROWS_MAX) {
            return error_set(reader->error, STATUS_REFUSED, "more than %d rows", (int)CSV_ROWS_MAX);
        }
        const struct value **row =
            arena_push(reader->arena, &rows, &count, &capacity, sizeof(*row));
        size_t *line =
            arena_push(reader->arena, &lines, &line_count, &line_capacity, sizeof(*line));
        if (!row || !line || !(*row = row_value(reader, csv, &fields))) {
            return error_memory(reader->error);
        }
        *line = fields.line;
    }
    struct value *list = arena_alloc(reader->arena, sizeof(*list));
    if (!list) {
        return error_memory(reader->error);
    }
    *list = (struct value){.type = VALUE_LIST, .list = {.items = rows, .count = count}};
    csv->rows = list;
    csv->lines = lines;
    return STATUS_OK;
}

/* Where the text stops being UTF-8 without NUL. */
static enum status text_check(struct reader *reader)
{
    size_t line = 1;
    for (const char *at = reader->at; at < reader->end; line++) {
        const char *next = memchr(at, '\n', (size_t)(reader->end - at));
        size_t length = (size_t)((next ? next : reader->end) - at);
        if (!text_is_utf8(at, length) || memchr(at, '\0', length)) {
            error_set(reader->error, STATUS_USAGE, "is no UTF-8 text");
            return wrong_line(reader, line);
        }
        at += length + 1;
    }
    return STATUS_OK;
}

enum status csv_parse(const char *text, size_t size, struct arena *arena, struct csv *out,
                      struct error *error)
{
    struct reader reader = {.at = text, .end = text + size, .line = 1, .arena = arena};
    struct csv csv = {0};
    reader.error = error;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        reader.at += 3;
    }
    enum status status = text_check(&reader);
    if (status == STATUS_OK) {
        status = header_read(&reader, &csv);
    }
    if (status == STATUS_OK) {
        status = rows_read(&reader, &csv);
    }
    buffer_free(&reader.field);
    if (status == STATUS_OK) {
        *out = csv;
    }
    return status;
}
