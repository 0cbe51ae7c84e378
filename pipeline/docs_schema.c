/* SPDX-License-Identifier: MIT
 * The JSON Schemas of preset and of project files, so that an editor completes and checks them. Say
 * less than the parser where a schema cannot say it (names that only the file knows), never more.
 */
#include <string.h>

#include "docs.h"
#include "model_fields.h"
#include "preset_shape.h"
#include "project_shape.h"

static struct value *typed(struct arena *arena, const char *type)
{
    return value_set(arena, value_object(arena), "type", value_text(arena, type));
}

static struct value *reference(struct arena *arena, const char *kind, const char *name)
{
    const char *target =
        arena_format(arena, "#/$defs/%s%s%s", kind, name ? "." : "", name ? name : "");
    return target ? value_set(arena, value_object(arena), "$ref", value_text(arena, target)) : NULL;
}

static struct value *list_of(struct arena *arena, const struct value *items)
{
    return value_set(arena, typed(arena, "array"), "items", items);
}

/* An object whose members, however named, are all like this. */
static struct value *map_of(struct arena *arena, const struct value *member)
{
    return value_set(arena, typed(arena, "object"), "additionalProperties", member);
}

static struct value *described(struct arena *arena, struct value *schema, const char *text)
{
    return text ? value_set(arena, schema, "description", value_text(arena, text)) : schema;
}

static struct value *any_of(struct arena *arena, const struct value *one, const struct value *other)
{
    struct value *list = value_append(arena, value_append(arena, value_list(arena), one), other);
    return value_set(arena, value_object(arena), "anyOf", list);
}

static struct value *named(struct arena *arena, const char *name, const char *summary)
{
    struct value *constant =
        value_set(arena, value_object(arena), "const", value_text(arena, name));
    return described(arena, constant, summary);
}

/* ---- Items: a name, or an object with exactly one key --------------------------------------- */

struct items {
    struct arena *arena;
    struct value *names, *members;
};

static void items_add(struct items *items, const char *kind, const char *name, const char *summary)
{
    struct arena *arena = items->arena;
    items->names = value_append(arena, items->names, named(arena, name, summary));
    items->members = value_set(arena, items->members, name,
                               described(arena, reference(arena, kind, name), summary));
}

/* Without `bare` the name alone will not do: a change has to say something. */
static struct value *items_schema(const struct items *items, bool bare)
{
    struct arena *arena = items->arena;
    struct value *object = value_set(arena, typed(arena, "object"), "properties", items->members);
    object = value_set(arena, object, "additionalProperties", value_bool(arena, false));
    object = value_set(arena, object, "minProperties", value_int(arena, 1));
    object = value_set(arena, object, "maxProperties", value_int(arena, 1));
    struct value *name = value_set(arena, value_object(arena), "oneOf", items->names);
    return bare ? any_of(arena, name, object) : object;
}

/* $defs of every stage's options, and of what a list of stages holds. */
static struct value *define_stages(struct arena *arena, struct value *definitions)
{
    struct items items = {arena, value_list(arena), value_object(arena)};
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        static const struct option none[] = {{.name = NULL}};
        const char *name = arena_format(arena, "stage.%s", (*stage)->name);
        const struct option *table = (*stage)->options ? (*stage)->options : none;
        definitions =
            name ? value_set(arena, definitions, name, options_schema(table, arena)) : NULL;
        items_add(&items, "stage", (*stage)->name, (*stage)->summary);
    }
    struct value *overlay = value_set(arena, typed(arena, "object"), "properties", items.members);
    overlay = value_set(arena, overlay, "additionalProperties", value_bool(arena, false));
    definitions = value_set(arena, definitions, "stage", items_schema(&items, true));
    definitions = value_set(arena, definitions, "change", items_schema(&items, false));
    return value_set(arena, definitions, "stages", overlay);
}

static struct value *define_emitters(struct arena *arena, struct value *definitions, bool entry)
{
    static const struct option none[] = {{.name = NULL}};
    const char *kind = entry ? "entry" : "emit";
    struct items items = {arena, value_list(arena), value_object(arena)};
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        const struct option *table = entry ? (*emitter)->entry_options : (*emitter)->file_options;
        const char *name = arena_format(arena, "%s.%s", kind, (*emitter)->name);
        definitions =
            name ? value_set(arena, definitions, name, options_schema(table ? table : none, arena))
                 : NULL;
        items_add(&items, kind, (*emitter)->name, (*emitter)->summary);
    }
    return value_set(arena, definitions, kind, items_schema(&items, true));
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* The plain schema of a key's types. */
static struct value *key_types(struct arena *arena, unsigned types)
{
    static const char *const words[] = {"null",   "boolean", "integer", "number",
                                        "string", "array",   "object"};
    struct value *list = value_list(arena);
    for (unsigned type = VALUE_NULL; type <= VALUE_OBJECT; type++) {
        if (types & 1u << type) {
            list = value_append(arena, list, value_text(arena, words[type]));
        }
    }
    if (!list) {
        return NULL;
    }
    return value_set(arena, value_object(arena), "type",
                     list->list.count == 1 ? list->list.items[0] : list);
}

static struct value *one_of_words(struct arena *arena, const char *const *words)
{
    struct value *list = value_list(arena);
    for (; *words; words++) {
        list = value_append(arena, list, value_text(arena, *words));
    }
    return value_set(arena, typed(arena, "string"), "enum", list);
}

/* What stands under a key, when its type alone does not tell. */
struct special {
    const char *key;
    const struct value *schema;
};

static struct value *keys_schema(struct arena *arena, const struct shape_key *keys,
                                 const struct special *specials, size_t count)
{
    struct value *properties = value_object(arena), *required = value_list(arena);
    for (; keys->name; keys++) {
        const struct value *schema = key_types(arena, keys->types);
        for (size_t i = 0; i < count; i++) {
            schema = strcmp(specials[i].key, keys->name) == 0 ? specials[i].schema : schema;
        }
        const struct value *text = described(arena, value_object(arena), keys->help);
        if (!schema || !text) {
            return NULL;
        }
        properties = value_set(arena, properties, keys->name, value_merge(arena, schema, text));
        if (keys->required) {
            required = value_append(arena, required, value_text(arena, keys->name));
        }
    }
    struct value *schema = value_set(arena, typed(arena, "object"), "properties", properties);
    schema = value_set(arena, schema, "additionalProperties", value_bool(arena, false));
    return value_set(arena, schema, "required", required);
}

static struct value *from_schema(struct arena *arena)
{
    struct value *object = map_of(arena, list_of(arena, reference(arena, "stage", NULL)));
    struct value *one = any_of(arena, typed(arena, "string"), object);
    return any_of(arena, one, list_of(arena, one));
}

static struct value *output_schema(struct arena *arena)
{
    struct value *list = any_of(arena, typed(arena, "array"), typed(arena, "string"));
    const struct special when[] = {
        {"orientation", any_of(arena, one_of_words(arena, shape_orientations),
                               reference(arena, "template", NULL))}};
    const struct special specials[] = {
        {"from", from_schema(arena)},
        {"when", keys_schema(arena, shape_when, when, 1)},
        {"matrix", map_of(arena, list)},
        {"stages", list_of(arena, reference(arena, "stage", NULL))},
        {"emit", list_of(arena, reference(arena, "entry", NULL))},
        {"fallback", list_of(arena, reference(arena, "change", NULL))},
    };
    return keys_schema(arena, shape_output, specials, sizeof(specials) / sizeof(*specials));
}

static struct value *include_schema(struct arena *arena)
{
    struct value *leave_out =
        value_set(arena, value_object(arena), "const", value_bool(arena, false));
    const struct special specials[] = {
        {"stages", reference(arena, "stages", NULL)},
        {"outputs", map_of(arena, any_of(arena, leave_out, reference(arena, "stages", NULL)))},
    };
    return keys_schema(arena, shape_include, specials, sizeof(specials) / sizeof(*specials));
}

/* An included preset is told by its key, so that a mistake in an output is explained as one. */
static struct value *output_or_include(struct arena *arena)
{
    struct value *key = value_append(arena, value_list(arena), value_text(arena, "preset"));
    struct value *schema = value_set(arena, value_object(arena), "if",
                                     value_set(arena, value_object(arena), "required", key));
    schema = value_set(arena, schema, "then", reference(arena, "include", NULL));
    return value_set(arena, schema, "else", reference(arena, "output", NULL));
}

struct value *docs_definitions(struct arena *arena)
{
    struct value *template =
        value_set(arena, typed(arena, "string"), "pattern", value_text(arena, "\\$\\{"));
    template = described(arena, template, "a parameter or a variable of the matrix: ${name}");
    return value_set(arena, value_object(arena), "template", template);
}

/* The keys of the root between the schema's own name and its definitions. */
static const struct value *document(struct arena *arena, const char *title,
                                    const struct value *body, const struct value *definitions)
{
    struct value *head =
        value_set(arena, value_object(arena), "$schema",
                  value_text(arena, "https://json-schema.org/draft/2020-12/schema"));
    head = value_set(arena, head, "title", value_text(arena, title));
    const struct value *tail = value_set(arena, value_object(arena), "$defs", definitions);
    if (!head || !body || !tail) {
        return NULL;
    }
    const struct value *schema = value_merge(arena, head, body);
    return schema ? value_merge(arena, schema, tail) : NULL;
}

const struct value *docs_schema(struct arena *arena)
{
    struct value *version = value_set(arena, value_object(arena), "const", value_int(arena, 1));
    struct value *definitions = docs_definitions(arena);
    definitions = value_set(arena, definitions, "output", output_schema(arena));
    definitions = value_set(arena, definitions, "include", include_schema(arena));
    definitions = define_stages(arena, definitions);
    definitions = define_emitters(arena, definitions, false);
    definitions = define_emitters(arena, definitions, true);
    const struct special specials[] = {
        {"version", version},
        {"inputs", map_of(arena, typed(arena, "string"))},
        {"names", one_of_words(arena, shape_names_rules)},
        {"prepare", list_of(arena, reference(arena, "stage", NULL))},
        {"outputs", list_of(arena, output_or_include(arena))},
        {"emit", list_of(arena, reference(arena, "emit", NULL))},
    };
    return document(
        arena, "picset preset, format version 1",
        keys_schema(arena, shape_preset, specials, sizeof(specials) / sizeof(*specials)),
        definitions);
}

/* ---- Project files -------------------------------------------------------------------------- */

static struct value *preset_use_schema(struct arena *arena)
{
    struct value *object =
        value_set(arena, reference(arena, "include", NULL), "required",
                  value_append(arena, value_list(arena), value_text(arena, "preset")));
    return any_of(arena, typed(arena, "string"), object);
}

static struct value *matrix_schema(struct arena *arena)
{
    struct value *rows =
        any_of(arena, typed(arena, "array"), keys_schema(arena, shape_table, NULL, 0));
    return map_of(arena, any_of(arena, rows, reference(arena, "template", NULL)));
}

static struct value *entry_schema(struct arena *arena)
{
    struct value *about = map_of(arena, keys_schema(arena, shape_about, NULL, 0));
    struct value *references = list_of(arena, typed(arena, "string"));
    struct value *or_template = reference(arena, "template", NULL);
    const struct special made[] = {{"references", any_of(arena, references, or_template)}};
    struct value *input =
        any_of(arena, typed(arena, "string"), keys_schema(arena, shape_made_input, made, 1));
    const struct special specials[] = {
        {"matrix", matrix_schema(arena)},
        {"inputs", map_of(arena, input)},
        {"presets", any_of(arena, list_of(arena, preset_use_schema(arena)), or_template)},
        {"references", any_of(arena, references, or_template)},
        {"about", any_of(arena, typed(arena, "string"), about)},
    };
    return keys_schema(arena, shape_image, specials, sizeof(specials) / sizeof(*specials));
}

const struct value *docs_project_schema(struct arena *arena)
{
    const struct special provider[] = {{"fields", options_schema(model_field_options, arena)}};
    struct value *version = value_set(arena, value_object(arena), "const", value_int(arena, 1));
    struct value *definitions = docs_definitions(arena);
    definitions = value_set(arena, definitions, "include", include_schema(arena));
    definitions = value_set(arena, definitions, "image", entry_schema(arena));
    definitions = define_stages(arena, definitions);
    const struct special specials[] = {
        {"version", version},
        {"provider", keys_schema(arena, shape_provider, provider, 1)},
        {"budget", options_schema(project_budget_options, arena)},
        {"defaults", reference(arena, "image", NULL)},
        {"images", list_of(arena, reference(arena, "image", NULL))},
    };
    return document(
        arena, "picset project file, format version 1",
        keys_schema(arena, shape_project, specials, sizeof(specials) / sizeof(*specials)),
        definitions);
}

/* ---- Emitted files -------------------------------------------------------------------------- */

const struct value *docs_emitter_schema(const char *emitter, struct arena *arena)
{
    const struct emitter *found = emitter_find(emitter);
    return found && found->schema ? found->schema(arena) : NULL;
}
