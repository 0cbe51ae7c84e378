/* SPDX-License-Identifier: MIT
 * The JSON Schema of the file that the emitter `manifest` writes: every key, and no other. Tests
 * hold real manifests against it. */
#include "manifest.h"

enum kind {
    KIND_TEXT,
    KIND_COUNT, /* a whole number from 1 on */
    KIND_BYTES, /* from 0 on */
    KIND_NUMBER,
    KIND_TRUE, /* absent when false */
    KIND_HASH,
    KIND_COLOUR,
    KIND_TEXTS,
    KIND_OBJECT,  /* whose keys are not ours */
    KIND_ONE,     /* an object of `table` */
    KIND_MANY,    /* a list of them */
    KIND_CONSTANT /* this text */
};

struct key { /* name NULL ends a table */
    const char *name;
    enum kind kind;
    bool required;
    const char *help;
    const struct key *table;
    const char *text;
};

#define KEY(name_, kind_, required_, help_)                                                        \
    {                                                                                              \
        .name = (name_), .kind = (kind_), .required = (required_), .help = (help_)                 \
    }

static const struct key source_keys[] = {
    KEY("path", KIND_TEXT, true, "as given; outside of the working folder only its name"),
    KEY("hash", KIND_HASH, true, "of its bytes: XXH3, 128 bits"),
    KEY("bytes", KIND_BYTES, true, "size of the file"),
    KEY("format", KIND_TEXT, true, "jpeg, png, webp …"),
    KEY("width", KIND_BYTES, true, "px, upright; 0 where it was only copied"),
    KEY("height", KIND_BYTES, true, "px, upright; 0 where it was only copied"),
    KEY("frames", KIND_COUNT, false, "of an animation"),
    KEY("alpha", KIND_TRUE, false, "it has an alpha channel"),
    KEY("c2pa", KIND_TRUE, false, "it carried content credentials"),
    KEY("generation", KIND_OBJECT, false, "of a generated image: provider, model, what was asked"),
    {0},
};

static const struct key entry_keys[] = {
    KEY("emitter", KIND_TEXT, true, "the kind of file that names it, such as xcassets"),
    KEY("options", KIND_OBJECT, false, "what that file says of it: idiom, scale, purpose, media …"),
    {0},
};

static const struct key rendition_keys[] = {
    KEY("path", KIND_TEXT, false, "below the output folder, '/' between; absent when it is inline"),
    KEY("url", KIND_TEXT, false, "where a base was given"),
    KEY("data-uri", KIND_TEXT, false, "inline: the whole file"),
    KEY("format", KIND_TEXT, true, "jpeg, png, webp, ico …"),
    KEY("mime", KIND_TEXT, true, "media type"),
    KEY("width", KIND_BYTES, true, "px; 0 where it was only copied"),
    KEY("height", KIND_BYTES, true, "px; 0 where it was only copied"),
    KEY("frames", KIND_COUNT, false, "of an animation"),
    KEY("sizes", KIND_TEXTS, false, "of the images in one file (.ico, .icns): 16x16, 32x32 …"),
    KEY("alpha", KIND_TRUE, false, "it has an alpha channel"),
    KEY("bytes", KIND_BYTES, true, "size of the file"),
    KEY("hash", KIND_HASH, true, "of its bytes: XXH3, 128 bits"),
    KEY("quality", KIND_NUMBER, false, "really used, on the codec's own scale"),
    KEY("lossless", KIND_TRUE, false, "nothing was lost in encoding"),
    KEY("chosen", KIND_TEXT, false, "what the pixels decided, in words"),
    KEY("input", KIND_TEXT, true, "main, or the named input that it was made of"),
    KEY("preset", KIND_TEXT, true, "that declares it; may be one that the set's preset includes"),
    KEY("output", KIND_TEXT, true, "its id in the preset, or its index"),
    KEY("reasons", KIND_TEXTS, false, "the steps from the source on"),
    KEY("warnings", KIND_TEXTS, false, "made all the same"),
    {.name = "entries",
     .kind = KIND_MANY,
     .required = false,
     .help = "what the platforms' own files say of it",
     .table = entry_keys},
    {0},
};

static const struct key dropped_keys[] = {
    KEY("output", KIND_TEXT, true, "its id in the preset, or its index"),
    KEY("what", KIND_TEXT, false, "the cell of its matrix"),
    KEY("reason", KIND_TEXT, true, "why it was not made"),
    {0},
};

static const struct key emitted_keys[] = {
    KEY("path", KIND_TEXT, true, "below the output folder, '/' between"),
    KEY("url", KIND_TEXT, false, "where a base was given"),
    KEY("emitter", KIND_TEXT, true, "the kind of file"),
    {0},
};

static const struct key set_keys[] = {
    KEY("preset", KIND_TEXT, true, "that was asked for"),
    {.name = "source",
     .kind = KIND_ONE,
     .required = true,
     .help = "the image that it was made of",
     .table = source_keys},
    KEY("alt", KIND_TEXT, false, "text for those who do not see it"),
    KEY("colour", KIND_COLOUR, false, "the dominant one, sRGB"),
    KEY("thumbhash", KIND_TEXT, false, "ThumbHash, base64"),
    KEY("blurhash", KIND_TEXT, false, "BlurHash"),
    KEY("placeholder", KIND_TEXT, false, "a small picture as a data URI, where it was asked for"),
    {.name = "renditions",
     .kind = KIND_MANY,
     .required = true,
     .help = "the files made",
     .table = rendition_keys},
    {.name = "dropped",
     .kind = KIND_MANY,
     .required = false,
     .help = "what was not made",
     .table = dropped_keys},
    {.name = "emitted",
     .kind = KIND_MANY,
     .required = false,
     .help = "files of markup and the like that the set is in",
     .table = emitted_keys},
    {0},
};

static const struct key document_keys[] = {
    {.name = "schema",
     .kind = KIND_CONSTANT,
     .required = true,
     .help = "this format",
     .text = MANIFEST_SCHEMA},
    KEY("generator", KIND_TEXT, true, "the program and its version"),
    {.name = "sets",
     .kind = KIND_MANY,
     .required = true,
     .help = "one for each image and preset, by the image's path",
     .table = set_keys},
    {0},
};

static struct value *put(struct arena *arena, struct value *object, const char *key,
                         const char *text)
{
    return value_set(arena, object, key, value_text(arena, text));
}

static struct value *typed(struct arena *arena, const char *type)
{
    return put(arena, value_object(arena), "type", type);
}

static struct value *number_from(struct arena *arena, int least)
{
    return value_set(arena, typed(arena, "integer"), "minimum", value_int(arena, least));
}

static struct value *object_schema(struct arena *arena, const struct key *keys);

static struct value *key_schema(struct arena *arena, const struct key *key)
{
    struct value *schema = NULL;
    switch (key->kind) {
    case KIND_TEXT:
        return typed(arena, "string");
    case KIND_COUNT:
        return number_from(arena, 1);
    case KIND_BYTES:
        return number_from(arena, 0);
    case KIND_NUMBER:
        return typed(arena, "number");
    case KIND_TRUE:
        return value_set(arena, value_object(arena), "const", value_bool(arena, true));
    case KIND_HASH:
        return put(arena, typed(arena, "string"), "pattern", "^[0-9a-f]{32}$");
    case KIND_COLOUR:
        return put(arena, typed(arena, "string"), "pattern", "^#[0-9a-f]{6}$");
    case KIND_TEXTS:
        return value_set(arena, typed(arena, "array"), "items", typed(arena, "string"));
    case KIND_OBJECT:
        return typed(arena, "object");
    case KIND_ONE:
        return object_schema(arena, key->table);
    case KIND_MANY:
        schema = object_schema(arena, key->table);
        return value_set(arena, typed(arena, "array"), "items", schema);
    case KIND_CONSTANT:
        return put(arena, value_object(arena), "const", key->text);
    }
    return NULL;
}

/* One level for each table: none holds itself. */
static struct value *object_schema(struct arena *arena, const struct key *keys)
{
    struct value *properties = value_object(arena), *required = value_list(arena);
    for (; keys->name; keys++) {
        struct value *schema = put(arena, key_schema(arena, keys), "description", keys->help);
        properties = value_set(arena, properties, keys->name, schema);
        if (keys->required) {
            required = value_append(arena, required, value_text(arena, keys->name));
        }
    }
    struct value *schema = value_set(arena, typed(arena, "object"), "properties", properties);
    schema = value_set(arena, schema, "additionalProperties", value_bool(arena, false));
    return value_set(arena, schema, "required", required);
}

const struct value *manifest_schema(struct arena *arena)
{
    struct value *head =
        put(arena, value_object(arena), "$schema", "https://json-schema.org/draft/2020-12/schema");
    head = put(arena, head, "title", "picset manifest, version 1");
    const struct value *body = object_schema(arena, document_keys);
    return head && body ? value_merge(arena, head, body) : NULL;
}
