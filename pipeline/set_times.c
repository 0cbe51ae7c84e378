/* SPDX-License-Identifier: MIT
 * Where the time of a set went, by what was computed: libvips computes several steps at once, so
 * that their time is one number under all their names. Told of in the record, never in a file that
 * is to be the same for the same input. */
#include "set_run.h"

#include <string.h>

/* A tenth of a millisecond says enough. */
static double rounded(double seconds)
{
    return (double)(int64_t)(seconds * 1e4 + 0.5) / 1e4;
}

size_t set_recipe(const struct set_run *set, const struct plan_rendition *rendition)
{
    size_t recipe = 0;
    while (set->plan->recipes[recipe] != rendition->recipe) {
        recipe++;
    }
    return recipe;
}

static void set_time(struct set_run *set, size_t recipe, const char *what, double seconds)
{
    pthread_mutex_lock(&set->lock);
    struct set_times *times = &set->times[recipe];
    struct record_time *slot = NULL;
    for (size_t i = 0; i < times->count; i++) {
        slot = strcmp(times->items[i].what, what) == 0 ? &times->items[i] : slot;
    }
    if (!slot) {
        const char *kept = arena_text(set->arena, what);
        slot = kept ? arena_push(set->arena, &times->items, &times->count, &times->capacity,
                                 sizeof(*slot))
                    : NULL;
        if (slot) {
            slot->what = kept;
        }
    }
    if (slot) { /* else memory is short: a number less, no failure */
        slot->seconds += seconds;
    }
    pthread_mutex_unlock(&set->lock);
}

static void part_time(struct node_run *run, const char *what, struct batch_part *started)
{
    double before = started->wall;
    task_part(&run->measured, what, started);
    set_time(run->set, run->recipe, what, started->wall - before);
}

static bool is_apart(const struct step *step)
{
    return step->stage->apart && step->stage->apart(step);
}

void set_time_steps(struct node_run *run, const struct plan_node *const *steps, size_t count,
                    struct batch_part *started)
{
    struct buffer what = {.limit = 400};
    while (count-- > 0) {
        buffer_format(&what, "%s%s", what.size ? ", " : "", steps[count]->step.stage->name);
        started->apart = started->apart || is_apart(&steps[count]->step);
    }
    if (what.size > 0 && !buffer_failed(&what)) {
        part_time(run, buffer_string(&what), started);
    }
    buffer_free(&what);
}

void set_time_leaf(struct node_run *run, struct batch_part *started)
{
    const struct step *step = &run->node->step;
    struct buffer what = {.limit = 400};
    buffer_format(&what, "%s %s", step->stage->name, format_info(step->choice.format)->name);
    started->apart = is_apart(step);
    part_time(run, buffer_string(&what), started);
    buffer_free(&what);
}

static bool is_timed(const struct set_times *times, const char *what)
{
    for (size_t i = 0; i < times->count; i++) {
        if (strcmp(times->items[i].what, what) == 0) {
            return true;
        }
    }
    return false;
}

/* Of what was not computed this time, the time of the last time. */
enum status set_times_record(struct set_run *set, size_t recipe, struct record_set *out,
                             struct error *error)
{
    struct set_times *times = &set->times[recipe];
    const struct record_set *before = set->before ? &set->before[recipe] : NULL;
    struct record_time *list = arena_array(
        set->arena, times->count + (before ? before->time_count : 0) + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    out->times = list;
    for (size_t i = 0; i < times->count; i++) {
        list[out->time_count++] = (struct record_time){.what = times->items[i].what,
                                                       .seconds = rounded(times->items[i].seconds)};
    }
    for (size_t i = 0; before && i < before->time_count; i++) {
        if (!is_timed(times, before->times[i].what)) {
            list[out->time_count++] = before->times[i];
        }
    }
    return STATUS_OK;
}
