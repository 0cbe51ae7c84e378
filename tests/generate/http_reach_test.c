/* SPDX-License-Identifier: MIT
 * Where the HTTP layer goes and where it does not, and how often it sends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate/address.h"
#include "serving.h"
#include "support.h"
#include "text.h"

static void nothing(void *data, const struct server_request *request,
                    struct server_response *response)
{
    (void)data;
    (void)request;
    (void)response;
}

static void what_was_not_sent_is_known(void **state)
{
    struct place *place = *state;
    /* a port that nobody listens on: one that was ours */
    const struct server_settings settings = {.handle = nothing};
    struct server *gone = NULL;
    assert_int_equal(server_start(&settings, &gone, &place->error), STATUS_OK);
    const char *dead = arena_text(place->arena, server_url(gone));
    server_stop(gone);
    ask_url(place, "POST", dead, NULL, 100);
    assert_int_equal(place->answer.failure, HTTP_NOT_SENT);
    ask_url(place, "POST", "https://name.invalid/", NULL, 100);
    assert_int_equal(place->answer.failure, HTTP_NOT_SENT);
    /* TLS with a server that speaks none: the request stays here */
    ask_url(place, "POST", arena_format(place->arena, "https%s/", server_url(place->server) + 4),
            NULL, 100);
    assert_int_equal(place->answer.failure, HTTP_NOT_SENT);
    assert_int_equal(place->requests, 0);
}

static void a_create_is_sent_once(void **state)
{
    struct place *place = *state;
    get(place, "/plain"); /* leaves a connection that curl would use again */
    ask_url(place, "POST", serving_url(place, "/drop"), NULL, 100);
    assert_int_equal(place->answer.failure, HTTP_UNKNOWN);
    assert_int_equal(place->creates, 1);
}

static void plain_http_stays_on_this_machine(void **state)
{
    struct place *place = *state;
    static const char *const urls[] = {"http://192.0.2.1/", "http://example.invalid/",
                                       "http://127.0.0.1.example.invalid/", NULL};
    for (const char *const *where = urls; *where; where++) {
        ask_url(place, "GET", *where, NULL, 100);
        assert_int_equal(place->answer.failure, HTTP_FORBIDDEN);
        assert_true(text_starts(place->answer.words, "plain http to '"));
    }
    static const char *const none[] = {
        "file:///etc/passwd",          "ftp://127.0.0.1/", "plain", "",
        "http://user:word@127.0.0.1/", "http://",          NULL};
    for (const char *const *where = none; *where; where++) {
        ask_url(place, "GET", *where, NULL, 100);
        assert_int_equal(place->answer.failure, HTTP_FORBIDDEN);
        assert_true(text_starts(place->answer.words, "not a URL that may be asked for"));
    }
}

static void an_api_call_follows_no_redirect(void **state)
{
    struct place *place = *state;
    get(place, "/hop/1");
    assert_int_equal(place->answer.failure, HTTP_OK);
    assert_int_equal(place->answer.status, 301);
    assert_int_equal(place->requests, 1);
}

static void proxies_see_nothing_of_this_machine(void **state)
{
    struct place *place = *state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    get(place, "/plain");
    struct fetched fetched = fetch(place, serving_url(place, "/plain"), true);
    unsetenv("http_proxy");
    assert_int_equal(place->answer.status, 200);
    assert_int_equal(fetched.status, 200);
}

static void a_download_follows_five(void **state)
{
    struct place *place = *state;
    struct fetched fetched = fetch(place, serving_url(place, "/hop/4"), true);
    assert_int_equal(fetched.failure, HTTP_OK);
    assert_int_equal(fetched.status, 200);
    assert_int_equal(fetched.size, 13);
    assert_int_equal(place->requests, 6);
    static const char *const more[] = {"/hop/5", "/forever", NULL};
    for (const char *const *path = more; *path; path++) {
        atomic_store(&place->requests, 0);
        fetched = fetch(place, serving_url(place, *path), true);
        assert_int_equal(fetched.failure, HTTP_FORBIDDEN);
        assert_string_equal(fetched.words, "127.0.0.1 redirects too often");
        assert_int_equal(place->requests, 6);
    }
}

static void a_download_goes_nowhere_inside(void **state)
{
    struct place *place = *state;
    struct fetched fetched = fetch(place, serving_url(place, "/plain"), false);
    assert_int_equal(fetched.failure, HTTP_FORBIDDEN);
    static const struct {
        const char *url, *word;
    } inside[] = {
        {"https://10.1.2.3/", "private"},          {"https://[::1]:9/", "loopback"},
        {"https://localhost:9/", "loopback"},      {"https://169.254.169.254/x", "link-local"},
        {"https://0x7f.1/", "loopback"},           {"https://2130706433/", "loopback"},
        {"https://[::ffff:10.0.0.1]/", "private"},
    };
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        fetched = fetch(place, inside[i].url, false);
        char words[128];
        snprintf(words, sizeof words, "a download from a %s address is not allowed",
                 inside[i].word);
        assert_int_equal(fetched.failure, HTTP_FORBIDDEN);
        assert_string_equal(fetched.words, words);
    }
    assert_int_equal(place->requests, 0);
}

static void a_redirect_leads_nowhere_inside(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *url, *words;
    } targets[] = {
        {"https://10.1.2.3/", "a download from a private address is not allowed"},
        {"http://192.0.2.1/", "plain http to a documentation address is not allowed"},
        {"http://169.254.169.254/x", "plain http to a link-local address is not allowed"},
        {"file:///etc/passwd", "127.0.0.1 redirects to a protocol that is not allowed"},
        {"ftp://127.0.0.1:1/", "127.0.0.1 redirects to a protocol that is not allowed"},
        {"https://a:b@127.0.0.1:1/", "127.0.0.1 redirects to a URL with a user name"},
    };
    const int count = sizeof targets / sizeof *targets;
    for (int i = 0; i < count; i++) {
        const char *path = arena_format(place->arena, "/to?url=%s", targets[i].url);
        struct fetched fetched = fetch(place, serving_url(place, path), true);
        assert_int_equal(fetched.failure, HTTP_FORBIDDEN);
        assert_string_equal(fetched.words, targets[i].words);
    }
    assert_int_equal(place->requests, count);
    /* from here to the outside over TLS is a way: what refuses is the port */
    struct fetched fetched = fetch(place, serving_url(place, "/to?url=https://127.0.0.1:1/"), true);
    assert_int_equal(fetched.failure, HTTP_UNKNOWN);
}

/* A connection that an API call has opened is no way in. */
static void a_reused_connection_is_checked(void **state)
{
    struct place *place = *state;
    get(place, "/plain");
    struct fetched fetched = fetch(place, serving_url(place, "/plain"), false);
    assert_int_equal(fetched.failure, HTTP_FORBIDDEN);
    assert_int_equal(place->requests, 1);
}

static void addresses_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *address, *word;
    } table[] = {
        {"0.0.0.0", "unspecified"},
        {"0.1.2.3", "unspecified"},
        {"10.255.255.255", "private"},
        {"9.255.255.255", "public"},
        {"11.0.0.0", "public"},
        {"100.63.255.255", "public"},
        {"100.64.0.1", "shared"},
        {"100.127.255.255", "shared"},
        {"100.128.0.0", "public"},
        {"127.0.0.1", "loopback"},
        {"127.255.255.254", "loopback"},
        {"128.0.0.1", "public"},
        {"169.254.169.254", "link-local"},
        {"169.253.255.255", "public"},
        {"172.15.255.255", "public"},
        {"172.16.0.1", "private"},
        {"172.31.255.255", "private"},
        {"172.32.0.0", "public"},
        {"192.0.0.8", "reserved"},
        {"192.0.2.9", "documentation"},
        {"192.168.1.1", "private"},
        {"192.169.0.0", "public"},
        {"198.18.0.1", "benchmark"},
        {"198.19.255.255", "benchmark"},
        {"198.20.0.0", "public"},
        {"198.51.100.7", "documentation"},
        {"203.0.113.7", "documentation"},
        {"223.255.255.255", "public"},
        {"224.0.0.1", "multicast"},
        {"255.255.255.255", "reserved"},
        {"8.8.8.8", "public"},
        {"::", "unspecified"},
        {"::1", "loopback"},
        {"::2", "reserved"},
        {"::7f00:1", "reserved"},
        {"::ffff:127.0.0.1", "loopback"},
        {"::ffff:10.0.0.1", "private"},
        {"::ffff:8.8.8.8", "public"},
        {"64:ff9b::a00:1", "private"},
        {"64:ff9b::7f00:1", "loopback"},
        {"64:ff9b::808:808", "public"},
        {"64:ff9b:1::808:808", "reserved"},
        {"100::1", "reserved"},
        {"fc00::1", "private"},
        {"fdff::1", "private"},
        {"fe80::1", "link-local"},
        {"fec0::1", "private"},
        {"ff02::1", "multicast"},
        {"2001::1", "reserved"},
        {"2001:1ff::", "reserved"},
        {"2001:200::1", "public"},
        {"2001:db8::1", "documentation"},
        {"2002:7f00:1::", "reserved"},
        {"2606:4700::1111", "public"},
        {"3fff::1", "documentation"},
        {"4000::1", "reserved"},
        {"nonsense", "unknown"},
        {"", "unknown"},
        {"127.1", "unknown"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *word = NULL;
        enum address_kind kind = address_kind_of_text(table[i].address, &word);
        if (strcmp(word, table[i].word) != 0) {
            fail_msg("%s is %s, not %s", table[i].address, word, table[i].word);
        }
        assert_int_equal(kind, strcmp(word, "public") == 0     ? ADDRESS_PUBLIC
                               : strcmp(word, "loopback") == 0 ? ADDRESS_LOOPBACK
                                                               : ADDRESS_INSIDE);
    }
}

static void local_is_local(void **state)
{
    (void)state;
    static const char *const here[] = {"http://127.0.0.1:8080",
                                       "http://localhost",
                                       "https://[::1]:1/x",
                                       "http://LOCALHOST/a",
                                       "http://127.9.9.9",
                                       "http://0x7f000001/",
                                       NULL};
    static const char *const away[] = {"http://127.0.0.1.example.org",
                                       "http://localhost.example.org",
                                       "https://api.example.org/127.0.0.1",
                                       "http://127.0.0.1@example.org/",
                                       "http://0.0.0.0",
                                       "ftp://127.0.0.1",
                                       "",
                                       "127.0.0.1",
                                       NULL};
    for (size_t i = 0; here[i]; i++) {
        assert_true(http_local(here[i]));
    }
    for (size_t i = 0; away[i]; i++) {
        assert_false(http_local(away[i]));
    }
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, serving_set_up, serving_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_known),     cmocka_unit_test(local_is_local),
        TEST(what_was_not_sent_is_known),          TEST(a_create_is_sent_once),
        TEST(plain_http_stays_on_this_machine),    TEST(an_api_call_follows_no_redirect),
        TEST(proxies_see_nothing_of_this_machine), TEST(a_download_follows_five),
        TEST(a_download_goes_nowhere_inside),      TEST(a_redirect_leads_nowhere_inside),
        TEST(a_reused_connection_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
