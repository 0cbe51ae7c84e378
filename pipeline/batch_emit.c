/* SPDX-License-Identifier: MIT
 * Emitted files: made from records alone. Those that gather several images are made after all sets,
 * from this run's records and the store's; then files that nobody makes any more are removed. */
#include "batch_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json.h"
#include "memory.h"
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

/* ---- The sets that one file gathers
 * ------------------------------------------------------------------ */

struct gathering {
    struct batch *batch;
    struct arena *arena;
    const char *path;
    struct record_set *sets;
    size_t count, capacity;
};

static enum status gathering_add(struct gathering *gathering, const char *text, struct error *error)
{
    const struct value *value = NULL;
    enum status status = json_parse(gathering->arena, text, strlen(text), &value, error);
    struct record_set *slot = NULL;
    if (status == STATUS_OK) {
        slot = arena_push(gathering->arena, &gathering->sets, &gathering->count,
                          &gathering->capacity, sizeof(*slot));
        status =
            slot ? record_from_value(value, gathering->arena, slot, error) : error_memory(error);
    }
    return status;
}

/* This run's item of a stored set, when it made (or tried) that recipe's part anew. */
static bool made_in_this_run(const struct batch *batch, const char *source, const char *recipe)
{
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];
        if (item->records && strcmp(item->key, source) == 0) {
            for (size_t r = 0; r < batch->recipe_count; r++) {
                if (strcmp(batch->recipes[r]->name, recipe) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static bool set_shares(const struct store_set *set, const char *path)
{
    for (size_t i = 0; i < set->file_count; i++) {
        if (set->files[i].emitted && strcmp(set->files[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static enum status take_stored(void *data, const char *source, const char *recipe,
                               const char *record, struct error *error)
{
    struct gathering *gathering = data;
    const struct store_set *set = store_find(&gathering->batch->sets, source, recipe);
    if (!set || !set_shares(set, gathering->path) || !*source ||
        made_in_this_run(gathering->batch, source, recipe)) {
        return STATUS_OK;
    }
    return gathering_add(gathering, record, error);
}

static bool plan_shares(const struct plan *plan, const struct recipe *recipe, const char *path)
{
    for (size_t i = 0; i < plan->emitted_count; i++) {
        if (plan->emitted[i].recipe == recipe && strcmp(plan->emitted[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static enum status take_own(struct gathering *gathering, struct error *error)
{
    const struct batch *batch = gathering->batch;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];
        for (size_t r = 0; item->records && r < batch->recipe_count && status == STATUS_OK; r++) {
            if (item->records[r] && plan_shares(item->plan, batch->recipes[r], gathering->path)) {
                status = gathering_add(gathering, item->records[r], error);
            }
        }
    }
    return status;
}

static int set_compare(const void *left, const void *right)
{
    const struct record_set *a = *(const struct record_set *const *)left;
    const struct record_set *b = *(const struct record_set *const *)right;
    int order = strcmp(a->source.path, b->source.path);
    return order ? order : strcmp(a->preset, b->preset);
}

static enum status gathering_emit(struct gathering *gathering, const struct plan_emitted *emitted,
                                  struct buffer *text, struct error *error)
{
    const struct record_set **sets =
        arena_array(gathering->arena, gathering->count + 1, sizeof(*sets));
    if (!sets) {
        return error_memory(error);
    }
    for (size_t i = 0; i < gathering->count; i++) {
        sets[i] = &gathering->sets[i];
    }
    qsort(sets, gathering->count, sizeof(*sets), set_compare);
    return emitted_make(emitted, sets, gathering->count, gathering->arena, text, error);
}

/* ---- Writing them
 * -------------------------------------------------------------------------------------- */

static enum status shared_write(struct batch *batch, const char *path, const struct buffer *text,
                                struct error *error)
{
    struct pending_file *pending = NULL;
    bool same = false;
    if (!batch->folder) {
        return batch->request.deliver(batch->request.data, NULL, NULL, path, buffer_string(text),
                                      text->size, error);
    }
    enum status status =
        file_same(batch->folder, path, buffer_string(text), text->size, &same, error);
    if (status == STATUS_OK && !same) {
        status = file_write(batch->folder, path, buffer_string(text), text->size, &pending, error);
        if (status == STATUS_OK) {
            status = files_place(&pending, 1, NULL, error);
            batch->summary.files += status == STATUS_OK;
            batch->summary.bytes_out += status == STATUS_OK ? (int64_t)text->size : 0;
        }
    }
    return status == STATUS_OK ? status : error_at(error, "%s", path);
}

static enum status shared_make(struct batch *batch, const struct plan_emitted *emitted,
                               struct error *error)
{
    struct gathering gathering = {.batch = batch, .arena = arena_new(), .path = emitted->path};
    struct buffer text = {0};
    enum status status = gathering.arena ? take_own(&gathering, error) : error_memory(error);
    if (status == STATUS_OK && batch->store && batch->folder) {
        status = store_records(batch->store, folder_whole(batch->folder), take_stored, &gathering,
                               error);
    }
    if (status == STATUS_OK && gathering.count > 0) {
        status = gathering_emit(&gathering, emitted, &text, error);
        if (status == STATUS_OK) {
            status = shared_write(batch, emitted->path, &text, error);
            batch->summary.emitted++;
        }
    }
    buffer_free(&text);
    arena_free(gathering.arena);
    return status;
}

/* The shared files of this run, each once: in the order in which plans name them. */
static bool named_before(const struct batch *batch, size_t item, size_t emitted)
{
    const char *path = batch->items[item].plan->emitted[emitted].path;
    for (size_t i = 0; i <= item; i++) {
        const struct plan *plan = batch->items[i].plan;
        for (size_t j = 0; plan && batch->items[i].records && j < plan->emitted_count; j++) {
            if (i == item && j == emitted) {
                return false;
            }
            if (strcmp(plan->emitted[j].path, path) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* ---- A recipe's shared files as the store remembers them: a set without a source
 * ------------------------ */

static struct hash shared_hash(const struct store_sets *sets, const char *recipe)
{
    struct hash hash = {0};
    for (size_t i = 0; i < sets->count; i++) {
        if (strcmp(sets->items[i].recipe, recipe) == 0 && *sets->items[i].source) {
            hash = hash_mix_text(hash, sets->items[i].source);
            hash = hash_mix_hash(hash, sets->items[i].plan);
        }
    }
    return hash;
}

bool gathered_current(const struct batch *batch, const struct recipe *recipe)
{
    const struct store_set *shared = store_find(&batch->sets, "", recipe->name);
    struct error ignored = {0};
    if (!shared || !hash_equal(shared->plan, shared_hash(&batch->sets, recipe->name))) {
        return false;
    }
    for (size_t i = 0; i < shared->file_count; i++) {
        struct file_facts facts;
        if (file_look(batch->folder, shared->files[i].path, &facts, &ignored) != STATUS_OK ||
            !file_facts_equal(&facts, &shared->files[i].facts)) {
            return false;
        }
    }
    return true;
}

static enum status shared_remember(struct batch *batch, const struct recipe *recipe,
                                   struct arena *arena, const struct store_sets *sets,
                                   struct error *error)
{
    struct store_file *files = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct plan *plan = batch->items[i].plan;
        for (size_t j = 0; plan && j < plan->emitted_count; j++) {
            const struct plan_emitted *emitted = &plan->emitted[j];
            bool known = false;
            for (size_t k = 0; k < count; k++) {
                known = known || strcmp(files[k].path, emitted->path) == 0;
            }
            if (known || !emitted->emitter->gathers || emitted->recipe != recipe) {
                continue;
            }
            struct store_file *slot = arena_push(arena, &files, &count, &capacity, sizeof(*slot));
            if (!slot) {
                return error_memory(error);
            }
            *slot = (struct store_file){.path = emitted->path, .emitted = true};
            if (file_look(batch->folder, emitted->path, &slot->facts, error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    struct store_set shared = {.source = "",
                               .recipe = recipe->name,
                               .plan = shared_hash(sets, recipe->name),
                               .files = files,
                               .file_count = count,
                               .record = "{}"};
    return store_put(batch->store, folder_whole(batch->folder), &shared, error);
}

static enum status shared_remember_all(struct batch *batch, struct error *error)
{
    struct arena *arena = arena_new();
    struct store_sets sets = {0};
    bool any = false;
    for (size_t i = 0; i < batch->item_count; i++) {
        any = any || batch->items[i].records;
    }
    enum status status = arena ? STATUS_OK : error_memory(error);
    if (status == STATUS_OK && any) {
        status = store_load(batch->store, folder_whole(batch->folder), arena, &sets, error);
    }
    for (size_t r = 0; any && r < batch->recipe_count && status == STATUS_OK; r++) {
        status = shared_remember(batch, batch->recipes[r], arena, &sets, error);
    }
    arena_free(arena);
    return status;
}

enum status batch_emit_gathered(struct batch *batch, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];
        for (size_t j = 0; item->records && j < item->plan->emitted_count && status == STATUS_OK;
             j++) {
            const struct plan_emitted *emitted = &item->plan->emitted[j];
            if (emitted->emitter->gathers && !named_before(batch, i, j)) {
                status = shared_make(batch, emitted, error);
            }
        }
    }
    if (status == STATUS_OK && batch->store && batch->folder) {
        status = shared_remember_all(batch, error);
    }
    return status;
}

/* ---- What nobody makes any more
 * ------------------------------------------------------------------------- */

static bool source_is_gone(const struct store_set *set)
{
    struct stat there;
    bool by_id = text_starts(set->source, "id:") && set->input_count > 0;
    const char *path = by_id ? set->inputs[0].path : set->source;
    return *path == '/' && stat(path, &there) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool prune_finds(const struct batch *batch)
{
    for (size_t i = 0; i < batch->sets.count; i++) {
        if (source_is_gone(&batch->sets.items[i])) {
            return true;
        }
    }
    return false;
}

enum status batch_prune(struct batch *batch, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < batch->sets.count && status == STATUS_OK; i++) {
        const struct store_set *set = &batch->sets.items[i];
        if (!source_is_gone(set)) {
            continue;
        }
        for (size_t j = 0; j < set->file_count && status == STATUS_OK; j++) {
            bool removed = false;
            if (set->files[j].facts.exists) {
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
