/* SPDX-License-Identifier: MIT
 * What render and plan ask for: the same options, made into the same request. */
#ifndef PICSET_CLI_REQUEST_H
#define PICSET_CLI_REQUEST_H

#include "batch.h"
#include "cli.h"
#include "inputs.h"

struct request_options {
    struct texts preset, set, input, limit;
    const char *out, *files_from, *alt, *focus, *name;
    bool recursive, nul, keep_going, fail_fast, prune, report;
    int overwrite;
};

extern const struct option_set request_sets[];
/* Its tables one by one. */
extern const struct option request_what_options[], request_source_options[], request_work_options[];
extern const char *const overwrite_names[];

/* A batch_request and what it points to; lives in the cli's arena. */
struct request {
    struct preset_library library;
    struct inputs inputs;
    struct batch_request batch; /* without event, data, interrupted */
};

/* Is it a folder's name, with no other `${…}` than ${preset}? */
PICSET_NODISCARD enum status request_out_check(const char *name, const char *out,
                                               struct error *error);
/* What does not depend on presets and images: library, limits, state; then the presets. */
PICSET_NODISCARD enum status request_begin(struct cli *cli, const struct request_options *options,
                                           struct request *out, struct error *error);
PICSET_NODISCARD enum status request_presets(struct cli *cli, const struct request_options *options,
                                             struct request *request, struct error *error);
/* All of it, images included. */
PICSET_NODISCARD enum status request_make(struct cli *cli, const struct request_options *options,
                                          const struct words *words, struct request *out,
                                          struct error *error);

#endif
