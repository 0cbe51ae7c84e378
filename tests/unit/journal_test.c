/* SPDX-License-Identifier: MIT
 * What a job's row keeps, who may hold it, and that a broken journal is not begun anew. */
#include "journal.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "scratch.h"
#include "support.h"
#include "text.h"

struct place {
    char *scratch, *folder;
    struct journal *journal;
    struct arena *arena;
    struct error error;
};

static int set_up(void **state)
{
    struct place *place = memory_zero(1, sizeof *place);
    assert_non_null(place);
    place->scratch = scratch_make();
    place->folder = memory_text(scratch_path(place->scratch, "project/.picset"));
    place->arena = arena_new();
    assert_non_null(place->arena);
    assert_int_equal(journal_open(place->folder, &place->journal, &place->error), STATUS_OK);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    journal_close(place->journal);
    arena_free(place->arena);
    scratch_remove(place->scratch);
    memory_free(place->folder);
    memory_free(place);
    return 0;
}

static struct job wanted(struct place *place, const char *prompt)
{
    struct value *asked = value_object(place->arena);
    asked = value_set(place->arena, asked, "prompt", value_text(place->arena, prompt));
    assert_non_null(asked);
    return (struct job){.name = "hero",
                        .request = hash_mix_text((struct hash){0}, prompt),
                        .provider = "fake",
                        .model = "fake-1",
                        .base_url = "https://fake.test",
                        .asked = asked,
                        .cost = -1};
}

static struct job want(struct place *place, const char *prompt, bool expect_added)
{
    struct job asked = wanted(place, prompt), job = {0};
    bool added = !expect_added;
    if (journal_want(place->journal, &asked, place->arena, &job, &added, &place->error)) {
        fail_msg("%s", place->error.message);
    }
    assert_int_equal(added, expect_added);
    return job;
}

static struct job read_back(struct place *place, int64_t id)
{
    struct job job = {0};
    if (journal_read(place->journal, id, place->arena, &job, &place->error)) {
        fail_msg("%s", place->error.message);
    }
    return job;
}

static void test_wanted_once(void **state)
{
    struct place *place = *state;
    struct job first = want(place, "a lighthouse", true);
    assert_int_equal(first.state, JOB_PENDING);
    assert_int_equal(first.attempts, 0);
    assert_true(first.cost < 0);
    assert_null(first.task);
    assert_null(first.urls);
    assert_null(first.image);
    assert_true(first.created_ms > 1700000000000);
    assert_value_text(first.asked, "{\"prompt\":\"a lighthouse\"}");
    struct job again = want(place, "a lighthouse", false);
    assert_int_equal(again.id, first.id);
    struct job other = want(place, "a harbour", true); /* same name */
    assert_int_not_equal(other.id, first.id);
    struct job *jobs;
    size_t count;
    assert_int_equal(journal_list(place->journal, place->arena, &jobs, &count, &place->error),
                     STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(jobs[1].id, other.id);
}

static void test_row_comes_back(void **state)
{
    struct place *place = *state;
    struct job job = want(place, "ü \"quoted\"\n", true);
    const char *const urls[] = {"https://a/b?c=\"d\"", "https://e/ü", NULL};
    job.state = JOB_READY;
    job.task = "task-1";
    job.urls = urls;
    job.attempts = 3;
    job.image = "images/x.png";
    job.image_hash = (struct hash){1, UINT64_MAX};
    job.width = 12288;
    job.height = 1536;
    job.format = "png";
    job.cost = 0.045;
    job.code = "422";
    job.message = "no\nimage";
    assert_int_equal(journal_write(place->journal, &job, &place->error), STATUS_OK);

    journal_close(place->journal);
    assert_int_equal(journal_open(place->folder, &place->journal, &place->error), STATUS_OK);
    struct job got = read_back(place, job.id);
    assert_int_equal(got.state, JOB_READY);
    assert_string_equal(got.name, "hero");
    assert_string_equal(got.provider, "fake");
    assert_string_equal(got.model, "fake-1");
    assert_string_equal(got.base_url, "https://fake.test");
    assert_string_equal(got.task, "task-1");
    assert_string_equal(got.urls[0], urls[0]);
    assert_string_equal(got.urls[1], urls[1]);
    assert_null(got.urls[2]);
    assert_int_equal(got.attempts, 3);
    assert_string_equal(got.image, "images/x.png");
    assert_true(hash_equal(got.image_hash, job.image_hash));
    assert_true(hash_equal(got.request, job.request));
    assert_int_equal(got.width, 12288);
    assert_int_equal(got.height, 1536);
    assert_string_equal(got.format, "png");
    assert_true(got.cost == 0.045);
    assert_string_equal(got.code, "422");
    assert_string_equal(got.message, "no\nimage");
    assert_value_text(got.asked, "{\"prompt\":\"ü \\\"quoted\\\"\\n\"}");
    assert_int_equal(got.finished_ms, 0);
    assert_true(got.changed_ms >= got.created_ms);

    got.state = JOB_DONE;
    got.task = NULL;
    got.urls = NULL;
    got.cost = -1;
    assert_int_equal(journal_write(place->journal, &got, &place->error), STATUS_OK);
    got = read_back(place, job.id);
    assert_null(got.task);
    assert_null(got.urls);
    assert_true(got.cost < 0);
    assert_true(got.finished_ms > 0);
    int64_t finished = got.finished_ms;
    usleep(3000);
    assert_int_equal(journal_write(place->journal, &got, &place->error), STATUS_OK);
    assert_int_equal(read_back(place, job.id).finished_ms, finished);
}

static void test_state_names(void **state)
{
    (void)state;
    const char *const names[] = {"pending", "sending", "running", "ready",
                                 "done",    "refused", "failed",  "unknown"};
    for (int i = 0; i < JOB_STATE_COUNT; i++) {
        assert_string_equal(job_state_name((enum job_state)i), names[i]);
    }
}

/* ---- Claims ---- */

static void test_one_holder(void **state)
{
    struct place *place = *state;
    struct journal *other = NULL;
    struct job job = want(place, "a", true), second = want(place, "b", true);
    bool claimed = false;
    assert_int_equal(journal_open(place->folder, &other, &place->error), STATUS_OK);
    assert_int_equal(journal_claim(place->journal, job.id, &claimed, &place->error), STATUS_OK);
    assert_true(claimed);
    assert_int_equal(journal_claim(other, job.id, &claimed, &place->error), STATUS_OK);
    assert_false(claimed);
    assert_int_equal(journal_claim(other, second.id, &claimed, &place->error), STATUS_OK);
    assert_true(claimed);
    assert_int_equal(journal_forget(other, job.id, &place->error), STATUS_REFUSED);
    assert_error_text(&place->error, STATUS_REFUSED, "another process is at work on job 1");
    error_clear(&place->error);

    assert_int_equal(journal_release(place->journal, job.id, &place->error), STATUS_OK);
    assert_int_equal(journal_claim(other, job.id, &claimed, &place->error), STATUS_OK);
    assert_true(claimed);
    journal_close(other); /* ends both */
    assert_int_equal(journal_claim(place->journal, second.id, &claimed, &place->error), STATUS_OK);
    assert_true(claimed);
}

/* A process that is killed with SIGKILL holds nothing any more. */
static void test_dead_holder(void **state)
{
    struct place *place = *state;
    struct job job = want(place, "a", true);
    bool claimed = false;
    int ready[2];
    journal_close(place->journal);
    place->journal = NULL;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct error error = {0};
        bool mine = false;
        if (journal_open(place->folder, &place->journal, &error) == STATUS_OK &&
            journal_claim(place->journal, job.id, &mine, &error) == STATUS_OK && mine) {
            ssize_t written = write(ready[1], "x", 1);
            (void)written;
        }
        pause();
        _exit(1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(journal_open(place->folder, &place->journal, &place->error), STATUS_OK);
    assert_int_equal(journal_claim(place->journal, job.id, &claimed, &place->error), STATUS_OK);
    assert_false(claimed);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(journal_claim(place->journal, job.id, &claimed, &place->error), STATUS_OK);
    assert_true(claimed);
    close(ready[0]);
    close(ready[1]);
}

/* Eight processes want and claim fifty jobs each, all the same: each job has one holder. */
static void test_processes_share(void **state)
{
    enum { PROCESSES = 8, JOBS = 50 };
    struct place *place = *state;
    pid_t children[PROCESSES];
    int total = 0;
    journal_close(place->journal);
    place->journal = NULL;
    int gate[2], held[2];
    assert_int_equal(pipe(gate), 0);
    assert_int_equal(pipe(held), 0);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] != 0) {
            continue;
        }
        int mine = 0;
        close(gate[1]);
        if (journal_open(place->folder, &place->journal, &place->error) != STATUS_OK) {
            _exit(255);
        }
        for (int n = 0; n < JOBS; n++) {
            char prompt[16];
            bool claimed = false, added;
            struct job job, asked;
            snprintf(prompt, sizeof prompt, "p%d", n);
            asked = wanted(place, prompt);
            if (journal_want(place->journal, &asked, place->arena, &job, &added, &place->error) ||
                journal_claim(place->journal, job.id, &claimed, &place->error)) {
                _exit(255);
            }
            mine += claimed;
        }
        ssize_t written = write(held[1], "x", 1);
        char byte;
        written += read(gate[0], &byte, 1); /* until all have tried */
        (void)written;
        _exit(mine);
    }
    for (int i = 0; i < PROCESSES; i++) {
        char byte;
        assert_int_equal(read(held[0], &byte, 1), 1);
    }
    close(gate[1]);
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 255);
        total += WEXITSTATUS(status);
    }
    close(gate[0]);
    close(held[0]);
    close(held[1]);
    assert_int_equal(total, JOBS);
}

/* ---- Images and forgetting ---- */

static void keep(struct place *place, struct job *job, const char *bytes)
{
    assert_int_equal(journal_keep_image(place->journal, bytes, strlen(bytes), "png", place->arena,
                                        &job->image, &job->image_hash, &place->error),
                     STATUS_OK);
    job->state = JOB_DONE;
    assert_int_equal(journal_write(place->journal, job, &place->error), STATUS_OK);
}

static void test_images(void **state)
{
    struct place *place = *state;
    struct job job = want(place, "a", true), twin = want(place, "b", true);
    bool has = false;
    keep(place, &job, "picture");
    keep(place, &twin, "picture");
    assert_string_equal(job.image, twin.image);
    assert_true(text_starts(job.image, "images/") && strlen(job.image) == 7 + 32 + 4);
    char *text = scratch_read(place->folder, job.image);
    assert_string_equal(text, "picture");
    memory_free(text);
    assert_int_equal(journal_has_image(place->journal, &job, &has, &place->error), STATUS_OK);
    assert_true(has);

    assert_int_equal(journal_forget(place->journal, job.id, &place->error), STATUS_OK);
    assert_int_equal(journal_has_image(place->journal, &twin, &has, &place->error), STATUS_OK);
    assert_true(has); /* the twin's still */
    scratch_write(place->folder, twin.image, "picturE");
    assert_int_equal(journal_has_image(place->journal, &twin, &has, &place->error), STATUS_OK);
    assert_false(has);
    assert_int_equal(journal_forget(place->journal, twin.id, &place->error), STATUS_OK);
    assert_null(scratch_read(place->folder, twin.image));
    assert_int_equal(journal_has_image(place->journal, &twin, &has, &place->error), STATUS_OK);
    assert_false(has);

    assert_int_equal(journal_read(place->journal, job.id, place->arena, &job, &place->error),
                     STATUS_MISSING);
    assert_error_text(&place->error, STATUS_MISSING, "there is no job 1");
    error_clear(&place->error);
    assert_int_equal(journal_write(place->journal, &twin, &place->error), STATUS_MISSING);
    error_clear(&place->error);
    assert_int_equal(want(place, "a", true).id, 3); /* a number is never another's */
}

/* ---- What is not ours ---- */

static void test_broken(void **state)
{
    struct place *place = *state;
    journal_close(place->journal);
    place->journal = NULL;
    unlink(scratch_path(place->folder, "journal.db-wal"));
    scratch_write(place->folder, "journal.db", "this is no database, and it is long enough to see");
    assert_int_equal(journal_open(place->folder, &place->journal, &place->error), STATUS_FAILED);
    assert_non_null(strstr(place->error.message, "it is broken; moved away, a new one is begun"));
    error_clear(&place->error);
    char *text = scratch_read(place->folder, "journal.db");
    assert_non_null(strstr(text, "this is no database")); /* left as it is */
    memory_free(text);
}

static bool open_and_want(void *data)
{
    struct place *place = data;
    struct journal *journal = NULL;
    struct arena *arena = arena_new();
    struct error error = {0};
    struct job asked = {.name = "x", .provider = "p", .model = "m", .base_url = "u", .cost = -1};
    struct job job;
    bool added;
    enum status status = arena ? journal_open(place->folder, &journal, &error) : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = journal_want(journal, &asked, arena, &job, &added, &error);
    }
    if (status == STATUS_OK) {
        status = journal_write(journal, &job, &error);
    }
    journal_close(journal);
    arena_free(arena);
    return status == STATUS_OK;
}

static void test_allocations(void **state)
{
    support_each_allocation(open_and_want, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wanted_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_row_comes_back, set_up, tear_down),
        cmocka_unit_test(test_state_names),
        cmocka_unit_test_setup_teardown(test_one_holder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dead_holder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_processes_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_images, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_allocations, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
