/* SPDX-License-Identifier: MIT
 * Images of a project that name each other: ids that are unique, references that lead somewhere, no
 * circle, and for each image how many must be made one after the other before it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_build.h"
#include "suggest.h"

struct ids { /* images that were given one, by id */
    struct project_build *build;
    const struct project_image **sorted;
    size_t count;
};

static int compare_ids(const void *a, const void *b)
{
    const struct project_image *one = *(const struct project_image *const *)a;
    const struct project_image *other = *(const struct project_image *const *)b;
    int order = strcmp(one->id, other->id);
    return order ? order : (one > other) - (one < other);
}

static enum status wrong(const struct project_build *build, const struct project_image *image,
                         const char *key)
{
    struct error *error = build->error;
    size_t length = strlen(error->message);
    (void)snprintf(error->message + length, sizeof(error->message) - length, "%s", image->label);
    return error_at(error, "%s/%s", image->place, key);
}

static enum status ids_collect(struct project_build *build, struct ids *ids)
{
    ids->build = build;
    ids->sorted = arena_array(build->arena, build->count + 1, sizeof(struct project_image *));
    if (!ids->sorted) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < build->count; i++) {
        if (build->images[i].id_given) {
            ids->sorted[ids->count++] = &build->images[i];
        }
    }
    if (ids->count > 0) {
        qsort(ids->sorted, ids->count, sizeof(*ids->sorted), compare_ids);
    }
    for (size_t i = 1; i < ids->count; i++) {
        const struct project_image *one = ids->sorted[i - 1], *other = ids->sorted[i];
        if (strcmp(one->id, other->id) == 0) {
            bool files = strcmp(one->place, other->place) == 0 && one->source &&
                         strcmp(one->label, other->label) == 0;
            error_set(build->error, STATUS_USAGE, "the id '%s' is that of %s%s%s already",
                      other->id, files ? "the file '" : "", files ? one->source : one->place,
                      files ? "'" : one->label);
            return wrong(build, other, "id");
        }
    }
    return STATUS_OK;
}

static const char *id_at(const void *data, size_t i)
{
    const struct ids *ids = data;
    return i < ids->count ? ids->sorted[i]->id : NULL;
}

static enum status reference_link(const struct ids *ids, const struct project_image *image,
                                  struct project_reference *reference)
{
    const struct project_build *build = ids->build;
    const struct project_image key = {.id = reference->id}, *pointer = &key;
    size_t low = 0, high = ids->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(ids->sorted[middle]->id, pointer->id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == ids->count || strcmp(ids->sorted[low]->id, reference->id) != 0) {
        struct buffer tail = {.limit = 4096};
        suggest(&tail, reference->id, id_at, ids);
        error_set(build->error, STATUS_USAGE, "no image has the id '%s'%s", reference->id,
                  buffer_string(&tail));
        buffer_free(&tail);
        return wrong(build, image, "references");
    }
    reference->image = (size_t)(ids->sorted[low] - build->images);
    if (ids->sorted[low]->source) { /* a photo of the project: it is there */
        reference->path = ids->sorted[low]->source;
        reference->id = NULL;
    }
    return STATUS_OK;
}

/* ---- Circles and levels: depth first, without recursion ------------------------------------- */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct visit {
    size_t image, next; /* the reference that is looked at next */
};

struct walk {
    struct project_build *build;
    enum mark *marks;
    struct visit *stack;
    size_t depth;
};

static enum status circle(const struct walk *walk, size_t image)
{
    struct buffer text = {.limit = 700};
    size_t first = walk->depth;
    while (first > 0 && walk->stack[first - 1].image != image) {
        first--;
    }
    for (size_t i = first > 0 ? first - 1 : 0; i < walk->depth; i++) {
        buffer_format(&text, "'%s', ", walk->build->images[walk->stack[i].image].id);
    }
    error_set(walk->build->error, STATUS_USAGE, "references lead in a circle: %s'%s'",
              buffer_string(&text), walk->build->images[image].id);
    buffer_free(&text);
    return wrong(walk->build, &walk->build->images[image], "references");
}

static enum status walk_from(struct walk *walk, size_t start)
{
    struct project_image *images = walk->build->images;
    walk->stack[walk->depth++] = (struct visit){start, 0};
    walk->marks[start] = MARK_OPEN;
    while (walk->depth > 0) {
        struct visit *visit = &walk->stack[walk->depth - 1];
        struct project_image *image = &images[visit->image];
        if (visit->next == image->reference_count) {
            walk->marks[visit->image] = MARK_DONE;
            walk->depth--;
            continue;
        }
        const struct project_reference *reference = &image->references[visit->next];
        if (!reference->id) {
            visit->next++;
        } else if (walk->marks[reference->image] == MARK_OPEN) {
            return circle(walk, reference->image);
        } else if (walk->marks[reference->image] == MARK_NEW) {
            walk->marks[reference->image] = MARK_OPEN;
            walk->stack[walk->depth++] = (struct visit){reference->image, 0};
        } else {
            size_t level = images[reference->image].level + 1;
            image->level = level > image->level ? level : image->level;
            visit->next++;
        }
    }
    return STATUS_OK;
}

enum status project_link(struct project_build *build)
{
    struct ids ids = {0};
    struct walk walk = {.build = build};
    if (ids_collect(build, &ids) != STATUS_OK) {
        return build->error->status;
    }
    for (size_t i = 0; i < build->count; i++) {
        const struct project_image *image = &build->images[i];
        struct project_reference *references =
            arena_array(build->arena, image->reference_count + 1, sizeof(*references));
        if (!references) {
            return error_memory(build->error);
        }
        for (size_t r = 0; r < image->reference_count; r++) {
            references[r] = image->references[r];
            if (references[r].id && reference_link(&ids, image, &references[r]) != STATUS_OK) {
                return build->error->status;
            }
        }
        build->images[i].references = references;
    }
    walk.marks = arena_array(build->arena, build->count + 1, sizeof(*walk.marks));
    walk.stack = arena_array(build->arena, build->count + 1, sizeof(*walk.stack));
    if (!walk.marks || !walk.stack) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < build->count; i++) {
        if (walk.marks[i] == MARK_NEW && walk_from(&walk, i) != STATUS_OK) {
            return build->error->status;
        }
    }
    return STATUS_OK;
}
