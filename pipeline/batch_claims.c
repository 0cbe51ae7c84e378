/* SPDX-License-Identifier: MIT
 * Which files the batches of one run make. Within a batch paths are settled over all its plans; a
 * later batch must not write over what an earlier one has made. One batch plans at a time. */
#include "batch_state.h"

#include <string.h>

#include "memory.h"

struct claim {
    struct hash path;  /* whole */
    struct hash key;   /* of the steps that make it */
    const char *maker; /* NULL: a free slot */
    bool gathered;     /* many sets share it */
};

struct batch_claims {
    struct arena *arena;
    struct claim *slots; /* open addressing; the capacity is a power of two */
    size_t count, capacity;
};

enum { CAPACITY_FIRST = 256 };

enum status batch_claims_new(struct batch_claims **out, struct error *error)
{
    struct batch_claims *claims = memory_zero(1, sizeof(*claims));
    if (claims) {
        claims->arena = arena_new();
        claims->slots = memory_zero(CAPACITY_FIRST, sizeof(*claims->slots));
        claims->capacity = CAPACITY_FIRST;
    }
    if (!claims || !claims->arena || !claims->slots) {
        batch_claims_free(claims);
        return error_memory(error);
    }
    *out = claims;
    return STATUS_OK;
}

void batch_claims_free(struct batch_claims *claims)
{
    if (claims) {
        arena_free(claims->arena);
        memory_free(claims->slots);
        memory_free(claims);
    }
}

static struct claim *slot_of(struct claim *slots, size_t capacity, struct hash path)
{
    size_t i = (size_t)path.low & (capacity - 1);
    while (slots[i].maker && !hash_equal(slots[i].path, path)) {
        i = (i + 1) & (capacity - 1);
    }
    return &slots[i];
}

static bool claims_grow(struct batch_claims *claims)
{
    size_t capacity = 2 * claims->capacity;
    struct claim *slots = memory_zero(capacity, sizeof(*slots));
    for (size_t i = 0; slots && i < claims->capacity; i++) {
        if (claims->slots[i].maker) {
            *slot_of(slots, capacity, claims->slots[i].path) = claims->slots[i];
        }
    }
    if (slots) {
        memory_free(claims->slots);
        claims->slots = slots;
        claims->capacity = capacity;
    }
    return slots != NULL;
}

/* ---- One file ----------------------------------------------------------------------------- */

struct file { /* what a plan makes */
    const char *path;
    struct hash key;
    const char *preset;
    bool gathered;
};

/* The i-th file of a plan; false after the last. */
static bool file_at(const struct plan *plan, size_t i, struct file *out)
{
    *out = (struct file){0};
    if (i < plan->rendition_count) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        bool made = rendition->state == RENDITION_PLANNED &&
                    (!rendition->pack_head || rendition->pack_head == rendition);
        out->path = made ? rendition->path : NULL;
        out->key = made ? rendition->leaf->step.key : (struct hash){0};
        out->preset = rendition->recipe->name;
        return true;
    }
    i -= plan->rendition_count;
    if (i < plan->emitted_count) {
        out->path = plan->emitted[i].path;
        out->key = plan->key;
        out->preset = plan->emitted[i].recipe->name;
        out->gathered = plan->emitted[i].emitter->gathers;
        return true;
    }
    return false;
}

static struct claim *claim_of(const struct batch *batch, const char *path, struct hash *whole)
{
    struct batch_claims *claims = batch->request.claims;
    const char *root = folder_whole(batch->folder);
    struct hash hash = {0};
    /* as one text: "o" with "a/x.png" and "o/a" with "x.png" are one file */
    char *text = memory_alloc(strlen(root) + strlen(path) + 2);
    if (!text) {
        return NULL;
    }
    size_t size = strlen(root);
    memcpy(text, root, size);
    text[size++] = '/';
    memcpy(text + size, path, strlen(path));
    hash = hash_bytes(text, size + strlen(path));
    memory_free(text);
    *whole = hash;
    return slot_of(claims->slots, claims->capacity, hash);
}

static enum status file_claim(const struct batch *batch, const struct file *file, const char *maker,
                              struct error *error)
{
    struct batch_claims *claims = batch->request.claims;
    struct hash path;
    if (2 * claims->count >= claims->capacity && !claims_grow(claims)) {
        return error_memory(error);
    }
    struct claim *claim = claim_of(batch, file->path, &path);
    const char *name = claim && !claim->maker
                           ? arena_format(claims->arena, "preset '%s' of '%s'", file->preset, maker)
                           : "";
    if (!claim || !name) {
        return error_memory(error);
    }
    if (!claim->maker) {
        *claim = (struct claim){path, file->key, name, file->gathered};
        claims->count++;
    }
    return STATUS_OK;
}

/* ---- All of a batch ----------------------------------------------------------------------- */

static enum status plan_check(const struct batch *batch, struct plan *plan, struct error *error)
{
    struct file file;
    for (size_t i = 0; file_at(plan, i, &file); i++) {
        struct hash path;
        const struct claim *claim = file.path ? claim_of(batch, file.path, &path) : NULL;
        if (file.path && !claim) {
            return error_memory(error);
        }
        bool same = claim && (claim->gathered == file.gathered) &&
                    (file.gathered || hash_equal(claim->key, file.key));
        if (claim && claim->maker && !same) {
            error_set(&plan->refused, STATUS_REFUSED,
                      "preset '%s' makes '%s', and so does %s; their 'out' or names must differ",
                      file.preset, file.path, claim->maker);
        }
    }
    return STATUS_OK;
}

static enum status plan_claim(const struct batch *batch, const struct plan *plan, const char *maker,
                              struct error *error)
{
    struct file file;
    for (size_t i = 0; file_at(plan, i, &file); i++) {
        if (file.path && file_claim(batch, &file, maker, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

static enum status unchanged_claim(const struct batch *batch, const struct batch_item *item,
                                   struct error *error)
{
    for (size_t r = 0; r < batch->recipe_count; r++) {
        const struct store_set *set = store_find(&batch->sets, item->key, batch->recipes[r]->name);
        for (size_t i = 0; set && i < set->file_count; i++) {
            const struct store_file *made = &set->files[i];
            const struct file file = {made->path, made->key, set->recipe, made->emitted};
            if (made->facts.exists && file_claim(batch, &file, item->display, error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    return STATUS_OK;
}

enum status batch_claim(struct batch *batch, struct error *error)
{
    enum status status = STATUS_OK;
    if (!batch->request.claims || !batch->folder) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < batch->item_count && status == STATUS_OK; i++) {
        struct plan *plan = batch->items[i].plan;
        status =
            plan && plan->refused.status == STATUS_OK ? plan_check(batch, plan, error) : STATUS_OK;
    }
    for (size_t i = 0; i < batch->item_count && status == STATUS_OK; i++) {
        const struct batch_item *item = &batch->items[i];
        if (item->unchanged) {
            status = unchanged_claim(batch, item, error);
        } else if (item->plan && item->plan->refused.status == STATUS_OK) {
            status = plan_claim(batch, item->plan, item->display, error);
        }
    }
    return status;
}
