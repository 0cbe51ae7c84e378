/* SPDX-License-Identifier: MIT
 * picset bench: its figures from runs made up by the test, schedules with known ends, its document,
 * its page, and when it gives no verdict. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "json.h"
#include "program.h"
#include "scratch.h"

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
                                       .parts = {{"resize", 0, node < 0 ? 0 : 1}},
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
                                                .parts = {{"open", 0, 0}},
                                                .part_count = 1};
            images = given[i].image + 1;
        }
        tasks[made++] = (struct batch_task){.image = given[i].image,
                                            .node = given[i].node,
                                            .after = given[i].after,
                                            .way = given[i].way,
                                            .before = given[i].before,
                                            .parts = {{"encode webp", 0, given[i].seconds}},
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
                        "picset: 'kept.json' measured other work: images, presets or "
                        "sizes are not the same\n");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread),           cmocka_unit_test(test_model),
        cmocka_unit_test(test_schedules),        cmocka_unit_test(test_one_long_task),
        cmocka_unit_test(test_order_by_threads), cmocka_unit_test(test_document),
        cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, start, stop);
}
