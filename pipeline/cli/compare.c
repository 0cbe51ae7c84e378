/* SPDX-License-Identifier: MIT
 * `picset compare`: how much images differ from their original, to the eye and in bytes. */
#include "compare.h"

#include <math.h>

#include "cli.h"
#include "text.h"

struct compare_options {
    double least;
};

static const struct option compare_table[] = {{.name = "min",
                                               OPT_NUMBER(struct compare_options, least),
                                               .def = "-1000",
                                               .min = -1000,
                                               .max = 100,
                                               .value_name = "SCORE",
                                               .help = "exit with 7 when an image scores less"},
                                              {.name = NULL}};

static const struct option_set sets[] = {{"Options of compare", compare_table}, {NULL, NULL}};

static const char *score_words(double score)
{
    static const struct {
        double from;
        const char *words;
    } levels[] = {{100, "identical to the eye"},
                  {90, "visually lossless"},
                  {70, "high quality"},
                  {50, "medium quality"},
                  {30, "low quality"}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (score >= levels[i].from) {
            return levels[i].words;
        }
    }
    return "very low quality";
}

/* ---- Documents ------------------------------------------------------------------------------ */

static struct value *file_value(struct arena *arena, const struct compared *file)
{
    const struct facts *facts = &file->facts;
    const bool turned = facts->orientation > 4;
    struct value *value =
        value_set(arena, value_object(arena), "path", value_text(arena, file->source.name));
    value = value_set(arena, value, "format", value_text(arena, format_info(facts->format)->name));
    value =
        value_set(arena, value, "width", value_int(arena, turned ? facts->height : facts->width));
    value =
        value_set(arena, value, "height", value_int(arena, turned ? facts->width : facts->height));
    value = value_set(arena, value, "frames", value_int(arena, facts->frames));
    return value_set(arena, value, "bytes", value_int(arena, (int64_t)file->source.size));
}

static struct value *comparison_value(struct arena *arena, const struct compared *file,
                                      const struct comparison *found)
{
    struct value *value = file_value(arena, file);
    value = value_set(arena, value, "ssimulacra2", value_real(arena, found->score));
    value = value_set(arena, value, "psnr",
                      isinf(found->psnr) ? value_null(arena) : value_real(arena, found->psnr));
    return value_set(arena, value, "alpha", value_bool(arena, found->alpha));
}

static struct value *failure_value(struct cli *cli, const char *path, const struct error *error)
{
    struct value *value =
        value_set(cli->arena, value_object(cli->arena), "path", value_text(cli->arena, path));
    return value_set(cli->arena, value, "error", cli_error_value(cli, error));
}

/* ---- Lines ---------------------------------------------------------------------------------- */

static void file_line(struct buffer *out, const struct compared *file)
{
    buffer_format(out, "%s  ", file->source.name);
    facts_words(out, &file->facts);
    buffer_format(out, " %s ", format_info(file->facts.format)->name);
    text_bytes(out, (double)file->source.size);
    buffer_char(out, '\n');
}

static void comparison_lines(struct buffer *out, const struct compared *original,
                             const struct compared *file, const struct comparison *found)
{
    file_line(out, file);
    buffer_format(out, "  ssimulacra2  %.2f  %s%s\n", found->score, score_words(found->score),
                  found->alpha ? ", on the worse of a dark and a light grey" : "");
    if (isinf(found->psnr)) {
        buffer_text(out, "  psnr         every pixel is equal\n");
    } else {
        buffer_format(out, "  psnr         %.2f dB\n", found->psnr);
    }
    buffer_format(out, "  bytes        %.1f %% of the original's\n",
                  100.0 * (double)file->source.size / (double)original->source.size);
}

/* ---- The command ---------------------------------------------------------------------------- */

static enum status compare_one(struct cli *cli, const char *path, const struct compared *original,
                               struct value **list, double *least, struct error *error)
{
    const struct limits limits = limits_default();
    struct compared file;
    struct comparison found;
    enum status status = compare_open(path, &limits, &file, error);
    if (status == STATUS_OK) {
        status = compare(original, &file, &found, error);
        if (status != STATUS_OK) {
            error_at(error, "%s", path);
        }
    }
    if (status == STATUS_OK) {
        *least = fmin(*least, found.score);
        if (cli->globals.json) {
            *list = value_append(cli->arena, *list, comparison_value(cli->arena, &file, &found));
        } else if (cli->globals.quiet) {
            buffer_format(&cli->out, "%.2f\n", found.score);
        } else {
            comparison_lines(&cli->out, original, &file, &found);
        }
    }
    compare_close(&file);
    return status;
}

/* One that cannot be compared is told of, and keeps no other from it. */
static enum status compare_all(struct cli *cli, const struct compared *original,
                               const struct words *words, double *least, struct error *error)
{
    struct value *list = value_list(cli->arena);
    if (!cli->globals.json && !cli->globals.quiet) {
        file_line(&cli->out, original);
    }
    enum status first = STATUS_OK;
    size_t failed = 0;
    for (size_t i = 1; i < words->count; i++) {
        struct error one = {0};
        if (compare_one(cli, words->list[i], original, &list, least, &one) == STATUS_OK) {
            continue;
        }
        first = failed++ ? first : one.status;
        cli_error(cli, &one);
        list = value_append(cli->arena, list, failure_value(cli, words->list[i], &one));
    }
    if (cli->globals.json) {
        struct value *document = cli_document(cli, "compare");
        document = value_set(cli->arena, document, "original", file_value(cli->arena, original));
        document = value_set(cli->arena, document, "compared", list);
        if (cli_json(cli, document, error) != STATUS_OK) {
            return error->status;
        }
    }
    return failed == words->count - 1 ? first : failed ? STATUS_PARTIAL : STATUS_OK;
}

static enum status run(struct cli *cli, const void *data, const struct words *words,
                       struct error *error)
{
    const struct compare_options *options = data;
    const struct limits limits = limits_default();
    struct compared original;
    double least = 100;
    if (words->count < 2) {
        cli->hint = "compare";
        return error_set(error, STATUS_USAGE,
                         "'picset compare' needs an original and at least one image made of it");
    }
    enum status status = compare_open(words->list[0], &limits, &original, error);
    if (status == STATUS_OK) {
        status = compare_all(cli, &original, words, &least, error);
    }
    compare_close(&original);
    if (status == STATUS_OK && least < options->least) {
        status = error_set(error, STATUS_CHECK, "the lowest score is %.2f, under --min %g", least,
                           options->least);
    }
    return status;
}

static const struct example examples[] = {
    {"picset compare photo.png photo.jpg", "the score, and what it costs in bytes"},
    {"picset compare photo.png a.webp b.avif", "several against one original"},
    {"picset compare photo.png photo.webp --min 70", "for a script: exit code 7 when it is worse"},
    {NULL, NULL}};

const struct command command_compare = {
    .name = "compare",
    .summary = "how much images differ from their original, to the eye",
    .usage = "ORIGINAL IMAGE ...",
    .text =
        "SSIMULACRA2 is a perceptual score: 100 is identical, 90 visually lossless, 70 high, 50 "
        "medium, 30 low quality; it can be below 0. The first image is the original: swapped, the "
        "score is another. Images are compared upright, in sRGB, at 8 bits, and must be of one "
        "size. What is see-through lies over a dark and a light grey, and the lower score counts; "
        "of an animation the frame with the lowest.",
    .examples = examples,
    .sets = sets,
    .size = sizeof(struct compare_options),
    .words = WORDS_FILES,
    .run = run,
};
