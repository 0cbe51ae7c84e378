/* SPDX-License-Identifier: MIT
 * What tasks took, for measurements: clocks are read around what a task consists of, and the end of
 * each is told to who asked. */
#include "batch_state.h"

#include <stdio.h>

#include "machine.h"

/* The thread's clock costs a call of the kernel: only for who asks. */
static struct batch_part now_with(bool cpu)
{
    return (struct batch_part){.wall = machine_seconds(),
                               .cpu = cpu ? machine_thread_seconds() : -1};
}

struct batch_part part_now(const struct batch *batch)
{
    return now_with(batch->request.task);
}

void task_part(struct batch_task *task, const char *what, struct batch_part *since)
{
    struct batch_part now = now_with(since->cpu >= 0);
    if (task->part_count < BATCH_PARTS) {
        struct batch_part *part = &task->parts[task->part_count++];
        snprintf(part->what, sizeof(part->what), "%s", what);
        part->wall = now.wall - since->wall;
        part->cpu = now.cpu - since->cpu;
        part->apart = since->apart;
    }
    *since = now;
}

void task_end(const struct batch *batch, struct batch_task *task)
{
    if (batch->request.task) {
        task->ended = machine_seconds();
        batch->request.task(batch->request.data, task);
    }
}
