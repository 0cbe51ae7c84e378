/* SPDX-License-Identifier: MIT
 * A planned batch, printed: for `picset plan` and `picset render --dry-run`. */
#ifndef PICSET_CLI_PLAN_SHOW_H
#define PICSET_CLI_PLAN_SHOW_H

#include "request.h"

struct plan_totals {
    size_t images, failed, dropped, inlined;
    enum status failure; /* of the first image that failed */
    const char **paths;  /* of all files; a gathered one comes several times until sorted */
    size_t path_count, path_capacity;
};

/* One plan, or why there is none; into the list with --json. */
PICSET_NODISCARD enum status plan_show_image(struct cli *cli, const struct batch *batch, size_t i,
                                             const char *source, struct value **list,
                                             struct plan_totals *totals, struct error *error);
PICSET_NODISCARD enum status plan_show_one(struct cli *cli, const struct plan *plan,
                                           struct value **list, struct plan_totals *totals,
                                           struct error *error);
/* The summary; with --quiet the names of the files alone. */
void plan_show_totals(struct cli *cli, struct plan_totals *totals);
const struct value *plan_totals_value(struct arena *arena, struct plan_totals *totals);
enum status plan_totals_status(const struct plan_totals *totals);

/* STATUS_OK, PARTIAL when some images cannot be made, the one failure when none can. */
PICSET_NODISCARD enum status plan_show(struct cli *cli, struct request *request,
                                       struct error *error);

#endif
