/* SPDX-License-Identifier: MIT
 * Emitted files that several sets share: made after all sets, from this run's records and the
 * store's. There may be as many as images (a catalogue of image sets), so nothing here looks at all
 * sets for each file. */
#include "batch_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "lost.h"
#include "memory.h"

enum { PLACED_TOGETHER = 64 }; /* files that are brought to disk at once */

struct shared_file {
    const char *path;
    const struct plan_emitted *emitted; /* of the first set that names it */
    const struct record_set **sets;
    size_t count, capacity;
};

struct gathering {
    struct batch *batch;
    struct arena *arena;
    struct shared_file *files; /* sorted by path */
    size_t count, capacity;
    const char **sources; /* keys of what this run has made, sorted */
    size_t source_count;
    const struct store_set **gone; /* nothing of them is left */
    size_t gone_count, gone_capacity;
    const struct store_set *partly; /* the first of which some renditions are missing */
    const char *missing;            /* one of them */
    size_t partly_count;
};

/* ---- Which files, and which sources made them anew ---------------------------------------------
 */

static int file_compare(const void *left, const void *right)
{
    const struct shared_file *a = left, *b = right;
    return strcmp(a->path, b->path);
}

/* Equal paths in the order of the plans: `capacity` is not used yet and holds it. */
static int file_order(const void *left, const void *right)
{
    const struct shared_file *a = left, *b = right;
    int order = strcmp(a->path, b->path);
    return order ? order : a->capacity < b->capacity ? -1 : a->capacity > b->capacity;
}

static int text_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void files_sort(struct gathering *gathering)
{
    size_t kept = 0;
    if (gathering->count == 0) {
        return;
    }
    qsort(gathering->files, gathering->count, sizeof(*gathering->files), file_order);
    for (size_t i = 0; i < gathering->count; i++) {
        struct shared_file *file = &gathering->files[i];
        if (kept == 0 || strcmp(gathering->files[kept - 1].path, file->path) != 0) {
            gathering->files[kept] = *file;
            gathering->files[kept++].capacity = 0;
        }
    }
    gathering->count = kept;
}

static enum status files_list(struct gathering *gathering, struct error *error)
{
    const struct batch *batch = gathering->batch;
    gathering->sources =
        arena_array(gathering->arena, batch->item_count + 1, sizeof(*gathering->sources));
    if (!gathering->sources) {
        return error_memory(error);
    }
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];
        if (!item->records) {
            continue;
        }
        gathering->sources[gathering->source_count++] = item->key;
        for (size_t j = 0; j < item->plan->emitted_count; j++) {
            const struct plan_emitted *emitted = &item->plan->emitted[j];
            if (!emitted->emitter->gathers) {
                continue;
            }
            size_t order = gathering->count;
            struct shared_file *slot =
                arena_push(gathering->arena, &gathering->files, &gathering->count,
                           &gathering->capacity, sizeof(*slot));
            if (!slot) {
                return error_memory(error);
            }
            *slot =
                (struct shared_file){.path = emitted->path, .emitted = emitted, .capacity = order};
        }
    }
    files_sort(gathering);
    if (gathering->source_count) {
        qsort(gathering->sources, gathering->source_count, sizeof(*gathering->sources),
              text_compare);
    }
    return STATUS_OK;
}

static struct shared_file *file_find(const struct gathering *gathering, const char *path)
{
    const struct shared_file wanted = {.path = path};
    return gathering->count ? bsearch(&wanted, gathering->files, gathering->count,
                                      sizeof(*gathering->files), file_compare)
                            : NULL;
}

/* ---- Their sets --------------------------------------------------------------------------------
 */

/* Parsed when the first file wants it. */
struct gathered_set {
    const char *text;
    struct record_set *set;
};

static enum status file_take(struct gathering *gathering, struct shared_file *file,
                             struct gathered_set *gathered, struct error *error)
{
    const struct value *value = NULL;
    if (!gathered->set) {
        struct record_set *set = arena_alloc(gathering->arena, sizeof(*set));
        enum status status = set ? json_parse(gathering->arena, gathered->text,
                                              strlen(gathered->text), &value, error)
                                 : error_memory(error);
        if (status == STATUS_OK) {
            status = record_from_value(value, gathering->arena, set, error);
        }
        if (status != STATUS_OK) {
            return status;
        }
        gathered->set = set;
    }
    const struct record_set *last = file->count ? file->sets[file->count - 1] : NULL;
    if (last == gathered->set || (last && file->emitted->emitter->one_image &&
                                  strcmp(last->source.path, gathered->set->source.path) != 0)) {
        return STATUS_OK;
    }
    const struct record_set **slot =
        arena_push(gathering->arena, &file->sets, &file->count, &file->capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = gathered->set;
    return STATUS_OK;
}

static enum status take_own(struct gathering *gathering, struct error *error)
{
    const struct batch *batch = gathering->batch;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];
        for (size_t r = 0; item->records && r < batch->recipe_count; r++) {
            struct gathered_set gathered = {.text = item->records[r]};
            for (size_t j = 0; gathered.text && j < item->plan->emitted_count; j++) {
                const struct plan_emitted *emitted = &item->plan->emitted[j];
                if (emitted->recipe == batch->recipes[r] && emitted->emitter->gathers &&
                    file_take(gathering, file_find(gathering, emitted->path), &gathered, error) !=
                        STATUS_OK) {
                    return error->status;
                }
            }
        }
    }
    return STATUS_OK;
}

/* Did this run make (or try) that recipe's part of the source anew? */
static bool made_in_this_run(const struct gathering *gathering, const char *source,
                             const char *recipe)
{
    const struct batch *batch = gathering->batch;
    bool ours =
        gathering->source_count && bsearch(&source, gathering->sources, gathering->source_count,
                                           sizeof(*gathering->sources), text_compare);
    bool asked = false;
    for (size_t r = 0; ours && r < batch->recipe_count; r++) {
        asked = asked || strcmp(batch->recipes[r]->name, recipe) == 0;
    }
    return asked;
}

/* A file that names what is not there misleads whoever reads it: a set stands in shared files as
 * long as all its renditions lie there. */
static enum status set_is_whole(struct gathering *gathering, const struct store_set *set,
                                bool *whole, struct error *error)
{
    struct lost lost = lost_find(gathering->batch->folder, set);
    *whole = !lost.rendition;
    if (lost.all) {
        const struct store_set **slot =
            arena_push(gathering->arena, &gathering->gone, &gathering->gone_count,
                       &gathering->gone_capacity, sizeof(*slot));
        if (!slot) {
            return error_memory(error);
        }
        *slot = set;
    } else if (lost.rendition && gathering->partly_count++ == 0) {
        gathering->partly = set;
        gathering->missing = lost.rendition;
    }
    return STATUS_OK;
}

static enum status take_stored(void *data, const char *source, const char *recipe,
                               const char *record, struct error *error)
{
    struct gathering *gathering = data;
    const struct store_set *set = store_find(&gathering->batch->sets, source, recipe);
    struct gathered_set gathered = {.text = record};
    if (!set || !*source || made_in_this_run(gathering, source, recipe)) {
        return STATUS_OK;
    }
    bool looked = false, whole = true;
    for (size_t i = 0; i < set->file_count && whole; i++) {
        struct shared_file *file =
            set->files[i].emitted ? file_find(gathering, set->files[i].path) : NULL;
        if (file && !looked && set_is_whole(gathering, set, &whole, error) != STATUS_OK) {
            return error->status;
        }
        looked = looked || file;
        if (file && whole && file_take(gathering, file, &gathered, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

/* Its record must not come back when another source makes a file of the same name. Looked at again
 * where no other process can write: one may have made the set anew meanwhile. */
static enum status gone_forget(struct gathering *gathering, struct error *error)
{
    struct batch *batch = gathering->batch;
    if (gathering->gone_count == 0) {
        return STATUS_OK;
    }
    enum status status = store_begin(batch->store, error);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < gathering->gone_count && status == STATUS_OK; i++) {
        const struct store_set *set = gathering->gone[i];
        if (lost_find(batch->folder, set).all) {
            status = store_remove(batch->store, folder_whole(batch->folder), set->source,
                                  set->recipe, error);
        }
    }
    struct error ignored = {0};
    enum status committed = store_commit(batch->store, status == STATUS_OK ? error : &ignored);
    return status == STATUS_OK ? committed : status;
}

static void partly_tell(const struct gathering *gathering)
{
    const struct store_set *set = gathering->partly;
    struct error note = {0};
    if (!set) {
        return;
    }
    int size = snprintf(note.message, sizeof(note.message),
                        "'%.300s' is missing: the set of '%.300s' by '%.100s' is left out of files "
                        "that sets share until it is made again",
                        gathering->missing, set->input_count ? set->inputs[0].path : set->source,
                        set->recipe);
    if (gathering->partly_count > 1 && size > 0 && size < (int)sizeof(note.message)) {
        snprintf(note.message + size, sizeof(note.message) - (size_t)size, "; so are %zu more",
                 gathering->partly_count - 1);
    }
    batch_event_send(gathering->batch, (struct batch_event){.type = BATCH_NOTE, .error = &note});
}

/* ---- Writing them ------------------------------------------------------------------------------
 */

struct placing {
    struct pending_file *files[PLACED_TOGETHER];
    size_t count;
    int64_t bytes;
};

static enum status placing_end(struct batch *batch, struct placing *placing, struct error *error)
{
    enum status status = files_place(placing->files, placing->count, NULL, error);
    if (status == STATUS_OK) {
        batch->summary.files += placing->count;
        batch->summary.bytes_out += placing->bytes;
    }
    placing->count = 0;
    placing->bytes = 0;
    return status;
}

/* What lies there stays. The first such file is the batch's error, the others are told of at once.
 */
static enum status shared_keep(struct batch *batch, const char *path, const char *why,
                               struct error *error)
{
    struct error kept = {0};
    const char **slot = arena_push(batch->arena, &batch->kept_paths, &batch->kept_count,
                                   &batch->kept_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = path;
    error_set(&kept, STATUS_REFUSED, "%s", why);
    error_at(&kept, "%s", path);
    if (batch->kept.status == STATUS_OK) {
        batch->kept = kept;
    } else {
        batch_kept_tell(batch, &kept);
    }
    return STATUS_OK;
}

static bool is_kept(const struct batch *batch, const char *path)
{
    for (size_t i = 0; i < batch->kept_count; i++) {
        if (strcmp(batch->kept_paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static enum status shared_write(struct batch *batch, const char *path, const struct buffer *text,
                                struct placing *placing, struct error *error)
{
    bool same = false;
    struct file_facts facts;
    if (!batch->folder) {
        return batch->request.deliver(batch->request.data, NULL, NULL, path, buffer_string(text),
                                      text->size, error);
    }
    enum status status = file_look(batch->folder, path, &facts, error);
    if (status == STATUS_OK && facts.exists) {
        status = file_same(batch->folder, path, buffer_string(text), text->size, &same, error);
    }
    const char *kept =
        status == STATUS_OK && facts.exists && !same ? batch_keeps(batch, path) : NULL;
    if (kept) {
        status = shared_keep(batch, path, kept, error);
    } else if (status == STATUS_OK && !same) {
        status = file_write(batch->folder, path, buffer_string(text), text->size,
                            &placing->files[placing->count], error);
        if (status == STATUS_OK) {
            placing->bytes += (int64_t)text->size;
            placing->count++;
        }
    }
    if (status == STATUS_OK && placing->count == PLACED_TOGETHER) {
        status = placing_end(batch, placing, error);
    }
    return status == STATUS_OK ? status : error_at(error, "%s", path);
}

static int set_compare(const void *left, const void *right)
{
    const struct record_set *a = *(const struct record_set *const *)left;
    const struct record_set *b = *(const struct record_set *const *)right;
    int order = strcmp(a->source.path, b->source.path);
    return order ? order : strcmp(a->preset, b->preset);
}

static enum status shared_make(struct batch *batch, const struct shared_file *file,
                               struct placing *placing, struct error *error)
{
    struct arena *arena = arena_new();
    struct buffer text = {0};
    qsort(file->sets, file->count, sizeof(*file->sets), set_compare);
    enum status status =
        arena ? emitted_make(file->emitted, file->sets, file->count, arena, &text, error)
              : error_memory(error);
    if (status == STATUS_OK) {
        status = shared_write(batch, file->path, &text, placing, error);
        batch->summary.emitted++;
    }
    buffer_free(&text);
    arena_free(arena);
    return status;
}

/* A manifest that this run writes must not vouch for what was there before. */
static bool strangers_lie_there(const struct gathering *gathering)
{
    struct batch *batch = gathering->batch;
    for (size_t i = 0; batch->folder && i < gathering->count; i++) {
        struct file_facts facts = {0};
        struct error ignored = {0};
        if (!batch_owns(batch, gathering->files[i].path) &&
            file_look(batch->folder, gathering->files[i].path, &facts, &ignored) == STATUS_OK &&
            facts.exists) {
            return true;
        }
    }
    return false;
}

static enum status shared_make_all(struct gathering *gathering, struct error *error)
{
    struct placing placing = {0};
    enum status status = STATUS_OK;
    if (strangers_lie_there(gathering)) {
        batch_manifests_read(gathering->batch);
    }
    for (size_t i = 0; i < gathering->count && status == STATUS_OK; i++) {
        if (gathering->files[i].count > 0) {
            status = shared_make(gathering->batch, &gathering->files[i], &placing, error);
        }
    }
    if (status == STATUS_OK && placing.count) {
        return placing_end(gathering->batch, &placing, error);
    }
    files_abandon(placing.files, placing.count);
    return status;
}

/* ---- A recipe's shared files as the store remembers them: a set without a source ---------------
 */

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

static int store_file_compare(const void *left, const void *right)
{
    const struct store_file *a = left, *b = right;
    return strcmp(a->path, b->path);
}

/* Every file that the recipe's sets share, each once. Of a set's own files the store knows how they
 * stand, of shared ones only that the set is in them. */
static enum status shared_list(const struct store_sets *sets, const char *recipe,
                               struct arena *arena, struct store_file **out, size_t *out_count,
                               struct error *error)
{
    struct store_file *files = NULL;
    size_t count = 0, capacity = 0, kept = 0;
    for (size_t i = 0; i < sets->count; i++) {
        const struct store_set *set = &sets->items[i];
        bool ours = *set->source && strcmp(set->recipe, recipe) == 0;
        for (size_t j = 0; ours && j < set->file_count; j++) {
            if (!set->files[j].emitted || set->files[j].facts.exists) {
                continue;
            }
            struct store_file *slot = arena_push(arena, &files, &count, &capacity, sizeof(*slot));
            if (!slot) {
                return error_memory(error);
            }
            *slot = (struct store_file){.path = set->files[j].path, .emitted = true};
        }
    }
    if (count) {
        qsort(files, count, sizeof(*files), store_file_compare);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || strcmp(files[kept - 1].path, files[i].path) != 0) {
            files[kept++] = files[i];
        }
    }
    *out = files;
    *out_count = kept;
    return STATUS_OK;
}

static bool some_set_is_in(const struct store_sets *sets, const char *path)
{
    for (size_t i = 0; i < sets->count; i++) {
        const struct store_set *set = &sets->items[i];
        for (size_t j = 0; *set->source && j < set->file_count; j++) {
            if (set->files[j].emitted && strcmp(set->files[j].path, path) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* What no set is in any more, of this recipe or another. */
static enum status shared_prune(struct batch *batch, const struct store_sets *sets,
                                const struct store_set *now, struct error *error)
{
    const struct store_set *before = store_find(&batch->sets, "", now->recipe);
    for (size_t i = 0; before && i < before->file_count; i++) {
        const struct store_file *old = &before->files[i];
        bool removed = false;
        bool ours = now->file_count &&
                    bsearch(old, now->files, now->file_count, sizeof(*old), store_file_compare);
        if (!ours && old->facts.exists && !some_set_is_in(sets, old->path) &&
            file_remove(batch->folder, old->path, &old->facts, &removed, error) != STATUS_OK) {
            return error->status;
        }
        batch->summary.pruned += removed;
    }
    return STATUS_OK;
}

static enum status shared_remember(struct batch *batch, const char *recipe,
                                   const struct store_sets *sets, struct arena *arena,
                                   struct error *error)
{
    struct store_set shared = {
        .source = "", .recipe = recipe, .plan = shared_hash(sets, recipe), .record = "{}"};
    struct store_file *files = NULL;
    enum status status = shared_list(sets, recipe, arena, &files, &shared.file_count, error);
    for (size_t i = 0; i < shared.file_count && status == STATUS_OK; i++) {
        if (!is_kept(batch, files[i].path)) { /* what is kept is none of ours */
            status = file_look(batch->folder, files[i].path, &files[i].facts, error);
        }
    }
    shared.files = files;
    if (status == STATUS_OK && batch->request.prune) {
        status = shared_prune(batch, sets, &shared, error);
    }
    return status == STATUS_OK
               ? store_put(batch->store, folder_whole(batch->folder), &shared, error)
               : status;
}

static enum status shared_remember_all(struct batch *batch, struct arena *arena,
                                       struct error *error)
{
    struct store_sets sets = {0};
    enum status status = store_load(batch->store, folder_whole(batch->folder), arena, &sets, error);
    for (size_t r = 0; r < batch->recipe_count && status == STATUS_OK; r++) {
        status = shared_remember(batch, batch->recipes[r]->name, &sets, arena, error);
    }
    return status;
}

enum status batch_emit_gathered(struct batch *batch, struct error *error)
{
    struct gathering gathering = {.batch = batch, .arena = arena_new()};
    bool kept = batch->store && batch->folder;
    enum status status = gathering.arena ? files_list(&gathering, error) : error_memory(error);
    if (status == STATUS_OK) {
        status = take_own(&gathering, error);
    }
    if (status == STATUS_OK && kept && gathering.count) {
        status = store_records(batch->store, folder_whole(batch->folder), take_stored, &gathering,
                               error);
    }
    if (status == STATUS_OK) {
        partly_tell(&gathering);
        status = gone_forget(&gathering, error);
    }
    if (status == STATUS_OK) {
        status = shared_make_all(&gathering, error);
    }
    if (status == STATUS_OK && kept && gathering.source_count) {
        status = shared_remember_all(batch, gathering.arena, error);
    }
    arena_free(gathering.arena);
    return status;
}
