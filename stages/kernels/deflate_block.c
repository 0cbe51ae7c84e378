/* SPDX-License-Identifier: MIT
 * The blocks of a deflate stream (RFC 1951, 3.2): Huffman codes for the tokens' symbols, and bits.
 */
#include "deflate.h"

enum {
    BITS_MOST = 15,
    ORDERS = 19, /* symbols of the code in which code lengths are written */
    ORDER_BITS_MOST = 7,
    END = 256,
    WORDS = 288 /* the fixed code has two words that mean nothing */
};

/* ---- Symbols ------------------------------------------------------------------------------- */

static int log_2(uint32_t value)
{
    return 31 - __builtin_clz(value);
}

/* Eight lengths have a symbol each, then every four symbols take twice as many. */
int deflate_length_symbol(int length)
{
    const int above = length - 3;
    if (above < 8) {
        return 257 + above;
    }
    if (length == 258) {
        return 285;
    }
    const int extra = log_2((uint32_t)above) - 2;
    return 257 + 4 * extra + (above >> extra);
}

int deflate_length_extra(int symbol)
{
    return symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4;
}

int deflate_distance_symbol(int distance)
{
    const int above = distance - 1;
    if (above < 4) {
        return above;
    }
    const int extra = log_2((uint32_t)above) - 1;
    return 2 * extra + (above >> extra);
}

int deflate_distance_extra(int symbol)
{
    return symbol < 4 ? 0 : symbol / 2 - 1;
}

/* ---- Bits ---------------------------------------------------------------------------------- */

static void drain(struct deflate *deflate)
{
    deflate->sink(deflate->data, deflate->out, deflate->out_size);
    deflate->out_size = 0;
}

/* At most 32 at once, the lowest first. */
static void put_bits(struct deflate *deflate, uint32_t bits, int count)
{
    deflate->pending |= (uint64_t)bits << deflate->pending_count;
    deflate->pending_count += count;
    if (deflate->pending_count >= 32) {
        uint8_t *const out = deflate->out + deflate->out_size;
        for (int i = 0; i < 4; i++) {
            out[i] = (uint8_t)(deflate->pending >> 8 * i);
        }
        deflate->pending >>= 32;
        deflate->pending_count -= 32;
        deflate->out_size += 4;
        if (deflate->out_size == DEFLATE_OUT) {
            drain(deflate);
        }
    }
}

/* Zeros up to a whole byte. */
static void put_rest(struct deflate *deflate)
{
    put_bits(deflate, 0, (8 - deflate->pending_count % 8) % 8);
}

/* ---- Codes --------------------------------------------------------------------------------- */

struct code {
    uint8_t bits[WORDS];
    uint16_t words[WORDS]; /* the first bit lowest */
};

struct leaf {
    uint32_t weight;
    uint16_t symbol;
};

static void sort(struct leaf *leaves, int count)
{
    for (int gap = count / 2; gap > 0; gap /= 2) {
        for (int i = gap; i < count; i++) {
            const struct leaf leaf = leaves[i];
            int j = i;
            for (; j >= gap && (leaves[j - gap].weight > leaf.weight ||
                                (leaves[j - gap].weight == leaf.weight &&
                                 leaves[j - gap].symbol > leaf.symbol));
                 j -= gap) {
                leaves[j] = leaves[j - gap];
            }
            leaves[j] = leaf;
        }
    }
}

/* Depths of a Huffman tree over ascending weights: two queues, of leaves and of what was joined.
 * numbers[b] becomes how many leaves lie b deep, `most` at most. */
static void depths(const struct leaf *leaves, int count, int most, int numbers[BITS_MOST + 1])
{
    uint32_t weights[DEFLATE_LITERALS];
    int parents[2 * DEFLATE_LITERALS], deep[2 * DEFLATE_LITERALS];
    int leaf = 0, node = 0;
    for (int made = 0; made < count - 1; made++) {
        weights[made] = 0;
        for (int k = 0; k < 2; k++) {
            const int from_leaves =
                leaf < count && (node >= made || leaves[leaf].weight <= weights[node]);
            weights[made] += from_leaves ? leaves[leaf].weight : weights[node];
            parents[from_leaves ? leaf++ : count + node++] = count + made;
        }
    }
    for (int b = 0; b <= BITS_MOST; b++) {
        numbers[b] = 0;
    }
    deep[2 * count - 2] = 0;
    for (int i = 2 * count - 3; i >= 0; i--) {
        deep[i] = deep[parents[i]] + 1;
        if (i < count) {
            numbers[deep[i] < most ? deep[i] : most]++;
        }
    }
}

/* Leaves that were too deep take places of shallower ones, until the code has no more words than
 * there are. */
static void limit(int numbers[BITS_MOST + 1], int most)
{
    int words = 0; /* of `most` bits, that are taken */
    for (int b = 1; b <= most; b++) {
        words += numbers[b] << (most - b);
    }
    for (; words > 1 << most; words--) {
        int b = most - 1;
        while (numbers[b] == 0) {
            b--;
        }
        numbers[most]--;
        numbers[b]--;
        numbers[b + 1] += 2;
    }
}

static void words_of(struct code *code, int symbols)
{
    int numbers[BITS_MOST + 2] = {0}, next[BITS_MOST + 2] = {0};
    for (int i = 0; i < symbols; i++) {
        numbers[code->bits[i]]++;
    }
    numbers[0] = 0;
    for (int b = 1; b <= BITS_MOST; b++) {
        next[b + 1] = (next[b] + numbers[b]) << 1;
    }
    for (int i = 0; i < symbols; i++) {
        int word = next[code->bits[i]]++, turned = 0;
        for (int b = 0; b < code->bits[i]; b++) {
            turned = turned << 1 | (word >> b & 1);
        }
        code->words[i] = (uint16_t)turned;
    }
}

static void code_make(struct code *code, const uint32_t *counts, int symbols, int most)
{
    struct leaf leaves[DEFLATE_LITERALS];
    int numbers[BITS_MOST + 1], used = 0;
    for (int i = 0; i < symbols; i++) {
        code->bits[i] = 0;
        if (counts[i]) {
            leaves[used++] = (struct leaf){counts[i], (uint16_t)i};
        }
    }
    if (used < 2) { /* a code has one word at least, though nobody needs it */
        code->bits[used ? leaves[0].symbol : 0] = 1;
    } else {
        sort(leaves, used);
        depths(leaves, used, most, numbers);
        limit(numbers, most);
        for (int b = most, i = 0; b > 0; b--) {
            for (int k = 0; k < numbers[b]; k++) {
                code->bits[leaves[i++].symbol] = (uint8_t)b;
            }
        }
    }
    words_of(code, symbols);
}

static void code_fixed(struct code *literals, struct code *distances)
{
    for (int i = 0; i < WORDS; i++) {
        literals->bits[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    for (int i = 0; i < DEFLATE_DISTANCES; i++) {
        distances->bits[i] = 5;
    }
    words_of(literals, WORDS);
    words_of(distances, DEFLATE_DISTANCES);
}

/* ---- The code lengths of a block --------------------------------------------------------------
 */

struct header {
    int literals, distances, orders; /* how many of each are written */
    uint8_t symbols[DEFLATE_LITERALS + DEFLATE_DISTANCES],
        extra[DEFLATE_LITERALS + DEFLATE_DISTANCES];
    int count;
    struct code code;
};

static const uint8_t order[ORDERS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};

static int extra_bits(int symbol)
{
    return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0;
}

static void header_add(struct header *header, uint32_t counts[ORDERS], int symbol, int extra)
{
    header->symbols[header->count] = (uint8_t)symbol;
    header->extra[header->count++] = (uint8_t)extra;
    counts[symbol]++;
}

/* `run` times the same length. */
static void header_run(struct header *header, uint32_t counts[ORDERS], int bits, int run)
{
    if (bits == 0) {
        for (; run >= 11; run -= run < 138 ? run : 138) {
            header_add(header, counts, 18, (run < 138 ? run : 138) - 11);
        }
        if (run >= 3) {
            header_add(header, counts, 17, run - 3);
            run = 0;
        }
    } else {
        header_add(header, counts, bits, 0);
        for (run--; run >= 3; run -= run < 6 ? run : 6) {
            header_add(header, counts, 16, (run < 6 ? run : 6) - 3);
        }
    }
    for (; run > 0; run--) {
        header_add(header, counts, bits, 0);
    }
}

static void header_make(struct header *header, const struct code *literals,
                        const struct code *distances)
{
    uint8_t all[DEFLATE_LITERALS + DEFLATE_DISTANCES];
    uint32_t counts[ORDERS] = {0};
    header->literals = DEFLATE_LITERALS;
    header->distances = DEFLATE_DISTANCES;
    header->count = 0;
    while (header->literals > END + 1 && literals->bits[header->literals - 1] == 0) {
        header->literals--;
    }
    while (header->distances > 1 && distances->bits[header->distances - 1] == 0) {
        header->distances--;
    }
    const int total = header->literals + header->distances;
    for (int i = 0; i < total; i++) {
        all[i] = i < header->literals ? literals->bits[i] : distances->bits[i - header->literals];
    }
    for (int i = 0, end; i < total; i = end) {
        for (end = i + 1; end < total && all[end] == all[i]; end++) {
        }
        header_run(header, counts, all[i], end - i);
    }
    code_make(&header->code, counts, ORDERS, ORDER_BITS_MOST);
    header->orders = ORDERS;
    while (header->orders > 4 && header->code.bits[order[header->orders - 1]] == 0) {
        header->orders--;
    }
}

static int64_t header_size(const struct header *header)
{
    int64_t bits = 14 + 3 * header->orders;
    for (int i = 0; i < header->count; i++) {
        bits += header->code.bits[header->symbols[i]] + extra_bits(header->symbols[i]);
    }
    return bits;
}

static void header_put(struct deflate *deflate, const struct header *header)
{
    put_bits(deflate, (uint32_t)(header->literals - 257), 5);
    put_bits(deflate, (uint32_t)(header->distances - 1), 5);
    put_bits(deflate, (uint32_t)(header->orders - 4), 4);
    for (int i = 0; i < header->orders; i++) {
        put_bits(deflate, header->code.bits[order[i]], 3);
    }
    for (int i = 0; i < header->count; i++) {
        const int symbol = header->symbols[i];
        put_bits(deflate, header->code.words[symbol], header->code.bits[symbol]);
        put_bits(deflate, header->extra[i], extra_bits(symbol));
    }
}

/* ---- A block ------------------------------------------------------------------------------- */

static int64_t body_size(const struct deflate_counts *counts, const struct code *literals,
                         const struct code *distances)
{
    int64_t bits = 0; /* without extra bits, which are the same for all codes */
    for (int i = 0; i < DEFLATE_LITERALS; i++) {
        bits += (int64_t)counts->literals[i] * literals->bits[i];
    }
    for (int i = 0; i < DEFLATE_DISTANCES; i++) {
        bits += (int64_t)counts->distances[i] * distances->bits[i];
    }
    return bits;
}

static void body_put(struct deflate *deflate, int tokens, const struct code *literals,
                     const struct code *distances)
{
    for (int i = 0; i < tokens; i++) {
        const uint32_t token = deflate->tokens[i];
        const int distance = (int)(token >> 16), value = (int)(token & 0xffff);
        if (distance == 0) {
            put_bits(deflate, literals->words[value], literals->bits[value]);
            continue;
        }
        const int length = deflate_length_symbol(value), far = deflate_distance_symbol(distance);
        const int more = deflate_length_extra(length), farther = deflate_distance_extra(far);
        const uint32_t rest = (uint32_t)(value - 3) & ((1u << more) - 1);
        put_bits(deflate, literals->words[length] | rest << literals->bits[length],
                 literals->bits[length] + more);
        put_bits(deflate,
                 distances->words[far] | ((uint32_t)(distance - 1) & ((1u << farther) - 1))
                                             << distances->bits[far],
                 distances->bits[far] + farther);
    }
    put_bits(deflate, literals->words[END], literals->bits[END]);
}

static int has_matches(const struct deflate_counts *counts)
{
    uint32_t sum = 0;
    for (int i = 0; i < DEFLATE_DISTANCES; i++) {
        sum += counts->distances[i];
    }
    return sum > 0;
}

/* Literals as they are, for noise: up to 65 535 behind each head. */
static void stored_put(struct deflate *deflate, int tokens, int is_last)
{
    const int most = 0xffff;
    for (int at = 0; at < tokens; at += most) {
        const int count = tokens - at < most ? tokens - at : most;
        put_bits(deflate, (uint32_t)(is_last && at + count == tokens), 3);
        put_rest(deflate);
        put_bits(deflate, (uint32_t)count | (uint32_t)~count << 16, 32);
        for (int i = 0; i < count; i++) {
            put_bits(deflate, deflate->tokens[at + i], 8);
        }
    }
}

/* What symbols took is what the next block's matches are weighed with; those that were not there
 * are taken for dear. */
static void remember(struct deflate *deflate, const struct code *literals,
                     const struct code *distances)
{
    for (int i = 0; i < DEFLATE_LITERALS; i++) {
        deflate->bits.literals[i] = literals->bits[i] ? literals->bits[i] : 12;
    }
    for (int i = 0; i < DEFLATE_DISTANCES; i++) {
        deflate->bits.distances[i] = distances->bits[i] ? distances->bits[i] : 8;
    }
}

void deflate_block(struct deflate *deflate, int tokens, const struct deflate_counts *counts,
                   int is_last)
{
    struct code literals, distances, fixed_literals, fixed_distances;
    struct deflate_counts all = *counts;
    struct header header;
    all.literals[END] = 1;
    code_make(&literals, all.literals, DEFLATE_LITERALS, BITS_MOST);
    code_make(&distances, all.distances, DEFLATE_DISTANCES, BITS_MOST);
    code_fixed(&fixed_literals, &fixed_distances);
    header_make(&header, &literals, &distances);
    const int64_t own = body_size(&all, &literals, &distances) + header_size(&header);
    const int64_t usual = body_size(&all, &fixed_literals, &fixed_distances);
    const int64_t stored = 8 * (int64_t)tokens + 100; /* with its heads */
    if (stored < own && stored < usual && !has_matches(counts)) {
        stored_put(deflate, tokens, is_last);
    } else if (usual <= own) {
        put_bits(deflate, (uint32_t)(is_last | 1 << 1), 3);
        body_put(deflate, tokens, &fixed_literals, &fixed_distances);
    } else {
        put_bits(deflate, (uint32_t)(is_last | 2 << 1), 3);
        header_put(deflate, &header);
        body_put(deflate, tokens, &literals, &distances);
    }
    remember(deflate, &literals, &distances);
    if (is_last) {
        put_rest(deflate);
        for (; deflate->pending_count > 0; deflate->pending_count -= 8) {
            deflate->out[deflate->out_size++] = (uint8_t)deflate->pending;
            deflate->pending >>= 8;
        }
        drain(deflate);
    }
}
