/* SPDX-License-Identifier: MIT
 * Plain data between JSON and the option tables: what a preset file says, before it is checked.
 * Values are immutable once built and live in an arena. */
#ifndef PICSET_VALUE_H
#define PICSET_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "buffer.h"
#include "hash.h"

enum value_type {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,    /* written without point or exponent */
    VALUE_NUMBER, /* any other number; always finite */
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_OBJECT
};

struct value;

struct member {
    const char *key;
    const struct value *value;
};

struct value {
    enum value_type type;
    union {
        bool boolean;
        int64_t integer;
        double number;
        const char *text; /* valid UTF-8, no NUL inside */
        struct {
            const struct value *const *items;
            size_t count;
        } list;
        struct {
            const struct member *members; /* in the order written, keys unique */
            size_t count;
        } object;
    };
};

/* The value's type in words: "a number", "an object". */
const char *value_type_name(enum value_type type);

/* NULL when there is no such key or the value is no object. */
const struct value *value_get(const struct value *object, const char *key);
/* VALUE_INT or VALUE_NUMBER as a double. */
bool value_number(const struct value *value, double *number);
bool value_equal(const struct value *a,
                 const struct value *b); /* 2 equals 2.0; key order counts not */

/* The value into a hash, without allocating: equal values but for the order of keys give equal
 * hashes; NULL is told from null. */
struct hash value_mix(struct hash hash, const struct value *value);

/* Builders; NULL when memory is short, and NULL in gives NULL out, so one check at the end is
 * enough. */
struct value *value_null(struct arena *arena);
struct value *value_bool(struct arena *arena, bool boolean);
struct value *value_int(struct arena *arena, int64_t integer);
struct value *value_real(struct arena *arena, double number);
struct value *value_text(struct arena *arena, const char *text);
struct value *value_list(struct arena *arena);
struct value *value_object(struct arena *arena);
/* Return the container again, or NULL when memory is short. A key that is there is replaced in
 * place. */
struct value *value_append(struct arena *arena, struct value *list, const struct value *item);
struct value *value_set(struct arena *arena, struct value *object, const char *key,
                        const struct value *item);

/* `over` laid over `base`: objects merge member by member, everything else is replaced. */
const struct value *value_merge(struct arena *arena, const struct value *base,
                                const struct value *over);

/* Compact JSON, keys in their order: the canonical text for hashes and messages. */
void value_print(struct buffer *out, const struct value *value);
/* For a message: as value_print, but cut to about 60 characters with an ellipsis. */
void value_brief(struct buffer *out, const struct value *value);
/* As it stands inside longer text: 83.5, 2, true, text without quotes; false for list, object,
 * null. */
bool value_words(struct buffer *out, const struct value *value);

#endif
