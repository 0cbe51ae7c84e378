/* SPDX-License-Identifier: MIT
 * The budget at its edge: what fits to the byte, one larger than all alone, at most so many at
 * once, and waiting that ends. */
#include "budget.h"

#include <pthread.h>

#include "machine.h"
#include "support.h"

static void to_the_byte(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 100, 10);
    assert_true(budget_idle(&budget, 0));
    assert_true(budget_take(&budget, 60, 0));
    assert_false(budget_idle(&budget, 0));
    assert_false(budget_take(&budget, 41, 0));
    assert_true(budget_take(&budget, 40, 0));
    assert_false(budget_take(&budget, 1, 0));
    assert_true(budget_take(&budget, 0, 0)); /* what takes nothing always fits */
    budget_give(&budget, 0);
    assert_int_equal(budget.peak, 100);
    budget_give(&budget, 60);
    budget_give(&budget, 40);
    assert_true(budget_idle(&budget, 0));
    assert_int_equal(budget.used, 0);
    assert_int_equal(budget.peak, 100);
    budget_destroy(&budget);
}

static void larger_than_all_goes_alone(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 100, 10);
    assert_true(budget_take(&budget, 1, 0));
    assert_false(budget_take(&budget, 101, 0));
    budget_give(&budget, 1);
    assert_true(budget_take(&budget, 101, 0));
    assert_false(budget_take(&budget, 0, 0));
    assert_int_equal(budget.peak, 101);
    budget_give(&budget, 101);
    budget_destroy(&budget);
}

static void so_many_at_once(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, INT64_MAX, 2);
    assert_true(budget_take(&budget, 1, 0));
    assert_true(budget_take(&budget, 1, 0));
    assert_false(budget_take(&budget, 1, 0));
    budget_give(&budget, 1);
    assert_true(budget_take(&budget, 1, 0));
    budget_give(&budget, 1);
    budget_give(&budget, 1);
    budget_destroy(&budget);
}

static void *give_all(void *budget)
{
    budget_give(budget, 100);
    return NULL;
}

/* It waits its time and no longer, and wakes as soon as there is room. */
static void waiting_ends(void **state)
{
    (void)state;
    struct budget budget;
    pthread_t thread;
    budget_init(&budget, 100, 10);
    assert_true(budget_take(&budget, 100, 0));
    double started = machine_seconds();
    assert_false(budget_take(&budget, 1, 0.02));
    assert_true(machine_seconds() - started >= 0.02);
    assert_int_equal(pthread_create(&thread, NULL, give_all, &budget), 0);
    assert_true(budget_take(&budget, 100, 1000));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, give_all, &budget), 0);
    assert_true(budget_idle(&budget, 1000));
    assert_int_equal(pthread_join(thread, NULL), 0);
    budget_destroy(&budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_the_byte),
        cmocka_unit_test(larger_than_all_goes_alone),
        cmocka_unit_test(so_many_at_once),
        cmocka_unit_test(waiting_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
