/* SPDX-License-Identifier: MIT
 * The models that images can be asked of. */
#ifndef PICSET_CLI_MODELS_LIST_H
#define PICSET_CLI_MODELS_LIST_H

#include "command.h"

/* Of one provider, or of all (NULL or ""): in words, or as a document. */
PICSET_NODISCARD enum status models_list(struct cli *cli, const char *only, struct error *error);

#endif
