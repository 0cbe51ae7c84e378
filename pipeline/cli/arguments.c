/* SPDX-License-Identifier: MIT
 * See arguments.h. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "text.h"

struct found {
    const struct option *option;
    void *fields;
    bool negated;
};

bool option_negates(const struct option *option)
{
    return option->type == OPTION_BOOL && option->def && strcmp(option->def, "true") == 0;
}

enum status option_target_default(const struct option_target *target, struct arena *arena,
                                  struct error *error)
{
    for (const struct option_set *set = target->sets; set && set->title; set++) {
        if (options_default(set->table, arena, target->fields, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

/* The i-th option over all tables, NULL at the end. */
static const struct option *option_at(const struct arguments *arguments, size_t i, void **fields)
{
    for (size_t t = 0; t < arguments->target_count; t++) {
        const struct option_target *target = &arguments->targets[t];
        for (const struct option_set *set = target->sets; set && set->title; set++) {
            for (const struct option *option = set->table; option->name; option++) {
                if (i-- == 0) {
                    *fields = target->fields;
                    return option;
                }
            }
        }
    }
    return NULL;
}

static const char *name_at(const void *data, size_t i)
{
    void *fields;
    const struct option *option = option_at(data, i, &fields);
    return option ? option->name : NULL;
}

static bool find_long(const struct arguments *arguments, const char *name, size_t length,
                      struct found *out)
{
    void *fields;
    const struct option *option;
    for (size_t i = 0; (option = option_at(arguments, i, &fields)); i++) {
        bool same = strlen(option->name) == length && memcmp(option->name, name, length) == 0;
        bool negated = length > 3 && memcmp(name, "no-", 3) == 0 && option_negates(option) &&
                       strlen(option->name) == length - 3 &&
                       memcmp(option->name, name + 3, length - 3) == 0;
        if (same || negated) {
            *out = (struct found){option, fields, negated};
            return true;
        }
    }
    return false;
}

static bool find_short(const struct arguments *arguments, char letter, struct found *out)
{
    void *fields;
    const struct option *option;
    for (size_t i = 0; (option = option_at(arguments, i, &fields)); i++) {
        if (option->short_name == letter) {
            *out = (struct found){option, fields, false};
            return true;
        }
    }
    return false;
}

static enum status unknown_option(const struct arguments *arguments, const char *name,
                                  size_t length, struct error *error)
{
    const char *word = arena_slice(arguments->arena, name, length);
    if (!word) {
        return error_memory(error);
    }
    const char *elsewhere = arguments->elsewhere ? arguments->elsewhere(name, length) : NULL;
    if (elsewhere) {
        return error_set(error, STATUS_USAGE, "'--%s' %s", word, elsewhere);
    }
    const char *nearest = text_nearest(word, name_at, arguments);
    return error_set(error, STATUS_USAGE, "unknown option '--%s' of '%s'%s%s%s", word,
                     arguments->owner, nearest ? "; did you mean '--" : "", nearest ? nearest : "",
                     nearest ? "'?" : "");
}

static enum status text_push(struct texts *texts, const char *text, struct arena *arena,
                             struct error *error)
{
    const char **list = arena_array(arena, texts->count + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    for (size_t i = 0; i < texts->count; i++) {
        list[i] = texts->list[i];
    }
    list[texts->count] = text;
    *texts = (struct texts){list, texts->count + 1};
    return STATUS_OK;
}

enum status option_give(const struct option *option, const char *text, struct arena *arena,
                        void *fields, struct error *error)
{
    void *field = (char *)fields + option->offset;
    if (option->type == OPTION_TEXTS) {
        return text_push(field, text, arena, error);
    }
    if (option->type == OPTION_TEXT) {
        *(const char **)field = text;
        return STATUS_OK;
    }
    return option_parse_text(option, text, arena, fields, error);
}

/* "'jobs' is 3000, …" is told as it was given: "'--jobs' is 3000, …"; what is wrong deeper within
 * the value has its place put before it. */
static enum status wrong_value(const char *name, struct error *error)
{
    struct error told = {0};
    const size_t length = strlen(name);
    const char *text = error->message;
    if (*error->where || text[0] != '\'' || strncmp(text + 1, name, length) != 0 ||
        text[length + 1] != '\'') {
        return error_at(error, "--%s", name);
    }
    (void)error_set(&told, error->status, "'--%s", text + 1);
    (void)snprintf(error->message, sizeof(error->message), "%s", told.message);
    return error->status;
}

static enum status give(const struct arguments *arguments, const struct found *found,
                        const char *value, struct error *error)
{
    if (found->option->type == OPTION_BOOL) {
        bool *field = (bool *)((char *)found->fields + found->option->offset);
        *field = !found->negated;
        return STATUS_OK;
    }
    if (found->option->type == OPTION_TEXT && !*value && !found->option->blank) {
        return error_set(error, STATUS_USAGE, "'--%s' is empty: --%s %s", found->option->name,
                         found->option->name,
                         found->option->value_name ? found->option->value_name : "VALUE");
    }
    if (option_give(found->option, value, arguments->arena, found->fields, error) != STATUS_OK) {
        return wrong_value(found->option->name, error);
    }
    return STATUS_OK;
}

static enum status missing_value(const struct found *found, struct error *error)
{
    return error_set(error, STATUS_USAGE, "'--%s' needs a value: --%s %s", found->option->name,
                     found->option->name,
                     found->option->value_name ? found->option->value_name : "VALUE");
}

/* "--name", "--name=value", "--name value"; text is after the dashes. */
static enum status parse_long(struct arguments *arguments, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    struct found found;
    if (!find_long(arguments, text, length, &found)) {
        return unknown_option(arguments, text, length, error);
    }
    if (found.option->type == OPTION_BOOL) {
        if (equals) {
            return error_set(error, STATUS_USAGE, "'--%s' takes no value, got '%s'",
                             found.option->name, equals + 1);
        }
        return give(arguments, &found, NULL, error);
    }
    if (equals) {
        return give(arguments, &found, equals + 1, error);
    }
    if (arguments->at == arguments->count) {
        return missing_value(&found, error);
    }
    return give(arguments, &found, arguments->list[arguments->at++], error);
}

/* "-j4", "-j 4", "-j=4", "-rq"; text is after the dash. */
static enum status parse_short(struct arguments *arguments, const char *text, struct error *error)
{
    for (; *text; text++) {
        struct found found;
        if (!find_short(arguments, *text, &found)) {
            return error_set(error, STATUS_USAGE, "unknown option '-%c' of '%s'", *text,
                             arguments->owner);
        }
        if (found.option->type == OPTION_BOOL) {
            if (give(arguments, &found, NULL, error) != STATUS_OK) {
                return error->status;
            }
            continue;
        }
        if (text[1]) {
            return give(arguments, &found, text[1] == '=' ? text + 2 : text + 1, error);
        }
        if (arguments->at == arguments->count) {
            return missing_value(&found, error);
        }
        return give(arguments, &found, arguments->list[arguments->at++], error);
    }
    return STATUS_OK;
}

enum status arguments_parse(struct arguments *arguments, struct words *words, struct error *error)
{
    bool flags = true;
    if (words) {
        *words = (struct words){0};
        words->list = arena_array(arguments->arena, arguments->count + 1, sizeof(*words->list));
        if (!words->list) {
            return error_memory(error);
        }
    }
    while (arguments->at < arguments->count) {
        const char *text = arguments->list[arguments->at];
        bool flag = flags && text[0] == '-' && text[1];
        if (!flag && !words) {
            return STATUS_OK;
        }
        arguments->at++;
        if (!flag) {
            words->list[words->count++] = text;
        } else if (strcmp(text, "--") == 0) {
            flags = false;
        } else if (text[1] == '-' && parse_long(arguments, text + 2, error) != STATUS_OK) {
            return error->status;
        } else if (text[1] != '-' && parse_short(arguments, text + 1, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}
