/* SPDX-License-Identifier: MIT
 * Efforts that are chosen by a trial, in whole runs: told in the manifest, the same for any number
 * of threads, and not tried again when a file has to be made anew. */
#include <string.h>
#include <unistd.h>

#include "batches.h"
#include "encode/trial.h"
#include "scratch.h"
#include "store.h"

static const char preset[] =
    "{'version': 1, 'name': 'tried', 'summary': 's', 'params': {'widths': [1400, 1280]}, "
    "'outputs': [{'matrix': {'px': '${widths}'}, 'stages': [{'resize': {'width': '${px}'}}, "
    "{'encode': {'format': 'avif', 'quality': 40, 'avif': {'effort': 'auto'}}}], "
    "'path': '${name}-${width}.avif'}], 'emit': ['manifest']}";

static struct batches made(int jobs)
{
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 1400, 800);
    batches_preset(&batches, preset, NULL);
    batches.request.jobs = jobs;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 2);
    return batches;
}

static void assert_told(const struct batches *batches, const char *words)
{
    struct buffer manifest = {0};
    assert_true(batches_read(batches, "out/manifest.json", &manifest));
    if (!strstr(buffer_string(&manifest), words)) {
        fail_msg("'%s' is not in %s", words, buffer_string(&manifest));
    }
    buffer_free(&manifest);
}

static void test_any_number_of_threads(void **state)
{
    (void)state;
    struct batches one = made(1), four = made(4);
    const char *const files[] = {"out/a-1400.avif", "out/a-1280.avif"};
    for (int i = 0; i < 2; i++) {
        struct buffer a = {0}, b = {0};
        assert_true(batches_read(&one, files[i], &a) && batches_read(&four, files[i], &b));
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, a.size);
        buffer_free(&a);
        buffer_free(&b);
    }
    assert_told(&one, "\"chosen\": \"");
    assert_told(&one, "; crops: ");
    batches_end(&one);
    batches_end(&four);
}

/* Puts other words into the store in the place of what the trial found. */
static void tell_otherwise(const struct batches *batches, const char *path, const char *words)
{
    struct store *store = NULL;
    struct store_sets sets = {0};
    struct error error = {0};
    struct arena *arena = arena_new();
    int changed = 0;
    assert_int_equal(store_open(scratch_path(batches->folder, "state"), &store, NULL, &error),
                     STATUS_OK);
    assert_int_equal(store_load(store, scratch_path(batches->folder, "out"), arena, &sets, &error),
                     STATUS_OK);
    for (size_t i = 0; i < sets.count; i++) {
        for (size_t k = 0; k < sets.items[i].file_count; k++) {
            const struct store_file *file = &sets.items[i].files[k];
            if (strcmp(file->path, path) == 0) {
                assert_int_equal(store_remember(store, file->key, TRIAL_NAME, words, &error),
                                 STATUS_OK);
                changed++;
            }
        }
    }
    assert_int_equal(changed, 1);
    store_close(store);
    arena_free(arena);
}

static void test_not_tried_again(void **state)
{
    (void)state;
    struct batches batches = made(2);
    tell_otherwise(&batches, "a-1400.avif", "1 33 effort 1, q33: it was said so");
    assert_int_equal(unlink(scratch_path(batches.folder, "out/a-1400.avif")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 1);
    assert_told(&batches, "\"chosen\": \"effort 1, q33: it was said so\"");
    assert_told(&batches, "\"quality\": 33,");
    batches_end(&batches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_number_of_threads),
                                       cmocka_unit_test(test_not_tried_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
