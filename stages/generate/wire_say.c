/* SPDX-License-Identifier: MIT
 * What an answer means, in words: a service's own made fit for a line, a log and strangers' eyes,
 * and what it means when no answer came. Knows no service. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "generate/wire.h"
#include "text.h"

enum {
    WORDS_LONGEST = 400, /* bytes shown of a service's message */
    CODE_LONGEST = 64,
    RUN_SUSPECT = 20,  /* characters in a row, with a piece of PIECE_SUSPECT that has a digit, */
    PIECE_SUSPECT = 12 /* may be a key; names of models have short pieces */
};

void answer_start(struct answer *out, enum answer_kind kind)
{
    *out = (struct answer){.kind = kind,
                           .mime = "",
                           .code = "",
                           .message = "",
                           .retry_after = -1,
                           .cost = -1,
                           .progress = -1};
}

static bool in_run(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '*';
}

/* Services quote the key that they refuse, whole or in part. */
static bool like_a_key(const char *run, size_t size)
{
    static const char *const prefixes[] = {"sk-", "AIza", NULL};
    for (size_t i = 0; prefixes[i]; i++) {
        if (text_starts(run, prefixes[i]) && size >= 8) {
            return true;
        }
    }
    size_t piece = 0;
    bool digit = false;
    for (size_t i = 0; i < size && size >= RUN_SUSPECT; i++) {
        bool joint = run[i] == '-' || run[i] == '_';
        piece = joint ? 0 : piece + 1;
        digit = !joint && (digit || isdigit((unsigned char)run[i]));
        if (piece >= PIECE_SUSPECT && digit) {
            return true;
        }
    }
    return false;
}

static void add_words(struct buffer *out, const char *words)
{
    while (*words && out->size < WORDS_LONGEST) {
        size_t run = 0;
        while (in_run(words[run])) {
            run++;
        }
        if (run > 0 && like_a_key(words, run)) {
            buffer_text(out, "…");
        } else if (run > 0) {
            buffer_bytes(out, words, run < WORDS_LONGEST ? run : WORDS_LONGEST);
        } else if (isspace((unsigned char)*words)) {
            buffer_text(out, out->size && out->data[out->size - 1] != ' ' ? " " : "");
        } else {
            buffer_char(out, *words);
        }
        words += run ? run : 1;
    }
    while (((unsigned char)*words & 0xC0) == 0x80) { /* the rest of a character */
        buffer_char(out, *words++);
    }
    buffer_text(out, *words ? "…" : "");
}

const char *answer_words(struct arena *arena, const char *words)
{
    struct buffer line = {0}, shown = {0};
    add_words(&line, words);
    while (line.size > 0 && (line.data[line.size - 1] == ' ' || line.data[line.size - 1] == '.')) {
        line.data[--line.size] = '\0';
    }
    text_printable(&shown, buffer_string(&line));
    const char *copy = NULL;
    if (!buffer_failed(&line) && !buffer_failed(&shown)) {
        copy = arena_text(arena, buffer_string(&shown));
    }
    buffer_free(&line);
    buffer_free(&shown);
    return copy ? copy : "";
}

const char *answer_code(const char *code)
{
    size_t size = code ? strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789_-+./;= ")
                       : 0;
    return size > 0 && size <= CODE_LONGEST && !code[size] ? code : "";
}

void answer_say(struct answer *out, enum answer_kind kind, const char *code, const char *words,
                const char *otherwise, struct arena *arena)
{
    const char *message = answer_words(arena, words);
    out->kind = kind;
    out->code = answer_code(code);
    out->message = message[0] ? message : otherwise;
}

void answer_hint(struct answer *out, const char *hint, struct arena *arena)
{
    const char *both = arena_format(arena, "%s; %s", out->message, hint);
    out->message = both ? both : out->message;
}

const char *answer_status(const struct http_answer *answer, struct arena *arena)
{
    const char *code = arena_format(arena, "http %ld", answer->status);
    return code ? code : "";
}

bool answer_lost(const struct http_answer *answer, bool submit, struct arena *arena,
                 struct answer *out)
{
    static const struct {
        enum answer_kind submit, question;
        const char *code, *message;
    } meanings[] = {
        [HTTP_NOT_SENT] = {ANSWER_RETRY, ANSWER_RETRY, "not sent", "the service was not reached"},
        [HTTP_UNKNOWN] = {ANSWER_UNKNOWN, ANSWER_RETRY, "no answer", "no whole answer came"},
        [HTTP_TOO_LARGE] = {ANSWER_UNKNOWN, ANSWER_RETRY, "too large", "the answer is too large"},
        [HTTP_FORBIDDEN] = {ANSWER_STOP, ANSWER_STOP, "forbidden", "the address is not allowed"},
        [HTTP_STOPPED] = {ANSWER_UNKNOWN, ANSWER_RETRY, "stopped", "stopped before an answer came"},
    };
    if (answer->failure == HTTP_OK) {
        return false;
    }
    size_t i = answer->failure;
    answer_say(out, submit ? meanings[i].submit : meanings[i].question, meanings[i].code,
               answer->words ? answer->words : "", meanings[i].message, arena);
    return true;
}

bool words_in(const char *text, const char *const *words)
{
    for (; *words; words++) {
        size_t size = strlen(*words);
        for (const char *c = text; *c; c++) {
            if (strncasecmp(c, *words, size) == 0) {
                return true;
            }
        }
    }
    return false;
}

bool words_of_refusal(const char *text)
{
    static const char *const words[] = {
        "content_policy", "content policy", "content-policy", "prohibited", "sensitive",
        "flagged",        "moderation",     "nsfw",           "safety",     "inappropriate",
        "policy violat",  "violates",       "violation",      NULL};
    return words_in(text, words);
}
