/* SPDX-License-Identifier: MIT
 * Facts that only pixels tell (whether alpha is used, a trim box): measured once per content, kept
 * in the store, and put into the plan, whose sizes and names are exact then. */
#include "batch_state.h"

#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "image.h"
#include "json.h"
#include "memory.h"

/* A box may change what a later step wants to know; more rounds than steps that measure make no
 * sense. */
enum { MEASURE_ROUNDS_MAX = 8 };

/* ---- Measuring ---------------------------------------------------------------------------------
 */

/* The image that a step gets, computed from its root. */
static enum status node_image(const struct plan_node *node, const struct flow *flow,
                              VipsImage **out, struct error *error)
{
    const struct plan_node *path[64];
    size_t depth = 0;
    for (const struct plan_node *up = node; up; up = up->parent) {
        if (depth == sizeof(path) / sizeof(path[0])) {
            return error_set(error, STATUS_USAGE, "a line has more than %zu stages", depth);
        }
        path[depth++] = up;
    }
    VipsImage *image = NULL;
    enum status status = STATUS_OK;
    while (depth-- > 0 && status == STATUS_OK) {
        status = image_advance(&path[depth]->step, flow, &image, error);
    }
    if (status == STATUS_OK) {
        *out = image;
    } else {
        image_release(&image);
    }
    return status;
}

static enum status measure_alpha(const struct plan_wanted *wanted, const struct limits *limits,
                                 struct measure *box, struct error *error)
{
    VipsImage *image = NULL;
    bool used = true;
    enum status status = input_decode(wanted->input, limits, true, 0, &image, error);
    if (status == STATUS_OK) {
        status = image_alpha_used(image, &used, error);
        image_release(&image);
    }
    *box = (struct measure){.width = used};
    return status;
}

static enum status measure_box(const struct plan_wanted *wanted, const struct limits *limits,
                               struct measure *box, struct error *error)
{
    struct flow flow = {
        .source = wanted->input->source, .limits = limits, .load_scale = 1.0, .threads = 1};
    VipsImage *image = NULL;
    enum status status = node_image(wanted->before, &flow, &image, error);
    if (status == STATUS_OK) {
        status = wanted->stage->measure(wanted->options, &flow, image, box, error);
        image_release(&image);
    }
    return status;
}

static bool box_recall(struct batch *batch, const struct plan_wanted *wanted, const char *what,
                       struct arena *arena, struct measure *box)
{
    const char *text = NULL;
    struct error ignored = {0};
    if (!batch->store || !wanted->input->source) {
        return false;
    }
    pthread_mutex_lock(&batch->lock);
    enum status status =
        store_recall(batch->store, wanted->input->source->hash, what, arena, &text, &ignored);
    pthread_mutex_unlock(&batch->lock);
    return status == STATUS_OK && text &&
           sscanf(text, "%d %d %d %d", &box->left, &box->top, &box->width, &box->height) == 4;
}

static void box_remember(struct batch *batch, const struct plan_wanted *wanted, const char *what,
                         const struct measure *box)
{
    struct error ignored = {0};
    char text[64];
    if (!batch->store || !wanted->input->source) {
        return;
    }
    snprintf(text, sizeof(text), "%d %d %d %d", box->left, box->top, box->width, box->height);
    pthread_mutex_lock(&batch->lock);
    /* A cache that cannot be written only costs time. */
    enum status status =
        store_remember(batch->store, wanted->input->source->hash, what, text, &ignored);
    (void)status;
    pthread_mutex_unlock(&batch->lock);
}

static enum status wanted_measure(struct batch_item *item, const struct plan_wanted *wanted,
                                  struct measure *box, struct error *error)
{
    struct batch *batch = item->batch;
    char what[48] = "alpha of all frames", key[33];
    if (wanted->stage) {
        hash_text(wanted->key, key);
        snprintf(what, sizeof(what), "box %s", key);
    }
    if (box_recall(batch, wanted, what, item->arena, box)) {
        return STATUS_OK;
    }
    const struct limits *limits = &batch->request.limits;
    image_work_begin(false);
    enum status status = wanted->stage ? measure_box(wanted, limits, box, error)
                                       : measure_alpha(wanted, limits, box, error);
    image_work_end();
    if (status != STATUS_OK) { /* as in a run: once more alone, for the words */
        error_clear(error);
        image_work_begin(true);
        status = wanted->stage ? measure_box(wanted, limits, box, error)
                               : measure_alpha(wanted, limits, box, error);
        image_work_end();
    }
    if (status == STATUS_OK) {
        box_remember(batch, wanted, what, box);
        pthread_mutex_lock(&batch->lock);
        batch->summary.decodes++;
        pthread_mutex_unlock(&batch->lock);
    }
    return status;
}

static void alpha_known(struct batch_item *item, const struct subject_input *input, bool used)
{
    for (size_t i = 0; i < item->subject.input_count; i++) {
        if (strcmp(item->inputs[i].name, input->name) == 0) {
            item->inputs[i].facts.alpha_used = used;
            item->inputs[i].facts.alpha_measured = true;
        }
    }
}

enum status item_plan(struct batch_item *item, struct error *error)
{
    struct batch *batch = item->batch;
    struct plan_measured *measured = NULL;
    size_t count = 0, capacity = 0;
    for (int round = 0; round < MEASURE_ROUNDS_MAX; round++) {
        struct plan *plan = NULL;
        enum status status = plan_build(&item->subject, batch->recipes, batch->recipe_count,
                                        &batch->request.limits, measured, count, &plan, error);
        if (status != STATUS_OK || plan->wanted_count == 0) {
            item->plan = plan;
            return status;
        }
        for (size_t i = 0; i < plan->wanted_count && status == STATUS_OK; i++) {
            struct measure box = {0};
            status = wanted_measure(item, &plan->wanted[i], &box, error);
            if (status == STATUS_OK && !plan->wanted[i].stage) {
                alpha_known(item, plan->wanted[i].input, box.width);
            } else if (status == STATUS_OK) {
                struct plan_measured *slot =
                    arena_push(item->arena, &measured, &count, &capacity, sizeof(*measured));
                if (slot) {
                    *slot = (struct plan_measured){plan->wanted[i].key, box};
                } else {
                    status = error_memory(error);
                }
            }
        }
        plan_free(plan);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return error_set(error, STATUS_BUG, "the plan asks for measured facts without end");
}
