/* SPDX-License-Identifier: MIT
 * Before a generated image is asked for: is the name that it would get held by the set of another
 * prompt? Looks at what is remembered of the output folder, and changes nothing. */
#include "batch_state.h"

#include <string.h>

#include "json.h"
#include "lost.h"

/* The part of "OUT/${preset}" that all files lie below. */
static const char *root_of(const char *out, struct arena *arena)
{
    const char *word = strstr(out, "${preset}");
    size_t length = word ? (size_t)(word - out) : strlen(out);
    while (word && length > 0 && out[length - 1] != '/') {
        length--;
    }
    return length ? arena_slice(arena, out, length) : ".";
}

/* The record says the prompt, or only its hash. */
static bool prompt_differs(const struct value *generation, const char *prompt)
{
    const struct value *text = generation ? value_get(generation, "prompt") : NULL;
    const struct value *hashed = generation ? value_get(generation, "prompt-hash") : NULL;
    char hash[33];
    hash_text(hash_bytes(prompt, strlen(prompt)), hash);
    if (text && text->type == VALUE_TEXT) {
        return strcmp(text->text, prompt) != 0;
    }
    return !hashed || hashed->type != VALUE_TEXT || strcmp(hashed->text, hash) != 0;
}

struct holding {
    struct store *store;
    struct folder *folder;
    struct arena *arena;
    struct store_sets sets;
};

static enum status set_holds(const struct holding *holding, const struct store_set *set,
                             const char *prompt, bool *held, struct error *error)
{
    const char *text = NULL;
    const struct value *value = NULL;
    struct record_set record = {0};
    enum status status = store_record(holding->store, folder_whole(holding->folder), set->source,
                                      set->recipe, holding->arena, &text, error);
    if (status == STATUS_OK && text) {
        status = json_parse(holding->arena, text, strlen(text), &value, error);
    }
    if (status == STATUS_OK && value) {
        status = record_from_value(value, holding->arena, &record, error);
    }
    if (status == STATUS_OK && value) {
        *held = prompt_differs(record.source.generation, prompt) &&
                !lost_find(holding->folder, set).all;
    }
    return status;
}

static enum status name_check(const struct holding *holding, const struct batch_named *named,
                              struct error *error)
{
    for (size_t i = 0; i < holding->sets.count; i++) {
        const struct store_set *set = &holding->sets.items[i];
        bool held = false;
        if (strncmp(set->source, "id:", 3) != 0 || strcmp(set->source + 3, named->name) != 0) {
            continue;
        }
        if (set_holds(holding, set, named->prompt, &held, error) != STATUS_OK) {
            return error->status;
        }
        if (held) {
            error_set(error, STATUS_REFUSED,
                      "another prompt's set in '%.300s' has this name already; give --name, or "
                      "another folder",
                      folder_path(holding->folder));
            return error_at(error, "%s", named->name);
        }
    }
    return STATUS_OK;
}

enum status batch_names_free(const struct batch_request *request, const struct batch_named *names,
                             size_t count, struct error *error)
{
    struct holding holding = {.arena = arena_new()};
    struct buffer state = {0};
    if (count == 0 || (request->state && !*request->state)) {
        arena_free(holding.arena);
        return STATUS_OK;
    }
    const char *root = holding.arena ? root_of(request->out, holding.arena) : NULL;
    enum status status = root ? folder_open(root, &holding.folder, error) : error_memory(error);
    if (status == STATUS_OK && !request->state) {
        status = store_default_folder(&state, error);
    }
    if (status == STATUS_OK) {
        status = store_open(request->state ? request->state : buffer_string(&state), &holding.store,
                            NULL, error);
    }
    if (status == STATUS_OK) {
        status = store_load(holding.store, folder_whole(holding.folder), holding.arena,
                            &holding.sets, error);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = name_check(&holding, &names[i], error);
    }
    store_close(holding.store);
    folder_close(holding.folder);
    buffer_free(&state);
    arena_free(holding.arena);
    return status;
}
