/* SPDX-License-Identifier: MIT
 * What every provider's protocol needs: requests as JSON or as a form, answers as JSON whose large
 * texts stay where they are, and one way to say what an answer means. Knows no service. */
#ifndef PICSET_WIRE_H
#define PICSET_WIRE_H

#include "provider.h"
#include "value.h"

/* ---- Requests
 * -------------------------------------------------------------------------------------- */

/* A buffer in the arena with room for `size` bytes and not one more; NULL data when memory is
 * short. */
struct buffer wire_buffer(struct arena *arena, size_t size);
PICSET_NODISCARD enum status wire_json(struct http_ask *out, const struct value *value,
                                       struct arena *arena, struct error *error);
/* Sets the member, where text is not NULL; NULL object is passed on. */
struct value *wire_set(struct arena *arena, struct value *object, const char *key,
                       const char *text);
/* "a=…" for a URL's query, escaped; NULL when memory is short. */
const char *wire_escape(struct arena *arena, const char *text);

struct part { /* of a form */
    const char *name;
    const char *file; /* its name; NULL: a plain field */
    const char *mime; /* of a file */
    const void *bytes;
    size_t size;
};

/* multipart/form-data (RFC 7578), the same bytes for the same parts. */
PICSET_NODISCARD enum status wire_form(struct http_ask *out, const struct part *parts, size_t count,
                                       struct arena *arena, struct error *error);

/* ---- Answers
 * --------------------------------------------------------------------------------------- */

struct blob {
    const char *text;
    size_t size;
};

struct body {
    const struct value *root; /* NULL: no JSON, or no memory for it */
    struct blob *blobs;       /* texts too long to be words, still escaped; in `root` a mark each */
    size_t blob_count;
};

/* The answer's JSON; what is large in it is not copied, so the answer's bytes must stay. */
struct body body_read(const struct http_answer *answer, struct arena *arena);
/* The member's text; "" when it is none, or one of the large ones. */
const char *body_text(const struct value *object, const char *key);
/* An int, a real, or either as text: services change their minds. */
bool body_number(const struct value *object, const char *key, double *number);
/* An image as base64 or as a data: URL. False when it is none, broken, or memory is short. */
bool body_image(const struct body *body, const struct value *text, struct arena *arena,
                struct answer *out);
bool body_is_data_url(const struct body *body, const struct value *text);

/* Nothing known, of this kind. */
void answer_start(struct answer *out, enum answer_kind kind);
/* The service's words for a person: one line, bounded, nothing that looks like a key. "" for none.
 */
const char *answer_words(struct arena *arena, const char *words);
/* A service's word for something, where it is one; "" otherwise. */
const char *answer_code(const char *code);
/* Kind, code and message at once; `words` as the service wrote them, `otherwise` when it wrote
 * none. */
void answer_say(struct answer *out, enum answer_kind kind, const char *code, const char *words,
                const char *otherwise, struct arena *arena);
/* "MESSAGE; HINT". */
void answer_hint(struct answer *out, const char *hint, struct arena *arena);
/* True when nothing whole came back, and then says what that means: for a request that asks for
 * something new (`submit`) or one that only asks. */
bool answer_lost(const struct http_answer *answer, bool submit, struct arena *arena,
                 struct answer *out);
/* "http 502": what to say when the body says nothing. */
const char *answer_status(const struct http_answer *answer, struct arena *arena);
/* True when text holds one of the words, ended by NULL, of any case. */
bool words_in(const char *text, const char *const *words);
/* The service speaks of forbidden content. */
bool words_of_refusal(const char *text);

#endif
