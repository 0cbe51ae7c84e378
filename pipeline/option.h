/* SPDX-License-Identifier: MIT
 * Option tables: the only place where an option of a stage, an emitter or a command is spelled
 * out. Parsing, range checks, `picset stages NAME`, presets/schema.json, presets/README.md, shell
 * completion and a round-trip test are all read off the tables. Knows nothing of images. */
#ifndef PICSET_OPTION_H
#define PICSET_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "format.h"
#include "pointer.h"
#include "value.h"

/* ---- The types of fields ------------------------------------------------------------------ */

struct size { /* "300x250", "640x", "x480", 512: px; 0 leaves a side free */
    int width, height;
};
struct ratio { /* 0.5, "1/3", "66/108", "80%"; 0 when not given */
    double value;
};
struct aspect { /* "16:9", "300x250"; both 0 when not given */
    double width, height;
};
struct bytes { /* 150000, "150KB", "150KiB"; 0 when not given */
    int64_t count;
};
enum colour_kind { COLOUR_NONE, COLOUR_PLAIN, COLOUR_TRANSPARENT, COLOUR_DOMINANT };
struct colour { /* "#rrggbb", "#rrggbbaa", transparent, dominant; "" is COLOUR_NONE */
    enum colour_kind kind;
    uint8_t red, green, blue, alpha;
};
enum level { LEVEL_NONE, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_VERY_HIGH, LEVEL_LOSSLESS };
struct quality {                     /* a level, a number, or either of them per format */
    enum level level;                /* of the formats not named below */
    double number[FORMAT_COUNT];     /* < 0: not given, the level counts; ask quality_level */
    enum level levels[FORMAT_COUNT]; /* LEVEL_NONE: not given */
    bool bare; /* a bare number was given: all of number[] hold it; legal where the format is one */
};
struct formats { /* "webp" or ["jpeg", "png"]: the first that can hold the image */
    enum format list[8];
    int count;
};
struct texts { /* a text or a list of texts */
    const char *const *list;
    size_t count;
};
struct range {        /* "600..", "..100", "10..20", 5 */
    double low, high; /* -inf, +inf when open */
    bool given;
};

enum option_type {
    OPTION_END, /* name == NULL ends a table */
    OPTION_BOOL,
    OPTION_INT,
    OPTION_INT64,
    OPTION_NUMBER,
    OPTION_TEXT,
    OPTION_TEXTS,
    OPTION_ENUM,  /* one of names[], the field holds its index */
    OPTION_FLAGS, /* a list of names[], the field holds the bits 1 << index */
    OPTION_SIZE,
    OPTION_RATIO,
    OPTION_ASPECT,
    OPTION_BYTES,
    OPTION_COLOUR,
    OPTION_FORMATS,
    OPTION_QUALITY,
    OPTION_RANGE,
    OPTION_GROUP /* an object with a table of its own, whose offsets are of the same struct */
};

struct option {
    const char *name;
    enum option_type type;
    size_t offset;
    const char *def;  /* the default as JSON text or plain word, parsed by the same parser */
    double min, max;  /* both 0: no range (numbers) */
    const char *unit; /* "px", "%", …; may be NULL */
    const char *const *names; /* ENUM, FLAGS: NULL-terminated; INT: words beside the numbers, the
                                 field holds -1 for the first, -2 for the second, … */
    const struct option *group;
    const char *help;       /* one line, lower case, no full stop */
    const char *value_name; /* command line only: "DIR"; NULL: a flag takes none when BOOL */
    char short_name;        /* command line only */
    bool blank;             /* command line only, TEXT: may be given and empty */
};

/* `OPT_INT(struct resize_options, width)`: a field of another C type is a compile error. */
#define OPTION_FIELD_(type_, struct_, field_, ctype_)                                              \
    .type = (type_),                                                                               \
    .offset = offsetof(struct_, field_) + _Generic(&((struct_ *)0)->field_, ctype_ * : 0)
#define OPT_BOOL(s, f) OPTION_FIELD_(OPTION_BOOL, s, f, bool)
#define OPT_INT(s, f) OPTION_FIELD_(OPTION_INT, s, f, int)
#define OPT_INT64(s, f) OPTION_FIELD_(OPTION_INT64, s, f, int64_t)
#define OPT_NUMBER(s, f) OPTION_FIELD_(OPTION_NUMBER, s, f, double)
#define OPT_TEXT(s, f) OPTION_FIELD_(OPTION_TEXT, s, f, const char *)
#define OPT_TEXTS(s, f) OPTION_FIELD_(OPTION_TEXTS, s, f, struct texts)
#define OPT_ENUM(s, f) OPTION_FIELD_(OPTION_ENUM, s, f, int)
#define OPT_FLAGS(s, f) OPTION_FIELD_(OPTION_FLAGS, s, f, unsigned)
#define OPT_SIZE(s, f) OPTION_FIELD_(OPTION_SIZE, s, f, struct size)
#define OPT_RATIO(s, f) OPTION_FIELD_(OPTION_RATIO, s, f, struct ratio)
#define OPT_ASPECT(s, f) OPTION_FIELD_(OPTION_ASPECT, s, f, struct aspect)
#define OPT_BYTES(s, f) OPTION_FIELD_(OPTION_BYTES, s, f, struct bytes)
#define OPT_COLOUR(s, f) OPTION_FIELD_(OPTION_COLOUR, s, f, struct colour)
#define OPT_FORMATS(s, f) OPTION_FIELD_(OPTION_FORMATS, s, f, struct formats)
#define OPT_QUALITY(s, f) OPTION_FIELD_(OPTION_QUALITY, s, f, struct quality)
#define OPT_RANGE(s, f) OPTION_FIELD_(OPTION_RANGE, s, f, struct range)
#define OPT_GROUP(table) .type = OPTION_GROUP, .offset = 0, .group = (table)

/* ---- What is done with a table ------------------------------------------------------------- */

/* Fills *fields (of the struct the table is of) with the defaults. Errors are our own mistakes. */
PICSET_NODISCARD enum status options_default(const struct option *table, struct arena *arena,
                                             void *fields, struct error *error);

/* Lays the members of `object` (NULL: none) over *fields. Unknown key, wrong type, out of range:
 * STATUS_USAGE with the pointer, the value, the range, the unit and the nearest known name, e.g.
 * "/resize/width: 'width' is 70000, outside 0..65500 px". `owner` names the table in the message
 * for an unknown key: "unknown option 'widht' of 'resize'; did you mean 'width'?". After a failure
 * *fields holds part of the object. Texts are copied into the arena. */
PICSET_NODISCARD enum status options_parse(const struct option *table, const char *owner,
                                           const struct value *object, const struct pointer *at,
                                           struct arena *arena, void *fields, struct error *error);

/* One option from text, as on a command line: parsed as JSON when it is, else as a plain word. An
 * option that takes words (text, enum, colour, aspect) takes the text as it stands; flags and
 * formats may be separated by commas. Errors carry no place. */
PICSET_NODISCARD enum status option_parse_text(const struct option *option, const char *text,
                                               struct arena *arena, void *fields,
                                               struct error *error);

/* The fields as a value whose parse over the defaults gives the same fields again; with
 * `changed_only`, without what equals the default. NULL when memory is short. */
const struct value *options_value(const struct option *table, const void *fields, bool changed_only,
                                  struct arena *arena);

const struct option *options_find(const struct option *table, const char *name);

/* "a number 0..65500 px", "one of inside, outside, cover", "a size like 300x250": for help and
 * docs. */
void option_type_words(struct buffer *out, const struct option *option);
/* The JSON Schema (draft 2020-12) of an option's value, and of a whole table as an object. */
const struct value *option_schema(const struct option *option, struct arena *arena);
const struct value *options_schema(const struct option *table, struct arena *arena);

/* The level that counts for a format when it has no number. */
enum level quality_level(const struct quality *quality, enum format format);
/* Level names in the enum's order, "" first: shared by parser and documents. */
extern const char *const level_names[];

#endif
