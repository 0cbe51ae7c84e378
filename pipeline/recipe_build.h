/* SPDX-License-Identifier: MIT
 * What the files recipe*.c share: the recipe that grows, the preset that is being expanded, and the
 * changes laid over it. For them only. */
#ifndef PICSET_RECIPE_BUILD_H
#define PICSET_RECIPE_BUILD_H

#include "preset.h"

enum {
    RECIPE_LINES = 4096,  /* cells of one recipe, its included presets counted */
    RECIPE_INCLUDES = 64, /* included presets of one recipe */
    RECIPE_VARIABLES = 16 /* variables of one matrix */
};

struct growth { /* the recipe that grows */
    const struct preset_library *library;
    struct arena *arena;
    struct error *error;
    const char *asked; /* the preset that was asked for: ${preset} */
    struct output_line *lines;
    size_t line_count, line_capacity;
    struct emit_line *emits;
    size_t emit_count, emit_capacity;
    struct value *inputs;
    size_t output_count, include_count;
    struct hash hash;
    bool left_out; /* changes left an output out: an emitter may be left without any */
    bool general;  /* the error is none of one cell */
    bool placed;   /* the error says its whole place already */
};

struct layer { /* changes from outside, laid over every line of one preset and what it includes */
    struct layer *outer;                  /* laid over after this one */
    const struct value *stages, *outputs; /* NULL: none */
    const struct pointer *at;             /* of the changes … */
    const char *place;                    /* … in this document */
    struct value *seen_stages, *seen_ids; /* names that lines used, as keys */
};

struct frame { /* one preset in the recipe */
    struct growth *growth;
    const struct frame *outer; /* includes this one; NULL for the one asked for */
    const struct preset *preset;
    const char *place; /* "presets/web.json", with the including ones before it */
    const char
        *folder; /* put before its paths: "" or ending in '/'; the asked one's is the recipe's */
    enum names_rule names; /* its own, or that of the one that includes it */
    struct scope scope;    /* parameters */
    struct layer *layers;  /* innermost first; NULL: none */
    size_t first_line, first_emit;
};

struct cell { /* one output of a frame at one point of its matrix */
    struct frame *frame;
    const struct value *output;
    const struct pointer *at; /* of the output */
    const char *id;           /* its id, or its index as text */
    const struct scope *scope;
};

/* ---- recipe.c: the parts of one preset ------------------------------------------------------- */

/* Expands a preset into the recipe: as asked for (outer NULL) or as included. */
PICSET_NODISCARD enum status preset_expand(struct growth *growth, const struct frame *outer,
                                           const struct preset *preset, const struct value *changes,
                                           const struct pointer *at, const char *place,
                                           const char *folder);

/* ---- recipe_include.c --------------------------------------------------------------------------
 */

PICSET_NODISCARD enum status include_expand(struct frame *frame, const struct value *include,
                                            const struct pointer *at);
bool layers_leave_out(struct frame *frame, const char *id);
void layers_see_id(struct frame *frame, const char *id);
/* Lays what the layers say of a stage over its parsed options. */
PICSET_NODISCARD enum status layers_apply(struct frame *frame, const char *id,
                                          const struct stage *stage, void *options);
/* A change of an output names a stage that its line does not have. */
PICSET_NODISCARD enum status layers_check_line(struct frame *frame, const char *id,
                                               const struct output_line *line);
/* A name that nothing used. */
PICSET_NODISCARD enum status layer_check_used(const struct layer *layer, struct growth *growth);
/* "public/" from "public"; refuses what leaves the folder. */
PICSET_NODISCARD enum status folder_read(const struct value *out, const struct pointer *at,
                                         struct arena *arena, const char **folder,
                                         struct error *error);

/* ---- recipe_matrix.c ---------------------------------------------------------------------------
 */

PICSET_NODISCARD enum status matrix_expand(struct frame *frame, const struct value *output,
                                           const struct pointer *at, const char *id);
/* Ends the message of an error in a cell with the cell, when the matrix may matter. */
void matrix_note(const struct cell *cell, struct error *error);
/* "step=640 codec=avif" */
const char *matrix_label(const struct cell *cell);

/* ---- recipe_stage.c ----------------------------------------------------------------------------
 */

/* Where stages stand decides what they may be. */
enum line_part { PART_PREPARE, PART_BEFORE, PART_STAGES };

PICSET_NODISCARD enum status stages_read(const struct cell *cell, const struct value *list,
                                         const struct pointer *at, enum line_part part,
                                         struct stage_line *out);
PICSET_NODISCARD enum status line_read(const struct cell *cell, struct output_line *line);
PICSET_NODISCARD enum status fallbacks_read(const struct cell *cell, struct output_line *line);

/* ---- recipe_output.c ---------------------------------------------------------------------------
 */

/* Is it an input that the preset declares? */
PICSET_NODISCARD enum status input_check(const struct cell *cell, const char *name,
                                         const struct pointer *at);
PICSET_NODISCARD enum status cell_expand(const struct cell *cell, size_t output_index);

/* ---- recipe_emit.c -----------------------------------------------------------------------------
 */

PICSET_NODISCARD enum status entries_read(const struct cell *cell, struct output_line *line);
PICSET_NODISCARD enum status emits_expand(struct frame *frame);
PICSET_NODISCARD enum status emits_check(struct growth *growth);
/* A path template with sample values put in: it must be a path inside the output folder. */
PICSET_NODISCARD enum status path_sample_check(const struct value *path, const char *asked,
                                               bool of_rendition, const struct pointer *at,
                                               struct arena *arena, struct error *error);

/* ---- preset_params.c ---------------------------------------------------------------------------
 */

/* The parameters with `set` laid over their defaults; `set` may be NULL. */
PICSET_NODISCARD enum status params_apply(const struct preset *preset, const struct value *set,
                                          const struct pointer *at, struct arena *arena,
                                          const struct value **out, struct error *error);

#endif
