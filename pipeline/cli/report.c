/* SPDX-License-Identifier: MIT
 * See report.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report.h"
#include "text.h"

enum { bar_cells = 24, failures_named = 10 };

/* ---- The images of the request -------------------------------------------------------------- */

static int compare_sources(const void *a, const void *b)
{
    const struct report_image *one = *(struct report_image *const *)a;
    const struct report_image *other = *(struct report_image *const *)b;
    return strcmp(one->source, other->source);
}

enum status report_start_names(struct report *report, struct cli *cli, const char *document,
                               const char *const *names, size_t count, struct error *error)
{
    *report = (struct report){.cli = cli, .count = count, .document = document};
    (void)clock_gettime(CLOCK_MONOTONIC, &report->start);
    (void)pthread_mutex_init(&report->lock, NULL); /* holds nothing: need not be destroyed */
    report->images = arena_array(cli->arena, count + 1, sizeof(*report->images));
    report->by_source = arena_array(cli->arena, count + 1, sizeof(*report->by_source));
    if (!report->images || !report->by_source) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        report->images[i].source = strcmp(names[i], "-") == 0 ? "standard input" : names[i];
        report->by_source[i] = &report->images[i];
    }
    if (count > 0) {
        qsort(report->by_source, count, sizeof(*report->by_source), compare_sources);
    }
    return STATUS_OK;
}

enum status report_start(struct report *report, struct cli *cli,
                         const struct batch_request *request, struct error *error)
{
    const char **names = arena_array(cli->arena, request->image_count + 1, sizeof(*names));
    if (!names) {
        return error_memory(error);
    }
    for (size_t i = 0; i < request->image_count; i++) {
        names[i] = request->images[i].path;
    }
    return report_start_names(report, cli, "render", names, request->image_count, error);
}

static struct report_image *find_image(struct report *report, const char *source)
{
    const struct report_image key = {.source = source}, *pointer = &key;
    struct report_image **found = report->count == 0 || !source
                                      ? NULL
                                      : bsearch(&pointer, report->by_source, report->count,
                                                sizeof(*report->by_source), compare_sources);
    return found ? *found : NULL;
}

/* ---- The bar -------------------------------------------------------------------------------- */

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void draw(const struct report *report, const struct buffer *line)
{
    if (!buffer_failed(line)) {
        ssize_t written = write(report->cli->error_file, buffer_string(line), line->size);
        (void)written; /* a bar that cannot be drawn harms nothing */
    }
}

static void remove_bar(struct report *report)
{
    struct buffer line = {0};
    if (report->bar) {
        buffer_text(&line, "\r\033[K");
        draw(report, &line);
        buffer_free(&line);
        report->bar = false;
    }
}

static void print_time(struct buffer *out, double seconds)
{
    long whole = (long)(seconds + 0.5);
    if (whole >= 3600) {
        buffer_format(out, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        buffer_format(out, "%ld:%02ld", whole / 60, whole % 60);
    }
}

static void print_generation(const struct report *report, struct buffer *out)
{
    const struct report_generation *generation = &report->generation;
    if (generation->total == 0) {
        return;
    }
    buffer_format(out, "%zu/%zu generated", generation->done, generation->total);
    if (generation->failed > 0) {
        buffer_format(out, ", %zu not", generation->failed);
    }
    if (generation->spent > 0) {
        buffer_text(out, "  ");
        text_dollars(out, generation->spent);
    }
    buffer_text(out, "  ");
}

static void print_rate(struct buffer *out, double rate)
{
    if (rate < 1) {
        buffer_format(out, "%.1f s/image", 1 / rate);
    } else {
        buffer_format(out, "%.1f images/s", rate);
    }
}

static void print_bar(struct report *report, const struct batch_event *event, struct buffer *out)
{
    double elapsed = seconds_since(&report->start);
    print_generation(report, out);
    if (event->type == BATCH_PLANNED && event->sources_total == 0) {
        return; /* no set is being made yet */
    }
    if (event->type == BATCH_PLANNED) {
        buffer_format(out, "reading %zu of %zu", event->sources_done, event->sources_total);
        return;
    }
    size_t total = event->renditions_total, done = event->renditions_done;
    double share = total > 0 ? (double)done / (double)total : 1;
    buffer_char(out, '[');
    for (int i = 0; i < bar_cells; i++) {
        buffer_char(out, i < (int)(share * bar_cells + 0.5) ? '#' : '.');
    }
    buffer_format(out, "] %zu/%zu files  %zu/%zu images", done, total, event->sources_done,
                  event->sources_total);
    if (elapsed > 1 && event->sources_done > 0) {
        buffer_text(out, "  ");
        print_rate(out, (double)event->sources_done / elapsed);
    }
    if (elapsed > 1 && done > 0 && done < total) {
        buffer_text(out, "  ");
        print_time(out, elapsed / share - elapsed);
        buffer_text(out, " left");
    }
}

static void draw_bar(struct report *report, const struct batch_event *event)
{
    struct winsize window;
    struct buffer text = {0}, line = {0};
    bool last = event->renditions_done == event->renditions_total && event->type == BATCH_SET;
    if (report->bar && !last && seconds_since(&report->drawn) < 0.1) {
        return;
    }
    size_t columns = ioctl(report->cli->error_file, TIOCGWINSZ, &window) == 0 && window.ws_col > 1
                         ? window.ws_col
                         : 80;
    print_bar(report, event, &text);
    buffer_text(&line, "\r");
    buffer_bytes(&line, buffer_string(&text), text.size < columns ? text.size : columns - 1);
    buffer_text(&line, "\033[K");
    draw(report, &line);
    buffer_free(&text);
    buffer_free(&line);
    (void)clock_gettime(CLOCK_MONOTONIC, &report->drawn);
    report->bar = true;
}

/* ---- Events --------------------------------------------------------------------------------- */

static bool shows_bar(const struct report *report)
{
    return report->cli->error_terminal && !report->cli->globals.quiet;
}

static void keep_event(struct report *report, struct report_image *image,
                       const struct batch_event *event)
{
    struct arena *arena = report->cli->arena;
    if (!image) {
        return;
    }
    bool document = report->cli->globals.json;
    if (event->type == BATCH_RENDITION && document) {
        struct value *file = value_object(arena);
        file = value_set(arena, file, "path", value_text(arena, event->path));
        file = value_set(arena, file, "bytes", value_int(arena, event->bytes));
        image->files = image->files ? image->files : value_list(arena);
        image->files = value_append(arena, image->files, file);
        report->failed = report->failed || !image->files;
    } else if (event->type == BATCH_NOTE && event->error && document) {
        image->notes = image->notes ? image->notes : value_list(arena);
        image->notes = value_append(arena, image->notes, value_text(arena, event->error->message));
        report->failed = report->failed || !image->notes;
    } else if (event->type == BATCH_WARNING && document) {
        image->warnings = image->warnings ? image->warnings : value_list(arena);
        image->warnings =
            value_append(arena, image->warnings, value_text(arena, event->error->message));
        report->failed = report->failed || !image->warnings;
    } else if (event->type == BATCH_SET) {
        image->finished = true;
        image->unchanged = event->unchanged;
        image->status = event->status;
        image->bytes = event->bytes;
        image->seconds = event->seconds;
        if (event->status != STATUS_OK && event->error) {
            image->error = arena_alloc(arena, sizeof(*image->error));
            report->failed = report->failed || !image->error;
            if (image->error) {
                *image->error = *event->error;
            }
        }
    }
}

/* The error with the image's name before it, unless it names it already. */
static void say_failure(const struct report *report, const char *source, const struct error *error)
{
    struct error named = *error;
    if (!text_starts(named.where, source)) {
        (void)error_at(&named, "%s", source);
    }
    cli_error(report->cli, &named);
}

static void say_set(struct report *report, const struct batch_event *event)
{
    const struct cli *cli = report->cli;
    if (event->status != STATUS_OK) {
        if (event->error && event->status != STATUS_INTERRUPTED) {
            say_failure(report, event->source, event->error);
        }
        return;
    }
    if (cli->globals.quiet || (cli->error_terminal && !cli->globals.verbose)) {
        return;
    }
    if (event->unchanged) {
        cli_say(cli, "%s: unchanged", event->source);
        return;
    }
    struct buffer bytes = {0};
    text_bytes(&bytes, (double)event->bytes);
    cli_say(cli, "%s: %zu file%s, %s, %.2f s", event->source, event->files,
            event->files == 1 ? "" : "s", buffer_string(&bytes), event->seconds);
    buffer_free(&bytes);
}

static void take_event(struct report *report, struct report_image *image,
                       const struct batch_event *event)
{
    const struct cli *cli = report->cli;
    keep_event(report, image, event);
    bool file = event->type == BATCH_RENDITION && cli->globals.verbose;
    bool note = event->type == BATCH_NOTE || event->type == BATCH_WARNING;
    if (file || note || event->type == BATCH_SET) {
        remove_bar(report);
    }
    if (file) {
        cli_say(cli, "  %s", event->path);
    } else if (note && event->error) {
        cli_warn(cli, "%s%s%s", event->source ? event->source : "", event->source ? ": " : "",
                 event->error->message);
    } else if (event->type == BATCH_SET) {
        say_set(report, event);
    }
    report->last = *event;
    if (shows_bar(report)) {
        draw_bar(report, event);
    }
}

void report_event(void *data, const struct batch_event *event)
{
    struct report *report = data;
    (void)pthread_mutex_lock(&report->lock);
    if (!report->closed) {
        take_event(report, find_image(report, event->source), event);
    }
    (void)pthread_mutex_unlock(&report->lock);
}

void report_image_event(struct report *report, size_t i, const struct batch_event *event)
{
    (void)pthread_mutex_lock(&report->lock);
    if (!report->closed) {
        take_event(report, &report->images[i], event);
    }
    (void)pthread_mutex_unlock(&report->lock);
}

void report_generation(struct report *report, const struct report_generation *generation)
{
    (void)pthread_mutex_lock(&report->lock);
    report->generation = *generation;
    if (!report->closed && shows_bar(report)) {
        draw_bar(report, &report->last);
    }
    (void)pthread_mutex_unlock(&report->lock);
}

void report_pause(struct report *report)
{
    (void)pthread_mutex_lock(&report->lock);
    remove_bar(report);
    (void)pthread_mutex_unlock(&report->lock);
}

/* ---- The end -------------------------------------------------------------------------------- */

/* ", 3 made": nothing of what there is none. */
static void add_count(struct buffer *out, size_t start, size_t count, const char *what)
{
    if (count > 0) {
        buffer_format(out, "%s%zu %s", out->size > start ? ", " : "", count, what);
    }
}

static void say_summary(const struct report *report, const struct batch_summary *summary)
{
    struct buffer line = {0};
    buffer_format(&line, "%zu image%s: ", summary->sources, summary->sources == 1 ? "" : "s");
    size_t start = line.size;
    add_count(&line, start, summary->made, "made");
    add_count(&line, start, summary->unchanged, "unchanged");
    add_count(&line, start, summary->failed, "failed");
    buffer_text(&line, "; ");
    start = line.size;
    add_count(&line, start, summary->files, summary->files == 1 ? "file" : "files");
    if (summary->files > 0) {
        buffer_text(&line, ", ");
        text_bytes(&line, (double)summary->bytes_out);
    }
    add_count(&line, start, summary->pruned, "removed");
    buffer_format(&line, "%s%.1f s", line.size > start ? " in " : "", summary->seconds);
    if (summary->seconds >= 1 && summary->made > 1) {
        buffer_text(&line, " (");
        print_rate(&line, (double)summary->made / summary->seconds);
        buffer_char(&line, ')');
    }
    if (summary->peak_memory > 0) {
        buffer_format(&line, "; %d job%s, ", summary->jobs, summary->jobs == 1 ? "" : "s");
        text_bytes(&line, (double)summary->peak_memory);
        buffer_text(&line, " of ");
        text_bytes(&line, (double)summary->memory);
        buffer_text(&line, " memory");
    }
    cli_line(report->cli, buffer_string(&line));
    buffer_free(&line);
}

/* The batch was left where it stood: what is known is what was reported. */
static void say_interrupted(const struct report *report)
{
    size_t made = 0;
    for (size_t i = 0; i < report->count; i++) {
        made += report->images[i].finished && report->images[i].status == STATUS_OK;
    }
    cli_say(report->cli, "interrupted: %zu of %zu image%s done; the same command does the rest",
            made, report->count, report->count == 1 ? "" : "s");
}

static void say_failures(const struct report *report)
{
    struct buffer line = {0};
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct report_image *image = &report->images[i];
        if (!image->finished || image->status == STATUS_OK) {
            continue;
        }
        if (count < failures_named) {
            buffer_format(&line, "%s%s", count ? ", " : "", image->source);
        }
        count++;
    }
    if (count > failures_named) {
        buffer_format(&line, " and %zu more", count - failures_named);
    }
    if (count > 0) {
        cli_say(report->cli, "not made: %s", buffer_string(&line));
    }
    buffer_free(&line);
}

/* More digits say nothing. */
static double to_milliseconds(double seconds)
{
    return (double)(int64_t)(seconds * 1000 + 0.5) / 1000;
}

const struct value *report_summary(struct arena *arena, const struct batch_summary *summary)
{
    const struct {
        const char *name;
        int64_t number;
    } rows[] = {
        {"sources", (int64_t)summary->sources},
        {"made", (int64_t)summary->made},
        {"unchanged", (int64_t)summary->unchanged},
        {"failed", (int64_t)summary->failed},
        {"refused", (int64_t)summary->refused},
        {"files", (int64_t)summary->files},
        {"renditions", (int64_t)summary->renditions},
        {"emitted", (int64_t)summary->emitted},
        {"pruned", (int64_t)summary->pruned},
        {"decodes", (int64_t)summary->decodes},
        {"bytesIn", summary->bytes_in},
        {"bytesOut", summary->bytes_out},
        {"pixelsIn", summary->pixels_in},
        {"pixelsOut", summary->pixels_out},
        {"jobs", summary->jobs},
        {"memory", summary->memory},
        {"peakMemory", summary->peak_memory},
    };
    struct value *value = value_object(arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        value = value_set(arena, value, rows[i].name, value_int(arena, rows[i].number));
    }
    return value_set(arena, value, "seconds", value_real(arena, to_milliseconds(summary->seconds)));
}

/* What an unchanged image has, if it was planned. */
static struct value *planned_files(struct arena *arena, const struct batch *batch, size_t i)
{
    const struct error *ignored = NULL;
    const struct plan *plan = batch_plan_at(batch, i, &ignored);
    struct value *files = value_list(arena);
    for (size_t r = 0; plan && r < plan->rendition_count; r++) {
        const struct plan_rendition *rendition = &plan->renditions[r];
        bool member = rendition->pack_head && rendition->pack_head != rendition;
        if (rendition->state == RENDITION_PLANNED && rendition->path && !member) {
            files = value_append(
                arena, files,
                value_set(arena, value_object(arena), "path", value_text(arena, rendition->path)));
        }
    }
    for (size_t e = 0; plan && e < plan->emitted_count; e++) {
        files = value_append(arena, files,
                             value_set(arena, value_object(arena), "path",
                                       value_text(arena, plan->emitted[e].path)));
    }
    return files;
}

void report_batch(struct report *report, const struct batch *batch, const size_t *indexes)
{
    for (size_t i = 0; i < batch_plan_count(batch); i++) {
        struct report_image *image = &report->images[indexes ? indexes[i] : i];
        if (image->unchanged && report->cli->globals.json) {
            image->files = planned_files(report->cli->arena, batch, i);
            report->failed = report->failed || !image->files;
        }
    }
}

static const struct value *image_value(struct report *report, size_t i)
{
    struct cli *cli = report->cli;
    struct arena *arena = cli->arena;
    const struct report_image *image = &report->images[i];
    enum status status = image->finished ? image->status : STATUS_INTERRUPTED;
    struct value *value = value_object(arena);
    value = value_set(arena, value, "source", value_text(arena, image->source));
    value = value_set(arena, value, "status", value_text(arena, status_name(status)));
    value = value_set(arena, value, "unchanged", value_bool(arena, image->unchanged));
    value = value_set(arena, value, "files", image->files ? image->files : value_list(arena));
    value = value_set(arena, value, "bytes", value_int(arena, image->bytes));
    value = value_set(arena, value, "seconds", value_real(arena, to_milliseconds(image->seconds)));
    if (image->notes) {
        value = value_set(arena, value, "notes", image->notes);
    }
    if (image->warnings) {
        value = value_set(arena, value, "warnings", image->warnings);
    }
    if (image->error) {
        value = value_set(arena, value, "error", cli_error_value(cli, image->error));
    }
    return value;
}

const struct value *report_sources(struct report *report)
{
    struct value *sources = value_list(report->cli->arena);
    for (size_t i = 0; i < report->count; i++) {
        sources = value_append(report->cli->arena, sources, image_value(report, i));
    }
    return report->failed ? NULL : sources;
}

static enum status print_document(struct report *report, const struct batch_summary *summary,
                                  const struct error *failure, struct error *error)
{
    struct cli *cli = report->cli;
    struct arena *arena = cli->arena;
    struct value *document = cli_document(cli, report->document);
    document =
        value_set(arena, document, "status", value_text(arena, status_name(failure->status)));
    document = value_set(arena, document, "sources", report_sources(report));
    if (failure->status != STATUS_INTERRUPTED) {
        document = value_set(arena, document, "summary", report_summary(arena, summary));
    }
    if (failure->status != STATUS_OK && failure->message[0]) {
        document = value_set(arena, document, "error", cli_error_value(cli, failure));
    }
    return cli_json(cli, document, error);
}

void report_say_end(struct report *report, const struct batch_summary *summary, bool interrupted)
{
    (void)pthread_mutex_lock(&report->lock);
    report->closed = true;
    (void)pthread_mutex_unlock(&report->lock);
    remove_bar(report);
    if (interrupted) {
        say_interrupted(report);
    } else if (!report->cli->globals.quiet) {
        say_summary(report, summary);
        if (report->count > 1) {
            say_failures(report);
        }
    }
}

enum status report_end(struct report *report, const struct batch_summary *summary,
                       const struct error *failure, struct error *error)
{
    report_say_end(report, summary, failure->status == STATUS_INTERRUPTED);
    return report->cli->globals.json ? print_document(report, summary, failure, error) : STATUS_OK;
}
