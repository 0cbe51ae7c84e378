/* SPDX-License-Identifier: MIT
 * Answers as lines, and requests as text. */
#include "support.h"

#include <string.h>

#include "answers.h"
#include "text.h"

static const char *const kinds[] = {
    [ANSWER_IMAGE] = "IMAGE",     [ANSWER_TASK] = "TASK",       [ANSWER_RUNNING] = "RUNNING",
    [ANSWER_MISSING] = "MISSING", [ANSWER_URL] = "URL",         [ANSWER_CREDIT] = "CREDIT",
    [ANSWER_REFUSED] = "REFUSED", [ANSWER_FAILED] = "FAILED",   [ANSWER_RETRY] = "RETRY",
    [ANSWER_STOP] = "STOP",       [ANSWER_UNKNOWN] = "UNKNOWN",
};

static void add_number(struct buffer *out, const char *name, double number)
{
    if (number >= 0) {
        buffer_format(out, " %s=", name);
        text_number(out, number);
    }
}

void answer_line(const struct answer *answer, struct buffer *out)
{
    buffer_text(out, kinds[answer->kind]);
    if (answer->task) {
        buffer_format(out, " task=%s", answer->task);
    }
    for (size_t i = 0; answer->urls && answer->urls[i]; i++) {
        buffer_format(out, "%s%s", i ? "," : " urls=", answer->urls[i]);
    }
    if (answer->bytes) {
        buffer_text(out, " bytes=");
        buffer_bytes(out, answer->bytes, answer->size);
    }
    buffer_format(out, "%s%s", answer->mime[0] ? " mime=" : "", answer->mime);
    buffer_format(out, "%s%s", answer->code[0] ? " code=" : "", answer->code);
    add_number(out, "retry", answer->retry_after);
    buffer_text(out, answer->pause_all ? " pause" : "");
    add_number(out, "cost", answer->cost);
    add_number(out, "progress", answer->progress);
    buffer_format(out, "%s%s", answer->message[0] ? ": " : "", answer->message);
}

struct reading {
    answer_read *read;
    bool submit;
    const struct answer_case *wanted;
    struct http_answer answer;
    struct buffer line;
};

static void read_once(struct reading *reading, struct arena *arena, struct answer *out)
{
    reading->read(&reading->answer, arena, out);
}

/* Without memory an answer may be taken as unreadable; it must not be taken for something else. */
static bool read_short(void *data)
{
    struct reading *reading = data;
    struct arena *arena = arena_new();
    struct answer answer;
    if (!arena) {
        return false;
    }
    read_once(reading, arena, &answer);
    struct buffer line = {0};
    enum answer_kind unread = reading->submit ? ANSWER_UNKNOWN : ANSWER_RETRY;
    bool same = strncmp(kinds[answer.kind], reading->line.data, strlen(kinds[answer.kind])) == 0;
    /* HTTP's own status is known without memory, and may stand for what the body would have said.
     */
    if (!same && answer.kind != unread && reading->answer.status == 200) {
        fail_msg("%s: without memory it is %s", reading->wanted->name, kinds[answer.kind]);
    }
    answer_line(&answer, &line);
    bool whole = !buffer_failed(&line) && strcmp(line.data, reading->line.data) == 0;
    buffer_free(&line);
    arena_free(arena);
    return whole;
}

static void assert_answer(answer_read *read, bool submit, double retry_after,
                          const struct answer_case *wanted)
{
    size_t size = strlen(wanted->body ? wanted->body : "");
    /* An exact copy, so that a byte read beyond the end is noticed. */
    char *body = size ? memcpy(test_malloc(size), wanted->body, size) : NULL;
    struct reading reading = {
        .read = read,
        .submit = submit,
        .wanted = wanted,
        .answer = {.failure = wanted->status < 0 ? (enum http_failure) - wanted->status : HTTP_OK,
                   .status = wanted->status < 0 ? 0 : wanted->status,
                   .content_type = "application/json",
                   .retry_after = retry_after,
                   .request_id = "",
                   .body = body,
                   .size = size,
                   .words = ""},
    };
    struct arena *arena = arena_new();
    struct answer answer;
    read_once(&reading, arena, &answer);
    answer_line(&answer, &reading.line);
    if (strcmp(buffer_string(&reading.line), wanted->line) != 0) {
        fail_msg("%s:\n  is     %s\n  wanted %s", wanted->name, buffer_string(&reading.line),
                 wanted->line);
    }
    support_each_allocation(read_short, &reading);
    buffer_free(&reading.line);
    arena_free(arena);
    test_free(body);
}

void assert_answers_after(answer_read *read, bool submit, double retry_after,
                          const struct answer_case *cases)
{
    for (; cases->name; cases++) {
        assert_answer(read, submit, retry_after, cases);
    }
}

void assert_answers(answer_read *read, bool submit, const struct answer_case *cases)
{
    assert_answers_after(read, submit, -1, cases);
}

struct writing {
    request_write *write;
    void *data;
};

static bool write_short(void *data)
{
    struct writing *writing = data;
    struct arena *arena = arena_new();
    struct http_ask http = {.method = "untouched"};
    struct error error = {0};
    bool done = arena && writing->write(writing->data, arena, &http, &error) == STATUS_OK;
    if (arena && !done) {
        assert_error_text(&error, STATUS_FAILED, "out of memory");
        assert_string_equal(http.method, "untouched");
    }
    arena_free(arena);
    return done;
}

void assert_request(request_write *write, void *data, const char *text)
{
    struct arena *arena = arena_new();
    struct http_ask http = {0};
    struct error error = {0};
    struct buffer shown = {0};
    if (write(data, arena, &http, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    buffer_format(&shown, "%s %s\nkey: %s\n", http.method, http.url,
                  http.key_header ? http.key_header : "none");
    if (http.body) {
        buffer_format(&shown, "type: %s\n", http.content_type);
        buffer_bytes(&shown, http.body, http.body_size);
    }
    assert_true(http.answer_max > 0 && http.seconds > 0);
    assert_buffer_text(&shown, text);
    arena_free(arena);
    struct writing writing = {write, data};
    support_each_allocation(write_short, &writing);
}
