/* SPDX-License-Identifier: MIT
 * What a stage may ask for while pixels flow: a second image, and what was found out before. */
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "set_run.h"

static const struct subject_input *set_input(const struct set_run *set, const char *name)
{
    for (size_t i = 0; i < set->plan->subject.input_count; i++) {
        if (strcmp(set->plan->subject.inputs[i].name, name) == 0) {
            return &set->plan->subject.inputs[i];
        }
    }
    return NULL;
}

/* A second image is decoded at most once per set; the lock is held meanwhile, others would wait for
 * the same pixels. */
VipsImage *flow_input(const struct flow *flow, const char *name, struct error *error)
{
    struct set_run *set = ((struct node_run *)flow->engine)->set;
    const struct subject_input *input = set_input(set, name);
    VipsImage *image = NULL;
    if (!input) {
        error_set(error, STATUS_USAGE, "input '%s' is not given; add --input %s=FILE", name, name);
        return NULL;
    }
    pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < set->input_count; i++) {
        if (strcmp(set->inputs[i].name, name) == 0) {
            image = set->inputs[i].image;
        }
    }
    if (!image && set->input_count == sizeof(set->inputs) / sizeof(set->inputs[0])) {
        error_set(error, STATUS_USAGE, "more than %zu inputs are asked for", set->input_count);
    } else if (!image &&
               input_decode(input, flow->limits, false, WANTS_UPRIGHT | WANTS_RGB | WANTS_8BIT,
                            &image, error) == STATUS_OK) {
        set->inputs[set->input_count].name = name;
        set->inputs[set->input_count++].image = image;
    }
    pthread_mutex_unlock(&set->lock);
    return image;
}

bool flow_recall(const struct flow *flow, const struct hash *key, const char *what, char *text,
                 size_t size)
{
    struct batch *batch = ((struct node_run *)flow->engine)->set->item->batch;
    struct arena *arena = batch->store ? arena_new() : NULL;
    const char *found = NULL;
    struct error ignored = {0};
    if (!arena) {
        return false;
    }
    pthread_mutex_lock(&batch->lock);
    enum status status = store_recall(batch->store, *key, what, arena, &found, &ignored);
    pthread_mutex_unlock(&batch->lock);
    const bool known = status == STATUS_OK && found && strlen(found) < size;
    if (known) {
        snprintf(text, size, "%s", found);
    }
    arena_free(arena);
    return known;
}

void flow_remember(const struct flow *flow, const struct hash *key, const char *what,
                   const char *text)
{
    struct batch *batch = ((struct node_run *)flow->engine)->set->item->batch;
    struct error ignored = {0};
    if (!batch->store) {
        return;
    }
    pthread_mutex_lock(&batch->lock);
    /* A cache that cannot be written only costs time. */
    enum status status = store_remember(batch->store, *key, what, text, &ignored);
    (void)status;
    pthread_mutex_unlock(&batch->lock);
}
