/* SPDX-License-Identifier: MIT
 * Preset files, checked; and a preset with its parameters put in: flat lines of stages, ready to
 * be planned against any image. Knows JSON values and tables; no image, no stage by name. */
#ifndef PICSET_PRESET_H
#define PICSET_PRESET_H

#include "emitter.h"
#include "stage.h"
#include "template.h"

/* Where presets come from, searched in this order: `folder` (the project's), then the built-in
 * ones. */
struct preset_library {
    const char *folder; /* may be NULL */
};

enum names_rule { NAMES_ANY, NAMES_WEB, NAMES_ANDROID, NAMES_APPLE };

/* A preset as written, its shape checked. */
struct preset {
    const char *file; /* for messages: "presets/web.json", "built-in web" */
    const char *name, *summary, *source, *checked, *note;
    enum names_rule names;
    const struct value *params; /* object: name → default */
    const struct value *inputs; /* object: name → words */
    const struct value *root;   /* the whole document */
    struct hash hash;           /* of the document */
};

/* Reads and checks the shape of a preset file: `name_or_path` is a path when it holds '/' or ends
 * in
 * ".json", else a name. Unknown names name the nearest. */
PICSET_NODISCARD enum status preset_read(const struct preset_library *library,
                                         const char *name_or_path, struct arena *arena,
                                         const struct preset **out, struct error *error);
/* The same from text in memory; file is for messages. */
PICSET_NODISCARD enum status preset_parse(const char *file, const char *text, size_t size,
                                          struct arena *arena, const struct preset **out,
                                          struct error *error);
/* Names of all presets in sight, sorted, ended by NULL. */
PICSET_NODISCARD enum status preset_names(const struct preset_library *library, struct arena *arena,
                                          const char *const **out, struct error *error);

/* ---- A preset with its parameters put in ---------------------------------------------------- */

struct stage_item {
    const struct stage *stage;
    const void *options; /* parsed and checked */
};

struct stage_line {
    const struct stage_item *items;
    size_t count;
};

struct from_choice {   /* one way to get the line's image; the first that is given is taken */
    const char *input; /* "main", "dark" …; NULL for a plain colour */
    struct colour colour;
    struct stage_line before; /* stages of `{ "main": [ … ] }` */
};

struct when { /* all must hold; -1 or NONE: not asked */
    int alpha, animated;
    int orientation;  /* -1, or 0 landscape, 1 portrait, 2 square */
    unsigned formats; /* bits 1 << enum format; 0: any */
};

/* What a platform accepts, for `check`; given false: exactly what the output makes. */
struct require {
    bool given;
    const struct value *value; /* as written, filled in; it parses by require_options */
};

struct require_options { /* what value does not name is not asked */
    struct formats format;
    struct range width, height, pixels; /* px */
    struct bytes bytes;                 /* at most */
    bool alpha;
    struct aspect aspect;
    unsigned keep;         /* enum keep */
    struct texts sizes;    /* "1290x2796": taken as well as width and height */
    struct texts optional; /* "always", or values of the matrix */
};
extern const struct option require_options[];

struct output_line {       /* one cell of one output's matrix */
    const char *preset;    /* that declares it */
    enum names_rule names; /* of its preset, or of the one that includes it */
    const char *output;    /* id, or its index as text */
    size_t output_index;   /* over the whole expanded preset: cells of one output share it */
    const char *cell;      /* "step=640 codec=avif"; "" without a matrix */
    const struct from_choice *from;
    size_t from_count;
    struct when when;
    struct stage_line line; /* `prepare` first (not before `copy`) */
    const struct stage_line
        *fallbacks; /* cumulative alternatives of `line`, same length and stages */
    size_t fallback_count;
    bool inlined;
    const struct value *path; /* text with plan words left; NULL when inlined */
    const struct emit_entry {
        const struct emitter *emitter;
        const struct value
            *options; /* object, plan words left; already checked once with samples */
    } * emits;
    size_t emit_count;
    struct require require;
    const char *where; /* "presets/web.json: /outputs/0", for messages */
};

struct emit_line { /* one emitted file of the preset */
    const char *preset;
    enum names_rule names;
    const struct emitter *emitter;
    bool usual;                  /* the preset gives it no path */
    const struct value *options; /* object, plan words left; always has "path" */
    size_t first, count; /* lines[first …] are the outputs of its preset and of what that includes:
                            it takes no others */
    const char *where;
};

struct recipe;
/* `line` is one of recipe->lines. */
bool emit_line_takes(const struct emit_line *emit, const struct recipe *recipe,
                     const struct output_line *line);

struct recipe {       /* what the planner works from */
    const char *name; /* the preset that was asked for */
    const char *out;  /* folder to put before every path, "" or ending in '/' */
    const struct value *inputs;
    const struct output_line *lines;
    size_t line_count;
    const struct emit_line *emits;
    size_t emit_count;
    struct hash hash; /* of everything that was asked: preset, parameters, changes, tool version */
};

/* Changes from outside, in the form of an entry of `presets` in a project file (section 3 of the
 * format): object with optional set, stages, outputs, out; NULL: none. Every matrix cell is
 * expanded and every stage's options parsed and checked here, so a recipe that is returned cannot
 * be wrong later but for the sizes of an image. */
PICSET_NODISCARD enum status recipe_expand(const struct preset_library *library,
                                           const struct preset *preset, const struct value *changes,
                                           struct arena *arena, const struct recipe **out,
                                           struct error *error);

/* "PRESET.PARAM=VALUE" into changes by preset name: {"web": {"set": {…}}}. The value is JSON when
 * it parses, a comma-separated list where the parameter is a list, else text. */
PICSET_NODISCARD enum status preset_set_option(const struct preset *preset, const char *assignment,
                                               struct arena *arena, const struct value **changes,
                                               struct error *error);

#endif
