/* SPDX-License-Identifier: MIT
 * Option types that are texts and names: text, texts, enum, flags. */
#include "option_type.h"

#include <string.h>

#include "text.h"

/* ---- text ----------------------------------------------------------------------------------- */

static enum status text_parse(const struct option_parse *parse, const struct value *value,
                              void *field)
{
    if (value->type != VALUE_TEXT) {
        return option_wrong_type(parse, value);
    }
    const char *copy = arena_text(parse->arena, value->text);
    if (!copy) {
        return error_memory(parse->error);
    }
    *(const char **)field = copy;
    return STATUS_OK;
}

static bool text_value(const struct option *option, const void *field, struct arena *arena,
                       const struct value **out)
{
    const char *text = *(const char *const *)field;
    (void)option;
    *out = text ? value_text(arena, text) : NULL;
    return !text || *out;
}

static void text_words(struct buffer *out, const struct option *option)
{
    (void)option;
    buffer_text(out, "a text");
}

static struct value *text_schema(const struct option *option, struct arena *arena,
                                 struct value *any)
{
    (void)option;
    return value_append(arena, any, option_schema_type(arena, "string"));
}

const struct option_type_info option_type_text = {.name = "text",
                                                  .size = sizeof(const char *),
                                                  .text = OPTION_TEXT_WORD,
                                                  .any_text = true,
                                                  .parse = text_parse,
                                                  .value = text_value,
                                                  .words = text_words,
                                                  .schema = text_schema};

/* ---- texts ---------------------------------------------------------------------------------- */

static enum status texts_parse(const struct option_parse *parse, const struct value *value,
                               void *field)
{
    bool one = value->type == VALUE_TEXT;
    if (!one && value->type != VALUE_LIST) {
        return option_wrong_type(parse, value);
    }
    size_t count = one ? 1 : value->list.count;
    const char **list = arena_array(parse->arena, count, sizeof(const char *));
    if (!list) {
        return error_memory(parse->error);
    }
    for (size_t i = 0; i < count; i++) {
        enum status status =
            one ? text_parse(parse, value, &list[i])
                : text_parse(OPTION_PARSE_ITEM(parse, i), value->list.items[i], &list[i]);
        if (status != STATUS_OK) {
            return status;
        }
    }
    *(struct texts *)field = (struct texts){.list = list, .count = count};
    return STATUS_OK;
}

static bool texts_value(const struct option *option, const void *field, struct arena *arena,
                        const struct value **out)
{
    const struct texts *texts = field;
    struct value *list = value_list(arena);
    (void)option;
    for (size_t i = 0; i < texts->count; i++) {
        list = value_append(arena, list, value_text(arena, texts->list[i]));
    }
    *out = list;
    return list != NULL;
}

static void texts_words(struct buffer *out, const struct option *option)
{
    (void)option;
    buffer_text(out, "a text or a list of texts");
}

static struct value *texts_schema(const struct option *option, struct arena *arena,
                                  struct value *any)
{
    struct value *list = value_set(arena, option_schema_type(arena, "array"), "items",
                                   option_schema_type(arena, "string"));
    (void)option;
    any = value_append(arena, any, option_schema_type(arena, "string"));
    return value_append(arena, any, list);
}

const struct option_type_info option_type_texts = {.name = "texts",
                                                   .size = sizeof(struct texts),
                                                   .text = OPTION_TEXT_LIST,
                                                   .any_text = true,
                                                   .parse = texts_parse,
                                                   .value = texts_value,
                                                   .words = texts_words,
                                                   .schema = texts_schema};

/* ---- enum ----------------------------------------------------------------------------------- */

/* The place among the option's names of the word that `value` is. */
static enum status name_parse(const struct option_parse *parse, const struct value *value,
                              int *index)
{
    if (value->type != VALUE_TEXT) {
        return option_wrong_type(parse, value);
    }
    int found = option_name_index(parse->option->names, value->text);
    if (found < 0) {
        return option_wrong_word(parse, value->text, option_name_next, parse->option->names);
    }
    *index = found;
    return STATUS_OK;
}

static enum status enum_parse(const struct option_parse *parse, const struct value *value,
                              void *field)
{
    return name_parse(parse, value, field);
}

static bool enum_value(const struct option *option, const void *field, struct arena *arena,
                       const struct value **out)
{
    *out = value_text(arena, option->names[*(const int *)field]);
    return *out != NULL;
}

static void enum_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "one of ");
    option_list_words(out, option_name_next, option->names);
}

static struct value *enum_schema(const struct option *option, struct arena *arena,
                                 struct value *any)
{
    return value_append(arena, any, option_schema_enum(arena, option_name_next, option->names));
}

const struct option_type_info option_type_enum = {.name = "enum",
                                                  .size = sizeof(int),
                                                  .text = OPTION_TEXT_WORD,
                                                  .parse = enum_parse,
                                                  .value = enum_value,
                                                  .words = enum_words,
                                                  .schema = enum_schema};

/* ---- flags ---------------------------------------------------------------------------------- */

static unsigned flags_all(const char *const *names)
{
    unsigned bits = 0;
    for (int i = 0; names[i]; i++) {
        bits |= 1u << i;
    }
    return bits;
}

static enum status flag_parse(const struct option_parse *parse, const struct value *value,
                              unsigned *bits)
{
    int index = 0;
    enum status status = name_parse(parse, value, &index);
    if (status == STATUS_OK) {
        *bits |= 1u << index;
    }
    return status;
}

static enum status flags_parse(const struct option_parse *parse, const struct value *value,
                               void *field)
{
    unsigned bits = 0;
    enum status status = STATUS_OK;
    const char *const *names = parse->option->names;
    if (value->type == VALUE_LIST) {
        for (size_t i = 0; i < value->list.count && status == STATUS_OK; i++) {
            status = flag_parse(OPTION_PARSE_ITEM(parse, i), value->list.items[i], &bits);
        }
    } else if (value->type == VALUE_TEXT && option_name_index(names, value->text) < 0 &&
               strcmp(value->text, "all") == 0) {
        bits = flags_all(names);
    } else if (value->type != VALUE_TEXT || option_name_index(names, value->text) >= 0 ||
               strcmp(value->text, "none") != 0) {
        status = flag_parse(parse, value, &bits);
    }
    if (status == STATUS_OK) {
        *(unsigned *)field = bits;
    }
    return status;
}

static bool flags_value(const struct option *option, const void *field, struct arena *arena,
                        const struct value **out)
{
    struct value *list = value_list(arena);
    for (int i = 0; option->names[i]; i++) {
        if (*(const unsigned *)field & 1u << i) {
            list = value_append(arena, list, value_text(arena, option->names[i]));
        }
    }
    *out = list;
    return list != NULL;
}

static void flags_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "all, none or a list of ");
    option_list_words(out, option_name_next, option->names);
}

static struct value *flags_schema(const struct option *option, struct arena *arena,
                                  struct value *any)
{
    static const char *const whole[] = {"all", "none", NULL};
    struct value *names = option_schema_enum(arena, option_name_next, option->names);
    any = value_append(arena, any, option_schema_enum(arena, option_name_next, whole));
    any = value_append(arena, any, names);
    return value_append(arena, any, option_schema_list(arena, names));
}

const struct option_type_info option_type_flags = {.name = "flags",
                                                   .size = sizeof(unsigned),
                                                   .text = OPTION_TEXT_WORDS,
                                                   .parse = flags_parse,
                                                   .value = flags_value,
                                                   .words = flags_words,
                                                   .schema = flags_schema};
