/* SPDX-License-Identifier: MIT
 * Rates as slots that become free again: exact for any window, whatever time requests take on their
 * way. Knows nothing of HTTP. */
#include "rate.h"

#include <math.h>

#include "memory.h"

static const double unanswered_share = 0.1, backoff_most = 60; /* of a window; seconds */

enum status rate_limit_begin(struct rate_limit *limit, int count, double seconds,
                             struct error *error)
{
    struct rate_slot *slots = NULL;
    if (count > 0) {
        slots = memory_zero((size_t)count, sizeof *slots);
        if (!slots) {
            return error_memory(error);
        }
    }
    for (int i = 0; i < count; i++) {
        slots[i] = (struct rate_slot){-INFINITY, -INFINITY};
    }
    *limit = (struct rate_limit){.count = count, .seconds = seconds, .slots = slots};
    return STATUS_OK;
}

void rate_limit_end(struct rate_limit *limit)
{
    memory_free(limit->slots);
    *limit = (struct rate_limit){0};
}

static int slot_first_free(const struct rate_limit *limit)
{
    int first = 0;
    for (int i = 1; i < limit->count; i++) {
        if (limit->slots[i].free_at < limit->slots[first].free_at) {
            first = i;
        }
    }
    return first;
}

double rate_limit_wait(const struct rate_limit *limit, double now)
{
    if (limit->count <= 0) {
        return 0;
    }
    double wait = limit->slots[slot_first_free(limit)].free_at - now;
    return wait > 0 ? wait : 0;
}

int rate_limit_take(struct rate_limit *limit, double now)
{
    if (limit->count <= 0) {
        return 0;
    }
    int slot = slot_first_free(limit);
    limit->slots[slot] = (struct rate_slot){now, now + limit->seconds * (1 + unanswered_share)};
    return slot;
}

void rate_limit_answered(struct rate_limit *limit, int slot, double started, double now)
{
    if (limit->count <= 0 || limit->slots[slot].started != started) {
        return; /* so late that the slot is another's */
    }
    double free_at = now + limit->seconds;
    if (free_at < limit->slots[slot].free_at) {
        limit->slots[slot].free_at = free_at;
    }
}

/* SplitMix64 (Steele, Lea, Flood 2014): 0 <= result < 1. */
static double random_share(uint64_t *random)
{
    uint64_t bits = *random += UINT64_C(0x9E3779B97F4A7C15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    bits ^= bits >> 31;
    return (double)(bits >> 11) * 0x1p-53;
}

double backoff_seconds(double first, int tries, double retry_after, uint64_t *random)
{
    double most = ldexp(first, tries < 30 ? tries : 30);
    most = most < backoff_most ? most : backoff_most;
    double wait = most * (0.5 + 0.5 * random_share(random));
    return wait > retry_after ? wait : retry_after;
}

double poll_seconds(double age)
{
    return age < 30 ? 2.5 : age < 120 ? 7 : 20;
}

void breaker_failed(struct breaker *breaker, double sent, double now)
{
    if (breaker->failures > 0 && sent < breaker->failed_at) {
        return;
    }
    breaker->failed_at = now;
    breaker->open = ++breaker->failures >= BREAKER_FAILURES || breaker->open;
}

void breaker_worked(struct breaker *breaker)
{
    breaker->failures = 0;
}
