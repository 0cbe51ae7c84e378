/* SPDX-License-Identifier: MIT
 * See request.h. */
#include <string.h>
#include <unistd.h>

#include "library.h"
#include "request.h"
#include "store.h"
#include "template.h"
#include "text.h"

struct maker {
    struct cli *cli;
    const struct request_options *options;
    struct request *request;
    struct batch_preset *presets;
    struct batch_image *images;
    struct store *store;
};

static const int64_t memory_least = 16 << 20; /* a 2-megapixel image and its copies */

/* ---- Presets -------------------------------------------------------------------------------- */

static enum status add_preset(struct maker *maker, const char *name, struct error *error)
{
    struct batch_request *batch = &maker->request->batch;
    const struct preset *preset = NULL;
    struct arena *arena = maker->cli->arena;
    if (preset_read(&maker->request->library, name, arena, &preset, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < batch->preset_count; i++) {
        if (strcmp(maker->presets[i].preset->name, preset->name) == 0) {
            return STATUS_OK;
        }
    }
    size_t count = batch->preset_count;
    struct batch_preset *grown = arena_array(arena, count + 1, sizeof(*grown));
    if (!grown) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        grown[i] = maker->presets[i];
    }
    grown[count].preset = preset;
    maker->presets = grown;
    batch->presets = grown;
    batch->preset_count = count + 1;
    return STATUS_OK;
}

static enum status read_presets(struct maker *maker, struct error *error)
{
    const struct texts *texts = &maker->options->preset;
    for (size_t i = 0; i < texts->count; i++) {
        for (const char *start = texts->list[i]; *start;) {
            size_t length = strcspn(start, ",");
            const char *name = arena_slice(maker->cli->arena, start, length);
            if (!name) {
                return error_memory(error);
            }
            if (length > 0 && add_preset(maker, name, error) != STATUS_OK) {
                return error->status;
            }
            start += length + (start[length] == ',');
        }
    }
    if (maker->request->batch.preset_count == 0) {
        return error_set(error, STATUS_USAGE,
                         "no preset given; add for instance --preset web ('picset presets' lists "
                         "them)");
    }
    return STATUS_OK;
}

static const char *preset_name_at(const void *data, size_t i)
{
    const struct maker *maker = data;
    return i < maker->request->batch.preset_count ? maker->presets[i].preset->name : NULL;
}

/* "web.widths=400" is for web; "widths=400" for the only preset. */
static const struct batch_preset *preset_of(struct maker *maker, const char **assignment,
                                            struct error *error)
{
    size_t count = maker->request->batch.preset_count;
    const char *text = *assignment;
    size_t length = strcspn(text, ".=");
    const char *word = arena_slice(maker->cli->arena, text, length);
    for (size_t i = 0; word && i < count; i++) {
        if (strcmp(maker->presets[i].preset->name, word) == 0) {
            return &maker->presets[i];
        }
    }
    const struct preset *first = maker->presets[0].preset;
    bool of_first = word && (text[length] != '.' || value_get(first->params, word));
    if (word && of_first && count == 1) {
        *assignment = arena_format(maker->cli->arena, "%s.%s", first->name, text);
    }
    if (!word || !*assignment) {
        (void)error_memory(error);
        return NULL;
    }
    if (of_first && count == 1) {
        return &maker->presets[0];
    }
    if (text[length] != '.') {
        (void)error_set(error, STATUS_USAGE,
                        "'%s' does not say of which preset: PRESET.PARAM=VALUE", word);
        return NULL;
    }
    const char *nearest = text_nearest(word, preset_name_at, maker);
    (void)error_set(error, STATUS_USAGE, "preset '%s' is not among those asked for%s%s%s", word,
                    nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return NULL;
}

static enum status change_presets(struct maker *maker, struct error *error)
{
    const struct texts *texts = &maker->options->set;
    const struct value *changes = NULL; /* by preset's name */
    for (size_t i = 0; i < texts->count; i++) {
        const char *assignment = texts->list[i];
        const struct batch_preset *preset = preset_of(maker, &assignment, error);
        if (!preset || preset_set_option(preset->preset, assignment, maker->cli->arena, &changes,
                                         error) != STATUS_OK) {
            return error_at(error, "--set");
        }
    }
    for (size_t i = 0; changes && i < maker->request->batch.preset_count; i++) {
        maker->presets[i].changes = value_get(changes, maker->presets[i].preset->name);
    }
    return STATUS_OK;
}

/* Which assignment alone is enough to make the preset wrong; NULL: none. */
static const char *wrong_assignment(struct maker *maker, const struct batch_preset *preset)
{
    const struct texts *texts = &maker->options->set;
    for (size_t i = 0; i < texts->count; i++) {
        const struct value *changes = NULL;
        const struct recipe *recipe = NULL;
        const char *assignment = texts->list[i];
        struct error error = {0};
        if (preset_of(maker, &assignment, &error) == preset &&
            preset_set_option(preset->preset, assignment, maker->cli->arena, &changes, &error) ==
                STATUS_OK &&
            recipe_expand(&maker->request->library, preset->preset,
                          value_get(changes, preset->preset->name), maker->cli->arena, &recipe,
                          &error) == STATUS_USAGE) {
            return texts->list[i];
        }
    }
    return NULL;
}

/* A mistake in what was asked is told before any image is read. */
static enum status expand_presets(struct maker *maker, struct error *error)
{
    for (size_t i = 0; i < maker->request->batch.preset_count; i++) {
        const struct recipe *recipe = NULL;
        if (recipe_expand(&maker->request->library, maker->presets[i].preset,
                          maker->presets[i].changes, maker->cli->arena, &recipe,
                          error) != STATUS_OK) {
            const char *wrong =
                maker->presets[i].changes ? wrong_assignment(maker, &maker->presets[i]) : NULL;
            return wrong ? error_at(error, "--set %s", wrong) : error->status;
        }
    }
    return STATUS_OK;
}

/* ---- Limits --------------------------------------------------------------------------------- */

static const char *limit_name_at(const void *data, size_t i)
{
    (void)data;
    for (const struct option *option = limit_options; option->name; option++) {
        if (i-- == 0) {
            return option->name;
        }
    }
    return NULL;
}

static enum status read_limits(struct maker *maker, struct error *error)
{
    const struct texts *texts = &maker->options->limit;
    maker->request->batch.limits = limits_default();
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->list[i], *equals = strchr(text, '=');
        if (!equals) {
            return error_set(error, STATUS_USAGE, "'--limit %s' has no value: --limit NAME=VALUE",
                             text);
        }
        const char *name = arena_slice(maker->cli->arena, text, (size_t)(equals - text));
        if (!name) {
            return error_memory(error);
        }
        const struct option *option = options_find(limit_options, name);
        if (!option) {
            return unknown_name(error, "limit", name, limit_name_at, NULL);
        }
        if (option_give(option, equals + 1, maker->cli->arena, &maker->request->batch.limits,
                        error) != STATUS_OK) {
            return error_at(error, "--limit");
        }
    }
    return STATUS_OK;
}

/* ---- Images --------------------------------------------------------------------------------- */

static bool made_by_us(void *data, const char *real)
{
    struct maker *maker = data;
    struct error ignored = {0};
    bool made = false;
    return maker->store && store_made(maker->store, real, &made, &ignored) == STATUS_OK && made;
}

/* The record of former runs, if there is one: what it cannot say is no error here. */
static struct store *open_record(struct maker *maker)
{
    struct store *store = NULL;
    struct error ignored = {0};
    struct buffer folder = {0};
    const char *state = maker->request->batch.state;
    bool there = state ? *state != '\0' : store_default_folder(&folder, &ignored) == STATUS_OK;
    if (there && access(state ? state : buffer_string(&folder), R_OK | W_OK | X_OK) == 0 &&
        store_open(state ? state : buffer_string(&folder), &store, NULL, &ignored) != STATUS_OK) {
        store = NULL;
    }
    buffer_free(&folder);
    return store;
}

static enum status collect(struct maker *maker, const struct words *words, struct error *error)
{
    const struct request_options *options = maker->options;
    const struct inputs_request request = {
        .words = words->list,
        .count = words->count,
        .recursive = options->recursive,
        .files_from = options->files_from,
        .nul = options->nul,
        .out = options->out,
        .made = made_by_us,
        .data = maker,
    };
    if (words->count == 0 && !*options->files_from) {
        maker->cli->hint = maker->cli->globals.dry_run ? "plan" : "render";
        return error_set(error, STATUS_USAGE,
                         "no image given: name files, patterns in quotes, '-', or folders with -r");
    }
    maker->store = open_record(maker);
    enum status status =
        inputs_collect(&request, maker->cli->arena, &maker->request->inputs, error);
    store_close(maker->store);
    maker->store = NULL;
    return status;
}

static enum status read_focus(const char *text, struct batch_image *image, struct error *error)
{
    if (!text_to_point(text, &image->focus_x, &image->focus_y)) {
        return error_set(error, STATUS_USAGE,
                         "'--focus %s' is no point: two fractions 0..1 or percentages, like "
                         "0.5,0.3 or 50%%,30%%",
                         text);
    }
    image->focus_given = true;
    return STATUS_OK;
}

static const char *input_name_at(const void *data, size_t i)
{
    const struct maker *maker = data;
    for (size_t p = 0; p < maker->request->batch.preset_count; p++) {
        const struct value *inputs = maker->request->batch.presets[p].preset->inputs;
        size_t count = inputs ? inputs->object.count : 0;
        if (i < count) {
            return inputs->object.members[i].key;
        }
        i -= count;
    }
    return NULL;
}

static bool input_is_known(const struct maker *maker, const char *name)
{
    const char *known;
    for (size_t i = 0; (known = input_name_at(maker, i)); i++) {
        if (strcmp(known, name) == 0) {
            return true;
        }
    }
    return false;
}

/* --input as an object name → path, with ${…} still in it. */
static enum status read_inputs(struct maker *maker, const struct value **out, struct error *error)
{
    struct arena *arena = maker->cli->arena;
    const struct texts *texts = &maker->options->input;
    struct value *object = value_object(arena);
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->list[i], *equals = strchr(text, '=');
        if (!equals || equals == text || !equals[1]) {
            return error_set(error, STATUS_USAGE, "'--input %s' names no file: --input NAME=FILE",
                             text);
        }
        const char *name = arena_slice(arena, text, (size_t)(equals - text));
        if (!input_name_at(maker, 0)) {
            return error_set(error, STATUS_USAGE,
                             "'--input %s' is of no use: no preset asked for has further inputs",
                             text);
        }
        if (name && !input_is_known(maker, name)) {
            return unknown_name(error, "input", name, input_name_at, maker);
        }
        const char *path = equals + 1;
        bool plain = *path != '#' && !strstr(path, "${") && strcmp(path, "-") != 0;
        if (plain && access(path, F_OK) != 0) {
            return error_set(error, STATUS_MISSING, "no such file '%s' for input '%s'", path,
                             name ? name : "");
        }
        object = name ? value_set(arena, object, name, value_text(arena, path)) : NULL;
    }
    if (!object) {
        return error_memory(error);
    }
    *out = texts->count > 0 ? object : NULL;
    return STATUS_OK;
}

/* The inputs of one image: ${name} and ${dir} put in, files that are not there left out. */
static enum status image_inputs(struct maker *maker, const struct value *inputs,
                                struct batch_image *image, struct error *error)
{
    struct arena *arena = maker->cli->arena;
    struct value *variables = value_object(arena), *object = value_object(arena);
    variables = value_set(arena, variables, "name", value_text(arena, image->name));
    variables = value_set(arena, variables, "dir", value_text(arena, image->dir));
    const struct scope scope = {.object = variables};
    for (size_t i = 0; variables && object && i < inputs->object.count; i++) {
        const struct member *member = &inputs->object.members[i];
        const struct value *path = member->value;
        if (strstr(path->text, "${")) {
            if (template_finish(path, &scope, NULL, arena, &path, error) != STATUS_OK) {
                return error_at(error, "--input %s", member->key);
            }
            if (path->type == VALUE_TEXT && *path->text != '#' && access(path->text, F_OK) != 0) {
                continue;
            }
        }
        object = value_set(arena, object, member->key, path);
    }
    if (!variables || !object) {
        return error_memory(error);
    }
    image->inputs = object;
    return STATUS_OK;
}

static enum status make_images(struct maker *maker, struct error *error)
{
    const struct request_options *options = maker->options;
    const struct inputs *inputs = &maker->request->inputs;
    const struct value *named = NULL;
    bool for_one = *options->alt || *options->name;
    if (for_one && inputs->count > 1) {
        return error_set(error, STATUS_USAGE, "'--%s' is for one image, but there are %zu",
                         *options->alt ? "alt" : "name", inputs->count);
    }
    maker->images = arena_array(maker->cli->arena, inputs->count + 1, sizeof(*maker->images));
    if (!maker->images) {
        return error_memory(error);
    }
    if (read_inputs(maker, &named, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < inputs->count; i++) {
        struct batch_image *image = &maker->images[i];
        *image = (struct batch_image){
            .path = inputs->list[i].path,
            .name = *options->name ? options->name : inputs->list[i].name,
            .dir = inputs->list[i].dir,
            .alt = *options->alt ? options->alt : NULL,
        };
        if ((*options->focus && read_focus(options->focus, image, error) != STATUS_OK) ||
            (named && image_inputs(maker, named, image, error) != STATUS_OK)) {
            return error->status;
        }
    }
    maker->request->batch.images = maker->images;
    maker->request->batch.image_count = inputs->count;
    return STATUS_OK;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void say_what_was_left_out(const struct cli *cli, const struct inputs *inputs)
{
    if (cli->globals.verbose && inputs->others > 0) {
        cli_say(cli, "%zu other file%s in folders left out", inputs->others,
                inputs->others == 1 ? "" : "s");
    }
    if (cli->globals.verbose && inputs->ours > 0) {
        cli_say(cli, "%zu left out as made by picset", inputs->ours);
    }
    if (cli->globals.verbose && inputs->repeated > 0) {
        cli_say(cli, "%zu named more than once and taken once", inputs->repeated);
    }
}

enum status request_out_check(const char *name, const char *out, struct error *error)
{
    if (!*out || strcmp(out, "-") == 0) {
        return error_set(error, STATUS_USAGE,
                         "'%s %s' is no folder; a set is several files and cannot go to "
                         "standard output",
                         name, out);
    }
    for (const char *word = strstr(out, "${"); word; word = strstr(word + 2, "${")) {
        if (strncmp(word, "${preset}", 9) != 0) {
            return error_set(error, STATUS_USAGE,
                             "'%s %s' holds another '${…}' than ${preset}: only that is known "
                             "of a folder",
                             name, out);
        }
    }
    return STATUS_OK;
}

static enum status memory_check(int64_t memory, struct error *error)
{
    struct buffer given = {0};
    if (memory != 0 && memory < memory_least) {
        text_bytes(&given, (double)memory);
        error_set(error, STATUS_USAGE,
                  "'--memory' is %s, must be 16M at least, or 0: half of what there is",
                  buffer_string(&given));
    }
    buffer_free(&given);
    return error->status;
}

enum status request_begin(struct cli *cli, const struct request_options *options,
                          struct request *out, struct error *error)
{
    const char *state = cli->globals.state;
    struct maker maker = {.cli = cli, .options = options, .request = out};
    *out = (struct request){0};
    out->batch = (struct batch_request){
        .library = &out->library,
        .out = options->out,
        .state = !*state                      ? NULL
                 : strcmp(state, "none") == 0 ? ""
                                              : state,
        .overwrite = (enum overwrite)options->overwrite,
        .fail_fast = options->fail_fast || !options->keep_going,
        .prune = options->prune,
        .jobs = cli->globals.jobs,
        .memory = cli->globals.memory.count,
    };
    if (options->report && out->batch.state && !*out->batch.state) {
        return error_set(error, STATUS_USAGE,
                         "'--report' shows what is remembered, but '--state none' lets nothing be");
    }
    if (memory_check(out->batch.memory, error) != STATUS_OK) {
        return error->status;
    }
    if (options->out && request_out_check("--out", options->out, error) != STATUS_OK) {
        return error->status;
    }
    if (library_open(cli, &out->library, error) != STATUS_OK) {
        return error->status;
    }
    return read_limits(&maker, error);
}

enum status request_presets(struct cli *cli, const struct request_options *options,
                            struct request *request, struct error *error)
{
    struct maker maker = {.cli = cli, .options = options, .request = request};
    if (read_presets(&maker, error) != STATUS_OK || change_presets(&maker, error) != STATUS_OK) {
        return error->status;
    }
    return expand_presets(&maker, error);
}

enum status request_make(struct cli *cli, const struct request_options *options,
                         const struct words *words, struct request *out, struct error *error)
{
    struct maker maker = {.cli = cli, .options = options, .request = out};
    if (request_begin(cli, options, out, error) != STATUS_OK ||
        request_presets(cli, options, out, error) != STATUS_OK) {
        return error->status;
    }
    if (collect(&maker, words, error) != STATUS_OK || make_images(&maker, error) != STATUS_OK) {
        return error->status;
    }
    say_what_was_left_out(cli, &out->inputs);
    return STATUS_OK;
}
