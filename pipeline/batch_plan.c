/* SPDX-License-Identifier: MIT
 * Planning all images: each on its own thread, the unchanged found by a cheap look (size, time and
 * inode first, content when they differ), then paths settled over all. */
#include "batch_state.h"

#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "memory.h"

/* ---- Is there anything to do? ------------------------------------------------------------------
 */

static struct hash request_hash(const struct batch_item *item, const struct hash *inputs,
                                size_t count)
{
    const struct batch_image *image = item->image;
    struct hash hash = item->batch->base;
    hash = hash_mix_text(hash, image->name);
    hash = hash_mix_text(hash, image->dir);
    hash = hash_mix_text(hash, image->alt);
    const double focus[] = {image->focus_given, image->focus_x, image->focus_y};
    hash = hash_mix(hash, focus, sizeof(focus));
    if (image->xmp) {
        hash = hash_mix_text(hash, image->xmp);
    }
    if (image->generation) {
        hash = value_mix(hash, image->generation);
    }
    for (size_t i = 0; image->inputs && i < image->inputs->object.count; i++) {
        const struct member *member = &image->inputs->object.members[i];
        hash = hash_mix_text(hash, member->key);
        if (member->value->type == VALUE_TEXT && member->value->text[0] == '#') {
            hash = hash_mix_text(hash, member->value->text);
        }
    }
    return hash_mix(hash, inputs, count * sizeof(*inputs));
}

/* Another image's set, a copy or a checkout may have put the same bytes there. */
static bool file_is_same(const struct batch *batch, const struct store_file *file,
                         const struct file_facts *facts)
{
    struct hash hash;
    return facts->regular && facts->size == file->facts.size &&
           file_hash(batch->folder, file->path, &hash) && hash_equal(hash, file->hash);
}

static bool files_stand(const struct batch *batch, const struct store_set *made,
                        struct looker *looker)
{
    struct error ignored = {0};
    bool stand = true;
    for (size_t i = 0; i < made->file_count && stand; i++) {
        const struct store_file *file = &made->files[i];
        struct file_facts facts;
        stand = !file->facts.exists ||
                (looker_look(looker, file->path, &facts, &ignored) == STATUS_OK &&
                 (file_facts_equal(&facts, &file->facts) || file_is_same(batch, file, &facts)));
    }
    return stand;
}

/* Every recipe's set was made from exactly this request, and its files stand. */
static bool sets_stand(const struct batch_item *item, struct hash request, struct looker *looker)
{
    const struct batch *batch = item->batch;
    for (size_t r = 0; r < batch->recipe_count; r++) {
        const struct store_set *made = store_find(&batch->sets, item->key, batch->recipes[r]->name);
        if (!made || !hash_equal(made->request, request) || !files_stand(batch, made, looker)) {
            return false;
        }
    }
    return true;
}

static bool may_skip(const struct batch *batch)
{
    return batch->store && batch->folder && !batch->request.plan_only &&
           batch->request.overwrite != OVERWRITE_ALWAYS;
}

/* Without reading a byte: the inputs' identities are those of the last run. */
static bool unchanged_by_identity(const struct batch_item *item, struct looker *looker)
{
    const struct batch *batch = item->batch;
    const struct store_set *made =
        may_skip(batch) ? store_find(&batch->sets, item->key, batch->recipes[0]->name) : NULL;
    struct hash inputs[64];
    if (!made || made->input_count == 0 || made->input_count > sizeof(inputs) / sizeof(inputs[0]) ||
        item->image->bytes) {
        return false;
    }
    for (size_t i = 0; i < made->input_count; i++) {
        const struct store_input *input = &made->inputs[i];
        if (*input->path) {
            bool seen = i == 0 && store_identity_known(&item->seen);
            struct store_identity now = seen ? item->seen : subject_identity(input->path);
            if (!store_identity_known(&now) || !store_identity_equal(&now, &input->identity)) {
                return false;
            }
        }
        inputs[i] = input->hash;
    }
    return sets_stand(item, request_hash(item, inputs, made->input_count), looker);
}

static enum status item_request(struct batch_item *item, struct error *error)
{
    size_t count = item->subject.input_count;
    struct hash *inputs = arena_array(item->arena, count, sizeof(*inputs));
    if (!inputs) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const struct subject_input *input = &item->inputs[i];
        inputs[i] =
            input->source ? input->source->hash : hash_mix_text((struct hash){0}, input->name);
    }
    item->request = request_hash(item, inputs, count);
    return STATUS_OK;
}

/* ---- One image ---------------------------------------------------------------------------------
 */

static void item_keep_or_drop(struct batch_item *item)
{
    struct batch *batch = item->batch;
    int64_t size = 0;
    for (size_t i = 0; i < item->subject.input_count; i++) {
        size += item->inputs[i].source ? (int64_t)item->sources[i].size : 0;
    }
    pthread_mutex_lock(&batch->lock);
    bool keep = batch->kept_bytes + size <= batch->kept_limit;
    batch->kept_bytes += keep ? size : 0;
    batch->summary.bytes_in += size;
    pthread_mutex_unlock(&batch->lock);
    if (!keep) {
        subject_drop(item);
    }
}

static void item_prepare(struct batch_item *item, struct looker *looker, struct error *error)
{
    if (unchanged_by_identity(item, looker)) {
        item->unchanged = true;
        return;
    }
    enum status status = subject_open(item, error);
    if (status == STATUS_OK) {
        status = item_request(item, error);
    }
    if (status == STATUS_OK && may_skip(item->batch) && sets_stand(item, item->request, looker)) {
        item->unchanged = true;
        subject_close(item);
        return;
    }
    if (status == STATUS_OK) {
        status = item_plan(item, error);
    }
    if (status == STATUS_OK) {
        item_keep_or_drop(item);
    } else {
        subject_close(item);
    }
}

static void item_plan_measured(struct batch_item *item, struct looker *looker)
{
    struct batch_part since = part_now(item->batch);
    struct batch_task measured = {.image = (size_t)(item - item->batch->items),
                                  .node = BATCH_NO_TASK,
                                  .after = BATCH_NO_TASK,
                                  .submitted = item->batch->started,
                                  .started = since.wall};
    if (!batch_stopped(item->batch)) {
        item_prepare(item, looker, item_error(item));
    }
    task_part(&measured, "plan", &since);
    task_end(item->batch, &measured);
    batch_event_send(item->batch,
                     (struct batch_event){.type = BATCH_PLANNED, .source = item->display});
}

/* Some images in a row: to look whether one has changed takes less than to hand it out. */
struct chunk {
    struct pool_task task;
    struct batch *batch;
    size_t first, count;
};

enum { CHUNKS_PER_THREAD = 32, CHUNK_MAX = 32 };

static void chunk_task(struct pool_task *task)
{
    struct chunk *chunk = (struct chunk *)task;
    struct batch *batch = chunk->batch;
    struct looker looker = {.folder = batch->folder};
    for (size_t i = 0; i < chunk->count; i++) {
        item_plan_measured(&batch->items[chunk->first + i], &looker);
    }
    looker_end(&looker);
    pthread_mutex_lock(&batch->lock);
    if (--batch->chunks == 0) {
        pthread_cond_signal(&batch->planned_more);
    }
    pthread_mutex_unlock(&batch->lock);
}

static enum status chunks_run(struct batch *batch, struct error *error)
{
    const size_t threads = (size_t)batch->jobs;
    const size_t fair = batch->item_count / (CHUNKS_PER_THREAD * threads);
    const size_t size = fair < 1 ? 1 : fair > CHUNK_MAX ? CHUNK_MAX : fair;
    const size_t count = (batch->item_count + size - 1) / size;
    struct chunk *chunks = arena_array(batch->arena, count, sizeof(*chunks));
    if (!chunks) {
        return error_memory(error);
    }
    batch->chunks = count;
    for (size_t i = 0; i < count; i++) {
        const size_t first = i * size, left = batch->item_count - first;
        chunks[i] = (struct chunk){
            .batch = batch,
            .task = {.run = chunk_task, .urgency = (double)(count - i)}, /* in order */
            .first = first,
            .count = left < size ? left : size};
        pool_submit(batch->pool, &chunks[i].task);
    }
    pthread_mutex_lock(&batch->lock);
    while (batch->chunks > 0) {
        pthread_cond_wait(&batch->planned_more, &batch->lock);
    }
    pthread_mutex_unlock(&batch->lock);
    return STATUS_OK;
}

/* ---- All images --------------------------------------------------------------------------------
 */

static int path_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t unchanged_paths(const struct batch *batch, const char **paths)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->item_count; i++) {
        for (size_t r = 0; batch->items[i].unchanged && r < batch->recipe_count; r++) {
            const struct store_set *made =
                store_find(&batch->sets, batch->items[i].key, batch->recipes[r]->name);
            for (size_t j = 0; j < made->file_count; j++) {
                if (made->files[j].facts.exists && paths) {
                    paths[count] = made->files[j].path;
                }
                count += made->files[j].facts.exists;
            }
        }
    }
    return count;
}

static bool plan_meets(const struct plan *plan, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const char *path = plan->renditions[i].path;
        if (path && bsearch(&path, paths, count, sizeof(*paths), path_compare)) {
            return true;
        }
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        const char *path = plan->emitted[i].path;
        if (bsearch(&path, paths, count, sizeof(*paths), path_compare)) {
            return true;
        }
    }
    return false;
}

/* Would a new image make a file of an unchanged one? Then the unchanged ones must be planned, too,
 * so that both are refused. */
static bool unchanged_are_met(const struct batch *batch, struct error *error)
{
    size_t count = unchanged_paths(batch, NULL);
    const char **paths = memory_alloc(count * sizeof(*paths));
    bool met = false;
    if (!paths) {
        error_memory(error);
        return false;
    }
    unchanged_paths(batch, paths);
    if (count) {
        qsort(paths, count, sizeof(*paths), path_compare);
    }
    for (size_t i = 0; i < batch->item_count && count && !met; i++) {
        met = batch->items[i].plan && plan_meets(batch->items[i].plan, paths, count);
    }
    memory_free(paths);
    return met;
}

static enum status plan_unchanged(struct batch_item *item)
{
    item->unchanged = false;
    struct error *error = item_error(item);
    enum status status = subject_open(item, error);
    if (status == STATUS_OK) {
        status = item_request(item, error);
    }
    if (status == STATUS_OK) {
        status = item_plan(item, error);
    }
    item_keep_or_drop(item);
    return status;
}

/* What is pruned must go from shared files, too. */
static bool shared_stand(const struct batch *batch)
{
    if (batch->request.prune && prune_finds(batch)) {
        return false;
    }
    for (size_t r = 0; r < batch->recipe_count; r++) {
        if (!gathered_current(batch, batch->recipes[r])) {
            return false;
        }
    }
    return true;
}

static enum status items_settle(struct batch *batch, struct error *error)
{
    struct plan **plans = memory_zero(batch->item_count, sizeof(struct plan *));
    if (!plans) {
        return error_memory(error);
    }
    bool planned = false;
    bool changed = false;
    for (size_t i = 0; i < batch->item_count; i++) {
        plans[i] = batch->items[i].plan;
        planned = planned || plans[i];
        changed = changed || !batch->items[i].unchanged;
    }
    enum status status = plans_settle(plans, batch->item_count, error);
    if (status == STATUS_OK && changed && batch->folder && !batch->request.plan_only) {
        status = batch_list_sources(batch, error);
    }
    if (status == STATUS_OK && planned && batch->folder) {
        status = batch_owners_list(batch, error);
    }
    if (status == STATUS_OK && planned && batch->folder) {
        status = batch_take_over(batch, error);
    }
    status = status == STATUS_OK ? batch_claim(batch, error) : status;
    for (size_t i = 0; i < batch->item_count && status == STATUS_OK; i++) {
        for (size_t j = 0; plans[i] && j < plans[i]->rendition_count; j++) {
            batch->renditions_total += plans[i]->refused.status == STATUS_OK &&
                                       plans[i]->renditions[j].state == RENDITION_PLANNED;
        }
    }
    memory_free(plans);
    if (status == STATUS_OK) {
        batch_names_look(batch);
    }
    return status;
}

enum status batch_plan_items(struct batch *batch, struct error *error)
{
    if (chunks_run(batch, error) != STATUS_OK) {
        return error->status;
    }
    bool again = may_skip(batch) && (!shared_stand(batch) || unchanged_are_met(batch, error));
    for (size_t i = 0; again && i < batch->item_count && !batch_stopped(batch); i++) {
        if (batch->items[i].unchanged && plan_unchanged(&batch->items[i]) != STATUS_OK) {
            subject_close(&batch->items[i]);
        }
    }
    return error->status == STATUS_OK ? items_settle(batch, error) : error->status;
}
