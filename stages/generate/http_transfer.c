/* SPDX-License-Identifier: MIT
 * The way out: everything that curl is told about one request, and the key's short life in it.
 *
 * Only HTTP/1.1: with one request on a connection it can be told whether any of it went out, and no
 * copy of the key lies in memory that we do not wipe (nghttp2 has its own). */
#include "generate/http_transfer.h"

#include <string.h>

#include "memory.h"

#define ANSWER_DEFAULT ((int64_t)96 << 20)

void transfer_free(struct transfer *transfer)
{
    if (!transfer) {
        return;
    }
    for (struct curl_slist *line = transfer->headers; line; line = line->next) {
        explicit_bzero(line->data, strlen(line->data));
    }
    curl()->easy_cleanup(transfer->easy); /* first: it points to the headers */
    curl()->slist_free_all(transfer->headers);
    buffer_free(&transfer->body);
    memory_free(transfer->sent);
    memory_free(transfer);
}

/* The line's end, where the key begins when `first` leads to one; NULL when memory is short. */
static const char *header_add(struct transfer *transfer, const char *first, const char *rest)
{
    size_t length = strlen(first), more = strlen(rest);
    char *text = memory_alloc(length + more + 1);
    if (!text) {
        return NULL;
    }
    memcpy(text, first, length);
    memcpy(text + length, rest, more + 1);
    struct curl_slist *longer =
        strpbrk(text, "\r\n") ? NULL : curl()->slist_append(transfer->headers, text);
    explicit_bzero(text, length + more);
    memory_free(text);
    if (!longer) {
        return NULL;
    }
    transfer->headers = longer;
    while (longer->next) {
        longer = longer->next;
    }
    return longer->data + length;
}

/* A header without a value takes curl's own away: "Expect: 100-continue", which few services answer
 * and curl waits for, and the type of a form. */
static bool headers_make(struct transfer *transfer, const struct http_ask *ask,
                         const struct secret *secret)
{
    const char *type = ask->content_type;
    bool good = header_add(transfer, "Expect:", "") &&
                header_add(transfer, type ? "Content-Type: " : "Content-Type:", type ? type : "");
    for (const char *const *line = ask->headers; good && line && *line; line++) {
        good = header_add(transfer, *line, "");
    }
    if (good && ask->key_header && secret) {
        transfer->key = header_add(transfer, ask->key_header, secret_text(secret));
        good = transfer->key;
    }
    return good;
}

#define SET(option_, value_) good = good && curl()->easy_setopt(easy, option_, value_) == CURLE_OK

static bool options_common(struct transfer *transfer, double seconds)
{
    CURL *easy = transfer->easy;
    const struct http_limits *limits = transfer->limits;
    bool good = true;
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_ERRORBUFFER, transfer->reason);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_USERAGENT, "picset/" PICSET_VERSION);
    SET(CURLOPT_ACCEPT_ENCODING, "");
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(limits->connect * 1000));
    SET(CURLOPT_TIMEOUT_MS, (long)(seconds * 1000));
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_WRITEFUNCTION, answer_receive);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, answer_receive_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_XFERINFOFUNCTION, answer_watch);
    SET(CURLOPT_XFERINFODATA, transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
#if LIBCURL_VERSION_NUM >= 0x075700
    SET(CURLOPT_QUICK_EXIT, 1L); /* ending does not wait for a name that does not resolve */
#endif
    return good;
}

/* A proxy would resolve the name itself, out of sight of our check, and a request to this machine
 * has no business there. */
static bool options_checked(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    bool good = true;
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_OPENSOCKETFUNCTION, socket_open);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    SET(CURLOPT_PREREQFUNCTION, request_allowed);
    SET(CURLOPT_PREREQDATA, transfer);
    return good;
}

/* curl sends a request again, a POST too, when a connection that it used before turns out to be
 * dead and has given no answer; by then the service may have acted. A fresh connection is sent to
 * once. */
static bool options_method(struct transfer *transfer, const struct http_ask *ask)
{
    CURL *easy = transfer->easy;
    bool good = true;
    if (strcmp(ask->method, "GET") == 0) {
        SET(CURLOPT_HTTPGET, 1L);
        return good;
    }
    transfer->sent_size = ask->body_size;
    transfer->sent = memory_copy(ask->body_size ? ask->body : "", ask->body_size);
    good = transfer->sent;
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body_size);
    SET(CURLOPT_POSTFIELDS, (const char *)transfer->sent);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    return good;
}

static bool options_fetch(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    bool good = true;
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)transfer->limits->redirects);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, transfer->local ? "https,http" : "https");
    return good;
}

static bool options_set(struct transfer *transfer, const struct http_ask *ask,
                        const struct secret *secret, bool plain, bool checked)
{
    CURL *easy = transfer->easy;
    bool fetch_local =
        transfer->fetch && transfer->local; /* it may lead from here to the outside */
    const struct http_limits *limits = transfer->limits;
    double usual = transfer->fetch ? limits->fetch : limits->answer;
    double asked = ask->seconds * (limits->pace > 0 ? limits->pace : 1);
    bool good = options_common(transfer, asked > 0 ? asked : usual) &&
                options_method(transfer, ask) && headers_make(transfer, ask, secret) &&
                (!transfer->fetch || options_fetch(transfer)) &&
                (!checked || options_checked(transfer));
    SET(CURLOPT_URL, ask->url);
    SET(CURLOPT_PROTOCOLS_STR, fetch_local ? "https,http" : plain ? "http" : "https");
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    return good;
}

enum status transfer_make(const struct http_limits *limits, const struct http_ask *ask,
                          const struct secret *secret, bool fetch, bool local,
                          struct transfer **out, struct error *error)
{
    struct transfer *transfer = memory_zero(1, sizeof *transfer);
    if (!transfer) {
        return error_memory(error);
    }
    int64_t most = ask->answer_max > 0 ? ask->answer_max : ANSWER_DEFAULT;
    transfer->limits = limits;
    transfer->fetch = fetch;
    transfer->local = local;
    transfer->body.limit = (size_t)most;
    bool plain = false, loopback = false;
    CURLUcode code = url_check(ask->url, transfer->host, sizeof transfer->host, &plain, &loopback);
    if (code == CURLUE_OUT_OF_MEMORY) {
        transfer_free(transfer);
        return error_memory(error);
    }
    if (code) {
        transfer_fail(transfer, HTTP_FORBIDDEN,
                      "not a URL that may be asked for: it must begin with https:// and hold no "
                      "user name");
    } else if (plain && !loopback) {
        transfer_fail(transfer, HTTP_FORBIDDEN, "plain http to '%s' is not allowed",
                      transfer->host);
    }
    transfer->easy = curl()->easy_init();
    if (!transfer->easy || (transfer->failure == HTTP_OK &&
                            !options_set(transfer, ask, secret, plain, fetch || loopback))) {
        transfer_free(transfer);
        return error_memory(error);
    }
    *out = transfer;
    return STATUS_OK;
}
