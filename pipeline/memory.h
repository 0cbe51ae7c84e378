/* SPDX-License-Identifier: MIT
 * The only way to the heap, so that a test can make the n-th allocation fail.
 * All return NULL when memory is short, never abort. Thread-safe. */
#ifndef PICSET_MEMORY_H
#define PICSET_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t size);               /* not zeroed; size 0 gives a valid pointer */
void *memory_zero(size_t count, size_t size);  /* zeroed; NULL when count * size overflows */
void *memory_resize(void *block, size_t size); /* as realloc; on failure block stays valid */
void *memory_copy(const void *bytes, size_t size);
char *memory_text(const char *text); /* as strdup */
void memory_free(void *block);       /* NULL is fine */

/* For a library that goes wrong when memory is short: an injected failure is counted as a refusal,
 * and there is memory all the same. What was done meanwhile must then be thrown away. */
void *memory_insist(size_t size);

/* How often memory was short so far. When it changed while a library worked that has our allocator
 * (jansson), what the library says of its failure may not be true. */
long memory_refusals(void);

/* Tests only: the n-th allocation from now (1 is the next) fails, and every later one when
 * `sticky`; 0 switches it off. memory_count() counts allocations since the last call of this. */
void memory_fail_at(long n, int sticky);
long memory_count(void);

#endif
