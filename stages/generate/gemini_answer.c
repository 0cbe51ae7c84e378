/* SPDX-License-Identifier: MIT
 * Google's generateContent: answers. An image among thoughts, a refusal under HTTP 200, a quota
 * that ends in seconds or tomorrow. What was answered was billed: nothing of it is asked for again.
 */
#include <ctype.h>
#include <string.h>

#include "generate/gemini.h"
#include "generate/wire.h"
#include "text.h"

enum { WORDS_LARGEST = 4 << 20, DELAY_LONGEST = 24 * 3600 };

struct found {
    const struct value *image, *thought; /* the last of each kind: inlineData objects */
    const char *finish, *finish_words;
    const char *block, *block_words;
    const struct value *error;
    bool any; /* it is an answer of theirs */
    struct buffer words;
};

/* proto3 JSON: either spelling. */
static const struct value *either(const struct value *object, const char *camel, const char *snake)
{
    const struct value *value = object ? value_get(object, camel) : NULL;
    return value || !object ? value : value_get(object, snake);
}

static size_t count_of(const struct value *list)
{
    return list && list->type == VALUE_LIST ? list->list.count : 0;
}

/* ---- What is in it
 * --------------------------------------------------------------------------------- */

static void look_at_part(const struct value *part, struct found *found)
{
    const struct value *thought = value_get(part, "thought");
    const struct value *data = either(part, "inlineData", "inline_data");
    bool is_thought = thought && thought->type == VALUE_BOOL && thought->boolean;
    const struct value *base64 = data ? value_get(data, "data") : NULL;
    if (base64 && base64->type == VALUE_TEXT && base64->text[0]) {
        *(is_thought ? &found->thought : &found->image) = data;
    }
    const char *text = body_text(part, "text");
    if (!is_thought && text[0]) {
        buffer_text(&found->words, found->words.size ? " " : "");
        buffer_text(&found->words, text);
    }
}

static void look_at_candidate(const struct value *candidate, struct found *found)
{
    const struct value *content = value_get(candidate, "content");
    const struct value *parts = content ? value_get(content, "parts") : NULL;
    const char *finish = body_text(candidate, "finishReason");
    for (size_t i = 0; i < count_of(parts); i++) {
        look_at_part(parts->list.items[i], found);
    }
    if (finish[0]) {
        found->finish = finish;
        found->finish_words = body_text(candidate, "finishMessage");
    }
    found->any = true;
}

static void look_at_document(const struct value *document, struct found *found)
{
    const struct value *candidates = value_get(document, "candidates");
    const struct value *feedback = either(document, "promptFeedback", "prompt_feedback");
    const struct value *error = value_get(document, "error");
    for (size_t i = 0; i < count_of(candidates); i++) {
        look_at_candidate(candidates->list.items[i], found);
    }
    if (feedback && body_text(feedback, "blockReason")[0]) {
        found->block = body_text(feedback, "blockReason");
        found->block_words = body_text(feedback, "blockReasonMessage");
        found->any = true;
    }
    if (error && error->type == VALUE_OBJECT) {
        found->error = error;
    }
    found->any = found->any || candidates || value_get(document, "usageMetadata");
}

/* An error, or the pieces of a stream, may stand in a list. */
static void look_at(const struct value *root, struct found *found)
{
    if (root && root->type == VALUE_LIST) {
        for (size_t i = 0; i < root->list.count; i++) {
            look_at_document(root->list.items[i], found);
        }
    } else if (root) {
        look_at_document(root, found);
    }
}

/* ---- Errors
 * ---------------------------------------------------------------------------------------- */

struct details {
    const char *reason;  /* of ErrorInfo */
    double delay;        /* seconds, of RetryInfo; < 0: none */
    bool until_tomorrow; /* a quota per day */
};

/* "34s", "34.07s"; < 0 when it is none. */
static double duration(const char *text)
{
    char digits[32];
    size_t size = strlen(text);
    double seconds;
    if (size < 2 || size > sizeof digits || text[size - 1] != 's') {
        return -1;
    }
    memcpy(digits, text, size - 1);
    digits[size - 1] = '\0';
    return text_to_double(digits, &seconds) && seconds >= 0 && seconds <= DELAY_LONGEST ? seconds
                                                                                        : -1;
}

static struct details details_of(const struct value *error)
{
    static const char *const day[] = {"PerDay", NULL};
    struct details details = {.reason = "", .delay = -1};
    const struct value *list = error ? value_get(error, "details") : NULL;
    for (size_t i = 0; i < count_of(list); i++) {
        const struct value *item = list->list.items[i];
        const struct value *violations = value_get(item, "violations");
        double delay = duration(body_text(item, "retryDelay"));
        const char *reason = body_text(item, "reason");
        details.delay = delay > details.delay ? delay : details.delay;
        details.reason = reason[0] ? reason : details.reason;
        for (size_t j = 0; j < count_of(violations); j++) {
            details.until_tomorrow |=
                words_in(body_text(violations->list.items[j], "quotaId"), day);
        }
    }
    return details;
}

/* "limit: 0" and not "limit: 05": this project has no such quota at all. */
static bool has_no_quota(const char *words)
{
    static const char limit[] = "limit: 0";
    for (const char *at = strstr(words, limit); at; at = strstr(at + 1, limit)) {
        char after = at[sizeof limit - 1];
        if (!isdigit((unsigned char)after) && after != '.') {
            return true;
        }
    }
    return false;
}

static void say_quota(const struct details *details, const struct http_answer *answer,
                      const char *code, const char *words, struct arena *arena, struct answer *out)
{
    if (details->until_tomorrow || has_no_quota(words)) {
        answer_say(out, ANSWER_STOP, code, words, "the quota is used up", arena);
        if (details->until_tomorrow) {
            answer_hint(out, "it is a quota per day", arena);
        }
        return;
    }
    answer_say(out, ANSWER_RETRY, code, words, "too many requests", arena);
    out->retry_after = details->delay >= 0 ? details->delay : answer->retry_after;
    out->pause_all = true;
}

static void say_invalid(const struct details *details, const char *code, const char *words,
                        struct arena *arena, struct answer *out)
{
    static const char *const key[] = {"api key not valid", "api key expired", "api_key_invalid",
                                      NULL};
    bool wrong_key = strcmp(details->reason, "API_KEY_INVALID") == 0 || words_in(words, key);
    bool nobody = wrong_key || strcmp(code, "FAILED_PRECONDITION") == 0; /* region, billing */
    answer_say(out, nobody ? ANSWER_STOP : ANSWER_FAILED, wrong_key ? "API_KEY_INVALID" : code,
               words, wrong_key ? "the key is wrong" : "the request is invalid", arena);
}

static void say_error(const struct value *error, const struct http_answer *answer,
                      struct arena *arena, struct answer *out)
{
    struct details details = details_of(error);
    const char *words = body_text(error, "message"), *code = body_text(error, "status");
    double number = (double)answer->status;
    if (answer->status < 400) {
        body_number(error, "code", &number);
    }
    code = code[0] ? code : answer_status(answer, arena);
    long status = number >= 0 && number < 1000 ? (long)number : 0;
    switch (status) {
    case 400:
        say_invalid(&details, code, words, arena, out);
        break;
    case 401:
    case 403:
        answer_say(out, ANSWER_STOP, code, words, "the key is wrong, or not allowed here", arena);
        break;
    case 402:
        answer_say(out, ANSWER_STOP, code, words, "no credit is left", arena);
        break;
    case 404:
        answer_say(out, ANSWER_FAILED, code, words, "not found", arena);
        answer_hint(out, "the model may be retired", arena);
        break;
    case 429:
        say_quota(&details, answer, details.reason[0] ? details.reason : code, words, arena, out);
        break;
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
        answer_say(out, ANSWER_RETRY, code, words, "the service failed", arena);
        out->retry_after = details.delay >= 0 ? details.delay : answer->retry_after;
        break;
    case 499:
        answer_say(out, ANSWER_UNKNOWN, code, words, "cancelled", arena);
        break;
    default:
        if (status < 400) {
            answer_say(out, status >= 300 ? ANSWER_STOP : ANSWER_UNKNOWN, code, words,
                       "the service sends elsewhere; is the base URL right?", arena);
        } else if (status < 500) {
            answer_say(out, ANSWER_FAILED, code, words, "the request is invalid", arena);
        } else {
            answer_say(out, ANSWER_UNKNOWN, code, words, "the service failed", arena);
        }
    }
}

/* ---- Answers
 * --------------------------------------------------------------------------------------- */

static bool is_refusal(const char *finish)
{
    static const char *const refusals[] = {
        "SAFETY", "RECITATION", "BLOCKLIST", "SPII", "IMAGE_SAFETY", "PROHIBITED_CONTENT", NULL,
    };
    static const char image[] = "IMAGE_";
    for (size_t i = 0; refusals[i]; i++) {
        if (strcmp(finish, refusals[i]) == 0 ||
            (text_starts(finish, image) && strcmp(finish + strlen(image), refusals[i]) == 0)) {
            return true;
        }
    }
    return false;
}

static void say_image(const struct body *body, const struct value *data, struct arena *arena,
                      struct answer *out)
{
    const char *mime = body_text(data, "mimeType");
    if (!body_image(body, value_get(data, "data"), arena, out)) {
        answer_say(out, ANSWER_UNKNOWN, "broken image", "", "the image in the answer is broken",
                   arena);
        return;
    }
    out->kind = ANSWER_IMAGE;
    mime = mime[0] ? mime : body_text(data, "mime_type");
    out->mime = out->mime[0] ? out->mime : answer_code(mime);
}

/* Why no image came, in the order of who knows best. */
static void say_none(const struct found *found, struct arena *arena, struct answer *out)
{
    const char *words = found->finish_words && found->finish_words[0]
                            ? found->finish_words
                            : buffer_string(&found->words);
    if (found->block) {
        answer_say(out, ANSWER_REFUSED, found->block, found->block_words, "the prompt was refused",
                   arena);
    } else if (found->finish && is_refusal(found->finish)) {
        answer_say(out, ANSWER_REFUSED, found->finish, words, "the image was refused", arena);
    } else {
        bool stopped = !found->finish || strcmp(found->finish, "STOP") == 0;
        answer_say(out, ANSWER_FAILED, stopped ? "NO_IMAGE" : found->finish, words,
                   "the answer holds no image", arena);
    }
}

/* Drafts are thoughts; only when a whole answer has nothing else, the last of them is the image. */
static void say_found(const struct body *body, const struct found *found, struct arena *arena,
                      struct answer *out)
{
    bool stopped = !found->block && (!found->finish || strcmp(found->finish, "STOP") == 0);
    const struct value *image = found->image            ? found->image
                                : stopped && found->any ? found->thought
                                                        : NULL;
    if (image) {
        say_image(body, image, arena, out);
    } else if (found->any) {
        say_none(found, arena, out);
    } else {
        answer_say(out, ANSWER_UNKNOWN, "", "", "the answer cannot be read", arena);
    }
}

void gemini_submitted(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    answer_start(out, ANSWER_UNKNOWN);
    if (answer_lost(answer, true, arena, out)) {
        return;
    }
    struct body body = body_read(answer, arena);
    struct found found = {.words = {.limit = WORDS_LARGEST}};
    look_at(body.root, &found);
    if (answer->status < 200 || answer->status >= 300 || (found.error && !found.image)) {
        say_error(found.error, answer, arena, out);
    } else {
        say_found(&body, &found, arena, out);
    }
    buffer_free(&found.words);
}
