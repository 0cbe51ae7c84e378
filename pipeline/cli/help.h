/* SPDX-License-Identifier: MIT
 * Help as a person reads it on a terminal, from the tables of the commands. */
#ifndef PICSET_CLI_HELP_H
#define PICSET_CLI_HELP_H

#include "cli.h"

extern const char help_description[]; /* what picset is, in a few sentences */

void help_program(struct cli *cli);
void help_command(struct cli *cli, const struct command *command);
/* A few lines to standard error, for one who gave nothing at all. */
void help_short(const struct cli *cli);

/* `text` broken into lines of at most 80 columns. Columns up to `indent` are blank, in the first
 * line only what is left of them after `column`. Ends with a newline. */
void help_wrap(struct buffer *out, const char *text, int column, int indent);
/* Paragraphs, each wrapped; lines that begin with a blank as they are. */
void help_paragraphs(struct buffer *out, const char *text, int indent);

/* "-p, --preset NAME", "--[no-]color". */
void help_option_name(struct buffer *out, const struct option *option);
/* The help with its default: "… (default: changed)". */
void help_option_text(struct buffer *out, const struct option *option);

/* NAME padded to a column, then the text, wrapped. */
void help_row(struct buffer *out, const char *name, const char *text, int column);

#endif
