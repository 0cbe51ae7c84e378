/* SPDX-License-Identifier: MIT
 * Content hashes: 128 bits of XXH3, shown as 32 hexadecimal digits (most significant first).
 * Not for security: for names, caches and equality. */
#ifndef PICSET_HASH_H
#define PICSET_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash {
    uint64_t high, low;
};

struct hash hash_bytes(const void *bytes, size_t size);
/* Several things into one, order and lengths told apart. Start from {0}. */
struct hash hash_mix(struct hash hash, const void *bytes, size_t size);
struct hash hash_mix_text(struct hash hash, const char *text); /* NULL is not "" */
struct hash hash_mix_hash(struct hash hash, struct hash other);
bool hash_equal(struct hash a, struct hash b);
void hash_text(struct hash hash, char text[33]);
bool hash_parse(const char *text, struct hash *hash);

#endif
