/* SPDX-License-Identifier: MIT
 * Which aspect ratio and size to ask a model for, when nobody said: those that the presets need.
 * Plans them against each image that the model could return. Touches no pixel, sends nothing. */
#ifndef PICSET_ASK_CHOICE_H
#define PICSET_ASK_CHOICE_H

#include "plan.h"
#include "provider.h"

struct ask_choice {
    const char *aspect, *size; /* of the model's tables; NULL: its default, nothing is known */
    int width, height;         /* px that come; 0: unknown */
    size_t wanted, met;        /* renditions, and those of them that get their whole size */
    int wanted_width, wanted_height; /* of the largest that does not; 0: all do */
    double kept;                     /* share of the image that the outputs keep, on average */
};

/* Of what can be asked for, first that with the most renditions in their whole size, then that
 * whose largest lacks least, then that with the fewest pixels, those that the outputs crop away
 * counted twice. `aspect` and `size` not NULL are kept. Without recipes or a table of pixels: as
 * said, else the model's defaults. */
PICSET_NODISCARD enum status ask_choose(const struct model *model, const char *aspect,
                                        const char *size, const struct recipe *const *recipes,
                                        size_t recipe_count, const struct limits *limits,
                                        struct ask_choice *out, struct error *error);
/* The plan of an image that is not there yet: a still of these pixels, as services return it. */
PICSET_NODISCARD enum status ask_plan(const char *name, const char *dir, const char *alt, int width,
                                      int height, const struct recipe *const *recipes,
                                      size_t recipe_count, const struct limits *limits,
                                      struct plan **out, struct error *error);

#endif
