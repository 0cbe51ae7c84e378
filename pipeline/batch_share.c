/* SPDX-License-Identifier: MIT
 * What a batch and its sets both ask: whether to go on, how to tell of it, what a step costs. */
#include "batch_state.h"

/* Seconds per pixel and band of a step that says no cost of its own; only their order matters. */
static const double PIXEL_SECONDS = 3e-9;

bool batch_stopped(const struct batch *batch)
{
    return batch->request.interrupted &&
           __atomic_load_n(batch->request.interrupted, __ATOMIC_RELAXED);
}

void batch_event_send(struct batch *batch, struct batch_event event)
{
    pthread_mutex_lock(&batch->lock);
    batch->sources_done += event.type == BATCH_SET;
    batch->renditions_done += event.type == BATCH_RENDITION;
    event.sources_done = event.type == BATCH_PLANNED ? ++batch->planned : batch->sources_done;
    event.sources_total = batch->item_count;
    event.renditions_done = batch->renditions_done;
    event.renditions_total = batch->renditions_total;
    if (batch->request.event) {
        batch->request.event(batch->request.data, &event);
    }
    pthread_mutex_unlock(&batch->lock);
}

struct error *item_error(const struct batch_item *item)
{
    return &item->batch->errors[item - item->batch->items];
}

const struct error *item_failure(const struct batch_item *item)
{
    return !item->unchanged && item_error(item)->status ? item_error(item) : NULL;
}

double node_cost(const struct plan_node *node)
{
    const struct facts *facts = &node->step.in;
    double pixels = (double)facts->width * facts->height * facts->frames * facts->bands;
    return node->step.choice.cost > 0 ? node->step.choice.cost : pixels * PIXEL_SECONDS;
}
