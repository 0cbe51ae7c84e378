/* SPDX-License-Identifier: MIT
 * Every command in the order in which help lists them, and what all of them take. */
#include <string.h>

#include "command.h"

extern const struct command command_generate, command_build, command_jobs, command_sandbox,
    command_plan, command_report, command_presets, command_stages, command_check, command_compare,
    command_bench, command_completion, command_man, command_docs, command_help;

const struct command *const *command_list(void)
{
    static const struct command *const list[] = {&command_render,
                                                 &command_generate,
                                                 &command_build,
                                                 &command_plan,
                                                 &command_report,
                                                 &command_presets,
                                                 &command_stages,
                                                 &command_check,
                                                 &command_compare,
                                                 &command_bench,
                                                 &command_jobs,
                                                 &command_sandbox,
                                                 &command_completion,
                                                 &command_man,
                                                 &command_docs,
                                                 &command_help,
                                                 NULL};
    return list;
}

const struct command *command_find(const char *name)
{
    for (const struct command *const *command = command_list(); *command; command++) {
        if (strcmp((*command)->name, name) == 0) {
            return *command;
        }
    }
    return NULL;
}

static const char *visible_name(const void *data, size_t i)
{
    (void)data;
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden && i-- == 0) {
            return (*command)->name;
        }
    }
    return NULL;
}

const struct command *command_named(const char *name, struct error *error)
{
    const struct command *command = command_find(name);
    if (!command) {
        (void)unknown_name(error, "command", name, visible_name, NULL);
    }
    return command;
}

enum status unknown_name(struct error *error, const char *what, const char *word,
                         suggest_name *name, const void *data)
{
    struct buffer tail = {.limit = 4096};
    suggest(&tail, word, name, data);
    (void)error_set(error, STATUS_USAGE, "unknown %s '%s'%s", what, word, buffer_string(&tail));
    buffer_free(&tail);
    return error->status;
}

static const char *const cpu_names[] = {"auto", "c", NULL};

const struct option global_run_options[] = {
    {.name = "jobs",
     OPT_INT(struct globals, jobs),
     .def = "0",
     .max = 1024,
     .short_name = 'j',
     .value_name = "N",
     .help = "how many threads compute; 0: one for each core that may be used"},
    {.name = "memory",
     OPT_BYTES(struct globals, memory),
     .def = "0",
     .value_name = "SIZE",
     .help = "pixels held in memory at most, like 2G or 512M, 16M at least; 0: half of what the "
             "machine or the "
             "container has"},
    {.name = "dry-run",
     OPT_BOOL(struct globals, dry_run),
     .def = "false",
     .short_name = 'n',
     .help = "only show the plan: the same as 'picset plan'"},
    {.name = "preset-folder",
     OPT_TEXT(struct globals, preset_folder),
     .def = "",
     .value_name = "DIR",
     .help = "folder of your own presets; one there hides a built-in preset of the same name. "
             "Without it: the folder 'presets' where picset is started, if there is one"},
    {.name = "state",
     OPT_TEXT(struct globals, state),
     .def = "",
     .value_name = "DIR",
     .help = "where picset remembers what it made; 'none': nowhere, everything is made again. "
             "Without it: .picset beside the project file, else the cache folder of the user"},
    {.name = "cpu",
     OPT_ENUM(struct globals, cpu),
     .def = "auto",
     .names = cpu_names,
     .help = "c: no loops for this processor's vectors; slower, and the same results to the bit"},
    {.name = NULL}};

const struct option global_talk_options[] = {
    {.name = "json",
     OPT_BOOL(struct globals, json),
     .def = "false",
     .help = "one JSON document on standard output, with the name of its schema in it"},
    {.name = "quiet",
     OPT_BOOL(struct globals, quiet),
     .def = "false",
     .short_name = 'q',
     .help = "say nothing but errors; lists hold names only"},
    {.name = "verbose",
     OPT_BOOL(struct globals, verbose),
     .def = "false",
     .short_name = 'v',
     .help = "say more: every file, what was left out"},
    {.name = "color",
     OPT_BOOL(struct globals, color),
     .def = "true",
     .help = "colours and bold on a terminal; on unless NO_COLOR is set"},
    {.name = "help",
     OPT_BOOL(struct globals, help),
     .def = "false",
     .short_name = 'h',
     .help = "explain the command, or the whole program"},
    {.name = "version",
     OPT_BOOL(struct globals, version),
     .def = "false",
     .short_name = 'V',
     .help = "versions of picset and of the libraries that it uses"},
    {.name = NULL}};

const struct option_set global_sets[] = {{"Options of a run", global_run_options},
                                         {"Options of every command", global_talk_options},
                                         {NULL, NULL}};

const struct fact exit_facts[] = {
    {"0", "everything was made, or nothing had to be"},
    {"1", "a failure while running: disk, memory, a library"},
    {"2", "wrong command line, preset or project file"},
    {"3", "an input is missing"},
    {"4", "a format or codec is missing in this build"},
    {"5", "refused on purpose: a limit, an overwrite, a bad image"},
    {"6", "some images failed; all others were made"},
    {"7", "a check found something wrong"},
    {"8", "no image could be generated: key, credit, refusal, service"},
    {"130", "interrupted; what was finished is whole, nothing else is there"},
    {NULL, NULL}};

const struct fact environment_facts[] = {
    {"PICSET_JOBS", "as --jobs, which wins"},
    {"PICSET_MEMORY", "as --memory, which wins"},
    {"PICSET_PRESET_FOLDER", "as --preset-folder, which wins"},
    {"PICSET_STATE", "as --state, which wins"},
    {"PICSET_CPU", "as --cpu, which wins"},
    {"KIE_API_KEY, GEMINI_API_KEY, OPENAI_API_KEY", "keys of services, before any key file"},
    {"PICSET_CALLBACK_KEY", "the key that signs callbacks, for --listen"},
    {"NO_COLOR", "when set to anything: no colours"},
    {NULL, NULL}};
