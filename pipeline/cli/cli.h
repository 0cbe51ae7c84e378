/* SPDX-License-Identifier: MIT
 * The program: from argv to an exit code, and how commands talk. Results go to standard output,
 * talk to standard error. */
#ifndef PICSET_CLI_CLI_H
#define PICSET_CLI_CLI_H

#include "command.h"

/* The whole program but for what only main may do. */
int cli_run(int argc, const char *const *argv, int out_file, int error_file);

/* Writes what stands in cli->out. A reader that has gone away is STATUS_FAILED without a message.
 */
PICSET_NODISCARD enum status cli_flush(struct cli *cli, struct error *error);
/* A JSON document into cli->out. */
PICSET_NODISCARD enum status cli_json(struct cli *cli, const struct value *value,
                                      struct error *error);
/* {"schema": "picset/NAME/1"}: how every document begins. NULL when memory is short. */
struct value *cli_document(struct cli *cli, const char *name);

/* One line of talk in one write, control characters made visible. */
void cli_line(const struct cli *cli, const char *text);
void cli_say(const struct cli *cli, const char *format, ...) PICSET_PRINTF(2, 3);
/* "picset: WHERE: MESSAGE (CAUSE)". */
void cli_error(const struct cli *cli, const struct error *error);
/* "picset: warning: …", not when quiet. */
void cli_warn(const struct cli *cli, const char *format, ...) PICSET_PRINTF(2, 3);

/* Bold on a terminal: a heading of help. */
void cli_heading(struct cli *cli, const char *text);
/* An error as {"status", "where", "message", "cause"}. */
const struct value *cli_error_value(struct cli *cli, const struct error *error);

#endif
