/* SPDX-License-Identifier: MIT
 * Keys, types and items: the grammar that every part of a preset document shares. */
#include "preset_shape.h"

#include <string.h>

#include "suggest.h"

const struct shape_key shape_preset[] = {
    {"$schema", SHAPE_TEXT, false, "address of the JSON Schema, for editors"},
    {"version", SHAPE_NUMBER, true, "version of the format: 1"},
    {"name", SHAPE_TEXT, true, "the name of the file without .json"},
    {"summary", SHAPE_TEXT, false, "one line on what is made"},
    {"source", SHAPE_TEXT, false, "where the numbers come from"},
    {"checked", SHAPE_TEXT, false, "when the numbers were last checked"},
    {"note", SHAPE_TEXT, false, "what else a reader should know"},
    {"params", SHAPE_OBJECT, false, "parameters and their defaults, whose type is the parameter's"},
    {"inputs", SHAPE_OBJECT, false, "named inputs beside main, each described in words"},
    {"names", SHAPE_TEXT, false, "the rule for ${name}"},
    {"prepare", SHAPE_LIST, false, "stages put before every output's stages"},
    {"outputs", SHAPE_LIST, true, "outputs and included presets"},
    {"emit", SHAPE_LIST, false, "files written from the record: manifest, markup"},
    {0}};

const struct shape_key shape_output[] = {
    {"id", SHAPE_TEXT, false, "name for messages and for changes from outside"},
    {"from", SHAPE_TEXT | SHAPE_LIST | SHAPE_OBJECT, false,
     "the input, or a list of which the first that is given is taken"},
    {"when", SHAPE_OBJECT, false, "facts of the input that must hold"},
    {"matrix", SHAPE_OBJECT, false, "variables and their lists: one output per combination"},
    {"stages", SHAPE_LIST, true, "what is done, in order; the last is encode, pack or copy"},
    {"path", SHAPE_TEXT, false, "where the file goes, below the output folder"},
    {"inline", SHAPE_BOOL, false, "no file: the bytes stand in the record as a data URI"},
    {"emit", SHAPE_LIST, false, "the emitters that take this output, with options of its entry"},
    {"fallback", SHAPE_LIST, false, "changes tried in order when max-bytes is passed"},
    {"require", SHAPE_OBJECT, false, "what the platform accepts, for picset check"},
    {0}};

const struct shape_key shape_include[] = {
    {"preset", SHAPE_TEXT, false, "the name of the preset to include"},
    {"set", SHAPE_OBJECT, false, "its parameters"},
    {"stages", SHAPE_OBJECT, false, "options laid over every stage of that name"},
    {"outputs", SHAPE_OBJECT, false, "by id: false leaves the output out, an object changes it"},
    {"out", SHAPE_TEXT, false, "a folder put before its paths"},
    {0}};

const struct shape_key shape_when[] = {
    {"alpha", SHAPE_BOOL | SHAPE_TEXT, false, "the input has an alpha channel that is used"},
    {"animated", SHAPE_BOOL | SHAPE_TEXT, false, "the input has several frames"},
    {"orientation", SHAPE_TEXT, false, "landscape, portrait or square"},
    {"format", SHAPE_TEXT | SHAPE_LIST, false, "the input's format, or a list of formats"},
    {0}};

const char *const shape_names_rules[] = {"any", "web", "android", "apple", NULL};
const char *const shape_orientations[] = {"landscape", "portrait", "square", NULL};

static const char *key_name(const void *data, size_t i)
{
    const struct shape_key *keys = data;
    return keys[i].name;
}

static const struct shape_key *key_find(const struct shape_key *keys, const char *name)
{
    for (; keys->name; keys++) {
        if (strcmp(keys->name, name) == 0) {
            return keys;
        }
    }
    return NULL;
}

static enum status key_unknown(const char *name, const struct shape_key *keys, const char *owner,
                               struct error *error)
{
    struct buffer tail = {.limit = 4096};
    suggest(&tail, name, key_name, keys);
    error_set(error, STATUS_USAGE, "unknown key '%s' of %s%s", name, owner, buffer_string(&tail));
    buffer_free(&tail);
    return error->status;
}

static enum status type_wrong(const struct value *value, const struct shape_key *key,
                              struct error *error)
{
    struct buffer wanted = {.limit = 256};
    for (int type = VALUE_NULL; type <= VALUE_OBJECT; type++) {
        if (key->types & 1u << type && type != VALUE_INT) {
            buffer_format(&wanted, "%s%s", wanted.size ? " or " : "",
                          value_type_name((enum value_type)type));
        }
    }
    suggest_wrong(error, key->name, value, buffer_string(&wanted));
    buffer_free(&wanted);
    return error->status;
}

static enum status object_wanted(const struct value *value, const char *owner,
                                 const struct pointer *at, struct error *error)
{
    if (value->type == VALUE_OBJECT) {
        return STATUS_OK;
    }
    struct buffer is = {.limit = 1024};
    suggest_value(&is, value);
    error_set(error, STATUS_USAGE, "%s must be an object, not %s", owner, buffer_string(&is));
    buffer_free(&is);
    return error_at_pointer(error, at);
}

enum status shape_check(const struct value *value, const struct shape_key *keys, const char *owner,
                        const struct pointer *at, struct error *error)
{
    enum status status = object_wanted(value, owner, at, error);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < value->object.count; i++) {
        const struct member *member = &value->object.members[i];
        const struct shape_key *key = key_find(keys, member->key);
        if (!key) {
            key_unknown(member->key, keys, owner, error);
            return error_at_pointer(error, POINTER_KEY(at, member->key));
        }
        if (!(key->types & 1u << member->value->type)) {
            type_wrong(member->value, key, error);
            return error_at_pointer(error, POINTER_KEY(at, member->key));
        }
    }
    for (; keys->name; keys++) {
        if (keys->required && !value_get(value, keys->name)) {
            error_set(error, STATUS_USAGE, "'%s' is missing in %s", keys->name, owner);
            return error_at_pointer(error, at);
        }
    }
    return STATUS_OK;
}

const char *shape_item(const struct value *item, const struct value **options)
{
    *options = NULL;
    if (item->type == VALUE_TEXT) {
        return item->text;
    }
    *options = item->object.members[0].value;
    return item->object.members[0].key;
}

static enum status item_check(const struct value *item, const char *noun, bool changes,
                              const struct pointer *at, struct error *error)
{
    struct buffer is = {.limit = 1024};
    suggest_value(&is, item);
    const char *example = changes ? "{ \"NAME\": { … } }" : "\"NAME\" or { \"NAME\": { … } }";
    bool name = item->type == VALUE_TEXT && !changes;
    bool one_key = item->type == VALUE_OBJECT && item->object.count == 1;
    if (item->type == VALUE_OBJECT && !one_key) {
        error_set(error, STATUS_USAGE, "%s is an object with exactly one key, as %s; this has %zu",
                  noun, example, item->object.count);
    } else if (!name && !one_key) {
        error_set(error, STATUS_USAGE, "%s is %s, not %s", noun, example, buffer_string(&is));
    } else if (name && item->text[0] == '\0') {
        error_set(error, STATUS_USAGE, "%s has an empty name", noun);
    }
    buffer_free(&is);
    if (error->status != STATUS_OK) {
        return error_at_pointer(error, at);
    }
    if (name) {
        return STATUS_OK;
    }
    const struct member *member = &item->object.members[0];
    struct buffer owner = {.limit = 512};
    buffer_format(&owner, "what is said of '%s'", member->key);
    enum status status =
        object_wanted(member->value, buffer_string(&owner), POINTER_KEY(at, member->key), error);
    buffer_free(&owner);
    return status;
}

enum status shape_items(const struct value *list, const char *noun, bool changes,
                        const struct pointer *at, struct error *error)
{
    for (size_t i = 0; i < list->list.count; i++) {
        enum status status =
            item_check(list->list.items[i], noun, changes, POINTER_INDEX(at, i), error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status shape_name(const char *name, const char *noun, const struct pointer *at,
                       struct error *error)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char other[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-0123456789";
    size_t size = strlen(name);
    if (strspn(name, first) > 0 && strspn(name, other) == size && size <= 64) {
        return STATUS_OK;
    }
    error_set(error, STATUS_USAGE,
              "'%s' is no name for %s: up to 64 letters, digits, '-' and '_', the first a letter "
              "or '_'",
              name, noun);
    return error_at_pointer(error, at);
}

bool shape_has_placeholder(const struct value *value)
{
    bool found = value->type == VALUE_TEXT && strstr(value->text, "${");
    for (size_t i = 0; value->type == VALUE_LIST && !found && i < value->list.count; i++) {
        found = shape_has_placeholder(value->list.items[i]);
    }
    for (size_t i = 0; value->type == VALUE_OBJECT && !found && i < value->object.count; i++) {
        found = shape_has_placeholder(value->object.members[i].value);
    }
    return found;
}
