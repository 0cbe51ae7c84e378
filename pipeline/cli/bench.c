/* SPDX-License-Identifier: MIT
 * `picset bench`: how fast a request is on this machine, with how many threads, and why. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "text.h"

enum { REPEAT_MAX = 1000, THREADS_MAX = 1024 };

static const struct option what_options[] = {
    {.name = "preset",
     OPT_TEXTS(struct bench_options, request.preset),
     .short_name = 'p',
     .value_name = "PRESET",
     .help = "what to make: a preset's name, or the path of a preset file; several with commas or "
             "by giving the option again"},
    {.name = "set",
     OPT_TEXTS(struct bench_options, request.set),
     .value_name = "PRESET.PARAM=VALUE",
     .help = "change a parameter of a preset"},
    {.name = "recursive",
     OPT_BOOL(struct bench_options, request.recursive),
     .def = "false",
     .short_name = 'r',
     .help = "take the images in folders, and in the folders in them"},
    {.name = "files-from",
     OPT_TEXT(struct bench_options, request.files_from),
     .def = "",
     .value_name = "FILE",
     .help = "take the files that FILE names, one per line"},
    {.name = "limit",
     OPT_TEXTS(struct bench_options, request.limit),
     .value_name = "NAME=VALUE",
     .help = "change a limit; 'picset help render' lists them"},
    {.name = NULL}};

static const struct option how_options[] = {
    {.name = "threads",
     OPT_TEXTS(struct bench_options, threads),
     .value_name = "N,N",
     .help = "numbers of threads to measure; without it 1, 2, 4 and so on up to the cores, or what "
             "--jobs says"},
    {.name = "repeat",
     OPT_INT(struct bench_options, repeat),
     .def = "3",
     .min = 1,
     .max = REPEAT_MAX,
     .value_name = "N",
     .help = "runs with each number of threads, after one to warm up"},
    {.name = "save",
     OPT_TEXT(struct bench_options, save),
     .def = "",
     .value_name = "FILE",
     .help = "keep the measurement, for --compare"},
    {.name = "compare",
     OPT_TEXT(struct bench_options, compare),
     .def = "",
     .value_name = "FILE",
     .help = "say what has changed since a saved measurement of the same work"},
    {.name = "out",
     OPT_TEXT(struct bench_options, page),
     .def = "",
     .short_name = 'o',
     .value_name = "DIR",
     .help = "write a page with drawings there: bench.html"},
    {.name = NULL}};

static const struct option_set sets[] = {
    {"What to measure", what_options}, {"How to measure", how_options}, {NULL, NULL}};

/* ---- Numbers of threads --------------------------------------------------------------------- */

static int by_threads(const void *left, const void *right)
{
    const struct bench_level *a = left, *b = right;
    return (a->threads > b->threads) - (a->threads < b->threads);
}

static enum status level_add(struct bench *bench, int64_t threads, size_t *capacity,
                             struct error *error)
{
    struct arena *arena = bench->cli->arena;
    for (size_t i = 0; i < bench->level_count; i++) {
        if (bench->levels[i].threads == threads) {
            return STATUS_OK;
        }
    }
    struct bench_level *level =
        arena_push(arena, &bench->levels, &bench->level_count, capacity, sizeof(*level));
    if (level) {
        level->threads = (int)threads;
        level->runs = arena_array(arena, (size_t)bench->options->repeat, sizeof(*level->runs));
    }
    return level && level->runs ? STATUS_OK : error_memory(error);
}

static enum status threads_read(struct bench *bench, size_t *capacity, struct error *error)
{
    const struct texts *texts = &bench->options->threads;
    for (size_t i = 0; i < texts->count; i++) {
        for (const char *start = texts->list[i]; *start;) {
            const size_t length = strcspn(start, ",");
            const char *word = arena_slice(bench->cli->arena, start, length);
            int64_t threads = 0;
            if (!word) {
                return error_memory(error);
            }
            if (!text_to_int64(word, &threads) || threads < 1 || threads > THREADS_MAX) {
                return error_set(error, STATUS_USAGE,
                                 "'--threads %s' is no list of numbers 1..%d, like 1,2,4",
                                 texts->list[i], THREADS_MAX);
            }
            if (level_add(bench, threads, capacity, error) != STATUS_OK) {
                return error->status;
            }
            start += length + (start[length] == ',');
        }
    }
    return STATUS_OK;
}

static enum status levels_make(struct bench *bench, struct error *error)
{
    size_t capacity = 0;
    const int jobs = bench->cli->globals.jobs;
    const int cores = jobs > 0 ? jobs : machine_cores();
    enum status status = threads_read(bench, &capacity, error);
    if (bench->options->threads.count == 0) {
        for (int threads = 1; threads < cores && status == STATUS_OK; threads *= 2) {
            status = level_add(bench, threads, &capacity, error);
        }
        status = status == STATUS_OK ? level_add(bench, cores, &capacity, error) : status;
    }
    if (status == STATUS_OK && bench->level_count == 0) {
        status = error_set(error, STATUS_USAGE, "--threads names no number");
    }
    if (status == STATUS_OK) {
        qsort(bench->levels, bench->level_count, sizeof(*bench->levels), by_threads);
    }
    return status;
}

/* ---- The command ---------------------------------------------------------------------------- */

/* The figures first: they stand whatever becomes of the files. */
static enum status tell(struct bench *bench, struct error *error)
{
    const struct bench_options *options = bench->options;
    const struct value *changes = bench->saved ? bench_compare(bench) : NULL;
    struct value *document = bench_document(bench, changes);
    enum status status = STATUS_OK;
    if (!document || (bench->saved && !changes)) {
        return error_memory(error);
    }
    if (bench->cli->globals.json) {
        status = cli_json(bench->cli, document, error);
    } else {
        bench_say(bench, changes, &bench->cli->out);
    }
    if (status == STATUS_OK && *options->save) {
        status = bench_save(bench, document, error);
    }
    if (status == STATUS_OK && *options->page) {
        status = bench_page(bench, document, changes, options->page, error);
    }
    if (status == STATUS_OK && bench->left_out > 0) {
        status = error_set(error, STATUS_PARTIAL,
                           "%zu of %zu images failed, which are not in these figures",
                           bench->left_out, bench->left_out + bench->image_count);
    }
    return status;
}

static enum status measure(struct bench *bench, struct error *error)
{
    enum status status = levels_make(bench, error);
    if (status == STATUS_OK) {
        status = bench_places_check(bench, error);
    }
    if (status == STATUS_OK) {
        status = bench_measure(bench, error);
    }
    if (status == STATUS_OK) {
        status = bench_figure(bench, error);
    }
    if (status == STATUS_OK) {
        status = bench_model_make(bench, error);
    }
    return status == STATUS_OK ? tell(bench, error) : status;
}

/* Of our own, so that one that fails can be left out. What standard input holds can be read but
 * once, and is wanted in each run. */
static enum status images_take(struct bench *bench, struct error *error)
{
    struct batch_request *batch = &bench->request.batch;
    struct source *input = &bench->standard_input;
    bench->image_count = batch->image_count;
    bench->images = arena_array(bench->cli->arena, batch->image_count + 1, sizeof(*bench->images));
    if (!bench->images) {
        return error_memory(error);
    }
    for (size_t i = 0; i < batch->image_count; i++) {
        bench->images[i] = batch->images[i];
        if (batch->images[i].path && strcmp(batch->images[i].path, "-") == 0) {
            if (source_read(input, "-", &batch->limits, error) != STATUS_OK) {
                return error_at(error, "standard input");
            }
            bench->images[i].path = NULL;
            bench->images[i].id = "standard input";
            bench->images[i].bytes = input->bytes;
            bench->images[i].size = input->size;
        }
    }
    batch->images = bench->images;
    return STATUS_OK;
}

static enum status run(struct cli *cli, const void *data, const struct words *words,
                       struct error *error)
{
    const struct bench_options *options = data;
    struct bench bench = {.cli = cli, .options = options};
    struct request_options request = options->request;
    request.out = "picset-out"; /* stays empty: files are made in memory */
    request.alt = request.focus = request.name = "";
    request.keep_going = true;
    if (cli->globals.dry_run) {
        return error_set(error, STATUS_USAGE,
                         "bench has no dry run: it measures by making, into memory; "
                         "'picset plan' shows what is made");
    }
    if (words->count == 0 && !*request.files_from) {
        cli->hint = "bench";
        return error_set(error, STATUS_USAGE, "no image given: name files, or folders with -r");
    }
    enum status status = request_make(cli, &request, words, &bench.request, error);
    if (status == STATUS_OK) {
        status = images_take(&bench, error);
    }
    if (status == STATUS_OK) {
        status = measure(&bench, error);
    }
    source_release(&bench.standard_input);
    return status;
}

static const struct example examples[] = {
    {"picset bench photos/ -r --preset web", "1, 2, 4 … threads, three runs each"},
    {"picset bench photo.jpg -p web --threads 1,2 --repeat 5 --save before.json",
     "kept, to be compared with"},
    {"picset bench photo.jpg -p web --threads 1,2 --repeat 5 --compare before.json",
     "what has changed beyond the noise"},
    {"picset bench photos/ -r -p web -o bench/", "a page with drawings: bench/bench.html"},
    {NULL, NULL}};

const struct command command_bench = {
    .name = "bench",
    .summary = "measure how fast a preset is made on this machine",
    .usage = "IMAGE ... --preset PRESET [options]",
    .text =
        "The whole set of every image is made again and again, into memory: no file is written and "
        "no disk is measured. The numbers of threads take turns, so that what disturbs the machine "
        "disturbs all of them. Medians stand beside their range, and two measurements differ only "
        "where their medians are further apart than their runs are. A library that works on "
        "threads "
        "of its own (AVIF's) is given the CPU that only the process's clock saw; where others took "
        "the machine's cores, that is said and no number of threads is suggested. An image that "
        "fails is named and left out, and the exit code is 6. Only files that bench made are "
        "replaced.\n\n"
        "The model at the end schedules the measured tasks on other numbers of cores, by the "
        "engine's own rules, beside what was measured with as many; it knows nothing of caches and "
        "clock rates. It names what no core shortens, and how many bytes of pixels would be moved "
        "in a second, beside what a bare copy moves here.",
    .examples = examples,
    .sets = sets,
    .size = sizeof(struct bench_options),
    .words = WORDS_FILES,
    .limits = limit_options,
    .run = run,
};
