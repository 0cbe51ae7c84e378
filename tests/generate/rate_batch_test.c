/* SPDX-License-Identifier: MIT
 * A batch against a service that allows so many creates in so many seconds: never more, none turned
 * away, hardly slower than allowed, and sets are made meanwhile. The sandbox's books are the judge.
 * PICSET_RATE_JOBS=200 runs the whole program at the real rate with that many images. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "generate.h"
#include "provider.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"
#include "text.h"
#include "world.h"

enum { RATE = 20, JOBS = 60, PROGRAM_JOBS = 30 };

/* No RATE + 1 creates lie within the window, by the time at which the service took them. */
static void assert_rate(const struct value *ledger, int64_t window_ms)
{
    const struct value *tasks = value_get(ledger, "tasks");
    assert_int_equal(int_at(ledger, "limited"), 0);
    for (size_t i = RATE; i < tasks->list.count; i++) {
        const int64_t span = int_at(tasks->list.items[i], "created") -
                             int_at(tasks->list.items[i - RATE], "created");
        if (span < window_ms) {
            fail_msg("creates %zu to %zu in %lld ms", i - RATE, i, (long long)span);
        }
    }
}

/* ---- The engine, at a rate that is several times as fast ---- */

struct count {
    int sent, interrupted;
};

static void stop_after_the_last(void *data, const struct generate_event *event)
{
    struct count *count = data;
    count->sent += event->type == GENERATE_SENT;
    count->interrupted = count->sent == JOBS;
}

static void engine_keeps_the_rate(void **state)
{
    static const double window = 3;
    struct count count = {0};
    (void)state;
    /* No picture is drawn: only the rate is looked at. */
    struct world world = world_start(
        &(struct sandbox_settings){.rate_count = RATE, .rate_seconds = window, .seconds = 60});
    struct provider kie = *provider_find("kie");
    struct error error = {0};
    struct generate *generate = NULL;
    struct generate_summary summary;
    char *folder = scratch_make();
    kie.creates.seconds *= window / 10;
    kie.polls.seconds *= window / 10;
    kie.concurrency = JOBS;
    assert_int_equal(kie.creates.count, RATE);
    struct generate_request request = {
        .provider = &kie,
        .endpoint = {.base_url = sandbox_url(world.sandbox),
                     .upload_url = sandbox_url(world.sandbox)},
        .http = world.http,
        .cost_max = -1,
        .images_max = -1,
        .event = stop_after_the_last,
        .data = &count,
        .interrupted = &count.interrupted,
    };
    assert_int_equal(journal_open(folder, &request.journal, &error), STATUS_OK);
    assert_int_equal(generate_new(&request, &generate, &error), STATUS_OK);
    for (int i = 0; i < JOBS; i++) {
        const char *prompt = arena_format(world.arena, "boat %d", i);
        struct generate_image image = {.name = prompt,
                                       .ask = {.model = kie.models, .prompt = prompt}};
        assert_int_equal(generate_add(generate, &image, NULL, &error), STATUS_OK);
    }
    if (generate_run(generate, &summary, &error) != STATUS_INTERRUPTED) {
        fail_msg("%s", error.message);
    }
    const struct value *ledger = world_ledger(&world);
    const struct value *tasks = value_get(ledger, "tasks");
    assert_rate(ledger, (int64_t)(window * 1000));
    assert_int_equal(int_at(ledger, "created"), JOBS);
    assert_int_equal(int_at(ledger, "repeated"), 0);
    assert_int_equal(summary.pending, JOBS);
    const double took =
        (double)(int_at(tasks->list.items[JOBS - 1], "created") - int_at(tasks, "0/created")) /
        1000;
    const double least = (JOBS / RATE - 1) * window;
    print_message("%d creates in %.2f s, %.2f s at best\n", JOBS, took, least);
    assert_true(took <= least * 1.1 + 1.5); /* for a machine that is busy */
    generate_free(generate);
    journal_close(request.journal);
    scratch_remove(folder);
    world_stop(&world);
}

/* ---- The whole program, at the real rate ---- */

static char *project_text(long jobs)
{
    struct buffer text = {0};
    buffer_text(&text, "{\"version\": 1, \"images\": [");
    for (long i = 0; i < jobs; i++) {
        buffer_format(&text,
                      "%s{\"id\": \"boat-%ld\", \"prompt\": \"boat %ld\", \"aspect\": \"1:1\", "
                      "\"size\": \"1K\", \"out\": \"out/\", \"presets\": [\"thumbnails\"]}",
                      i ? ",\n" : "", i, i);
    }
    buffer_text(&text, "]}\n");
    return text.data;
}

/* The time of day in a line of the log, in seconds. */
static double line_seconds(const char *line)
{
    int hours = 0, minutes = 0;
    double seconds = 0;
    assert_int_equal(sscanf(line, "{\"time\":\"%*d-%*d-%*dT%d:%d:%lf", &hours, &minutes, &seconds),
                     3);
    return hours * 3600 + minutes * 60 + seconds;
}

/* How many sets were made before the last image came. */
static size_t sets_before_the_last(const char *log, double *last_sent)
{
    size_t sets = 0, before = 0;
    double first = -1;
    for (const char *line = log; *line; line = strchr(line, '\n') + 1) {
        const char *event = strstr(line, "\"event\":\"") + 9;
        sets += text_starts(event, "set\"");
        before = text_starts(event, "done\"") ? sets : before;
        if (text_starts(event, "sent\"")) {
            first = first < 0 ? line_seconds(line) : first;
            *last_sent = line_seconds(line) - first;
        }
    }
    return before;
}

static void program_keeps_the_rate(void **state)
{
    (void)state;
    const char *wanted = getenv("PICSET_RATE_JOBS");
    const long jobs = wanted ? strtol(wanted, NULL, 10) : PROGRAM_JOBS;
    struct world world =
        world_start(&(struct sandbox_settings){.rate_count = RATE, .rate_seconds = 10});
    char *folder = scratch_make(), *project = project_text(jobs);
    scratch_write(folder, "picset.json", project);
    memory_free(project);
    struct program program = {.folder = folder, .variable = "KIE_API_KEY=no-real-key-at-all"};
    program_call_with(&program, "build", "--provider", "kie", "--base-url",
                      sandbox_url(world.sandbox), "--log", "log.jsonl", "-q");
    if (program.code != 0) {
        fail_msg("exit code %d: %s", program.code, program.error);
    }
    program_end(&program);
    const struct value *ledger = world_ledger(&world);
    const struct value *tasks = value_get(ledger, "tasks");
    assert_rate(ledger, 10000);
    assert_int_equal(int_at(ledger, "created"), jobs);
    char *log = scratch_read(folder, "log.jsonl");
    double sent = 0;
    assert_non_null(log);
    const size_t before = sets_before_the_last(log, &sent);
    const double least = (double)((jobs - 1) / RATE) * 10;
    const double took = (double)(int_at(tasks->list.items[jobs - 1], "created") -
                                 int_at(tasks->list.items[0], "created")) /
                        1000;
    print_message("%ld images: creates in %.2f s, %.0f s at best; %zu sets made before the last "
                  "image came\n",
                  jobs, took, least, before);
    assert_true(took <= least * 1.1 + 1.5);
    assert_true(before >= (size_t)jobs / 4);
    memory_free(log);
    scratch_remove(folder);
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(engine_keeps_the_rate),
                                       cmocka_unit_test(program_keeps_the_rate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
