/* SPDX-License-Identifier: MIT
 * Rates on a clock of our own: never too many in any window of the service's clock, and hardly less
 * than it allows. */
#include "rate.h"

#include <math.h>
#include <stdlib.h>

#include "support.h"

enum { REQUESTS = 200 };

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct trip { /* of one request */
    double sent, counted, answered;
    int slot;
};

/* Sends as fast as is allowed over ways that take between `least` and `most` seconds. Returns when
 * the last was sent. */
static double simulate(int count, double seconds, double least, double most, double *counted)
{
    struct rate_limit limit;
    struct error error = {0};
    struct trip trips[REQUESTS];
    int sent = 0;
    double now = 1000;
    srand(7);
    assert_int_equal(rate_limit_begin(&limit, count, seconds, &error), STATUS_OK);
    for (int answered = 0; answered < REQUESTS;) {
        int next = -1;
        for (int i = 0; i < sent; i++) {
            if (trips[i].slot >= 0 && (next < 0 || trips[i].answered < trips[next].answered)) {
                next = i;
            }
        }
        double free_at = sent < REQUESTS ? now + rate_limit_wait(&limit, now) : INFINITY;
        if (next >= 0 && trips[next].answered <= free_at) {
            now = trips[next].answered > now ? trips[next].answered : now;
            rate_limit_answered(&limit, trips[next].slot, trips[next].sent, now);
            trips[next].slot = -1;
            answered++;
            continue;
        }
        now = free_at;
        double there = least + (most - least) * rand() / RAND_MAX;
        double back = least + (most - least) * rand() / RAND_MAX;
        trips[sent] =
            (struct trip){now, now + there, now + there + back, rate_limit_take(&limit, now)};
        counted[sent] = trips[sent].counted;
        sent++;
    }
    rate_limit_end(&limit);
    qsort(counted, REQUESTS, sizeof *counted, compare);
    return trips[REQUESTS - 1].sent - 1000;
}

static void assert_never_above(const double *counted, int count, double seconds)
{
    for (int i = count; i < REQUESTS; i++) {
        if (counted[i] - counted[i - count] < seconds) {
            fail_msg("%d requests in %f s", count + 1, counted[i] - counted[i - count]);
        }
    }
}

static void test_windows(void **state)
{
    (void)state;
    double counted[REQUESTS];
    double took = simulate(20, 10, 0.001, 0.004, counted);
    assert_never_above(counted, 20, 10);
    assert_true(took >= 90 && took < 90 * 1.01); /* 200 at 20 in 10 s: the last goes out at 90 s */
    took = simulate(20, 10, 0.01, 0.45, counted);
    assert_never_above(counted, 20, 10);
    assert_true(took < 90 * 1.1);
    /* Answers after half a minute (an image in the answer) do not hold the rate up. */
    took = simulate(20, 10, 0, 15, counted);
    assert_true(took < 90 * 1.11);
    took = simulate(1, 0.5, 0, 0.01, counted);
    assert_never_above(counted, 1, 0.5);
    assert_true(took < 0.5 * (REQUESTS - 1) * 1.1);
}

static void test_no_limit(void **state)
{
    (void)state;
    struct rate_limit limit;
    struct error error = {0};
    assert_int_equal(rate_limit_begin(&limit, 0, 0, &error), STATUS_OK);
    for (int i = 0; i < 100; i++) {
        assert_true(rate_limit_wait(&limit, 5) == 0);
        rate_limit_answered(&limit, rate_limit_take(&limit, 5), 5, 6);
    }
    rate_limit_end(&limit);
}

static void test_backoff(void **state)
{
    (void)state;
    uint64_t random = 1, same = 1, other = 2;
    double sum = 0;
    assert_true(backoff_seconds(1, 0, -1, &random) == backoff_seconds(1, 0, -1, &same));
    assert_true(backoff_seconds(1, 0, -1, &random) != backoff_seconds(1, 0, -1, &other));
    for (int tries = 0; tries < 100; tries++) {
        double most = fmin(60, ldexp(1, tries));
        double wait = backoff_seconds(1, tries, -1, &random);
        assert_true(wait >= most / 2 && wait <= most);
        sum += wait / most;
    }
    assert_true(sum > 70 && sum < 80); /* three quarters on average */
    assert_true(backoff_seconds(1, 0, 34.07, &random) == 34.07);
    assert_true(backoff_seconds(1, 20, 34.07, &random) <= 60);
    assert_true(backoff_seconds(1, 20, 600.5, &random) == 600.5);
}

static void test_poll_pace(void **state)
{
    (void)state;
    assert_true(poll_seconds(0) >= 2 && poll_seconds(29.9) <= 3);
    assert_true(poll_seconds(30) >= 5 && poll_seconds(119) <= 10);
    assert_true(poll_seconds(120) >= 15 && poll_seconds(10000) <= 30);
}

static void test_breaker(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    /* Twenty that were under way together are one failure. */
    for (int i = 0; i < 20; i++) {
        breaker_failed(&breaker, 100, 101 + i * 0.01);
    }
    assert_int_equal(breaker.failures, 1);
    for (int i = 0; i < BREAKER_FAILURES - 2; i++) {
        breaker_failed(&breaker, 200 + i, 200.5 + i);
        assert_false(breaker.open);
    }
    breaker_worked(&breaker);
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        assert_false(breaker.open);
        breaker_failed(&breaker, 300 + i, 300.5 + i);
    }
    assert_true(breaker.open);
    breaker_worked(&breaker);
    assert_true(breaker.open); /* what is stopped stays so */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows), cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_backoff), cmocka_unit_test(test_poll_pace),
        cmocka_unit_test(test_breaker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
