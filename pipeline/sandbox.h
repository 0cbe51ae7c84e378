/* SPDX-License-Identifier: MIT
 * A stand-in for the services that make images: an HTTP server on loopback that speaks Kie's,
 * Gemini's and OpenAI's protocols, draws a picture for every prompt, keeps a ledger of what was
 * asked, and misbehaves on request. Implemented in stages/generate/sandbox*.c.
 *
 *   GET  /_sandbox             settings, counts, faults that are armed
 *   GET  /_sandbox/ledger      every task: prompt, cost, state, how often it was fetched
 *   GET  /_sandbox/faults      every fault there is
 *   POST /_sandbox/faults      {"name":"rate-limit","count":2,"after":5}, or {"clear":true}
 *   POST /_sandbox/settings    {"seconds":0.1,"rate":[20,10],"credit":50,"advance":3600} */
#ifndef PICSET_SANDBOX_H
#define PICSET_SANDBOX_H

#include "error.h"

struct sandbox;

#define SANDBOX_PORT 8765 /* where `picset sandbox` is found when nothing else is said */

struct sandbox_settings {
    const char *address; /* as server_settings; NULL: 127.0.0.1 */
    int port;            /* 0: any that is free */
    double seconds;      /* from a task's creation to its result; 0: at once */
    int rate_count;      /* creates in any rate_seconds; 0: no limit */
    double rate_seconds;
    double credit;             /* at the start, in Kie's credits of half a cent; 0: 10000 */
    const char *key;           /* what clients must send; NULL: anything, or nothing */
    const char *webhook_key;   /* signs callbacks; NULL: they are not signed */
    const char *const *faults; /* "NAME[:COUNT][@AFTER]", ended by NULL; NULL: none */
    /* One line for each thing that happens. On any thread; NULL: nobody listens. */
    void (*event)(void *data, const char *line);
    void *data;
};

PICSET_NODISCARD enum status sandbox_start(const struct sandbox_settings *settings,
                                           struct sandbox **out, struct error *error);
int sandbox_port(const struct sandbox *sandbox);
const char *sandbox_url(const struct sandbox *sandbox); /* base URL of all its protocols */
void sandbox_stop(struct sandbox *sandbox);             /* NULL is fine */

/* COUNT times (1 when not said, "*": always) after AFTER times without. STATUS_USAGE. */
PICSET_NODISCARD enum status sandbox_fault(struct sandbox *sandbox, const char *fault,
                                           struct error *error);
/* The i-th fault there is; NULL ends. `where` is what it strikes. */
const char *sandbox_fault_name(size_t i, const char **where, const char **help);

#endif
