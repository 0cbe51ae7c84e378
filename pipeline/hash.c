/* SPDX-License-Identifier: MIT
 * XXH3 behind our own small type; the only file that knows xxHash. */
#include "hash.h"

#include <string.h>
#include <xxhash.h>

struct hash hash_bytes(const void *bytes, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    return (struct hash){.high = hash.high64, .low = hash.low64};
}

/* Least significant byte first on every machine, so that names are the same everywhere. */
static void put(unsigned char *out, uint64_t number)
{
    for (int i = 0; i < 8; i++) {
        out[i] = (unsigned char)(number >> (8 * i));
    }
}

static struct hash mix(struct hash hash, uint64_t size, struct hash content)
{
    unsigned char joined[40];
    put(joined, hash.high);
    put(joined + 8, hash.low);
    put(joined + 16, size);
    put(joined + 24, content.high);
    put(joined + 32, content.low);
    return hash_bytes(joined, sizeof(joined));
}

struct hash hash_mix(struct hash hash, const void *bytes, size_t size)
{
    return mix(hash, size, hash_bytes(bytes, size));
}

struct hash hash_mix_text(struct hash hash, const char *text)
{
    /* No text is SIZE_MAX long: that size stands for NULL. */
    return text ? hash_mix(hash, text, strlen(text)) : mix(hash, UINT64_MAX, (struct hash){0});
}

struct hash hash_mix_hash(struct hash hash, struct hash other)
{
    return mix(hash, sizeof(other), other);
}

bool hash_equal(struct hash a, struct hash b)
{
    return a.high == b.high && a.low == b.low;
}

void hash_text(struct hash hash, char text[33])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        text[i] = digits[hash.high >> (60 - 4 * i) & 15];
        text[16 + i] = digits[hash.low >> (60 - 4 * i) & 15];
    }
    text[32] = '\0';
}

bool hash_parse(const char *text, struct hash *hash)
{
    uint64_t halves[2] = {0, 0};
    for (int i = 0; i < 32; i++) {
        char c = text[i];
        unsigned digit;
        if (c >= '0' && c <= '9') {
            digit = (unsigned)(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = (unsigned)(c - 'a') + 10;
        } else {
            return false;
        }
        halves[i / 16] = halves[i / 16] << 4 | digit;
    }
    if (text[32] != '\0') {
        return false;
    }
    *hash = (struct hash){.high = halves[0], .low = halves[1]};
    return true;
}
