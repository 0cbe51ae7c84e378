/* SPDX-License-Identifier: MIT
 * The receiver of callbacks: what is right gives a hint, once; what is not changes nothing and is
 * counted. */
#include "generate/listen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "generate/hmac.h"
#include "memory.h"
#include "support.h"

#define WEBHOOK_KEY "test-webhook-key"
#define NOW 1769670760

/* Like Kie's, but that the body is the task's bare name. */
static enum status callback(const char *key, int64_t now, const char *timestamp,
                            const char *signature, const void *body, size_t size,
                            struct arena *arena, const char **task, struct error *error)
{
    const char *named = arena_slice(arena, body, size);
    char message[256];
    long long then;
    if (!timestamp || !signature) {
        return error_set(error, STATUS_REFUSED, "not signed");
    }
    if (!*named || sscanf(timestamp, "%lld", &then) != 1) {
        return error_set(error, STATUS_USAGE, "malformed");
    }
    snprintf(message, sizeof message, "%s.%s", named, timestamp);
    if (!hmac_verify(key, message, strlen(message), signature)) {
        return error_set(error, STATUS_REFUSED, "wrong");
    }
    if (now - then > 300 || then - now > 300) {
        return error_set(error, STATUS_CHECK, "stale");
    }
    *task = named;
    return STATUS_OK;
}

static atomic_llong now_is;

static int64_t now(void)
{
    return atomic_load(&now_is);
}

struct place {
    struct listener *listener;
    struct http *http;
    struct secret *key;
    struct arena *arena;
    struct error error;
    pthread_mutex_t lock; /* of the hints */
    pthread_cond_t changed;
    int hints;
    char task[64]; /* the last */
};

static void hint(void *data, const char *task)
{
    struct place *place = data;
    pthread_mutex_lock(&place->lock);
    place->hints++;
    snprintf(place->task, sizeof place->task, "%s", task);
    pthread_cond_signal(&place->changed);
    pthread_mutex_unlock(&place->lock);
}

static const struct provider provider = {.name = "double", .callback = callback};

static int set_up(void **state)
{
    struct place *place = memory_zero(1, sizeof *place);
    assert_non_null(place);
    place->arena = arena_new();
    pthread_mutex_init(&place->lock, NULL);
    pthread_cond_init(&place->changed, NULL);
    atomic_store(&now_is, NOW);
    assert_int_equal(secret_from_text(WEBHOOK_KEY, &place->key, &place->error), STATUS_OK);
    const struct listener_settings settings = {
        .provider = &provider, .key = place->key, .hint = hint, .data = place, .now = now};
    assert_int_equal(listener_start(&settings, &place->listener, &place->error), STATUS_OK);
    assert_int_equal(http_new(&place->http, &place->error), STATUS_OK);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    http_free(place->http);
    listener_stop(place->listener);
    secret_free(place->key);
    arena_free(place->arena);
    pthread_cond_destroy(&place->changed);
    pthread_mutex_destroy(&place->lock);
    memory_free(place);
    return 0;
}

static long send(struct place *place, const char *method, const char *body, size_t size,
                 const char *timestamp, const char *signature)
{
    const char *headers[3] = {0};
    size_t count = 0;
    if (timestamp) {
        headers[count++] = arena_format(place->arena, "X-Webhook-Timestamp: %s", timestamp);
    }
    if (signature) {
        headers[count++] = arena_format(place->arena, "X-Webhook-Signature: %s", signature);
    }
    const struct http_ask ask = {.method = method,
                                 .url = listener_url(place->listener),
                                 .headers = headers,
                                 .content_type = "application/json",
                                 .body = body,
                                 .body_size = size};
    struct http_answer answer = {0};
    assert_int_equal(http_wait(place->http, &ask, NULL, place->arena, &answer, &place->error),
                     STATUS_OK);
    assert_int_equal(answer.failure, HTTP_OK);
    if (answer.status == 200) {
        assert_string_equal(answer.body, "{\"status\":\"received\"}");
    }
    return answer.status;
}

static long send_signed(struct place *place, const char *task, int64_t when)
{
    char signature[HMAC_TEXT_SIZE];
    const char *timestamp = arena_format(place->arena, "%lld", (long long)when);
    const char *message = arena_format(place->arena, "%s.%s", task, timestamp);
    assert_true(hmac_sign(WEBHOOK_KEY, message, strlen(message), signature));
    return send(place, "POST", task, strlen(task), timestamp, signature);
}

static void assert_hints(struct place *place, int count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    pthread_mutex_lock(&place->lock);
    while (place->hints < count &&
           pthread_cond_timedwait(&place->changed, &place->lock, &until) == 0) {
    }
    assert_int_equal(place->hints, count);
    pthread_mutex_unlock(&place->lock);
}

static void assert_counts(struct place *place, struct listener_counts wanted)
{
    struct listener_counts counts;
    listener_counts(place->listener, &counts);
    assert_memory_equal(&counts, &wanted, sizeof counts);
}

static void what_is_right_gives_a_hint(void **state)
{
    struct place *place = *state;
    assert_int_equal(send_signed(place, "task-1", NOW), 200);
    assert_hints(place, 1);
    assert_string_equal(place->task, "task-1");
    assert_int_equal(send_signed(place, "task-2", NOW - 300), 200);
    assert_int_equal(send_signed(place, "task-3", NOW + 300), 200);
    assert_hints(place, 3);
    assert_counts(place, (struct listener_counts){.received = 3});
}

static void a_replay_is_answered_and_nothing_else(void **state)
{
    struct place *place = *state;
    assert_int_equal(send_signed(place, "task-1", NOW + 300), 200);
    assert_int_equal(send_signed(place, "task-1", NOW + 300), 200);
    atomic_store(&now_is, NOW + 600); /* still fresh: it came from the future */
    assert_int_equal(send_signed(place, "task-1", NOW + 300), 200);
    assert_int_equal(send_signed(place, "task-1", NOW + 301), 200); /* sent anew: another */
    assert_hints(place, 2);
    assert_counts(place, (struct listener_counts){.received = 2, .repeated = 2});
    atomic_store(&now_is, NOW + 601);
    assert_int_equal(send_signed(place, "task-1", NOW + 300), 401);
    assert_counts(place, (struct listener_counts){.received = 2, .repeated = 2, .stale = 1});
}

static void what_is_wrong_changes_nothing(void **state)
{
    struct place *place = *state;
    char signature[HMAC_TEXT_SIZE];
    assert_true(hmac_sign(WEBHOOK_KEY, "task-1.1769670760", 17, signature));
    assert_int_equal(send(place, "POST", "task-1", 6, "1769670760", NULL), 401);
    assert_int_equal(send(place, "POST", "task-1", 6, NULL, signature), 401);
    assert_int_equal(send(place, "POST", "task-2", 6, "1769670760", signature), 401);
    assert_int_equal(send(place, "POST", "task-1", 6, "1769670761", signature), 401);
    assert_int_equal(send(place, "POST", "", 0, "1769670760", signature), 400);
    assert_int_equal(send(place, "POST", "task-1", 6, "yesterday", signature), 400);
    assert_int_equal(send_signed(place, "task-1", NOW - 301), 401);
    assert_int_equal(send_signed(place, "task-1", NOW + 301), 401);
    assert_int_equal(send(place, "GET", "", 0, "1769670760", signature), 405);
    assert_counts(place, (struct listener_counts){
                             .forged = 4, .stale = 2, .malformed = 2, .wrong_method = 1});
    assert_hints(place, 0);
}

static void what_is_too_large_is_not_read(void **state)
{
    struct place *place = *state;
    size_t size = ((size_t)1 << 20) + 1;
    char *body = memory_alloc(size);
    assert_non_null(body);
    memset(body, 'x', size);
    assert_int_equal(send(place, "POST", body, size, "1769670760", "x"), 413);
    assert_int_equal(send(place, "POST", body, size - 1, "1769670760", "x"), 401);
    memory_free(body);
    assert_counts(place, (struct listener_counts){.too_large = 1, .forged = 1});
    assert_hints(place, 0);
}

static void it_starts_only_where_it_can_work(void **state)
{
    struct place *place = *state;
    struct listener *listener = NULL;
    struct listener_settings settings = {.provider = &provider, .hint = hint};
    assert_int_equal(listener_start(&settings, &listener, &place->error), STATUS_GENERATION);
    assert_error_text(&place->error, STATUS_GENERATION,
                      "callbacks need the webhook key, or anybody could send them");
    error_clear(&place->error);
    static const struct provider silent = {.name = "silent"};
    settings = (struct listener_settings){.provider = &silent, .key = place->key, .hint = hint};
    assert_int_equal(listener_start(&settings, &listener, &place->error), STATUS_USAGE);
    assert_error_text(&place->error, STATUS_USAGE, "provider 'silent' sends no callbacks");
    error_clear(&place->error);
    settings = (struct listener_settings){.provider = &provider,
                                          .key = place->key,
                                          .hint = hint,
                                          .port = listener_port(place->listener)};
    assert_int_equal(listener_start(&settings, &listener, &place->error), STATUS_FAILED);
    assert_null(listener);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_right_gives_a_hint),       TEST(a_replay_is_answered_and_nothing_else),
        TEST(what_is_wrong_changes_nothing),    TEST(what_is_too_large_is_not_read),
        TEST(it_starts_only_where_it_can_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
