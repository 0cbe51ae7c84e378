/* SPDX-License-Identifier: MIT
 * A file given alone: an image is taken for the output that its name or its size fits, an emitted
 * file is held against what stands around it. */
#include <stdio.h>
#include <string.h>

#include "inspect_state.h"
#include "text.h"

/* ---- A file alone -----------------------------------------------------------------------------
 */

static bool line_exact(const struct expectation *line)
{
    return line->width.given && line->width.low == line->width.high && line->height.given &&
           line->height.low == line->height.high;
}

static bool line_fits(const struct expectation *line, const struct facts *facts)
{
    return line_exact(line) && (int)line->width.low == facts->width &&
           (int)line->height.low == facts->height;
}

/* Its name says which output it is; else its size, where one has just that; else all are tried. */
static size_t alone_lines(struct inspection *inspection, const struct found_file *file,
                          size_t *lines, struct binding *binding, bool *named)
{
    struct base base = {"", ""};
    size_t count = lines_match(inspection, file->path, lines, binding), fitting = 0;
    if (count == 0 && base_above(inspection, &base, lines)) {
        count = lines_match(inspection, base_below(inspection, &base, file->path), lines, binding);
    }
    *named = count > 0;
    if (*named) {
        return count;
    }
    *binding = (struct binding){{0}};
    for (size_t i = 0; i < inspection->expected.recipe->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[i];
        if (line_asked(inspection, line)) {
            lines[count++] = i;
            fitting += line_fits(line, &file->facts);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (fitting == 0 || line_fits(&inspection->expected.lines[lines[i]], &file->facts)) {
            lines[kept++] = lines[i];
        }
    }
    return kept;
}

/* Of a size that none has, no single output is to blame. */
static bool alone_misfits(struct inspection *inspection, const struct match *match)
{
    struct buffer sizes = {0}, wrong = {0};
    size_t count = 0;
    for (size_t i = 0; i < match->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[match->lines[i]];
        char size[32];
        if (!match->file->known || !line_exact(line) || line_fits(line, &match->file->facts)) {
            count = 0;
            break;
        }
        snprintf(size, sizeof(size), "%.0fx%.0f", line->width.low, line->height.low);
        if (!strstr(buffer_string(&sizes), size)) {
            buffer_format(&sizes, "%s%s", count++ ? ", " : "", size);
        }
    }
    if (count > 1) {
        const struct facts *facts = &match->file->facts;
        const char *allowed =
            arena_format(inspection->arena, "must be one of %s px", buffer_string(&sizes));
        buffer_format(&wrong, "is %dx%d px", facts->width, facts->height);
        finding_add(inspection, found_path(inspection->found, match->file->path), "size", NULL,
                    buffer_string(&wrong), allowed ? allowed : "");
    }
    inspection->failed = inspection->failed || buffer_failed(&sizes) || buffer_failed(&wrong);
    buffer_free(&sizes);
    buffer_free(&wrong);
    return count > 1;
}

/* A size may be of several outputs: which one it was held against is worth saying. */
static void taken_say(struct inspection *inspection, const struct match *match)
{
    const struct output_line *line = match->line->line;
    const struct recipe *recipe = inspection->expected.recipe;
    bool several = false;
    for (size_t i = 0; i < recipe->line_count; i++) {
        several = several || (line_asked(inspection, &inspection->expected.lines[i]) &&
                              recipe->lines[i].output_index != line->output_index);
    }
    if (several) {
        const char *before = inspection->taken ? inspection->taken : "";
        inspection->taken = arena_format(inspection->arena, "%s%s%s/%s", before,
                                         *before ? ", " : "", line->preset, line->output);
        inspection->failed = inspection->failed || !inspection->taken;
    }
}

enum status alone_inspect(struct inspection *inspection, size_t *lines, size_t *files,
                          struct error *error)
{
    const struct base base = {"", ""};
    struct found_file *file = &inspection->found->files[0];
    struct binding binding = {{0}};
    bool named = false;
    enum status status = places_find(inspection, error);
    if (status == STATUS_OK) {
        status = found_look(inspection->found, (struct found_file *const[]){file}, 1, 1, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    inspection->base = &base;
    size_t count = alone_lines(inspection, file, lines, &binding, &named);
    if (count == 0) {
        nothing_say(inspection);
        return STATUS_OK;
    }
    status = match_add(inspection, file, file->path, lines, count, &binding, error);
    if (status == STATUS_OK && !alone_misfits(inspection, &inspection->matches[0])) {
        match_judge(inspection, &inspection->matches[0]);
        if (!named) {
            taken_say(inspection, &inspection->matches[0]);
        }
        match_named(inspection, &inspection->matches[0]);
        match_loses(inspection, &inspection->matches[0],
                    inspection->request->generated ? KEEP_PROVENANCE : 0);
    }
    *files += 1;
    return status;
}

/* ---- An emitted file alone --------------------------------------------------------------------
 */

bool emitted_name(const struct inspection *inspection, const char *name)
{
    for (size_t i = 0; i < inspection->expected.plan->emitted_count; i++) {
        const char *path = inspection->expected.plan->emitted[i].path;
        const char *slash = strrchr(path, '/'), *dot = strrchr(name, '.');
        const char *base = slash ? slash + 1 : path;
        if (strcmp(base, name) == 0 || (dot && text_ends(base, dot))) {
            return true;
        }
    }
    return false;
}

/* The folder of a path as written, or of a folder; NULL above all that is written. */
static const char *folder_above(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(path, ".") == 0 || strcmp(path, "/") == 0 ? NULL
           : !slash                                         ? "."
           : slash == path                                  ? "/"
                           : arena_slice(arena, path, (size_t)(slash - path));
}

static bool emitted_seen(const struct inspection *inspection, const char *path)
{
    for (size_t i = 0; i < inspection->emitted_count; i++) {
        if (strcmp(inspection->emitted[i], path) == 0) {
            return true;
        }
    }
    return false;
}

/* What it says is of the files around it: the nearest folder that holds something of the preset is
 * looked at, and what is found wrong with the file itself is kept. */
enum status emitted_inspect(struct inspection *inspection, const char *path, size_t *lines,
                            size_t *files, struct error *error)
{
    enum { ABOVE_MAX = 3 };
    struct arena *arena = inspection->arena;
    struct found found, *alone = inspection->found;
    const size_t before = inspection->finding_count;
    size_t kept = before, around = 0;
    bool seen = false;
    const char *folder = folder_above(arena, path);
    enum status status = STATUS_OK;
    for (int i = 0; i < ABOVE_MAX && folder && !seen && status == STATUS_OK; i++) {
        inspection->finding_count = before;
        status = found_folder(folder, &inspection->request->limits, arena, &found, error);
        if (status == STATUS_OK) {
            inspection->found = &found;
            status = folder_inspect(inspection, lines, &around, error);
        }
        seen = emitted_seen(inspection, path);
        folder = folder_above(arena, folder);
    }
    for (size_t i = before; i < inspection->finding_count; i++) {
        if (strcmp(inspection->findings[i].path, path) == 0) {
            inspection->findings[kept++] = inspection->findings[i];
        }
    }
    inspection->finding_count = kept;
    inspection->found = alone;
    if (status == STATUS_OK && !seen) {
        finding_add(inspection, path, "nothing", NULL, "stands beside nothing of the preset",
                    "what it names must be there");
    }
    *files += 1;
    return status;
}
