/* SPDX-License-Identifier: MIT
 * The second run: what is unchanged costs nothing, what changed is all that is made, and only our
 * own files are replaced or removed. */
#include "batches.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

#include "program.h"
#include "scratch.h"
#include "store.h"

static const char small[] =
    "{'version': 1, 'name': 'small', 'summary': 's', 'params': {'widths': [60, 30], 'level': "
    "'high'}, 'outputs': ["
    "{'matrix': {'px': '${widths}'}, 'stages': [{'resize': {'width': '${px}'}}, {'encode': "
    "{'format': 'webp', 'quality': '${level}'}}], 'path': '${name}-${width}.webp', 'emit': "
    "['picture']},"
    "{'id': 'square', 'stages': [{'resize': {'size': '20x20', 'fit': 'cover', 'gravity': 'centre'}}"
    ", {'encode': {'format': 'png'}}], 'path': '${name}-square.png'}],"
    "'emit': ['manifest', {'picture': {'path': '${name}.html'}}]}";

static const char stranger[] =
    "there is another file already, not made by picset; --overwrite always replaces it";

enum { SOURCES = 4, PER_SOURCE = 3 };

static struct batches made_once(void)
{
    struct batches batches = batches_start();
    for (int i = 0; i < SOURCES; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%c.%s", 'a' + i, i & 1 ? "png" : "jpg");
        batches_image(&batches, name, 90 + i, 70);
    }
    batches_preset(&batches, small, NULL);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, SOURCES * PER_SOURCE);
    batches_check(&batches);
    return batches;
}

static void nothing_was_done(struct batches *batches)
{
    assert_batch(batches, STATUS_OK);
    assert_int_equal(batches->summary.unchanged, SOURCES);
    assert_int_equal(batches->summary.decodes, 0);
    assert_int_equal(batches->summary.renditions, 0);
    assert_int_equal(batches->summary.files, 0);
    assert_int_equal(batches->sets, SOURCES);
}

/* Not even a byte of a source is read: that is seen by taking the right to. */
static void unchanged(void **state)
{
    (void)state;
    struct batches batches = made_once();
    struct hash before = batches_hash(&batches, "out");
    nothing_was_done(&batches);
    assert_int_equal(batches.summary.bytes_in, 0);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    batches_end(&batches);
}

/* As touch(1) does, and a copy put in place: another time and inode, the same content. */
static void the_same_bytes_again(void **state)
{
    (void)state;
    struct batches batches = made_once();
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 2000}};
    assert_int_equal(utimensat(AT_FDCWD, batches.images[0].path, times, 0), 0);
    struct buffer bytes = {0};
    assert_true(batches_read(&batches, "in/b.png", &bytes));
    assert_int_equal(unlink(batches.images[1].path), 0);
    FILE *file = fopen(batches.images[1].path, "wb");
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
    nothing_was_done(&batches);
    nothing_was_done(&batches);
    batches_end(&batches);
}

static void a_missing_rendition_is_made_alone(void **state)
{
    (void)state;
    struct batches batches = made_once();
    struct hash before = batches_hash(&batches, "out");
    assert_int_equal(unlink(scratch_path(batches.folder, "out/b-30.webp")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 1);
    assert_int_equal(batches.summary.files, 1);
    assert_int_equal(batches.summary.made, 1);
    assert_int_equal(batches.summary.unchanged, SOURCES - 1);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    nothing_was_done(&batches);
    batches_end(&batches);
}

static void a_damaged_rendition_is_made_anew(void **state)
{
    (void)state;
    struct batches batches = made_once();
    struct hash before = batches_hash(&batches, "out");
    scratch_write(batches.folder, "out/c-square.png", "somebody else's");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, 1);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    nothing_was_done(&batches);
    batches_end(&batches);
}

static void missing_emitted_files_are_made_without_pixels(void **state)
{
    (void)state;
    struct batches batches = made_once();
    struct hash before = batches_hash(&batches, "out");
    assert_int_equal(unlink(scratch_path(batches.folder, "out/b.html")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.decodes, 0);
    assert_int_equal(batches.summary.files, 1);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    assert_int_equal(unlink(scratch_path(batches.folder, "out/manifest.json")), 0);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.decodes, 0);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    nothing_was_done(&batches);
    batches_end(&batches);
}

static void a_changed_source_is_made_anew(void **state)
{
    (void)state;
    struct batches batches = made_once();
    program_image(batches.folder, "in/a.jpg", 90, 71);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.made, 1);
    assert_int_equal(batches.summary.unchanged, SOURCES - 1);
    assert_int_equal(batches.summary.renditions, PER_SOURCE);
    nothing_was_done(&batches);
    batches_end(&batches);
}

static void a_new_source_leaves_the_others_alone(void **state)
{
    (void)state;
    struct batches batches = made_once();
    batches_image(&batches, "e.jpg", 100, 100);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.made, 1);
    assert_int_equal(batches.summary.unchanged, SOURCES);
    assert_int_equal(batches.summary.decodes, 1);
    struct buffer manifest = {0};
    assert_true(batches_read(&batches, "out/manifest.json", &manifest));
    for (const char *name = "abcde"; *name; name++) {
        char path[32];
        (void)snprintf(path, sizeof(path), "\"%c-30.webp\"", *name);
        assert_non_null(strstr(buffer_string(&manifest), path));
    }
    buffer_free(&manifest);
    batches_end(&batches);
}

/* One of several images: the manifest still tells of all that lie there. */
static void a_part_of_the_sources(void **state)
{
    (void)state;
    struct batches batches = made_once();
    struct buffer before = {0}, after = {0};
    assert_true(batches_read(&batches, "out/manifest.json", &before));
    batches.request.image_count = 1;
    batches.request.overwrite = OVERWRITE_ALWAYS;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.sources, 1);
    assert_true(batches_read(&batches, "out/manifest.json", &after));
    assert_string_equal(buffer_string(&before), buffer_string(&after));
    buffer_free(&before);
    buffer_free(&after);
    batches_end(&batches);
}

/* One output of the preset is told otherwise: its files, and nothing else. */
static void a_changed_preset_makes_what_it_changes(void **state)
{
    (void)state;
    struct batches batches = made_once();
    batches_preset(&batches, small, "{'outputs': {'square': {'resize': {'size': '21x21'}}}}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, SOURCES);
    assert_int_equal(batches.summary.made, SOURCES);
    batches_check(&batches);
    nothing_was_done(&batches);
    /* One width more: one file more for each. */
    batches_preset(&batches, small,
                   "{'outputs': {'square': {'resize': {'size': '21x21'}}}, 'set': "
                   "{'widths': [60, 30, 45]}}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, SOURCES);
    batches_check(&batches);
    nothing_was_done(&batches);
    batches_end(&batches);
}

static void another_preset_beside_it(void **state)
{
    (void)state;
    struct batches batches = made_once();
    batches_preset(&batches, "thumbnails", "{'set': {'sides': [16]}}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, SOURCES * 2);
    batches_check(&batches);
    batches.request.preset_count = 1;
    nothing_was_done(&batches);
    batches_end(&batches);
}

/* Files of the first set that the second does not make stay, or go when asked; others always stay.
 */
static void prune(void **state)
{
    (void)state;
    struct batches batches = made_once();
    scratch_write(batches.folder, "out/notes.txt", "mine");
    scratch_write(batches.folder, "out/a-60.webp", "replaced by somebody");
    batches_preset(&batches, small, "{'set': {'widths': [30]}}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.pruned, 0);
    assert_int_equal(access(scratch_path(batches.folder, "out/b-60.webp"), F_OK), 0);
    batches_end(&batches);

    batches = made_once();
    scratch_write(batches.folder, "out/notes.txt", "mine");
    scratch_write(batches.folder, "out/a-60.webp", "replaced by somebody");
    batches_preset(&batches, small, "{'set': {'widths': [30]}}");
    batches.request.prune = true;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.pruned, SOURCES - 1);
    assert_scratch(scratch_path(batches.folder, "out"),
                   "a-30.webp\na-60.webp\na-square.png\na.html\n"
                   "b-30.webp\nb-square.png\nb.html\nc-30.webp\nc-square.png\nc.html\n"
                   "d-30.webp\nd-square.png\nd.html\nmanifest.json\nnotes.txt\n");
    /* A source that is gone takes its set with it, and leaves the manifest. */
    assert_int_equal(unlink(batches.images[3].path), 0);
    batches.request.image_count = 3;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.pruned, 3);
    assert_int_equal(access(scratch_path(batches.folder, "out/d-30.webp"), F_OK), -1);
    struct buffer manifest = {0};
    assert_true(batches_read(&batches, "out/manifest.json", &manifest));
    assert_null(strstr(buffer_string(&manifest), "d-30.webp"));
    assert_non_null(strstr(buffer_string(&manifest), "c-30.webp"));
    buffer_free(&manifest);
    batches_end(&batches);
}

static void what_may_be_overwritten(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "out/a-30.webp", "somebody else's");
    batches.request.overwrite = OVERWRITE_NEVER;
    assert_batch(&batches, STATUS_REFUSED);
    assert_string_equal(batches.error.message,
                        "there is another file already, and --overwrite never keeps it");
    assert_scratch(scratch_path(batches.folder, "out"), "a-30.webp\n"); /* a set is whole or none */
    batches.request.overwrite = OVERWRITE_CHANGED;
    assert_batch(&batches, STATUS_REFUSED);
    assert_string_equal(batches.error.message, stranger);
    assert_int_equal(unlink(scratch_path(batches.folder, "out/a-30.webp")), 0);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    /* Equal files are no reason to refuse. */
    batches.request.overwrite = OVERWRITE_NEVER;
    batches.request.state = "";
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.files, 0);
    batches.request.overwrite = OVERWRITE_CHANGED;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.files,
                     PER_SOURCE + 1); /* nobody remembers that they are right */
    assert_int_equal(batches.summary.renditions, PER_SOURCE);
    batches.request.overwrite = OVERWRITE_ALWAYS;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.files, PER_SOURCE + 1);
    batches_end(&batches);
}

static void assert_text(const struct batches *batches, const char *name, const char *wanted)
{
    struct buffer text = {0};
    assert_true(batches_read(batches, name, &text));
    assert_buffer_text(&text, wanted);
    buffer_free(&text);
}

static void what_others_made_is_not_lost(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "out/a.html", "of one image");
    assert_batch(&batches, STATUS_REFUSED);
    assert_string_equal(batches.error.message, stranger);
    assert_scratch(scratch_path(batches.folder, "out"), "a.html\n");
    assert_int_equal(unlink(scratch_path(batches.folder, "out/a.html")), 0);
    /* A file that all images share: they are made, it stays, and at every run. */
    scratch_write(batches.folder, "out/manifest.json", "{\"name\": \"of a web app\"}");
    for (int run = 0; run < 2; run++) {
        assert_batch(&batches, STATUS_REFUSED);
        assert_string_equal(batches.error.message, stranger);
        assert_text(&batches, "out/manifest.json", "{\"name\": \"of a web app\"}");
        batches_check(&batches);
    }
    batches.request.overwrite = OVERWRITE_ALWAYS;
    assert_batch(&batches, STATUS_OK);
    batches.request.overwrite = OVERWRITE_CHANGED;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.unchanged, 1);
    batches_end(&batches);
}

/* A store that knows nothing: what a manifest of ours names is ours. */
static void without_the_store_the_manifest_tells(void **state)
{
    (void)state;
    struct batches batches = made_once();
    batches.request.state = "";
    batches_preset(&batches, small, "{'set': {'level': 'low'}}");
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    assert_int_equal(unlink(scratch_path(batches.folder, "out/manifest.json")), 0);
    batches_preset(&batches, small, "{'set': {'level': 'high'}}");
    assert_batch(&batches, STATUS_REFUSED);
    batches_end(&batches);
}

/* A run was killed after its files had their names and before they were recorded. */
static void what_a_killed_run_made_is_ours(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    struct store *store = NULL;
    struct store_sets sets = {0};
    const char *root = arena_format(batches.arena, "%s/out", batches.folder);
    const struct store_file promised[] = {{.path = "a-30.webp"}, {.path = "manifest.json"}};
    const struct store_set intent = {.source = "",
                                     .recipe = ".making-2000000000-1", /* no process is */
                                     .files = promised,
                                     .file_count = 2,
                                     .record = "{}"};
    batches_image(&batches, "a.jpg", 90, 70);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "out/a-30.webp", "by other options");
    scratch_write(batches.folder, "out/manifest.json", "by other options");
    assert_int_equal(store_open(batches.request.state, &store, NULL, &batches.error), STATUS_OK);
    assert_int_equal(store_put(store, root, &intent, &batches.error), STATUS_OK);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    /* The promise is kept, and forgotten by the next run that makes anything. */
    batches_image(&batches, "b.jpg", 90, 70);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(store_load(store, root, batches.arena, &sets, &batches.error), STATUS_OK);
    for (size_t i = 0; i < sets.count; i++) {
        assert_null(strstr(sets.items[i].recipe, ".making"));
    }
    assert_int_equal(sets.count, 3); /* two images, and what they share */
    store_close(store);
    batches_end(&batches);
}

/* One of the two images of a name, as a run by itself. */
static void run_of(struct batches *batches, size_t image, enum status wanted)
{
    struct batch_image *all = batches->images;
    batches->images += image;
    batches->request.image_count = 1;
    assert_batch(batches, wanted);
    batches->images = all;
}

static void assert_sets(const struct batches *batches, const char *named, size_t wanted)
{
    struct buffer manifest = {0};
    size_t count = 0;
    assert_true(batches_read(batches, "out/manifest.json", &manifest));
    for (const char *at = buffer_string(&manifest); (at = strstr(at, "\"source\"")); at++) {
        count++;
    }
    assert_int_equal(count, wanted);
    assert_non_null(strstr(buffer_string(&manifest), named));
    buffer_free(&manifest);
}

/* photo.jpg, and some days later photo.png: both make photo-30.webp. */
static void a_file_of_another_source_is_not_taken(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_image(&batches, "a.png", 70, 90);
    batches_preset(&batches, small, NULL);
    run_of(&batches, 0, STATUS_OK);
    struct hash before = batches_hash(&batches, "out");
    run_of(&batches, 1, STATUS_REFUSED);
    assert_string_equal(batches.error.message,
                        arena_format(batches.arena,
                                     "'a-60.webp' is made from '%s' already; give --name, or "
                                     "another folder, or --overwrite always",
                                     batches.images[0].path));
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    batches.images[1].name = "b";
    run_of(&batches, 1, STATUS_OK);
    assert_sets(&batches, "a.png", 2);
    batches_end(&batches);
}

/* When it is gone, and when one says so, the new one takes the files and the old record goes; also
 * with --prune, which would remove what belonged to the old one. */
static void the_file_of_a_source_that_is_gone_is_taken(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++) {
        struct batches batches = batches_start();
        batches_image(&batches, "a.jpg", 90, 70);
        batches_image(&batches, "a.png", 70, 90);
        batches_preset(&batches, small, NULL);
        run_of(&batches, 0, STATUS_OK);
        if (how == 2) {
            batches.request.overwrite = OVERWRITE_ALWAYS;
        } else {
            assert_int_equal(unlink(batches.images[0].path), 0);
        }
        batches.request.prune = how == 1;
        run_of(&batches, 1, STATUS_OK);
        batches_check(&batches);
        assert_sets(&batches, "a.png", 1);
        batches.request.overwrite = OVERWRITE_CHANGED;
        run_of(&batches, 1, STATUS_OK);
        assert_int_equal(batches.summary.unchanged, 1);
        batches_end(&batches);
    }
}

/* The same image from another place: nothing is made, and nothing is pruned. */
static void a_source_that_was_moved_keeps_its_files(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "a.jpg", 90, 70);
    batches_source(&batches, "in/moved/a.jpg");
    batches_preset(&batches, small, NULL);
    run_of(&batches, 0, STATUS_OK);
    scratch_write(batches.folder, "in/moved/.keep", "");
    assert_int_equal(rename(batches.images[0].path, batches.images[1].path), 0);
    batches.request.prune = true;
    run_of(&batches, 1, STATUS_OK);
    assert_int_equal(batches.summary.pruned, 0);
    batches_check(&batches);
    assert_sets(&batches, "a.jpg", 1);
    batches_end(&batches);
}

static void always_makes_all_anew(void **state)
{
    (void)state;
    struct batches batches = made_once();
    struct hash before = batches_hash(&batches, "out");
    batches.request.overwrite = OVERWRITE_ALWAYS;
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.renditions, SOURCES * PER_SOURCE);
    assert_int_equal(batches.summary.decodes, SOURCES);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    batches_end(&batches);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("again_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged),
        cmocka_unit_test(the_same_bytes_again),
        cmocka_unit_test(a_missing_rendition_is_made_alone),
        cmocka_unit_test(a_damaged_rendition_is_made_anew),
        cmocka_unit_test(missing_emitted_files_are_made_without_pixels),
        cmocka_unit_test(a_changed_source_is_made_anew),
        cmocka_unit_test(a_new_source_leaves_the_others_alone),
        cmocka_unit_test(a_part_of_the_sources),
        cmocka_unit_test(a_changed_preset_makes_what_it_changes),
        cmocka_unit_test(another_preset_beside_it),
        cmocka_unit_test(prune),
        cmocka_unit_test(what_may_be_overwritten),
        cmocka_unit_test(what_others_made_is_not_lost),
        cmocka_unit_test(without_the_store_the_manifest_tells),
        cmocka_unit_test(what_a_killed_run_made_is_ours),
        cmocka_unit_test(a_file_of_another_source_is_not_taken),
        cmocka_unit_test(the_file_of_a_source_that_is_gone_is_taken),
        cmocka_unit_test(a_source_that_was_moved_keeps_its_files),
        cmocka_unit_test(always_makes_all_anew),
    };
    return cmocka_run_group_tests(tests, start_library, NULL);
}
