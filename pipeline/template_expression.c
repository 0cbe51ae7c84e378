/* SPDX-License-Identifier: MIT
 * What stands between `${` and `}`: a name with keys, a product, a cut. Errors have no place yet:
 * template.c knows it. */
#include "template_expression.h"

#include <math.h>
#include <string.h>

#include "suggest.h"
#include "text.h"

const char *const template_words[] = {"name",   "dir", "preset", "width", "height",
                                      "format", "ext", "hash",   NULL};

/* Whole numbers up to here are exact in a double. */
static const double largest_product = 9007199254740992.0;

struct factor {
    char before; /* '*' or '/'; '*' before the first */
    bool late;   /* a plan word */
    double number;
    const char *text; /* as it is kept */
};

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c) || c == '-';
}

static size_t name_length(const char *text, size_t size)
{
    size_t length = 0;
    if (size == 0 || !is_name_start(text[0])) {
        return 0;
    }
    while (length < size && is_name_part(text[length])) {
        length++;
        bool key_follows =
            length + 1 < size && text[length] == '.' && is_name_part(text[length + 1]);
        length += key_follows ? 1 : 0;
    }
    return length;
}

/* A decimal, with a sign and an exponent since text_number writes them into kept products. */
static size_t number_length(const char *text, size_t size)
{
    size_t length = size > 0 && text[0] == '-' ? 1 : 0;
    if (length >= size || !is_digit(text[length])) {
        return 0;
    }
    while (length < size && (is_digit(text[length]) || text[length] == '.')) {
        length++;
    }
    if (length < size && text[length] == 'e') {
        size_t exponent = length + 1;
        exponent += exponent < size && (text[exponent] == '-' || text[exponent] == '+') ? 1 : 0;
        if (exponent < size && is_digit(text[exponent])) {
            length = exponent;
            while (length < size && is_digit(text[length])) {
                length++;
            }
        }
    }
    return length;
}

struct names_in_sight {
    const struct scope *scope;
    bool words; /* the plan's, too */
};

static const char *name_in_sight(const void *data, size_t i)
{
    const struct names_in_sight *sight = data;
    for (const struct scope *scope = sight->scope; scope; scope = scope->parent) {
        size_t count = scope->object ? scope->object->object.count : 0;
        if (i < count) {
            return scope->object->object.members[i].key;
        }
        i -= count;
    }
    size_t words = sizeof template_words / sizeof *template_words - 1;
    return sight->words && i < words ? template_words[i] : NULL;
}

static bool is_word(const char *name)
{
    for (size_t i = 0; template_words[i]; i++) {
        if (strcmp(template_words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const struct value *scope_find(const struct scope *scope, const char *name)
{
    for (; scope; scope = scope->parent) {
        const struct value *value = scope->object ? value_get(scope->object, name) : NULL;
        if (value) {
            return value;
        }
    }
    return NULL;
}

static enum status name_unknown(const struct filling *filling, const char *name)
{
    struct buffer tail = {.limit = 4096};
    struct names_in_sight sight = {filling->scope, filling->pass == PASS_KEPT};
    suggest(&tail, name, name_in_sight, &sight);
    if (is_word(name) && filling->pass == PASS_REFUSED) {
        error_set(filling->error, STATUS_USAGE,
                  "'%s' is known only when an image is planned: '${%s}' may stand in 'path' and in "
                  "'emit', not here",
                  name, name);
    } else if (is_word(name)) {
        error_set(filling->error, STATUS_USAGE, "'${%s}' is not known here%s", name,
                  buffer_string(&tail));
    } else {
        error_set(filling->error, STATUS_USAGE, "unknown name '%s' in '${…}'%s", name,
                  buffer_string(&tail));
    }
    buffer_free(&tail);
    return filling->error->status;
}

static enum status key_unknown(const struct filling *filling, const char *name, const char *key,
                               const struct value *value)
{
    if (value->type != VALUE_OBJECT) {
        return error_set(filling->error, STATUS_USAGE, "'%s' is %s and has no key '%s'", name,
                         value_type_name(value->type), key);
    }
    struct buffer tail = {.limit = 4096};
    suggest(&tail, key, suggest_member, value);
    error_set(filling->error, STATUS_USAGE, "'%s' has no key '%s'%s", name, key,
              buffer_string(&tail));
    buffer_free(&tail);
    return filling->error->status;
}

/* *value stays NULL for a plan word that is to be kept. */
static enum status name_resolve(const struct filling *filling, const char *text, size_t size,
                                const struct value **value)
{
    char *path = arena_slice(filling->arena, text, size);
    if (!path) {
        return error_memory(filling->error);
    }
    char *key = strchr(path, '.');
    if (key) {
        *key++ = '\0';
    }
    const struct value *found = scope_find(filling->scope, path);
    if (!found && !(filling->pass == PASS_KEPT && is_word(path))) {
        return name_unknown(filling, path);
    }
    if (!found && key) {
        return error_set(filling->error, STATUS_USAGE, "'%s' has no keys: there is no '%s'", path,
                         key);
    }
    while (key) {
        char *next = strchr(key, '.');
        if (next) {
            *next = '\0';
        }
        const struct value *inner = value_get(found, key);
        if (!inner) {
            return key_unknown(filling, path, key, found);
        }
        key[-1] = '.'; /* messages name the whole way so far */
        found = inner;
        key = next ? next + 1 : NULL;
    }
    *value = found;
    return STATUS_OK;
}

static enum status malformed(const struct filling *filling, const char *text, size_t size,
                             size_t at)
{
    if (size == 0) {
        return error_set(filling->error, STATUS_USAGE, "'${}' is empty: a name is expected");
    }
    const char *expected = at == 0 || text[at - 1] == '*' || text[at - 1] == '/'
                               ? "a name or a number is expected"
                               : "'*' or '/' is expected";
    if (at >= size) {
        return error_set(filling->error, STATUS_USAGE, "'${%.*s}' ends early: %s", (int)size, text,
                         expected);
    }
    return error_set(filling->error, STATUS_USAGE,
                     "'${%.*s}' is neither a name nor a product: %s at '%.*s'", (int)size, text,
                     expected, (int)(size - at), text + at);
}

static enum status factor_read(const struct filling *filling, const char *text, size_t size,
                               struct factor *out, size_t *length)
{
    *length = number_length(text, size);
    if (*length > 0) {
        out->text = arena_slice(filling->arena, text, *length);
        if (!out->text) {
            return error_memory(filling->error);
        }
        if (!text_to_double(out->text, &out->number)) {
            return error_set(filling->error, STATUS_USAGE, "'%s' is not a number", out->text);
        }
        return STATUS_OK;
    }
    *length = name_length(text, size);
    if (*length == 0) {
        return STATUS_OK;
    }
    const struct value *value = NULL;
    enum status status = name_resolve(filling, text, *length, &value);
    if (status != STATUS_OK) {
        return status;
    }
    out->late = value == NULL;
    if (out->late) {
        out->text = arena_slice(filling->arena, text, *length);
        return out->text ? STATUS_OK : error_memory(filling->error);
    }
    if (!value_number(value, &out->number)) {
        struct buffer is = {.limit = 1024};
        suggest_value(&is, value);
        error_set(filling->error, STATUS_USAGE, "'%.*s' is %s: only numbers can be multiplied",
                  (int)*length, text, buffer_string(&is));
        buffer_free(&is);
        return filling->error->status;
    }
    struct buffer digits = {.limit = 64};
    text_number(&digits, out->number);
    out->text = buffer_failed(&digits) ? NULL : arena_text(filling->arena, buffer_string(&digits));
    buffer_free(&digits);
    return out->text ? STATUS_OK : error_memory(filling->error);
}

static enum status product_value(const struct filling *filling, const struct factor *factors,
                                 size_t count, const char *text, size_t size,
                                 const struct value **value)
{
    double product = 1;
    for (size_t i = 0; i < count; i++) {
        if (factors[i].before == '/' && factors[i].number == 0) {
            return error_set(filling->error, STATUS_USAGE, "'${%.*s}' divides by 0", (int)size,
                             text);
        }
        product =
            factors[i].before == '/' ? product / factors[i].number : product * factors[i].number;
    }
    /* Nearest, halves up; the last term lifts decimal halves that binary left just below. */
    double rounded = floor(product + 0.5 + 1e-9);
    if (!(fabs(rounded) <= largest_product)) {
        return error_set(filling->error, STATUS_USAGE, "'${%.*s}' is too large", (int)size, text);
    }
    *value = value_int(filling->arena, (int64_t)rounded);
    return *value ? STATUS_OK : error_memory(filling->error);
}

static const char *product_kept(const struct filling *filling, const struct factor *factors,
                                size_t count)
{
    struct buffer text = {.limit = 1 << 16};
    buffer_text(&text, "${");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buffer_char(&text, factors[i].before);
        }
        buffer_text(&text, factors[i].text);
    }
    buffer_char(&text, '}');
    const char *kept =
        buffer_failed(&text) ? NULL : arena_text(filling->arena, buffer_string(&text));
    buffer_free(&text);
    return kept;
}

static enum status product_evaluate(const struct filling *filling, const char *text, size_t size,
                                    const struct value **value, const char **kept)
{
    struct factor *factors = NULL;
    size_t count = 0, capacity = 0, at = 0;
    bool late = false;
    for (char before = '*';; before = text[at++]) {
        struct factor *factor =
            arena_push(filling->arena, &factors, &count, &capacity, sizeof *factors);
        if (!factor) {
            return error_memory(filling->error);
        }
        size_t length = 0;
        factor->before = before;
        enum status status = factor_read(filling, text + at, size - at, factor, &length);
        if (status != STATUS_OK) {
            return status;
        }
        at += length;
        late = late || factor->late;
        bool operator_follows = at < size && (text[at] == '*' || text[at] == '/');
        if (length == 0 || (at < size && !operator_follows)) {
            return malformed(filling, text, size, at);
        }
        if (!operator_follows) {
            break;
        }
    }
    if (!late) {
        return product_value(filling, factors, count, text, size, value);
    }
    *kept = product_kept(filling, factors, count);
    return *kept ? STATUS_OK : error_memory(filling->error);
}

/* The first `count` characters, counted as code points. */
static enum status cut_value(const struct filling *filling, const struct value *whole,
                             const char *digits, size_t size, const struct value **value)
{
    struct buffer words = {.limit = 1 << 20};
    int64_t count = 0;
    char *number = arena_slice(filling->arena, digits, size);
    enum status status = STATUS_OK;
    if (!number) {
        status = error_memory(filling->error);
    } else if (!text_to_int64(number, &count) || count < 1 || count > 999) {
        status = error_set(filling->error, STATUS_USAGE,
                           "':%s' is not a number of characters 1..999", number);
    } else if (!value_words(&words, whole)) {
        status = error_set(filling->error, STATUS_USAGE, "%s has no first characters",
                           value_type_name(whole->type));
    } else {
        const char *text = buffer_string(&words);
        size_t end = 0;
        while (text[end] && count-- > 0) {
            do {
                end++;
            } while (((unsigned char)text[end] & 0xc0) == 0x80);
        }
        *value = value_text(filling->arena, arena_slice(filling->arena, text, end));
        status = *value && !buffer_failed(&words) ? STATUS_OK : error_memory(filling->error);
    }
    buffer_free(&words);
    return status;
}

static const char *whole_kept(const struct filling *filling, const char *text, size_t size)
{
    return arena_format(filling->arena, "${%.*s}", (int)size, text);
}

enum status expression_evaluate(const struct filling *filling, const char *text, size_t size,
                                const struct value **value, const char **kept)
{
    *value = NULL;
    *kept = NULL;
    size_t length = name_length(text, size);
    if (length == 0 || (length < size && text[length] != ':')) {
        if (length == 0 && size > 0 && number_length(text, size) == size) {
            return error_set(filling->error, STATUS_USAGE,
                             "'${%.*s}' is a plain number: write it without '${…}'", (int)size,
                             text);
        }
        return product_evaluate(filling, text, size, value, kept);
    }
    const struct value *whole = NULL;
    enum status status = name_resolve(filling, text, length, &whole);
    if (status != STATUS_OK) {
        return status;
    }
    if (length < size) {
        /* Checked now even when the word waits, so that a recipe cannot be wrong later. */
        const struct value *checked = whole ? whole : value_text(filling->arena, "");
        if (!checked) {
            return error_memory(filling->error);
        }
        status = cut_value(filling, checked, text + length + 1, size - length - 1, value);
        if (status != STATUS_OK || whole) {
            return status;
        }
        *value = NULL;
    } else if (whole) {
        *value = whole;
        return STATUS_OK;
    }
    *kept = whole_kept(filling, text, size);
    return *kept ? STATUS_OK : error_memory(filling->error);
}
