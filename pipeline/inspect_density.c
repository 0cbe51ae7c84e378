/* SPDX-License-Identifier: MIT
 * The files of one image whose sizes follow from each other, as @1x, @2x and @3x do: which one does
 * not fit the others? The ratios are those of two plans of unlike images; where the two do not
 * agree, nothing is said. */
#include <math.h>
#include <string.h>

#include "inspect_state.h"

struct relative { /* a file beside what the plan makes in its place */
    const struct match *match;
    const struct plan_rendition *planned;
    double ratio; /* to the first of its kind */
};

static const struct plan_rendition *rendition_of(const struct plan *plan,
                                                 const struct output_line *line)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->line == line && rendition->leaf && rendition->state == RENDITION_PLANNED) {
            return rendition;
        }
    }
    return NULL;
}

/* A size that neither the preset fixes nor a small image makes smaller. */
static bool line_relative(const struct expectation *line)
{
    return line->kind == STAGE_ENCODE && !line->shrinks && !line->width.given &&
           !line->height.given;
}

static double ratio_between(const struct plan_rendition *a, const struct plan_rendition *b)
{
    return (double)b->leaf->step.in.width / a->leaf->step.in.width;
}

/* Is `b` as much larger than `a` in the other plan, too, in both directions? */
static bool ratio_holds(const struct plan *other, const struct plan_rendition *a,
                        const struct plan_rendition *b)
{
    const struct plan_rendition *c = rendition_of(other, a->line),
                                *d = rendition_of(other, b->line);
    const double ratio = ratio_between(a, b);
    return c && d && !b->leaf->step.in.unsized &&
           fabs(d->leaf->step.in.width - ratio * c->leaf->step.in.width) <= 1 + ratio &&
           fabs(d->leaf->step.in.height - ratio * c->leaf->step.in.height) <= 1 + ratio &&
           fabs(b->leaf->step.in.height - ratio * a->leaf->step.in.height) <= 1 + ratio;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Of one output and of the same inputs: a picture for the night may be drawn at another size. */
static bool same_kind(const struct output_line *a, const struct output_line *b)
{
    bool same = a->output_index == b->output_index && a->from_count == b->from_count;
    for (size_t i = 0; same && i < a->from_count; i++) {
        same = same_text(a->from[i].input, b->from[i].input);
    }
    return same;
}

/* Each side is rounded to whole pixels once, in either file. */
static bool relative_fits(const struct relative *base, const struct relative *other)
{
    const struct facts *from = &base->match->file->facts, *to = &other->match->file->facts;
    const double ratio = other->ratio / base->ratio;
    return fabs(to->width - ratio * from->width) <= 1 + ratio &&
           fabs(to->height - ratio * from->height) <= 1 + ratio;
}

static size_t misfits_count(const struct relative *list, size_t count, size_t base)
{
    size_t misfits = 0;
    for (size_t i = 0; i < count; i++) {
        misfits += !relative_fits(&list[base], &list[i]);
    }
    return misfits;
}

static void misfit_add(struct inspection *inspection, const struct relative *base,
                       const struct relative *other)
{
    const struct facts *from = &base->match->file->facts, *is = &other->match->file->facts;
    const double ratio = other->ratio / base->ratio;
    const char *slash = strrchr(base->match->path, '/');
    const char *there = strrchr(other->match->path, '/');
    const bool apart = slash && there && strcmp(slash, there) == 0; /* only the folder tells */
    const char *name = slash && !apart ? slash + 1 : base->match->path;
    const char *wrong = arena_format(inspection->arena, "is %dx%d px", is->width, is->height);
    const char *allowed =
        arena_format(inspection->arena, "must be %.0fx%.0f px beside '%s' of %dx%d",
                     fmax(1, round(ratio * from->width)), fmax(1, round(ratio * from->height)),
                     name, from->width, from->height);
    if (wrong && allowed) {
        finding_add(inspection, found_path(inspection->found, other->match->file->path), "density",
                    other->match->line, wrong, allowed);
    }
    inspection->failed = inspection->failed || !wrong || !allowed;
}

/* The one that most others fit is right. */
static void relatives_judge(struct inspection *inspection, const struct relative *list,
                            size_t count)
{
    size_t base = 0, fewest = misfits_count(list, count, 0);
    for (size_t i = 1; i < count; i++) {
        size_t misfits = misfits_count(list, count, i);
        base = misfits < fewest ? i : base;
        fewest = misfits < fewest ? misfits : fewest;
    }
    for (size_t i = 0; i < count; i++) {
        if (!relative_fits(&list[base], &list[i])) {
            misfit_add(inspection, &list[base], &list[i]);
        }
    }
}

enum status densities_judge(struct inspection *inspection, const struct set *set,
                            const struct guess *guess, const struct plan *plan, struct error *error)
{
    struct guess unlike = *guess;
    struct plan *other = NULL;
    struct relative *list = arena_array(inspection->arena, inspection->match_count, sizeof(*list));
    bool *taken = arena_array(inspection->arena, inspection->match_count, sizeof(*taken));
    unlike.width = 4 * guess->width / 5 + 8;
    unlike.height = guess->height / 2 + 8;
    if (inspection->match_count > 0 && (!list || !taken)) {
        return error_memory(error);
    }
    enum status status = expect_plan(&inspection->expected, &unlike, &other, error);
    for (size_t i = 0; i < inspection->match_count && status == STATUS_OK; i++) {
        size_t count = 0;
        for (size_t j = i; j < inspection->match_count; j++) {
            const struct match *match = &inspection->matches[j];
            const struct plan_rendition *planned =
                taken[j] || !match->file->known || match->findings > 0 ||
                        !line_relative(match->line) || !match_of(match, set)
                    ? NULL
                    : rendition_of(plan, match->line->line);
            const struct plan_rendition *first = count ? list[0].planned : planned;
            if (planned && same_kind(first->line, planned->line) &&
                ratio_holds(other, first, planned)) {
                list[count++] = (struct relative){match, planned, ratio_between(first, planned)};
                taken[j] = true;
            }
        }
        if (count > 1) {
            relatives_judge(inspection, list, count);
        }
    }
    plan_free(other);
    return status;
}
