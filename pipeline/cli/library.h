/* SPDX-License-Identifier: MIT
 * Where presets lie, for the commands that deal with them. */
#ifndef PICSET_CLI_LIBRARY_H
#define PICSET_CLI_LIBRARY_H

#include "cli.h"
#include "preset.h"

/* The folder of the user's own presets, by option or by custom. One that was asked for must be
 * there. */
PICSET_NODISCARD enum status library_open(struct cli *cli, struct preset_library *out,
                                          struct error *error);
bool library_there(const char *folder);

#endif
