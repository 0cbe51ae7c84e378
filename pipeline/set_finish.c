/* SPDX-License-Identifier: MIT
 * The end of a set: files written under temporary names as they come, then placed together with
 * what is emitted for this image alone, then recorded. Before it: what last time's record makes
 * needless. */
#include "set_run.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "machine.h"
#include "memory.h"

/* ---- What was made last time -------------------------------------------------------------------
 */

static enum status record_load(struct set_run *set, size_t recipe, struct error *error)
{
    struct batch *batch = set->item->batch;
    const char *text = NULL;
    const struct value *value = NULL;
    pthread_mutex_lock(&batch->lock);
    enum status status = store_record(batch->store, folder_whole(batch->folder), set->item->key,
                                      set->plan->recipes[recipe]->name, set->arena, &text, error);
    pthread_mutex_unlock(&batch->lock);
    if (status == STATUS_OK && text) {
        status = json_parse(set->arena, text, strlen(text), &value, error);
    }
    if (status == STATUS_OK && value) {
        status = record_from_value(value, set->arena, &set->before[recipe], error);
    }
    return status;
}

static const struct store_file *file_find(const struct store_set *made, const char *path)
{
    for (size_t i = 0; i < made->file_count; i++) {
        if (strcmp(made->files[i].path, path) == 0) {
            return &made->files[i];
        }
    }
    return NULL;
}

static bool outcome_reuse(struct set_run *set, size_t i, const struct store_set *made,
                          const struct record_set *record)
{
    const struct plan_rendition *rendition = &set->plan->renditions[i];
    const struct record_rendition *before = set_record_find(record, rendition);
    struct file_facts facts = {0};
    struct error ignored = {0};
    if (!before || rendition->pack_head) {
        return false;
    }
    if (rendition->path) {
        const struct store_file *file = file_find(made, rendition->path);
        if (!file || file_look(set->item->batch->folder, rendition->path, &facts, &ignored) ||
            !file_facts_equal(&facts, &file->facts)) {
            return false;
        }
    }
    set->outcomes[i] = (struct outcome){.done = true,
                                        .reused = true,
                                        .facts = facts,
                                        .size = before->bytes,
                                        .hash = before->hash,
                                        .quality = before->quality,
                                        .before = before};
    return true;
}

static void placeholder_reuse(struct set_run *set, const struct record_set *record)
{
    if (record->colour_known) {
        memcpy(set->placeholder.colour, record->colour, sizeof(record->colour));
        snprintf(set->placeholder.thumbhash, sizeof(set->placeholder.thumbhash), "%s",
                 record->thumbhash ? record->thumbhash : "");
        snprintf(set->placeholder.blurhash, sizeof(set->placeholder.blurhash), "%s",
                 record->blurhash ? record->blurhash : "");
        set->placeholder_known = true;
    }
}

void set_reuse(struct set_run *set)
{
    struct batch *batch = set->item->batch;
    const struct plan *plan = set->plan;
    set->before = arena_array(set->arena, plan->recipe_count, sizeof(*set->before));
    if (!batch->store || !batch->folder || !set->before ||
        batch->request.overwrite == OVERWRITE_ALWAYS) {
        return;
    }
    for (size_t r = 0; r < plan->recipe_count; r++) {
        const struct store_set *made =
            store_find(&batch->sets, set->item->key, plan->recipes[r]->name);
        struct error ignored = {0}; /* a record that cannot be read only costs time */
        if (!made || record_load(set, r, &ignored) != STATUS_OK || !set->before[r].preset) {
            continue;
        }
        const struct source *main = plan->subject.inputs[0].source;
        if (hash_equal(set->before[r].source.hash, main->hash)) {
            placeholder_reuse(set, &set->before[r]);
        }
        for (size_t i = 0; i < plan->rendition_count; i++) {
            const struct plan_rendition *rendition = &plan->renditions[i];
            if (rendition->recipe == plan->recipes[r] && rendition->state == RENDITION_PLANNED) {
                outcome_reuse(set, i, made, &set->before[r]);
            }
        }
    }
}

/* ---- One file
 * ---------------------------------------------------------------------------------------- */

/* Without a state nobody remembers whether the file is what it should be: it is made. */
static bool makes_again(const struct batch *batch)
{
    const char *state = batch->request.state;
    return batch->request.overwrite == OVERWRITE_ALWAYS ||
           (batch->request.overwrite == OVERWRITE_CHANGED && state && !*state);
}

/* Writes the bytes under a temporary name, unless the file is there with the same ones. */
static enum status target_write(struct set_run *set, const char *path, const void *bytes,
                                size_t size, struct pending_file **pending,
                                struct file_facts *facts, struct error *error)
{
    struct batch *batch = set->item->batch;
    bool same = false;
    enum status status = file_look(batch->folder, path, facts, error);
    if (status == STATUS_OK && facts->exists) {
        if (batch_reads(batch, facts)) {
            return error_set(error, STATUS_REFUSED, "it would replace a source");
        }
        status = file_same(batch->folder, path, bytes, size, &same, error);
        const char *kept = status == STATUS_OK && !same ? batch_keeps(batch, path) : NULL;
        if (kept) {
            return error_set(error, STATUS_REFUSED, "%s", kept);
        }
    }
    if (status == STATUS_OK && (!same || makes_again(batch))) {
        status = file_write(batch->folder, path, bytes, size, pending, error);
    }
    return status;
}

static enum status outcome_store(struct set_run *set, size_t i, struct error *error)
{
    struct outcome *outcome = &set->outcomes[i];
    const struct plan_rendition *rendition = &set->plan->renditions[i];
    struct batch *batch = set->item->batch;
    enum status status = STATUS_OK;
    outcome->size = (int64_t)outcome->bytes.size;
    outcome->hash = hash_bytes(outcome->bytes.data, outcome->bytes.size);
    if (batch->folder && rendition->path) {
        status = target_write(set, rendition->path, outcome->bytes.data, outcome->bytes.size,
                              &outcome->pending, &outcome->facts, error);
        buffer_free(&outcome->bytes);
    }
    outcome->done = status == STATUS_OK;
    return status;
}

static enum status pack_join(struct set_run *set, const struct plan_rendition *head,
                             struct error *error)
{
    const struct plan *plan = set->plan;
    struct buffer *members = memory_zero(plan->rendition_count, sizeof(*members));
    const struct step **steps = memory_zero(plan->rendition_count, sizeof(*steps));
    size_t count = 0;
    struct buffer joint = {0};
    enum status status = members && steps ? STATUS_OK : error_memory(error);
    for (size_t i = 0; i < plan->rendition_count && status == STATUS_OK; i++) {
        if (plan->renditions[i].pack_head == head) {
            members[count] = set->outcomes[i].bytes;
            steps[count++] = &plan->renditions[i].leaf->step;
        }
    }
    if (status == STATUS_OK) {
        status = head->leaf->step.stage->pack(steps, members, count, &joint, error);
    }
    for (size_t i = 0; i < plan->rendition_count; i++) {
        if (plan->renditions[i].pack_head == head) {
            buffer_free(&set->outcomes[i].bytes);
            set->outcomes[i].done = true;
        }
    }
    size_t first = (size_t)(head - plan->renditions);
    set->outcomes[first].bytes = joint;
    memory_free(members);
    memory_free(steps);
    return status == STATUS_OK ? outcome_store(set, first, error) : status;
}

static bool pack_complete(struct set_run *set, size_t rendition)
{
    const struct plan *plan = set->plan;
    bool complete = true;
    pthread_mutex_lock(&set->lock);
    set->outcomes[rendition].done = true;
    for (size_t i = 0; i < plan->rendition_count; i++) {
        if (plan->renditions[i].pack_head == plan->renditions[rendition].pack_head) {
            complete = complete && set->outcomes[i].done;
        }
    }
    pthread_mutex_unlock(&set->lock);
    return complete;
}

enum status outcome_accept(struct set_run *set, size_t i, struct error *error)
{
    struct batch *batch = set->item->batch;
    const struct plan_rendition *rendition = &set->plan->renditions[i];
    enum status status = STATUS_OK;
    if (rendition->pack_head) {
        if (pack_complete(set, i)) {
            status = pack_join(set, rendition->pack_head, error);
        }
    } else {
        status = outcome_store(set, i, error);
    }
    if (status == STATUS_OK) {
        batch_event_send(batch, (struct batch_event){.type = BATCH_RENDITION,
                                                     .source = set->item->display,
                                                     .path = rendition->path,
                                                     .bytes = set->outcomes[i].size});
    }
    return status;
}

/* ---- All files
 * ---------------------------------------------------------------------------------------- */

struct finish { /* what is placed together */
    struct pending_file **pending;
    struct file_facts **facts; /* where each placed file's facts go */
    struct file_facts *placed;
    size_t count;
    struct buffer *emitted; /* by plan->emitted index; empty: gathered */
    struct file_facts *emitted_facts;
    struct record_set *records; /* by recipe */
};

static enum status finish_emit(struct set_run *set, struct finish *finish, struct error *error)
{
    const struct plan *plan = set->plan;
    for (size_t i = 0; i < plan->emitted_count; i++) {
        const struct plan_emitted *emitted = &plan->emitted[i];
        size_t recipe = 0;
        while (plan->recipes[recipe] != emitted->recipe) {
            recipe++;
        }
        const struct record_set *record = &finish->records[recipe];
        if (emitted->emitter->gathers) {
            continue;
        }
        enum status status =
            emitted_make(emitted, &record, 1, set->arena, &finish->emitted[i], error);
        struct pending_file *pending = NULL;
        if (status == STATUS_OK && set->item->batch->folder) {
            status =
                target_write(set, emitted->path, buffer_string(&finish->emitted[i]),
                             finish->emitted[i].size, &pending, &finish->emitted_facts[i], error);
        }
        if (status != STATUS_OK) {
            return error_at(error, "%s", emitted->path);
        }
        if (pending) {
            finish->pending[finish->count] = pending;
            finish->facts[finish->count++] = &finish->emitted_facts[i];
            set->bytes_written += (int64_t)finish->emitted[i].size;
        }
    }
    return STATUS_OK;
}

static enum status finish_place(struct set_run *set, struct finish *finish, struct error *error)
{
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        struct outcome *outcome = &set->outcomes[i];
        if (outcome->pending) {
            finish->pending[finish->count] = outcome->pending;
            finish->facts[finish->count++] = &outcome->facts;
            outcome->pending = NULL;
            set->bytes_written += outcome->size;
        }
    }
    enum status status = files_place(finish->pending, finish->count, finish->placed, error);
    for (size_t i = 0; i < finish->count && status == STATUS_OK; i++) {
        *finish->facts[i] = finish->placed[i];
    }
    set->files_written = status == STATUS_OK ? finish->count : 0;
    finish->count = 0;
    return status;
}

static enum status finish_deliver(struct set_run *set, const struct finish *finish,
                                  struct error *error)
{
    const struct batch_request *request = &set->item->batch->request;
    const struct plan *plan = set->plan;
    enum status status = STATUS_OK;
    pthread_mutex_lock(&set->item->batch->lock);
    for (size_t r = 0; r < plan->recipe_count; r++) {
        for (size_t i = 0, k = 0; i < plan->rendition_count && status == STATUS_OK; i++) {
            const struct plan_rendition *rendition = &plan->renditions[i];
            if (rendition->recipe != plan->recipes[r] || rendition->state != RENDITION_PLANNED ||
                set->outcomes[i].failed || !rendition->path ||
                (rendition->pack_head && rendition->pack_head != rendition)) {
                continue;
            }
            while (!finish->records[r].renditions[k].path ||
                   strcmp(finish->records[r].renditions[k].path,
                          rendition->path + strlen(rendition->recipe->out)) != 0) {
                k++;
            }
            status = request->deliver(
                request->data, plan->subject.name, &finish->records[r].renditions[k],
                rendition->path, set->outcomes[i].bytes.data, set->outcomes[i].bytes.size, error);
            set->files_written++;
            set->bytes_written += set->outcomes[i].size;
        }
    }
    for (size_t i = 0; i < plan->emitted_count && status == STATUS_OK; i++) {
        if (!plan->emitted[i].emitter->gathers) {
            status = request->deliver(request->data, plan->subject.name, NULL,
                                      plan->emitted[i].path, buffer_string(&finish->emitted[i]),
                                      finish->emitted[i].size, error);
        }
    }
    pthread_mutex_unlock(&set->item->batch->lock);
    return status;
}

/* ---- The store
 * --------------------------------------------------------------------------------------- */

static size_t files_list(struct set_run *set, const struct finish *finish,
                         const struct recipe *recipe, struct store_file *files)
{
    const struct plan *plan = set->plan;
    size_t count = 0;
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        const struct plan_rendition *real =
            rendition->state == RENDITION_SAME ? rendition->same_as : rendition;
        const struct outcome *outcome = &set->outcomes[real - plan->renditions];
        if (rendition->recipe != recipe || rendition->state == RENDITION_DROPPED ||
            !rendition->path || outcome->failed ||
            (rendition->pack_head && rendition->pack_head != rendition)) {
            continue;
        }
        files[count++] = (struct store_file){.path = rendition->path,
                                             .facts = outcome->facts,
                                             .hash = outcome->hash,
                                             .key = rendition->leaf->step.key};
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        if (plan->emitted[i].recipe == recipe) {
            files[count++] = (struct store_file){
                .path = plan->emitted[i].path, .facts = finish->emitted_facts[i], .emitted = true};
        }
    }
    return count;
}

static enum status recipe_store(struct set_run *set, const struct finish *finish, size_t r,
                                const char *record, struct error *error)
{
    struct batch_item *item = set->item;
    const struct plan *plan = set->plan;
    size_t input_count = plan->subject.input_count;
    struct store_input *inputs = arena_array(set->arena, input_count, sizeof(*inputs));
    struct store_file *files =
        arena_array(set->arena, plan->rendition_count + plan->emitted_count + 1, sizeof(*files));
    if (!inputs || !files) {
        return error_memory(error);
    }
    for (size_t i = 0; i < input_count; i++) {
        const struct subject_input *input = &plan->subject.inputs[i];
        inputs[i] = (struct store_input){
            .name = input->name,
            .path = input->path ? input->path : "",
            .identity = item->identities[i],
            .read_ns = item->read_ns[i],
            .hash =
                input->source ? input->source->hash : hash_mix_text((struct hash){0}, input->name)};
    }
    struct store_set made = {.source = item->key,
                             .recipe = plan->recipes[r]->name,
                             .request = set->soft ? (struct hash){0} : item->request,
                             .plan = plan->key,
                             .inputs = inputs,
                             .input_count = input_count,
                             .files = files,
                             .file_count = files_list(set, finish, plan->recipes[r], files),
                             .record = record};
    pthread_mutex_lock(&item->batch->lock);
    enum status status =
        store_put(item->batch->store, folder_whole(item->batch->folder), &made, error);
    pthread_mutex_unlock(&item->batch->lock);
    return status;
}

/* Files of last time's set that nothing of this plan makes. A set that is not whole keeps all. */
static enum status old_files_remove(struct set_run *set, const struct finish *finish, size_t r,
                                    struct error *error)
{
    struct batch *batch = set->item->batch;
    const struct plan *plan = set->plan;
    const struct store_set *made =
        batch->request.prune && !set->soft
            ? store_find(&batch->sets, set->item->key, plan->recipes[r]->name)
            : NULL;
    struct store_file *files =
        arena_array(set->arena, plan->rendition_count + plan->emitted_count + 1, sizeof(*files));
    if (!made || !files) {
        return files ? STATUS_OK : error_memory(error);
    }
    struct store_set now = {.files = files};
    for (size_t i = 0; i < plan->recipe_count; i++) {
        now.file_count += files_list(set, finish, plan->recipes[i], files + now.file_count);
    }
    for (size_t i = 0; i < made->file_count; i++) {
        const struct store_file *old = &made->files[i];
        bool removed = false;
        if (!old->facts.exists || file_find(&now, old->path)) {
            continue;
        }
        if (file_remove(batch->folder, old->path, &old->facts, &removed, error) != STATUS_OK) {
            return error->status;
        }
        pthread_mutex_lock(&batch->lock);
        batch->summary.pruned += removed;
        pthread_mutex_unlock(&batch->lock);
    }
    return STATUS_OK;
}

static enum status finish_record(struct set_run *set, struct finish *finish, struct error *error)
{
    struct batch_item *item = set->item;
    item->records = arena_array(item->arena, set->plan->recipe_count, sizeof(*item->records));
    if (!item->records) {
        return error_memory(error);
    }
    for (size_t r = 0; r < set->plan->recipe_count; r++) {
        struct buffer text = {0};
        const struct value *value = record_value(&finish->records[r], set->arena);
        if (value) {
            value_print(&text, value);
        }
        item->records[r] =
            value && !buffer_failed(&text) ? arena_text(item->arena, buffer_string(&text)) : NULL;
        buffer_free(&text);
        if (!item->records[r]) {
            return error_memory(error);
        }
        if (item->batch->folder && old_files_remove(set, finish, r, error) != STATUS_OK) {
            return error->status;
        }
        if (item->batch->store && item->batch->folder &&
            recipe_store(set, finish, r, item->records[r], error) != STATUS_OK) {
            return error->status;
        }
    }
    return batch_supersede(set->item, error);
}

/* ---- The end
 * ------------------------------------------------------------------------------------------ */

static enum status finish_all(struct set_run *set, struct finish *finish, struct error *error)
{
    const struct plan *plan = set->plan;
    size_t files = plan->rendition_count + plan->emitted_count + 1;
    finish->pending = arena_array(set->arena, files, sizeof(*finish->pending));
    finish->facts = arena_array(set->arena, files, sizeof(*finish->facts));
    finish->placed = arena_array(set->arena, files, sizeof(*finish->placed));
    finish->emitted = arena_array(set->arena, plan->emitted_count + 1, sizeof(*finish->emitted));
    finish->emitted_facts =
        arena_array(set->arena, plan->emitted_count + 1, sizeof(*finish->emitted_facts));
    finish->records = arena_array(set->arena, plan->recipe_count + 1, sizeof(*finish->records));
    if (!finish->pending || !finish->facts || !finish->placed || !finish->emitted ||
        !finish->emitted_facts || !finish->records) {
        return error_memory(error);
    }
    enum status status = STATUS_OK;
    for (size_t r = 0; r < plan->recipe_count && status == STATUS_OK; r++) {
        status = set_record(set, r, &finish->records[r], error);
    }
    if (status == STATUS_OK) {
        status = finish_emit(set, finish, error);
    }
    if (status == STATUS_OK) {
        status = set->item->batch->folder ? finish_place(set, finish, error)
                                          : finish_deliver(set, finish, error);
    }
    return status == STATUS_OK ? finish_record(set, finish, error) : status;
}

static void set_release(struct set_run *set, struct finish *finish)
{
    files_abandon(finish->pending, finish->count);
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        if (set->outcomes[i].pending) {
            files_abandon(&set->outcomes[i].pending, 1);
        }
        buffer_free(&set->outcomes[i].bytes);
    }
    for (size_t i = 0; finish->emitted && i < set->plan->emitted_count; i++) {
        buffer_free(&finish->emitted[i]);
    }
    for (size_t i = 0; i < set->plan->node_count; i++) {
        image_release(&set->nodes[i].image);
    }
    for (size_t i = 0; i < set->input_count; i++) {
        image_release(&set->inputs[i].image);
    }
    subject_close(set->item);
}

static void set_report(struct set_run *set)
{
    struct batch_item *item = set->item;
    struct batch *batch = item->batch;
    const struct facts *main = &set->plan->subject.inputs[0].facts;
    const struct error *failure = item_failure(item);
    struct batch_event event = {.type = BATCH_SET,
                                .source = item->display,
                                .status = failure ? failure->status : STATUS_OK,
                                .error = failure,
                                .unchanged = !failure && !set->files_written,
                                .files = set->files_written,
                                .bytes = set->bytes_written,
                                .seconds = machine_seconds() - set->started};
    pthread_mutex_lock(&batch->lock);
    struct batch_summary *summary = &batch->summary;
    item->unchanged = event.unchanged;
    summary->decodes += set->decoded;
    summary->files += set->files_written;
    summary->bytes_out += set->bytes_written;
    summary->pixels_in += (int64_t)main->width * main->height * main->frames;
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        const struct outcome *outcome = &set->outcomes[i];
        if (outcome->done && !outcome->reused) {
            const struct facts *facts = &set->plan->renditions[i].leaf->step.in;
            summary->renditions++;
            summary->pixels_out += (int64_t)facts->width * facts->height * facts->frames;
        }
    }
    pthread_mutex_unlock(&batch->lock);
    if (set->files_written > 0) {
        batch_warnings_tell(batch, item);
    }
    batch_event_send(batch, event);
}

static bool set_has_files(const struct set_run *set)
{
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        if (set->outcomes[i].done) {
            return true;
        }
    }
    return false;
}

void set_finish(struct set_run *set)
{
    struct batch_item *item = set->item;
    struct batch *batch = item->batch;
    struct finish finish = {0};
    struct error error = set->error;
    bool interrupted = batch_stopped(batch) && error.status == STATUS_OK && set->cancelled;
    if (error.status == STATUS_OK && !interrupted && !batch_stopped(batch)) {
        enum status status = finish_all(set, &finish, &error);
        if (status == STATUS_OK && set->soft) {
            error = *set->soft;
        }
    } else if (error.status == STATUS_OK) {
        error_set(&error, STATUS_INTERRUPTED, "interrupted");
    }
    pthread_mutex_lock(&batch->lock);
    *item_error(item) = error;
    item->partly = set->soft && item->records && set_has_files(set);
    batch->failed = batch->failed || error.status != STATUS_OK;
    pthread_mutex_unlock(&batch->lock);
    set_release(set, &finish);
    set_report(set);
    int64_t admitted = set->admitted;
    pthread_mutex_destroy(&set->lock);
    arena_free(set->arena);
    budget_give(&batch->budget, admitted);
}
