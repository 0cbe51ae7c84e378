/* SPDX-License-Identifier: MIT
 * The engine with the n-th allocation failing: whatever it does then, nothing is made twice,
 * nothing that was made is lost without a word, and the next run ends well. */
#include "engine_bench.h"
#include "memory.h"

/* Returns how many allocations it took. */
static long one_run(struct bench *bench, long n)
{
    struct generate_image image = {
        .name = "a", .ask = {.model = bench->request.provider->models, .prompt = "a"}};
    error_clear(&bench->error);
    bench->trail[0] = '\0';
    bench->generate = NULL;
    memory_fail_at(n, 0);
    enum status status = generate_new(&bench->request, &bench->generate, &bench->error);
    if (status == STATUS_OK) {
        status = generate_add(bench->generate, &image, NULL, &bench->error);
    }
    if (status == STATUS_OK) {
        status = generate_run(bench->generate, &bench->summary, &bench->error);
    }
    generate_free(bench->generate);
    long count = memory_count();
    memory_fail_at(0, 0);
    assert_true(status == STATUS_OK || bench->error.message[0]);
    return count;
}

/* The n-th fails, then all is well again. Returns how many allocations the first run took. */
static long n_fails(long n, bool in_answer)
{
    void *state = NULL;
    assert_int_equal(engine_set_up(&state), 0);
    struct bench *bench = state;
    if (in_answer) {
        direct(bench);
    }
    long count = one_run(bench, n);
    enum status status = run(bench, "a", NULL);
    if (created(bench, "a") > 1) {
        fail_msg("allocation %ld failed, and it was made %d times", n, created(bench, "a"));
    }
    /* what was made and could not be taken is said to be unknown */
    if (status != STATUS_OK && bench->summary.unknown != 1) {
        fail_msg("allocation %ld failed: %s", n, bench->error.message);
    }
    engine_tear_down(&state);
    return count;
}

static void each_fails(bool in_answer)
{
    long most = n_fails(0, in_answer);
    assert_true(most > 50);
    for (long n = 1; n <= most; n++) {
        n_fails(n, in_answer);
    }
    print_message("%ld allocations\n", most);
}

static void jobs(void **state)
{
    (void)state;
    each_fails(false);
}

static void images_in_answers(void **state)
{
    (void)state;
    each_fails(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs),
        cmocka_unit_test(images_in_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
