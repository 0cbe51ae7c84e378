/* SPDX-License-Identifier: MIT
 * When a request may go out: rates, back-off, and when to give up. Told the time (seconds on a
 * clock that only goes forward), asks no clock. One thread at a time. Knows nothing of HTTP. */
#ifndef PICSET_RATE_H
#define PICSET_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* ---- At most `count` requests in any `seconds` ---- */

struct rate_slot {
    double started, free_at;
};

struct rate_limit {
    int count; /* <= 0: no limit */
    double seconds;
    struct rate_slot *slots;
};

PICSET_NODISCARD enum status rate_limit_begin(struct rate_limit *limit, int count, double seconds,
                                              struct error *error);
void rate_limit_end(struct rate_limit *limit);
/* Seconds until the next request may go out; 0: now. */
double rate_limit_wait(const struct rate_limit *limit, double now);
/* A request goes out now, which rate_limit_wait allows: its slot. */
int rate_limit_take(struct rate_limit *limit, double now);
/* The answer to the request that took this slot at `started` is there. The service has counted the
 * request somewhere between the two, so the slot is free one window after this. Without an answer
 * it is free a tenth of a window later than that after `started`. */
void rate_limit_answered(struct rate_limit *limit, int slot, double started, double now);

/* ---- How long to wait after a failure ---- */

/* Before try number `tries` + 1 (0 is the first that failed): `first` seconds, doubled each time,
 * 60 at most, of which between a half and all are taken by `random`; never less than `retry_after`
 * (< 0: not said). */
double backoff_seconds(double first, int tries, double retry_after, uint64_t *random);
/* Between two questions after a task that began `age` seconds ago. */
double poll_seconds(double age);

/* ---- When to give up ---- */

struct breaker {  /* {0} is ready */
    int failures; /* in a row */
    double failed_at;
    bool open;
};

enum { BREAKER_FAILURES = 10 };

/* A request that was sent at `sent` failed as if the service were not there. What was sent before
 * the last failure was known tells nothing new. Opens after BREAKER_FAILURES in a row. */
void breaker_failed(struct breaker *breaker, double sent, double now);
void breaker_worked(struct breaker *breaker);

#endif
