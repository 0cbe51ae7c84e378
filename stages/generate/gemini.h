/* SPDX-License-Identifier: MIT
 * Google's generateContent for images: requests in gemini.c, answers in gemini_answer.c. */
#ifndef PICSET_GEMINI_H
#define PICSET_GEMINI_H

#include "provider.h"

enum status gemini_submit(const struct endpoint *endpoint, const struct ask *ask,
                          struct arena *arena, struct http_ask *out, struct error *error);
void gemini_submitted(const struct http_answer *answer, struct arena *arena, struct answer *out);

#endif
