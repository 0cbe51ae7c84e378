/* SPDX-License-Identifier: MIT
 * What the files of the planner share: the state of one plan_build. Not for anybody else. */
#ifndef PICSET_PLAN_BUILD_H
#define PICSET_PLAN_BUILD_H

#include "plan.h"

struct planner {
    struct plan *plan;
    struct arena *arena;
    const struct limits *limits;
    const struct plan_measured *measured;
    size_t measured_count;
    size_t node_capacity, rendition_capacity, emitted_capacity, note_capacity;
    struct plan_wanted *wanted;
    size_t wanted_capacity;
    struct hash asked; /* of the named inputs that the stage being planned looked at */
};

/* What stands for an input's pixels in keys: its content, or its colour. */
struct hash input_identity(const struct subject_input *input);

/* plan_line.c: one cell of one output, forward. Adds a rendition, planned or dropped. */
PICSET_NODISCARD enum status plan_line(struct planner *planner, const struct recipe *recipe,
                                       const struct output_line *line, struct error *error);

/* plan_tree.c: the tree as a whole, after all lines. */
void plan_drop_equal(struct planner *planner);
PICSET_NODISCARD enum status plan_shape_tree(struct planner *planner, struct error *error);

/* plan_names.c: ${name} by a preset's rule, in the plan's arena; a change is noted. NULL: error. */
const char *plan_name(struct planner *planner, enum names_rule rule, const char *preset,
                      struct error *error);
/* Is a path's own text against the rule, too? */
PICSET_NODISCARD enum status plan_name_check(enum names_rule rule, const char *path,
                                             struct error *error);

/* plan_paths.c: words, names and files, after the tree is settled. */
PICSET_NODISCARD enum status plan_name_files(struct planner *planner, struct error *error);

#endif
