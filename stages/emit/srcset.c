/* SPDX-License-Identifier: MIT
 * The emitter `srcset`: the values of srcset as plain text, one line for each media query and type,
 * for templates that write their own markup. From the records alone. */
#include <string.h>

#include "candidates.h"
#include "look.h"

extern const struct emitter emitter_srcset;

struct srcset_options {
    const char *path, *base;
    struct formats formats;
    bool labels;
};

static const struct option srcset_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct srcset_options, path),
     .def = "",
     .help = "where the file is written, below the output folder"},
    {.name = "base",
     OPT_TEXT(struct srcset_options, base),
     .def = "",
     .help = "what stands for the output folder in URLs; empty: URLs are relative to the file"},
    {.name = "formats",
     OPT_FORMATS(struct srcset_options, formats),
     .def = "[]",
     .help = "only these formats; empty: all, those first that browsers take first"},
    {.name = "labels",
     OPT_BOOL(struct srcset_options, labels),
     .def = "false",
     .help = "before each line its type, media query and sizes, tabs between"},
    {0},
};

static bool is_wanted(const struct srcset_options *options, enum format format)
{
    bool wanted = options->formats.count == 0;
    for (int i = 0; i < options->formats.count; i++) {
        wanted = wanted || options->formats.list[i] == format;
    }
    return wanted;
}

static void line_write(const struct emit_job *job, const struct candidate *run, size_t count,
                       struct buffer *out)
{
    const struct srcset_options *options = job->options;
    if (options->labels) {
        bool sized = count > 1 && !candidates_dense(run, count);
        buffer_format(out, "%s\t%s\t%s\t", run[0].rendition->mime, run[0].media,
                      sized ? run[0].sizes : "");
    }
    candidates_srcset(run, count, job->path, options->base, out);
    buffer_char(out, '\n');
}

/* Columns are told by tabs: none may be inside. */
static enum status line_check(const struct candidate *run, struct error *error)
{
    const char *const texts[] = {run->media, run->sizes};
    for (size_t i = 0; i < 2; i++) {
        if (texts[i][strcspn(texts[i], "\t\r\n")]) {
            return error_set(error, STATUS_USAGE, "'%s' has a tab or a line's end in it",
                             i ? "sizes" : "media");
        }
    }
    return STATUS_OK;
}

static enum status srcset_check(const void *file_options, struct error *error)
{
    const struct srcset_options *options = file_options;
    return emit_check_url("base", options->base, error);
}

static enum status srcset_emit(const struct emit_job *job, struct buffer *out, struct error *error)
{
    struct arena *arena = arena_new();
    struct candidates candidates = {0};
    size_t length;
    enum status status =
        arena ? candidates_collect(&emitter_srcset, job->sets[0], arena, &candidates, error)
              : error_memory(error);
    for (size_t i = 0; status == STATUS_OK && i < candidates.count; i += length) {
        length = candidates_run(&candidates, i);
        if (is_wanted(job->options, candidates.list[i].rendition->format)) {
            status = line_check(&candidates.list[i], error);
            line_write(job, &candidates.list[i], length, out);
        }
    }
    arena_free(arena);
    return status == STATUS_OK && buffer_failed(out) ? error_memory(error) : status;
}

/* The last column of each line. */
static enum status srcset_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct srcset_options *options = inspection->options;
    (void)error;
    for (const char *line = inspection->text; *line;) {
        size_t size = strcspn(line, "\n"), start = size;
        while (start > 0 && line[start - 1] != '\t') {
            start--;
        }
        look_srcset(inspection, options->base, line + start, size - start);
        line += size + (line[size] == '\n');
    }
    return STATUS_OK;
}

const struct emitter emitter_srcset = {
    .name = "srcset",
    .summary = "values of srcset as plain text, a line for each type",
    .version = 1,
    .default_path = "${dir}${name}.${preset}.srcset.txt",
    .file_options = srcset_file_options,
    .file_size = sizeof(struct srcset_options),
    .entry_options = candidate_options,
    .entry_size = sizeof(struct candidate_options),
    .check = srcset_check,
    .emit = srcset_emit,
    .inspect = srcset_inspect,
};
