/* SPDX-License-Identifier: MIT
 * The two halves of `picset check`: presets and projects (check.c), files (check_files.c). */
#ifndef PICSET_CLI_CHECK_H
#define PICSET_CLI_CHECK_H

#include "cli.h"

struct check_options {
    struct texts targets, set; /* --for, --set */
    const char *name;
    bool generated, rules;
};

/* Words are paths; options->targets names at least one preset. */
PICSET_NODISCARD enum status check_files(struct cli *cli, const struct check_options *options,
                                         const struct words *words, struct error *error);

/* --rules: every rule by name, with what it holds. */
PICSET_NODISCARD enum status check_rules(struct cli *cli, struct error *error);

#endif
