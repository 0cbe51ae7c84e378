/* SPDX-License-Identifier: MIT
 * Whole runs while memory is short: the n-th allocation fails, once or from then on. The run ends
 * with an error or makes exactly what it should; no file is half there, nothing leaks. */
#include "batches.h"

#include <string.h>
#include <vips/vips.h>

#include "memory.h"
#include "program.h"
#include "scratch.h"

static const char small[] =
    "{'version': 1, 'name': 'small', 'summary': 's', 'outputs': ["
    "{'matrix': {'px': [20, 10]}, 'stages': [{'resize': {'width': '${px}'}}, {'encode': {'format': "
    "'png'}}], 'path': '${name}-${width}.png', 'emit': ['picture']},"
    "{'stages': [{'resize': {'size': '8x8', 'fit': 'cover'}}, {'encode': {'format': 'jpeg'}}], "
    "'inline': true}],"
    "'emit': ['manifest', {'picture': {'path': '${name}.html'}}]}";

/* Most allocations are alike: a stride that shares no factor with their pattern meets all kinds. */
enum { STRIDE = 7 };

static void remove_all(const struct batches *batches, const char *name)
{
    struct program program = {.folder = batches->folder, .other = "rm"};
    program_call_with(&program, "-rf", name);
    assert_int_equal(program.code, 0);
    program_end(&program);
}

/* Without the list of what is planned, which the test itself would allocate. */
static enum status run_short(struct batches *batches, long n, int sticky, long *used)
{
    struct batch *batch = NULL;
    struct batch_summary summary;
    struct error error = {0};
    memory_fail_at(n, sticky);
    enum status status = batch_plan(&batches->request, &batch, &error);
    if (status == STATUS_OK) {
        status = batch_run(batch, &summary, &error);
    }
    *used = memory_count();
    memory_fail_at(0, 0);
    batch_free(batch);
    if (status != STATUS_OK && !strstr(error.message, "memory")) {
        fail_msg("allocation %ld: %s: %s", n, error.where, error.message);
    }
    return status;
}

static void check_no_half_file(const struct batches *batches)
{
    struct buffer list = {0};
    scratch_list(scratch_path(batches->folder, "out"), &list);
    for (char *line = list.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        struct buffer bytes = {0};
        *end = '\0';
        if (*line == '.') {
            fail_msg("'%s' is left", line);
        }
        assert_true(batches_read(batches, arena_format(batches->arena, "out/%s", line), &bytes));
        assert_true(image_is_whole(line, &bytes, 0, 0));
        buffer_free(&bytes);
    }
    buffer_free(&list);
}

static void the_nth_allocation_fails(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 40, 30);
    batches_preset(&batches, small, NULL);
    assert_batch(&batches, STATUS_OK);
    struct hash whole = batches_hash(&batches, "out");
    batches.request.jobs = 1;
    batches.request.event = NULL;
    size_t failed = 0, made = 0;
    for (int sticky = 0; sticky <= 1; sticky++) {
        long used = 0;
        for (long n = 1 + sticky; n == 1 + sticky || n - STRIDE <= used; n += STRIDE) {
            remove_all(&batches, "out");
            remove_all(&batches, "state");
            enum status status = run_short(&batches, n, sticky, &used);
            check_no_half_file(&batches);
            failed += status != STATUS_OK;
            made += status == STATUS_OK;
            if (status == STATUS_OK && !hash_equal(whole, batches_hash(&batches, "out"))) {
                fail_msg("allocation %ld failed unnoticed: something else was made", n);
            }
        }
    }
    print_message("%zu runs failed, %zu did without\n", failed, made);
    assert_true(failed > 10);
    /* After all that the folder is as good as ever. */
    assert_batch(&batches, STATUS_OK);
    assert_true(hash_equal(whole, batches_hash(&batches, "out")));
    batches_end(&batches);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("shortage_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_nth_allocation_fails)};
    return cmocka_run_group_tests(tests, start_library, NULL);
}
