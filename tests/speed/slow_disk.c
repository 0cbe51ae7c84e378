/* SPDX-License-Identifier: MIT
 * Loaded before a program: its disk is slow, at random. What reads, writes, syncs and renames plain
 * files waits up to some milliseconds, and takes fewer bytes than asked for. SLOW_DISK=SEED:FILE;
 * at the end FILE tells how often it had to wait. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define VISIBLE __attribute__((visibility("default")))
#define NEXT(name) dlsym(RTLD_NEXT, name)

enum { MOST_NS = 2000000, SELDOM = 32, SELDOM_NS = 25000000 };

static atomic_uint_fast64_t calls;

/* splitmix64 of the seed and the call's number: which thread calls first is chance, anyway. */
static uint64_t next_random(void)
{
    const char *told = getenv("SLOW_DISK");
    uint64_t x = (told ? strtoull(told, NULL, 10) : 0) << 32;
    x += (atomic_fetch_add(&calls, 1) + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t wait_a_little(void)
{
    const uint64_t chance = next_random();
    struct timespec pause = {0,
                             (long)(chance % (chance >> 32 & (SELDOM - 1) ? MOST_NS : SELDOM_NS))};
    (void)nanosleep(&pause, NULL);
    return chance >> 16;
}

static int is_plain(int file)
{
    struct stat facts;
    return fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
}

/* How many of the bytes this call takes: at least one, as read(2) and write(2) may. */
static size_t some(int file, size_t size)
{
    if (!is_plain(file)) {
        return size;
    }
    const uint64_t chance = wait_a_little();
    return size < 2 || chance & 1 ? size : 1 + (chance >> 1) % size;
}

#define MOVES(name, bytes)                                                                         \
    VISIBLE ssize_t name(int file, bytes buffer, size_t size)                                      \
    {                                                                                              \
        ssize_t (*next)(int, bytes, size_t) = NEXT(#name);                                         \
        return next(file, buffer, some(file, size));                                               \
    }
#define MOVES_AT(name, bytes)                                                                      \
    VISIBLE ssize_t name(int file, bytes buffer, size_t size, off_t at)                            \
    {                                                                                              \
        ssize_t (*next)(int, bytes, size_t, off_t) = NEXT(#name);                                  \
        return next(file, buffer, some(file, size), at);                                           \
    }
#define SYNCS(name)                                                                                \
    VISIBLE int name(int file)                                                                     \
    {                                                                                              \
        int (*next)(int) = NEXT(#name);                                                            \
        (void)wait_a_little();                                                                     \
        return next(file);                                                                         \
    }

MOVES(read, void *)
MOVES(write, const void *)
MOVES_AT(pread, void *)
MOVES_AT(pread64, void *)
MOVES_AT(pwrite, const void *)
MOVES_AT(pwrite64, const void *)
SYNCS(fsync)
SYNCS(fdatasync)

VISIBLE int rename(const char *from, const char *to)
{
    int (*next)(const char *, const char *) = NEXT("rename");
    (void)wait_a_little();
    return next(from, to);
}

VISIBLE int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    int (*next)(int, const char *, int, const char *) = NEXT("renameat");
    (void)wait_a_little();
    return next(from_folder, from, to_folder, to);
}

VISIBLE int openat(int folder, const char *path, int flags, ...)
{
    int (*next)(int, const char *, int, ...) = NEXT("openat");
    va_list list;
    va_start(list, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    (void)wait_a_little();
    return next(folder, path, flags, mode);
}

__attribute__((destructor)) static void tell(void)
{
    const char *told = getenv("SLOW_DISK"), *colon = told ? strchr(told, ':') : NULL;
    FILE *file = colon ? fopen(colon + 1, "we") : NULL;
    if (file) {
        fprintf(file, "%llu\n", (unsigned long long)atomic_load(&calls));
        fclose(file);
    }
}
