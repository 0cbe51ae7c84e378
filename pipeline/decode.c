/* SPDX-License-Identifier: MIT
 * An image decoded outside of any plan: load, and what brings it into the wanted shape, each with
 * its default options. Knows no stage by name. */
#include "decode.h"

#include "image.h"

static const struct stage *giver_of(unsigned wants)
{
    const struct stage *const *stage = stage_list();
    while (*stage && !((*stage)->gives & wants)) {
        stage++;
    }
    return *stage;
}

/* `said`: options that are not the defaults; NULL: none. */
static enum status step_make(const struct stage *stage, const struct value *said,
                             const struct subject_input *input, const struct limits *limits,
                             struct arena *arena, const struct facts *in, struct step *step,
                             struct error *error)
{
    void *options = arena_alloc(arena, stage->options_size + 1);
    struct plan_context context = {.arena = arena, .limits = limits, .source = input->source};
    if (!options) {
        return error_memory(error);
    }
    if (stage->options && (options_default(stage->options, arena, options, error) != STATUS_OK ||
                           (said && options_parse(stage->options, stage->name, said, NULL, arena,
                                                  options, error) != STATUS_OK))) {
        return error->status;
    }
    *step = (struct step){.stage = stage, .options = options, .in = *in, .out = *in};
    return stage->plan ? stage->plan(options, &context, in, &step->out, &step->choice, error)
                       : STATUS_OK;
}

enum status image_advance(const struct step *step, const struct flow *flow, VipsImage **image,
                          struct error *error)
{
    VipsImage *next = NULL, *computed = NULL;
    enum status status = image_run(step, flow, *image, &next, error);
    if (status == STATUS_OK) {
        status = image_compute(next, flow, &computed, error);
    }
    image_release(&next);
    if (status == STATUS_OK) {
        image_release(image);
        *image = computed;
    }
    return status;
}

enum status input_decode(const struct subject_input *input, const struct limits *limits,
                         bool all_frames, unsigned wants, VipsImage **out, struct error *error)
{
    struct arena *arena = arena_new();
    struct flow flow = {.source = input->source, .limits = limits, .load_scale = 1.0, .threads = 1};
    struct facts facts = input->facts;
    VipsImage *image = NULL;
    const struct stage *const *load = stage_list();
    while ((*load)->kind != STAGE_LOAD) {
        load++;
    }
    const struct stage *stage = *load;
    enum status status = arena ? input->refused.status : error_memory(error);
    if (arena && status != STATUS_OK) {
        *error = input->refused;
    }
    for (int i = 0; stage && status == STATUS_OK && i < 8; i++) {
        struct step step;
        const struct value *said =
            i == 0 && all_frames && facts.frames > 1
                ? value_set(arena, value_object(arena), "frames", value_text(arena, "all"))
                : NULL;
        status = step_make(stage, said, input, limits, arena, &facts, &step, error);
        if (status == STATUS_OK && !step.choice.skip) {
            status = image_advance(&step, &flow, &image, error);
        }
        facts = step.out;
        unsigned missing = facts_missing(&facts, wants);
        stage = missing ? giver_of(missing & -missing) : NULL;
    }
    arena_free(arena);
    if (status == STATUS_OK) {
        *out = image;
    } else {
        image_release(&image);
    }
    return status;
}
