/* SPDX-License-Identifier: MIT
 * Between the files of the HTTP layer (http*.c) only: one request with its curl handle. It is made
 * whole by the thread that asks, then belongs to the HTTP thread. */
#ifndef PICSET_HTTP_TRANSFER_H
#define PICSET_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "generate/http_limits.h"
#include "late.h"

struct transfer {
    struct transfer *next, *previous;
    const struct http_limits *limits;
    CURL *easy;
    struct curl_slist *headers;
    const char *key; /* within `headers`; NULL: no credential */
    void *sent;      /* the request's body */
    size_t sent_size;
    struct buffer body;
    size_t header_bytes;
    bool fetch, local;
    bool begun;    /* an answer has */
    double window; /* when the count of flowing bytes began, s; 0: nothing flows */
    curl_off_t window_bytes;
    enum http_failure failure; /* why we ended it; HTTP_OK: we did not */
    char words[320];
    char reason[CURL_ERROR_SIZE]; /* curl's own */
    char host[256];
    void (*done)(void *data, const struct http_answer *answer);
    void *data;
};

/* clang-format off */
#define CURL_CALLS(call) \
    call(curl_, easy_cleanup) call(curl_, easy_getinfo) call(curl_, easy_header) \
    call(curl_, easy_init) call(curl_, easy_setopt) call(curl_, easy_strerror) call(curl_, free) \
    call(curl_, getdate) call(curl_, global_init_mem) call(curl_, multi_add_handle) \
    call(curl_, multi_cleanup) call(curl_, multi_info_read) call(curl_, multi_init) \
    call(curl_, multi_perform) call(curl_, multi_poll) call(curl_, multi_remove_handle) \
    call(curl_, multi_setopt) call(curl_, multi_wakeup) call(curl_, slist_append) \
    call(curl_, slist_free_all) call(curl_, url) call(curl_, url_cleanup) call(curl_, url_get) \
    call(curl_, url_set)
/* clang-format on */

struct curl {
    CURL_CALLS(LATE_MEMBER)
};

/* Once per process; false when curl is not there or cannot work. Everything else comes after. */
bool curl_ready(void);
const struct curl *curl(void);

/* Notes why the transfer is being ended; the first reason is the one that is told. */
void transfer_fail(struct transfer *transfer, enum http_failure failure, const char *format, ...)
    PICSET_PRINTF(3, 4);

/* http_transfer.c: `done` and `data` are the caller's to set. */
PICSET_NODISCARD enum status transfer_make(const struct http_limits *limits,
                                           const struct http_ask *ask, const struct secret *secret,
                                           bool fetch, bool local, struct transfer **out,
                                           struct error *error);
void transfer_free(struct transfer *transfer);

/* http_reach.c: where a transfer may go. The first is 0 for what may be asked for. */
CURLUcode url_check(const char *url, char *host, size_t size, bool *plain, bool *loopback);
curl_socket_t socket_open(void *data, curlsocktype purpose, struct curl_sockaddr *address);
int request_allowed(void *data, char *remote, char *own, int remote_port, int own_port);

/* http_answer.c: what curl calls while it comes in, and the end: tells the asker, frees. */
size_t answer_receive(char *bytes, size_t size, size_t count, void *data);
size_t answer_receive_header(char *bytes, size_t size, size_t count, void *data);
int answer_watch(void *data, curl_off_t total_down, curl_off_t down, curl_off_t total_up,
                 curl_off_t up);
void transfer_end(struct transfer *transfer, CURLcode code);

#endif
