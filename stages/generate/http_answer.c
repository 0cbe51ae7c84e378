/* SPDX-License-Identifier: MIT
 * The way back: bytes are counted as they come, after unpacking; at the end it is judged what the
 * asker may conclude. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "generate/http_transfer.h"
#include "text.h"

#define HEADERS_MAX ((size_t)256 << 10) /* bytes of an answer's headers, in all */
#define RETRY_AFTER_MAX (7 * 86400.0)   /* s; more makes no difference */
#define KEY_LEAST 8                     /* a shorter "key" would be found in every answer */

void transfer_fail(struct transfer *transfer, enum http_failure failure, const char *format, ...)
{
    if (transfer->failure == HTTP_OK) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(transfer->words, sizeof transfer->words, format, arguments);
        va_end(arguments);
        transfer->failure = failure;
    }
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

size_t answer_receive(char *bytes, size_t size, size_t count, void *data)
{
    struct transfer *transfer = data;
    buffer_bytes(&transfer->body, bytes, size * count); /* unpacked already: a bomb ends here */
    if (!buffer_failed(&transfer->body)) {
        return size * count;
    }
    if (transfer->body.full) {
        transfer_fail(transfer, HTTP_TOO_LARGE, "more than %zu bytes", transfer->body.limit);
    } else {
        transfer_fail(transfer, HTTP_UNKNOWN, "out of memory");
    }
    return size * count + 1; /* more than was given: curl stops */
}

size_t answer_receive_header(char *bytes, size_t size, size_t count, void *data)
{
    struct transfer *transfer = data;
    (void)bytes;
    transfer->header_bytes += size * count;
    if (transfer->header_bytes <= HEADERS_MAX) {
        return size * count;
    }
    transfer_fail(transfer, HTTP_TOO_LARGE, "more than %zu bytes of headers", HEADERS_MAX);
    return 0;
}

/* Once a second at least. Waiting for an answer to begin is no stall, but of a download: what lies
 * there needs no thought, and thrice the patience is enough for it to begin. */
int answer_watch(void *data, curl_off_t total_down, curl_off_t down, curl_off_t total_up,
                 curl_off_t up)
{
    struct transfer *transfer = data;
    const struct http_limits *limits = transfer->limits;
    (void)total_down;
    (void)total_up;
    bool begun = transfer->header_bytes > 0;
    double patience = begun || !transfer->fetch ? limits->stall : 3 * limits->stall;
    bool flows = begun || transfer->fetch || (up > 0 && up < (curl_off_t)transfer->sent_size);
    double now = flows ? now_seconds() : 0;
    if (begun && !transfer->begun) { /* the wait for it is no part of how fast it flows */
        transfer->begun = true;
        transfer->window = 0;
    }
    curl_off_t bytes = down + up;
    if (flows && transfer->window > 0 && now - transfer->window < patience) {
        return 0;
    }
    if (flows && transfer->window > 0 &&
        (double)(bytes - transfer->window_bytes) < limits->stall * limits->stall_rate) {
        transfer_fail(transfer, HTTP_UNKNOWN, "less than %g bytes/s for %g s", limits->stall_rate,
                      patience);
        return 1;
    }
    transfer->window = now;
    transfer->window_bytes = bytes;
    return 0;
}

/* A service that repeats the key must not bring it into a message or a log. */
static void key_blank(const struct transfer *transfer, char *text, size_t size)
{
    size_t length = transfer->key ? strlen(transfer->key) : 0;
    if (length < KEY_LEAST) {
        return;
    }
    char *found;
    while ((found = memmem(text, size, transfer->key, length))) {
        memset(found, '*', length);
        size -= (size_t)(found + length - text);
        text = found + length;
    }
}

static const char *header_text(const struct transfer *transfer, const char *name)
{
    struct curl_header *header;
    bool there =
        curl()->easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
    return there ? header->value : "";
}

/* A date is compared with the service's own clock when it tells it. */
static double retry_after(const struct transfer *transfer)
{
    const char *text = header_text(transfer, "Retry-After");
    double seconds;
    if (!*text) {
        return -1;
    }
    if (!text_to_double(text, &seconds)) {
        time_t then = curl()->getdate(text, NULL);
        time_t now = curl()->getdate(header_text(transfer, "Date"), NULL);
        if (then == (time_t)-1) {
            return -1;
        }
        seconds = difftime(then, now == (time_t)-1 ? time(NULL) : now);
    }
    return seconds < 0 ? 0 : seconds < RETRY_AFTER_MAX ? seconds : RETRY_AFTER_MAX;
}

/* The service's own number of this request: a name that many use, Google's, Cloudflare's. */
static void request_id(const struct transfer *transfer, char *out, size_t size)
{
    static const char *const names[] = {"x-request-id", "x-goog-request-id", "cf-ray", NULL};
    for (const char *const *name = names; *name && !*out; name++) {
        snprintf(out, size, "%s", header_text(transfer, *name));
    }
    key_blank(transfer, out, strlen(out));
}

/* What only a redirect can lead to, since the first URL has been looked at; NULL: something else.
 */
static const char *redirect_words(CURLcode code)
{
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
        return "redirects to a protocol that is not allowed";
    case CURLE_URL_MALFORMAT:
        return "redirects to what is no URL";
    case CURLE_LOGIN_DENIED:
        return "redirects to a URL with a user name";
    case CURLE_TOO_MANY_REDIRECTS:
        return "redirects too often";
    default:
        return NULL;
    }
}

/* CURLINFO_REQUEST_SIZE counts what the connection took: 0 means that no byte of the request (over
 * TLS: no whole record) has left, so the service cannot have acted. */
static void failure_judge(struct transfer *transfer, CURLcode code)
{
    long sent = 0;
    const char *redirected = redirect_words(code);
    curl()->easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
    if (redirected) {
        transfer_fail(transfer, HTTP_FORBIDDEN, "%s %s", transfer->host, redirected);
    } else {
        const char *reason = *transfer->reason ? transfer->reason : curl()->easy_strerror(code);
        bool named = *transfer->host && strstr(reason, transfer->host);
        transfer_fail(transfer, sent == 0 ? HTTP_NOT_SENT : HTTP_UNKNOWN, "%s%s%s",
                      named ? "" : transfer->host, named ? "" : ": ", reason);
    }
}

/* Tells the asker and forgets the transfer. */
void transfer_end(struct transfer *transfer, CURLcode code)
{
    char type[128] = "", id[128] = "";
    if (code == CURLE_OK) {
        transfer->failure = HTTP_OK;
        transfer->words[0] = '\0';
    } else {
        failure_judge(transfer, code);
    }
    for (char *c = transfer->words; *c; c++) {
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? ' ' : *c;
    }
    key_blank(transfer, transfer->words, strlen(transfer->words));
    struct http_answer answer = {.failure = transfer->failure,
                                 .content_type = type,
                                 .retry_after = -1,
                                 .request_id = id,
                                 .body = "",
                                 .words = transfer->words};
    if (transfer->failure == HTTP_OK) {
        const char *said = NULL;
        curl()->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &answer.status);
        curl()->easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &said);
        snprintf(type, sizeof type, "%s", said ? said : "");
        answer.retry_after = retry_after(transfer);
        request_id(transfer, id, sizeof id);
        key_blank(transfer, type, strlen(type));
        if (transfer->body.size) {
            key_blank(transfer, transfer->body.data, transfer->body.size);
            answer.body = transfer->body.data;
            answer.size = transfer->body.size;
        }
    }
    transfer->done(transfer->data, &answer);
    transfer_free(transfer);
}
