/* SPDX-License-Identifier: MIT
 * Paths over all images of a batch, before a pixel: same path and equal steps are made once, same
 * path and different steps refuse those images, and only emitters that gather may share a file. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct claim { /* one plan says that it will make one path */
    const char *path;
    size_t path_length; /* of the part that is compared: the whole path, or its stem */
    struct plan *plan;
    struct plan_rendition *rendition; /* NULL: an emitted file */
    const struct plan_emitted *emitted;
    size_t order;
};

struct claims {
    struct claim *items;
    size_t count, capacity;
};

static const char *plan_source(const struct plan *plan)
{
    const struct subject_input *main = &plan->subject.inputs[0];
    return main->path ? main->path : plan->subject.name;
}

static enum status claim_add(struct claims *claims, struct claim claim, struct error *error)
{
    if (claims->count == claims->capacity) {
        size_t capacity = claims->capacity ? 2 * claims->capacity : 256;
        struct claim *items = memory_resize(claims->items, capacity * sizeof(*items));
        if (!items) {
            return error_memory(error);
        }
        claims->items = items;
        claims->capacity = capacity;
    }
    claim.order = claims->count;
    claims->items[claims->count++] = claim;
    return STATUS_OK;
}

static int claim_compare(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    size_t shorter = a->path_length < b->path_length ? a->path_length : b->path_length;
    int order = memcmp(a->path, b->path, shorter);
    if (order == 0 && a->path_length != b->path_length) {
        order = a->path_length < b->path_length ? -1 : 1;
    }
    return order ? order : a->order < b->order ? -1 : 1;
}

static bool claim_same_path(const struct claim *a, const struct claim *b)
{
    return a->path_length == b->path_length && memcmp(a->path, b->path, a->path_length) == 0;
}

/* Why `claim` cannot be made: `other` makes the same path. */
static void claim_refuse(const struct claim *claim, const struct claim *other)
{
    const char *path = claim->path;
    bool emitted = !claim->rendition || !other->rendition;
    if (claim->plan != other->plan) {
        error_set(&claim->plan->refused, STATUS_REFUSED,
                  "makes '%s', and so does another image, '%s'; rename one, or put '${dir}' or "
                  "'%s' into 'path'",
                  path, plan_source(other->plan), emitted ? "${name}" : "${hash:8}");
    } else if (emitted) {
        error_set(&claim->plan->refused, STATUS_REFUSED,
                  "'%s' is made twice, and an emitted file is one of the two; their 'path' must "
                  "differ",
                  path);
    } else {
        error_set(&claim->plan->refused, STATUS_REFUSED,
                  "two outputs make '%s' with different steps; their 'path' must differ", path);
    }
}

static bool pack_members(const struct claim *a, const struct claim *b)
{
    return a->rendition && b->rendition && a->plan == b->plan &&
           a->rendition->leaf->step.stage->kind == STAGE_PACK &&
           b->rendition->leaf->step.stage->kind == STAGE_PACK &&
           a->rendition->recipe == b->rendition->recipe &&
           a->rendition->line->output_index == b->rendition->line->output_index;
}

static bool claims_agree(const struct claim *a, const struct claim *b)
{
    if (a->rendition && b->rendition) {
        return pack_members(a, b) ||
               hash_equal(a->rendition->leaf->step.key, b->rendition->leaf->step.key);
    }
    return a->emitted && b->emitted && a->emitted->emitter == b->emitted->emitter &&
           a->emitted->emitter->gathers &&
           (a->plan == b->plan || !a->emitted->emitter->one_image) &&
           strcmp(a->emitted->recipe->out, b->emitted->recipe->out) == 0;
}

/* The claims of one path, first to last. */
static void group_settle(struct claim *group, size_t count)
{
    const struct claim *other = NULL;
    for (size_t i = 1; i < count && !other; i++) {
        other = claims_agree(&group[0], &group[i]) ? NULL : &group[i];
    }
    for (size_t i = 0; i < count; i++) {
        struct plan_rendition *rendition = group[i].rendition;
        if (other) {
            claim_refuse(&group[i], i == 0 ? other : &group[0]);
        } else if (rendition && rendition->leaf->step.stage->kind == STAGE_PACK) {
            rendition->pack_head = group[0].rendition;
        } else if (rendition && i > 0 && group[i].plan == group[0].plan) {
            rendition->state = RENDITION_SAME;
            rendition->same_as = group[0].rendition;
            rendition->reason = "made once for several outputs";
        }
    }
}

static void claims_settle(struct claims *claims)
{
    if (claims->count) {
        qsort(claims->items, claims->count, sizeof(*claims->items), claim_compare);
    }
    for (size_t first = 0; first < claims->count;) {
        size_t last = first + 1;
        while (last < claims->count &&
               claim_same_path(&claims->items[first], &claims->items[last])) {
            last++;
        }
        group_settle(&claims->items[first], last - first);
        first = last;
    }
}

/* Android compiles x.png and x.webp of one folder to one resource name, and refuses to. */
static void stems_settle(struct claims *claims)
{
    if (claims->count) {
        qsort(claims->items, claims->count, sizeof(*claims->items), claim_compare);
    }
    for (size_t i = 1; i < claims->count; i++) {
        struct claim *a = &claims->items[i - 1], *b = &claims->items[i];
        if (claim_same_path(a, b) && strcmp(a->path, b->path) != 0) {
            struct plan *plans[] = {a->plan, b->plan};
            for (size_t p = 0; p < 2; p++) {
                error_set(&plans[p]->refused, STATUS_REFUSED,
                          "makes '%s' and '%s': Android takes one extension per name and folder",
                          a->path, b->path);
            }
        }
    }
}

/* A path, and under Android's rule what is left of it without its extension (".9.png" is one). */
static enum status claim_both(struct claims *paths, struct claims *stems, struct claim claim,
                              enum names_rule rule, struct error *error)
{
    enum status status = claim_add(paths, claim, error);
    const char *slash = strrchr(claim.path, '/'), *file = slash ? slash + 1 : claim.path;
    const char *dot = strchr(file, '.');
    if (status == STATUS_OK && rule == NAMES_ANDROID && dot && dot > file) {
        claim.path_length = (size_t)(dot - claim.path);
        status = claim_add(stems, claim, error);
    }
    return status;
}

static enum status claims_collect(struct plan *plan, struct claims *paths, struct claims *stems,
                                  struct error *error)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->state != RENDITION_PLANNED || !rendition->path) {
            continue;
        }
        struct claim claim = {.path = rendition->path,
                              .path_length = strlen(rendition->path),
                              .plan = plan,
                              .rendition = rendition};
        if (claim_both(paths, stems, claim, rendition->line->names, error) != STATUS_OK) {
            return error->status;
        }
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        struct claim claim = {.path = plan->emitted[i].path,
                              .path_length = strlen(plan->emitted[i].path),
                              .plan = plan,
                              .emitted = &plan->emitted[i]};
        if (claim_both(paths, stems, claim, plan->emitted[i].line->names, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

enum status plans_settle(struct plan *const *plans, size_t count, struct error *error)
{
    struct claims paths = {0}, stems = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (plans[i]) {
            status = claims_collect(plans[i], &paths, &stems, error);
        }
    }
    if (status == STATUS_OK) {
        claims_settle(&paths);
        stems_settle(&stems);
    }
    memory_free(paths.items);
    memory_free(stems.items);
    return status;
}
