/* SPDX-License-Identifier: MIT
 * What is refused, and what goes wrong, harms nothing else: our own outputs as sources, sources as
 * targets, two images for one file, files that do not fit, bad images, a store that is none. */
#include "batches.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

#include "program.h"
#include "scratch.h"

static const char small[] =
    "{'version': 1, 'name': 'small', 'summary': 's', 'outputs': ["
    "{'stages': [{'resize': {'width': 40}}, {'encode': {'format': 'png'}}], 'path': '${name}.png'}"
    "], 'emit': ['manifest']}";

static void own_outputs_are_no_sources(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    assert_batch(&batches, STATUS_OK);
    batches_source(&batches, "out/a.png");
    batches.images[1].name = "b";
    assert_batch(&batches, STATUS_PARTIAL);
    assert_int_equal(batches.summary.unchanged, 1);
    assert_int_equal(batches.summary.refused, 1);
    assert_non_null(strstr(batches.failed,
                           "is a file that picset made; give the original image as the source"));
    assert_int_equal(access(scratch_path(batches.folder, "out/b.png"), F_OK), -1);
    batches_end(&batches);
}

/* The output folder is the sources' own. */
static void a_source_is_never_replaced(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.png", 90, 70);
    batches_image(&batches, "b.jpg", 90, 70);
    batches.request.out = arena_format(batches.arena, "%s/in", batches.folder);
    batches_preset(&batches, small, NULL);
    struct buffer before = {0}, after = {0};
    assert_true(batches_read(&batches, "in/a.png", &before));
    assert_batch(&batches, STATUS_PARTIAL);
    assert_non_null(strstr(batches.failed, "a.png: it would replace a source"));
    assert_int_equal(batches.summary.made, 1);
    assert_true(batches_read(&batches, "in/a.png", &after));
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    buffer_free(&before);
    buffer_free(&after);
    batches_end(&batches);
}

/* The source that would be replaced is unchanged since the last run, so nobody reads it. */
static void an_unchanged_source_is_never_replaced(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    struct batch_image *a = batches_image(&batches, "a.png", 90, 70);
    a->name = "other";
    batches_preset(&batches, small, NULL);
    batches.request.out = arena_format(batches.arena, "%s/in", batches.folder);
    assert_batch(&batches, STATUS_OK);
    batches_image(&batches, "b.jpg", 80, 70)->name = "a";
    struct buffer before = {0}, after = {0};
    assert_true(batches_read(&batches, "in/a.png", &before));
    assert_batch(&batches, STATUS_PARTIAL);
    assert_int_equal(batches.summary.unchanged, 1);
    assert_non_null(strstr(batches.failed, "a.png: it would replace a source"));
    assert_true(batches_read(&batches, "in/a.png", &after));
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    buffer_free(&before);
    buffer_free(&after);
    batches_end(&batches);
}

static void one_stem_twice(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_image(&batches, "b.jpg", 90, 70);
    batches_image(&batches, "a.png", 90, 70);
    batches_preset(&batches, small, NULL);
    assert_batch(&batches, STATUS_PARTIAL);
    assert_string_equal(batches.error.message, "2 of 3 sources failed");
    assert_int_equal(batches.summary.refused, 2);
    batches_check(&batches);
    assert_scratch(scratch_path(batches.folder, "out"), "b.png\nmanifest.json\n");
    /* The same, when one of the two was made before and is unchanged: neither is harmed. */
    batches.request.image_count = 2;
    assert_batch(&batches, STATUS_OK);
    struct hash before = batches_hash(&batches, "out");
    batches.request.image_count = 3;
    assert_batch(&batches, STATUS_PARTIAL);
    assert_int_equal(batches.summary.refused, 2);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    batches_end(&batches);
}

static const char tight[] =
    "{'version': 1, 'name': 'tight', 'summary': 's', 'params': {'most': 1000000}, 'outputs': ["
    "{'id': 'fits', 'stages': [{'resize': {'width': 40}}, {'encode': {'format': 'png'}}], 'path': "
    "'${name}.png'},"
    "{'id': 'tight', 'stages': [{'resize': {'width': 200}}, {'encode': {'format': 'png', "
    "'max-bytes': '${most}'}}], 'path': '${name}-tight.png', 'fallback': [{'resize': {'width': "
    "20}}, {'resize': {'width': 10}}]}],"
    "'emit': ['manifest']}";

static void what_does_not_fit_falls_back(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 400, 300);
    batches_preset(&batches, tight, "{'set': {'most': 2000}}");
    assert_batch(&batches, STATUS_OK);
    struct buffer file = {0}, manifest = {0};
    assert_true(batches_read(&batches, "out/a-tight.png", &file));
    assert_true(file.size <= 2000);
    assert_true(image_is_whole("a.png", &file, 20, 15));
    assert_true(batches_read(&batches, "out/manifest.json", &manifest));
    assert_non_null(strstr(buffer_string(&manifest), "fallback was used"));
    const char *tight_one = strstr(buffer_string(&manifest), "a-tight.png");
    assert_non_null(tight_one);
    const char *width = strstr(tight_one, "\"width\": 20,"); /* as made, not as first planned */
    assert_non_null(width);
    assert_true(width - tight_one < 200);
    buffer_free(&file);
    /* It is kept as it is, and still says so. */
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.decodes, 0);
    assert_int_equal(unlink(scratch_path(batches.folder, "out/a.png")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 1);
    assert_true(batches_read(&batches, "out/manifest.json", &file));
    assert_string_equal(buffer_string(&file), buffer_string(&manifest));
    buffer_free(&file);
    buffer_free(&manifest);
    batches_end(&batches);
}

/* The other rendition is made; the next run tries the failed one again, and it alone. */
static void what_fits_nowhere_fails_alone(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 400, 300);
    batches_image(&batches, "b.jpg", 8, 8);
    batches_preset(&batches, tight, "{'set': {'most': 100}}");
    batches.request.image_count = 1;
    assert_batch(&batches, STATUS_PARTIAL);
    assert_non_null(strstr(batches.failed, "a-tight.png"));
    assert_non_null(strstr(batches.failed, "100"));
    assert_scratch(scratch_path(batches.folder, "out"), "a.png\nmanifest.json\n");
    struct buffer manifest = {0};
    assert_true(batches_read(&batches, "out/manifest.json", &manifest));
    assert_null(strstr(buffer_string(&manifest), "a-tight.png"));
    assert_non_null(strstr(buffer_string(&manifest), "\"a.png\""));
    buffer_free(&manifest);
    assert_batch(&batches, STATUS_PARTIAL);
    assert_int_equal(batches.summary.renditions, 0);
    assert_int_equal(batches.summary.files, 0);
    batches_preset(&batches, tight, NULL);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 1);
    batches_check(&batches);
    batches_end(&batches);
}

static void one_bad_image(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_image(&batches, "cut.png", 900, 700);
    scratch_write(batches.folder, "in/text.jpg", "no image");
    batches_source(&batches, "in/text.jpg");
    batches_source(&batches, "in/missing.jpg");
    batches_image(&batches, "b.jpg", 90, 70);
    assert_int_equal(truncate(batches.images[1].path, 2000), 0);
    batches_preset(&batches, small, NULL);
    for (int i = 0; i < 2; i++) {
        assert_batch(&batches, STATUS_PARTIAL);
        assert_string_equal(batches.error.message, "3 of 5 sources failed");
        assert_int_equal(batches.summary.made + batches.summary.unchanged, 2);
        assert_int_equal(batches.sets, 5);
        assert_scratch(scratch_path(batches.folder, "out"), "a.png\nb.png\nmanifest.json\n");
    }
    assert_int_equal(batches.summary.unchanged, 2);
    batches_end(&batches);
}

static void fail_fast(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    scratch_write(batches.folder, "in/text.jpg", "no image");
    batches_source(&batches, "in/text.jpg");
    for (int i = 0; i < 20; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%d.jpg", i);
        batches_image(&batches, name, 90, 70);
    }
    batches_preset(&batches, small, NULL);
    batches.request.fail_fast = true;
    assert_batch(&batches, STATUS_UNSUPPORTED);
    assert_int_equal(batches.summary.made, 0);
    assert_int_equal(batches.sets, 1);
    batches_end(&batches);
}

/* The image is good by its header and bad by its pixels: the failure comes while others run. */
static void fail_fast_in_the_middle(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "cut.jpg", 900, 700);
    struct stat facts;
    assert_int_equal(stat(batches.images[0].path, &facts), 0);
    assert_int_equal(truncate(batches.images[0].path, facts.st_size - 40), 0);
    for (int i = 0; i < 40; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%d.jpg", i);
        batches_image(&batches, name, 90, 70);
    }
    batches_preset(&batches, small, NULL);
    batches.request.fail_fast = true;
    batches.request.jobs = 1;
    batches_run(&batches);
    assert_true(batches.status == STATUS_PARTIAL || batches.status == STATUS_REFUSED);
    assert_true(batches.summary.made < 40);
    assert_int_equal(batches.summary.failed, 1);
    batches_end(&batches);
}

static void a_broken_store(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "state/store-1.db", "this is not what it should be at all");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.notes, 1);
    batches_check(&batches);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.notes, 0);
    assert_int_equal(batches.summary.unchanged, 1);
    batches_end(&batches);
}

/* Where the store's folder should be lies a file: root may write anywhere, but not into this. */
static void no_place_for_a_store(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "state", "a file");
    for (int i = 0; i < 2; i++) {
        assert_batch(&batches, STATUS_OK);
        assert_int_equal(batches.notes, 2);
        assert_string_equal(batches.note,
                            "nothing is remembered between runs; name a folder with --state");
        assert_int_equal(batches.summary.made + batches.summary.unchanged, 1);
        batches_check(&batches);
    }
    batches_end(&batches);
}

static void no_place_for_results(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "out/a.png/inside.txt", "a folder where a file should be");
    batches_run(&batches);
    assert_int_not_equal(batches.status, STATUS_OK);
    assert_scratch(scratch_path(batches.folder, "out"), "a.png/inside.txt\n");
    batches_end(&batches);
}

static void a_preset_twice(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    batches.presets[1] = batches.presets[0];
    batches.request.preset_count = 2;
    assert_batch(&batches, STATUS_USAGE);
    assert_string_equal(batches.error.message, "preset 'small' is asked for twice");
    batches_end(&batches);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("refusal_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_outputs_are_no_sources),
        cmocka_unit_test(a_source_is_never_replaced),
        cmocka_unit_test(an_unchanged_source_is_never_replaced),
        cmocka_unit_test(one_stem_twice),
        cmocka_unit_test(what_does_not_fit_falls_back),
        cmocka_unit_test(what_fits_nowhere_fails_alone),
        cmocka_unit_test(one_bad_image),
        cmocka_unit_test(fail_fast),
        cmocka_unit_test(fail_fast_in_the_middle),
        cmocka_unit_test(a_broken_store),
        cmocka_unit_test(no_place_for_a_store),
        cmocka_unit_test(no_place_for_results),
        cmocka_unit_test(a_preset_twice),
    };
    return cmocka_run_group_tests(tests, start_library, NULL);
}
