/* SPDX-License-Identifier: MIT
 * A planned batch, printed: for `picset plan` and `picset render --dry-run`. */
#ifndef PICSET_CLI_PLAN_SHOW_H
#define PICSET_CLI_PLAN_SHOW_H

#include "request.h"

/* STATUS_OK, PARTIAL when some images cannot be made, the one failure when none can. */
PICSET_NODISCARD enum status plan_show(struct cli *cli, struct request *request,
                                       struct error *error);

#endif
