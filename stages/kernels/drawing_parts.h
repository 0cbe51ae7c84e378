/* SPDX-License-Identifier: MIT
 * What the files of the drawing share: the kinds of scene, a strip of one row, colours. */
#ifndef PICSET_DRAWING_PARTS_H
#define PICSET_DRAWING_PARTS_H

#include <math.h>
#include <stdbool.h>

#include "drawing.h"

enum { STRIP = 256 /* px */, RIDGES = 6 };

enum subject {
    SUBJECT_NONE,
    SUBJECT_LIGHTHOUSE,
    SUBJECT_BALLOON,
    SUBJECT_TREE,
    SUBJECT_HOUSE,
    SUBJECT_BOAT,
    SUBJECT_VASE, /* of the studio, from here on: bodies of revolution */
    SUBJECT_BOTTLE,
    SUBJECT_CUP,
    SUBJECT_BALL
};

enum crest { CREST_ROUGH, CREST_SMOOTH, CREST_TREES, CREST_HOUSES };

struct land {
    const char *words;    /* that ask for it, each with a blank before and after */
    const char *subjects; /* enum subject, as letters from '0', that suit it */
    bool studio;          /* a table and a thing, no sky */
    enum crest crest;
    int ridges;
    float base, base_step;   /* where crests lie, of the height; the farthest first */
    float rise, rise_step;   /* how much they go up and down, units */
    float pitch, pitch_step; /* their hills for each unit */
    float waterline;         /* of the height; over 1: no water */
    float snow;              /* 0..1 */
    struct tone far, near;
};

struct hour {
    const char *words;
    struct tone zenith, low, sun, shine;
    float sun_height; /* over the horizon, of the sky's height */
    float stars, clouds;
};

extern const struct land drawing_lands[];
extern const struct hour drawing_hours[];

/* A piece of one row that is being painted, and the crests above and below it. */
struct strip {
    const struct drawing *drawing;
    int count;
    float x, y, pixel; /* of the first pixel's middle, and its width: units */
    float crest[RIDGES][STRIP];
    struct tone tones[STRIP];
};

void subject_paint(struct strip *strip);
void studio_paint(struct strip *strip);

static inline float clamp(float value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

static inline float smooth(float from, float to, float value)
{
    const float t = clamp((value - from) / (to - from));
    return t * t * (3 - 2 * t);
}

static inline struct tone tone_mix(struct tone a, struct tone b, float share)
{
    return (struct tone){a.red + (b.red - a.red) * share, a.green + (b.green - a.green) * share,
                         a.blue + (b.blue - a.blue) * share};
}

static inline struct tone tone_times(struct tone a, struct tone b)
{
    return (struct tone){a.red * b.red, a.green * b.green, a.blue * b.blue};
}

static inline struct tone tone_scale(struct tone a, float factor)
{
    return (struct tone){a.red * factor, a.green * factor, a.blue * factor};
}

/* 1 inside, 0 outside, a pixel's width between; distance > 0 is outside. */
static inline float edge(float distance, float pixel)
{
    return clamp(0.5f - distance / pixel);
}

#endif
