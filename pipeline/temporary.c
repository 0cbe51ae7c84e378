/* SPDX-License-Identifier: MIT
 * Temporary names that tell whose they are, so that what a dead process left is removed and what a
 * living one writes is not. Knows no images. */
#include "temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hash.h"
#include "memory.h"

enum { STALE_SECONDS = 24 * 60 * 60 /* a file of another machine or container, older: given up */ };

enum slot_state { SLOT_FREE, SLOT_TAKEN, SLOT_LIVE };

struct owner {
    uint32_t place;
    long process;
    uint64_t start;
};

static bool owner_parse(const char *name, struct owner *owner)
{
    unsigned counter;
    int end = 0;
    return sscanf(name, ".picset-%8" SCNx32 "-%ld-%" SCNu64 "-%u.tmp%n", &owner->place,
                  &owner->process, &owner->start, &counter, &end) == 4 &&
           end > 0 && name[end] == '\0';
}

bool is_temporary(const char *name)
{
    struct owner owner;
    return owner_parse(name, &owner);
}

/* When the process began (field 22 of /proc/PID/stat); false where that cannot be read. */
static bool process_start(long pid, uint64_t *start)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    ssize_t size = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (size <= 0) {
        return false;
    }
    text[size] = '\0';
    /* the name, field 2, may hold blanks and parentheses: fields are counted from its end */
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    return at && sscanf(at, " %" SCNu64, start) == 1;
}

static bool process_lives(long pid, uint64_t start)
{
    uint64_t now;
    if (pid <= 0 || pid > INT32_MAX || (kill((pid_t)pid, 0) < 0 && errno == ESRCH)) {
        return false;
    }
    return !process_start(pid, &now) || now == start;
}

/* Process numbers mean the same to two processes only on one machine and in one namespace. */
static uint32_t process_place(void)
{
    char host[256] = "", space[64] = "";
    gethostname(host, sizeof host - 1);
    if (readlink("/proc/self/ns/pid", space, sizeof space - 1) < 0) {
        space[0] = '\0';
    }
    struct hash hash = hash_mix_text(hash_mix_text((struct hash){0}, host), space);
    return (uint32_t)hash.low;
}

static bool owner_is_dead(const struct temporaries *temporaries, const struct owner *owner,
                          int descriptor, const char *name)
{
    struct stat facts;
    if (owner->place == temporaries->place) {
        return !process_lives(owner->process, owner->start);
    }
    return fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
           facts.st_mtime < time(NULL) - STALE_SECONDS;
}

void temporaries_sweep(const struct temporaries *temporaries, int descriptor)
{
    int copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy < 0 ? NULL : fdopendir(copy);
    if (!list) {
        if (copy >= 0) {
            close(copy);
        }
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(list))) {
        struct owner owner;
        if (owner_parse(entry->d_name, &owner) &&
            owner_is_dead(temporaries, &owner, descriptor, entry->d_name)) {
            unlinkat(descriptor, entry->d_name, 0);
        }
    }
    closedir(list);
}

void temporaries_begin(struct temporaries *temporaries)
{
    temporaries->place = process_place();
    if (!process_start((long)getpid(), &temporaries->start)) {
        temporaries->start = 0;
    }
}

void temporaries_end(struct temporaries *temporaries)
{
    for (struct slot_block *block = atomic_load(&temporaries->slots.next); block;) {
        struct slot_block *next = atomic_load(&block->next);
        memory_free(block);
        block = next;
    }
}

static struct slot *slot_find_free(struct temporaries *temporaries)
{
    for (struct slot_block *block = &temporaries->slots;;) {
        for (int i = 0; i < SLOTS_PER_BLOCK; i++) {
            int expected = SLOT_FREE;
            if (atomic_compare_exchange_strong(&block->slots[i].state, &expected, SLOT_TAKEN)) {
                return &block->slots[i];
            }
        }
        struct slot_block *next = atomic_load(&block->next);
        if (!next) {
            struct slot_block *fresh = memory_zero(1, sizeof *fresh);
            if (!fresh) {
                return NULL;
            }
            if (atomic_compare_exchange_strong(&block->next, &next, fresh)) {
                next = fresh;
            } else {
                memory_free(fresh);
            }
        }
        block = next;
    }
}

struct slot *slot_take(struct temporaries *temporaries, int descriptor)
{
    struct slot *slot = slot_find_free(temporaries);
    if (!slot) {
        return NULL;
    }
    slot->descriptor = descriptor;
    snprintf(slot->name, sizeof slot->name, ".picset-%08" PRIx32 "-%ld-%" PRIu64 "-%u.tmp",
             temporaries->place, (long)getpid(), temporaries->start,
             atomic_fetch_add(&temporaries->counter, 1));
    atomic_store(&slot->state, SLOT_LIVE);
    return slot;
}

const char *slot_name(const struct slot *slot)
{
    return slot->name;
}

void slot_give_back(struct slot *slot)
{
    atomic_store(&slot->state, SLOT_FREE);
}

bool temporaries_abandoned(const struct temporaries *temporaries)
{
    return atomic_load(&temporaries->abandoned);
}

void temporaries_abandon(struct temporaries *temporaries)
{
    int saved = errno;
    atomic_store(&temporaries->abandoned, true);
    for (struct slot_block *block = &temporaries->slots; block; block = atomic_load(&block->next)) {
        for (int i = 0; i < SLOTS_PER_BLOCK; i++) {
            if (atomic_load(&block->slots[i].state) == SLOT_LIVE) {
                unlinkat(block->slots[i].descriptor, block->slots[i].name, 0);
            }
        }
    }
    errno = saved;
}
