/* SPDX-License-Identifier: MIT
 * Which steps of a set are tasks, what each waits for, and which goes first. Computes nothing. */
#include "set_run.h"

bool node_is_leaf(const struct plan_node *node)
{
    return node->step.stage->kind >= STAGE_ENCODE;
}

static void nodes_want(struct set_run *set)
{
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &set->plan->renditions[i];
        if (rendition->state != RENDITION_PLANNED || set->outcomes[i].reused) {
            continue;
        }
        for (const struct plan_node *node = rendition->leaf; node; node = node->parent) {
            struct node_run *run = &set->nodes[node->index];
            run->recipe = run->wanted ? run->recipe : set_recipe(set, rendition);
            run->wanted = true;
        }
    }
}

static void nodes_keep(struct set_run *set)
{
    for (size_t i = 0; i < set->plan->node_count; i++) {
        const struct plan_node *node = set->plan->nodes[i];
        size_t readers = 0;
        for (const struct plan_node *child = node->first_child; child;
             child = child->next_sibling) {
            readers += set->nodes[child->index].wanted;
        }
        set->nodes[i].kept = set->nodes[i].wanted && (readers > 1 || node_is_leaf(node));
    }
}

static int64_t pixel_bytes(const struct facts *facts)
{
    return (int64_t)facts->width * facts->height * facts->frames * facts->bands * facts->bits / 8;
}

static void node_measure(struct node_run *run)
{
    const struct batch_item *item = run->set->item;
    const struct step *step = &run->node->step;
    const bool reads = step->stage->kind != STAGE_LOAD, writes = !node_is_leaf(run->node);
    run->measured = (struct batch_task){
        .image = (size_t)(item - item->batch->items),
        .node = (int)run->node->index,
        .after = run->base ? (int)run->base->node->index : BATCH_NO_TASK,
        .expected = node_cost(run->node),
        .bytes = (reads ? pixel_bytes(&step->in) : 0) + (writes ? pixel_bytes(&step->out) : 0)};
}

/* What feeds the largest encoder goes first. A set is behind those that came before by what all
 * threads together take for them; few threads finish together in any order, so there it is what one
 * takes: with fewer sets under way, two threads need a seventh less memory. */
double batch_urgency(const struct batch_task *task, int threads)
{
    const int few = 4;
    return task->way - (threads > few ? task->before / threads : task->before);
}

/* Each kept step waits for the nearest kept one above it. Costs are of the longest way to the end,
 * so that what feeds the largest encoder goes first. */
static void nodes_link(struct set_run *set)
{
    const struct batch *batch = set->item->batch;
    for (size_t i = 0; i < set->plan->node_count; i++) {
        struct node_run *run = &set->nodes[i];
        run->set = set;
        run->node = set->plan->nodes[i];
        if (!run->kept) {
            continue;
        }
        const struct plan_node *up = run->node->parent;
        while (up && !set->nodes[up->index].kept) {
            up = up->parent;
        }
        if (up) {
            run->base = &set->nodes[up->index];
            run->next = run->base->first;
            run->base->first = run;
            run->base->readers++;
        }
        node_measure(run);
        set->left++;
    }
    for (size_t i = set->plan->node_count; i-- > 0;) {
        struct node_run *run = &set->nodes[i];
        run->cost += node_cost(run->node);
        if (run->kept && run->base && run->cost > run->base->cost) {
            run->base->cost = run->cost;
        }
        run->measured.way = run->cost;
        run->measured.before = (double)set->sequence * batch->mean_cost;
        run->task.urgency = batch_urgency(&run->measured, batch->jobs);
    }
}

/* Ways out and second images begin at a source again, whenever they are asked for. */
static bool reads_once(const struct set_run *set)
{
    const struct node_run *root = NULL;
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        if (set->plan->renditions[i].fallback_count > 0) {
            return false;
        }
    }
    for (size_t i = 0; i < set->plan->node_count; i++) {
        const struct node_run *run = &set->nodes[i];
        const struct step *step = &run->node->step;
        if (run->wanted && step->stage->input && step->stage->input(step->options)) {
            return false;
        }
        if (run->kept && !run->base && root) {
            return false;
        }
        root = run->kept && !run->base ? run : root;
    }
    return root && root->node->step.stage->kind != STAGE_COPY;
}

void set_order(struct set_run *set)
{
    nodes_want(set);
    nodes_keep(set);
    nodes_link(set);
    set->sheds = reads_once(set);
}
