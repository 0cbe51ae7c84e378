/* SPDX-License-Identifier: MIT
 * A measurement beside an earlier one: a change is one only where the medians are further apart
 * than the runs of both are among themselves. */
#include <string.h>

#include "bench.h"

enum { RUNS_FOR_A_VERDICT = 3 };

/* Seconds or bytes of "what", then and now. */
static struct value *change_value(struct arena *arena, const char *what, struct bench_spread then,
                                  struct bench_spread now, bool runs_enough, bool quiet)
{
    const double noise = then.high - then.low + now.high - now.low;
    const bool less = then.median - now.median > noise, more = now.median - then.median > noise;
    const double change = then.median > 0 ? now.median / then.median - 1 : 0;
    const char *words = NULL;
    if (!runs_enough) {
        words = arena_format(arena, "no verdict: %d runs of each are needed", RUNS_FOR_A_VERDICT);
    } else if (!less && !more) {
        words = arena_format(arena, "no change beyond the noise: %+.1f %% between medians",
                             100 * change);
    } else if (change > 9) {
        words = arena_format(arena, "%.0f times as much", 1 + change);
    } else {
        words = arena_format(arena, "%s by %.1f %%", less ? "less" : "more",
                             100 * (change < 0 ? -change : change));
    }
    if (quiet && !(runs_enough && (less || more))) {
        return value_null(arena);
    }
    struct value *value = value_object(arena);
    value = value_set(arena, value, "what", value_text(arena, what));
    value = value_set(arena, value, "then", value_real(arena, then.median));
    value = value_set(arena, value, "now", value_real(arena, now.median));
    value =
        value_set(arena, value, "beyond_noise", value_bool(arena, runs_enough && (less || more)));
    return words ? value_set(arena, value, "words", value_text(arena, words)) : NULL;
}

struct comparing {
    struct arena *arena;
    struct value *list;
    bool runs_enough;
};

/* What has no number then is passed over. */
static void compare_figure(struct comparing *comparing, const char *what, const struct value *then,
                           struct bench_spread now, bool quiet)
{
    struct bench_spread before;
    if (what && bench_spread_read(then, &before)) {
        struct value *change =
            change_value(comparing->arena, what, before, now, comparing->runs_enough, quiet);
        if (!change || change->type != VALUE_NULL) {
            comparing->list = value_append(comparing->arena, comparing->list, change);
        }
    }
}

static const struct value *named(const struct value *list, const char *key, const char *name)
{
    for (size_t i = 0; list && list->type == VALUE_LIST && i < list->list.count; i++) {
        const struct value *is = value_get(list->list.items[i], key);
        if (is && is->type == VALUE_TEXT && strcmp(is->text, name) == 0) {
            return list->list.items[i];
        }
    }
    return NULL;
}

static const struct value *level_then(const struct value *document, int threads)
{
    const struct value *list = value_get(document, "threads");
    for (size_t i = 0; list && list->type == VALUE_LIST && i < list->list.count; i++) {
        double number = 0;
        if (value_number(value_get(list->list.items[i], "threads"), &number) && number == threads) {
            return list->list.items[i];
        }
    }
    return NULL;
}

static void compare_level(struct comparing *comparing, const struct bench_level *level,
                          const struct value *then)
{
    struct arena *arena = comparing->arena;
    const int n = level->threads;
    const char *plural = n == 1 ? "" : "s";
    compare_figure(comparing, arena_format(arena, "seconds, %d thread%s", n, plural),
                   value_get(then, "seconds"), level->seconds, false);
    compare_figure(comparing, arena_format(arena, "CPU seconds, %d thread%s", n, plural),
                   value_get(then, "cpu_seconds"), level->cpu, false);
    compare_figure(comparing, arena_format(arena, "peak memory, %d thread%s", n, plural),
                   value_get(then, "peak_bytes"), level->peak, false);
    for (size_t i = 0; i < level->stage_count; i++) {
        const struct bench_stage *stage = &level->stages[i];
        compare_figure(
            comparing,
            arena_format(arena, "CPU seconds of %s, %d thread%s", stage->what, n, plural),
            value_get(named(value_get(then, "stages"), "stage", stage->what), "cpu_seconds"),
            stage->cpu, true);
    }
}

static enum status other_work(const char *path, const char *what, struct error *error)
{
    return error_set(error, STATUS_USAGE, "'%s' measured other work: %s", path, what);
}

static enum status same(struct bench *bench, bool ran, struct error *error)
{
    static const struct {
        const char *key, *words;
        bool later; /* only a run tells */
    } parts[] = {{"presets", "its presets are not these", false},
                 {"images", "the number of images is not the same", true},
                 {"renditions", "the number of files is not the same", true},
                 {"pixels_in", "the sizes of the images are not the same", true},
                 {"pixels_out", "the sizes of the files are not the same", true}};
    const struct value *then = value_get(bench->saved, "work"), *now = bench_work_value(bench);
    if (!now) {
        return error_memory(error);
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct value *part = value_get(then, parts[i].key);
        if ((ran || !parts[i].later) &&
            (!part || !value_equal(part, value_get(now, parts[i].key)))) {
            return other_work(bench->options->compare, parts[i].words, error);
        }
    }
    return STATUS_OK;
}

enum status bench_same_request(struct bench *bench, struct error *error)
{
    double images = 0;
    /* Fewer are not as many; of more, some may fail and be left out, as they were then. */
    if (value_number(value_get(value_get(bench->saved, "work"), "images"), &images) &&
        (double)bench->image_count < images) {
        return other_work(bench->options->compare, "it has more images", error);
    }
    return same(bench, false, error);
}

enum status bench_same_work(struct bench *bench, struct error *error)
{
    return same(bench, true, error);
}

/* Nothing in common: the one line says so. */
static struct value *nothing_common(struct arena *arena, const struct value *then)
{
    struct buffer words = {0};
    const struct value *list = value_get(then, "threads");
    for (size_t i = 0; i < list->list.count; i++) {
        double threads = 0;
        (void)value_number(value_get(list->list.items[i], "threads"), &threads);
        buffer_format(&words, "%s%.0f", i ? ", " : "it was measured with ", threads);
    }
    struct value *value = value_object(arena);
    value = value_set(arena, value, "what", value_text(arena, "no number of threads in common"));
    value = value_set(arena, value, "beyond_noise", value_bool(arena, false));
    value = value_set(
        arena, value, "words",
        value_text(arena, words.size ? buffer_string(&words) : "the saved run measured none"));
    buffer_free(&words);
    return value;
}

const struct value *bench_compare(struct bench *bench)
{
    struct arena *arena = bench->cli->arena;
    const struct value *then = bench->saved;
    bool common = false;
    double runs = 0;
    (void)value_number(value_get(then, "repeat"), &runs);
    struct comparing comparing = {.arena = arena,
                                  .list = value_list(arena),
                                  .runs_enough = runs >= RUNS_FOR_A_VERDICT &&
                                                 bench->options->repeat >= RUNS_FOR_A_VERDICT};
    for (size_t i = 0; i < bench->level_count; i++) {
        const struct value *level = level_then(then, bench->levels[i].threads);
        if (level) {
            common = true;
            compare_level(&comparing, &bench->levels[i], level);
        }
    }
    return common ? comparing.list
                  : value_append(arena, comparing.list, nothing_common(arena, then));
}
