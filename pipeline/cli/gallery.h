/* SPDX-License-Identifier: MIT
 * The page that shows what a run made: for `picset report` and for --report. */
#ifndef PICSET_CLI_GALLERY_H
#define PICSET_CLI_GALLERY_H

#include "cli.h"

/* After a run into the folder `root` with the state in `state` (batch_request's): writes
 * report.html there and says so. */
PICSET_NODISCARD enum status gallery_after(struct cli *cli, const char *state, const char *root,
                                           struct error *error);

#endif
