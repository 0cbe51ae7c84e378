/* SPDX-License-Identifier: MIT
 * Planning one image in its order: lines forward into a tree, equal cells dropped, the tree shaped
 * (pyramid, need, keys), files named. Each part has its own file; see plan_build.h. */
#include "plan_build.h"

#include "memory.h"

static struct plan *plan_new(struct error *error)
{
    struct arena *arena = arena_new();
    struct plan *plan = arena ? arena_alloc(arena, sizeof(*plan)) : NULL;
    if (!plan) {
        arena_free(arena);
        error_memory(error);
        return NULL;
    }
    plan->arena = arena;
    return plan;
}

void plan_free(struct plan *plan)
{
    if (plan) {
        arena_free(plan->arena);
    }
}

/* The image's own texts are copied: the plan outlives the list that it was asked from. */
static enum status subject_copy(struct plan *plan, const struct subject *subject,
                                struct error *error)
{
    struct arena *arena = plan->arena;
    struct subject_input *inputs = arena_array(arena, subject->input_count, sizeof(*inputs));
    plan->subject = (struct subject){.name = arena_text(arena, subject->name),
                                     .dir = arena_text(arena, subject->dir),
                                     .alt = subject->alt ? arena_text(arena, subject->alt) : NULL,
                                     .inputs = inputs,
                                     .input_count = subject->input_count};
    if (!inputs || !plan->subject.name || !plan->subject.dir) {
        return error_memory(error);
    }
    for (size_t i = 0; i < subject->input_count; i++) {
        inputs[i] = subject->inputs[i];
    }
    return STATUS_OK;
}

static enum status plan_lines(struct planner *planner, struct error *error)
{
    const struct plan *plan = planner->plan;
    for (size_t i = 0; i < plan->recipe_count; i++) {
        const struct recipe *recipe = plan->recipes[i];
        for (size_t j = 0; j < recipe->line_count; j++) {
            if (plan_line(planner, recipe, &recipe->lines[j], error) != STATUS_OK) {
                return error_at(error, "%s", recipe->lines[j].where);
            }
        }
    }
    return STATUS_OK;
}

enum status plan_build(const struct subject *subject, const struct recipe *const *recipes,
                       size_t recipe_count, const struct limits *limits,
                       const struct plan_measured *measured, size_t measured_count,
                       struct plan **out, struct error *error)
{
    struct plan *plan = plan_new(error);
    if (!plan) {
        return error->status;
    }
    struct planner planner = {.plan = plan,
                              .arena = plan->arena,
                              .limits = limits,
                              .measured = measured,
                              .measured_count = measured_count};
    plan->recipes = recipes;
    plan->recipe_count = recipe_count;
    enum status status = subject_copy(plan, subject, error);
    if (status == STATUS_OK) {
        status = plan_lines(&planner, error);
    }
    if (status == STATUS_OK) {
        plan_drop_equal(&planner);
        status = plan_shape_tree(&planner, error);
    }
    if (status == STATUS_OK) {
        status = plan_name_files(&planner, error);
    }
    if (status != STATUS_OK) {
        plan_free(plan);
        return status;
    }
    plan->wanted = planner.wanted;
    *out = plan;
    return STATUS_OK;
}
