/* SPDX-License-Identifier: MIT
 * A chain of blocks that are filled from front to back and freed together. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"

#define BLOCK_FIRST 4096
#define BLOCK_LARGEST (256 * 1024)
#define ALIGNMENT alignof(max_align_t)

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* the one being filled first */
    size_t next_size;
};

struct arena *arena_new(void)
{
    struct arena *arena = memory_zero(1, sizeof(*arena));
    if (arena) {
        arena->next_size = BLOCK_FIRST;
    }
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena) {
        return;
    }
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        memory_free(block);
    }
    memory_free(arena);
}

static struct block *block_add(struct arena *arena, size_t size)
{
    bool own = size > arena->next_size / 4; /* large pieces do not waste the rest of a block */
    size_t capacity = own ? size : arena->next_size;
    struct block *block = memory_zero(1, sizeof(*block) + capacity);
    if (!block) {
        return NULL;
    }
    block->size = capacity;
    if (own && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
        return block;
    }
    block->next = arena->blocks;
    arena->blocks = block;
    if (!own && arena->next_size < BLOCK_LARGEST) {
        arena->next_size *= 2;
    }
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    size = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    struct block *block = arena->blocks;
    if (!block || size > block->size - block->used) {
        block = block_add(arena, size);
    }
    if (!block) {
        return NULL;
    }
    void *piece = block->bytes + block->used;
    block->used += size;
    return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    return size && count > SIZE_MAX / size ? NULL : arena_alloc(arena, count * size);
}

char *arena_slice(struct arena *arena, const char *text, size_t size)
{
    char *copy = size < SIZE_MAX ? arena_alloc(arena, size + 1) : NULL;
    if (copy && size) {
        memcpy(copy, text, size);
    }
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_slice(arena, text, strlen(text));
}

char *arena_joined(struct arena *arena, const char *first, const char *second, const char *third)
{
    const size_t sizes[] = {strlen(first), strlen(second), strlen(third)};
    char *text = arena_alloc(arena, sizes[0] + sizes[1] + sizes[2] + 1);
    if (text) {
        memcpy(text, first, sizes[0]);
        memcpy(text + sizes[0], second, sizes[1]);
        memcpy(text + sizes[0] + sizes[1], third, sizes[2]);
    }
    return text;
}

/* Into what is left of the block, so that most texts are formatted only once. */
char *arena_format(struct arena *arena, const char *format, ...)
{
    struct block *block = arena->blocks;
    const size_t left = block ? block->size - block->used : 0;
    char *place = left ? (char *)block->bytes + block->used : NULL;
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int size = vsnprintf(place, left, format, arguments);
    va_end(arguments);
    char *text = NULL;
    if (size >= 0 && (size_t)size < left) {
        text = arena_alloc(arena, (size_t)size + 1);
    } else if (size >= 0) {
        if (left) {
            memset(place, 0, left); /* pieces are promised to be zeroed */
        }
        text = arena_alloc(arena, (size_t)size + 1);
        if (text) {
            vsnprintf(text, (size_t)size + 1, format, again);
        }
    }
    va_end(again);
    return text;
}

void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
{
    void *array; /* *items is a pointer of any type: copied as bytes, so that no type is punned */
    memcpy(&array, items, sizeof(array));
    if (*count == *capacity) {
        if (*capacity > SIZE_MAX / 2) {
            return NULL;
        }
        size_t wanted = *capacity ? *capacity * 2 : 4;
        void *larger = arena_array(arena, wanted, size);
        if (!larger) {
            return NULL;
        }
        if (*count) {
            memcpy(larger, array, *count * size);
        }
        array = larger;
        memcpy(items, &array, sizeof(array));
        *capacity = wanted;
    }
    return (unsigned char *)array + (*count)++ * size;
}
