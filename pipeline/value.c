/* SPDX-License-Identifier: MIT
 * Values: asking, comparing and building. How they look as text is in value_print.c. */
#include "value.h"

#include <math.h>
#include <string.h>

#define CAPACITY_FIRST 4 /* a power of two; see room */

const char *value_type_name(enum value_type type)
{
    switch (type) {
    case VALUE_NULL:
        return "null";
    case VALUE_BOOL:
        return "true or false";
    case VALUE_INT:
    case VALUE_NUMBER:
        return "a number";
    case VALUE_TEXT:
        return "a text";
    case VALUE_LIST:
        return "a list";
    case VALUE_OBJECT:
        return "an object";
    }
    return "nothing";
}

const struct value *value_get(const struct value *object, const char *key)
{
    if (!object || object->type != VALUE_OBJECT) {
        return NULL;
    }
    for (size_t i = 0; i < object->object.count; i++) {
        if (strcmp(object->object.members[i].key, key) == 0) {
            return object->object.members[i].value;
        }
    }
    return NULL;
}

bool value_number(const struct value *value, double *number)
{
    if (!value || (value->type != VALUE_INT && value->type != VALUE_NUMBER)) {
        return false;
    }
    *number = value->type == VALUE_INT ? (double)value->integer : value->number;
    return true;
}

/* Exact: 2^53 + 1 is not 2^53 although it is as a double. */
static bool int_equals_number(int64_t integer, double number)
{
    return number >= -0x1p63 && number < 0x1p63 && number == floor(number) &&
           (int64_t)number == integer;
}

static bool list_equal(const struct value *a, const struct value *b)
{
    if (a->list.count != b->list.count) {
        return false;
    }
    for (size_t i = 0; i < a->list.count; i++) {
        if (!value_equal(a->list.items[i], b->list.items[i])) {
            return false;
        }
    }
    return true;
}

static bool object_equal(const struct value *a, const struct value *b)
{
    if (a->object.count != b->object.count) {
        return false;
    }
    for (size_t i = 0; i < a->object.count; i++) {
        const struct value *other = value_get(b, a->object.members[i].key);
        if (!other || !value_equal(a->object.members[i].value, other)) {
            return false;
        }
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a->type == VALUE_INT && b->type == VALUE_NUMBER) {
        return int_equals_number(a->integer, b->number);
    }
    if (a->type == VALUE_NUMBER && b->type == VALUE_INT) {
        return int_equals_number(b->integer, a->number);
    }
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_NUMBER:
        return a->number == b->number;
    case VALUE_TEXT:
        return strcmp(a->text, b->text) == 0;
    case VALUE_LIST:
        return list_equal(a, b);
    case VALUE_OBJECT:
        return object_equal(a, b);
    }
    return false;
}

struct hash value_mix(struct hash hash, const struct value *value)
{
    if (!value) {
        return hash_mix_text(hash, NULL);
    }
    /* A whole number is one thing, however it is written. */
    bool whole = value->type == VALUE_NUMBER && value->number >= -0x1p63 &&
                 value->number < 0x1p63 && value->number == floor(value->number);
    int64_t integer = whole                      ? (int64_t)value->number
                      : value->type == VALUE_INT ? value->integer
                                                 : 0;
    hash = hash_mix(hash, &(char){(char)(whole ? VALUE_INT : value->type)}, 1);
    switch (whole ? VALUE_INT : value->type) {
    case VALUE_NULL:
        break;
    case VALUE_BOOL:
        return hash_mix(hash, &(char){value->boolean}, 1);
    case VALUE_INT:
        return hash_mix(hash, &integer, sizeof(integer));
    case VALUE_NUMBER:
        return hash_mix(hash, &value->number, sizeof(value->number));
    case VALUE_TEXT:
        return hash_mix_text(hash, value->text);
    case VALUE_LIST:
        hash = hash_mix(hash, &value->list.count, sizeof(value->list.count));
        for (size_t i = 0; i < value->list.count; i++) {
            hash = value_mix(hash, value->list.items[i]);
        }
        break;
    case VALUE_OBJECT:
        hash = hash_mix(hash, &value->object.count, sizeof(value->object.count));
        for (size_t i = 0; i < value->object.count; i++) {
            hash = hash_mix_text(hash, value->object.members[i].key);
            hash = value_mix(hash, value->object.members[i].value);
        }
        break;
    }
    return hash;
}

static struct value *value_new(struct arena *arena, enum value_type type)
{
    struct value *value = arena_alloc(arena, sizeof(*value));
    if (value) {
        value->type = type;
    }
    return value;
}

struct value *value_null(struct arena *arena)
{
    return value_new(arena, VALUE_NULL);
}

struct value *value_bool(struct arena *arena, bool boolean)
{
    struct value *value = value_new(arena, VALUE_BOOL);
    if (value) {
        value->boolean = boolean;
    }
    return value;
}

struct value *value_int(struct arena *arena, int64_t integer)
{
    struct value *value = value_new(arena, VALUE_INT);
    if (value) {
        value->integer = integer;
    }
    return value;
}

struct value *value_real(struct arena *arena, double number)
{
    struct value *value = value_new(arena, VALUE_NUMBER);
    if (value) {
        value->number = number;
    }
    return value;
}

struct value *value_text(struct arena *arena, const char *text)
{
    const char *copy = text ? arena_text(arena, text) : NULL;
    struct value *value = copy ? value_new(arena, VALUE_TEXT) : NULL;
    if (value) {
        value->text = copy;
    }
    return value;
}

struct value *value_list(struct arena *arena)
{
    return value_new(arena, VALUE_LIST);
}

struct value *value_object(struct arena *arena)
{
    return value_new(arena, VALUE_OBJECT);
}

/* Room for one more than `count`. The capacity is not kept: it is the next power of two, so an
 * array is full, and moves to one of twice its size, exactly when its count is a power of two. */
static void *room(struct arena *arena, const void *array, size_t count, size_t size, bool *moved)
{
    *moved = count == 0 || (count >= CAPACITY_FIRST && (count & (count - 1)) == 0);
    if (!*moved) {
        return NULL;
    }
    void *larger = arena_array(arena, count ? count * 2 : CAPACITY_FIRST, size);
    if (larger && count) {
        memcpy(larger, array, count * size);
    }
    return larger;
}

struct value *value_append(struct arena *arena, struct value *list, const struct value *item)
{
    bool moved;
    if (!list || !item) {
        return NULL;
    }
    void *larger = room(arena, list->list.items, list->list.count, sizeof(item), &moved);
    if (moved && !larger) {
        return NULL;
    }
    /* The array is this builder's own, const for readers only. */
    const struct value **items =
        moved ? larger : (const struct value **)(uintptr_t)list->list.items;
    items[list->list.count++] = item;
    list->list.items = items;
    return list;
}

struct value *value_set(struct arena *arena, struct value *object, const char *key,
                        const struct value *item)
{
    bool moved;
    if (!object || !item) {
        return NULL;
    }
    struct member *members = (struct member *)(uintptr_t)object->object.members;
    for (size_t i = 0; i < object->object.count; i++) {
        if (strcmp(members[i].key, key) == 0) {
            members[i].value = item;
            return object;
        }
    }
    const char *copy = arena_text(arena, key);
    void *larger = room(arena, members, object->object.count, sizeof(*members), &moved);
    if (!copy || (moved && !larger)) {
        return NULL;
    }
    members = moved ? larger : members;
    members[object->object.count++] = (struct member){.key = copy, .value = item};
    object->object.members = members;
    return object;
}

const struct value *value_merge(struct arena *arena, const struct value *base,
                                const struct value *over)
{
    if (!base || !over) {
        return over ? over : base;
    }
    if (base->type != VALUE_OBJECT || over->type != VALUE_OBJECT) {
        return over;
    }
    struct value *merged = value_object(arena);
    for (size_t i = 0; i < base->object.count; i++) {
        const struct member *member = &base->object.members[i];
        merged = value_set(arena, merged, member->key, member->value);
    }
    for (size_t i = 0; i < over->object.count; i++) {
        const struct member *member = &over->object.members[i];
        const struct value *below = value_get(base, member->key);
        merged = value_set(arena, merged, member->key, value_merge(arena, below, member->value));
    }
    return merged;
}
