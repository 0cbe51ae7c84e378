/* SPDX-License-Identifier: MIT
 * The plan of one image and all presets asked of it: a tree of steps with every size, name and
 * reason decided before a pixel is computed. Reads options and facts; touches no pixel, no file. */
#ifndef PICSET_PLAN_H
#define PICSET_PLAN_H

#include "preset.h"
#include "record.h"

struct subject_input {
    const char *name;      /* "main", "dark", … */
    const char *path;      /* as given; NULL for memory and colours */
    struct source *source; /* container known; bytes may be released between plan and run */
    struct facts facts;    /* upright focus point put in; of `plain` for a colour */
    const char *xmp;       /* packet for its renditions, for KEEP_PROVENANCE; NULL: none */
    struct error refused;  /* status != OK: no image that can be decoded; it can only be copied */
};

/* An image: its main source, its named inputs and what is known of it. */
struct subject {
    const char *name;                   /* ${name} before the rule for names */
    const char *dir;                    /* ${dir}: "" or ending in '/' */
    const char *alt;                    /* NULL when unknown */
    const struct subject_input *inputs; /* inputs[0] is main */
    size_t input_count;
};

/* A step that does nothing for its image, remembered to be shown. */
struct plan_skip {
    const struct stage *stage;
    const char *reason;
    struct plan_skip *next;
};

struct plan_node {
    struct step step;
    struct plan_node *parent; /* NULL: a root (load, or copy) */
    struct plan_node *first_child, *next_sibling;
    const struct subject_input *input; /* of the root above */
    size_t index;                      /* in plan->nodes; parents come before children */
    size_t readers;                    /* children and renditions that read its pixels or bytes */
    const char
        *inserted; /* why the planner put it in: "encode wants an opaque image"; NULL: written */
    struct plan_skip *skips; /* steps right after this one that do nothing */
    double need;             /* scale 0..1 of the planned size that its readers need */
    bool alternative;        /* of a fallback: computed only when it comes to that */
    struct hash own, chain;  /* identity of the step alone, and of all steps up to it as written */
};

/* Something that only pixels tell, and that the plan depends on. */
struct plan_wanted {
    const struct subject_input *input;
    const struct plan_node *before; /* the image to measure; NULL: the input as decoded */
    const struct stage *stage;      /* whose `measure` to call; NULL: whether alpha is used */
    const void *options;
    struct hash key;
};

struct plan_measured {
    struct hash key; /* of the plan_wanted */
    struct measure box;
};

enum rendition_state { RENDITION_PLANNED, RENDITION_DROPPED, RENDITION_SAME };

struct plan_rendition {
    const struct recipe *recipe;
    const struct output_line *line;
    struct plan_node *leaf; /* its encode, pack or copy step; NULL when dropped before planning */
    enum rendition_state state;
    const char *reason;             /* DROPPED, SAME */
    const char *path;               /* below the output folder; NULL when inlined or dropped */
    struct plan_rendition *same_as; /* SAME: equal path and equal steps */
    struct plan_rendition
        *pack_head; /* PACK: the first member of the file; itself when it is the first */
    bool clamped;   /* a step reduced its size so as not to upscale */
    struct plan_node **fallbacks; /* leaves of the alternatives, in order */
    size_t fallback_count;
    const struct record_entry *entries; /* all templates put in */
    size_t entry_count;
};

struct plan_emitted {
    const struct recipe *recipe;
    const struct emit_line *line; /* says which outputs it takes */
    const struct emitter *emitter;
    const struct value *options; /* all templates put in */
    const char *path;
};

struct plan {
    struct arena *arena;
    struct subject subject;
    const struct recipe *const *recipes;
    size_t recipe_count;
    struct plan_node **nodes;
    size_t node_count;
    struct plan_rendition *renditions;
    size_t rendition_count;
    struct plan_emitted *emitted;
    size_t emitted_count;
    const char **notes; /* name changes and the like, for the person */
    size_t note_count;
    const struct plan_wanted *wanted; /* measure these and plan again; empty: the plan is exact */
    size_t wanted_count;
    struct hash key;      /* of everything it makes: equal key, equal set */
    int64_t memory;       /* bytes its pixels take at most, estimated */
    struct error refused; /* status != OK: no rendition of it is made, and why */
};

/* Plans one image. The recipes must live as long as the plan. On success the plan owns its arena.
 */
PICSET_NODISCARD enum status plan_build(const struct subject *subject,
                                        const struct recipe *const *recipes, size_t recipe_count,
                                        const struct limits *limits,
                                        const struct plan_measured *measured, size_t measured_count,
                                        struct plan **out, struct error *error);
void plan_free(struct plan *plan);

/* Small letters and digits of a text, without their marks, and '_' between: plan_names.c. */
void name_letters(const char *text, struct buffer *out);

/* Settles paths over all plans of a batch: same path and equal steps are made once; same path and
 * different steps refuse those plans (plan->refused). Emitted paths too: only emitters that gather
 * may share one. */
PICSET_NODISCARD enum status plans_settle(struct plan *const *plans, size_t count,
                                          struct error *error);

/* The plan as the text that people read and tests compare. */
void plan_explain(const struct plan *plan, struct buffer *out);
/* The plan for `--json`: {"source": …, "files": [...], "dropped": [...], "steps": [...]} . */
const struct value *plan_value(const struct plan *plan, struct arena *arena);

/* The set of one recipe of the plan before it is run: everything but bytes, hashes and
 * placeholders. */
PICSET_NODISCARD enum status plan_record(const struct plan *plan, const struct recipe *recipe,
                                         struct arena *arena, struct record_set *out,
                                         struct error *error);

#endif
