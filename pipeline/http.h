/* SPDX-License-Identifier: MIT
 * Requests over HTTP: one thread, many transfers. Implemented in stages/generate/http*.c, the only
 * files that know curl. HTTPS only, except to loopback; API calls follow no redirect; downloads
 * carry no credential, follow at most five, and reach no private, loopback or link-local address
 * after resolution (each hop) unless the base URL itself is local. */
#ifndef PICSET_HTTP_H
#define PICSET_HTTP_H

#include "provider.h"

struct http;
struct secret; /* a key: locked in memory where possible, wiped when released, never printed */

/* From the environment variable, when it is there and not empty; else from `file`, when it is not
 * NULL: a plain file of yours, mode 0600 or 0400, no link (STATUS_MISSING when it is not there);
 * else a NULL secret with STATUS_OK. Turns core dumps off for the process before the key is read.
 */
PICSET_NODISCARD enum status secret_load(const char *variable, const char *file,
                                         struct secret **out, struct error *error);
PICSET_NODISCARD enum status secret_from_text(const char *text, struct secret **out,
                                              struct error *error);
const char *secret_text(const struct secret *secret); /* for HMAC only; "" for NULL */
void secret_free(struct secret *secret);

PICSET_NODISCARD enum status http_new(struct http **out, struct error *error);
/* Ends transfers under way with HTTP_STOPPED, calls their `done`, joins the thread. NULL is fine.
 */
void http_free(struct http *http);

/* Sends; `done` is called on the HTTP thread, exactly once, with an answer that is borrowed for the
 * call, and must not block; it may send. secret may be NULL. The request's text and the secret may
 * go after the call. A URL that is not allowed is told to `done` like every other failure; a key
 * that the service repeats in its answer is blanked out there. A POST is sent at most once. */
PICSET_NODISCARD enum status http_send(struct http *http, const struct http_ask *ask,
                                       const struct secret *secret,
                                       void (*done)(void *data, const struct http_answer *answer),
                                       void *data, struct error *error);
/* Fetches a result: no credential, redirects bounded, addresses checked. `local` when the
 * provider's base URL is on loopback: then loopback is allowed, too. */
PICSET_NODISCARD enum status http_fetch(struct http *http, const char *url, int64_t answer_max,
                                        bool local,
                                        void (*done)(void *data, const struct http_answer *answer),
                                        void *data, struct error *error);
/* Waits for one; the answer's text lives in the arena. Not from `done`. */
PICSET_NODISCARD enum status http_wait(struct http *http, const struct http_ask *ask,
                                       const struct secret *secret, struct arena *arena,
                                       struct http_answer *out, struct error *error);
/* Why nothing can be asked of this base URL; NULL: it can. */
const char *http_unfit(const char *url);
/* Is this base URL on loopback (127.0.0.0/8, ::1, localhost)? */
bool http_local(const char *url);

#endif
