/* SPDX-License-Identifier: MIT
 * A measurement as drawings and a page: how it scales, and where the time goes. */
#include <math.h>
#include <string.h>

#include "bench.h"
#include "machine.h"
#include "text.h"

enum { WIDTH = 720, LEFT = 60, RIGHT = 690, TOP = 30, BOTTOM = 330 };

/* Its own ground: a drawing may be looked at alone, in the light or in the dark. */
static const char style[] =
    "<style>.ground{fill:#fff}text{font:15px system-ui,sans-serif;fill:#222}.s{font-size:13px}"
    ".axis{stroke:#888}.ideal{stroke:#888;stroke-dasharray:4 4}.line{fill:none;stroke:#2b6cb0;"
    "stroke-width:2}.dot,.bar{fill:#2b6cb0}.range{stroke:#1a365d;stroke-width:2}.model{fill:none;"
    "stroke:#c05621;stroke-width:2;stroke-dasharray:2 4}@media(prefers-color-scheme:dark){"
    ".ground{fill:#161616}text{fill:#e4e4e4}.line{stroke:#63b3ed}.dot,.bar{fill:#4299e1}"
    ".range{stroke:#ebf8ff}.model{stroke:#ed8936}}</style>"
    "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";

static void drawing_begin(struct buffer *out, int height, const char *title)
{
    buffer_format(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">"
                  "<title>" BENCH_TITLE ": %s</title>%s",
                  WIDTH, height, title, style);
}

/* Threads and speed-up on logarithmic axes: the ideal is a straight line. */
struct axes {
    double most; /* of both */
};

static double across(const struct axes *axes, double threads)
{
    return LEFT + (RIGHT - LEFT) * log2(threads) / log2(axes->most);
}

static double up(const struct axes *axes, double speedup)
{
    const double least = 0.5;
    return BOTTOM - (BOTTOM - TOP) * log2(fmax(speedup, least) / least) / log2(axes->most / least);
}

static void draw_axes(struct buffer *out, const struct axes *axes)
{
    buffer_format(out,
                  "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>"
                  "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>"
                  "<line class=\"ideal\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                  LEFT, BOTTOM, RIGHT, BOTTOM, LEFT, TOP, LEFT, BOTTOM, across(axes, 1),
                  up(axes, 1), across(axes, axes->most), up(axes, axes->most));
    for (double at = 1; at <= axes->most; at *= 2) {
        buffer_format(out,
                      "<text class=\"s\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>"
                      "<text class=\"s\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n",
                      across(axes, at), BOTTOM + 16, at, LEFT - 6, up(axes, at) + 4, at);
    }
    buffer_format(
        out,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">threads</text>"
        "<text x=\"%d\" y=\"%d\">times as fast as with the fewest threads; dashed: ideal; "
        "dotted: model</text>\n",
        RIGHT, BOTTOM + 34, LEFT, TOP - 12);
}

static void draw_scaling(const struct bench *bench, struct buffer *out)
{
    const struct bench_level *first = &bench->levels[0];
    const struct bench_level *last = &bench->levels[bench->level_count - 1];
    const struct axes axes = {
        .most = fmax(last->threads, bench->model.schedules[bench->model.count - 1].cores)};
    drawing_begin(out, BOTTOM + 50, "speed-up over threads");
    draw_axes(out, &axes);
    buffer_text(out, "<polyline class=\"model\" points=\"");
    for (int i = 0; i < bench->model.count; i++) {
        buffer_format(out, "%.1f,%.1f ", across(&axes, bench->model.schedules[i].cores),
                      up(&axes, bench->model.schedules[i].speedup));
    }
    buffer_text(out, "\"/><polyline class=\"line\" points=\"");
    for (size_t i = 0; i < bench->level_count; i++) {
        buffer_format(out, "%.1f,%.1f ", across(&axes, bench->levels[i].threads),
                      up(&axes, bench->levels[i].speedup * first->threads));
    }
    buffer_text(out, "\"/>\n");
    for (size_t i = 0; i < bench->level_count; i++) {
        const struct bench_level *level = &bench->levels[i];
        const double x = across(&axes, level->threads), base = first->seconds.median;
        buffer_format(out,
                      "<line class=\"range\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                      "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
                      x, x, up(&axes, base / level->seconds.low * first->threads),
                      up(&axes, base / level->seconds.high * first->threads), x,
                      up(&axes, level->speedup * first->threads));
    }
    buffer_text(out, "</svg>\n");
}

/* Room for the longest name of a stage, as far as there is any. */
static int names_width(const struct bench_level *level)
{
    enum { LETTER = 8, MOST = 400 };
    size_t longest = 16;
    for (size_t i = 0; i < level->stage_count; i++) {
        const size_t length = strlen(level->stages[i].what);
        longest = length > longest ? length : longest;
    }
    return longest * LETTER < MOST ? (int)longest * LETTER + 12 : MOST;
}

static void draw_stages(const struct bench *bench, struct buffer *out)
{
    enum { STEP = 26 };
    const struct bench_level *level = &bench->levels[bench->level_count - 1];
    const int name = names_width(level);
    const double most = level->stage_count ? level->stages[0].cpu.high : 1;
    const double unit = (RIGHT - 80 - name) / (most > 0 ? most : 1);
    drawing_begin(out, TOP + (int)level->stage_count * STEP + 10, "CPU seconds of each stage");
    buffer_format(out, "<text x=\"%d\" y=\"%d\">CPU seconds of a run, with their range</text>\n",
                  name, TOP - 12);
    for (size_t i = 0; i < level->stage_count; i++) {
        const struct bench_stage *stage = &level->stages[i];
        const int y = TOP + (int)i * STEP;
        buffer_format(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", name - 8, y + 13);
        text_html(out, stage->what);
        buffer_format(out,
                      "</text><rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\"/>"
                      "<line class=\"range\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
                      "<text class=\"s\" x=\"%.1f\" y=\"%d\">%.2f</text>\n",
                      name, y, stage->cpu.median * unit, name + stage->cpu.low * unit,
                      name + stage->cpu.high * unit, y + 8, y + 8,
                      name + stage->cpu.high * unit + 6, y + 12, stage->cpu.median);
    }
    buffer_text(out, "</svg>\n");
}

static const char *text_of(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    return value && value->type == VALUE_TEXT ? value->text : "";
}

static void write_row(struct buffer *out, const char *name, struct buffer *words)
{
    buffer_format(out, "<dt>%s<dd>", name);
    text_html(out, buffer_string(words));
    buffer_char(out, '\n');
    buffer_clear(words);
}

static void name_images(const struct bench *bench, struct buffer *out)
{
    const size_t most = 5;
    for (size_t i = 0; i < bench->image_count && i < most; i++) {
        const struct batch_image *image = &bench->images[i];
        buffer_format(out, "%s%s", i ? ", " : "", image->id ? image->id : image->path);
    }
    if (bench->image_count > most) {
        buffer_format(out, " and %zu more", bench->image_count - most);
    }
}

static void name_presets(const struct value *presets, struct buffer *out)
{
    for (size_t i = 0; presets && i < presets->list.count; i++) {
        const struct value *preset = presets->list.items[i], *with = value_get(preset, "changes");
        buffer_format(out, "%s%s", i ? ", " : "", text_of(preset, "name"));
        if (with) {
            buffer_text(out, " with ");
            value_print(out, with);
        }
    }
}

/* What was measured, on what, and when. */
static void write_facts(const struct bench *bench, const struct value *document, struct buffer *out)
{
    const struct value *machine = value_get(document, "machine");
    struct buffer words = {0};
    buffer_text(out, "<dl>");
    name_presets(value_get(value_get(document, "work"), "presets"), &words);
    write_row(out, "Presets", &words);
    name_images(bench, &words);
    write_row(out, "Images", &words);
    buffer_format(&words, "%s, %d core%s, ", text_of(machine, "processor"), machine_cores(),
                  machine_cores() == 1 ? "" : "s");
    text_bytes(&words, (double)machine_memory());
    write_row(out, "Machine", &words);
    buffer_format(&words, "picset %s, libvips %s", text_of(machine, "picset"),
                  text_of(machine, "libvips"));
    write_row(out, "Versions", &words);
    buffer_text(&words, text_of(document, "measured_at"));
    write_row(out, "Date", &words);
    buffer_text(out, "</dl>\n");
    buffer_free(&words);
}

/* A table is as wide as it is: on a narrow screen it moves within its own box, as drawings do. */
static const char page_head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<meta name=\"color-scheme\" content=\"light dark\"><title>" BENCH_TITLE "</title>"
    "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 "
    "1rem;"
    "background:#fff;color:#222}dl{display:grid;grid-template-columns:max-content 1fr;"
    "gap:.1rem 1rem}dt{color:#666}dd{margin:0;overflow-wrap:anywhere}.box{overflow-x:auto;"
    "margin:1rem 0}.box svg{display:block;width:100%;min-width:640px;max-width:54rem}"
    "pre{font:13px/1.45 ui-monospace,monospace;margin:0;width:max-content}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#e4e4e4}dt{color:#aaa}}"
    "</style>\n<h1>picset bench</h1>\n";

static void write_page(struct bench *bench, const struct value *document,
                       const struct value *changes, const struct buffer *scaling,
                       const struct buffer *stages, struct buffer *out)
{
    struct buffer words = {0};
    bench_say(bench, changes, &words);
    buffer_text(out, page_head);
    write_facts(bench, document, out);
    buffer_format(out, "<div class=\"box\">%s</div>\n", buffer_string(scaling));
    buffer_format(out, "<div class=\"box\">%s</div>\n", buffer_string(stages));
    buffer_text(out, "<div class=\"box\"><pre>");
    text_html(out, buffer_string(&words));
    buffer_text(out, "</pre></div></html>\n");
    buffer_free(&words);
}

const char *const bench_files[] = {"bench.html", "scaling.svg", "stages.svg", NULL};

enum status bench_page(struct bench *bench, const struct value *document,
                       const struct value *changes, const char *folder, struct error *error)
{
    struct buffer scaling = {0}, stages = {0}, page = {0};
    draw_scaling(bench, &scaling);
    draw_stages(bench, &stages);
    write_page(bench, document, changes, &scaling, &stages, &page);
    enum status status = bench_write(folder, "scaling.svg", &scaling, error);
    if (status == STATUS_OK) {
        status = bench_write(folder, "stages.svg", &stages, error);
    }
    if (status == STATUS_OK) {
        status = bench_write(folder, "bench.html", &page, error);
    }
    buffer_free(&scaling);
    buffer_free(&stages);
    buffer_free(&page);
    return status;
}
