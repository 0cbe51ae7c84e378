/* SPDX-License-Identifier: MIT
 * The heap behind one door. Two counters belong to tests, which make the n-th allocation fail; the
 * third tells that memory was short. */
#include "memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long allocations;
static atomic_long failing; /* n: fails at n; -n: at n and ever after; 0: never */

static atomic_long refusals;

static bool injected(void)
{
    long number = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
    long at = atomic_load_explicit(&failing, memory_order_relaxed);
    return at > 0 ? number == at : at < 0 && number >= -at;
}

/* The block, counted when it is none. */
static void *given(void *block)
{
    if (!block) {
        atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
    }
    return block;
}

long memory_refusals(void)
{
    return atomic_load_explicit(&refusals, memory_order_relaxed);
}

void memory_fail_at(long n, int sticky)
{
    atomic_store(&allocations, 0);
    atomic_store(&failing, sticky ? -n : n);
}

long memory_count(void)
{
    return atomic_load(&allocations);
}

void *memory_alloc(size_t size)
{
    return given(injected() ? NULL : malloc(size ? size : 1));
}

void *memory_insist(size_t size)
{
    void *block = memory_alloc(size);
    return block ? block : malloc(size ? size : 1);
}

void *memory_zero(size_t count, size_t size)
{
    bool any = count && size;
    return given(injected() ? NULL : calloc(any ? count : 1, any ? size : 1));
}

void *memory_resize(void *block, size_t size)
{
    return given(injected() ? NULL : realloc(block, size ? size : 1));
}

void *memory_copy(const void *bytes, size_t size)
{
    void *copy = memory_alloc(size);
    if (copy && size) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *memory_text(const char *text)
{
    return memory_copy(text, strlen(text) + 1);
}

void memory_free(void *block)
{
    free(block);
}
