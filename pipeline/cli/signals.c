/* SPDX-License-Identifier: MIT
 * See signals.h. */
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "signals.h"

/* timeout(1) and npm pass on a signal that the terminal or the group got as well: what comes so
 * soon after the first is the first again. */
static const double SAME_SECONDS = 0.3;

static void *wait_for_signals(void *data)
{
    struct signals *signals = data;
    double first = 0;
    for (;;) {
        int number;
        if (sigwait(&signals->waited, &number) != 0 ||
            __atomic_load_n(&signals->ending, __ATOMIC_ACQUIRE)) {
            return NULL;
        }
        double now = machine_seconds();
        if (__atomic_exchange_n(&signals->interrupted, 1, __ATOMIC_ACQ_REL)) {
            if (now - first < SAME_SECONDS) {
                continue;
            }
            if (signals->abandon) {
                signals->abandon(signals->data);
            }
            _exit(STATUS_INTERRUPTED);
        }
        first = now;
        cli_line(signals->cli, "picset: stopping; once more to leave at once");
    }
}

enum status signals_start(struct signals *signals, const struct cli *cli, struct error *error)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    *signals = (struct signals){.cli = cli};
    (void)sigemptyset(&signals->waited);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        struct sigaction action;
        /* What the one who started us ignores (nohup, a shell's background job) stays ignored. */
        if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            (void)sigaddset(&signals->waited, numbers[i]);
        }
    }
    (void)sigaddset(&signals->waited, SIGUSR2); /* to end the wait */
    int code = pthread_sigmask(SIG_BLOCK, &signals->waited, &signals->before);
    if (code == 0) {
        code = pthread_create(&signals->thread, NULL, wait_for_signals, signals);
    }
    if (code != 0) {
        return error_set(error, STATUS_FAILED, "could not start a thread: %s", strerror(code));
    }
    return STATUS_OK;
}

void signals_stop(struct signals *signals)
{
    __atomic_store_n(&signals->ending, 1, __ATOMIC_RELEASE);
    (void)pthread_kill(signals->thread, SIGUSR2);
    (void)pthread_join(signals->thread, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
}
