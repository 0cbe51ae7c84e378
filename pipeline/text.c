/* SPDX-License-Identifier: MIT
 * Questions about text, and text for readers with rules of their own (JSON, HTML, URLs, terminals).
 * Numbers are read and written in text_numbers.c. */
#include "text.h"

#include <string.h>

#define NEAREST_LONGEST 64         /* longer words are no misspelling worth a guess */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Bytes of the valid UTF-8 character at the start, 0 when there is none. Table 3-7 of Unicode. */
static size_t character_size(const unsigned char *bytes, size_t size)
{
    unsigned char lead = size ? bytes[0] : 0;
    size_t wanted = lead < 0x80                    ? 1
                    : lead >= 0xC2 && lead <= 0xDF ? 2
                    : lead >= 0xE0 && lead <= 0xEF ? 3
                    : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                   : 0;
    if (size == 0 || wanted == 0 || wanted > size) {
        return 0;
    }
    if (wanted > 1) {
        unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (bytes[1] < low || bytes[1] > high) {
            return 0;
        }
    }
    for (size_t i = 2; i < wanted; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return wanted;
}

bool text_is_utf8(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0, step; i < size; i += step) {
        step = character_size(bytes + i, size - i);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t size = strlen(text), tail = strlen(suffix);
    return tail <= size && memcmp(text + size - tail, suffix, tail) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, changes and swaps of neighbours; case is free.
 */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t rows[3][NEAREST_LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_size; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_size];
}

const char *text_nearest(const char *word, const char *(*next)(const void *data, size_t i),
                         const void *data)
{
    size_t size = strlen(word);
    if (size == 0 || size > NEAREST_LONGEST) {
        return NULL;
    }
    size_t limit = size < 6 ? 1 : size / 3, best = limit + 1;
    const char *nearest = NULL, *name;
    for (size_t i = 0; (name = next(data, i)) != NULL; i++) {
        size_t name_size = strlen(name);
        size_t apart = name_size > size ? name_size - size : size - name_size;
        if (name_size == 0 || name_size > NEAREST_LONGEST || apart >= best) {
            continue;
        }
        size_t found = distance(word, size, name, name_size);
        if (found < best) {
            best = found;
            nearest = name;
        }
    }
    return nearest;
}

void text_json(struct buffer *out, const char *text)
{
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    size_t size = strlen(text), step;
    buffer_char(out, '"');
    for (size_t i = 0; i < size; i += step) {
        unsigned char c = (unsigned char)text[i];
        const char *found = strchr(escaped, c);
        step = character_size((const unsigned char *)text + i, size - i);
        if (found) {
            buffer_char(out, '\\');
            buffer_char(out, letters[found - escaped]);
        } else if (c < 0x20 || c == 0x7F) {
            buffer_format(out, "\\u%04x", c);
        } else if (step == 0) {
            buffer_text(out, REPLACEMENT);
            step = 1;
        } else {
            buffer_bytes(out, text + i, step);
        }
    }
    buffer_char(out, '"');
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
        return "&#9;"; /* XML turns bare ones in attributes into blanks */
    case '\n':
        return "&#10;";
    case '\r':
        return "&#13;";
    default:
        return NULL;
    }
}

void text_html(struct buffer *out, const char *text)
{
    size_t size = strlen(text), step;
    for (size_t i = 0; i < size; i += step) {
        unsigned char c = (unsigned char)text[i];
        const char *entity = html_entity(text[i]);
        step = character_size((const unsigned char *)text + i, size - i);
        if (entity) {
            buffer_text(out, entity);
        } else if (step == 0 || c < 0x20 || c == 0x7F) { /* no character of XML 1.0 */
            buffer_text(out, REPLACEMENT);
            step = 1;
        } else {
            buffer_bytes(out, text + i, step);
        }
    }
}

static bool letter_or_digit(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void text_url(struct buffer *out, const char *path)
{
    for (const char *c = path; *c; c++) {
        if (letter_or_digit((unsigned char)*c) || strchr("-._~/", *c)) {
            buffer_char(out, *c);
        } else {
            buffer_format(out, "%%%02X", (unsigned char)*c);
        }
    }
}

/* C0 and C1 controls, and the characters that turn the direction of what follows. */
static bool moves_terminal(const unsigned char *bytes, size_t size)
{
    if (size == 1) {
        return bytes[0] < 0x20 || bytes[0] == 0x7F;
    }
    if (size == 2) {
        return bytes[0] == 0xC2 && bytes[1] < 0xA0;
    }
    return size == 3 && bytes[0] == 0xE2 &&
           ((bytes[1] == 0x80 && bytes[2] >= 0xAA && bytes[2] <= 0xAE) || /* U+202A..202E */
            (bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9));  /* U+2066..2069 */
}

void text_printable(struct buffer *out, const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = strlen(text), step;
    for (size_t i = 0; i < size; i += step) {
        step = character_size(bytes + i, size - i);
        bool bad = step == 0 || moves_terminal(bytes + i, step);
        step = step ? step : 1;
        for (size_t j = 0; bad && j < step; j++) {
            buffer_format(out, "\\x%02x", bytes[i + j]);
        }
        if (!bad) {
            buffer_bytes(out, text + i, step);
        }
    }
}

void text_base64(struct buffer *out, const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = bytes;
    size_t length = (size / 3 + (size % 3 != 0)) * 4;
    char *place = buffer_reserve(out, length);
    if (!place) {
        return;
    }
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned group = (unsigned)in[i] << 16 | (left > 1 ? (unsigned)in[i + 1] << 8 : 0) |
                         (left > 2 ? in[i + 2] : 0);
        *place++ = digits[group >> 18];
        *place++ = digits[group >> 12 & 63];
        *place++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *place++ = left > 2 ? digits[group & 63] : '=';
    }
    out->size += length;
}

void text_hex(struct buffer *out, const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    for (size_t i = 0; i < size; i++) {
        buffer_char(out, digits[in[i] >> 4]);
        buffer_char(out, digits[in[i] & 15]);
    }
}
