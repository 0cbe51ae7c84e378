/* SPDX-License-Identifier: MIT
 * Kie.ai's market jobs: answers and callbacks. The envelope is {code, msg, data}; HTTP 200 says
 * nothing, `code` does; `msg` is sometimes `message`; any field may be null, "" or absent. */
#include <inttypes.h>
#include <string.h>

#include "generate/hmac.h"
#include "generate/kie.h"
#include "generate/wire.h"
#include "json.h"
#include "text.h"

enum {
    PAUSE_RATE = 10,         /* seconds: one window of the rate limit */
    PAUSE_MAINTENANCE = 120, /* seconds */
    URLS_MOST = 16,
    URL_LONGEST = 4096,
    CALLBACK_LARGEST = 1 << 20,
    CALLBACK_AGE = 300 /* seconds, in both directions */
};

struct envelope {
    const struct value *data; /* NULL: none, or null */
    long code;                /* the envelope's, else HTTP's */
    bool understood;          /* a body of theirs: a code or data in JSON */
    const char *words, *text; /* msg; code as text */
};

static struct envelope envelope_read(const struct http_answer *answer, struct arena *arena)
{
    struct body body = body_read(answer, arena);
    struct envelope envelope = {.code = answer->status};
    double code;
    if (body_number(body.root, "code", &code) && code >= 100 && code <= 999) {
        envelope.understood = true;
        envelope.code = (long)code;
    }
    envelope.words = body_text(body.root, "msg");
    if (!envelope.words[0]) {
        envelope.words = body_text(body.root, "message");
    }
    envelope.data = body.root ? value_get(body.root, "data") : NULL;
    if (envelope.data && envelope.data->type == VALUE_NULL) {
        envelope.data = NULL;
    }
    /* A gateway's refusal counts, whatever its body says. */
    if (answer->status >= 400 && envelope.code == 200) {
        envelope.code = answer->status;
    }
    const char *text = envelope.understood ? arena_format(arena, "%ld", envelope.code)
                                           : answer_status(answer, arena);
    envelope.text = text ? text : "";
    return envelope;
}

static bool no_control(const char *text, size_t longest)
{
    size_t size = 0;
    for (; text[size]; size++) {
        if ((unsigned char)text[size] < 0x21 || text[size] == 0x7F || size >= longest) {
            return false;
        }
    }
    return size > 0;
}

/* ---- Codes
 * ----------------------------------------------------------------------------------------- */

enum question { CREATE, ASK }; /* only asking may be done again by itself */

static bool words_of_validation(const char *words)
{
    static const char *const known[] = {
        "required",  "within the range", "invalid",     "not support", "unsupported",
        "not match", "must be",          "cannot be",   "can not be",  "too long",
        "maximum",   "not allowed",      "not a valid", NULL};
    return words_in(words, known);
}

/* 500 is said of invalid input, too; of all else nobody knows whether a task was made. */
static void say_server_error(const struct envelope *envelope, enum question question,
                             struct arena *arena, struct answer *out)
{
    enum answer_kind kind = ANSWER_RETRY;
    if (question == CREATE) {
        kind = !envelope->understood                  ? ANSWER_UNKNOWN
               : words_of_refusal(envelope->words)    ? ANSWER_REFUSED
               : words_of_validation(envelope->words) ? ANSWER_FAILED
                                                      : ANSWER_UNKNOWN;
    }
    answer_say(out, kind, envelope->text, envelope->words, "the service failed", arena);
}

static void say_pause(const struct envelope *envelope, const struct http_answer *answer,
                      double least, const char *otherwise, struct arena *arena, struct answer *out)
{
    answer_say(out, ANSWER_RETRY, envelope->text, envelope->words, otherwise, arena);
    out->retry_after = answer->retry_after > least ? answer->retry_after : least;
    out->pause_all = true;
}

/* What a code other than 200 means. */
static void say_code(const struct envelope *envelope, const struct http_answer *answer,
                     enum question question, struct arena *arena, struct answer *out)
{
    static const char *const retired[] = {"not support", NULL}; /* "model x is not supported" */
    const char *code = envelope->text, *words = envelope->words;
    enum answer_kind unclear = question == CREATE ? ANSWER_UNKNOWN : ANSWER_RETRY;
    switch (envelope->code) {
    case 401:
        answer_say(out, ANSWER_STOP, code, words, "the key is wrong, or not allowed here", arena);
        break;
    case 402:
        answer_say(out, ANSWER_STOP, code, words, "no credit is left", arena);
        break;
    case 403: /* Cloudflare's, without an envelope */
        answer_say(out, ANSWER_STOP, code, words, "access is forbidden", arena);
        break;
    case 433:
        answer_say(out, ANSWER_STOP, code, words, "the key's own limit is used up", arena);
        break;
    case 429:
        say_pause(envelope, answer, PAUSE_RATE, "too many requests", arena, out);
        break;
    case 455:
        say_pause(envelope, answer, PAUSE_MAINTENANCE, "the service is under maintenance", arena,
                  out);
        break;
    case 400:
    case 422:
        answer_say(out, words_of_refusal(words) ? ANSWER_REFUSED : ANSWER_FAILED, code, words,
                   "the request is invalid", arena);
        if (words_in(words, retired)) {
            answer_hint(out, "the model may be retired", arena);
        }
        break;
    case 404:
    case 405:
    case 413:
    case 501:
    case 505:
        answer_say(out, ANSWER_FAILED, code, words, "the service cannot do this", arena);
        break;
    default:
        if (envelope->code >= 500) {
            say_server_error(envelope, question, arena, out);
        } else if (envelope->code >= 300 && envelope->code < 400) {
            answer_say(out, ANSWER_STOP, code, words,
                       "the service sends elsewhere; is the base URL right?", arena);
        } else {
            answer_say(out, unclear, code, words, "the answer makes no sense", arena);
        }
    }
}

/* ---- Tasks
 * ----------------------------------------------------------------------------------------- */

void kie_submitted(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    answer_start(out, ANSWER_UNKNOWN);
    if (answer_lost(answer, true, arena, out)) {
        return;
    }
    struct envelope envelope = envelope_read(answer, arena);
    const char *task = body_text(envelope.data, "taskId");
    if (!task[0] && envelope.code == 200) {
        task = body_text(envelope.data, "recordId"); /* the same, where both are there */
    }
    /* With an id there is a task, whatever the code says. */
    if (no_control(task, KIE_TASK_LONGEST)) {
        out->kind = ANSWER_TASK;
        out->task = task;
        out->code = envelope.text;
        out->message = envelope.code == 200 ? "" : answer_words(arena, envelope.words);
        return;
    }
    if (envelope.code != 200) {
        say_code(&envelope, answer, CREATE, arena, out);
        return;
    }
    answer_say(out, ANSWER_UNKNOWN, envelope.text, "", "the answer names no task", arena);
}

/* resultJson: JSON text, or already an object. */
static const struct value *result_read(const struct value *data, struct arena *arena)
{
    const struct value *result = value_get(data, "resultJson"), *parsed = NULL;
    const char *text = body_text(data, "resultJson");
    struct error error = {0};
    if (result && result->type == VALUE_OBJECT) {
        return result;
    }
    if (!text[0] || json_parse(arena, text, strlen(text), &parsed, &error) != STATUS_OK) {
        return NULL;
    }
    return parsed->type == VALUE_OBJECT ? parsed : NULL;
}

static bool is_result_url(const char *url)
{
    return (text_starts(url, "https://") || text_starts(url, "http://")) &&
           no_control(url, URL_LONGEST);
}

static const char *url_of(const struct value *item)
{
    const char *url = item->type == VALUE_TEXT ? item->text : body_text(item, "url");
    return is_result_url(url) ? url : NULL;
}

/* The links of a list, or of a text alone; NULL when memory is short. */
static const char *const *urls_read(const struct value *list, struct arena *arena, size_t *count)
{
    const char **urls = arena_array(arena, URLS_MOST + 1, sizeof *urls);
    size_t items = !list ? 0 : list->type == VALUE_LIST ? list->list.count : 1;
    *count = 0;
    for (size_t i = 0; urls && i < items && *count < URLS_MOST; i++) {
        const char *url = url_of(list->type == VALUE_LIST ? list->list.items[i] : list);
        if (url) {
            urls[(*count)++] = url;
        }
    }
    return urls;
}

static void say_success(const struct value *data, struct arena *arena, struct answer *out)
{
    const struct value *result = result_read(data, arena);
    const struct value *list = result ? value_get(result, "resultUrls") : NULL;
    size_t count = 0;
    const char *const *urls =
        urls_read(list || !result ? list : value_get(result, "resultUrl"), arena, &count);
    double credits;
    if (body_number(data, "creditsConsumed", &credits) && credits >= 0) {
        out->cost = credits; /* read only now: it is 0 while a job waits */
    }
    if (!result || !urls) {
        answer_say(out, ANSWER_RETRY, "success", "", "the result cannot be read", arena);
    } else if (count == 0) {
        answer_say(out, ANSWER_FAILED, "success", "", "the task ended without an image", arena);
    } else {
        out->kind = ANSWER_IMAGE;
        out->urls = urls;
    }
}

static void say_failure(const struct value *data, const struct envelope *envelope,
                        struct arena *arena, struct answer *out)
{
    const char *words = body_text(data, "failMsg"), *code = body_text(data, "failCode");
    double number;
    if (!code[0] && body_number(data, "failCode", &number)) {
        code = arena_format(arena, "%.0f", number);
    }
    words = words[0] || envelope->code == 200 ? words : envelope->words;
    answer_say(out, words_of_refusal(words) ? ANSWER_REFUSED : ANSWER_FAILED,
               code && answer_code(code)[0] ? code : "fail", words, "the task failed", arena);
}

static void say_state(const struct value *data, const struct envelope *envelope,
                      struct arena *arena, struct answer *out)
{
    const char *state = body_text(data, "state");
    double progress;
    if (strcmp(state, "success") == 0) {
        say_success(data, arena, out);
    } else if (strcmp(state, "fail") == 0) {
        say_failure(data, envelope, arena, out);
    } else { /* waiting, queuing, generating, and what they may think of */
        out->kind = ANSWER_RUNNING;
        if (body_number(data, "progress", &progress) && progress >= 0 && progress <= 100) {
            out->progress = (int)progress;
        }
    }
}

/* A task that was made a moment ago is not known everywhere yet. */
static bool is_missing(const struct envelope *envelope)
{
    static const char *const words[] = {"not found", "not exist", "null", NULL};
    return (envelope->code == 200 && envelope->understood && !envelope->data) ||
           (envelope->code == 404 && envelope->understood) ||
           (envelope->code == 422 && words_in(envelope->words, words));
}

void kie_polled(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    answer_start(out, ANSWER_RETRY);
    if (answer_lost(answer, false, arena, out)) {
        return;
    }
    struct envelope envelope = envelope_read(answer, arena);
    const char *task = body_text(envelope.data, "taskId");
    out->task = no_control(task, KIE_TASK_LONGEST) ? task : NULL;
    if (body_text(envelope.data, "state")[0]) {
        say_state(envelope.data, &envelope, arena, out);
    } else if (is_missing(&envelope)) {
        answer_say(out, ANSWER_MISSING, envelope.text, envelope.words, "the task is not known",
                   arena);
    } else if (envelope.code == 200 || !envelope.understood) {
        answer_say(out, ANSWER_RETRY, envelope.text, "", "the answer cannot be read", arena);
        if (!envelope.understood && envelope.code != 200) {
            say_code(&envelope, answer, ASK, arena, out);
            out->kind = out->kind == ANSWER_FAILED ? ANSWER_RETRY : out->kind;
        }
    } else {
        say_code(&envelope, answer, ASK, arena, out);
    }
}

/* ---- Links, uploads, credit
 * ------------------------------------------------------------------------ */

static void say_url(const char *url, const struct envelope *envelope, struct arena *arena,
                    struct answer *out)
{
    const char **urls = arena_array(arena, 2, sizeof *urls);
    if (!envelope->understood || !urls) {
        answer_say(out, ANSWER_RETRY, envelope->text, "", "the answer cannot be read", arena);
    } else if (!is_result_url(url)) {
        answer_say(out, ANSWER_FAILED, envelope->text, "", "the answer holds no link", arena);
    } else {
        urls[0] = url;
        out->kind = ANSWER_URL;
        out->urls = urls;
    }
}

/* The envelope of an answer that is whole and says 200; otherwise what is wrong stands in `out`. */
static bool envelope_good(const struct http_answer *answer, struct arena *arena,
                          struct envelope *envelope, struct answer *out)
{
    answer_start(out, ANSWER_RETRY);
    if (answer_lost(answer, false, arena, out)) {
        return false;
    }
    *envelope = envelope_read(answer, arena);
    if (envelope->code != 200) {
        say_code(envelope, answer, ASK, arena, out);
    }
    return envelope->code == 200;
}

void kie_refreshed(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    struct envelope envelope;
    if (envelope_good(answer, arena, &envelope, out)) {
        const struct value *data = envelope.data;
        say_url(data && data->type == VALUE_TEXT ? data->text : body_text(data, "url"), &envelope,
                arena, out);
    }
}

void kie_uploaded(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    struct envelope envelope;
    if (envelope_good(answer, arena, &envelope, out)) {
        const char *url = body_text(envelope.data, "downloadUrl");
        say_url(url[0] ? url : body_text(envelope.data, "fileUrl"), &envelope, arena, out);
    }
}

void kie_credited(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    struct envelope envelope;
    if (!envelope_good(answer, arena, &envelope, out)) {
        return;
    }
    if (!envelope.data || !value_number(envelope.data, &out->cost)) {
        answer_say(out, ANSWER_RETRY, envelope.text, "", "the answer cannot be read", arena);
    } else {
        out->kind = ANSWER_CREDIT;
    }
}

/* ---- Callback ---- */

static const char *callback_task(const struct value *root)
{
    const struct value *data = value_get(root, "data");
    const char *task = body_text(data, "task_id");
    task = task[0] ? task : body_text(data, "taskId");
    return task[0] ? task : body_text(root, "taskId");
}

static bool is_timestamp(const char *text, int64_t *seconds)
{
    return strspn(text, "0123456789") == strlen(text) && text_to_int64(text, seconds);
}

/* The signature covers the task and the time, not the body: nothing else of it is believed. */
enum status kie_callback(const char *key, int64_t now, const char *timestamp, const char *signature,
                         const void *body, size_t size, struct arena *arena, const char **task,
                         struct error *error)
{
    int64_t seconds = 0;
    struct error ignored = {0};
    const struct value *root = NULL;
    if (!timestamp || !signature) {
        return error_set(error, STATUS_REFUSED, "the callback is not signed");
    }
    if (size > CALLBACK_LARGEST || !is_timestamp(timestamp, &seconds)) {
        return error_set(error, STATUS_USAGE, "the callback is malformed");
    }
    if (json_parse(arena, body, size, &root, &ignored) != STATUS_OK) {
        return ignored.status == STATUS_FAILED
                   ? error_memory(error)
                   : error_set(error, STATUS_USAGE, "the callback is no JSON");
    }
    const char *named = callback_task(root);
    if (!no_control(named, KIE_TASK_LONGEST)) {
        return error_set(error, STATUS_USAGE, "the callback names no task");
    }
    const char *message = arena_format(arena, "%s.%s", named, timestamp);
    if (!message) {
        return error_memory(error);
    }
    if (!key || !hmac_verify(key, message, strlen(message), signature)) {
        return error_set(error, STATUS_REFUSED, "the callback's signature is wrong");
    }
    int64_t age = now > seconds ? now - seconds : seconds - now;
    if (age > CALLBACK_AGE) {
        return error_set(error, STATUS_CHECK,
                         "the callback is %" PRId64 " s from now; at most %d are allowed", age,
                         CALLBACK_AGE);
    }
    *task = named;
    return STATUS_OK;
}
