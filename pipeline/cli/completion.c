/* SPDX-License-Identifier: MIT
 * `picset completion`: scripts for bash, zsh and fish, from the tables of the commands. Names of
 * presets are asked of the program when they are needed. */
#include <string.h>

#include "cli.h"
#include "emitter.h"
#include "stage.h"

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

/* What a value is, told by its name in help. */
enum value_kind { VALUE_OTHER, VALUE_FILE, VALUE_DIR, VALUE_PRESET, VALUE_PARAMETER, VALUE_NAMES };

static enum value_kind value_kind(const struct option *option)
{
    static const struct {
        const char *name;
        enum value_kind kind;
    } kinds[] = {{"FILE", VALUE_FILE},
                 {"DIR", VALUE_DIR},
                 {"PRESET", VALUE_PRESET},
                 {"PRESET[/OUTPUT]", VALUE_PRESET},
                 {"PRESET.PARAM=VALUE", VALUE_PARAMETER}};
    for (size_t i = 0; option->value_name && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(option->value_name, kinds[i].name) == 0) {
            return kinds[i].kind;
        }
    }
    return option->names ? VALUE_NAMES : VALUE_OTHER;
}

/* The i-th set that a command takes: its own, then the global ones; NULL at the end. */
static const struct option_set *set_at(const struct command *command, size_t i)
{
    size_t own = 0;
    while (command->sets && command->sets[own].title) {
        own++;
    }
    if (i < own) {
        return &command->sets[i];
    }
    const struct option_set *set = &global_sets[i - own];
    return set->title ? set : NULL;
}

static void join(struct buffer *out, const char *const *names)
{
    for (; *names; names++) {
        buffer_format(out, "%s%s", *names, names[1] ? " " : "");
    }
}

static void print_commands(struct buffer *out)
{
    const char *before = "";
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            buffer_format(out, "%s%s", before, (*command)->name);
            before = " ";
        }
    }
}

static void print_stages(struct buffer *out)
{
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        buffer_format(out, "%s ", (*stage)->name);
    }
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        buffer_format(out, "%s%s", (*emitter)->name, emitter[1] ? " " : "");
    }
}

/* Text within single quotes of a shell. */
static void quoted(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'') {
            buffer_text(out, "'\\''");
        } else {
            buffer_char(out, *text);
        }
    }
}

/* The first thing that a help says: what fits beside a name in a menu. */
static const char *brief(struct buffer *out, const struct option *option)
{
    buffer_clear(out);
    buffer_text(out, option_negates(option) ? "off: " : "");
    for (const char *c = option->help; *c && !strchr(":;,", *c) && strncmp(c, ". ", 2) != 0; c++) {
        buffer_char(out, *c);
    }
    return buffer_string(out);
}

/* ---- bash ----------------------------------------------------------------------------------- */

static void bash_option(struct buffer *out, const struct option *option)
{
    buffer_format(out, " --%s%s", option_negates(option) ? "no-" : "", option->name);
    if (option->short_name) {
        buffer_format(out, " -%c", option->short_name);
    }
}

/* What completes the word after an option: one case per option that takes a value. */
static void bash_value(struct buffer *out, const struct option *option)
{
    if (option->type == OPTION_BOOL) {
        return;
    }
    buffer_format(out, "    --%s", option->name);
    if (option->short_name) {
        buffer_format(out, "|-%c", option->short_name);
    }
    switch (value_kind(option)) {
    case VALUE_FILE:
        buffer_text(out, ") _picset_files -f ;;\n");
        return;
    case VALUE_DIR:
        buffer_text(out, ") _picset_files -d ;;\n");
        return;
    case VALUE_PRESET:
        buffer_text(out, ") _picset_presets ;;\n");
        return;
    case VALUE_PARAMETER:
        buffer_text(out, ") _picset_parameters ;;\n");
        return;
    case VALUE_NAMES:
        buffer_text(out, ") _picset_words \"");
        join(out, option->names);
        buffer_text(out, "\" ;;\n");
        return;
    case VALUE_OTHER:
        buffer_text(out, ") ;;\n");
        return;
    }
}

static void bash_words(struct buffer *out, const struct command *command)
{
    switch (command->words) {
    case WORDS_NONE:
        buffer_text(out, ":");
        return;
    case WORDS_FILES:
        buffer_text(out, "_picset_files -f");
        return;
    case WORDS_PRESETS:
        buffer_text(out, "_picset_presets; _picset_files -f");
        return;
    case WORDS_STAGES:
        buffer_text(out, "_picset_words \"");
        print_stages(out);
        break;
    case WORDS_COMMANDS:
        buffer_text(out, "_picset_words \"");
        print_commands(out);
        break;
    case WORDS_NAMED:
        buffer_text(out, "_picset_words \"");
        join(out, command->word_names);
        break;
    }
    buffer_char(out, '"');
}

static const char bash_head[] =
    "# bash completion for picset; made by: picset completion bash\n"
    "_picset_words() {\n"
    "  COMPREPLY+=($(compgen -W \"$1\" -- \"$word\"))\n"
    "}\n"
    "_picset_files() {\n"
    "  compopt -o filenames 2>/dev/null\n"
    "  local IFS=$'\\n'\n"
    "  COMPREPLY+=($(compgen \"$1\" -- \"$word\"))\n"
    "}\n"
    "# Presets may be joined by commas: the part after the last one is completed.\n"
    "_picset_presets() {\n"
    "  local before=\"\"\n"
    "  [[ $word == *,* ]] && before=\"${word%,*},\"\n"
    "  COMPREPLY+=($(compgen -P \"$before\" -W \"$(picset presets --quiet 2>/dev/null)\" \\\n"
    "    -- \"${word##*,}\"))\n"
    "}\n"
    "# Before the dot a preset, after it one of its parameters.\n"
    "_picset_parameters() {\n"
    "  compopt -o nospace 2>/dev/null\n"
    "  if [[ $word == *.* ]]; then\n"
    "    COMPREPLY+=($(compgen -S = -W \"$(picset presets \"${word%%.*}\" --quiet 2>/dev/null)\" "
    "\\\n"
    "      -- \"$word\"))\n"
    "  else\n"
    "    COMPREPLY+=($(compgen -S . -W \"$(picset presets --quiet 2>/dev/null)\" -- \"$word\"))\n"
    "  fi\n"
    "}\n"
    "_picset() {\n"
    "  local word=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "  local command=\"\" i\n"
    "  COMPREPLY=()\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    if [[ ${COMP_WORDS[i]} != -* ]]; then command=\"${COMP_WORDS[i]}\"; break; fi\n"
    "  done\n";

static void print_bash(struct buffer *out)
{
    buffer_text(out, bash_head);
    buffer_text(out, "  case \"$previous\" in\n");
    /* An option means the same in every command, so that all stand in one list. */
    for (size_t i = 0; set_at(&command_render, i); i++) {
        for (const struct option *option = set_at(&command_render, i)->table; option->name;
             option++) {
            if (option->type != OPTION_BOOL) {
                bash_value(out, option);
            }
        }
    }
    buffer_text(out, "    *) _picset_rest ;;\n  esac\n}\n"
                     "_picset_rest() {\n"
                     "  if [[ $word == -* ]]; then\n    case \"$command\" in\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            buffer_format(out, "      %s) _picset_words \"", (*command)->name);
            for (size_t i = 0; set_at(*command, i); i++) {
                for (const struct option *option = set_at(*command, i)->table; option->name;
                     option++) {
                    bash_option(out, option);
                }
            }
            buffer_text(out, "\" ;;\n");
        }
    }
    buffer_text(out, "      *) _picset_words \"--help --version\" ;;\n    esac\n    return\n  fi\n"
                     "  case \"$command\" in\n    \"\") _picset_words \"");
    print_commands(out);
    buffer_text(out, "\" ;;\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            buffer_format(out, "    %s) ", (*command)->name);
            bash_words(out, *command);
            buffer_text(out, " ;;\n");
        }
    }
    buffer_text(out, "  esac\n}\ncomplete -F _picset picset\n");
}

/* ---- zsh ------------------------------------------------------------------------------------ */

/* Text within single quotes, in brackets of _arguments. */
static void zsh_help(struct buffer *out, const struct option *option)
{
    struct buffer words = {0};
    for (const char *text = brief(&words, option); *text; text++) {
        if (strchr("[]:\\", *text)) {
            buffer_char(out, '\\');
        }
        quoted(out, (const char[]){*text, '\0'});
    }
    buffer_free(&words);
}

static void zsh_value(struct buffer *out, const struct option *option)
{
    buffer_format(out, ":%s:", option->value_name ? option->value_name : "value");
    switch (value_kind(option)) {
    case VALUE_FILE:
        buffer_text(out, "_files");
        return;
    case VALUE_DIR:
        buffer_text(out, "_files -/");
        return;
    case VALUE_PRESET:
        buffer_text(out, "_sequence _picset_presets");
        return;
    case VALUE_PARAMETER:
        buffer_text(out, "_picset_parameters");
        return;
    case VALUE_NAMES:
        buffer_char(out, '(');
        join(out, option->names);
        buffer_char(out, ')');
        return;
    case VALUE_OTHER:
        buffer_char(out, ' ');
        return;
    }
}

static void zsh_option(struct buffer *out, const struct option *option)
{
    bool value = option->type != OPTION_BOOL;
    bool again = option->type == OPTION_TEXTS;
    const char *negation = option_negates(option) ? "no-" : "";
    if (option->short_name) {
        buffer_format(out, "    '%s-%c%s[", again ? "*" : "", option->short_name, value ? "+" : "");
        zsh_help(out, option);
        buffer_char(out, ']');
        if (value) {
            zsh_value(out, option);
        }
        buffer_text(out, "' \\\n");
    }
    buffer_format(out, "    '%s--%s%s%s[", again ? "*" : "", negation, option->name,
                  value ? "=" : "");
    zsh_help(out, option);
    buffer_char(out, ']');
    if (value) {
        zsh_value(out, option);
    }
    buffer_text(out, "' \\\n");
}

static void zsh_words(struct buffer *out, const struct command *command)
{
    switch (command->words) {
    case WORDS_NONE:
        buffer_text(out, "    ;;\n");
        return;
    case WORDS_FILES:
        buffer_text(out, "    '*:image:_files' ;;\n");
        return;
    case WORDS_PRESETS:
        buffer_text(out, "    '*:preset:{_picset_presets; _files -g \"*.json\"}' ;;\n");
        return;
    case WORDS_STAGES:
        buffer_text(out, "    '*:stage:(");
        print_stages(out);
        break;
    case WORDS_COMMANDS:
        buffer_text(out, "    '1:command:(");
        print_commands(out);
        break;
    case WORDS_NAMED:
        buffer_text(out, "    '1:word:(");
        join(out, command->word_names);
        break;
    }
    buffer_text(out, ")' ;;\n");
}

static void print_zsh(struct buffer *out)
{
    buffer_text(
        out, "#compdef picset\n"
             "# zsh completion for picset; made by: picset completion zsh\n"
             "_picset_presets() {\n"
             "  compadd \"$@\" -- ${(f)\"$(picset presets --quiet 2>/dev/null)\"}\n"
             "}\n"
             "_picset_parameters() {\n"
             "  if [[ $PREFIX == *.* ]]; then\n"
             "    compadd -S = -- ${(f)\"$(picset presets ${PREFIX%%.*} --quiet 2>/dev/null)\"}\n"
             "  else\n"
             "    compadd -S . -- ${(f)\"$(picset presets --quiet 2>/dev/null)\"}\n"
             "  fi\n"
             "}\n"
             "_picset() {\n"
             "  local -a commands=(\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            buffer_format(out, "    '%s:", (*command)->name);
            quoted(out, (*command)->summary);
            buffer_text(out, "'\n");
        }
    }
    buffer_text(out, "  )\n"
                     "  if (( CURRENT == 2 )); then\n"
                     "    _describe command commands\n"
                     "    _arguments '--help[explain]' '--version[versions]'\n"
                     "    return\n"
                     "  fi\n"
                     "  local command=$words[2]\n"
                     "  shift words; (( CURRENT-- ))\n"
                     "  case $command in\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if ((*command)->hidden) {
            continue;
        }
        buffer_format(out, "  %s) _arguments -s \\\n", (*command)->name);
        for (size_t i = 0; set_at(*command, i); i++) {
            for (const struct option *option = set_at(*command, i)->table; option->name; option++) {
                zsh_option(out, option);
            }
        }
        zsh_words(out, *command);
    }
    buffer_text(out, "  esac\n}\nif [[ $funcstack[1] == _picset ]]; then\n  _picset \"$@\"\nelse\n"
                     "  compdef _picset picset\nfi\n");
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void fish_option(struct buffer *out, const char *condition, const struct option *option)
{
    buffer_format(out, "complete -c picset %s -l %s%s", condition,
                  option_negates(option) ? "no-" : "", option->name);
    if (option->short_name) {
        buffer_format(out, " -s %c", option->short_name);
    }
    if (option->type != OPTION_BOOL) {
        switch (value_kind(option)) {
        case VALUE_FILE:
            buffer_text(out, " -r -F");
            break;
        case VALUE_DIR:
            buffer_text(out, " -x -a '(__fish_complete_directories)'");
            break;
        case VALUE_PRESET:
            buffer_text(out, " -x -a '(__fish_append , (picset presets --quiet 2>/dev/null))'");
            break;
        case VALUE_PARAMETER:
            buffer_text(out, " -x -a '(picset presets (string split -f1 . -- (commandline -ct)) "
                             "--quiet 2>/dev/null | string replace -r \"\\$\" =)'");
            break;
        case VALUE_NAMES:
            buffer_text(out, " -x -a '");
            join(out, option->names);
            buffer_char(out, '\'');
            break;
        case VALUE_OTHER:
            buffer_text(out, " -x");
            break;
        }
    }
    buffer_text(out, " -d '");
    /* fish knows \' within single quotes. */
    struct buffer words = {0};
    for (const char *c = brief(&words, option); *c; c++) {
        buffer_text(out, *c == '\'' || *c == '\\' ? "\\" : "");
        buffer_char(out, *c);
    }
    buffer_free(&words);
    buffer_text(out, "'\n");
}

static void fish_words(struct buffer *out, const char *condition, const struct command *command)
{
    if (command->words == WORDS_FILES) {
        buffer_format(out, "complete -c picset %s -F\n", condition);
        return;
    }
    if (command->words == WORDS_NONE) {
        return;
    }
    buffer_format(out, "complete -c picset %s -a '", condition);
    switch (command->words) {
    case WORDS_NONE:
    case WORDS_FILES:
        break;
    case WORDS_PRESETS:
        buffer_text(out, "(picset presets --quiet 2>/dev/null; __fish_complete_suffix .json)");
        break;
    case WORDS_STAGES:
        print_stages(out);
        break;
    case WORDS_COMMANDS:
        print_commands(out);
        break;
    case WORDS_NAMED:
        join(out, command->word_names);
        break;
    }
    buffer_text(out, "'\n");
}

static void print_fish(struct buffer *out)
{
    buffer_text(out, "# fish completion for picset; made by: picset completion fish\n"
                     "complete -c picset -f\n");
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            buffer_format(out, "complete -c picset -n __fish_use_subcommand -a %s -d '",
                          (*command)->name);
            quoted(out, (*command)->summary);
            buffer_text(out, "'\n");
        }
    }
    for (const struct option_set *set = global_sets; set->title; set++) {
        for (const struct option *option = set->table; option->name; option++) {
            fish_option(out, "", option);
        }
    }
    for (const struct command *const *command = command_list(); *command; command++) {
        char condition[128] = "-n '__fish_seen_subcommand_from ";
        if ((*command)->hidden) {
            continue;
        }
        (void)strncat(condition, (*command)->name, sizeof(condition) - strlen(condition) - 2);
        condition[strlen(condition)] = '\'';
        for (const struct option_set *set = (*command)->sets; set && set->title; set++) {
            for (const struct option *option = set->table; option->name; option++) {
                fish_option(out, condition, option);
            }
        }
        fish_words(out, condition, *command);
    }
}

/* ---- The command ---------------------------------------------------------------------------- */

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    static void (*const printers[])(struct buffer *) = {print_bash, print_zsh, print_fish};
    (void)options;
    for (size_t i = 0; words->count == 1 && shells[i]; i++) {
        if (strcmp(words->list[0], shells[i]) == 0) {
            printers[i](&cli->out);
            return STATUS_OK;
        }
    }
    cli->hint = "completion";
    return words->count == 0
               ? error_set(error, STATUS_USAGE, "no shell given: bash, zsh or fish")
               : error_set(error, STATUS_USAGE, "no completion for '%s': one of bash, zsh, fish",
                           words->list[0]);
}

static const struct example examples[] = {
    {"source <(picset completion bash)", "for this shell"},
    {"picset completion zsh > ~/.zfunc/_picset", "for every zsh whose fpath holds ~/.zfunc"},
    {"picset completion fish > ~/.config/fish/completions/picset.fish", "for every fish"},
    {NULL, NULL}};

const struct command command_completion = {
    .name = "completion",
    .summary = "print the completion script of a shell",
    .usage = "bash | zsh | fish",
    .text = "Completes commands, options, the values of options, presets, stages and files. An "
            "installed picset has the scripts where the shells look for them.",
    .examples = examples,
    .words = WORDS_NAMED,
    .word_names = shells,
    .run = run,
};
