/* SPDX-License-Identifier: MIT
 * Every fault of the sandbox as a client sees it, over real loopback HTTP. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "decoding.h"
#include "generate/hmac.h"
#include "generate/server.h"
#include "json.h"
#include "support.h"
#include "text.h"
#include "world.h"

static void creates_go_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        enum http_failure failure;
        int status, code; /* code 0: no JSON */
        int created;
    } cases[] = {
        {"rate-limit", HTTP_OK, 429, 429, 0},      {"rate-limit-after", HTTP_OK, 429, 429, 0},
        {"rate-limit-code", HTTP_OK, 200, 429, 0}, {"server-error", HTTP_OK, 500, 500, 0},
        {"server-code", HTTP_OK, 200, 500, 0},     {"bad-gateway", HTTP_OK, 502, 0, 0},
        {"unavailable", HTTP_OK, 503, 503, 0},     {"maintenance", HTTP_OK, 200, 455, 0},
        {"bad-key", HTTP_OK, 401, 401, 0},         {"key-limit", HTTP_OK, 200, 433, 0},
        {"no-credit", HTTP_OK, 402, 402, 0},       {"quota-day", HTTP_OK, 200, 433, 0},
        {"invalid", HTTP_OK, 200, 422, 0},         {"hang-create", HTTP_UNKNOWN, 0, 0, 0},
        {"hang-created", HTTP_UNKNOWN, 0, 0, 1},   {"drop-created", HTTP_UNKNOWN, 0, 0, 1},
        {"cut-created", HTTP_UNKNOWN, 0, 0, 1},    {"html-created", HTTP_OK, 502, 0, 1},
        {"error-with-task", HTTP_OK, 200, 500, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const faults[] = {cases[i].fault, NULL};
        struct world world = world_start(&(struct sandbox_settings){.faults = faults});
        world_hurry(&world, strstr(cases[i].fault, "hang") != NULL);
        const struct value *answer =
            world_post(&world, kie_create_path,
                       "{\"model\":\"nano-banana-2-1\",\"input\":{\"prompt\":\"x\"}}");
        assert_int_equal(world.answer.failure, cases[i].failure);
        assert_true(cases[i].failure != HTTP_OK || world.answer.status == cases[i].status);
        assert_true((answer != NULL) == (cases[i].code != 0));
        assert_true(!answer || int_at(answer, "code") == cases[i].code);
        assert_true((world.answer.retry_after >= 0) ==
                    (strcmp(cases[i].fault, "rate-limit-after") == 0));
        assert_int_equal(int_at(world_ledger(&world), "created"), cases[i].created);
        world_create(&world, "{\"prompt\":\"it strikes once\"}");
        world_stop(&world);
    }
}

static void tasks_and_questions_go_wrong(void **state)
{
    (void)state;
    static const char *const faults[] = {"fail-501@1",  "refused@2",   "no-image@3",
                                         "poll-null@1", "poll-text@2", "poll-object@3",
                                         "task-lost@8", "poll-cut@7",  NULL};
    struct world world = world_start(&(struct sandbox_settings){.faults = faults});
    const char *good = world_create(&world, "{\"prompt\":\"1\"}"),
               *failed = world_create(&world, "{\"prompt\":\"2\"}");
    const char *refused = world_create(&world, "{\"prompt\":\"3\"}"),
               *none = world_create(&world, "{\"prompt\":\"4\"}");
    assert_string_equal(text_at(world_record(&world, good), "data/state"), "success");
    assert_int_equal(value_at(world_record(&world, good), "data")->type, VALUE_NULL);
    assert_null(world_record(&world, good));
    assert_true(
        text_starts(text_at(world_record(&world, good), "data/resultJson/resultUrls/0"), "http:"));
    world_result(&world, good);
    assert_string_equal(text_at(world_record(&world, failed), "data/failCode"), "501");
    assert_int_equal(int_at(world.root, "code"), 200);
    assert_string_equal(text_at(world_record(&world, refused), "data/state"), "fail");
    world_record(&world, good);
    assert_int_equal(world.answer.failure, HTTP_UNKNOWN);
    assert_int_equal(int_at(world_record(&world, good), "code"), 404);
    assert_int_equal(int_at(world_record(&world, good), "code"), 404);
    assert_string_equal(text_at(world_record(&world, none), "data/resultJson"),
                        "{\"resultUrls\":[]}");
    world_stop(&world);
}

static void fetch(void *data, const struct http_answer *answer)
{
    struct world *world = data;
    world->answer = *answer;
    world->answer.content_type = arena_text(world->arena, answer->content_type);
    world->answer.body = answer->size ? arena_slice(world->arena, answer->body, answer->size) : "";
    world->done = true;
}

/* As a result is fetched: redirects are followed, addresses looked at. */
static void download(struct world *world, const char *url)
{
    struct error error = {0};
    world->done = false;
    assert_int_equal(http_fetch(world->http, url, 8 << 20, true, fetch, world, &error), STATUS_OK);
    while (!world->done) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

static void downloads_go_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        enum http_failure failure;
        int status;
    } cases[] = {
        {"drip", HTTP_UNKNOWN, 0},
        {"hang", HTTP_UNKNOWN, 0},
        {"drop", HTTP_UNKNOWN, 0},
        {"truncated", HTTP_UNKNOWN, 0},
        {"fetch-error", HTTP_OK, 503},
        {"empty", HTTP_OK, 200},
        {"not-image", HTTP_OK, 200},
        {"gzip-bomb", HTTP_TOO_LARGE, 0},
        {"redirect-loop", HTTP_FORBIDDEN, 0},
        {"redirect-inside", HTTP_FORBIDDEN, 0},
    };
    struct world world = world_start(&(struct sandbox_settings){0});
    const char *task = world_create(&world, "{\"prompt\":\"x\",\"output_format\":\"png\"}");
    const char *url = world_result(&world, task);
    world_hurry(&world, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        assert_int_equal(sandbox_fault(world.sandbox, cases[i].fault, &error), STATUS_OK);
        download(&world, url);
        if (world.answer.failure != cases[i].failure) {
            fail_msg("%s: failure %d, status %ld", cases[i].fault, world.answer.failure,
                     world.answer.status);
        }
        assert_true(cases[i].failure != HTTP_OK || world.answer.status == cases[i].status);
    }
    assert_int_equal(int_at(world_ledger(&world), "undelivered"), 1);
    world_hurry(&world, false);
    download(&world, url);
    assert_picture(&world, "image/png", 1024, 1024);
    assert_int_equal(int_at(world_ledger(&world), "undelivered"), 0);
    world_stop(&world);
}

static void images_go_wrong(void **state)
{
    (void)state;
    static const char *const faults[] = {"wrong-type", "wrong-size@1", "expired-link@2", NULL};
    struct world world = world_start(&(struct sandbox_settings){.faults = faults});
    const char *task = world_create(&world, "{\"prompt\":\"x\",\"output_format\":\"png\"}");
    const char *url = world_result(&world, task);
    struct decoded decoded;
    world_get(&world, url);
    assert_string_equal(world.answer.content_type, "image/png");
    assert_true(decode_jpeg(world.answer.body, world.answer.size, &decoded));
    decoded_free(&decoded);
    world_get(&world, url);
    assert_picture(&world, "image/png", 512, 512);
    for (int i = 0; i < 2; i++) {
        world_get(&world, url);
        assert_int_equal(world.answer.status, 403);
    }
    const char *body = arena_format(world.arena, "{\"url\":\"%s\"}", url);
    const char *fresh = text_at(world_post(&world, "/api/v1/common/download-url", body), "data");
    assert_string_not_equal(fresh, url);
    world_get(&world, fresh);
    assert_picture(&world, "image/png", 1024, 1024);
    world_stop(&world);
}

/* ---- Callbacks
 * ------------------------------------------------------------------------------------------ */

struct calls {
    pthread_mutex_t lock;
    int count;
    char task[64], timestamp[32], signature[64], body[4096];
};

static void receive(void *data, const struct server_request *request,
                    struct server_response *response)
{
    struct calls *calls = data;
    pthread_mutex_lock(&calls->lock);
    calls->count++;
    snprintf(calls->timestamp, sizeof calls->timestamp, "%s",
             server_header(request, "X-Webhook-Timestamp"));
    snprintf(calls->signature, sizeof calls->signature, "%s",
             server_header(request, "X-Webhook-Signature"));
    snprintf(calls->body, sizeof calls->body, "%s", request->body);
    pthread_mutex_unlock(&calls->lock);
    response->status = 200;
}

static int wait_for_calls(struct calls *calls, int wanted)
{
    int count = 0;
    for (int i = 0; i < 400 && count < wanted; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
        pthread_mutex_lock(&calls->lock);
        count = calls->count;
        pthread_mutex_unlock(&calls->lock);
    }
    return count;
}

static bool signature_is_right(const struct world *world, const struct calls *calls,
                               const char *task)
{
    const char *message = arena_format(world->arena, "%s.%s", task, calls->timestamp);
    return hmac_verify("hook", message, strlen(message), calls->signature);
}

static void callbacks_are_signed(void **state)
{
    (void)state;
    struct calls calls = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct server *server;
    struct error error = {0};
    const struct server_settings receiver = {.handle = receive, .data = &calls};
    static const char *const faults[] = {"duplicate-callback@1", "bad-signature@2", "no-callback@3",
                                         NULL};
    struct world world = world_start(
        &(struct sandbox_settings){.webhook_key = "hook", .seconds = 0.05, .faults = faults});
    assert_int_equal(server_start(&receiver, &server, &error), STATUS_OK);
    static const int totals[] = {1, 3, 4, 4};
    for (int i = 0; i < 4; i++) {
        const char *body = arena_format(world.arena,
                                        "{\"model\":\"nano-banana-2-1\",\"callBackUrl\":\"%s/cb\","
                                        "\"input\":{\"prompt\":\"%d\"}}",
                                        server_url(server), i);
        const char *task = text_at(world_post(&world, kie_create_path, body), "data/taskId");
        if (i == 3) {
            nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        }
        assert_int_equal(wait_for_calls(&calls, totals[i]), totals[i]);
        assert_int_equal(signature_is_right(&world, &calls, task), i < 2);
        const struct value *told;
        assert_int_equal(json_parse(world.arena, calls.body, strlen(calls.body), &told, &error),
                         STATUS_OK);
        assert_true(i == 3 || strcmp(text_at(told, "data/task_id"), task) == 0);
        assert_string_equal(text_at(told, "data/state"), "success");
    }
    world_stop(&world);
    server_stop(server);
}

/* ---- Control
 * -------------------------------------------------------------------------------------------- */

static void faults_are_told_from_others(void **state)
{
    (void)state;
    struct world world = world_start(&(struct sandbox_settings){0});
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"rate-limt", "fault 'rate-limt' is not known; did you mean 'rate-limit'?"},
        {"hang:",
         "fault 'hang:' is not NAME[:COUNT][@AFTER], with whole numbers or '*' for always"},
        {"hang:x",
         "fault 'hang:x' is not NAME[:COUNT][@AFTER], with whole numbers or '*' for always"},
        {"hang@-1",
         "fault 'hang@-1' is not NAME[:COUNT][@AFTER], with whole numbers or '*' for always"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        assert_int_equal(sandbox_fault(world.sandbox, cases[i].text, &error), STATUS_USAGE);
        assert_string_equal(error.message, cases[i].words);
    }
    world_post(&world, "/_sandbox/faults", "{\"name\":\"poll-error\",\"count\":-1,\"after\":1}");
    const char *task = world_create(&world, "{\"prompt\":\"x\"}");
    assert_int_equal(int_at(world_record(&world, task), "code"), 200);
    assert_int_equal(int_at(world_record(&world, task), "code"), 500);
    assert_int_equal(int_at(world_record(&world, task), "code"), 500);
    assert_int_equal(int_at(world_get(&world, "/_sandbox"), "faults/0/struck"), 2);
    world_post(&world, "/_sandbox/faults", "{\"clear\":true}");
    assert_int_equal(int_at(world_record(&world, task), "code"), 200);
    assert_non_null(world_post(&world, "/_sandbox/faults", "{\"name\":\"nothing\"}"));
    assert_int_equal(world.answer.status, 400);
    world_post(&world, "/_sandbox/settings", "{\"rate\":[5]}");
    assert_int_equal(world.answer.status, 400);
    world_stop(&world);
}

/* Names are the interface: one of each, with a place and words. */
static void faults_have_names(void **state)
{
    (void)state;
    const char *where, *help, *name;
    size_t count = 0;
    for (; (name = sandbox_fault_name(count, &where, &help)) != NULL; count++) {
        assert_true(where[0] && help[0]);
        for (size_t i = 0; i < count; i++) {
            const char *other_where, *other_help;
            assert_string_not_equal(name, sandbox_fault_name(i, &other_where, &other_help));
        }
    }
    assert_true(count > 50);
    assert_null(sandbox_fault_name(count + 5, &where, &help));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creates_go_wrong),     cmocka_unit_test(tasks_and_questions_go_wrong),
        cmocka_unit_test(downloads_go_wrong),   cmocka_unit_test(images_go_wrong),
        cmocka_unit_test(callbacks_are_signed), cmocka_unit_test(faults_are_told_from_others),
        cmocka_unit_test(faults_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
