/* SPDX-License-Identifier: MIT
 * What a run is about to make where nothing lies, noted before it begins: after a kill between a
 * file's final name and its record the next run knows it for ours. A set without a source, under a
 * name that no preset can have; gone when the run ends. */
#include "batch_state.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static const char PREFIX[] = ".making-"; /* then the process and when it began */

bool intent_is(const struct store_set *set)
{
    return !*set->source && text_starts(set->recipe, PREFIX);
}

static bool maker_is_gone(const struct store_set *intent)
{
    long pid = strtol(intent->recipe + strlen(PREFIX), NULL, 10);
    return pid <= 0 || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

/* Is some file there that only the intent knows? */
static bool intent_is_needed(const struct batch *batch, const struct store_set *intent)
{
    for (size_t i = 0; i < intent->file_count; i++) {
        struct file_facts facts = {0};
        struct error ignored = {0};
        if (file_look(batch->folder, intent->files[i].path, &facts, &ignored) == STATUS_OK &&
            facts.exists && !batch_recorded(batch, intent->files[i].path)) {
            return true;
        }
    }
    return false;
}

static enum status old_intents_remove(struct batch *batch, struct error *error)
{
    for (size_t i = 0; i < batch->sets.count && !*batch->sets.items[i].source; i++) {
        const struct store_set *set = &batch->sets.items[i];
        if (intent_is(set) && maker_is_gone(set) && !intent_is_needed(batch, set) &&
            store_remove(batch->store, folder_whole(batch->folder), "", set->recipe, error) !=
                STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

struct intent {
    struct batch *batch;
    struct arena *arena;
    struct store_file *files;
    size_t count, capacity;
};

static enum status file_intend(struct intent *intent, const char *path, struct error *error)
{
    struct file_facts facts = {0};
    struct error ignored = {0};
    if (!path || batch_owns(intent->batch, path) ||
        file_look(intent->batch->folder, path, &facts, &ignored) != STATUS_OK || facts.exists) {
        return STATUS_OK;
    }
    struct store_file *slot =
        arena_push(intent->arena, &intent->files, &intent->count, &intent->capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = (struct store_file){.path = path};
    return STATUS_OK;
}

static enum status plan_intend(struct intent *intent, const struct plan *plan, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < plan->rendition_count && status == STATUS_OK; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        bool made = rendition->state == RENDITION_PLANNED &&
                    (!rendition->pack_head || rendition->pack_head == rendition);
        status = made ? file_intend(intent, rendition->path, error) : STATUS_OK;
    }
    for (size_t i = 0; i < plan->emitted_count && status == STATUS_OK; i++) {
        status = file_intend(intent, plan->emitted[i].path, error);
    }
    return status;
}

enum status batch_intend(struct batch *batch, struct error *error)
{
    struct intent intent = {.batch = batch, .arena = arena_new()};
    if (!batch->store || !batch->folder || !batch->owners) {
        arena_free(intent.arena);
        return STATUS_OK;
    }
    enum status status = intent.arena ? old_intents_remove(batch, error) : error_memory(error);
    for (size_t i = 0; i < batch->item_count && status == STATUS_OK; i++) {
        const struct plan *plan = batch->items[i].plan;
        if (plan && plan->refused.status == STATUS_OK) {
            status = plan_intend(&intent, plan, error);
        }
    }
    if (status == STATUS_OK && intent.count) {
        batch->intent = arena_format(batch->arena, "%s%ld-%lld", PREFIX, (long)getpid(),
                                     (long long)store_clock());
        const struct store_set set = {.source = "",
                                      .recipe = batch->intent,
                                      .files = intent.files,
                                      .file_count = intent.count,
                                      .record = "{}"};
        status = batch->intent ? store_put(batch->store, folder_whole(batch->folder), &set, error)
                               : error_memory(error);
    }
    arena_free(intent.arena);
    return status;
}

enum status batch_intent_end(struct batch *batch, struct error *error)
{
    return batch->intent
               ? store_remove(batch->store, folder_whole(batch->folder), "", batch->intent, error)
               : STATUS_OK;
}
