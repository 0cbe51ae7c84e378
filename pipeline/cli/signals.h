/* SPDX-License-Identifier: MIT
 * Interrupts: the first one asks the run to stop, the second one leaves at once. A thread waits for
 * them, so that nothing has to be safe in a signal handler. */
#ifndef PICSET_CLI_SIGNALS_H
#define PICSET_CLI_SIGNALS_H

#include <pthread.h>
#include <signal.h>

#include "cli.h"

struct signals {
    const struct cli *cli;
    pthread_t thread;
    sigset_t waited, before;
    volatile int interrupted; /* read and written atomically */
    volatile int ending;
    /* Drops temporary files before the process leaves; may be NULL. */
    void (*abandon)(void *data);
    void *data;
};

/* Must come before any other thread: threads take over what is blocked. */
PICSET_NODISCARD enum status signals_start(struct signals *signals, const struct cli *cli,
                                           struct error *error);
void signals_stop(struct signals *signals);

#endif
