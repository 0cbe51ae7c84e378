/* SPDX-License-Identifier: MIT
 * The generation engine as it should be: jobs, rates, bounds, interrupts, the log. */
#include <stdlib.h>
#include <string.h>

#include "engine_bench.h"
#include "scratch.h"

/* ---- As it should be ---- */

static void test_jobs(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(run(bench, "a", "b"), STATUS_OK);
    assert_counts(bench, .done = 2);
    assert_int_equal(bench->summary.creates, 2);
    assert_true(bench->summary.spent > 0.0799 && bench->summary.spent < 0.0801); /* 8 units each */
    assert_image(bench, 1);
    assert_image(bench, 2);
    struct job job = job_read(bench, 1);
    assert_string_equal(job.task, "a");
    assert_string_equal(job.base_url, "fake:");
    assert_int_equal(job.attempts, 1);
    assert_true(job.cost > 0.0399 && job.cost < 0.0401);
    assert_value_text(job.asked, "{\"prompt\":\"a\",\"aspect\":\"4:3\",\"size\":\"1K\","
                                 "\"format\":\"png\"}");
    assert_int_equal(created(bench, "a") + created(bench, "b"), 2);

    struct job last = job_read(
        bench, strstr(bench->trail, "done b\n") > strstr(bench->trail, "done a\n") ? 2 : 1);
    assert_true(last.finished_ms > 0 && bench->finished_ms == last.finished_ms);
    assert_int_equal(run(bench, "b", "a"), STATUS_OK);
    assert_counts(bench, .reused = 2);
    assert_string_equal(bench->trail, "done again b\ndone again a\n");
    assert_true(bench->summary.spent == 0);
    assert_int_equal(created(bench, "a") + created(bench, "b"), 2);
}

static void test_direct(void **state)
{
    struct bench *bench = *state;
    struct ask asks[] = {{.prompt = "a"}, {.prompt = "b"}, {.prompt = "c"},
                         {.prompt = "d"}, {.prompt = "e"}, {.prompt = "f"}};
    direct(bench);
    bench->service->delay = 0.15;
    assert_int_equal(run_asks(bench, asks, 6), STATUS_OK);
    assert_counts(bench, .done = 6);
    assert_image(bench, 1);
    assert_image(bench, 6);
    assert_true(bench->service->under_way_most <= 3);
    assert_true(fake_rate(bench->service, 0.2) <= 2);
    assert_true(bench->summary.spent > 0.2399 && bench->summary.spent < 0.2401); /* by the table */
    assert_int_equal(run_asks(bench, asks, 6), STATUS_OK);
    assert_counts(bench, .reused = 6);
}

static void test_one_job_for_equal_asks(void **state)
{
    struct bench *bench = *state;
    struct ask asks[] = {{.prompt = "a"},
                         {.prompt = "a", .aspect = "4:3", .size = "1K"}, /* the defaults */
                         {.prompt = "a", .aspect = "1:1"},
                         {.prompt = "a", .seed_given = true},
                         {.prompt = "a", .seed_given = true, .seed = 1},
                         {.prompt = "a", .format = "jpg"}};
    assert_int_equal(run_asks(bench, asks, 6), STATUS_OK);
    assert_counts(bench, .done = 5, .reused = 1);
    assert_int_equal(created(bench, "a"), 5);
    assert_non_null(strstr(bench->trail, "note a: asked for 40x40 px, got 40x30\n"));
    assert_non_null(strstr(bench->trail, "note a: asked for jpeg, got png\n"));
}

static void test_request_hash(void **state)
{
    (void)state;
    struct reference cat = {.name = "cat", .bytes = "cat", .size = 3};
    struct reference tac = {.name = "tac", .bytes = "cat", .size = 3};
    struct reference dog = {.name = "cat", .bytes = "dog", .size = 3};
    struct ask ask = {
        .model = fake_jobs.models, .prompt = "p", .references = &cat, .reference_count = 1};
    struct ask same = ask, other = ask, none = ask;
    same.references = &tac;
    other.references = &dog;
    none.reference_count = 0;
    struct hash hash = generate_request_hash(&fake_jobs, &ask);
    assert_true(hash_equal(hash, generate_request_hash(&fake_jobs, &same)));
    assert_false(hash_equal(hash, generate_request_hash(&fake_jobs, &other)));
    assert_false(hash_equal(hash, generate_request_hash(&fake_jobs, &none)));
    assert_false(hash_equal(hash, generate_request_hash(&fake_direct, &ask)));
    same.callback_url = "https://elsewhere"; /* changes how, not what */
    assert_true(hash_equal(hash, generate_request_hash(&fake_jobs, &same)));
}

static void test_added_while_it_runs(void **state)
{
    struct bench *bench = *state;
    bench->chained = "second";
    assert_int_equal(run(bench, "first", NULL), STATUS_OK);
    assert_counts(bench, .done = 2);
    assert_string_equal(bench->trail, "done first\ndone second\n");
}

static void test_references(void **state)
{
    struct bench *bench = *state;
    const struct reference references[] = {{.name = "cat.png", .bytes = "cat", .size = 3},
                                           {.name = "x", .url = "https://x/y"},
                                           {.name = "dog.png", .bytes = "dog", .size = 3}};
    struct ask asks[] = {{.prompt = "a", .references = references, .reference_count = 3},
                         {.prompt = "b", .references = references, .reference_count = 3}};
    fault(bench, 'u', 0, 2, FAKE_ERROR);
    assert_int_equal(run_asks(bench, asks, 2), STATUS_OK);
    assert_counts(bench, .done = 2);
    assert_int_equal(bench->service->uploads, 6); /* each content once, after two failures */
    assert_string_equal(bench->service->last_references,
                        "https://fake/cat.png https://x/y https://fake/dog.png ");

    fault(bench, 'u', 0, 100, FAKE_FAILED);
    struct reference bad = {.name = "bad.png", .bytes = "bad", .size = 3};
    struct ask ask = {.prompt = "c", .references = &bad, .reference_count = 1};
    assert_int_equal(run_asks(bench, &ask, 1), STATUS_GENERATION);
    assert_string_equal(bench->trail,
                        "failed c: reference 'bad.png' was not taken: it is not valid\n");
    assert_int_equal(created(bench, "c"), 0);
}

static void test_hint(void **state)
{
    struct bench *bench = *state;
    bench->service->polls = 0;
    bench->request.poll_seconds = 300; /* the test would run into its own limit */
    bench->hinting = true;
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_counts(bench, .done = 1);
}
/* ---- Rates and bounds ---- */

static void test_rate(void **state)
{
    struct bench *bench = *state;
    struct ask asks[60];
    names_make(bench, asks, 60);
    bench->request.provider = &fake_slow;
    assert_int_equal(run_asks(bench, asks, 60), STATUS_OK);
    assert_counts(bench, .done = 60);
    assert_true(fake_rate(bench->service, 0.5) == 10); /* as fast as allowed, and no faster */
    assert_true(bench->summary.seconds > 2.5);
}

static void test_busy_pauses_all(void **state)
{
    struct bench *bench = *state;
    struct ask asks[40];
    names_make(bench, asks, 40);
    bench->request.provider = &fake_slow;
    bench->service->rules[0] = (struct fake_rule){'c', "image 3", 0, 2, FAKE_BUSY};
    assert_int_equal(run_asks(bench, asks, 40), STATUS_OK);
    assert_counts(bench, .done = 40);
    assert_int_equal(bench->service->busy_answers, 2);
    assert_non_null(strstr(bench->trail, "paused all: the service asks to wait\n"));
    assert_true(bench->paused >= 1.0); /* a whole window each time, although 0.2 s were asked */
    assert_int_equal(created(bench, "image 3"), 1);
}

static void test_concurrency(void **state)
{
    struct bench *bench = *state;
    struct ask asks[12];
    names_make(bench, asks, 12);
    bench->request.concurrency = 2;
    bench->service->delay = 0.01;
    assert_int_equal(run_asks(bench, asks, 12), STATUS_OK);
    assert_true(bench->service->under_way_most <= 2);
    assert_counts(bench, .done = 12);
}

static void test_cost_bound(void **state)
{
    struct bench *bench = *state;
    struct ask asks[10];
    names_make(bench, asks, 10);
    bench->request.cost_max = 0.13; /* three at 0.04 */
    assert_int_equal(run_asks(bench, asks, 10), STATUS_GENERATION);
    assert_counts(bench, .done = 3, .pending = 7);
    assert_int_equal(bench->service->arrival_count, 3);
    assert_error_text(&bench->error, STATUS_GENERATION,
                      "image 'image 3': at $0.04 it would pass the bound of $0.13: $0.12 are "
                      "spent (and 6 more could not be had)");
    assert_int_equal(job_read(bench, 4).state, JOB_PENDING);
    bench->request.cost_max = 1;
    bench->request.images_max = 2;
    assert_int_equal(run_asks(bench, asks, 10), STATUS_GENERATION);
    assert_counts(bench, .done = 2, .reused = 3, .pending = 5);
    bench->request.images_max = -1;
    assert_int_equal(run_asks(bench, asks, 10), STATUS_OK);
    assert_counts(bench, .done = 5, .reused = 5);
    assert_int_equal(bench->service->arrival_count, 10);
}

/* What failed did not cost anything: another may take its place below the bound. */
static void test_cost_of_failures(void **state)
{
    struct bench *bench = *state;
    struct ask asks[5];
    names_make(bench, asks, 5);
    bench->request.cost_max = 0.09;
    bench->service->rules[0] = (struct fake_rule){'p', "image 0", 0, 9, FAKE_FAILED};
    bench->service->rules[1] = (struct fake_rule){'c', "image 1", 0, 9, FAKE_REFUSED};
    assert_int_equal(run_asks(bench, asks, 5), STATUS_GENERATION);
    assert_counts(bench, .done = 2, .failed = 1, .refused = 1, .pending = 1);
    assert_true(bench->summary.spent > 0.0799 && bench->summary.spent < 0.0801);
}
/* ---- Files, interrupts, logs ---- */

static void test_image_gone(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    struct job job = job_read(bench, 1);
    scratch_write(bench->folder, job.image, "somebody wrote here");
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_counts(bench, .done = 1);
    assert_image(bench, 1);
    assert_int_equal(created(bench, "a"), 1); /* fetched again, not made again */
}

static void test_interrupt(void **state)
{
    struct bench *bench = *state;
    struct ask asks[20];
    names_make(bench, asks, 20);
    bench->request.provider = &fake_slow;
    bench->service->delay = 0.05;
    bench->interrupt_at = 5;
    assert_int_equal(run_asks(bench, asks, 20), STATUS_INTERRUPTED);
    assert_true(bench->summary.pending + bench->summary.done == 20);
    for (int64_t id = 1; id <= 20; id++) { /* the answers under way were waited for */
        struct job job = {0};
        struct error error = {0};
        if (journal_read(bench->journal, id, bench->arena, &job, &error) == STATUS_OK) {
            assert_int_not_equal(job.state, JOB_SENDING);
            assert_int_not_equal(job.state, JOB_UNKNOWN);
        }
    }
    bench->interrupted = 0;
    bench->request.provider = &fake_jobs;
    assert_int_equal(run_asks(bench, asks, 20), STATUS_OK);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(created(bench, asks[i].prompt), 1);
    }
}

/* The answer that does not come in time is dropped when it comes at last. */
static void test_freed_under_way(void **state)
{
    struct bench *bench = *state;
    bench->service->delay = 0.3;
    bench->service->polls = 1000;
    bench->request.wait_seconds = 0.001;
    struct ask asks[8];
    names_make(bench, asks, 8);
    assert_int_equal(run_asks(bench, asks, 8), STATUS_GENERATION);
    assert_counts(bench, .pending = 8);
}

static void test_log(void **state)
{
    struct bench *bench = *state;
    char *text = NULL;
    size_t size = 0;
    bench->request.log = open_memstream(&text, &size);
    fault(bench, 'p', 0, 1, FAKE_ERROR);
    assert_int_equal(run(bench, "the secret prompt", NULL), STATUS_OK);
    fclose(bench->request.log);
    static const char *const events[] = {"sent", "accepted", "retry", "ready", "done"};
    char *line = text;
    for (int i = 0; i < 5; i++) {
        char *end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        const struct value *value = support_value(bench->arena, line);
        assert_string_equal(value_get(value, "event")->text, events[i]);
        assert_int_equal(value_get(value, "job")->integer, 1);
        assert_non_null(value_get(value, "prompt_hash"));
        assert_null(value_get(value, "prompt"));
        assert_null(value_get(value, "name"));
        line = end + 1;
    }
    assert_string_equal(line, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(test_jobs),
        ENGINE_TEST(test_direct),
        ENGINE_TEST(test_one_job_for_equal_asks),
        cmocka_unit_test(test_request_hash),
        ENGINE_TEST(test_added_while_it_runs),
        ENGINE_TEST(test_references),
        ENGINE_TEST(test_hint),
        ENGINE_TEST(test_rate),
        ENGINE_TEST(test_busy_pauses_all),
        ENGINE_TEST(test_concurrency),
        ENGINE_TEST(test_cost_bound),
        ENGINE_TEST(test_cost_of_failures),
        ENGINE_TEST(test_image_gone),
        ENGINE_TEST(test_interrupt),
        ENGINE_TEST(test_freed_under_way),
        ENGINE_TEST(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
