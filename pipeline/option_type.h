/* SPDX-License-Identifier: MIT
 * Between option.c and option_types*.c only: what a type of option is, and the sentences in which
 * all types complain. */
#ifndef PICSET_OPTION_TYPE_H
#define PICSET_OPTION_TYPE_H

#include "option.h"

/* One value on its way into one field. */
struct option_parse {
    const struct option *option;
    const struct pointer *at; /* of the value; NULL: from text, errors carry no place */
    struct arena *arena;      /* NULL only for types that need none: numbers */
    struct error *error;
};

/* The parse of one item of a list: its place has the index when there is a place at all. */
#define OPTION_PARSE_ITEM(parse_, index_)                                                          \
    (&(const struct option_parse){.option = (parse_)->option,                                      \
                                  .at =                                                            \
                                      (parse_)->at ? POINTER_INDEX((parse_)->at, (index_)) : NULL, \
                                  .arena = (parse_)->arena,                                        \
                                  .error = (parse_)->error})

/* How text from a command line or a default becomes a value. */
enum option_text {
    OPTION_TEXT_JSON,  /* a number, true, false, a list or an object when it is one, else a text */
    OPTION_TEXT_WORD,  /* always the text as it stands */
    OPTION_TEXT_WORDS, /* a JSON list, or words between commas */
    OPTION_TEXT_LIST   /* a JSON list, else one text as it stands */
};

struct option_type_info {
    const char *name;
    size_t size; /* of the field */
    enum option_text text;
    bool any_text; /* every text is valid: a template needs no alternative in the schema */
    void (*none)(void *field); /* what a field holds without a default; NULL: zeroes */
    enum status (*parse)(const struct option_parse *parse, const struct value *value, void *field);
    /* *out is NULL for what cannot be spelled (no text); false when memory is short. */
    bool (*value)(const struct option *option, const void *field, struct arena *arena,
                  const struct value **out);
    void (*words)(struct buffer *out, const struct option *option);
    /* Appends the alternatives to `any`; returns it, or NULL when memory is short. */
    struct value *(*schema)(const struct option *option, struct arena *arena, struct value *any);
};

/* The one table of types; GROUP has only a name. */
const struct option_type_info *option_type_info(enum option_type type);

extern const struct option_type_info option_type_text, option_type_texts, option_type_enum,
    option_type_flags, option_type_formats, option_type_colour, option_type_quality,
    option_type_size, option_type_ratio, option_type_aspect, option_type_range;

/* ---- Sentences (the grammar is at the head of option.c) ------------------------------------- */

/* "'width' is "wide" (a text), must be a whole number 0..65500 px" */
enum status option_wrong_type(const struct option_parse *parse, const struct value *value);
/* The same without the type: it was right, the content is not. */
enum status option_wrong(const struct option_parse *parse, const struct value *value);
/* "'width' is 70000, outside 0..65500 px" */
enum status option_outside(const struct option_parse *parse, const struct value *value, double low,
                           double high);
/* "'fit' is 'covr', must be one of inside, outside, cover; did you mean 'cover'?" */
enum status option_wrong_word(const struct option_parse *parse, const char *word,
                              const char *(*next)(const void *data, size_t i), const void *data);

/* 'WORD', cut like any value: between single quotes. */
void option_word(struct buffer *out, const char *word);
/* Takes the text over, as the message or, when the buffer has failed, as that of memory. */
enum status option_complain(const struct option_parse *parse, struct buffer *text);

/* The option's range, or the bounds given where the table has none. True when number is inside. */
bool option_range(const struct option *option, double number, double *low, double *high);
/* " 0..65500 px", " in px", or nothing. */
void option_range_words(struct buffer *out, const struct option *option);

/* A whole number as VALUE_INT, else VALUE_NUMBER. */
struct value *option_number_value(struct arena *arena, double number);
int option_name_index(const char *const *names, const char *word); /* -1: none of them */
void option_list_words(struct buffer *out, const char *(*next)(const void *data, size_t i),
                       const void *data);                  /* "a, b, c" */
const char *option_name_next(const void *names, size_t i); /* for text_nearest over names[] */
/* {"type": TYPE}, with minimum and maximum when low or high is finite and ranged. */
struct value *option_schema_type(struct arena *arena, const char *type);
struct value *option_schema_number(struct arena *arena, const char *type, bool ranged, double low,
                                   double high);
struct value *option_schema_pattern(struct arena *arena, const char *pattern);
struct value *option_schema_enum(struct arena *arena,
                                 const char *(*next)(const void *data, size_t i), const void *data);
/* {"type": "array", "items": {"anyOf": [ITEM, TEMPLATE]}} */
struct value *option_schema_list(struct arena *arena, struct value *item);
struct value *option_schema_template(struct arena *arena); /* {"$ref": "#/$defs/template"} */

#endif
