/* SPDX-License-Identifier: MIT
 * Option types with a spelling of their own: size, ratio, aspect, colour, range. */
#include "option_type.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define NUMBER_LONGEST 40 /* characters of one number inside a spelling */

/* The decimal number in text[0..size); false when it is none. */
static bool part_number(const char *text, size_t size, double *number)
{
    char part[NUMBER_LONGEST + 1];
    if (size > NUMBER_LONGEST) {
        return false;
    }
    memcpy(part, text, size);
    part[size] = '\0';
    return text_to_double(part, number);
}

/* "A" separator "B": both decimal numbers. */
static bool two_numbers(const char *text, const char *separators, double *a, double *b)
{
    size_t size = strcspn(text, separators);
    return text[size] != '\0' && part_number(text, size, a) &&
           part_number(text + size + 1, strlen(text + size + 1), b);
}

/* ---- size ----------------------------------------------------------------------------------- */

/* "640", "" → 0; false for what is no whole number of at most ten digits. */
static bool side_read(const char *text, size_t size, double *side)
{
    *side = 0;
    if (size > 10 || (size > 0 && strspn(text, "0123456789") < size)) {
        return false;
    }
    return size == 0 || part_number(text, size, side);
}

static bool sides_read(const struct value *value, double *width, double *height)
{
    if (value->type != VALUE_TEXT) {
        *width = *height = value->type == VALUE_INT ? (double)value->integer : value->number;
        return *width == floor(*width);
    }
    size_t cross = strcspn(value->text, "x"), size = strlen(value->text);
    return size > 1 && cross < size && side_read(value->text, cross, width) &&
           side_read(value->text + cross + 1, size - cross - 1, height);
}

static enum status size_parse(const struct option_parse *parse, const struct value *value,
                              void *field)
{
    double width, height, low = 0, high = INT_MAX;
    if (value->type != VALUE_TEXT && value->type != VALUE_INT && value->type != VALUE_NUMBER) {
        return option_wrong_type(parse, value);
    }
    if (!sides_read(value, &width, &height)) {
        return option_wrong(parse, value);
    }
    /* 0 leaves a side free, whatever the range. */
    if ((width != 0 && !option_range(parse->option, width, &low, &high)) ||
        (height != 0 && !option_range(parse->option, height, &low, &high))) {
        return option_outside(parse, value, low, high);
    }
    *(struct size *)field = (struct size){.width = (int)width, .height = (int)height};
    return STATUS_OK;
}

static bool size_value(const struct option *option, const void *field, struct arena *arena,
                       const struct value **out)
{
    const struct size *size = field;
    char text[32], *end = text + sizeof(text);
    int used = 0;
    (void)option;
    if (size->width == size->height) {
        *out = value_int(arena, size->width);
        return *out != NULL;
    }
    if (size->width) {
        used = snprintf(text, sizeof(text), "%d", size->width);
    }
    text[used++] = 'x';
    text[used] = '\0';
    if (size->height) {
        snprintf(text + used, (size_t)(end - text - used), "%d", size->height);
    }
    *out = value_text(arena, text);
    return *out != NULL;
}

static void size_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "a size like 512, 300x250, 640x or x480");
    if (option->min != 0 || option->max != 0) {
        buffer_text(out, ", sides");
        option_range_words(out, option);
    }
}

static struct value *size_schema(const struct option *option, struct arena *arena,
                                 struct value *any)
{
    double low = 0, high = INFINITY;
    option_range(option, 0, &low, &high);
    any = value_append(arena, any, option_schema_number(arena, "integer", true, 0, high));
    return value_append(arena, any, option_schema_pattern(arena, "^([0-9]+x[0-9]*|x[0-9]+)$"));
}

const struct option_type_info option_type_size = {.name = "size",
                                                  .size = sizeof(struct size),
                                                  .parse = size_parse,
                                                  .value = size_value,
                                                  .words = size_words,
                                                  .schema = size_schema};

/* ---- ratio ---------------------------------------------------------------------------------- */

static bool ratio_read(const char *text, double *ratio)
{
    double over, under;
    size_t size = strlen(text);
    if (size > 1 && text[size - 1] == '%' && part_number(text, size - 1, &over)) {
        *ratio = over / 100;
        return true;
    }
    if (two_numbers(text, "/", &over, &under) && under != 0) {
        *ratio = over / under;
        return isfinite(*ratio);
    }
    return text_to_double(text, ratio);
}

static enum status ratio_parse(const struct option_parse *parse, const struct value *value,
                               void *field)
{
    double ratio, low = 0, high = INFINITY;
    if (value->type == VALUE_TEXT) {
        if (!ratio_read(value->text, &ratio)) {
            return option_wrong(parse, value);
        }
    } else if (!value_number(value, &ratio)) {
        return option_wrong_type(parse, value);
    }
    if (!option_range(parse->option, ratio, &low, &high)) {
        return option_outside(parse, value, low, high);
    }
    ((struct ratio *)field)->value = ratio;
    return STATUS_OK;
}

static bool ratio_value(const struct option *option, const void *field, struct arena *arena,
                        const struct value **out)
{
    (void)option;
    *out = option_number_value(arena, ((const struct ratio *)field)->value);
    return *out != NULL;
}

static void ratio_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "a ratio like 0.5, 1/3 or 80%");
    if (option->min != 0 || option->max != 0) {
        buffer_char(out, ',');
        option_range_words(out, option);
    }
}

static struct value *ratio_schema(const struct option *option, struct arena *arena,
                                  struct value *any)
{
    double low = 0, high = INFINITY;
    option_range(option, 0, &low, &high);
    any = value_append(arena, any, option_schema_number(arena, "number", true, low, high));
    return value_append(
        arena, any, option_schema_pattern(arena, "^[0-9]+(\\.[0-9]+)?(%|/[0-9]+(\\.[0-9]+)?)?$"));
}

const struct option_type_info option_type_ratio = {.name = "ratio",
                                                   .size = sizeof(struct ratio),
                                                   .parse = ratio_parse,
                                                   .value = ratio_value,
                                                   .words = ratio_words,
                                                   .schema = ratio_schema};

/* ---- aspect --------------------------------------------------------------------------------- */

static enum status aspect_parse(const struct option_parse *parse, const struct value *value,
                                void *field)
{
    struct aspect aspect = {0};
    if (value->type != VALUE_TEXT) {
        return option_wrong_type(parse, value);
    }
    if (value->text[0] != '\0' && (!two_numbers(value->text, ":x", &aspect.width, &aspect.height) ||
                                   aspect.width <= 0 || aspect.height <= 0)) {
        return option_wrong(parse, value);
    }
    *(struct aspect *)field = aspect;
    return STATUS_OK;
}

static bool aspect_value(const struct option *option, const void *field, struct arena *arena,
                         const struct value **out)
{
    const struct aspect *aspect = field;
    struct buffer text = {0};
    (void)option;
    if (aspect->width > 0 && aspect->height > 0) {
        text_number(&text, aspect->width);
        buffer_char(&text, ':');
        text_number(&text, aspect->height);
    }
    *out = buffer_failed(&text) ? NULL : value_text(arena, buffer_string(&text));
    buffer_free(&text);
    return *out != NULL;
}

static void aspect_words(struct buffer *out, const struct option *option)
{
    (void)option;
    buffer_text(out, "an aspect like 16:9 or 300x250");
}

static struct value *aspect_schema(const struct option *option, struct arena *arena,
                                   struct value *any)
{
    (void)option;
    return value_append(
        arena, any, option_schema_pattern(arena, "^([0-9]+(\\.[0-9]+)?[:x][0-9]+(\\.[0-9]+)?)?$"));
}

const struct option_type_info option_type_aspect = {.name = "aspect",
                                                    .size = sizeof(struct aspect),
                                                    .text = OPTION_TEXT_WORD,
                                                    .parse = aspect_parse,
                                                    .value = aspect_value,
                                                    .words = aspect_words,
                                                    .schema = aspect_schema};

/* ---- colour --------------------------------------------------------------------------------- */

static bool digits_read(const char *text, uint32_t *rgba)
{
    size_t size = strlen(text);
    *rgba = 0;
    if (text[0] != '#' || (size != 7 && size != 9)) {
        return false;
    }
    for (const char *c = text + 1; *c; c++) {
        char small = *c >= 'A' && *c <= 'F' ? (char)(*c | 0x20) : *c;
        bool digit = small >= '0' && small <= '9', letter = small >= 'a' && small <= 'f';
        if (!digit && !letter) {
            return false;
        }
        *rgba = *rgba << 4 | (uint32_t)(digit ? small - '0' : small - 'a' + 10);
    }
    *rgba = size == 7 ? *rgba << 8 | 0xFF : *rgba;
    return true;
}

static enum status colour_parse(const struct option_parse *parse, const struct value *value,
                                void *field)
{
    struct colour colour = {0};
    uint32_t rgba;
    if (value->type != VALUE_TEXT) {
        return option_wrong_type(parse, value);
    }
    if (strcmp(value->text, "transparent") == 0) {
        colour.kind = COLOUR_TRANSPARENT;
    } else if (strcmp(value->text, "dominant") == 0) {
        colour.kind = COLOUR_DOMINANT;
    } else if (digits_read(value->text, &rgba)) {
        colour = (struct colour){.kind = COLOUR_PLAIN,
                                 .red = (uint8_t)(rgba >> 24),
                                 .green = (uint8_t)(rgba >> 16),
                                 .blue = (uint8_t)(rgba >> 8),
                                 .alpha = (uint8_t)rgba};
    } else if (value->text[0] != '\0') {
        return option_wrong(parse, value);
    }
    *(struct colour *)field = colour;
    return STATUS_OK;
}

static bool colour_value(const struct option *option, const void *field, struct arena *arena,
                         const struct value **out)
{
    const struct colour *colour = field;
    char text[16] = "";
    (void)option;
    if (colour->kind == COLOUR_PLAIN) {
        int used =
            snprintf(text, sizeof(text), "#%02x%02x%02x", colour->red, colour->green, colour->blue);
        if (colour->alpha != 255) {
            snprintf(text + used, sizeof(text) - (size_t)used, "%02x", colour->alpha);
        }
    } else if (colour->kind != COLOUR_NONE) {
        snprintf(text, sizeof(text), "%s",
                 colour->kind == COLOUR_DOMINANT ? "dominant" : "transparent");
    }
    *out = value_text(arena, text);
    return *out != NULL;
}

static void colour_words(struct buffer *out, const struct option *option)
{
    (void)option;
    buffer_text(out, "a colour like #rrggbb or #rrggbbaa, transparent or dominant");
}

static struct value *colour_schema(const struct option *option, struct arena *arena,
                                   struct value *any)
{
    (void)option;
    return value_append(
        arena, any,
        option_schema_pattern(arena, "^(#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?|transparent|dominant)?$"));
}

const struct option_type_info option_type_colour = {.name = "colour",
                                                    .size = sizeof(struct colour),
                                                    .text = OPTION_TEXT_WORD,
                                                    .parse = colour_parse,
                                                    .value = colour_value,
                                                    .words = colour_words,
                                                    .schema = colour_schema};

/* ---- range ---------------------------------------------------------------------------------- */

static void range_none(void *field)
{
    *(struct range *)field = (struct range){.low = -INFINITY, .high = INFINITY};
}

static bool range_read(const char *text, struct range *range)
{
    const char *dots = strstr(text, "..");
    double number;
    if (!dots) {
        if (!text_to_double(text, &number)) {
            return false;
        }
        range->low = range->high = number;
        return true;
    }
    size_t before = (size_t)(dots - text), after = strlen(dots + 2);
    return before + after > 0 && (before == 0 || part_number(text, before, &range->low)) &&
           (after == 0 || part_number(dots + 2, after, &range->high)) && range->low <= range->high;
}

static enum status range_parse(const struct option_parse *parse, const struct value *value,
                               void *field)
{
    struct range range;
    double number, low = -INFINITY, high = INFINITY;
    range_none(&range);
    if (value_number(value, &number)) {
        range.low = range.high = number;
    } else if (value->type != VALUE_TEXT) {
        return option_wrong_type(parse, value);
    } else if (value->text[0] != '\0' && !range_read(value->text, &range)) {
        return option_wrong(parse, value);
    }
    range.given = value->type != VALUE_TEXT || value->text[0] != '\0';
    if ((isfinite(range.low) && !option_range(parse->option, range.low, &low, &high)) ||
        (isfinite(range.high) && !option_range(parse->option, range.high, &low, &high))) {
        return option_outside(parse, value, low, high);
    }
    *(struct range *)field = range;
    return STATUS_OK;
}

static bool range_value(const struct option *option, const void *field, struct arena *arena,
                        const struct value **out)
{
    const struct range *range = field;
    struct buffer text = {0};
    (void)option;
    if (range->given && range->low == range->high) {
        *out = option_number_value(arena, range->low);
        return *out != NULL;
    }
    if (range->given) {
        if (isfinite(range->low)) {
            text_number(&text, range->low);
        }
        buffer_text(&text, "..");
        if (isfinite(range->high)) {
            text_number(&text, range->high);
        }
    }
    *out = buffer_failed(&text) ? NULL : value_text(arena, buffer_string(&text));
    buffer_free(&text);
    return *out != NULL;
}

static void range_words(struct buffer *out, const struct option *option)
{
    buffer_text(out, "a number or a range like 600.., ..100 or 10..20");
    if (option->min != 0 || option->max != 0) {
        buffer_text(out, ", inside");
        option_range_words(out, option);
    }
}

static struct value *range_schema(const struct option *option, struct arena *arena,
                                  struct value *any)
{
    bool ranged = option->min != 0 || option->max != 0;
    any = value_append(arena, any,
                       option_schema_number(arena, "number", ranged, option->min, option->max));
    return value_append(arena, any,
                        option_schema_pattern(arena, "^(-?[0-9]+(\\.[0-9]+)?(\\.\\.(-?[0-9]+(\\.[0-"
                                                     "9]+)?)?)?|\\.\\.-?[0-9]+(\\.[0-9]+)?)?$"));
}

const struct option_type_info option_type_range = {.name = "range",
                                                   .size = sizeof(struct range),
                                                   .none = range_none,
                                                   .parse = range_parse,
                                                   .value = range_value,
                                                   .words = range_words,
                                                   .schema = range_schema};
