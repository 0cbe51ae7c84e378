/* SPDX-License-Identifier: MIT
 * The keys of a project file and their types: for the parser and the schema. */
#ifndef PICSET_PROJECT_SHAPE_H
#define PICSET_PROJECT_SHAPE_H

#include "option.h"
#include "preset_shape.h"

extern const struct shape_key shape_project[]; /* the root */
extern const struct shape_key shape_provider[];
extern const struct shape_key shape_image[];      /* an entry of `images`, and `defaults` */
extern const struct shape_key shape_made_input[]; /* an input that is made from a prompt */
extern const struct shape_key shape_about[];      /* what is known of one file */
extern const struct shape_key shape_table[];      /* a matrix list that stands in a file */

struct project_budget {
    double cost;
    int images;
};
extern const struct option project_budget_options[];

#endif
