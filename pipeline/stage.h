/* SPDX-License-Identifier: MIT
 * For stage authors: what a stage is. One `const struct stage` per operation, in one file named
 * after it, and one line of stages/stages.def. The engine knows stages only by this struct.
 *
 *   check   once, when the preset is read       may refuse combinations of options; sees no image
 *   expand  once per source, before plan        may replace itself by simpler stages (cover = crop
 * + resize) plan    once per source, forward            decides size and facts, may skip or drop;
 * no pixels, files, clock need    once per source, backward           says how small an input is
 * enough; NULL: the whole image run     when pixels flow                    computes; changes
 * neither options, step nor input
 *
 * Options are const for a stage. A stage has no state, no globals, no thread-locals and starts no
 * thread. All callbacks are called from any thread, several at a time. */
#ifndef PICSET_STAGE_H
#define PICSET_STAGE_H

#include "arena.h"
#include "buffer.h"
#include "error.h"
#include "facts.h"
#include "limit.h"
#include "option.h"
#include "source.h"

typedef struct _VipsImage VipsImage; /* libvips' own; the engine only passes it on */

enum stage_kind {
    STAGE_LOAD,   /* source bytes → image; exactly one is registered */
    STAGE_PIXELS, /* image → image */
    STAGE_ENCODE, /* image → bytes of a file; ends a line */
    STAGE_PACK,   /* image → member of a joint file; ends a line */
    STAGE_COPY    /* source bytes → the same bytes; ends a line, alone in it */
};

struct stage;

/* What a stage's plan decided beside the facts. All text lives in the plan's arena or is static. */
struct choice {
    const char *skip;    /* "already srgb": the step does nothing, in = out */
    const char *drop;    /* the output is dropped: "would enlarge 2.4 times" */
    const char *warning; /* made all the same */
    double enlarged; /* of a warning that says so: how many times; 0: it is about other things */
    const char
        *detail;  /* shown in the plan after the stage's name: "1920x1080", "avif q60 effort 4" */
    bool clamped; /* the size was reduced so as not to upscale: equal cells are dropped */
    const char
        *identity; /* stands for the options in the step's key: equal identity, input and planned
                      size make equal pixels ("lanczos3"); NULL: the options as printed */
    const char
        *family; /* `scales` stages: those of one family may start from one another; NULL: never */
    bool asked_alpha;   /* the decision depended on facts.alpha_used: the engine measures it, plans
                           again */
    enum format format; /* ENCODE, PACK, COPY: the format chosen */
    double quality;     /* ENCODE: on the codec's own scale; < 0 when lossless or meaningless */
    int64_t bytes_most; /* ENCODE: no larger file is made; 0: no limit */
    int left, top;      /* CROP, PAD and the like: the box's corner, px of in (crop) or out (pad) */
    bool measured; /* the box is found when pixels flow (attention): left and top mean nothing */
    double cost;   /* expected CPU seconds on one core of about 2020, for scheduling only; 0: by
                      pixels */
};

/* One node of a plan. The stage reads it; the engine owns it. */
struct step {
    const struct stage *stage;
    const void *options;  /* the stage's own struct */
    struct facts in, out; /* as planned, of the full-size image */
    struct choice choice;
    struct hash key; /* of the source, all steps up to this one and the encoder's version */
};

/* A box that only pixels tell (trim): px of the full-size input. */
struct measure {
    int left, top, width, height;
};

enum { FLOW_WORDS = 240 }; /* bytes, with the NUL */

/* What flows at run time beside the image. Borrowed for the call. */
struct flow {
    const struct source *source; /* of this root; NULL for a plain colour */
    const char *xmp; /* ENCODE: packet of a generated image, for KEEP_PROVENANCE; NULL: none */
    const struct limits *limits;
    /* Named inputs for stages that take a second image (watermark): decoded, upright, sRGB, whole.
     * Returns a borrowed image or NULL with the error set. */
    VipsImage *(*input)(const struct flow *flow, const char *name, struct error *error);
    void *engine;
    double load_scale; /* LOAD: the smallest scale 0..1 of the full size that is enough for all
                          readers */
    int threads; /* planned number of encoder threads: changes bytes, so it never depends on -j */
    bool (*stop)(const struct flow *flow); /* true: give up with STATUS_INTERRUPTED; NULL: never */
    double
        *quality_used; /* ENCODE: where the quality that was really used is written; may be NULL */
    char *chosen;      /* ENCODE: what the pixels decided (an effort), in words: room for FLOW_WORDS
                          bytes; may be NULL */
    /* What was found out before, on whatever run, for the same step: a cache. NULL: none. */
    bool (*recall)(const struct flow *flow, const struct hash *key, const char *what, char *text,
                   size_t size);
    void (*remember)(const struct flow *flow, const struct hash *key, const char *what,
                     const char *text);
};

struct plan_context {
    struct arena *arena; /* for text in the choice */
    const struct limits *limits;
    const struct source *source; /* container facts, metadata; NULL for a plain colour */
    /* Facts of a named input, NULL when it is not given. */
    const struct facts *(*input)(const struct plan_context *context, const char *name);
    const struct measure *measured; /* of this step; NULL: not measured (yet): give upper bounds and
                                       set out->unsized */
    void *engine;
};

/* What expand may put in its place: up to four, options allocated in the arena. */
struct expansion {
    struct {
        const struct stage *stage;
        const void *options;
    } parts[4];
    int count; /* 0: stays as it is */
};

struct stage {
    const char *name;
    const char *summary; /* one line, lower case, no full stop */
    enum stage_kind kind;
    unsigned version; /* raise when pixels or bytes change: it is part of keys and ${hash} */
    unsigned wants;   /* enum wants: what is inserted before it when it does not hold */
    unsigned gives;   /* enum wants: inserted, with default options, where another stage wants it */
    bool whole_strip; /* handles animations itself (all frames as one tall image with page-height);
                         otherwise run is called once per frame */
    bool scales;      /* a resize: siblings may start from one another (the pyramid) */

    const struct option *options; /* ends with { 0 }; NULL: none */
    size_t options_size;

    enum status (*check)(const void *options, struct error *error);
    /* The named input that it takes besides the image: a preset must declare it. NULL: none */
    const char *(*input)(const void *options);
    enum status (*expand)(const void *options, const struct plan_context *context,
                          const struct facts *in, struct expansion *out, struct error *error);
    /* wants that depend on options or facts (jpeg: opaque); added to .wants */
    unsigned (*wants_of)(const void *options, const struct facts *in);
    /* Starts with *out = *in and *choice = {0}; NULL: facts unchanged. */
    enum status (*plan)(const void *options, const struct plan_context *context,
                        const struct facts *in, struct facts *out, struct choice *choice,
                        struct error *error);
    /* `after`: the scale 0..1 of the planned output that suffices; returns the scale of the input.
     */
    double (*need)(const struct step *step, double after);
    /* LOAD's need returns the scale at which it will really decode (1, 1/2, 1/4, 1/8 for a JPEG):
     * it becomes part of every key, and comes back as flow->load_scale. */
    /* Stages whose size depends on the pixels: finds the box on the whole input, once per content.
     */
    enum status (*measure)(const void *options, const struct flow *flow, VipsImage *in,
                           struct measure *out, struct error *error);
    /* More identity for step->key: library versions (encode). */
    void (*identity)(const void *options, const struct choice *choice, struct buffer *out);
    /* One line per codec library, "libwebp 1.2.4\n": those that these options may need, or, for
     * `picset --version`, NULL and all of them. */
    void (*versions)(const void *options, struct buffer *out);

    /* LOAD: sniffs, walks, checks limits; fills source->container and *facts. No pixel is read.
     * STATUS_UNSUPPORTED: it cannot be decoded; where *facts have a width, they are right. */
    enum status (*probe)(struct source *source, const struct limits *limits, struct facts *facts,
                         struct error *error);
    /* LOAD (in is NULL) and PIXELS. `in` may be smaller than step->in says (the decoder shrank it):
     * positions are scaled by the real size over the planned one; a `scales` stage always ends at
     * exactly step->out. May be lazy. *out is the caller's (a new reference). */
    enum status (*run)(const struct step *step, const struct flow *flow, VipsImage *in,
                       VipsImage **out, struct error *error);
    /* ENCODE: `in` is in memory, exactly step->in; appends the file's bytes. */
    enum status (*encode)(const struct step *step, const struct flow *flow, VipsImage *in,
                          struct buffer *out, struct error *error);
    /* LOAD and ENCODE: is it a library that works on threads of its own, one at a time, while ours
     * waits? Whoever measures cannot see them on the clock of the thread. NULL: never. */
    bool (*apart)(const struct step *step);
    /* PACK: joins the members of one file, in order. members[i].bytes are what encode made of each.
     */
    enum status (*pack)(const struct step *const *steps, const struct buffer *members, size_t count,
                        struct buffer *out, struct error *error);
    /* PACK: does a file hold just the members that these steps make? STATUS_CHECK: `wrong` says
     * what it holds, `allowed` what it must; STATUS_REFUSED: it is damaged. */
    enum status (*unpack)(const struct step *const *steps, size_t count, const void *bytes,
                          size_t size, struct buffer *wrong, struct buffer *allowed,
                          struct error *error);
};

/* The registered stages in the order of stages.def, ended by NULL. */
const struct stage *const *stage_list(void);
const struct stage *stage_find(const char *name); /* NULL when unknown */

/* What stands in for an image until it is loaded: its dominant colour, its ThumbHash in base64 and
 * its BlurHash. */
struct placeholder {
    uint8_t colour[3]; /* sRGB */
    char thumbhash[64], blurhash[40];
};

/* From a decoded image of any size, space and depth; of an animation the first frame. A small one
 * (some 100 px) is as good as a large one, and quicker. */
PICSET_NODISCARD enum status placeholder_make(VipsImage *image, struct placeholder *out,
                                              struct error *error);

/* How far an image is from its original. Both in memory, of one size, 8 bits, sRGB or grey. */
struct comparison {
    double score; /* SSIMULACRA2: 100 identical, 90 visually lossless, 70 high, 50 medium, 30 low */
    double psnr;  /* dB over red, green and blue; INFINITY when equal */
    bool alpha;   /* laid over a dark and a light grey: the numbers of the worse */
};
/* Of animations the frame with the lowest score. */
PICSET_NODISCARD enum status comparison_make(VipsImage *original, VipsImage *distorted,
                                             struct comparison *out, struct error *error);

/* What is said of a generated image: the text of an XMP packet, appended. */
struct provenance {
    const char *provider, *model;
    int64_t made_ms; /* since 1970; 0: not known */
};
void provenance_packet(const struct provenance *provenance, struct buffer *out);
/* A packet that says of an image what this XMP says of it: that it was generated, or made with what
 * was. Nothing when it does not say so. */
void provenance_label(struct span xmp, struct buffer *out);

#endif
