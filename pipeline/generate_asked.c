/* SPDX-License-Identifier: MIT
 * What is asked of a service, as a value for the journal and as the hash that says which job it is.
 * Knows no journal. */
#include "generate_state.h"

#include <string.h>

/* Asking for the default is asking for the same as not asking. */
static const char *or_default(const char *asked, const char *usual)
{
    return asked ? asked : usual;
}

static struct hash mix_flag(struct hash hash, bool flag)
{
    unsigned char byte = flag;
    return hash_mix(hash, &byte, sizeof byte);
}

static struct hash reference_hash(const struct reference *reference)
{
    return reference->bytes ? hash_bytes(reference->bytes, reference->size)
                            : hash_mix_text((struct hash){0}, reference->url);
}

struct hash generate_request_hash(const struct provider *provider, const struct ask *ask)
{
    const struct model *model = ask->model;
    struct hash hash = hash_mix_text((struct hash){0}, provider->name);
    hash = hash_mix_text(hash, model->name);
    hash = hash_mix_text(hash, ask->prompt);
    hash = hash_mix_text(hash, or_default(ask->aspect, model->aspect_default));
    hash = hash_mix_text(hash, or_default(ask->size, model->size_default));
    hash = hash_mix_text(hash, or_default(ask->format, model->format_default));
    for (size_t i = 0; i < ask->reference_count; i++) {
        hash = hash_mix_hash(hash, reference_hash(&ask->references[i]));
    }
    hash = mix_flag(hash, ask->grounding);
    hash = mix_flag(hash, ask->seed_given);
    if (ask->seed_given) {
        hash = hash_mix(hash, &ask->seed, sizeof ask->seed);
    }
    return hash_mix_text(hash, ask->thinking);
}

static struct value *set_text(struct arena *arena, struct value *object, const char *key,
                              const char *text)
{
    return text ? value_set(arena, object, key, value_text(arena, text)) : object;
}

static const struct value *references_value(const struct ask *ask, struct arena *arena)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < ask->reference_count; i++) {
        const struct reference *reference = &ask->references[i];
        struct value *item = value_object(arena);
        item = set_text(arena, item, "name", reference->name);
        if (reference->bytes) {
            char text[33];
            hash_text(reference_hash(reference), text);
            item = set_text(arena, item, "hash", text);
        } else {
            item = set_text(arena, item, "url", reference->url);
        }
        list = value_append(arena, list, item);
    }
    return list;
}

const struct value *asked_value(const struct ask *ask, struct arena *arena)
{
    const struct model *model = ask->model;
    struct value *asked = value_object(arena);
    asked = set_text(arena, asked, "prompt", ask->prompt);
    asked = set_text(arena, asked, "aspect", or_default(ask->aspect, model->aspect_default));
    asked = set_text(arena, asked, "size", or_default(ask->size, model->size_default));
    asked = set_text(arena, asked, "format", or_default(ask->format, model->format_default));
    asked = set_text(arena, asked, "thinking", ask->thinking);
    if (ask->seed_given) {
        asked = value_set(arena, asked, "seed", value_int(arena, ask->seed));
    }
    if (ask->grounding) {
        asked = value_set(arena, asked, "grounding", value_bool(arena, true));
    }
    if (ask->reference_count > 0) {
        asked = value_set(arena, asked, "references", references_value(ask, arena));
    }
    return asked;
}
