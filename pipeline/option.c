/* SPDX-License-Identifier: MIT
 * What is done with option tables, over the types of option_types.c. Knows nothing of images.
 *
 * One grammar for all complaints, the pointer in front:
 *   unknown option 'KEY' of 'OWNER'; did you mean 'NAME'?      or: …; it has NAME, NAME, …
 *   'OPTION' is VALUE (a TYPE), must be WHAT                   the JSON type is wrong
 *   'OPTION' is VALUE, must be WHAT                            the type is right, the content is
 * not 'OPTION' is 'WORD', must be one of A, B; did you mean 'B'? a word that is no name 'OPTION' is
 * VALUE, outside LOW..HIGH UNIT VALUE is JSON, cut to about 60 characters; WHAT is
 * option_type_words. */
#include "option.h"

#include <string.h>

#include "json.h"
#include "option_type.h"
#include "text.h"

static const char *table_next(const void *table, size_t i)
{
    return ((const struct option *)table)[i].name;
}

const struct option *options_find(const struct option *table, const char *name)
{
    for (const struct option *option = table; option && option->name; option++) {
        if (strcmp(option->name, name) == 0) {
            return option;
        }
    }
    return NULL;
}

/* ---- Parsing -------------------------------------------------------------------------------- */

static enum status unknown_key(const struct option *table, const char *owner, const char *key,
                               const struct pointer *at, struct error *error)
{
    struct buffer text = {0};
    const char *nearest = table ? text_nearest(key, table_next, table) : NULL;
    buffer_text(&text, "unknown option ");
    option_word(&text, key);
    buffer_format(&text, " of '%s'", owner);
    if (nearest) {
        buffer_format(&text, "; did you mean '%s'?", nearest);
    } else if (!table || !table->name) {
        buffer_text(&text, ", which has none");
    } else {
        for (const struct option *option = table; option->name; option++) {
            buffer_format(&text, "%s%s", option == table ? "; it has " : ", ", option->name);
        }
    }
    return option_complain(&(const struct option_parse){.at = at, .error = error}, &text);
}

static enum status no_object(const char *owner, const struct value *value, const struct pointer *at,
                             struct error *error)
{
    struct buffer text = {0};
    buffer_format(&text, "'%s' is ", owner);
    value_brief(&text, value);
    buffer_format(&text, " (%s), must be an object of options", value_type_name(value->type));
    return option_complain(&(const struct option_parse){.at = at, .error = error}, &text);
}

enum status options_parse(const struct option *table, const char *owner, const struct value *object,
                          const struct pointer *at, struct arena *arena, void *fields,
                          struct error *error)
{
    if (!object) {
        return STATUS_OK;
    }
    if (object->type != VALUE_OBJECT) {
        return no_object(owner, object, at, error);
    }
    for (size_t i = 0; i < object->object.count; i++) {
        const struct member *member = &object->object.members[i];
        const struct option *option = options_find(table, member->key);
        const struct pointer *place = POINTER_KEY(at, member->key);
        enum status status;
        if (!option) {
            return unknown_key(table, owner, member->key, place, error);
        }
        if (option->type == OPTION_GROUP) {
            status = options_parse(option->group, option->name, member->value, place, arena, fields,
                                   error);
        } else {
            const struct option_parse parse = {
                .option = option, .at = place, .arena = arena, .error = error};
            status = option_type_info(option->type)
                         ->parse(&parse, member->value, (char *)fields + option->offset);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static struct value *words_value(struct arena *arena, const char *text)
{
    struct value *list = value_list(arena);
    while (list && *text) {
        size_t size = strcspn(text, ",");
        char *word = arena_slice(arena, text, size);
        list = word ? value_append(arena, list, value_text(arena, word)) : NULL;
        text += size + (text[size] == ',');
    }
    return list;
}

/* A list or an object in JSON; *out stays NULL when the text is none. */
static enum status json_value(struct arena *arena, const char *text, const struct value **out,
                              struct error *error)
{
    struct error ignored = {0};
    if (json_parse(arena, text, strlen(text), out, &ignored) == STATUS_FAILED) {
        return error_memory(error);
    }
    return STATUS_OK;
}

/* Texts and numbers need no allocation: *plain is used, and borrows the text. */
static enum status text_value(const struct option_parse *parse, const char *text,
                              struct value *plain, const struct value **out)
{
    enum option_text kind = option_type_info(parse->option->type)->text;
    bool list = text[0] == '[', object = text[0] == '{' && kind == OPTION_TEXT_JSON;
    *out = NULL;
    if ((list || object) && kind != OPTION_TEXT_WORD &&
        json_value(parse->arena, text, out, parse->error) != STATUS_OK) {
        return parse->error->status;
    }
    if (*out) {
        return STATUS_OK;
    }
    if (kind == OPTION_TEXT_WORDS && strchr(text, ',')) {
        *out = words_value(parse->arena, text);
        return *out ? STATUS_OK : error_memory(parse->error);
    }
    *plain = (struct value){.type = VALUE_TEXT, .text = text};
    if (kind == OPTION_TEXT_JSON) {
        if (text_to_int64(text, &plain->integer)) {
            plain->type = VALUE_INT;
        } else if (text_to_double(text, &plain->number)) {
            plain->type = VALUE_NUMBER;
        } else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
            *plain = (struct value){.type = VALUE_BOOL, .boolean = text[0] == 't'};
        }
    }
    *out = plain;
    return STATUS_OK;
}

static enum status field_from_text(const struct option *option, const char *text,
                                   struct arena *arena, void *field, struct error *error)
{
    const struct option_parse parse = {.option = option, .arena = arena, .error = error};
    struct value plain;
    const struct value *value;
    enum status status = text_value(&parse, text, &plain, &value);
    return status == STATUS_OK ? option_type_info(option->type)->parse(&parse, value, field)
                               : status;
}

enum status option_parse_text(const struct option *option, const char *text, struct arena *arena,
                              void *fields, struct error *error)
{
    if (option->type == OPTION_GROUP) {
        const struct value *object = NULL;
        if (json_value(arena, text, &object, error) != STATUS_OK) {
            return error->status;
        }
        const struct value plain = {.type = VALUE_TEXT, .text = text};
        return options_parse(option->group, option->name, object ? object : &plain, NULL, arena,
                             fields, error);
    }
    if (!text_is_utf8(text, strlen(text))) {
        return error_set(error, STATUS_USAGE, "'%s' is not valid UTF-8", option->name);
    }
    return field_from_text(option, text, arena, (char *)fields + option->offset, error);
}

/* ---- Defaults ------------------------------------------------------------------------------- */

static enum status field_default(const struct option *option, struct arena *arena, void *field,
                                 struct error *error)
{
    const struct option_type_info *type = option_type_info(option->type);
    memset(field, 0, type->size);
    if (type->none) {
        type->none(field);
    }
    if (!option->def) {
        return STATUS_OK;
    }
    enum status status = field_from_text(option, option->def, arena, field, error);
    if (status == STATUS_USAGE) {
        error->status = STATUS_BUG;
        error_at(error, "default of '%s'", option->name);
    }
    return error->status;
}

enum status options_default(const struct option *table, struct arena *arena, void *fields,
                            struct error *error)
{
    for (const struct option *option = table; option && option->name; option++) {
        enum status status =
            option->type == OPTION_GROUP
                ? options_default(option->group, arena, fields, error)
                : field_default(option, arena, (char *)fields + option->offset, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* Room for a field of any type. */
union field {
    struct quality quality;
    struct formats formats;
    struct texts texts;
    struct range range;
};

/* The default as a value; *out is NULL when there is none. False when memory is short. */
static bool default_value(const struct option *option, struct arena *arena,
                          const struct value **out)
{
    union field field;
    struct error error = {0};
    return field_default(option, arena, &field, &error) == STATUS_OK &&
           option_type_info(option->type)->value(option, &field, arena, out);
}

/* ---- Fields as values ----------------------------------------------------------------------- */

/* *out is NULL where nothing is to be said. False when memory is short. */
static bool member_value(const struct option *option, const void *fields, bool changed_only,
                         struct arena *arena, const struct value **out)
{
    const struct value *standard = NULL;
    *out = NULL;
    if (option->type == OPTION_GROUP) {
        *out = options_value(option->group, fields, changed_only, arena);
        if (*out && changed_only && (*out)->object.count == 0) {
            *out = NULL;
            return true;
        }
        return *out != NULL;
    }
    if (!option_type_info(option->type)
             ->value(option, (const char *)fields + option->offset, arena, out)) {
        return false;
    }
    if (!changed_only || !*out) {
        return true;
    }
    if (!default_value(option, arena, &standard)) {
        return false;
    }
    if (standard && value_equal(*out, standard)) {
        *out = NULL;
    }
    return true;
}

const struct value *options_value(const struct option *table, const void *fields, bool changed_only,
                                  struct arena *arena)
{
    struct value *object = value_object(arena);
    for (const struct option *option = table; object && option && option->name; option++) {
        const struct value *value;
        if (!member_value(option, fields, changed_only, arena, &value)) {
            return NULL;
        }
        if (value) {
            object = value_set(arena, object, option->name, value);
        }
    }
    return object;
}

/* ---- Words and schema ----------------------------------------------------------------------- */

void option_type_words(struct buffer *out, const struct option *option)
{
    if (option->type == OPTION_GROUP) {
        buffer_text(out, "an object of options");
    } else {
        option_type_info(option->type)->words(out, option);
    }
}

/* "width of the box, px": what an editor shows. */
static struct value *described(struct arena *arena, const struct option *option)
{
    bool unit = option->unit && option->unit[0];
    const char *text = arena_format(arena, "%s%s%s", option->help ? option->help : "",
                                    unit ? ", in " : "", unit ? option->unit : "");
    return text ? value_set(arena, value_object(arena), "description", value_text(arena, text))
                : NULL;
}

const struct value *option_schema(const struct option *option, struct arena *arena)
{
    const struct option_type_info *type = option_type_info(option->type);
    const struct value *standard = NULL;
    struct value *schema = described(arena, option);
    if (!schema) {
        return NULL;
    }
    if (option->type == OPTION_GROUP) {
        return value_merge(arena, schema, options_schema(option->group, arena));
    }
    if (!default_value(option, arena, &standard)) {
        return NULL;
    }
    if (option->def && standard) {
        schema = value_set(arena, schema, "default", standard);
    }
    struct value *any = type->schema(option, arena, value_list(arena));
    if (any && !type->any_text) {
        any = value_append(arena, any, option_schema_template(arena));
    }
    if (any && any->list.count == 1) {
        return schema ? value_merge(arena, schema, any->list.items[0]) : NULL;
    }
    return value_set(arena, schema, "anyOf", any);
}

const struct value *options_schema(const struct option *table, struct arena *arena)
{
    struct value *properties = value_object(arena);
    for (const struct option *option = table; properties && option && option->name; option++) {
        properties = value_set(arena, properties, option->name, option_schema(option, arena));
    }
    struct value *schema =
        value_set(arena, value_object(arena), "type", value_text(arena, "object"));
    schema = value_set(arena, schema, "properties", properties);
    return value_set(arena, schema, "additionalProperties", value_bool(arena, false));
}
