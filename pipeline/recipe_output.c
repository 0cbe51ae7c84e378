/* SPDX-License-Identifier: MIT
 * One cell of one output: where its image comes from, when it is made, where it goes and what is
 * required of it. Knows no stage by name. */
#include "recipe_build.h"

#include <string.h>

#include "preset_shape.h"
#include "suggest.h"

/* ---- from ---------------------------------------------------------------------------------------
 */

static const char *input_name_at(const void *data, size_t i)
{
    return i == 0 ? "main" : suggest_member(data, i - 1);
}

enum status input_check(const struct cell *cell, const char *name, const struct pointer *at)
{
    const struct value *inputs = cell->frame->preset->inputs;
    if (strcmp(name, "main") == 0 || value_get(inputs, name)) {
        return STATUS_OK;
    }
    struct error *error = cell->frame->growth->error;
    struct buffer tail = {.limit = 4096};
    suggest(&tail, name, input_name_at, inputs);
    error_set(error, STATUS_USAGE, "unknown input '%s'%s", name, buffer_string(&tail));
    buffer_free(&tail);
    return error_at_pointer(error, at);
}

static enum status colour_read(const struct cell *cell, const char *text, const struct pointer *at,
                               struct colour *out)
{
    static const struct option option = {.name = "from", OPT_COLOUR(struct from_choice, colour)};
    struct growth *growth = cell->frame->growth;
    struct from_choice parsed = {0};
    enum status status = option_parse_text(&option, text, growth->arena, &parsed, growth->error);
    *out = parsed.colour;
    return status == STATUS_OK ? status : error_at_pointer(growth->error, at);
}

static enum status choice_read(const struct cell *cell, const struct value *item,
                               const struct pointer *at, struct from_choice *choice)
{
    struct growth *growth = cell->frame->growth;
    if (item->type == VALUE_OBJECT) {
        const struct member *member = &item->object.members[0];
        const struct pointer *here = POINTER_KEY(at, member->key);
        enum status status = input_check(cell, member->key, here);
        choice->input = member->key;
        return status == STATUS_OK
                   ? stages_read(cell, member->value, here, PART_BEFORE, &choice->before)
                   : status;
    }
    const struct value *filled = NULL;
    enum status status = template_fill(item, cell->scope, TEMPLATE_LATE_REFUSED, at, growth->arena,
                                       &filled, growth->error);
    if (status != STATUS_OK) {
        return status;
    }
    if (filled->type != VALUE_TEXT) {
        suggest_wrong(growth->error, "from", filled, "the name of an input or a colour");
        return error_at_pointer(growth->error, at);
    }
    if (filled->text[0] == '#') {
        return colour_read(cell, filled->text, at, &choice->colour);
    }
    choice->input = filled->text;
    return input_check(cell, filled->text, at);
}

static enum status from_read(const struct cell *cell, struct output_line *line)
{
    struct growth *growth = cell->frame->growth;
    const struct value *from = value_get(cell->output, "from");
    const struct pointer *at = POINTER_KEY(cell->at, "from");
    size_t count = from && from->type == VALUE_LIST ? from->list.count : 1;
    struct from_choice *choices = arena_array(growth->arena, count, sizeof *choices);
    if (!choices) {
        return error_memory(growth->error);
    }
    enum status status = STATUS_OK;
    if (!from) {
        choices[0].input = "main";
    } else if (from->type != VALUE_LIST) {
        status = choice_read(cell, from, at, &choices[0]);
    }
    for (size_t i = 0; from && from->type == VALUE_LIST && i < count && status == STATUS_OK; i++) {
        status = choice_read(cell, from->list.items[i], POINTER_INDEX(at, i), &choices[i]);
    }
    line->from = choices;
    line->from_count = count;
    return status;
}

/* Bytes that are copied have neither pixels nor stages before them. */
static enum status copy_check(const struct cell *cell, const struct output_line *line)
{
    struct error *error = cell->frame->growth->error;
    if (line->line.items[0].stage->kind != STAGE_COPY) {
        return STATUS_OK;
    }
    const char *name = line->line.items[0].stage->name;
    for (size_t i = 0; i < line->from_count; i++) {
        if (!line->from[i].input || line->from[i].before.count > 0) {
            error_set(
                error, STATUS_USAGE,
                "'%s' passes the bytes of a file on: it can take no colour and no stages here",
                name);
            const struct pointer *at = POINTER_KEY(cell->at, "from");
            bool list = value_get(cell->output, "from")->type == VALUE_LIST;
            return error_at_pointer(error, list ? POINTER_INDEX(at, i) : at);
        }
    }
    return STATUS_OK;
}

/* ---- when ---------------------------------------------------------------------------------------
 */

struct when_options {
    int orientation;
    struct formats format;
};

/* Only these two: a table has no word for "not asked" of a bool. */
static const struct option when_options[] = {{.name = "orientation",
                                              OPT_ENUM(struct when_options, orientation),
                                              .def = "landscape",
                                              .names = shape_orientations,
                                              .help = "of the upright image"},
                                             {.name = "format",
                                              OPT_FORMATS(struct when_options, format),

                                              .help = "of the input's file"},
                                             {0}};

static enum status when_bool(const struct value *when, const char *name, const struct pointer *at,
                             int *out, struct error *error)
{
    const struct value *value = value_get(when, name);
    *out = -1;
    if (!value) {
        return STATUS_OK;
    }
    if (value->type != VALUE_BOOL) {
        suggest_wrong(error, name, value, "true or false");
        return error_at_pointer(error, POINTER_KEY(at, name));
    }
    *out = value->boolean;
    return STATUS_OK;
}

static enum status when_words(const struct value *when, const struct pointer *at,
                              struct arena *arena, struct when *out, struct error *error)
{
    struct when_options options = {0};
    struct value *asked = value_object(arena);
    for (size_t i = 0; asked && i < when->object.count; i++) {
        const struct member *member = &when->object.members[i];
        if (options_find(when_options, member->key)) {
            asked = value_set(arena, asked, member->key, member->value);
        }
    }
    if (!asked) {
        return error_memory(error);
    }
    enum status status = options_parse(when_options, "when", asked, at, arena, &options, error);
    out->orientation = value_get(asked, "orientation") ? options.orientation : -1;
    out->formats = 0;
    for (int i = 0; value_get(asked, "format") && i < options.format.count; i++) {
        out->formats |= 1u << options.format.list[i];
    }
    return status;
}

static enum status when_read(const struct cell *cell, struct when *out)
{
    struct growth *growth = cell->frame->growth;
    const struct value *written = value_get(cell->output, "when"), *when = NULL;
    const struct pointer *at = POINTER_KEY(cell->at, "when");
    *out = (struct when){.alpha = -1, .animated = -1, .orientation = -1};
    if (!written) {
        return STATUS_OK;
    }
    enum status status = template_fill(written, cell->scope, TEMPLATE_LATE_REFUSED, at,
                                       growth->arena, &when, growth->error);
    if (status == STATUS_OK) {
        status = when_bool(when, "alpha", at, &out->alpha, growth->error);
    }
    if (status == STATUS_OK) {
        status = when_bool(when, "animated", at, &out->animated, growth->error);
    }
    return status == STATUS_OK ? when_words(when, at, growth->arena, out, growth->error) : status;
}

/* ---- require ------------------------------------------------------------------------------------
 */

static const char *const keep_names[] = {"icc", "copyright", "exif",       "gps",
                                         "xmp", "iptc",      "provenance", NULL};

const struct option require_options[] = {
    {.name = "format",
     OPT_FORMATS(struct require_options, format),
     .help = "the formats that are taken"},
    {.name = "width",
     OPT_RANGE(struct require_options, width),
     .unit = "px",
     .help = "the widths that are taken"},
    {.name = "height",
     OPT_RANGE(struct require_options, height),
     .unit = "px",
     .help = "the heights that are taken"},
    {.name = "pixels",
     OPT_RANGE(struct require_options, pixels),
     .unit = "px",
     .help = "width times height"},
    {.name = "bytes",
     OPT_BYTES(struct require_options, bytes),
     .def = "0",
     .help = "the largest file that is taken"},
    {.name = "alpha",
     OPT_BOOL(struct require_options, alpha),
     .def = "true",
     .help = "false: no alpha channel may be there; true: one may"},
    {.name = "aspect", OPT_ASPECT(struct require_options, aspect), .help = "width to height"},
    {.name = "keep",
     OPT_FLAGS(struct require_options, keep),
     .def = "[]",
     .names = keep_names,
     .help =
         "the metadata that must not be lost where the image has it; provenance: the label of a "
         "generated image"},
    {.name = "sizes",
     OPT_TEXTS(struct require_options, sizes),
     .unit = "px",
     .def = "[]",
     .help = "sizes that are taken as well as width and height, such as '1290x2796'"},
    {.name = "optional",
     OPT_TEXTS(struct require_options, optional),
     .def = "[]",
     .help = "where the file may be missing: 'always', or values of the matrix, such as 'ldpi'"},
    {0}};

static enum status require_read(const struct cell *cell, struct require *out)
{
    struct growth *growth = cell->frame->growth;
    const struct value *written = value_get(cell->output, "require");
    const struct pointer *at = POINTER_KEY(cell->at, "require");
    struct require_options options;
    if (!written) {
        return STATUS_OK;
    }
    enum status status = template_fill(written, cell->scope, TEMPLATE_LATE_REFUSED, at,
                                       growth->arena, &out->value, growth->error);
    if (status == STATUS_OK) {
        status = options_default(require_options, growth->arena, &options, growth->error);
    }
    if (status == STATUS_OK) {
        status = options_parse(require_options, "require", out->value, at, growth->arena, &options,
                               growth->error);
    }
    out->given = status == STATUS_OK;
    return status;
}

/* ---- path ---------------------------------------------------------------------------------------
 */

static enum status path_read(const struct cell *cell, struct output_line *line)
{
    struct growth *growth = cell->frame->growth;
    struct error *error = growth->error;
    const struct value *written = value_get(cell->output, "path"), *filled = NULL;
    const struct pointer *at = POINTER_KEY(cell->at, "path");
    const struct stage_item *last = &line->line.items[line->line.count - 1];
    line->inlined = written == NULL;
    if (line->inlined && last->stage->kind == STAGE_PACK) {
        error_set(error, STATUS_USAGE, "'%s' joins the cells that have one path: it needs a 'path'",
                  last->stage->name);
        return error_at_pointer(error, POINTER_KEY(cell->at, "inline"));
    }
    if (line->inlined) {
        return STATUS_OK;
    }
    enum status status =
        template_fill(written, cell->scope, TEMPLATE_LATE_KEPT, at, growth->arena, &filled, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (filled->type != VALUE_TEXT) {
        suggest_wrong(error, "path", filled, "a text");
        return error_at_pointer(error, at);
    }
    const char *folder = template_literal(growth->arena, cell->frame->folder);
    const char *path = folder ? arena_format(growth->arena, "%s%s", folder, filled->text) : NULL;
    line->path = path ? value_text(growth->arena, path) : NULL;
    return line->path ? path_sample_check(line->path, growth->asked, true, at, growth->arena, error)
                      : error_memory(error);
}

/* ---- The cell -----------------------------------------------------------------------------------
 */

static enum status line_fill(const struct cell *cell, struct output_line *line)
{
    enum status status = from_read(cell, line);
    if (status == STATUS_OK) {
        status = when_read(cell, &line->when);
    }
    if (status == STATUS_OK) {
        status = line_read(cell, line);
    }
    if (status == STATUS_OK) {
        status = copy_check(cell, line);
    }
    if (status == STATUS_OK) {
        status = layers_check_line(cell->frame, cell->id, line);
    }
    if (status == STATUS_OK) {
        status = fallbacks_read(cell, line);
    }
    if (status == STATUS_OK) {
        status = path_read(cell, line);
    }
    if (status == STATUS_OK) {
        status = entries_read(cell, line);
    }
    return status == STATUS_OK ? require_read(cell, &line->require) : status;
}

enum status cell_expand(const struct cell *cell, size_t output_index)
{
    struct growth *growth = cell->frame->growth;
    struct buffer where = {.limit = 4096};
    if (growth->line_count == RECIPE_LINES) {
        growth->general = true;
        error_set(growth->error, STATUS_REFUSED, "the preset makes more than %d renditions",
                  (int)RECIPE_LINES);
        return error_at_pointer(growth->error, cell->at);
    }
    buffer_format(&where, "%s: ", cell->frame->place);
    pointer_print(&where, cell->at);
    struct output_line line = {
        .preset = cell->frame->preset->name,
        .names = cell->frame->names,
        .output = cell->id,
        .output_index = output_index,
        .cell = matrix_label(cell),
        .where = buffer_failed(&where) && !where.full
                     ? NULL
                     : arena_text(growth->arena, buffer_string(&where)),
    };
    buffer_free(&where);
    if (!line.cell || !line.where) {
        return error_memory(growth->error);
    }
    enum status status = line_fill(cell, &line);
    if (status != STATUS_OK) {
        return status;
    }
    struct output_line *slot = arena_push(growth->arena, &growth->lines, &growth->line_count,
                                          &growth->line_capacity, sizeof *slot);
    if (!slot) {
        return error_memory(growth->error);
    }
    *slot = line;
    return STATUS_OK;
}
