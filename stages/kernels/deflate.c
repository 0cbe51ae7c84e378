/* SPDX-License-Identifier: MIT
 * See deflate.h. Matches are looked for in chains of places with the same four bytes; a match is
 * told one byte late, when none better begins there. */
#include "deflate.h"

enum {
    LEAST = 5,
    HASH_BITS = 15,
    MOST = 258,
    AHEAD = MOST + 8 + 1, /* bytes that must be there for a place to be looked at */
    RUN = 1,              /* distance of a match that repeats one byte */
    SPARSE = 16 /* of a longest match, only so many places at its end can be found again */
};

static void copy(uint8_t *to, const uint8_t *from, size_t size)
{
    __builtin_memcpy(to, from, size);
}

/* As they lie, the first byte lowest: whatever the processor, hashes are the same. */
static uint32_t four(const uint8_t *bytes)
{
    uint32_t value;
    __builtin_memcpy(&value, bytes, sizeof value);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? value : __builtin_bswap32(value);
}

static uint64_t eight(const uint8_t *bytes)
{
    uint64_t value;
    __builtin_memcpy(&value, bytes, sizeof value);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? value : __builtin_bswap64(value);
}

static int matched(const uint8_t *a, const uint8_t *b, int most)
{
    for (int i = 0; i < most; i += 8) {
        const uint64_t differ = eight(a + i) ^ eight(b + i);
        if (differ) {
            const int length = i + __builtin_ctzll(differ) / 8;
            return length < most ? length : most;
        }
    }
    return most;
}

/* ---- Tokens -------------------------------------------------------------------------------- */

/* 16 times the logarithm to base 2, by a straight line between powers. */
static int64_t log_16(uint32_t value)
{
    const int whole = 31 - __builtin_clz(value);
    return 16 * whole + (int64_t)(((uint64_t)value << 4 >> whole) - 16);
}

/* Sixteenths of bits that the symbols take by their entropy. */
static int64_t entropy(const uint32_t *counts, const uint32_t *more, int symbols)
{
    int64_t sum = 0;
    uint32_t total = 0;
    for (int i = 0; i < symbols; i++) {
        const uint32_t count = counts[i] + (more ? more[i] : 0);
        if (count) {
            sum -= count * log_16(count);
            total += count;
        }
    }
    return total ? sum + total * log_16(total) : 0;
}

static int64_t size_of(const struct deflate_counts *counts, const struct deflate_counts *more)
{
    return entropy(counts->literals, more ? more->literals : NULL, DEFLATE_LITERALS) +
           entropy(counts->distances, more ? more->distances : NULL, DEFLATE_DISTANCES);
}

static void counts_add(struct deflate_counts *counts, const struct deflate_counts *more)
{
    for (int i = 0; i < DEFLATE_LITERALS; i++) {
        counts->literals[i] += more->literals[i];
    }
    for (int i = 0; i < DEFLATE_DISTANCES; i++) {
        counts->distances[i] += more->distances[i];
    }
}

/* The tokens before the chunk become a block; the chunk is what the next one begins with. */
static void block_end(struct deflate *deflate)
{
    deflate_block(deflate, deflate->chunk_start, &deflate->block, 0);
    deflate->token_count -= deflate->chunk_start;
    for (int i = 0; i < deflate->token_count; i++) {
        deflate->tokens[i] = deflate->tokens[deflate->chunk_start + i];
    }
    deflate->block = deflate->chunk;
    deflate->chunk_start = deflate->token_count;
}

/* A chunk joins the block before it, unless its symbols are so different that a code of its own,
 * with about so many bits for it to be written down, costs less. */
static void chunk_end(struct deflate *deflate)
{
    const int64_t own_code = 16 * 500;
    if (deflate->chunk_start > 0 &&
        (deflate->token_count > DEFLATE_TOKENS - DEFLATE_CHUNK ||
         size_of(&deflate->block, NULL) + size_of(&deflate->chunk, NULL) + own_code <
             size_of(&deflate->block, &deflate->chunk))) {
        block_end(deflate);
    } else {
        counts_add(&deflate->block, &deflate->chunk);
        deflate->chunk_start = deflate->token_count;
    }
    deflate->chunk = (struct deflate_counts){{0}, {0}};
}

static void tell(struct deflate *deflate, uint32_t token)
{
    deflate->tokens[deflate->token_count++] = token;
    if (deflate->token_count - deflate->chunk_start == DEFLATE_CHUNK) {
        chunk_end(deflate);
    }
}

static void tell_literal(struct deflate *deflate, uint8_t byte)
{
    deflate->chunk.literals[byte]++;
    tell(deflate, byte);
}

static void tell_match(struct deflate *deflate, int length, int distance)
{
    deflate->chunk.literals[deflate_length_symbol(length)]++;
    deflate->chunk.distances[deflate_distance_symbol(distance)]++;
    if (distance > RUN) {
        deflate->known[DEFLATE_LAST] = distance;
    }
    tell(deflate, (uint32_t)distance << 16 | (uint32_t)length);
}

/* ---- Matches ------------------------------------------------------------------------------- */

static uint32_t hash_of(const uint8_t *bytes)
{
    return (uint32_t)((eight(bytes) << (64 - 8 * LEAST)) * 0x9e3779b97f4a7c15u >> (64 - HASH_BITS));
}

/* A place can be found from now on: the one with the same hash that was the nearest. */
static int hash_place(struct deflate *deflate, int place)
{
    uint16_t *const head = &deflate->heads[hash_of(deflate->window + place)];
    const uint16_t nearest = *head;
    deflate->chains[place % DEFLATE_REACH] = nearest;
    *head = (uint16_t)place;
    return nearest;
}

/* Does a match take fewer bits than its bytes one by one, by the code of the block before? */
static int pays(const struct deflate *deflate, int at, int length, int distance)
{
    const int symbol = deflate_length_symbol(length), far = deflate_distance_symbol(distance);
    const uint32_t match = deflate->bits.literals[symbol] + (uint32_t)deflate_length_extra(symbol) +
                           deflate->bits.distances[far] + (uint32_t)deflate_distance_extra(far);
    uint32_t bytes = 0;
    for (int i = 0; i < length && bytes <= match; i++) {
        bytes += deflate->bits.literals[deflate->window[at + i]];
    }
    return bytes > match;
}

/* Do the least bytes that make a match agree? */
static int begins_like(const uint8_t *a, const uint8_t *b)
{
    return (eight(a) ^ eight(b)) << (64 - 8 * LEAST) == 0;
}

/* The longest match of the bytes at `at`, longer than `least`, the nearest of equals; `place` is
 * the nearest with the same hash. */
static int longest(const struct deflate *deflate, int at, int place, int least, int depth,
                   int *distance)
{
    const uint8_t *const here = deflate->window + at;
    const int most = deflate->filled - at < MOST ? deflate->filled - at : MOST;
    const int nice = deflate->effort.nice < most ? deflate->effort.nice : most;
    const uint32_t begin = four(here);
    int length = least;
    if (length >= most) {
        return 0;
    }
    for (int i = 0; i < DEFLATE_KNOWN && length < nice; i++) {
        const int known = deflate->known[i];
        if (known <= at && begins_like(here, here - known)) {
            const int same = matched(here, here - known, most);
            if (same > length) {
                length = same;
                *distance = known;
            }
        }
    }
    for (; length < nice && depth > 0 && place > 0 && at - place <= DEFLATE_REACH; depth--) {
        const uint8_t *const there = deflate->window + place;
        if (four(there + length - 3) == four(here + length - 3) && four(there) == begin) {
            const int same = matched(here, there, most);
            if (same > length) {
                length = same;
                *distance = at - place;
            }
        }
        const int next = deflate->chains[place % DEFLATE_REACH];
        if (next >= place) {
            break; /* that place is out of reach, its link another's */
        }
        place = next;
    }
    return length > least ? length : 0;
}

/* ---- Through the bytes --------------------------------------------------------------------- */

/* What was told last is in no chain but for its end: all of it looks alike. */
static void leave_out(struct deflate *deflate)
{
    if (deflate->hashed < deflate->at - SPARSE) {
        deflate->hashed = deflate->at - SPARSE;
    }
}

/* After a longest match: as much again of a run, or at the distance before, is taken without a look
 * at anything else. */
static void repeat(struct deflate *deflate, int end)
{
    const int begin = deflate->at;
    while (deflate->at < end) {
        const uint8_t *const here = deflate->window + deflate->at;
        const int run = matched(here, here - RUN, MOST) == MOST;
        if (!run && matched(here, here - deflate->known[DEFLATE_LAST], MOST) < MOST) {
            break;
        }
        tell_match(deflate, MOST, run ? RUN : deflate->known[DEFLATE_LAST]);
        deflate->at += MOST;
    }
    if (deflate->at > begin) {
        leave_out(deflate);
    }
}

static void take_match(struct deflate *deflate, int end)
{
    const int length = deflate->length;
    tell_match(deflate, length, deflate->distance);
    deflate->at += length - 1;
    deflate->length = 0;
    deflate->waiting = 0;
    if (length == MOST) {
        repeat(deflate, end);
    } else if (deflate->distance == RUN) {
        leave_out(deflate);
    }
}

/* Whether a match one byte later is worth a literal. */
static int is_better(int length, int distance, int old_length, int old_distance)
{
    const int nearer = deflate_distance_extra(deflate_distance_symbol(old_distance)) -
                       deflate_distance_extra(deflate_distance_symbol(distance));
    return 4 * (length - old_length) + nearer > 2;
}

static void step(struct deflate *deflate, int end)
{
    const int old = deflate->length;
    int length = 0, distance = 0;
    if (old < deflate->effort.lazy) {
        const int depth = deflate->effort.depth >> (old >= deflate->effort.good ? 2 : 0);
        const int least = old > LEAST ? old - 1 : LEAST - 1;
        for (; deflate->hashed < deflate->at; deflate->hashed++) {
            (void)hash_place(deflate, deflate->hashed);
        }
        const int place = deflate->at > 0 ? hash_place(deflate, deflate->hashed++) : 0;
        length = longest(deflate, deflate->at, place, least, depth, &distance);
        if (length && length < 16 && !pays(deflate, deflate->at, length, distance)) {
            length = 0;
        }
    }
    if (old && !(length && is_better(length, distance, old, deflate->distance))) {
        take_match(deflate, end);
        return;
    }
    if (deflate->waiting) {
        tell_literal(deflate, deflate->window[deflate->at - 1]);
    }
    deflate->length = length;
    deflate->distance = distance;
    deflate->waiting = 1;
    deflate->at++;
    if (length >= deflate->effort.nice) {
        take_match(deflate, end);
    }
}

/* The older half of the window is given up. */
static void slide(struct deflate *deflate)
{
    uint16_t *const heads = deflate->heads, *const chains = deflate->chains;
    copy(deflate->window, deflate->window + DEFLATE_REACH, DEFLATE_REACH);
    for (int i = 0; i < DEFLATE_HASHES; i++) {
        heads[i] = (uint16_t)(heads[i] > DEFLATE_REACH ? heads[i] - DEFLATE_REACH : 0);
    }
    for (int i = 0; i < DEFLATE_REACH; i++) {
        chains[i] = (uint16_t)(chains[i] > DEFLATE_REACH ? chains[i] - DEFLATE_REACH : 0);
    }
    deflate->filled -= DEFLATE_REACH;
    deflate->at -= DEFLATE_REACH;
    deflate->hashed -= DEFLATE_REACH;
}

void deflate_bytes(struct deflate *deflate, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const size_t room = (size_t)(DEFLATE_WINDOW - deflate->filled);
        const size_t part = size < room ? size : room;
        copy(deflate->window + deflate->filled, bytes, part);
        deflate->filled += (int)part;
        bytes += part;
        size -= part;
        const int end = deflate->filled - AHEAD;
        while (deflate->at < end) {
            step(deflate, end);
        }
        if (deflate->filled == DEFLATE_WINDOW) {
            slide(deflate);
        }
    }
}

void deflate_end(struct deflate *deflate)
{
    const int whole = deflate->filled - 8;
    while (deflate->at < whole) {
        step(deflate, 0);
    }
    if (deflate->length) {
        take_match(deflate, 0);
    }
    if (deflate->waiting) {
        tell_literal(deflate, deflate->window[deflate->at - 1]);
    }
    for (; deflate->at < deflate->filled; deflate->at++) {
        tell_literal(deflate, deflate->window[deflate->at]);
    }
    counts_add(&deflate->block, &deflate->chunk);
    deflate_block(deflate, deflate->token_count, &deflate->block, 1);
}

void deflate_start(struct deflate *deflate, struct deflate_effort effort, size_t row, int step,
                   void (*sink)(void *data, const uint8_t *bytes, size_t size), void *data)
{
    __builtin_memset(deflate, 0, sizeof *deflate);
    deflate->effort = effort;
    deflate->sink = sink;
    deflate->data = data;
    deflate->hashed = 1; /* place 0 stands for none */
    const int above = row + (size_t)step <= DEFLATE_REACH ? (int)row : RUN;
    const int known[DEFLATE_KNOWN] = {RUN, RUN, above, above + step, above - step};
    for (int i = 0; i < DEFLATE_KNOWN; i++) {
        deflate->known[i] = known[i] > RUN && above > RUN ? known[i] : RUN;
    }
    for (int i = 0; i < DEFLATE_LITERALS; i++) {
        deflate->bits.literals[i] = i < 256 ? 6 : 7;
    }
    for (int i = 0; i < DEFLATE_DISTANCES; i++) {
        deflate->bits.distances[i] = 5;
    }
}
