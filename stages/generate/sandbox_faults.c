/* SPDX-License-Identifier: MIT
 * How the sandbox misbehaves: one table, what is armed of it, and what each does to an answer. */
#include <string.h>

#include "memory.h"
#include "generate/sandbox_parts.h"
#include "suggest.h"
#include "text.h"

const char *const sandbox_places[PLACE_COUNT] = {"create", "created", "task",   "poll",
                                                 "fetch",  "refresh", "upload", "callback"};

#define INTERNAL "Internal Error, Please try again later."
#define SENSITIVE "CONTENT_POLICY_BLOCKED: the input was flagged as sensitive."

/* clang-format off */
const struct sandbox_fault sandbox_faults[] = {
    /* a create is turned away, and nothing is made */
    {"rate-limit", AT_CREATE, EFFECT_SAY, 429, 429, 0, "Rate limit exceeded", "429 without Retry-After"},
    {"rate-limit-after", AT_CREATE, EFFECT_SAY, 429, 429, 1, "Rate limit exceeded", "429 with Retry-After or RetryInfo: 1 s"},
    {"rate-limit-code", AT_CREATE, EFFECT_SAY, 200, 429, 0, "Rate limit exceeded", "HTTP 200 with code 429 in it"},
    {"server-error", AT_CREATE, EFFECT_SAY, 500, 500, 0, INTERNAL, "500: nobody can tell whether the task is made"},
    {"server-code", AT_CREATE, EFFECT_SAY, 200, 500, 0, INTERNAL, "HTTP 200 with code 500 in it"},
    {"bad-gateway", AT_CREATE, EFFECT_HTML, 502, 0, 0, "502 Bad Gateway", "502 with a page of HTML: nobody can tell whether the task is made"},
    {"unavailable", AT_CREATE, EFFECT_SAY, 503, 503, 0, "The service is overloaded.", "503"},
    {"maintenance", AT_CREATE, EFFECT_SAY, 200, 455, 0, "The service is under maintenance.", "HTTP 200 with code 455 in it"},
    {"bad-key", AT_CREATE, EFFECT_SAY, 401, 401, 0, "You do not have access permissions", "401: the key is wrong"},
    {"key-limit", AT_CREATE, EFFECT_SAY, 200, 433, 0, "The sub-key usage exceeds its limit", "code 433: the key's own limit"},
    {"no-credit", AT_CREATE, EFFECT_SAY, 402, 402, 0, "Insufficient credits", "402: with @AFTER in the middle of a batch"},
    {"quota-day", AT_CREATE, EFFECT_SAY, 429, 433, 0, "You exceeded your current quota, limit: 0", "a quota for the day: no use to wait"},
    {"wrapped-error", AT_CREATE, EFFECT_WRAPPED, 429, 429, 1.5, "Resource has been exhausted", "Gemini: 429 in a list of one"},
    {"invalid", AT_CREATE, EFFECT_SAY, 200, 422, 0, "aspect_ratio is not within the range of allowed options", "code 422: the request is wrong"},
    {"hang-create", AT_CREATE, EFFECT_HANG, 0, 0, 0, NULL, "no answer: nobody can tell that no task is made"},
    /* the task is made and paid, and the answer goes wrong */
    {"hang-created", AT_MADE, EFFECT_HANG, 0, 0, 0, NULL, "the task is made, and no answer comes"},
    {"drop-created", AT_MADE, EFFECT_DROP, 0, 0, 0, NULL, "the task is made, and the connection closed"},
    {"cut-created", AT_MADE, EFFECT_CUT, 0, 0, 0, NULL, "the task is made, and half the answer comes"},
    {"html-created", AT_MADE, EFFECT_HTML, 502, 0, 0, "502 Bad Gateway", "the task is made, and the answer is a 502 of HTML"},
    {"error-with-task", AT_MADE, EFFECT_WITH_TASK, 200, 500, 0, INTERNAL, "Kie: code 500, and the task's id all the same"},
    /* the task's fate */
    {"refused", AT_TASK, EFFECT_REFUSE, 0, 422, 0, SENSITIVE, "the prompt is refused, in each protocol's way"},
    {"no-image", AT_TASK, EFFECT_NO_IMAGE, 0, 0, 0, NULL, "the answer says success and holds no image"},
    {"fail-400", AT_TASK, EFFECT_FAIL, 0, 400, 0, "Invalid prompt: prompt contains prohibited content", "the task fails with code 400"},
    {"fail-422", AT_TASK, EFFECT_FAIL, 0, 422, 0, "image_input does not match format 'uri'", "the task fails with code 422"},
    {"fail-429", AT_TASK, EFFECT_FAIL, 0, 429, 0, "The upstream is busy", "the task fails with code 429"},
    {"fail-500", AT_TASK, EFFECT_FAIL, 0, 500, 0, INTERNAL, "the task fails with code 500"},
    {"fail-501", AT_TASK, EFFECT_FAIL, 0, 501, 0, "Generation Failed", "the task fails with code 501"},
    {"fail-505", AT_TASK, EFFECT_FAIL, 0, 505, 0, "The feature is disabled", "the task fails with code 505"},
    {"thought-first", AT_TASK, EFFECT_THOUGHT, 0, 0, 0, NULL, "Gemini: a draft marked as thought comes first"},
    {"draft-first", AT_TASK, EFFECT_DRAFT, 0, 0, 0, NULL, "Gemini: a smaller image, unmarked, comes first"},
    /* questions after a task */
    {"poll-rate-limit", AT_POLL, EFFECT_SAY, 429, 429, 0, "Rate limit exceeded", "429"},
    {"poll-error", AT_POLL, EFFECT_SAY, 500, 500, 0, INTERNAL, "500"},
    {"poll-bad-gateway", AT_POLL, EFFECT_HTML, 502, 0, 0, "502 Bad Gateway", "502 with a page of HTML"},
    {"poll-unavailable", AT_POLL, EFFECT_SAY, 503, 503, 0, "The service is overloaded.", "503"},
    {"poll-hang", AT_POLL, EFFECT_HANG, 0, 0, 0, NULL, "no answer"},
    {"poll-cut", AT_POLL, EFFECT_CUT, 0, 0, 0, NULL, "half the answer"},
    {"poll-text", AT_POLL, EFFECT_TEXT, 200, 0, 0, "upstream connect error", "no JSON"},
    {"poll-bomb", AT_POLL, EFFECT_BOMB, 0, 0, 0, NULL, "gzip of 4 GiB"},
    {"poll-null", AT_POLL, EFFECT_NO_DATA, 0, 0, 0, NULL, "code 200 and data null"},
    {"poll-state", AT_POLL, EFFECT_STATE, 0, 0, 0, NULL, "a state that nobody knows"},
    {"poll-object", AT_POLL, EFFECT_OBJECT, 0, 0, 0, NULL, "resultJson as an object"},
    {"task-lost", AT_POLL, EFFECT_LOST, 0, 0, 0, NULL, "404, now and for ever"},
    /* the image */
    {"drip", AT_FETCH, EFFECT_DRIP, 0, 0, 0, NULL, "a few bytes a second"},
    {"hang", AT_FETCH, EFFECT_HANG, 0, 0, 0, NULL, "no answer"},
    {"drop", AT_FETCH, EFFECT_DROP, 0, 0, 0, NULL, "the connection is closed"},
    {"truncated", AT_FETCH, EFFECT_CUT, 0, 0, 0, NULL, "half the bytes, and the connection is closed"},
    {"wrong-type", AT_FETCH, EFFECT_TYPE, 0, 0, 0, NULL, "JPEG named as PNG, and the reverse"},
    {"wrong-size", AT_FETCH, EFFECT_SIZE, 0, 0, 0, NULL, "half as wide and high as asked"},
    {"not-image", AT_FETCH, EFFECT_PAGE, 200, 0, 0, "Please sign in", "200 with a page of HTML"},
    {"empty", AT_FETCH, EFFECT_EMPTY, 0, 0, 0, NULL, "200 with nothing"},
    {"expired-link", AT_FETCH, EFFECT_EXPIRED, 403, 0, 0, "Access denied", "403 until a new link is asked for"},
    {"fetch-error", AT_FETCH, EFFECT_HTML, 503, 0, 0, "503 Service Unavailable", "503"},
    {"gzip-bomb", AT_FETCH, EFFECT_BOMB, 0, 0, 0, NULL, "gzip of 4 GiB"},
    {"redirect-loop", AT_FETCH, EFFECT_LOOP, 302, 0, 0, NULL, "redirects without end"},
    {"redirect-inside", AT_FETCH, EFFECT_INSIDE, 302, 0, 0, NULL, "a redirect to 169.254.169.254"},
    /* the rest */
    {"refresh-error", AT_REFRESH, EFFECT_SAY, 200, 422, 0, "url is wrong", "no new link"},
    {"upload-error", AT_UPLOAD, EFFECT_SAY, 500, 500, 0, "Upload failed", "500"},
    {"upload-denied", AT_UPLOAD, EFFECT_SAY, 401, 401, 0, "Authentication failed: Invalid API Key", "401"},
    {"duplicate-callback", AT_CALLBACK, EFFECT_TWICE, 0, 0, 0, NULL, "the same call twice"},
    {"bad-signature", AT_CALLBACK, EFFECT_SIGNATURE, 0, 0, 0, NULL, "one digit of the signature is another"},
    {"stale-callback", AT_CALLBACK, EFFECT_STALE, 0, 0, 0, NULL, "signed an hour ago"},
    {"no-callback", AT_CALLBACK, EFFECT_DROP, 0, 0, 0, NULL, "no call"},
    {NULL, AT_CREATE, EFFECT_SAY, 0, 0, 0, NULL, NULL},
};
/* clang-format on */

const char *sandbox_fault_name(size_t i, const char **where, const char **help)
{
    enum { COUNT = sizeof sandbox_faults / sizeof *sandbox_faults };
    const struct sandbox_fault *fault = &sandbox_faults[i < COUNT ? i : COUNT - 1];
    *where = sandbox_places[fault->place];
    *help = fault->help;
    return fault->name;
}

static const char *fault_name(const void *data, size_t i)
{
    const struct sandbox_fault *faults = data;
    return faults[i].name;
}

static const struct sandbox_fault *fault_find(const char *name, size_t size)
{
    const struct sandbox_fault *fault = sandbox_faults;
    while (fault->name && (strlen(fault->name) != size || memcmp(fault->name, name, size) != 0)) {
        fault++;
    }
    return fault->name ? fault : NULL;
}

static bool count_read(const char *text, size_t size, int64_t *count)
{
    char digits[20];
    if (size == 0 || size >= sizeof digits) {
        return false;
    }
    memcpy(digits, text, size);
    digits[size] = '\0';
    return text_to_int64(digits, count) && *count >= 0;
}

static enum status armed_read(const char *text, struct armed *out, struct error *error)
{
    const size_t name = strcspn(text, ":@");
    const char *count = text[name] == ':' ? text + name + 1 : NULL;
    const size_t count_size = count ? strcspn(count, "@") : 0;
    const char *after = count ? count + count_size : text + name;
    struct buffer near = {.limit = 256};
    *out = (struct armed){.fault = fault_find(text, name), .count = 1};
    if (!out->fault) {
        char asked[64] = "";
        memcpy(asked, text, name < sizeof asked ? name : sizeof asked - 1);
        suggest(&near, asked, fault_name, sandbox_faults);
        error_set(error, STATUS_USAGE, "fault '%s' is not known%s", asked, buffer_string(&near));
        buffer_free(&near);
        return error->status;
    }
    const bool always = count && count_size == 1 && *count == '*';
    if ((count && !always && !count_read(count, count_size, &out->count)) ||
        (*after && !count_read(after + 1, strlen(after + 1), &out->after))) {
        return error_set(error, STATUS_USAGE,
                         "fault '%s' is not NAME[:COUNT][@AFTER], with whole numbers or '*' for "
                         "always",
                         text);
    }
    out->count = always ? -1 : out->count;
    return STATUS_OK;
}

enum status sandbox_arm(struct sandbox *sandbox, const char *text, struct error *error)
{
    struct armed armed;
    if (armed_read(text, &armed, error) != STATUS_OK) {
        return error->status;
    }
    pthread_mutex_lock(&sandbox->lock);
    struct armed *slot = arena_push(sandbox->arena, &sandbox->armed, &sandbox->armed_count,
                                    &sandbox->armed_capacity, sizeof armed);
    if (slot) {
        *slot = armed;
    }
    pthread_mutex_unlock(&sandbox->lock);
    return slot ? STATUS_OK : error_memory(error);
}

enum status sandbox_fault(struct sandbox *sandbox, const char *fault, struct error *error)
{
    return sandbox_arm(sandbox, fault, error);
}

const struct sandbox_fault *sandbox_strike(struct sandbox *sandbox, enum sandbox_place place)
{
    const struct sandbox_fault *found = NULL;
    pthread_mutex_lock(&sandbox->lock);
    for (size_t i = 0; i < sandbox->armed_count; i++) {
        struct armed *armed = &sandbox->armed[i];
        if (armed->fault->place != place) {
            continue;
        }
        if (armed->after > 0) {
            armed->after--;
        } else if (armed->count != 0 && !found) {
            armed->count -= armed->count > 0;
            armed->struck++;
            found = armed->fault;
        }
    }
    pthread_mutex_unlock(&sandbox->lock);
    return found;
}

static void say_page(struct sandbox_call *call, const struct sandbox_fault *fault)
{
    const char *page = arena_format(
        call->arena,
        "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"
        "<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n",
        fault->words, fault->words);
    call_text(call, fault->status, "text/html", page);
}

static void say_redirect(struct sandbox_call *call, const char *location)
{
    const char **headers = arena_array(call->arena, 2, sizeof *headers);
    call_text(call, 302, "text/html", "");
    if (headers) {
        headers[0] = arena_format(call->arena, "Location: %s", location);
        call->response->headers = headers;
    }
}

static void say_bomb(struct sandbox_call *call)
{
    call_text(call, 200, "application/json;charset=UTF-8", "{\"code\":200,\"msg\":\"");
    call->response->gzip = true;
    call->response->zeros = (int64_t)4 << 30;
}

bool sandbox_spoil(struct sandbox_call *call, const struct sandbox_fault *fault)
{
    struct server_response *response = call->response;
    if (!fault) {
        return false;
    }
    switch (fault->effect) {
    case EFFECT_SAY:
    case EFFECT_WRAPPED:
        call_refuse(call, fault->status, fault->code, fault->words, fault);
        return true;
    case EFFECT_HTML:
    case EFFECT_PAGE:
        say_page(call, fault);
        return true;
    case EFFECT_TEXT:
        call_text(call, fault->status, "text/plain", fault->words);
        return true;
    case EFFECT_HANG:
        response->hang = true;
        return true;
    case EFFECT_DROP:
        response->drop = true;
        return true;
    case EFFECT_BOMB:
        say_bomb(call);
        return true;
    case EFFECT_LOOP:
        say_redirect(call, "/_sandbox/loop/0");
        return true;
    case EFFECT_INSIDE:
        say_redirect(call, "http://169.254.169.254/latest/meta-data/");
        return true;
    case EFFECT_EMPTY:
        call_text(call, 200, "image/png", "");
        return true;
    case EFFECT_CUT:
        response->cut = (int64_t)(response->size / 2) + 1;
        response->gzip = false; /* half of what was packed would be another half */
        return true;
    case EFFECT_DRIP:
        response->drip_bytes = 16;
        response->drip_seconds = 0.5;
        return true;
    default:
        return false;
    }
}

/* Every hop leads to the next. */
void serve_loop(struct sandbox_call *call)
{
    int64_t hop = 0;
    if (!text_to_int64(call->rest, &hop) || hop < 0) {
        hop = 0;
    }
    say_redirect(call, arena_format(call->arena, "/_sandbox/loop/%d", (int)(hop % 1000) + 1));
}
