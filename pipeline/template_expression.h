/* SPDX-License-Identifier: MIT
 * What stands between `${` and `}`: a name with keys, a product, a cut. For template.c only. */
#ifndef PICSET_TEMPLATE_EXPRESSION_H
#define PICSET_TEMPLATE_EXPRESSION_H

#include "template.h"

enum template_pass {
    PASS_REFUSED, /* a plan word is an error */
    PASS_KEPT,    /* a plan word waits for the final pass */
    PASS_FINAL    /* the plan's words are in the scope */
};

struct filling {
    const struct scope *scope;
    enum template_pass pass;
    struct arena *arena;
    struct error *error;
};

/* Exactly one of *value and *kept is set on success; *kept is the whole `${…}` again, its known
 * names replaced by their numbers. `text` is what stands between the braces. */
PICSET_NODISCARD enum status expression_evaluate(const struct filling *filling, const char *text,
                                                 size_t size, const struct value **value,
                                                 const char **kept);

#endif
