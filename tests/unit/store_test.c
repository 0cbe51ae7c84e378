/* SPDX-License-Identifier: MIT
 * What is kept between runs: it comes back as it was, several processes share it, and a broken
 * store costs nothing but work. */
#include "store.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "scratch.h"
#include "support.h"

#define DATABASE "state/store-1.db"

struct place {
    char *scratch;
    char *state; /* scratch/state */
    struct store *store;
    struct arena *arena;
    struct error error;
};

static void reopen(struct place *place, struct buffer *note)
{
    store_close(place->store);
    place->store = NULL;
    assert_int_equal(store_open(place->state, &place->store, note, &place->error), STATUS_OK);
}

static int set_up(void **state)
{
    struct place *place = memory_zero(1, sizeof *place);
    assert_non_null(place);
    place->scratch = scratch_make();
    place->state = memory_text(scratch_path(place->scratch, "state"));
    place->arena = arena_new();
    assert_non_null(place->arena);
    struct buffer note = {0};
    reopen(place, &note);
    assert_buffer_text(&note, "");
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    store_close(place->store);
    arena_free(place->arena);
    scratch_remove(place->scratch);
    memory_free(place->state);
    memory_free(place);
    return 0;
}

static const struct store_input inputs[] = {
    {.name = "main",
     .path = "photos/a.jpg",
     .identity = {.device = UINT64_MAX,
                  .inode = 77,
                  .size = 1234,
                  .modified_ns = 1700000000123456789,
                  .changed_ns = 1700000000123456790},
     .read_ns = 1800000000000000000,
     .hash = {.high = 1, .low = 2},
     .facts = "\0facts\xff",
     .facts_size = 7},
    {.name = "dark", .path = "#0b3d5c", .hash = {.high = 3, .low = UINT64_MAX}},
};
static const struct store_file files[] = {
    {.path = "a-640w.avif",
     .facts = {.exists = true, .regular = true, .size = 9, .modified_ns = -5, .inode = 42},
     .hash = {.high = 5, .low = 6},
     .key = {.high = 7, .low = 8}},
    {.path = "a.web.html", .emitted = true},
};
static const struct store_set sample = {
    .source = "photos/a.jpg",
    .recipe = "web",
    .request = {.high = 9, .low = 10},
    .plan = {.high = 11, .low = 12},
    .inputs = inputs,
    .input_count = 2,
    .files = files,
    .file_count = 2,
    .record = "{\"a\":\"ü\"}",
};

static void put(struct place *place, const char *root, const struct store_set *set)
{
    if (store_put(place->store, root, set, &place->error) != STATUS_OK) {
        fail_msg("%s", place->error.message);
    }
}

static void put_named(struct place *place, const char *root, const char *source, const char *recipe,
                      const char *record)
{
    struct store_set set = sample;
    set.source = source;
    set.recipe = recipe;
    set.record = record;
    put(place, root, &set);
}

static struct store_sets load(struct place *place, const char *root)
{
    struct store_sets sets = {0};
    if (store_load(place->store, root, place->arena, &sets, &place->error) != STATUS_OK) {
        fail_msg("%s", place->error.message);
    }
    return sets;
}

static const char *record_of(struct place *place, const char *root, const char *source,
                             const char *recipe)
{
    const char *record = "unset";
    assert_int_equal(
        store_record(place->store, root, source, recipe, place->arena, &record, &place->error),
        STATUS_OK);
    return record;
}

static bool is_made(struct place *place, const char *path)
{
    bool made = false;
    assert_int_equal(store_made(place->store, path, &made, &place->error), STATUS_OK);
    return made;
}

static void test_a_set_comes_back_as_it_was(void **state)
{
    struct place *place = *state;
    put(place, "/out", &sample);
    reopen(place, NULL);
    struct store_sets sets = load(place, "/out");
    assert_int_equal(sets.count, 1);
    const struct store_set *set = &sets.items[0];
    assert_string_equal(set->source, sample.source);
    assert_string_equal(set->recipe, sample.recipe);
    assert_true(hash_equal(set->request, sample.request));
    assert_true(hash_equal(set->plan, sample.plan));
    assert_null(set->record);
    assert_int_equal(set->input_count, 2);
    assert_string_equal(set->inputs[0].name, "main");
    assert_string_equal(set->inputs[0].path, "photos/a.jpg");
    assert_true(store_identity_equal(&set->inputs[0].identity, &inputs[0].identity));
    assert_true(store_identity_known(&set->inputs[0].identity));
    assert_true(set->inputs[0].read_ns == inputs[0].read_ns);
    assert_true(hash_equal(set->inputs[0].hash, inputs[0].hash));
    assert_int_equal(set->inputs[0].facts_size, 7);
    assert_memory_equal(set->inputs[0].facts, inputs[0].facts, 7);
    assert_string_equal(set->inputs[1].path, "#0b3d5c");
    assert_false(store_identity_known(&set->inputs[1].identity));
    assert_int_equal(set->inputs[1].facts_size, 0);
    assert_int_equal(set->file_count, 2);
    assert_string_equal(set->files[0].path, "a-640w.avif");
    assert_true(file_facts_equal(&set->files[0].facts, &files[0].facts));
    assert_true(hash_equal(set->files[0].hash, files[0].hash));
    assert_true(hash_equal(set->files[0].key, files[0].key));
    assert_false(set->files[0].emitted);
    assert_true(set->files[1].emitted);
    assert_false(set->files[1].facts.exists);
    assert_string_equal(record_of(place, "/out", "photos/a.jpg", "web"), sample.record);
    assert_int_equal(load(place, "/other").count, 0);
    assert_null(record_of(place, "/other", "photos/a.jpg", "web"));
}

static void test_a_set_is_replaced_and_removed(void **state)
{
    struct place *place = *state;
    struct store_set changed = sample;
    put(place, "/out", &sample);
    changed.plan.low = 99;
    changed.file_count = 1;
    changed.record = NULL;
    put(place, "/out", &changed);
    struct store_sets sets = load(place, "/out");
    assert_int_equal(sets.count, 1);
    assert_int_equal(sets.items[0].plan.low, 99);
    assert_int_equal(sets.items[0].file_count, 1);
    assert_string_equal(record_of(place, "/out", "photos/a.jpg", "web"), sample.record);
    changed.record = "{}";
    put(place, "/out", &changed);
    assert_string_equal(record_of(place, "/out", "photos/a.jpg", "web"), "{}");
    assert_int_equal(store_remove(place->store, "/out", "photos/a.jpg", "web", &place->error),
                     STATUS_OK);
    assert_int_equal(load(place, "/out").count, 0);
    assert_null(record_of(place, "/out", "photos/a.jpg", "web"));
    assert_int_equal(store_remove(place->store, "/out", "photos/a.jpg", "web", &place->error),
                     STATUS_OK);
}

static void test_a_young_identity_is_not_kept(void **state)
{
    struct place *place = *state;
    struct store_input input = inputs[0];
    struct store_set set = sample;
    set.inputs = &input;
    set.input_count = 1;
    input.read_ns = input.identity.changed_ns + 10 * 1000 * 1000;
    put(place, "/out", &set);
    struct store_sets sets = load(place, "/out");
    assert_false(store_identity_known(&sets.items[0].inputs[0].identity));
    assert_true(hash_equal(sets.items[0].inputs[0].hash, input.hash));
    input.read_ns = input.identity.changed_ns + 20 * 1000 * 1000;
    put(place, "/out", &set);
    sets = load(place, "/out");
    assert_true(store_identity_known(&sets.items[0].inputs[0].identity));
}

static enum status take_words(void *data, const char *source, const char *recipe,
                              const char *record, struct error *error)
{
    buffer_format(data, "%s|%s|%s\n", source, recipe, record);
    return strcmp(record, "stop") == 0 ? error_set(error, STATUS_REFUSED, "stopped") : STATUS_OK;
}

static void test_order_and_find(void **state)
{
    struct place *place = *state;
    struct buffer words = {0};
    put_named(place, "/out", "b.jpg", "web", "1");
    put_named(place, "/out", "a.jpg", "web", "2");
    put_named(place, "/out", "a.jpg", "icon", "3");
    put_named(place, "/out", "B.jpg", "web", "4");
    put_named(place, "/out", "caf\xe9.jpg", "web", "5"); /* Latin 1 */
    put_named(place, "/else", "z.jpg", "web", "6");
    struct store_sets sets = load(place, "/out");
    assert_int_equal(sets.count, 5);
    for (size_t i = 0; i < sets.count; i++) {
        assert_ptr_equal(store_find(&sets, sets.items[i].source, sets.items[i].recipe),
                         &sets.items[i]);
    }
    assert_null(store_find(&sets, "a.jpg", "jcon"));
    assert_null(store_find(&sets, "z.jpg", "web"));
    assert_null(store_find(&(struct store_sets){0}, "z.jpg", "web"));
    assert_int_equal(store_records(place->store, "/out", take_words, &words, &place->error),
                     STATUS_OK);
    assert_buffer_text(&words, "B.jpg|web|4\na.jpg|icon|3\na.jpg|web|2\nb.jpg|web|1\n"
                               "caf\xe9.jpg|web|5\n");
    put_named(place, "/out", "a.jpg", "web", "stop");
    assert_int_equal(store_records(place->store, "/out", take_words, &words, &place->error),
                     STATUS_REFUSED);
    assert_error_text(&place->error, STATUS_REFUSED, "stopped");
    assert_buffer_text(&words, "B.jpg|web|4\na.jpg|icon|3\na.jpg|web|stop\n");
}

static void test_our_own_files(void **state)
{
    struct place *place = *state;
    assert_false(is_made(place, "/out/a-640w.avif"));
    put(place, "/out", &sample);
    assert_true(is_made(place, "/out/a-640w.avif"));
    assert_true(is_made(place, "/out/a.web.html"));
    assert_false(is_made(place, "/out/a-640w.avif2"));
    assert_false(is_made(place, "/out2/a-640w.avif"));
    assert_false(is_made(place, "/out"));
    assert_false(is_made(place, "a-640w.avif"));
    put(place, "/", &sample);
    assert_true(is_made(place, "/a-640w.avif"));
    assert_int_equal(store_remove(place->store, "/out", "photos/a.jpg", "web", &place->error),
                     STATUS_OK);
    assert_false(is_made(place, "/out/a-640w.avif"));
    assert_true(is_made(place, "/a-640w.avif"));
}

static void test_measured_facts(void **state)
{
    struct place *place = *state;
    const char *text = "unset";
    struct hash one = {.high = 1}, two = {.low = 1};
    assert_int_equal(store_remember(place->store, one, "trim 10", "[1,2]", &place->error),
                     STATUS_OK);
    assert_int_equal(store_remember(place->store, one, "alpha", "false", &place->error), STATUS_OK);
    assert_int_equal(store_remember(place->store, one, "alpha", "true", &place->error), STATUS_OK);
    reopen(place, NULL);
    assert_int_equal(store_recall(place->store, one, "trim 10", place->arena, &text, &place->error),
                     STATUS_OK);
    assert_string_equal(text, "[1,2]");
    assert_int_equal(store_recall(place->store, one, "alpha", place->arena, &text, &place->error),
                     STATUS_OK);
    assert_string_equal(text, "true");
    assert_int_equal(store_recall(place->store, two, "alpha", place->arena, &text, &place->error),
                     STATUS_OK);
    assert_null(text);
}

static void test_what_is_not_committed_is_forgotten(void **state)
{
    struct place *place = *state;
    assert_int_equal(store_begin(place->store, &place->error), STATUS_OK);
    put_named(place, "/out", "a", "web", "1");
    assert_int_equal(store_commit(place->store, &place->error), STATUS_OK);
    assert_int_equal(store_begin(place->store, &place->error), STATUS_OK);
    put_named(place, "/out", "b", "web", "1");
    assert_int_equal(load(place, "/out").count, 2);
    reopen(place, NULL);
    assert_int_equal(load(place, "/out").count, 1);
    assert_int_equal(store_commit(place->store, &place->error), STATUS_OK); /* nothing begun */
}

/* ---- Broken stores ---- */

static void assert_begun_anew(struct place *place)
{
    struct buffer note = {0}, wanted = {0};
    reopen(place, &note);
    buffer_format(&wanted,
                  "the store '%s/%s' was broken: it is now '%s/%s.broken', and a new one is "
                  "begun",
                  place->scratch, DATABASE, place->scratch, DATABASE);
    assert_buffer_text(&note, buffer_string(&wanted));
    buffer_free(&wanted);
    assert_int_equal(load(place, "/out").count, 0);
    put(place, "/out", &sample);
    reopen(place, &note);
    assert_buffer_text(&note, "");
    assert_int_equal(load(place, "/out").count, 1);
}

static void close_for_breaking(struct place *place)
{
    put(place, "/out", &sample);
    store_close(place->store); /* the last one to close empties the log */
    place->store = NULL;
}

static void test_no_database_at_all(void **state)
{
    struct place *place = *state;
    close_for_breaking(place);
    scratch_write(place->scratch, DATABASE,
                  "this is a letter to my aunt, and no database at all …");
    assert_begun_anew(place);
    char *aside = scratch_read(place->scratch, DATABASE ".broken");
    assert_non_null(strstr(aside, "my aunt"));
    memory_free(aside);
}

static void test_a_database_cut_short(void **state)
{
    struct place *place = *state;
    close_for_breaking(place);
    assert_int_equal(truncate(scratch_path(place->scratch, DATABASE), 5000), 0);
    assert_begun_anew(place);
}

static void test_a_database_of_another_program(void **state)
{
    struct place *place = *state;
    close_for_breaking(place);
    /* the user version stands at byte 60 of the header */
    int file = open(scratch_path(place->scratch, DATABASE), O_WRONLY);
    assert_int_equal(pwrite(file, "\0\0\0\x09", 4, 60), 4);
    close(file);
    assert_begun_anew(place);
}

static void test_it_breaks_while_it_is_open(void **state)
{
    struct place *place = *state;
    char name[64], junk[4096];
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "photos/%d.jpg", i);
        put_named(place, "/out", name, "web", "{\"long\": \"enough to fill some pages of it\"}");
    }
    reopen(place, NULL);
    /* every page but the first: what was read before is still in memory */
    memset(junk, 0xa5, sizeof junk);
    int file = open(scratch_path(place->scratch, DATABASE), O_WRONLY);
    struct stat facts;
    assert_int_equal(fstat(file, &facts), 0);
    assert_true(facts.st_size > 20 * 4096);
    for (off_t at = 4096; at < facts.st_size; at += 4096) {
        assert_int_equal(pwrite(file, junk, sizeof junk, at), sizeof junk);
    }
    close(file);
    struct store_sets sets = load(place, "/out");
    assert_true(sets.count < 500);
    put(place, "/out", &sample);
    put(place, "/out", &sample); /* the first may have gone down with the broken one */
    reopen(place, NULL);
    assert_int_equal(load(place, "/out").count, 1);
    assert_int_equal(access(scratch_path(place->scratch, DATABASE ".broken"), F_OK), 0);
}

static void test_a_place_that_cannot_be(void **state)
{
    struct place *place = *state;
    struct store *store = NULL;
    scratch_write(place->scratch, "file", "");
    assert_int_equal(
        store_open(scratch_path(place->scratch, "file/state"), &store, NULL, &place->error),
        STATUS_FAILED);
    assert_non_null(strstr(place->error.message, "cannot make the folder '"));
    assert_null(store);
}

/* Another user's who is at work now: found out at once, not when a set is to be kept. */
static void test_a_database_that_may_only_be_read(void **state)
{
    struct place *place = *state;
    int code = 1;
    assert_int_equal(chmod(place->scratch, 0755) | chmod(place->state, 0755), 0);
    if (geteuid() == 0 && fork() == 0) {
        struct store *store = NULL;
        bool refused = setuid(65534) == 0 &&
                       store_open(place->state, &store, NULL, &place->error) == STATUS_FAILED;
        _exit(!refused || !strstr(place->error.message, "' cannot be written"));
    }
    assert_true(geteuid() != 0 || (wait(&code) > 0 && code == 0));
}

/* ---- Several at once ---- */

enum { WRITERS = 4, EACH = 40 };

static int write_many(const char *folder, int writer)
{
    struct store *store = NULL;
    struct error error = {0};
    char name[64];
    if (store_open(folder, &store, NULL, &error) != STATUS_OK) {
        return 1;
    }
    int failed = 0;
    for (int i = 0; i < EACH && !failed; i++) {
        struct store_set set = sample;
        snprintf(name, sizeof name, "%d/%d.jpg", i % 2 ? writer : 0, i);
        set.source = name;
        failed = store_put(store, "/out", &set, &error) != STATUS_OK;
    }
    store_close(store);
    return failed;
}

static void assert_all_written(struct place *place)
{
    struct store_sets sets = load(place, "/out");
    assert_int_equal(sets.count, WRITERS * EACH / 2 + EACH / 2);
    for (size_t i = 0; i < sets.count; i++) {
        assert_string_equal(record_of(place, "/out", sets.items[i].source, "web"), sample.record);
    }
}

/* The store is made by all of them at once, too. */
static void test_several_processes(void **state)
{
    struct place *place = *state;
    store_close(place->store);
    place->store = NULL;
    unlink(scratch_path(place->scratch, DATABASE));
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            _exit(write_many(place->state, i + 1));
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int how;
        assert_int_equal(waitpid(children[i], &how, 0), children[i]);
        assert_int_equal(how, 0);
    }
    reopen(place, NULL);
    assert_all_written(place);
}

struct writer {
    pthread_t thread;
    const char *folder;
    int number, failed;
};

static void *run_writer(void *data)
{
    struct writer *writer = data;
    writer->failed = write_many(writer->folder, writer->number);
    return NULL;
}

static void test_several_threads_with_a_store_each(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.folder = place->state, .number = i + 1};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, run_writer, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].failed, 0);
    }
    assert_all_written(place);
}

static void test_killed_between_begin_and_commit(void **state)
{
    struct place *place = *state;
    put_named(place, "/out", "before", "web", "1");
    store_close(place->store);
    place->store = NULL;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *store = NULL;
        struct store_set set = sample;
        if (store_open(place->state, &store, NULL, &place->error) == STATUS_OK &&
            store_begin(store, &place->error) == STATUS_OK &&
            store_put(store, "/out", &set, &place->error) == STATUS_OK &&
            write(ready[1], "x", 1) == 1) {
            pause();
        }
        _exit(1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ready[0]);
    close(ready[1]);
    struct buffer note = {0};
    reopen(place, &note);
    assert_buffer_text(&note, "");
    assert_int_equal(load(place, "/out").count, 1);
    put(place, "/out", &sample);
    assert_int_equal(load(place, "/out").count, 2);
}

/* ---- Short memory ---- */

static bool use_it(void *data)
{
    struct place *place = data;
    struct store *store = NULL;
    struct error error = {0};
    struct store_sets sets = {0};
    const char *text = NULL;
    bool made = false;
    struct arena *arena = arena_new();
    bool done =
        arena && store_open(place->state, &store, NULL, &error) == STATUS_OK &&
        store_put(store, "/out", &sample, &error) == STATUS_OK &&
        store_load(store, "/out", arena, &sets, &error) == STATUS_OK &&
        store_record(store, "/out", "photos/a.jpg", "web", arena, &text, &error) == STATUS_OK &&
        store_made(store, "/out/a-640w.avif", &made, &error) == STATUS_OK;
    if (done) {
        assert_int_equal(sets.count, 1);
        assert_string_equal(text, sample.record);
        assert_true(made);
    } else if (arena) {
        assert_string_equal(error.message, "out of memory");
    }
    store_close(store);
    arena_free(arena);
    return done;
}

static void test_every_allocation_may_fail(void **state)
{
    assert_true(support_each_allocation(use_it, *state) > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
        TEST(test_a_set_comes_back_as_it_was),
        TEST(test_a_set_is_replaced_and_removed),
        TEST(test_a_young_identity_is_not_kept),
        TEST(test_order_and_find),
        TEST(test_our_own_files),
        TEST(test_measured_facts),
        TEST(test_what_is_not_committed_is_forgotten),
        TEST(test_no_database_at_all),
        TEST(test_a_database_cut_short),
        TEST(test_a_database_of_another_program),
        TEST(test_it_breaks_while_it_is_open),
        TEST(test_a_place_that_cannot_be),
        TEST(test_a_database_that_may_only_be_read),
        TEST(test_several_processes),
        TEST(test_several_threads_with_a_store_each),
        TEST(test_killed_between_begin_and_commit),
        TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
