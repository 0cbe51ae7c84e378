/* SPDX-License-Identifier: MIT
 * Numbers in text: read strictly, written shortly, and with a decimal point whatever locale the
 * process has set. */
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    pthread_once_t guard;
    locale_t locale; /* written once, under the guard */
} plain_once = {.guard = PTHREAD_ONCE_INIT};

static void plain_make(void)
{
    plain_once.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The C locale for this thread; uselocale() of the result takes it back. */
static locale_t plain_enter(void)
{
    pthread_once(&plain_once.guard, plain_make);
    return uselocale(plain_once.locale);
}

void text_number(struct buffer *out, double number)
{
    char text[32];
    locale_t before = plain_enter();
    if (number == 0) { /* -0 too */
        snprintf(text, sizeof(text), "0");
    } else if (fabs(number) < 1e15 && number == floor(number)) {
        snprintf(text, sizeof(text), "%.0f", number);
    } else {
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof(text), "%.*g", digits, number);
            if (strtod(text, NULL) == number) {
                break;
            }
        }
    }
    uselocale(before);
    buffer_text(out, text);
}

void text_times(struct buffer *out, double times)
{
    char text[32];
    locale_t before = plain_enter();
    snprintf(text, sizeof(text), times < 999.5 ? "%.3g" : "%.0f", times);
    uselocale(before);
    buffer_text(out, text);
}

void text_bytes(struct buffer *out, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    bytes = bytes > 0 ? bytes : 0;
    while (bytes >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        bytes /= 1000;
        unit++;
    }
    text_number(out, unit > 0 && bytes < 9.95 ? round(bytes * 10) / 10 : round(bytes));
    buffer_format(out, " %s", units[unit]);
}

void text_dollars(struct buffer *out, double dollars)
{
    char text[64];
    locale_t before = plain_enter();
    int length = snprintf(text, sizeof(text), "$%.4f", dollars > 0 ? dollars : 0);
    uselocale(before);
    for (int spare = 2; spare > 0 && text[length - 1] == '0'; spare--) {
        text[--length] = '\0';
    }
    buffer_text(out, text);
}

static const char *digits_skip(const char *text)
{
    while (*text >= '0' && *text <= '9') {
        text++;
    }
    return text;
}

bool text_to_int64(const char *text, int64_t *number)
{
    const char *digits = text + (*text == '-'), *end = digits_skip(digits);
    if (end == digits || *end != '\0') {
        return false;
    }
    errno = 0;
    intmax_t read = strtoimax(text, NULL, 10);
    if (errno != 0 || read < INT64_MIN || read > INT64_MAX) {
        return false;
    }
    *number = (int64_t)read;
    return true;
}

/* The end of the decimal number at the start of the text, NULL when there is none. */
static const char *decimal_end(const char *text)
{
    const char *digits = text + (*text == '-'), *end = digits_skip(digits);
    if (end == digits) {
        return NULL;
    }
    if (end[0] == '.' && end[1] >= '0' && end[1] <= '9') {
        end = digits_skip(end + 1);
    }
    return end;
}

bool text_to_double(const char *text, double *number)
{
    const char *end = decimal_end(text);
    if (end && (*end == 'e' || *end == 'E')) {
        const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');
        end = digits_skip(exponent) == exponent ? NULL : digits_skip(exponent);
    }
    if (!end || *end != '\0') {
        return false;
    }
    locale_t before = plain_enter();
    double read = strtod(text, NULL);
    uselocale(before);
    if (!isfinite(read)) {
        return false;
    }
    *number = read;
    return true;
}

static bool bytes_unit(const char *unit, int64_t *factor)
{
    static const char scale[] = "KMGT";
    int64_t thousand = 1000, power = 1;
    size_t size = strlen(unit);
    if (size == 0 || (size == 1 && (*unit | 0x20) == 'b')) {
        *factor = 1;
        return true;
    }
    char upper[4] = "";
    for (size_t i = 0; i < size && i < 3; i++) {
        upper[i] = (char)(unit[i] & ~0x20);
    }
    const char *step = upper[0] ? strchr(scale, upper[0]) : NULL;
    bool binary = size == 1 || (size == 3 && strcmp(upper + 1, "IB") == 0);
    if (!step || size > 3 || !(binary || (size == 2 && upper[1] == 'B'))) {
        return false;
    }
    thousand = binary ? 1024 : 1000;
    for (const char *c = scale; c <= step; c++) {
        power *= thousand;
    }
    *factor = power;
    return true;
}

bool text_to_bytes(const char *text, int64_t *bytes)
{
    char digits[64];
    const char *end = *text == '-' ? NULL : decimal_end(text);
    int64_t factor, whole, product;
    if (!end || (size_t)(end - text) >= sizeof(digits) || !bytes_unit(end, &factor)) {
        return false;
    }
    memcpy(digits, text, (size_t)(end - text));
    digits[end - text] = '\0';
    if (text_to_int64(digits, &whole)) {
        if (__builtin_mul_overflow(whole, factor, &product)) {
            return false;
        }
        *bytes = product;
        return true;
    }
    double number;
    if (!strchr(digits, '.') || !text_to_double(digits, &number)) {
        return false;
    }
    number *= (double)factor;
    if (number >= 0x1p63 || factor == 1) { /* there is no half a byte */
        return false;
    }
    *bytes = (int64_t)round(number);
    return true;
}

bool text_is_many_bytes(const char *text)
{
    const char *end = *text == '-' ? NULL : decimal_end(text);
    char digits[400];
    int64_t factor;
    double number;
    if (!end || (size_t)(end - text) >= sizeof(digits) || !bytes_unit(end, &factor)) {
        return false;
    }
    memcpy(digits, text, (size_t)(end - text));
    digits[end - text] = '\0';
    return text_to_double(digits, &number) && number * (double)factor >= 0x1p63;
}

/* "0.5" or "50%", ended by `end`; returns what follows, NULL when it is none. */
static const char *parse_fraction(const char *text, char end, double *out)
{
    char number[32];
    size_t length = strcspn(text, (const char[]){end, '\0'});
    bool percent = length > 0 && text[length - 1] == '%';
    size_t digits = length - percent;
    if (text[length] != end || digits == 0 || digits >= sizeof(number)) {
        return NULL;
    }
    memcpy(number, text, digits);
    number[digits] = '\0';
    if (!text_to_double(number, out)) {
        return NULL;
    }
    *out /= percent ? 100 : 1;
    return *out >= 0 && *out <= 1 ? text + length + (end != '\0') : NULL;
}

bool text_to_point(const char *text, double *x, double *y)
{
    const char *rest = parse_fraction(text, ',', x);
    return rest && parse_fraction(rest, '\0', y);
}
