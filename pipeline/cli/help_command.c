/* SPDX-License-Identifier: MIT
 * `picset help`: the same as --help, in the place where people look for it. */
#include "help.h"

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    (void)options;
    if (cli->globals.json) {
        return error_set(error, STATUS_USAGE, "help is for people: it has no document for --json");
    }
    if (words->count == 0) {
        help_program(cli);
        return STATUS_OK;
    }
    if (words->count > 1) {
        return error_set(error, STATUS_USAGE, "help explains one command at a time, got %zu",
                         words->count);
    }
    const struct command *command = command_named(words->list[0], error);
    if (!command) {
        return error->status;
    }
    help_command(cli, command);
    return STATUS_OK;
}

const struct command command_help = {
    .name = "help",
    .summary = "explain picset, or one command",
    .usage = "[COMMAND]",
    .text = "The same as 'picset COMMAND --help'.",
    .words = WORDS_COMMANDS,
    .run = run,
};
