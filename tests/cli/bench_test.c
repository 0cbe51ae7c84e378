/* SPDX-License-Identifier: MIT
 * picset bench: its figures from runs made up by the test, schedules with known ends, its document,
 * its page, and when it gives no verdict. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"
#include "text.h"

static char *folder;

static int start(void **state)
{
    (void)state;
    folder = scratch_make();
    program_image(folder, "a.png", 320, 200);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static void test_spread(void **state)
{
    double odd[] = {5, 1, 3}, even[] = {4, 1, 2, 9};
    (void)state;
    const struct bench_spread three = bench_spread_of(odd, 3), four = bench_spread_of(even, 4);
    assert_true(three.median == 3 && three.low == 1 && three.high == 5);
    assert_true(four.median == 3 && four.low == 1 && four.high == 9);
}

/* ---- Schedules ------------------------------------------------------------------------------ */

enum { IMAGES = 8, TASKS = 4 };

/* Of each image: its start takes no time, one step of a second, and two after it. */
static void make_tasks(struct bench_run *run, struct batch_task *tasks)
{
    static const int after[TASKS] = {BATCH_NO_TASK, BATCH_NO_TASK, 0, 0};
    for (int i = 0; i < IMAGES * TASKS; i++) {
        const int node = i % TASKS - 1;
        tasks[i] = (struct batch_task){.image = (size_t)(i / TASKS),
                                       .node = node,
                                       .after = after[i % TASKS],
                                       .way = -i,
                                       .bytes = node < 0 ? 0 : 1000,
                                       .parts = {{"resize", 0, node < 0 ? 0 : 1, false}},
                                       .part_count = 1};
    }
    run->tasks = tasks;
    run->task_count = IMAGES * TASKS;
    run->serial = 0.5;
}

static void test_model(void **state)
{
    struct batch_task tasks[IMAGES * TASKS];
    struct bench_run run = {.cpu = 24};
    struct bench_level level = {.threads = 1, .runs = &run};
    const struct bench_options options = {.repeat = 1};
    struct cli cli = {.arena = arena_new()};
    struct bench bench = {.cli = &cli,
                          .options = &options,
                          .levels = &level,
                          .level_count = 1,
                          .work = {.sources = IMAGES}};
    struct error error = {0};
    (void)state;
    make_tasks(&run, tasks);
    assert_int_equal(bench_model_make(&bench, &error), STATUS_OK);
    const struct bench_model *model = &bench.model;
    assert_float_equal(model->serial, 0.5, 1e-9);
    assert_float_equal(model->longest, 2, 1e-9);
    assert_true(model->copying > 0);
    /* 24 s on 4 cores, then as long as the chain of one image, each with what nothing shortens. */
    assert_float_equal(model->schedules[0].seconds, 6.5, 1e-9);
    assert_float_equal(model->schedules[1].seconds, 2.5, 1e-9);
    assert_float_equal(model->schedules[2].seconds, 2.5, 1e-9);
    assert_float_equal(model->schedules[0].speedup, 24.5 / 6.5, 1e-9);
    assert_float_equal(model->schedules[2].efficiency, 24.5 / 2.5 / 64, 1e-9);
    assert_float_equal(model->schedules[0].moving, 24000 / 6.5, 1e-6);
    arena_free(cli.arena);
}

/* Tasks of one image each: its start takes no time, then nodes that wait for one above. */
struct given {
    size_t image;
    int node, after;
    double seconds, way, before;
};

static void assert_makespan(const struct given *given, size_t count, int cores, double seconds)
{
    struct arena *arena = arena_new();
    struct batch_task *tasks = arena_array(arena, 2 * count, sizeof(*tasks));
    size_t made = 0, images = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || given[i].image != given[i - 1].image) {
            tasks[made++] = (struct batch_task){.image = given[i].image,
                                                .node = BATCH_NO_TASK,
                                                .after = BATCH_NO_TASK,
                                                .way = 1e9,
                                                .parts = {{"open", 0, 0, false}},
                                                .part_count = 1};
            images = given[i].image + 1;
        }
        tasks[made++] = (struct batch_task){.image = given[i].image,
                                            .node = given[i].node,
                                            .after = given[i].after,
                                            .way = given[i].way,
                                            .before = given[i].before,
                                            .parts = {{"encode webp", 0, given[i].seconds, false}},
                                            .part_count = 1};
    }
    assert_float_equal(bench_makespan(tasks, made, images, cores, arena), seconds, 1e-9);
    arena_free(arena);
}

enum { NONE = BATCH_NO_TASK };

static void test_schedules(void **state)
{
    static const struct given five[] = {{0, 0, NONE, 2, 0, 0},
                                        {1, 0, NONE, 2, 0, 0},
                                        {2, 0, NONE, 2, 0, 0},
                                        {3, 0, NONE, 2, 0, 0},
                                        {4, 0, NONE, 2, 0, 0}};
    static const struct given chain[] = {
        {0, 0, NONE, 1, 0, 0}, {0, 1, 0, 2, 0, 0}, {0, 2, 1, 3, 0, 0}};
    static const struct given fork[] = {
        {0, 0, NONE, 1, 9, 0}, {0, 1, 0, 2, 4, 0}, {0, 2, 0, 3, 5, 0}, {0, 3, 1, 2, 3, 0}};
    (void)state;
    /* Independent ones: as few rounds as there can be. */
    assert_makespan(five, 5, 1, 10);
    assert_makespan(five, 5, 2, 6);
    assert_makespan(five, 5, 4, 4);
    assert_makespan(five, 5, 64, 2);
    /* A chain: no core helps. */
    assert_makespan(chain, 3, 1, 6);
    assert_makespan(chain, 3, 16, 6);
    /* A fork: its set ends with the longer way. */
    assert_makespan(fork, 4, 1, 8);
    assert_makespan(fork, 4, 2, 5);
    assert_makespan(fork, 4, 4, 5);
}

static void test_one_long_task(void **state)
{
    struct given short_ones[8] = {{0}};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        short_ones[i] = (struct given){i, 0, NONE, 1, 5, 0};
    }
    /* Where it is most urgent it goes first; where it is least, it runs alone at the end. */
    short_ones[4] = (struct given){4, 0, NONE, 4, 9, 0};
    assert_makespan(short_ones, 5, 2, 4);
    assert_makespan(short_ones, 5, 4, 4);
    short_ones[4].way = 1;
    assert_makespan(short_ones, 5, 2, 6);
    assert_makespan(short_ones, 5, 4, 5);
    /* Two cores begin six images at once: the eighth waits for the first two to end. */
    short_ones[4] = (struct given){4, 0, NONE, 1, 5, 0};
    short_ones[7] = (struct given){7, 0, NONE, 8, 9, 0};
    assert_makespan(short_ones, 8, 2, 9);
    assert_makespan(short_ones, 8, 4, 8);
}

/* The last of 24 images has the long way. Few threads keep to the order; many see that it is only
 * a moment behind. */
static void test_order_by_threads(void **state)
{
    struct given given[24] = {{0}};
    (void)state;
    for (size_t i = 0; i < 24; i++) {
        given[i] = (struct given){i, 0, NONE, i < 23 ? 1 : 4, i < 23 ? 1 : 4, 2.0 * (double)i};
    }
    assert_makespan(given, 24, 4, 9);  /* 20 short ones in 5 s, then it */
    assert_makespan(given, 24, 16, 4); /* it goes first; by the order it would end after 5 s */
    const struct batch_task early = {.way = 1, .before = 4}, late = {.way = 3, .before = 8};
    assert_true(batch_urgency(&early, 1) > batch_urgency(&late, 1));
    assert_true(batch_urgency(&early, 4) > batch_urgency(&late, 4));
    assert_true(batch_urgency(&early, 16) < batch_urgency(&late, 16));
}

/* ---- The program ---------------------------------------------------------------------------- */

static void call(struct program *program, const char *const *arguments)
{
    *program = (struct program){.folder = folder};
    program_call(program, arguments);
}

#define CALL(program_, ...)                                                                        \
    call((program_), (const char *const[]){"bench", "a.png", "-p", "thumbnails", __VA_ARGS__, NULL})

static double number(const struct value *value, const char *key)
{
    double number = NAN;
    assert_true(value_number(value_get(value, key), &number));
    return number;
}

static bool is_there(const char *name)
{
    return access(scratch_path(folder, name), F_OK) == 0;
}

static void test_document(void **state)
{
    struct program program;
    struct error error = {0};
    const struct value *document = NULL;
    (void)state;
    CALL(&program, "--threads", "2,1,2", "--repeat", "2", "--json", "--save", "kept.json", "-o",
         "page");
    assert_int_equal(program.code, 0);
    struct arena *arena = arena_new();
    assert_int_equal(json_parse(arena, program.out, strlen(program.out), &document, &error),
                     STATUS_OK);
    assert_string_equal(value_get(document, "schema")->text, "picset/bench/1");
    assert_true(number(value_get(document, "work"), "images") == 1);
    assert_true(number(value_get(document, "work"), "renditions") == 6);
    assert_true(number(value_get(document, "work"), "pixels_in") == 320 * 200);
    const struct value *levels = value_get(document, "threads");
    assert_int_equal(levels->list.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct value *level = levels->list.items[i];
        const struct value *seconds = value_get(level, "seconds");
        assert_true(number(level, "threads") == i + 1);
        assert_true(number(seconds, "low") > 0);
        assert_true(number(seconds, "low") <= number(seconds, "median"));
        assert_true(number(seconds, "median") <= number(seconds, "high"));
        assert_true(number(level, "images_per_second") > 0);
        assert_true(value_get(level, "stages")->list.count >= 4);
    }
    const struct value *model = value_get(document, "model");
    assert_true(number(model, "task_seconds") >= number(model, "longest_chain_seconds"));
    assert_true(number(model, "copy_bytes_per_second_one_core") > 0);
    const struct value *schedules = value_get(model, "schedules");
    const struct value *last = schedules->list.items[schedules->list.count - 1];
    assert_true(schedules->list.count >= 3);
    assert_true(number(last, "cores") == 64);
    assert_true(number(last, "seconds") >= number(model, "longest_chain_seconds"));
    assert_true(is_there("page/bench.html"));
    assert_true(is_there("page/scaling.svg"));
    assert_true(is_there("page/stages.svg"));
    assert_false(is_there("picset-out"));
    arena_free(arena);
    program_end(&program);
    CALL(&program, "--threads", "1", "--repeat", "1", "-q", "--compare", "kept.json");
    assert_int_equal(program.code, 0);
    assert_non_null(strstr(program.out,
                           "  seconds, 1 thread                            no verdict: "
                           "3 runs of each are needed\n"));
    program_end(&program);
}

static void test_refusals(void **state)
{
    struct program program = {.folder = folder};
    (void)state;
    CALL(&program, "--threads", "1", "--repeat", "1", "-q", "--save", "kept.json");
    program_end(&program);
    CALL(&program, "--threads", "1", "--repeat", "1", "-q", "--compare", "kept.json", "--set",
         "sides=64");
    assert_int_equal(program.code, 2);
    assert_string_equal(program.error,
                        "picset: 'kept.json' measured other work: its presets are not these\n");
    program_end(&program);
    CALL(&program, "--threads", "1", "--repeat", "1", "-q", "--compare", "a.png");
    assert_int_equal(program.code, 2);
    program_end(&program);
    program = (struct program){.folder = folder};
    assert_program(&program, 2, "",
                   "picset: '--threads 1,x' is no list of numbers 1..1024, like 1,2,4\n", "bench",
                   "a.png", "-p", "web", "--threads", "1,x");
    assert_program(&program, 2, "",
                   "picset: no image given: name files, or folders with -r\n"
                   "try 'picset help bench'\n",
                   "bench", "-p", "web");
}

/* ---- Whose CPU it was ----------------------------------------------------------------------- */

/* 10 s of the process: 1 s of the thread that waits for all, 2 s of two tasks; 6 s that no clock of
 * a thread saw go to the parts of libraries with threads of their own, by how long they waited. */
static void test_attributed(void **state)
{
    struct batch_task tasks[] = {
        {.started = 0,
         .ended = 7,
         .parts = {{"resize", 4, 1, false}, {"encode avif", 3, 1, true}},
         .part_count = 2},
        {.started = 0, .ended = 6, .parts = {{"encode avif", 6, 0, true}}, .part_count = 1}};
    struct bench_run run = {.cpu = 10, .tasks = tasks, .task_count = 2};
    (void)state;
    bench_attribute(&run, 2);
    assert_float_equal(tasks[0].parts[0].cpu, 1, 1e-9);
    assert_float_equal(tasks[0].parts[1].cpu, 1 + 6 * 2.0 / 8, 1e-9);
    assert_float_equal(tasks[1].parts[0].cpu, 6 * 6.0 / 8, 1e-9);
    assert_float_equal(run.unattributed, 2, 1e-9);
    assert_float_equal(run.lost, 1 - 8.0 / 13, 1e-9);
    /* More than they waited for was no library's. */
    tasks[0].parts[1].cpu = 1;
    tasks[1].parts[0].cpu = 0;
    run.cpu = 20;
    bench_attribute(&run, 2);
    assert_float_equal(tasks[1].parts[0].cpu, 6, 1e-9);
    assert_float_equal(run.unattributed, 10, 1e-9);
}

static void test_busy_machine(void **state)
{
    struct bench_run quiet = {.seconds = 1, .cpu = 0.95, .lost = 0.05}, busy = quiet;
    struct bench_level level = {.threads = 1, .runs = &quiet};
    const struct bench_options options = {.repeat = 1};
    struct cli cli = {.arena = arena_new()};
    struct bench bench = {.cli = &cli, .options = &options, .levels = &level, .level_count = 1};
    struct error error = {0};
    struct buffer words = {0};
    (void)state;
    assert_int_equal(bench_figure(&bench, &error), STATUS_OK);
    assert_int_equal(bench.suggested, 1);
    busy.lost = 0.51;
    level = (struct bench_level){.threads = 1, .runs = &busy};
    assert_int_equal(bench_figure(&bench, &error), STATUS_OK);
    assert_int_equal(bench.suggested, 0);
    bench_say(&bench, NULL, &words);
    assert_non_null(strstr(buffer_string(&words),
                           "the machine was busy with other work (51 % of the CPU time was not to "
                           "be had): no suggestion\n"));
    buffer_free(&words);
    arena_free(cli.arena);
}

#define ONCE "--threads", "1", "--repeat", "1", "-q"

static void test_avif_has_its_cpu(void **state)
{
    struct program program = {.folder = folder};
    struct error error = {0};
    const struct value *document = NULL;
    (void)state;
    program_image(folder, "larger.png", 800, 600);
    program_call_with(&program, "bench", "larger.png", "-p", "web", "--set", "formats=avif", ONCE,
                      "--json");
    if (program.code == 4) {
        program_end(&program);
        skip();
    }
    assert_int_equal(program.code, 0);
    struct arena *arena = arena_new();
    assert_int_equal(json_parse(arena, program.out, strlen(program.out), &document, &error),
                     STATUS_OK);
    const struct value *level = value_get(document, "threads")->list.items[0];
    const struct value *stages = value_get(level, "stages");
    const double rest = number(value_get(level, "cpu_seconds_not_attributed"), "median");
    double sum = rest, avif = 0;
    for (size_t i = 0; i < stages->list.count; i++) {
        const struct value *stage = stages->list.items[i];
        const double cpu = number(value_get(stage, "cpu_seconds"), "median");
        sum += cpu;
        avif += strcmp(value_get(stage, "stage")->text, "encode avif") == 0 ? cpu : 0;
    }
    const double all = number(value_get(level, "cpu_seconds"), "median");
    assert_true(sum > 0.98 * all && sum < 1.02 * all);
    assert_true(avif > 0.3 * all);
    assert_true(rest < 0.3 * all);
    arena_free(arena);
    program_end(&program);
}

/* ---- Where it goes, and what it is held against --------------------------------------------- */

static void test_places(void **state)
{
    struct program program = {.folder = folder};
    (void)state;
    char *before = scratch_read(folder, "a.png");
    assert_program(&program, 5, "",
                   "picset: '--save a.png' would replace a file that is no measurement of bench\n",
                   "bench", "a.png", "-p", "thumbnails", "--save", "a.png");
    char *after = scratch_read(folder, "a.png");
    assert_string_equal(after, before);
    assert_program(&program, 2, "", "picset: '--save none/x.json': there is no folder 'none/'\n",
                   "bench", "a.png", "-p", "thumbnails", "--save", "none/x.json");
    assert_false(is_there("none"));
    scratch_write(folder, "own/bench.html", "<title>mine</title>");
    assert_program(&program, 2, "", "picset: '--save own' is a folder, must be a file\n", "bench",
                   "a.png", "-p", "thumbnails", "--save", "own");
    assert_program(
        &program, 5, "",
        "picset: '--out own' would replace 'own/bench.html', which is not made by bench\n", "bench",
        "a.png", "-p", "thumbnails", "-o", "own");
    assert_program(&program, 2, "", "picset: '--out a.png' is no folder\n", "bench", "a.png", "-p",
                   "thumbnails", "-o", "a.png");
    program_call_with(&program, "bench", "a.png", "-p", "thumbnails", "-o", "/proc/x");
    assert_int_equal(program.code, 1);
    assert_null(strstr(program.error, "run 1"));
    program_end(&program);
    memory_free(before);
    memory_free(after);
    /* What bench made it makes again. */
    for (int i = 0; i < 2; i++) {
        CALL(&program, ONCE, "--save", "again.json", "-o", "again");
        assert_int_equal(program.code, 0);
        program_end(&program);
    }
}

static void test_saved_is_checked(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{}", "'s.json' is no measurement that --save wrote"},
        {"{\"schema\": \"picset/render/1\"}",
         "'s.json' is no measurement that --save wrote: its schema is 'picset/render/1', must be "
         "'picset/bench/1'"},
        {"{\"schema\": \"picset/bench/1\", \"work\": {}}",
         "s.json: 'repeat' is missing, must be a number of at least 1"},
        {"{\"schema\": \"picset/bench/1\", \"work\": {}, \"repeat\": 3, \"machine\": "
         "{\"cores\": 2}, \"threads\": [{\"threads\": 1, \"seconds\": \"x\"}]}",
         "s.json: /threads/0: 'seconds' is \"x\", must be an object with numbers 0 <= \"low\" <= "
         "\"median\" <= \"high\""},
        {"{\"schema\": \"picset/bench/1\", \"work\": {}, \"repeat\": 3, \"machine\": "
         "{\"cores\": 2}, \"threads\": [{\"threads\": 1, \"seconds\": {\"low\": 0.01, "
         "\"median\": 0.01, \"high\": 0.01}, \"cpu_seconds\": {\"low\": 3, \"median\": 3, "
         "\"high\": 3}}]}",
         "s.json: /threads/0: 'seconds' are at most 0.01, but 'cpu_seconds' at least 3 on 2 cores: "
         "one of them is wrong"},
        {"{\"schema\": \"picset/bench/1\", \"work\": {\"presets\": []}, \"repeat\": 3, "
         "\"machine\": {\"cores\": 2}, \"threads\": []}",
         "'s.json' measured other work: its presets are not these"}};
    struct program program = {.folder = folder};
    char words[400];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_write(folder, "s.json", cases[i].text);
        (void)snprintf(words, sizeof words, "picset: %s\n", cases[i].words);
        assert_program(&program, 2, "", words, "bench", "a.png", "-p", "thumbnails", "--compare",
                       "s.json");
    }
}

static void test_nothing_in_common(void **state)
{
    struct program program;
    (void)state;
    CALL(&program, ONCE, "--save", "one.json");
    program_end(&program);
    CALL(&program, "--threads", "2", "--repeat", "1", "-q", "--compare", "one.json");
    assert_int_equal(program.code, 0);
    assert_non_null(strstr(
        program.out, "  no number of threads in common               it was measured with 1\n"));
    program_end(&program);
}

static void test_broken_among_good(void **state)
{
    struct program program = {.folder = folder};
    (void)state;
    scratch_write(folder, "broken.png", "no image");
    program_call_with(&program, "bench", "broken.png", "a.png", "-p", "thumbnails", ONCE);
    assert_int_equal(program.code, 6);
    assert_true(text_starts(program.error, "picset: broken.png: "));
    assert_true(
        text_ends(program.error, "picset: 1 of 2 images failed, which are not in these figures\n"));
    assert_true(text_starts(program.out, "1 image, 0.1 MP in, 6 files"));
    program_end(&program);
    /* One whose pixels end early is found when they are computed; all are named. */
    static char bytes[512 << 10];
    struct buffer cut = {0};
    FILE *file = fopen(scratch_path(folder, "a.png"), "rbe");
    assert_non_null(file);
    buffer_bytes(&cut, bytes, fread(bytes, 1, sizeof bytes, file) / 2);
    assert_int_equal(fclose(file), 0);
    scratch_write_bytes(folder, "cut.png", &cut);
    buffer_free(&cut);
    program_call_with(&program, "bench", "cut.png", "broken.png", "a.png", "-p", "thumbnails",
                      ONCE);
    assert_int_equal(program.code, 6);
    assert_non_null(strstr(program.error, "picset: cut.png: "));
    assert_non_null(strstr(program.error, "picset: broken.png: "));
    assert_true(
        text_ends(program.error, "picset: 2 of 3 images failed, which are not in these figures\n"));
    program_end(&program);
    /* Beside a run that left it out, too. */
    CALL(&program, ONCE, "--save", "good.json");
    program_end(&program);
    program_call_with(&program, "bench", "broken.png", "a.png", "-p", "thumbnails", ONCE,
                      "--compare", "good.json");
    assert_int_equal(program.code, 6);
    assert_non_null(strstr(program.out, "since the saved run of 20"));
    program_end(&program);
    program_call_with(&program, "bench", "broken.png", "-p", "thumbnails", ONCE);
    assert_true(program.code != 0 && program.code != 6);
    assert_string_equal(program.out, "");
    assert_true(text_starts(program.error, "picset: broken.png: "));
    program_end(&program);
}

static void test_standard_input(void **state)
{
    static char bytes[512 << 10];
    struct program program = {.folder = folder, .input = bytes};
    FILE *file = fopen(scratch_path(folder, "a.png"), "rbe");
    (void)state;
    assert_non_null(file);
    program.input_size = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(program.input_size, 1, sizeof bytes - 1);
    program_call_with(&program, "bench", "-", "-p", "thumbnails", "--threads", "1", "--repeat", "2",
                      "-q");
    assert_string_equal(program.error, "");
    assert_int_equal(program.code, 0);
    assert_true(text_starts(program.out, "1 image, 0.1 MP in, 6 files"));
    program_end(&program);
    program = (struct program){.folder = folder};
    assert_program(&program, 2, "",
                   "picset: bench has no dry run: it measures by making, into memory; "
                   "'picset plan' shows what is made\n",
                   "bench", "-n", "a.png", "-p", "thumbnails");
}

/* bench/compare looks before it builds. */
static void test_compare_script(void **state)
{
    static const char script[] = PICSET_SOURCE_DIR "/bench/compare";
    struct program program = {.folder = folder, .other = script, .variable = "ROUNDS=x"};
    (void)state;
    assert_program(&program, 2, "", "bench/compare: ROUNDS is 'x', must be a number 1..9999\n",
                   "HEAD", "HEAD");
    program = (struct program){.folder = folder, .other = script};
    assert_program(&program, 2, "", "bench/compare: there is no revision 'no such'\n", "no such",
                   "HEAD");
}

static void test_page(void **state)
{
    static const char *const told[] = {"<dt>Presets<dd>thumbnails with {",
                                       "sides",
                                       "<dt>Images<dd>a.png\n",
                                       " core",
                                       "libvips ",
                                       "<dt>Date<dd>20"};
    struct program program;
    (void)state;
    CALL(&program, ONCE, "--set", "sides=64", "-o", "told");
    assert_int_equal(program.code, 0);
    program_end(&program);
    char *page = scratch_read(folder, "told/bench.html");
    char *drawing = scratch_read(folder, "told/scaling.svg");
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        assert_non_null(strstr(page, told[i]));
    }
    assert_non_null(strstr(drawing, "class=\"ground\""));
    memory_free(page);
    memory_free(drawing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_attributed),
                                       cmocka_unit_test(test_busy_machine),
                                       cmocka_unit_test(test_avif_has_its_cpu),
                                       cmocka_unit_test(test_places),
                                       cmocka_unit_test(test_saved_is_checked),
                                       cmocka_unit_test(test_nothing_in_common),
                                       cmocka_unit_test(test_broken_among_good),
                                       cmocka_unit_test(test_standard_input),
                                       cmocka_unit_test(test_compare_script),
                                       cmocka_unit_test(test_page),
                                       cmocka_unit_test(test_spread),
                                       cmocka_unit_test(test_model),
                                       cmocka_unit_test(test_schedules),
                                       cmocka_unit_test(test_one_long_task),
                                       cmocka_unit_test(test_order_by_threads),
                                       cmocka_unit_test(test_document),
                                       cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, start, stop);
}
