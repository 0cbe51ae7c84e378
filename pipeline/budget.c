/* SPDX-License-Identifier: MIT
 * Admission to memory. See budget.h. */
#include "budget.h"

#include <errno.h>
#include <math.h>
#include <time.h>

void budget_init(struct budget *budget, int64_t limit, int holders_max)
{
    pthread_condattr_t attributes;
    *budget = (struct budget){.limit = limit, .holders_max = holders_max};
    pthread_mutex_init(&budget->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&budget->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void budget_destroy(struct budget *budget)
{
    pthread_cond_destroy(&budget->changed);
    pthread_mutex_destroy(&budget->lock);
}

static struct timespec time_after(double seconds)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    double whole = floor(seconds);
    time.tv_sec += (time_t)whole;
    time.tv_nsec += (long)((seconds - whole) * 1e9);
    if (time.tv_nsec >= 1000000000L) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000L;
    }
    return time;
}

static bool room_for(const struct budget *budget, int64_t bytes)
{
    return budget->holders == 0 ||
           (budget->holders < budget->holders_max && budget->used + bytes <= budget->limit);
}

bool budget_take(struct budget *budget, int64_t bytes, double seconds)
{
    struct timespec until = time_after(seconds);
    pthread_mutex_lock(&budget->lock);
    int late = 0;
    while (!room_for(budget, bytes) && late != ETIMEDOUT) {
        late = pthread_cond_timedwait(&budget->changed, &budget->lock, &until);
    }
    bool admitted = room_for(budget, bytes);
    if (admitted) {
        budget->holders++;
        budget->used += bytes;
        budget->peak = budget->used > budget->peak ? budget->used : budget->peak;
    }
    pthread_mutex_unlock(&budget->lock);
    return admitted;
}

void budget_give(struct budget *budget, int64_t bytes)
{
    pthread_mutex_lock(&budget->lock);
    budget->holders--;
    budget->used -= bytes;
    pthread_cond_broadcast(&budget->changed);
    pthread_mutex_unlock(&budget->lock);
}

bool budget_idle(struct budget *budget, double seconds)
{
    struct timespec until = time_after(seconds);
    pthread_mutex_lock(&budget->lock);
    int late = 0;
    while (budget->holders > 0 && late != ETIMEDOUT) {
        late = pthread_cond_timedwait(&budget->changed, &budget->lock, &until);
    }
    bool idle = budget->holders == 0;
    pthread_mutex_unlock(&budget->lock);
    return idle;
}
