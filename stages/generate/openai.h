/* SPDX-License-Identifier: MIT
 * The Images API of OpenAI and of servers that speak it: requests in openai.c, answers in
 * openai_answer.c. */
#ifndef PICSET_OPENAI_H
#define PICSET_OPENAI_H

#include "provider.h"

enum status openai_submit(const struct endpoint *endpoint, const struct ask *ask,
                          struct arena *arena, struct http_ask *out, struct error *error);
void openai_submitted(const struct http_answer *answer, struct arena *arena, struct answer *out);

#endif
