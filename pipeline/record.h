/* SPDX-License-Identifier: MIT
 * What was made: the set of one image and one asked preset, with the facts about each rendition.
 * Emitters work from records alone; the store keeps them. Plain data, living in an arena. */
#ifndef PICSET_RECORD_H
#define PICSET_RECORD_H

#include "arena.h"
#include "facts.h"
#include "value.h"

struct record_entry { /* one `emit` of an output: which emitter takes it, with its entry's options
                       */
    const char *emitter;
    const struct value *options; /* as checked, all templates put in; an object, may be empty */
};

struct record_rendition {
    const char *path;     /* below the output folder, '/' between; NULL when inline */
    const char *data_uri; /* inline only */
    const char *preset;   /* the preset that declares it (may be an included one) */
    const char *output;   /* its id, or "0", "1", … */
    const char *input;    /* "main" or a named input */
    enum format format;
    const char *mime;
    int width, height, frames;
    const char *sizes; /* of the images in a joint file: "16x16 32x32"; NULL: it is one image */
    bool alpha;
    int64_t bytes;
    struct hash hash;           /* of the file's bytes */
    struct hash key;            /* of the plan that made it */
    double quality;             /* codec's own scale; < 0 when lossless */
    double seconds;             /* that its encoder took; 0: not known */
    const char *chosen;         /* what the pixels decided, in words; NULL: nothing was to decide */
    const char *const *reasons; /* the plan's words, e.g. "resize 640x427 from 1280x853" */
    size_t reason_count;
    const char *const *warnings;
    size_t warning_count;
    const struct record_entry *entries;
    size_t entry_count;
};

struct record_dropped {
    const char *output, *what, *reason; /* "2", "step=3840 codec=avif", "equal to step=2560: …" */
};

struct record_emitted { /* a file that an emitter makes of this set, alone or with other sets */
    const char *emitter;
    const char *path;            /* below the output folder */
    const struct value *options; /* as this set's preset asks, all templates put in */
    int first, count;            /* renditions[first …] are those that it may take */
};

struct record_time {  /* for people only: the same set takes another time tomorrow */
    const char *what; /* "load", "colour, resize", "encode avif" */
    double seconds;   /* of all threads together */
};

struct record_source {
    const char *path; /* as given; "" for memory */
    const char *name; /* ${name} */
    const char *dir;  /* ${dir} */
    struct hash hash;
    int64_t bytes;
    int width, height, frames; /* upright */
    enum format format;
    bool alpha;
    bool c2pa;
    const char *alt;                /* NULL when unknown */
    const struct value *generation; /* of a generated image: an object; NULL: it is none */
};

struct record_set {
    struct record_source source;
    const char *preset; /* the preset that was asked for */
    bool colour_known;
    uint8_t colour[3];     /* dominant, sRGB */
    const char *thumbhash; /* base64; NULL when unknown */
    const char *blurhash;  /* NULL when unknown */
    const struct record_rendition *renditions;
    size_t rendition_count;
    const struct record_dropped *dropped;
    size_t dropped_count;
    const struct record_emitted *emitted;
    size_t emitted_count;
    const struct record_time *times;
    size_t time_count;
};

/* NULL when the set is not in such a file. */
const struct record_emitted *record_emitted_find(const struct record_set *set, const char *emitter,
                                                 const char *path);

/* The set as a JSON value and back: what the store keeps. */
const struct value *record_value(const struct record_set *set, struct arena *arena);
PICSET_NODISCARD enum status record_from_value(const struct value *value, struct arena *arena,
                                               struct record_set *set, struct error *error);

#endif
