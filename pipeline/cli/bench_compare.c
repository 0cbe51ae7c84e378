/* SPDX-License-Identifier: MIT
 * A measurement beside an earlier one: a change is one only where the medians are further apart
 * than the runs of both are among themselves. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "json.h"
#include "text.h"

enum { RUNS_FOR_A_VERDICT = 3 };

static bool spread_read(const struct value *value, struct bench_spread *out)
{
    return value_number(value_get(value, "median"), &out->median) &&
           value_number(value_get(value, "low"), &out->low) &&
           value_number(value_get(value, "high"), &out->high);
}

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
    if (what && spread_read(then, &before)) {
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

static enum status document_read(struct arena *arena, const char *path, const struct value **out,
                                 struct error *error)
{
    struct buffer text = {.limit = 64 << 20};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    while (descriptor >= 0 && got > 0) {
        char *place = buffer_reserve(&text, 64 << 10);
        got = place ? read(descriptor, place, 64 << 10) : 0;
        text.size += got > 0 ? (size_t)got : 0;
    }
    enum status status = STATUS_OK;
    if (descriptor < 0 || got < 0) {
        status = error_set(error, STATUS_MISSING, "cannot read '%s'", path);
    } else if (buffer_failed(&text)) {
        status = error_memory(error);
    } else if (json_parse(arena, text.data ? text.data : "", text.size, out, error) != STATUS_OK) {
        status = error_at(error, "%s", path);
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    buffer_free(&text);
    return status;
}

enum status bench_compare(struct bench *bench, const char *path, const struct value **out,
                          struct error *error)
{
    struct arena *arena = bench->cli->arena;
    const struct value *then = NULL, *schema, *work;
    double runs = 0;
    if (document_read(arena, path, &then, error) != STATUS_OK) {
        return error->status;
    }
    schema = value_get(then, "schema");
    if (!schema || schema->type != VALUE_TEXT || strcmp(schema->text, "picset/bench/1") != 0) {
        return error_set(error, STATUS_USAGE, "'%s' is no measurement that --save wrote", path);
    }
    struct value *now = bench_document(bench, NULL);
    work = value_get(then, "work");
    if (!now) {
        return error_memory(error);
    }
    if (!work || !value_equal(work, value_get(now, "work"))) {
        return error_set(error, STATUS_USAGE,
                         "'%s' measured other work: images, presets or sizes are not the same",
                         path);
    }
    (void)value_number(value_get(then, "repeat"), &runs);
    struct comparing comparing = {.arena = arena,
                                  .list = value_list(arena),
                                  .runs_enough = runs >= RUNS_FOR_A_VERDICT &&
                                                 bench->options->repeat >= RUNS_FOR_A_VERDICT};
    for (size_t i = 0; i < bench->level_count; i++) {
        const struct value *level = level_then(then, bench->levels[i].threads);
        if (level) {
            compare_level(&comparing, &bench->levels[i], level);
        }
    }
    *out = comparing.list;
    return comparing.list ? STATUS_OK : error_memory(error);
}
