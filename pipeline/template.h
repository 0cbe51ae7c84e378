/* SPDX-License-Identifier: MIT
 * `${…}`: names, dotted keys and products, put in once and never looked at again. */
#ifndef PICSET_TEMPLATE_H
#define PICSET_TEMPLATE_H

#include "pointer.h"
#include "value.h"

/* Variables in sight: an innermost-first chain. A name found nearer hides a farther one. */
struct scope {
    const struct scope *parent;
    const struct value *object; /* name → value */
};

/* The eight words that only the plan knows; no parameter or matrix variable may be called so. */
extern const char
    *const template_words[]; /* name dir preset width height format ext hash; NULL ends */

enum template_late {
    TEMPLATE_LATE_REFUSED, /* stages, from, when, fallback: a plan word is an error that says where
                              it may stand */
    TEMPLATE_LATE_KEPT /* path, emit: a plan word stays in the text as it was, for the second pass
                        */
};

/* Fills in every text inside `value` (lists and objects walked; keys left as they are). A text that
 * is exactly one ${…} becomes the variable's value with its type. Errors: unknown name with the
 * nearest, a key of something that is no object, a product of what is no number. A product that
 * holds a plan word is kept whole when late is KEPT; text from a variable that holds "${" is
 * protected so that the second pass does not look at it. NULL out only with error. */
PICSET_NODISCARD enum status template_fill(const struct value *value, const struct scope *scope,
                                           enum template_late late, const struct pointer *at,
                                           struct arena *arena, const struct value **out,
                                           struct error *error);
/* The second pass, when the plan's words are known (scope->object holds them). */
PICSET_NODISCARD enum status template_finish(const struct value *value, const struct scope *scope,
                                             const struct pointer *at, struct arena *arena,
                                             const struct value **out, struct error *error);

/* `text` as it must stand in a kept template, so that the second pass gives exactly it again.
 * NULL when memory is short. */
const char *template_literal(struct arena *arena, const char *text);

#endif
