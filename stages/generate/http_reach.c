/* SPDX-License-Identifier: MIT
 * Where the HTTP layer may go: checked on the URL, on each address before it is connected to, and
 * before each request on a connection, so that no name, redirect or reused connection leads inside.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "generate/address.h"
#include "generate/http_transfer.h"

/* Plain HTTP never leaves this machine; a download goes to the public internet, or to loopback when
 * the service itself is there. Where an API call goes over TLS is the user's choice. */
static bool address_allowed(struct transfer *transfer, enum address_kind kind, const char *word)
{
    const char *url = NULL;
    curl()->easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
    bool plain = !url || strncasecmp(url, "https:", 6) != 0;
    bool loopback = kind == ADDRESS_LOOPBACK;
    if (plain && !loopback) {
        transfer_fail(transfer, HTTP_FORBIDDEN, "plain http to a %s address is not allowed", word);
        return false;
    }
    if (transfer->fetch && !(loopback ? transfer->local : kind == ADDRESS_PUBLIC)) {
        transfer_fail(transfer, HTTP_FORBIDDEN, "a download from a %s address is not allowed",
                      word);
        return false;
    }
    return true;
}

/* Before a new connection: nothing at all is sent to a place that is not allowed. */
curl_socket_t socket_open(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = data;
    const char *word;
    enum address_kind kind = address_kind(&address->addr, &word);
    if (purpose != CURLSOCKTYPE_IPCXN || !address_allowed(transfer, kind, word)) {
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Before each request, of a redirect too: also on a connection that another transfer has opened. */
int request_allowed(void *data, char *remote, char *own, int remote_port, int own_port)
{
    struct transfer *transfer = data;
    const char *word;
    (void)own;
    (void)remote_port;
    (void)own_port;
    enum address_kind kind = address_kind_of_text(remote, &word);
    transfer->failure = HTTP_OK; /* of its other addresses, which were not allowed */
    return address_allowed(transfer, kind, word) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

CURLUcode url_check(const char *url, char *host, size_t size, bool *plain, bool *loopback)
{
    char *scheme = NULL, *name = NULL;
    CURLU *parsed = curl()->url();
    CURLUcode code = parsed ? curl()->url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER)
                            : CURLUE_OUT_OF_MEMORY;
    code = code ? code : curl()->url_get(parsed, CURLUPART_SCHEME, &scheme, 0);
    code = code ? code : curl()->url_get(parsed, CURLUPART_HOST, &name, 0);
    if (!code && strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) {
        code = CURLUE_UNSUPPORTED_SCHEME;
    }
    if (!code) {
        size_t length = strlen(name);
        bool bracketed = length > 1 && name[0] == '[' && name[length - 1] == ']';
        snprintf(host, size, "%.*s", (int)(bracketed ? length - 2 : length), name + bracketed);
        *plain = strcmp(scheme, "http") == 0;
        *loopback = strcasecmp(host, "localhost") == 0 ||
                    address_kind_of_text(host, NULL) == ADDRESS_LOOPBACK;
    }
    curl()->free(scheme);
    curl()->free(name);
    curl()->url_cleanup(parsed);
    return code;
}

const char *http_unfit(const char *url)
{
    char host[256];
    bool plain = false, loopback = false;
    if (curl_ready() && url_check(url, host, sizeof host, &plain, &loopback)) {
        return "must begin with https:// and hold no user name";
    }
    return plain && !loopback ? "must begin with https://: plain http is for this machine only"
                              : NULL;
}

bool http_local(const char *url)
{
    char host[256];
    bool plain, loopback;
    return curl_ready() && !url_check(url, host, sizeof host, &plain, &loopback) && loopback;
}
