/* SPDX-License-Identifier: MIT
 * One emitted file's text, from records alone; and the files of sources that are gone. */
#include "batch_state.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

static enum status options_read(const struct emitter *emitter, const struct value *value,
                                struct arena *arena, const void **out, struct error *error)
{
    void *options = arena_alloc(arena, emitter->file_size + 1);
    if (!options) {
        return error_memory(error);
    }
    enum status status = options_default(emitter->file_options, arena, options, error);
    if (status == STATUS_OK) {
        status =
            options_parse(emitter->file_options, emitter->name, value, NULL, arena, options, error);
    }
    *out = options;
    return status;
}

/* Of each set only what the file may take, with the options that the set's own preset gives. */
static enum status sets_narrow(struct emit_job *job, const struct emitter *emitter,
                               struct arena *arena, struct error *error)
{
    struct record_set *narrow = arena_array(arena, job->set_count + 1, sizeof(*narrow));
    const struct record_set **sets = arena_array(arena, job->set_count + 1, sizeof(*sets));
    const void **options = arena_array(arena, job->set_count + 1, sizeof(*options));
    enum status status = narrow && sets && options ? STATUS_OK : error_memory(error);
    for (size_t i = 0; i < job->set_count && status == STATUS_OK; i++) {
        const struct record_emitted *emitted =
            record_emitted_find(job->sets[i], emitter->name, job->path);
        narrow[i] = *job->sets[i];
        sets[i] = &narrow[i];
        options[i] = job->options;
        if (emitted) {
            narrow[i].renditions += emitted->first;
            narrow[i].rendition_count = (size_t)emitted->count;
            status = emitted->options
                         ? options_read(emitter, emitted->options, arena, &options[i], error)
                         : status;
        }
    }
    if (status == STATUS_OK) {
        job->sets = sets;
        job->set_options = options;
    }
    return status;
}

enum status emitted_make(const struct plan_emitted *emitted, const struct record_set *const *sets,
                         size_t count, struct arena *arena, struct buffer *out, struct error *error)
{
    const struct emitter *emitter = emitted->emitter;
    struct emit_job job = {.path = emitted->path + strlen(emitted->recipe->out),
                           .preset = emitted->recipe->name,
                           .sets = sets,
                           .set_count = count};
    enum status status = options_read(emitter, emitted->options, arena, &job.options, error);
    if (status == STATUS_OK) {
        status = sets_narrow(&job, emitter, arena, error);
    }
    if (status == STATUS_OK) {
        status = emitter->emit(&job, out, error);
    }
    if (status == STATUS_OK && buffer_failed(out)) {
        status = error_memory(error);
    }
    return status == STATUS_OK ? status : error_at(error, "%s", emitter->name);
}

/* ---- What nobody makes any more
 * ------------------------------------------------------------------------- */

bool source_is_gone(const struct batch *batch, const struct store_set *set)
{
    const struct batch_request *request = &batch->request;
    struct stat there;
    bool by_id = text_starts(set->source, "id:") && set->input_count > 0;
    const char *path = by_id ? set->inputs[0].path : set->source;
    if (by_id && request->knows && !request->knows(request->data, set->source + strlen("id:"))) {
        return true;
    }
    return *path == '/' && stat(path, &there) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool prune_finds(const struct batch *batch)
{
    for (size_t i = 0; i < batch->sets.count; i++) {
        if (source_is_gone(batch, &batch->sets.items[i])) {
            return true;
        }
    }
    return false;
}

/* Of a source under another id, perhaps: what is there now is its. */
static bool others_have(const struct batch *batch, const struct store_sets *sets, const char *path)
{
    for (size_t i = 0; i < sets->count; i++) {
        const struct store_set *set = &sets->items[i];
        if (*set->source && source_is_gone(batch, set)) {
            continue;
        }
        for (size_t j = 0; j < set->file_count; j++) {
            if (strcmp(set->files[j].path, path) == 0) {
                return true;
            }
        }
    }
    return false;
}

enum status batch_prune(struct batch *batch, struct error *error)
{
    struct store_sets now = {0};
    enum status status = prune_finds(batch) ? store_load(batch->store, folder_whole(batch->folder),
                                                         batch->arena, &now, error)
                                            : STATUS_OK;
    for (size_t i = 0; i < batch->sets.count && status == STATUS_OK; i++) {
        const struct store_set *set = &batch->sets.items[i];
        if (!source_is_gone(batch, set)) {
            continue;
        }
        for (size_t j = 0; j < set->file_count && status == STATUS_OK; j++) {
            bool removed = false;
            if (set->files[j].facts.exists && !others_have(batch, &now, set->files[j].path)) {
                status = file_remove(batch->folder, set->files[j].path, &set->files[j].facts,
                                     &removed, error);
                batch->summary.pruned += removed;
            }
        }
        if (status == STATUS_OK) {
            status = store_remove(batch->store, folder_whole(batch->folder), set->source,
                                  set->recipe, error);
        }
    }
    return status;
}
