/* SPDX-License-Identifier: MIT
 * Between folder.c, file.c and temporary.c only: the names of temporary files below one output
 * root, in a list that a signal handler can walk. */
#ifndef PICSET_TEMPORARY_H
#define PICSET_TEMPORARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { SLOTS_PER_BLOCK = 64 };

struct slot { /* one temporary file */
    atomic_int state;
    int descriptor; /* of the folder it lies in; borrowed */
    char name[72];
};

struct slot_block {
    struct slot slots[SLOTS_PER_BLOCK];
    _Atomic(struct slot_block *) next;
};

struct temporaries { /* {0} is ready for temporaries_begin */
    struct slot_block slots;
    atomic_uint counter;
    atomic_bool abandoned;
    uint32_t place; /* machine and process namespace */
    uint64_t start; /* when this process began, in the kernel's ticks */
};

void temporaries_begin(struct temporaries *temporaries);
void temporaries_end(struct temporaries *temporaries);
/* Removes what dead processes left in a folder. */
void temporaries_sweep(const struct temporaries *temporaries, int descriptor);
/* Async-signal-safe: unlinks every live one and refuses new ones. */
void temporaries_abandon(struct temporaries *temporaries);
bool temporaries_abandoned(const struct temporaries *temporaries);

/* A name that no file of ours has; NULL when memory is short. */
struct slot *slot_take(struct temporaries *temporaries, int descriptor);
const char *slot_name(const struct slot *slot);
void slot_give_back(struct slot *slot);

bool is_temporary(const char *name);

#endif
