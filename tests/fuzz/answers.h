/* SPDX-License-Identifier: MIT
 * For fuzz targets of providers: what holds of every answer, whatever came over the wire. */
#ifndef PICSET_TEST_FUZZ_ANSWERS_H
#define PICSET_TEST_FUZZ_ANSWERS_H

#include "fuzz.h"

#include <string.h>

#include "provider.h"
#include "text.h"

/* The first line of the input is HTTP's status, where it is a number; the rest is the body. */
static inline struct http_answer fuzz_answer(const uint8_t *data, size_t size, struct arena *arena)
{
    struct http_answer answer = {
        .status = 200, .content_type = "", .retry_after = -1, .request_id = "", .words = ""};
    const uint8_t *line = size ? memchr(data, '\n', size < 8 ? size : 8) : NULL;
    int64_t status;
    if (line &&
        text_to_int64(arena_slice(arena, (const char *)data, (size_t)(line - data)), &status)) {
        answer.status = (long)status;
        size -= (size_t)(line + 1 - data);
        data = line + 1;
    }
    answer.body = data;
    answer.size = size;
    return answer;
}

static inline void fuzz_holds(const struct answer *answer, const struct http_answer *http)
{
    HOLDS(answer->kind <= ANSWER_UNKNOWN);
    HOLDS(answer->mime && answer->code && answer->message);
    HOLDS(!strpbrk(answer->mime, "\n\r\x1b") && !strpbrk(answer->code, "\n\r\x1b"));
    HOLDS(strlen(answer->message) <= 4 * 1024 && !strpbrk(answer->message, "\n\r\x1b"));
    HOLDS(text_is_utf8(answer->message, strlen(answer->message)));
    HOLDS((answer->kind == ANSWER_TASK) <= (answer->task && answer->task[0]));
    HOLDS((answer->kind == ANSWER_IMAGE) <= (answer->bytes || (answer->urls && answer->urls[0])));
    HOLDS((answer->kind == ANSWER_URL) <= (answer->urls && answer->urls[0]));
    HOLDS(!answer->bytes || (answer->size > 0 && answer->size <= http->size));
    HOLDS(answer->progress >= -1 && answer->progress <= 100);
    for (size_t i = 0; answer->urls && answer->urls[i]; i++) {
        HOLDS(text_starts(answer->urls[i], "http"));
        HOLDS(!strpbrk(answer->urls[i], " \r\n\t"));
    }
}

static inline void fuzz_read(void (*read)(const struct http_answer *http, struct arena *arena,
                                          struct answer *out),
                             const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct http_answer http = fuzz_answer(data, size, arena);
    struct answer answer;
    read(&http, arena, &answer);
    fuzz_holds(&answer, &http);
    arena_free(arena);
}

#endif
