/* SPDX-License-Identifier: MIT
 * Holds a JSON value against a JSON Schema. */
#include "schema.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

struct holding {
    char *wrong;
    char place[200];
};

static bool told(struct holding *holding, const char *what, const char *word)
{
    snprintf(holding->wrong, 400, "%.150s: %.100s '%.100s'", holding->place, what, word);
    return false;
}

static bool type_holds(const char *type, const struct value *value)
{
    static const char *const names[] = {"null",   "boolean", "integer", "number",
                                        "string", "array",   "object"};
    bool whole = value->type == VALUE_INT && strcmp(type, "number") == 0;
    return whole || strcmp(names[value->type], type) == 0;
}

static bool pattern_holds(const char *pattern, const struct value *value)
{
    regex_t expression;
    assert_int_equal(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool holds = value->type != VALUE_TEXT || regexec(&expression, value->text, 0, NULL, 0) == 0;
    regfree(&expression);
    return holds;
}

static bool value_holds(struct holding *holding, const struct value *schema,
                        const struct value *value);

static bool part_holds(struct holding *holding, const char *name, const struct value *schema,
                       const struct value *value)
{
    size_t length = strlen(holding->place);
    snprintf(holding->place + length, sizeof holding->place - length, "/%.40s", name);
    bool holds = value_holds(holding, schema, value);
    holding->place[length] = '\0';
    return holds;
}

static bool members_hold(struct holding *holding, const struct value *schema,
                         const struct value *value)
{
    const struct value *properties = value_get(schema, "properties");
    const struct value *required = value_get(schema, "required");
    const struct value *others = value_get(schema, "additionalProperties");
    for (size_t i = 0; required && i < required->list.count; i++) {
        if (!value_get(value, required->list.items[i]->text)) {
            return told(holding, "missing", required->list.items[i]->text);
        }
    }
    for (size_t i = 0; i < value->object.count; i++) {
        const struct member *member = &value->object.members[i];
        const struct value *known = properties ? value_get(properties, member->key) : NULL;
        if (!known && others && !others->boolean) {
            return told(holding, "not in the schema", member->key);
        }
        if (known && !part_holds(holding, member->key, known, member->value)) {
            return false;
        }
    }
    return true;
}

static bool keyword_holds(struct holding *holding, const char *keyword, const struct value *rule,
                          const struct value *value)
{
    double number = 0, least = 0;
    if (strcmp(keyword, "type") == 0) {
        return type_holds(rule->text, value) || told(holding, "no value of type", rule->text);
    }
    if (strcmp(keyword, "const") == 0) {
        return value_equal(rule, value) || told(holding, "another value", keyword);
    }
    if (strcmp(keyword, "pattern") == 0) {
        return pattern_holds(rule->text, value) || told(holding, "does not match", rule->text);
    }
    if (strcmp(keyword, "minimum") == 0) {
        bool holds =
            !value_number(value, &number) || !value_number(rule, &least) || number >= least;
        return holds || told(holding, "below the", keyword);
    }
    if (strcmp(keyword, "items") == 0) {
        for (size_t i = 0; value->type == VALUE_LIST && i < value->list.count; i++) {
            char index[24];
            snprintf(index, sizeof index, "%zu", i);
            if (!part_holds(holding, index, rule, value->list.items[i])) {
                return false;
            }
        }
        return true;
    }
    static const char *const known[] = {"$schema",    "title",    "description",
                                        "properties", "required", "additionalProperties"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(keyword, known[i]) == 0) {
            return true;
        }
    }
    return told(holding, "keyword that the test does not know", keyword);
}

static bool value_holds(struct holding *holding, const struct value *schema,
                        const struct value *value)
{
    for (size_t i = 0; i < schema->object.count; i++) {
        const struct member *member = &schema->object.members[i];
        if (!keyword_holds(holding, member->key, member->value, value)) {
            return false;
        }
    }
    return value->type != VALUE_OBJECT || members_hold(holding, schema, value);
}

bool schema_holds(const struct value *schema, const struct value *value, char wrong[400])
{
    struct holding holding = {.wrong = wrong};
    wrong[0] = '\0';
    return value_holds(&holding, schema, value);
}

static void properties_list(const struct value *schema, const char *place, struct buffer *out)
{
    const struct value *properties = value_get(schema, "properties");
    const struct value *items = value_get(schema, "items");
    if (items) {
        properties_list(items, place, out);
    }
    for (size_t i = 0; properties && i < properties->object.count; i++) {
        const struct member *member = &properties->object.members[i];
        char here[200];
        snprintf(here, sizeof here, "%.100s%s%.60s", place, *place ? "/" : "", member->key);
        buffer_format(out, "%s\n", here);
        properties_list(member->value, here, out);
    }
}

void schema_properties(const struct value *schema, struct buffer *out)
{
    properties_list(schema, "", out);
}
