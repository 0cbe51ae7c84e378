/* SPDX-License-Identifier: MIT
 * The generation engine against a service with faults: what it never sends twice, what it keeps,
 * and what it says. */
#include <string.h>

#include "engine_bench.h"

static void test_not_sent(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'c', 0, 3, FAKE_NOT_SENT);
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_int_equal(created(bench, "a"), 1);
    assert_int_equal(job_read(bench, 1).attempts, 4);
    assert_null(job_read(bench, 1).message);
}

static void test_create_later(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'c', 0, 2, FAKE_ERROR);
    assert_int_equal(run(bench, "a", "b"), STATUS_OK);
    assert_counts(bench, .done = 2);
    assert_int_equal(bench->summary.creates, 2);
}

static void test_never_there(void **state)
{
    struct bench *bench = *state;
    struct ask asks[30];
    names_make(bench, asks, 30);
    fault(bench, 'c', 0, 1000, FAKE_NOT_SENT);
    assert_int_equal(run_asks(bench, asks, 30), STATUS_GENERATION);
    assert_counts(bench, .pending = 30);
    assert_non_null(strstr(bench->error.message, "connection refused"));
    assert_non_null(strstr(bench->error.message, "(and 29 more could not be had)"));
    assert_non_null(strstr(bench->trail, "note all: the service cannot be reached: connection "
                                         "refused; what has not been sent waits"));
    assert_true(bench->summary.spent == 0);
    assert_int_equal(job_read(bench, 30).state, JOB_PENDING);
    bench->service->rules[0].what = 0;
    assert_int_equal(run_asks(bench, asks, 30), STATUS_OK);
    assert_counts(bench, .done = 30);
}

static void test_unknown(void **state)
{
    struct bench *bench = *state;
    bench->service->rules[0] = (struct fake_rule){'c', "a", 0, 1, FAKE_LOST};
    bench->service->rules[1] = (struct fake_rule){'c', "b", 0, 1, FAKE_ODD};
    assert_int_equal(run(bench, "a", "b"), STATUS_GENERATION);
    assert_counts(bench, .unknown = 2);
    assert_string_equal(
        bench->trail,
        "failed a: it is not known whether the service made it (the connection was lost), so it is "
        "not sent again by itself; --repeat-unknown or 'picset jobs retry 1' asks again, and it "
        "may be paid for twice\n"
        "failed b: it is not known whether the service made it (nobody understands this), so it is "
        "not sent again by itself; --repeat-unknown or 'picset jobs retry 2' asks again, and it "
        "may be paid for twice\n");
    assert_int_equal(job_read(bench, 1).state, JOB_UNKNOWN);
    assert_true(bench->summary.spent > 0.0799); /* it may have been */
    assert_int_equal(created(bench, "a"), 1);
    assert_int_equal(run(bench, "a", "b"), STATUS_GENERATION); /* nor on the next start … */
    assert_counts(bench, .unknown = 2);
    assert_int_equal(bench->service->arrival_count, 2);
    bench->request.repeat_unknown = true; /* … unless the user says so */
    assert_int_equal(run(bench, "a", "b"), STATUS_OK);
    assert_counts(bench, .done = 2);
    assert_int_equal(created(bench, "a"), 2);
    assert_int_equal(created(bench, "b"), 1);
}

static void test_unknown_in_a_row(void **state)
{
    struct bench *bench = *state;
    struct ask asks[40];
    names_make(bench, asks, 40);
    bench->request.concurrency = 1;
    fault(bench, 'c', 0, 100, FAKE_LOST);
    assert_int_equal(run_asks(bench, asks, 40), STATUS_GENERATION);
    assert_counts(bench, .unknown = 10, .pending = 30); /* no money thrown after it */
}

static void test_task_in_failure(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'c', 0, 1, FAKE_TASK_IN_FAILURE);
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_int_equal(created(bench, "a"), 1);
    assert_image(bench, 1);
}

static void test_refused_and_failed(void **state)
{
    struct bench *bench = *state;
    bench->service->rules[0] = (struct fake_rule){'c', "a", 0, 9, FAKE_REFUSED};
    bench->service->rules[1] = (struct fake_rule){'p', "b", 1, 9, FAKE_FAILED};
    assert_int_equal(run(bench, "a", "b"), STATUS_GENERATION);
    assert_counts(bench, .refused = 1, .failed = 1);
    assert_string_equal(bench->trail,
                        "failed a: the prompt was refused\nfailed b: it is not valid\n");
    assert_string_equal(job_read(bench, 1).code, "SAFETY");
    assert_int_equal(job_read(bench, 2).state, JOB_FAILED);
    assert_true(bench->summary.spent == 0);
    assert_int_equal(run(bench, "a", "b"), STATUS_GENERATION); /* said again, not sent again */
    assert_counts(bench, .refused = 1, .failed = 1);
    assert_int_equal(bench->service->arrival_count, 2);
}

static void test_cannot_be_said(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(run(bench, "cannot be said", "a"), STATUS_GENERATION);
    assert_counts(bench, .failed = 1, .done = 1);
    assert_error_text(&bench->error, STATUS_GENERATION,
                      "image 'cannot be said': this cannot be said");
}

static void test_stop(void **state)
{
    struct bench *bench = *state;
    struct ask asks[20];
    names_make(bench, asks, 20);
    bench->service->rules[0] = (struct fake_rule){'c', "image 5", 0, 1, FAKE_STOP};
    bench->request.concurrency = 1;
    assert_int_equal(run_asks(bench, asks, 20), STATUS_GENERATION);
    assert_counts(bench, .done = 5, .pending = 15);
    assert_error_text(&bench->error, STATUS_GENERATION,
                      "image 'image 5': no credit is left (and 14 more could not be had)");
    assert_int_equal(job_read(bench, 6).state, JOB_PENDING);
    assert_int_equal(run_asks(bench, asks, 20), STATUS_OK);
    assert_counts(bench, .done = 15, .reused = 5);
}

static void test_asked_to_wait_too_long(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'c', 0, 1, FAKE_BUSY_LONG);
    assert_int_equal(run(bench, "a", NULL), STATUS_GENERATION);
    assert_counts(bench, .pending = 1);
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
}

static void test_forbidden(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'c', 0, 1, FAKE_FORBIDDEN);
    assert_int_equal(run(bench, "a", NULL), STATUS_GENERATION);
    assert_counts(bench, .pending = 1);
    assert_int_equal(bench->service->arrival_count, 1);
    assert_int_equal(created(bench, "a"), 0);
}

static void test_polls_go_wrong(void **state)
{
    struct bench *bench = *state;
    bench->service->rules[0] = (struct fake_rule){'p', NULL, 0, 2, FAKE_MISSING};
    bench->service->rules[1] = (struct fake_rule){'p', NULL, 2, 1, FAKE_ODD};
    bench->service->rules[2] = (struct fake_rule){'p', NULL, 3, 1, FAKE_NOT_SENT};
    bench->service->rules[3] = (struct fake_rule){'p', NULL, 4, 1, FAKE_ERROR};
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_int_equal(created(bench, "a"), 1);
}

static void test_task_lost(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'p', 0, 1000, FAKE_MISSING);
    assert_int_equal(run(bench, "a", NULL), STATUS_GENERATION);
    assert_counts(bench, .failed = 1);
    assert_string_equal(bench->trail, "failed a: task not found\n");
    assert_int_equal(created(bench, "a"), 1);
}

static void test_waits_no_longer(void **state)
{
    struct bench *bench = *state;
    bench->service->polls = 1000000;
    bench->request.wait_seconds = 0.2;
    assert_int_equal(run(bench, "a", NULL), STATUS_GENERATION);
    assert_counts(bench, .pending = 1);
    assert_string_equal(bench->trail, "failed a: the service is still at work on task 'a' after 0 "
                                      "s; the next start goes on\n");
    assert_int_equal(job_read(bench, 1).state, JOB_RUNNING);
    fake_job(bench->service, "a")->polls_left = 0;
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_int_equal(created(bench, "a"), 1);
}

static void test_downloads_go_wrong(void **state)
{
    static const enum fake_fault kinds[] = {FAKE_LOST, FAKE_NOT_SENT, FAKE_CUT, FAKE_NO_IMAGE};
    struct bench *bench = *state;
    for (int i = 0; i < 4; i++) {
        bench->service->rules[i] = (struct fake_rule){'f', NULL, i, 1, kinds[i]};
    }
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_image(bench, 1);
    assert_int_equal(created(bench, "a"), 1);
    assert_int_equal(fake_job(bench->service, "a")->asked['f'], 5);
}

static void test_download_waits_for_next_start(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'f', 0, 6, FAKE_CUT);
    assert_int_equal(run(bench, "a", NULL), STATUS_GENERATION);
    assert_counts(bench, .pending = 1);
    assert_non_null(strstr(bench->trail, "failed a: it is made, but could not be fetched ("));
    assert_int_equal(job_read(bench, 1).state, JOB_READY);
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_counts(bench, .done = 1);
    assert_int_equal(created(bench, "a"), 1);
    assert_true(bench->summary.spent == 0); /* the first run's */
}

static void test_links_expire(void **state)
{
    struct bench *bench = *state;
    fault(bench, 'f', 0, 2, FAKE_EXPIRED);
    fault(bench, 'r', 0, 1, FAKE_ERROR);
    assert_int_equal(run(bench, "a", NULL), STATUS_OK);
    assert_counts(bench, .done = 1);
    assert_int_equal(created(bench, "a"), 1);
    fault(bench, 'r', 0, 1000, FAKE_FAILED);
    fault(bench, 'f', 0, 1000, FAKE_EXPIRED);
    assert_int_equal(run(bench, "b", NULL), STATUS_GENERATION);
    assert_counts(bench, .pending = 1);
    assert_int_equal(job_read(bench, 2).state, JOB_READY);
}

static void test_direct_goes_wrong(void **state)
{
    struct bench *bench = *state;
    direct(bench);
    bench->service->rules[0] = (struct fake_rule){'c', "a", 0, 1, FAKE_CUT};
    bench->service->rules[1] = (struct fake_rule){'c', "b", 0, 1, FAKE_LOST};
    assert_int_equal(run(bench, "a", "b"), STATUS_GENERATION);
    assert_counts(bench, .failed = 1, .unknown = 1);
    assert_string_equal(job_read(bench, 1).code, "image");
    assert_int_equal(bench->service->arrival_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(test_not_sent),
        ENGINE_TEST(test_create_later),
        ENGINE_TEST(test_never_there),
        ENGINE_TEST(test_unknown),
        ENGINE_TEST(test_unknown_in_a_row),
        ENGINE_TEST(test_task_in_failure),
        ENGINE_TEST(test_refused_and_failed),
        ENGINE_TEST(test_cannot_be_said),
        ENGINE_TEST(test_stop),
        ENGINE_TEST(test_asked_to_wait_too_long),
        ENGINE_TEST(test_forbidden),
        ENGINE_TEST(test_polls_go_wrong),
        ENGINE_TEST(test_task_lost),
        ENGINE_TEST(test_waits_no_longer),
        ENGINE_TEST(test_downloads_go_wrong),
        ENGINE_TEST(test_download_waits_for_next_start),
        ENGINE_TEST(test_links_expire),
        ENGINE_TEST(test_direct_goes_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
