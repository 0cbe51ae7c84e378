/* SPDX-License-Identifier: MIT
 * The tree as tasks: a step with several readers is computed once and kept until the last has read
 * it, a leaf encodes; what lies between is computed on the way. A failure ends this set alone. */
#include "set_run.h"

#include <string.h>

#include "decode.h"
#include "memory.h"

/* A set may take this long before it is given up: far beyond the slowest encoder's honest work. */
static const double DEADLINE_BASE = 120, DEADLINE_FACTOR = 100;
enum { DEPTH_MAX = 64 };

/* ---- Failure and stop
 * ---------------------------------------------------------------------------- */

void set_fail(struct set_run *set, const struct error *error)
{
    pthread_mutex_lock(&set->lock);
    if (set->error.status == STATUS_OK) {
        set->error = *error;
    }
    set->cancelled = true;
    pthread_mutex_unlock(&set->lock);
}

static bool set_stopped(struct set_run *set)
{
    pthread_mutex_lock(&set->lock);
    bool cancelled = set->cancelled;
    pthread_mutex_unlock(&set->lock);
    return cancelled || batch_stopped(set->item->batch);
}

static bool set_late(const struct set_run *set)
{
    return machine_seconds() > set->deadline;
}

static bool flow_stop(const struct flow *flow)
{
    struct node_run *run = flow->engine;
    return set_stopped(run->set) || set_late(run->set);
}

/* ---- What flows
 * ------------------------------------------------------------------------------------ */

static struct flow flow_of(struct node_run *run, double *quality)
{
    return (struct flow){.source = run->node->input->source,
                         .xmp = run->node->input->xmp,
                         .limits = &run->set->item->batch->request.limits,
                         .input = flow_input,
                         .engine = run,
                         .load_scale = 1.0,
                         .threads = 1,
                         .stop = flow_stop,
                         .quality_used = quality,
                         .recall = flow_recall,
                         .remember = flow_remember};
}

/* ---- Computing
 * ------------------------------------------------------------------------------------- */

static enum status pixels_advance(const struct plan_node *node, struct flow *flow,
                                  VipsImage **image, struct error *error)
{
    VipsImage *next = NULL;
    flow->load_scale = node->need;
    flow->source = node->input->source;
    enum status status = image_run(&node->step, flow, *image, &next, error);
    if (status == STATUS_OK) {
        image_release(image);
        *image = next;
    }
    return status;
}

static enum status pixels_compute(struct flow *flow, VipsImage **image, struct error *error)
{
    VipsImage *computed = NULL;
    enum status status = image_compute(*image, flow, &computed, error);
    if (status == STATUS_OK) {
        image_release(image);
        *image = computed;
    }
    return status;
}

static void decoded_note(struct set_run *set)
{
    pthread_mutex_lock(&set->lock);
    set->decoded = true;
    pthread_mutex_unlock(&set->lock);
}

/* From the base's image, or the source, to the image that `node` makes, or that it reads as a leaf.
 * A decoder reads from top to bottom only, so its image is kept in memory before anything turns it.
 */
static enum status pixels_walk(struct node_run *run, const struct plan_node *node,
                               const struct plan_node *base, struct flow *flow, VipsImage **image,
                               struct error *error)
{
    struct set_run *set = run->set;
    const struct plan_node *path[DEPTH_MAX];
    size_t depth = 0;
    for (const struct plan_node *up = node_is_leaf(node) ? node->parent : node; up && up != base;
         up = up->parent) {
        if (depth == DEPTH_MAX) {
            return error_set(error, STATUS_USAGE, "a line has more than %d stages", DEPTH_MAX);
        }
        path[depth++] = up;
    }
    enum status status = STATUS_OK;
    struct batch_part started = part_now(run->set->item->batch);
    size_t left = depth; /* that are not computed yet */
    while (depth-- > 0 && status == STATUS_OK) {
        status = pixels_advance(path[depth], flow, image, error);
        if (status == STATUS_OK && path[depth]->step.stage->kind == STAGE_LOAD) {
            status = pixels_compute(flow, image, error);
            decoded_note(set);
            set_time_steps(run, &path[depth], 1, &started);
            left = depth;
        }
    }
    if (status == STATUS_OK) {
        status = pixels_compute(flow, image, error);
        set_time_steps(run, path, left, &started);
    }
    return status;
}

/* What fails is done once more with nobody else in libvips: its error text is the process's, and
 * only then surely about this image. */
static enum status pixels_to(struct node_run *run, const struct plan_node *node,
                             const struct plan_node *base, struct flow *flow, VipsImage **image,
                             struct error *error)
{
    VipsImage *start = *image ? image_share(*image) : NULL;
    image_work_begin(false);
    enum status status = pixels_walk(run, node, base, flow, image, error);
    image_work_end();
    if (status != STATUS_OK && status != STATUS_INTERRUPTED && !flow_stop(flow)) {
        error_clear(error);
        image_release(image);
        *image = start;
        start = NULL;
        image_work_begin(true);
        status = pixels_walk(run, node, base, flow, image, error);
        image_work_end();
    }
    image_release(&start);
    return status;
}

static enum status leaf_bytes(const struct plan_node *node, struct flow *flow, VipsImage *image,
                              struct buffer *out, struct error *error)
{
    const struct stage *stage = node->step.stage;
    if (stage->kind == STAGE_COPY) {
        const struct source *source = node->input->source;
        char *place = source ? buffer_reserve(out, source->size) : NULL;
        if (!place) {
            return source ? error_memory(error)
                          : error_set(error, STATUS_USAGE, "a colour cannot be copied");
        }
        source_original(source, (uint8_t *)place);
        out->size += source->size;
        return STATUS_OK;
    }
    return stage->encode(&node->step, flow, image, out, error); /* names itself and its format */
}

/* The declared ways out when an output does not fit: each from the source again, since it is rare.
 */
static enum status leaf_fallbacks(struct node_run *run, const struct plan_rendition *rendition,
                                  struct outcome *outcome, double *quality, struct error *error)
{
    enum status status = error->status;
    for (size_t i = 0; i < rendition->fallback_count && status == STATUS_REFUSED; i++) {
        const struct plan_node *leaf = rendition->fallbacks[i];
        struct flow flow = flow_of(run, quality);
        flow.chosen = outcome->chosen;
        *outcome->chosen = '\0';
        struct error failure = {0};
        VipsImage *image = NULL;
        buffer_clear(&outcome->bytes);
        status = pixels_to(run, leaf, NULL, &flow, &image, &failure);
        if (status == STATUS_OK) {
            status = leaf_bytes(leaf, &flow, image, &outcome->bytes, &failure);
        }
        image_release(&image);
        if (status == STATUS_OK) {
            error_clear(error);
            outcome->fallback = leaf;
        } else {
            *error = failure;
        }
    }
    return status;
}

static size_t rendition_of(const struct plan *plan, const struct plan_node *leaf, size_t from)
{
    for (size_t i = from; i < plan->rendition_count; i++) {
        if (plan->renditions[i].leaf == leaf && plan->renditions[i].state == RENDITION_PLANNED) {
            return i;
        }
    }
    return plan->rendition_count;
}

/* A leaf may make several files of the same bytes (two paths, equal steps). */
static enum status leaf_accept(struct set_run *set, const struct plan_node *leaf, size_t first,
                               struct error *error)
{
    struct outcome *outcome = &set->outcomes[first];
    enum status status = STATUS_OK;
    for (size_t i = rendition_of(set->plan, leaf, first + 1);
         i < set->plan->rendition_count && status == STATUS_OK;
         i = rendition_of(set->plan, leaf, i + 1)) {
        struct outcome *other = &set->outcomes[i];
        if (!other->reused) {
            buffer_bytes(&other->bytes, outcome->bytes.data, outcome->bytes.size);
            other->quality = outcome->quality;
            other->seconds = outcome->seconds;
            memcpy(other->chosen, outcome->chosen, sizeof other->chosen);
            other->fallback = outcome->fallback;
            status =
                buffer_failed(&other->bytes) ? error_memory(error) : outcome_accept(set, i, error);
        }
    }
    if (status == STATUS_OK && !outcome->reused) {
        status = outcome_accept(set, first, error);
    }
    return status;
}

static void rendition_fail(struct set_run *set, const struct plan_node *leaf,
                           const struct error *error)
{
    pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        if (set->plan->renditions[i].leaf == leaf) {
            set->outcomes[i].failed = true;
        }
    }
    if (!set->soft) {
        set->soft = arena_alloc(set->arena, sizeof(*set->soft));
        if (set->soft) {
            *set->soft = *error;
        }
    }
    pthread_mutex_unlock(&set->lock);
}

static void leaf_run(struct node_run *run, VipsImage *image, struct error *error)
{
    struct set_run *set = run->set;
    size_t first = rendition_of(set->plan, run->node, 0);
    const struct plan_rendition *rendition = &set->plan->renditions[first];
    struct outcome *outcome = &set->outcomes[first];
    double quality = run->node->step.choice.quality;
    struct batch_part started = part_now(run->set->item->batch);
    const double begun = started.wall;
    struct flow flow = flow_of(run, &quality);
    flow.chosen = outcome->chosen;
    enum status status = leaf_bytes(run->node, &flow, image, &outcome->bytes, error);
    set_time_leaf(run, &started);
    if (status == STATUS_REFUSED) {
        status = leaf_fallbacks(run, rendition, outcome, &quality, error);
        if (status == STATUS_REFUSED) {
            error_at(error, "%s", rendition->path ? rendition->path : rendition->line->where);
            rendition_fail(set, run->node, error);
            error_clear(error);
            return;
        }
    }
    outcome->quality = quality;
    outcome->seconds = machine_seconds() - begun;
    if (status == STATUS_OK && buffer_failed(&outcome->bytes)) {
        status = error_memory(error);
    }
    if (status == STATUS_OK) {
        status = leaf_accept(set, run->node, first, error);
    }
    if (status != STATUS_OK) {
        error_at(error, "%s", rendition->path ? rendition->path : rendition->line->where);
    }
}

static enum status placeholder_take(struct set_run *set, const struct plan_node *node,
                                    VipsImage *image, struct error *error)
{
    if (!node || set->placeholder_node != node || set->placeholder_known) {
        return STATUS_OK;
    }
    image_work_begin(false);
    enum status status = placeholder_make(image, &set->placeholder, error);
    image_work_end();
    set->placeholder_known = status == STATUS_OK;
    return status;
}

/* ---- Tasks
 * ------------------------------------------------------------------------------------------- */

static void base_give_back(struct node_run *base)
{
    VipsImage *last = NULL;
    if (base) {
        pthread_mutex_lock(&base->set->lock);
        if (--base->readers == 0) {
            last = base->image;
            base->image = NULL;
        }
        pthread_mutex_unlock(&base->set->lock);
    }
    image_release(&last);
}

static void node_compute(struct node_run *run, struct error *error)
{
    struct flow flow = flow_of(run, NULL);
    VipsImage *image = run->base ? image_share(run->base->image) : NULL;
    enum status status = STATUS_OK;
    if (run->node->step.stage->kind != STAGE_COPY) {
        status =
            pixels_to(run, run->node, run->base ? run->base->node : NULL, &flow, &image, error);
    }
    if (status == STATUS_OK && !run->base && run->set->sheds && run->node->input->source) {
        source_shed(run->node->input->source);
    }
    const struct plan_node *made = node_is_leaf(run->node) ? run->node->parent : run->node;
    if (status == STATUS_OK) {
        status = placeholder_take(run->set, made, image, error);
    }
    if (status == STATUS_OK && !node_is_leaf(run->node)) {
        run->image = image;
        return;
    }
    if (status == STATUS_OK) {
        leaf_run(run, image, error);
    }
    image_release(&image);
}

static void node_task(struct pool_task *task);

static void node_submit(struct node_run *run)
{
    run->task.run = node_task;
    run->measured.submitted = machine_seconds();
    pool_submit(run->set->item->batch->pool, &run->task);
}

static void node_task(struct pool_task *task)
{
    struct node_run *run = (struct node_run *)task;
    struct set_run *set = run->set;
    const struct batch *batch = set->item->batch;
    struct error error = {0};
    run->measured.started = machine_seconds();
    if (!set_stopped(set)) {
        if (set_late(set)) {
            error_set(&error, STATUS_REFUSED, "took longer than %.0f s; raise --limit seconds",
                      set->deadline - set->started);
        } else {
            node_compute(run, &error);
        }
    }
    if (error.status != STATUS_OK) {
        set_fail(set, &error);
    }
    base_give_back(run->base);
    for (struct node_run *next = run->first; next; next = next->next) {
        node_submit(next);
    }
    struct batch_task measured = run->measured; /* the set may end at once */
    struct batch_part since = part_now(batch);
    pthread_mutex_lock(&set->lock);
    bool last = --set->left == 0;
    pthread_mutex_unlock(&set->lock);
    if (last) {
        set_finish(set);
        task_part(&measured, "finish", &since);
    }
    task_end(batch, &measured);
}

/* ---- The start
 * ---------------------------------------------------------------------------------------- */

/* The smallest whole image of main on the way: what placeholder_make reads cheapest. */
static const struct plan_node *placeholder_choose(const struct set_run *set)
{
    const struct facts *main = &set->plan->subject.inputs[0].facts;
    const struct plan_node *best = NULL;
    for (int whole = 1; whole >= 0 && !best; whole--) {
        for (size_t i = 0; i < set->plan->node_count; i++) {
            const struct node_run *run = &set->nodes[i];
            const struct plan_node *node = run->kept && node_is_leaf(run->node) ? run->node->parent
                                           : run->kept                          ? run->node
                                                                                : NULL;
            if (!node || node->input != &set->plan->subject.inputs[0] ||
                facts_missing(&node->step.out, WANTS_UPRIGHT | WANTS_RGB)) {
                continue;
            }
            const struct facts *facts = &node->step.out;
            bool turned = main->orientation >= 5;
            double ratio =
                turned ? (double)main->height / main->width : (double)main->width / main->height;
            double own = (double)facts->width / facts->height;
            bool is_whole = own > ratio * 0.97 && own < ratio * 1.03;
            bool large = facts->width >= 100 || facts->height >= 100;
            bool smaller = !best || facts->width < best->step.out.width;
            if ((is_whole || !whole) && (large || !best) && smaller) {
                best = node;
            }
        }
    }
    return best;
}

static double set_deadline(const struct set_run *set)
{
    double limit = set->item->batch->request.limits.seconds, cost = 0;
    for (size_t i = 0; i < set->plan->node_count; i++) {
        cost += set->nodes[i].wanted ? node_cost(set->plan->nodes[i]) : 0;
    }
    return set->started + (limit > 0 ? limit : DEADLINE_BASE + DEADLINE_FACTOR * cost);
}

static void start_task(struct pool_task *task)
{
    struct set_run *set = (struct set_run *)task;
    struct error error = {0};
    struct batch_task measured = set->measured;
    struct batch_part since = part_now(set->item->batch);
    measured.started = since.wall;
    set_reuse(set);
    set_order(set);
    set->placeholder_node = set->placeholder_known ? NULL : placeholder_choose(set);
    set->deadline = set_deadline(set);
    if (set->left > 0 && subject_reopen(set->item, &error) != STATUS_OK) {
        set_fail(set, &error);
        set->left = 0;
    }
    const struct batch *batch = set->item->batch;
    task_part(&measured, "open", &since);
    if (set->left == 0) {
        set_finish(set);
        task_part(&measured, "finish", &since);
        task_end(batch, &measured);
        return;
    }
    task_end(batch, &measured);
    /* The set may end before this loop does: look at nothing of it after the last submit. */
    size_t count = set->plan->node_count;
    struct node_run *last = NULL;
    for (size_t i = 0; i < count; i++) {
        struct node_run *run = &set->nodes[i];
        if (run->kept && !run->base) {
            if (last) {
                node_submit(last);
            }
            last = run;
        }
    }
    node_submit(last);
}

void set_start(struct batch_item *item, size_t sequence, int64_t admitted)
{
    struct batch *batch = item->batch;
    struct arena *arena = arena_new();
    struct set_run *set = arena ? arena_alloc(arena, sizeof(*set)) : NULL;
    if (set) {
        set->nodes = arena_array(arena, item->plan->node_count + 1, sizeof(*set->nodes));
        set->outcomes = arena_array(arena, item->plan->rendition_count + 1, sizeof(*set->outcomes));
        set->times = arena_array(arena, item->plan->recipe_count + 1, sizeof(*set->times));
    }
    if (!set || !set->nodes || !set->outcomes || !set->times) {
        arena_free(arena);
        error_memory(item_error(item));
        budget_give(&batch->budget, admitted);
        return;
    }
    set->task.run = start_task;
    set->task.urgency = 1e9; /* what is admitted begins at once: its memory is spoken for */
    set->item = item;
    set->plan = item->plan;
    set->arena = arena;
    set->admitted = admitted;
    set->sequence = sequence;
    set->started = machine_seconds();
    set->measured = (struct batch_task){.image = (size_t)(item - batch->items),
                                        .node = BATCH_NO_TASK,
                                        .after = BATCH_NO_TASK,
                                        .submitted = set->started,
                                        .way = set->task.urgency};
    pthread_mutex_init(&set->lock, NULL);
    pool_submit(batch->pool, &set->task);
}
