/* SPDX-License-Identifier: MIT
 * Requests and answers of the sandbox, whatever the protocol: bodies in, JSON out as a service
 * behind Cloudflare sends it, keys, rates and refusals. */
#include <string.h>

#include "json.h"
#include "memory.h"
#include "generate/sandbox_parts.h"
#include "text.h"

static bool takes_gzip(const struct sandbox_call *call)
{
    const char *accepted = server_header(call->request, "Accept-Encoding");
    return accepted && strstr(accepted, "gzip") != NULL;
}

/* What a CDN adds, and clients must overlook. */
static void add_headers(struct sandbox_call *call)
{
    const char **headers = arena_array(call->arena, 5, sizeof *headers);
    struct sandbox *sandbox = call->sandbox;
    if (!headers) {
        return;
    }
    pthread_mutex_lock(&sandbox->lock);
    const int64_t number = sandbox->counts.requests;
    pthread_mutex_unlock(&sandbox->lock);
    headers[0] = "Set-Cookie: __cf_bm=sandbox; path=/; HttpOnly; Secure; SameSite=None";
    headers[1] = "Cache-Control: no-store";
    headers[2] = arena_format(call->arena, "X-Request-Id: req_%08x", (unsigned)number);
    if (headers[2] && call->fault && call->fault->retry_after > 0 &&
        call->protocol != PROTOCOL_GEMINI) {
        headers[3] =
            arena_format(call->arena, "Retry-After: %d", (int)(call->fault->retry_after + 0.5));
    }
    call->response->headers = headers;
}

/* Another answer in the place of the one that was ready. */
static void put(struct sandbox_call *call, struct server_response response)
{
    struct server_response *old = call->response;
    if (old->release) {
        old->release((void *)(uintptr_t)old->body);
    }
    *old = response;
}

static void call_memory(struct sandbox_call *call)
{
    put(call, (struct server_response){.status = 503, .type = "text/plain"});
}

void call_text(struct sandbox_call *call, int status, const char *type, const char *text)
{
    if (!text) {
        call_memory(call);
        return;
    }
    put(call, (struct server_response){
                  .status = status, .type = type, .body = text, .size = strlen(text)});
}

void call_json(struct sandbox_call *call, int status, const struct value *value)
{
    struct buffer text = {0};
    if (value) {
        value_print(&text, value);
    }
    if (!value || buffer_failed(&text)) {
        buffer_free(&text);
        call_memory(call);
        return;
    }
    put(call, (struct server_response){.status = status,
                                       .type = "application/json;charset=UTF-8",
                                       .body = text.data,
                                       .size = text.size,
                                       .release = memory_free,
                                       .chunked = true,
                                       .gzip = takes_gzip(call)});
    add_headers(call);
}

void call_refuse(struct sandbox_call *call, int status, int code, const char *words,
                 const struct sandbox_fault *fault)
{
    call->fault = fault;
    pthread_mutex_lock(&call->sandbox->lock);
    call->sandbox->counts.refused++;
    pthread_mutex_unlock(&call->sandbox->lock);
    const bool quota = fault && text_starts(fault->name, "quota");
    switch (call->protocol) {
    case PROTOCOL_KIE:
        refuse_kie(call, quota ? 200 : status, code, words);
        break;
    case PROTOCOL_GEMINI:
        refuse_gemini(call, status == 200 ? code : status, words, fault);
        break;
    case PROTOCOL_OPENAI:
        refuse_openai(call, status == 200 ? code : status, quota ? "insufficient_quota" : NULL,
                      words);
        break;
    }
}

struct value *object_text(struct arena *arena, struct value *object, const char *key,
                          const char *text)
{
    return value_set(arena, object, key, text ? value_text(arena, text) : value_null(arena));
}

const struct value *call_body(struct sandbox_call *call)
{
    const struct value *body = NULL;
    struct error error = {0};
    const enum status status =
        json_parse(call->arena, call->request->body, call->request->size, &body, &error);
    if (status != STATUS_OK || body->type != VALUE_OBJECT) {
        call_refuse(call, 400, 400, "the body is no JSON object", NULL);
        return NULL;
    }
    return body;
}

const char *member_text(const struct value *object, const char *key)
{
    const struct value *member = object ? value_get(object, key) : NULL;
    return member && member->type == VALUE_TEXT ? member->text : NULL;
}

const struct value *member_either(const struct value *object, const char *key, const char *other)
{
    const struct value *member = object ? value_get(object, key) : NULL;
    return member || !object ? member : value_get(object, other);
}

/* ---- May it?
 * --------------------------------------------------------------------------------------- */

bool call_has_key(struct sandbox_call *call)
{
    const char *wanted = call->sandbox->settings.key;
    const char *bearer = server_header(call->request, "Authorization");
    const char *given = bearer && text_starts(bearer, "Bearer ") ? bearer + 7 : NULL;
    if (call->protocol == PROTOCOL_GEMINI) {
        given = server_header(call->request, "x-goog-api-key");
        given = given ? given : server_query(call->request, "key");
    }
    if (!server_header(call->request, "User-Agent")) {
        call_text(call, 403, "text/plain", "error code: 1010");
        return false;
    }
    if (!wanted || (given && strcmp(given, wanted) == 0)) {
        return true;
    }
    call_refuse(call, call->protocol == PROTOCOL_GEMINI ? 400 : 401, 401,
                call->protocol == PROTOCOL_GEMINI
                    ? "API key not valid. Please pass a valid API key."
                    : "You do not have access permissions",
                NULL);
    return false;
}

/* True when this create is one too many of its window; those that are turned away do not count. */
static bool over_rate(struct sandbox *sandbox)
{
    const int most = sandbox->settings.rate_count;
    bool over = false;
    pthread_mutex_lock(&sandbox->lock);
    const double now = sandbox_now(sandbox);
    sandbox->counts.creates++;
    if (most > 0) {
        double *oldest = &sandbox->creates[sandbox->create_index % (size_t)most];
        over =
            sandbox->create_index >= (size_t)most && now - *oldest < sandbox->settings.rate_seconds;
        if (!over) {
            *oldest = now;
            sandbox->create_index++;
        }
        sandbox->counts.limited += over;
    }
    pthread_mutex_unlock(&sandbox->lock);
    return over;
}

bool call_may_create(struct sandbox_call *call)
{
    if (!call_has_key(call)) {
        return false;
    }
    if (over_rate(call->sandbox)) {
        call_refuse(call, 429, 429, "Rate limit exceeded", NULL);
        return false;
    }
    return !sandbox_spoil(call, sandbox_strike(call->sandbox, AT_CREATE));
}

/* ---- Forms
 * ------------------------------------------------------------------------------------------- */

static const char *find(const char *from, const char *end, const char *text, size_t size)
{
    return from && from <= end ? memmem(from, (size_t)(end - from), text, size) : NULL;
}

/* The value of `name="…"` in a part's head. */
static const char *attribute(const struct sandbox_call *call, const char *head, size_t size,
                             const char *name)
{
    const char *start = memmem(head, size, name, strlen(name));
    const char *end =
        start ? memchr(start + strlen(name), '"', size - (size_t)(start - head) - strlen(name))
              : NULL;
    return end ? arena_slice(call->arena, start + strlen(name),
                             (size_t)(end - start) - strlen(name))
               : NULL;
}

bool form_next(const struct sandbox_call *call, size_t *at, struct form_part *part)
{
    const char *type = server_header(call->request, "Content-Type");
    const char *mark = type ? strstr(type, "boundary=") : NULL;
    const char *body = call->request->body, *end = body + call->request->size;
    if (!mark || *at > call->request->size) {
        return false;
    }
    mark += strlen("boundary=");
    mark += *mark == '"';
    const char *line =
        arena_format(call->arena, "\r\n--%.*s", (int)strcspn(mark, "\"; \r\n"), mark);
    const size_t size = line ? strlen(line) : 0;
    /* The first boundary stands at the beginning, without a line break before it. */
    const char *start = line && *at == 0 ? find(body, end, line + 2, size - 2) : body + *at;
    start = start && *at == 0 ? start + size - 2 : start;
    const char *head = line ? find(start, end, "\r\n", 2) : NULL;
    const char *bytes =
        head == start ? find(head, end, "\r\n\r\n", 4) : NULL; /* else "--": the end */
    const char *stop = bytes ? find(bytes + 4, end, line, size) : NULL;
    if (!stop) {
        return false;
    }
    *part = (struct form_part){
        .name = attribute(call, head, (size_t)(bytes - head), " name=\""),
        .file = attribute(call, head, (size_t)(bytes - head), "filename=\""),
        .bytes = bytes + 4,
        .size = (size_t)(stop - bytes) - 4,
    };
    *at = (size_t)(stop - body) + size;
    return true;
}
