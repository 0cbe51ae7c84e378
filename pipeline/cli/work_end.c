/* SPDX-License-Identifier: MIT
 * The end of a run: what is said of images, sets and callbacks, as lines and as a document, and the
 * exit code of it all. */
#include <stddef.h>

#include "generate/listen.h"
#include "text.h"
#include "work_state.h"

/* ---- Callbacks ------------------------------------------------------------------------------ */

static const struct count {
    const char *name, *words;
    size_t offset;
} counts[] = {
#define COUNT(field_, name_, words_)                                                               \
    {                                                                                              \
        name_, words_, offsetof(struct listener_counts, field_)                                    \
    }
    COUNT(received, "received", "right"),
    COUNT(repeated, "repeated", "repeated"),
    COUNT(forged, "forged", "forged"),
    COUNT(stale, "stale", "stale"),
    COUNT(malformed, "malformed", "malformed"),
    COUNT(too_large, "tooLarge", "too large"),
    COUNT(wrong_method, "wrongMethod", "by a wrong method"),
    COUNT(busy, "busy", "too many"),
};
enum { COUNTS = sizeof(counts) / sizeof(*counts) };

static int64_t count_at(const struct listener_counts *all, size_t i)
{
    return *(const int64_t *)(const void *)((const char *)all + counts[i].offset);
}

/* Wrong ones change nothing, but somebody has sent them. */
static void say_callbacks(const struct run *run)
{
    struct listener_counts all;
    struct buffer line = {0};
    if (!run->work->service.listener) {
        return;
    }
    listener_counts(run->work->service.listener, &all);
    buffer_text(&line, "callbacks: ");
    const size_t start = line.size;
    for (size_t i = 0; i < COUNTS; i++) {
        if (count_at(&all, i) > 0) {
            buffer_format(&line, "%s%lld %s", line.size > start ? ", " : "",
                          (long long)count_at(&all, i), counts[i].words);
        }
    }
    buffer_text(&line, line.size > start ? "" : "none came");
    cli_line(run->work->cli, buffer_string(&line));
    buffer_free(&line);
}

static struct value *callbacks_value(const struct run *run)
{
    struct listener_counts all;
    struct value *value = value_object(run->work->cli->arena);
    listener_counts(run->work->service.listener, &all);
    for (size_t i = 0; i < COUNTS; i++) {
        value = value_set(run->work->cli->arena, value, counts[i].name,
                          value_int(run->work->cli->arena, count_at(&all, i)));
    }
    return value;
}

/* ---- Images --------------------------------------------------------------------------------- */

static void say_generation(const struct run *run)
{
    const struct generate_summary *made = &run->made;
    const struct {
        size_t count;
        const char *what;
    } parts[] = {{made->done, "generated"},
                 {made->reused, "there already"},
                 {made->refused, "refused"},
                 {made->failed, "failed"},
                 {made->unknown, "of unknown outcome"},
                 {made->pending, "waiting for the next start"}};
    struct buffer line = {0};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        if (parts[i].count > 0) {
            buffer_format(&line, "%s%zu %s", line.size ? ", " : "", parts[i].count, parts[i].what);
        }
    }
    if (line.size == 0) {
        buffer_text(&line, "nothing generated");
    }
    if (made->spent > 0) {
        buffer_text(&line, "; ");
        text_dollars(&line, made->spent);
        buffer_text(&line, run->work->service.built_in ? " of the sandbox's money" : "");
    }
    if (made->before > 0) {
        buffer_text(&line, "; ");
        text_dollars(&line, made->before);
        buffer_text(&line, " for what an earlier run had sent");
    }
    buffer_format(&line, "; %.1f s", made->seconds);
    cli_line(run->work->cli, buffer_string(&line));
    buffer_free(&line);
    say_callbacks(run);
}

static const struct value *generation_value(const struct run *run)
{
    const struct generate_summary *made = &run->made;
    struct arena *arena = run->work->cli->arena;
    const struct {
        const char *name;
        size_t count;
    } rows[] = {{"done", made->done},       {"reused", made->reused},   {"failed", made->failed},
                {"refused", made->refused}, {"unknown", made->unknown}, {"pending", made->pending},
                {"creates", made->creates}};
    struct value *value = value_object(arena);
    value =
        value_set(arena, value, "provider", value_text(arena, run->work->service.provider->name));
    value = value_set(arena, value, "model", value_text(arena, run->work->service.model->name));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        value = value_set(arena, value, rows[i].name, value_int(arena, (int64_t)rows[i].count));
    }
    value = value_set(arena, value, "spent", value_real(arena, made->spent));
    value = value_set(arena, value, "spentBefore", value_real(arena, made->before));
    if (run->work->service.listener) {
        value = value_set(arena, value, "callbacks", callbacks_value(run));
    }
    return value_set(arena, value, "failures", run->failures);
}

static enum status print_document(struct run *run, enum status status, const struct error *failure,
                                  struct error *error)
{
    struct cli *cli = run->work->cli;
    struct arena *arena = cli->arena;
    struct value *document = cli_document(cli, "build");
    document = value_set(arena, document, "status", value_text(arena, status_name(status)));
    if (run->work->asked_count > 0) {
        document = value_set(arena, document, "generation", generation_value(run));
    }
    document = value_set(arena, document, "sources", report_sources(&run->report));
    if (status != STATUS_INTERRUPTED) {
        document = value_set(arena, document, "summary", report_summary(arena, &run->summary));
    }
    if (failure->message[0]) {
        document = value_set(arena, document, "error", cli_error_value(cli, failure));
    }
    return cli_json(cli, document, error);
}

/* Of both halves: what our own side failed at, then what could not be had, then what failed. Some
 * images that could not be had are a part of the batch that failed; none at all is the service. */
static enum status run_status(const struct run *run, enum status generation)
{
    if (run->sets == STATUS_INTERRUPTED || generation == STATUS_INTERRUPTED) {
        return STATUS_INTERRUPTED;
    }
    if (generation != STATUS_OK && generation != STATUS_GENERATION) {
        return generation;
    }
    if (generation == STATUS_OK && run->lost == 0) {
        bool some = run->summary.failed > 0 && run->summary.made + run->summary.unchanged > 0;
        return some ? STATUS_PARTIAL : run->sets;
    }
    return run->made.done + run->made.reused > 0 ? STATUS_PARTIAL : STATUS_GENERATION;
}

enum status work_run_end(struct run *run, enum status generation, const struct error *failure,
                         struct error *error)
{
    struct work *work = run->work;
    enum status status = run_status(run, generation);
    struct error told = {0};
    run->summary.sources += run->lost;
    run->summary.failed += run->lost;
    if (work->wanted_count > 0) {
        report_say_end(&run->report, &run->summary, status == STATUS_INTERRUPTED);
    }
    if (work->asked_count > 0 && !work->cli->globals.quiet) {
        report_pause(&run->report);
        say_generation(run);
    }
    if (generation != STATUS_OK && generation != STATUS_INTERRUPTED &&
        run->made_error.message[0] == '\0') {
        told = *failure;
    } else if (run->sets_error.message[0]) {
        told = run->sets_error;
    }
    if (work->cli->globals.json) {
        const struct error *shown = told.message[0] ? &told : &run->made_error;
        if (print_document(run, status, shown, error) != STATUS_OK) {
            return error->status;
        }
    }
    if (told.message[0]) {
        *error = told;
        error->status = status;
    }
    return status;
}
