/* SPDX-License-Identifier: MIT
 * For tests of providers: an answer of the wire in, what it means as one line of text. */
#ifndef PICSET_TEST_ANSWERS_H
#define PICSET_TEST_ANSWERS_H

#include "provider.h"

typedef void answer_read(const struct http_answer *answer, struct arena *arena, struct answer *out);

/* "RETRY task=… urls=a,b bytes=… mime=… code=422 retry=10 pause cost=6 progress=5: message": what
 * is unknown is left out; bytes as they are. */
void answer_line(const struct answer *answer, struct buffer *out);

struct answer_case {
    const char *name;
    long status; /* of HTTP; below 0: no answer, -status is the http_failure */
    const char *body;
    const char *line;
};

/* Reads each (ended by name NULL), compares the lines, and reads again with each allocation
 * failing: then the meaning must be the same, or the one of an answer that cannot be read. */
void assert_answers(answer_read *read, bool submit, const struct answer_case *cases);
/* As if all had a Retry-After of so many seconds. */
void assert_answers_after(answer_read *read, bool submit, double retry_after,
                          const struct answer_case *cases);

/* A request, written with each allocation failing too: "METHOD URL", "key: …", "type: …" and the
 * body. */
typedef enum status request_write(void *data, struct arena *arena, struct http_ask *out,
                                  struct error *error);
void assert_request(request_write *write, void *data, const char *text);

#endif
