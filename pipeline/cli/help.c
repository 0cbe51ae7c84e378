/* SPDX-License-Identifier: MIT
 * See help.h. */
#include <string.h>

#include "help.h"

enum { columns = 80, option_column = 30, command_column = 14 };

/* ---- Text in columns ------------------------------------------------------------------------ */

static void blanks(struct buffer *out, int count)
{
    for (int i = 0; i < count; i++) {
        buffer_char(out, ' ');
    }
}

/* Columns of UTF-8 text, one per character. */
static int text_columns(const char *text, size_t size)
{
    int count = 0;
    for (size_t i = 0; i < size; i++) {
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return count;
}

static void wrap_slice(struct buffer *out, const char *text, size_t size, int column, int indent)
{
    bool empty = true; /* nothing on this line yet */
    blanks(out, indent - column);
    column = column > indent ? column : indent;
    for (size_t i = 0; i < size;) {
        size_t end = i;
        while (end < size && text[end] != ' ' && text[end] != '\n') {
            end++;
        }
        int width = text_columns(text + i, end - i);
        if (!empty && column + 1 + width > columns) {
            buffer_char(out, '\n');
            blanks(out, indent);
            column = indent;
            empty = true;
        }
        if (!empty) {
            buffer_char(out, ' ');
            column++;
        }
        buffer_bytes(out, text + i, end - i);
        column += width;
        empty = false;
        i = end + (end < size);
    }
    buffer_char(out, '\n');
}

void help_wrap(struct buffer *out, const char *text, int column, int indent)
{
    wrap_slice(out, text, strlen(text), column, indent);
}

void help_paragraphs(struct buffer *out, const char *text, int indent)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t size = end ? (size_t)(end - text) : strlen(text);
        if (text[0] == ' ') {
            for (size_t i = 0; i < size;) {
                const char *line = memchr(text + i, '\n', size - i);
                size_t length = line ? (size_t)(line - text) - i : size - i;
                blanks(out, indent);
                buffer_bytes(out, text + i, length);
                buffer_char(out, '\n');
                i += length + 1;
            }
        } else {
            wrap_slice(out, text, size, 0, indent);
        }
        text += size;
        if (end) {
            buffer_char(out, '\n');
            text += 2;
        }
    }
}

void help_row(struct buffer *out, const char *name, const char *text, int column)
{
    int width = 2 + text_columns(name, strlen(name));
    buffer_format(out, "  %s", name);
    if (width + 2 > column) {
        buffer_char(out, '\n');
        width = 0;
    }
    help_wrap(out, text, width, column);
}

/* ---- Options -------------------------------------------------------------------------------- */

void help_option_name(struct buffer *out, const struct option *option)
{
    if (option->short_name) {
        buffer_format(out, "-%c, ", option->short_name);
    }
    buffer_format(out, "--%s%s", option_negates(option) ? "[no-]" : "", option->name);
    if (option->type != OPTION_BOOL) {
        buffer_format(out, " %s", option->value_name ? option->value_name : "VALUE");
    }
}

void help_option_text(struct buffer *out, const struct option *option)
{
    buffer_text(out, option->help);
    if (option->type != OPTION_BOOL && option->def && *option->def) {
        buffer_format(out, " (default: %s)", option->def);
    }
}

static void print_options(struct cli *cli, const struct option_set *set)
{
    cli_heading(cli, set->title);
    for (const struct option *option = set->table; option->name; option++) {
        struct buffer name = {0}, text = {0};
        buffer_text(&name, option->short_name ? "" : "    ");
        help_option_name(&name, option);
        help_option_text(&text, option);
        help_row(&cli->out, buffer_string(&name), buffer_string(&text), option_column);
        cli->out.failed = cli->out.failed || buffer_failed(&name) || buffer_failed(&text);
        buffer_free(&name);
        buffer_free(&text);
    }
    buffer_char(&cli->out, '\n');
}

static void print_examples(struct cli *cli, const struct example *examples)
{
    if (!examples || !examples->line) {
        return;
    }
    cli_heading(cli, "Examples");
    for (; examples->line; examples++) {
        buffer_format(&cli->out, "  %s\n", examples->line);
        help_wrap(&cli->out, examples->what, 0, 6);
    }
    buffer_char(&cli->out, '\n');
}

static void print_limits(struct cli *cli, const struct option *limit)
{
    cli_heading(cli, "Limits: --limit NAME=VALUE");
    for (; limit->name; limit++) {
        struct buffer text = {0};
        help_option_text(&text, limit);
        help_row(&cli->out, limit->name, buffer_string(&text), option_column);
        buffer_free(&text);
    }
    buffer_char(&cli->out, '\n');
}

static void print_facts(struct cli *cli, const char *title, const struct fact *facts, int column)
{
    cli_heading(cli, title);
    for (; facts->name; facts++) {
        help_row(&cli->out, facts->name, facts->text, column);
    }
    buffer_char(&cli->out, '\n');
}

/* ---- The pages ------------------------------------------------------------------------------ */

void help_command(struct cli *cli, const struct command *command)
{
    struct buffer *out = &cli->out;
    buffer_format(out, "picset %s: %s\n\n", command->name, command->summary);
    cli_heading(cli, "Usage");
    buffer_format(out, "  picset %s%s%s\n\n", command->name, *command->usage ? " " : "",
                  command->usage);
    help_paragraphs(out, command->text, 0);
    buffer_char(out, '\n');
    print_examples(cli, command->examples);
    for (const struct option_set *set = command->sets; set && set->title; set++) {
        print_options(cli, set);
    }
    if (command->limits) {
        print_limits(cli, command->limits);
    }
    for (const struct option_set *set = global_sets; set->title; set++) {
        if (command->makes || set->table != global_run_options) {
            print_options(cli, set);
        }
    }
    if (command->makes) {
        print_facts(cli, "Exit codes", exit_facts, 8);
    }
    cli->out.size--; /* the last empty line */
    cli->out.data[cli->out.size] = '\0';
}

static void print_commands(struct cli *cli)
{
    cli_heading(cli, "Commands");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            help_row(&cli->out, (*command)->name, (*command)->summary, command_column);
        }
    }
    buffer_char(&cli->out, '\n');
}

static const struct example first_examples[] = {
    {"picset render photo.jpg --preset web -o public/img",
     "the responsive set of one photo: AVIF, WebP and a fallback at up to seven widths, the "
     "<picture> element for it and a manifest"},
    {"picset render photos/ -r --preset web,thumbnails -o public/img",
     "the same for a folder of photos, and square thumbnails too, on all cores; run it again "
     "and only what changed is made"},
    {"picset plan photo.jpg --preset web --set web.widths=400,800",
     "what would be made, and why, without making it"},
    {NULL, NULL}};

const char help_description[] =
    "A preset says which sizes, formats and file names a platform needs. picset decodes each image "
    "once and makes the whole set of every preset from it, with the markup and the manifest that "
    "go with it. 'picset presets' lists the presets; a preset of your own is a JSON file.";

void help_program(struct cli *cli)
{
    struct buffer *out = &cli->out;
    buffer_text(out, "picset " PICSET_VERSION
                     ": one image in, every platform's whole image set out\n\n");
    cli_heading(cli, "Usage");
    buffer_text(out, "  picset COMMAND [WORDS and --options in any order]\n\n");
    help_paragraphs(out, help_description, 0);
    buffer_char(out, '\n');
    print_examples(cli, first_examples);
    print_commands(cli);
    for (const struct option_set *set = global_sets; set->title; set++) {
        print_options(cli, set);
    }
    print_facts(cli, "Exit codes", exit_facts, 8);
    print_facts(cli, "Environment", environment_facts, option_column);
    buffer_text(out, "More: 'picset help COMMAND' explains a command and its options,\n"
                     "'picset presets NAME' a preset, 'picset stages NAME' a stage.\n");
}

void help_short(const struct cli *cli)
{
    cli_line(cli, "picset: no command given");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            cli_say(cli, "  picset %-11s %s", (*command)->name, (*command)->summary);
        }
    }
    cli_line(cli, "'picset --help' explains everything, with examples");
}
