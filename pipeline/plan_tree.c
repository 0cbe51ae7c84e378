/* SPDX-License-Identifier: MIT
 * The tree as a whole: equal cells dropped, unused steps removed, resizes of one image made a
 * pyramid, the wished scale passed back to the decoder, keys and the memory estimate. */
#include "plan_build.h"

#include <string.h>

/* ---- Cells that clamping made equal -----------------------------------------------------------
 */

static const struct plan_rendition *equal_earlier(const struct plan *plan, size_t i)
{
    const struct plan_rendition *rendition = &plan->renditions[i];
    for (size_t j = 0; j < i; j++) {
        const struct plan_rendition *earlier = &plan->renditions[j];
        if (earlier->state == RENDITION_PLANNED && earlier->leaf == rendition->leaf &&
            earlier->recipe == rendition->recipe &&
            earlier->line->output_index == rendition->line->output_index) {
            return earlier;
        }
    }
    return NULL;
}

void plan_drop_equal(struct planner *planner)
{
    struct plan *plan = planner->plan;
    for (size_t i = 0; i < plan->rendition_count; i++) {
        struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->state != RENDITION_PLANNED || !rendition->clamped) {
            continue;
        }
        const struct plan_rendition *earlier = equal_earlier(plan, i);
        if (earlier) {
            const struct facts *facts = &rendition->leaf->step.in;
            const char *reason = arena_format(planner->arena, "not larger than %dx%d, equal to %s",
                                              facts->width, facts->height, earlier->line->cell);
            rendition->state = RENDITION_DROPPED;
            rendition->reason = reason ? reason : "equal to an earlier cell";
        }
    }
}

/* ---- What is used -----------------------------------------------------------------------------
 */

static void child_remove(struct plan_node *parent, struct plan_node *child)
{
    struct plan_node **place = &parent->first_child;
    while (*place && *place != child) {
        place = &(*place)->next_sibling;
    }
    if (*place) {
        *place = child->next_sibling;
        child->next_sibling = NULL;
    }
}

static void child_append(struct plan_node *parent, struct plan_node *child)
{
    struct plan_node **place = &parent->first_child;
    while (*place) {
        place = &(*place)->next_sibling;
    }
    *place = child;
    child->parent = parent;
}

static void readers_count(struct plan *plan)
{
    for (size_t i = 0; i < plan->node_count; i++) {
        plan->nodes[i]->readers = 0;
    }
    for (size_t i = 0; i < plan->rendition_count; i++) {
        if (plan->renditions[i].state == RENDITION_PLANNED) {
            plan->renditions[i].leaf->readers++;
        }
        for (size_t j = 0; j < plan->renditions[i].fallback_count; j++) {
            plan->renditions[i].fallbacks[j]->readers++;
        }
    }
    for (size_t i = plan->node_count; i-- > 0;) {
        struct plan_node *node = plan->nodes[i];
        if (node->readers && node->parent) {
            node->parent->readers++;
        }
    }
}

static void unused_remove(struct plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->node_count; i++) {
        struct plan_node *node = plan->nodes[i];
        if (node->readers) {
            plan->nodes[kept++] = node;
        } else if (node->parent) {
            child_remove(node->parent, node);
        }
    }
    plan->node_count = kept;
}

/* ---- The pyramid ------------------------------------------------------------------------------
 */

/* A step may start from a larger one that leaves at least twice its size in both directions: nearer
 * to a direct Lanczos resize than 45 dB (tests/stages), and much less to read. One pixel of
 * rounding of the smaller side is forgiven. */
static bool may_start_from(const struct facts *larger, const struct facts *smaller)
{
    return larger->width >= 2 * smaller->width - 1 && larger->height >= 2 * smaller->height - 1 &&
           (larger->width >= 2 * smaller->width || larger->height >= 2 * smaller->height);
}

static bool same_family(const struct plan_node *a, const struct plan_node *b)
{
    const char *x = a->step.choice.family, *y = b->step.choice.family;
    return a->step.stage == b->step.stage && x && y && strcmp(x, y) == 0;
}

static double area(const struct facts *facts)
{
    return (double)facts->width * facts->height;
}

static struct plan_node *pyramid_base(struct plan_node *const *steps, size_t count,
                                      const struct plan_node *node)
{
    struct plan_node *base = NULL;
    for (size_t i = 0; i < count; i++) {
        if (steps[i] != node && same_family(steps[i], node) &&
            may_start_from(&steps[i]->step.out, &node->step.out) &&
            (!base || area(&steps[i]->step.out) < area(&base->step.out))) {
            base = steps[i];
        }
    }
    return base;
}

static enum status pyramid_of(struct planner *planner, struct plan_node *parent,
                              struct error *error)
{
    struct plan_node **steps = NULL;
    size_t count = 0, capacity = 0;
    for (struct plan_node *child = parent->first_child; child; child = child->next_sibling) {
        if (child->step.stage->scales) {
            struct plan_node **slot =
                arena_push(planner->arena, &steps, &count, &capacity, sizeof(struct plan_node *));
            if (!slot) {
                return error_memory(error);
            }
            *slot = child;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct plan_node *base = pyramid_base(steps, count, steps[i]);
        if (base) {
            child_remove(parent, steps[i]);
            child_append(base, steps[i]);
            steps[i]->step.in = base->step.out;
            parent->readers--;
            base->readers++;
        }
    }
    return STATUS_OK;
}

/* ---- Order, need, keys ------------------------------------------------------------------------
 */

static void order_below(struct plan_node *node, struct plan_node **nodes, size_t *count)
{
    node->index = *count;
    nodes[(*count)++] = node;
    for (struct plan_node *child = node->first_child; child; child = child->next_sibling) {
        order_below(child, nodes, count);
    }
}

static enum status order_nodes(struct planner *planner, struct error *error)
{
    struct plan *plan = planner->plan;
    struct plan_node **nodes =
        arena_array(planner->arena, plan->node_count, sizeof(struct plan_node *));
    size_t count = 0;
    if (!nodes) {
        return error_memory(error);
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        if (!plan->nodes[i]->parent && !plan->nodes[i]->alternative) {
            order_below(plan->nodes[i], nodes, &count);
        }
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        if (plan->nodes[i]->alternative) {
            plan->nodes[i]->index = count;
            nodes[count++] = plan->nodes[i];
        }
    }
    plan->nodes = nodes;
    return STATUS_OK;
}

static double need_of_input(const struct plan_node *node)
{
    const struct stage *stage = node->step.stage;
    double need = stage->need ? stage->need(&node->step, node->need) : 1.0;
    return need > 1 ? 1.0 : need;
}

static void need_backward(struct plan *plan)
{
    for (size_t i = plan->node_count; i-- > 0;) {
        struct plan_node *node = plan->nodes[i];
        if (!node->first_child || node->alternative) {
            node->need = 1.0;
        }
        if (node->step.stage->kind == STAGE_LOAD) {
            node->need = need_of_input(node);
        } else if (node->parent && !node->alternative) {
            double need = need_of_input(node);
            node->parent->need = need > node->parent->need ? need : node->parent->need;
        }
    }
}

static void keys_forward(struct plan *plan)
{
    for (size_t i = 0; i < plan->node_count; i++) {
        struct plan_node *node = plan->nodes[i];
        struct hash base = node->parent ? node->parent->step.key : input_identity(node->input);
        if (!node->parent) {
            base = hash_mix(base, &node->need, sizeof(node->need));
        }
        node->step.key = hash_mix_hash(base, node->own);
    }
}

/* ---- Memory ------------------------------------------------------------------------------------
 */

static int64_t node_bytes(const struct plan_node *node)
{
    const struct facts *facts = &node->step.out;
    double scale = node->step.stage->kind == STAGE_LOAD ? node->need * node->need : 1.0;
    return (int64_t)(area(facts) * facts->frames * facts->bands * (facts->bits / 8.0) * scale);
}

/* An upper estimate of what one image holds at once: its file, every step that is kept in memory,
 * and the working memory of the largest encoder (about three times its pixels: YUV and
 * coefficients). */
static int64_t memory_estimate(const struct plan *plan)
{
    int64_t total = 0, encoder = 0;
    for (size_t i = 0; i < plan->subject.input_count; i++) {
        total += plan->subject.inputs[i].source ? (int64_t)plan->subject.inputs[i].source->size : 0;
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = plan->nodes[i];
        enum stage_kind kind = node->step.stage->kind;
        if (node->alternative) {
            continue;
        }
        if (kind == STAGE_ENCODE || kind == STAGE_PACK) {
            int64_t bytes = 3 * node_bytes(node);
            encoder = bytes > encoder ? bytes : encoder;
        } else {
            total += node_bytes(node);
        }
    }
    return total + encoder;
}

enum status plan_shape_tree(struct planner *planner, struct error *error)
{
    struct plan *plan = planner->plan;
    readers_count(plan);
    unused_remove(plan);
    size_t count = plan->node_count;
    for (size_t i = 0; i < count; i++) {
        if (pyramid_of(planner, plan->nodes[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    if (order_nodes(planner, error) != STATUS_OK) {
        return error->status;
    }
    need_backward(plan);
    keys_forward(plan);
    plan->memory = memory_estimate(plan);
    return STATUS_OK;
}
