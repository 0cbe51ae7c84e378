/* SPDX-License-Identifier: MIT
 * The protocol of Kie's job API, for whoever speaks it: the provider itself and the sandbox, which
 * is one with other models. */
#ifndef PICSET_KIE_H
#define PICSET_KIE_H

#include "provider.h"

enum { KIE_TASK_LONGEST = 128 }; /* characters of a task's id */

extern const struct model kie_models[];

enum status kie_submit(const struct endpoint *endpoint, const struct ask *ask, struct arena *arena,
                       struct http_ask *out, struct error *error);
enum status kie_poll(const struct endpoint *endpoint, const char *task, struct arena *arena,
                     struct http_ask *out, struct error *error);
enum status kie_refresh(const struct endpoint *endpoint, const char *url, struct arena *arena,
                        struct http_ask *out, struct error *error);
enum status kie_upload(const struct endpoint *endpoint, const struct reference *reference,
                       struct arena *arena, struct http_ask *out, struct error *error);
enum status kie_credit(const struct endpoint *endpoint, struct arena *arena, struct http_ask *out,
                       struct error *error);

void kie_submitted(const struct http_answer *answer, struct arena *arena, struct answer *out);
void kie_polled(const struct http_answer *answer, struct arena *arena, struct answer *out);
void kie_refreshed(const struct http_answer *answer, struct arena *arena, struct answer *out);
void kie_uploaded(const struct http_answer *answer, struct arena *arena, struct answer *out);
void kie_credited(const struct http_answer *answer, struct arena *arena, struct answer *out);

enum status kie_callback(const char *key, int64_t now, const char *timestamp, const char *signature,
                         const void *body, size_t size, struct arena *arena, const char **task,
                         struct error *error);

#endif
