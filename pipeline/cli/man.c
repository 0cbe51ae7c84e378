/* SPDX-License-Identifier: MIT
 * `picset man`: the manual page in roff, from the tables of the commands. */
#include <string.h>

#include "help.h"

/* Text for roff: a '-' that may be copied, no escapes, no line that looks like a request. */
static void roff(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool first = c == text || c[-1] == '\n';
        if (first && (*c == '.' || *c == '\'')) {
            buffer_text(out, "\\&");
        }
        if (*c == '-') {
            buffer_text(out, "\\-");
        } else if (*c == '\\') {
            buffer_text(out, "\\e");
        } else {
            buffer_char(out, *c);
        }
    }
}

static void roff_line(struct buffer *out, const char *before, const char *text)
{
    buffer_text(out, before);
    roff(out, text);
    buffer_char(out, '\n');
}

static void roff_paragraphs(struct buffer *out, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t size = end ? (size_t)(end - text) : strlen(text);
        struct buffer part = {0};
        buffer_bytes(&part, text, size);
        bool kept = *text == ' ';
        buffer_text(out, kept ? ".PP\n.nf\n" : ".PP\n");
        roff_line(out, "", buffer_string(&part));
        buffer_text(out, kept ? ".fi\n" : "");
        buffer_free(&part);
        text += size + (end ? 2 : 0);
    }
}

/* .TP's item in bold, then its text. */
static void roff_item(struct buffer *out, const char *name, const char *text)
{
    roff_line(out, ".TP\n.B ", name);
    roff_line(out, "", text);
}

static void roff_options(struct buffer *out, const struct option_set *set)
{
    for (const struct option *option = set->table; option->name; option++) {
        struct buffer name = {0}, text = {0};
        help_option_name(&name, option);
        help_option_text(&text, option);
        roff_item(out, buffer_string(&name), buffer_string(&text));
        buffer_free(&name);
        buffer_free(&text);
    }
}

static void roff_limits(struct buffer *out, const struct option *limit)
{
    for (; limit->name; limit++) {
        struct buffer text = {0};
        help_option_text(&text, limit);
        roff_item(out, limit->name, buffer_string(&text));
        buffer_free(&text);
    }
}

static void roff_facts(struct buffer *out, const struct fact *facts)
{
    for (; facts->name; facts++) {
        roff_item(out, facts->name, facts->text);
    }
}

static void roff_examples(struct buffer *out, const struct example *examples)
{
    for (; examples && examples->line; examples++) {
        roff_item(out, examples->line, examples->what);
    }
}

/* Render and plan take the same options: they are explained once. */
static bool explained_before(const struct command *command)
{
    for (const struct command *const *other = command_list(); *other != command; other++) {
        if ((*other)->sets == command->sets) {
            return true;
        }
    }
    return false;
}

static void roff_command(struct buffer *out, const struct command *command)
{
    roff_line(out, ".SS picset ", command->name);
    buffer_text(out, ".PP\n.B picset ");
    roff(out, command->name);
    buffer_char(out, ' ');
    roff_line(out, "", command->usage);
    roff_line(out, ".PP\n", command->summary);
    roff_paragraphs(out, command->text);
    bool before = command->sets && explained_before(command);
    if (before) {
        buffer_text(out, ".PP\nTakes the options above.\n");
    }
    for (const struct option_set *set = command->sets; !before && set && set->title; set++) {
        roff_line(out, ".PP\n", set->title);
        roff_options(out, set);
    }
    if (command->limits && !before) {
        buffer_text(out, ".PP\nLimits\n");
        roff_limits(out, command->limits);
    }
}

static void roff_page(struct buffer *out)
{
    buffer_text(out, ".TH PICSET 1 \"\" \"picset " PICSET_VERSION "\" \"User Commands\"\n"
                     ".SH NAME\npicset \\- one image in, every platform's whole image set out\n"
                     ".SH SYNOPSIS\n.B picset\n.I COMMAND\n[words and options in any order]\n"
                     ".SH DESCRIPTION\n");
    roff_paragraphs(out, help_description);
    buffer_text(out, ".SH COMMANDS\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            roff_command(out, *command);
        }
    }
    buffer_text(out, ".SH GLOBAL OPTIONS\n");
    for (const struct option_set *set = global_sets; set->title; set++) {
        roff_options(out, set);
    }
    buffer_text(out, ".SH EXIT STATUS\n");
    roff_facts(out, exit_facts);
    buffer_text(out, ".SH ENVIRONMENT\n");
    roff_facts(out, environment_facts);
    buffer_text(out, ".SH EXAMPLES\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            roff_examples(out, (*command)->examples);
        }
    }
    buffer_text(out, ".SH SEE ALSO\n.BR vips (1),\n.BR cwebp (1),\n.BR avifenc (1)\n");
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    (void)options;
    (void)words;
    (void)error;
    roff_page(&cli->out);
    return STATUS_OK;
}

static const struct example examples[] = {
    {"picset man | man -l -", "read the manual page that belongs to this program"}, {NULL, NULL}};

const struct command command_man = {
    .name = "man",
    .summary = "print the manual page",
    .usage = "",
    .text = "The page in roff, made from the same tables as this help.",
    .examples = examples,
    .run = run,
};
