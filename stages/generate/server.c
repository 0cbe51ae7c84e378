/* SPDX-License-Identifier: MIT
 * HTTP/1.1 over libmicrohttpd, one thread per connection. Every wait ends when the server stops. */
#include "generate/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>
#include <zlib.h>

#include "late.h"
#include "memory.h"
#include "text.h"

/* clang-format off */
#define MHD_CALLS(call) \
    call(MHD_, add_response_header) call(MHD_, create_response_from_buffer) \
    call(MHD_, create_response_from_callback) call(MHD_, destroy_response) \
    call(MHD_, get_connection_info) call(MHD_, lookup_connection_value) \
    call(MHD_, queue_response) call(MHD_, start_daemon) call(MHD_, stop_daemon)
/* clang-format on */

struct mhd {
    MHD_CALLS(LATE_MEMBER)
};

#ifdef PICSET_LATE_MICROHTTPD
LATE_LOADED(mhd, PICSET_LATE_MICROHTTPD, MHD_CALLS)
#else
LATE_LINKED(mhd, MHD_CALLS)
#endif

#define BODY_DEFAULT ((size_t)64 << 20)
#define CONNECTIONS_DEFAULT 256
#define IDLE_SECONDS 30u     /* a connection on which nothing moves */
#define UPLOAD_SECONDS 120.0 /* a request's body, in all */
#define BLOCK 16384
#define WATCH_SECONDS 0.05 /* how soon it is seen that a client has left */

struct server {
    struct server_settings settings;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    int port;
    char url[96];
};

/* One request and its answer. */
struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    struct arena *arena;
    struct buffer body;
    bool too_large;
    size_t forgotten; /* bytes of a body that is too large */
    double begun;     /* s */
    struct server_response response;
    z_stream packer;
    bool packing, packed;
    uint64_t read; /* bytes of body and zeros that were packed */
};

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* False when the server stops meanwhile. */
static bool rest(struct server *server, double seconds)
{
    double until = now_seconds() + seconds;
    struct timespec end = {.tv_sec = (time_t)until,
                           .tv_nsec = (long)((until - (double)(time_t)until) * 1e9)};
    pthread_mutex_lock(&server->lock);
    while (!server->stopping && now_seconds() < until) {
        pthread_cond_timedwait(&server->changed, &server->lock, &end);
    }
    bool stopping = server->stopping;
    pthread_mutex_unlock(&server->lock);
    return !stopping;
}

static void hang(const struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        mhd_calls()->get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    while (info && rest(exchange->server, WATCH_SECONDS)) {
        struct pollfd client = {.fd = info->connect_fd, .events = POLLRDHUP};
        if (poll(&client, 1, 0) != 0) {
            return;
        }
    }
}

/* ---- The body of an answer ---- */

static uint64_t body_size(const struct server_response *response)
{
    return response->size + (uint64_t)response->zeros;
}

/* Bytes of body and zeros from `position` on. */
static size_t body_copy(const struct server_response *response, uint64_t position, char *out,
                        size_t size)
{
    uint64_t left = body_size(response) - position;
    size = left < size ? (size_t)left : size;
    size_t real = position < response->size ? response->size - (size_t)position : 0;
    real = real < size ? real : size;
    if (real) {
        memcpy(out, (const char *)response->body + position, real);
    }
    memset(out + real, 0, size - real);
    return size;
}

static size_t body_pack(struct exchange *exchange, char *out, size_t size)
{
    char block[BLOCK];
    z_stream *packer = &exchange->packer;
    packer->next_out = (Bytef *)out;
    packer->avail_out = (uInt)size;
    while (packer->avail_out == size && !exchange->packed) {
        size_t count = body_copy(&exchange->response, exchange->read, block, sizeof block);
        exchange->read += count;
        packer->next_in = (Bytef *)block;
        packer->avail_in = (uInt)count;
        int flush = exchange->read == body_size(&exchange->response) ? Z_FINISH : Z_NO_FLUSH;
        exchange->packed = deflate(packer, flush) == Z_STREAM_END;
        exchange->read -= packer->avail_in;
    }
    return size - packer->avail_out;
}

static ssize_t body_read(void *data, uint64_t position, char *out, size_t size)
{
    struct exchange *exchange = data;
    const struct server_response *response = &exchange->response;
    if (response->cut && position >= (uint64_t)response->cut) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    bool drips = response->drip_seconds > 0 && position > 0;
    if (!rest(exchange->server, drips ? response->drip_seconds : 0)) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (response->drip_bytes && response->drip_bytes < size) {
        size = response->drip_bytes;
    }
    if (response->cut && (uint64_t)response->cut - position < size) {
        size = (size_t)((uint64_t)response->cut - position);
    }
    if (size > BLOCK) {
        size = BLOCK;
    }
    size = exchange->packing ? body_pack(exchange, out, size)
                             : body_copy(response, position, out, size);
    return size ? (ssize_t)size : MHD_CONTENT_READER_END_OF_STREAM;
}

static struct MHD_Response *response_make(struct exchange *exchange)
{
    struct server_response *response = &exchange->response;
    if (response->gzip) {
        /* 15 + 16: the largest window, and gzip's own header */
        exchange->packing = deflateInit2(&exchange->packer, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8,
                                         Z_DEFAULT_STRATEGY) == Z_OK;
        if (!exchange->packing) {
            return NULL;
        }
    }
    uint64_t size = response->gzip || response->chunked ? MHD_SIZE_UNKNOWN : body_size(response);
    struct MHD_Response *out =
        size ? mhd_calls()->create_response_from_callback(size, BLOCK, body_read, exchange, NULL)
             : mhd_calls()->create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (out && response->type) {
        mhd_calls()->add_response_header(out, MHD_HTTP_HEADER_CONTENT_TYPE, response->type);
    }
    if (out && response->gzip) {
        mhd_calls()->add_response_header(out, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    }
    return out;
}

static void headers_add(struct exchange *exchange, struct MHD_Response *out)
{
    for (const char *const *header = exchange->response.headers; header && *header; header++) {
        const char *colon = strchr(*header, ':');
        char *name =
            colon ? arena_slice(exchange->arena, *header, (size_t)(colon - *header)) : NULL;
        if (name) {
            mhd_calls()->add_response_header(out, name, colon + 1 + strspn(colon + 1, " "));
        }
    }
}

static enum MHD_Result answer(struct exchange *exchange)
{
    struct server_response *response = &exchange->response;
    if (response->delay > 0 && !rest(exchange->server, response->delay)) {
        return MHD_NO;
    }
    if (response->hang) {
        hang(exchange);
    }
    if (response->hang || response->drop) {
        return MHD_NO; /* closes the connection */
    }
    struct MHD_Response *out = response_make(exchange);
    if (!out) {
        return MHD_NO;
    }
    headers_add(exchange, out);
    unsigned status = response->status ? (unsigned)response->status : MHD_HTTP_OK;
    enum MHD_Result result = mhd_calls()->queue_response(exchange->connection, status, out);
    mhd_calls()->destroy_response(out);
    return result;
}

/* ---- A request ---- */

static size_t body_max(const struct server *server)
{
    return server->settings.body_max ? server->settings.body_max : BODY_DEFAULT;
}

static struct exchange *exchange_new(struct server *server, struct MHD_Connection *connection)
{
    struct exchange *exchange = memory_zero(1, sizeof *exchange);
    if (!exchange) {
        return NULL;
    }
    exchange->server = server;
    exchange->connection = connection;
    exchange->begun = now_seconds();
    exchange->body.limit = body_max(server);
    exchange->arena = arena_new();
    if (!exchange->arena) {
        memory_free(exchange);
        return NULL;
    }
    return exchange;
}

static enum MHD_Result answer_too_large(struct exchange *exchange)
{
    static const char text[] = "the request is too large\n";
    exchange->response = (struct server_response){.status = MHD_HTTP_CONTENT_TOO_LARGE,
                                                  .type = "text/plain",
                                                  .body = text,
                                                  .size = sizeof text - 1};
    if (exchange->server->settings.too_large) {
        exchange->server->settings.too_large(exchange->server->settings.data);
    }
    return answer(exchange);
}

/* The first call for a request: its headers are there, its body is not. */
static enum MHD_Result request_begin(struct server *server, struct MHD_Connection *connection,
                                     void **state)
{
    struct exchange *exchange = exchange_new(server, connection);
    if (!exchange) {
        return MHD_NO;
    }
    *state = exchange;
    const char *length = mhd_calls()->lookup_connection_value(connection, MHD_HEADER_KIND,
                                                              MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t size;
    if (length && text_to_int64(length, &size) && (uint64_t)size > body_max(server)) {
        exchange->too_large = true;
        if ((uint64_t)size > 2 * body_max(server)) {
            return answer_too_large(exchange);
        }
    }
    return MHD_YES;
}

/* What is too much is read and forgotten, since a client that is still sending may never see the
 * answer of a connection that was closed; but as much again is enough. */
static enum MHD_Result request_body(struct exchange *exchange, const char *bytes, size_t *size)
{
    size_t count = *size;
    *size = 0;
    if (now_seconds() - exchange->begun > UPLOAD_SECONDS) {
        return MHD_NO;
    }
    if (exchange->too_large) {
        exchange->forgotten += count;
        return exchange->forgotten <= 2 * body_max(exchange->server) ? MHD_YES : MHD_NO;
    }
    buffer_bytes(&exchange->body, bytes, count);
    if (buffer_failed(&exchange->body)) {
        exchange->too_large = exchange->body.full;
        buffer_free(&exchange->body);
        return exchange->too_large ? MHD_YES : MHD_NO;
    }
    return MHD_YES;
}

static enum MHD_Result request(void *data, struct MHD_Connection *connection, const char *path,
                               const char *method, const char *version, const char *bytes,
                               size_t *size, void **state)
{
    struct server *server = data;
    struct exchange *exchange = *state;
    (void)version;
    if (!exchange) {
        return request_begin(server, connection, state);
    }
    if (*size) {
        return request_body(exchange, bytes, size);
    }
    if (exchange->too_large) {
        return answer_too_large(exchange);
    }
    struct server_request asked = {
        .method = method,
        .path = *path ? path : "/",
        .body = buffer_string(&exchange->body),
        .size = exchange->body.size,
        .arena = exchange->arena,
        .connection = connection,
    };
    server->settings.handle(server->settings.data, &asked, &exchange->response);
    return answer(exchange);
}

static void completed(void *data, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode code)
{
    (void)data;
    (void)connection;
    struct exchange *exchange = *state;
    if (!exchange) {
        return;
    }
    struct server_response *response = &exchange->response;
    if (response->delivered && code == MHD_REQUEST_TERMINATED_COMPLETED_OK) {
        response->delivered(response->sent_data);
    }
    if (response->sent) {
        response->sent(response->sent_data);
    }
    if (response->release) {
        union { /* what release takes is not const */
            const void *given;
            void *owned;
        } body = {response->body};
        response->release(body.owned);
    }
    if (exchange->packing) {
        deflateEnd(&exchange->packer);
    }
    buffer_free(&exchange->body);
    arena_free(exchange->arena);
    memory_free(exchange);
    *state = NULL;
}

const char *server_header(const struct server_request *request, const char *name)
{
    return mhd_calls()->lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *server_query(const struct server_request *request, const char *name)
{
    return mhd_calls()->lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

/* ---- Start and stop ---- */

static enum status listening_socket(const char *address, int port, int *out, struct error *error)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *place;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    if (port < 0 || port > 65535 || getaddrinfo(address, service, &hints, &place) != 0) {
        return error_set(error, STATUS_USAGE,
                         "cannot listen on '%s' port %d: an IP address and a port of 0 to 65535 "
                         "are wanted",
                         address, port);
    }
    int one = 1;
    int number = socket(place->ai_family, place->ai_socktype | SOCK_CLOEXEC, place->ai_protocol);
    bool bound = number >= 0 &&
                 setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                 bind(number, place->ai_addr, place->ai_addrlen) == 0 && listen(number, 128) == 0;
    int reason = errno;
    freeaddrinfo(place);
    if (!bound) {
        if (number >= 0) {
            close(number);
        }
        error_set(error, STATUS_FAILED, "cannot listen on '%s' port %d", address, port);
        error_cause(error, strerror(reason));
        return error->status;
    }
    *out = number;
    return STATUS_OK;
}

static bool place_read(struct server *server, const char *address, int number)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    if (getsockname(number, (struct sockaddr *)&bound, &size) != 0) {
        return false;
    }
    bool six = bound.ss_family == AF_INET6;
    struct sockaddr_in four;
    struct sockaddr_in6 longer;
    memcpy(&four, &bound, sizeof four);
    memcpy(&longer, &bound, sizeof longer);
    server->port = ntohs(six ? longer.sin6_port : four.sin_port);
    snprintf(server->url, sizeof server->url, six ? "http://[%s]:%d" : "http://%s:%d", address,
             server->port);
    return true;
}

/* Signals are for the program's own threads. */
static struct MHD_Daemon *daemon_start(struct server *server, int number)
{
    const struct server_settings *settings = &server->settings;
    int connections = settings->connections_max ? settings->connections_max : CONNECTIONS_DEFAULT;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct MHD_Daemon *daemon = mhd_calls()->start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ITC,
        0, NULL, NULL, request, server, MHD_OPTION_LISTEN_SOCKET, number,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)connections, MHD_OPTION_CONNECTION_TIMEOUT,
        IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

static void server_release(struct server *server)
{
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    memory_free(server);
}

enum status server_start(const struct server_settings *settings, struct server **out,
                         struct error *error)
{
    if (!mhd_calls()) {
        return error_set(error, STATUS_FAILED, "cannot load libmicrohttpd");
    }
    struct server *server = memory_zero(1, sizeof *server);
    if (!server) {
        return error_memory(error);
    }
    server->settings = *settings;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&server->lock, NULL);

    const char *address = settings->address ? settings->address : "127.0.0.1";
    int number = -1;
    enum status status = listening_socket(address, settings->port, &number, error);
    if (status != STATUS_OK) {
        server_release(server);
        return status;
    }
    server->daemon = place_read(server, address, number) ? daemon_start(server, number) : NULL;
    if (!server->daemon) {
        close(number);
        server_release(server);
        return error_set(error, STATUS_FAILED, "cannot start a server on '%s'", address);
    }
    *out = server;
    return STATUS_OK;
}

int server_port(const struct server *server)
{
    return server->port;
}

const char *server_url(const struct server *server)
{
    return server->url;
}

void server_stop(struct server *server)
{
    if (!server) {
        return;
    }
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    mhd_calls()->stop_daemon(server->daemon); /* joins every thread, closes the socket */
    server_release(server);
}

enum status server_place(const char *text, struct arena *arena, const char **address, int *port,
                         struct error *error)
{
    const char *colon = strrchr(text, ':');
    int64_t number;
    if (!colon || !text_to_int64(colon + 1, &number) || number < 0 || number > 65535) {
        return error_set(error, STATUS_USAGE,
                         "'%s' is no place to listen on: ADDRESS:PORT is wanted, the port from 0 "
                         "to 65535",
                         text);
    }
    size_t size = (size_t)(colon - text);
    bool bracketed = size >= 2 && text[0] == '[' && colon[-1] == ']';
    char *host =
        bracketed ? arena_slice(arena, text + 1, size - 2) : arena_slice(arena, text, size);
    if (!host) {
        return error_memory(error);
    }
    unsigned char bytes[sizeof(struct in6_addr)];
    bool named = !*host || strcmp(host, "localhost") == 0;
    if (!named && inet_pton(bracketed ? AF_INET6 : AF_INET, host, bytes) != 1) {
        return error_set(error, STATUS_USAGE,
                         "'%s' is no place to listen on: '%s' is no address like 127.0.0.1 or "
                         "[::1]",
                         text, host);
    }
    *address = named ? "127.0.0.1" : host;
    *port = (int)number;
    return STATUS_OK;
}
