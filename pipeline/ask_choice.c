/* SPDX-License-Identifier: MIT
 * See ask_choice.h. */
#include "ask_choice.h"

#include <string.h>

enum { LARGE_SIDE = 32768 }; /* px: enough to tell what the presets would like */
/* Banners wider than 21:9, or as high, are chosen only for outputs that are banners themselves. */
static const double banner = 2.5, half = 0.5;

struct choosing {
    const struct recipe *const *recipes;
    size_t recipe_count;
    const struct limits *limits;
    struct error *error;
};

enum status ask_plan(const char *name, const char *dir, const char *alt, int width, int height,
                     const struct recipe *const *recipes, size_t recipe_count,
                     const struct limits *limits, struct plan **out, struct error *error)
{
    const struct subject_input input = {.name = "main",
                                        .path = name,
                                        .facts = {.width = width,
                                                  .height = height,
                                                  .frames = 1,
                                                  .bands = 3,
                                                  .bits = 8,
                                                  .space = SPACE_SRGB,
                                                  .orientation = 1,
                                                  .format = FORMAT_PNG,
                                                  .keep = KEEP_ICC}};
    const struct subject subject = {
        .name = name, .dir = dir, .alt = alt, .inputs = &input, .input_count = 1};
    struct limits unbounded = *limits;
    unbounded.source_pixels = INT64_MAX;
    return plan_build(&subject, recipes, recipe_count, &unbounded, NULL, 0, out, error);
}

static enum status plan_for(const struct choosing *choosing, int width, int height,
                            struct plan **out)
{
    return ask_plan("image", "", NULL, width, height, choosing->recipes, choosing->recipe_count,
                    choosing->limits, out, choosing->error);
}

static const struct facts *made_facts(const struct plan_rendition *rendition)
{
    return rendition->state == RENDITION_PLANNED && rendition->leaf ? &rendition->leaf->step.out
                                                                    : NULL;
}

static bool same_output(const struct plan_rendition *one, const struct plan_rendition *other)
{
    return one->recipe == other->recipe && one->line->output_index == other->line->output_index;
}

static double area(const struct facts *facts)
{
    return (double)facts->width * facts->height;
}

/* The largest rendition of each output, cells of one output being neighbours: how much of the image
 * its shape leaves, on average. */
static double share_kept(const struct plan *plan, int width, int height)
{
    double sum = 0, of = (double)width / height;
    size_t count = 0;
    for (size_t i = 0; i < plan->rendition_count;) {
        const struct plan_rendition *first = &plan->renditions[i];
        const struct facts *largest = NULL;
        for (; i < plan->rendition_count && same_output(first, &plan->renditions[i]); i++) {
            const struct facts *facts = made_facts(&plan->renditions[i]);
            largest = facts && (!largest || area(facts) > area(largest)) ? facts : largest;
        }
        if (largest && largest->width > 0 && largest->height > 0) {
            double shape = (double)largest->width / largest->height;
            sum += shape < of ? shape / of : of / shape;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : 1;
}

/* Which renditions get the size that they would have of an image with pixels enough. */
static void count_met(const struct plan *ideal, const struct plan *real, struct ask_choice *choice,
                      double *unmet)
{
    double largest = 0, made = 1;
    for (size_t i = 0; i < ideal->rendition_count && i < real->rendition_count; i++) {
        const struct facts *facts = made_facts(&ideal->renditions[i]);
        const struct plan_rendition *got = &real->renditions[i];
        bool met = got->state != RENDITION_DROPPED && !got->clamped;
        choice->wanted += facts != NULL;
        choice->met += facts && met;
        if (made_facts(got) && area(made_facts(got)) > made) {
            made = area(made_facts(got));
        }
        if (facts && !met && area(facts) > largest) {
            largest = area(facts);
            choice->wanted_width = facts->width;
            choice->wanted_height = facts->height;
        }
    }
    *unmet = largest / made;
}

struct candidate {
    struct ask_choice choice;
    double unmet; /* pixels that the largest lacks, as a factor; 0: none does */
    double cost;
};

static enum status weigh(const struct choosing *choosing, struct candidate *candidate)
{
    struct ask_choice *choice = &candidate->choice;
    struct plan *ideal = NULL, *real = NULL;
    int side = choice->width > choice->height ? choice->width : choice->height;
    int times = LARGE_SIDE / side + 1;
    if (plan_for(choosing, choice->width * times, choice->height * times, &ideal) != STATUS_OK ||
        plan_for(choosing, choice->width, choice->height, &real) != STATUS_OK) {
        plan_free(ideal);
        return choosing->error->status;
    }
    count_met(ideal, real, choice, &candidate->unmet);
    choice->kept = share_kept(real, choice->width, choice->height);
    candidate->cost = (double)choice->width * choice->height * (2 - choice->kept);
    plan_free(ideal);
    plan_free(real);
    return STATUS_OK;
}

static bool better(const struct candidate *one, const struct candidate *best)
{
    if (best->choice.width == 0 || one->choice.met != best->choice.met) {
        return best->choice.width == 0 || one->choice.met > best->choice.met;
    }
    return one->unmet != best->unmet ? one->unmet < best->unmet : one->cost < best->cost;
}

static bool allowed(const char *wish, const char *is)
{
    return !wish || (is && strcmp(wish, is) == 0);
}

static bool is_banner(const struct model_size *pixels)
{
    return pixels->width > banner * pixels->height || pixels->height > banner * pixels->width;
}

static enum status try_all(const struct choosing *choosing, const struct model *model,
                           const char *aspect, const char *size, bool banners,
                           struct candidate *best)
{
    for (const struct model_size *pixels = model->pixels; pixels && pixels->width > 0; pixels++) {
        struct candidate candidate = {.choice = {.aspect = pixels->aspect,
                                                 .size = pixels->size ? pixels->size : size,
                                                 .width = pixels->width,
                                                 .height = pixels->height}};
        if (!allowed(aspect, pixels->aspect) || (pixels->size && !allowed(size, pixels->size)) ||
            (!aspect && is_banner(pixels) != banners)) {
            continue;
        }
        if (weigh(choosing, &candidate) != STATUS_OK) {
            return choosing->error->status;
        }
        if (better(&candidate, best)) {
            *best = candidate;
        }
    }
    return STATUS_OK;
}

enum status ask_choose(const struct model *model, const char *aspect, const char *size,
                       const struct recipe *const *recipes, size_t recipe_count,
                       const struct limits *limits, struct ask_choice *out, struct error *error)
{
    const struct choosing choosing = {recipes, recipe_count, limits, error};
    struct candidate best = {.choice = {.aspect = aspect, .size = size, .kept = 1}};
    if (recipe_count == 0) {
        if (!model_pixels(model, aspect, size, &best.choice.width, &best.choice.height)) {
            best.choice.width = best.choice.height = 0;
        }
    } else if (try_all(&choosing, model, aspect, size, false, &best) != STATUS_OK ||
               (!aspect && best.choice.kept < half &&
                try_all(&choosing, model, aspect, size, true, &best) != STATUS_OK)) {
        return error->status;
    }
    *out = best.choice;
    return STATUS_OK;
}
