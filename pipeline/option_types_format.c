/* SPDX-License-Identifier: MIT
 * Option types that go by image format: formats, and quality per format. */
#include "option_type.h"

#include "text.h"

/* ---- formats -------------------------------------------------------------------------------- */

static const char *format_next(const void *data, size_t i)
{
    (void)data;
    return i + 1 < FORMAT_COUNT ? format_info((enum format)(i + 1))->name : NULL;
}

/* The names that an option allows: its own, or those of all formats. */
static const char *allowed_next(const void *data, size_t i)
{
    const struct option *option = data;
    return option->names ? option->names[i] : format_next(NULL, i);
}

static enum status format_parse(const struct option_parse *parse, const struct value *value,
                                struct formats *formats)
{
    if (value->type != VALUE_TEXT) {
        return option_wrong_type(parse, value);
    }
    enum format format = format_by_name(value->text);
    const char *name = format_info(format)->name;
    if (format == FORMAT_NONE ||
        (parse->option->names && option_name_index(parse->option->names, name) < 0)) {
        return option_wrong_word(parse, value->text, allowed_next, parse->option);
    }
    if (formats->count == sizeof(formats->list) / sizeof(formats->list[0])) {
        error_set(parse->error, STATUS_USAGE, "'%s' has more than %d formats", parse->option->name,
                  formats->count);
        return error_at_pointer(parse->error, parse->at);
    }
    formats->list[formats->count++] = format;
    return STATUS_OK;
}

static enum status formats_parse(const struct option_parse *parse, const struct value *value,
                                 void *field)
{
    struct formats formats = {0};
    enum status status = STATUS_OK;
    if (value->type != VALUE_LIST) {
        status = format_parse(parse, value, &formats);
    } else {
        for (size_t i = 0; i < value->list.count && status == STATUS_OK; i++) {
            status = format_parse(OPTION_PARSE_ITEM(parse, i), value->list.items[i], &formats);
        }
    }
    if (status == STATUS_OK) {
        *(struct formats *)field = formats;
    }
    return status;
}

static bool formats_value(const struct option *option, const void *field, struct arena *arena,
                          const struct value **out)
{
    const struct formats *formats = field;
    struct value *list = formats->count == 1 ? NULL : value_list(arena);
    (void)option;
    for (int i = 0; i < formats->count && formats->count != 1; i++) {
        list = value_append(arena, list, value_text(arena, format_info(formats->list[i])->name));
    }
    *out = formats->count == 1 ? value_text(arena, format_info(formats->list[0])->name) : list;
    return *out != NULL;
}

static void formats_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "one or a list of ");
    option_list_words(out, allowed_next, option);
}

static struct value *formats_schema(const struct option *option, struct arena *arena,
                                    struct value *any)
{
    struct value *names = option_schema_enum(arena, allowed_next, option);
    any = value_append(arena, any, names);
    return value_append(arena, any, option_schema_list(arena, names));
}

const struct option_type_info option_type_formats = {.name = "formats",
                                                     .size = sizeof(struct formats),
                                                     .text = OPTION_TEXT_WORDS,
                                                     .parse = formats_parse,
                                                     .value = formats_value,
                                                     .words = formats_words,
                                                     .schema = formats_schema};

/* ---- quality -------------------------------------------------------------------------------- */

const char *const level_names[] = {"", "low", "medium", "high", "very-high", "lossless", NULL};

enum level quality_level(const struct quality *quality, enum format format)
{
    return quality->levels[format] != LEVEL_NONE ? quality->levels[format] : quality->level;
}

static void quality_none(void *field)
{
    struct quality *quality = field;
    for (int format = 0; format < FORMAT_COUNT; format++) {
        quality->number[format] = -1;
    }
}

/* A level or a number 0..100 (or the option's own range). */
static enum status quality_item(const struct option_parse *parse, const struct value *value,
                                enum level *level, double *number)
{
    double low = 0, high = 100, given;
    if (value->type == VALUE_TEXT) {
        int index = option_name_index(level_names + 1, value->text);
        if (index < 0) {
            return option_wrong_word(parse, value->text, option_name_next, level_names + 1);
        }
        *level = (enum level)(index + 1);
        return STATUS_OK;
    }
    if (!value_number(value, &given)) {
        return option_wrong_type(parse, value);
    }
    if (!option_range(parse->option, given, &low, &high)) {
        return option_outside(parse, value, low, high);
    }
    *number = given;
    return STATUS_OK;
}

static enum status unknown_format(const struct option_parse *parse, const char *key)
{
    struct buffer text = {0};
    const char *nearest = text_nearest(key, format_next, NULL);
    buffer_text(&text, "unknown format ");
    option_word(&text, key);
    buffer_format(&text, " of '%s'", parse->option->name);
    if (nearest) {
        buffer_format(&text, "; did you mean '%s'?", nearest);
    }
    return option_complain(parse, &text);
}

static enum status quality_by_format(const struct option_parse *parse, const struct value *object,
                                     struct quality *quality)
{
    /* Formats that are not named keep the default's level, whatever was laid over it before. */
    int level = parse->option->def ? option_name_index(level_names, parse->option->def) : 0;
    quality->level = level > 0 ? (enum level)level : LEVEL_NONE;
    for (size_t i = 0; i < object->object.count; i++) {
        const struct member *member = &object->object.members[i];
        const struct option_parse item = {.option = parse->option,
                                          .at = parse->at ? POINTER_KEY(parse->at, member->key)
                                                          : NULL,
                                          .arena = parse->arena,
                                          .error = parse->error};
        enum format format = format_by_name(member->key);
        if (format == FORMAT_NONE) {
            return unknown_format(&item, member->key);
        }
        enum status status =
            quality_item(&item, member->value, &quality->levels[format], &quality->number[format]);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status quality_parse(const struct option_parse *parse, const struct value *value,
                                 void *field)
{
    struct quality quality = {0};
    double number = -1;
    enum status status;
    quality_none(&quality);
    if (value->type == VALUE_OBJECT) {
        status = quality_by_format(parse, value, &quality);
    } else {
        status = quality_item(parse, value, &quality.level, &number);
    }
    if (status != STATUS_OK) {
        return status;
    }
    quality.bare = number >= 0;
    for (int format = 0; format < FORMAT_COUNT && quality.bare; format++) {
        quality.number[format] = number;
    }
    *(struct quality *)field = quality;
    return STATUS_OK;
}

static bool quality_value(const struct option *option, const void *field, struct arena *arena,
                          const struct value **out)
{
    const struct quality *quality = field;
    (void)option;
    if (quality->bare) {
        *out = option_number_value(arena, quality->number[0]);
        return *out != NULL;
    }
    struct value *object = value_object(arena);
    for (int format = 1; format < FORMAT_COUNT; format++) {
        const char *name = format_info((enum format)format)->name;
        if (quality->number[format] >= 0) {
            object =
                value_set(arena, object, name, option_number_value(arena, quality->number[format]));
        } else if (quality->levels[format] != LEVEL_NONE) {
            object = value_set(arena, object, name,
                               value_text(arena, level_names[quality->levels[format]]));
        }
    }
    if (!object || object->object.count > 0) {
        *out = object;
        return object != NULL;
    }
    *out = quality->level == LEVEL_NONE ? NULL : value_text(arena, level_names[quality->level]);
    return quality->level == LEVEL_NONE || *out;
}

static void quality_words(struct buffer *out, const struct option *option)
{
    double low = 0, high = 100;
    option_range(option, 0, &low, &high);
    buffer_text(out, "one of ");
    option_list_words(out, option_name_next, level_names + 1);
    buffer_text(out, ", a number ");
    text_number(out, low);
    buffer_text(out, "..");
    text_number(out, high);
    buffer_text(out, ", or an object of these by format");
}

static struct value *quality_schema(const struct option *option, struct arena *arena,
                                    struct value *any)
{
    double low = 0, high = 100;
    option_range(option, 0, &low, &high);
    struct value *level = option_schema_enum(arena, option_name_next, level_names + 1);
    struct value *number = option_schema_number(arena, "number", true, low, high);
    struct value *item = value_append(arena, value_list(arena), level);
    item = value_append(arena, item, number);
    item = value_append(arena, item, option_schema_template(arena));
    item = value_set(arena, value_object(arena), "anyOf", item);
    struct value *properties = value_object(arena);
    const char *name;
    for (size_t i = 0; (name = format_next(NULL, i)) != NULL; i++) {
        properties = value_set(arena, properties, name, item);
    }
    struct value *object =
        value_set(arena, option_schema_type(arena, "object"), "properties", properties);
    object = value_set(arena, object, "additionalProperties", value_bool(arena, false));
    any = value_append(arena, value_append(arena, any, level), number);
    return value_append(arena, any, object);
}

const struct option_type_info option_type_quality = {.name = "quality",
                                                     .size = sizeof(struct quality),
                                                     .none = quality_none,
                                                     .parse = quality_parse,
                                                     .value = quality_value,
                                                     .words = quality_words,
                                                     .schema = quality_schema};
