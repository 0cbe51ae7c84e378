/* SPDX-License-Identifier: MIT
 * The emitter `css`: a rule for each image with image-set(), so that a style sheet, too, leaves
 * type and density to the browser. From the records alone; knows neither pixels nor files. */
#include <string.h>

#include "candidates.h"
#include "look.h"
#include "text.h"

extern const struct emitter emitter_css;

struct css_options {
    const char *path, *base, *class, *selector, *property;
    bool colour;
};

static const struct option css_file_options[] = {
    {.name = "path",
     OPT_TEXT(struct css_options, path),
     .def = "",
     .help = "where the file is written, below the output folder; the same path gathers presets "
             "and images"},
    {.name = "base",
     OPT_TEXT(struct css_options, base),
     .def = "",
     .help = "what stands for the output folder in URLs; empty: URLs are relative to the file"},
    {.name = "class",
     OPT_TEXT(struct css_options, class),
     .def = "",
     .help = "class of the rule, any text: blanks become '-', what CSS does not take is escaped; "
             "empty: the image's name"},
    {.name = "selector",
     OPT_TEXT(struct css_options, selector),
     .def = "",
     .help = "selector of the rule as it stands in CSS, instead of a class"},
    {.name = "property",
     OPT_TEXT(struct css_options, property),
     .def = "background-image",
     .help = "property that gets the images; may be a custom one, such as --hero"},
    {.name = "colour",
     OPT_BOOL(struct css_options, colour),
     .def = "false",
     .help = "the dominant colour as background-color, until the image is there; not behind one "
             "with alpha"},
    {0},
};

/* ---- CSS ---- */

/* A class from any text: HTML ends it at a blank, so that one becomes '-'; for the rest see CSSOM,
 * "serialize an identifier". */
static void identifier_write(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        bool digit = byte >= '0' && byte <= '9';
        bool first = c == text || (c == text + 1 && *text == '-');
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
        if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
            buffer_char(out, '-');
        } else if (letter || byte == '_' || (digit && !first) || (byte == '-' && text[1])) {
            buffer_char(out, *c);
        } else if (digit || byte < 0x20 || byte == 0x7f || byte == '<') {
            buffer_format(out, "\\%x ", byte);
        } else {
            buffer_char(out, '\\');
            buffer_char(out, *c);
        }
    }
}

static void url_write(const struct emit_job *job, const struct css_options *options,
                      const struct record_rendition *rendition, struct buffer *out)
{
    struct buffer url = {0};
    emit_url(&url, job->path, options->base, rendition);
    buffer_text(out, "url(\"");
    emit_css_text(out, buffer_string(&url));
    buffer_text(out, "\")");
    out->failed = out->failed || buffer_failed(&url);
    buffer_free(&url);
}

static double density_of(const struct candidate *candidate)
{
    return candidate->density > 0 ? candidate->density : 1;
}

/* Of one type and density one: the widest, which is the last. */
static bool is_covered(const struct candidate *group, size_t count, size_t i)
{
    return i + 1 < count && group[i].type == group[i + 1].type &&
           density_of(&group[i]) == density_of(&group[i + 1]);
}

/* For browsers without image-set(): the last type at its lowest density, of equal ones the widest.
 */
static const struct candidate *plain_choose(const struct candidate *group, size_t count)
{
    size_t first = count - 1;
    while (first > 0 && group[first - 1].type == group[first].type) {
        first--;
    }
    while (is_covered(group, count, first)) {
        first++;
    }
    return &group[first];
}

static void images_write(const struct emit_job *job, const struct css_options *options,
                         const struct candidate *group, size_t count, const char *indent,
                         struct buffer *out)
{
    bool custom = text_starts(options->property, "--"), some = false;
    if (!custom) { /* of a custom property the last one would count, known or not */
        buffer_format(out, "%s  %s: ", indent, options->property);
        url_write(job, options, plain_choose(group, count)->rendition, out);
        buffer_text(out, ";\n");
    }
    buffer_format(out, "%s  %s: image-set(", indent, options->property);
    for (size_t i = 0; i < count; i++) {
        if (is_covered(group, count, i)) {
            continue;
        }
        buffer_format(out, "%s\n%s    ", some ? "," : "", indent);
        url_write(job, options, group[i].rendition, out);
        buffer_format(out, " type(\"%s\") ", group[i].rendition->mime);
        text_number(out, density_of(&group[i]));
        buffer_char(out, 'x');
        some = true;
    }
    buffer_text(out, ");\n");
}

/* ---- Rules ---- */

static enum status part_check(const char *name, const char *text, struct error *error)
{
    return text[strcspn(text, "{};<\r\n")]
               ? error_set(error, STATUS_USAGE,
                           "'%s' is '%s': '{', '}', ';', '<' and line ends are not allowed", name,
                           text)
               : STATUS_OK;
}

static size_t group_start(const struct candidates *candidates, size_t end)
{
    size_t first = end - 1;
    while (first > 0 && candidates->list[first - 1].group == candidates->list[first].group) {
        first--;
    }
    return first;
}

static void selector_write(const struct css_options *options, const struct record_set *set,
                           struct buffer *out)
{
    if (options->selector[0]) {
        buffer_text(out, options->selector);
    } else {
        buffer_char(out, '.');
        identifier_write(out, options->class[0] ? options->class : set->source.name);
    }
}

static void rule_write(const struct emit_job *job, size_t index, const struct candidate *group,
                       size_t count, struct buffer *out)
{
    const struct css_options *options = emit_options(job, index);
    const struct record_set *set = job->sets[index];
    const char *media = group[0].media, *indent = media[0] ? "  " : "";
    if (media[0]) {
        buffer_format(out, "@media %s {\n", media);
    }
    buffer_text(out, indent);
    selector_write(options, set, out);
    buffer_text(out, " {\n");
    if (options->colour && set->colour_known && !media[0] && !group[0].rendition->alpha) {
        buffer_format(out, "%s  background-color: #%02x%02x%02x;\n", indent, set->colour[0],
                      set->colour[1], set->colour[2]);
    }
    images_write(job, options, group, count, indent, out);
    buffer_format(out, "%s}\n%s", indent, media[0] ? "}\n" : "");
}

/* The last rule that matches counts, where of <source> it is the first: backward. */
static enum status set_write(const struct emit_job *job, size_t index, struct arena *arena,
                             struct buffer *out, struct error *error)
{
    struct candidates candidates = {0};
    enum status status =
        candidates_collect(&emitter_css, job->sets[index], arena, &candidates, error);
    for (size_t end = candidates.count; status == STATUS_OK && end > 0;) {
        size_t first = group_start(&candidates, end);
        status = part_check("media", candidates.list[first].media, error);
        if (status == STATUS_OK) {
            rule_write(job, index, &candidates.list[first], end - first, out);
        }
        end = first;
    }
    return status;
}

/* ---- The emitter ---- */

static enum status css_check(const void *file_options, struct error *error)
{
    const struct css_options *options = file_options;
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    enum status status = emit_check_url("base", options->base, error);
    if (status == STATUS_OK) {
        status = part_check("selector", options->selector, error);
    }
    if (status == STATUS_OK &&
        (!options->property[0] || options->property[strspn(options->property, letters)] != '\0')) {
        status = error_set(error, STATUS_USAGE,
                           "'property' is '%s', must be the name of a property of CSS",
                           options->property);
    }
    return status;
}

static enum status css_check_entry(const void *file_options, const void *entry_options,
                                   struct error *error)
{
    const struct candidate_options *entry = entry_options;
    (void)file_options;
    return part_check("media", entry->media, error);
}

static enum status css_emit(const struct emit_job *job, struct buffer *out, struct error *error)
{
    struct arena *arena = arena_new();
    enum status status = arena ? STATUS_OK : error_memory(error);
    for (size_t i = 0; status == STATUS_OK && i < job->set_count; i++) {
        const struct css_options *options = emit_options(job, i);
        status = part_check("selector", options->selector, error);
        if (status == STATUS_OK) {
            status = set_write(job, i, arena, out, error);
        }
    }
    arena_free(arena);
    return status == STATUS_OK && buffer_failed(out) ? error_memory(error) : status;
}

static enum status css_inspect(const struct emit_inspection *inspection, struct error *error)
{
    const struct css_options *options = inspection->options;
    (void)error;
    look_css(inspection, options->base);
    return STATUS_OK;
}

const struct emitter emitter_css = {
    .name = "css",
    .summary = "style rules with image-set(), by type, density and media query",
    .version = 2,
    .gathers = true,
    .default_path = "images.css",
    .file_options = css_file_options,
    .file_size = sizeof(struct css_options),
    .entry_options = candidate_options,
    .entry_size = sizeof(struct candidate_options),
    .check = css_check,
    .check_entry = css_check_entry,
    .emit = css_emit,
    .inspect = css_inspect,
};
