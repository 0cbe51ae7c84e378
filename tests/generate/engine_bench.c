/* SPDX-License-Identifier: MIT
 * See engine_bench.h. */
#include "engine_bench.h"

#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "scratch.h"
#include "text.h"

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
    bench->finished_ms = event->type == GENERATE_DONE ? event->job->finished_ms : 0;
    bench->paused += event->type == GENERATE_PAUSED ? event->seconds : 0;
    if (event->type == GENERATE_RUNNING && bench->hinting) {
        generate_hint(bench->generate, "another");
        generate_hint(bench->generate, event->job->task);
    }
    if (event->type == GENERATE_RUNNING || event->type == GENERATE_SENT ||
        event->type == GENERATE_RETRY) {
        return;
    }
    snprintf(bench->trail + used, sizeof bench->trail - used, "%s%s %s%s%s\n", names[event->type],
             event->reused ? " again" : "", event->job ? event->job->name : "all",
             *event->message ? ": " : "", event->message);
}

int engine_set_up(void **state)
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

int engine_tear_down(void **state)
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

void direct(struct bench *bench)
{
    bench->request.provider = &fake_direct;
    bench->request.endpoint.base_url = "fake:direct";
}

enum status run_asks(struct bench *bench, const struct ask *asks, size_t count)
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

enum status run(struct bench *bench, const char *first, const char *second)
{
    struct ask asks[] = {{.prompt = first}, {.prompt = second}};
    return run_asks(bench, asks, second ? 2 : 1);
}

struct job job_read(struct bench *bench, int64_t id)
{
    struct job job = {0};
    if (journal_read(bench->journal, id, bench->arena, &job, &bench->error) != STATUS_OK) {
        fail_msg("%s", bench->error.message);
    }
    return job;
}

int created(struct bench *bench, const char *prompt)
{
    const struct fake_job *job = fake_job(bench->service, prompt);
    return job ? job->created : 0;
}

void counts_check(const struct bench *bench, struct generate_summary is)
{
    const struct generate_summary *got = &bench->summary;
    assert_int_equal(got->done, is.done);
    assert_int_equal(got->reused, is.reused);
    assert_int_equal(got->failed, is.failed);
    assert_int_equal(got->refused, is.refused);
    assert_int_equal(got->unknown, is.unknown);
    assert_int_equal(got->pending, is.pending);
}

void assert_image(struct bench *bench, int64_t id)
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

void fault(struct bench *bench, char what, int from, int count, enum fake_fault kind)
{
    int i = 0;
    while (bench->service->rules[i].what) {
        i++;
    }
    assert_true(i < FAKE_FAULTS);
    bench->service->rules[i] = (struct fake_rule){what, NULL, from, count, kind};
}

void names_make(struct bench *bench, struct ask *asks, int count)
{
    for (int i = 0; i < count; i++) {
        asks[i] = (struct ask){.prompt = arena_format(bench->arena, "image %d", i)};
    }
}
