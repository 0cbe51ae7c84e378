/* SPDX-License-Identifier: MIT
 * A finished job as facts for a record. The time stands in the packet only: manifests hold none. */
#include "generated.h"

#include <string.h>

#include "stage.h"

static struct value *put_text(struct arena *arena, struct value *object, const char *key,
                              const char *text)
{
    return text ? value_set(arena, object, key, value_text(arena, text)) : object;
}

static struct value *put_prompt(struct arena *arena, struct value *object, const char *prompt,
                                bool with_prompt)
{
    char hash[33];
    if (with_prompt) {
        return put_text(arena, object, "prompt", prompt);
    }
    hash_text(hash_bytes(prompt, strlen(prompt)), hash);
    return put_text(arena, object, "prompt-hash", hash);
}

/* All that was asked but the prompt, which is there or not by itself. */
static const struct value *asked_rest(const struct value *asked, struct arena *arena)
{
    struct value *rest = value_object(arena);
    for (size_t i = 0; asked && asked->type == VALUE_OBJECT && i < asked->object.count; i++) {
        const struct member *member = &asked->object.members[i];
        if (strcmp(member->key, "prompt") != 0) {
            rest = value_set(arena, rest, member->key, member->value);
        }
    }
    return rest;
}

const struct value *generated_value(const struct job *job, bool with_prompt, struct arena *arena)
{
    const struct value *prompt = job->asked ? value_get(job->asked, "prompt") : NULL;
    struct value *object = put_text(arena, value_object(arena), "provider", job->provider);
    object = put_text(arena, object, "model", job->model);
    if (prompt && prompt->type == VALUE_TEXT) {
        object = put_prompt(arena, object, prompt->text, with_prompt);
    }
    object = value_set(arena, object, "asked", asked_rest(job->asked, arena));
    struct value *got = value_object(arena);
    got = value_set(arena, got, "width", value_int(arena, job->width));
    got = value_set(arena, got, "height", value_int(arena, job->height));
    got = put_text(arena, got, "format", job->format);
    object = value_set(arena, object, "got", got);
    if (job->cost >= 0) {
        object = value_set(arena, object, "cost", value_real(arena, job->cost));
    }
    return object;
}

const char *generated_packet(const struct job *job, struct arena *arena)
{
    struct buffer text = {0};
    const struct provenance provenance = {
        .provider = job->provider, .model = job->model, .made_ms = job->finished_ms};
    provenance_packet(&provenance, &text);
    const char *packet = buffer_failed(&text) ? NULL : arena_text(arena, buffer_string(&text));
    buffer_free(&text);
    return packet;
}
