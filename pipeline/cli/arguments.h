/* SPDX-License-Identifier: MIT
 * The command line by option tables: "--name value", "--name=value", "-n value", "-nvalue",
 * "--no-name" for what is on by default, flags and words in any order, "--" ends the flags. Knows
 * no command. */
#ifndef PICSET_CLI_ARGUMENTS_H
#define PICSET_CLI_ARGUMENTS_H

#include "option.h"

struct option_set {
    const char *title; /* heading in help; NULL ends a list of sets */
    const struct option *table;
};

/* Tables and the struct that they fill. */
struct option_target {
    const struct option_set *sets; /* NULL: none */
    void *fields;
};

struct words {
    const char **list;
    size_t count;
};

struct arguments {
    const char *const *list; /* without the program's name */
    size_t count, at;        /* the next to be read */
    const char *owner;       /* "picset render": for messages */
    const struct option_target *targets;
    size_t target_count;
    struct arena *arena;
    /* Is an unknown option of some other place, and if so of which? "it belongs after …"; may be
     * NULL, and may return NULL. */
    const char *(*elsewhere)(const char *name, size_t length);
};

/* Reads from `at` to the end. `words` NULL: stops before the first word that is no flag. */
PICSET_NODISCARD enum status arguments_parse(struct arguments *arguments, struct words *words,
                                             struct error *error);

/* The defaults of every table of a target. */
PICSET_NODISCARD enum status option_target_default(const struct option_target *target,
                                                   struct arena *arena, struct error *error);

/* A flag that is on by default is switched off by "--no-NAME". */
bool option_negates(const struct option *option);

/* Text options are taken as they stand; all else is parsed as in a preset. Lists of text grow. */
PICSET_NODISCARD enum status option_give(const struct option *option, const char *text,
                                         struct arena *arena, void *fields, struct error *error);

#endif
