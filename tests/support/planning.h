/* SPDX-License-Identifier: MIT
 * For tests of plans: an image that is only facts, presets as text or by name, and the plan of both
 * as text. No pixels, no files. */
#ifndef PICSET_TEST_PLANNING_H
#define PICSET_TEST_PLANNING_H

#include "plan.h"
#include "support.h"

enum { PLANNING_INPUTS = 4, PLANNING_PRESETS = 4 };

struct planning {
    struct arena *arena;
    struct preset_library library; /* none at first: built-in presets only */
    struct subject subject;
    struct subject_input inputs[PLANNING_INPUTS];
    struct source sources[PLANNING_INPUTS];
    const struct recipe *recipes[PLANNING_PRESETS];
    size_t recipe_count;
    struct limits limits;
    struct plan *plan;
    struct error error;
    enum status status; /* of planning_build */
};

/* An opaque 8-bit sRGB still: "DIR/NAME.EXT" becomes ${dir} and ${name}. Change facts before
 * planning_build. */
struct planning planning_start(const char *path, int width, int height);
/* One more image beside main; "#rrggbb" is a colour. */
struct facts *planning_input(struct planning *planning, const char *name, const char *path,
                             int width, int height);
/* The name of a built-in preset, or a whole document with ' for "; `changes` likewise, or NULL. */
void planning_preset(struct planning *planning, const char *preset, const char *changes);
void planning_build(struct planning *planning);
void planning_end(struct planning *planning);

/* The alpha channel is there; `used` -1: nobody has measured whether it is used. */
void planning_alpha(struct facts *facts, int used);

/* The plan as text, with "q#" for every quality: what a level is worth is the encoders' matter. */
void planning_words(const struct plan *plan, struct buffer *out);

/* Builds and compares the whole text. */
#define assert_plan(planning_, text_)                                                              \
    do {                                                                                           \
        struct buffer words_ = {0};                                                                \
        planning_build(planning_);                                                                 \
        if ((planning_)->status != STATUS_OK) {                                                    \
            fail_msg("%s: %s", (planning_)->error.where, (planning_)->error.message);              \
        }                                                                                          \
        planning_words((planning_)->plan, &words_);                                                \
        assert_buffer_text(&words_, (text_));                                                      \
    } while (0)

#endif
