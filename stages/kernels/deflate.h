/* SPDX-License-Identifier: MIT
 * Deflate (RFC 1951) for rows of filtered pixels: a stream that takes bytes piece by piece in
 * bounded memory. Long runs, which is what flat colour is once filtered, cost next to nothing.
 * Whole numbers only: the same bytes everywhere. The caller owns the memory. */
#ifndef PICSET_KERNEL_DEFLATE_H
#define PICSET_KERNEL_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

enum {
    DEFLATE_REACH = 1 << 15, /* how far back a match may lie */
    DEFLATE_WINDOW = 2 * DEFLATE_REACH,
    DEFLATE_HASHES = 1 << 15,
    DEFLATE_TOKENS = 1 << 16, /* of a block, at most */
    DEFLATE_CHUNK = 1 << 11,  /* tokens after which a block may end */
    DEFLATE_LITERALS = 286,   /* literals, the end of a block, lengths */
    DEFLATE_DISTANCES = 30,
    DEFLATE_OUT = 1 << 14,
    DEFLATE_KNOWN = 5,
    DEFLATE_LAST = 1
};

/* How hard to look for matches. */
struct deflate_effort {
    int depth; /* earlier places that are looked at */
    int good;  /* a match as long is followed by a shorter look for a better one */
    int lazy;  /* one as long is not improved on */
    int nice;  /* one as long ends the search */
};

/* How often each symbol stands in a block, or how many bits it takes. */
struct deflate_counts {
    uint32_t literals[DEFLATE_LITERALS], distances[DEFLATE_DISTANCES];
};

struct deflate {
    struct deflate_effort effort;
    void (*sink)(void *data, const uint8_t *bytes, size_t size);
    void *data;
    uint8_t window[DEFLATE_WINDOW + 8]; /* some more may be read */
    int filled, at;                     /* bytes there are; the next one to be told */
    uint16_t heads[DEFLATE_HASHES], chains[DEFLATE_REACH]; /* 0: none */
    int hashed;               /* the next place that is in no chain yet */
    int length, distance;     /* match of the byte before `at`, not told yet; 0: none */
    int waiting;              /* that byte is told neither as a literal yet */
    int known[DEFLATE_KNOWN]; /* distances that are looked at first, 1 where there is none: of a
                               * run, of the last match that was none, of the pixel above and beside
                               * it */
    uint32_t tokens[DEFLATE_TOKENS]; /* distance << 16 | length, or a literal */
    int token_count, chunk_start;
    struct deflate_counts block, chunk; /* of the tokens before and from chunk_start on */
    struct deflate_counts bits;         /* what symbols took in the block before */
    uint64_t pending;                   /* bits that make no whole byte yet */
    int pending_count;
    uint8_t out[DEFLATE_OUT];
    size_t out_size;
};

/* Of rows of `row` bytes, each with its filter, with pixels of `step` bytes. */
void deflate_start(struct deflate *deflate, struct deflate_effort effort, size_t row, int step,
                   void (*sink)(void *data, const uint8_t *bytes, size_t size), void *data);
void deflate_bytes(struct deflate *deflate, const uint8_t *bytes, size_t size);
/* The last block, filled up to a whole byte. */
void deflate_end(struct deflate *deflate);

/* The chunk's tokens, or the block's, as a block of their own; between the two files of this. */
void deflate_block(struct deflate *deflate, int tokens, const struct deflate_counts *counts,
                   int is_last);
/* Length 3..258 to its symbol, 257..285; distance to its symbol, 0..29. */
int deflate_length_symbol(int length);
int deflate_distance_symbol(int distance);
int deflate_length_extra(int symbol);
int deflate_distance_extra(int symbol);

#endif
