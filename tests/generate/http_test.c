/* SPDX-License-Identifier: MIT
 * The HTTP layer against a server that misbehaves: what the asker is told, how much is read, where
 * the key does not go; from many threads, to the end, and without memory. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "serving.h"
#include "support.h"
#include "text.h"

static void an_answer_comes_whole(void **state)
{
    struct place *place = *state;
    static const char *const paths[] = {"/plain", "/chunked", "/gzip", "/slow-but-fine", NULL};
    for (const char *const *path = paths; *path; path++) {
        get(place, *path);
        assert_int_equal(place->answer.failure, HTTP_OK);
        assert_int_equal(place->answer.status, 200);
        assert_int_equal(place->answer.size, 13);
        assert_string_equal(place->answer.body, "{\"answer\":42}");
        assert_string_equal(place->answer.content_type, "application/json");
        assert_string_equal(place->answer.request_id, "");
        assert_string_equal(place->answer.words, "");
        assert_true(place->answer.retry_after < 0);
        assert_string_equal(place->agent, "picset/" PICSET_VERSION);
        assert_string_equal(place->authorization, "-");
    }
}

static void a_body_is_sent_with_its_type_and_the_key(void **state)
{
    struct place *place = *state;
    struct secret *key = NULL;
    assert_int_equal(secret_from_text(KEY, &key, &place->error), STATUS_OK);
    ask_url(place, "POST", serving_url(place, "/plain"), key, 100);
    secret_free(key);
    assert_int_equal(place->answer.status, 200);
    assert_string_equal(place->authorization, "Bearer " KEY);
    assert_string_equal(place->type, "text/x");
    assert_int_equal(place->body_size, 5);
}

static void the_service_says_when_to_come_back(void **state)
{
    struct place *place = *state;
    get(place, "/limited");
    assert_int_equal(place->answer.status, 429);
    assert_true(place->answer.retry_after == 7.5);
    assert_string_equal(place->answer.request_id, "req_1");
    get(place, "/dated"); /* by its own clock, whatever ours says */
    assert_int_equal(place->answer.status, 503);
    assert_true(place->answer.retry_after == 90);
}

static void a_key_that_comes_back_is_blanked(void **state)
{
    struct place *place = *state;
    struct secret *key = NULL;
    assert_int_equal(secret_from_text(KEY, &key, &place->error), STATUS_OK);
    ask_url(place, "GET", serving_url(place, "/echo"), key, 1000);
    secret_free(key);
    assert_int_equal(place->answer.failure, HTTP_OK);
    assert_null(strstr(place->answer.body, KEY));
    assert_string_equal(place->answer.body, "{\"msg\":\"wrong key: *************************; "
                                            "*************************\"}");
    assert_string_equal(place->answer.request_id, "*************************");
}

static void bytes_are_counted_as_they_come(void **state)
{
    struct place *place = *state;
    static const char *const paths[] = {"/bomb", "/long", NULL};
    for (const char *const *path = paths; *path; path++) {
        get(place, *path);
        assert_int_equal(place->answer.failure, HTTP_TOO_LARGE);
        assert_int_equal(place->answer.status, 0);
        assert_int_equal(place->answer.size, 0);
        assert_string_equal(place->answer.words, "more than 1048576 bytes");
    }
    ask_url(place, "GET", serving_url(place, "/plain"), NULL, 13);
    assert_int_equal(place->answer.failure, HTTP_OK);
    ask_url(place, "GET", serving_url(place, "/gzip"), NULL, 12);
    assert_int_equal(place->answer.failure, HTTP_TOO_LARGE);
}

static void an_answer_that_ends_early_is_none(void **state)
{
    struct place *place = *state;
    static const char *const paths[] = {"/cut", "/cut-chunked", "/drop", NULL};
    for (const char *const *path = paths; *path; path++) {
        get(place, *path);
        assert_int_equal(place->answer.failure, HTTP_UNKNOWN);
        assert_int_equal(place->answer.status, 0);
        assert_int_equal(place->answer.size, 0);
        assert_true(text_starts(place->answer.words, "127.0.0.1: "));
    }
}

static void a_drip_and_a_hang_end(void **state)
{
    struct place *place = *state;
    double begun = serving_seconds();
    get(place, "/drip");
    assert_int_equal(place->answer.failure, HTTP_UNKNOWN);
    assert_string_equal(place->answer.words, "less than 100 bytes/s for 1 s");
    assert_true(serving_seconds() - begun < 4.5); /* not the whole's limit of 5 */
    const struct http_ask ask = {
        .method = "GET", .url = serving_url(place, "/hang"), .seconds = 0.5};
    assert_int_equal(
        http_wait(place->http, &ask, NULL, place->arena, &place->answer, &place->error), STATUS_OK);
    assert_int_equal(place->answer.failure, HTTP_UNKNOWN);
    assert_non_null(strstr(place->answer.words, "timed out"));
}

struct tally {
    atomic_int done, good, stopped;
};

static void count_done(void *data, const struct http_answer *answer)
{
    struct tally *tally = data;
    atomic_fetch_add(&tally->good, answer->status == 200);
    atomic_fetch_add(&tally->stopped, answer->failure == HTTP_STOPPED);
    atomic_fetch_add(&tally->done, 1);
}

struct sender {
    struct place *place;
    struct tally tally;
    const char *url;
};

static void *send_forty(void *data)
{
    struct sender *sender = data;
    for (int i = 0; i < 40; i++) {
        const struct http_ask ask = {.method = i % 4 ? "GET" : "POST", .url = sender->url};
        struct error error = {0};
        if (http_send(sender->place->http, &ask, NULL, count_done, &sender->tally, &error) !=
            STATUS_OK) {
            return data;
        }
    }
    return NULL;
}

static void many_threads_ask_at_once(void **state)
{
    struct place *place = *state;
    struct sender senders[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        senders[i] =
            (struct sender){.place = place, .url = serving_url(place, i % 2 ? "/plain" : "/gzip")};
        assert_int_equal(pthread_create(&threads[i], NULL, send_forty, &senders[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    for (int i = 0; i < 4; i++) {
        while (atomic_load(&senders[i].tally.done) < 40) {
            usleep(1000);
        }
        assert_int_equal(senders[i].tally.good, 40);
    }
    assert_int_equal(place->creates, 40);
}

static void the_end_is_told_to_everybody(void **state)
{
    struct place *place = *state;
    struct tally tally = {0};
    const struct http_ask ask = {.method = "GET", .url = serving_url(place, "/hang")};
    for (int i = 0; i < 10; i++) {
        assert_int_equal(http_send(place->http, &ask, NULL, count_done, &tally, &place->error),
                         STATUS_OK);
        if (i == 4) {
            usleep(200000); /* five are under way */
        }
    }
    double begun = serving_seconds();
    http_free(place->http);
    place->http = NULL;
    assert_true(serving_seconds() - begun < 2);
    assert_int_equal(tally.done, 10);
    assert_int_equal(tally.stopped, 10);
}

static void every_allocation_may_fail(void **state)
{
    struct place *place = *state;
    const char *where = serving_url(place, "/plain");
    int good = 0;
    for (long n = 1; n < 2000 && good < 20; n++) {
        struct arena *arena = arena_new();
        struct http_answer answer = {0};
        struct error error = {0};
        const struct http_ask ask = {.method = "POST", .url = where, .body = "x", .body_size = 1};
        memory_fail_at(n, 0);
        enum status status = http_wait(place->http, &ask, NULL, arena, &answer, &error);
        memory_fail_at(0, 0);
        bool whole = status == STATUS_OK && answer.status == 200;
        assert_true(whole || status == STATUS_FAILED || answer.failure == HTTP_NOT_SENT ||
                    answer.failure == HTTP_UNKNOWN);
        good = whole ? good + 1 : 0;
        arena_free(arena);
    }
    assert_int_equal(good, 20);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, serving_set_up, serving_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_comes_whole),
        TEST(a_body_is_sent_with_its_type_and_the_key),
        TEST(the_service_says_when_to_come_back),
        TEST(a_key_that_comes_back_is_blanked),
        TEST(bytes_are_counted_as_they_come),
        TEST(an_answer_that_ends_early_is_none),
        TEST(a_drip_and_a_hang_end),
        TEST(many_threads_ask_at_once),
        TEST(the_end_is_told_to_everybody),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
