/* SPDX-License-Identifier: MIT
 * The table of option types, the plain types (truth, numbers, bytes), and the sentences that all
 * types share. Types that are spelled in text of their own are in option_types_words.c,
 * option_types_format.c and option_types_spelled.c. */
#include "option_type.h"

#include <math.h>
#include <string.h>

#include "text.h"

/* ---- Sentences ------------------------------------------------------------------------------ */

enum status option_complain(const struct option_parse *parse, struct buffer *text)
{
    if (buffer_failed(text)) {
        error_memory(parse->error);
    } else {
        error_set(parse->error, STATUS_USAGE, "%s", buffer_string(text));
    }
    buffer_free(text);
    return error_at_pointer(parse->error, parse->at);
}

static enum status wrong(const struct option_parse *parse, const struct value *value, bool type)
{
    struct buffer text = {0};
    buffer_format(&text, "'%s' is ", parse->option->name);
    value_brief(&text, value);
    if (type && value->type != VALUE_NULL && value->type != VALUE_BOOL) {
        buffer_format(&text, " (%s)", value_type_name(value->type));
    }
    buffer_text(&text, ", must be ");
    option_type_words(&text, parse->option);
    return option_complain(parse, &text);
}

enum status option_wrong_type(const struct option_parse *parse, const struct value *value)
{
    return wrong(parse, value, true);
}

enum status option_wrong(const struct option_parse *parse, const struct value *value)
{
    return wrong(parse, value, false);
}

static void range_text(struct buffer *out, const struct option *option, double low, double high)
{
    if (isfinite(low)) {
        text_number(out, low);
    }
    buffer_text(out, "..");
    if (isfinite(high)) {
        text_number(out, high);
    }
    if (option->unit) {
        buffer_format(out, " %s", option->unit);
    }
}

enum status option_outside(const struct option_parse *parse, const struct value *value, double low,
                           double high)
{
    struct buffer text = {0};
    buffer_format(&text, "'%s' is ", parse->option->name);
    value_brief(&text, value);
    buffer_text(&text, ", outside ");
    range_text(&text, parse->option, low, high);
    return option_complain(parse, &text);
}

void option_word(struct buffer *out, const char *word)
{
    const struct value value = {.type = VALUE_TEXT, .text = word};
    struct buffer shown = {0};
    value_brief(&shown, &value);
    size_t size = shown.size > 1 ? shown.size : 1;
    bool whole = size > 1 && shown.data[size - 1] == '"'; /* else an ellipsis ends it */
    buffer_format(out, "'%.*s'", (int)(size - 1 - whole), buffer_string(&shown) + (size > 1));
    out->failed = out->failed || shown.failed;
    buffer_free(&shown);
}

enum status option_wrong_word(const struct option_parse *parse, const char *word,
                              const char *(*next)(const void *data, size_t i), const void *data)
{
    struct buffer text = {0};
    const char *nearest = text_nearest(word, next, data);
    buffer_format(&text, "'%s' is ", parse->option->name);
    option_word(&text, word);
    buffer_text(&text, ", must be ");
    option_type_words(&text, parse->option);
    if (nearest) {
        buffer_format(&text, "; did you mean '%s'?", nearest);
    }
    return option_complain(parse, &text);
}

bool option_range(const struct option *option, double number, double *low, double *high)
{
    if (option->min != 0 || option->max != 0) {
        *low = option->min;
        *high = option->max;
    }
    return number >= *low && number <= *high;
}

void option_range_words(struct buffer *out, const struct option *option)
{
    if (option->min != 0 || option->max != 0) {
        buffer_char(out, ' ');
        range_text(out, option, option->min, option->max);
    } else if (option->unit) {
        buffer_format(out, " in %s", option->unit);
    }
}

const char *option_name_next(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

int option_name_index(const char *const *names, const char *word)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

void option_list_words(struct buffer *out, const char *(*next)(const void *data, size_t i),
                       const void *data)
{
    const char *name, *between = "";
    for (size_t i = 0; (name = next(data, i)) != NULL; i++) {
        if (*name) { /* that nothing may be said needs no word */
            buffer_format(out, "%s%s", between, name);
            between = ", ";
        }
    }
}

struct value *option_number_value(struct arena *arena, double number)
{
    return fabs(number) < 0x1p53 && number == floor(number) ? value_int(arena, (int64_t)number)
                                                            : value_real(arena, number);
}

/* ---- Schemas -------------------------------------------------------------------------------- */

struct value *option_schema_type(struct arena *arena, const char *type)
{
    return value_set(arena, value_object(arena), "type", value_text(arena, type));
}

struct value *option_schema_number(struct arena *arena, const char *type, bool ranged, double low,
                                   double high)
{
    struct value *schema = option_schema_type(arena, type);
    if (ranged && isfinite(low)) {
        schema = value_set(arena, schema, "minimum", option_number_value(arena, low));
    }
    if (ranged && isfinite(high)) {
        schema = value_set(arena, schema, "maximum", option_number_value(arena, high));
    }
    return schema;
}

struct value *option_schema_pattern(struct arena *arena, const char *pattern)
{
    return value_set(arena, option_schema_type(arena, "string"), "pattern",
                     value_text(arena, pattern));
}

struct value *option_schema_enum(struct arena *arena,
                                 const char *(*next)(const void *data, size_t i), const void *data)
{
    struct value *list = value_list(arena);
    const char *name;
    for (size_t i = 0; (name = next(data, i)) != NULL; i++) {
        list = value_append(arena, list, value_text(arena, name));
    }
    return value_set(arena, value_object(arena), "enum", list);
}

struct value *option_schema_template(struct arena *arena)
{
    return value_set(arena, value_object(arena), "$ref", value_text(arena, "#/$defs/template"));
}

struct value *option_schema_list(struct arena *arena, struct value *item)
{
    struct value *any = value_append(arena, value_list(arena), item);
    any = value_append(arena, any, option_schema_template(arena));
    return value_set(arena, option_schema_type(arena, "array"), "items",
                     value_set(arena, value_object(arena), "anyOf", any));
}

/* ---- Truth ---------------------------------------------------------------------------------- */

static enum status bool_parse(const struct option_parse *parse, const struct value *value,
                              void *field)
{
    if (value->type != VALUE_BOOL) {
        return option_wrong_type(parse, value);
    }
    *(bool *)field = value->boolean;
    return STATUS_OK;
}

static bool bool_value(const struct option *option, const void *field, struct arena *arena,
                       const struct value **out)
{
    (void)option;
    return (*out = value_bool(arena, *(const bool *)field)) != NULL;
}

static void bool_words(struct buffer *out, const struct option *option)
{
    (void)option;
    buffer_text(out, "true or false");
}

static struct value *bool_schema(const struct option *option, struct arena *arena,
                                 struct value *any)
{
    (void)option;
    return value_append(arena, any, option_schema_type(arena, "boolean"));
}

/* ---- Whole numbers -------------------------------------------------------------------------- */

static bool counts_bytes(const struct option *option)
{
    return option->type == OPTION_BYTES ||
           (option->type == OPTION_INT64 && option->unit && strcmp(option->unit, "bytes") == 0);
}

/* A whole number inside low..high or the option's own range; bytes also as text. */
static enum status whole_parse(const struct option_parse *parse, const struct value *value,
                               double low, double high, int64_t *out)
{
    int64_t whole;
    double number;
    if (value->type == VALUE_TEXT && counts_bytes(parse->option)) {
        if (!text_to_bytes(value->text, &whole)) {
            if (text_is_many_bytes(value->text)) {
                error_set(parse->error, STATUS_USAGE, "'%s' is \"%s\", more bytes than there are",
                          parse->option->name, value->text);
                return error_at_pointer(parse->error, parse->at);
            }
            return option_wrong(parse, value);
        }
        number = (double)whole;
    } else if (!value_number(value, &number)) {
        return option_wrong_type(parse, value);
    } else if (number != floor(number)) {
        return option_wrong(parse, value);
    }
    if (!option_range(parse->option, number, &low, &high) ||
        (value->type == VALUE_NUMBER && !(number >= -0x1p63 && number < 0x1p63))) {
        return option_outside(parse, value, low, high);
    }
    *out = value->type == VALUE_INT      ? value->integer
           : value->type == VALUE_NUMBER ? (int64_t)number
                                         : whole;
    return STATUS_OK;
}

static enum status int_parse(const struct option_parse *parse, const struct value *value,
                             void *field)
{
    int64_t whole = 0;
    struct value number = {.type = VALUE_INT};
    if (value->type == VALUE_TEXT && parse->option->names) {
        const int index = option_name_index(parse->option->names, value->text);
        if (index >= 0) {
            *(int *)field = -1 - index;
            return STATUS_OK;
        }
        /* A parameter whose default is a word stays a text. */
        if (!text_to_int64(value->text, &number.integer)) {
            return option_wrong(parse, value);
        }
        value = &number;
    }
    enum status status = whole_parse(parse, value, INT32_MIN, INT32_MAX, &whole);
    if (status == STATUS_OK) {
        *(int *)field = (int)whole;
    }
    return status;
}

static bool int_value(const struct option *option, const void *field, struct arena *arena,
                      const struct value **out)
{
    const int number = *(const int *)field;
    *out = option->names && number < 0 ? value_text(arena, option->names[-1 - number])
                                       : value_int(arena, number);
    return *out != NULL;
}

static enum status int64_parse(const struct option_parse *parse, const struct value *value,
                               void *field)
{
    return whole_parse(parse, value, -0x1p63, 0x1p63, field);
}

static bool int64_value(const struct option *option, const void *field, struct arena *arena,
                        const struct value **out)
{
    (void)option;
    return (*out = value_int(arena, *(const int64_t *)field)) != NULL;
}

static enum status bytes_parse(const struct option_parse *parse, const struct value *value,
                               void *field)
{
    return whole_parse(parse, value, 0, 0x1p53, &((struct bytes *)field)->count);
}

static bool bytes_value(const struct option *option, const void *field, struct arena *arena,
                        const struct value **out)
{
    (void)option;
    return (*out = value_int(arena, ((const struct bytes *)field)->count)) != NULL;
}

static void whole_words(struct buffer *out, const struct option *option)
{
    if (counts_bytes(option)) {
        buffer_text(out, "a number of bytes like 150000, 150KB or 150KiB");
    } else {
        buffer_text(out, "a whole number");
        option_range_words(out, option);
        for (size_t i = 0; option->names && option->names[i]; i++) {
            buffer_format(out, " or %s", option->names[i]);
        }
    }
}

static struct value *whole_schema(const struct option *option, struct arena *arena,
                                  struct value *any)
{
    double low = 0, high = INFINITY;
    bool ranged = option->min != 0 || option->max != 0 || option->type == OPTION_BYTES;
    option_range(option, 0, &low, &high);
    any = value_append(arena, any, option_schema_number(arena, "integer", ranged, low, high));
    if (option->names) {
        any = value_append(arena, any, option_schema_enum(arena, option_name_next, option->names));
    }
    if (counts_bytes(option)) {
        any = value_append(
            arena, any,
            option_schema_pattern(arena, "^[0-9]+([Bb]|(\\.[0-9]+)?[KkMmGgTt]([Ii]?[Bb])?)?$"));
    }
    return any;
}

/* ---- Numbers -------------------------------------------------------------------------------- */

static enum status number_parse(const struct option_parse *parse, const struct value *value,
                                void *field)
{
    double number, low = -INFINITY, high = INFINITY;
    if (!value_number(value, &number)) {
        return option_wrong_type(parse, value);
    }
    if (!option_range(parse->option, number, &low, &high)) {
        return option_outside(parse, value, low, high);
    }
    *(double *)field = number;
    return STATUS_OK;
}

static bool number_value(const struct option *option, const void *field, struct arena *arena,
                         const struct value **out)
{
    (void)option;
    return (*out = option_number_value(arena, *(const double *)field)) != NULL;
}

static void number_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "a number");
    option_range_words(out, option);
}

static struct value *number_schema(const struct option *option, struct arena *arena,
                                   struct value *any)
{
    return value_append(arena, any,
                        option_schema_number(arena, "number", option->min != 0 || option->max != 0,
                                             option->min, option->max));
}

/* ---- The table ------------------------------------------------------------------------------ */

static const struct option_type_info type_bool = {.name = "bool",
                                                  .size = sizeof(bool),
                                                  .parse = bool_parse,
                                                  .value = bool_value,
                                                  .words = bool_words,
                                                  .schema = bool_schema};
static const struct option_type_info type_int = {.name = "int",
                                                 .size = sizeof(int),
                                                 .parse = int_parse,
                                                 .value = int_value,
                                                 .words = whole_words,
                                                 .schema = whole_schema};
static const struct option_type_info type_int64 = {.name = "int64",
                                                   .size = sizeof(int64_t),
                                                   .parse = int64_parse,
                                                   .value = int64_value,
                                                   .words = whole_words,
                                                   .schema = whole_schema};
static const struct option_type_info type_bytes = {.name = "bytes",
                                                   .size = sizeof(struct bytes),
                                                   .parse = bytes_parse,
                                                   .value = bytes_value,
                                                   .words = whole_words,
                                                   .schema = whole_schema};
static const struct option_type_info type_number = {.name = "number",
                                                    .size = sizeof(double),
                                                    .parse = number_parse,
                                                    .value = number_value,
                                                    .words = number_words,
                                                    .schema = number_schema};
static const struct option_type_info type_group = {.name = "group"};

const struct option_type_info *option_type_info(enum option_type type)
{
    static const struct option_type_info *const types[] = {
        [OPTION_BOOL] = &type_bool,
        [OPTION_INT] = &type_int,
        [OPTION_INT64] = &type_int64,
        [OPTION_NUMBER] = &type_number,
        [OPTION_TEXT] = &option_type_text,
        [OPTION_TEXTS] = &option_type_texts,
        [OPTION_ENUM] = &option_type_enum,
        [OPTION_FLAGS] = &option_type_flags,
        [OPTION_SIZE] = &option_type_size,
        [OPTION_RATIO] = &option_type_ratio,
        [OPTION_ASPECT] = &option_type_aspect,
        [OPTION_BYTES] = &type_bytes,
        [OPTION_COLOUR] = &option_type_colour,
        [OPTION_FORMATS] = &option_type_formats,
        [OPTION_QUALITY] = &option_type_quality,
        [OPTION_RANGE] = &option_type_range,
        [OPTION_GROUP] = &type_group,
    };
    return types[type];
}
