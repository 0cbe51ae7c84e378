/* SPDX-License-Identifier: MIT
 * What this program is made of. */
#ifndef PICSET_CLI_VERSION_H
#define PICSET_CLI_VERSION_H

#include "cli.h"

PICSET_NODISCARD enum status version_print(struct cli *cli, struct error *error);

#endif
