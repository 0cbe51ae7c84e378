/* SPDX-License-Identifier: MIT
 * What a command is: one `const struct command` per file of this folder, one line of commands.c.
 * Its option tables are where help, man page, completion and parsing come from. */
#ifndef PICSET_CLI_COMMAND_H
#define PICSET_CLI_COMMAND_H

#include "arguments.h"
#include "buffer.h"
#include "suggest.h"

enum cpu_choice { CPU_AUTO, CPU_C };

/* Options that every command takes. */
struct globals {
    int jobs;
    struct bytes memory;
    bool dry_run;
    const char *state;
    const char *preset_folder;
    int cpu; /* enum cpu_choice */
    bool quiet, verbose, color, json, help, version;
};

/* One run of the program: what commands share. */
struct cli {
    struct globals globals;
    struct arena *arena;
    struct buffer out; /* for standard output; cli_flush writes it */
    int out_file;      /* descriptors, so that a test can be another program's end */
    int error_file;
    bool out_color, error_color;
    bool error_terminal; /* a bar may be drawn */
    const char
        *hint; /* the command whose help an error should point to; NULL: none; "": picset's */
};

struct example {
    const char *line, *what;
};

/* What the words after the command are: for completion. */
enum words_kind {
    WORDS_NONE,
    WORDS_FILES,
    WORDS_PRESETS,
    WORDS_STAGES,
    WORDS_COMMANDS,
    WORDS_NAMED
};

struct command {
    const char *name;
    const char *summary; /* one line, lower case, no full stop */
    const char *usage;   /* after the name */
    const char *text;    /* paragraphs, an empty line between them; a line that begins with a blank
                            is kept as it is */
    const struct example *examples; /* ends with { 0 } */
    const struct option_set *sets;  /* ends with { 0 }; NULL: no options of its own */
    size_t size;                    /* of the struct that the sets are of */
    enum words_kind words;
    const char *const *word_names; /* WORDS_NAMED: which; ended by NULL */
    const char *no_words;          /* WORDS_NONE: what to do instead; NULL: nothing to say */
    const struct option *limits;   /* what --limit names; NULL: takes none */
    bool makes;                    /* takes the global options of a run to heart */
    bool hidden;                   /* not in the list of commands */
    enum status (*run)(struct cli *cli, const void *options, const struct words *words,
                       struct error *error);
};

extern const struct command command_render; /* takes every option that takes a value */

const struct command *const *command_list(void); /* ended by NULL */
const struct command *command_find(const char *name);
/* Unknown: STATUS_USAGE with the nearest name. */
const struct command *command_named(const char *name, struct error *error);

/* What a person should know besides: for help and the man page. Both end with { 0 }. */
struct fact {
    const char *name, *text;
};
extern const struct fact exit_facts[], environment_facts[];

/* "unknown WHAT 'WORD'; did you mean …": STATUS_USAGE. */
enum status unknown_name(struct error *error, const char *what, const char *word,
                         suggest_name *name, const void *data);

/* Global options: those of a run, and those of talk. */
extern const struct option global_run_options[], global_talk_options[];
extern const struct option_set global_sets[];

#endif
