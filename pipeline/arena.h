/* SPDX-License-Identifier: MIT
 * Memory that dies together: what a preset or a plan points to lives in its arena.
 * One thread at a time per arena. */
#ifndef PICSET_ARENA_H
#define PICSET_ARENA_H

#include <stddef.h>
#include <stdarg.h>
#include "error.h"

struct arena;

struct arena *arena_new(void); /* NULL when memory is short */
void arena_free(struct arena *arena);

/* Zeroed, aligned for any type; NULL when memory is short. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size); /* NULL on overflow, too */
char *arena_text(struct arena *arena, const char *text);           /* a copy */
char *arena_slice(struct arena *arena, const char *text, size_t size);
char *arena_format(struct arena *arena, const char *format, ...) PICSET_PRINTF(2, 3);
/* Three texts, one after the other: what paths are made of, without a format to read. */
char *arena_joined(struct arena *arena, const char *first, const char *second, const char *third);

/* A list that grows in an arena: returns the new slot, zeroed, or NULL. `items` points to the
 * array's variable, `capacity` is the list's own, `count` is raised by one on success. */
void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size);

#endif
