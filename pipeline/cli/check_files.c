/* SPDX-License-Identifier: MIT
 * `picset check PATH --for PRESET`: files that lie there against what a platform requires, one line
 * for each thing that is wrong. */
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "help.h"
#include "image.h"
#include "inspect.h"
#include "library.h"
#include "machine.h"
#include "request.h"
#include "text.h"

struct checker {
    struct cli *cli;
    struct request request; /* its presets, with their changes */
    struct inspect_request inspect;
    struct inspect_target *targets;
    size_t target_count, target_capacity;
    struct value *paths; /* for --json */
    size_t findings, files;
};

/* ---- What is asked ----------------------------------------------------------------------------
 */

static const char *output_name_at(const void *data, size_t i)
{
    const struct recipe *recipe = data;
    return i < recipe->line_count ? recipe->lines[i].output : NULL;
}

static enum status output_find(const struct recipe *recipe, const char *output, const char **out,
                               struct error *error)
{
    for (size_t i = 0; i < recipe->line_count; i++) {
        if (strcmp(recipe->lines[i].output, output) == 0) {
            *out = recipe->lines[i].output;
            return STATUS_OK;
        }
    }
    return unknown_name(error, "output", output, output_name_at, recipe);
}

/* In "ios-appicon/marketing" an output's id follows the preset; in "presets/own.json" none does. */
static size_t preset_part(const char *asked)
{
    const char *slash = text_ends(asked, ".json") ? NULL : strrchr(asked, '/');
    return slash ? (size_t)(slash - asked) : strlen(asked);
}

static enum status presets_read(struct checker *checker, const struct texts *asked,
                                const struct check_options *options, struct error *error)
{
    struct arena *arena = checker->cli->arena;
    const char **names = arena_array(arena, asked->count, sizeof(*names));
    struct request_options request = {.set = options->set};
    if (!names) {
        return error_memory(error);
    }
    for (size_t i = 0; i < asked->count; i++) {
        names[i] = arena_slice(arena, asked->list[i], preset_part(asked->list[i]));
        if (!names[i]) {
            return error_memory(error);
        }
    }
    request.preset = (struct texts){names, asked->count};
    enum status status = library_open(checker->cli, &checker->request.library, error);
    return status == STATUS_OK ? request_presets(checker->cli, &request, &checker->request, error)
                               : status;
}

static enum status target_add(struct checker *checker, const char *asked, struct error *error)
{
    struct arena *arena = checker->cli->arena;
    const struct preset *preset = NULL;
    const struct value *changes = NULL;
    size_t part = preset_part(asked);
    const char *name = arena_slice(arena, asked, part);
    struct inspect_target *target = arena_push(arena, &checker->targets, &checker->target_count,
                                               &checker->target_capacity, sizeof(*target));
    if (!name || !target) {
        return error_memory(error);
    }
    enum status status = preset_read(&checker->request.library, name, arena, &preset, error);
    for (size_t i = 0; status == STATUS_OK && i < checker->request.batch.preset_count; i++) {
        const struct batch_preset *read = &checker->request.batch.presets[i];
        changes = strcmp(read->preset->name, preset->name) == 0 ? read->changes : changes;
    }
    target->preset = preset;
    if (status == STATUS_OK) {
        status = recipe_expand(&checker->request.library, preset, changes, arena, &target->recipe,
                               error);
    }
    return status == STATUS_OK && asked[part]
               ? output_find(target->recipe, asked + part + 1, &target->output, error)
               : status;
}

/* Commas and repeated options are the same, as with --preset. */
static enum status targets_split(struct checker *checker, const struct texts *given,
                                 struct texts *out, struct error *error)
{
    struct arena *arena = checker->cli->arena;
    const char **list = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < given->count; i++) {
        for (const char *start = given->list[i]; *start;) {
            size_t length = strcspn(start, ",");
            const char **slot =
                length ? arena_push(arena, &list, &count, &capacity, sizeof(*slot)) : NULL;
            const char *text = arena_slice(arena, start, length);
            if ((length && !slot) || !text) {
                return error_memory(error);
            }
            if (slot) {
                *slot = text;
            }
            start += length + (start[length] == ',');
        }
    }
    *out = (struct texts){list, count};
    return count ? STATUS_OK : error_set(error, STATUS_USAGE, "--for names no preset");
}

static enum status checker_start(struct checker *checker, const struct check_options *options,
                                 struct error *error)
{
    struct texts asked = {0};
    enum status status = targets_split(checker, &options->targets, &asked, error);
    if (status == STATUS_OK) {
        status = presets_read(checker, &asked, options, error);
    }
    for (size_t i = 0; i < asked.count && status == STATUS_OK; i++) {
        status = target_add(checker, asked.list[i], error);
    }
    int jobs = checker->cli->globals.jobs;
    checker->inspect = (struct inspect_request){.library = &checker->request.library,
                                                .targets = checker->targets,
                                                .target_count = checker->target_count,
                                                .name = *options->name ? options->name : NULL,
                                                .generated = options->generated,
                                                .threads = jobs ? jobs : machine_cores(),
                                                .limits = limits_default()};
    return status;
}

/* ---- What is said -----------------------------------------------------------------------------
 */

/* Names of files need not be UTF-8; documents must. */
static const struct value *text_value(struct arena *arena, const char *text)
{
    struct buffer shown = {0};
    const struct value *value = NULL;
    if (text_is_utf8(text, strlen(text))) {
        return value_text(arena, text);
    }
    text_printable(&shown, text);
    value = buffer_failed(&shown) ? NULL : value_text(arena, buffer_string(&shown));
    buffer_free(&shown);
    return value;
}

static const struct value *finding_value(struct arena *arena, const struct finding *finding)
{
    const struct {
        const char *key, *text;
    } members[] = {{"path", finding->path},     {"rule", finding->rule},
                   {"found", finding->wrong},   {"allowed", finding->allowed},
                   {"preset", finding->preset}, {"output", finding->output},
                   {"source", finding->source}, {"checked", finding->checked}};
    struct value *value = value_object(arena);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (members[i].text) {
            value = value_set(arena, value, members[i].key, text_value(arena, members[i].text));
        }
    }
    return value;
}

static void inspected_keep(struct checker *checker, const struct inspected *inspected)
{
    struct arena *arena = checker->cli->arena;
    struct value *value = value_object(arena), *list = value_list(arena);
    for (size_t i = 0; i < inspected->finding_count; i++) {
        list = value_append(arena, list, finding_value(arena, &inspected->findings[i]));
    }
    value = value_set(arena, value, "path", text_value(arena, inspected->path));
    value = value_set(arena, value, "files", value_int(arena, (int64_t)inspected->files));
    if (inspected->taken) {
        value = value_set(arena, value, "taken", text_value(arena, inspected->taken));
    }
    value = value_set(arena, value, "ok", value_bool(arena, inspected->finding_count == 0));
    value = value_set(arena, value, "violations", list);
    checker->paths = value_append(arena, checker->paths, value);
}

static void inspected_print(struct checker *checker, const struct inspected *inspected)
{
    struct cli *cli = checker->cli;
    for (size_t i = 0; i < inspected->finding_count; i++) {
        struct buffer line = {0};
        finding_words(&inspected->findings[i], &line);
        text_printable(&cli->out, buffer_string(&line));
        buffer_char(&cli->out, '\n');
        cli->out.failed = cli->out.failed || buffer_failed(&line);
        buffer_free(&line);
    }
    if (inspected->finding_count == 0 && !cli->globals.quiet) {
        text_printable(&cli->out, inspected->path);
        buffer_format(&cli->out, ": right: %zu file%s%s%s\n", inspected->files,
                      inspected->files == 1 ? "" : "s", inspected->taken ? ", taken for " : "",
                      inspected->taken ? inspected->taken : "");
    }
}

static enum status path_check(struct checker *checker, const char *path, struct error *error)
{
    struct inspected inspected = {.path = path};
    enum status status =
        inspect_path(&checker->inspect, path, checker->cli->arena, &inspected, error);
    if (status != STATUS_OK) {
        return error_at(error, "%s", path);
    }
    if (checker->cli->globals.json) {
        inspected_keep(checker, &inspected);
    } else {
        inspected_print(checker, &inspected);
    }
    checker->findings += inspected.finding_count;
    return STATUS_OK;
}

/* A pattern that the shell did not expand, in the order of the names; any other path is itself. */
static enum status word_check(struct checker *checker, const char *word, struct error *error)
{
    glob_t found = {0};
    const bool pattern = strpbrk(word, "*?[") && access(word, F_OK) != 0;
    const int code = pattern ? glob(word, 0, NULL, &found) : GLOB_NOMATCH;
    enum status worst = STATUS_OK;
    if (code == GLOB_NOSPACE) {
        return error_memory(error);
    }
    if (code != 0) {
        return path_check(checker, word, error);
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct error wrong = {0};
        const char *path = arena_text(checker->cli->arena, found.gl_pathv[i]);
        const enum status one = path ? path_check(checker, path, &wrong) : error_memory(&wrong);
        if (one != STATUS_OK && worst == STATUS_OK) {
            *error = wrong;
            worst = one;
        } else if (one != STATUS_OK) {
            cli_error(checker->cli, &wrong);
        }
    }
    globfree(&found);
    return worst;
}

enum status check_files(struct cli *cli, const struct check_options *options,
                        const struct words *words, struct error *error)
{
    struct checker checker = {.cli = cli, .paths = value_list(cli->arena)};
    if (words->count == 0) {
        return error_set(error, STATUS_USAGE,
                         "no path given; name the files or folders to check for '%s'",
                         options->targets.list[0]);
    }
    enum status status = image_library_start(error);
    if (status == STATUS_OK) {
        status = checker_start(&checker, options, error);
    }
    enum status worst = STATUS_OK;
    for (size_t i = 0; i < words->count && status == STATUS_OK; i++) {
        struct error wrong = {0};
        enum status one = word_check(&checker, words->list[i], &wrong);
        worst = worst == STATUS_OK ? one : worst;
        if (one != STATUS_OK) {
            cli_error(cli, &wrong);
        }
    }
    if (status == STATUS_OK && cli->globals.json) {
        struct value *document =
            value_set(cli->arena, cli_document(cli, "check-files"), "paths", checker.paths);
        status = cli_json(cli, document, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    return worst != STATUS_OK ? worst : checker.findings ? STATUS_CHECK : STATUS_OK;
}

enum status check_rules(struct cli *cli, struct error *error)
{
    struct arena *arena = cli->arena;
    const struct rule_words *rules = inspect_rules(arena);
    struct value *list = value_list(arena);
    if (!rules) {
        return error_memory(error);
    }
    for (; rules->name; rules++) {
        if (cli->globals.json) {
            struct value *rule =
                value_set(arena, value_object(arena), "name", value_text(arena, rules->name));
            rule = value_set(arena, rule, "what", value_text(arena, rules->what));
            list = value_append(arena, list, rule);
        } else {
            help_row(&cli->out, rules->name, rules->what, 12);
        }
    }
    return cli->globals.json
               ? cli_json(cli, value_set(arena, cli_document(cli, "check-rules"), "rules", list),
                          error)
               : STATUS_OK;
}
