/* SPDX-License-Identifier: MIT
 * After a request no copy of the key is left in the process's memory, curl's own included. The
 * server, which is told the key, is another process; the needle is never whole in our memory. */
#include "http.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "generate/server.h"
#include "memory.h"
#include "support.h"

#if defined(__has_feature) /* clang's word for it */
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

enum { KEY_LENGTH = 24, MASK = 0x55 };

static unsigned char masked(size_t i)
{
    return (unsigned char)((unsigned char)('a' + i * 7 % 26) ^ MASK);
}

static bool is_key(const unsigned char *bytes)
{
    for (size_t i = 0; i < KEY_LENGTH; i++) {
        if ((bytes[i] ^ MASK) != masked(i)) {
            return false;
        }
    }
    return true;
}

static int count_in(const unsigned char *begin, const unsigned char *end)
{
    int count = 0;
    while (end - begin >= KEY_LENGTH) {
        begin = memchr(begin, masked(0) ^ MASK, (size_t)(end - begin) - KEY_LENGTH + 1);
        if (!begin) {
            break;
        }
        count += is_key(begin);
        begin++;
    }
    return count;
}

/* Copies of the key in everything that this process can write to. */
static int count_copies(void)
{
    int count = 0;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long begin, end;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &begin, &end, rights) == 3 && rights[0] == 'r' &&
            rights[1] == 'w' && !strstr(line, "[v")) {
            count += count_in((const unsigned char *)begin, (const unsigned char *)end);
        }
    }
    fclose(maps);
    return count;
}

static void handle(void *data, const struct server_request *request,
                   struct server_response *response)
{
    (void)data;
    const char *key = server_header(request, "x-goog-api-key");
    bool right = key && strlen(key) == KEY_LENGTH && is_key((const unsigned char *)key);
    response->status = right ? 200 : 401;
}

/* In the child: says its port, serves until it is killed. */
static void serve(int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test ends the other process first */
    const struct server_settings settings = {.handle = handle};
    struct server *server = NULL;
    struct error error = {0};
    int port = 0;
    if (server_start(&settings, &server, &error) == STATUS_OK) {
        port = server_port(server);
    }
    if (write(out, &port, sizeof port) == sizeof port) {
        pause();
    }
    _exit(1);
}

static void load_key(struct secret **key)
{
    char text[KEY_LENGTH + 1] = {0};
    struct error error = {0};
    for (size_t i = 0; i < KEY_LENGTH; i++) {
        text[i] = (char)(masked(i) ^ MASK);
    }
    assert_int_equal(secret_from_text(text, key, &error), STATUS_OK);
    explicit_bzero(text, sizeof text);
}

/* Large enough that curl sends headers and body apart, too. */
static void post(int port, size_t size)
{
    struct secret *key = NULL;
    struct http *http = NULL;
    struct http_answer answer = {0};
    struct error error = {0};
    struct arena *arena = arena_new();
    void *body = memory_zero(1, size);
    const struct http_ask ask = {.method = "POST",
                                 .url = arena_format(arena, "http://127.0.0.1:%d/", port),
                                 .key_header = "x-goog-api-key: ",
                                 .content_type = "application/octet-stream",
                                 .body = body,
                                 .body_size = size};
    load_key(&key);
    assert_int_equal(count_copies(), 1);
    assert_int_equal(http_new(&http, &error), STATUS_OK);
    assert_int_equal(http_wait(http, &ask, key, arena, &answer, &error), STATUS_OK);
    assert_int_equal(answer.status, 200);
    http_free(http);
    secret_free(key);
    memory_free(body);
    arena_free(arena);
    assert_int_equal(count_copies(), 0);
}

static void no_copy_is_left(void **state)
{
    (void)state;
    if (SANITIZED) {
        skip(); /* what is freed stays, and there is too much to look at */
    }
    int ends[2], port = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        serve(ends[1]);
    }
    assert_int_equal(read(ends[0], &port, sizeof port), sizeof port);
    post(port, 10);
    post(port, 300000);
    kill(server, SIGKILL);
    assert_int_equal(waitpid(server, NULL, 0), server);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_copy_is_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
