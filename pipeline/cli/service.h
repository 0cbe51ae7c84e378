/* SPDX-License-Identifier: MIT
 * The service that makes images from prompts: which one, with which key, at which address; and the
 * built-in sandbox where there is no key. */
#ifndef PICSET_CLI_SERVICE_H
#define PICSET_CLI_SERVICE_H

#include "cli.h"
#include "generate.h"
#include "make_options.h"
#include "project.h"
#include "sandbox.h"

struct listener;

struct service {
    const struct provider *provider;
    struct provider stand_in; /* the sandbox in the place of a provider: `provider` points here */
    const struct model *model;
    struct endpoint endpoint;
    bool local;               /* the sandbox answers, or some other server on this machine */
    bool built_in, asked_for; /* the sandbox answers; because the user said so */
    const char *keyless;      /* nothing can be sent, and why; NULL: it can */
    struct secret *secret, *callback_key;
    struct sandbox *sandbox;
    struct listener *listener;
    struct http *http;
    double pace; /* 1; less from PICSET_PACE, for tests */
    struct journal *journal;
    const char *journal_folder;
    FILE *log;
};

/* Decides from options and project, loads the key, sends nothing. `keyed` false: without the key's
 * text, for a plan. */
PICSET_NODISCARD enum status service_choose(struct cli *cli,
                                            const struct generation_options *options,
                                            const struct project *project, struct service *out,
                                            struct error *error);
/* The journal of former runs; with `make` false only when it is there, else journal NULL. */
PICSET_NODISCARD enum status service_journal(struct cli *cli, const struct project *project,
                                             bool make, struct service *service,
                                             struct error *error);
/* Starts what is needed to send: HTTP, the sandbox, the log, the receiver of callbacks, whose hints
 * go to `hint`. */
PICSET_NODISCARD enum status service_open(struct cli *cli, const struct generation_options *options,
                                          void (*hint)(void *data, const char *task), void *data,
                                          struct service *service, struct error *error);
/* US dollars that the service says are left; < 0: it does not say, or not now. Waits some seconds.
 */
double service_credit(const struct service *service, struct arena *arena);
/* Ends the receiver of callbacks: after this no hint is given. */
void service_deafen(struct service *service);
void service_close(struct service *service);

#endif
