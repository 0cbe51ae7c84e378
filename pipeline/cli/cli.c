/* SPDX-License-Identifier: MIT
 * See cli.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "help.h"
#include "json.h"
#include "text.h"
#include "version.h"

static const char red[] = "\033[31m", yellow[] = "\033[33m", bold[] = "\033[1m",
                  plain[] = "\033[0m";

/* ---- Talk ----------------------------------------------------------------------------------- */

static bool write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(file, bytes, size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        bytes += count;
        size -= (size_t)count;
    }
    return true;
}

static void talk(const struct cli *cli, const char *color, const char *prefix, const char *text)
{
    struct buffer line = {0};
    const char *on = cli->error_color ? color : "";
    buffer_format(&line, "%s%s%s", on, prefix, *on ? plain : "");
    text_printable(&line, text);
    buffer_char(&line, '\n');
    if (!buffer_failed(&line)) {
        /* Nobody can be told that standard error is closed. */
        (void)write_all(cli->error_file, line.data, line.size);
    }
    buffer_free(&line);
}

void cli_line(const struct cli *cli, const char *text)
{
    talk(cli, "", "", text);
}

void cli_say(const struct cli *cli, const char *format, ...)
{
    char text[4096];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    talk(cli, "", "", text);
}

void cli_warn(const struct cli *cli, const char *format, ...)
{
    char text[4096];
    va_list list;
    if (cli->globals.quiet) {
        return;
    }
    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    talk(cli, yellow, "picset: warning: ", text);
}

void cli_error(const struct cli *cli, const struct error *error)
{
    char text[sizeof(struct error) + 16];
    (void)error_format(error, text, sizeof(text));
    talk(cli, red, "picset: ", text);
}

/* ---- Results -------------------------------------------------------------------------------- */

enum status cli_flush(struct cli *cli, struct error *error)
{
    if (buffer_failed(&cli->out)) {
        return error_memory(error);
    }
    bool written = write_all(cli->out_file, buffer_string(&cli->out), cli->out.size);
    int code = errno;
    buffer_clear(&cli->out);
    if (written) {
        return STATUS_OK;
    }
    if (code == EPIPE) {
        return STATUS_FAILED;
    }
    return error_set(error, STATUS_FAILED, "could not write to standard output: %s",
                     strerror(code));
}

struct value *cli_document(struct cli *cli, const char *name)
{
    const char *schema = arena_format(cli->arena, "picset/%s/1", name);
    return schema ? value_set(cli->arena, value_object(cli->arena), "schema",
                              value_text(cli->arena, schema))
                  : NULL;
}

enum status cli_json(struct cli *cli, const struct value *value, struct error *error)
{
    if (!value) {
        return error_memory(error);
    }
    json_write(&cli->out, value);
    return STATUS_OK;
}

void cli_heading(struct cli *cli, const char *text)
{
    buffer_format(&cli->out, "%s%s%s\n", cli->out_color ? bold : "", text,
                  cli->out_color ? plain : "");
}

const struct value *cli_error_value(struct cli *cli, const struct error *error)
{
    struct arena *arena = cli->arena;
    struct value *value = value_object(arena);
    value = value_set(arena, value, "status", value_text(arena, status_name(error->status)));
    if (error->where[0]) {
        value = value_set(arena, value, "where", value_text(arena, error->where));
    }
    value = value_set(arena, value, "message", value_text(arena, error->message));
    if (error->cause[0]) {
        value = value_set(arena, value, "cause", value_text(arena, error->cause));
    }
    return value;
}

/* ---- From argv to a command ----------------------------------------------------------------- */

/* Flags beat the environment: PICSET_JOBS and its like lie between defaults and flags. */
static enum status read_environment(struct cli *cli, struct error *error)
{
    for (const struct option *option = global_run_options; option->name; option++) {
        char name[64] = "PICSET_";
        size_t length = strlen(name);
        if (option->type == OPTION_BOOL) {
            continue;
        }
        for (const char *c = option->name; *c && length < sizeof(name) - 1; c++, length++) {
            bool small = *c >= 'a' && *c <= 'z';
            name[length] = *c == '-' ? '_' : (char)(small ? *c - 'a' + 'A' : *c);
        }
        name[length] = '\0';
        const char *text = getenv(name);
        if (text && *text &&
            option_give(option, text, cli->arena, &cli->globals, error) != STATUS_OK) {
            return error_at(error, "environment variable %s", name);
        }
    }
    return STATUS_OK;
}

static void decide_colors(struct cli *cli)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool color = cli->globals.color && !(no_color && *no_color) &&
                 !(terminal && strcmp(terminal, "dumb") == 0);
    cli->out_color = color && isatty(cli->out_file);
    cli->error_color = color && isatty(cli->error_file);
    cli->error_terminal = isatty(cli->error_file) && !(terminal && strcmp(terminal, "dumb") == 0);
}

/* Where loops are chosen nobody knows of commands. No thread runs yet. */
static enum status choose_loops(const struct cli *cli, struct error *error)
{
    const char *words = cli->globals.cpu == CPU_C ? "c" : "auto";
    return setenv("PICSET_CPU", words, 1) == 0 ? STATUS_OK : error_memory(error);
}

static enum status run_command(struct cli *cli, const struct command *command,
                               struct arguments *arguments, struct error *error)
{
    struct words words;
    void *options = arena_alloc(cli->arena, command->size ? command->size : 1);
    struct option_target targets[] = {{command->sets, options}, {global_sets, &cli->globals}};
    arguments->owner = arena_format(cli->arena, "picset %s", command->name);
    arguments->targets = targets;
    arguments->target_count = 2;
    if (!options || !arguments->owner) {
        return error_memory(error);
    }
    cli->hint = command->name;
    if (option_target_default(&targets[0], cli->arena, error) != STATUS_OK ||
        arguments_parse(arguments, &words, error) != STATUS_OK) {
        return error->status;
    }
    decide_colors(cli);
    if (choose_loops(cli, error) != STATUS_OK) {
        return error->status;
    }
    if (cli->globals.help) {
        help_command(cli, command);
        return STATUS_OK;
    }
    if (cli->globals.version) {
        return version_print(cli, error);
    }
    if (words.count > 0 && command->words == WORDS_NONE) {
        return error_set(error, STATUS_USAGE, "'picset %s' takes no '%s'%s%s", command->name,
                         words.list[0], command->no_words ? "; " : "",
                         command->no_words ? command->no_words : "");
    }
    cli->hint = NULL;
    return command->run(cli, options, &words, error);
}

/* An option of render before the word "render". */
static const char *after_the_command(const char *name, size_t length)
{
    for (const struct option_set *set = command_render.sets; set->title; set++) {
        for (const struct option *option = set->table; option->name; option++) {
            if (strlen(option->name) == length && memcmp(option->name, name, length) == 0) {
                return "belongs after the command: picset render ...";
            }
        }
    }
    return NULL;
}

static enum status run(struct cli *cli, int argc, const char *const *argv, struct error *error)
{
    struct option_target target = {global_sets, &cli->globals};
    struct arguments arguments = {.list = argv + 1,
                                  .count = argc > 0 ? (size_t)argc - 1 : 0,
                                  .owner = "picset",
                                  .targets = &target,
                                  .target_count = 1,
                                  .arena = cli->arena,
                                  .elsewhere = after_the_command};
    if (option_target_default(&target, cli->arena, error) != STATUS_OK ||
        read_environment(cli, error) != STATUS_OK) {
        return error->status;
    }
    cli->hint = "";
    if (arguments_parse(&arguments, NULL, error) != STATUS_OK) {
        return error->status;
    }
    decide_colors(cli);
    if (arguments.at < arguments.count) {
        const struct command *command = command_named(arguments.list[arguments.at++], error);
        return command ? run_command(cli, command, &arguments, error) : error->status;
    }
    if (choose_loops(cli, error) != STATUS_OK) {
        return error->status;
    }
    if (cli->globals.version) {
        return version_print(cli, error);
    }
    if (cli->globals.help) {
        help_program(cli);
        return STATUS_OK;
    }
    if (cli->globals.json) {
        return error_set(error, STATUS_USAGE, "no command given");
    }
    help_short(cli);
    return STATUS_USAGE;
}

/* Of a command line that could not be read to its end. */
static bool asks_for_json(int argc, const char *const *argv)
{
    int i = 1;
    while (i < argc && strcmp(argv[i], "--json") != 0 && strcmp(argv[i], "--") != 0) {
        i++;
    }
    return i < argc && strcmp(argv[i], "--json") == 0;
}

/* A machine that asked for a document gets one, whatever happened. */
static void print_failure(struct cli *cli, const struct error *error)
{
    struct error late = {0};
    struct value *document =
        value_set(cli->arena, cli_document(cli, "error"), "error", cli_error_value(cli, error));
    if (cli_json(cli, document, &late) != STATUS_OK || cli_flush(cli, &late) != STATUS_OK) {
        cli_error(cli, &late);
    }
}

int cli_run(int argc, const char *const *argv, int out_file, int error_file)
{
    struct error error = {0}, late = {0};
    struct cli cli = {.arena = arena_new(), .out_file = out_file, .error_file = error_file};
    if (!cli.arena) {
        cli_error(&cli, (error_memory(&error), &error));
        return STATUS_FAILED;
    }
    enum status status = run(&cli, argc, argv, &error);
    cli.globals.json = cli.globals.json || (status == STATUS_USAGE && asks_for_json(argc, argv));
    if (error.message[0] && cli.globals.json && cli.out.size == 0) {
        print_failure(&cli, &error);
    }
    if (cli_flush(&cli, &late) != STATUS_OK && status == STATUS_OK) {
        status = STATUS_FAILED;
        error = late;
    }
    if (error.message[0]) {
        cli_error(&cli, &error);
    }
    if (status == STATUS_USAGE && error.message[0] && cli.hint) {
        cli_say(&cli, "try 'picset help%s%s'", *cli.hint ? " " : "", cli.hint);
    }
    arena_free(cli.arena);
    buffer_free(&cli.out);
    return (int)status;
}
