/* SPDX-License-Identifier: MIT
 * The engine killed at every change of the journal, and at any moment, and started again; several
 * at once on one journal. The service's own books are the judge: nothing is made twice, and nothing
 * that was made is lost without a word. */
#include "generate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_service.h"
#include "memory.h"
#include "scratch.h"
#include "support.h"

enum { CRASHED = 77, JOBS_MOST = 16, SECONDS_MOST = 60 };

struct life { /* of a child process */
    struct fake_service *service;
    const struct provider *provider;
    const char *folder;
    int jobs;
    long crash_at; /* the n-th call of the journal's watch; 0: never */
    bool repeat_unknown;
};

static void crash(void *data, bool after)
{
    struct life *life = data;
    (void)after;
    if (life->crash_at > 0 && --life->crash_at == 0) {
        _exit(CRASHED);
    }
}

static const char *prompt_of(int i)
{
    static const char *const prompts[JOBS_MOST] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                                   "i", "j", "k", "l", "m", "n", "o", "p"};
    return prompts[i];
}

/* Never returns: the exit code is the run's status. */
static void live(struct life *life)
{
    struct error error = {0};
    struct http *http = NULL;
    struct generate_summary summary;
    struct generate_request request = {
        .provider = life->provider,
        .endpoint = {.base_url = life->provider->base_url},
        .cost_max = -1,
        .images_max = -1,
        .poll_seconds = 0.005,
        .retry_seconds = 0.005,
        .repeat_unknown = life->repeat_unknown,
    };
    struct generate *generate = NULL;
    alarm(SECONDS_MOST); /* a run that hangs is a failure */
    fake_use(life->service);
    if (http_new(&http, &error) || journal_open(life->folder, &request.journal, &error)) {
        _exit(STATUS_BUG);
    }
    request.http = http;
    journal_watch(request.journal, crash, life);
    if (generate_new(&request, &generate, &error)) {
        _exit(STATUS_BUG);
    }
    for (int i = 0; i < life->jobs; i++) {
        struct generate_image image = {
            .name = prompt_of(i), .ask = {.model = life->provider->models, .prompt = prompt_of(i)}};
        if (generate_add(generate, &image, NULL, &error)) {
            _exit(STATUS_BUG);
        }
    }
    _exit(generate_run(generate, &summary, &error));
}

static pid_t begin(const struct life *life)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct life own = *life;
        live(&own);
    }
    return child;
}

/* The exit code; -1: killed by a signal. */
static int end(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- The books ---- */

/* Every job is there, or its unknown outcome is said; none was made twice. Returns how many are
 * unknown. */
static int books_check(const struct life *life, bool repeated)
{
    struct journal *journal = NULL;
    struct arena *arena = arena_new();
    struct error error = {0};
    struct job *jobs = NULL;
    size_t count = 0;
    int unknown = 0;
    assert_non_null(arena);
    assert_int_equal(journal_open(life->folder, &journal, &error), STATUS_OK);
    assert_int_equal(journal_list(journal, arena, &jobs, &count, &error), STATUS_OK);
    assert_int_equal(count, life->jobs);
    for (size_t i = 0; i < count; i++) {
        const struct fake_job *job = fake_job(life->service, jobs[i].name);
        bool has = false;
        int created = job ? job->created : 0;
        if (jobs[i].state != JOB_DONE && jobs[i].state != JOB_UNKNOWN) {
            fail_msg("job '%s' is %s", jobs[i].name, job_state_name(jobs[i].state));
        }
        if (created > 1 && !repeated) {
            fail_msg("job '%s' was made %d times", jobs[i].name, created);
        }
        if (jobs[i].state == JOB_UNKNOWN) {
            /* no task was ever polled that the journal did not know */
            assert_true(!job || job->asked['p'] == 0);
            unknown++;
            continue;
        }
        assert_true(created >= 1);
        assert_int_equal(journal_has_image(journal, &jobs[i], &has, &error), STATUS_OK);
        assert_true(has);
    }
    journal_close(journal);
    arena_free(arena);
    return unknown;
}

static void nothing_half(const char *folder)
{
    struct buffer list = {0};
    scratch_list(folder, &list);
    assert_null(strstr(buffer_string(&list), ".tmp"));
    buffer_free(&list);
}

static void last_run(struct life *life, int *unknown)
{
    life->crash_at = 0;
    int code = end(begin(life));
    *unknown = books_check(life, false);
    assert_int_equal(code, *unknown > 0 ? STATUS_GENERATION : STATUS_OK);
    nothing_half(life->folder);
    if (*unknown > 0) {
        life->repeat_unknown = true;
        assert_int_equal(end(begin(life)), STATUS_OK);
        assert_int_equal(books_check(life, true), 0);
        life->repeat_unknown = false;
    }
}

/* ---- Killed at every change ---- */

static void crash_everywhere(const struct provider *provider)
{
    int unknown_in_all = 0, crashes = 0;
    for (long n = 1;; n++) {
        char *folder = scratch_make();
        struct life life = {.service = fake_shared(),
                            .provider = provider,
                            .folder = folder,
                            .jobs = 2,
                            .crash_at = n};
        int unknown, code = end(begin(&life));
        if (code == CRASHED) {
            crashes++;
            last_run(&life, &unknown);
            unknown_in_all += unknown;
            assert_true(unknown <= life.jobs);
        }
        fake_unshare(life.service);
        scratch_remove(folder);
        if (code != CRASHED) {
            assert_int_equal(code, STATUS_OK);
            break;
        }
    }
    /* two jobs, each: wanted, SENDING, RUNNING, READY, DONE, before and after; one image */
    assert_true(crashes >= (provider->jobs ? 22 : 14));
    print_message("%d crashes, %d outcomes unknown\n", crashes, unknown_in_all);
    assert_true(unknown_in_all > 0 && unknown_in_all < crashes);
}

static void test_jobs_crash_everywhere(void **state)
{
    (void)state;
    crash_everywhere(&fake_jobs);
}

static void test_direct_crash_everywhere(void **state)
{
    (void)state;
    crash_everywhere(&fake_direct);
}

/* ---- Killed at any moment ---- */

static void test_killed_at_any_moment(void **state)
{
    (void)state;
    char *folder = scratch_make();
    struct life life = {
        .service = fake_shared(), .provider = &fake_jobs, .folder = folder, .jobs = JOBS_MOST};
    int unknown, kills = 0;
    life.service->delay = 0.01;
    life.service->polls = 4;
    srand(11);
    for (int i = 0; i < 40; i++) {
        pid_t child = begin(&life);
        usleep((useconds_t)(rand() % 200000));
        kill(child, SIGKILL);
        kills += end(child) < 0;
    }
    last_run(&life, &unknown);
    print_message("%d kills, %d outcomes unknown\n", kills, unknown);
    assert_true(kills > 0);
    fake_unshare(life.service);
    scratch_remove(folder);
}

/* ---- Several at once ---- */

static void test_several_at_once(void **state)
{
    enum { PROCESSES = 3 };
    (void)state;
    char *folder = scratch_make();
    struct life life = {
        .service = fake_shared(), .provider = &fake_jobs, .folder = folder, .jobs = 10};
    pid_t children[PROCESSES];
    life.service->delay = 0.01;
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = begin(&life);
    }
    for (int i = 0; i < PROCESSES; i++) {
        assert_int_equal(end(children[i]), STATUS_OK);
    }
    assert_int_equal(books_check(&life, false), 0);
    nothing_half(folder);
    fake_unshare(life.service);
    scratch_remove(folder);
}

/* One is killed while the others wait for its jobs: they take them over. */
static void test_holder_dies(void **state)
{
    (void)state;
    char *folder = scratch_make();
    struct life life = {
        .service = fake_shared(), .provider = &fake_jobs, .folder = folder, .jobs = 6};
    life.service->polls = 30;
    pid_t holder = begin(&life);
    while (life.service->arrival_count < 6) {
        usleep(1000);
    }
    usleep(50000); /* the tasks are written */
    pid_t other = begin(&life);
    usleep(300000);
    kill(holder, SIGKILL);
    end(holder);
    int code = end(other), unknown = books_check(&life, false);
    assert_int_equal(code, unknown > 0 ? STATUS_GENERATION : STATUS_OK);
    assert_true(unknown < 6);
    fake_unshare(life.service);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs_crash_everywhere),
        cmocka_unit_test(test_direct_crash_everywhere),
        cmocka_unit_test(test_killed_at_any_moment),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_holder_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
