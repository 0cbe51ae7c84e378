/* SPDX-License-Identifier: MIT
 * The shape of a preset document: which keys stand where, and of which type. For preset.c and the
 * schema; knows no stage and no value that a `${…}` may stand for. */
#ifndef PICSET_PRESET_SHAPE_H
#define PICSET_PRESET_SHAPE_H

#include "pointer.h"
#include "value.h"

struct shape_key {
    const char *name;
    unsigned types; /* bits 1 << enum value_type */
    bool required;
    const char *help; /* for the schema: one line, lower case, no full stop */
};

enum {
    SHAPE_TEXT = 1 << VALUE_TEXT,
    SHAPE_LIST = 1 << VALUE_LIST,
    SHAPE_OBJECT = 1 << VALUE_OBJECT,
    SHAPE_BOOL = 1 << VALUE_BOOL,
    SHAPE_NUMBER = 1 << VALUE_NUMBER | 1 << VALUE_INT
};

extern const struct shape_key shape_preset[]; /* the root */
extern const struct shape_key shape_output[];
extern const struct shape_key shape_include[]; /* an included preset, and changes from outside */
extern const struct shape_key shape_when[];
extern const char *const shape_names_rules[];  /* in the order of enum names_rule */
extern const char *const shape_orientations[]; /* landscape, portrait, square */

/* Keys known, types right, required keys there. `owner` as in "unknown key 'x' of OWNER". */
PICSET_NODISCARD enum status shape_check(const struct value *value, const struct shape_key *keys,
                                         const char *owner, const struct pointer *at,
                                         struct error *error);

/* A list of names or of objects with exactly one key whose value is an object of options. */
PICSET_NODISCARD enum status shape_items(const struct value *list, const char *noun, bool changes,
                                         const struct pointer *at, struct error *error);
/* Takes an item apart; *options is NULL for a bare name. The item was checked by shape_items. */
const char *shape_item(const struct value *item, const struct value **options);

/* A name as params, matrix variables, inputs and ids have it: letters, digits, '_' and '-',
 * beginning with a letter or '_'. `noun` as in "'2x' is no name for NOUN". */
PICSET_NODISCARD enum status shape_name(const char *name, const char *noun,
                                        const struct pointer *at, struct error *error);

/* The same for what `${…}` may name: not one of the plan's words either. */
PICSET_NODISCARD enum status shape_variable(const char *name, const char *noun,
                                            const struct pointer *at, struct error *error);

PICSET_NODISCARD enum status shape_output_check(const struct value *output,
                                                const struct pointer *at, struct error *error);
/* `set`, `stages`, `outputs` and `out` of an include or of changes from outside. */
PICSET_NODISCARD enum status shape_changes(const struct value *changes, const char *owner,
                                           const struct pointer *at, struct error *error);
bool shape_has_placeholder(const struct value *value);

#endif
