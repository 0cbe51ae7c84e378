/* SPDX-License-Identifier: MIT
 * The generation engine against a service with faults: what it sends, what it never sends twice,
 * what it keeps, and what it says. */
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_service.h"
#include "memory.h"
#include "scratch.h"
#include "support.h"
#include "text.h"

enum { TRAIL_BYTES = 16384 };

struct bench {
    struct fake_service *service;
    struct http *http;
    char *folder;
    struct journal *journal;
    struct arena *arena;
    struct generate_request request;
    struct generate_summary summary;
    struct error error;
    struct generate *generate; /* while it runs */
    char trail[TRAIL_BYTES];   /* of events */
    volatile int interrupted;
    int interrupt_at;    /* SENT events after which it is interrupted; 0: never */
    const char *chained; /* added when the first image is done */
    bool hinting;        /* as soon as the task is known */
    double paused;
};

static void seen(void *data, const struct generate_event *event)
{
    static const char *const names[] = {"sent", "running", "done", "failed", "paused", "note"};
    struct bench *bench = data;
    size_t used = strlen(bench->trail);
    if (event->type == GENERATE_SENT && bench->interrupt_at > 0 && --bench->interrupt_at == 0) {
        bench->interrupted = 1;
    }
    if (event->type == GENERATE_DONE && bench->chained) {
        struct generate_image image = {
            .name = bench->chained,
            .ask = {.model = bench->request.provider->models, .prompt = bench->chained}};
        bench->chained = NULL;
        assert_int_equal(generate_add(bench->generate, &image, NULL, &bench->error), STATUS_OK);
    }
    bench->paused += event->type == GENERATE_PAUSED ? event->seconds : 0;
    if (event->type == GENERATE_RUNNING && bench->hinting) {
        generate_hint(bench->generate, "another");
        generate_hint(bench->generate, event->job->task);
    }
    if (event->type == GENERATE_RUNNING || event->type == GENERATE_SENT) {
        return;
    }
    snprintf(bench->trail + used, sizeof bench->trail - used, "%s%s %s%s%s\n", names[event->type],
             event->reused ? " again" : "", event->job ? event->job->name : "all",
             *event->message ? ": " : "", event->message);
}

static int set_up(void **state)
{
    struct bench *bench = memory_zero(1, sizeof *bench);
    assert_non_null(bench);
    bench->service = fake_shared();
    fake_use(bench->service);
    bench->folder = scratch_make();
    bench->arena = arena_new();
    assert_int_equal(http_new(&bench->http, &bench->error), STATUS_OK);
    assert_int_equal(journal_open(bench->folder, &bench->journal, &bench->error), STATUS_OK);
    bench->request = (struct generate_request){.provider = &fake_jobs,
                                               .endpoint = {.base_url = "fake:"},
                                               .journal = bench->journal,
                                               .http = bench->http,
                                               .cost_max = -1,
                                               .images_max = -1,
                                               .poll_seconds = 0.01,
                                               .retry_seconds = 0.003,
                                               .event = seen,
                                               .data = bench,
                                               .interrupted = &bench->interrupted};
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    http_free(bench->http);
    journal_close(bench->journal);
    arena_free(bench->arena);
    scratch_remove(bench->folder);
    fake_unshare(bench->service);
    memory_free(bench);
    return 0;
}

static void direct(struct bench *bench)
{
    bench->request.provider = &fake_direct;
    bench->request.endpoint.base_url = "fake:direct";
}

static enum status run_asks(struct bench *bench, const struct ask *asks, size_t count)
{
    error_clear(&bench->error);
    bench->trail[0] = '\0';
    assert_int_equal(generate_new(&bench->request, &bench->generate, &bench->error), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        struct generate_image image = {.name = asks[i].prompt, .ask = asks[i]};
        size_t index;
        image.ask.model = bench->request.provider->models;
        assert_int_equal(generate_add(bench->generate, &image, &index, &bench->error), STATUS_OK);
        assert_int_equal(index, i);
    }
    enum status status = generate_run(bench->generate, &bench->summary, &bench->error);
    generate_free(bench->generate);
    return status;
}

static enum status run(struct bench *bench, const char *first, const char *second)
{
    struct ask asks[] = {{.prompt = first}, {.prompt = second}};
    return run_asks(bench, asks, second ? 2 : 1);
}

static struct job job_read(struct bench *bench, int64_t id)
{
    struct job job = {0};
    if (journal_read(bench->journal, id, bench->arena, &job, &bench->error) != STATUS_OK) {
        fail_msg("%s", bench->error.message);
    }
    return job;
}

static int created(struct bench *bench, const char *prompt)
{
    const struct fake_job *job = fake_job(bench->service, prompt);
    return job ? job->created : 0;
}

#define assert_counts(bench_, ...) counts_check((bench_), (struct generate_summary){__VA_ARGS__})

static void counts_check(const struct bench *bench, struct generate_summary is)
{
    const struct generate_summary *got = &bench->summary;
    assert_int_equal(got->done, is.done);
    assert_int_equal(got->reused, is.reused);
    assert_int_equal(got->failed, is.failed);
    assert_int_equal(got->refused, is.refused);
    assert_int_equal(got->unknown, is.unknown);
    assert_int_equal(got->pending, is.pending);
}

static void assert_image(struct bench *bench, int64_t id)
{
    struct job job = job_read(bench, id);
    bool has = false;
    assert_int_equal(job.state, JOB_DONE);
    assert_int_equal(journal_has_image(bench->journal, &job, &has, &bench->error), STATUS_OK);
    assert_true(has);
    assert_string_equal(job.format, "png");
    assert_int_equal(job.width, 40);
    assert_int_equal(job.height, 30);
    assert_true(text_ends(job.image, ".png"));
}

static void fault(struct bench *bench, char what, int from, int count, enum fake_fault kind)
{
    int i = 0;
    while (bench->service->rules[i].what) {
        i++;
    }
    assert_true(i < FAKE_FAULTS);
    bench->service->rules[i] = (struct fake_rule){what, NULL, from, count, kind};
}

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

static void names_make(struct bench *bench, struct ask *asks, int count)
{
    for (int i = 0; i < count; i++) {
        asks[i] = (struct ask){.prompt = arena_format(bench->arena, "image %d", i)};
    }
}

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
                      "image 'image 3': at $0.040 it would pass the bound of $0.13: $0.120 are "
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

/* ---- Failures ---- */

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
    assert_non_null(strstr(bench->trail, "note all: 10 requests in a row have failed: connection "
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
        "failed a: it is not known whether the service made it (the connection was lost); it is "
        "not sent again by itself\n"
        "failed b: it is not known whether the service made it (nobody understands this); it is "
        "not sent again by itself\n");
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

#define ENGINE_TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

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
        ENGINE_TEST(test_image_gone),
        ENGINE_TEST(test_interrupt),
        ENGINE_TEST(test_freed_under_way),
        ENGINE_TEST(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
