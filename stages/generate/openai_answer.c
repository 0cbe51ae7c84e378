/* SPDX-License-Identifier: MIT
 * OpenAI's Images API: answers. An image as base64, as a data: URL or as a link; errors in as many
 * shapes as there are servers. */
#include <string.h>

#include "generate/openai.h"
#include "generate/wire.h"
#include "text.h"

enum { URLS_MOST = 16, URL_LONGEST = 4096 };

/* ---- Errors
 * ---------------------------------------------------------------------------------------- */

struct failure {
    const char *words, *code, *type;
};

/* {"error": {…}}, {"error": "…"}, {"message": "…"}, {"detail": "…"}, {"detail": [{"msg": "…"}]}. */
static struct failure failure_read(const struct value *root)
{
    static const char *const keys[] = {"message", "error", "detail", "msg", NULL};
    struct failure failure = {"", "", ""};
    const struct value *error = root ? value_get(root, "error") : NULL;
    const struct value *detail = root ? value_get(root, "detail") : NULL;
    const struct value *from = error && error->type == VALUE_OBJECT ? error : root;
    if (detail && detail->type == VALUE_LIST && detail->list.count > 0) {
        from = detail->list.items[0];
    }
    for (size_t i = 0; from && keys[i] && !failure.words[0]; i++) {
        failure.words = body_text(from, keys[i]);
    }
    failure.code = body_text(from, "code");
    failure.type = body_text(from, "type");
    return failure;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(word, *list) == 0) {
            return true;
        }
    }
    return false;
}

static bool says(const struct failure *failure, const char *const *list)
{
    return is_one_of(failure->code, list) || is_one_of(failure->type, list);
}

static void say_failure(const struct value *root, const struct http_answer *answer,
                        struct arena *arena, struct answer *out)
{
    static const char *const refusals[] = {"moderation_blocked", "content_policy_violation",
                                           "content_filter", NULL};
    static const char *const stops[] = {"insufficient_quota", "billing_hard_limit_reached",
                                        "billing_not_active", "invalid_api_key", NULL};
    struct failure failure = failure_read(root);
    const char *words = failure.words;
    const char *code = failure.code[0]   ? failure.code
                       : failure.type[0] ? failure.type
                                         : answer_status(answer, arena);
    long status = answer->status;
    if (says(&failure, refusals) || (status == 400 && words_of_refusal(words))) {
        answer_say(out, ANSWER_REFUSED, code, words, "the prompt was refused", arena);
    } else if (says(&failure, stops) || status == 402) {
        answer_say(out, ANSWER_STOP, code, words, "no credit is left", arena);
    } else if (status == 401 || status == 403) {
        answer_say(out, ANSWER_STOP, code, words, "the key is wrong, or not allowed here", arena);
    } else if (status == 404) {
        answer_say(out, ANSWER_FAILED, code, words, "not found", arena);
        answer_hint(out, "the model may be retired", arena);
    } else if (status == 429) {
        answer_say(out, ANSWER_RETRY, code, words, "too many requests", arena);
        out->retry_after = answer->retry_after;
        out->pause_all = true;
    } else if (status == 408 || status == 409 || (status >= 500 && status <= 503)) {
        answer_say(out, ANSWER_RETRY, code, words, "the service failed", arena);
        out->retry_after = answer->retry_after;
    } else if (status >= 400 && status < 500) {
        answer_say(out, ANSWER_FAILED, code, words, "the request is invalid", arena);
    } else if (status >= 300 && status < 400) {
        answer_say(out, ANSWER_STOP, code, words,
                   "the service sends elsewhere; is the base URL right?", arena);
    } else { /* 504 and the like: a gateway did not wait for what may have been made */
        answer_say(out, ANSWER_UNKNOWN, code, words, "the service failed", arena);
    }
}

/* ---- Images
 * ---------------------------------------------------------------------------------------- */

static bool is_link(const char *url)
{
    size_t size = strlen(url);
    if (size > URL_LONGEST || (!text_starts(url, "https://") && !text_starts(url, "http://"))) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)url[i] < 0x21 || url[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

static const struct value *text_member(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    return value && value->type == VALUE_TEXT && value->text[0] ? value : NULL;
}

/* The first of the items that has the image's own bytes; NULL: none. */
static const struct value *bytes_find(const struct body *body, const struct value *list)
{
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        const struct value *base64 = text_member(item, "b64_json");
        const struct value *url = text_member(item, "url");
        if (base64 || (url && body_is_data_url(body, url))) {
            return base64 ? base64 : url;
        }
    }
    return NULL;
}

static void say_bytes(const struct body *body, const struct value *text, struct arena *arena,
                      struct answer *out)
{
    const char *format = body_text(body->root, "output_format");
    if (!body_image(body, text, arena, out)) {
        answer_say(out, ANSWER_UNKNOWN, "broken image", "", "the image in the answer is broken",
                   arena);
        return;
    }
    out->kind = ANSWER_IMAGE;
    if (!out->mime[0] && format_by_name(format) != FORMAT_NONE) {
        out->mime = format_info(format_by_name(format))->mime;
    }
}

/* All that goes in is counted as the dearest kind: pictures. */
static void say_usage(const struct value *root, struct answer *out)
{
    const struct value *usage = root ? value_get(root, "usage") : NULL;
    double in, out_tokens;
    if (body_number(usage, "input_tokens", &in) &&
        body_number(usage, "output_tokens", &out_tokens) && in >= 0 && out_tokens > 0) {
        out->tokens_in = in;
        out->tokens_out = out_tokens;
    }
}

static void say_links(const struct value *list, struct arena *arena, struct answer *out)
{
    const char **urls = arena_array(arena, URLS_MOST + 1, sizeof *urls);
    size_t count = 0;
    for (size_t i = 0; urls && i < list->list.count && count < URLS_MOST; i++) {
        const char *url = body_text(list->list.items[i], "url");
        if (is_link(url)) {
            urls[count++] = url;
        }
    }
    if (!urls) {
        answer_say(out, ANSWER_UNKNOWN, "", "", "the answer cannot be read", arena);
    } else if (count == 0) {
        answer_say(out, ANSWER_FAILED, "NO_IMAGE", "", "the answer holds no image", arena);
    } else {
        out->kind = ANSWER_IMAGE;
        out->urls = urls;
    }
}

void openai_submitted(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    answer_start(out, ANSWER_UNKNOWN);
    if (answer_lost(answer, true, arena, out)) {
        return;
    }
    struct body body = body_read(answer, arena);
    const struct value *list = body.root ? value_get(body.root, "data") : NULL;
    bool listed = list && list->type == VALUE_LIST;
    const struct value *bytes = listed ? bytes_find(&body, list) : NULL;
    if (answer->status < 200 || answer->status >= 300) {
        say_failure(body.root, answer, arena, out);
    } else if (listed) {
        say_usage(body.root, out);
        if (bytes) {
            say_bytes(&body, bytes, arena, out);
        } else {
            say_links(list, arena, out);
        }
    } else if (body.root && value_get(body.root, "error")) {
        say_failure(body.root, answer, arena, out);
    } else {
        answer_say(out, ANSWER_UNKNOWN, "", "", "the answer cannot be read", arena);
    }
}
