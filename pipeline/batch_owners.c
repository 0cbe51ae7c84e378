/* SPDX-License-Identifier: MIT
 * Whose is a file that lies where one is to be made, and may it be replaced? Ours is what the store
 * lists, what a run that was killed had promised to make, and what a manifest in the folder names.
 * What lies there with equal bytes is nobody's loss and never asked about. */
#include "batch_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "project.h"
#include "text.h"

enum { MANIFEST_BYTES_MAX = 64 * 1024 * 1024 };

struct owner {
    const char *path;
    const struct store_set *set;
    const struct store_file *file;
};

struct owners {
    struct arena *arena;
    struct owner *items; /* sorted by path */
    size_t count;
    const char **told; /* by manifests; sorted */
    size_t told_count, told_capacity;
    bool told_known;
};

static int path_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

enum status batch_owners_list(struct batch *batch, struct error *error)
{
    struct owners *owners = arena_alloc(batch->arena, sizeof(*owners));
    size_t count = 0;
    for (size_t i = 0; i < batch->sets.count; i++) {
        count += batch->sets.items[i].file_count;
    }
    if (!owners || !(owners->arena = arena_new())) {
        return error_memory(error);
    }
    batch->owners = owners;
    owners->items = arena_array(owners->arena, count + 1, sizeof(*owners->items));
    if (!owners->items) {
        return error_memory(error);
    }
    for (size_t i = 0; i < batch->sets.count; i++) {
        const struct store_set *set = &batch->sets.items[i];
        for (size_t j = 0; j < set->file_count; j++) {
            owners->items[owners->count++] =
                (struct owner){set->files[j].path, set, &set->files[j]};
        }
    }
    if (count) {
        qsort(owners->items, count, sizeof(*owners->items), path_compare);
    }
    return STATUS_OK;
}

void batch_owners_free(struct batch *batch)
{
    arena_free(batch->owners ? batch->owners->arena : NULL);
}

/* The first of those that have the path; `end` is behind the last. */
static const struct owner *owners_of(const struct owners *owners, const char *path,
                                     const struct owner **end)
{
    const struct owner *first = owners->count ? bsearch(&path, owners->items, owners->count,
                                                        sizeof(*owners->items), path_compare)
                                              : NULL;
    const struct owner *last = first;
    while (first && first > owners->items && strcmp(first[-1].path, path) == 0) {
        first--;
    }
    while (last && last < owners->items + owners->count && strcmp(last->path, path) == 0) {
        last++;
    }
    *end = last;
    return first;
}

/* A shared file that was kept is listed by its sets, but was not made: it has no facts. */
static bool file_was_made(const struct store_set *set, const struct store_file *file)
{
    return file->facts.exists || intent_is(set);
}

bool batch_owns(const struct batch *batch, const char *path)
{
    const struct owner *end = NULL;
    for (const struct owner *owner = owners_of(batch->owners, path, &end); owner != end; owner++) {
        if (file_was_made(owner->set, owner->file)) {
            return true;
        }
    }
    return false;
}

bool batch_recorded(const struct batch *batch, const char *path)
{
    const struct owner *end = NULL;
    for (const struct owner *owner = owners_of(batch->owners, path, &end); owner != end; owner++) {
        if (owner->file->facts.exists) {
            return true;
        }
    }
    return false;
}

/* ---- What manifests tell -----------------------------------------------------------------------
 */

static void told_add(struct owners *owners, const char *below, const char *path)
{
    const char *whole = arena_format(owners->arena, "%s%s", below, path);
    const char **slot = whole ? arena_push(owners->arena, &owners->told, &owners->told_count,
                                           &owners->told_capacity, sizeof(*slot))
                              : NULL;
    if (slot) {
        *slot = whole;
    }
}

static void told_list(struct owners *owners, const char *below, const struct value *list)
{
    for (size_t i = 0; list && list->type == VALUE_LIST && i < list->list.count; i++) {
        const struct value *path = value_get(list->list.items[i], "path");
        if (path && path->type == VALUE_TEXT) {
            told_add(owners, below, path->text);
        }
    }
}

/* Another program's file of that name tells nothing. */
static void manifest_read(struct batch *batch, const char *below, const char *path)
{
    struct arena *arena = arena_new();
    const char *whole =
        arena ? arena_format(arena, "%s/%s", folder_whole(batch->folder), path) : NULL;
    struct buffer text = {.limit = MANIFEST_BYTES_MAX};
    struct error ignored = {0};
    const struct value *document = NULL;
    if (whole && project_file_read(whole, MANIFEST_BYTES_MAX, &text, &ignored) == STATUS_OK &&
        json_parse(arena, buffer_string(&text), text.size, &document, &ignored) == STATUS_OK) {
        const struct value *schema = value_get(document, "schema");
        const struct value *sets = value_get(document, "sets");
        bool ours = schema && schema->type == VALUE_TEXT && sets && sets->type == VALUE_LIST &&
                    text_starts(schema->text, "picset/manifest/");
        if (ours) {
            told_add(batch->owners, "", path);
        }
        for (size_t i = 0; ours && i < sets->list.count; i++) {
            told_list(batch->owners, below, value_get(sets->list.items[i], "renditions"));
            told_list(batch->owners, below, value_get(sets->list.items[i], "emitted"));
        }
    }
    buffer_free(&text);
    arena_free(arena);
}

static void told_read(struct batch *batch)
{
    struct owners *owners = batch->owners;
    for (size_t r = 0; r < batch->recipe_count; r++) {
        const struct recipe *recipe = batch->recipes[r];
        const char *usual = arena_format(owners->arena, "%smanifest.json", recipe->out);
        const char *last = "";
        if (usual) {
            manifest_read(batch, recipe->out, usual);
        }
        for (size_t i = 0; usual && i < batch->item_count; i++) {
            const struct plan *plan = batch->items[i].plan;
            for (size_t j = 0; plan && j < plan->emitted_count; j++) {
                const struct plan_emitted *emitted = &plan->emitted[j];
                if (emitted->recipe == recipe && emitted->emitter->takes_all &&
                    strcmp(emitted->path, usual) != 0 && strcmp(emitted->path, last) != 0) {
                    last = emitted->path;
                    manifest_read(batch, recipe->out, last);
                }
            }
        }
    }
    if (owners->told_count) {
        qsort(owners->told, owners->told_count, sizeof(*owners->told), path_compare);
    }
    owners->told_known = true;
}

static bool told_has(struct batch *batch, const char *path)
{
    struct owners *owners = batch->owners;
    if (!owners->told_known) {
        told_read(batch);
    }
    return owners->told_count &&
           bsearch(&path, owners->told, owners->told_count, sizeof(*owners->told), path_compare);
}

/* ---- Of one file -------------------------------------------------------------------------------
 */

/* Another process may have made it since this one began. */
static bool store_has(struct batch *batch, const char *path)
{
    struct arena *arena = batch->store ? arena_new() : NULL;
    struct store_sets sets = {0};
    struct error ignored = {0};
    bool found = false;
    if (arena && store_load(batch->store, folder_whole(batch->folder), arena, &sets, &ignored) ==
                     STATUS_OK) {
        for (size_t i = 0; i < sets.count && !found; i++) {
            for (size_t j = 0; j < sets.items[i].file_count && !found; j++) {
                found = strcmp(sets.items[i].files[j].path, path) == 0 &&
                        file_was_made(&sets.items[i], &sets.items[i].files[j]);
            }
        }
    }
    arena_free(arena);
    return found;
}

static bool file_is_ours(struct batch *batch, const char *path)
{
    pthread_mutex_lock(&batch->lock);
    bool ours = batch_owns(batch, path) || told_has(batch, path) || store_has(batch, path);
    pthread_mutex_unlock(&batch->lock);
    return ours;
}

const char *batch_keeps(struct batch *batch, const char *path)
{
    if (batch->request.overwrite == OVERWRITE_NEVER) {
        return "there is another file already, and --overwrite never keeps it";
    }
    if (batch->request.overwrite == OVERWRITE_ALWAYS || file_is_ours(batch, path)) {
        return NULL;
    }
    return "there is another file already, not made by picset; --overwrite always replaces it";
}

/* ---- Made from another source by an earlier run ------------------------------------------------
 */

static int key_compare(const void *left, const void *right)
{
    const struct batch_item *a = *(const struct batch_item *const *)left;
    const struct batch_item *b = *(const struct batch_item *const *)right;
    return strcmp(a->key, b->key);
}

struct takeover {
    struct batch *batch;
    struct batch_item **items; /* sorted by key */
};

/* Then it is settled already whose the path is. */
static bool set_is_of_this_run(const struct takeover *takeover, const struct store_set *set)
{
    const struct batch *batch = takeover->batch;
    const struct batch_item wanted = {.key = set->source}, *key = &wanted;
    struct batch_item *const *found =
        bsearch(&key, takeover->items, batch->item_count, sizeof(*takeover->items), key_compare);
    bool asked = false;
    for (size_t r = 0; r < batch->recipe_count; r++) {
        asked = asked || strcmp(batch->recipes[r]->name, set->recipe) == 0;
    }
    return found && asked && ((*found)->plan || (*found)->unchanged);
}

static bool owner_gives_way(const struct takeover *takeover, const struct batch_item *item,
                            const struct owner *owner)
{
    struct batch *batch = takeover->batch;
    struct file_facts facts = {0};
    struct error ignored = {0};
    const struct source *main = item->inputs[0].source;
    bool same_image =
        main && owner->set->input_count && hash_equal(owner->set->inputs[0].hash, main->hash);
    return same_image || batch->request.overwrite == OVERWRITE_ALWAYS ||
           source_is_gone(batch, owner->set) ||
           (file_look(batch->folder, owner->path, &facts, &ignored) == STATUS_OK && !facts.exists);
}

/* Its set goes when the new one is there. */
static enum status owner_drop(struct batch_item *item, const struct owner *owner,
                              struct error *error)
{
    for (size_t i = 0; i < item->superseded_count; i++) {
        if (item->superseded[i] == owner->set) {
            return STATUS_OK;
        }
    }
    const struct store_set **set =
        arena_push(item->arena, &item->superseded, &item->superseded_count,
                   &item->superseded_capacity, sizeof(*set));
    if (!set) {
        return error_memory(error);
    }
    *set = owner->set;
    return STATUS_OK;
}

static enum status path_take(struct takeover *takeover, struct batch_item *item, const char *path,
                             const struct hash *key, struct error *error)
{
    const struct owner *end = NULL;
    for (const struct owner *owner = owners_of(takeover->batch->owners, path, &end); owner != end;
         owner++) {
        const struct store_set *set = owner->set;
        if (!*set->source || !owner->file->facts.exists || strcmp(set->source, item->key) == 0 ||
            set_is_of_this_run(takeover, set)) {
            continue;
        }
        if (owner_gives_way(takeover, item, owner)) {
            if (owner_drop(item, owner, error) != STATUS_OK) {
                return error->status;
            }
        } else if (!key || !hash_equal(owner->file->key, *key)) {
            const char *other =
                set->input_count && *set->inputs[0].path ? set->inputs[0].path : set->source;
            error_set(&item->plan->refused, STATUS_REFUSED,
                      "'%.300s' is made from '%.300s' already; give --name, or another folder, or "
                      "--overwrite always",
                      path, other);
        }
    }
    return STATUS_OK;
}

static enum status item_take(struct takeover *takeover, struct batch_item *item,
                             struct error *error)
{
    const struct plan *plan = item->plan;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < plan->rendition_count && status == STATUS_OK; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->state == RENDITION_PLANNED && rendition->path) {
            status = path_take(takeover, item, rendition->path, &rendition->leaf->step.key, error);
        }
    }
    for (size_t i = 0; i < plan->emitted_count && status == STATUS_OK; i++) {
        if (!plan->emitted[i].emitter->gathers) {
            status = path_take(takeover, item, plan->emitted[i].path, NULL, error);
        }
    }
    return status;
}

enum status batch_take_over(struct batch *batch, struct error *error)
{
    struct takeover takeover = {.batch = batch};
    enum status status = STATUS_OK;
    takeover.items = arena_array(batch->arena, batch->item_count + 1, sizeof(*takeover.items));
    if (!takeover.items) {
        return error_memory(error);
    }
    for (size_t i = 0; i < batch->item_count; i++) {
        takeover.items[i] = &batch->items[i];
    }
    qsort(takeover.items, batch->item_count, sizeof(*takeover.items), key_compare);
    for (size_t i = 0; i < batch->item_count && status == STATUS_OK; i++) {
        struct batch_item *item = &batch->items[i];
        if (item->plan && item->plan->refused.status == STATUS_OK) {
            status = item_take(&takeover, item, error);
        }
    }
    return status;
}

enum status batch_supersede(const struct batch_item *item, struct error *error)
{
    struct batch *batch = item->batch;
    enum status status = STATUS_OK;
    pthread_mutex_lock(&batch->lock);
    for (size_t i = 0; batch->store && i < item->superseded_count && status == STATUS_OK; i++) {
        status = store_remove(batch->store, folder_whole(batch->folder),
                              item->superseded[i]->source, item->superseded[i]->recipe, error);
    }
    pthread_mutex_unlock(&batch->lock);
    return status;
}

void batch_manifests_read(struct batch *batch)
{
    if (batch->owners && !batch->owners->told_known) {
        told_read(batch);
    }
}

void batch_kept_tell(struct batch *batch, const struct error *kept)
{
    struct error note = {0};
    snprintf(note.message, sizeof(note.message), "%.200s: %.300s", kept->where, kept->message);
    batch_event_send(batch, (struct batch_event){.type = BATCH_NOTE, .error = &note});
}
