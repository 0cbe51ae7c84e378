/* SPDX-License-Identifier: MIT
 * The memory budget: sources are admitted by their planned size and wait when it is used up. One
 * source larger than the whole budget is admitted alone, so that nothing waits for ever. */
#ifndef PICSET_BUDGET_H
#define PICSET_BUDGET_H

#include <stdbool.h>
#include <stdint.h>
#include <pthread.h>

struct budget {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t limit, used, peak; /* bytes */
    int holders, holders_max;  /* sources admitted at once */
};

void budget_init(struct budget *budget, int64_t limit, int holders_max);
void budget_destroy(struct budget *budget);
/* Waits up to `seconds` for room; true when admitted. */
bool budget_take(struct budget *budget, int64_t bytes, double seconds);
void budget_give(struct budget *budget, int64_t bytes);
/* Waits up to `seconds` until nobody holds anything; true when so. */
bool budget_idle(struct budget *budget, double seconds);

#endif
