/* SPDX-License-Identifier: MIT
 * Keys: read once, kept in pages that are neither swapped nor dumped, wiped when released.
 *
 * The environment's own copy stays: a library must not change its host's environment, a second load
 * needs it, and whoever exported it has it anyway. /proc/PID/environ is closed to other processes
 * of the same user by PR_SET_DUMPABLE. */
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#define KEY_MAX 4096 /* bytes */

struct secret {
    size_t mapped;
    char text[];
};

/* All are best efforts but the mapping: a limit on locked memory must not stop the work. */
static struct secret *secret_new(void)
{
    size_t size = sizeof(struct secret) + KEY_MAX + 2; /* one too many, and a NUL */
    struct secret *secret =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED) {
        return NULL;
    }
    (void)mlock(secret, size);
#ifdef MADV_DONTDUMP
    (void)madvise(secret, size, MADV_DONTDUMP);
#endif
#ifdef MADV_WIPEONFORK
    (void)madvise(secret, size, MADV_WIPEONFORK);
#endif
    secret->mapped = size;
    return secret;
}

void secret_free(struct secret *secret)
{
    if (secret) {
        size_t size = secret->mapped;
        explicit_bzero(secret, size);
        munmap(secret, size);
    }
}

const char *secret_text(const struct secret *secret)
{
    return secret ? secret->text : "";
}

static void core_forbid(void)
{
    const struct rlimit none = {0, 0};
#ifdef __linux__
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    (void)setrlimit(RLIMIT_CORE, &none);
}

/* Cuts the line's end off; `place` for the message, never the text. */
static enum status secret_check(struct secret *secret, const char *place, struct error *error)
{
    char *text = secret->text;
    size_t length = strlen(text);
    if (length > KEY_MAX) {
        return error_set(error, STATUS_GENERATION, "the key in %s is longer than %d bytes", place,
                         KEY_MAX);
    }
    if (length && text[length - 1] == '\n') {
        text[--length] = '\0';
    }
    if (length && text[length - 1] == '\r') {
        text[--length] = '\0';
    }
    if (length == 0) {
        return error_set(error, STATUS_GENERATION, "the key in %s is empty", place);
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            return error_set(error, STATUS_GENERATION,
                             "the key in %s holds something other than printable ASCII at byte %zu",
                             place, i);
        }
    }
    if (text[0] == ' ' || text[length - 1] == ' ') {
        return error_set(error, STATUS_GENERATION, "the key in %s begins or ends with a blank",
                         place);
    }
    return STATUS_OK;
}

static enum status secret_from(const char *text, const char *place, struct secret **out,
                               struct error *error)
{
    core_forbid();
    struct secret *secret = secret_new();
    if (!secret) {
        return error_memory(error);
    }
    size_t length = strnlen(text, KEY_MAX + 1);
    memcpy(secret->text, text, length); /* its end is zero already */
    enum status status = secret_check(secret, place, error);
    if (status != STATUS_OK) {
        secret_free(secret);
        return status;
    }
    *out = secret;
    return STATUS_OK;
}

enum status secret_from_text(const char *text, struct secret **out, struct error *error)
{
    return secret_from(text, "the text given", out, error);
}

static enum status file_check(const char *file, int number, struct error *error)
{
    struct stat facts;
    if (fstat(number, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return error_set(error, STATUS_GENERATION, "key file '%s' is not a plain file", file);
    }
    if (facts.st_uid != geteuid()) {
        return error_set(error, STATUS_GENERATION,
                         "key file '%s' belongs to user %ld, not to you (user %ld)", file,
                         (long)facts.st_uid, (long)geteuid());
    }
    unsigned mode = (unsigned)facts.st_mode & 07777u;
    if (mode != 0600 && mode != 0400) {
        return error_set(error, STATUS_GENERATION,
                         "key file '%s' has mode %04o, and only its owner may read it: chmod 600",
                         file, mode);
    }
    return STATUS_OK;
}

/* Read without stdio, whose buffer would keep a copy. */
static enum status file_read(const char *file, int number, struct secret *secret,
                             struct error *error)
{
    size_t length = 0;
    while (length < KEY_MAX + 1) {
        ssize_t count = read(number, secret->text + length, KEY_MAX + 1 - length);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            error_set(error, STATUS_FAILED, "cannot read key file '%s'", file);
            error_cause(error, strerror(errno));
            return error->status;
        }
        if (count == 0) {
            break;
        }
        length += (size_t)count;
    }
    if (memchr(secret->text, '\0', length)) {
        return error_set(error, STATUS_GENERATION, "key file '%s' holds a NUL", file);
    }
    return STATUS_OK;
}

static enum status secret_from_file(const char *file, struct secret **out, struct error *error)
{
    core_forbid();
    /* NONBLOCK: opening a pipe must not wait for its writer */
    int number = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (number < 0) {
        int reason = errno;
        if (reason == ELOOP) {
            return error_set(error, STATUS_GENERATION, "key file '%s' is a symbolic link", file);
        }
        error_set(error, reason == ENOENT ? STATUS_MISSING : STATUS_GENERATION,
                  "cannot open key file '%s'", file);
        error_cause(error, strerror(reason));
        return error->status;
    }
    char place[300];
    snprintf(place, sizeof place, "file '%s'", file);
    struct secret *secret = NULL;
    enum status status = file_check(file, number, error);
    if (status == STATUS_OK) {
        secret = secret_new();
        status = secret ? file_read(file, number, secret, error) : error_memory(error);
    }
    if (status == STATUS_OK) {
        status = secret_check(secret, place, error);
    }
    close(number);
    if (status != STATUS_OK) {
        secret_free(secret);
        return status;
    }
    *out = secret;
    return STATUS_OK;
}

enum status secret_load(const char *variable, const char *file, struct secret **out,
                        struct error *error)
{
    const char *text = variable ? getenv(variable) : NULL;
    if (text && *text) {
        char place[128];
        snprintf(place, sizeof place, "%s", variable);
        return secret_from(text, place, out, error);
    }
    if (file) {
        return secret_from_file(file, out, error);
    }
    *out = NULL;
    return STATUS_OK;
}
