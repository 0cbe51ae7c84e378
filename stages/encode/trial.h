/* SPDX-License-Identifier: MIT
 * `auto`: the effort of an encoder chosen by the image. Crops of the rendition are encoded at
 * several efforts and scored; constants, never clocks, say what each costs, so that the choice is
 * the same everywhere. Knows codecs by their table only. */
#ifndef PICSET_TRIAL_H
#define PICSET_TRIAL_H

#include "encode.h"

enum { EFFORT_AUTO = -1, TRIAL_CANDIDATES = 3, TRIAL_PIXELS = 512 * 256 };

/* One candidate as it did on the crops. */
struct trial_run {
    char words[24]; /* "10-bit effort 2" */
    double bytes, score;
    bool done;
};

struct trial_runs {
    struct trial_run at[TRIAL_CANDIDATES]; /* in the order of the codec's candidates */
    double bytes_above, score_above;       /* of the first at a quality higher by TRIAL_STEP */
    int64_t pixels;                        /* of the rendition */
    bool level; /* the quality is a level's, not a number of the user's */
};
#define TRIAL_STEP 6.0

/* Raise it when a verdict may change: part of keys, and of what is remembered. */
#define TRIAL_NAME "trial 2"

struct trial_candidate {
    int effort;
    int depth;      /* bits of a sample, where the codec has several */
    double seconds; /* CPU, for a million pixels; on one core of about 2020 */
};

/* How a codec's effort is chosen; a row of its codec. */
struct trial_rules {
    struct trial_candidate candidates[TRIAL_CANDIDATES]; /* 0 seconds end them */
    int64_t least_pixels;                                /* smaller renditions take `small` */
    int64_t tiny_pixels;                                 /* still smaller ones `tiny` */
    int small, tiny;                                     /* efforts */
    int blind; /* of what is not tried whatever its size: animations, lossless, deep samples */
    double small_quality;                          /* added to a quality that is a number */
    double bytes_a_second;                         /* what a CPU second is worth */
    int *(*field)(struct encode_options *options); /* the one that may be auto */
    /* Writes a candidate into the options. */
    void (*take)(const struct trial_candidate *candidate, struct encode_options *options);
    /* Points of score that a candidate lacks, on the whole rendition, of what the quality stands
     * for. */
    double (*lacks)(const struct trial_runs *runs, size_t candidate);
    /* What encode made of an opaque 8-bit image, as packed RGB. */
    enum status (*decode)(const void *bytes, size_t size, int width, int height, uint8_t *rgb,
                          struct error *error);
};

/* The options as they are for a rendition of this size: an `auto` that needs no trial is settled,
 * and the quality with it. True when a trial is to settle it. */
bool trial_settle(const struct codec *codec, const struct facts *facts,
                  struct encode_options *options, double *quality);

/* Settles the options and the quality by a trial; `words` is told what was chosen, and why. */
PICSET_NODISCARD enum status trial_choose(const struct encode_job *job, const struct step *step,
                                          struct encode_options *options, double *quality,
                                          char words[FLOW_WORDS], struct error *error);

/* From the runs alone: the index of the candidate, and the quality that makes up for it. */
size_t trial_verdict(const struct codec *codec, const struct trial_runs *runs, double *quality);

#endif
