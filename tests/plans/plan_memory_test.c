/* SPDX-License-Identifier: MIT
 * Memory that runs short at any point of a plan is an error, and nothing of it stays. */
#include <string.h>

#include "planning.h"

static const char preset[] =
    "{'version': 1, 'name': 'test', 'summary': 's', 'names': 'web', 'inputs': {'dark': 'd'},"
    "'outputs': ["
    "{'matrix': {'px': [20, 200]}, 'stages': [{'resize': {'width': '${px}'}}, {'encode': "
    "{'format': ['jpeg', 'png']}}], 'path': '${name}-${width}-${hash:8}.${ext}', 'emit': "
    "['picture']},"
    "{'stages': [{'resize': {'size': '30x30', 'fit': 'cover'}}, {'encode': {'format': 'jpeg', "
    "'max-bytes': 1000}}], 'path': 'b.jpg', 'fallback': [{'resize': {'size': '10x10'}}]},"
    "{'from': ['dark', '#112233'], 'stages': [{'resize': {'size': '8x8'}}, {'encode': {'format': "
    "'png'}}], 'path': 'c.png'}],"
    "'emit': ['manifest', {'picture': {'path': '${name}.html'}}]}";

struct wanted {
    struct planning planning;
    struct hash key; /* of the plan with all memory there is */
};

static bool build(void *data)
{
    struct wanted *wanted = data;
    struct planning *planning = &wanted->planning;
    planning_build(planning);
    if (planning->status != STATUS_OK) {
        assert_string_equal(planning->error.message, "out of memory");
        assert_int_equal(planning->status, STATUS_FAILED);
        assert_null(planning->plan);
    } else {
        assert_true(hash_equal(planning->plan->key, wanted->key)); /* never a smaller plan */
    }
    return planning->status == STATUS_OK;
}

static void each_allocation_of_a_plan(void **state)
{
    (void)state;
    struct wanted wanted = {.planning = planning_start("my photo.png", 100, 100)};
    planning_alpha(&wanted.planning.inputs[0].facts, 1);
    wanted.planning.inputs[0].facts.orientation = 6;
    planning_preset(&wanted.planning, preset, NULL);
    planning_build(&wanted.planning);
    wanted.key = wanted.planning.plan->key;
    assert_true(support_each_allocation(build, &wanted) > 10);
    planning_end(&wanted.planning);
}

/* A plan in words that has run out of memory is no shorter plan: the buffer says so. */
static bool explain(void *data)
{
    struct buffer words = {0};
    plan_explain(data, &words);
    bool whole = !buffer_failed(&words);
    buffer_free(&words);
    return whole;
}

static bool to_value(void *data)
{
    struct arena *arena = arena_new();
    bool whole = arena && plan_value(data, arena);
    arena_free(arena);
    return whole;
}

static bool settle(void *data)
{
    struct plan *plans[] = {data};
    struct error error = {0};
    enum status status = plans_settle(plans, 1, &error);
    if (status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    return status == STATUS_OK;
}

static void each_allocation_of_what_reads_it(void **state)
{
    (void)state;
    struct planning planning = planning_start("my photo.png", 100, 100);
    planning_preset(&planning, preset, NULL);
    planning_build(&planning);
    assert_true(support_each_allocation(settle, planning.plan) > 0);
    assert_true(support_each_allocation(explain, planning.plan) > 0);
    assert_true(support_each_allocation(to_value, planning.plan) > 0);
    planning_end(&planning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_of_a_plan),
                                       cmocka_unit_test(each_allocation_of_what_reads_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
