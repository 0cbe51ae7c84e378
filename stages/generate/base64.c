/* SPDX-License-Identifier: MIT
 * RFC 4648, sections 4 and 5, as one alphabet: groups of four in a row go fast, all else one by
 * one. */
#include "generate/base64.h"

#include <stdint.h>

#define N 255 /* not of the alphabet; any digit's upper two bits are 0 */
static const uint8_t digits[256] = {
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* control */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* control */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  62, N,  62, N,  63, /* + - / */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, N,  N,  N,  N,  N,  N,  /* 0 to 9 */
    N,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, /* A to O */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, N,  N,  N,  N,  63, /* P to Z _ */
    N,  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* a to o */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, N,  N,  N,  N,  N,  /* p to z */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0x80 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0x90 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0xA0 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0xB0 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0xC0 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0xD0 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0xE0 */
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  /* 0xF0 */
};
#undef N

struct decoding {
    const unsigned char *in, *end;
    unsigned char *out;
    uint32_t group; /* of digits seen and not yet written */
    int count, padding;
};

size_t base64_room(size_t size)
{
    return size / 4 * 3 + 3;
}

static void put_group(struct decoding *decoding, uint32_t group)
{
    decoding->out[0] = (unsigned char)(group >> 16);
    decoding->out[1] = (unsigned char)(group >> 8);
    decoding->out[2] = (unsigned char)group;
    decoding->out += 3;
}

static void take_groups(struct decoding *decoding)
{
    for (; decoding->end - decoding->in >= 4; decoding->in += 4) {
        uint32_t a = digits[decoding->in[0]], b = digits[decoding->in[1]];
        uint32_t c = digits[decoding->in[2]], d = digits[decoding->in[3]];
        if ((a | b | c | d) > 63) {
            return;
        }
        put_group(decoding, a << 18 | b << 12 | c << 6 | d);
    }
}

/* The character of \uXXXX where it is one of ASCII; -1 otherwise. */
static int take_hex(struct decoding *decoding)
{
    int number = 0;
    if (decoding->end - decoding->in < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int c = *decoding->in++ | 0x20; /* lower case; digits stay */
        if (c >= '0' && c <= '9') {
            number = number * 16 + c - '0';
        } else if (c >= 'a' && c <= 'f') {
            number = number * 16 + c - 'a' + 10;
        } else {
            return -1;
        }
    }
    return number < 0x80 ? number : -1;
}

/* One character, what JSON escapes resolved; -1: none that may stand here. */
static int take_character(struct decoding *decoding)
{
    int c = *decoding->in++;
    if (c != '\\') {
        return c;
    }
    if (decoding->in == decoding->end) {
        return -1;
    }
    switch (*decoding->in++) {
    case '/':
        return '/';
    case 'n':
    case 'r':
    case 't':
        return '\n';
    case 'u':
        return take_hex(decoding);
    default:
        return -1;
    }
}

static bool take_one(struct decoding *decoding)
{
    int c = take_character(decoding);
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        return true;
    }
    if (c == '=') {
        return decoding->count >= 2 && ++decoding->padding <= 4 - decoding->count;
    }
    if (c < 0 || decoding->padding > 0 || digits[c] > 63) {
        return false;
    }
    decoding->group = decoding->group << 6 | digits[c];
    if (++decoding->count == 4) {
        put_group(decoding, decoding->group);
        decoding->group = 0;
        decoding->count = 0;
    }
    return true;
}

bool base64_decode(const char *text, size_t size, void *out, size_t *out_size)
{
    const unsigned char *in = (const unsigned char *)text;
    struct decoding decoding = {.in = in, .end = in + size, .out = out};
    while (decoding.in < decoding.end) {
        if (decoding.count == 0) {
            take_groups(&decoding);
        }
        if (decoding.in < decoding.end && !take_one(&decoding)) {
            return false;
        }
    }
    if (decoding.count == 1) {
        return false;
    }
    if (decoding.count >= 2) {
        uint32_t group = decoding.group << (4 - decoding.count) * 6;
        *decoding.out++ = (unsigned char)(group >> 16);
        if (decoding.count == 3) {
            *decoding.out++ = (unsigned char)(group >> 8);
        }
    }
    *out_size = (size_t)(decoding.out - (unsigned char *)out);
    return true;
}
