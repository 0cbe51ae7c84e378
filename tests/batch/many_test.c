/* SPDX-License-Identifier: MIT
 * Many sources: memory stays within the budget, results do not depend on it, and a second run over
 * unchanged ones reads none. PICSET_MANY sets how many; times are printed, never judged. */
#include "batches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "machine.h"

static const char small[] =
    "{'version': 1, 'name': 'small', 'summary': 's', 'outputs': ["
    "{'matrix': {'px': [48, 24]}, 'stages': [{'resize': {'width': '${px}'}}, {'encode': {'format': "
    "'webp'}}], 'path': '${dir}${name}-${width}.webp', 'emit': ['picture']}],"
    "'emit': ['manifest', {'picture': {'path': '${dir}${name}.html'}}]}";

static size_t how_many(size_t usual)
{
    const char *wanted = getenv("PICSET_MANY");
    return wanted ? strtoul(wanted, NULL, 10) : usual;
}

/* A few kinds of files under many names: PNG is decoded whole, JPEG at a part of its size. */
static void make_many(struct batches *batches, size_t count, int width, int height)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%zu/%zu.%s", i / 100, i, i % 4 ? "png" : "jpg");
        struct batch_image *image =
            batches_image(batches, name, width + (int)(i % 7), height + (int)(i % 5));
        image->dir = arena_format(batches->arena, "%zu/", i / 100);
    }
}

static int64_t largest_plan(const struct batches *batches, int64_t *all)
{
    struct batch *batch = NULL;
    struct error error = {0};
    struct batch_request request = batches->request;
    int64_t largest = 0;
    request.plan_only = true;
    request.event = NULL;
    request.images = batches->images;
    request.presets = batches->presets;
    request.library = &batches->library;
    assert_int_equal(batch_plan(&request, &batch, &error), STATUS_OK);
    *all = 0;
    for (size_t i = 0; i < batch_plan_count(batch); i++) {
        const struct error *failure = NULL;
        const struct plan *plan = batch_plan_at(batch, i, &failure);
        assert_non_null(plan);
        largest = plan->memory > largest ? plan->memory : largest;
        *all += plan->memory;
    }
    batch_free(batch);
    return largest;
}

/* The budget is far below what all take, and below what the pool would take without one. */
static void memory_stays_within_the_budget(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    size_t count = how_many(60);
    make_many(&batches, count, 400, 300);
    batches_preset(&batches, small, NULL);
    batches.request.state = "";
    int64_t all = 0, largest = largest_plan(&batches, &all);
    assert_true(largest > 400 * 300 * 3);
    batches.request.memory = 3 * largest + largest / 2;
    assert_true(batches.request.memory < all / 4);
    batches.request.jobs = 8;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.made, count);
    assert_int_equal(batches.summary.memory, batches.request.memory);
    if (batches.summary.peak_memory > batches.summary.memory) {
        fail_msg("%lld bytes of %lld were admitted", (long long)batches.summary.peak_memory,
                 (long long)batches.summary.memory);
    }
    assert_true(batches.summary.peak_memory > largest); /* more than one at a time */
    batches_check(&batches);
    struct hash many = batches_hash(&batches, "out");
    print_message("%zu sources: budget %lld KiB, admitted at most %lld KiB, process %lld MiB\n",
                  count, (long long)batches.summary.memory / 1024,
                  (long long)batches.summary.peak_memory / 1024,
                  (long long)machine_peak() / (1 << 20));
    /* A budget below a single image admits one by one. */
    batches.request.out = arena_format(batches.arena, "%s/tight", batches.folder);
    batches.request.memory = 1;
    assert_batch(&batches, STATUS_OK);
    assert_true(batches.summary.peak_memory <= largest);
    assert_true(hash_equal(many, batches_hash(&batches, "tight")));
    /* And one thread gives the same files. */
    batches.request.out = arena_format(batches.arena, "%s/alone", batches.folder);
    batches.request.memory = 512 << 20;
    batches.request.jobs = 1;
    assert_batch(&batches, STATUS_OK);
    assert_true(hash_equal(many, batches_hash(&batches, "alone")));
    batches_end(&batches);
}

static void many_unchanged_ones_are_not_read(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    size_t count = how_many(150);
    make_many(&batches, count, 60, 40);
    batches_preset(&batches, small, NULL);
    double started = machine_seconds();
    assert_batch(&batches, STATUS_OK);
    double first = machine_seconds() - started;
    started = machine_seconds();
    assert_batch(&batches, STATUS_OK);
    double second = machine_seconds() - started;
    print_message("%zu sources: first run %.2f s, second %.3f s\n", count, first, second);
    assert_int_equal(batches.summary.unchanged, count);
    assert_int_equal(batches.summary.decodes, 0);
    assert_int_equal(batches.summary.bytes_in, 0);
    assert_int_equal(batches.summary.files, 0);
    /* One more image costs one more image. */
    batches_image(&batches, "new.png", 60, 40);
    started = machine_seconds();
    assert_batch(&batches, STATUS_OK);
    print_message("with one new source %.3f s\n", machine_seconds() - started);
    assert_int_equal(batches.summary.made, 1);
    assert_int_equal(batches.summary.decodes, 1);
    assert_int_equal(batches.summary.unchanged, count);
    batches_end(&batches);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("many_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_stays_within_the_budget),
        cmocka_unit_test(many_unchanged_ones_are_not_read),
    };
    return cmocka_run_group_tests(tests, start_library, NULL);
}
